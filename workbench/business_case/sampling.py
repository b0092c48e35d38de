"""Draws of the assumptions: Sobol points or random ones, correlated by a Gaussian copula."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.business_case.distribution_families import Numbers
from workbench.business_case.distributions import Distribution
from workbench.business_case.nearest_correlation import lower_factor
from workbench.errors import Problem, SettingsError
from workbench.language import either
from workbench.language import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK = 2**14
"""Draws computed at a time: a power of two, with columns that fit into a processor's cache."""
SAMPLINGS = ("sobol", "random")
HALF_A_CELL = 2.0**-31
"""Half the distance between two Sobol numbers of 30 bits; added to each, so that none is 0."""


def uniform_points(dimensions: int, draws: int, *, sampling: str = "sobol", seed: int = 1) -> Iterator[Numbers]:
    """Points spread over the unit cube, in chunks of `CHUNK`; none has a coordinate of 0 or 1.

    Parameters
    ----------
    dimensions : int
        1 or more.
    draws : int
        How many points.
    sampling : {"sobol", "random"}
        Scrambled Sobol points, which fill the cube evenly (best with a power of two), or independent ones.
    seed : int
        The same seed gives the same points.

    Yields
    ------
    ndarray, shape (at most `CHUNK`, dimensions)

    Raises
    ------
    SettingsError
        When there is no such sampling, or no draws.
    """
    if sampling not in SAMPLINGS or draws < 1:
        found = _("A simulation with {draws} draws and the sampling {name} is not possible.")
        expected = _("1 draw or more, and {names}").format(names=either(SAMPLINGS))
        raise SettingsError(Problem(found.format(draws=draws, name=sampling), expected, _("Correct them.")))
    source = _sobol(dimensions, seed) if sampling == "sobol" else _random(dimensions, seed)
    for start in range(0, draws, CHUNK):
        count = min(CHUNK, draws - start)
        yield source(count)


def _sobol(dimensions: int, seed: int) -> Callable[[int], Numbers]:
    from scipy.stats import qmc

    engine: Any = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))

    def points(count: int) -> Numbers:
        # A whole power of two is taken and cut: SciPy warns of any other first number.
        return np.asarray(engine.random(2 ** math.ceil(math.log2(count)))[:count] + HALF_A_CELL)

    return points


def _random(dimensions: int, seed: int) -> Callable[[int], Numbers]:
    chance = np.random.default_rng(seed)

    def points(count: int) -> Numbers:
        return np.maximum(chance.random((count, dimensions)), np.finfo(float).tiny)

    return points


@dataclass(frozen=True, eq=False)
class Copula:
    """Assumptions that vary, drawn from points in the unit cube.

    Attributes
    ----------
    spread : tuple of Distribution
        The assumptions that vary, in the order of the cube's dimensions.
    normal_scores : ndarray, shape (n, n)
        Correlations of the normal scores; see `correlation.correlations`.
    """

    spread: tuple[Distribution, ...]
    normal_scores: Numbers

    @classmethod
    def of(cls, spread: Mapping[str, Distribution], normal_scores: Numbers) -> Copula:
        """The copula of those that vary among all distributions."""
        return cls(tuple(each for each in spread.values() if each.varies), normal_scores)

    @property
    def moving(self) -> NDArray[np.int64]:
        """Positions of the assumptions that move with another."""
        return np.flatnonzero((self.normal_scores - np.eye(len(self.spread))).any(axis=1))

    def draw(self, points: Numbers) -> dict[str, Numbers]:
        """The assumptions' values at points of the unit cube.

        Parameters
        ----------
        points : ndarray, shape (draws, n)

        Returns
        -------
        dict of str to ndarray, shape (draws,)
        """
        from scipy.special import ndtr, ndtri

        moving = self.moving
        # A row per assumption, because its draws are then computed from one piece of memory.
        shares = points.T.copy()
        if len(moving):
            factor = lower_factor(self.normal_scores[np.ix_(moving, moving)])
            shares[moving] = within(ndtr(factor @ ndtri(shares[moving])))
        return {each.name: each.quantile(shares[at]) for at, each in enumerate(self.spread)}

    def of_normal_scores(self, scores: Numbers) -> dict[str, Numbers]:
        """The assumptions' values at normal scores that are correlated already; shape (draws, n)."""
        from scipy.special import ndtr

        shares = within(ndtr(scores.T))
        return {each.name: each.quantile(shares[at]) for at, each in enumerate(self.spread)}


def within(shares: Any) -> Numbers:
    """Shares that rounding took to 0 or 1, put back inside."""
    return np.asarray(np.clip(shares, np.finfo(float).tiny, 1 - np.finfo(float).epsneg), dtype=float)
