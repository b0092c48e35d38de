"""The charts of a gate's report: past and forecast apart, intervals drawn, and hostile names left as text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from workbench.charts.gate_evidence import before_and_after
from workbench.charts.gate_progress import planned_and_real
from workbench.language import using

HOSTILE = '<script>alert("1")</script>\\'


@pytest.fixture
def monthly() -> pd.DataFrame:
    """Seven months: planned and real fall apart in month 2, the gate is month 3, and the band opens after it."""
    planned = np.array([-100.0, -80.0, -60.0, -40.0, -20.0, 0.0, 20.0]) * 1e4
    real = planned - np.array([0, 0, 5, 10, 10, 10, 10]) * 1e4
    reach = np.array([np.nan, np.nan, np.nan, 0, 1, 2, 3]) * 1e4
    frame = pd.DataFrame({"period": range(7), "planned_cumulative": planned, "forecast_cumulative": real})
    return frame.assign(low=real - reach, high=real + reach)


@pytest.fixture
def measured() -> pd.DataFrame:
    """One that moved, and one that was known exactly and did not."""
    rows = [
        (HOSTILE, "seconds", 40.0, 31.0, 47.0, 45.0, 44.0, 41.0, 47.0),
        ("Exact", "", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    ]
    names = "name unit before before_low before_high estimate after after_low after_high"
    return pd.DataFrame(rows, columns=names.split())


def test_past_and_forecast_meet_at_the_gate(monthly: pd.DataFrame, sketch: Any) -> None:
    planned, rest, past = sketch(planned_and_real(monthly, 3, "Behind")).rows("line")
    assert [row["period"] for row in planned] == list(range(7))
    assert [row["period"] for row in past] == [0, 1, 2, 3]
    assert [row["period"] for row in rest] == [3, 4, 5, 6]


def test_the_band_is_drawn_where_there_is_one(monthly: pd.DataFrame, sketch: Any) -> None:
    (band,) = sketch(planned_and_real(monthly, 3, "Behind")).rows("area")
    assert [(row["low"], row["high"]) for row in band] == [
        (-5e5, -5e5),
        (-3.1e5, -2.9e5),
        (-1.2e5, -0.8e5),
        (0.7e5, 1.3e5),
    ]
    bare = planned_and_real(monthly.assign(low=np.nan, high=np.nan), 3, "Behind")
    assert "Band" not in str(bare.to_dict()["title"])
    assert "80% interval" in str(planned_and_real(monthly, 3, "Behind").to_dict()["title"])


def test_the_gate_stands_in_its_month_and_the_ends_are_told(monthly: pd.DataFrame, sketch: Any) -> None:
    told = {row["told"].replace("\xa0", " ") for rows in sketch(planned_and_real(monthly, 3, "Behind")).rows("text")
            for row in rows}  # fmt: skip
    assert told == {"Gate, month 3", "Planned 200,000 €", "Forecast 100,000 €"}


@pytest.mark.parametrize("month", [0, 6])
def test_a_gate_at_either_end_is_drawn(monthly: pd.DataFrame, month: int) -> None:
    chart = planned_and_real(monthly, month, "Behind").to_dict()
    assert f"Month {month}: planned" in chart["description"]


def test_every_figure_stands_on_its_rows_own_scale(measured: pd.DataFrame, sketch: Any) -> None:
    before, after = sketch(before_and_after(measured, "Moved")).rows("rule")
    assert (before[0]["before_low_at"], before[0]["before_high_at"]) == (0, 1)
    assert (after[0]["after_low_at"], after[0]["after_high_at"]) == (10 / 16, 1)
    assert before[0]["before_at"] == 9 / 16
    assert before[1]["before_low_at"] == after[1]["after_high_at"] == 0


def test_before_measured_and_after_are_told(measured: pd.DataFrame) -> None:
    told = before_and_after(measured, "Moved").to_dict()["description"]
    assert "planned 40 seconds (31 to 47), measured 45, now 44 seconds (41 to 47)." in told
    assert "Exact: planned 0, measured 0, now 0." in told


def test_charts_in_spanish_use_its_separators(measured: pd.DataFrame, monthly: pd.DataFrame) -> None:
    with using("es"):
        told = before_and_after(measured.assign(after=44.5), "Se mueve").to_dict()["description"]
        assert "44,5" in told
        assert "200.000" in planned_and_real(monthly, 3, "Va por detrás").to_dict()["description"]


def test_empty_frames_are_refused(measured: pd.DataFrame, monthly: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no rows"):
        before_and_after(measured.head(0), "Nothing")
    with pytest.raises(ValueError, match="columns missing: low"):
        planned_and_real(monthly.drop(columns="low"), 3, "Nothing")
