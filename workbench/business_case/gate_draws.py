"""A gate's forecast in many draws: the past stays as it was, and what is to come varies with the assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.business_case.baseline import DECIMALS
from workbench.business_case.correlation import Correlations, correlations
from workbench.business_case.distributions import Distribution, distributions
from workbench.business_case.drivers import in_line
from workbench.business_case.flows_of_draws import bands
from workbench.business_case.gate_plans import Numbers, Plan
from workbench.business_case.measures import ROUNDING
from workbench.business_case.sampling import Copula, uniform_points
from workbench.business_case.variance import Weights
from workbench.errors import DataError
from workbench.program.formula_arrays import ArrayFormula, Drawn


@dataclass(frozen=True, eq=False)
class GateDraws:
    """What the whole program comes to in each draw of what is still uncertain.

    Attributes
    ----------
    npv : ndarray, shape (draws,)
        Net present value of past and rest together, today.
    monthly : DataFrame
        period, p10, p50, p90 of the cumulative net flow, undiscounted, and base: the forecast itself.
    correlation : Correlations
        How the assumptions were drawn together.
    negative_shares : dict of str to float
        Lines whose amount in the months to come falls below zero in some draws, and in what share of them.
    """

    npv: Numbers
    monthly: pd.DataFrame
    correlation: Correlations
    negative_shares: dict[str, float]

    @property
    def interval(self) -> tuple[float, float]:
        """The 80% interval: its 10th and its 90th percentile."""
        low, high = np.quantile(self.npv, (0.1, 0.9))
        return float(low), float(high)

    def share_below(self, amount: float) -> float:
        """Share of the draws whose net present value is below an amount by more than rounding."""
        size = max(np.abs(self.npv).max(), self.monthly["base"].abs().max())
        # A sealed promise is rounded, so that a forecast which is on plan may lie that much below it.
        return float((self.npv < amount - 10.0**-DECIMALS - ROUNDING * size).mean())


def draw_rest(
    now: Plan,
    assumptions: pd.DataFrame,
    weights: Weights,
    forecast: Numbers,
    *,
    draws: int,
    seed: int = 1,
    accept_nearest: bool = False,
) -> GateDraws:
    """Draw the assumptions that are left to the months after the gate; the months before it are held.

    Lines keep their attribution and their adjustment for risk, with which they were promised, so that promise, forecast
    and interval count alike.

    Parameters
    ----------
    now : Plan
        The plan of now.
    assumptions : DataFrame
        The table of this name, brought up to date with what was measured.
    weights : Weights
        The month of the gate, and what a month counts.
    forecast : ndarray, shape (months + 1,)
        Net flow of each month: as it was up to the gate, and as expected after it.
    draws, seed : int
        How many scrambled Sobol points, and what they are scrambled with.
    accept_nearest : bool
        Whether to draw with the nearest possible correlations where those asked for are not possible.

    Raises
    ------
    DataError
        With every assumption that is wrong; when correlations are not possible; when the formula of a line that still
        runs has no value in a draw.
    SettingsError
        When there are no draws.
    """
    spread = distributions(assumptions)
    together = correlations(assumptions).accepted(accept_nearest)
    ahead = [line_id for line_id, line in now.lines.items() if line.unit[weights.month + 1 :].any()]
    amounts = _amounts(now, ahead, spread, Copula.of(spread, together.normal_scores), draws, seed)
    running = [now.lines[line_id] for line_id in ahead]
    units = np.array([line.sign * line.unit for line in running]).reshape(len(ahead), len(forecast))
    units[:, : weights.month + 1] = 0.0
    past = np.where(np.arange(len(forecast)) <= weights.month, forecast, 0.0)
    npv = past @ weights.discounts + (units @ weights.discounts) @ amounts
    cumulative = past.cumsum()[:, None] + units.cumsum(axis=1).T @ amounts
    shares = (amounts < 0).mean(axis=1)
    below = {line_id: float(share) for line_id, share in zip(ahead, shares, strict=True) if share}
    return GateDraws(npv, bands(cumulative, forecast.cumsum()), together, below)


def _amounts(
    now: Plan, line_ids: Sequence[str], spread: dict[str, Distribution], copula: Copula, draws: int, seed: int
) -> Numbers:
    """The amount a month of each of these lines in each draw; shape (lines, draws)."""
    base = {name: each.base for name, each in spread.items()}
    formulas = {line_id: ArrayFormula.read(now.lines[line_id].formula, base) for line_id in line_ids}
    chunks = []
    for points in uniform_points(max(len(copula.spread), 1), draws, seed=seed):
        values: dict[str, Drawn] = {**base, **(copula.draw(points) if copula.spread else {})}
        rows = [_in_draws(line_id, formula, values, len(points)) for line_id, formula in formulas.items()]
        chunks.append(np.array(rows).reshape(len(formulas), len(points)))
    return np.hstack(chunks)


def _in_draws(line_id: str, formula: ArrayFormula, values: dict[str, Drawn], draws: int) -> Numbers:
    try:
        return formula.compute(values, draws)
    except DataError as error:
        raise DataError(in_line(line_id, problem) for problem in error.problems) from None
