"""The smallest change of weights that changes the first place: exact, on the simplex."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import listed, percent
from workbench.planning.lens_draws import LENS_GROUP
from workbench.planning.lens_formulas import AXIS_OF, EQUAL, WEIGHT_LABELS, Weights
from workbench.planning.lenses import LENSES, Lens
from workbench.planning.prioritisation import Ranking
from workbench.planning.scoring import AXIS_LABELS, RequirementScores
from workbench.results import Result

Numbers: TypeAlias = NDArray[np.float64]
ABOVE_CEILING = ""
"""In place of a challenger: the first itself is left out, because its complexity passes the ceiling."""


@dataclass(frozen=True)
class NearestWeights:
    """The nearest weights at which another draws level with the first.

    Attributes
    ----------
    challenger : str
        Which draws level; `ABOVE_CEILING` when the first passes the complexity ceiling instead.
    distance : float
        Share of the weight that moves from some criteria to others: the total variation distance between the given and
        the new weights, which is half of the sum of the absolute differences. 0 when they are level already.
    given, new : Series
        Weights per criterion, summing to 1.
    """

    challenger: str
    distance: float
    given: pd.Series
    new: pd.Series

    @property
    def gives(self) -> dict[str, float]:
        """What loses weight, and how much of it."""
        lost = (self.given - self.new).round(9)
        return {str(name): float(share) for name, share in lost.items() if share > 0}

    @property
    def takes(self) -> dict[str, float]:
        """What gains weight, and how much."""
        gained = (self.new - self.given).round(9)
        return {str(name): float(share) for name, share in gained.items() if share > 0}


@dataclass(frozen=True, eq=False)
class Stability(Result):
    """How little has to change in the weights for the first place to change.

    Attributes
    ----------
    first : str
        The requirement in first place; empty when none is ranked.
    changes : mapping of str to NearestWeights or None
        Per group of weights (an axis of criteria, or ``lens``) the smallest change within it, all other weights held;
        None where no weights of the group bring another level.
    unjudged : tuple of str
        Requirements that miss a score on a criterion of some group: their index is no sum over all its weights, so that
        they are not looked at there.
    names : mapping of str to str
        What each criterion is called.
    is_exact : bool
        False under a lens whose score is no sum over weights: nothing is computed then.
    """

    first: str
    changes: Mapping[str, NearestWeights | None]
    unjudged: tuple[str, ...]
    names: Mapping[str, str]
    is_exact: bool = True

    def to_frame(self) -> pd.DataFrame:
        """A row per group and criterion: group, criterion_id, criterion, given, new, challenger and distance."""
        rows = [
            (group, str(key), self.names[str(key)], given, change.new[str(key)], change.challenger, change.distance)
            for group, change in self.changes.items()
            if change is not None
            for key, given in change.given.items()
        ]
        columns = ["group", "criterion_id", "criterion", "given", "new", "challenger", "distance"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def smallest(self) -> tuple[str, NearestWeights] | None:
        """The group with the smallest change, and that change; None where no group has any."""
        found = [(group, change) for group, change in self.changes.items() if change is not None]
        return min(found, key=lambda pair: pair[1].distance, default=None)

    @property
    def conclusion(self) -> str:
        """The smallest change in words, or that there is none."""
        if not self.is_exact:
            return _("Under this lens the score is no sum over weights: no smallest change can be computed exactly.")
        if not self.changes:
            return _("No weights that could change enter this order.")
        if self.smallest is None:
            return _("No change of the weights within one group puts another requirement first.")
        group, change = self.smallest
        if change.distance <= 0:
            return _("{id} is level with the first already.").format(id=change.challenger)
        return self._told(group, change)

    @property
    def published(self) -> dict[str, object] | None:
        """The smallest change as plain values for ``results.json``; None where there is none."""
        if self.smallest is None:
            return None
        group, change = self.smallest
        return {
            "group": group,
            "distance": change.distance,
            "challenger": change.challenger or None,
            "from": change.gives,
            "to": change.takes,
        }

    def _told(self, group: str, change: NearestWeights) -> str:
        told = _(
            "Moving {share} of the weight of {group}, from {givers} to {takers}, is enough for {challenger} to draw "
            "level with {first}."
        )
        if change.challenger == ABOVE_CEILING:
            told = _(
                "Moving {share} of the weight of {group}, from {givers} to {takers}, is enough for {first} to pass the "
                "complexity ceiling."
            )
        return told.format(
            share=percent(change.distance, 2),
            group=group_told(group),
            givers=listed([self.names[name] for name in change.gives]),
            takers=listed([self.names[name] for name in change.takes]),
            challenger=change.challenger,
            first=self.first,
        )


def group_told(group: str) -> str:
    """What a group of weights is called in a sentence."""
    return _("the lens") if group == LENS_GROUP else _(AXIS_LABELS[group])


def smallest_change(utilities: pd.DataFrame, weights: pd.Series, first: str) -> NearestWeights | None:
    """The smallest change of weights at which another alternative of an additive model draws level with the first.

    Parameters
    ----------
    utilities : DataFrame
        A row per alternative and a column per criterion; higher is better. The score is their weighted sum.
    weights : Series
        Given weights per criterion, zero or more; brought to a sum of 1.
    first : str
        The alternative in first place.

    Returns
    -------
    NearestWeights or None
        None when no weights do it.

    Raises
    ------
    DataError
        When a figure is missing or all weights are zero.

    Notes
    -----
    For one challenger the gap g·w to the first must fall to zero. Weight moved from criterion j to the one on which the
    first stands worst against the challenger, k, lowers the gap by g_j − g_k a unit: so it is taken from the criteria
    with the largest g_j first. That is the optimum of the linear programme, in closed form.

    Examples
    --------
    >>> utilities = pd.DataFrame({"gain": [1.0, 0.0], "ease": [0.0, 1.0]}, index=["A", "B"])
    >>> smallest_change(utilities, pd.Series({"gain": 0.7, "ease": 0.3}), "A").distance.__round__(9)
    0.2
    """
    given = _normalised(utilities, weights)
    rows = utilities.to_numpy(dtype=float)
    own = utilities.loc[first].to_numpy(dtype=float)
    found = [
        (str(name), _nearest(own - row, given.to_numpy()))
        for name, row in zip(utilities.index, rows, strict=True)
        if name != first
    ]
    return _least(found, given)


def stability(table: pd.DataFrame, scores: RequirementScores, ranking: Ranking, weights: Weights = EQUAL) -> Stability:
    """The smallest change of the criteria's weights, or of a weighted sum's own, that changes the first place.

    One group of weights is changed at a time, all others are held.

    Parameters
    ----------
    table : DataFrame
        From `workbench.planning.lenses.prepare`.
    scores : RequirementScores
        What the table was made of.
    ranking : Ranking
        From `workbench.planning.prioritisation.prioritise`, with the same weights.
    weights : mapping of str to float
        What value, urgency and simplicity weigh under a weighted lens.
    """
    lens = LENSES[ranking.lens]
    names = dict(zip(scores.contributions["criterion_id"], scores.contributions["criterion"], strict=True))
    names |= {name: _(label) for name, label in WEIGHT_LABELS.items()}
    if ranking.table.empty or lens.is_relative:
        return Stability("", {}, (), names, is_exact=not lens.is_relative)
    ranked = table.loc[ranking.table["requirement_id"]]
    first = str(ranked.index[0])
    changes: dict[str, NearestWeights | None] = {}
    unjudged: list[str] = []
    for axis in lens.axes(table):
        every = table.loc[[*ranked.index, *ranking.too_complex]] if axis == "complexity" else ranked
        goodness, given = _criteria_of(scores.contributions, every.index, axis)
        unjudged += [str(key) for key in every.index.difference(goodness.index)]
        if first in goodness.index:
            changes[axis] = _within_axis(every.loc[goodness.index], goodness, given, first, ranking, lens, axis)
    if lens.is_weighted:
        given = pd.Series({name: float(weights[name]) for name in AXIS_OF if weights[name] > 0})
        parts = {name: (100 - ranked[axis]) if name == "simplicity" else ranked[axis] for name, axis in AXIS_OF.items()}
        changes[LENS_GROUP] = smallest_change(pd.DataFrame(parts)[list(given.index)], given, first)
    return Stability(first, changes, tuple(dict.fromkeys(unjudged)), names)


def _within_axis(
    every: pd.DataFrame,
    goodness: pd.DataFrame,
    given: pd.Series,
    first: str,
    ranking: Ranking,
    lens: Lens,
    axis: str,
) -> NearestWeights | None:
    towards = 100 * (1 - goodness if axis == "complexity" else goodness)
    utilities = _utilities(every, towards, lens, axis, ranking.weights)
    if axis != "complexity" or ranking.complexity_ceiling is None:
        return smallest_change(utilities.dropna(), given, first) if first in utilities.dropna().index else None
    return _under_ceiling(utilities, towards, given, first, ranking.complexity_ceiling)


def _utilities(table: pd.DataFrame, towards: pd.DataFrame, lens: Lens, axis: str, weights: Weights) -> pd.DataFrame:
    """Figures whose weighted sum over the criteria of an axis puts requirements in the lens's order.

    Every lens is a straight line in each index, apart from the complexity that it divides by; the score at weighted
    criteria is then the weighted sum of the scores at each criterion alone. What is divided is put in order by
    complexity over it, without the floor of 1.
    """
    if axis == "complexity" and lens.divides_by_complexity:
        divided = lens.key(table.assign(complexity=1.0), weights)
        return towards.mul(-1).div(divided.where(divided > 0), axis=0)
    return pd.DataFrame({name: lens.key(table.assign(**{axis: towards[name]}), weights) for name in towards.columns})


def _criteria_of(contributions: pd.DataFrame, ids: pd.Index, axis: str) -> tuple[pd.DataFrame, pd.Series]:
    """Goodness by requirement and criterion of an axis, where all are scored, and the criteria's weights."""
    own = contributions[(contributions["axis"] == axis) & contributions["requirement_id"].isin(ids)]
    goodness = own.pivot(index="requirement_id", columns="criterion_id", values="goodness").dropna()
    goodness = goodness.reindex([key for key in ids if key in goodness.index])
    whole = own[own["requirement_id"].isin(goodness.index)]
    return goodness, whole.groupby("criterion_id")["weight_share"].first()


