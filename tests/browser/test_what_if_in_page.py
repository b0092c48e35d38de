"""The what-if of a report's page: as exact as the methods wherever the sliders stand, by keyboard, with no network."""

from __future__ import annotations

import base64
import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import vl_convert

from workbench import language, resources
from workbench.business_case.cash_flows import CashFlows, cash_flows
from workbench.business_case.drivers import base_values
from workbench.business_case.in_page import InPage, in_page
from workbench.business_case.returns import CONVENTIONS, returns
from workbench.business_case.sensitivity import tornado
from workbench.business_case.valuation import valuation
from workbench.charts import theme
from workbench.charts.what_if_in_page import what_if
from workbench.errors import DataError
from workbench.program.store import Program
from workbench.reporting import parts, render
from workbench.reporting.manifest import Manifest

pytestmark = pytest.mark.browser

Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
PERIOD: dict[str, Any] = {"horizon_months": 40, "discount_rate": 0.08}
EXACT = 1e-9
NAMES = [
    "quotes \" ' ` and \\ backslash \\' \\u0041",
    "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>",
    "datum.value && (window.hacked = 3) + {signal: 'npv'} {{ 7*7 }}",
    "añadido ﷽ \u202e \u2028 线 🙂",
    "A name of two hundred characters, " * 6,
]
COMPUTE = """async ([spec, positions]) => {
  const place = document.createElement("div");
  const { view } = await vegaEmbed(place, spec, { mode: "vega-lite", actions: false });
  const backs = mark => (mark.name === "told_2_marks" ? mark.items : (mark.items || []).flatMap(backs));
  const told = [];
  for (const position of positions) {
    Object.entries(position).forEach(([name, value]) => view.signal(name, value));
    await view.runAsync();
    const number = value => (Number.isFinite(value) ? value : null);
    told.push({
      npv: number(view.signal("npv")),
      roi: number(view.signal("roi")),
      broken: view.signal("broken"),
      payback: number(backs(view.scenegraph().root)[0].datum.payback),
    });
  }
  return told;
}"""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever the machine speaks, the tests read English."""
    with language.using("en", currency="EUR"):
        yield


@pytest.fixture(scope="module")
def engine(browser: Any) -> Iterator[Any]:
    """A page with Vega-Embed as reports carry it."""
    page = browser.new_page()
    page.add_script_tag(content=vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
    yield page
    page.close()


def sample() -> Tables:
    opened = Program.open(resources.folder("sample_data") / "program_en")
    return opened.table("costs"), opened.table("benefits"), opened.table("assumptions")


def odd() -> Tables:
    """Every construct that a formula can have, values that do not exist and amounts below zero, and odd names."""
    costs = pd.DataFrame(
        {
            "cost_id": ["C-1", "C-2", "C-3", "C-4"],
            "category": "other",
            "formula": ["80000", "max(a, 2) ** 2 * 100 // 7", "round(b / 3, 1) * 40 if b > 1 else 3", "10 + e % 3"],
            "first_period": [0, 0, 2, 5],
            "profile": ["one_off", "even", "growth 3%", "even"],
            "risk_adjustment": [0.1, 0.0, 0.25, 0.0],
        }
    )
    benefits = pd.DataFrame(
        {
            "benefit_id": ["B-1", "B-2", "B-3"],
            "stream": "cost_reduction",
            "formula": ["a * 900 / (c - 2)", "1000 + sqrt(d) * 500 - exp(b)", "abs(a - b) * (1 < b <= d) + log(a, 10)"],
            "first_period": [3, 6, 1],
            "profile": ["s_curve 12", "ramp 6", "even"],
            "attribution": [0.8, 1.0, 0.5],
            "risk_adjustment": [0.2, 0.1, 0.0],
        }
    )
    ends = {"a": (1, 6, 12), "b": (0, 2.5, 9), "c": (1, 4, 5), "d": (-1, 4, 10), "e": (-5, -1, 5)}
    assumptions = pd.DataFrame(ends, index=["low", "base", "high"]).astype(float).T.rename_axis("assumption_id")
    return costs, benefits, assumptions.reset_index().assign(name=NAMES, unit="<b>unit</b>")


def movable(tables: Tables, convention: str = "tei", period: dict[str, Any] = PERIOD) -> InPage:
    costs, benefits, assumptions = tables
    swings = assumptions.assign(swing=1.0) if "C-4" in set(costs["cost_id"]) else None
    if swings is None:
        swings = tornado(valuation(costs, benefits, assumptions, **period)).swings
    return in_page(costs, benefits, assumptions, swings, **period, convention=convention)


def places(page: InPage) -> list[dict[str, float]]:
    """The sliders' ends in turn, all of them, and places between."""
    tracks = page.sliders[["signal", "minimum", "base", "maximum"]].itertuples(index=False)
    ends = {signal: (low, base, high) for signal, low, base, high in tracks}
    turns = [{signal: end} for signal, values in ends.items() for end in values]
    corners = [dict(zip(ends, corner, strict=True)) for corner in itertools.product(*(v[::2] for v in ends.values()))]
    chance = random.Random(3)
    between = [{signal: chance.uniform(*values[::2]) for signal, values in ends.items()} for _place in range(20)]
    base = {signal: values[1] for signal, values in ends.items()}
    return [base | place for place in [*turns, *corners[::3], *between]]


