"""Spreads of outcomes that reproduce what was published of them: an ordinary part, a fat tail, or a mean alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from workbench.errors import NoSolutionError
from workbench.language import gettext as _

WIDEST, NARROWEST = 0.0, 7.0
"""Logarithms of the concentration between which a hump is looked for."""


class Spread(Protocol):
    """How far outcomes go beyond their plan; 0.2 is 20% more cost, more time, or less benefit than planned."""

    @property
    def mean(self) -> float:
        """The mean."""

    def share_below(self, excess: float) -> float:
        """Share of the outcomes that stay at this excess or below it."""

    def quantile(self, share: float) -> float:
        """The excess that this share of the outcomes stays below; the share above 0 and below 1."""


@dataclass(frozen=True)
class Hump:
    """A beta distribution between two ends.

    Attributes
    ----------
    low, high : float
        The ends.
    mean : float
        Between them.
    concentration : float
        Sum of the two shape parameters, above 0: the larger, the narrower.
    """

    low: float
    high: float
    mean: float
    concentration: float

    @property
    def _shape(self) -> tuple[float, float]:
        place = (self.mean - self.low) / (self.high - self.low)
        return place * self.concentration, (1 - place) * self.concentration

    def share_below(self, excess: float) -> float:
        """Share of the outcomes that stay at this excess or below it."""
        from scipy.special import betainc

        place = (excess - self.low) / (self.high - self.low)
        return float(betainc(*self._shape, min(max(place, 0.0), 1.0)))

    def quantile(self, share: float) -> float:
        """The excess that this share of the outcomes stays below."""
        from scipy.special import betaincinv

        return self.low + (self.high - self.low) * float(betaincinv(*self._shape, share))


@dataclass(frozen=True)
class Tail:
    """A power law: the share above an excess falls with the power of the excess.

    Attributes
    ----------
    low : float
        Where it begins, above 0.
    power : float
        Above 1, so that there is a mean; at 2 or less the variance is infinite when there is no upper end.
    high : float
        Where it ends; infinite by default.

    Examples
    --------
    >>> Tail(1.0, 2.0).mean, Tail(1.0, 2.0).share_below(2.0)
    (2.0, 0.75)
    """

    low: float
    power: float
    high: float = math.inf

    @property
    def _kept(self) -> float:
        """Share of the endless power law that lies below the upper end."""
        return float(1 - (self.low / self.high) ** self.power)

    @property
    def mean(self) -> float:
        """The mean."""
        lost = self.low / self.high
        return float(self.power / (self.power - 1) * self.low * (1 - lost ** (self.power - 1)) / self._kept)

    def share_below(self, excess: float) -> float:
        """Share of the outcomes that stay at this excess or below it."""
        if excess <= self.low:
            return 0.0
        return float(min((1 - (self.low / excess) ** self.power) / self._kept, 1.0))

    def quantile(self, share: float) -> float:
        """The excess that this share of the outcomes stays below."""
        return float(self.low * (1 - share * self._kept) ** (-1 / self.power))


@dataclass(frozen=True)
class MeanAlone:
    """What assumes least when a mean is all that is known (maximum entropy) and no outcome lies below 0.

    Without an upper end this is the exponential distribution, with one it is the exponential cut there.

    Attributes
    ----------
    mean : float
        Above 0, and below the upper end.
    high : float
        Upper end; infinite by default.

    Notes
    -----
    Jaynes (1957), Information theory and statistical mechanics, *Physical Review* 106, 620-630.

    Examples
    --------
    >>> round(MeanAlone(0.5).quantile(0.5), 3), round(MeanAlone(0.25, high=1.0).quantile(0.5), 3)
    (0.347, 0.185)
    """

    mean: float
    high: float = math.inf

    @cached_property
    def rate(self) -> float:
        """The rate at which the density falls, below 0 where it rises."""
        if math.isinf(self.high):
            return 1 / self.mean
        if math.isclose(self.mean, self.high / 2):
            return 0.0
        # Mirrored, a mean above the middle is one below it.
        nearer = min(self.mean, self.high - self.mean) / self.high
        steep = _root(lambda rate: 1 / rate - 1 / math.expm1(min(rate, 700.0)) - nearer, 1e-6, 1 / nearer)
        return math.copysign(steep / self.high, self.high / 2 - self.mean)

    def share_below(self, excess: float) -> float:
        """Share of the outcomes that stay at this excess or below it."""
        excess = min(max(excess, 0.0), self.high)
        if self.rate == 0:
            return excess / self.high
        return math.expm1(-self.rate * excess) / self._whole

    def quantile(self, share: float) -> float:
        """The excess that this share of the outcomes stays below."""
        if self.rate == 0:
            return share * self.high
        return -math.log1p(share * self._whole) / self.rate

    @property
    def _whole(self) -> float:
        return math.expm1(-self.rate * self.high)


@dataclass(frozen=True)
class Mixture:
    """Parts of a whole, each with its own spread.

    Attributes
    ----------
    parts : tuple of (float, Spread)
        The share of each part, together 1, and its spread.

    Examples
    --------
    >>> both = Mixture(((0.5, Tail(1.0, 2.0)), (0.5, MeanAlone(1.0))))
    >>> both.mean, round(both.quantile(0.5), 3)
    (1.5, 1.197)
    """

    parts: tuple[tuple[float, Spread], ...]

    @property
    def mean(self) -> float:
        """The mean."""
        return sum(share * part.mean for share, part in self.parts)

    def share_below(self, excess: float) -> float:
        """Share of the outcomes that stay at this excess or below it."""
        return sum(share * part.share_below(excess) for share, part in self.parts)

    def quantile(self, share: float) -> float:
        """The excess that this share of the outcomes stays below."""
        ends = [part.quantile(share) for _share, part in self.parts]
        if math.isclose(min(ends), max(ends)):
            return ends[0]
        return _root(lambda excess: self.share_below(excess) - share, min(ends), max(ends))


def with_tail(mean: float, tail_share: float, tail: Tail, within: float, share_within: float) -> Mixture:
    """The spread of a whole of which a tail is known: the rest is a hump that makes the whole's figures true.

    The hump lies between total saving (an excess of −1) and where the tail begins. Its mean is what the whole's mean
    leaves for it; its concentration is what makes the stated share of the whole end near the plan.

    Parameters
    ----------
    mean : float
        Of the whole.
    tail_share : float
        Share of the tail, above 0 and below 1.
    tail : Tail
        Its spread.
    within, share_within : float
        So near to the plan, on either side, that share of the whole ends.

    Raises
    ------
    NoSolutionError
        When no hump does that.

    Examples
    --------
    >>> whole = with_tail(0.27, 1 / 6, Tail(1.0, 2.0), within=0.1, share_within=0.2)
    >>> round(whole.mean, 6), round(whole.share_below(0.1) - whole.share_below(-0.1), 6)
    (0.27, 0.2)
    """
    rest = (mean - tail_share * tail.mean) / (1 - tail_share)
    wanted = share_within / (1 - tail_share)

    def missed(logarithm: float) -> float:
        hump = Hump(-1.0, tail.low, rest, math.exp(logarithm))
        return hump.share_below(within) - hump.share_below(-within) - wanted

    if missed(NARROWEST) * missed(WIDEST) > 0:
        told = _("No spread outside the tail has a mean of {mean} and {share} within {within} of the plan.")
        raise NoSolutionError(told.format(mean=rest, share=share_within, within=within))
    concentration = math.exp(_root(missed, WIDEST, NARROWEST))
    return Mixture(((1 - tail_share, Hump(-1.0, tail.low, rest, concentration)), (tail_share, tail)))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-13, rtol=1e-13))
