"""The named segments of RFM: eleven, each a rectangle of recency and frequency scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis

from workbench.language import gettext as _
from workbench.language import mark as N_


@dataclass(frozen=True)
class Segment:
    """A named segment.

    Attributes
    ----------
    key : str
        What tables call it.
    title : str
        What people read, to be translated.
    recency, frequency : tuple of int
        Least and greatest score that it takes.
    """

    key: str
    title: str
    recency: tuple[int, int]
    frequency: tuple[int, int]

    def holds(self, r: Any, f: Any) -> Any:
        """Whether scores, numbers or columns of an engine, fall into it."""
        (r_low, r_high), (f_low, f_high) = self.recency, self.frequency
        return (r >= r_low) & (r <= r_high) & (f >= f_low) & (f <= f_high)


SEGMENTS = (
    Segment("champions", N_("Champions"), (5, 5), (4, 5)),
    Segment("loyal", N_("Loyal"), (3, 4), (4, 5)),
    Segment("potential", N_("Potentially loyal"), (4, 5), (2, 3)),
    Segment("new", N_("New"), (5, 5), (1, 1)),
    Segment("promising", N_("Promising"), (4, 4), (1, 1)),
    Segment("attention", N_("Needing attention"), (3, 3), (3, 3)),
    Segment("falling_asleep", N_("Falling asleep"), (3, 3), (1, 2)),
    Segment("not_to_lose", N_("Not to be lost"), (1, 2), (5, 5)),
    Segment("at_risk", N_("At risk"), (1, 2), (3, 4)),
    Segment("asleep", N_("Asleep"), (2, 2), (1, 2)),
    Segment("gone", N_("Gone"), (1, 1), (1, 2)),
)
"""Every pair of scores is in one of them and in no other; those that buy lately and often come first."""

ORDER = tuple(segment.key for segment in SEGMENTS)


def segment_of(r: Any, f: Any) -> Any:
    """The key of the segment of scores, as an expression of the engine."""
    return ibis.cases(*((segment.holds(r, f), segment.key) for segment in SEGMENTS))


def segment_key(r: int, f: int) -> str:
    """The key of the segment of two scores.

    Examples
    --------
    >>> segment_key(5, 1), segment_key(1, 5)
    ('new', 'not_to_lose')
    """
    return next(segment.key for segment in SEGMENTS if segment.holds(r, f))


def title(key: str) -> str:
    """What a segment is called in the language in use."""
    return _(next((segment.title for segment in SEGMENTS if segment.key == key), key))
