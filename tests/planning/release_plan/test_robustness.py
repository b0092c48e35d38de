"""How sure the choice is: counts by brute force, draws by closed forms, intervals by their definition."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from workbench.errors import DataError, NoSolutionError, SettingsError
from workbench.planning.release_plan.draws import effort_factors, values_from_ranges, values_from_raters
from workbench.planning.release_plan.problem import project_values
from workbench.planning.release_plan.robustness import robustness, wilson
from workbench.planning.release_plan.solve import plan_releases
from workbench.planning.scoring import rated_scores, score_requirements

NEAR = 1e-6


def values_for(portfolio, draws, seed=5):
    chance = np.random.default_rng(seed)
    return pd.DataFrame(chance.uniform(1, 20, (draws, len(portfolio.projects))), columns=list(portfolio.projects))


@given(st.integers(0, 10_000))
@settings(max_examples=6, deadline=None)
def test_counts_and_regret_are_those_of_brute_force(brute, seed):
    portfolio = brute.portfolio(seed, 4)
    plan = plan_releases(portfolio)
    assume(plan.status == "optimal")
    values = values_for(portfolio, 6)
    found = robustness(plan, values, effort_spread=0.3, seed=2)
    counts, regrets, without = dict.fromkeys(portfolio.projects, 0), [], 0
    factors = effort_factors(portfolio.projects, 0.3, 6, 2)
    for worth, factor in zip(values.to_dict("records"), factors.to_dict("records"), strict=True):
        drawn = portfolio.with_(value=pd.Series(worth), demand=portfolio.demand.mul(pd.Series(factor), axis=0))
        sound = brute.sound(drawn)
        if not sound:
            without += 1
            continue
        best = max(sound, key=lambda one: brute.worth(drawn, one))
        for name in best:
            counts[name] += 1
        if not brute.broken(drawn, plan.plan):
            top = brute.worth(drawn, best)
            regrets.append(1 - brute.worth(drawn, plan.plan) / top if top else 0.0)
    assert found.table.set_index("project_id")["count"].to_dict() == counts
    assert (found.without_plan, found.fits) == (without, len(regrets))
    assert found.regret.tolist() == pytest.approx(regrets, abs=NEAR)
    assert found.releases.groupby("project_id")["count"].sum().to_dict() == counts


def test_without_uncertainty_the_plan_is_certain(brute):
    portfolio = brute.portfolio(12).with_(must_do=(), forced_out=(), choose_one={})
    plan = plan_releases(portfolio)
    same = pd.DataFrame([portfolio.value] * 5)
    found = robustness(plan, same, effort_spread=0)
    assert (found.fits, found.without_plan, found.unproven) == (5, 0, 0)
    assert found.regret.tolist() == pytest.approx([0.0] * 5, abs=NEAR)
    assert found.table["chosen"].tolist() == found.table["in_plan"].astype(float).tolist()
    assert found.table["release"].equals(found.table["usual_release"].rename("release"))
    assert (found.sure, found.unsure) == (tuple(name for name in portfolio.projects if name in plan.plan), ())
    assert "are chosen in 95% of the draws or more" in found.conclusion


def test_the_same_seed_gives_the_same_figures(brute):
    portfolio = brute.portfolio(4).with_(must_do=(), forced_out=(), choose_one={})
    plan, values = plan_releases(portfolio), values_for(portfolio, 8)
    one, other, third = (robustness(plan, values, seed=seed).table for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, other)
    assert effort_factors(["A"], 0.2, 3, 1).equals(effort_factors(["A"], 0.2, 3, 1))
    assert not effort_factors(["A"], 0.2, 3, 1).equals(effort_factors(["A"], 0.2, 3, 2))
    assert len(third) == len(one)


def test_draws_without_an_answer_are_counted_and_nothing_else(brute, monkeypatch):
    portfolio = brute.portfolio(12).with_(must_do=(), forced_out=(), choose_one={})
    plan, answers = plan_releases(portfolio), iter([True, False, False])

    def now_and_then(*given_to_it, **more):
        if next(answers):
            return plan_releases(*given_to_it, **more)
        raise NoSolutionError("The time is up.")

    monkeypatch.setattr("workbench.planning.release_plan.robustness.plan_releases", now_and_then)
    found = robustness(plan, pd.DataFrame([portfolio.value] * 3), effort_spread=0)
    assert (found.draws, found.unanswered, found.without_plan, found.fits_share) == (3, 2, 0, 1)
    assert set(found.table["chosen"]) <= {0.0, 1.0}


def test_the_least_sure_is_named(brute):
    """A and B for 6 of 10 each: A is worth more in three of four draws."""
    portfolio = brute.portfolio(1, 2)
    plain = {"needs": (), "excludes": (), "choose_one": {}, "earliest": {}, "latest": {}, "minimum_shares": {}}
    demand, capacity = portfolio.demand * 0, portfolio.capacity * 0
    demand["money"], capacity.loc["money", 1] = 6.0, 10.0
    portfolio = portfolio.with_(
        demand=demand, capacity=capacity, value=portfolio.value * 0 + [9, 8], must_do=(), forced_out=(), **plain
    )
    values = pd.DataFrame({"A": [10.0, 10, 10, 5], "B": [8.0, 8, 8, 10]})
    found = robustness(plan_releases(portfolio), values, effort_spread=0)
    assert found.table["chosen"].tolist() == [0.75, 0.25]
    assert found.regret.tolist() == [0, 0, 0, 0.5]
    assert found.conclusion == (
        "0 of the 1 projects of the plan are chosen in 95% of the draws or more; least sure is Title A (A), with 75%. "
        "Today's plan as it stands keeps within all limits in 100% of the draws. "
        "Where it fits, it lacks 12.5% of the best value on average."
    )


@pytest.mark.parametrize("count", [0, 1, 7, 19, 20])
def test_the_ends_of_wilsons_interval_are_just_not_rejected(count):
    """By definition: p with (count ÷ n − p)² = z² p (1 − p) ÷ n, at z = 1.96 for 95%."""
    z = 1.959963984540054
    for end in wilson(count, 20):
        assert (count / 20 - end) ** 2 == pytest.approx(z * z * end * (1 - end) / 20, abs=1e-12)


def test_an_interval_without_counts_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


def panel(scores: dict[str, list[float | None]]) -> tuple[pd.DataFrame, ...]:
    """Two requirements, two criteria of value and one of complexity; a rater's scores in the order of the pairs."""
    requirements = pd.DataFrame({"requirement_id": ["R1", "R2"], "title": ["one", "two"], "department": "Care"})
    criteria = pd.DataFrame(
        {
            "criterion_id": ["V", "W", "C"], "name": ["V", "W", "C"], "axis": ["value", "value", "complexity"],
            "weight": [1.0, 3.0, 1.0], "direction": "higher_is_better", "scale_min": 0.0, "scale_max": 10.0,
        }
    )  # fmt: skip
    raters = pd.DataFrame({"rater_id": list(scores), "weight": 1.0})
    pairs = [(requirement, criterion) for requirement in ("R1", "R2") for criterion in ("V", "W", "C")]
    rows = [
        (requirement, rater, criterion, 1, score, pd.NaT)
        for rater, own in scores.items()
        for (requirement, criterion), score in zip(pairs, own, strict=True)
        if score is not None
    ]
    names = ["requirement_id", "rater_id", "criterion_id", "round", "score", "scored_at"]
    return requirements, criteria, raters, pd.DataFrame(rows, columns=names)


