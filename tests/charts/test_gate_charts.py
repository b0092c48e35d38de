"""The charts of scenarios and gates: what is drawn, what is told, and what stays text."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workbench.charts.gates import chain_of_gates
from workbench.charts.waterfall import waterfall
from workbench.language import using

HOSTILE = '<script>alert("1")</script>\\'
LONG = "Proporción de las bajas que se evitarán en los dieciocho meses que siguen al lanzamiento general"
PLAIN_SVG = {"svg", "g", "path", "rect", "text", "title", "line", "defs", "tspan", "clipPath"}


@pytest.fixture
def steps() -> pd.DataFrame:
    """From 2.1 million to −0.4 million by way of hostile, long and equal labels, and of a step of nothing."""
    rows = [
        ("As planned", "total", 2_100_000.0, 0.0, 2_100_000.0),
        (HOSTILE, "step", -3_000_000.0, 2_100_000.0, -900_000.0),
        (LONG, "step", 500_000.0, -900_000.0, -400_000.0),
        (LONG, "step", 0.0, -400_000.0, -400_000.0),
        ("Cautious", "total", -400_000.0, 0.0, -400_000.0),
    ]
    return pd.DataFrame(rows, columns=["label", "kind", "amount", "start", "end"])


@pytest.fixture
def gates() -> pd.DataFrame:
    """Three gates: one decided, two only recommended; the last is forecast to lose money."""
    rows = [
        (HOSTILE, 0, 2.1e6, 2.1e6, 1.3e6, 2.9e6, "continue", "continue", "Continue"),
        (LONG, 8, 2.1e6, 1.2e6, 0.7e6, 1.7e6, "change", "", "Change (recommended)"),
        (LONG, 8, 2.1e6, -0.3e6, -0.5e6, -0.1e6, "continue", "stop", "Stop"),
    ]
    names = "name month baseline_npv forecast_npv forecast_low forecast_high recommendation decision decision_label"
    return pd.DataFrame(rows, columns=names.split())


def test_every_step_is_a_bar_from_where_the_last_one_ended(steps: pd.DataFrame, sketch: Any) -> None:
    (bars,) = sketch(waterfall(steps, "It loses")).rows("bar")
    assert [(bar["low"], bar["high"]) for bar in bars] == [
        (0, 2.1e6),
        (-0.9e6, 2.1e6),
        (-0.9e6, -0.4e6),
        (-0.4e6, -0.4e6),
        (-0.4e6, 0),
    ]
    assert len({bar["row"] for bar in bars}) == 5


def test_amounts_have_their_sign_and_all_are_told(steps: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(waterfall(steps, "It loses"))
    told = {row["told"].replace("\xa0", " ") for rows in seen.rows("text") for row in rows}
    assert told == {"2.1 M €", "-3 M €", "+500,000 €", "0 €", "-400,000 €"}
    assert sum(len(rows) for rows in seen.rows("text")) == 2 * 5
    assert all(word in seen.spec["description"] for word in ("It loses", "As planned", LONG, "Grey: totals"))


def test_a_plan_alone_is_one_bar(steps: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(waterfall(steps.head(1), "As planned"))
    assert [len(rows) for rows in seen.rows("bar")] == [1]


def test_every_gate_has_its_forecast_its_interval_and_its_promise(gates: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(chain_of_gates(gates, "It was stopped"))
    (points,) = seen.rows("point")
    assert [(row["forecast_low"], row["forecast_npv"], row["forecast_high"]) for row in points] == [
        (1.3e6, 2.1e6, 2.9e6),
        (0.7e6, 1.2e6, 1.7e6),
        (-0.5e6, -0.3e6, -0.1e6),
    ]
    assert [len(rows) for rows in seen.rows("tick")] == [3]
    assert [row["code"] for row in points] == ["continue", "change", "stop"]
    assert len({row["gate"] for row in points}) == 3


def test_decisions_are_words_and_the_picture_is_told(gates: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(chain_of_gates(gates, "It was stopped"))
    drawn = " ".join(seen.texts())
    assert "Stop" in drawn
    assert "(recommended)" in drawn
    assert "month 8: -300,000" in seen.spec["description"]


@pytest.mark.parametrize("code", ["en", "es"])
def test_labels_stay_text_in_both_languages(
    steps: pd.DataFrame, gates: pd.DataFrame, code: str, sketch: Any, compiled: Any
) -> None:
    with using(code, currency="EUR"):
        for chart in (waterfall(steps, HOSTILE), chain_of_gates(gates, HOSTILE)):
            seen = sketch(chart)
            assert compiled(seen.spec) == ""
            assert seen.elements() <= PLAIN_SVG


@pytest.mark.parametrize("column", ["label", "end"])
def test_frames_that_cannot_be_drawn_are_refused(steps: pd.DataFrame, gates: pd.DataFrame, column: str) -> None:
    with pytest.raises(ValueError, match="columns missing"):
        waterfall(steps.drop(columns=column), "x")
    with pytest.raises(ValueError, match="no rows"):
        waterfall(steps.head(0), "x")
    with pytest.raises(ValueError, match="no rows"):
        chain_of_gates(gates.head(0), "x")
