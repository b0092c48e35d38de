"""The customer tables: the same rows behind every engine give the same tables and the same findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import psycopg
import pytest
import yaml

from workbench import resources
from workbench.errors import DataError
from workbench.program import blank
from workbench.program.store import Program
from workbench.program.warehouse import Warehouse

LINES = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,Customer ID
1,85123A,"HEART, WHITE",6,12/1/2010 8:26,2.55,17850
1,71053,LANTERN,6,12/1/2010 8:26,3.39,17850
C2,71053,LANTERN,-2,12/3/2010 9:26,3.39,17850
3,71053,LANTERN,1,12/4/2010 9:26,3.39,
4,71053,LANTERN,x,12/4/2010 9:26,3.39,0017
5,71053,LANTERN,1,12/11/2011 0:00,3.39,0017
5,71053,LANTERN,1,12/10/2011 23:59,"1,003.39",0017
6,71053,LANTERN,1,2/30/2011 9:26,3.39,0017
7,22,LANTERN,1,2/28/2011 9:26,3.39,0018
7,22,LANTERN,1,2/28/2011 9:26,3.39,0018
"""
CUSTOMERS = """customer_id,joined_on,region,E-mail,score,code
17850,2009-01-01,North,anna@example.org,1.5,007
0017,20090102,South,ben@example.org,,12
"""
PRODUCTS = "product_id,name,price,launched_on\n85123A,Heart,2.55,2009-05-01\n71053,Lantern,3.39,2030-01-01\n"
MAP = {
    "customer_id": "Customer ID",
    "ordered_at": "InvoiceDate",
    "product_id": "StockCode",
    "quantity": "Quantity",
    "amount": "Quantity * UnitPrice",
}
FILES = {"invoice_lines_1.csv": LINES, "customers.csv": CUSTOMERS, "products.csv": PRODUCTS}
Make = Callable[..., Warehouse]


def program(folder: Path, warehouse: dict[str, Any] | None = None, **more: Any) -> Program:
    """A program whose customer tables are where these settings say."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"name": "Shop", "currency": "GBP", "as_of": pd.Timestamp("2011-12-10").date()} | more
    if warehouse is not None:
        settings["warehouse"] = warehouse
    (folder / "program.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
    (folder / "requirements.csv").write_text("requirement_id,title,department\nR1,Call lists,Sales\n")
    return Program.open(folder)


def write(folder: Path, **files: str) -> Path:
    """A program's folder with customer files in it, for example ``customers="customer_id\\n1\\n"``."""
    (folder / "customers").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / "customers" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def texts(name: str) -> pd.DataFrame:
    return pd.read_csv(pd.io.common.StringIO(FILES[name]), dtype="object", keep_default_na=False).replace("", None)


def frames() -> dict[str, pd.DataFrame]:
    return {"invoice_lines": texts("invoice_lines_1.csv")} | {
        name: texts(f"{name}.csv") for name in ("customers", "products")
    }


