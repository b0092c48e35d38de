"""What people would keep when not everything fits: the raters' classes and points together."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.language import gettext as _
from workbench.language import listed, ngettext, number
from workbench.planning.moscow import CAP, PLANNED, Moscow, moscow
from workbench.planning.moscow_votes import classes_by_vote
from workbench.planning.points import BUDGET, TOLERANCE, SharedPoints, share_points
from workbench.results import Result


@dataclass(frozen=True, eq=False)
class Preferred(Result):
    """What the raters would keep.

    Attributes
    ----------
    classes : DataFrame
        A row per requirement with a class, in the requirements' order: requirement_id, effort, class, votes, and the
        share of the votes' weight that each class got.
    moscow : Moscow or None
        The classes held to must's share of the effort; None where there is nothing planned to hold.
    by_effort : bool
        Whether the effort is that of the requirements; if not, each requirement counts one.
    without_effort : int
        Requirements with a class and without an effort, for whose sake each counts one; 0 where none has an effort.
    points : SharedPoints or None
        Of the raters who spent all their points; None where nobody did.
    spending : int
        Raters who have spent only some of their points, and so are left out.
    """

    classes: pd.DataFrame
    moscow: Moscow | None
    by_effort: bool
    without_effort: int
    points: SharedPoints | None
    spending: int

    def to_frame(self) -> pd.DataFrame:
        """The requirements with their classes."""
        return self.classes.copy()

    @property
    def has_any(self) -> bool:
        """Whether anybody preferred anything."""
        return bool(len(self.classes) or self.points or self.spending)

    @property
    def conclusion(self) -> str:
        """What the classes say; `points` has a sentence of its own."""
        if self.moscow is None:
            return _("Nobody has said yet what must be done.") if self.classes.empty else _("Nothing is planned.")
        return f"{self.moscow.conclusion} {self.measure}"

    @property
    def measure(self) -> str:
        """What the effort was measured in."""
        if self.by_effort:
            return _("Effort is in person-months.")
        told = _("Each requirement counts one here.")
        if not self.without_effort:
            return told
        missing = ngettext(
            "{count} requirement has no effort yet.", "{count} requirements have no effort yet.", self.without_effort
        )
        return f"{told} {missing.format(count=self.without_effort)}"

    @property
    def finding(self) -> str:
        """What got most points, as the title of a chart; "" where there are none."""
        if self.points is None:
            return ""
        first = self.points.table[self.points.table["place"] == 1]
        told = ngettext(
            "{names} gets most points: {mean} of {budget} on average",
            "{names} are level with most points: {mean} of {budget} on average",
            len(first),
        )
        names, mean = listed(first["requirement_id"].tolist()), number(first["mean"].iloc[0])
        return told.format(names=names, mean=mean, budget=number(self.points.budget))

    @property
    def points_told(self) -> str:
        """What the points say, and whose are left out."""
        told = [self.points.conclusion] if self.points else [_("Nobody has shared all points yet.")]
        if self.spending:
            left_out = ngettext(
                "{count} rater has not spent all {budget} points and is left out.",
                "{count} raters have not spent all {budget} points and are left out.",
                self.spending,
            )
            told.append(left_out.format(count=self.spending, budget=number(BUDGET)))
        return " ".join(told)


def preferred(
    requirements: pd.DataFrame,
    preferences: pd.DataFrame,
    raters: pd.DataFrame,
    ranks: pd.Series | None = None,
    cap: float = CAP,
) -> Preferred:
    """The raters' classes and points together.

    Parameters
    ----------
    requirements : DataFrame
        requirement_id and effort_months.
    preferences : DataFrame
        rater_id, requirement_id, moscow and points.
    raters : DataFrame
        rater_id and weight; points weigh the same whoever gives them.
    ranks : Series, optional
        requirement_id → rank, 1 first; names the musts to look at first where there are too many.
    cap : float
        Largest share of the planned effort that must may take.

    Examples
    --------
    >>> requirements = pd.DataFrame({"requirement_id": ["R1", "R2"], "effort_months": [3.0, 1.0]})
    >>> preferences = pd.DataFrame({
    ...     "rater_id": "A", "requirement_id": ["R1", "R2"], "moscow": ["must", "could"], "points": [60.0, 40.0]})
    >>> found = preferred(requirements, preferences, pd.DataFrame({"rater_id": ["A"], "weight": [1.0]}))
    >>> found.moscow.share["must"], found.points.table["total"].tolist()
    (np.float64(0.75), [60.0, 40.0])
    """
    known = preferences[preferences["requirement_id"].isin(requirements["requirement_id"])]
    classes = _with_effort(classes_by_vote(known, raters), requirements)
    missing = int(classes["effort_months"].isna().sum())
    by_effort = bool(len(classes)) and not missing
    classes = classes.rename(columns={"effort_months": "effort"})
    if not by_effort:
        classes["effort"] = 1.0
    if ranks is not None:
        classes["rank"] = classes["requirement_id"].map(ranks.astype(float))
    points, spending = _points(known, list(requirements["requirement_id"]))
    is_planned = classes.loc[classes["class"].isin(PLANNED), "effort"].sum() > 0
    held = moscow(classes, cap) if is_planned else None
    return Preferred(classes, held, by_effort, missing if missing < len(classes) else 0, points, spending)


def _with_effort(classes: pd.DataFrame, requirements: pd.DataFrame) -> pd.DataFrame:
    """The classes in the requirements' order, each with its effort; NaN where it has none."""
    ordered = requirements[["requirement_id", "effort_months"]].astype({"effort_months": float})
    return ordered.merge(classes, on="requirement_id", how="inner")


def _points(preferences: pd.DataFrame, requirement_ids: list[str]) -> tuple[SharedPoints | None, int]:
    """The points of those who spent all of them, and how many others spent some."""
    given = preferences[preferences["points"].notna()]
    spent = given.groupby("rater_id")["points"].sum()
    spent = spent[spent > 0]
    done = spent.index[(spent - BUDGET).abs() <= TOLERANCE * BUDGET]
    if done.empty:
        return None, len(spent)
    shared = given.loc[given["rater_id"].isin(done), ["requirement_id", "rater_id", "points"]]
    return share_points(shared, requirement_ids), len(spent) - len(done)
