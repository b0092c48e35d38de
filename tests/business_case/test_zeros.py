"""Zeros of functions: between the steps looked at, at turning points, and at jumps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.distribution_families import Numbers
from workbench.business_case.zeros import POINTS, zeros_of


@settings(max_examples=60, deadline=None)
@given(st.floats(0.001, 9.98), st.floats(1e-4, 0.02), st.sampled_from([-3.0, 1.0]))
def test_two_zeros_within_a_step_are_both_found(first: float, apart: float, factor: float) -> None:
    """A parabola has the zeros it was made from; a step is a 512th of ten."""
    second = min(first + apart, 9.999)
    found = zeros_of(lambda x: factor * (x - first) * (x - second), 0.0, 10.0)
    assert [zero.value for zero in found] == pytest.approx([first, second], abs=1e-8)
    assert not any(zero.is_jump for zero in found)


@pytest.mark.parametrize(
    "place", [0.0, 1.0, np.pi, 5.0, 9.995, 10.0], ids=["start", "one", "pi", "looked-at", "late", "end"]
)
def test_zero_that_is_only_touched_is_one_zero(place: float) -> None:
    (found,) = zeros_of(lambda x: -((x - place) ** 2), 0.0, 10.0)
    assert found.value == pytest.approx(place, abs=1e-6)
    assert not found.is_jump


@pytest.mark.parametrize("place", [0.003, 5.003, 9.997], ids=["first-step", "inside", "last-step"])
def test_a_turn_short_of_zero_is_none(place: float) -> None:
    assert zeros_of(lambda x: (x - place) ** 2 + 1e-6, 0.0, 10.0) == []


def test_an_edge_of_a_formula_counts_as_a_turn() -> None:
    found = zeros_of(lambda x: np.abs(x - 5.003) - 0.002, 0.0, 10.0)
    assert [zero.value for zero in found] == pytest.approx([5.001, 5.005])


JUMPS: dict[str, Callable[[Numbers], Numbers]] = {
    "step": lambda x: np.where(x < 7, -2.0, 3.0),
    "slanted": lambda x: x - 9 + np.where(x < 7, 0.0, 5.0),
    "pole": lambda x: 1 / np.where(x == 7, 1e-9, x - 7),
}


@pytest.mark.parametrize("name", JUMPS)
def test_a_jump_over_zero_is_told_as_one(name: str) -> None:
    (found,) = zeros_of(JUMPS[name], 0.0, 10.1)
    assert found.value == pytest.approx(7)
    assert found.is_jump


@pytest.mark.parametrize("power", [1, 3, 9], ids=["straight", "cubic", "ninth"])
def test_a_steep_or_flat_crossing_is_no_jump(power: int) -> None:
    (found,) = zeros_of(lambda x: np.exp(x) * (x - 3.21) ** power, 0.0, 10.0)
    assert found.value == pytest.approx(3.21, abs=0.01)
    assert not found.is_jump


def test_nothing_but_zeros_has_none_and_a_flat_function_is_not_searched() -> None:
    asked = []

    def flat(x: Numbers) -> Numbers:
        asked.append(len(x))
        return np.full(len(x), 2.0)

    assert zeros_of(np.zeros_like, 0.0, 1.0) == zeros_of(flat, 0.0, 1.0) == []
    assert asked == [POINTS]


def test_a_value_that_is_looked_at_is_told_exactly() -> None:
    assert [zero.value for zero in zeros_of(lambda x: x - 256, 0.0, 512.0)] == [256]
