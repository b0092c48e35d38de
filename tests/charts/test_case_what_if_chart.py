"""The two curves of the business case's what-if: what is drawn, where the axis rests, and what stays as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from workbench import language
from workbench.charts import theme
from workbench.charts.case_what_if import npv_curves

SHARES = np.linspace(0, 1, 21)


def curve(low: float, high: float) -> pd.DataFrame:
    return pd.DataFrame({"share": SHARES, "amount": low + (high - low) * SHARES})


def drawn(planned: pd.DataFrame, changed: pd.DataFrame) -> dict[str, Any]:
    return npv_curves(planned, changed, changed.iloc[[2, 10, 18]], "A finding")


def lines(spec: dict[str, Any]) -> list[str]:
    return [layer["data"]["name"] for layer in spec["layer"] if layer["mark"]["type"] == "line"]


def domain(spec: dict[str, Any]) -> list[float]:
    [found] = {tuple(layer["encoding"]["x"]["scale"]["domain"]) for layer in spec["layer"]}
    return list(found)


def test_two_curves_are_drawn_and_one_where_nothing_was_changed() -> None:
    plan = curve(1e6, 3e6)
    assert lines(drawn(plan, curve(0.5e6, 2e6))) == ["planned", "changed"]
    same = drawn(plan, plan.copy())
    assert lines(same) == ["changed"]
    assert same["datasets"]["changed_name"][0]["told"] == "As planned"


def test_the_figures_are_those_of_the_frames_in_the_axis_unit() -> None:
    spec = drawn(curve(1e6, 3e6), curve(0.5e6, 2e6))
    assert spec["datasets"]["planned"][-1] == {"share": 1.0, "at": 3.0}
    assert [row["at"] for row in spec["datasets"]["points"]] == pytest.approx([0.65, 1.25, 1.85])
    assert "10% of the draws stay below 650,000\xa0€." in spec["description"]


def test_zero_and_both_curves_lie_on_the_axis() -> None:
    for low, high in ((1e6, 3e6), (-9e6, -8e6), (20e6, 30e6), (2e6, 2e6)):
        left, right = domain(drawn(curve(1e6, 3e6), curve(low, high)))
        assert left < min(0, low / 1e6)
        assert right > max(3, high / 1e6)


def test_the_axis_rests_while_the_curve_moves_inside_it() -> None:
    plan = curve(1e6, 3e6)
    assert domain(drawn(plan, curve(1.5e6, 3.1e6))) == domain(drawn(plan, curve(1.2e6, 3.2e6)))


def test_names_and_figures_stand_on_the_outer_sides() -> None:
    spec = drawn(curve(1e6, 3e6), curve(0.5e6, 2e6))
    sides = {
        layer["data"]["name"]: layer["mark"]["align"] for layer in spec["layer"] if layer["mark"]["type"] == "text"
    }
    assert sides == {"planned_name": "left", "changed_name": "right", "points": "right", "zero": "left"}


def test_every_mark_has_its_figures() -> None:
    for changed in (curve(1e6, 3e6), curve(0.5e6, 2e6)):
        spec = drawn(curve(1e6, 3e6), changed)
        assert all(spec["datasets"][layer["data"]["name"]] for layer in spec["layer"])


def test_a_second_language_is_drawn_anew() -> None:
    plan = curve(1e6, 3e6)
    english = drawn(plan, curve(0.5e6, 2e6))
    with language.using("es"):
        spanish = drawn(plan, curve(0.5e6, 2e6))
    decimal = [spec["usermeta"]["embedOptions"]["formatLocale"]["decimal"] for spec in (english, spanish)]
    assert decimal == [".", ","]


def test_it_becomes_a_picture_and_refuses_nothing() -> None:
    assert theme.to_png(theme.to_vega_lite_5(drawn(curve(1e6, 3e6), curve(2.0, 2.0)))).startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="no rows"):
        drawn(curve(1, 2).head(0), curve(1, 2))


def test_the_words_at_zero_stand_where_the_curve_is_not() -> None:
    plan = curve(-3e6, 3e6)
    assert drawn(plan, curve(-0.5e6, 2e6))["datasets"]["zero"][0]["share"] == 1.0
    assert drawn(plan, curve(1e6, 2e6))["datasets"]["zero"][0]["share"] == 1.0
    assert drawn(plan, curve(-2e6, 0.5e6))["datasets"]["zero"][0]["share"] == pytest.approx(0.1)
