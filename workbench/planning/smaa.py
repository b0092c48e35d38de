"""SMAA-2: how often each alternative takes each place when weights and scores are drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.errors import DataError, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import listed
from workbench.planning.rank_acceptability import RankAcceptability
from workbench.planning.scoring import SAME

CONCENTRATION = 20.0
"""How close drawn weights lie to given ones: a given third is drawn from 15% to 55% in 19 of 20 cases."""
SAMPLES = 10_000
CONFIDENCE_SAMPLES = 1_000
"""Draws of the scores, with the weights held, for each confidence factor."""
BATCH = 1_000_000
"""Most scores drawn at a time."""

Numbers: TypeAlias = NDArray[np.float64]
Drawn: TypeAlias = Mapping[str, Numbers]
"""Weights by group: a row per draw, a column per weight."""
Evaluate: TypeAlias = Callable[[np.random.Generator, Drawn], Numbers]
"""Draws the scores and gives a row per draw and a column per alternative, NaN where one is left out."""


@dataclass(frozen=True)
class Group:
    """Weights that share 100% among them: their name, what each belongs to, and what was given (None: nothing)."""

    name: str
    names: tuple[str, ...]
    given: tuple[float, ...] | None = None


def smaa(
    utilities: pd.DataFrame,
    weights: pd.Series | None = None,
    *,
    lowest: pd.DataFrame | None = None,
    highest: pd.DataFrame | None = None,
    concentration: float = CONCENTRATION,
    samples: int = SAMPLES,
    seed: int = 0,
) -> RankAcceptability:
    """Draw weights, and scores where they are uncertain, of an additive model, and count the places.

    Parameters
    ----------
    utilities : DataFrame
        A row per alternative and a column per criterion; higher is better, and all on one scale.
    weights : Series, optional
        Given weights per criterion, about which to draw (a Dirichlet distribution with this mean). Without them all
        weights are equally likely (uniform on the simplex).
    lowest, highest : DataFrame, optional
        Like `utilities`: ends between which each score is drawn, uniformly and independently.
    concentration : float
        How close drawn weights lie to the given ones: a weight w has the variance w (1 − w) / (concentration + 1).
    samples : int
        Number of draws.
    seed : int
        The same seed gives the same shares.

    Raises
    ------
    DataError
        When a figure is missing, or there is nothing to compare.
    SettingsError
        When `samples` or `concentration` is not above zero.

    Notes
    -----
    Lahdelma and Salminen (2001), SMAA-2: Stochastic multicriteria acceptability analysis for group decision making,
    *Operations Research* 49(3), 444-454.

    Examples
    --------
    >>> utilities = pd.DataFrame({"gain": [1.0, 0.0, 0.6], "ease": [0.0, 1.0, 0.6]}, index=["A", "B", "C"])
    >>> smaa(utilities, seed=1).shares[1].round(1).to_dict()
    {'A': 0.4, 'B': 0.4, 'C': 0.2}
    """
    _check(utilities, lowest, highest)
    low, high = ((utilities if end is None else end).to_numpy(dtype=float) for end in (lowest, highest))
    names = tuple(str(name) for name in utilities.columns)
    given = None if weights is None else tuple(weights.reindex(utilities.columns).astype(float))

    def scores(chance: np.random.Generator, drawn: Drawn) -> Numbers:
        count = len(drawn[""])
        if lowest is None and highest is None:
            return np.asarray(drawn[""] @ low.T)
        cells = chance.uniform(low, high, (count, *low.shape))
        return np.asarray(np.einsum("sj,sij->si", drawn[""], cells))

    what = ("weights",) if lowest is None and highest is None else ("weights", "raters")
    return simulate(
        utilities.index,
        [Group("", names, given)],
        scores,
        drawn=what,
        concentration=concentration,
        samples=samples,
        seed=seed,
    )


def simulate(
    names: pd.Index,
    groups: Sequence[Group],
    evaluate: Evaluate,
    *,
    drawn: tuple[str, ...],
    concentration: float = CONCENTRATION,
    samples: int = SAMPLES,
    confidence_samples: int = CONFIDENCE_SAMPLES,
    seed: int = 0,
) -> RankAcceptability:
    """Count the places over draws of any model.

    Parameters
    ----------
    names : Index
        The alternatives.
    groups : sequence of Group
        The weights to draw. They are held at what is given when `drawn` does not name them.
    evaluate : callable
        Draws the scores and ranks: see `Evaluate`.
    drawn : tuple of str
        ``weights``, ``raters`` or both: what is drawn.
    concentration, samples, seed
        As in `smaa`.
    confidence_samples : int
        Draws of the scores for each confidence factor.

    Raises
    ------
    SettingsError
        When `samples` or `concentration` is not above zero.
    """
    _check_settings(samples, concentration)
    chance = np.random.default_rng(seed)
    tally = _Tally(len(names))
    size = max(1, BATCH // max(len(names), 1))
    for start in range(0, samples, size):
        weights = draw_weights(chance, groups, min(size, samples - start), concentration, held="weights" not in drawn)
        tally.add(_places(evaluate(chance, weights), chance), weights)
    counts = confidence_samples if "raters" in drawn else 1
    confidence = [_confidence(place, tally, groups, evaluate, chance, counts) for place in range(len(names))]
    return _result(names, groups, tally, confidence, drawn, samples, seed, counts)


def draw_weights(
    chance: np.random.Generator, groups: Sequence[Group], count: int, concentration: float, *, held: bool = False
) -> dict[str, Numbers]:
    """Weights by group: drawn about what is given, uniformly where nothing is, or held at what is given."""
    drawn = {}
    for group in groups:
        given = _about(group)
        shares = given / given.sum()
        drawn[group.name] = np.tile(shares, (count, 1))
        if not held:
            about = given if group.given is None else concentration * shares
            drawn[group.name][:, about > 0] = chance.dirichlet(about[about > 0], count)
    return drawn


def _about(group: Group) -> Numbers:
    return np.ones(len(group.names)) if group.given is None else np.array(group.given, dtype=float)


@dataclass
class _Tally:
    """What the draws so far add up to."""

    size: int
    places: Numbers = field(init=False)
    wins: Numbers = field(init=False)
    weights: dict[str, Numbers] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.places = np.zeros((self.size, self.size + 1))
        self.wins = np.zeros((self.size, self.size))

    def add(self, places: NDArray[np.int64], weights: Drawn) -> None:
        """Count draws: a row each, a column per alternative, 0 where it is not ranked."""
        last = np.where(places == 0, self.size + 1, places)
        for one in range(self.size):
            self.places[one] += np.bincount(places[:, one], minlength=self.size + 1)
            self.wins[one] += (last[:, [one]] < last).sum(axis=0)
        for name, drawn in weights.items():
            self.weights[name] = self.weights.get(name, 0.0) + (places == 1).T @ drawn


def _places(scores: Numbers, chance: np.random.Generator) -> NDArray[np.int64]:
    """The place of each alternative in each draw, level ones in random order; 0 where it is not ranked."""
    order = np.lexsort((chance.random(scores.shape), -scores.round(_DECIMALS)), axis=-1)
    places = np.empty(scores.shape, dtype=np.int64)
    np.put_along_axis(places, order, np.arange(1, scores.shape[1] + 1)[None, :], axis=1)
    return np.where(np.isnan(scores), 0, places)


_DECIMALS = round(-np.log10(SAME))


def _confidence(
    place: int, tally: _Tally, groups: Sequence[Group], evaluate: Evaluate, chance: np.random.Generator, count: int
) -> float:
    """How often an alternative is first at its central weights, over draws of the scores."""
    times = tally.places[place, 1]
    if not times:
        return np.nan
    central = {group.name: np.tile(tally.weights[group.name][place] / times, (count, 1)) for group in groups}
    scores = np.nan_to_num(evaluate(chance, central).round(_DECIMALS), nan=-np.inf)
    level = (scores == scores.max(axis=1, keepdims=True)) & np.isfinite(scores)
    return float((level[:, place] / np.maximum(level.sum(axis=1), 1)).mean())


def _result(
    index: pd.Index,
    groups: Sequence[Group],
    tally: _Tally,
    confidence: list[float],
    drawn: tuple[str, ...],
    samples: int,
    seed: int,
    confidence_samples: int,
) -> RankAcceptability:
    times = tally.places[:, [1]]
    columns = pd.MultiIndex.from_tuples(
        [(group.name, name) for group in groups for name in group.names], names=["group", "weight"]
    )
    sums = np.hstack([tally.weights[group.name] for group in groups])
    central = np.divide(sums, times, out=np.full_like(sums, np.nan), where=times > 0)
    return RankAcceptability(
        pd.DataFrame(tally.places[:, 1:] / samples, index=index, columns=range(1, len(index) + 1)),
        pd.Series(tally.places[:, 0] / samples, index=index),
        pd.DataFrame(central, index=index, columns=columns),
        pd.Series(confidence, index=index, dtype=float),
        pd.DataFrame(tally.wins / samples, index=index, columns=list(index)),
        pd.Series(np.concatenate([_about(group) / _about(group).sum() for group in groups]), index=columns),
        drawn,
        samples,
        seed,
        confidence_samples,
    )


def _check_settings(samples: int, concentration: float) -> None:
    problems = []
    for name, value in (("samples", samples), ("concentration", concentration)):
        if not (np.isfinite(value) and value > 0):
            found = _("{name} is {value}.").format(name=name, value=value)
            problems.append(Problem(found, _("a number above zero"), _("Correct {name}.").format(name=name)))
    if problems:
        raise SettingsError(problems)


def _check(utilities: pd.DataFrame, lowest: pd.DataFrame | None, highest: pd.DataFrame | None) -> None:
    if utilities.empty:
        found = _("There is nothing to compare.")
        remedy = _("Add what is to be compared.")
        raise DataError(Problem(found, _("at least one alternative and one criterion"), remedy))
    lacking = [
        str(key)
        for frame in (utilities, lowest, highest)
        if frame is not None
        for key in frame.index[frame.isna().any(axis=1)]
    ]
    if lacking:
        found = _("There is no figure for some criterion of {ids}.").format(ids=listed(list(dict.fromkeys(lacking))))
        raise DataError(Problem(found, _("a number for each criterion"), _("Enter the figure.")))
