"""The four fields of value × complexity."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import SettingsError
from workbench.planning.matrix import FIELDS, matrix
from workbench.planning.scoring import RequirementScores


def scored(**indices: tuple[float, float, float]) -> RequirementScores:
    """Requirements by id with value, urgency and complexity, on which all raters agree."""
    table = pd.DataFrame.from_dict(indices, orient="index", columns=["value", "urgency", "complexity"], dtype=float)
    table = table.rename_axis("requirement_id")
    table.insert(0, "title", [f"Title of {key}" for key in table.index])
    table.insert(1, "department", "Care")
    for axis in ("value", "urgency", "complexity"):
        table[f"{axis}_low"] = table[f"{axis}_high"] = table[axis]
    return RequirementScores(table, pd.DataFrame(), 0, 0, 0, ())


def test_a_field_is_that_of_the_figure_that_is_shown() -> None:
    """49.96 is shown as 50.0, 49.94 as 49.9."""
    table = matrix(scored(A=(49.96, 0, 49.94), B=(49.94, 0, 49.96))).table
    assert table["field"].tolist() == ["quick_win", "reconsider"]


def test_the_four_fields() -> None:
    found = matrix(scored(A=(50, 0, 49), B=(80, 0, 50), C=(49, 0, 10), D=(10, 0, 90), E=(10, 0, math.nan)))
    assert dict(zip(found.table["requirement_id"], found.table["field"], strict=True)) == {
        "A": "quick_win",
        "B": "strategic",
        "C": "fill_in",
        "D": "reconsider",
    }
    assert found.counts == {"quick_win": 1, "strategic": 1, "fill_in": 1, "reconsider": 1}
    assert found.left_out == {"E": "It is not scored on complexity."}
    assert found.conclusion == (
        "Requirements by field: Quick win 1, Strategic 1, Fill-in 1, and Reconsider 1. "
        "1 is in no field, because it is not scored on both axes."
    )
    assert "Strategic" in found._repr_html_()


def test_every_field_is_named_once_and_explained() -> None:
    assert {(field.high_value, field.high_complexity) for field in FIELDS.values()} == {
        (value, complexity) for value in (True, False) for complexity in (True, False)
    }
    assert all(name == field.name and field.label and field.advice for name, field in FIELDS.items())


def test_titles_are_shown_as_text() -> None:
    scores = scored(R1=(1, 2, 3))
    scores.table["title"] = "<script>alert(1)</script>"
    assert "<script>" not in matrix(scores)._repr_html_()


@pytest.mark.parametrize("wrong", [-1, 101, math.nan, math.inf])
def test_a_threshold_off_the_scale_is_refused(wrong: float) -> None:
    with pytest.raises(SettingsError, match="threshold"):
        matrix(scored(R1=(1, 2, 3)), wrong)


index = st.one_of(st.none(), st.sampled_from([0.0, 50.0, 60.0, 100.0]), st.floats(0, 100)).map(
    lambda figure: math.nan if figure is None else figure
)
programs = st.dictionaries(st.sampled_from("ABCDEFG"), st.tuples(index, index, index), min_size=1).map(
    lambda rows: scored(**rows)
)


@given(programs, st.floats(0, 100))
@settings(max_examples=60)
def test_the_fields_share_out_what_is_scored_on_both_axes(scores: RequirementScores, threshold: float) -> None:
    found = matrix(scores, threshold)
    assert sum(found.counts.values()) == len(found.table)
    assert sorted([*found.table["requirement_id"], *found.left_out]) == sorted(scores.table.index)
    alone = [matrix(_only(scores, key), threshold).table["field"].item() for key in found.table["requirement_id"]]
    assert alone == found.table["field"].tolist()


def _only(scores: RequirementScores, key: str) -> RequirementScores:
    return RequirementScores(scores.table.loc[[key]], pd.DataFrame(), 0, 0, 0, ())
