"""A business case under one what-if after another: the same draws, so that it moves only for what was changed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from workbench import language
from workbench.business_case.break_even import break_even
from workbench.business_case.correlation import Correlations, correlations
from workbench.business_case.distributions import CONSTANT, Distribution
from workbench.business_case.flows_of_draws import flows_of_draws
from workbench.business_case.payback import payback_months
from workbench.business_case.returns import CONVENTIONS
from workbench.business_case.sampling import Copula
from workbench.business_case.sensitivity import Tornado, tornado
from workbench.business_case.simulation import DRAWS
from workbench.business_case.unit_flows import delayed, discount_factors
from workbench.business_case.valuation import Valuation, valuation
from workbench.business_case.what_if_outcome import CaseOutcome
from workbench.business_case.what_if_scenario import CaseScenario
from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _

TIMINGS_KEPT = 64


@dataclass(frozen=True, eq=False)
class CaseWhatIf:
    """What stays the same whatever the scenario.

    Where the correlations of the assumptions contradict one another, the nearest possible ones are drawn with.

    Attributes
    ----------
    costs, benefits, assumptions : DataFrame
        The tables of these names.
    horizon_months : int
        Last month that counts.
    discount_rate : float
        Yearly.
    convention : str
        One of `returns.CONVENTIONS`.
    seed : int
        The same seed gives the same draws.

    Examples
    --------
    >>> costs = pd.DataFrame({"cost_id": ["C-1"], "category": ["licences"], "formula": ["fee"]})
    >>> benefits = pd.DataFrame({"benefit_id": ["B-1"], "stream": ["cost_reduction"], "formula": ["9"]})
    >>> rows = {"assumption_id": ["fee"], "low": [4.0], "base": [8.0], "high": [12.0], "distribution": ["uniform"]}
    >>> case = CaseWhatIf(costs, benefits, pd.DataFrame(rows), 12, 0.0)
    >>> case.under(CaseScenario({"fee": 10.0}, delay_months=2)).base_npv
    -10.0
    """

    costs: pd.DataFrame
    benefits: pd.DataFrame
    assumptions: pd.DataFrame
    horizon_months: int
    discount_rate: float
    convention: str = "tei"
    seed: int = 1

    @cached_property
    def as_it_stands(self) -> Valuation:
        """The business case without any change.

        Raises
        ------
        DataError, SettingsError
            As `valuation` does.
        """
        return self._timed(self.horizon_months, 0)

    @cached_property
    def together(self) -> Correlations:
        """How the assumptions that vary move together."""
        return correlations(self.assumptions)

    @cached_property
    def swings(self) -> Tornado:
        """The assumptions that can be moved, those first that move the net present value most."""
        return tornado(self.as_it_stands)

    @cached_property
    def _timed(self) -> Callable[[int, int], Valuation]:
        # Laying out the lines takes most of the time, and a slider often comes back to where it was.
        return lru_cache(TIMINGS_KEPT)(self._laid_out)

    def _laid_out(self, horizon_months: int, delay_months: int) -> Valuation:
        return valuation(
            delayed(self.costs, delay_months),
            delayed(self.benefits, delay_months),
            self.assumptions,
            horizon_months=horizon_months,
            discount_rate=self.discount_rate,
            convention=self.convention,
        )

    def under(self, scenario: CaseScenario, draws: int = DRAWS) -> CaseOutcome:
        """What the business case returns under a scenario.

        Parameters
        ----------
        scenario : CaseScenario
            What differs. Assumptions that the program does not have are passed over, so that a saved scenario outlives
            them.
        draws : int
            How many; a power of two. Fewer draws are the first of more.

        Raises
        ------
        DataError
            When a formula has no value in a draw.
        SettingsError
            When an assumption is set to what lies outside its low and high value.
        """
        case = self._under(scenario)
        varying = tuple(case.spread[name] for name, spread in self.as_it_stands.spread.items() if spread.varies)
        copula = Copula(varying, self.together.normal_scores)
        drawn = flows_of_draws(case, copula, draws, seed=self.seed, sampling="sobol", program_fails=0.0)
        cumulative = np.cumsum(case.amounts({})[:, 0] @ case.net_multiples)
        return CaseOutcome(
            npv=drawn.npv,
            payback=drawn.payback,
            base_npv=case.base_npv,
            base_payback=float(payback_months(cumulative[:, None])[0]),
            horizon_months=len(case.discounts) - 1,
        )

    def turning_point(self, scenario: CaseScenario, name: str) -> str:
        """At which value of an assumption the net present value is zero, all others as the scenario has them.

        Parameters
        ----------
        scenario : CaseScenario
            What differs.
        name : str
            An assumption that formulas use.

        Raises
        ------
        DataError, SettingsError
            As `under`; and when a formula has no value between its low and high value.
        """
        case = self._under(scenario)
        # Where to look follows from the program's own low and high values, which a scenario moves.
        spread = {one: replace(self.as_it_stands.spread[one], base=each.base) for one, each in case.spread.items()}
        rows = break_even(replace(case, spread=spread)).values.set_index("assumption_id")
        return _turning_told(rows.loc[name].to_dict())

    def _under(self, scenario: CaseScenario) -> Valuation:
        horizon = scenario.horizon_months or self.horizon_months
        rate = self.discount_rate if scenario.discount_rate is None else scenario.discount_rate
        case = self._timed(horizon, scenario.delay_months)
        factors = np.where(case.is_cost, scenario.cost_factor, scenario.benefit_factor)
        return replace(
            case,
            spread={name: _changed(spread, scenario) for name, spread in case.spread.items()},
            multiples=case.multiples * factors[:, None],
            discounts=discount_factors(horizon, rate, CONVENTIONS[self.convention].extra_years),
        )


def _turning_told(row: dict[Any, Any]) -> str:
    low, high, value = (language.number(row[figure]) for figure in ("searched_from", "searched_to", "break_even"))
    name, amount = language.quoted(row["name"]), f"{value} {row['unit']}".strip()
    if math.isnan(row["break_even"]):
        told = _("No value of {name} from {low} to {high} alone brings the net present value to zero.")
    elif row["is_jump"]:
        told = _(
            "The net present value changes sign without being zero where {name} is {amount}, all else as it stands."
        )
    else:
        told = _("The net present value is zero where {name} is {amount}, all else as it stands here.")
    return told.format(name=name, amount=amount, low=low, high=high)


def _changed(spread: Distribution, scenario: CaseScenario) -> Distribution:
    about = moved(spread, scenario.values.get(spread.name, spread.base))
    return replace(about, kind=CONSTANT) if spread.name in scenario.known else about


def moved(spread: Distribution, base: float) -> Distribution:
    """A distribution about another base value, in the shape that it had.

    Low and high move in the same proportion as base, so that what cannot be negative stays so. Where low is negative or
    base is zero, all three move by the same amount. A chance (bernoulli) keeps its two values. A share that is spread
    as beta moves by its odds, so that it stays between 0 and 1.

    Parameters
    ----------
    spread : Distribution
        As the program has it.
    base : float
        Between its low and high value, where it has them.

    Raises
    ------
    SettingsError
        When it is not between them.

    Examples
    --------
    >>> moved(Distribution("fee", "pert", 8.0, 10.0, 14.0), 12.0)
    Distribution(name='fee', kind='pert', low=9.6, base=12.0, high=16.8)
    >>> round(moved(Distribution("share", "beta", 0.2, 0.5, 0.8), 0.8).high, 4)
    0.9412
    """
    if base < spread.low or base > spread.high:
        raise SettingsError(_outside(spread, base))
    if base == spread.base or spread.kind in (CONSTANT, "bernoulli"):
        return replace(spread, base=base)
    low, high = _ends(spread, base)
    return replace(spread, low=low, base=base, high=high, kind=spread.kind if low < high else CONSTANT)


def _outside(spread: Distribution, base: float) -> Problem:
    name, value, low, high = spread.name, *(language.number(one, 6) for one in (base, spread.low, spread.high))
    found = _("The assumption {name} is set to {value}.").format(name=name, value=value)
    return Problem(found, _("a value from {low} to {high}").format(low=low, high=high), _("Correct it."))


def _ends(spread: Distribution, base: float) -> tuple[float, float]:
    if spread.kind == "beta":
        ratio = (base / (1 - base)) / (spread.base / (1 - spread.base))
        return _odds_times(spread.low, ratio), _odds_times(spread.high, ratio)
    if spread.low >= 0 and spread.base > 0:
        return spread.low * base / spread.base, spread.high * base / spread.base
    return spread.low + base - spread.base, spread.high + base - spread.base


def _odds_times(share: float, ratio: float) -> float:
    odds = share / (1 - share) * ratio
    return odds / (1 + odds)
