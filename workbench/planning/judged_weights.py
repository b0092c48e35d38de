"""The weights that raters' pairwise judgements give, beside those in use, for each axis of the criteria."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import ngettext, percent
from workbench.planning.consistency import Consistency
from workbench.planning.pairwise import combined_comparisons, comparison_matrix, pairwise_weights
from workbench.planning.scoring import SAME
from workbench.planning.weighting import Weights
from workbench.program.labels import label
from workbench.results import Result

NEAR = 0.05
"""Difference between two weights from which it is told: five percentage points."""


@dataclass(frozen=True, eq=False)
class JudgedWeights(Result):
    """What the criteria of one axis weigh: in use, and as the raters judge them.

    Attributes
    ----------
    axis : str
        What the criteria count towards.
    table : DataFrame
        A row per criterion, in the order given: criterion_id, criterion (its name), used (its share of the axis's
        weight now), judged (its share from all judgements together; NaN where they give none), lowest and highest
        (among the raters whose own judgements connect all criteria).
    raters : DataFrame
        A row per rater who judged: rater_id, rater (name), judged (pairs), pairs (that there are), consistency_ratio
        (NaN where the judgements do not connect all criteria) and worst (the judgement that fits worst, in words).
    combined : Weights or None
        From the geometric mean of all judgements, by the criteria's names; None where there are none, or too few.
    problems : tuple of Problem
        Why there are none, where there are judgements.
    """

    axis: str
    table: pd.DataFrame
    raters: pd.DataFrame
    combined: Weights | None
    problems: tuple[Problem, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The criteria with their weights, as in `table`."""
        return self.table.copy()

    @property
    def consistency(self) -> Consistency | None:
        """How well all judgements together fit."""
        return self.combined.consistency if self.combined else None

    @property
    def ratio(self) -> float | None:
        """The consistency ratio of all judgements together."""
        return self.consistency.ratio if self.consistency else None

    @property
    def weights(self) -> dict[str, float]:
        """Criterion id → judged weight; empty where there is none."""
        return dict(zip(self.table["criterion_id"], self.table["judged"], strict=True)) if self.combined else {}

    @property
    def farthest(self) -> pd.Series | None:
        """The criterion whose judged weight is farthest from the one in use."""
        gaps = (self.table["judged"] - self.table["used"]).abs()
        return None if gaps.isna().all() else self.table.iloc[int(gaps.argmax())]

    @property
    def conclusion(self) -> str:
        """How far the judgements lie from the weights in use, and which of them to look at again."""
        if self.combined is None:
            return " ".join(f"{problem.found} {problem.remedy}" for problem in self.problems) or _("Nobody has judged.")
        return " ".join(text for text in (self.distance, self.fit) if text)

    @property
    def fit(self) -> str:
        """How well the judgements fit together, and which rater should look again at which."""
        loose = self.raters[self.raters["worst"] != ""]
        again = [
            _("{rater} should look again: {worst}.").format(rater=rater, worst=worst)
            for rater, worst in zip(loose["rater"], loose["worst"], strict=True)
        ]
        return " ".join([*([self.consistency.conclusion] if self.consistency else []), *again])

    @property
    def distance(self) -> str:
        """How far the judgements lie from the weights in use."""
        far = self.farthest
        if far is None or abs(far["judged"] - far["used"]) < NEAR - SAME:
            return ngettext(
                "The weights in use are within {near} percentage points of what {count} rater judges.",
                "The weights in use are within {near} percentage points of what {count} raters judge.",
                len(self.raters),
            ).format(near=round(100 * NEAR), count=len(self.raters))
        told = _("{criterion} weighs {used} in use and {judged} by the raters' judgements: look at it again.")
        return told.format(criterion=far["criterion"], used=percent(far["used"], 2), judged=percent(far["judged"], 2))


def judged_weights(criteria: pd.DataFrame, judgements: pd.DataFrame, raters: pd.DataFrame) -> tuple[JudgedWeights, ...]:
    """The weights from the raters' judgements beside those in use, an axis each.

    Parameters
    ----------
    criteria : DataFrame
        criterion_id, name, axis and weight.
    judgements : DataFrame
        rater_id, criterion_id, other_criterion_id and times: how many times as important the first is as the other.
    raters : DataFrame
        rater_id and name.

    Returns
    -------
    tuple of JudgedWeights
        For each axis that has two criteria or more, in the criteria's order; also for those that nobody judged.

    Raises
    ------
    DataError
        When a judgement is off the range from 1/9 to 9, or a rater judged a pair twice.

    Notes
    -----
    Every rater counts the same: the geometric mean of the judgements made (Aczél and Saaty 1983), then the principal
    eigenvector (Saaty 1980).

    Examples
    --------
    >>> criteria = pd.DataFrame({
    ...     "criterion_id": ["V", "R"], "name": ["Value", "Reach"], "axis": "value", "weight": [3.0, 1.0]})
    >>> judgements = pd.DataFrame({
    ...     "rater_id": ["A"], "criterion_id": ["V"], "other_criterion_id": ["R"], "times": [4.0]})
    >>> [one] = judged_weights(criteria, judgements, pd.DataFrame({"rater_id": ["A"], "name": ["Ana"]}))
    >>> one.table[["used", "judged"]].round(3).to_numpy().tolist()
    [[0.75, 0.8], [0.25, 0.2]]
    """
    names = dict(zip(raters["rater_id"], raters["name"], strict=True))
    axes = criteria.groupby("axis", sort=False)
    return tuple(_of_axis(str(axis), own, judgements, names) for axis, own in axes if len(own) > 1)


