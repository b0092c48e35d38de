"""The what-if of a page as a chart: sliders with label and default, names as data alone, a picture of the plan."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from workbench import language
from workbench.business_case.in_page import in_page
from workbench.charts import theme
from workbench.charts.what_if_in_page import what_if

PERIOD: dict[str, Any] = {"horizon_months": 24, "discount_rate": 0.1}
HOSTILE = "</script>'\"\\ datum.npv {{ 7*7 }} " + "x" * 170


def case(formula: str = "users * 100", name: str = HOSTILE, least: float = 5.0) -> Any:
    costs = pd.DataFrame({"cost_id": ["C-1"], "name": [name], "category": ["other"], "formula": ["users * 40 + 500"]})
    benefits = pd.DataFrame({"benefit_id": ["B-1"], "stream": ["cost_reduction"], "formula": [formula]})
    assumptions = pd.DataFrame({"assumption_id": ["users"], "base": [10.0]})
    swings = assumptions.assign(name=name, unit="people", low=least, high=20.0, swing=1.0)
    return in_page(costs, benefits, assumptions, swings, **PERIOD)


def spec(made: Any = None) -> dict[str, Any]:
    return dict(what_if(made or case()).to_dict())


def expressions(piece: Any) -> list[str]:
    """Everything in a specification that Vega reads as an expression."""
    if isinstance(piece, list):
        return [found for each in piece for found in expressions(each)]
    if not isinstance(piece, dict):
        return []
    own = [piece[key] for key in ("expr", "calculate", "filter", "labelExpr") if isinstance(piece.get(key), str)]
    return own + [found for key, each in piece.items() if key != "datasets" for found in expressions(each)]


def test_each_slider_has_a_label_a_unit_and_its_default() -> None:
    slider = spec()["params"][0]
    assert slider["bind"] == {
        "input": "range",
        "name": f"{HOSTILE} (planned: 10 people)",
        "min": 5.0,
        "max": 20.0,
        "step": slider["bind"]["step"],
    }
    assert slider["value"] == 10.0
    controls = spec()["usermeta"]["controls"]
    assert controls["units"] == {"p0": "people"}
    assert controls["reset"] == "Back to the plan"


def test_the_charts_locale_is_kept_beside_the_words_of_the_sliders() -> None:
    assert spec()["usermeta"]["embedOptions"]["formatLocale"]["decimal"] == "."


def test_names_stand_in_no_expression() -> None:
    found = expressions(spec())
    assert len(found) > 15
    assert not [one for one in found if "script" in one or "xxx" in one or "7*7" in one or "users" in one]
    assert "</script>" in json.dumps(spec()["datasets"])


def test_the_title_is_the_plan_and_the_description_names_what_moves() -> None:
    made, drawn = case(name="Users of the CRM"), spec(case(name="Users of the CRM"))
    assert language.money(made.plan.npv) in theme.title_of(drawn)
    assert "not paid back" in theme.title_of(spec(case("users * 80")))
    assert "“Users of the CRM”" in drawn["description"]
    assert "24 months" in drawn["description"]


def test_every_letter_is_large_enough() -> None:
    sizes = [layer["mark"].get("fontSize") for layer in spec()["layer"] if layer["mark"]["type"] == "text"]
    assert all(isinstance(size, dict) or size >= theme.TEXT_SIZE for size in sizes)


def test_without_sliders_there_is_nothing_to_draw() -> None:
    nothing = case()
    with pytest.raises(ValueError, match="no rows"):
        what_if(type(nothing)(**{**vars(nothing), "sliders": nothing.sliders.head(0)}))


def test_own_words_take_the_place_of_those_made() -> None:
    drawn = what_if(case(), finding="Found", plotted="Plotted", description="Told").to_dict()
    assert (drawn["title"]["text"], drawn["title"]["subtitle"], drawn["description"]) == (
        ["Found"],
        ["Plotted"],
        "Told",
    )


def test_the_picture_shows_the_plan() -> None:
    picture = theme.bundle(spec())["image/png"]
    assert len(picture) > 5000
