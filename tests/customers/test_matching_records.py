"""Records of several systems in one shape: what is read, what is missing, and what is refused."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from workbench.customers.matching_blocks import BLOCKED, block
from workbench.customers.matching_comparisons import BLOCKS
from workbench.customers.matching_records import CLEAN, WIDELY_SHARED, Source, load
from workbench.errors import DataError


@pytest.fixture
def backend():
    connection = ibis.duckdb.connect()
    yield connection
    connection.disconnect()


def shop(**columns):
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame({"source_id": [f"S{at}" for at in range(count)], **columns})
    return Source(ibis.memtable(frame), "shop")


def clean(backend, source, *names):
    load(backend, [source])
    rows = backend.table(CLEAN).order_by("unique_id").select(*names).execute()
    return [None if pd.isna(value) else value for value in rows.iloc[0]]


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("Ana García López", "ana", "garcia lopez"),
        ("García López, Ana María", "ana maria", "garcia lopez"),
        ("A. Núñez-Ortiz", "a", "nunez ortiz"),
        ("Madonna", None, "madonna"),
        ("Анна Волкова", "анна", "волкова"),
        ("  ", None, None),
    ],
    ids=["two_surnames", "comma", "initial", "one_word", "cyrillic", "blank"],
)
def test_names(backend, name, given, family):
    assert clean(backend, shop(name=[name]), "given", "family") == [given, family]


def test_a_given_name_of_its_own_is_taken_as_it_is(backend):
    source = shop(given_name=["José María"], family_name=["Ruiz"])
    assert clean(backend, source, "given", "family") == ["jose maria", "ruiz"]


@pytest.mark.parametrize(
    ("field", "written", "read"),
    [
        ("email", " Ana.Garcia@Example.ORG ", "ana.garcia@example.org"),
        ("email", "none", None),
        ("phone", "+999 (600) 11-22-33", "600112233"),
        ("phone", "600112233", "600112233"),
        ("phone", "0", None),
        ("birth_year", "1985-03-02", 1985),
        ("birth_year", "1985.0", 1985),
        ("birth_year", "85", None),
        ("street", "C/ Mayor, 5", "c mayor 5"),
        ("postcode", "ab 12-3", "ab123"),
    ],
)
def test_fields(backend, field, written, read):
    assert clean(backend, shop(**{field: [written]}), field) == [read]


def test_each_system_has_its_own_column_names(backend):
    care = ibis.memtable(pd.DataFrame({"no": [7, 8], "mail": ["a@example.org", None], "year": [1990.0, None]}))
    both = ibis.memtable(pd.DataFrame({"system": ["web"], "source_id": ["7"], "email": ["a@example.org"]}))
    sources = [
        Source(care, "care", {"source_id": "no", "email": "mail", "birth_year": "year"}),
        Source(both, columns={"source": "system"}),
    ]
    loaded = load(backend, sources)
    rows = backend.table(CLEAN).order_by("unique_id").execute()
    assert list(zip(rows["source"], rows["source_id"], strict=True)) == [("care", "7"), ("care", "8"), ("web", "7")]
    assert loaded.records == 3
    assert loaded.fields == ("email", "birth_year", "email_name")


def test_what_is_left_out_is_counted(backend):
    often = WIDELY_SHARED + 1
    rows = {
        "email": ["reception@example.org"] * often + ["nobody", "a@example.org", "b@example.org"],
        "phone": [f"60000{at:04d}" for at in range(often)] + ["12", None, "600999999"],
        "birth_year": ["1990"] * often + ["ninety", "", "1991"],
    }
    source = shop(**rows)
    frame = source.table.execute()
    frame.loc[len(frame) - 1, "source_id"] = ""
    loaded = load(backend, [Source(ibis.memtable(frame), "shop")])
    assert loaded.left_out == {
        "without_id": 1,
        "unreadable_email": 1,
        "unreadable_phone": 1,
        "unreadable_birth_year": 1,
        "shared_email": often,
        "shared_phone": 0,
    }
    assert loaded.records == often + 2


def test_all_that_is_wrong_with_the_columns_is_told_at_once(backend):
    table = ibis.memtable(pd.DataFrame({"id": ["1"]}))
    with pytest.raises(DataError) as found:
        load(backend, [Source(table, "care", {"mail": "id", "email": "e_mail"}), Source(table)])
    told = str(found.value)
    assert all(name in told for name in ("“e_mail”", "“source_id”", "“source”", "“mail”"))
    with pytest.raises(DataError, match="no records"):
        load(backend, [])


def test_an_id_that_is_there_twice_is_refused_without_naming_anybody(backend):
    frame = pd.DataFrame({"source_id": ["1", "1", "2"], "name": ["Planted Person"] * 3})
    with pytest.raises(DataError, match="care 1") as found:
        load(backend, [Source(ibis.memtable(frame), "care")])
    assert "Planted" not in str(found.value)


@pytest.mark.parametrize("largest", [2, 3])
def test_pairs_of_a_block_are_those_of_a_plain_comparison(backend, largest):
    rows = {
        "name": ["Ana Ruiz"] * 3 + ["Ana Sanz", "Eva Ruiz", "Eva Ruiz"],
        "birth_year": ["1990", "1990", "", "1990", "1980", "1980"],
        "email": ["a@example.org", "a@example.org", "", "", "e@example.org", ""],
    }
    load(backend, [shop(**rows)])
    records = backend.table(CLEAN)
    told = block(backend, records, largest).set_index("columns")
    frame = records.execute()
    for columns in BLOCKS:
        sizes = frame.dropna(subset=list(columns)).groupby(list(columns)).size()
        within = sizes[sizes.between(2, largest)]
        assert told.loc[[columns], "pairs"].item() == int((within * (within - 1) / 2).sum())
        assert told.loc[[columns], "records"].item() == int(within.sum())
        assert told.loc[[columns], "too_common"].item() == int(sizes[sizes > largest].sum())
    assert backend.table(BLOCKED).count().execute() == len(frame)
