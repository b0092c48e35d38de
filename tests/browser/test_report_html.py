"""A report's page in a real browser that has no network."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import vl_convert

from workbench.reporting import parts, render
from workbench.reporting.manifest import Manifest
from workbench.reporting.outputs import CHART

pytestmark = pytest.mark.browser

HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"
FORMULA = '=HYPERLINK("http://example.org/steal")'
BARS = [{"title": f"A requirement with a long title, {count}", "value": 80 - 10 * count} for count in range(4)]
BARS[3]["title"] = "</script>" + HOSTILE
SPEC: dict[str, Any] = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "usermeta": {
        "embedOptions": {"formatLocale": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", ""]}}
    },
    "title": {
        "text": "One requirement stands out by value, and the rest follow at a distance",
        "subtitle": "Index, 0 to 100",
    },
    "description": "Bars of value by requirement.",
    "data": {"values": BARS},
    "mark": "bar",
    "width": 900,
    "encoding": {
        "x": {"field": "value", "type": "quantitative", "title": "Value", "axis": {"format": ".1f"}},
        "y": {"field": "title", "type": "nominal", "title": None},
    },
}


def chart() -> nbformat.NotebookNode:
    picture = base64.b64encode(vl_convert.vegalite_to_png(SPEC)).decode()
    return nbformat.v4.new_output("display_data", {CHART: SPEC, "image/png": picture, "text/plain": "Value"})


def outputs() -> list[nbformat.NotebookNode]:
    rows = pd.DataFrame({"id": ["REQ-1", "REQ-2"], "title": [HOSTILE, FORMULA], "value": [80.0, float("nan")]})
    shown = [
        parts.masthead(HOSTILE, "Prioritisation", date(2027, 3, 1), "EUR"),
        parts.answer("The first requirement is worth twice the second."),
        parts.boxes([parts.Box(f"Figure {count}", "1.23 M €", "0.4 to 2.1 M €") for count in range(4)]),
        parts.section("Which requirements come first?"),
        parts.table(rows, caption="Requirements"),
        parts.table(pd.concat([rows] * 10), caption="All"),
        parts.warnings(["A warning."]),
        parts.evidence("randomised"),
        parts.methods([parts.Method("Weighted sum", "https://example.org/")]),
        parts.foot("A note."),
    ]
    made = [nbformat.v4.new_output("display_data", {"text/html": str(part.html)}) for part in shown]
    return [*made[:4], chart(), chart(), *made[4:]]


def written(path: Path, outputs: list[nbformat.NotebookNode]) -> Path:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=outputs)])
    run = Manifest("0123abcdef", "prioritisation", "Cable", "en", {}, [], {}, {"python": "3.12"}, seed=7)
    path.write_text(render.to_html(notebook, title="Demo", language="en", run=run), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("report") / "report.html", outputs())


@pytest.fixture
def opened(visit: Any, report: Path) -> Any:
    visit.page.goto(report.as_uri())
    visit.page.wait_for_function("document.querySelectorAll('figure.cw-drawn').length === 2")
    return visit


def test_charts_are_drawn_without_an_error_and_without_a_network(opened: Any, report: Path) -> None:
    assert opened.page.locator("svg.marks .mark-rect path").count() == 2 * len(BARS)
    assert opened.page.locator("img.cw-still:visible").count() == 0
    drawn = opened.page.locator("[aria-roledescription='visualization']").first
    assert drawn.get_attribute("aria-label") == SPEC["description"]
    assert [url for url in opened.requests if not url.startswith("data:")] == [report.as_uri()]
    assert opened.errors == []


def test_even_markup_that_no_part_escaped_cannot_run_or_fetch(visit: Any, tmp_path: Path) -> None:
    beacon = "<img src='https://example.org/beacon'><link rel=stylesheet href='https://example.org/a.css'>"
    raw = nbformat.v4.new_output("display_data", {"text/html": HOSTILE + beacon})
    visit.page.goto(written(tmp_path / "report.html", [raw]).as_uri())
    assert visit.page.locator("main img").count() == 2
    assert visit.page.evaluate("window.hacked") is None
    assert visit.errors
    assert all("Content Security Policy" in error for error in visit.errors)


def test_hostile_text_is_shown_as_text(opened: Any) -> None:
    shown = opened.page.inner_text("main")
    assert "<script>window.hacked = 1</script>" in shown
    assert FORMULA in shown
    assert opened.page.locator("a[href*='steal']").count() == 0
    assert opened.page.evaluate("window.hacked") is None


def test_numbers_of_charts_follow_the_charts_own_locale(opened: Any) -> None:
    assert "80,0" in opened.page.locator("svg.marks").first.text_content()


def test_headings_are_in_order(opened: Any) -> None:
    levels = opened.page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(one => one.tagName)")
    assert levels == ["H1", "H2", "H2"]


@pytest.mark.parametrize("width", [370, 640, 1280])
def test_the_page_fits_the_window(visit: Any, report: Path, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.page.goto(report.as_uri())
    visit.page.wait_for_function("document.querySelectorAll('figure.cw-drawn').length === 2")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    fits = "all => all.every(one => one.clientWidth <= one.closest('figure').clientWidth)"
    assert visit.page.eval_on_selector_all("svg.marks", fits)


def test_text_is_dark_enough(opened: Any) -> None:
    assert opened.page.evaluate(CONTRAST) >= 4.5


def test_on_paper_charts_are_pictures_and_folded_tables_are_open(opened: Any) -> None:
    opened.page.emulate_media(media="print")
    opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert opened.page.locator("img.cw-still:visible").count() == 2
    assert opened.page.locator(".cw-live:visible").count() == 0
    assert opened.page.locator("details tbody tr:visible").count() == 20


def test_without_scripts_the_pictures_are_there(browser: Any, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(report.as_uri())
    pictures = page.locator("img.cw-still:visible")
    assert pictures.count() == 2
    assert pictures.first.get_attribute("alt") == SPEC["description"]
    assert pictures.first.bounding_box()["height"] > 50
    context.close()


CONTRAST = """() => {
  const channel = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = one => {
    for (; one; one = one.parentElement) {
      const found = rgb(getComputedStyle(one).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const lettered = one => [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  const all = [...document.querySelectorAll("main *:not(script)")];
  const ratios = all.filter(one => !one.closest("svg") && lettered(one)).map(one => {
    const [a, b] = [light(rgb(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  });
  return Math.min(...ratios);
}"""
