"""Drivers declared once: the rows that they make in the tables of assumptions, costs and benefits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.language import gettext as _
from workbench.program.columns import Kind
from workbench.program.tables import TABLES


@dataclass(frozen=True)
class Figure:
    """An assumption to fill in.

    Attributes
    ----------
    assumption_id : str
        What formulas call it.
    name, unit : str
        For people; translated where the row is made.
    """

    assumption_id: str
    name: str
    unit: str


@dataclass(frozen=True)
class Driver:
    """A cost or benefit line whose formula is ready.

    Attributes
    ----------
    line_id : str
        Its id.
    name : str
        What is paid for or gained; translated where the row is made.
    category : str
        Category of a cost, stream of a benefit.
    formula : str
        Amount a month, over the figures' ids.
    first, last : int or None
        Its months; no last one means that it goes on.
    profile : str
        How it develops.
    """

    line_id: str
    name: str
    category: str
    formula: str
    first: int = 1
    last: int | None = None
    profile: str = "even"


def assumption_rows(figures: Sequence[Figure]) -> pd.DataFrame:
    """Rows of the table ``assumptions`` whose low, base and high are left to fill in.

    Examples
    --------
    >>> assumption_rows([Figure("crm_users", "People who will use the CRM", "people")]).loc[0, "unit"]
    'people'
    """
    rows = [{"assumption_id": each.assumption_id, "name": _(each.name), "unit": _(each.unit)} for each in figures]
    return _table("assumptions", rows)


def cost_rows(drivers: Sequence[Driver]) -> pd.DataFrame:
    """Rows of the table ``costs``."""
    return _table("costs", [_line(driver, "cost_id", "category") for driver in drivers])


def benefit_rows(drivers: Sequence[Driver]) -> pd.DataFrame:
    """Rows of the table ``benefits``; attribution and adjustment for risk are left to fill in."""
    return _table("benefits", [_line(driver, "benefit_id", "stream") for driver in drivers])


def _line(driver: Driver, key: str, category: str) -> dict[str, Any]:
    return {
        key: driver.line_id,
        "name": _(driver.name),
        category: driver.category,
        "formula": driver.formula,
        "first_period": driver.first,
        "last_period": driver.last,
        "profile": driver.profile,
    }


def _table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """A frame with exactly the columns of the table, what is not given empty."""
    declared = TABLES[name]
    frame = pd.DataFrame(rows, columns=list(declared.headings), dtype=object)
    for column in declared.columns:
        frame[column.name] = _typed(frame[column.name], column.kind)
    return frame


def _typed(cells: pd.Series[Any], kind: Kind) -> pd.Series[Any]:
    if kind is Kind.INTEGER:
        return cells.astype("Int64")
    if kind is Kind.NUMBER:
        return cells.astype(float)
    if kind is Kind.DATE:
        return pd.to_datetime(cells)
    return cells.where(cells.notna(), "")
