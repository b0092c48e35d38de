"""Scales and what may be scored on them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import DataError, SettingsError
from workbench.program.scales import fibonacci, levels_of, linear, own_values, powers_of_two, scale_of


def test_the_scales_that_people_know():
    assert linear(1, 5).values == (1, 2, 3, 4, 5)
    assert linear(0, 1, 0.25).values == (0, 0.25, 0.5, 0.75, 1)
    assert fibonacci().values == (1, 2, 3, 5, 8, 13, 21)
    assert fibonacci(20).values == (1, 2, 3, 5, 8, 13)
    assert powers_of_two().values == (1, 2, 4, 8, 16, 32)
    assert own_values([9, 0, 3]).values == (0, 3, 9)
    assert (own_values([9, 0, 3]).minimum, own_values([9, 0, 3]).maximum) == (0, 9)


@given(st.integers(-50, 50), st.integers(1, 100))
def test_a_linear_scale_lets_in_its_own_values_and_nothing_between(low, steps):
    scale = linear(low, low + steps)
    scale.check(range(low, low + steps + 1))
    for score in (low - 1, low + steps + 1, low + 0.5, math.nan, math.inf):
        assert scale.problem_with(score)


def test_every_score_off_the_scale_is_told():
    with pytest.raises(DataError) as caught:
        fibonacci(8).check([1, 4, 5, 6])
    assert [problem.found for problem in caught.value.problems] == [
        "The score 4 is not on the scale.",
        "The score 6 is not on the scale.",
    ]
    assert caught.value.problems[0].expected == "1, 2, 3, 5, and 8"


@pytest.mark.parametrize(
    ("make", "numbers"),
    [
        (linear, (5, 1)),
        (linear, (1, 5, 0)),
        (linear, (1, 5, 3)),
        (linear, (0, 1e9)),
        (linear, (math.nan, 1)),
        (fibonacci, (1,)),
        (fibonacci, (math.inf,)),
        (powers_of_two, (math.nan,)),
        (own_values, ([],)),
        (own_values, ([1],)),
        (own_values, ([1, 1],)),
        (own_values, ([1, math.nan],)),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_what_is_no_scale_is_refused(make, numbers):
    with pytest.raises(SettingsError):
        make(*numbers)


def criterion(kind: str, low: float, high: float, *levels: str) -> dict[str, object]:
    return {"scale_min": low, "scale_max": high, "scale": kind, "levels": levels}


@pytest.mark.parametrize(
    ("row", "levels"),
    [
        (criterion("linear", 1, 5), (1, 2, 3, 4, 5)),
        (criterion("", 0, 10), (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
        (criterion("linear", 0, 100), (0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)),
        (criterion("linear", 0, 0.5), (0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)),
        (criterion("fibonacci", 1, 21), (1, 2, 3, 5, 8, 13, 21)),
        (criterion("fibonacci", 3, 20), (3, 5, 8, 13)),
        (criterion("powers_of_two", 0, 8), (1, 2, 4, 8)),
        (criterion("own", 0, 9, "9", "0.5", "3"), (0.5, 3, 9)),
    ],
    ids=["linear", "empty", "long", "fractions", "fibonacci", "fibonacci within", "powers of two", "own"],
)
def test_the_levels_of_a_criterion(row, levels):
    assert levels_of(row) == pytest.approx(levels)


def test_a_linear_criterion_takes_every_number_between_its_ends():
    scale = scale_of(criterion("linear", 1, 5))
    assert all(map(scale.holds, (1, 2.5, 5)))
    assert not any(map(scale.holds, (0.999, 5.001, math.nan, math.inf)))
    assert scale.told == "a number from 1 to 5"


@pytest.mark.parametrize("kind", ["fibonacci", "powers_of_two", "own"])
def test_a_stepped_criterion_takes_its_levels_and_nothing_between(kind):
    row = criterion(kind, 1, 8, "1", "4", "8")
    scale = scale_of(row)
    assert all(map(scale.holds, levels_of(row)))
    assert not any(map(scale.holds, (1.5, 6, 7, 16, math.nan)))


@pytest.mark.parametrize(
    "row",
    [
        criterion("linear", 5, 1),
        criterion("linear", 1, math.inf),
        criterion("fibonacci", 6, 7),
        criterion("powers_of_two", 5, 8),
        criterion("fibonacci", 0, 1),
        criterion("own", 0, 9),
        criterion("own", 0, 9, "1"),
        criterion("own", 0, 9, "1", "1.0"),
        criterion("own", 0, 9, "1", "10"),
        criterion("own", 1, 9, "0", "9"),
        criterion("own", 0, 9, "low", "high"),
    ],
    ids=lambda row: f"{row['scale']} {row['scale_min']} {row['scale_max']} {' '.join(row['levels'])}",
)
def test_a_criterion_without_a_scale_is_refused(row):
    with pytest.raises(SettingsError):
        levels_of(row)
