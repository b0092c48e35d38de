"""The business case's what-if page outside a browser: what a person moves, what the page then says, who may see it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import ipywidgets
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import language
from workbench.business_case.simulation import simulate
from workbench.business_case.what_if import CaseWhatIf
from workbench.business_case.what_if_scenario import CaseScenario, from_text
from workbench.program import blank
from workbench.program.store import Program
from workbench.reporting import serving
from workbench.widgets import case_what_if, case_what_if_door, door
from workbench.widgets.case_what_if import CaseWhatIfPage
from workbench.widgets.case_what_if_door import base_of
from workbench.widgets.case_what_if_sliders import step_through

Read = Callable[[ipywidgets.Widget], str]


@pytest.fixture(scope="module")
def base() -> CaseWhatIf:
    return base_of(Program.open(blank.sample("en")))


@pytest.fixture
def page(base: CaseWhatIf) -> CaseWhatIfPage:
    return CaseWhatIfPage(base, CaseScenario(), "?token=secret")


def test_the_page_begins_with_the_program_as_it_stands(page: CaseWhatIfPage, read: Read) -> None:
    assert page.controls.scenario == CaseScenario()
    assert "as planned" in read(page.answer)
    [drawn] = page.curves.outputs
    assert drawn["data"]["application/vnd.vegalite.v5+json"]["datasets"]["changed_name"][0]["told"] == "As planned"


def test_assumptions_stand_in_the_order_of_what_they_move(page: CaseWhatIfPage, base: CaseWhatIf) -> None:
    swings = base.swings.swings
    assert list(page.controls.assumptions) == list(swings["assumption_id"])
    assert swings["swing"].is_monotonic_decreasing
    [fold] = [one for one in inside(page.widget) if isinstance(one, ipywidgets.Accordion)]
    assert fold.titles == (f"{len(swings) - 5} more assumptions",)
    assert len([one for one in inside(fold) if isinstance(one, ipywidgets.FloatSlider)]) == len(swings) - 5


def test_a_slider_goes_from_low_to_high_and_tells_unit_and_base(page: CaseWhatIfPage) -> None:
    slider = page.controls.assumptions["seconds_saved"].slider
    assert (slider.min, slider.value, slider.max, slider.step) == (22, 40, 54, 0.5)
    assert slider.description == "Seconds saved in each call (now 40 seconds)"
    assert page.controls.horizon.description == "Months that count (now 36)"


def test_a_browser_that_puts_sliders_onto_their_steps_changes_nothing(page: CaseWhatIfPage) -> None:
    before = page.outcome
    page.controls.assumptions["seconds_saved"].slider.value = 40.25
    page.controls.rate.value = 0.1 + 1e-12
    page.controls.costs.value = 1.02
    assert page.controls.scenario == CaseScenario()
    assert page.outcome is before


@given(st.lists(st.decimals(0, 10**6, places=3), min_size=3, max_size=3, unique=True))
@settings(max_examples=50)
def test_a_slider_steps_on_base_or_in_round_steps(ends: list[Decimal]) -> None:
    low, base, high = sorted(map(float, ends))
    step = step_through(low, base, high)
    assert 5 <= (high - low) / step <= 400 * (1 + 1e-9)
    steps = (base - low) / step
    assert steps == pytest.approx(round(steps), abs=1e-6) or float(f"{step:.0e}") == pytest.approx(step)


def test_what_has_no_range_has_no_slider_and_is_named(page: CaseWhatIfPage, read: Read) -> None:
    assert "crm_users" not in page.controls.assumptions
    assert "People who will use the CRM" in read(page.controls.widget)


def test_a_moved_slider_says_what_the_simulation_says(page: CaseWhatIfPage, base: CaseWhatIf, read: Read) -> None:
    page.controls.assumptions["churn_reduction"].slider.value = 0.1
    table = base.assumptions.copy()
    table.loc[table["assumption_id"] == "churn_reduction", ["low", "base", "high"]] *= 0.1 / 0.125
    expected = simulate(base.costs, base.benefits, table, horizon_months=36, discount_rate=0.1)
    told = read(page.widget)
    assert language.money(expected.base_npv) in told
    low, high = (language.money(expected.npv_percentile(share)) for share in (0.1, 0.9))
    assert f"{low} to {high}" in told
    assert "Share of the leavers who will stay" in read(page.turning)


def test_every_control_counts(page: CaseWhatIfPage) -> None:
    seen = {page.outcome.base_npv}
    for control, value in (
        (page.controls.rate, 0.2),
        (page.controls.horizon, 48),
        (page.controls.delay, 3),
        (page.controls.costs, 1.2),
        (page.controls.benefits, 0.8),
    ):
        control.value = value
        assert page.outcome.base_npv not in seen
        seen.add(page.outcome.base_npv)
    assert page.controls.scenario == CaseScenario({}, (), 0.2, 48, 3, 1.2, 0.8)
    before = page.outcome.npv.std()
    page.controls.assumptions["churn_reduction"].known.value = True
    assert page.outcome.npv.std() < before


def test_back_to_the_program_as_it_stands(page: CaseWhatIfPage, press: Callable[..., None], read: Read) -> None:
    before = read(page.answer)
    page.controls.assumptions["churn_reduction"].slider.value = 0.1
    page.controls.assumptions["churn_reduction"].known.value = True
    page.controls.delay.value = 6
    press(page.widget, "As the program stands")
    assert page.controls.scenario == CaseScenario()
    assert read(page.answer) == before
    assert read(page.turning) == ""


def test_two_saved_scenarios_are_compared(page: CaseWhatIfPage, press: Callable[..., None], read: Read) -> None:
    press(page.widget, "Save scenario")
    page.controls.delay.value = 6
    page.scenarios.name.value = "<b>Later</b>"
    press(page.widget, "Save scenario")
    told = read(page.scenarios.widget)
    assert "Months that everything starts later" in told
    assert language.money(page.outcome.base_npv) in told
    assert "<b>Later" not in read(page.widget)
    press(page.widget, "As the program stands")
    press(page.widget, "Show the second")
    assert page.controls.scenario == CaseScenario(delay_months=6)


def test_the_link_opens_the_same_scenario(page: CaseWhatIfPage, base: CaseWhatIf, read: Read) -> None:
    page.controls.assumptions["churn_reduction"].slider.value = 0.1
    page.controls.assumptions["developer_day"].known.value = True
    page.controls.rate.value = 0.2
    [address] = [part.split('"')[0] for part in read(page.scenarios.address).split('href="')[1:]]
    query = parse_qs(urlsplit(address.replace("&amp;", "&")).query)
    assert query["token"] == ["secret"]
    again = CaseWhatIfPage(base, from_text(query["scenario"][0]))
    assert again.controls.scenario == page.controls.scenario
    assert again.outcome.base_npv == page.outcome.base_npv


def test_what_cannot_be_computed_leaves_nothing_to_save(press: Callable[..., None], read: Read) -> None:
    rows = {"assumption_id": ["a", "b"], "low": [0.0, 0.0], "base": [3.0, 1.0], "high": [4.0, 2.0]}
    costs = pd.DataFrame({"cost_id": ["C-1"], "category": ["licences"], "formula": ["1 / (a + b)"]})
    benefits = pd.DataFrame({"benefit_id": ["B-1"], "stream": ["cost_reduction"], "formula": ["9"]})
    page = CaseWhatIfPage(CaseWhatIf(costs, benefits, pd.DataFrame(rows), 12, 0.0), CaseScenario())
    page.controls.assumptions["a"].slider.value = 0
    page.controls.assumptions["b"].slider.value = 0
    assert "Line C-1" in read(page.widget)
    assert page.curves.outputs == ()
    press(page.widget, "Save scenario")
    assert page.scenarios.saved == {}
    assert "Only a scenario that can be computed can be saved." in read(page.widget)
    page.controls.assumptions["b"].slider.value = 1
    assert read(page.status.widget) == ""
    assert "cannot be told: Line C-1" in read(page.turning)
    assert page.outcome.base_npv == 12 * (9 - 1)


async def dragged(page: CaseWhatIfPage, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many draws each computation took while a slider moved three times and then rested."""
    monkeypatch.setattr(case_what_if, "SECONDS_UNTIL_REST", 0.02)
    under, taken = page.base.under, []

    class Counted:
        turning_point = page.base.turning_point

        def under(self, scenario: CaseScenario, draws: int) -> Any:
            taken.append(draws)
            return under(scenario, draws)

    page.base = Counted()
    for value in (0.11, 0.1, 0.09):
        page.controls.assumptions["churn_reduction"].slider.value = value
    await asyncio.sleep(0)
    await page.settling
    return taken


