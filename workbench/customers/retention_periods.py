"""Calendar months and quarters, as running numbers that engines compute alike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd

Unit = Literal["month", "quarter"]

A_YEAR: dict[Unit, int] = {"month": 12, "quarter": 4}


def number_of(day: Any, unit: Unit) -> Any:
    """The running number of the period of a day, as an expression of the engine."""
    within = day.month() - 1 if unit == "month" else day.quarter() - 1
    return (day.year() * A_YEAR[unit] + within).cast("int64")


def number_of_day(day: date, unit: Unit) -> int:
    """The running number of the period of a day.

    Examples
    --------
    >>> number_of_day(date(2026, 9, 30), "month") - number_of_day(date(2026, 1, 1), "month")
    8
    """
    return day.year * A_YEAR[unit] + (day.month - 1) * A_YEAR[unit] // 12


def first_day(number: int, unit: Unit) -> pd.Timestamp:
    """The first day of a period.

    Examples
    --------
    >>> str(first_day(number_of_day(date(2026, 8, 9), "quarter"), "quarter").date())
    '2026-07-01'
    """
    year, within = divmod(int(number), A_YEAR[unit])
    return pd.Timestamp(year, within * (12 // A_YEAR[unit]) + 1, 1)


def is_last_day(day: date, unit: Unit) -> bool:
    """Whether a period ends with a day."""
    return number_of_day(day + timedelta(days=1), unit) != number_of_day(day, unit)
