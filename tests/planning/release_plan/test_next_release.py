"""The published Next Release Problem against every subset of the customers."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from workbench.errors import DataError, SettingsError
from workbench.planning.release_plan import next_release as module
from workbench.planning.release_plan.next_release import next_release
from workbench.planning.release_plan.solver import Answer

Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]


def tables(
    profits: dict[str, float],
    wants: list[tuple[str, str]],
    costs: dict[str, float],
    needs: list[tuple[str, str]],
) -> Tables:
    return (
        pd.DataFrame({"customer_id": list(profits), "profit": list(profits.values())}),
        pd.DataFrame(wants, columns=["customer_id", "requirement_id"]),
        pd.DataFrame({"requirement_id": list(costs), "cost": list(costs.values())}),
        pd.DataFrame(needs, columns=["requirement_id", "needs_requirement_id"]),
    )


SMALL = tables(
    {"Ana": 30, "Ben": 20, "Eva": 25},
    [("Ana", "R2"), ("Ben", "R3"), ("Eva", "R4")],
    {"R1": 5, "R2": 4, "R3": 3, "R4": 1, "R5": 99},
    [("R2", "R1"), ("R4", "R1")],
)


@st.composite
def problems(draw: st.DrawFn) -> tuple[Tables, int]:
    """Few customers and requirements; a requirement needs only earlier ones, in shuffled order."""
    customers = [f"C{place}" for place in range(draw(st.integers(1, 7)))]
    requirements = [f"R{place}" for place in range(draw(st.integers(1, 9)))]
    order = draw(st.permutations(requirements))
    links = st.tuples(st.integers(0, len(order) - 1), st.integers(0, len(order) - 1))
    needs = [(order[max(pair)], order[min(pair)]) for pair in draw(st.lists(links, max_size=12)) if len(set(pair)) > 1]
    wants = draw(st.lists(st.tuples(st.sampled_from(customers), st.sampled_from(requirements)), max_size=18))
    profits = {name: draw(st.integers(0, 30)) for name in customers}
    costs = {name: draw(st.integers(0, 9)) for name in requirements}
    return tables(profits, wants, costs, needs), draw(st.integers(0, 40))


def everything_for(chosen: tuple[str, ...], wants: pd.DataFrame, needs: pd.DataFrame) -> set[str]:
    """What has to be made, one prerequisite after the other until nothing is added."""
    made = {requirement for customer, requirement in wants.to_numpy().tolist() if customer in chosen}
    while True:
        more = {needed for requirement, needed in needs.to_numpy().tolist() if requirement in made} - made
        if not more:
            return made
        made |= more


def best_of_all(given_tables: Tables, budget: float) -> float:
    customers, wants, requirements, needs = given_tables
    profit = customers.set_index("customer_id")["profit"]
    cost = requirements.set_index("requirement_id")["cost"]
    subsets = [subset for size in range(len(profit) + 1) for subset in combinations(profit.index, size)]
    affordable = [
        subset for subset in subsets if sum(cost[name] for name in everything_for(subset, wants, needs)) <= budget
    ]
    return float(max(sum(profit[name] for name in subset) for subset in affordable))


@settings(max_examples=60)
@given(problems())
def test_the_selection_is_the_best_of_all_subsets(problem):
    given_tables, budget = problem
    found = next_release(*given_tables, budget)
    customers, wants, requirements, needs = given_tables
    assert found.status == "optimal"
    assert found.profit == pytest.approx(best_of_all(given_tables, budget))
    made = everything_for(found.customers, wants, needs)
    assert made <= set(found.requirements)
    cost = requirements.set_index("requirement_id")["cost"]
    assert found.cost == pytest.approx(sum(cost[name] for name in found.requirements))
    assert found.cost <= budget
    assert found.profit == customers.set_index("customer_id")["profit"].loc[list(found.customers)].sum()


def layered(seed: int) -> tuple[Tables, float]:
    """Three layers, each a prerequisite of some of the next: the published shape, small."""
    random = np.random.default_rng(seed)
    layers = np.split(np.arange(70), [10, 30])
    needs = [
        (f"R{child}", f"R{parent}")
        for upper, lower in pairwise(layers)
        for parent in upper
        for child in random.choice(lower, random.integers(0, 6), replace=False)
    ]
    wants = [
        (f"C{customer}", f"R{wanted}")
        for customer in range(40)
        for wanted in random.choice(70, random.integers(1, 6), replace=False)
    ]
    profits = {f"C{place}": float(profit) for place, profit in enumerate(random.integers(10, 51, 40))}
    costs = {f"R{place}": float(cost) for place, cost in enumerate(random.integers(1, 11, 70))}
    return tables(profits, wants, costs, needs), math.floor(0.4 * sum(costs.values()))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_optimum_is_that_of_the_textbook_formulation(seed):
    given_tables, budget = layered(seed)
    customers, wants, requirements, needs = given_tables
    at = {name: place for place, name in enumerate([*customers["customer_id"], *requirements["requirement_id"]])}
    pairs = [*wants.to_numpy().tolist(), *needs.to_numpy().tolist()]
    matrix = np.zeros((len(pairs) + 1, len(at)))
    for row, (one, other) in enumerate(pairs):
        matrix[row, [at[one], at[other]]] = 1, -1
    matrix[-1, len(customers) :] = requirements["cost"]
    profits = np.append(customers["profit"], np.zeros(len(requirements)))
    limits = LinearConstraint(matrix, -np.inf, np.append(np.zeros(len(pairs)), budget))
    textbook = milp(-profits, integrality=np.ones(len(at)), bounds=Bounds(0, 1), constraints=limits)
    assert next_release(*given_tables, budget).profit == pytest.approx(-textbook.fun)


def test_prerequisites_are_paid_once_and_what_nobody_wants_is_not_made():
    found = next_release(*SMALL, 10)
    assert (found.customers, found.requirements) == (("Ana", "Eva"), ("R1", "R2", "R4"))
    assert (found.profit, found.cost, found.gap) == (55.0, 10.0, 0.0)
    assert found.to_frame()["requirement_id"].tolist() == ["R1", "R2", "R4"]
    assert found.conclusion == (
        "2 customers get all that they want, with a profit of 55. "
        "It takes 3 requirements at a cost of 10, out of 10. No other selection brings more."
    )


def test_a_customer_with_nothing_more_to_want_is_pleased_for_nothing():
    customers, wants, requirements, needs = SMALL
    more = pd.DataFrame({"customer_id": ["Sol", "Leo"], "profit": [0.0, 7.0]})
    found = next_release(pd.concat([customers, more]), wants, requirements, needs, 0)
    assert (found.customers, found.profit, found.requirements) == (("Sol", "Leo"), 7.0, ())


def test_nobody_affordable_is_an_optimum_too():
    found = next_release(*SMALL, 2)
    assert (found.status, found.customers, found.profit, found.cost) == ("optimal", (), 0.0, 0.0)


def test_a_time_limit_leaves_a_gap(monkeypatch):
    chosen = np.array([True, False, False, False])
    for answer, profit, bound in (
        (Answer("feasible", chosen, 60.0, ""), 30.0, 60.0),
        (Answer("time_is_up", None, np.inf, ""), 0.0, 75.0),
    ):
        monkeypatch.setattr(module, "solve", lambda *given, answer=answer: answer)
        found = next_release(*SMALL, 12, time_limit=1)
        assert (found.status, found.profit, found.bound) == ("feasible", profit, bound)
        assert found.gap == pytest.approx(1 - profit / bound)
        assert f"up to {bound:.0f}" in found.conclusion


def test_a_time_limit_is_kept():
    given_tables, budget = layered(4)
    found = next_release(*given_tables, budget, time_limit=0.05)
    assert found.profit <= found.bound <= given_tables[0]["profit"].sum()
    assert found.cost <= budget


def told(**changes: pd.DataFrame) -> list[str]:
    names = ("customers", "wants", "requirements", "prerequisites")
    with pytest.raises(DataError) as caught:
        next_release(**(dict(zip(names, SMALL, strict=True)) | changes), budget=10)
    return [problem.found for problem in caught.value.problems]


def test_what_is_wrong_is_named():
    assert told(prerequisites=pd.DataFrame({"requirement_id": ["R1", "R2"], "needs_requirement_id": ["R2", "R1"]})) == [
        "These requirements need one another in a circle: R1 → R2 → R1."
    ]
    assert told(requirements=SMALL[2].assign(cost=[5, -4, math.nan, 1, 9])) == [
        "“R2” has the cost -4.0.",
        "“R3” has the cost nan.",
    ]
    assert told(
        customers=pd.DataFrame({"customer_id": ["Ana", "Ana", "Ben"], "profit": [1.0, 2.0, math.inf]}),
        wants=pd.DataFrame({"customer_id": ["Zoe"], "requirement_id": ["R9"]}),
    ) == [
        "The id “Ana” stands there more than once.",
        "“Ben” has the profit inf.",
        "There is nothing with the id “Zoe”.",
        "There is nothing with the id “R9”.",
    ]


@pytest.mark.parametrize("wrong", [{"budget": -1}, {"budget": math.nan}, {"time_limit": 0}, {"gap": 2}])
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        next_release(*SMALL, **({"budget": 10} | wrong))