def _under_ceiling(
    utilities: pd.DataFrame, complexity: pd.DataFrame, given: pd.Series, first: str, ceiling: float
) -> NearestWeights | None:
    """As `smallest_change`, where a challenger must keep to the complexity ceiling, and so must the first."""
    weights = _normalised(utilities, given)
    own, limit = utilities.loc[first].to_numpy(), ceiling - complexity
    found = [(ABOVE_CEILING, _nearest(limit.loc[first].to_numpy(), weights.to_numpy()))]
    for name in utilities.index.drop(first):
        constraints = np.array([own - utilities.loc[name].to_numpy(), -limit.loc[name].to_numpy()])
        found.append((str(name), _nearest_of_several(constraints, weights.to_numpy())))
    return _least(found, weights)


def _nearest(gaps: Numbers, weights: Numbers) -> Numbers | None:
    """The nearest weights at which the weighted sum of the gaps is not above zero."""
    new = weights.copy()
    worst = int(np.argmin(gaps))
    if gaps[worst] > 0:
        return None
    for place in np.argsort(-gaps, kind="stable"):
        gap = float(new @ gaps)
        if gap <= 0:
            break
        if gaps[place] > gaps[worst]:
            moved = min(new[place], gap / (gaps[place] - gaps[worst]))
            new[place] -= moved
            new[worst] += moved
    return new


