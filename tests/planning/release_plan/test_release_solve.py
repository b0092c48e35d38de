"""The best plan against every plan that there is, by an enumeration that shares nothing with the solver."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import NoSolutionError, SettingsError
from workbench.planning.release_plan import solve as solving
from workbench.planning.release_plan.model import Cut
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import broken, rules
from workbench.planning.release_plan.solve import known_plan, plan_releases, plan_worth
from workbench.planning.release_plan.solver import Answer

MOST_PLANS = 100_000


def portfolio_of(
    value: list[float], demand: list[list[float]], capacity: list[list[float]], **rules_given: object
) -> Portfolio:
    """Projects P0, P1 …; a column of demand per resource; a row of capacity per resource, a column per release."""
    ids = [f"P{place}" for place in range(len(value))]
    resources = ["money", "days", "testers"][: len(capacity)]
    releases = tuple(range(1, len(capacity[0]) + 1))
    given = {
        "needs": (),
        "must_do": frozenset(),
        "forced_out": frozenset(),
        "excludes": (),
        "choose_one": {},
        "earliest": {},
        "latest": {},
        "departments": pd.DataFrame({"Sales": 1.0}, index=ids),
        "minimum_shares": {},
        "discount": 0.1,
    } | rules_given
    return Portfolio(
        projects=tuple(ids),
        titles={name: name for name in ids},
        value=pd.Series(value, index=ids, dtype=float),
        releases=releases,
        capacity=pd.DataFrame(capacity, index=resources, columns=list(releases), dtype=float),
        demand=pd.DataFrame(demand, index=ids, columns=resources, dtype=float),
        **given,
    )


@st.composite
def portfolios(draw: st.DrawFn) -> Portfolio:
    """Up to 14 projects, with as many releases as still leave few enough plans; all amounts are whole numbers."""
    count = draw(st.integers(1, 14))
    most = next(most for most in (3, 2, 1) if (most + 1) ** count <= MOST_PLANS or most == 1)
    releases = draw(st.integers(1, most))
    resources = draw(st.integers(1, 3))
    amounts = st.integers(0, 12)
    ids = [f"P{place}" for place in range(count)]
    some = st.lists(st.sampled_from(ids), max_size=2, unique=True)
    pairs = st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=4, unique=True)
    needs = tuple(dict.fromkeys((ids[max(pair)], ids[min(pair)]) for pair in draw(pairs) if pair[0] != pair[1]))
    excludes = tuple({tuple(sorted(pair)): (ids[pair[0]], ids[pair[1]]) for pair in draw(pairs) if len(set(pair)) == 2})
    windows = st.dictionaries(st.sampled_from(ids), st.integers(1, releases), max_size=2)
    shares = draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    group = draw(some)
    return portfolio_of(
        draw(st.lists(st.integers(0, 50), min_size=count, max_size=count)),
        [draw(st.lists(amounts, min_size=resources, max_size=resources)) for _project in ids],
        [draw(st.lists(st.integers(0, 30), min_size=releases, max_size=releases)) for _resource in range(resources)],
        needs=needs,
        must_do=frozenset(draw(some)),
        forced_out=frozenset(draw(some)),
        excludes=tuple((ids[one], ids[other]) for one, other in excludes),
        choose_one={"group": tuple(group)} if group else {},
        earliest=draw(windows),
        latest=draw(windows),
        departments=pd.DataFrame({"Sales": [share / 4 for share in shares], "Care": [1 - s / 4 for s in shares]}, ids),
        minimum_shares=draw(st.sampled_from([{}, {"Sales": 0.25}, {"Sales": 0.25, "Care": 0.5}])),
        discount=draw(st.sampled_from([0.0, 0.1, 0.5])),
    )


def best_of_all(portfolio: Portfolio) -> float | None:
    """The worth of the best of all plans that keep the rules, None when none does: every combination is looked at.

    A column per project holds the place of its release, the number of releases where it is left out.
    """
    releases, ids = len(portfolio.releases), portfolio.projects
    plans = np.arange((releases + 1) ** len(ids), dtype=np.int32)
    at = {name: (plans // (releases + 1) ** place % (releases + 1)).astype(np.int8) for place, name in enumerate(ids)}
    done = {name: at[name] < releases for name in ids}
    kept = by_rules_on_projects(portfolio, at, done) & by_rules_on_amounts(portfolio, at, done)
    shares = np.array([(1 - portfolio.discount) ** release for release in range(releases)] + [0.0])
    worth = sum(portfolio.value[name] * shares[at[name]] for name in ids)
    return float(worth[kept].max()) if kept.any() else None


def by_rules_on_projects(portfolio: Portfolio, at: dict[str, np.ndarray], done: dict[str, np.ndarray]) -> np.ndarray:
    kept = [
        *(done[name] for name in portfolio.must_do),
        *(~done[name] for name in portfolio.forced_out),
        *(~done[name] | (at[needed] <= at[name]) for name, needed in portfolio.needs),
        *(~(done[name] & done[other]) for name, other in portfolio.excludes),
        *(sum(done[name].astype(int) for name in group) == 1 for group in portfolio.choose_one.values()),
        *(~done[name] | (at[name] >= release - 1) for name, release in portfolio.earliest.items()),
        *(~done[name] | (at[name] <= release - 1) for name, release in portfolio.latest.items()),
    ]
    return np.logical_and.reduce(kept) if kept else np.array(True)


def by_rules_on_amounts(portfolio: Portfolio, at: dict[str, np.ndarray], done: dict[str, np.ndarray]) -> np.ndarray:
    kept = np.ones(len(at["P0"]), dtype=bool)
    for resource, release in product(portfolio.capacity.index, range(len(portfolio.releases))):
        amount = sum(portfolio.demand.at[name, resource] * (at[name] == release) for name in at)
        kept &= amount <= portfolio.capacity.at[resource, release + 1]
    for department, share in portfolio.minimum_shares.items():
        money = {name: portfolio.demand.at[name, "money"] * done[name] for name in at}
        own = sum(money[name] * portfolio.departments.at[name, department] for name in at)
        kept &= own >= share * sum(money.values())
    return kept


@settings(max_examples=60)
@given(portfolios())
def test_the_plan_is_the_best_of_all_plans(portfolio):
    best = best_of_all(portfolio)
    found = plan_releases(portfolio)
    assert found.status == ("infeasible" if best is None else "optimal")
    if best is None:
        assert (found.plan, found.objective, found.gap) == ({}, 0.0, 0.0)
    else:
        assert found.objective == pytest.approx(best, abs=1e-9)
        assert broken(portfolio, found.plan) == ()
        assert sorted([*found.plan, *found.left_out]) == sorted(portfolio.projects)


def test_the_plan_of_many_projects_over_two_releases_is_the_best():
    random = np.random.default_rng(8)
    amounts = random.integers(1, 13, (14, 2)).astype(float)
    many = portfolio_of(
        list(random.integers(1, 51, 14)),
        amounts.tolist(),
        [[22.0, 18.0], [25.0, 15.0]],
        needs=(("P5", "P2"), ("P9", "P4"), ("P9", "P5"), ("P12", "P11")),
        excludes=(("P1", "P8"),),
        choose_one={"one": ("P3", "P6", "P7")},
        must_do=frozenset({"P10"}),
        earliest={"P0": 2},
    )
    assert plan_releases(many).objective == pytest.approx(best_of_all(many), abs=1e-9)


@settings(max_examples=25)
@given(portfolios(), st.data())
def test_a_rule_left_out_is_the_only_one_broken(portfolio, data):
    names = [rule.name for rule in rules(portfolio)]
    without = data.draw(st.lists(st.sampled_from(names), max_size=3, unique=True)) if names else []
    found = plan_releases(portfolio, without=without)
    if found.status == "optimal":
        assert {rule.name for rule in broken(portfolio, found.plan)} <= set(without)
        assert found.objective >= plan_releases(portfolio).objective - 1e-9


def knapsack(count: int = 40, seed: int = 3) -> Portfolio:
    """A hard one: the values are nearly the costs (Pisinger 2005: strongly correlated)."""
    random = np.random.default_rng(seed)
    cost = random.integers(100, 1000, count).astype(float)
    releases = [cost.sum() * 0.13] * 4
    return portfolio_of(list(cost + 100), [[amount, amount % 97] for amount in cost], [releases, [300.0] * 4])


def test_a_time_limit_is_kept_and_the_gap_told():
    hard = knapsack()
    found = plan_releases(hard, time_limit=0.5)
    assert found.status in {"feasible", "optimal"}
    assert broken(hard, found.plan) == ()
    assert found.objective <= found.bound
    assert found.gap == pytest.approx((found.bound - found.objective) / found.bound, abs=1e-9)
    assert found.status == "feasible"
    assert "this plan may lack" in found.conclusion


def test_a_gap_asked_for_holds():
    hard = knapsack(20)
    best = plan_releases(hard, gap=0.05)
    assert 0 <= best.gap <= 0.05
    assert best.bound >= best.objective


def test_no_plan_in_the_time_given_is_told(monkeypatch):
    for status, message in (("time_is_up", "in the time given"), ("given_up", "gave up: strange")):
        nothing = Answer(status, None, np.inf, "strange")
        monkeypatch.setattr(solving, "solve", lambda *given, answer=nothing: answer)
        with pytest.raises(NoSolutionError, match=message):
            plan_releases(knapsack(3))


def test_the_load_and_the_table_add_up():
    portfolio = portfolio_of([50, 80, 5], [[10, 1], [15, 2], [9, 1]], [[10, 20], [4, 2]], needs=(("P1", "P0"),))
    found = plan_releases(portfolio)
    assert found.plan == {"P0": 1, "P1": 2}
    assert found.load.to_numpy().tolist() == [
        [1, "money", 10.0, 10.0],
        [1, "days", 1.0, 4.0],
        [2, "money", 15.0, 20.0],
        [2, "days", 2.0, 2.0],
    ]
    table = found.to_frame()
    assert table["release"].tolist()[:2] == [1, 2]
    assert table["release"].isna().tolist() == [False, False, True]
    assert table["worth"].sum() == pytest.approx(found.objective) == pytest.approx(50 + 72)
    assert found.conclusion == (
        "The plan does 2 of 3 projects over 2 releases, worth 122 points. Left out: P2. "
        "No plan within the rules is worth more."
    )


def test_what_is_worth_nothing_is_done_only_where_a_rule_asks_for_it():
    free = portfolio_of([0, 0, 10], [[1], [1], [1]], [[5, 5]], needs=(("P2", "P1"),))
    assert plan_releases(free).plan == {"P1": 1, "P2": 1}
    nothing = plan_releases(portfolio_of([0, 0], [[1], [1]], [[5]]))
    assert nothing.plan == {}
    assert nothing.conclusion == "The best plan does none of the 2 projects. No plan within the rules is worth more."


def test_an_infeasible_portfolio_says_so():
    found = plan_releases(portfolio_of([5], [[9]], [[4, 4]], must_do=frozenset({"P0"})))
    assert (found.status, found.plan, found.left_out) == ("infeasible", {}, ("P0",))
    assert found.conclusion == "No plan keeps all the rules."
    assert found.load["used"].sum() == 0


def test_a_cut_holds_for_projects_and_for_releases():
    portfolio = portfolio_of([5, 4, 3], [[1], [1], [1]], [[2, 2]])
    assert set(plan_releases(portfolio).plan) == {"P0", "P1", "P2"}
    two = plan_releases(portfolio, cuts=[Cut({"P0": 1.0, "P1": 1.0, "P2": 1.0}, upper=2)])
    assert set(two.plan) == {"P0", "P1"}
    later = plan_releases(portfolio, cuts=[Cut({("P0", 1): 1.0, ("P1", 1): 1.0}, upper=0)])
    assert later.plan == {"P2": 1, "P0": 2, "P1": 2}


def test_amounts_of_every_size_are_held_to():
    for size in (1e-6, 1.0, 1e9):
        portfolio = portfolio_of([3, 2, 2], [[6 * size], [5 * size], [4 * size]], [[9 * size]])
        assert set(plan_releases(portfolio).plan) == {"P1", "P2"}
        tiny = portfolio.with_(value=portfolio.value * size)
        assert plan_releases(tiny).objective == pytest.approx(4 * size)


@pytest.mark.parametrize("wrong", [{"time_limit": 0}, {"gap": -0.1}, {"gap": 1}, {"without": ["capacity:9:gold"]}])
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        plan_releases(knapsack(3), **wrong)


def test_a_known_plan_is_told_against_its_bound():
    portfolio = portfolio_of([50, 40], [[1], [1]], [[1, 1]])
    assert plan_worth(portfolio, {"P0": 2}) == pytest.approx(45.0)
    known = known_plan(portfolio, {"P0": 1}, 100.0)
    assert (known.status, known.gap, known.left_out) == ("feasible", 0.5, ("P1",))
    assert known_plan(portfolio, {"P0": 1}, 50.0).status == "optimal"


def test_what_is_far_too_large_for_a_release_does_not_hide_the_small_amounts():
    beside = portfolio_of([9, 2, 2, 2], [[1e12], [1], [1], [1]], [[2.5]])
    assert len(plan_releases(beside).plan) == 2
    later = portfolio_of(
        [9, 2, 2, 2], [[1e12], [1], [1], [1]], [[2.5, 1e12]], latest=dict.fromkeys(["P1", "P2", "P3"], 1)
    )
    found = plan_releases(later)
    assert found.plan["P0"] == 2
    assert len(found.plan) == 3
    assert broken(later, found.plan) == ()


def test_a_minimum_share_is_held_to_beside_a_project_that_is_left_out():
    departments = pd.DataFrame({"Sales": [1.0, 1.0, 0.0], "Care": [0.0, 0.0, 1.0]}, index=["P0", "P1", "P2"])
    shared = portfolio_of(
        [9, 1, 8], [[1e12], [1], [9]], [[100.0]], departments=departments, minimum_shares={"Sales": 0.5}
    )
    assert plan_releases(shared).plan == {"P1": 1}
