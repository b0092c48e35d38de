"""The customer sample: made by its generator, the same whatever the batches and threads, with its dirt counted."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pandas as pd
import pytest
import yaml

ROOT = Path(__file__).parents[1]
MAKER = ROOT / "sample_data" / "generate_customers.py"
SHIPPED = ROOT / "sample_data" / "customers"
LARGE = ("customers", "transactions", "contacts", "responses", "usage", "tickets", "source_records")
SMALL = ("distributors", "products_en", "products_es", "campaigns_en", "campaigns_es", "truth_source_records")
FEW = 300


@pytest.fixture(scope="module")
def maker() -> Iterator[ModuleType]:
    sys.path.insert(0, str(MAKER.parent))
    try:
        yield __import__("generate_customers")
    finally:
        sys.path.remove(str(MAKER.parent))


@pytest.fixture(scope="module")
def few(maker: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("few")
    maker.generate(folder, FEW)
    return folder


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(path) for path in sorted(folder.glob(f"{name}*.parquet"))], ignore_index=True)


def truth(folder: Path = SHIPPED) -> dict[str, Any]:
    known: dict[str, Any] = yaml.safe_load((folder / "truth.yaml").read_text(encoding="utf-8"))
    return known


def test_the_shipped_files_are_the_generators(tmp_path):
    subprocess.run([sys.executable, str(MAKER), "--out", str(tmp_path)], check=True, env=os.environ)
    texts = {*(f"{name}.csv" for name in SMALL), "truth.yaml"}
    for folder in (SHIPPED, tmp_path):
        assert {path.name for path in folder.iterdir()} == {*texts, *(f"{name}.parquet" for name in LARGE)}
    for name in texts:
        assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes()
    for name in LARGE:
        pd.testing.assert_frame_equal(table(tmp_path, name), table(SHIPPED, name))


def test_the_shipped_files_are_small():
    sizes = {path.name: path.stat().st_size for path in SHIPPED.iterdir()}
    assert sum(sizes.values()) < 4_000_000
    assert max(sizes.values()) < 1_000_000


def test_batches_change_nothing(maker, few, tmp_path):
    maker.generate(tmp_path, FEW, batch=100)
    assert truth(tmp_path) == truth(few)
    for name in LARGE:
        assert len(list(tmp_path.glob(f"{name}_*.parquet"))) == 3
        by = list(table(few, name).columns)
        one, several = (table(folder, name).sort_values(by, ignore_index=True) for folder in (few, tmp_path))
        pd.testing.assert_frame_equal(one, several)


def test_threads_change_nothing_and_what_was_there_is_replaced(maker, few, tmp_path, monkeypatch):
    maker.generate(tmp_path, 200, batch=100)
    connect = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda: connect(config={"threads": 1}))
    maker.generate(tmp_path, FEW)
    for path in few.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in few.iterdir()}


def test_fewer_customers_are_the_first_of_more(few):
    for name in ("customers", "usage", "tickets", "contacts"):
        more = table(SHIPPED, name)
        first = more[more["customer_id"] <= f"C{FEW:07d}"].reset_index(drop=True)
        pd.testing.assert_frame_equal(table(few, name), first)


def test_another_seed_gives_other_customers_by_the_same_truth(maker, few, tmp_path):
    maker.generate(tmp_path, FEW, seed=7)
    assert not table(tmp_path, "customers")["monthly_spend"].equals(table(few, "customers")["monthly_spend"])
    changed = {"seed", "rows", "dirt", "campaigns"}
    one, other = ({k: v for k, v in truth(folder).items() if k not in changed} for folder in (few, tmp_path))
    assert one == other


def test_a_faster_pace_gives_more_orders_and_says_so(maker, few, tmp_path):
    maker.generate(tmp_path, FEW, pace=4)
    assert len(table(tmp_path, "transactions")) > 1.5 * len(table(few, "transactions"))
    assert truth(tmp_path)["purchases"]["alpha"] == truth(few)["purchases"]["alpha"] / 4
    pd.testing.assert_frame_equal(table(tmp_path, "usage"), table(few, "usage"))


def test_chance_does_not_depend_on_the_engines_version():
    digest = int.from_bytes(hashlib.md5(b"11:rate:42:3").digest(), "little")
    with duckdb.connect() as engine:
        engine.execute("SET VARIABLE seed = 11")
        engine.execute((MAKER.parent / "source" / "customers" / "sql" / "randomness.sql").read_text(encoding="utf-8"))
        drawn = engine.sql("SELECT part(noise('rate', 42, 3), j) FROM range(4) AS parts(j) ORDER BY j").fetchall()
    assert [part for (part,) in drawn] == [((digest >> 32 * j) % 2**32 + 0.5) / 2**32 for j in range(4)]


def test_the_dirt_is_what_the_truth_counts():
    lines = table(SHIPPED, "transactions")
    customers = set(table(SHIPPED, "customers")["customer_id"])
    named = lines["customer_id"].dropna()
    found = {
        "duplicates": int(lines.duplicated().sum()),
        "without_customer": int(lines["customer_id"].isna().sum()),
        "unknown_customer": int((~named.isin(customers)).sum()),
        "returns": int((lines["amount"] < 0).sum()),
        "in_the_future": int((lines["ordered_at"] >= "2026-10-01").sum()),
    }
    assert found == truth()["dirt"]
    assert min(found.values()) > 0
    assert (lines.loc[lines["amount"] < 0, "quantity"] == -1).all()


@pytest.mark.parametrize("name", LARGE)
def test_the_rows_are_counted(name):
    assert len(table(SHIPPED, name)) == truth()["rows"][name]


def test_keys_are_keys_and_point_somewhere():
    customers, products = table(SHIPPED, "customers"), pd.read_csv(SHIPPED / "products_en.csv")
    campaigns, contacts = pd.read_csv(SHIPPED / "campaigns_en.csv"), table(SHIPPED, "contacts")
    assert customers["customer_id"].is_unique
    assert table(SHIPPED, "tickets")["ticket_id"].is_unique
    assert not table(SHIPPED, "usage").duplicated(["customer_id", "month"]).any()
    for name in ("contacts", "responses", "usage", "tickets"):
        assert set(table(SHIPPED, name)["customer_id"]) <= set(customers["customer_id"])
    assert set(table(SHIPPED, "transactions")["product_id"]) == set(products["product_id"])
    assert set(campaigns["product_ids"]) <= set(products["product_id"])
    assert (
        set(contacts["campaign_id"]) == set(table(SHIPPED, "responses")["campaign_id"]) == set(campaigns["campaign_id"])
    )
    assert set(contacts["distributor_id"].dropna()) == set(pd.read_csv(SHIPPED / "distributors.csv")["distributor_id"])


def test_both_languages_say_the_same_in_their_own_words():
    for name, key in (("products", "product_id"), ("campaigns", "campaign_id")):
        english, spanish = (pd.read_csv(SHIPPED / f"{name}_{language}.csv") for language in ("en", "es"))
        texts = [column for column in ("name", "objective") if column in english]
        pd.testing.assert_frame_equal(english.drop(columns=texts), spanish.drop(columns=texts))
        assert (english["name"] != spanish["name"]).all()
        assert english[key].is_unique


def test_nobody_is_named_outside_the_source_records():
    people = yaml.safe_load((MAKER.parent / "source" / "customers" / "people.yaml").read_text(encoding="utf-8"))
    words = {*people["given"], *people["family"], *people["streets"]}
    for name in (*LARGE[:-1], *SMALL):
        path = SHIPPED / f"{name}.parquet"
        frame = pd.read_parquet(path) if path.exists() else pd.read_csv(SHIPPED / f"{name}.csv")
        assert {"email", "phone", "street", "birth_year"}.isdisjoint(frame.columns)
        for column in frame.select_dtypes(["object", "string"]):
            text = pd.Series(frame[column].dropna().astype(str).unique())
            assert not text.str.contains("@", regex=False).any()
            assert words.isdisjoint(text.str.split().explode())


def test_source_records_are_made_up_and_lead_to_the_true_customers():
    records = table(SHIPPED, "source_records")
    true = pd.read_csv(SHIPPED / "truth_source_records.csv")
    assert "customer_id" not in records
    assert 5_500 < len(records) < 6_500
    assert records["email"].dropna().str.endswith("@example.org").all()
    assert records["phone"].dropna().str.fullmatch(r"\+999 \d{9}").all()
    pd.testing.assert_frame_equal(records[["source", "source_id"]], true[["source", "source_id"]], check_dtype=False)
    assert not records.duplicated(["source", "source_id"]).any()
    assert set(true["customer_id"]) <= set(table(SHIPPED, "customers")["customer_id"])


def test_the_systems_hold_and_disfigure_what_the_truth_says():
    given = truth()["matching"]
    records = table(SHIPPED, "source_records").merge(pd.read_csv(SHIPPED / "truth_source_records.csv"))
    people = given["customers"] * truth()["customers"]
    for system, kept in given["systems"].items():
        rows = records[records["source"] == system]
        assert rows["customer_id"].nunique() == pytest.approx(
            kept * people, abs=4 * (people * kept * (1 - kept)) ** 0.5
        )
        for column in ("email", "phone", "birth_year"):
            share = given[f"no_{column}"][system]
            allowed = 4 * (share * (1 - share) / len(rows)) ** 0.5
            assert rows[column].isna().mean() == pytest.approx(share, abs=allowed)
    first, second = (
        records[records["source"] == system].set_index("customer_id")["name"] for system in ("billing", "care")
    )
    both = pd.concat([first, second], axis=1, join="inner", keys=["billing", "care"])
    assert 0.15 < (both["billing"] != both["care"]).mean() < 0.35
