"""What is wrong with customer tables is told with its place; no password is shown, and nothing is half-written."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import psycopg
import pytest
import yaml

from workbench.errors import WorkbenchError
from workbench.program import database
from workbench.program.excel import write_workbook
from workbench.program.folder import write_folder
from workbench.program.store import Program

SECRET = "open-sesame-7"
CUSTOMERS = "customer_id,joined_on,city\n001,2020-01-31,León\n002,2021-02-28,Lugo\n"
Open = Callable[..., Program]


@pytest.fixture
def shop(tmp_path: Path) -> Open:
    """A program in ``shop`` with these files in its folder ``customers`` and this section ``warehouse``."""

    def make(section: dict[str, Any] | None = None, **files: str | bytes) -> Program:
        folder = tmp_path / "shop"
        (folder / "customers").mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (folder / "customers" / name.replace("__", ".")).write_bytes(data)
        settings = {"name": "Shop", "currency": "EUR", "as_of": pd.Timestamp("2026-09-30").date()}
        text = yaml.safe_dump(settings | ({"warehouse": section} if section is not None else {}))
        (folder / "program.yaml").write_text(text)
        (folder / "requirements.csv").write_text("requirement_id,title,department\nR1,Call lists,Sales\n")
        return Program.open(folder)

    return make


def refused(do: Callable[[], object]) -> str:
    """What is told; neither it nor what stands behind it shows the password, nor a customer's own values."""
    with pytest.raises(WorkbenchError) as caught:
        do()
    told = str(caught.value)
    behind = "".join(traceback.format_exception(caught.value))
    assert SECRET not in told + behind + repr(caught.value)
    assert "León" not in told + behind
    return told


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("engine", ["files", "spark"])
@pytest.mark.parametrize(
    ("content", "row"),
    [
        (CUSTOMERS + "003,2021-02-28,León,9\n", 4),
        (CUSTOMERS + "003\n004,2021-01-01,Lugo\n", 4),
        (CUSTOMERS + '003,2021-02-28,"León\n004,2021-01-01,Lugo\n', 3),
    ],
    ids=["too_many", "too_few", "open_quotation"],
)
def test_a_broken_line_is_told_by_file_and_line(
    engine: str, content: str, row: int, shop: Open, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = request.getfixturevalue("spark") if engine == "spark" else "customers"
    program = shop({"address": address}, customers__csv=content)
    before = tree(tmp_path)
    told = refused(lambda: program.warehouse().check())
    assert f"customers.csv, row {row}" in told
    assert tree(tmp_path) == before


def test_a_parquet_file_that_was_cut_short(shop: Open, tmp_path: Path) -> None:
    pd.DataFrame({"customer_id": ["1", "2"]}).to_parquet(tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    told = refused(shop(customers__parquet=whole[:-40]).warehouse)
    assert "customers.parquet" in told
    assert "cut short" in told
    inside = whole[:60] + b"\0" * 90 + whole[150:]
    told = refused(lambda: shop(customers__parquet=inside).warehouse().check())
    assert "customers.parquet" in told


def test_everything_wrong_with_the_column_maps_is_told_at_once(shop: Open) -> None:
    tables = {
        "customers": {"columns": {"joined_on": "joinedon"}, "attributes": ["citty"]},
        "transactions": {"columns": {"amount": "Quantity * UnitPrize", "ordered_at": "InvoiceDate"}},
        "usage": {"source": "usages.csv"},
    }
    told = refused(
        shop(
            {"tables": tables},
            customers__csv=CUSTOMERS,
            transactions__csv="customer_id,Quantity,UnitPrice,InvoiceDay\n1,2,3,2026-01-01\n",
            usage__csv="customer_id,month,amount\n1,2026-01-01,3\n",
        ).warehouse
    )
    for words in ("joinedon", "citty", "UnitPrize", "InvoiceDate", "usages.csv"):
        assert words in told
    for known in ("joined_on", "city", "UnitPrice", "InvoiceDay", "usage.csv"):
        assert f"Perhaps {known} is meant" in told


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nowhere", "It is not there"),
        ("duckdb:///nowhere.duckdb", "It is not there"),
        (f"postgresql://anna:{SECRET}@127.0.0.1:9/crm", "Nothing answers"),
        ("spark://127.0.0.1:9", "Nothing answers"),
        (f"mysql://anna:{SECRET}@127.0.0.1/crm", "is no address of customer tables"),
        (f"postgresql://anna:{SECRET}@127.0.0.1:port/crm", "is no address of customer tables"),
    ],
    ids=["folder", "duckdb", "postgresql", "spark", "unknown", "no_port"],
)
def test_an_address_where_nothing_answers(address: str, words: str, shop: Open, tmp_path: Path) -> None:
    program = shop({"address": address})
    before = tree(tmp_path)
    assert words in refused(program.warehouse)
    assert SECRET not in repr(program.settings)
    assert tree(tmp_path) == before