def in_files(folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    for name, text in FILES.items():
        (folder / "customers" / name).write_text(text)
    return {"tables": {"transactions": {"source": "invoice_lines*.csv"}}}


def in_parquet(folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    for name, frame in frames().items():
        frame.to_parquet(folder / "customers" / f"{name}.parquet")
    return {"tables": {"transactions": {"source": "invoice_lines.parquet"}}}


def in_duckdb(folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    with duckdb.connect(str(folder / "crm.duckdb")) as connection:
        for name, frame in frames().items():
            connection.register("given", frame)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
    return {"address": "duckdb:///crm.duckdb", "tables": {"transactions": {"source": "invoice_lines"}}}


def in_postgresql(folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    address = request.getfixturevalue("postgresql").new_database()
    with psycopg.connect(address, autocommit=True) as connection:
        for name, frame in frames().items():
            columns = ", ".join(f'"{column}" text' for column in frame.columns)
            connection.execute(f"CREATE TABLE {name} ({columns})".encode())
            places = ", ".join(["%s"] * len(frame.columns))
            rows = frame.to_numpy(dtype=object, na_value=None).tolist()
            connection.cursor().executemany(f"INSERT INTO {name} VALUES ({places})".encode(), rows)
    return {"address": address, "tables": {"transactions": {"source": "public.invoice_lines"}}}


def in_spark(folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"address": request.getfixturevalue("spark"), **in_files(folder, request)}


PLACES = {
    "csv": in_files,
    "parquet": in_parquet,
    "duckdb": in_duckdb,
    "postgresql": in_postgresql,
    "spark": in_spark,
}


# Spark takes seconds for what the others do at once; test_warehouse_returns.py nets on it too.
WITHOUT_SPARK = pytest.mark.parametrize("shop", [name for name in PLACES if name != "spark"], indirect=True)


@pytest.fixture(params=list(PLACES))
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Opens the same shop behind an engine, with these further settings of its transactions."""

    def make(**more: Any) -> Warehouse:
        (tmp_path / "customers").mkdir(exist_ok=True)
        settings = PLACES[request.param](tmp_path, request)
        lines = settings["tables"]["transactions"]
        lines |= {"dates": "month-day-year", "columns": MAP} | more
        return program(tmp_path, settings).warehouse()

    return make


def rows(warehouse: Warehouse, name: str, *order: str) -> list[tuple[Any, ...]]:
    frame = warehouse.table(name).order_by(*order).to_pandas()
    return [tuple(None if pd.isna(value) else value for value in row) for row in frame.itertuples(index=False)]


def test_invoice_lines_become_transactions(shop: Make) -> None:
    warehouse = shop()
    table = warehouse.table("transactions")
    assert table.columns == ("customer_id", "ordered_at", "product_id", "quantity", "amount", "channel")
    assert table.schema()["ordered_at"].is_timestamp()
    assert rows(warehouse, "transactions", "customer_id", "ordered_at", "product_id") == [
        ("0017", pd.Timestamp("2011-12-10 23:59"), "71053", 1.0, pytest.approx(1003.39, rel=1e-12), None),
        ("0018", pd.Timestamp("2011-02-28 09:26"), "22", 1.0, pytest.approx(3.39, rel=1e-12), None),
        ("0018", pd.Timestamp("2011-02-28 09:26"), "22", 1.0, pytest.approx(3.39, rel=1e-12), None),
        ("17850", pd.Timestamp("2010-12-01 08:26"), "71053", 6.0, pytest.approx(20.34, rel=1e-12), None),
        ("17850", pd.Timestamp("2010-12-01 08:26"), "85123A", 6.0, pytest.approx(15.3, rel=1e-12), None),
    ]


def test_every_finding_is_counted_with_examples_by_id(shop: Make) -> None:
    found = shop().check()
    told = [(one.kind, one.table, one.column, one.count, one.examples, one.treatment) for one in found.findings]
    assert told == [
        ("personal", "customers", "E-mail", 0, (), "left_out"),
        ("missing", "transactions", "customer_id", 1, ("71053",), "left_out"),
        ("unreadable", "transactions", "ordered_at", 1, ("0017",), "left_out"),
        ("unreadable", "transactions", "quantity", 1, ("0017",), "noted"),
        ("unreadable", "transactions", "amount", 1, ("0017",), "left_out"),
        ("returned", "transactions", "amount", 1, ("17850",), "left_out"),
        ("future", "transactions", "ordered_at", 1, ("0017",), "left_out"),
        ("duplicate", "transactions", "", 1, ("0018",), "noted"),
        ("unknown_id", "transactions", "customer_id", 2, ("0018",), "noted"),
        ("unknown_id", "transactions", "product_id", 2, ("22",), "noted"),
    ]
    assert found.rows == {"customers": 2, "products": 2, "transactions": 10}
    assert sum(found.excluded.values()) == 5
    assert found.findings[1].share == pytest.approx(0.1)
    assert not found.fatal
    assert found.conclusion == (
        "14 rows in 3 customer tables were looked at; 5 are left out. The customer tables can be used."
    )


def test_what_is_left_out_and_what_is_left_are_all_rows(shop: Make) -> None:
    warehouse = shop(duplicates="leave_out", returns="net")
    found = warehouse.check()
    left = warehouse.table("transactions").count().to_pandas()
    assert left + sum(found.excluded.values()) == found.rows["transactions"]
    assert found.excluded["transactions: duplicate"] == 1


@WITHOUT_SPARK
def test_returns_are_set_off_against_the_lines_before(shop: Make) -> None:
    kept = {row[:3]: row[3:5] for row in rows(shop(returns="net"), "transactions", "customer_id", "product_id")}
    lantern = kept["17850", pd.Timestamp("2010-12-01 08:26"), "71053"]
    assert lantern == (pytest.approx(4.0, rel=1e-12), pytest.approx(13.56, rel=1e-12))


@WITHOUT_SPARK
def test_returns_that_are_refused_are_fatal(shop: Make) -> None:
    warehouse = shop(returns="refuse")
    with pytest.raises(DataError, match=r"1 row of transactions \(10%\): a return"):
        warehouse.table("transactions")
    assert [one.kind for one in warehouse.check().fatal] == ["returned"]


def test_attributes_are_kept_but_for_those_that_name_a_person(shop: Make) -> None:
    warehouse = shop()
    assert set(warehouse.table("customers").columns) == {"customer_id", "joined_on", "region", "score", "code"}
    assert rows(warehouse, "customers", "customer_id")[0][:2] == ("0017", pd.Timestamp("2009-01-02"))
    assert "example.org" not in warehouse.check().to_frame().to_csv()


KINDS = {
    "duplicate": "duplicates",
    "missing": "without_customer",
    "unknown_id": "unknown_customer",
    "returned": "returns",
    "future": "in_the_future",
}


@pytest.mark.parametrize("copied", [False, True], ids=["sample", "copy"])
def test_the_sample_shows_the_dirt_that_was_planted_in_it(copied: bool, tmp_path: Path) -> None:
    if copied:
        blank.write_sample(tmp_path / "new", "es")
    opened = Program.open(tmp_path / "new" if copied else blank.sample("en"))
    truth = yaml.safe_load((resources.folder("sample_data") / "customers" / "truth.yaml").read_text())
    warehouse = opened.warehouse()
    found = warehouse.check()
    assert {KINDS[one.kind]: one.count for one in found.findings} == truth["dirt"]
    assert not found.fatal
    assert found.rows.items() >= {name: truth["rows"][name] for name in ("customers", "contacts", "usage")}.items()
    assert warehouse.table("transactions").count().to_pandas() == truth["rows"]["transactions"] - sum(
        found.excluded.values()
    )
