"""Scales and what may be scored on them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import DataError, SettingsError
from workbench.planning.scales import fibonacci, linear, own_values, powers_of_two


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
