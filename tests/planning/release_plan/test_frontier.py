"""The best value for each budget, against every plan of the portfolio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workbench.errors import NoSolutionError, SettingsError
from workbench.planning.release_plan.frontier import frontier, has_money
from workbench.planning.release_plan.solve import plan_releases

NEAR = 1e-6


def with_money(portfolio, factor):
    capacity = portfolio.capacity.copy()
    capacity.loc["money"] *= factor
    return portfolio.with_(capacity=capacity)


def factor_of(brute, portfolio, plan):
    """The least multiple of today's money that a plan needs; none would do where a release has nothing."""
    used = [(brute.use(portfolio, plan, one, "money"), portfolio.capacity.at["money", one]) for one in (1, 2)]
    return max((amount / there if there else np.inf) if amount else 0.0 for amount, there in used)


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_values_and_least_budgets_are_those_of_brute_force(brute, seed):
    portfolio = brute.portfolio(seed)
    assume(has_money(portfolio))
    found = frontier(portfolio, points=4)
    free = brute.sound(with_money(portfolio, 1e9))
    needed = {tuple(plan.items()): factor_of(brute, portfolio, plan) for plan in free}
    for row in found.table.itertuples():
        allowed = [plan for plan in free if needed[tuple(plan.items())] <= row.factor + NEAR]
        best = brute.best(portfolio, allowed)
        assert (row.status == "infeasible") == (best is None)
        if best is not None:
            assert row.value == pytest.approx(best, abs=NEAR)
            reach = [plan for plan in free if brute.worth(portfolio, plan) >= best - NEAR]
            assert row.least_factor == pytest.approx(min(needed[tuple(plan.items())] for plan in reach), abs=NEAR)
            assert row.spent <= row.least_budget + NEAR
    values = found.table["value"].dropna().to_numpy()
    assert (np.diff(values) >= -NEAR).all()
    assert found.table["today"].sum() == 1


@given(st.integers(0, 10_000))
@settings(max_examples=5, deadline=None)
def test_the_last_budget_buys_what_no_money_can_add_to(brute, seed):
    portfolio = brute.portfolio(seed)
    assume(has_money(portfolio))
    unlimited = brute.best(with_money(portfolio, 1e9))
    assume(unlimited is not None)
    assert frontier(portfolio, points=2).table["value"].iloc[-1] == pytest.approx(unlimited, abs=NEAR)


def one_release(brute):
    """A and B for 6 and 5 of money, at 12 and 10 points; 10 of money today."""
    portfolio = brute.portfolio(1, 2)
    plain = {"needs": (), "excludes": (), "choose_one": {}, "earliest": {}, "latest": {}, "minimum_shares": {}}
    demand, capacity = portfolio.demand * 0, portfolio.capacity * 0
    demand["money"] = [6.0, 5.0]
    capacity.at["money", 1] = 10.0
    value = portfolio.value * 0 + [12, 10]
    return portfolio.with_(demand=demand, capacity=capacity, value=value, must_do=(), forced_out=(), **plain)


def test_given_budgets_by_hand(brute):
    found = frontier(one_release(brute), [0, 5, 11])
    assert found.table["budget"].tolist() == pytest.approx([0, 5, 10, 11])
    assert found.table["value"].tolist() == [0, 10, 12, 22]
    assert found.table["least_budget"].tolist() == pytest.approx([0, 5, 6, 11])
    assert found.table["today"].tolist() == [False, False, True, False]
    assert found.plans == ({}, {"B": 1}, {"A": 1}, {"A": 1, "B": 1})
    assert found.conclusion.replace("\xa0", " ") == (
        "Today's budget of 10 € brings 12 points; 6 € would be enough for that. "
        "The most that money alone can bring is 22 points, from 11 € on."
    )


def test_when_more_money_brings_nothing(brute):
    portfolio = one_release(brute)
    found = frontier(portfolio.with_(capacity=portfolio.capacity * 3), points=3)
    assert found.conclusion.endswith("More money alone would bring no more value.")
    assert found.to_frame()["factor"].max() == 1


def test_no_budget_has_a_plan(brute):
    found = frontier(one_release(brute).with_(must_do={"A"}, forced_out={"A"}))
    assert found.table["value"].isna().all()
    assert found.conclusion == "At none of the budgets does a plan keep all the rules."


def test_what_is_not_proven_in_time_says_so(brute, monkeypatch):
    monkeypatch.setattr("workbench.planning.release_plan.frontier.least", no_answer)
    found = frontier(one_release(brute), [7])
    assert found.table["least_budget"].tolist() == pytest.approx([6, 6])
    assert found.table["proven"].tolist() == [False, False]
    assert found.conclusion.endswith("a budget may bring more than was found in the time given.")


def no_answer(*_given, **_more):
    raise NoSolutionError("The time is up.")


def test_a_search_cut_short_keeps_the_plan_of_a_smaller_budget(brute, monkeypatch):
    """At 10 the solver comes back with B alone, at 11 with nothing: A, found at 6, fits both."""
    portfolio, calls = one_release(brute), []

    def cut_short(given_to_it, **_more):
        calls.append(given_to_it)
        if len(calls) == 3:
            no_answer()
        found = plan_releases(given_to_it)
        return (
            replace(found, plan={"B": 1}, objective=10.0, status="feasible", bound=12.0) if len(calls) == 2 else found
        )

    monkeypatch.setattr("workbench.planning.release_plan.frontier.plan_releases", cut_short)
    found = frontier(portfolio, [6, 11])
    assert found.table["value"].tolist() == [12, 12, 12]
    assert found.table["gap"].tolist() == [0, 0, 1]
    assert found.table["proven"].tolist() == [True, False, False]


def test_projects_that_need_no_money(brute):
    portfolio = one_release(brute)
    found = frontier(portfolio.with_(demand=portfolio.demand * 0), points=3)
    assert set(found.table["value"]) == {22}
    assert not found.table["least_budget"].any()


def test_what_is_refused(brute):
    portfolio = one_release(brute)
    with pytest.raises(SettingsError, match="The budget -1 is not 0 or more"):
        frontier(portfolio, [-1])
    with pytest.raises(SettingsError, match="number of points is 1"):
        frontier(portfolio, points=1)
    with pytest.raises(NoSolutionError, match="“money”"):
        frontier(portfolio.with_(capacity=portfolio.capacity * 0))
