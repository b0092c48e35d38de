"""Shares of draws: how surely a counted share is known, and how it is told."""

from __future__ import annotations

import math
from collections.abc import Mapping

from workbench import language
from workbench.language import gettext as _

CONFIDENCE_Z = 1.959963984540054
"""Standard normal quantile of a two-sided interval of 95%."""


def wilson_interval(count: int, draws: int) -> tuple[float, float]:
    """The 95% interval of a share, from how many of so many draws.

    Parameters
    ----------
    count, draws : int
        At most all draws; one draw or more.

    Notes
    -----
    Wilson (1927), Probable inference, the law of succession, and statistical inference, *Journal of the American
    Statistical Association* 22, 209-212. It holds for independent draws. Scrambled Sobol points spread more evenly, so
    that it is usually wider than it need be for them.

    Examples
    --------
    >>> [round(end, 4) for end in wilson_interval(10, 10)]
    [0.7225, 1.0]
    """
    share, z = count / draws, CONFIDENCE_Z
    middle = share + z**2 / (2 * draws)
    half = z * math.sqrt(share * (1 - share) / draws + z**2 / (4 * draws**2))
    scale = 1 + z**2 / draws
    return max((middle - half) / scale, 0.0), min((middle + half) / scale, 1.0)


def share_told(share: float) -> str:
    """A share of draws as a percentage, which is 0% or 100% only where none or all are meant.

    Examples
    --------
    >>> with language.using("en"):
    ...     share_told(0.99999), share_told(1.0), share_told(0.2561)
    ('99.9%', '100%', '25.6%')
    """
    return language.percent(share if share in (0, 1) else min(max(share, 0.001), 0.999))


def negative_told(shares: Mapping[str, float]) -> list[str]:
    """A sentence on the lines that fall below zero in some draws; nothing where none does.

    Parameters
    ----------
    shares : mapping of str to float
        Share of the draws by line.

    Examples
    --------
    >>> with language.using("en"):
    ...     negative_told({"C-1": 0.25})
    ['Some lines fall below zero in some of the draws, and count as they are: C-1 in 25%.']
    """
    if not shares:
        return []
    each = _("{line} in {share}")
    below = [each.format(line=line, share=share_told(share)) for line, share in shares.items()]
    told = _("Some lines fall below zero in some of the draws, and count as they are: {lines}.")
    return [told.format(lines=language.listed(below))]
