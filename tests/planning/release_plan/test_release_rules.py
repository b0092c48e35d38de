"""Plans made by hand, held to the rules."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.errors import DataError
from workbench.language import using
from workbench.planning.release_plan.problem import Portfolio, portfolio
from workbench.planning.release_plan.rules import amount_told, broken, rules


@pytest.fixture
def made() -> Portfolio:
    projects = pd.DataFrame(
        {
            "project_id": ["A", "B", "C", "D", "E"],
            "title": ["Web", "Chat", "Data", "Mail", "E"],
            "requirement_ids": [("R1",), ("R2",), ("R2",), ("R1", "R2"), ()],
            "must_do": [True, False, False, False, False],
            "earliest_release": pd.array([None, 2, None, None, None], dtype="Int64"),
            "latest_release": pd.array([None, None, 1, None, None], dtype="Int64"),
            "excludes": [(), ("D",), (), (), ()],
            "choose_one": ["", "", "", "mail", "mail"],
        }
    )
    uses = {"A": 6.0, "B": 5.0, "C": 3.0, "D": 2.0, "E": 1.0}
    return portfolio(
        projects,
        pd.DataFrame({"project_id": ["B"], "needs_project_id": ["A"]}),
        pd.DataFrame({"release": [1, 2], "resource": "money", "available": [9.0, 6.0]}),
        pd.DataFrame({"project_id": list(uses), "resource": "money", "amount": list(uses.values())}),
        pd.Series(10.0, index=list(uses)),
        pd.DataFrame({"requirement_id": ["R1", "R2"], "department": ["Sales", "Care"]}),
        minimum_shares={"Care": 0.3},
    ).with_(forced_out=())


@pytest.mark.parametrize(
    ("plan", "names"),
    [
        ({"A": 1, "C": 1, "E": 2}, []),
        ({"A": 1, "B": 2, "E": 2}, []),
        ({"A": 2, "B": 2, "E": 2}, ["capacity:2:money"]),
        ({"A": 2, "B": 1, "E": 2}, ["needs:B:A", "earliest:B", "capacity:2:money"]),
        ({"B": 2, "E": 1}, ["must_do:A", "needs:B:A"]),
        ({"A": 1, "C": 2, "E": 2}, ["latest:C"]),
        ({"A": 1, "B": 2, "D": 1}, ["excludes:B:D"]),
        ({"A": 1, "C": 1}, ["choose_one:mail"]),
        ({"A": 1, "D": 1, "E": 1}, ["choose_one:mail", "minimum_share:Care"]),
        ({}, ["must_do:A", "choose_one:mail"]),
    ],
    ids=lambda given: " ".join(map(str, given)) or "none",
)
def test_the_broken_rules_are_found(made, plan, names):
    assert [rule.name for rule in broken(made, plan)] == names


def test_what_is_left_out_by_decision_is_a_rule(made):
    assert [rule.name for rule in broken(made.with_(forced_out=["E"]), {"A": 1, "C": 1, "E": 2})] == ["forced_out:E"]


def test_every_rule_has_its_sentence(made):
    told = {rule.name: rule.told.replace("\xa0", " ") for rule in rules(made.with_(forced_out=["C"]))}
    assert told == {
        "must_do:A": "Web (A) has to be done.",
        "forced_out:C": "Data (C) is left out by decision.",
        "needs:B:A": "Chat (B) needs Web (A) in the same release or an earlier one.",
        "excludes:B:D": "Chat (B) and Mail (D) cannot both be done.",
        "choose_one:mail": "Of Mail (D) and E exactly one is done.",
        "earliest:B": "Chat (B) cannot come before release 2.",
        "latest:C": "Data (C) cannot come after release 1.",
        "capacity:1:money": "Release 1 has at most 9 €.",
        "capacity:2:money": "Release 2 has at most 6 €.",
        "minimum_share:Care": "At least 30% of the plan's money goes to “Care”.",
    }


def test_sums_that_differ_by_rounding_break_nothing(made):
    tight = made.with_(demand=made.demand.assign(money=[0.1, 0.1, 0.2, 0.0, 0.0]), capacity=made.capacity * 0 + 0.3)
    assert 0.1 + 0.2 > 0.3
    assert broken(tight, {"A": 1, "C": 1, "E": 1}) == ()


def test_a_plan_of_unknown_projects_or_releases_is_refused(made):
    with pytest.raises(DataError, match="no project “Z”"):
        broken(made, {"Z": 1})
    with pytest.raises(DataError, match="planned for release 3"):
        broken(made, {"A": 3})


def test_amounts_are_told_in_their_unit():
    with using("en", currency="EUR"):
        assert amount_told("money", 35000.0) == "35,000\xa0€"
        assert amount_told("days", 1234.5) == "1,234.5 of “days”"
