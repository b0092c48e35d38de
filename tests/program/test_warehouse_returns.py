"""Returns set off: against a till that takes each return from the oldest line that is still there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.program.warehouse_returns import kept, netted

Line = tuple[str, str | None, int, float, float]
"""Customer, product, minute, quantity, amount; what is returned has an amount below 0."""
START = datetime(2026, 1, 1)
TYPES = {
    "customer_id": "string",
    "ordered_at": "timestamp",
    "product_id": "string",
    "quantity": "float64",
    "amount": "float64",
    "channel": "string",
}


def till(lines: Iterable[Line]) -> tuple[list[tuple[Any, ...]], dict[tuple[str, str | None], float]]:
    """What is left of each line, and what each customer returned of a product beyond what there was."""
    left: list[list[Any]] = []
    beyond: dict[tuple[str, str | None], float] = {}
    for customer, product, minute, quantity, amount in sorted(lines, key=lambda line: (line[2], line[4] < 0, line[4])):
        if amount >= 0:
            left.append([customer, product, minute, amount, quantity, amount])
            continue
        owed = -amount
        for one in left:
            if one[:2] == [customer, product]:
                taken = min(owed, one[3])
                one[3], owed = one[3] - taken, owed - taken
        beyond[customer, product] = beyond.get((customer, product), 0.0) + owed
    there = [one for one in left if one[3] > 0 or one[5] == 0]
    share = [(one[3] / one[5] if one[5] else 1.0) for one in there]
    return [(*one[:4], one[4] * part) for one, part in zip(there, share, strict=True)], beyond


def table_of(lines: list[Line]) -> Any:
    rows = [
        (customer, START + timedelta(minutes=minute), product, quantity, amount, None)
        for customer, product, minute, quantity, amount in lines
    ]
    return ibis.memtable(pd.DataFrame(rows, columns=list(TYPES)), schema=TYPES)


def assert_netted(backend: Any, lines: list[Line]) -> None:
    wanted, beyond = till(lines)
    rows = netted(table_of(lines))
    found = [
        (row.customer_id, None if pd.isna(row.product_id) else row.product_id, row.ordered_at, row.amount, row.quantity)
        for row in backend.execute(kept(rows)).itertuples()
    ]
    moments = [(line[0], line[1], START + timedelta(minutes=line[2]), *line[3:]) for line in wanted]
    key = [(*map(str, line[:3]), *line[3:]) for line in found]
    assert sorted(key) == [
        (*line[:3], pytest.approx(line[3], rel=1e-9), pytest.approx(line[4], rel=1e-9))
        for line in sorted((*map(str, line[:3]), *line[3:]) for line in moments)
    ]
    told = backend.execute(rows.select("customer_id", "product_id", "_beyond").distinct())
    for row in told.itertuples(index=False, name=None):
        product = None if pd.isna(row[1]) else row[1]
        assert row[2] == pytest.approx(beyond.get((row[0], product), 0.0), abs=1e-9)


LINES: list[Line] = [
    ("A", "x", 0, 4, 40.0),
    ("A", "x", 1, 2, 30.0),
    ("A", "x", 2, -5, -50.0),
    ("A", "x", 3, 1, 10.0),
    ("A", "y", 0, -1, -5.0),
    ("A", "y", 1, 1, 5.0),
    ("B", "x", 0, 1, 0.0),
    ("B", None, 0, 3, 9.0),
    ("B", None, 5, -9, -12.0),
    ("B", None, 6, 1, 2.5),
]
LEFT = [
    ("A", "x", 1, 20.0, pytest.approx(4 / 3)),
    ("A", "x", 3, 10.0, 1.0),
    ("A", "y", 1, 5.0, 1.0),
    ("B", "x", 0, 0.0, 1.0),
    ("B", None, 6, 2.5, 1.0),
]


def test_by_hand(backend: Any) -> None:
    left, beyond = till(LINES)
    assert sorted(left, key=lambda line: (line[0], str(line[1]), line[2])) == [*LEFT[:3], LEFT[4], LEFT[3]]
    assert beyond == {("A", "x"): 0.0, ("A", "y"): 5.0, ("B", None): 3.0}
    assert_netted(backend, LINES)


AMOUNTS = st.integers(-20, 20).map(lambda count: count / 4)
LINE = st.builds(
    lambda customer, product, minute, amount: (customer, product, minute, 1.0 if amount >= 0 else -1.0, amount),
    st.sampled_from("AB"),
    st.sampled_from(["x", "y", None]),
    st.integers(0, 8),
    AMOUNTS,
)


@settings(max_examples=40)
@given(st.lists(LINE, min_size=1, max_size=25))
def test_any_lines_are_set_off_as_a_till_does(lines: list[Line]) -> None:
    assert_netted(ibis.duckdb.connect(), lines)
