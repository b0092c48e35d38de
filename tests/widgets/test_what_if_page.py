"""The what-if page outside a browser: what a person changes, what the page then says, and who may see it."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import ipywidgets
import pytest

from workbench.errors import NoSolutionError
from workbench.planning.release_plan.rules import broken
from workbench.planning.release_plan.scenario import Scenario, from_text
from workbench.planning.release_plan.solve import plan_releases
from workbench.planning.release_plan.what_if import TABLES, WhatIf
from workbench.program import blank
from workbench.program.store import Program
from workbench.reporting import serving
from workbench.widgets import what_if, what_if_door
from workbench.widgets.what_if import WhatIfPage
from workbench.widgets.what_if_door import base_of

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


def test_who_brings_no_token_does_not_learn_what_is_wrong_in_the_program(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(monkeypatch, {"token": "other", "scenario": ""})
    monkeypatch.setenv(what_if_door.PROGRAM, str(tmp_path / "our-crm"))
    assert "our-crm" not in str(what_if_door.open_page().page)
    serve(monkeypatch, {"token": "secret", "scenario": ""})
    monkeypatch.setenv(what_if_door.PROGRAM, str(tmp_path / "our-crm"))
    assert "our-crm" in str(what_if_door.open_page().page)


def test_a_program_that_changes_while_a_kernel_waits_is_shown_as_it_then_is(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "our-crm"
    shutil.copytree(blank.sample("en"), folder)
    serve(monkeypatch, {})
    monkeypatch.setenv(what_if_door.PROGRAM, str(folder))

    def waiting(*_names: str) -> tuple[str, ...]:
        settings = (folder / "program.yaml").read_text(encoding="utf-8")
        (folder / "program.yaml").write_text(settings.replace("Every Customer Counts", "Renamed"), encoding="utf-8")
        return "secret", ""

    monkeypatch.setattr(serving, "asked", waiting)
    assert "Renamed" in str(what_if_door.open_page().heading.html)


def test_a_program_without_dependencies_is_planned(tmp_path: Any) -> None:
    folder = tmp_path / "our-crm"
    shutil.copytree(blank.sample("en"), folder)
    (folder / "dependencies.csv").unlink()
    assert base_of(Program.open(folder)).as_it_stands.needs == ()


def test_a_tight_program_opens_although_no_plan_was_found_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if_door, "quick_plan", nothing_found)
    opened = what_if_door.open_page()
    assert "nothing in time" in str(opened.as_it_stands.html)
    assert isinstance(opened.page, ipywidgets.Widget)


def test_where_no_plan_is_found_at_once_the_last_one_does_not_stay(
    page: WhatIfPage, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if, "quick_plan", nothing_found)
    monkeypatch.setattr(page, "_search", lambda _portfolio: None)
    page.controls.means["money"].value = 0.9
    assert page.board.outputs == ()
    assert "7 of 8" not in read(page.widget)


def test_weights_that_are_all_zero_leave_no_plan_to_save(page: WhatIfPage, read: Read) -> None:
    for weight in page.controls.weights.values():
        weight.value = 0.0
    assert page.plan is None
    assert page.board.outputs == ()
    assert "weigh nothing" in read(page.widget)


@pytest.mark.parametrize("largest", [0.4, 1.0, 45.0])
def test_weights_move_in_steps_of_their_own_size(base: WhatIf, largest: float) -> None:
    criteria = base.criteria.assign(weight=largest)
    for slider in WhatIfPage(replace(base, criteria=criteria), Scenario()).controls.weights.values():
        assert slider.max == 2 * largest
        assert largest / 25 <= slider.step <= largest / 10
        assert float(format(slider.step, slider.readout_format)) == slider.step


async def moved(page: WhatIfPage, monkeypatch: pytest.MonkeyPatch) -> tuple[list[float], int]:
    """Four moves while the search after the first is still under way: the money of each search, most at a time."""
    searched: list[float] = []
    now = most = 0
    held = threading.Event()

    def slow(portfolio: Any) -> Any:
        nonlocal now, most
        searched.append(float(portfolio.capacity.loc["money"].iloc[0]))
        now += 1
        most = max(most, now)
        held.wait(5)
        now -= 1
        return plan_releases(portfolio), ""

    monkeypatch.setattr(what_if, "SECONDS_UNTIL_SEARCH", 0.0)
    monkeypatch.setattr(what_if, "_searched", slow)
    monkeypatch.setattr(what_if, "quick_plan", nothing_found)
    for share in (0.9, 0.8, 0.7, 0.6):
        page.controls.means["money"].value = share
        await asyncio.sleep(0.05)
    held.set()
    while page.plan is None:
        await asyncio.sleep(0.01)
    return searched, most


def test_of_moves_during_a_search_only_the_last_is_searched_after_it(
    page: WhatIfPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    money = float(page.base.as_it_stands.capacity.loc["money"].iloc[0])
    searched, most = asyncio.run(asyncio.wait_for(moved(page, monkeypatch), 20))
    assert most == 1
    assert searched == pytest.approx([0.9 * money, 0.6 * money])


def nothing_found(*_given: Any, **_options: Any) -> Any:
    raise NoSolutionError("nothing in time")
