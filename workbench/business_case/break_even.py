"""Break-even: how far each assumption may move before the program neither gains nor loses."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench import language
from workbench.business_case.distributions import Distribution
from workbench.business_case.valuation import Valuation
from workbench.business_case.zeros import Zero, zeros_of
from workbench.errors import DataError
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.results import Result

TIMES_BASE = 10.0
"""How many times as large as base an assumption is followed to, where its range is narrower."""


@dataclass(frozen=True, eq=False)
class BreakEven(Result):
    """The value of each assumption at which the net present value is zero, the others at their base values.

    A value at which it jumps over zero counts as well, and is told as a jump.

    Attributes
    ----------
    values : DataFrame
        assumption_id, name, unit, low, base, high, break_even (the nearest to base; NaN where there is none), is_jump
        (whether the net present value changes sign there without being zero), margin (its distance from base as a share
        of base), within_range (between low and high), searched_from, searched_to, others (how many more there are).
    base_npv : float
        With every assumption at its base value.
    """

    values: pd.DataFrame
    base_npv: float

    def to_frame(self) -> pd.DataFrame:
        """The values, those that lie within the range first, then by margin."""
        return self.values

    @property
    def conclusion(self) -> str:
        """Which assumptions reach their break-even within their range."""
        near = self.values[self.values["within_range"]]
        if not len(near):
            return self._none_near()
        told = ngettext(
            "{count} assumption alone brings the net present value to zero within its range: {names}.",
            "{count} assumptions bring the net present value to zero within their range, each alone: {names}.",
            len(near),
        )
        each = _("{name} at {value}")
        names = [
            each.format(name=language.quoted(row["name"]), value=language.number(row["break_even"]))
            for row in near.to_dict("records")
        ]
        return " ".join([told.format(count=len(near), names=language.listed(names)), *self._jumps_told(near)])

    def _none_near(self) -> str:
        told = _("No assumption alone brings the net present value to zero between its low and its high value.")
        beyond = self.values[self.values["margin"].notna()]
        if not len(beyond):
            return told
        first = beyond.iloc[0]
        nearest = _("Nearest is {name}: at {value} in place of {base}.").format(
            name=language.quoted(first["name"]),
            value=language.number(first["break_even"]),
            base=language.number(first["base"]),
        )
        return " ".join([told, nearest, *self._jumps_told(beyond.head(1))])

    def _jumps_told(self, rows: pd.DataFrame) -> list[str]:
        names = [language.quoted(name) for name in rows.loc[rows["is_jump"], "name"]]
        if not names:
            return []
        told = _("At the value of {names} it changes sign there without being zero: the formula jumps.")
        return [told.format(names=language.listed(names))]


def break_even(case: Valuation) -> BreakEven:
    """Find for each assumption that formulas use the value at which the net present value is zero.

    It is looked for at even steps, between two of which the net present value changes its sign, or turns back so near
    to zero that it may have been there and back, or have touched it.

    It is looked for from low to high and far beyond: up to ten times base, and not below zero where low is not. Where a
    formula has no value that far out, it is looked for from a tenth of base, or between low and high alone. A value
    that an assumption never takes tells how little the program hangs on it.

    Parameters
    ----------
    case : Valuation
        The business case.

    Raises
    ------
    DataError
        When a formula has no value between low and high.

    Examples
    --------
    >>> from workbench.business_case.valuation import valuation
    >>> costs = pd.DataFrame({"cost_id": ["C-1"], "category": ["licences"], "formula": ["fee"]})
    >>> benefits = pd.DataFrame({"benefit_id": ["B-1"], "stream": ["cost_reduction"], "formula": ["9"]})
    >>> rows = {"assumption_id": ["fee"], "low": [4.0], "base": [8.0], "high": [12.0]}
    >>> case = valuation(costs, benefits, pd.DataFrame(rows), horizon_months=12, discount_rate=0.0)
    >>> break_even(case).values["break_even"].round(6).tolist()
    [9.0]
    """
    rows = [_row(case, spread) for spread in case.spread.values() if spread.name in case.used]
    columns = ["low", "base", "high", "break_even", "is_jump", "searched_from", "searched_to", "others"]
    figures = pd.DataFrame(rows, columns=["assumption_id", *columns]).astype({"assumption_id": str, "is_jump": bool})
    values = case.labelled(figures)
    values["margin"] = (values["break_even"] - values["base"]).abs() / values["base"].abs().replace(0.0, np.nan)
    values["within_range"] = values["break_even"].between(values["low"], values["high"])
    order = values.sort_values(["within_range", "margin"], ascending=[False, True], kind="stable")
    return BreakEven(order.reset_index(drop=True), case.base_npv)


def _row(case: Valuation, spread: Distribution) -> tuple[str | float, ...]:
    searched, zeros = _first_that_can_be_computed(case, spread)
    nearest = min(zeros, key=lambda zero: abs(zero.value - spread.base), default=Zero(np.nan, is_jump=False))
    told = (nearest.value, nearest.is_jump, *searched, max(len(zeros) - 1, 0))
    return spread.name, spread.low, spread.base, spread.high, *told


def _first_that_can_be_computed(case: Valuation, spread: Distribution) -> tuple[tuple[float, float], list[Zero]]:
    """Far outside its range an assumption may take a formula where it has no value; inside it may not."""
    *wider, its_range = _searched(spread)
    for searched in wider:
        with suppress(DataError):
            return searched, _zeros(case, spread.name, searched)
    return its_range, _zeros(case, spread.name, its_range)


def _searched(spread: Distribution) -> list[tuple[float, float]]:
    """Where to look, the widest first: from 0, from a tenth of base (without 0, which cannot divide), the range."""
    low, high = (spread.base if np.isnan(end) else end for end in (spread.low, spread.high))
    margin = max(high - low, (TIMES_BASE - 1) * abs(spread.base))
    least = max(low - margin, 0.0) if low >= 0 else low - margin
    tenth = min(low, spread.base / TIMES_BASE) if low > 0 else least
    return [(least, high + margin), (tenth, high + margin), (low, high)]


def _zeros(case: Valuation, name: str, searched: tuple[float, float]) -> list[Zero]:
    return zeros_of(lambda values: case.net_present_values({name: values}, len(values)), *searched)
