"""Which pairs of records are compared: those with a group of fields in common that few others share."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench.customers.matching_comparisons import BLOCKS

LARGEST_BLOCK = 100
BLOCKED = "blocked_records"


def block(backend: Any, records: ir.Table, largest: int) -> pd.DataFrame:
    """Write the records with a column for each group of fields, null where nobody or too many have the same.

    Parameters
    ----------
    backend : ibis DuckDB backend
        Of this matching alone; the table is called `BLOCKED`.
    records : ibis Table
        As `matching_records.load` left them.
    largest : int
        How many records may have a group in common. The pairs of a group are then at most (largest − 1) / 2 times the
        records, so that the work grows with the records and not with their square.

    Returns
    -------
    DataFrame
        block (the column), columns (tuple of str), records and pairs (that have it in common), too_common (records
        that have it in common with too many).
    """
    rows, keys = [], {}
    for number, columns in enumerate(BLOCKS):
        key = _key(records, columns)
        sizes = _sizes(records, key)
        rows.append({"block": f"block_{number}", "columns": columns, **_counted(sizes, largest)})
        few = sizes.filter(sizes.n.between(2, largest))
        keys[f"block_{number}"] = key.isin(few.key).ifelse(key, None)
    backend.create_table(BLOCKED, records.mutate(**keys).order_by("unique_id"))
    return pd.DataFrame(rows)


def _key(records: ir.Table, columns: tuple[str, ...]) -> Any:
    key = records[columns[0]].cast("string")
    for column in columns[1:]:
        key = key + "|" + records[column].cast("string")
    return key


def _sizes(records: ir.Table, key: Any) -> ir.Table:
    sizes: ir.Table = records.filter(key.notnull()).group_by(key=key).aggregate(n=lambda group: group.count())
    return sizes


def _counted(sizes: ir.Table, largest: int) -> dict[str, int]:
    within = sizes.n.between(2, largest)
    zero = ibis.literal(0)
    counts = sizes.aggregate(
        records=sizes.n.sum(where=within).fill_null(zero),
        pairs=(sizes.n * (sizes.n - 1) / 2).sum(where=within).fill_null(zero),
        too_common=sizes.n.sum(where=sizes.n > largest).fill_null(zero),
    ).execute()
    return {name: int(counts[name].iloc[0]) for name in counts}
