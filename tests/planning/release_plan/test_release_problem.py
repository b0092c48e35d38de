"""What a release plan is made of, and everything that can be wrong with it."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from workbench.errors import DataError, SettingsError
from workbench.planning.release_plan.network import chain, cycles
from workbench.planning.release_plan.problem import portfolio, project_values, unvalued


def tables(**changes: pd.DataFrame | pd.Series) -> dict[str, pd.DataFrame | pd.Series]:
    """Three projects, two releases, money and days; B needs A."""
    projects = pd.DataFrame(
        {
            "project_id": ["A", "B", "C"],
            "title": ["Web", "Chat", "Data"],
            "requirement_ids": [("R1", "R2"), ("R3",), ()],
            "must_do": [True, False, False],
            "earliest_release": pd.array([None, 2, None], dtype="Int64"),
            "latest_release": pd.array([None, 2, 1], dtype="Int64"),
            "excludes": [(), ("C",), ("B",)],
            "choose_one": ["", "one", "one"],
        }
    )
    there_is = [(1, "money", 10.0), (1, "days", 5.0), (2, "money", 20.0)]
    given = {
        "projects": projects,
        "dependencies": pd.DataFrame({"project_id": ["B"], "needs_project_id": ["A"]}),
        "capacity": pd.DataFrame(there_is, columns=["release", "resource", "available"]),
        "demand": pd.DataFrame([("A", "money", 4.0), ("B", "days", 1.0)], columns=["project_id", "resource", "amount"]),
        "value": pd.Series({"A": 50.0, "B": 80.0, "C": 10.0}),
    }
    return given | changes


def told(**changes: object) -> list[str]:
    keywords = {name: changes.pop(name) for name in ("minimum_shares", "forced_out", "requirements") if name in changes}
    with pytest.raises(DataError) as caught:
        portfolio(**tables(**changes), **keywords)
    return [problem.found for problem in caught.value.problems]


def needs(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["project_id", "needs_project_id"])


REQUIREMENTS = pd.DataFrame(
    {"requirement_id": ["R1", "R2", "R3"], "department": ["Sales", "Marketing", "Sales"], "title": ""}
)


def test_the_tables_become_frames_in_their_order():
    made = portfolio(**tables(), requirements=REQUIREMENTS, minimum_shares={"Sales": 0.25, "Marketing": 0.0})
    assert made.projects == ("A", "B", "C")
    assert made.releases == (1, 2)
    assert made.capacity.loc["days"].to_dict() == {1: 5.0, 2: 0.0}
    assert made.demand.loc["A"].to_dict() == {"money": 4.0, "days": 0.0}
    assert made.demand.loc["C"].eq(0).all()
    assert made.must_do == {"A"}
    assert made.excludes == (("B", "C"),)
    assert made.choose_one == {"one": ("B", "C")}
    assert (dict(made.earliest), dict(made.latest)) == ({"B": 2}, {"B": 2, "C": 1})
    assert made.departments.loc["A", ["Sales", "Marketing"]].tolist() == [0.5, 0.5]
    assert made.departments.sum(axis=1).tolist() == [1.0, 1.0, 1.0]
    assert dict(made.minimum_shares) == {"Sales": 0.25}
    assert made.worth.loc["B"].tolist() == pytest.approx([80.0, 72.0])


def test_little_is_needed():
    bare = tables()["projects"][["project_id", "title"]]
    made = portfolio(**tables(projects=bare, dependencies=needs()))
    assert (made.needs, made.must_do, made.excludes, dict(made.choose_one)) == ((), frozenset(), (), {})
    assert made.departments.to_numpy().tolist() == [[1.0]] * 3


def test_the_value_of_a_project_is_the_sum_over_its_requirements():
    scores = pd.DataFrame({"value": [60.0, 30.0, math.nan]}, index=["R1", "R2", "R3"])
    projects = tables()["projects"]
    assert project_values(projects, scores).to_dict() == {"A": 90.0, "B": 0.0, "C": 0.0}
    assert unvalued(projects, scores) == {"B": ("R3",)}


FREE = tables()["projects"].assign(excludes=[(), (), ()])


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (
            {"dependencies": needs(("A", "B"), ("B", "C"), ("C", "A")), "projects": FREE},
            "These projects need one another in a circle: A → B → C → A.",
        ),
        ({"dependencies": needs(("A", "A"))}, "These projects need one another in a circle: A → A."),
        ({"dependencies": needs(("B", "Z"))}, "There is no project “Z”."),
        ({"forced_out": ("Z",)}, "There is no project “Z”."),
        ({"forced_out": ("A", "B")}, "Project A has to be done, and it is left out."),
        (
            {"dependencies": needs(("B", "A"), ("A", "C"))},
            "Project B can never be done: it excludes C and needs it: B → A → C.",
        ),
        (
            {"demand": pd.DataFrame({"project_id": ["A", "C"], "resource": "testers", "amount": 1.0})},
            "A and C need “testers”, and no release supplies it.",
        ),
        (
            {"demand": pd.DataFrame({"project_id": ["A"], "resource": "money", "amount": math.nan})},
            "The amount of A, money is nan.",
        ),
        (
            {"capacity": pd.DataFrame({"release": [1, 1], "resource": ["money", "days"], "available": [-3.0, 1]})},
            "The amount of 1, money is -3.0.",
        ),
        ({"value": pd.Series({"A": 1.0, "B": -2.0, "C": 3.0})}, "The value of project B is -2.0."),
        ({"value": pd.Series({"A": 1.0, "C": 3.0})}, "The value of project B is nan."),
        ({"value": pd.Series([1.0, 1.0, 2.0, 3.0], index=list("AABC"))}, "A stands there more than once."),
        (
            {"demand": pd.DataFrame({"project_id": ["A", "A"], "resource": "money", "amount": 1.0})},
            "A, money stands there more than once.",
        ),
        (
            {"minimum_shares": {"Legal": 0.1}, "requirements": REQUIREMENTS},
            "There is a minimum share for “Legal”, and no project serves it.",
        ),
        (
            {
                "minimum_shares": {"Sales": 0.1},
                "requirements": REQUIREMENTS,
                "capacity": pd.DataFrame({"release": [1], "resource": ["days"], "available": [9.0]}),
                "demand": pd.DataFrame({"project_id": ["A"], "resource": ["days"], "amount": [1.0]}),
            },
            "There are minimum shares, and no release has the resource “money”.",
        ),
        (
            {"projects": tables()["projects"].assign(earliest_release=pd.array([None, 2, 2], dtype="Int64"))},
            "Project C cannot come before release 2, nor after release 1.",
        ),
        (
            {"projects": tables()["projects"].assign(excludes=[("A",), (), ()])},
            "Project A can never be done: it excludes A and needs it: A → A.",
        ),
    ],
    ids=[
        "circle",
        "needs itself",
        "unknown need",
        "unknown left out",
        "must and left out",
        "excludes what it needs",
        "nobody supplies",
        "no amount",
        "negative capacity",
        "negative value",
        "no value",
        "double value",
        "double demand",
        "department without projects",
        "shares without money",
        "empty window",
        "excludes itself",
    ],
)
def test_what_is_wrong_is_named(changes, found):
    assert told(**changes) == [found]


def test_whoever_needs_one_that_is_left_out_is_told_with_the_chain():
    found = told(projects=FREE, dependencies=needs(("A", "B"), ("B", "C")), forced_out=("C",))
    assert found == [
        "Project A needs C, which is left out: A → B → C.",
        "Project B needs C, which is left out: B → C.",
    ]
    assert portfolio(**tables(projects=FREE), forced_out=("B", "C")).forced_out == {"B", "C"}


def test_all_that_is_wrong_is_told_at_once():
    found = told(
        dependencies=needs(("A", "B"), ("B", "A"), ("C", "Z")),
        value=pd.Series({"A": math.inf, "B": 1.0, "C": 1.0}),
        demand=pd.DataFrame({"project_id": ["Y"], "resource": ["money"], "amount": [-1.0]}),
    )
    assert len(found) == 5


def test_nothing_to_plan_is_told():
    empty = tables()
    found = told(
        projects=empty["projects"].head(0),
        capacity=empty["capacity"].head(0),
        demand=empty["demand"].head(0),
        dependencies=needs(),
        value=pd.Series(dtype=float),
    )
    assert found == ["There is no project.", "There is no release."]


@pytest.mark.parametrize("discount", [-0.1, 1.0, math.nan])
def test_a_discount_out_of_bounds_is_refused(discount):
    with pytest.raises(SettingsError, match="discount"):
        portfolio(**tables(), discount=discount)


@pytest.mark.parametrize("shares", [{"Sales": -0.1}, {"Sales": 1.5}, {"Sales": math.nan}, {"Sales": 0.7, "Care": 0.5}])
def test_minimum_shares_out_of_bounds_are_refused(shares):
    with pytest.raises(SettingsError, match="minimum"):
        portfolio(**tables(), requirements=REQUIREMENTS, minimum_shares=shares)


def test_a_what_if_is_checked_and_leaves_the_rest():
    made = portfolio(**tables())
    doubled = made.with_(capacity=made.capacity * 2, forced_out=["C"], discount=0.0)
    assert doubled.capacity.at["money", 1] == 20.0
    assert (doubled.forced_out, doubled.must_do, made.forced_out) == ({"C"}, {"A"}, frozenset())
    for wrong in (
        {"capacity": -made.capacity},
        {"capacity": made.capacity.drop(index="days")},
        {"demand": made.demand.assign(testers=1.0)},
        {"value": made.value.drop("A")},
        {"must_do": ["Z"]},
    ):
        with pytest.raises(DataError):
            made.with_(**wrong)
    with pytest.raises(SettingsError):
        made.with_(discount=1.0)


def test_cycles_are_the_shortest_and_each_group_has_one():
    pairs = [("A", "B"), ("B", "C"), ("C", "D"), ("D", "A"), ("C", "A"), ("E", "A"), ("F", "G"), ("G", "F")]
    assert cycles(pairs) == [["A", "B", "C", "A"], ["F", "G", "F"]]
    assert cycles([("A", "B"), ("A", "C"), ("B", "C")]) == []
    assert cycles([]) == []


def test_a_chain_takes_the_shortest_way():
    assert chain([("A", "B"), ("B", "D"), ("A", "C"), ("C", "E"), ("E", "D")], "A", {"D"}) == ["A", "B", "D"]
    assert chain([], "A", {"A"}) == []