def test_a_slider_on_its_way_takes_fewer_draws_and_all_at_rest(
    page: CaseWhatIfPage, base: CaseWhatIf, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asyncio.run(asyncio.wait_for(dragged(page, monkeypatch), 20)) == [2**11, 2**11, 2**11, 2**14]
    assert len(page.outcome.npv) == 2**14


@pytest.mark.parametrize("given", ["", "secre", "secret2"], ids=["none", "short", "long"])
def test_without_its_token_a_served_page_shows_nothing(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {"token": given, "scenario": ""})
    opened = case_what_if_door.open_page()
    assert "This link does not open the page" in str(opened.page)
    assert "Every Customer" not in f"{opened.heading} {opened.sentence} {opened.as_it_stands}"


def test_with_its_token_a_served_page_opens_at_the_links_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {"token": "secret", "scenario": json.dumps({"values": {"churn_reduction": 0.1}})})
    opened = case_what_if_door.open_page("no such program", "no such scenario")
    sliders = [one for one in inside(opened.page) if isinstance(one, ipywidgets.FloatSlider)]
    assert sliders[0].value == 0.1


def test_a_link_with_a_damaged_scenario_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {"token": "secret", "scenario": "{"})
    assert "no saved scenario" in str(case_what_if_door.open_page().page)


def test_cost_lines_that_wait_for_a_vendor_are_told(read: Read) -> None:
    opened = case_what_if_door.open_page()
    assert isinstance(opened.page, ipywidgets.Widget)
    assert "No vendor is chosen" in read(opened.page)


def test_a_program_that_cannot_be_read_is_told(tmp_path: Any) -> None:
    assert "program.yaml" in str(case_what_if_door.open_page(str(tmp_path)).page)


def serve(monkeypatch: pytest.MonkeyPatch, asked: dict[str, str]) -> None:
    monkeypatch.setenv(door.PROGRAM, str(blank.sample("en")))
    monkeypatch.setenv(door.TOKEN, "secret")
    monkeypatch.setattr(serving, "log_to_server", lambda: None)
    monkeypatch.setattr(serving, "asked", lambda *names: tuple(asked[name] for name in names))


def inside(widget: Any) -> list[Any]:
    return [widget, *(one for child in getattr(widget, "children", ()) for one in inside(child))]
