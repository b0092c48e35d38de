"""Texts read as days and numbers by the engine: against Python's calendar, and alike on every engine."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime
from typing import Any

import ibis
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.program.warehouse_texts import day_of, number_of

DAYS: dict[str, dict[str, str | None]] = {
    "year-month-day": {
        "2026-03-15": "2026-03-15 00:00:00",
        " 2026/3/5 8:26 ": "2026-03-05 08:26:00",
        "2026.03.15T23:59:58.123Z": "2026-03-15 23:59:58",
        "2026-03-15 08:26:00+00:00": "2026-03-15 08:26:00",
        "20261112": "2026-11-12 00:00:00",
        "2026-03": "2026-03-01 00:00:00",
        "2024-02-29": "2024-02-29 00:00:00",
        "2000-02-29": "2000-02-29 00:00:00",
        "2026-02-29": None,
        "1900-02-29": None,
        "2026-02-30": None,
        "2026-04-31": None,
        "2026-13-01": None,
        "2026-00-01": None,
        "2026-03-00": None,
        "2026315": None,
        "2026-0315": None,
        "202603": None,
        "20261112 08:00": None,
        "2026-03-15 24:00": None,
        "2026-03-15 8": None,
        "15/3/2026": None,
        "0026-03-15": None,
        "soon": None,
        "": None,
    },
    "day-month-year": {
        "15/3/2026 8:26": "2026-03-15 08:26:00",
        "1-2-68": "2068-02-01 00:00:00",
        "1.2.69": "1969-02-01 00:00:00",
        "29/02/2024": "2024-02-29 00:00:00",
        "29/02/2100": None,
        "3/15/2026": None,
        "31/6/2026": None,
    },
    "month-day-year": {
        "12/1/2010 8:26": "2010-12-01 08:26:00",
        "2/30/2011 9:26": None,
        "15/3/2026": None,
    },
}
NUMBERS: dict[str, dict[str, float | None]] = {
    ".": {"1,234.50": 1234.5, "-7": -7.0, " +.5 ": 0.5, "2e3": 2000.0, "1,23": None, "x": None, "e3": None, "": None},
    ",": {"1.234,50": 1234.5, "7,": 7.0, "1.5": None, "-0,25": -0.25},
}


def read(backend: Any, texts: dict[str, Any], reading: Any) -> list[Any]:
    rows = ibis.memtable(pd.DataFrame({"at": range(len(texts)), "text": list(texts)}))
    found = backend.execute(rows.select(rows["at"], value=reading(rows["text"])).order_by("at"))
    return [None if pd.isna(value) else value for value in found["value"]]


def test_every_engine_reads_the_same_days_and_numbers(backend: Any) -> None:
    for order, texts in DAYS.items():
        expected = [value and pd.Timestamp(value) for value in texts.values()]
        assert read(backend, texts, lambda text, order=order: day_of(text, order)) == expected, order
    for mark, texts_ in NUMBERS.items():
        assert read(backend, texts_, lambda text, mark=mark: number_of(text, mark)) == list(texts_.values()), mark


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(1000, 9999), st.integers(0, 14), st.integers(0, 33)), min_size=20, max_size=60))
def test_a_day_is_read_when_the_calendar_has_it(parts: list[tuple[int, int, int]]) -> None:
    texts = {f"{year:04}-{month:02}-{day:02}": (year, month, day) for year, month, day in parts}
    expected = [
        datetime(*part) if 1 <= part[1] <= 12 and 1 <= part[2] <= monthrange(*part[:2])[1] else None
        for part in texts.values()
    ]
    assert read(ibis.duckdb.connect(), texts, day_of) == expected
