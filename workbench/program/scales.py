"""The scales that requirements are scored on: linear, Fibonacci, powers of two, or the committee's own values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workbench.errors import DataError, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import listed, number
from workbench.language import mark as N_

SCALE_LABELS = {
    "linear": N_("Linear"),
    "fibonacci": N_("Fibonacci"),
    "powers_of_two": N_("Powers of two"),
    "own": N_("Own values"),
}
"""What each kind of scale is called; translate it where it is shown."""
SAME_VALUE = 1e-9
MOST_VALUES = 1001
"""Most values that a scale may have."""
MOST_OFFERED = 11
"""Most scores of a linear scale that are offered one by one."""


@dataclass(frozen=True)
class Scale:
    """The scores that may be given on a criterion.

    Attributes
    ----------
    kind : str
        One of `SCALE_LABELS`.
    values : tuple of float
        All scores that may be given, ascending; those to offer where all between them may be given too.
    is_stepless : bool
        Whether every number between the lowest and the highest may be given.
    """

    kind: str
    values: tuple[float, ...]
    is_stepless: bool = False

    @property
    def minimum(self) -> float:
        """The lowest score."""
        return self.values[0]

    @property
    def maximum(self) -> float:
        """The highest score."""
        return self.values[-1]

    def problem_with(self, score: float) -> Problem | None:
        """What is wrong with a score, or None."""
        if self.holds(score):
            return None
        found = _("The score {found} is not on the scale.").format(found=score)
        return Problem(found, self.told, _("Give one of these scores."))

    def holds(self, score: float) -> bool:
        """Whether a score may be given."""
        if self.is_stepless:
            return self.minimum <= score <= self.maximum
        return any(math.isclose(score, value, abs_tol=SAME_VALUE) for value in self.values)

    @property
    def told(self) -> str:
        """The scores that may be given, in words."""
        if self.is_stepless:
            least, most = number(self.minimum, 15), number(self.maximum, 15)
            return _("a number from {least} to {most}").format(least=least, most=most)
        return listed([number(value, 15) for value in self.values])

    def check(self, scores: Iterable[float]) -> None:
        """Refuse scores that are not on the scale.

        Raises
        ------
        DataError
            With every score that is off the scale.
        """
        problems = [problem for score in scores if (problem := self.problem_with(score))]
        if problems:
            raise DataError(problems)


def scale_of(criterion: Mapping[str, Any]) -> Scale:
    """The scale of a criterion.

    Parameters
    ----------
    criterion : mapping of str to object
        A row of the table ``criteria``: scale_min, scale_max, scale and, for an own scale, levels.

    Returns
    -------
    Scale
        On a linear scale every number from the lowest to the highest may be given. Fibonacci numbers and powers of two
        are those between the two, both included.

    Raises
    ------
    SettingsError
        When there are fewer than two scores, or an own one is no number, stands twice, or is not between the two.

    Examples
    --------
    >>> scale_of({"scale_min": 2, "scale_max": 13, "scale": "fibonacci"}).values
    (2.0, 3.0, 5.0, 8.0, 13.0)
    """
    low, high = float(criterion["scale_min"]), float(criterion["scale_max"])
    return _scale(criterion.get("scale") or "linear", low, high, tuple(criterion.get("levels") or ()))


def levels_of(criterion: Mapping[str, Any]) -> tuple[float, ...]:
    """The scores to offer on a criterion, ascending; of a long linear scale, eleven equal steps.

    Examples
    --------
    >>> levels_of({"scale_min": 1, "scale_max": 5, "scale": "linear", "levels": ()})
    (1.0, 2.0, 3.0, 4.0, 5.0)
    >>> levels_of({"scale_min": 0, "scale_max": 9, "scale": "own", "levels": ("9", "0.5", "3")})
    (0.5, 3.0, 9.0)
    """
    return scale_of(criterion).values


@lru_cache(maxsize=256)
def _scale(kind: str, low: float, high: float, levels: tuple[str, ...]) -> Scale:
    if kind == "own":
        return _checked(own_values(_numbers(levels)), low, high)
    if kind == "linear":
        return Scale(kind, _offered(low, high), is_stepless=True)
    made = fibonacci(high) if kind == "fibonacci" else powers_of_two(high)
    return _checked(Scale(kind, tuple(value for value in made.values if value >= low)), low, high)


def _offered(low: float, high: float) -> tuple[float, ...]:
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise SettingsError(_no_scale(low, high))
    if low.is_integer() and high.is_integer() and high - low < MOST_OFFERED:
        return linear(low, high).values
    return tuple(low + (high - low) * step / (MOST_OFFERED - 1) for step in range(MOST_OFFERED))


def _numbers(levels: Iterable[str]) -> list[float]:
    try:
        return [float(level) for level in levels]
    except ValueError as error:
        found = _("The scale has the values {values}.").format(values=listed(list(levels)))
        raise SettingsError(Problem(found, _("at least two numbers, each once"), _("Correct the values."))) from error


def _checked(made: Scale, low: float, high: float) -> Scale:
    if len(made.values) < 2 or not low <= made.minimum <= made.maximum <= high:
        raise SettingsError(_no_scale(low, high))
    return made


def _no_scale(low: float, high: float) -> Problem:
    return Problem(
        _("The scale goes from {low} to {high}.").format(low=low, high=high),
        _("at least two scores, all from the lowest to the highest"),
        _("Correct the ends or the values."),
    )


def linear(minimum: float, maximum: float, step: float = 1.0) -> Scale:
    """Equal steps from the lowest score to the highest.

    Raises
    ------
    SettingsError
        When the steps do not lead from the lowest to the highest score.

    Examples
    --------
    >>> linear(1, 5).values
    (1.0, 2.0, 3.0, 4.0, 5.0)
    """
    steps = (maximum - minimum) / step if step > 0 else math.nan
    whole = math.isfinite(steps) and math.isclose(steps, round(steps), abs_tol=1e-6)
    if not whole or not 1 <= round(steps) < MOST_VALUES:
        raise SettingsError(
            Problem(
                _("The scale goes from {low} to {high} in steps of {step}.").format(
                    low=minimum, high=maximum, step=step
                ),
                _("a lowest score below the highest, and a step that leads from one to the other"),
                _("Correct the ends or the step."),
            )
        )
    return Scale("linear", tuple(float(minimum + place * step) for place in range(round(steps) + 1)))


def fibonacci(maximum: float = 21) -> Scale:
    """1, 2, 3, 5, 8, … up to the highest score: steps that widen, for what is hard to estimate.

    Raises
    ------
    SettingsError
        When the highest score is below 2 or not finite.

    Examples
    --------
    >>> fibonacci(13).values
    (1.0, 2.0, 3.0, 5.0, 8.0, 13.0)
    """
    _check_highest(maximum)
    values = [1.0, 2.0]
    while (following := values[-2] + values[-1]) <= maximum:
        values.append(following)
    return Scale("fibonacci", tuple(values))


def powers_of_two(maximum: float = 32) -> Scale:
    """1, 2, 4, 8, … up to the highest score: each is worth twice the one before.

    Raises
    ------
    SettingsError
        When the highest score is below 2 or not finite.

    Examples
    --------
    >>> powers_of_two(10).values
    (1.0, 2.0, 4.0, 8.0)
    """
    _check_highest(maximum)
    return Scale("powers_of_two", tuple(2.0**power for power in range(math.floor(math.log2(maximum)) + 1)))


def own_values(values: Iterable[float]) -> Scale:
    """The committee's own scores, in any order.

    Raises
    ------
    SettingsError
        With fewer than two values, or values that are equal or not finite.

    Examples
    --------
    >>> own_values([10, 0, 1, 3]).values
    (0.0, 1.0, 3.0, 10.0)
    """
    given = sorted(float(value) for value in values)
    finite = all(math.isfinite(value) for value in given)
    if not finite or len(set(given)) < len(given) or not 2 <= len(given) <= MOST_VALUES:
        raise SettingsError(
            Problem(
                _("The scale has the values {values}.").format(values=listed([str(value) for value in given]) or "–"),
                _("at least two numbers, each once"),
                _("Correct the values."),
            )
        )
    return Scale("own", tuple(given))


def _check_highest(maximum: float) -> None:
    if not (math.isfinite(maximum) and maximum >= 2):
        found = _("The highest score is {found}.").format(found=maximum)
        raise SettingsError(Problem(found, _("a number from 2 up"), _("Correct the highest score.")))
