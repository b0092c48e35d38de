"""Simulation: what a program may return when all of its assumptions are drawn at once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.business_case.correlation import correlations
from workbench.business_case.flows_of_draws import bands, flows_of_draws, year_ends
from workbench.business_case.sampling import Copula
from workbench.business_case.simulation_result import Simulation
from workbench.business_case.valuation import valuation
from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _

__all__ = ["DRAWS", "Simulation", "simulate"]

DRAWS = 2**14


def simulate(
    costs: pd.DataFrame,
    benefits: pd.DataFrame,
    assumptions: pd.DataFrame,
    *,
    horizon_months: int,
    discount_rate: float,
    convention: str = "tei",
    draws: int = DRAWS,
    seed: int = 1,
    sampling: str = "sobol",
    program_fails: float = 0.0,
    accept_nearest: bool = False,
) -> Simulation:
    """Draw all assumptions at once, many times, and lay out the flows of each draw.

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
    draws : int
        How many; for Sobol points a power of two is best.
    seed : int
        The same seed gives the same figures.
    sampling : {"sobol", "random"}
        Scrambled Sobol points, or independent ones.
    program_fails : float
        Chance, from 0 to 1, that a draw brings no benefits at all while its costs stay.
    accept_nearest : bool
        Whether to draw with the nearest possible correlations where those asked for are not possible.

    Raises
    ------
    DataError
        With every assumption or line that is wrong; when correlations are not possible; and when a formula has no value
        in a draw.
    SettingsError
        When convention, sampling, number of draws or chance are not possible.

    Notes
    -----
    GAO (2020), *Cost Estimating and Assessment Guide*, GAO-20-195G, chapter 12: correlated simulation, the S-curve, the
    percentile of the point estimate, and contingency as what is missing to a chosen percentile.

    Examples
    --------
    >>> costs = pd.DataFrame({"cost_id": ["C-1"], "category": ["licences"], "formula": ["fee"]})
    >>> benefits = pd.DataFrame({"benefit_id": ["B-1"], "stream": ["cost_reduction"], "formula": ["9"]})
    >>> rows = {"assumption_id": ["fee"], "low": [4.0], "base": [8.0], "high": [12.0], "distribution": ["uniform"]}
    >>> case = simulate(costs, benefits, pd.DataFrame(rows), horizon_months=12, discount_rate=0.0)
    >>> round(case.p_npv_positive, 3), round(case.contingency_p80, 1)
    (0.625, 28.8)
    """
    if not 0 <= program_fails <= 1:
        found = _("The chance that the program fails is {chance}.").format(chance=program_fails)
        raise SettingsError(Problem(found, _("a share from 0 to 1"), _("Correct program_fails.")))
    case = valuation(
        costs,
        benefits,
        assumptions,
        horizon_months=horizon_months,
        discount_rate=discount_rate,
        convention=convention,
    )
    together = correlations(assumptions).accepted(accept_nearest)
    copula = Copula.of(case.spread, together.normal_scores)
    drawn = flows_of_draws(case, copula, draws, seed=seed, sampling=sampling, program_fails=program_fails)
    base = case.amounts({})[:, 0]
    monthly = bands(drawn.cumulative, np.cumsum(base @ case.net_multiples))
    return Simulation(
        npv=drawn.npv,
        cost=drawn.cost,
        payback=drawn.payback,
        monthly=monthly,
        yearly=year_ends(monthly),
        base_npv=case.base_npv,
        base_cost=float(base[case.is_cost] @ case.multiples[case.is_cost].sum(axis=1)),
        adjusted_npv=case.adjusted_npv,
        correlation=together,
        negative_shares={
            line: float(count / draws) for line, count in zip(case.line_ids, drawn.negative, strict=True) if count
        },
        varying=together.names,
        program_fails=program_fails,
        horizon_months=horizon_months,
        discount_rate=discount_rate,
        convention=convention,
        draws=draws,
        seed=seed,
        sampling=sampling,
    )
