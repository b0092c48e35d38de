"""Programs in databases: what goes in comes out, and whatever goes wrong is told and loses nothing."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
import subprocess
import sys
import traceback
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from workbench.errors import DataError, Problem
from workbench.program import addresses, blank, database, schema
from workbench.program.folder import write_folder
from workbench.program.reading import Records
from workbench.program.store import Program
from workbench.program.tables import TABLES


def assert_equal(one: Program, other: Program) -> None:
    assert one.settings == other.settings
    for name in TABLES:
        assert one.has(name) == other.has(name)
        assert_frame_equal(one.table(name), other.table(name))


def problems_of(address: str) -> tuple[Problem, ...]:
    with pytest.raises(DataError) as refused:
        Program.open(address)
    return refused.value.problems


def execute(address: str, statement: str, **values: object) -> None:
    with database.opened(address) as source, source.begin() as connection:
        connection.execute(sa.text(statement), values)


@pytest.mark.parametrize("language", ["en", "es"])
def test_folder_database_folder_gives_equal_tables(empty: str, tmp_path: Path, language: str) -> None:
    given = Program.open(blank.sample(language))
    database.write(given, empty)
    kept = Program.open(empty)
    assert_equal(given, kept)
    write_folder(kept, tmp_path / "out")
    assert_equal(given, Program.open(tmp_path / "out"))
    assert {name: len(kept.table(name)) for name in TABLES} == {name: len(given.table(name)) for name in TABLES}


def with_rows(program: Program, **tables: list[dict[str, object]]) -> Program:
    records = {name: Records(TABLES[name], rows=tuple(rows)) for name, rows in tables.items()}
    return replace(program, _records=records)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
FIGURES = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_comes_back_as_it_was(
    data: st.DataObject, sample: Program, tmp_path_factory: pytest.TempPathFactory
) -> None:
    texts = data.draw(st.lists(TEXTS.filter(str.strip), min_size=1, max_size=4))
    metrics = [
        {column.name: None for column in TABLES["success_metrics"].columns}
        | {"metric_id": f"M{number}", "name": text.strip(), "direction": "higher_is_better"}
        | {"baseline": data.draw(FIGURES), "baseline_on": data.draw(st.none() | st.datetimes())}
        for number, text in enumerate(texts)
    ]
    address = str(tmp_path_factory.mktemp("any") / "crm.db")
    database.write(with_rows(sample, success_metrics=metrics), address)
    with database.opened(address) as source, database.reading(source, address) as connection:
        made = schema.PLANNING["success_metrics"].c
        columns = (made.name, made.baseline, made.baseline_on)
        kept = [tuple(row) for row in connection.execute(sa.select(*columns).order_by(made.position))]
    assert kept == [(row["name"], row["baseline"], row["baseline_on"]) for row in metrics]


def test_hostile_texts_are_data(empty: str, sample: Program) -> None:
    text = "'); DROP TABLE scores; -- \" %s :name ?"
    row = dict(sample.records("requirements").rows[0]) | {"requirement_id": text, "title": text, "source": text}
    database.write(with_rows(sample, requirements=[row]), empty)
    frame = Program.open(empty).table("requirements")
    assert frame.loc[0, ["requirement_id", "title", "source"]].tolist() == [text] * 3


def test_rows_keep_their_order(empty: str, sample: Program) -> None:
    rows = [dict(row) for row in sample.records("requirements").rows[::-1]]
    database.write(with_rows(sample, requirements=rows), empty)
    kept = Program.open(empty).table("requirements")["requirement_id"].tolist()
    assert kept == [row["requirement_id"] for row in rows]


def test_problems_are_told_with_table_row_and_column(tmp_path: Path, sample: Program) -> None:
    address = str(tmp_path / "crm.db")
    database.write(sample, address)
    with sqlite3.connect(address) as connection:  # As a person with another tool would: foreign keys are off.
        connection.execute("UPDATE criteria SET weight = 'much' WHERE criterion_id = 'CRI-02'")
        connection.execute("UPDATE scores SET rater_id = 'RAT-99' WHERE position = 3")
        connection.execute("UPDATE scores SET scored_at = 'soon' WHERE position = 4")
        connection.execute("UPDATE settings SET value = '\"euro\"' WHERE setting = 'currency'")
    connection.close()
    told = {(problem.where.file, problem.where.row, problem.where.column) for problem in problems_of(address)}
    assert told == {
        ("crm.db, table criteria", 3, "weight"),
        ("crm.db, table scores", 4, "rater_id"),
        ("crm.db, table scores", 5, "scored_at"),
        ("crm.db, table settings", None, "currency"),
    }


def test_the_tables_that_a_report_needs(empty: str, sample: Program) -> None:
    database.write(with_rows(sample, requirements=[dict(sample.records("requirements").rows[0])]), empty)
    with pytest.raises(DataError, match="table scores is missing or has no rows"):
        Program.open(empty).tables("requirements", "scores")


def test_a_database_without_its_password_is_the_programs_path(postgresql, sample: Program) -> None:
    address = postgresql.new_database()
    database.write(sample, address)
    program = Program.open(address.replace("postgres@", "postgres:whatever@"))
    assert program.path == address
    assert program.files == ()


def test_the_schema_is_pinned_to_its_version() -> None:
    """Whoever changes a table raises VERSION, then this hash."""
    kept = [
        (table.name, column.name, str(column.type), column.primary_key, column.nullable)
        for table in schema.METADATA.sorted_tables
        for column in table.columns
    ]
    assert (schema.VERSION, hashlib.sha256(repr(kept).encode()).hexdigest()[:16]) == (3, "dbcccdb54a767f9c")


def test_what_is_there_already_is_not_overwritten(address: str, sample: Program) -> None:
    for make in (lambda: database.create(address), lambda: database.write(sample, address)):
        with pytest.raises(DataError, match="holds something already"):
            make()
    assert_equal(Program.open(address), sample)


def test_a_created_database_waits_for_its_settings(empty: str) -> None:
    database.create(empty)
    assert {problem.where.column for problem in problems_of(empty)} == {"name", "currency", "as_of"}


def test_an_sqlite_file_is_its_owners_alone_and_in_wal_mode(tmp_path: Path, sample: Program) -> None:
    file = tmp_path / "a b#?%41é.sqlite"
    database.write(sample, f"sqlite:///{file}")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with database.engine(str(file)).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


@pytest.mark.parametrize(("version", "told"), [(schema.VERSION + 1, "newer crm-workbench"), (0, "older crm-workbench")])
def test_another_schema_version_is_left_alone(address: str, version: int, told: str) -> None:
    execute(address, "UPDATE schema_version SET version = :version", version=version)
    (problem,) = problems_of(address)
    assert told in problem.found
    assert problem.remedy
    with pytest.raises(DataError, match=told), database.opened(address) as source, database.writing(source, address):
        pytest.fail("a block of another version was entered")


def test_a_write_that_fails_leaves_nothing(empty: str, sample: Program) -> None:
    rows = [dict(sample.records("criteria").rows[0])] * 2
    with pytest.raises(DataError, match="refused"):
        database.write(with_rows(sample, raters=list(sample.records("raters").rows), criteria=rows), empty)
    assert not Path(empty).exists()
    database.write(sample, empty)
    assert_equal(Program.open(empty), sample)


def test_append_adds_all_or_nothing(address: str, sample: Program) -> None:
    row = dict(sample.records("scores").rows[0])
    before = len(sample.table("scores"))
    with database.opened(address) as source:
        database.append(source, "scores", [row, row | {"comment": "last"}])
        with pytest.raises(DataError, match="refused"):
            database.append(source, "scores", [row, row | {"rater_id": "nobody"}])
    scores = Program.open(address).table("scores")
    assert len(scores) == before + 2
    assert scores["comment"].iloc[-1] == "last"


def test_a_locked_file_is_told(tmp_path: Path, sample: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    address = str(tmp_path / "crm.db")
    database.write(sample, address)
    other = sqlite3.connect(address, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with (
        database.opened(address) as source,
        pytest.raises(DataError, match="in use by another program"),
        database.writing(source, address),
    ):
        pytest.fail("two wrote at once")
    other.execute("ROLLBACK")
    other.close()
    assert_equal(Program.open(address), sample)


def test_a_lock_on_a_server_is_told(postgresql, sample: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    address = postgresql.new_database()
    database.write(sample, address)
    row = sample.records("scores").rows[0]
    with database.opened(address) as source, source.begin() as other:
        other.execute(sa.text("LOCK TABLE scores"))
        with pytest.raises(DataError, match="in use by another program"):
            database.append(source, "scores", [row])
    assert_equal(Program.open(address), sample)


def test_a_full_disk_of_a_server_is_told(postgresql, sample: Program) -> None:
    address = postgresql.new_database()
    database.write(sample, address)
    full = sa.text("DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$")
    row = sample.records("scores").rows[0]
    with database.opened(address) as source, pytest.raises(DataError, match="disk is full"):  # noqa: PT012, SIM117
        with database.writing(source, address) as connection:
            database.append(connection, "scores", [row])
            connection.execute(full)
    assert_equal(Program.open(address), sample)


def test_settings_come_back(empty: str, sample: Program, tmp_path: Path) -> None:
    given = {"scoring_rights": {"business": ["value"]}, "name": "Ñandú: “yes”", "horizon_months": 12, "users": None}
    values = sample.settings.to_values() | {"own_systems": {"2024": ["a; b", "no"]}} | given
    program = replace(sample, settings=type(sample.settings).model_validate(values))
    database.write(program, empty)
    kept = Program.open(empty)
    assert kept.settings == program.settings
    assert kept.settings.axes_scored_by("business") == ("value",)
    write_folder(kept, tmp_path / "out")
    assert Program.open(tmp_path / "out").settings == program.settings


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path, sample: Program) -> None:
    address = str(tmp_path / "crm.db")
    database.write(sample, address)
    row = dict(sample.records("scores").rows[0]) | {"comment": "x" * 4000}
    source = database.engine(address)

    @sa.event.listens_for(source, "connect")
    def fill_up(connection: sqlite3.Connection, record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # No more than there are.

    with pytest.raises(DataError, match="disk is full"), database.writing(source, address) as connection:
        database.append(connection, "scores", [row] * 50)
    source.dispose()
    assert_equal(Program.open(address), sample)


def test_an_import_onto_a_full_disk_leaves_no_file(
    tmp_path: Path, sample: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = database.engine

    def small(address: str) -> sa.Engine:
        source = made(address)
        sa.event.listen(source, "connect", lambda one, record: one.execute("PRAGMA max_page_count = 40"))
        return source

    monkeypatch.setattr(database, "engine", small)
    with pytest.raises(DataError, match="disk is full"):
        database.write(sample, str(tmp_path / "crm.db"))
    assert not list(tmp_path.iterdir())


def test_a_disk_that_is_really_full(tmp_path: Path, sample: Program) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        address = str(disk / "crm.db")
        database.write(sample, address)
        with pytest.raises(OSError, match="space"):
            (disk / "ballast").write_bytes(b"x" * 2**21)
        row = dict(sample.records("scores").rows[0]) | {"comment": "x" * 4000}
        with (
            pytest.raises(DataError, match="disk is full"),
            database.opened(address) as source,
            database.writing(source, address) as connection,
        ):
            database.append(connection, "scores", [row] * 500)
        (disk / "ballast").unlink()
        assert_equal(Program.open(address), sample)
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("nowhere.db", "no database at nowhere.db"),
        ("sqlite:///nowhere.db", "no database at nowhere.db"),
        ("sqlite:nowhere.db", "no address"),
        ("mysql://me:secret@host/crm", "no address"),
        ("postgresql+asyncpg://me:secret@host/crm", "no address"),
        ("postgresql://me:secret@host:port/crm", "no address"),
        ("postgresql://me:secret@127.0.0.1:1/crm", "cannot be reached"),
        ("postgresql://me@nowhere.invalid/crm?password=secret", "cannot be reached"),
    ],
)
def test_addresses_that_do_not_work(address: str, told: str) -> None:
    with pytest.raises(DataError, match=told) as refused:
        Program.open(address)
    assert "secret" not in "".join(traceback.format_exception(refused.value))


def test_files_that_are_no_database(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("no database, but long enough to be looked into" * 100)
    (tmp_path / "b.db").write_bytes(b"")
    sqlite3.connect(tmp_path / "c.db").execute("CREATE TABLE t (a)").connection.close()
    assert "no database" in problems_of(str(tmp_path / "a.db"))[0].found
    assert "no program" in problems_of(str(tmp_path / "b.db"))[0].found
    assert "no program" in problems_of(str(tmp_path / "c.db"))[0].found


def test_wrong_passwords_and_names_are_told_without_the_password(postgresql) -> None:
    user = postgresql.address(user="guarded:Wr0ng@word")
    for address, told in (
        (user, "user or the password"),
        (postgresql.address(user="guarded"), "user or the password"),
        (postgresql.address("no_such_database"), "no database of this name"),
        (postgresql.address(user="nobody_here"), "refused"),
    ):
        with pytest.raises(DataError, match=told) as refused:
            Program.open(address)
        assert "Wr0ng" not in "".join(traceback.format_exception(refused.value))


def test_a_password_opens_the_door(postgresql, sample: Program) -> None:
    address = postgresql.new_database()
    postgresql.run("ALTER ROLE guarded SUPERUSER")
    try:
        guarded = address.replace("postgres@", "guarded:open-sesame-7@")
        database.write(sample, guarded)
        assert_equal(Program.open(guarded), sample)
    finally:
        postgresql.run("ALTER ROLE guarded NOSUPERUSER")


def test_a_missing_driver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DataError, match="driver “psycopg”"):
        Program.open("postgresql://me:secret@host/crm")


def test_a_server_that_goes_away_is_told(postgresql, sample: Program) -> None:
    address = postgresql.new_database()
    database.write(sample, address)
    end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{sa.make_url(address).database}'"
    with database.opened(address) as source, pytest.raises(DataError, match="reached"):  # noqa: PT012, SIM117
        with database.reading(source, address) as connection:
            postgresql.run(end)
            connection.execute(sa.text("SELECT 1"))


def test_what_is_an_address(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    assert addresses.is_address("postgres://h/crm")
    assert addresses.is_address(Path("x.sqlite"))
    assert not addresses.is_address(tmp_path / "folder.db")
    assert not addresses.is_address("program.xlsx")
    assert addresses.shown("postgresql://u:p:@ss@h/crm?password=x&sslmode=require") == (
        "postgresql://u@h/crm?sslmode=require"
    )
    assert addresses.name_of("postgresql://u:p@h/crm?x=1") == "crm"


def test_times_are_kept_to_the_microsecond(address: str, sample: Program) -> None:
    at = datetime(2026, 9, 14, 10, 0, 0, 123456)
    row = dict(sample.records("scores").rows[0]) | {"scored_at": at}
    with database.opened(address) as source:
        database.append(source, "scores", [row])
    assert Program.open(address).table("scores")["scored_at"].iloc[-1].to_pydatetime() == at
