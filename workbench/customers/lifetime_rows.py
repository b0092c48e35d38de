"""Distinct rows of customers: how often, until when and since when they buy, with how many of them there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import language
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import ngettext

Floats = NDArray[np.float64]

KEYS = ("frequency", "recency", "age")


def summary_rows(customers: pd.DataFrame) -> pd.DataFrame:
    """Customers that are alike in frequency, recency and age as one row, with their count.

    Parameters
    ----------
    customers : DataFrame
        frequency (repeat purchases), recency (weeks from the first purchase to the last), age (weeks from the first
        purchase to today); monetary (mean value of a customer's repeat purchases) and count where there are such. More
        columns fall away.

    Returns
    -------
    DataFrame
        frequency, recency, age, count, sorted; and monetary, the mean over the customers of a row. What a customer is
        expected to spend is linear in their own mean, so totals stay exact.

    Raises
    ------
    DataError
        With everything that is wrong.

    Examples
    --------
    >>> summary_rows(pd.DataFrame({"frequency": [0, 2, 0], "recency": [0, 5, 0], "age": [9, 9, 9]}))
       frequency  recency  age  count
    0        0.0      0.0  9.0    2.0
    1        2.0      5.0  9.0    1.0
    """
    rows = checked_rows(customers)
    if "monetary" not in rows:
        return rows.groupby(list(KEYS), as_index=False)[["count"]].sum()
    rows["monetary"] *= rows["count"]
    summed = rows.groupby(list(KEYS), as_index=False)[["count", "monetary"]].sum()
    return summed.assign(monetary=summed["monetary"] / summed["count"])


def checked_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns that the models read, as numbers; a row without a count is one customer.

    Raises
    ------
    DataError
        With everything that is wrong, and in how many rows.
    """
    wanted = [*KEYS, "count", *(["monetary"] if "monetary" in rows else [])]
    numbers = checked_numbers(rows.assign(count=rows.get("count", 1.0)), wanted)
    frequency, recency, age = (numbers[key] for key in KEYS)
    bad = [
        counted(
            frequency != np.floor(frequency), _("The frequency is no whole number."), _("repeat purchases, counted")
        ),
        counted(recency > age, _("The recency is longer than the age."), _("a last purchase that is not after today")),
        counted(
            (frequency > 0) != (recency > 0),
            _("Frequency and recency do not go together."),
            _("a recency of 0 for whoever never bought again, and above 0 for all others"),
            _("Purchases of one day count as one."),
        ),
    ]
    if problems := [each for each in bad if each]:
        raise DataError(problems)
    return numbers


def checked_numbers(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """These columns as floats, none of them missing, endless or below 0, and no count of 0.

    Raises
    ------
    DataError
        With everything that is wrong, and in how many rows.
    """
    missing = [column for column in columns if column not in rows]
    if missing:
        found = _("Columns are missing: {names}.").format(names=", ".join(missing))
        raise DataError(Problem(found, _("columns {names}").format(names=", ".join(columns))))
    if rows.empty:
        raise DataError(Problem(_("There are no customers."), _("one row at least")))
    numbers = pd.DataFrame({name: pd.to_numeric(rows[name], errors="coerce").astype(float) for name in columns})
    numbers = numbers.reset_index(drop=True)
    bad = [
        counted(
            ~np.isfinite(numbers[column])
            | (numbers[column] < 0)
            | (numbers[column] == 0 if column == "count" else False),
            _("The column {name} has no usable number.").format(name=language.quoted(column)),
            _("1 or more") if column == "count" else _("0 or more"),
        )
        for column in columns
    ]
    if problems := [each for each in bad if each]:
        raise DataError(problems)
    return numbers


def history(rows: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Frequency, recency and age as arrays."""
    frequency, recency, age = (rows[key].to_numpy(float) for key in KEYS)
    return frequency, recency, age


def mean_age(rows: pd.DataFrame) -> float:
    """Of a customer, in weeks."""
    return float(np.average(rows["age"], weights=rows["count"]))


def mean_frequency(rows: pd.DataFrame) -> float:
    """Of a customer."""
    return float(np.average(rows["frequency"], weights=rows["count"]))


def counted(wrong: pd.Series, found: str, expected: str, remedy: str = "") -> Problem | None:
    """A problem with the count of the rows that have it; nothing where none has."""
    count = int(wrong.sum())
    if not count:
        return None
    told = ngettext("It is so in {count} row.", "It is so in {count} rows.", count).format(count=language.number(count))
    return Problem(f"{found} {told}", expected, remedy)
