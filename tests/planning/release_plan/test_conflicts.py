"""The smallest set of rules that cannot hold together, against every set of rules."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import NoSolutionError, SettingsError
from workbench.planning.release_plan import conflicts
from workbench.planning.release_plan.conflicts import smallest_conflict
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.solve import ReleasePlan, plan_releases


def smallest_size(brute: SimpleNamespace, portfolio: Portfolio) -> int:
    """Rules of which every plan breaks at least one: as few as there are."""
    broken = {brute.broken(portfolio, plan) for plan in brute.plans(portfolio)}
    if frozenset() in broken:
        return 0
    names = sorted(set().union(*broken))
    sizes = (size for size in range(1, len(names) + 1) for some in combinations(names, size) if hits(some, broken))
    return next(sizes)


def hits(names: tuple[str, ...], broken: set[frozenset[str]]) -> bool:
    return all(one.intersection(names) for one in broken)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_no_conflict_is_smaller_and_none_of_its_rules_is_idle(brute, seed):
    portfolio = brute.portfolio(seed, 4, strict=True)
    found = smallest_conflict(portfolio)
    names = {rule.name for rule in found.rules}
    assert found.smallest
    assert len(names) == smallest_size(brute, portfolio)
    broken = [brute.broken(portfolio, plan) for plan in brute.plans(portfolio)]
    assert not names or all(one & names for one in broken)
    for name in names:
        assert any(not one & (names - {name}) for one in broken), name


@given(st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_cut_short_it_is_still_irreducible(brute, seed):
    portfolio = brute.portfolio(seed, 4, strict=True)
    found = smallest_conflict(portfolio, most_rounds=0)
    names = {rule.name for rule in found.rules}
    broken = [brute.broken(portfolio, plan) for plan in brute.plans(portfolio)]
    assert all(one & names for one in broken) == bool(names)
    for name in names:
        assert any(not one & (names - {name}) for one in broken), name


def test_a_project_too_dear_by_hand(brute):
    """Only A is asked for, and neither release has its money: two of the many limits, and the wish itself."""
    portfolio = brute.portfolio(3, 3)
    portfolio = portfolio.with_(
        must_do={"A"}, forced_out=(), demand=portfolio.demand * 0 + 9, capacity=portfolio.capacity * 0 + 5
    )
    found = smallest_conflict(portfolio)
    assert found.conclusion.startswith("3 rules cannot be kept together: Title A (A) has to be done.")
    assert len(found.to_frame()) == 3
    assert set(found.to_frame()["kind"]) == {"must_do", "capacity"}


def test_where_a_plan_exists_there_is_no_conflict(brute):
    found = smallest_conflict(brute.portfolio(0).with_(must_do=(), forced_out=(), choose_one={}))
    assert (found.rules, found.smallest) == ((), True)
    assert found.conclusion == "A plan can keep all the rules."
    assert found.to_frame().empty


def test_negative_rounds_are_refused(brute):
    with pytest.raises(SettingsError, match="-1"):
        smallest_conflict(brute.portfolio(0), most_rounds=-1)


def test_an_amount_that_a_rounding_lets_pass_is_still_a_conflict(brute):
    """The solver finds it broken, and the rules, which allow a millionth, find it kept."""
    portfolio = brute.portfolio(3, 3).with_(must_do={"A"}, forced_out=())
    full = portfolio.with_(demand=portfolio.demand * 0 + 1.0000005, capacity=portfolio.capacity * 0 + 1)
    assert [rule.kind for rule in smallest_conflict(full).rules] == ["must_do", "capacity", "capacity"]


class Slow:
    """A solver that has no answer in time as soon as more than so many rules are left out."""

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most

    def __call__(self, portfolio: Portfolio, *, without: frozenset[str], **given: object) -> ReleasePlan:
        assert given["time_limit"] == 2.0
        if len(without) > self.at_most:
            raise NoSolutionError("slow")
        return plan_releases(portfolio, without=without, **given)


@pytest.mark.parametrize("at_most", [0, 1, 2, 4, 6])
@pytest.mark.parametrize("seed", range(8))
def test_what_is_not_found_out_in_time_leaves_a_conflict_that_says_so(brute, seed, at_most, monkeypatch):
    portfolio = brute.portfolio(seed, 4, strict=True)
    smallest = smallest_size(brute, portfolio)
    monkeypatch.setattr(conflicts, "plan_releases", Slow(at_most))
    found = smallest_conflict(portfolio, time_limit=2.0)
    names = {rule.name for rule in found.rules}
    broken = [brute.broken(portfolio, plan) for plan in brute.plans(portfolio)]
    assert all(one & names for one in broken) == bool(names) == bool(smallest)
    assert len(names) == smallest if found.smallest else len(names) >= smallest
    assert found.smallest != ("A part of these rules may be enough" in found.conclusion)


def test_at_most_none_left_out_proves_nothing_smaller(brute, monkeypatch):
    portfolio = brute.portfolio(3, 3).with_(must_do={"A", "B"}, forced_out={"A"})
    monkeypatch.setattr(conflicts, "plan_releases", Slow(0))
    assert not smallest_conflict(portfolio, time_limit=2.0).smallest


def test_a_time_in_which_nothing_is_found_out_is_told(brute, monkeypatch):
    monkeypatch.setattr(conflicts, "plan_releases", Slow(-1))
    with pytest.raises(NoSolutionError):
        smallest_conflict(brute.portfolio(0), time_limit=2.0)


def test_where_nothing_is_found_out_in_time_all_rules_stay_and_are_counted(brute, monkeypatch):
    portfolio = brute.portfolio(3, 8).with_(must_do=set("ABCDEFGH"), forced_out=set("ABCDEFGH"))
    monkeypatch.setattr(conflicts, "plan_releases", Slow(-1))
    found = smallest_conflict(portfolio, known=True, time_limit=2.0)
    assert (len(found.rules) > 20, found.smallest) == (True, False)
    assert found.conclusion.startswith(f"{len(found.rules)} rules cannot be kept together. A part")
