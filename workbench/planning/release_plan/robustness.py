"""How sure the choice of projects is: plans for many draws of what projects are worth and take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd

from workbench.errors import DataError, NoSolutionError, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import listed, percent
from workbench.planning.release_plan.draws import effort_factors
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import broken
from workbench.planning.release_plan.solve import ReleasePlan, plan_releases, plan_worth
from workbench.results import Result

SURE = 0.95
"""Share of the draws from which a project is called sure."""
MOST_NAMED = 6


@dataclass(frozen=True, eq=False)
class Robustness(Result):
    """How often each project is chosen, and how well today's plan does, over the draws.

    Attributes
    ----------
    table : DataFrame
        A row per project: project_id, title, chosen (share of the draws with a plan in which it is done), chosen_low
        and chosen_high (Wilson interval), count, in_plan (whether it is in today's plan), release (today's, ``<NA>``
        where left out) and usual_release (the one it is in most often, the earlier of two; ``<NA>`` if never chosen).
    releases : DataFrame
        A row per project and release: project_id, release, count, share.
    plan : ReleasePlan
        Today's plan.
    draws : int
        How many were made.
    without_plan : int
        Draws in which no plan keeps all rules; they count for nothing else.
    unanswered : int
        Draws in which the time was up before any plan was found; they count for nothing else.
    unproven : int
        Draws in which the time was up before the plan was proven the best.
    fits : int
        Draws in which today's plan keeps all rules.
    regret : Series
        For each draw in which today's plan fits: the share of the best value that it lacks.
    confidence : float
        Of the intervals.
    seed : int
        Of the efforts.
    """

    table: pd.DataFrame
    releases: pd.DataFrame
    plan: ReleasePlan
    draws: int
    without_plan: int
    unanswered: int
    unproven: int
    fits: int
    regret: pd.Series
    confidence: float
    seed: int

    def to_frame(self) -> pd.DataFrame:
        """The projects with how often they are chosen, as in `table`."""
        return self.table.copy()

    @property
    def sure(self) -> tuple[str, ...]:
        """The projects of today's plan that nearly every draw chooses."""
        return tuple(self.table.loc[self.table["in_plan"] & (self.table["chosen"] >= SURE), "project_id"])

    @property
    def unsure(self) -> tuple[str, ...]:
        """The other projects of today's plan."""
        return tuple(name for name in self.plan.plan if name not in self.sure)

    @property
    def fits_share(self) -> float:
        """The share of the draws, without the unanswered ones, in which today's plan keeps all rules."""
        return self.fits / max(self.draws - self.unanswered, 1)

    @property
    def conclusion(self) -> str:
        """Which projects are sure, and whether today's plan holds when efforts turn out otherwise."""
        if self.draws == self.without_plan:
            return _("In none of the {draws} draws does a plan keep all the rules.").format(draws=self.draws)
        if self.draws == self.without_plan + self.unanswered:
            return _("In none of the {draws} draws was a plan found.").format(draws=self.draws)
        told = [_told_sure(self), _told_fit(self)]
        if self.fits:
            told.append(
                _("Where it fits, it lacks {share} of the best value on average.").format(
                    share=percent(float(self.regret.mean()))
                )
            )
        return " ".join(told)


def robustness(
    plan: ReleasePlan,
    values: pd.DataFrame,
    *,
    effort_spread: float = 0.2,
    seed: int = 0,
    confidence: float = 0.95,
    time_limit: float | None = None,
) -> Robustness:
    """Plan again for each draw of values and efforts, and count.

    Parameters
    ----------
    plan : ReleasePlan
        Today's plan, with its portfolio.
    values : DataFrame
        A row per draw, a column per project; points: from `values_from_raters` or `values_from_ranges`.
    effort_spread : float
        Standard deviation of the logarithm of the efforts; 0 takes them as they are.
    seed : int
        Of the efforts. Same seed and values, same figures.
    confidence : float
        Of the intervals, between 0 and 1. They tell how exactly so many draws measure a share, and not how sure the
        inputs are.
    time_limit : float, optional
        Seconds for each draw.

    Raises
    ------
    DataError
        When a project has no values, or one is missing or negative.
    NoSolutionError
        When today has no plan.
    SettingsError
        When the confidence, the spread or the time limit is out of its bounds, or there are no draws.
    """
    _check(plan, values, confidence)
    portfolio = plan.portfolio
    factors = effort_factors(portfolio.projects, effort_spread, len(values), seed)
    found = [
        _planned(_drawn(portfolio, worth, factor), time_limit)
        for (_one, worth), (_other, factor) in zip(values.iterrows(), factors.iterrows(), strict=True)
    ]
    planned = [one for one in found if one is not None and one.status != "infeasible"]
    fitting = [one for one in planned if not broken(one.portfolio, plan.plan)]
    releases = _releases(portfolio, planned)
    return Robustness(
        table=_table(plan, releases, len(planned), confidence),
        releases=releases,
        plan=plan,
        draws=len(found),
        without_plan=sum(one is not None and one.status == "infeasible" for one in found),
        unanswered=sum(one is None for one in found),
        unproven=sum(one.status == "feasible" for one in planned),
        fits=len(fitting),
        regret=pd.Series([_regret(one, plan.plan) for one in fitting], dtype=float, name="regret"),
        confidence=confidence,
        seed=seed,
    )


