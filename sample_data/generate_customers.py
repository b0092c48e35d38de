"""Make the customer sample: ``python sample_data/generate_customers.py [--customers N] [--out FOLDER] [--seed S]``.

The engine draws everything by batches of customers (``source/customers/sql``), so that memory does not grow with the
number of customers. The truth behind the sample is written beside it.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import customer_setup as setup
import customer_truth as truth
import duckdb
import yaml

HERE = Path(__file__).parent
LARGE = ("customers", "transactions", "contacts", "responses", "usage", "tickets", "source_records")
STEPS = ("person", "transactions", "contacts", "tickets", "usage", "source_records")
BATCH = 100_000
LANGUAGES = ("en", "es")
PRODUCT_COLUMNS = ("product_id", "name", "family", "price", "unit_margin", "launched_on", "format", "audience")
CAMPAIGN_COLUMNS = (
    *("campaign_id", "name", "objective", "channel", "product_ids"),
    *("starts_on", "ends_on", "fixed_cost", "cost_per_contact"),
)


def main(arguments: list[str] | None = None) -> None:
    """Make the sample that the command line asks for."""
    parser = argparse.ArgumentParser(description="Make the customer sample, with its truth beside it.")
    parser.add_argument("--customers", type=int, help="how many; by default as many as the sample that is shipped")
    parser.add_argument("--out", type=Path, default=HERE / "customers", help="the folder to write into")
    parser.add_argument("--seed", type=int, help="another seed gives other customers by the same truth")
    parser.add_argument("--pace", type=float, default=1.0, help="how many times as often customers buy extras")
    parser.add_argument("--batch", type=int, default=BATCH, help="customers made at a time; the sample is the same")
    given = parser.parse_args(arguments)
    generate(given.out, given.customers, given.seed, pace=given.pace, batch=given.batch)


def generate(
    folder: Path, customers: int | None = None, seed: int | None = None, *, pace: float = 1.0, batch: int = BATCH
) -> None:
    """Write the tables and the truth into the folder, over what an earlier run left there."""
    source = setup.read(customers, seed, pace)
    folder.mkdir(parents=True, exist_ok=True)
    clear(folder)
    with duckdb.connect() as engine:
        setup.prepare(engine, source)
        rows, dirt = make_large(engine, folder, source.parameters["customers"], batch)
        distributors = engine.table("distributors").project("* EXCLUDE (number)")
        write_rows(folder / "distributors.csv", distributors.columns, records(distributors))
        known = truth.known(source, list(records(distributors)), rows, dirt)
    write_small(folder, source)
    text = yaml.dump(known, Dumper=Plain, sort_keys=False, allow_unicode=True, width=120)
    (folder / "truth.yaml").write_text(text, encoding="utf-8", newline="\n")


class Plain(yaml.SafeDumper):
    """Writes what appears twice twice, as people read it."""

    def ignore_aliases(self, data: Any) -> bool:
        """No reference is ever written in place of a value."""
        return True


def clear(folder: Path) -> None:
    """Remove the batches of an earlier run, of which there may have been more."""
    for name in (*LARGE, "truth_source_records"):
        for path in (*folder.glob(f"{name}.*"), *folder.glob(f"{name}_[0-9][0-9][0-9][0-9].*")):
            path.unlink()


def batches(customers: int, size: int) -> Iterator[tuple[str, int, int]]:
    """The ending of the files' names, the first and the last customer of each batch."""
    for number, first in enumerate(range(1, customers + 1, size), start=1):
        last = min(first + size - 1, customers)
        yield ("" if customers <= size else f"_{number:04d}"), first, last
        if customers > size:
            print(f"{last:,} of {customers:,} customers", flush=True)


def make_large(
    engine: duckdb.DuckDBPyConnection, folder: Path, customers: int, batch: int
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Write the large tables; the rows of each, and the lines of each kind of dirt."""
    rows, kinds = Counter[str](), Counter[str]()
    for ending, first, last in batches(customers, batch):
        make_batch(engine, first, last)
        rows.update(write_batch(engine, folder, ending))
        kinds.update(dict(engine.sql("SELECT kind, count(*) FROM line GROUP BY kind").fetchall()))
    return rows, kinds


def make_batch(engine: duckdb.DuckDBPyConnection, first: int, last: int) -> None:
    """Draw everything about these customers inside the engine."""
    engine.execute("SET VARIABLE first_id = ?", [first])
    engine.execute("SET VARIABLE last_id = ?", [last])
    for step in STEPS:
        engine.execute(setup.sql(step))


def write_batch(engine: duckdb.DuckDBPyConnection, folder: Path, ending: str) -> dict[str, int]:
    """Write the batch's tables; the rows of each."""
    rows = {}
    for name in LARGE:
        path = folder / f"{name}{ending}.parquet"
        engine.view(name).write_parquet(str(path), compression="zstd", row_group_size=BATCH)
        rows[name] = int(engine.read_parquet(str(path)).count("*").fetchall()[0][0])
    linked = engine.view("truth_source_records")
    write_rows(folder / f"truth_source_records{ending}.csv", linked.columns, records(linked))
    return rows


def records(relation: duckdb.DuckDBPyRelation) -> Iterator[dict[str, Any]]:
    """The rows of a small relation by the names of its columns."""
    return (dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall())


def write_small(folder: Path, source: setup.Source) -> None:
    """Write the products and the campaigns in every language."""
    for language in LANGUAGES:
        write_rows(folder / f"products_{language}.csv", PRODUCT_COLUMNS, product_rows(source, language))
        write_rows(folder / f"campaigns_{language}.csv", CAMPAIGN_COLUMNS, campaign_rows(source, language))


def product_rows(source: setup.Source, language: str) -> Iterator[dict[str, Any]]:
    """The products with their names in the language."""
    for product in source.products:
        yield product | {"name": product["name"][language], "launched_on": source.launched_on(product)}


def campaign_rows(source: setup.Source, language: str) -> Iterator[dict[str, Any]]:
    """The campaigns with their texts in the language."""
    for campaign in source.campaigns:
        texts = {column: campaign[column][language] for column in ("name", "objective")}
        yield campaign | texts | {"product_ids": campaign["product_id"]}


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a CSV file with these columns of the rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns), extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
