"""How well pairwise comparisons fit together, and which one fits worst."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.language import gettext as _
from workbench.language import number, percent

TOLERATED = 0.1
"""Highest consistency ratio that Saaty tolerates."""
EXACT = 1e-6
"""Consistency index below which the comparisons fit exactly: the rest is rounding."""
LARGEST = 9.0
"""Saaty's scale goes from 1/9 to 9."""


@dataclass(frozen=True)
class Judgement:
    """One comparison, and what the others would have it be.

    Attributes
    ----------
    one, other : str
        The two criteria, named so that `given` is how many times as important the first was said to be.
    given : float
        As stated.
    implied : float
        As the other comparisons together have it.
    """

    one: str
    other: str
    given: float
    implied: float

    def __str__(self) -> str:
        told = _("{one} against {other} was given as {given}; the other comparisons put it at {implied}")
        return told.format(one=self.one, other=self.other, given=ratio(self.given), implied=ratio(self.implied))


@dataclass(frozen=True)
class Consistency:
    """How well pairwise comparisons fit together.

    Attributes
    ----------
    principal_eigenvalue : float
        n when they fit exactly, otherwise more.
    index : float
        (principal eigenvalue − n) / (n − 1).
    random_index : float
        What the index is on average for comparisons made at random.
    ratio : float
        index ÷ random_index; 0 when they cannot but fit.
    missing : int
        Comparisons that were not made.
    worst : Judgement or None
        The comparison that fits worst; None when all fit exactly.
    """

    principal_eigenvalue: float
    index: float
    random_index: float
    ratio: float
    missing: int
    worst: Judgement | None

    @property
    def is_tolerable(self) -> bool:
        """Whether the ratio is at most 0.1, as Saaty asks."""
        return self.ratio <= TOLERATED

    @property
    def conclusion(self) -> str:
        """The ratio against Saaty's bound, and the comparison to look at again."""
        if self.worst is None:
            told = _("The comparisons fit together exactly.")
        elif self.is_tolerable:
            told = _("The consistency ratio is {ratio}, within the {bound} that Saaty tolerates.")
        else:
            told = _("The consistency ratio is {ratio}, above the {bound} that Saaty tolerates. Look again: {worst}.")
        told = told.format(ratio=percent(self.ratio, 2), bound=percent(TOLERATED), worst=self.worst)
        if self.missing:
            told += " " + _("Comparisons not made: {count}.").format(count=self.missing)
        return told


def ratio(value: float) -> str:
    """A comparison in words: ``3``, or ``1/3`` where the second is the more important.

    Examples
    --------
    >>> ratio(3.0), ratio(0.5)
    ('3', '1/2')
    """
    return number(value, 2) if value >= 1 else f"1/{number(1 / value, 2)}"
