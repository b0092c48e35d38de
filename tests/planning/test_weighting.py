"""Weights by direct entry and by swing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import DataError
from workbench.planning.weighting import direct_weights, swing_weights

OFFICE = {"Closeness": 100, "Visibility": 80, "Image": 70, "Size": 30, "Comfort": 20, "Parking": 10}


def test_swings_of_the_office_location():
    """Goodwin and Wright (2004), Decision Analysis for Management Judgment, 3rd edition, chapter 3: 32 26 23 10 6 3."""
    found = swing_weights(OFFICE)
    assert [round(100 * weight) for weight in found.weights] == [32, 26, 23, 10, 6, 3]
    assert found.conclusion == "By swing weighting, Closeness weighs most (32%) and Parking least (3.2%)."
    assert found.to_frame().columns.tolist() == ["criterion_id", "weight"]


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.floats(0, 1e6), min_size=1), st.floats(0.01, 100))
def test_direct_weights_sum_to_1_and_know_no_unit(points, factor):
    if sum(points.values()) < 1e-3:
        return
    weights = direct_weights(points).weights
    assert weights.sum() == pytest.approx(1)
    scaled = direct_weights({name: value * factor for name, value in points.items()}).weights
    assert scaled.tolist() == pytest.approx(weights.tolist())


def test_equal_weights_are_told_as_such():
    assert direct_weights({"A": 2, "B": 2}).conclusion == "By direct entry, all criteria weigh the same: 50%."
    assert "A and B weighs most" in direct_weights({"A": 2, "B": 2, "C": 1}).conclusion


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ({"A": -1, "B": math.nan}, "A has -1 points"),
        ({"A": 0, "B": 0}, "No criterion has any points"),
        ({}, "No criterion has any points"),
        ({"A": math.inf}, "inf"),
    ],
)
def test_points_that_make_no_weights_are_refused(points, told):
    with pytest.raises(DataError, match=told):
        direct_weights(points)


@pytest.mark.parametrize("points", [{"A": 90, "B": 40}, {"A": 120, "B": 100}, {"A": 100, "B": -1}, {}])
def test_swings_are_stated_against_the_most_important(points):
    with pytest.raises(DataError):
        swing_weights(points)


def test_all_wrong_points_are_told_at_once():
    with pytest.raises(DataError) as caught:
        swing_weights({"A": 101, "B": -1, "C": 100})
    assert len(caught.value.problems) == 2
