"""How sure the order under a lens is: its places over draws of the weights and of the raters' scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from workbench.errors import NoSolutionError
from workbench.language import gettext as _
from workbench.planning import exclusions
from workbench.planning.lens_formulas import AXIS_OF, EQUAL, Weights
from workbench.planning.lenses import LENSES, RICE_LABELS, Lens
from workbench.planning.rank_acceptability import RankAcceptability
from workbench.planning.scoring import SAME
from workbench.planning.smaa import (
    CONCENTRATION,
    CONFIDENCE_SAMPLES,
    SAMPLES,
    Drawn,
    Group,
    Numbers,
    simulate,
)

LENS_GROUP = "lens"
"""Name of the group of value, urgency and simplicity; the other groups are called by their axis."""
RELATIVE_SAMPLES = 1_000
RELATIVE_CONFIDENCE_SAMPLES = 100
"""Fewer draws under a lens that has to compute each of them apart."""

Raters: TypeAlias = Literal["as_given", "resampled", "within_range"]
Known: TypeAlias = Literal["about", "nothing"]


def acceptability(
    table: pd.DataFrame,
    rated: pd.DataFrame,
    lens: str,
    complexity_ceiling: float = 60.0,
    weights: Weights = EQUAL,
    *,
    draw_weights: bool = True,
    known: Known = "about",
    raters: Raters = "as_given",
    concentration: float = CONCENTRATION,
    samples: int = SAMPLES,
    seed: int = 0,
) -> RankAcceptability:
    """How often each requirement takes each place under a lens, over draws of weights and raters' scores.

    Parameters
    ----------
    table : DataFrame
        From `workbench.planning.lenses.prepare`.
    rated : DataFrame
        From `workbench.planning.scoring.rated_scores`.
    lens : str
        One of `workbench.planning.lenses.LENSES`.
    complexity_ceiling : float
        Highest complexity that a lens with a ceiling lets in, in each draw anew.
    weights : mapping of str to float
        What value, urgency and simplicity weigh under a weighted lens.
    draw_weights : bool
        Whether to draw the weights of the criteria within each axis that the lens uses and, under a weighted lens, of
        value, urgency and simplicity. False holds them as given.
    known : str
        ``about``: drawn about the given weights (see `workbench.planning.smaa.smaa`); ``nothing``: all weights are
        equally likely.
    raters : str
        ``as_given``: the scores stand; ``resampled``: the raters are drawn anew, each with a random weight times its
        own (the Bayesian bootstrap); ``within_range``: each criterion's score of each requirement is drawn uniformly
        between its lowest and highest rater.
    concentration, samples, seed
        As in `workbench.planning.smaa.smaa`. Under a relative lens there are at most `RELATIVE_SAMPLES`.

    Returns
    -------
    RankAcceptability
        Of the requirements that the lens can score at all.

    Raises
    ------
    NoSolutionError
        When the lens uses no score, nothing is to be drawn, or it can score no requirement.
    SettingsError
        When the lens is unknown, or `samples` or `concentration` is not above zero.

    Notes
    -----
    Rubin (1981), The Bayesian bootstrap, *Annals of Statistics* 9(1), 130-134.
    """
    chosen = LENSES[lens]
    known_out = exclusions.left_out(table, chosen, float("inf"), weights)
    scored = table.drop(index=list(known_out))
    drawn = tuple(name for name, on in (("weights", draw_weights), ("raters", raters != "as_given")) if on)
    if scored.empty or not chosen.axes(table) or not drawn:
        raise NoSolutionError(_("There is nothing to draw: this order does not depend on scores and weights."))
    panel = _Panel.of(scored, rated, chosen, raters)
    model = _Model(scored, chosen, panel, complexity_ceiling, weights)
    return simulate(
        scored.index,
        [*panel.groups(known), *_lens_group(chosen, weights, known)],
        model,
        drawn=drawn,
        concentration=concentration,
        samples=min(samples, RELATIVE_SAMPLES) if chosen.is_relative else samples,
        confidence_samples=RELATIVE_CONFIDENCE_SAMPLES if chosen.is_relative else CONFIDENCE_SAMPLES,
        seed=seed,
    )


def _lens_group(lens: Lens, weights: Weights, known: Known) -> list[Group]:
    names = tuple(name for name in AXIS_OF if lens.is_weighted and weights[name] > 0)
    given = tuple(float(weights[name]) for name in names) if known == "about" else None
    return [Group(LENS_GROUP, names, given)] if names else []


@dataclass(frozen=True)
class _Panel:
    """What each rater gave, as arrays: raters × requirements × criteria, 0 where there is no score."""

    axes: dict[str, list[int]]
    criteria: list[str]
    weights: Numbers
    rater_weights: Numbers
    given: Numbers
    has_score: Numbers
    raters: Raters

    @classmethod
    def of(cls, scored: pd.DataFrame, rated: pd.DataFrame, lens: Lens, raters: Raters) -> _Panel:
        """The scores of these requirements on the axes that the lens uses."""
        axes = lens.axes(scored)
        own = rated[rated["requirement_id"].isin(scored.index) & rated["axis"].isin(axes)]
        wide = own.pivot(index="rater_id", columns=["requirement_id", "criterion_id"], values="goodness")
        described = own.drop_duplicates("criterion_id").set_index("criterion_id").sort_index()
        criteria, by_rater = list(described.index), own.groupby("rater_id")["rater_weight"].first()
        every = pd.MultiIndex.from_product([scored.index, criteria])
        flat = wide.reindex(index=by_rater.index, columns=every).to_numpy(dtype=float)
        cube = flat.reshape(len(by_rater), len(scored), len(criteria))
        places = {axis: [place for place, name in enumerate(described["axis"]) if name == axis] for axis in axes}
        weights = described["criterion_weight"].to_numpy(dtype=float)
        there = np.isfinite(cube)
        return cls(places, criteria, weights, by_rater.to_numpy(float), np.where(there, cube, 0.0), there * 1.0, raters)

    def groups(self, known: Known) -> list[Group]:
        """The criteria's weights, a group per axis."""
        return [
            Group(
                axis,
                tuple(self.criteria[place] for place in places),
                tuple(self.weights[places]) if known == "about" else None,
            )
            for axis, places in self.axes.items()
        ]

    def goodness(self, chance: np.random.Generator, count: int) -> tuple[Numbers, Numbers]:
        """Goodness of each requirement on each criterion, a layer per draw, and whether there is one."""
        there = (self.has_score.sum(axis=0) > 0) * 1.0
        if self.raters == "within_range":
            low = np.where(self.has_score > 0, self.given, np.inf).min(axis=0)
            high = np.where(self.has_score > 0, self.given, -np.inf).max(axis=0)
            low, high = (np.where(there > 0, end, 0.0) for end in (low, high))
            return chance.uniform(low, high, (count, *there.shape)), there
        weights = np.tile(self.rater_weights, (count, 1))
        if self.raters == "resampled":
            weights *= chance.standard_exponential(weights.shape)
        sums, totals = (np.tensordot(weights, cube, axes=1) for cube in (self.given, self.has_score))
        return np.divide(sums, totals, out=np.zeros_like(sums), where=totals > 0), there


