"""Why projects are out, against every plan of the portfolio and of those with a little more."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workbench.errors import NoSolutionError
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.reasons import reasons
from workbench.planning.release_plan.solve import plan_releases

SEEDS = st.integers(0, 10_000)
NEAR = 1e-6


def split(brute: SimpleNamespace, portfolio: Portfolio, project: str) -> tuple[float | None, float | None]:
    """The highest values of the sound plans with a project and without it."""
    plans = brute.sound(portfolio)
    return tuple(
        brute.best(portfolio, [plan for plan in plans if (project in plan) is inside]) for inside in (True, False)
    )


def is_chosen(brute: SimpleNamespace, portfolio: Portfolio, project: str) -> bool:
    inside, outside = split(brute, portfolio, project)
    return inside is not None and (outside is None or inside >= outside - NEAR)


def with_more(portfolio: Portfolio, resource: str, release: int, amount: float) -> Portfolio:
    capacity = portfolio.capacity.copy()
    capacity.at[resource, release] += amount
    return portfolio.with_(capacity=capacity)


def least_by_hand(brute: SimpleNamespace, portfolio: Portfolio, project: str, resource: str) -> float | None:
    """The least extra amount in one release, out of all that could make a difference."""
    enough = []
    for release in portfolio.releases:
        limit = portfolio.capacity.at[resource, release]
        used = {brute.use(portfolio, plan, release, resource) for plan in brute.plans(portfolio)}
        extras = sorted(amount - limit for amount in used if amount > limit)
        found = (one for one in extras if is_chosen(brute, with_more(portfolio, resource, release, one), project))
        enough += list(found)[:1]
    return min(enough, default=None)


@given(SEEDS)
@settings(max_examples=12, deadline=None)
def test_loss_and_changes_are_those_of_the_best_plan_with_it(brute, seed):
    portfolio = brute.portfolio(seed)
    plan = plan_releases(portfolio)
    assume(plan.status == "optimal")
    found = reasons(plan, with_relief=False)
    assert tuple(found) == plan.left_out
    for project, reason in found.items():
        inside, _outside = split(brute, portfolio, project)
        assert (reason.kind == "conflict") == (inside is None)
        assert reason.reliefs is None
        if inside is not None:
            assert reason.loss == pytest.approx(plan.objective - inside, abs=NEAR)
            assert not set(reason.pushed_out) & {project, *reason.moved}


@given(SEEDS)
@settings(max_examples=5, deadline=None)
def test_the_relief_is_the_least_that_brings_it_in(brute, seed):
    portfolio = brute.portfolio(seed, 4)
    plan = plan_releases(portfolio)
    assume(plan.status == "optimal" and plan.left_out)
    project = plan.left_out[0]
    reason = reasons(plan, [project])[project]
    assume(reason.reliefs is not None)
    found = {relief.resource: relief.amount for relief in reason.reliefs}
    expected = {name: least_by_hand(brute, portfolio, project, name) for name in portfolio.capacity.index}
    assert found == pytest.approx({name: amount for name, amount in expected.items() if amount is not None})
    shares = [relief.share for relief in reason.reliefs]
    assert shares == sorted(shares)


@given(SEEDS)
@settings(max_examples=8, deadline=None)
def test_the_conflict_forbids_it_and_nothing_less_does(brute, seed):
    portfolio = brute.portfolio(seed, 4)
    plan = plan_releases(portfolio)
    assume(plan.status == "optimal")
    for project, reason in reasons(plan, with_relief=False).items():
        if reason.kind == "conflict":
            names = {rule.name for rule in reason.conflict}
            broken = [brute.broken(portfolio, one) for one in brute.plans(portfolio) if project in one]
            assert all(one & names for one in broken)
            assert all(any(not one & (names - {name}) for one in broken) for name in names)


def small(brute, **changes):
    """A at 50 points and B at 20, for 8 and 7 of 10 in the only release that has anything."""
    portfolio = brute.portfolio(1, 2)
    demand = portfolio.demand.copy()
    demand["money"], demand["days"] = [8.0, 7.0], 0.0
    capacity = portfolio.capacity * 0.0
    capacity.at["money", 1] = 10.0
    plain = {"needs": (), "excludes": (), "choose_one": {}, "earliest": {}, "latest": {}, "minimum_shares": {}}
    value = portfolio.value * 0 + [50, 20]
    fields = plain | {"must_do": (), "forced_out": (), "demand": demand, "capacity": capacity, "value": value}
    return portfolio.with_(**(fields | changes))


def test_a_loss_by_hand(brute):
    """In with B goes out A: 50 − 20. With 5 more, both fit."""
    reason = reasons(plan_releases(small(brute)))["B"]
    assert (reason.kind, reason.loss, reason.pushed_out) == ("value", 30, ("A",))
    (relief,) = reason.reliefs
    assert (relief.resource, relief.release, relief.amount, relief.share) == ("money", 1, 5, 0.5)
    assert reason.told.replace("\xa0", " ") == (
        "With it, the best plan is worth 30 points (60%) less. That plan leaves out Title A (A). "
        "5 € more in release 1 would bring it in."
    )


def test_a_rule_and_not_a_limit_keeps_it_out(brute):
    reason = reasons(plan_releases(small(brute, must_do={"A"}, excludes=(("A", "B"),))))["B"]
    assert reason.kind == "conflict"
    assert reason.told == (
        "No plan can do it: Title A (A) has to be done. Title A (A) and Title B (B) cannot both be done. "
        "More of one resource in one release would not bring it in."
    )


def test_what_is_forced_out_is_out_by_decision(brute):
    reason = reasons(plan_releases(small(brute, forced_out={"B"})))["B"]
    assert (reason.kind, reason.told, reason.reliefs) == ("decision", "It is left out by decision.", None)


def test_level_and_worthless_projects(brute):
    even = small(brute)
    level = reasons(plan_releases(even.with_(value=even.value * 0 + 30)))
    (reason,) = level.values()
    assert reason.told.startswith("A plan of the same value does it. That plan leaves out Title")
    worthless = reasons(plan_releases(even.with_(value=even.value * [1, 0], capacity=even.capacity * 2)))["B"]
    assert (worthless.loss, worthless.told) == (0, "It adds no value.")


def test_without_a_plan_there_are_no_reasons(brute):
    with pytest.raises(NoSolutionError, match="no project is left out of it"):
        reasons(plan_releases(small(brute, must_do={"A", "B"})))


def test_a_plan_that_is_not_proven_says_so(brute):
    plan = replace(plan_releases(small(brute)), status="feasible", gap=0.1)
    reason = reasons(plan)["B"]
    assert (reason.proven, reason.loss, reason.reliefs) == (False, 30, None)
    assert reason.told.endswith("This is not proven: there may be better plans.")


def test_when_the_time_is_up_it_says_so(brute, monkeypatch):
    plan = plan_releases(small(brute))
    monkeypatch.setattr("workbench.planning.release_plan.reasons.plan_releases", no_answer)
    reason = reasons(plan)["B"]
    assert (reason.kind, reason.proven, reason.loss, reason.reliefs) == ("value", False, None, None)
    assert reason.told.startswith("In the time given, no plan with it was found")


def no_answer(*_given, **_more):
    raise NoSolutionError("The time is up.")


def test_a_relief_that_is_not_proven_is_not_told(brute, monkeypatch):
    monkeypatch.setattr("workbench.planning.release_plan.reasons.least", no_answer)
    reason = reasons(plan_releases(small(brute)))["B"]
    assert (reason.proven, reason.loss, reason.reliefs) == (True, 30, None)
    assert reason.told.endswith("That plan leaves out Title A (A).")
