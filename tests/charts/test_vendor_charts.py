"""The charts of vendors and of the projects' complexity: what is drawn, what is told, and what stays text."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from workbench.charts.scoping import complexity_of_projects
from workbench.charts.vendors import decision_matrix, first_places, value_against_cost
from workbench.language import using

HOSTILE = "<script>alert(1)</script>"
LONG = "Integración de sistemas de atención al cliente y campañas del Grupo Pelmar y asociados"
PLAIN_SVG = {"svg", "g", "path", "rect", "text", "title", "line", "defs", "tspan", "clipPath"}


@pytest.fixture
def cells() -> pd.DataFrame:
    """Three vendors by two criteria; one pair without a value and one must-have that is missed."""
    rows = [
        ("A", HOSTILE, "Fit", 0.75, "87 %", 0.87, False, False, "offer"),
        ("A", HOSTILE, "Data protection", 0.25, "4", 1.0, True, False, "offer"),
        ("B", LONG, "Fit", 0.75, "65 %", 0.65, False, False, "offer"),
        ("C", LONG, "Data protection", 0.25, "2", 0.5, True, True, "offer"),
    ]
    names = "vendor_id name criterion weight_share told goodness must_have misses source"
    return pd.DataFrame(rows, columns=names.split())


@pytest.fixture
def vendors() -> pd.DataFrame:
    """Three vendors with value, range and cost; two have the same name, the last is worse in both than the second."""
    rows = [
        ("A", HOSTILE, "integrator", 77.8, 70.0, 84.1, 4_316_892.0, "", 0.88, 0.55),
        ("B", LONG, "hosted service", 68.9, 63.4, 74.4, 4_109_436.0, "", 0.12, 0.45),
        ("C", LONG, "product", 61.2, 57.0, 65.0, 4_152_249.0, "B", 0.0, 0.0),
    ]
    names = "vendor_id name kind_label score score_low score_high cost_of_ownership dominated_by first_share"
    return pd.DataFrame(rows, columns=[*names.split(), "first_share_any"])


@pytest.fixture
def projects() -> pd.DataFrame:
    """Three projects: one adjusted, one that cannot be, one without complexity."""
    rows = [
        ("P1", LONG, 40.0, 55.0, 60.0),
        ("P2", HOSTILE, 30.0, math.nan, 30.0),
        ("P3", "New", math.nan, math.nan, math.nan),
    ]
    return pd.DataFrame(rows, columns=["project_id", "title", "complexity", "adjusted_complexity", "most_complex"])


def test_every_value_is_drawn_and_the_missed_must_have_apart(cells: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(decision_matrix(cells))
    met, missed = seen.rows("rect")
    assert [cell["told"] for cell in met] == ["87 %", "4", "65 %"]
    assert [cell["told"] for cell in missed] == ["2"]
    assert " ".join(seen.spec["title"]["text"]) == "1 vendor misses a must-have"
    assert "a must" in met[1]["row"]
    assert "25%" in met[1]["row"]


def test_a_matrix_without_misses_says_so(cells: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(decision_matrix(cells.head(3)))
    assert "Every vendor meets the must-haves" in " ".join(seen.spec["title"]["text"])


def test_vendors_stand_in_the_given_order(cells: pd.DataFrame, sketch: Any) -> None:
    domain = sketch(decision_matrix(cells)).spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert len(domain) == len(set(domain)) == 3
    assert "script" in domain[0]


def test_value_and_cost_with_ranges(vendors: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(value_against_cost(vendors, "A offers more", span="3 years"))
    (points,) = seen.rows("point")
    assert [point["cost"] for point in points] == pytest.approx([4.316892, 4.109436, 4.152249])
    assert [point["worth"] for point in points] == [True, True, False]
    assert [rule["score_low"] for rule in seen.rows("rule")[0]] == [70.0, 63.4, 57.0]
    assert "over 3 years" in " ".join(seen.spec["title"]["subtitle"])
    assert "value 77.8 (70.0 to 84.1), cost 4.32" in seen.spec["description"]
    layer = seen.spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert layer[0] < 57.0 < 84.1 < layer[1] <= 100


def test_one_vendor_alone_is_drawn(vendors: pd.DataFrame, sketch: Any, compiled: Any) -> None:
    seen = sketch(value_against_cost(vendors.head(1).assign(score_low=77.8, score_high=77.8), "A", span="3 years"))
    assert compiled(seen.spec) == ""
    assert len(seen.rows("point")[0]) == 1


def test_shares_of_first_places(vendors: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(first_places(vendors, "A stays first", clear=0.75))
    (bars,) = seen.rows("bar")
    assert [bar["told"] for bar in bars] == ["88%", "12%", "0%", "55%", "45%", "0%"]
    assert len({bar["row"] for bar in bars}) == 3
    assert seen.rows("rule") == [[{"clear": 0.75}]]


def test_complexity_as_scored_and_for_the_firm(projects: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(complexity_of_projects(projects, "The firm lacks much"))
    (points,) = seen.rows("point")
    drawn = [(point["project_id"], point["series"], point["index"]) for point in points]
    assert drawn == [
        ("P1", "As scored (mean)", 40.0),
        ("P2", "As scored (mean)", 30.0),
        ("P1", "With what the firm lacks", 55.0),
        ("P1", "Most complex requirement", 60.0),
    ]
    assert "adjusted not known" in seen.spec["description"]


def test_names_stay_text_and_the_specifications_compile(
    cells: pd.DataFrame, vendors: pd.DataFrame, projects: pd.DataFrame, sketch: Any, compiled: Any
) -> None:
    charts = [
        decision_matrix(cells),
        value_against_cost(vendors, HOSTILE, span="3 years"),
        first_places(vendors, HOSTILE),
        complexity_of_projects(projects, HOSTILE),
    ]
    for chart in charts:
        seen = sketch(chart)
        assert compiled(seen.spec) == ""
        assert seen.elements() <= PLAIN_SVG


def test_figures_are_written_in_the_language_in_use(vendors: pd.DataFrame, sketch: Any) -> None:
    with using("es"):
        seen = sketch(value_against_cost(vendors, "x", span="3 años"))
    assert seen.rows("point")[0][0]["cost_told"].startswith("4,32")


@pytest.mark.parametrize("column", ["goodness", "misses"])
def test_nothing_to_draw_is_refused(
    column: str, cells: pd.DataFrame, vendors: pd.DataFrame, projects: pd.DataFrame
) -> None:
    with pytest.raises(ValueError, match="columns missing"):
        decision_matrix(cells.drop(columns=column))
    with pytest.raises(ValueError, match="no rows"):
        decision_matrix(cells.iloc[:0])
    with pytest.raises(ValueError, match="no rows"):
        value_against_cost(vendors.iloc[:0], "x")
    with pytest.raises(ValueError, match="no rows"):
        first_places(vendors.iloc[:0], "x")
    with pytest.raises(ValueError, match="no rows"):
        complexity_of_projects(projects.tail(1), "x")