def test_a_section_that_is_wrong_shows_no_password(shop: Open) -> None:
    section = {"address": f"postgresql://anna:{SECRET}@h/crm", "adress": f"postgresql://anna:{SECRET}@h/crm"}
    told = refused(lambda: shop(section))
    assert "“adress” is no setting" in told
    told = refused(lambda: shop({"address": [f"postgresql://anna:{SECRET}@h/crm"]}))
    assert "warehouse.address" in told
    assert "transactions" in refused(lambda: shop({"tables": {"transaction": {}}}))


def test_what_a_server_refuses(shop: Open, postgresql: Any) -> None:
    address = postgresql.new_database()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE customers (customer_id text)")
    name = address.rpartition("/")[2]
    guarded = postgresql.address(name, f"guarded:not-{SECRET}")
    assert "refuses the user or the password" in refused(shop({"address": guarded}).warehouse)
    absent = postgresql.address("no_such_crm")
    assert "is not there" in refused(shop({"address": absent}).warehouse)
    right = postgresql.address(name, f"guarded:{SECRET}")
    told = refused(lambda: shop({"address": right}).warehouse().check())
    assert "may not be read" in told


def test_who_may_only_read_can_read(shop: Open, postgresql: Any) -> None:
    address = postgresql.new_database()
    name = address.rpartition("/")[2]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE customers (customer_id text)")
        connection.execute("INSERT INTO customers VALUES ('7'), (NULL)")
        connection.execute("GRANT SELECT ON customers TO guarded")
        connection.execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC".encode())
    warehouse = shop({"address": postgresql.address(name, f"guarded:{SECRET}")}).warehouse()
    assert warehouse.check().excluded == {"customers: missing customer_id": 1}
    assert warehouse.fetch(warehouse.table("customers"))["customer_id"].tolist() == ["7"]


def test_an_engine_that_is_not_installed_names_its_extra(shop: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    told = refused(shop({"address": "local[2]"}).warehouse)
    assert "crm-workbench[spark]" in told


@pytest.mark.parametrize("engine", ["files", "duckdb"])
def test_what_the_engine_refuses_later_is_told_in_words(engine: str, shop: Open, tmp_path: Path) -> None:
    program = shop(None, customers__csv=CUSTOMERS)
    if engine == "duckdb":
        with duckdb.connect(str(tmp_path / "shop" / "crm.duckdb")) as connection:
            connection.execute("CREATE TABLE customers AS SELECT '1' AS customer_id, 'León' AS city")
        program = shop({"address": "duckdb:///crm.duckdb"})
    warehouse = program.warehouse()
    customers = warehouse.table("customers")
    assert len(warehouse.fetch(customers)) == customers.count().to_pandas()
    told = refused(lambda: warehouse.fetch(customers.mutate(city=customers["city"].cast("int64"))))
    assert "The engine refused" in told


def test_a_program_kept_elsewhere_still_finds_its_customers(shop: Open, tmp_path: Path) -> None:
    tables = {"customers": {"columns": {"joined_on": "joined_on"}, "attributes": ["city"]}}
    (tmp_path / "till").mkdir()
    (tmp_path / "till" / "customers.csv").write_text(CUSTOMERS)
    program = shop({"address": "../till", "tables": tables})
    write_workbook(tmp_path / "book.xlsx", "es", program)
    database.write(program, str(tmp_path / "kept.db"))
    write_folder(program, tmp_path / "copy")
    for place in ("book.xlsx", "kept.db", "copy"):
        opened = Program.open(tmp_path / place)
        assert opened.settings == program.settings, place
        assert opened.warehouse().check().rows == {"customers": 2}, place


def test_empty_currencies_are_counted_and_others_fatal(shop: Open) -> None:
    lines = "customer_id,ordered_at,amount,currency\n1,2026-01-01,5,EUR\n2,2026-01-01,5,\n3,2026-01-01,5,eur\n"
    found = shop(transactions__csv=lines).warehouse().check()
    assert [(one.kind, one.column, one.count, one.treatment) for one in found.findings] == [
        ("missing", "currency", 1, "noted")
    ]
    found = shop(transactions__csv=lines + "4,2026-01-01,5,USD\n").warehouse().check()
    assert [one.kind for one in found.fatal] == ["currency"]


def test_days_and_moments_of_attributes_are_told_apart(shop: Open) -> None:
    lines = "customer_id,left_on,seen_at,code\n1,2026-01-31,2026-01-31 08:00,01\n2,,2026-02-01,02\n"
    schema = shop(customers__csv=lines).warehouse().table("customers").schema()
    assert schema["left_on"].is_date()
    assert schema["seen_at"].is_timestamp()
    assert schema["code"].is_string()
