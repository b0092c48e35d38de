"""S-curve and tornado: what is drawn is what was handed over, and what lies outside is left out or counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from workbench.charts.s_curve import s_curve
from workbench.charts.tornado import MOST_ROWS, tornado
from workbench.language import money, using

HOSTILE = "</text><image href='http://example.com/x.png'/>"


@pytest.fixture
def curve() -> pd.DataFrame:
    share = np.linspace(0, 1, 201)
    return pd.DataFrame({"share": share, "amount": -1_000_000 + 4_000_000 * share})


@pytest.fixture
def points() -> pd.DataFrame:
    rows = [
        ("No gain, no loss", 0.0, 0.25, "zero"),
        ("10th percentile", -600_000.0, 0.1, "percentile"),
        ("90th percentile", 2_600_000.0, 0.9, "percentile"),
        (HOSTILE, 2_000_000.0, 0.75, "estimate"),
        ("Beyond", 9_000_000.0, 1.0, "zero"),
    ]
    return pd.DataFrame(rows, columns=["label", "amount", "share", "role"])


def swings(rows: int) -> pd.DataFrame:
    """Assumptions of which the first moves 1.5 million down and 0.5 up, and each further one less."""
    place = np.arange(1, rows + 1)
    return pd.DataFrame(
        {
            "name": [HOSTILE, *["A rather long name of an assumption that people write"] * (rows - 1)],
            "unit": ["", *["EUR a month"] * (rows - 1)],
            "low": 0.02,
            "high": 0.19,
            "npv_low": 1e6 - 1.5e6 / place,
            "npv_high": 1e6 + 0.5e6 / place,
        }
    )


def test_the_curve_and_its_points_are_drawn_in_millions(curve: pd.DataFrame, points: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(s_curve(curve, points, "It pays in three draws of four"))
    (line,) = seen.rows("line")
    assert [(row["share"], row["at"]) for row in line][::100] == [(0, -1), (0.5, pytest.approx(1)), (1, 3)]
    drawn = [(row["role"], row["at"], row["share"]) for part in seen.rows("point") for row in part]
    assert drawn == [("zero", 0, 0.25), ("percentile", -0.6, 0.1), ("percentile", 2.6, 0.9), ("estimate", 2, 0.75)]


def test_the_points_are_labelled_with_amount_and_share(curve: pd.DataFrame, points: pd.DataFrame, sketch: Any) -> None:
    with using("en", currency="EUR"):
        seen = sketch(s_curve(curve, points, "Finding"))
        texts = seen.texts()
    assert f"10th percentile: {money(-600_000)}" in texts
    assert f"{HOSTILE}: {money(2_000_000)} (75%)" in texts
    assert not any("Beyond" in text for text in texts)
    assert "image" not in seen.elements()
    assert f"10th percentile: {money(-600_000)}." in seen.spec["description"]


def test_a_curve_without_points_or_of_one_amount_is_drawn(points: pd.DataFrame, sketch: Any) -> None:
    flat = pd.DataFrame({"share": [0.0, 1.0], "amount": [5.0, 5.0]})
    seen = sketch(s_curve(flat, points.iloc[:0], "Finding", axis="Total costs"))
    assert seen.rows("point") == []
    assert any(text.startswith("Total costs") for text in seen.texts())


def test_each_bar_goes_from_the_point_estimate_to_its_two_ends(sketch: Any) -> None:
    seen = sketch(tornado(swings(2), 1e6))
    (bars,) = seen.rows("bar")
    ends = [(row["end"], row["npv"], row["base"], row["value"]) for row in bars]
    assert ends == [
        ("At its low value", -500_000, 1e6, "0.02"),
        ("At its low value", 250_000, 1e6, "0.02"),
        ("At its high value", 1_500_000, 1e6, "0.19"),
        ("At its high value", 1_250_000, 1e6, "0.19"),
    ]
    assert bars[1]["value_told"] == "0.02 EUR a month"
    assert "image" not in seen.elements()


def test_zero_is_drawn_and_told_where_it_is_within_the_picture(sketch: Any) -> None:
    crossing, clear = sketch(tornado(swings(2), 1e6)), sketch(tornado(swings(2).assign(npv_low=5e5), 1e6))
    assert [len(seen.rows("rule")) for seen in (crossing, clear)] == [2, 1]
    told = ["dashed" in " ".join(seen.spec["title"]["subtitle"]) for seen in (crossing, clear)]
    assert told == [True, False]


def test_the_widest_are_drawn_and_the_others_counted(sketch: Any) -> None:
    seen = sketch(tornado(swings(MOST_ROWS + 3), 1e6))
    (bars,) = seen.rows("bar")
    assert len(bars) == 2 * MOST_ROWS
    assert "3 assumptions that move less are not drawn." in " ".join(seen.spec["title"]["subtitle"])


def test_the_values_stand_outside_their_bars(sketch: Any) -> None:
    seen = sketch(tornado(swings(1).assign(npv_low=2e6, npv_high=5e5), 1e6))
    sides = [
        (layer["mark"]["align"], layer["data"]["name"]) for layer in seen.spec["layer"] if "align" in layer["mark"]
    ]
    values = {align: [row["npv"] for row in seen.spec["datasets"][name]] for align, name in sides}
    assert values == {"right": [5e5], "left": [2e6]}


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="no rows"):
        tornado(swings(1).iloc[:0], 1e6)
    with pytest.raises(ValueError, match="columns missing: amount"):
        s_curve(pd.DataFrame({"share": [0.0]}), pd.DataFrame(), "Finding")
