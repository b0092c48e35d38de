"""Sensitivity: how the net present value moves when one assumption moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench import language
from workbench.business_case.distributions import Distribution
from workbench.business_case.valuation import Valuation
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.results import Result

COLUMNS = ["assumption_id", "low", "base", "high", "npv_low", "npv_high"]


@dataclass(frozen=True, eq=False)
class Tornado(Result):
    """The net present value when one assumption at a time goes to its low and its high value.

    Attributes
    ----------
    swings : DataFrame
        assumption_id, name, unit, low, base, high, npv_low, npv_high, swing (the distance between the two); the widest
        first. npv_low belongs to the low value of the assumption, and is the higher one where less is better.
    base_npv : float
        With every assumption at its base value.
    without_range : tuple of str
        Assumptions that formulas use and that have no low and high value: they are not looked at.
    without_effect : tuple of str
        Assumptions with a range that no formula uses.
    """

    swings: pd.DataFrame
    base_npv: float
    without_range: tuple[str, ...]
    without_effect: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """The swings."""
        return self.swings

    @property
    def conclusion(self) -> str:
        """Which assumption moves the net present value most, and which ones alone can make it a loss."""
        if not len(self.swings):
            return _("No assumption has a low and a high value, so that nothing can be said of what matters most.")
        first = self.swings.iloc[0]
        told = _("The net present value depends most on {name}: between {low} and {high}.").format(
            name=language.quoted(first["name"]),
            low=language.money(min(first["npv_low"], first["npv_high"])),
            high=language.money(max(first["npv_low"], first["npv_high"])),
        )
        return f"{told} {self._turning_told()}"

    def _turning_told(self) -> str:
        turning = self.swings[(self.swings["npv_low"] > 0) != (self.swings["npv_high"] > 0)]
        if not len(turning):
            return _("No assumption alone, between its low and its high value, turns its sign.")
        told = ngettext(
            "{count} assumption alone can turn its sign: {names}.",
            "{count} assumptions can turn its sign, each alone: {names}.",
            len(turning),
        )
        names = [language.quoted(name) for name in turning["name"]]
        return told.format(count=len(turning), names=language.listed(names))


def tornado(case: Valuation) -> Tornado:
    """Move one assumption at a time to its low and its high value, the others at their base values.

    Parameters
    ----------
    case : Valuation
        The business case.

    Raises
    ------
    DataError
        When a formula has no value at one of them.

    Examples
    --------
    >>> from workbench.business_case.valuation import valuation
    >>> costs = pd.DataFrame({"cost_id": ["C-1"], "category": ["licences"], "formula": ["fee"]})
    >>> benefits = pd.DataFrame({"benefit_id": ["B-1"], "stream": ["cost_reduction"], "formula": ["9"]})
    >>> rows = {"assumption_id": ["fee"], "low": [4.0], "base": [8.0], "high": [12.0]}
    >>> case = valuation(costs, benefits, pd.DataFrame(rows), horizon_months=12, discount_rate=0.0)
    >>> tornado(case).swings[["npv_low", "npv_high"]].to_numpy().tolist()
    [[60.0, -36.0]]
    """
    ranged = [spread for spread in case.spread.values() if _has_range(spread)]
    moved = [spread for spread in ranged if spread.name in case.used]
    rows = []
    for spread in moved:
        npv = case.net_present_values({spread.name: np.array([spread.low, spread.high])}, 2)
        rows.append((spread.name, spread.low, spread.base, spread.high, *map(float, npv)))
    swings = case.labelled(pd.DataFrame(rows, columns=COLUMNS).astype({"assumption_id": str}))
    swings["swing"] = (swings["npv_high"] - swings["npv_low"]).abs()
    known = {spread.name for spread in ranged}
    return Tornado(
        swings=swings.sort_values("swing", ascending=False, kind="stable").reset_index(drop=True),
        base_npv=case.base_npv,
        without_range=tuple(name for name in case.spread if name in case.used and name not in known),
        without_effect=tuple(spread.name for spread in ranged if spread.name not in case.used),
    )


def _has_range(spread: Distribution) -> bool:
    return spread.low < spread.high
