"""How little has to change in the weights for another requirement to come first under a lens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.language import gettext as _
from workbench.language import listed, ngettext, percent
from workbench.planning.lens_draws import LENS_GROUP
from workbench.planning.lens_formulas import AXIS_OF, COMPLEXITY_FLOOR, EQUAL, WEIGHT_LABELS, Weights
from workbench.planning.lenses import LENSES, Lens
from workbench.planning.nearest_weights import (
    CEILING,
    NearestWeights,
    smallest_change,
    smallest_change_of_ratios,
    smallest_change_within,
)
from workbench.planning.prioritisation import MOST_NAMED, Ranking
from workbench.planning.scoring import AXIS_LABELS, RequirementScores
from workbench.results import Result


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
        """The smallest change within one group in words, or that there is none, and which were not looked at."""
        return " ".join(filter(None, (self._smallest_told(), self._unjudged_told())))

    def _smallest_told(self) -> str:
        if not self.is_exact:
            return _("Under this lens the score is no sum over weights: no smallest change can be computed exactly.")
        if not self.changes:
            return "" if self.unjudged else _("No weights that could change enter this order.")
        if self.smallest is None and self.unjudged:
            return _(
                "Among the requirements with all scores, no change of the weights within one group puts another first."
            )
        if self.smallest is None:
            return _("No change of the weights within one group puts another requirement first.")
        group, change = self.smallest
        if change.distance <= 0 and change.challenger == CEILING:
            told = _("{first} stands at the complexity ceiling: the least change of weight may take it above.")
            return told.format(first=self.first)
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
            "level with {first}; no smaller change within one group of weights does it."
        )
        if change.challenger == CEILING:
            told = _(
                "Moving {share} of the weight of {group}, from {givers} to {takers}, is enough for {first} to pass the "
                "complexity ceiling; no smaller change within one group of weights puts another requirement first."
            )
        return told.format(
            share=percent(change.distance, 2),
            group=group_told(group),
            givers=listed([self.names[name] for name in change.gives]),
            takers=listed([self.names[name] for name in change.takes]),
            challenger=change.challenger,
            first=self.first,
        )

    def _unjudged_told(self) -> str:
        if len(self.unjudged) > MOST_NAMED:
            told = _("{count} requirements miss a score on a criterion of some group; they are not looked at there.")
            return told.format(count=len(self.unjudged))
        told = ngettext(
            "{ids} misses a score on a criterion of some group; it is not looked at there.",
            "{ids} miss a score on a criterion of some group; they are not looked at there.",
            len(self.unjudged),
        )
        return told.format(ids=listed(list(self.unjudged))) if self.unjudged else ""


def group_told(group: str) -> str:
    """What a group of weights is called in a sentence."""
    return _("the lens") if group == LENS_GROUP else _(AXIS_LABELS[group])


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
    for axis in _axes_that_count(lens, table, weights):
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


def _axes_that_count(lens: Lens, table: pd.DataFrame, weights: Weights) -> list[str]:
    """The axes whose criteria's weights can change the order: an index that weighs nothing does not."""
    return [axis for axis in lens.axes(table) if not lens.is_weighted or axis in lens.needed(weights)]


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
    if axis == "complexity" and lens.divides_by_complexity:
        divided = lens.key(every.assign(complexity=COMPLEXITY_FLOOR), ranking.weights) * COMPLEXITY_FLOOR
        return smallest_change_of_ratios(divided, towards, given, first, COMPLEXITY_FLOOR)
    # What is above the ceiling may miss another index that the lens needs.
    utilities = _utilities(every, towards, lens, axis, ranking.weights).dropna()
    if axis != "complexity" or ranking.complexity_ceiling is None:
        return smallest_change(utilities, given, first)
    return smallest_change_within(utilities, towards.loc[utilities.index], given, first, ranking.complexity_ceiling)


def _utilities(table: pd.DataFrame, towards: pd.DataFrame, lens: Lens, axis: str, weights: Weights) -> pd.DataFrame:
    """Figures whose weighted sum over the criteria of an axis is the lens score.

    Every lens is a straight line in each index, apart from the complexity that it divides by; the score at weighted
    criteria is then the weighted sum of the scores at each criterion alone.
    """
    return pd.DataFrame({name: lens.key(table.assign(**{axis: towards[name]}), weights) for name in towards.columns})


def _criteria_of(contributions: pd.DataFrame, ids: pd.Index, axis: str) -> tuple[pd.DataFrame, pd.Series]:
    """Goodness by requirement and criterion of an axis, where all are scored, and the criteria's weights."""
    own = contributions[(contributions["axis"] == axis) & contributions["requirement_id"].isin(ids)]
    goodness = own.pivot(index="requirement_id", columns="criterion_id", values="goodness").dropna()
    goodness = goodness.reindex([key for key in ids if key in goodness.index])
    whole = own[own["requirement_id"].isin(goodness.index)]
    return goodness, whole.groupby("criterion_id")["weight_share"].first()
