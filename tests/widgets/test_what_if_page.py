"""The what-if page outside a browser: what a person changes, what the page then says, and who may see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import ipywidgets
import pytest

from workbench.planning.release_plan.rules import broken
from workbench.planning.release_plan.scenario import Scenario, from_text
from workbench.planning.release_plan.what_if import TABLES, WhatIf
from workbench.program import blank
from workbench.program.store import Program
from workbench.reporting import serving
from workbench.widgets import what_if_door
from workbench.widgets.what_if import WhatIfPage

Read = Callable[[ipywidgets.Widget], str]


@pytest.fixture(scope="module")
def base() -> WhatIf:
    tables = Program.open(blank.sample("en")).tables(*TABLES)
    return WhatIf(**dict(zip(TABLES, tables, strict=True)), minimum_shares={}, discount=0.1)


@pytest.fixture
def page(base: WhatIf) -> WhatIfPage:
    return WhatIfPage(base, Scenario(), "?token=secret")


def test_the_page_begins_with_the_program_as_it_stands(page: WhatIfPage, read: Read) -> None:
    assert page.controls.scenario == Scenario()
    assert page.plan is not None
    assert page.plan.status == "optimal"
    assert "The plan does 7 of 8 projects" in read(page.widget)
    [drawn] = page.board.outputs
    assert "application/vnd.vegalite.v5+json" in drawn["data"]


def test_every_control_plans_anew(page: WhatIfPage, read: Read) -> None:
    before = page.plan
    page.controls.means["money"].value = 0.6
    less = page.plan
    assert less.objective < before.objective
    assert not broken(page.base.under(Scenario({"money": 0.6})), less.plan)
    page.reset()
    page.controls.decisions["PRJ-06"].value = "out"
    assert "PRJ-06" in page.plan.left_out
    page.controls.weights["CRI-01"].value = 0.0
    assert page.plan.portfolio.value.tolist() != before.portfolio.value.tolist()
    page.reset()
    assert page.plan.plan == before.plan
    assert page.plan.objective == pytest.approx(before.objective)
    assert "7 of 8" in read(page.widget)


def test_what_cannot_be_done_is_told_with_the_rules_that_conflict(page: WhatIfPage, read: Read) -> None:
    page.controls.decisions["PRJ-02"].value = "must"
    page.controls.decisions["PRJ-03"].value = "must"
    told = read(page.widget)
    assert "No plan keeps all the rules." in told
    assert "PRJ-02" in told.partition("No plan keeps")[2]
    assert page.board.outputs == ()


def test_two_saved_scenarios_are_compared(page: WhatIfPage, press: Callable[..., None], read: Read) -> None:
    press(page.widget, "Save scenario")
    page.controls.means["money"].value = 0.6
    page.scenarios.name.value = "<b>Less</b>"
    press(page.widget, "Save scenario")
    told = read(page.scenarios.widget)
    assert list(page.scenarios.saved) == ["Scenario 1", "<b>Less</b>"]
    assert "What changes from the first to the second" in told
    assert "<b>Less" not in read(page.widget)
    page.reset()
    press(page.widget, "Show the second")
    assert page.controls.scenario == Scenario({"money": 0.6})


def test_the_link_opens_the_same_scenario(page: WhatIfPage, read: Read) -> None:
    page.controls.means["money"].value = 0.6
    page.controls.decisions["PRJ-06"].value = "out"
    [address] = [part.split('"')[0] for part in read(page.scenarios.address).split('href="')[1:]]
    query = parse_qs(urlsplit(address.replace("&amp;", "&")).query)
    assert query["token"] == ["secret"]
    assert from_text(query["scenario"][0]) == page.controls.scenario


def test_a_plan_that_does_not_exist_is_not_saved(page: WhatIfPage, press: Callable[..., None], read: Read) -> None:
    page.controls.means["money"].value = 0.0
    press(page.widget, "Save scenario")
    assert page.scenarios.saved == {}
    assert "Only a scenario with a plan can be saved." in read(page.widget)


@pytest.mark.parametrize("given", ["", "wrong", "secre", "secret2"], ids=["none", "other", "short", "long"])
def test_without_its_token_a_served_page_shows_nothing(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {"token": given, "scenario": ""})
    opened = what_if_door.open_page()
    assert "This link does not open the page" in str(opened.page)
    assert "Every Customer" not in f"{opened.heading} {opened.sentence} {opened.as_it_stands}"


def test_with_its_token_a_served_page_opens_at_the_links_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {"token": "secret", "scenario": json.dumps({"means": {"money": 0.5}})})
    opened = what_if_door.open_page("no such program", "no such scenario")
    sliders = [one for one in _inside(opened.page) if isinstance(one, ipywidgets.FloatSlider)]
    assert sliders[0].value == 0.5


def test_a_link_with_a_damaged_scenario_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {"token": "secret", "scenario": "{"})
    assert "no saved scenario" in str(what_if_door.open_page().page)


def test_a_program_that_cannot_be_read_is_told(tmp_path: Any) -> None:
    assert "program.yaml" in str(what_if_door.open_page(str(tmp_path)).page)


def serve(monkeypatch: pytest.MonkeyPatch, asked: dict[str, str]) -> None:
    monkeypatch.setenv(what_if_door.PROGRAM, str(blank.sample("en")))
    monkeypatch.setenv(what_if_door.TOKEN, "secret")
    monkeypatch.setattr(serving, "log_to_server", lambda: None)
    monkeypatch.setattr(serving, "asked", lambda *names: tuple(asked[name] for name in names))


def _inside(widget: Any) -> list[Any]:
    return [widget, *(one for child in getattr(widget, "children", ()) for one in _inside(child))]
