"""The map of disagreement and the trend of agreement."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workbench.charts.agreement import agreement_trend, disagreement_map
from workbench.language import using

COLUMNS = ["requirement_id", "title", "criterion", "n_raters", "mean", "lowest", "highest", "spread", "level"]


@pytest.fixture
def spread(scores: pd.DataFrame) -> pd.DataFrame:
    """23 requirements on two criteria, hostile titles among them; one pair that nobody scored."""
    rows = [
        (row.requirement_id, row.title, criterion, 3, 2.5, low, high, (high - low) / 8, level)
        for row in scores.itertuples()
        for criterion, low, high, level in (("Value", 1.0, 4.0, "split"), ("<b>Effort</b>", 3.0, 3.0, "full"))
    ]
    return pd.DataFrame(rows, columns=COLUMNS).iloc[:-1]


@pytest.fixture
def trend() -> pd.DataFrame:
    """Three rounds; the first has no W and the second no interval."""
    nan = float("nan")
    rows = [(1, 0.41, 0.2, 0.6, nan, nan, nan), (2, 0.55, nan, nan, 0.6, nan, nan), (3, 0.75, 0.6, 0.85, 0.8, 0.7, 0.9)]
    names = [f"{name}{end}" for name in ("krippendorff_alpha", "kendall_w") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["round", *names])


def test_the_map_draws_every_pair_with_its_range(spread: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(disagreement_map(spread))
    (cells,), texts = seen.rows("rect"), seen.rows("text")
    assert len(cells) == 45
    assert {cell["told"] for cell in cells} == {"1–4", "3"}
    assert [len(rows) for rows in texts] == [22, 23]
    assert {row["level"] for row in texts[1]} == {"split"}


def test_the_map_says_how_many_pairs_are_split(spread: pd.DataFrame, sketch: Any) -> None:
    title = " ".join(sketch(disagreement_map(spread)).spec["title"]["text"])
    assert title == "Raters are split on 23 of 45 pairs of requirement and criterion"


def test_hostile_titles_and_criteria_stay_text(spread: pd.DataFrame, sketch: Any) -> None:
    assert sketch(disagreement_map(spread)).elements() <= {
        "svg",
        "g",
        "path",
        "rect",
        "text",
        "title",
        "line",
        "defs",
        "tspan",
    }


def test_the_map_keeps_the_given_order(spread: pd.DataFrame, sketch: Any) -> None:
    turned = spread.iloc[::-1]
    domain = sketch(disagreement_map(turned)).spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert [label.split()[0] for label in domain] == turned["requirement_id"].drop_duplicates().tolist()


def test_the_trend_draws_the_figures_that_there_are(trend: pd.DataFrame, sketch: Any) -> None:
    (points,) = sketch(agreement_trend(trend, "Agreement grew")).rows("point")
    drawn = sorted((point["figure"], point["round"], point["shown"]) for point in points)
    assert drawn == [
        ("Kendall's W", 2, 0.6),
        ("Kendall's W", 3, 0.8),
        ("Krippendorff's alpha", 1, 0.41),
        ("Krippendorff's alpha", 2, 0.55),
        ("Krippendorff's alpha", 3, 0.75),
    ]


def test_the_trend_shows_krippendorffs_bounds(trend: pd.DataFrame, sketch: Any) -> None:
    texts = sketch(agreement_trend(trend, "Agreement grew")).texts()
    assert {"0.667 tentative conclusions", "0.8 scores to rely on"} <= set(texts)


def test_figures_are_written_in_the_language_in_use(spread: pd.DataFrame, trend: pd.DataFrame, sketch: Any) -> None:
    with using("es"):
        (points,) = sketch(agreement_trend(trend, "x")).rows("point")
        (cells,) = sketch(disagreement_map(spread)).rows("rect")
    assert points[0]["told"].startswith("0,41 (")
    assert cells[0]["mean"] == "2,5"


def test_the_specifications_compile_without_a_word(
    spread: pd.DataFrame, trend: pd.DataFrame, sketch: Any, compiled: Any
) -> None:
    for chart in (disagreement_map(spread), agreement_trend(trend, "Agreement grew")):
        assert compiled(sketch(chart).spec) == ""


def test_nothing_to_draw_is_refused(spread: pd.DataFrame, trend: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no rows"):
        disagreement_map(spread.iloc[:0])
    with pytest.raises(ValueError, match="columns missing"):
        disagreement_map(spread.drop(columns="level"))
    with pytest.raises(ValueError, match="no rows"):
        agreement_trend(trend.assign(krippendorff_alpha=None, kendall_w=None), "x")
