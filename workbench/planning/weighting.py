"""Weights of criteria: by direct entry, by swing, or from pairwise comparisons."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import listed, percent
from workbench.language import mark as N_
from workbench.planning.consistency import Consistency
from workbench.planning.scoring import SAME
from workbench.results import Result

METHOD_LABELS = {
    "direct": N_("direct entry"),
    "swing": N_("swing weighting"),
    "pairwise": N_("pairwise comparison"),
}
"""What each method is called in a sentence; translate it where it is shown."""
FULL_SWING = 100.0
"""Points of the most important swing."""


@dataclass(frozen=True, eq=False)
class Weights(Result):
    """What each criterion weighs.

    Attributes
    ----------
    weights : Series
        Per criterion, in the order given; they sum to 1.
    method : str
        One of `METHOD_LABELS`.
    consistency : Consistency or None
        How well the pairwise comparisons fit together; None for the other methods.
    """

    weights: pd.Series
    method: str
    consistency: Consistency | None = None

    def to_frame(self) -> pd.DataFrame:
        """criterion_id and weight, in the order given."""
        return self.weights.rename("weight").rename_axis("criterion_id").reset_index()

    @property
    def conclusion(self) -> str:
        """What weighs most and least, and how consistent the comparisons are."""
        top, least = _named(self.weights, self.weights.max()), _named(self.weights, self.weights.min())
        if self.weights.max() - self.weights.min() <= SAME:
            told = _("By {method}, all criteria weigh the same: {share}.")
        else:
            told = _("By {method}, {top} weighs most ({share}) and {least} least ({least_share}).")
        told = told.format(
            method=_(METHOD_LABELS[self.method]),
            top=top,
            share=percent(self.weights.max(), 2),
            least=least,
            least_share=percent(self.weights.min(), 2),
        )
        return told if self.consistency is None else f"{told} {self.consistency.conclusion}"


def direct_weights(points: Mapping[str, float]) -> Weights:
    """Weights as people state them, brought to a sum of 1.

    Parameters
    ----------
    points : mapping of str to float
        Criterion → its points, in any unit; zero or more.

    Raises
    ------
    DataError
        When points are negative or missing, or all are zero.

    Examples
    --------
    >>> direct_weights({"Value": 3, "Reach": 1}).weights.tolist()
    [0.75, 0.25]
    """
    _check_points(points, lambda value: value >= 0, _("a number, zero or more"))
    return _normalised(points, "direct")


def swing_weights(points: Mapping[str, float]) -> Weights:
    """Weights from the worth of a swing from the worst to the best on each criterion's scale.

    Ask which criterion the committee would swing first if all stood at their worst: it gets 100 points. Each other
    swing is then given points against that one.

    Parameters
    ----------
    points : mapping of str to float
        Criterion → points of its swing, 0 to 100; at least one has 100.

    Raises
    ------
    DataError
        When points are off this range or missing, or none is 100.

    Notes
    -----
    von Winterfeldt and Edwards (1986), *Decision Analysis and Behavioral Research*, Cambridge University Press.

    Examples
    --------
    >>> swing_weights({"Value": 100, "Reach": 60, "Cost": 40}).weights.tolist()
    [0.5, 0.3, 0.2]
    """
    _check_points(points, lambda value: 0 <= value <= FULL_SWING, _("a number from 0 to 100"))
    if not math.isclose(max(points.values()), FULL_SWING):
        found = _("The highest swing has {found} points.").format(found=max(points.values()))
        remedy = _("Give the most important swing 100 points and the others theirs against it.")
        raise DataError(Problem(found, "100", remedy))
    return _normalised(points, "swing")


def _check_points(points: Mapping[str, float], is_sound: Callable[[float], bool], expected: str) -> None:
    problems = [
        Problem(_("{name} has {found} points.").format(name=name, found=value), expected, _("Correct the points."))
        for name, value in points.items()
        if not (math.isfinite(value) and is_sound(value))
    ]
    if not problems and not sum(points.values()) > 0:
        problems = [
            Problem(_("No criterion has any points."), _("points above zero"), _("Give points to at least one."))
        ]
    if problems:
        raise DataError(problems)


def _normalised(points: Mapping[str, float], method: str) -> Weights:
    series = pd.Series(dict(points), dtype=float).rename_axis("criterion_id").rename("weight")
    return Weights(series / series.sum(), method)


def _named(weights: pd.Series, weight: float) -> str:
    return listed([str(name) for name in weights.index[(weights - weight).abs() <= SAME]])