def wilson(count: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a share (Wilson 1927), which stays within 0 and 1; from 0 to 1 when nothing was counted.

    Examples
    --------
    >>> low, high = wilson(8, 10)
    >>> round(low, 4), round(high, 4)
    (0.4902, 0.9433)
    """
    if not total:
        return 0.0, 1.0
    z, share = NormalDist().inv_cdf((1 + confidence) / 2), count / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def _planned(portfolio: Portfolio, time_limit: float | None) -> ReleasePlan | None:
    """The best plan, None when none was found in time."""
    try:
        return plan_releases(portfolio, time_limit=time_limit)
    except NoSolutionError:
        return None


def _drawn(portfolio: Portfolio, worth: pd.Series, factor: pd.Series) -> Portfolio:
    return portfolio.with_(value=worth, demand=portfolio.demand.mul(factor, axis=0))


def _releases(portfolio: Portfolio, planned: list[ReleasePlan]) -> pd.DataFrame:
    rows = [
        (project, release, sum(one.plan.get(project) == release for one in planned))
        for project in portfolio.projects
        for release in portfolio.releases
    ]
    counted = pd.DataFrame(rows, columns=["project_id", "release", "count"])
    return counted.assign(share=counted["count"] / max(len(planned), 1))


def _table(plan: ReleasePlan, releases: pd.DataFrame, total: int, confidence: float) -> pd.DataFrame:
    portfolio = plan.portfolio
    projects = list(portfolio.projects)
    counts = releases.groupby("project_id", sort=False)["count"].sum()
    ends = [wilson(int(counts[project]), total, confidence) for project in projects]
    most = releases.sort_values("count", ascending=False, kind="stable").drop_duplicates("project_id")
    usual = {row["project_id"]: row["release"] for row in most.to_dict("records") if row["count"]}
    return pd.DataFrame(
        {
            "project_id": projects,
            "title": [portfolio.titles.get(project, "") for project in projects],
            "chosen": [counts[project] / max(total, 1) for project in projects],
            "chosen_low": [low for low, _high in ends],
            "chosen_high": [high for _low, high in ends],
            "count": [int(counts[project]) for project in projects],
            "in_plan": [project in plan.plan for project in projects],
            "release": _numbers(plan.plan, projects),
            "usual_release": _numbers(usual, projects),
        }
    )


def _numbers(by_project: Mapping[str, int], projects: list[str]) -> pd.Series:
    return pd.Series([by_project.get(project, pd.NA) for project in projects], dtype="Int64")


def _regret(best: ReleasePlan, plan: Mapping[str, int]) -> float:
    if not best.objective:
        return 0.0
    return max(0.0, 1 - plan_worth(best.portfolio, plan) / best.objective)


def _check(plan: ReleasePlan, values: pd.DataFrame, confidence: float) -> None:
    if not 0 < confidence < 1:
        raise SettingsError(
            Problem(_("The confidence is {value}.").format(value=confidence), _("a share between 0 and 1"))
        )
    if plan.status == "infeasible":
        raise NoSolutionError(Problem(_("No plan keeps all the rules, so there is none to be sure of.")))
    lacking = [name for name in plan.portfolio.projects if name not in values.columns]
    if lacking:
        raise DataError(Problem(_("There are no drawn values for {projects}.").format(projects=listed(lacking))))


def _told_sure(found: Robustness) -> str:
    if not found.plan.plan:
        return _("Today's plan has no project.")
    if not found.unsure:
        return _("All {count} projects of the plan are chosen in {share} of the draws or more.").format(
            count=len(found.sure), share=percent(SURE)
        )
    shares = found.table.set_index("project_id")["chosen"]
    least_sure = min(found.unsure, key=lambda name: float(shares[name]))
    return _(
        "{count} of the {total} projects of the plan are chosen in {share} of the draws or more; least sure is "
        "{project}, with {least}."
    ).format(
        count=len(found.sure),
        total=len(found.plan.plan),
        share=percent(SURE),
        project=found.plan.portfolio.named(least_sure),
        least=percent(float(shares[least_sure])),
    )


def _told_fit(found: Robustness) -> str:
    return _("Today's plan as it stands keeps within all limits in {share} of the draws.").format(
        share=percent(found.fits_share)
    )
