"""Nearly best plans, against every plan of the portfolio."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workbench.errors import NoSolutionError, SettingsError
from workbench.planning.release_plan.alternatives import alternatives, differing
from workbench.planning.release_plan.solve import plan_releases

NEAR = 1e-6


def apart(one: dict[str, int], other: dict[str, int]) -> int:
    return sum(one.get(name) != other.get(name) for name in {*one, *other})


@given(st.integers(0, 10_000), st.sampled_from([0.05, 0.3]), st.integers(1, 3))
@settings(max_examples=15, deadline=None)
def test_each_is_the_best_of_those_that_differ_enough(brute, seed, within, differing_in):
    portfolio = brute.portfolio(seed)
    best = plan_releases(portfolio)
    assume(best.status == "optimal")
    found = alternatives(best, 3, within=within, differing_in=differing_in)
    taken, lowest = [best.plan], (1 - within) * best.objective
    plans = brute.sound(portfolio)
    for one in found.plans:
        rivals = [plan for plan in plans if all(apart(plan, other) >= differing_in for other in taken)]
        assert one.plan in rivals
        assert one.objective == pytest.approx(brute.best(portfolio, rivals), abs=NEAR)
        assert one.objective >= lowest - NEAR
        taken.append(one.plan)
    rest = [plan for plan in plans if all(apart(plan, other) >= differing_in for other in taken)]
    left = brute.best(portfolio, rest)
    assert found.complete == (len(found.plans) < 3)
    assert not found.complete or left is None or left < lowest + NEAR


def three(brute):
    """Three projects that fit together in the first of two releases; the second halves what they are worth."""
    portfolio = brute.portfolio(1, 3)
    plain = {"needs": (), "excludes": (), "choose_one": {}, "earliest": {}, "latest": {}, "minimum_shares": {}}
    value = portfolio.value * 0 + [40.0, 30.0, 20.0]
    roomy = {"capacity": portfolio.capacity * 0 + 100, "must_do": (), "forced_out": ()}
    return portfolio.with_(value=value, discount=0.5, **roomy, **plain)


def test_by_hand(brute):
    """All at once are worth 90. B and C later: 65, the most with two changes; two away from that: A and C later, 60."""
    found = alternatives(plan_releases(three(brute)), 2, within=0.5)
    assert found.best.objective == 90
    assert [one.objective for one in found.plans] == [65, 60]
    frame = found.to_frame()
    assert frame["moved"].tolist() == [("B", "C"), ("A", "C")]
    assert frame["share"].tolist() == pytest.approx([65 / 90, 60 / 90])
    assert frame["differs"].tolist() == [2, 2]
    assert found.conclusion == (
        "2 other plans are within 50% of the best, and any two treat at least 2 of the projects otherwise; "
        "the best of them lacks 25 points."
    )


def test_when_nothing_is_near_enough(brute):
    found = alternatives(plan_releases(three(brute)), within=0.05)
    assert (found.plans, found.complete) == ((), True)
    assert found.to_frame().empty
    assert "No plan within 5% of the best" in found.conclusion


def test_what_differs():
    assert differing({"A": 1, "B": 2, "C": 3}, {"B": 2, "C": 1, "D": 1}) == ("A", "C", "D")


@pytest.mark.parametrize(
    "wrong", [{"count": -1}, {"within": 1.5}, {"within": float("nan")}, {"differing_in": 0}], ids=str
)
def test_numbers_out_of_bounds_are_refused(brute, wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        alternatives(plan_releases(three(brute)), **wrong)


def test_without_a_plan_there_are_no_others(brute):
    impossible = three(brute)
    impossible = impossible.with_(must_do={"A"}, forced_out={"A"})
    with pytest.raises(NoSolutionError, match="none is nearly as good"):
        alternatives(plan_releases(impossible))