def right(tables: Tables, page: InPage, place: dict[str, float]) -> CashFlows | None:
    costs, benefits, assumptions = tables
    names = page.sliders.set_index("signal")["assumption_id"]
    values = base_values(assumptions) | {names[signal]: value for signal, value in place.items()}
    try:
        return cash_flows(costs, benefits, values, PERIOD["horizon_months"])
    except DataError:
        return None


def alike(found: float | None, expected: float | None, size: float = 1.0) -> bool:
    return (
        found == pytest.approx(expected, rel=EXACT, abs=EXACT * size)
        if None not in (found, expected)
        else (found is expected)
    )


@pytest.mark.parametrize("make", [sample, odd], ids=["sample", "odd"])
def test_wherever_the_sliders_stand_the_page_tells_what_the_methods_tell(engine: Any, make: Any) -> None:
    tables = make()
    page = movable(tables)
    every = places(page)
    flows = [right(tables, page, place) for place in every]
    for number, convention in enumerate(CONVENTIONS):
        some = slice(number, None, 3 if number else 1)
        told = engine.evaluate(COMPUTE, [what_if(movable(tables, convention)).to_dict(), every[some]])
        for found, flow in zip(told, flows[some], strict=True):
            if flow is None:
                assert [found["npv"], found["roi"], found["payback"], found["broken"] >= 0] == [None, None, None, True]
                continue
            figures = returns(flow, PERIOD["discount_rate"], convention)
            assert found["broken"] == -1
            assert alike(found["npv"], figures.npv, figures.costs_pv)
            assert alike(found["roi"], figures.roi)
            assert alike(found["payback"], figures.payback_months)
    kept = [returns(flow, 0.08).payback_months for flow in flows if flow]
    assert len(flows) - len(kept) == 0 if make is sample else len(flows) - len(kept) > 10
    assert 5 < len([months for months in kept if months is not None]) < len(kept) - 2


def written(path: Path, page: InPage, spoken: str = "en") -> Path:
    """A report's page with the chart alone, as a notebook shows it."""
    data, metadata = what_if(page)._repr_mimebundle_()
    outputs = [
        nbformat.v4.new_output("display_data", {"text/html": str(parts.section("What if?").html)}),
        nbformat.v4.new_output("display_data", data, metadata=metadata),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=outputs)])
    run = Manifest("0123abcdef", "business_case", "Cable", spoken, {}, [], {}, {"python": "3.12"}, seed=7)
    path.write_text(render.to_html(notebook, title="Demo", language=spoken, run=run), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[InPage, Path]]:
    """The sample's page and the odd one's, each with what it was made of."""
    folder = tmp_path_factory.mktemp("pages")
    with language.using("en", currency="EUR"):
        cases = {make.__name__: movable(make()) for make in (sample, odd)}
        return {name: (case, written(folder / f"{name}.html", case)) for name, case in cases.items()}


def opened(visit: Any, address: Path) -> Any:
    visit.page.goto(address.as_uri())
    visit.page.locator("figure.cw-drawn .cw-reset").wait_for()
    return visit.page


def figures(page: Any) -> list[str]:
    return page.eval_on_selector_all("svg.marks g[class*=' told_'] text", "all => all.map(one => one.textContent)")


SETTLED = "before => [...document.querySelectorAll('svg.marks g[class*=told_] text')][0].textContent !== before"


