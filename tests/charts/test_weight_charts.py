"""The chart of weights and the chart of points."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workbench.charts.preferences import shared_points
from workbench.charts.weights import judged_weights
from workbench.language import using

ELEMENTS = {"svg", "g", "path", "rect", "text", "title", "line", "defs", "tspan"}


@pytest.fixture
def weights(scores: pd.DataFrame) -> pd.DataFrame:
    """Four criteria with hostile names; one without a range, one that nobody judged, one that weighs nothing yet."""
    nan = float("nan")
    rows = [(0.5, 0.4, 0.3, 0.6), (0.3, 0.35, nan, nan), (nan, 0.25, 0.2, 0.3), (0.2, nan, nan, nan)]
    frame = pd.DataFrame(rows, columns=["used", "judged", "lowest", "highest"])
    return frame.assign(axis="Value", criterion=scores["title"].head(4))


@pytest.fixture
def points(scores: pd.DataFrame) -> pd.DataFrame:
    """23 requirements, three of them without a point."""
    mean = [23.0 - place for place in range(20)] + [0.0] * 3
    frame = scores[["requirement_id", "title"]].assign(mean=mean, lowest=0.0, givers=1)
    return frame.assign(highest=frame["mean"] * 2)


def test_both_weights_of_every_judged_criterion_are_drawn(weights: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(judged_weights(weights, "Weights are near"))
    used, judged = seen.rows("point")
    assert [row["judged"] for row in judged] == [0.4, 0.35, 0.25]
    assert {row["kind"] for row in used} == {"In use"}
    assert [row["told"] for row in judged] == ["40% (30% to 60%)", "35%", "25% (20% to 30%)"]
    assert [row["in_use"] for row in judged] == ["50%", "30%", "nothing"]
    assert seen.elements() <= ELEMENTS


def test_the_points_are_drawn_with_their_range(points: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(shared_points(points, "REQ-01 gets most points"))
    (dots,) = seen.rows("point")
    assert [row["mean"] for row in dots] == [23.0 - place for place in range(20)]
    assert dots[0]["figure"] == "23 (0 to 46)"
    subtitle = " ".join(seen.spec["title"]["subtitle"])
    assert "3 requirements without a point are not drawn." in subtitle
    assert seen.elements() <= ELEMENTS


def test_figures_and_descriptions_are_in_the_language_in_use(
    weights: pd.DataFrame, points: pd.DataFrame, sketch: Any
) -> None:
    with using("es"):
        (dots,) = sketch(shared_points(points.assign(mean=points["mean"] / 8), "x")).rows("point")
        spec = sketch(judged_weights(weights, "x")).spec
    assert dots[0]["average"] == "2,88"
    assert f"35{chr(160)}%" in spec["description"]


def test_the_specifications_compile_without_a_word(
    weights: pd.DataFrame, points: pd.DataFrame, sketch: Any, compiled: Any
) -> None:
    for chart in (judged_weights(weights, "x"), shared_points(points, "x")):
        assert compiled(sketch(chart).spec) == ""


def test_nothing_to_draw_is_refused(weights: pd.DataFrame, points: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no rows"):
        judged_weights(weights.assign(judged=float("nan")), "x")
    with pytest.raises(ValueError, match="no rows"):
        shared_points(points.assign(mean=0.0), "x")
    with pytest.raises(ValueError, match="columns missing"):
        shared_points(points.drop(columns="givers"), "x")
