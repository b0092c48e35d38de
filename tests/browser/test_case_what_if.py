"""The business case's what-if page in a real browser: a slider moved by keyboard gives the figures of Python."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench import language, pages, resources
from workbench.business_case.what_if_scenario import CaseScenario
from workbench.program.store import Program
from workbench.reporting import serving
from workbench.widgets.case_what_if_door import base_of

pytestmark = pytest.mark.browser

HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'> {{ 7*7 }}"
PATIENCE = 60_000
ANSWER = ".cw-answer"
TOLD = "told => document.querySelector('.cw-answer').innerText.includes(told)"
FIRST, STEPS_DOWN = "churn_reduction", 5


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, with an assumption whose name tries to be more than text."""
    folder = tmp_path_factory.mktemp("case-what-if") / "program"
    shutil.copytree(resources.folder("sample_data") / "program_en", folder)
    with (folder / "assumptions.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    [first] = [row for row in rows if row["assumption_id"] == FIRST]
    first["name"] = HOSTILE
    with (folder / "assumptions.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def live(program: Path) -> Iterator[tuple[str, str, list[str]]]:
    """The page's address, what belongs to it, and all that the server says."""
    lines: list[str] = []
    made = pages.case_what_if(str(program), serving.LOOPBACK, 0)
    with serving.serving(made.page, lines.append) as page:
        yield page.address, made.query, lines


def npv(program: Path, scenario: CaseScenario) -> str:
    """What Python says of a scenario."""
    opened = Program.open(str(program))
    with language.using("en", opened.settings.shown_locale, opened.settings.currency):
        return language.money(base_of(opened).under(scenario, 2).base_npv)


def test_a_slider_by_keyboard_says_what_python_says(live: Any, browser: Any, program: Path) -> None:
    address, query, lines = live
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address + query)
    page.locator(".vega-embed canvas").wait_for(timeout=PATIENCE)
    planned = npv(program, CaseScenario())
    assert planned in page.locator(ANSWER).inner_text()
    assert "{{ 7*7 }}" in page.locator(".cw-assumption").first.inner_text()
    handle = page.locator(".noUi-handle").first
    handle.focus()
    for _press in range(STEPS_DOWN):
        handle.press("ArrowLeft")
    moved = npv(program, CaseScenario({FIRST: 0.125 - STEPS_DOWN * 0.0025}))
    assert moved != planned
    page.wait_for_function(TOLD, arg=moved, timeout=PATIENCE)
    page.get_by_text("No value of").wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="Save scenario").press("Enter")
    page.get_by_text("is saved").wait_for(timeout=PATIENCE)
    link = page.get_by_role("link", name="Link to this scenario").get_attribute("href")
    page.get_by_role("button", name="As the program stands").press("Enter")
    page.wait_for_function(TOLD, arg="as planned", timeout=PATIENCE)
    page.goto(address + link)
    page.locator(ANSWER).wait_for(timeout=PATIENCE)
    assert moved in page.locator(ANSWER).inner_text()
    assert page.evaluate("window.hacked") is None
    assert query.removeprefix("?token=") not in page.url
    assert not [url for url in requests if not url.startswith((address, "blob:", "data:"))]
    assert not [line for line in lines if query.removeprefix("?token=") in line]
    context.close()


def test_without_the_links_token_nothing_is_shown(live: Any, browser: Any) -> None:
    address, _query, _lines = live
    page = browser.new_page()
    page.goto(f"{address}?token=guessed")
    page.get_by_text("This link does not open the page").wait_for(timeout=PATIENCE)
    assert "Every Customer Counts" not in page.content()
    page.close()