def _nearest_of_several(constraints: Numbers, weights: Numbers) -> Numbers | None:
    """The nearest weights at which several weighted sums are not above zero, by linear programming."""
    from scipy.optimize import linprog

    if (constraints @ weights <= 0).all():
        return weights
    if (constraints[1:] @ weights <= 0).all():
        alone = _nearest(constraints[0], weights)
        if alone is None or (constraints @ alone <= 1e-9).all():
            return alone
    count = len(weights)
    gained = np.hstack([np.eye(count), -np.eye(count)])  # new − gained <= given
    bounds = np.vstack([gained, np.hstack([constraints, np.zeros_like(constraints)])])
    limits = np.concatenate([weights, np.zeros(len(constraints))])
    sums = np.concatenate([np.ones(count), np.zeros(count)])[None, :]
    found = linprog(np.concatenate([np.zeros(count), np.ones(count)]), bounds, limits, sums, [1.0], method="highs")
    return np.asarray(found.x[:count]) if found.status == 0 else None


def _least(found: list[tuple[str, Numbers | None]], given: pd.Series) -> NearestWeights | None:
    """The nearest of all; the first in the list where several are equally near."""
    changes = [
        NearestWeights(
            name, float(np.abs(new - given.to_numpy()).sum() / 2), given, pd.Series(new, index=given.index, dtype=float)
        )
        for name, new in found
        if new is not None
    ]
    return min(changes, key=lambda change: round(change.distance, 9), default=None)


def _normalised(utilities: pd.DataFrame, weights: pd.Series) -> pd.Series:
    given = weights.reindex(utilities.columns).astype(float)
    sound = bool(np.isfinite(given).all()) and bool((given >= 0).all()) and float(given.sum()) > 0
    if not sound or utilities.isna().any(axis=None):
        found = _("A weight or a figure is missing, or all weights are zero.")
        raise DataError(Problem(found, _("a figure and a weight for each criterion"), _("Enter what is missing.")))
    return given / given.sum()
