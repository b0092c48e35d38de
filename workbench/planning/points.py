"""A fixed budget of points to share among the requirements: giving to one takes from another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.errors import DataError, Location, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import listed, ngettext, number
from workbench.planning.scoring import SAME
from workbench.results import Result

BUDGET = 100.0
TOLERANCE = 1e-6
"""How far, as a share of the budget, what a rater spends may miss it: the rounding of sums."""


@dataclass(frozen=True, eq=False)
class SharedPoints(Result):
    """What the raters' points add up to.

    Attributes
    ----------
    table : DataFrame
        In the order of the points: place (1 is first; equal points share it), requirement_id, total, share (of all
        points spent), mean per rater, lowest, highest, spread (standard deviation of the raters, in points), givers
        (raters who gave it any) and tied (whether another has as many).
    budget : float
        What each rater had to share.
    n_raters : int
        Raters who shared it.
    """

    table: pd.DataFrame
    budget: float
    n_raters: int

    def to_frame(self) -> pd.DataFrame:
        """The requirements with their points, as in `table`."""
        return self.table.copy()

    @property
    def conclusion(self) -> str:
        """What got most, by how much raters differ on it, and what got nothing."""
        first = self.table[self.table["place"] == 1]
        names = listed([str(key) for key in first["requirement_id"]])
        told = ngettext(
            "{count} rater shared {budget} points: {names} gets most, {mean} on average ({low} to {high}).",
            "{count} raters shared {budget} points each: {names} gets most, {mean} on average ({low} to {high}).",
            self.n_raters,
        )
        if len(first) > 1:
            told = ngettext(
                "{count} rater shared {budget} points: {names} are level with most, {mean} on average "
                "({low} to {high}).",
                "{count} raters shared {budget} points each: {names} are level with most, {mean} on average "
                "({low} to {high}).",
                self.n_raters,
            )
        told = told.format(
            count=self.n_raters,
            budget=number(self.budget),
            names=names,
            mean=number(first["mean"].iloc[0]),
            low=number(first["lowest"].min()),
            high=number(first["highest"].max()),
        )
        nothing = [str(key) for key in self.table.loc[self.table["givers"] == 0, "requirement_id"]]
        return f"{told} {_('Without a point: {ids}.').format(ids=listed(nothing))}" if nothing else told


def share_points(points: pd.DataFrame, requirement_ids: Sequence[str], budget: float = BUDGET) -> SharedPoints:
    """Add up what raters gave out of a fixed budget.

    Parameters
    ----------
    points : DataFrame
        requirement_id, rater_id, points. A requirement that a rater does not name gets nothing from that rater.
    requirement_ids : sequence of str
        All requirements that could be given points.
    budget : float
        What each rater must spend, no more and no less.

    Raises
    ------
    DataError
        When a rater spends more or less, gives a negative or missing number, names a requirement twice or an unknown
        one, or when nobody has shared any points.
    SettingsError
        When the budget is not above zero.

    Notes
    -----
    The hundred-dollar test, or cumulative voting: Leffingwell and Widrig (2003), *Managing Software Requirements*,
    2nd edition, Addison-Wesley.

    Examples
    --------
    >>> points = pd.DataFrame({
    ...     "requirement_id": ["R1", "R2", "R1"], "rater_id": ["A", "A", "B"], "points": [70.0, 30.0, 100.0]})
    >>> share_points(points, ["R1", "R2", "R3"]).table["total"].tolist()
    [170.0, 30.0, 0.0]
    """
    _check(points, requirement_ids, budget)
    wide = points.pivot(index="requirement_id", columns="rater_id", values="points").astype(float)
    wide = wide.reindex(list(requirement_ids)).fillna(0.0)
    table = pd.DataFrame(
        {
            "requirement_id": list(requirement_ids),
            "total": wide.sum(axis=1).to_numpy(),
            "mean": wide.mean(axis=1).to_numpy(),
            "lowest": wide.min(axis=1).to_numpy(),
            "highest": wide.max(axis=1).to_numpy(),
            "spread": wide.std(axis=1, ddof=0).to_numpy(),
            "givers": (wide > 0).sum(axis=1).to_numpy(),
        }
    )
    table.insert(2, "share", table["total"] / (budget * wide.shape[1]))
    rounded = (table["total"] / budget).round(round(-np.log10(SAME)))
    table.insert(0, "place", rounded.rank(ascending=False, method="min").astype(int))
    table["tied"] = rounded.duplicated(keep=False)
    table = table.sort_values(["place", "requirement_id"], ignore_index=True)
    return SharedPoints(table, float(budget), wide.shape[1])


def _check(points: pd.DataFrame, requirement_ids: Sequence[str], budget: float) -> None:
    if not budget > 0:
        found = _("{name} is {value}.").format(name="budget", value=budget)
        remedy = _("Correct {name}.").format(name="budget")
        raise SettingsError(Problem(found, _("a number above zero"), remedy))
    problems = [*_unknown(points, requirement_ids), *_twice(points), *_unsound(points)]
    problems = problems or _off_budget(points, budget)
    if not problems and points.empty:
        problems = [Problem(_("Nobody has shared any points."), _("at least one rater"), _("Collect the points."))]
    if problems:
        raise DataError(problems)


def _unknown(points: pd.DataFrame, requirement_ids: Sequence[str]) -> list[Problem]:
    unknown = points.loc[~points["requirement_id"].isin(list(requirement_ids)), "requirement_id"].unique()
    return [
        Problem(
            _("{id} is not one of the requirements.").format(id=key),
            _("an id of the table {table}").format(table="requirements"),
            _("Correct the id."),
            Location(column="requirement_id"),
        )
        for key in unknown
    ]


def _twice(points: pd.DataFrame) -> list[Problem]:
    again = points[points.duplicated(["requirement_id", "rater_id"])]
    return [
        Problem(
            _("{rater} gave points to {requirement} more than once.").format(rater=rater, requirement=requirement),
            _("each requirement once per rater"),
            _("Leave one of them out."),
        )
        for requirement, rater in again[["requirement_id", "rater_id"]].itertuples(index=False)
    ]


def _unsound(points: pd.DataFrame) -> list[Problem]:
    given = points["points"].astype(float)
    wrong = points[~(np.isfinite(given) & (given >= 0))]
    return [
        Problem(
            _("{rater} gave {requirement} {found} points.").format(
                rater=row.rater_id, requirement=row.requirement_id, found=row.points
            ),
            _("a number, zero or more"),
            _("Correct the points."),
            Location(column="points"),
        )
        for row in wrong.itertuples()
    ]


def _off_budget(points: pd.DataFrame, budget: float) -> list[Problem]:
    spent = points.groupby("rater_id")["points"].sum()
    return [
        Problem(
            _("{rater} spent {spent} points.").format(rater=rater, spent=number(total, 6)),
            _("exactly {budget}").format(budget=number(budget, 6)),
            _("Take away {difference}.").format(difference=number(total - budget, 6))
            if total > budget
            else _("Spend {difference} more.").format(difference=number(budget - total, 6)),
        )
        for rater, total in spent.items()
        if abs(total - budget) > TOLERANCE * budget
    ]