def test_a_slider_moved_by_keyboard_tells_the_new_figures(visit: Any, pages: Any) -> None:
    case, address = pages["sample"]
    page = opened(visit, address)
    planned = figures(page)
    assert planned[0] == language.money(case.plan.npv)
    slider = page.get_by_role("slider", name=case.sliders.at[0, "name"])
    slider.focus()
    for _press in range(4):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(SETTLED, arg=planned[0])
    moved = float(slider.input_value())
    assert moved == pytest.approx(case.sliders.at[0, "base"] - 4 * case.sliders.at[0, "step"])
    flow = right(sample(), case, {"p0": moved})
    assert flow is not None
    shown = returns(flow, PERIOD["discount_rate"]).to_frame().set_index("figure")["shown"]
    assert figures(page) == [shown["npv"], shown["roi"], shown["payback_months"]]
    assert slider.get_attribute("aria-valuetext") == f"{language.number(moved, 6)} {case.sliders.at[0, 'unit']}"
    page.wait_for_function("() => document.querySelector('.cw-status').textContent")
    assert page.locator("[role=status]").inner_text() == "; ".join(figures(page))
    page.get_by_role("button", name="Back to the plan").press("Enter")
    page.wait_for_function(SETTLED, arg=shown["npv"])
    assert figures(page) == planned
    assert float(slider.input_value()) == case.sliders.at[0, "base"]
    assert [url for url in visit.requests if not url.startswith("data:")] == [address.as_uri()]
    assert visit.errors == []


def test_a_value_that_does_not_exist_is_told_in_words(visit: Any, pages: Any) -> None:
    case, address = pages["odd"]
    page = opened(visit, address)
    slider = page.locator("input[name=p2]")
    slider.press("Home")
    page.wait_for_function(SETTLED, arg=language.money(case.plan.npv))
    assert figures(page)[:3] == ["No value"] * 3
    assert "B-1" in " ".join(figures(page)[3:])
    assert "NaN" not in page.inner_text("main") + page.locator("svg.marks").text_content()
    slider.press("End")
    page.wait_for_function(SETTLED, arg="No value")
    assert len(figures(page)) == 3
    assert visit.errors == []


def test_names_are_shown_as_text_and_nothing_of_them_runs(visit: Any, pages: Any) -> None:
    page = opened(visit, pages["odd"][1])
    labels = page.eval_on_selector_all(".vega-bind-name", "all => all.map(one => one.textContent)")
    assert [label.split(" (planned: ")[0] for label in labels] == NAMES
    assert "<b>unit</b>" in page.locator(".cw-value").first.text_content()
    for slider in page.locator("input[type=range]").all():
        slider.press("PageUp")
    assert page.evaluate("window.hacked") is None
    assert visit.errors == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize("width", [370, 640])
def test_sliders_fit_a_narrow_window_and_work_there(visit: Any, pages: Any, width: int) -> None:
    case, address = pages["sample"]
    visit.page.set_viewport_size({"width": width, "height": 800})
    page = opened(visit, address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".vega-bind").count() == page.locator(".cw-value").count() == len(case.sliders)
    page.locator("input[name=p1]").press("Home")
    page.wait_for_function(SETTLED, arg=language.money(case.plan.npv))


def test_figures_are_in_the_programs_locale(visit: Any, tmp_path: Path) -> None:
    with language.using("es", currency="EUR"):
        case = movable(sample())
        page = opened(visit, written(tmp_path / "report.html", case, "es"))
        assert figures(page)[0] == language.money(case.plan.npv)
        assert "," in figures(page)[0]
        assert page.locator(".cw-value").first.text_content().startswith(language.number(case.sliders.at[0, "base"]))


def test_on_paper_there_are_no_sliders_and_the_plan_is_shown(visit: Any, pages: Any) -> None:
    page = opened(visit, pages["sample"][1])
    page.emulate_media(media="print")
    assert page.locator("input[type=range]:visible").count() == 0
    assert page.locator("img.cw-still:visible").count() == 1


def test_the_sliders_mark_their_default(visit: Any, pages: Any) -> None:
    case, address = pages["sample"]
    page = opened(visit, address)
    row = case.sliders.iloc[0]
    share = page.locator(".cw-track").first.evaluate("one => +one.style.getPropertyValue('--default')")
    assert share == pytest.approx((row["base"] - row["minimum"]) / (row["maximum"] - row["minimum"]))


def test_jupyterlabs_vega_draws_the_picture_of_the_plan() -> None:
    spec = what_if(movable(sample())).to_dict()
    svg = vl_convert.vegalite_to_svg(spec, vl_version=theme.VEGA_LITE_VERSION)
    assert language.money(movable(sample()).plan.npv).replace("\u00a0", " ") in svg.replace("\u00a0", " ")
    assert base64.b64decode(theme.bundle(spec)["image/png"])
