"""The scoping sheet: what is missing, complexity as scored and for this firm, and what is told."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from workbench.errors import DataError, SettingsError
from workbench.planning.scoping import SCOPE_FIELDS, Scopes, scopes
from workbench.program.tables import TABLES

FULL: dict[str, Any] = {
    "title": "Chat",
    "requirement_ids": ("R1", "R2"),
    "technologies": ("Web", "Chat"),
    "skills": ("Writing",),
    "internal_staff": 2.0,
    "consultants": 0.0,
    "duration_months": 3.0,
    "effort_days": 60.0,
    "cost": 1000.0,
    "political_risk": "medium",
    "excludes": (),
    "choose_one": "",
    "in_scope": "Chat with agents",
    "out_of_scope": "Video",
    "organisational_limits": "None",
    "political_issues": "Agents",
}
COMPLEXITY = pd.Series({"R1": 20.0, "R2": 60.0, "R3": math.nan})


def sheet(*rows: dict[str, Any], own: tuple[list[str], list[str]] = (["web"], ["writing"]), **more: float) -> Scopes:
    """Scopes of projects P1, P2 …, complete unless something else is said."""
    given = [{"project_id": f"P{place}", **FULL, **row} for place, row in enumerate(rows, start=1)]
    projects = pd.DataFrame(given, columns=["project_id", *FULL])
    requirements = pd.DataFrame({"requirement_id": list(COMPLEXITY.index), "systems_touched": [(), (), ()]})
    return scopes(projects, requirements, COMPLEXITY, *own, **more)


def test_complexity_by_hand() -> None:
    """Mean of 20 and 60; one of two technologies is new and no skill: lacking 1/4, so 40 + 0.5 × 0.25 × 60."""
    row = sheet({}).table.iloc[0]
    assert (row["complexity"], row["most_complex"], row["lacking"]) == (40, 60, 0.25)
    assert row["adjusted_complexity"] == pytest.approx(47.5)
    assert (row["new_technologies"], row["new_skills"]) == (("Chat",), ())


def test_a_requirement_without_complexity_is_left_out_and_told() -> None:
    result = sheet({"requirement_ids": ("R1", "R3")})
    assert result.table.loc[0, ["complexity", "unscored"]].tolist() == [20, ("R3",)]
    assert "Requirements without complexity, left out of their project's mean: R3." in result.notes


def test_what_cannot_be_adjusted_is_told_and_not_guessed() -> None:
    result = sheet({"requirement_ids": ("R3",)}, {"technologies": (), "skills": ()}, {})
    assert result.table["adjusted_complexity"].isna().tolist() == [True, True, False]
    assert "Not adjusted, because complexity or the means are not known: P1 and P2." in result.notes
    assert result.hardest["project_id"].tolist() == ["P3"]
    unknown = sheet({}, own=([], []))
    assert unknown.table["adjusted_complexity"].isna().all()
    assert unknown.conclusion == "The scope of 1 of 1 project is complete. 1 requirement is in no project."


def test_a_complete_scope() -> None:
    result = sheet({})
    assert result.incomplete == {}
    assert result.complete_share == 1
    assert result.conclusion == (
        "The scope of 1 of 1 project is complete. The most complex for this firm is “Chat” (P1): 40.0 of 100 as "
        "scored, 47.5 with the technologies and skills that the firm lacks. 1 requirement is in no project."
    )


@pytest.mark.parametrize("field", SCOPE_FIELDS)
def test_each_field_is_missed_by_its_name(field: str) -> None:
    empty = () if isinstance(FULL[field], tuple) else " " if isinstance(FULL[field], str) else math.nan
    result = sheet({field: empty}, {})
    assert result.table.loc[0, "missing"] == (field,)
    assert result.table["complete"].tolist() == pytest.approx([1 - 1 / len(SCOPE_FIELDS), 1])
    assert list(result.incomplete) == ["P1"]
    assert "Something is missing in P1." in result.conclusion


def test_nobody_need_resist_where_the_risk_is_low() -> None:
    result = sheet({"political_risk": "low", "political_issues": ""}, {"political_risk": "", "political_issues": ""})
    assert result.table["missing"].tolist() == [(), ("political_risk", "political_issues")]


def test_no_consultants_is_an_answer_and_an_empty_cell_is_none() -> None:
    result = sheet({"consultants": 0.0}, {"consultants": math.nan})
    assert result.table["missing"].tolist() == [(), ("consultants",)]


def test_no_projects_at_all() -> None:
    result = sheet()
    assert result.conclusion == "There are no projects yet: group the requirements into projects."
    assert math.isnan(result.complete_share)
    assert result.boundaries.unassigned == ("R1", "R2", "R3")


def test_unknown_requirements_and_double_projects_are_refused_together() -> None:
    projects = pd.DataFrame([{"project_id": "P1", **FULL, "requirement_ids": ("R1", "R9")}] * 2)
    requirements = pd.DataFrame({"requirement_id": ["R1"], "systems_touched": [()]})
    with pytest.raises(DataError, match="P1 delivers R9") as caught:
        scopes(projects, requirements, COMPLEXITY)
    assert "P1 stands there more than once" in str(caught.value)


def test_an_uplift_that_is_no_share_is_refused() -> None:
    with pytest.raises(SettingsError, match="max_uplift"):
        sheet({}, max_uplift=2.0)


def test_what_is_asked_are_columns_of_the_table() -> None:
    assert set(SCOPE_FIELDS) < set(TABLES["projects"].headings)


def test_titles_are_shown_as_text() -> None:
    assert "<script>" not in sheet({"title": "<script>alert(1)</script>"})._repr_html_()
