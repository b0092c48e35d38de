"""What a business case is worth at any values of its assumptions, for all draws at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.business_case.cash_flows import CashFlows, cash_flows
from workbench.business_case.distributions import Distribution, distributions
from workbench.business_case.drivers import in_line
from workbench.business_case.returns import CONVENTIONS, returns
from workbench.business_case.unit_flows import discount_factors, unit_flows
from workbench.errors import DataError
from workbench.program.formula_arrays import ArrayFormula, Drawn, Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Valuation:
    """A business case as a function of its assumptions.

    Benefits count after attribution, and nothing is adjusted for risk: the risk is in the spread of the assumptions,
    and would otherwise count twice.

    Attributes
    ----------
    formulas : tuple of ArrayFormula
        The amount a month of each line.
    line_ids : tuple of str
        The lines, costs first.
    is_cost : ndarray of bool, shape (lines,)
        Which of them are costs.
    multiples : ndarray, shape (lines, months + 1)
        What a line counts in each month for an amount of 1; positive for costs too.
    discounts : ndarray, shape (months + 1,)
        Value today of 1 in each month.
    spread : dict of str to Distribution
        The assumptions.
    labels : DataFrame
        assumption_id (as formulas know it), name and unit of each assumption.
    adjusted : CashFlows
        The flows at the base values, adjusted for risk line by line.
    adjusted_npv : float
        Their net present value.
    """

    formulas: tuple[ArrayFormula, ...]
    line_ids: tuple[str, ...]
    is_cost: NDArray[np.bool_]
    multiples: Numbers
    discounts: Numbers
    spread: dict[str, Distribution]
    labels: pd.DataFrame
    adjusted: CashFlows
    adjusted_npv: float

    @property
    def base(self) -> dict[str, float]:
        """The base value of each assumption."""
        return {name: spread.base for name, spread in self.spread.items()}

    @property
    def used(self) -> frozenset[str]:
        """The assumptions that some formula uses."""
        return frozenset[str]().union(*(formula.names for formula in self.formulas))

    @property
    def net_multiples(self) -> Numbers:
        """As `multiples`, costs negative."""
        return self.multiples * np.where(self.is_cost, -1.0, 1.0)[:, None]

    def amounts(self, changed: Mapping[str, Drawn], draws: int = 1) -> Numbers:
        """The amount a month of each line in each draw.

        Parameters
        ----------
        changed : mapping of str to float or ndarray, shape (draws,)
            Assumptions that are not at their base value.
        draws : int
            How many draws there are.

        Returns
        -------
        ndarray, shape (lines, draws)

        Raises
        ------
        DataError
            When a formula has no value in a draw; told are the line and the figures of the first such draw.
        """
        values: dict[str, Drawn] = {**self.base, **changed}
        amounts = np.empty((len(self.formulas), draws))
        for row, (line_id, formula) in enumerate(zip(self.line_ids, self.formulas, strict=True)):
            try:
                amounts[row] = formula.compute(values, draws)
            except DataError as error:
                raise DataError(in_line(line_id, problem) for problem in error.problems) from None
        return amounts

    def net_present_values(self, changed: Mapping[str, Drawn], draws: int = 1) -> Numbers:
        """The net present value in each draw; parameters and errors as `amounts`.

        Returns
        -------
        ndarray, shape (draws,)
        """
        return np.asarray((self.net_multiples @ self.discounts) @ self.amounts(changed, draws))

    def labelled(self, figures: pd.DataFrame) -> pd.DataFrame:
        """Figures by assumption_id with the assumptions' names and units, which stand behind the id."""
        return self.labels.merge(figures, on="assumption_id", how="right", validate="one_to_one")

    @property
    def base_npv(self) -> float:
        """The net present value at the base values: the point estimate."""
        return float(self.net_present_values({})[0])


def valuation(
    costs: pd.DataFrame,
    benefits: pd.DataFrame,
    assumptions: pd.DataFrame,
    *,
    horizon_months: int,
    discount_rate: float,
    convention: str = "tei",
) -> Valuation:
    """A business case as a function of its assumptions.

    Parameters
    ----------
    costs, benefits, assumptions : DataFrame
        The tables of these names.
    horizon_months : int
        Last month that counts, 1 or more.
    discount_rate : float
        Yearly, above −1.
    convention : str
        One of `returns.CONVENTIONS`.

    Raises
    ------
    DataError
        With every assumption or line that is wrong; the lines are computed at the base values first.
    SettingsError
        When there is no such convention.

    Examples
    --------
    >>> costs = pd.DataFrame({"cost_id": ["C-1"], "category": ["licences"], "formula": ["100 * users"]})
    >>> benefits = pd.DataFrame({"benefit_id": ["B-1"], "stream": ["cost_reduction"], "formula": ["150 * users"]})
    >>> assumptions = pd.DataFrame({"assumption_id": ["users"], "base": [10.0]})
    >>> case = valuation(costs, benefits, assumptions, horizon_months=12, discount_rate=0.0)
    >>> case.net_present_values({"users": np.array([10.0, 20.0])}, 2).tolist()
    [6000.0, 12000.0]
    """
    spread = distributions(assumptions)
    base = {name: each.base for name, each in spread.items()}
    adjusted = cash_flows(costs, benefits, base, horizon_months)
    told = returns(adjusted, discount_rate, convention)
    unit = unit_flows(costs.assign(risk_adjustment=0.0), benefits.assign(risk_adjustment=0.0), horizon_months)
    return Valuation(
        formulas=tuple(ArrayFormula.read(text, base) for text in unit.formulas),
        line_ids=unit.line_ids,
        is_cost=unit.signs < 0,
        multiples=unit.flows,
        discounts=discount_factors(horizon_months, discount_rate, CONVENTIONS[convention].extra_years),
        spread=spread,
        labels=_labels(assumptions, list(spread)),
        adjusted=adjusted,
        adjusted_npv=told.npv,
    )


def _labels(assumptions: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The assumptions' own words; the id where an assumption has no name."""
    told = assumptions.reindex(columns=["name", "unit"]).astype(object)
    told = told.where(told.notna(), "").reset_index(drop=True)
    told["name"] = told["name"].where(told["name"] != "", names)
    told.insert(0, "assumption_id", pd.Series(names, dtype=str))
    return told
