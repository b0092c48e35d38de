"""Charts of risk: the views side by side, and the place among comparable projects."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workbench.charts.reference_classes import reference_curve
from workbench.charts.risk_views import risk_views
from workbench.language import money, using

HOSTILE = '<script>alert("1")</script>\\'


@pytest.fixture
def views() -> pd.DataFrame:
    """Three views: without adjustment, one with a range that ends in a loss, one with a gain."""
    rows = [
        ("No adjustment", "as planned", 3_700_000.0, 3_700_000.0, 3_700_000.0),
        (HOSTILE, "project costs +200%, time +54%", -3_120_000.0, -3_500_000.0, 2_880_000.0),
        ("Comparable projects, enough in 50% of them", "benefits −59%", 971_234.0, 971_234.0, 971_234.0),
    ]
    return pd.DataFrame(rows, columns=["name", "basis", "npv", "npv_low", "npv_high"])


@pytest.fixture
def curve() -> pd.DataFrame:
    """A straight line from half of the plan saved to one plan more."""
    shares = [number / 20 for number in range(21)]
    return pd.DataFrame({"share": shares, "excess": [-0.5 + 1.5 * share for share in shares]})


@pytest.fixture
def points() -> pd.DataFrame:
    """The program, a percentile, the mean, and a percentile that lies beyond the curve."""
    rows = [
        ("This program", 0.1, 0.4, "own"),
        ("Half of them", 0.25, 0.5, "percentile"),
        ("Their mean", 0.7, 0.8, "mean"),
        ("99% of them", 4.0, 0.99, "percentile"),
    ]
    return pd.DataFrame(rows, columns=["label", "excess", "share", "role"])


def test_each_view_has_its_point_and_the_lines_lead_from_the_first(views: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(risk_views(views))
    gains, losses = seen.rows("point")
    assert [row["npv"] for row in gains] == [3_700_000, 971_234]
    assert [row["npv"] for row in losses] == [-3_120_000]
    assert {row["plain"] for rows in seen.rows("rule") for row in rows if "plain" in row} == {3_700_000}


def test_only_a_view_with_a_range_has_a_band(views: pd.DataFrame, sketch: Any) -> None:
    ((band,),) = sketch(risk_views(views)).rows("bar")
    assert (band["npv_low"], band["npv_high"]) == (-3_500_000, 2_880_000)
    assert sketch(risk_views(views.iloc[[0, 2]])).rows("bar") == []


def test_the_band_is_where_the_range_is(views: pd.DataFrame, sketch: Any) -> None:
    """Its left end is the lower bound, not the view's own value."""
    seen = sketch(risk_views(views))
    (bar,) = [layer for layer in seen.spec["layer"] if layer["mark"]["type"] == "bar"]
    assert bar["transform"] == [{"calculate": "datum.npv_low", "as": "npv"}]
    assert bar["encoding"]["x"]["field"] == "npv"
    assert bar["encoding"]["x2"]["field"] == "npv_high"


@pytest.mark.parametrize(
    ("npv", "title"),
    [
        ([1.0, 2.0, 3.0], "The program gains under every way to adjust it for risk"),
        ([1.0, -2.0, -3.0], "The program gains under none of the ways to adjust it for risk"),
        ([1.0, -2.0, 3.0], "The program gains under 1 of 2 ways to adjust it for risk"),
    ],
)
def test_the_title_counts_the_views(npv: list[float], title: str, views: pd.DataFrame, sketch: Any) -> None:
    frame = views.assign(npv=npv, npv_low=npv, npv_high=npv)
    assert sketch(risk_views(frame)).spec["title"]["text"] == [title]


def test_amounts_and_what_a_view_changes_are_told(views: pd.DataFrame, sketch: Any) -> None:
    with using("es", currency="EUR"):
        seen = sketch(risk_views(views))
        texts = seen.texts()
        assert money(-3_120_000.0) in texts
        assert money(971_234.0) in seen.spec["description"]
    assert any("time +54%" in text for text in texts)


@pytest.mark.parametrize("npv", [0.0, -5.0, 2_000.0])
def test_one_view_alone_can_be_drawn(npv: float, views: pd.DataFrame, sketch: Any) -> None:
    one = views.iloc[:1].assign(npv=npv, npv_low=npv, npv_high=npv)
    assert money(npv) in sketch(risk_views(one)).texts()


def test_the_curve_and_its_points(curve: pd.DataFrame, points: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(reference_curve(curve, points, axis="More cost than planned", finding="The program is at 40"))
    (line,) = seen.rows("line")
    assert [row["excess"] for row in line] == pytest.approx(curve["excess"].tolist())
    marked = [row["told"] for rows in seen.rows("point") for row in rows]
    assert marked == ["Half of them: 25%", "Their mean: 70% (percentile 80)", "This program: 10% (percentile 40)"]
    texts = seen.texts()
    for text in (*marked, "More cost than planned", "+40%", "0%", "-20%"):
        assert text in texts


def test_the_end_that_is_not_drawn_is_told(curve: pd.DataFrame, points: pd.DataFrame, sketch: Any) -> None:
    cut = curve[curve["share"] <= 0.95]
    subtitle = " ".join(sketch(reference_curve(cut, points, axis="x", finding="y")).spec["title"]["subtitle"])
    assert "the 5% that go furthest are not drawn" in subtitle


def test_charts_stay_within_vega_lite_5(
    views: pd.DataFrame, curve: pd.DataFrame, points: pd.DataFrame, sketch: Any, compiled: Any
) -> None:
    for chart in (risk_views(views), reference_curve(curve, points, axis="x", finding="y")):
        assert compiled(sketch(chart).spec) == ""


def test_text_is_drawn_as_text(views: pd.DataFrame, points: pd.DataFrame, curve: pd.DataFrame, sketch: Any) -> None:
    drawn = sketch(risk_views(views))
    assert any(HOSTILE in text for text in drawn.texts())
    marked = reference_curve(curve, points.assign(label=HOSTILE), axis=HOSTILE, finding=HOSTILE)
    for seen in (drawn, sketch(marked)):
        assert "script" not in seen.elements()


def test_nothing_to_draw_is_refused(views: pd.DataFrame, curve: pd.DataFrame, points: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no rows"):
        risk_views(views.iloc[:0])
    with pytest.raises(ValueError, match="excess"):
        reference_curve(curve.drop(columns="excess"), points, axis="x", finding="y")
