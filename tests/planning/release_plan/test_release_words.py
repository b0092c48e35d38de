"""What the report of a release plan says, and what other programs read of it, on a portfolio worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.planning.release_plan import report, words
from workbench.planning.release_plan.alternatives import alternatives
from workbench.planning.release_plan.by_hand import by_hand
from workbench.planning.release_plan.conflicts import Conflict, smallest_conflict
from workbench.planning.release_plan.frontier import frontier
from workbench.planning.release_plan.problem import Portfolio, portfolio
from workbench.planning.release_plan.reasons import reasons
from workbench.planning.release_plan.solve import ReleasePlan, plan_releases


def three(must_do: tuple[str, ...] = ()) -> Portfolio:
    """Web and Chat fill the money of the two releases to 96% and 70%; Data comes in with 30 more in release 2."""
    ids = ["A", "B", "D"]
    projects = pd.DataFrame({"project_id": ids, "title": ["Web", "Chat", "Data"]})
    projects["must_do"] = projects["project_id"].isin(must_do)
    needs = pd.DataFrame({"project_id": ["B"], "needs_project_id": ["A"]})
    there_is = pd.DataFrame({"release": [1, 2], "resource": "money", "available": [100.0, 100.0]})
    uses = pd.DataFrame({"project_id": ids, "resource": "money", "amount": [96.0, 70.0, 60.0]})
    return portfolio(projects, needs, there_is, uses, pd.Series({"A": 50.0, "B": 80.0, "D": 40.0}))


@pytest.fixture(scope="module")
def plan() -> ReleasePlan:
    return plan_releases(three())


@pytest.fixture(scope="module")
def conflict() -> Conflict:
    return smallest_conflict(three(("A", "B", "D")))


def test_the_headline_of_a_plan(plan: ReleasePlan) -> None:
    said = [tuple(one.replace("\xa0", " ") for one in box) for box in words.headline(plan, None)]
    assert said == [
        ("Value", "122 points", "proven the most within the rules"),
        ("Projects", "2", "of 3; 1 left out"),
        ("Money", "166 €", "of 200 € available"),
        ("Releases", "2", "of 2 planned for"),
    ]


def test_the_headline_where_there_is_none(conflict: Conflict) -> None:
    """All three need 226 of 200: who needs the money, and the limits of both releases."""
    assert [figure for _label, figure, _note in words.headline(plan_releases(three(("A", "B", "D"))), conflict)] == [
        "none",
        str(len(conflict.rules)),
    ]
    assert words.conflict_caption(conflict).startswith("The smallest")


def test_a_conflict_that_is_not_proven_the_smallest_is_not_called_so(plan: ReleasePlan, conflict: Conflict) -> None:
    open_one = Conflict(conflict.rules, smallest=False)
    said = [words.conflict_caption(open_one), words.under_the_board(plan, open_one)]
    said.append(words.headline(plan, open_one)[1][2])
    assert not [one for one in said if "smallest" in one or "any one" in one]


def test_how_tight_it_is(plan: ReleasePlan) -> None:
    assert words.tightness(plan).startswith("1 limit of the 2 is used to 95% or more")


def test_what_to_decide(plan: ReleasePlan, conflict: Conflict) -> None:
    said = words.to_decide(plan, None, reasons(plan), None)
    assert [one.replace("\xa0", " ") for one, _follows in said] == [
        "Confirm the first release: “Web” (A).",
        "Find 30 € more in release 2, or leave out Data (D).",
    ]
    assert said[0][1] == "Its projects take up 57.8% of the money of the plan."
    nothing = plan_releases(three(("A", "B", "D")))
    assert [one for one, _follows in words.to_decide(nothing, conflict, {}, None)] == [
        rule.told for rule in conflict.rules
    ]


def test_what_to_know() -> None:
    assert words.notes(1.0, {}, None) == []
    assert words.notes(0.5, {"A": ("R2", "R1")}, None) == [
        "Money of every release: 0.5 times the program's.",
        "Without a value index, and so without value for the plan: R1 and R2.",
    ]


def test_the_tables(plan: ReleasePlan) -> None:
    assert report.load(plan)[["release", "resource_label", "free"]].to_numpy().tolist() == [
        [1, "Money", 4.0],
        [2, "Money", 30.0],
    ]
    assert report.left_out(plan, reasons(plan))["project_id"].tolist() == ["D"]
    others = report.other_plans(alternatives(plan, 1, within=0.3, differing_in=1))
    assert others[["value", "added", "dropped", "moved"]].to_numpy().tolist() == [[86.0, "D", "B", "–"]]


def test_what_other_programs_read(plan: ReleasePlan) -> None:
    money = frontier(plan.portfolio, points=3)
    found = report.results(
        plan, reasons(plan), None, frontier=money, changes=by_hand(plan, ["D=1"]), others=None, sure=None
    )
    assert (found["status"], found["gap"], found["plan"]) == ("optimal", 0.0, {"A": 1, "B": 2})
    assert list(found["left_out"]) == ["D"]
    assert found["by_hand"]["broken"] == ["capacity:1:money"]
    assert [row["value"] for row in found["frontier"] if row["today"]] == [pytest.approx(122.0)]
    assert found["alternatives"] == []
    assert found["robustness"] == {}
