"""Variance shares: how much of the doubt about the net present value each assumption brings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench import language
from workbench.business_case import shapley_effects as shapley
from workbench.business_case import sobol_indices as sobol
from workbench.business_case.correlation import Correlations
from workbench.business_case.distribution_families import Numbers
from workbench.business_case.sampling import Copula
from workbench.business_case.valuation import Valuation
from workbench.errors import Problem, SettingsError
from workbench.language import either
from workbench.language import gettext as _
from workbench.results import Result

METHODS = ("auto", "sobol", "shapley")
COLUMNS = ["assumption_id", "share", "share_low", "share_high", "alone", "alone_low", "alone_high"]
FAR_TOO_LITTLE = 1e-18
"""Variance, as a share of the squared net present value, that is rounding alone."""


@dataclass(frozen=True, eq=False)
class VarianceShares(Result):
    """How much of the variance of the net present value each assumption brings.

    Attributes
    ----------
    shares : DataFrame
        assumption_id, name, unit, share, share_low, share_high, alone, alone_low, alone_high; the largest first. With
        Shapley effects the shares add up to 1, and there is no alone (NaN). With Sobol indices share is the total index
        (all that the assumption has a part in, so that shares can add up to more than 1), and alone is the first-order
        index. The intervals hold 95%.
    method : {"sobol", "shapley"}
        How they were computed.
    standard_deviation : float
        Of the net present value.
    evaluations : int
        How often the net present value was computed.
    """

    shares: pd.DataFrame
    method: str
    standard_deviation: float
    evaluations: int

    def to_frame(self) -> pd.DataFrame:
        """The shares."""
        return self.shares

    @property
    def conclusion(self) -> str:
        """Which assumptions bring most of the doubt."""
        if not len(self.shares) or not self.standard_deviation:
            return _("The net present value does not vary, so that there is nothing to explain.")
        told = [
            _("{name} {share}").format(name=language.quoted(row["name"]), share=language.percent(row["share"], 2))
            for row in self.shares.head(3).to_dict("records")
        ]
        return _("Most of the doubt about the net present value comes from few assumptions: {shares}.").format(
            shares=language.listed(told)
        )


def variance_shares(
    case: Valuation, together: Correlations, *, method: str = "auto", draws: int = 0, seed: int = 1
) -> VarianceShares:
    """Share the variance of the net present value out among the assumptions that vary and that formulas use.

    Parameters
    ----------
    case : Valuation
        The business case.
    together : Correlations
        How its assumptions move together; where they are not possible, the nearest ones are drawn with.
    method : {"auto", "sobol", "shapley"}
        Sobol indices need independent assumptions; auto takes them there, and Shapley effects elsewhere.
    draws : int
        Base draws of Sobol indices, or orders of Shapley effects; 0 for the methods' own.
    seed : int
        The same seed gives the same shares.

    Raises
    ------
    SettingsError
        When there is no such method, or Sobol indices are asked of assumptions that move together.
    DataError
        When a formula has no value in a draw.
    """
    copula, correlated = _used_alone(case, together)
    chosen = _chosen(method, correlated)
    if not copula.spread:
        return VarianceShares(_labelled(case, copula, np.empty((0, 6))), chosen, 0.0, 0)
    compute = _by_sobol if chosen == "sobol" else _by_shapley
    figures, variance, evaluations = compute(case, copula, draws, seed)
    if variance <= FAR_TOO_LITTLE * case.base_npv**2:
        variance, figures = 0.0, np.where(np.isnan(figures), np.nan, 0.0)
    return VarianceShares(_labelled(case, copula, figures), chosen, float(np.sqrt(variance)), evaluations)


def _used_alone(case: Valuation, together: Correlations) -> tuple[Copula, bool]:
    """The assumptions that vary and that formulas use, and whether some of them move together."""
    here = [at for at, name in enumerate(together.names) if name in case.used]
    scores = together.normal_scores[np.ix_(here, here)]
    spread = tuple(case.spread[together.names[at]] for at in here)
    return Copula(spread, scores), bool(np.triu(scores, 1).any())


def _chosen(method: str, correlated: bool) -> str:
    if method not in METHODS:
        found = _("The method {method} is not known.").format(method=method)
        raise SettingsError(Problem(found, either(METHODS), _("Correct method.")))
    if method == "sobol" and correlated:
        found = _("Sobol indices are asked for, and some assumptions move together.")
        raise SettingsError(Problem(found, _("independent assumptions"), _("Choose shapley or auto.")))
    if method == "auto":
        return "shapley" if correlated else "sobol"
    return method


def _by_sobol(case: Valuation, copula: Copula, draws: int, seed: int) -> tuple[Numbers, float, int]:
    computed = 0

    def output(points: Numbers) -> Numbers:
        nonlocal computed
        computed += len(points)
        return case.net_present_values(copula.draw(points), len(points))

    found = sobol.sobol_indices(output, len(copula.spread), draws=draws or sobol.BASE_DRAWS, seed=seed)
    total = [found.total, found.total_low, found.total_high]
    return np.column_stack([*total, found.first, found.first_low, found.first_high]), found.variance, computed


def _by_shapley(case: Valuation, copula: Copula, draws: int, seed: int) -> tuple[Numbers, float, int]:
    computed = 0

    def output(scores: Numbers) -> Numbers:
        nonlocal computed
        computed += len(scores)
        return case.net_present_values(copula.of_normal_scores(scores), len(scores))

    found = shapley.shapley_effects(output, copula.normal_scores, orders=draws or shapley.ORDERS, seed=seed)
    nothing = np.full(len(copula.spread), np.nan)
    return np.column_stack([found.share, found.low, found.high, *[nothing] * 3]), found.variance, computed


def _labelled(case: Valuation, copula: Copula, figures: Numbers) -> pd.DataFrame:
    frame = pd.DataFrame(figures, columns=COLUMNS[1:])
    frame.insert(0, "assumption_id", pd.Series([spread.name for spread in copula.spread], dtype=str))
    return case.labelled(frame).sort_values("share", ascending=False, kind="stable").reset_index(drop=True)
