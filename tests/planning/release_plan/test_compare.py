"""Two plans side by side."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from workbench.errors import NoSolutionError
from workbench.planning.release_plan.compare import compare, spent
from workbench.planning.release_plan.solve import plan_releases


@pytest.fixture
def program(brute):
    """A, B and C for 6, 5 and 4 of money at 30, 20 and 10 points; half the value in the second release."""
    portfolio = brute.portfolio(1, 3)
    plain = {"needs": (), "excludes": (), "choose_one": {}, "earliest": {}, "latest": {}, "minimum_shares": {}}
    demand, value = portfolio.demand * 0, portfolio.value * 0 + [30, 20, 10]
    demand["money"] = [6.0, 5.0, 4.0]
    return portfolio.with_(demand=demand, value=value, discount=0.5, must_do=(), forced_out=(), **plain)


def planned(portfolio, first, second):
    capacity = portfolio.capacity * 0
    capacity.loc["money"] = [float(first), float(second)]
    return plan_releases(portfolio.with_(capacity=capacity))


def test_more_money_by_hand(program):
    """11 and 0 allow A and B (50 points); 11 and 4 add C, later, for half its 10."""
    found = compare(planned(program, 11, 0), planned(program, 11, 4))
    assert found.table["change"].tolist() == ["same", "same", "added"]
    assert (found.value_difference, found.money_difference) == (5, 4)
    assert found.conclusion.replace("\xa0", " ") == (
        "The second plan is worth 5 points more than the first. It spends 4 € more. It adds C."
    )


def test_the_way_back_and_what_moves(program):
    """With 6 in each release A comes first and B second (40); with 6 and 0 B is dropped; with 5 and 6 they swap."""
    even = planned(program, 6, 6)
    dropped = compare(even, planned(program, 6, 0))
    assert dropped.having("dropped") == ("B",)
    assert dropped.conclusion.replace("\xa0", " ") == (
        "The second plan is worth 10 points less than the first. It spends 5 € less. It drops B."
    )
    swapped = compare(even, planned(program, 5, 6))
    assert swapped.having("earlier", "later") == ("A", "B")
    assert swapped.conclusion == (
        "The second plan is worth 5 points less than the first. It spends as much. It brings B forward. It puts off A."
    )
    assert swapped.table["change"].tolist() == ["later", "earlier", "out"]


def test_equal_plans(program):
    plan = planned(program, 11, 0)
    found = compare(plan, plan)
    assert found.conclusion == (
        "The second plan is worth as much as the first. It spends as much. "
        "The projects and their releases are the same."
    )
    pd.testing.assert_frame_equal(found.to_frame(), found.table)
    assert spent(plan) == 11


def test_where_one_has_no_plan(program):
    none, plan = planned(program.with_(must_do={"A"}), 0, 0), planned(program, 11, 0)
    assert "Only the second" in compare(none, plan).conclusion
    assert "Only the first" in compare(plan, none).conclusion
    assert "Neither" in compare(none, none).conclusion


def test_nothing_in_common_is_refused(program):
    plan = planned(program, 11, 0)
    elsewhere = replace(plan, portfolio=replace(plan.portfolio, projects=("X", "Y", "Z")))
    with pytest.raises(NoSolutionError, match="no project in common"):
        compare(plan, elsewhere)
