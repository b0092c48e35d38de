"""The what-if page in a real browser: a slider moved by keyboard redraws the plan; without its link there is none."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench import pages, resources
from workbench.reporting import serving

pytestmark = pytest.mark.browser

HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'> {{ 7*7 }}"
PATIENCE = 60_000
CHANGED = "before => document.querySelector('.cw-answer').innerText !== before"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, with a project whose title tries to be more than text."""
    folder = tmp_path_factory.mktemp("what-if") / "program"
    shutil.copytree(resources.folder("sample_data") / "program_en", folder)
    with (folder / "projects.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows[0]["title"] = HOSTILE
    with (folder / "projects.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def live(program: Path) -> Iterator[tuple[str, str, list[str]]]:
    """The page's address, what belongs to it, and all that the server says."""
    lines: list[str] = []
    made = pages.what_if(str(program), serving.LOOPBACK, 0)
    with serving.serving(made.page, lines.append) as page:
        yield page.address, made.query, lines


def test_a_slider_redraws_the_plan(live: Any, browser: Any) -> None:
    address, query, lines = live
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address + query)
    page.locator(".vega-embed canvas").wait_for(timeout=PATIENCE)
    before = page.locator(".cw-answer").inner_text()
    assert "7 of 8 projects" in before
    assert "{{ 7*7 }}" in page.locator(".cw-decision").first.inner_text()
    handle = page.locator(".noUi-handle").first
    handle.focus()
    for _press in range(8):
        handle.press("ArrowLeft")
    page.wait_for_function(CHANGED, arg=before, timeout=PATIENCE)
    page.wait_for_function("document.querySelector('.widget-readout').innerText === '60%'", timeout=PATIENCE)
    page.get_by_role("button", name="As the program stands").press("Enter")
    page.wait_for_function("before => document.querySelector('.cw-answer').innerText === before", arg=before)
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
