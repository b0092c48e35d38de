"""Where the boundaries of projects touch: twice, in none, overlapping, contradictory, and what alternatives may do."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workbench.language import using
from workbench.planning.boundaries import Boundaries, boundaries, things

PLAIN: dict[str, Any] = {"requirement_ids": (), "excludes": (), "choose_one": "", "in_scope": "", "out_of_scope": ""}


def found(requirements: dict[str, tuple[str, ...]] | None = None, **projects: dict[str, Any]) -> Boundaries:
    """Boundaries of projects by id, with requirements and the systems that they touch."""
    rows = [{"project_id": key, **PLAIN, **row} for key, row in projects.items()]
    systems = requirements or {}
    return boundaries(
        pd.DataFrame(rows, columns=["project_id", *PLAIN]),
        pd.DataFrame({"requirement_id": list(systems), "systems_touched": list(systems.values())}),
    )


def test_requirements_in_none_and_in_two() -> None:
    given: dict[str, tuple[str, ...]] = {"R1": (), "R2": (), "R3": ()}
    seen = found(given, P1={"requirement_ids": ("R1", "R2")}, P2={"requirement_ids": ("R2",)})
    assert seen.unassigned == ("R3",)
    assert dict(seen.twice) == {"R2": ("P1", "P2")}
    assert seen.touching == ("R2 is in P1 and P2.", "R3 is in no project.")


@pytest.mark.parametrize(
    "alternative",
    [{"P1": {"excludes": ("P2",)}}, {"P1": {"choose_one": "chat"}, "P2": {"choose_one": "chat"}}],
    ids=["excluded", "one of a group"],
)
def test_alternatives_may_share_everything(alternative: dict[str, dict[str, Any]]) -> None:
    same = {"requirement_ids": ("R1",), "in_scope": "Web chat"}
    projects = {key: {**same, **alternative.get(key, {})} for key in ("P1", "P2")}
    seen = found({"R1": ("Billing",)}, **projects)
    assert (dict(seen.twice), dict(seen.overlaps), dict(seen.shared_systems)) == ({}, {}, {})
    assert dict(seen.alternatives) == {"R1": ("P1", "P2")}
    assert seen.touching == ()
    assert seen.alternatives_told == "Delivered by one of several alternatives: R1 (P1 or P2)."


def test_two_alternatives_and_a_third_that_can_be_done_as_well() -> None:
    one = {"requirement_ids": ("R1",)}
    seen = found({"R1": ()}, P1={**one, "excludes": ("P2",)}, P2=one, P3=one)
    assert dict(seen.twice) == {"R1": ("P1", "P2", "P3")}


def test_the_same_thing_in_two_scopes_however_it_is_written() -> None:
    seen = found(P1={"in_scope": "Contact  rules; scripts"}, P2={"in_scope": "Shifts;\ncontact RULES."})
    assert dict(seen.overlaps) == {"Contact  rules": ("P1", "P2")}
    assert seen.touching == ("“Contact  rules” is in the scope of P1 and P2.",)


def test_inside_one_and_outside_the_other_is_a_clean_boundary() -> None:
    seen = found(P1={"in_scope": "Scripts"}, P2={"out_of_scope": "Scripts"})
    assert seen.touching == ()


def test_inside_and_outside_of_the_same_project_is_a_contradiction() -> None:
    seen = found(P1={"in_scope": "Scripts; shifts", "out_of_scope": "scripts"})
    assert dict(seen.contradictions) == {"Scripts": ("P1",)}
    assert seen.touching == ("“Scripts” is both inside and outside the scope of P1.",)


def test_systems_that_several_touch_the_most_shared_first() -> None:
    given = {"R1": ("Billing", "Web"), "R2": ("Billing",), "R3": ("Web", "Billing", "Mail")}
    projects = {f"P{place}": {"requirement_ids": (f"R{place}",)} for place in (1, 2, 3)}
    table = found(given, **projects).shared_systems_table()
    assert table.to_dict("list") == {
        "system": ["Billing", "Web"],
        "count": [3, 2],
        "projects": [("P1", "P2", "P3"), ("P1", "P3")],
    }


def test_without_projects_every_requirement_is_left() -> None:
    seen = found({"R1": (), "R2": ()})
    assert seen.unassigned == ("R1", "R2")
    assert seen.shared_systems_table().empty
    assert seen.alternatives_told == ""


def test_the_things_of_a_scope() -> None:
    assert things(" Web chat ;; e.g. bills.;\n ") == ("Web chat", "e.g. bills")
    assert things("") == ()


def test_sentences_are_in_the_language_in_use() -> None:
    seen = found({"R1": ()}, P1={"requirement_ids": ("R1",)}, P2={"requirement_ids": ("R1",)})
    with using("es"):
        assert "P1 y P2" in seen.touching[0]