@dataclass(frozen=True)
class _Model:
    """Draws the indices and gives the lens scores: a row per draw, a column per requirement."""

    scored: pd.DataFrame
    lens: Lens
    panel: _Panel
    ceiling: float
    weights: Weights

    def __call__(self, chance: np.random.Generator, drawn: Drawn) -> Numbers:
        count = len(next(iter(drawn.values())))
        goodness, there = self.panel.goodness(chance, count)
        stacked = {
            axis: _index(goodness[:, :, places], there[:, places], drawn[axis], axis)
            for axis, places in self.panel.axes.items()
        }
        names = [] if LENS_GROUP not in drawn else [name for name in AXIS_OF if self.weights[name] > 0]
        own = {name: drawn[LENS_GROUP][:, place] for place, name in enumerate(names)}
        scores = (self._each if self.lens.is_relative else self._all)(stacked, own, count)
        if self.lens.has_ceiling:
            scores = np.where(stacked["complexity"] > self.ceiling + SAME, np.nan, scores)
        return scores

    def _all(self, indices: dict[str, Numbers], own: dict[str, Numbers], count: int) -> Numbers:
        """The scores of all draws at once, as one long table."""
        rows = len(self.scored)
        fixed = self.scored[["moscow", *RICE_LABELS]] if set(self.lens.needs) & {"moscow", *RICE_LABELS} else None
        long = pd.DataFrame({axis: index.ravel() for axis, index in indices.items()})
        for name in [] if fixed is None else fixed.columns:
            long[name] = np.tile(self.scored[name].to_numpy(), count)
        weights = {name: np.repeat(own[name], rows) if name in own else 0.0 for name in AXIS_OF}
        return self.lens.key(long, weights).to_numpy().reshape(count, rows)

    def _each(self, indices: dict[str, Numbers], own: dict[str, Numbers], count: int) -> Numbers:
        """The scores of each draw apart, because they depend on the other requirements of the same draw."""
        scores = np.empty((count, len(self.scored)))
        for draw in range(count):
            one = pd.DataFrame({axis: index[draw] for axis, index in indices.items()})
            scores[draw] = self.lens.key(
                one, {name: float(own[name][draw]) if name in own else 0.0 for name in AXIS_OF}
            )
        return scores


def _index(goodness: Numbers, there: Numbers, weights: Numbers, axis: str) -> Numbers:
    """The index of an axis, 0 to 100, a row per draw; criteria without a score leave their weight to the others."""
    towards = 1 - goodness if axis == "complexity" else goodness
    sums = np.einsum("sj,sij,ij->si", weights, towards, there)
    totals = weights @ there.T
    return np.asarray(100 * np.divide(sums, totals, out=np.full_like(sums, np.nan), where=totals > 0))
