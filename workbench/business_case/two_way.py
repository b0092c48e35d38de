"""The two-way table: the net present value when two assumptions move together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import language
from workbench.business_case.distributions import Distribution
from workbench.business_case.valuation import Valuation
from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.results import Result

STEPS = 4


@dataclass(frozen=True, eq=False)
class TwoWay(Result):
    """The net present value when two assumptions move together.

    Attributes
    ----------
    cells : DataFrame
        row_value, column_value, npv, is_base (whether both are at their base values); a row per pair, both values
        rising.
    row_name, column_name : str
        What the two assumptions are.
    row_unit, column_unit : str
        What they are counted in; may be empty.
    """

    cells: pd.DataFrame
    row_name: str
    column_name: str
    row_unit: str
    column_unit: str

    def to_frame(self) -> pd.DataFrame:
        """A row per value of the one assumption, a column per value of the other."""
        return self.cells.pivot(index="row_value", columns="column_value", values="npv")

    @property
    def row_label(self) -> str:
        """The one assumption with its unit."""
        return _with_unit(self.row_name, self.row_unit)

    @property
    def column_label(self) -> str:
        """The other assumption with its unit."""
        return _with_unit(self.column_name, self.column_unit)

    @property
    def conclusion(self) -> str:
        """Between which ends the net present value lies, and at how many of the pairs the program loses money."""
        told = _("Over all pairs of {row} and {column} the net present value lies between {low} and {high}.").format(
            row=language.quoted(self.row_name),
            column=language.quoted(self.column_name),
            low=language.money(float(self.cells["npv"].min())),
            high=language.money(float(self.cells["npv"].max())),
        )
        return f"{told} {self._losses_told()}"

    def _losses_told(self) -> str:
        losing, count = int((self.cells["npv"] < 0).sum()), len(self.cells)
        if not losing:
            return _("It is never below zero.")
        told = ngettext("It is below zero at {count} of {all}.", "It is below zero at {count} of {all}.", losing)
        return told.format(count=losing, all=count)


def two_way(case: Valuation, row: str, column: str, steps: int = STEPS) -> TwoWay:
    """Move two assumptions over their values from low to high, the others at their base values.

    Parameters
    ----------
    case : Valuation
        The business case.
    row, column : str
        Two different assumptions with a low and a high value.
    steps : int
        Values of each from low to base and from base to high, their ends included; 2 or more. Base is always among
        them.

    Raises
    ------
    SettingsError
        When one of them is not such an assumption, or there are fewer than two steps.
    DataError
        When a formula has no value at a pair.

    Examples
    --------
    >>> from workbench.business_case.valuation import valuation
    >>> once = {"formula": ["0"], "profile": ["one_off"], "first_period": [0]}
    >>> costs = pd.DataFrame({"cost_id": ["C-1"], "category": ["licences"], **once})
    >>> benefits = pd.DataFrame({"benefit_id": ["B-1"], "stream": ["cost_reduction"], **once, "formula": ["a * b"]})
    >>> rows = {"assumption_id": ["a", "b"], "low": [1.0, 5.0], "base": [2.0, 6.0], "high": [4.0, 9.0]}
    >>> case = valuation(costs, benefits, pd.DataFrame(rows), horizon_months=12, discount_rate=0.0)
    >>> two_way(case, "a", "b", steps=2).to_frame().to_numpy().tolist()
    [[5.0, 6.0, 9.0], [10.0, 12.0, 18.0], [20.0, 24.0, 36.0]]
    """
    ranged = {name: spread for name, spread in case.spread.items() if spread.low < spread.high}
    if row == column or row not in ranged or column not in ranged or steps < 2:
        found = _("A table of {row} by {column} with {steps} steps is not possible.")
        expected = _("two different assumptions with a low and a high value, and 2 steps or more")
        told = found.format(row=row, column=column, steps=steps)
        raise SettingsError(Problem(told, expected, _("Choose others.")))
    down, across = (_values(ranged[name], steps) for name in (row, column))
    cells = pd.DataFrame({"row_value": np.repeat(down, len(across)), "column_value": np.tile(across, len(down))})
    moved = {row: cells["row_value"].to_numpy(), column: cells["column_value"].to_numpy()}
    cells["npv"] = case.net_present_values(moved, len(cells))
    cells["is_base"] = (cells["row_value"] == ranged[row].base) & (cells["column_value"] == ranged[column].base)
    names, units = (case.labels.set_index("assumption_id")[told].astype(str) for told in ("name", "unit"))
    return TwoWay(cells, names[row], names[column], units[row], units[column])


def _with_unit(name: str, unit: str) -> str:
    return _("{name} ({unit})").format(name=name, unit=unit) if unit else name


def _values(spread: Distribution, steps: int) -> NDArray[np.float64]:
    """Evenly spaced on either side of base, which an even spacing over the whole range would pass over."""
    below, above = np.linspace(spread.low, spread.base, steps), np.linspace(spread.base, spread.high, steps)
    return np.unique(np.concatenate([below, above]))