def finding(judged: Sequence[JudgedWeights]) -> str:
    """How far the axis lies whose judgements are farthest from the weights in use; "" where nobody judged."""
    far = {one.axis: (one.table["judged"] - one.table["used"]).abs().max() for one in judged if one.combined}
    return (
        next(one.distance for one in judged if one.axis == max(far, key=lambda axis: far[axis])).rstrip(".")
        if far
        else ""
    )


def weights_table(judged: Sequence[JudgedWeights]) -> pd.DataFrame:
    """The tables of all axes below one another, with the axis in words as a first column."""
    return _below(judged, [one.table for one in judged])


def raters_table(judged: Sequence[JudgedWeights]) -> pd.DataFrame:
    """The raters of all axes below one another, with the axis in words as a first column."""
    return _below(judged, [one.raters for one in judged])


def _below(judged: Sequence[JudgedWeights], frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    parts = [frame.assign(axis=label(one.axis)) for one, frame in zip(judged, frames, strict=True)]
    table = pd.concat(parts, ignore_index=True)
    return table[["axis", *(name for name in table.columns if name != "axis")]]


def shares_in_use(criteria: pd.DataFrame) -> pd.Series:
    """Each criterion's share of its axis's weight, by criterion_id; NaN where an axis weighs nothing."""
    total = criteria.groupby("axis")["weight"].transform("sum")
    shares = criteria["weight"] / total.where(total > 0)
    return shares.set_axis(criteria["criterion_id"]).rename("used")


def _of_axis(axis: str, criteria: pd.DataFrame, judgements: pd.DataFrame, names: Mapping[str, str]) -> JudgedWeights:
    called = criterion_names(criteria)
    given = judgements[
        judgements["criterion_id"].isin(list(called)) & judgements["other_criterion_id"].isin(list(called))
    ]
    matrices = {str(rater): _matrix(own, called) for rater, own in given.groupby("rater_id", sort=False)}
    own = {rater: _weights(matrix)[0] for rater, matrix in matrices.items()}
    combined, problems = _weights(*matrices.values()) if matrices else (None, ())
    table = criteria[["criterion_id"]].assign(criterion=list(called.values()), used=shares_in_use(criteria).to_numpy())
    table = table.reset_index(drop=True)
    table["judged"] = combined.weights.to_numpy() if combined else np.nan
    ranges = pd.DataFrame([weights.weights.to_numpy() for weights in own.values() if weights], columns=table.index)
    table["lowest"], table["highest"] = ranges.min().astype(float), ranges.max().astype(float)
    return JudgedWeights(axis, table, _raters(matrices, own, names), combined, problems)


def criterion_names(criteria: pd.DataFrame) -> dict[str, str]:
    """What each criterion is called in a sentence, by its id: its name, after its id where another has the same."""
    double = criteria["name"].duplicated(keep=False)
    told = (criteria["criterion_id"] + " " + criteria["name"]).where(double, criteria["name"])
    return dict(zip(criteria["criterion_id"], told, strict=True))


def _matrix(given: pd.DataFrame, called: Mapping[str, str]) -> pd.DataFrame:
    pairs = {
        (called[one], called[other]): float(times)
        for one, other, times in given[["criterion_id", "other_criterion_id", "times"]].itertuples(index=False)
    }
    return comparison_matrix(list(called.values()), pairs)


def _weights(*matrices: pd.DataFrame) -> tuple[Weights | None, tuple[Problem, ...]]:
    """The weights of one rater's comparisons or of those of several together, or why there are none."""
    try:
        return pairwise_weights(combined_comparisons(matrices)), ()
    except DataError as error:
        return None, error.problems


def _raters(
    matrices: Mapping[str, pd.DataFrame], own: Mapping[str, Weights | None], names: Mapping[str, str]
) -> pd.DataFrame:
    rows = []
    for rater, matrix in matrices.items():
        made = int((np.isfinite(matrix.to_numpy()).sum() - len(matrix)) // 2)
        weights = own[rater]
        fit = weights.consistency if weights else None
        worst = str(fit.worst) if fit and fit.worst and not fit.is_tolerable else ""
        pairs = len(matrix) * (len(matrix) - 1) // 2
        rows.append((rater, names.get(rater, rater), made, pairs, fit.ratio if fit else np.nan, worst))
    return pd.DataFrame(rows, columns=["rater_id", "rater", "judged", "pairs", "consistency_ratio", "worst"])