PROJECTS = pd.DataFrame({"project_id": ["P", "Q", "N"], "requirement_ids": [("R1", "R2"), ("R2",), ("R9",)]})


def test_one_rater_alone_leaves_nothing_to_draw():
    requirements, criteria, raters, scores = panel({"ANN": [8, None, 5, 2, 6, 5]})
    values = values_from_raters(PROJECTS, rated_scores(criteria, raters, scores), 3, seed=1)
    given_values = project_values(PROJECTS, score_requirements(requirements, criteria, raters, scores).table)
    for _draw, row in values.iterrows():
        assert row.to_dict() == pytest.approx(given_values.to_dict())
    assert given_values["P"] == pytest.approx(80 + 50)


def test_two_raters_at_the_ends_give_every_value_alike():
    """The share of the one among two is uniform from 0 to 1 (Dirichlet with parameters of 1), and so is the index."""
    _requirements, criteria, raters, scores = panel({"ANN": [10, 10, 5, 4, 4, 5], "BEA": [0, 0, 5, 4, 4, 5]})
    values = values_from_raters(PROJECTS, rated_scores(criteria, raters, scores), 2_000, seed=3)
    assert kstest((values["P"] - 40) / 100, "uniform").pvalue > 0.01
    assert values["Q"].tolist() == pytest.approx([40.0] * 2_000)
    assert not values["N"].any()


def test_ranges_are_triangles():
    value, low, high = (pd.Series({"A": mid, "B": 7.0}) for mid in (30.0, 0.0, 60.0))
    drawn = values_from_ranges(value, low, high, 4_000, seed=2)
    assert kstest(drawn["A"] / 60, "triang", args=(0.5,)).pvalue > 0.01
    assert set(drawn["B"]) == {7.0}


def test_efforts_have_the_median_of_one_and_the_spread():
    logs = np.log(effort_factors(["A", "B"], 0.2, 4_000, seed=4))
    assert kstest(logs.to_numpy().ravel() / 0.2, "norm").pvalue > 0.01
    assert abs(logs.corr().at["A", "B"]) < 4 / math.sqrt(4_000)


def test_what_is_refused(brute):
    portfolio = brute.portfolio(12).with_(must_do=(), forced_out=(), choose_one={})
    plan = plan_releases(portfolio)
    with pytest.raises(DataError, match="no drawn values for B"):
        robustness(plan, values_for(portfolio, 2).drop(columns="B"))
    with pytest.raises(SettingsError, match="confidence is 1"):
        robustness(plan, values_for(portfolio, 2), confidence=1)
    with pytest.raises(SettingsError, match="number of draws is 0"):
        robustness(plan, values_for(portfolio, 0))
    with pytest.raises(SettingsError, match="spread of the efforts is nan"):
        effort_factors(["A"], math.nan, 1, 1)
    with pytest.raises(NoSolutionError, match="none to be sure of"):
        robustness(plan_releases(portfolio.with_(must_do={"A"}, forced_out={"A"})), values_for(portfolio, 2))
    one = pd.Series({"A": 1.0})
    with pytest.raises(DataError, match="A is missing or outside"):
        values_from_ranges(one, one + 1, one + 2, 1, 1)
