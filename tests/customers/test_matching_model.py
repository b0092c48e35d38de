"""What fields say about one person: against a simulated truth, a plain likelihood and DuckDB's own distance."""

from __future__ import annotations

import sys

import duckdb
import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from workbench.customers.matching import Source, Thresholds, match_records
from workbench.customers.matching_comparisons import COMPARISONS
from workbench.customers.matching_model import LEAST_M, likeliest_share
from workbench.errors import DataError, NoSolutionError, SettingsError

PEOPLE = 2500
WRONG_LETTER, OTHER_EMAIL, OTHER_PHONE, MOVED = 0.12, 0.2, 0.1, 0.15
GIVEN = [
    a + b for a in ("al", "be", "cri", "do", "fe", "ga", "lu", "mar") for b in ("dira", "nito", "sela", "vano", "zor")
]
FAMILY = [
    a + b for a in ("agra", "bolda", "cenci", "dorme", "falco", "gurri", "monta") for b in ("lero", "nez", "tubal")
]


def people(rng, count=PEOPLE):
    names = pd.DataFrame({"given": rng.choice(GIVEN, count), "family": rng.choice(FAMILY, count)})
    number = pd.Series(rng.permutation(10**6)[:count].astype(str))
    return names.assign(
        email=names["given"] + number + "@example.org",
        phone=pd.Series(rng.integers(10**8, 10**9, count)).astype(str),
        street="street of "
        + pd.Series(rng.choice(FAMILY, count))
        + " "
        + pd.Series(rng.integers(1, 90, count)).astype(str),
        postcode=pd.Series(rng.integers(1000, 2000, count)).astype(str),
        birth_year=rng.integers(1940, 2000, count),
    )


def second_system(rng, first):
    """The same people with mistakes at known rates."""
    count = len(first)
    other, again = people(rng, count), first.copy()
    again["family"] = first["family"].where(rng.random(count) >= WRONG_LETTER, first["family"] + "s")
    again["email"] = first["email"].where(rng.random(count) >= OTHER_EMAIL, other["email"])
    again["phone"] = first["phone"].where(rng.random(count) >= OTHER_PHONE, other["phone"])
    moved = rng.random(count) < MOVED
    for name in ("street", "postcode"):
        again[name] = first[name].where(~moved, other[name])
    return again


def table(frame):
    names = frame["given"] + " " + frame["family"]
    frame = frame.drop(columns=["given", "family"]).assign(name=names, source_id=frame.index.astype(str))
    return ibis.memtable(frame)


@pytest.fixture(scope="module")
def simulated():
    rng = np.random.default_rng(11)
    first = people(rng)
    sources = [Source(table(first), "billing"), Source(table(second_system(rng, first)), "care")]
    return match_records(sources, seed=2)


@pytest.mark.parametrize(
    ("field", "level", "true"),
    [
        ("family", "same", 1 - WRONG_LETTER),
        ("family", "one_edit", WRONG_LETTER),
        ("email", "same", 1 - OTHER_EMAIL),
        ("phone", "same", 1 - OTHER_PHONE),
        ("address", "same", 1 - MOVED),
        ("given", "same", 1.0),
        ("birth_year", "same", 1.0),
    ],
)
def test_how_often_records_of_one_person_agree_is_recovered(simulated, field, level, true):
    found = simulated.model.set_index(["field", "level"]).loc[(field, level), "m"]
    assert abs(found - true) < 4 * np.sqrt(true * (1 - true) / PEOPLE) + 3 * LEAST_M


@pytest.mark.parametrize(
    ("field", "true"), [("given", 1 / len(GIVEN)), ("birth_year", 1 / 60)], ids=["given", "birth_year"]
)
def test_how_often_different_people_agree_is_recovered(simulated, field, true):
    found = simulated.model.set_index(["field", "level"]).loc[(field, "same"), "u"]
    assert found == pytest.approx(true, rel=0.05)


def test_the_number_of_pairs_and_the_customers_are_recovered(simulated):
    assert simulated.expected_pairs == pytest.approx(PEOPLE, rel=0.01)
    whose = simulated.customers.groupby("customer_id")["source_id"].agg(["nunique", "size"])
    assert ((whose["nunique"] == 1) & (whose["size"] == 2)).sum() > 0.98 * PEOPLE
    assert set(whose.index.str.split(":").str[0]) <= {"billing", "care"}
    assert (simulated.customers.query("source == 'billing'")["customer_id"].str.startswith("billing:")).all()


def test_a_field_that_is_missing_everywhere_is_no_evidence():
    rng = np.random.default_rng(12)
    first = people(rng, 800).drop(columns=["street", "phone"])
    found = match_records([Source(table(first), "billing"), Source(table(first), "care")])
    assert set(found.model["field"]) == {"given", "family", "email", "birth_year"}
    assert found.customers["customer_id"].nunique() == pytest.approx(800, abs=4)


@given(
    st.lists(st.floats(-30, 30), min_size=1, max_size=6),
    st.floats(1, 50),
    st.floats(1.5, 1000),
)
@settings(max_examples=50, deadline=None)
def test_the_share_is_the_likeliest(evidence, count, times):
    evidence, counts = np.array(evidence), np.full(len(evidence), count)
    pairs = counts.sum() * times
    ratio = np.exp2(evidence)

    def negative(logit):
        share = 1 / (1 + np.exp(-logit))
        return -(counts * np.log1p(share * (ratio - 1))).sum() - (pairs - counts.sum()) * np.log1p(-share)

    best = minimize_scalar(negative, bounds=(-40, 10), method="bounded", options={"xatol": 1e-9})
    found = likeliest_share(evidence, counts, pairs)
    assert negative(np.log(found) - np.log1p(-found)) <= best.fun + 1e-4 * max(1, abs(best.fun))


letters = st.text("abc", min_size=1, max_size=9)


@given(st.lists(st.tuples(letters, letters), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_the_quick_test_of_one_edit_misses_none(pairs):
    near = dict(COMPARISONS["phone"].levels)["one_edit"]
    frame = pd.DataFrame(pairs, columns=["phone_l", "phone_r"])
    with duckdb.connect() as connection:
        connection.register("pairs", frame)
        wrong = connection.sql(
            f"SELECT count(*) FROM pairs WHERE ({near}) <> (damerau_levenshtein(phone_l, phone_r) <= 1)"
        ).fetchall()
    assert wrong == [(0,)]


def test_without_splink_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "splink", None)
    with pytest.raises(SettingsError, match=r"crm-workbench\[matching\]"):
        match_records([Source(table(people(np.random.default_rng(1), 5)), "care")])


def test_too_few_fields_are_told():
    frame = pd.DataFrame({"source_id": ["1", "2"], "email": ["a@example.org"] * 2, "phone": ["600112233"] * 2})
    with pytest.raises(DataError, match="three of"):
        match_records([Source(ibis.memtable(frame), "care")])


def test_records_with_nothing_in_common_are_told():
    frame = table(people(np.random.default_rng(1), 3)).execute()
    with pytest.raises(NoSolutionError, match="Too few records"):
        match_records([Source(ibis.memtable(frame), "care")])


@pytest.mark.parametrize(("same", "review"), [(0.5, 0.6), (1.0, 0.5), (0.9, 0.0)])
def test_thresholds_that_do_not_fit_are_refused(same, review):
    with pytest.raises(SettingsError, match="do not fit"):
        Thresholds(same, review)


def test_a_block_of_one_is_refused():
    with pytest.raises(SettingsError, match="no pairs"):
        match_records([], largest_block=1)
