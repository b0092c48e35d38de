"""The same program a year later: how its plan changed from gate to gate, and what was really paid and gained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pandas as pd

Row = dict[str, Any]
Tables = dict[str, list[Row]]

PLAN = {"costs": "cost_id", "benefits": "benefit_id", "assumptions": "assumption_id"}
"""The tables that a gate freezes, each with its key."""


def stages(tables: Tables, changes: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Tables]]:
    """The tables as they stood at each gate, and last as they stand now; each builds on the one before."""
    plan = dict(tables)
    for stage, change in changes.items():
        plan |= {table: _changed(plan[table], table, change) for table in PLAN}
        costs = [row for row in plan["costs"] if row.get("vendor_id") in (None, change["vendor_id"])]
        yield stage, plan | {"costs": costs}


def _changed(rows: list[Row], table: str, change: Mapping[str, Any]) -> list[Row]:
    key, altered = PLAN[table], change.get("change", {})
    kept = [row | altered.get(row[key], {}) for row in rows if row[key] not in change.get("take_out", [])]
    return kept + change.get("put_in", {}).get(table, [])


def actuals(flows: pd.DataFrame, setup: Mapping[str, Any]) -> list[Row]:
    """The rows of ``actuals``: each line's flow at launch, so many times, with noise, and the bills beside it.

    Amounts are rounded to whole tens, so that they are the same whatever processor computes them. The note stands with
    the first bill, else with the first amount.
    """
    # Only `random()` itself is promised to give the same numbers in every version of Python.
    draw = Random(setup["seed"]).random
    rows = []
    for line, how in setup["lines"].items():
        bills, spread = how.get("bills", {}), how.get("noise", setup["noise"])
        paid = {}
        for period in range(setup["last"] + 1):
            noise = 1 + spread * (draw() + draw() - 1)
            planned = flows.at[line, period] * how.get("times", 0) * noise if line in flows.index else 0.0
            paid[period] = setup["step"] * round((planned + bills.get(period, 0)) / setup["step"])
        rows += _noted(line, {period: amount for period, amount in paid.items() if amount}, bills, how.get("note"))
    return rows


def _noted(line: str, paid: Mapping[int, int], bills: Mapping[int, int], note: Any) -> list[Row]:
    told = min(bills or paid)
    return [
        {"line_id": line, "period": period, "amount": amount, "note": note if period == told else None}
        for period, amount in paid.items()
    ]
