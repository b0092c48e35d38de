"""The quick plan: always within the rules, never above the best, and close to it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from workbench.errors import NoSolutionError
from workbench.planning.release_plan import improve
from workbench.planning.release_plan.improve import quick_plan, upper_bound
from workbench.planning.release_plan.problem import Portfolio, portfolio
from workbench.planning.release_plan.solve import ReleasePlan, known_plan, plan_releases

SIZE = 16
"""Projects of an instance that the solver still proves the best plan of in a moment."""


def loose(seed: int) -> Portfolio:
    """Sixteen projects over three releases, of which about half fit."""
    random = np.random.default_rng(seed)
    ids = [f"P{number:02}" for number in range(SIZE)]
    amounts = random.integers(5, 60, (SIZE, 2)).astype(float)
    needs = [(ids[number], ids[random.integers(number)]) for number in range(1, SIZE) if random.random() < 0.3]
    demand = [
        (ids[row], name, amounts[row, place]) for row in range(SIZE) for place, name in enumerate(("money", "days"))
    ]
    there_is = [
        (release, name, round(amounts[:, place].sum() / 6))
        for release in (1, 2, 3)
        for place, name in enumerate(("money", "days"))
    ]
    return portfolio(
        pd.DataFrame({"project_id": ids, "title": ids}),
        pd.DataFrame(needs, columns=["project_id", "needs_project_id"]),
        pd.DataFrame(there_is, columns=["release", "resource", "available"]),
        pd.DataFrame(demand, columns=["project_id", "resource", "amount"]),
        pd.Series(random.uniform(10, 100, SIZE), index=ids),
    )


@pytest.mark.parametrize("seed", range(60))
def test_a_quick_plan_keeps_the_rules_and_is_never_better_than_the_best(seed: int, brute: SimpleNamespace) -> None:
    given = brute.portfolio(seed)
    best = brute.best(given)
    if best is None:
        assert quick_plan(given).status == "infeasible"
        return
    found = quick_plan(given)
    assert not brute.broken(given, found.plan)
    assert found.objective == pytest.approx(brute.worth(given, found.plan))
    assert found.objective <= best + 1e-9
    assert found.bound >= best - 1e-6


def test_a_search_without_the_solvers_proof_is_near_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over twelve instances of which the solver gets no time to prove any: on average within 8% of the best."""
    best = [plan_releases(loose(seed)).objective for seed in range(12)]
    monkeypatch.setattr(improve, "plan_releases", unproven)
    found = [quick_plan(loose(seed)) for seed in range(12)]
    shares = np.array([one.objective for one in found]) / best
    assert (shares <= 1 + 1e-9).all()
    assert shares.mean() > 0.92
    assert all(one.bound >= objective - 1e-6 for one, objective in zip(found, best, strict=True))


def unproven(portfolio: Portfolio, **_how: float) -> ReleasePlan:
    """The empty plan: what a solver has found that was stopped at once."""
    return known_plan(portfolio, {}, np.inf)


def test_the_same_seed_gives_the_same_plan() -> None:
    assert quick_plan(loose(3), seed=5).plan == quick_plan(loose(3), seed=5).plan


@pytest.mark.parametrize("seed", range(10))
def test_no_plan_exceeds_the_bound(seed: int, brute: SimpleNamespace) -> None:
    given = brute.portfolio(seed)
    best = brute.best(given)
    if best is not None:
        assert upper_bound(given) >= best - 1e-6


def test_where_not_even_parts_of_projects_keep_the_rules_there_is_no_bound() -> None:
    ids = ["A"]
    given = portfolio(
        pd.DataFrame({"project_id": ids, "title": ids, "must_do": [True]}),
        pd.DataFrame(columns=["project_id", "needs_project_id"]),
        pd.DataFrame({"release": [1], "resource": ["money"], "available": [1.0]}),
        pd.DataFrame({"project_id": ids, "resource": ["money"], "amount": [2.0]}),
        pd.Series({"A": 5.0}),
    )
    with pytest.raises(NoSolutionError, match="No plan keeps all the rules"):
        upper_bound(given)
    assert quick_plan(given).status == "infeasible"
