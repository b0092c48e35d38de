"""Reach with its reasons, and the map of objectives with its orphans."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.planning.catalogue import CAPABILITY_LABELS, REACH_LABELS, objectives_map, reach
from workbench.program.tables import CAPABILITIES

OWN = {"Customer Care": ["Tickets", "Telephony"], "Finance": ["Billing"], "Sales": []}


def requirements_of(*rows: dict[str, Any]) -> pd.DataFrame:
    blank: dict[str, Any] = {
        "title": "A title",
        "department": "Customer Care",
        "other_departments": (),
        "systems_touched": (),
        "business_objective": "",
        "capability": "",
    }
    made = [{"requirement_id": f"R{place}"} | blank | row for place, row in enumerate(rows, 1)]
    return pd.DataFrame(made, columns=["requirement_id", *blank])


REACHES = [
    ({}, "departmental", "It names no other department and touches no system."),
    (
        {"systems_touched": ("tickets ", "TELEPHONY")},
        "departmental",
        (
            "It names no other department, and the systems that it touches are the department's own: "
            "tickets and TELEPHONY."
        ),
    ),
    (
        {"systems_touched": ("Tickets", "billing", "Web")},
        "enterprise_wide",
        "It needs systems that are not the department's own: billing (Finance) and Web.",
    ),
    (
        {"other_departments": ("Marketing", " customer care ", "marketing")},
        "enterprise_wide",
        "Other departments take part: Marketing.",
    ),
    (
        {"other_departments": (" CUSTOMER CARE", "")},
        "departmental",
        "It names no other department and touches no system.",
    ),
    (
        {"department": "Sales", "systems_touched": ("Tickets",)},
        "enterprise_wide",
        "It needs systems that are not the department's own: Tickets (Customer Care).",
    ),
    (
        {"department": "Legal", "systems_touched": ("Tickets",)},
        "departmental",
        "It names no other department and touches one system, Tickets. Whether that is Legal's own is not declared.",
    ),
    (
        {"department": "Legal", "systems_touched": ("Tickets", "tickets", "Billing")},
        "enterprise_wide",
        "It touches more than one system: Tickets and Billing. Which of them are Legal's own is not declared.",
    ),
    (
        {"other_departments": ("Finance",), "systems_touched": ("Billing",)},
        "enterprise_wide",
        "Other departments take part: Finance. It needs systems that are not the department's own: Billing (Finance).",
    ),
]


@pytest.mark.parametrize(("row", "expected", "reason"), REACHES)
def test_reach_and_its_reason(row: dict[str, Any], expected: str, reason: str) -> None:
    found = reach(requirements_of(row), OWN)
    assert found.to_dict("records") == [{"requirement_id": "R1", "reach": expected, "reason": reason}]


def test_reach_of_no_requirements() -> None:
    assert list(reach(requirements_of(), OWN).columns) == ["requirement_id", "reach", "reason"]


names = st.sampled_from(["A", "b", "C"])


@given(st.lists(names), st.lists(names), st.dictionaries(names, st.lists(names)))
@settings(max_examples=60)
def test_case_and_outer_spaces_make_no_difference(
    others: list[str], systems: list[str], own: dict[str, list[str]]
) -> None:
    plain = requirements_of({"department": "A", "other_departments": others, "systems_touched": systems})
    loud = requirements_of(
        {
            "department": " a ",
            "other_departments": [f" {name.swapcase()}" for name in others],
            "systems_touched": [f"{name.swapcase()} " for name in systems],
        }
    )
    found = reach(plain, own)["reach"].item()
    assert found == reach(loud, own)["reach"].item()
    foreign = set(systems) - set(own["A"]) if "A" in own else set(systems) if len(set(systems)) > 1 else set()
    assert found == ("enterprise_wide" if set(others) - {"A"} or foreign else "departmental")
    assert found in REACH_LABELS


SERVING = requirements_of(
    {"business_objective": "retention ", "capability": "analytics"},
    {"business_objective": "Retention", "capability": "customer_care"},
    {"business_objective": "Growth", "capability": ""},
    {"business_objective": "", "capability": "analytics"},
)


def test_objectives_and_their_orphans() -> None:
    found = objectives_map(SERVING, ["Retention", "Lower cost to serve"])
    assert found.mapping["objective"].tolist() == ["Retention", "Retention", "Growth", ""]
    assert found.without_objective == ("R4",)
    assert found.without_capability == ("R3",)
    assert found.unserved == ("Lower cost to serve",)
    assert found.undeclared == ("Growth",)
    assert found.conclusion == (
        "3 of 4 requirements serve a business objective. Without an objective: R4. Without a capability: R3. "
        "Objectives that no requirement serves: “Lower cost to serve”. Objectives that are not declared: “Growth”."
    )


def test_counts_by_objective_and_capability() -> None:
    counts = objectives_map(SERVING, ["Retention", "Lower cost to serve"]).counts
    assert list(counts.index) == ["Retention", "Lower cost to serve", "Growth", ""]
    assert list(counts.columns) == [*CAPABILITIES, ""]
    assert counts.loc["Retention", ["analytics", "customer_care"]].tolist() == [1, 1]
    assert counts.loc["Lower cost to serve"].sum() == 0
    assert counts.loc["Growth", ""] == 1
    assert counts.loc["", "analytics"] == 1
    assert counts.to_numpy().sum() == 4


def test_words_for_people() -> None:
    found = objectives_map(SERVING, [])
    assert found.to_frame()["capability"].tolist() == ["Analytics", "Customer care", "none", "Analytics"]
    assert found.to_frame()["objective"].tolist()[-1] == "none"
    table = found.cross_table()
    assert list(table.columns)[-1] == "none"
    assert "Sales force automation" in table.columns
    assert table.index[-1] == "none"


def test_nothing_is_undeclared_where_nothing_is_declared() -> None:
    found = objectives_map(SERVING, [])
    assert found.undeclared == ()
    assert found.unserved == ()
    assert found.mapping["objective"].tolist() == ["retention", "retention", "Growth", ""]


def test_no_requirements() -> None:
    found = objectives_map(requirements_of(), ["Retention"])
    assert found.unserved == ("Retention",)
    assert found.counts.shape == (1, len(CAPABILITIES))
    assert found.conclusion.startswith("0 of 0 requirements")


def test_every_capability_has_a_label() -> None:
    assert list(CAPABILITY_LABELS) == list(CAPABILITIES)


def test_pairs_count_and_name_the_requirements():
    frame = pd.DataFrame(
        {
            "requirement_id": ["R1", "R2", "R3"],
            "title": ["a", "b", "c"],
            "business_objective": ["Keep customers", "keep customers ", ""],
            "capability": ["analytics", "analytics", ""],
        }
    )
    pairs = objectives_map(frame, ["Keep customers"]).pairs()
    assert pairs.to_dict("records") == [
        {
            "objective": "Keep customers",
            "capability_label": "Analytics",
            "requirements": 2,
            "requirement_ids": "R1, R2",
        },
        {"objective": "", "capability_label": "", "requirements": 1, "requirement_ids": "R3"},
    ]
