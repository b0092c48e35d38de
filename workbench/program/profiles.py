"""Profiles: how a line's monthly amount develops over its life."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.language import gettext as _

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MONTHS_A_YEAR = 12
KINDS = ("even", "one_off", "ramp", "s_curve", "percentages", "growth")

_WRITTEN = re.compile(
    r"(even|one[\s_-]*off|ramp|s[\s_-]*curve|percentages|growth)(?![a-z])[\s:_]*(.*)", re.IGNORECASE | re.DOTALL
)
_BETWEEN_FIGURES = re.compile(r"[;\s]+|,\s+")


class ProfileError(ValueError):
    """A text that is no profile: what was found, and what was expected."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(" ".join((found, _("Expected: {what}.").format(what=expected))))


@dataclass(frozen=True)
class Profile:
    """How a monthly amount develops, as a multiple of the full amount.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    figures : tuple of float
        Months of a ramp or S-curve, percentages a year, or yearly growth in per cent; empty for the others.
    """

    kind: str = "even"
    figures: tuple[float, ...] = ()

    @classmethod
    def parse(cls, text: str, parse_number: Callable[[str], float] = float) -> Profile:
        """Read a profile as people write it; ``str`` of it can be read again in any locale.

        Parameters
        ----------
        text : str
            ``even``, ``one_off``, ``ramp 12``, ``s_curve 12``, ``percentages 50 80 100`` or ``growth 3%``.
        parse_number : callable
            Reads a number in the program's locale; raises ValueError for anything else.

        Raises
        ------
        ProfileError
            A ValueError that says what was found and what was expected, in the language in use.

        Examples
        --------
        >>> Profile.parse("S-curve: 12")
        Profile(kind='s_curve', figures=(12.0,))
        """
        written = _WRITTEN.fullmatch(text.strip())
        if written is None:
            raise _unknown(text)
        kind = re.sub(r"[\s_-]+", "", written[1].lower())
        kind = {"oneoff": "one_off", "scurve": "s_curve"}.get(kind, kind)
        return cls(kind, tuple(_figure(part, text, parse_number) for part in _parts(written[2])))

    def __post_init__(self) -> None:
        expected = _broken_rule(self.kind, self.figures)
        if expected:
            raise ProfileError(_("The profile “{text}” is not complete or not possible.").format(text=self), expected)

    def __str__(self) -> str:
        figures = " ".join(repr(figure).removesuffix(".0") for figure in self.figures)
        sign = "%" if self.kind == "growth" and figures else ""
        return f"{self.kind} {figures}{sign}".strip()

    def multipliers(self, months: int) -> NDArray[np.float64]:
        """The multiple of the full monthly amount in each month of the line's life.

        The S-curve is the cubic smoothstep 3x² − 2x³ at x = month ÷ N: monotone, symmetric about its middle, and
        with the same sum over its N months as the linear ramp.

        Parameters
        ----------
        months : int
            Length of the line's life.

        Returns
        -------
        ndarray of float, shape (months,)

        Raises
        ------
        ValueError
            When months is below zero.

        Examples
        --------
        >>> Profile.parse("ramp 4").multipliers(6).tolist()
        [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
        """
        import numpy as np

        if months < 0:
            raise ValueError(_("A line cannot live for {count} months.").format(count=months))
        month = np.arange(months)
        if self.kind == "one_off":
            return np.where(month == 0, 1.0, 0.0)
        if self.kind in ("ramp", "s_curve"):
            reached = np.minimum((month + 1) / self.figures[0], 1.0)
            return reached if self.kind == "ramp" else reached**2 * (3 - 2 * reached)
        year = month // MONTHS_A_YEAR
        if self.kind == "percentages":
            return np.asarray(self.figures)[np.minimum(year, len(self.figures) - 1)] / 100
        growth = self.figures[0] / 100 if self.kind == "growth" else 0.0
        return np.asarray((1.0 + growth) ** year, dtype=float)

    def is_over_after(self, months: int) -> bool:
        """Whether nothing comes any more after so many months of the line's life."""
        if self.kind == "one_off":
            return months >= 1
        if self.kind != "percentages":
            return False
        return not any(self.figures[min(months // MONTHS_A_YEAR, len(self.figures) - 1) :])


def _parts(text: str) -> list[str]:
    without_signs = re.sub(r"\s*%", " ", text).strip()
    return [part for part in _BETWEEN_FIGURES.split(without_signs) if part]


def _figure(part: str, text: str, parse_number: Callable[[str], float]) -> float:
    told = _("The profile “{text}” holds “{part}”, which is not a number.").format(text=text.strip(), part=part)
    try:
        figure = float(parse_number(part))
    except ValueError:
        raise ProfileError(told, _("a number")) from None
    if not math.isfinite(figure):
        raise ProfileError(told, _("a number"))
    return figure


def _broken_rule(kind: str, figures: tuple[float, ...]) -> str:
    """What was expected of the figures of this kind, where they are something else."""
    if kind in ("even", "one_off"):
        return _("{kind} without a number").format(kind=kind) if figures else ""
    if kind == "percentages":
        fine = figures and all(0 <= figure <= 10_000 for figure in figures)
        return "" if fine else _("percentages of 0 to 10000, one for each year, for example percentages 50 80 100")
    if kind == "growth":
        fine = len(figures) == 1 and -100 < figures[0] <= 1000
        return "" if fine else _("one yearly percentage above −100 and up to 1000, for example growth 3%")
    if kind not in KINDS:
        return _("one of {kinds}").format(kinds=", ".join(KINDS))
    fine = len(figures) == 1 and figures[0] >= 1 and figures[0].is_integer()
    return "" if fine else _("a whole number of months, 1 or more, for example {kind} 12").format(kind=kind)


def _unknown(text: str) -> ProfileError:
    found = _("The profile “{text}” is not known.") if text.strip() else _("The profile is empty.")
    expected = _("even, one_off, ramp 12, s_curve 12, percentages 50 80 100 or growth 3%")
    return ProfileError(found.format(text=text.strip()), expected)
