"""Shapley's split: against its definition, and a closed form."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.shapley_split import shapley_split, split_in_order


def averaged_over_orders(worths: list[float], changes: int) -> list[float]:
    """The definition: what each change adds, averaged over every order of making the changes."""
    added = [0.0] * changes
    orders = list(permutations(range(changes)))
    for order in orders:
        made = 0
        for change in order:
            added[change] += worths[made | 1 << change] - worths[made]
            made |= 1 << change
    return [amount / len(orders) for amount in added]


@settings(max_examples=40)
@given(
    st.integers(1, 4).flatmap(lambda changes: st.lists(st.floats(-1e3, 1e3), min_size=2**changes, max_size=2**changes))
)
def test_it_is_the_average_over_all_orders(worths: list[float]) -> None:
    changes = len(worths).bit_length() - 1
    split = shapley_split(np.array(worths))
    assert split.tolist() == pytest.approx(averaged_over_orders(worths, changes), abs=1e-9)
    assert split.sum() == pytest.approx(worths[-1] - worths[0], abs=1e-9)


def test_a_product_of_two_is_split_at_the_middle_of_the_other() -> None:
    """a₀b₀ → a₁b₁ gives (a₁ − a₀)(b₀ + b₁)/2 and (b₁ − b₀)(a₀ + a₁)/2."""
    worths = [3.0 * 7.0, 5.0 * 7.0, 3.0 * 11.0, 5.0 * 11.0]
    assert shapley_split(np.array(worths)).tolist() == pytest.approx([2 * 9, 4 * 4])


def test_in_order_each_change_has_what_it_adds() -> None:
    assert split_in_order(np.array([1.0, 4.0, 2.0])).tolist() == [3.0, -2.0]
