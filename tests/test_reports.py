"""Reports from the command line to the files that they leave, on the sample program and on what people make of it."""

from __future__ import annotations

import csv
import json
import math
import random
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml
from babel.dates import format_date
from babel.numbers import format_decimal
from scipy.optimize import brentq

from workbench import language, resources
from workbench.business_case.reference_catalogue import CLASSES
from workbench.business_case.scenario_definitions import OTHER_KEYS
from workbench.program.columns import Kind
from workbench.program.store import Program
from workbench.program.tables import TABLES
from workbench.reporting.parameters import contract, validate

ROOT = resources.folder("notebooks").parent
SAMPLE = resources.folder("sample_data") / "program_en"
TEMPLATES = resources.folder("templates") / "parameters"
CARE = {
    "urgency": ["REQ-18", "REQ-19", "REQ-20", "REQ-21", "REQ-22", "REQ-23"],
    "quick_wins": ["REQ-21", "REQ-23", "REQ-18", "REQ-20", "REQ-19"],
}


def results_of(cli, out: Path, report: str, program: Path, *settings: str) -> dict[str, object]:
    options = [word for setting in settings for word in ("--set", setting)]
    code, _printed, told = cli("report", report, "--program", program, "--out", out, *options)
    assert code == 0, told
    return json.loads((out / report / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sample_case(tmp_path_factory, cli) -> dict[str, object]:
    return results_of(cli, tmp_path_factory.mktemp("case"), "business_case", SAMPLE)


@pytest.mark.parametrize("lens", list(CARE))
def test_the_two_orders_of_the_care_requirements(lens, cli, tmp_path):
    results = results_of(cli, tmp_path, "prioritisation", SAMPLE, f"lens={lens}")
    assert results["lens"] == lens
    assert [key for key in results["ranking"] if key in CARE["urgency"]] == CARE[lens]
    assert (set(CARE["urgency"]) & set(results["left_out"])) == set(CARE["urgency"]) - set(CARE[lens])
    assert all("ceiling" in reason for reason in results["left_out"].values())
    assert set(results["scores"]["REQ-18"]) == {"value", "urgency", "complexity"}


def test_results_of_the_business_case(sample_case):
    figures = "npv roi irr payback_months discounted_payback_months costs_pv benefits_pv yearly warnings"
    assert set(sample_case) >= set(figures.split())
    years = sample_case["yearly"]
    assert [set(year) for year in years] == [{"year", "costs", "benefits", "net", "cumulative"}] * 4
    rate = sample_case["discount_rate"]
    discounted = sum((year["benefits"] - year["costs"]) / (1 + rate) ** year["year"] for year in years)
    assert sample_case["npv"] == pytest.approx(discounted, rel=1e-12)
    assert sample_case["npv"] == pytest.approx(sample_case["benefits_pv"] - sample_case["costs_pv"], rel=1e-12)
    at_irr = sum((year["benefits"] - year["costs"]) / (1 + sample_case["irr"]) ** year["year"] for year in years)
    assert at_irr == pytest.approx(0, abs=1e-3)


@pytest.fixture(scope="module")
def own_scenarios(tmp_path_factory, cli) -> dict[str, object]:
    """The sample's business case with the parameters to start from, and what its page says."""
    out, file = tmp_path_factory.mktemp("own"), TEMPLATES / "en" / "business_case.yaml"
    code, _printed, told = cli("report", "business_case", "--program", SAMPLE, "--out", out, "--params", file)
    assert code == 0, told
    folder = out / "business_case"
    figures = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return figures | {"page": (folder / "report.html").read_text(encoding="utf-8")}


def test_own_scenarios_stand_beside_the_plan(sample_case, own_scenarios):
    given = yaml.safe_load((TEMPLATES / "en" / "business_case.yaml").read_text(encoding="utf-8"))["scenarios"]
    found = {row["scenario"]: row for row in own_scenarios["scenarios"]}
    assert [name for name, row in found.items() if row["kind"] == "own"] == list(given)
    dearer = sample_case["benefits_pv"] - given["Costs overrun"]["cost_factor"] * sample_case["costs_pv"]
    assert found["Costs overrun"]["npv"] == pytest.approx(dearer, rel=1e-12)
    assert found["As planned"]["npv"] == sample_case["npv"]
    page = own_scenarios["page"]
    assert all(f"“{name}”: " in page for name in given)


@pytest.mark.parametrize("code", ["en", "es"])
def test_the_parameters_to_start_from_fit_the_report_and_the_sample(code):
    given = yaml.safe_load((TEMPLATES / code / "business_case.yaml").read_text(encoding="utf-8"))
    held = validate(contract(ROOT / "notebooks" / "business_case.ipynb"), given)
    assert held["scenarios"] == given["scenarios"]
    known = set(Program.open(str(SAMPLE.parent / f"program_{code}")).table("assumptions")["assumption_id"])
    used = {key for changes in given["scenarios"].values() for key in changes} - set(OTHER_KEYS)
    assert used
    assert used <= known


def test_risk_is_adjusted_three_ways(sample_case):
    """Without adjustment costs and benefits are those of the lines; the other views are the published uplifts."""
    views = {view["view"]: view for view in sample_case["risk_views"]}
    assert list(views) == ["none", "tei", "optimism_bias", "reference_p50", "reference_p80"]
    assert views["tei"]["npv"] == pytest.approx(sample_case["npv"], rel=1e-12)
    # By hand: the bias triples the lines that are over before the horizon; running costs stay as planned.
    project_costs = (views["optimism_bias"]["costs"] - views["none"]["costs"]) / 2
    assert 0 < project_costs < views["none"]["costs"]
    places = {place["measure"]: place for place in sample_case["reference_percentiles"]}
    assert list(places) == ["cost", "time", "benefit"]
    assert views["reference_p80"]["costs"] - views["none"]["costs"] == pytest.approx(
        places["cost"]["p80"] * project_costs, rel=1e-9
    )
    assert 1 - views["tei"]["benefits"] / views["none"]["benefits"] == pytest.approx(places["benefit"]["own"])
    # The benefits' published mean of 56% between all and nothing: (1 - e^(-bx)) / (1 - e^(-b)) at the program's share.
    own, power = places["benefit"]["own"], brentq(lambda b: 1 / b - 1 / math.expm1(b) - 0.56, -9, -0.1)
    assert places["benefit"]["percentile"] == pytest.approx(math.expm1(-power * own) / math.expm1(-power), rel=1e-6)


def test_two_assumptions_move_together(sample_case):
    """Both stand in one product, so that the net present value is bilinear: its corners give every other pair."""
    table = sample_case["two_way"]
    widest = sorted(sample_case["tornado"], key=lambda bar: -abs(bar["npv_high"] - bar["npv_low"]))
    assert [table["row"], table["column"]] == [bar["assumption"] for bar in widest[:2]]
    npv = {(cell["row_value"], cell["column_value"]): cell["npv"] for cell in table["cells"]}
    (low, high), (left, right) = ((min(ends), max(ends)) for ends in zip(*npv, strict=True))
    for (row, column), found in npv.items():
        down, across = (row - low) / (high - low), (column - left) / (right - left)
        below = (1 - across) * npv[low, left] + across * npv[low, right]
        above = (1 - across) * npv[high, left] + across * npv[high, right]
        assert found == pytest.approx((1 - down) * below + down * above, rel=1e-9)
    estimate = next(view["npv"] for view in sample_case["risk_views"] if view["view"] == "none")
    assert any(found == pytest.approx(estimate, rel=1e-12) for found in npv.values())


def test_the_reference_classes_to_choose_from_are_those_of_the_catalogue():
    parameters = {each.name: each for each in contract(ROOT / "notebooks" / "business_case.ipynb")}
    assert parameters["reference"].choices == tuple(CLASSES)


def test_a_gain_claimed_twice_is_told_and_up_for_decision(cli, tmp_path):
    program = Path(shutil.copytree(SAMPLE, tmp_path / "doubled"))
    file = program / "benefits.csv"
    rows = file.read_text(encoding="utf-8")
    file.write_text(
        rows.replace("BEN-03,Letters replaced by messages,PRJ-04,MET-03", "BEN-03,Letters,PRJ-04,MET-04"), "utf-8"
    )
    results = results_of(cli, tmp_path, "business_case", program, "draws=128", "excel=false")
    (told,) = [warning for warning in results["warnings"] if "BEN-03" in warning]
    assert "BEN-03 and BEN-04 all claim the movement of the metric MET-04" in told
    assert "more than if they shared the whole" in told
    page = (tmp_path / "business_case" / "report.html").read_text(encoding="utf-8")
    # Among the warnings and among the decisions.
    assert page.count("all claim the movement of the metric") == 2
    assert "Divide the attribution among them" in page


def by_hand(source: Path, target: Path) -> Path:
    """The program as somebody would type it into a Spanish spreadsheet and save it."""
    target.mkdir()
    shuffle = random.Random(7).shuffle
    for file in source.glob("*.csv"):
        table = TABLES[file.stem]
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        headings = list(table.headings)
        shuffle(headings)
        with (target / file.name).open("w", encoding="cp1252", errors="replace", newline="") as lines:
            writer = csv.writer(lines, delimiter=";")
            writer.writerow([heading.upper().replace("_", " ") for heading in headings])
            for number, row in enumerate(rows):
                writer.writerow([f" {in_spanish(row[name], table.column(name).kind)} " for name in headings])
                if number % 5 == 2:
                    writer.writerow([""] * len(headings))
    settings = yaml.safe_load((source / "program.yaml").read_text(encoding="utf-8"))
    (target / "program.yaml").write_text(yaml.safe_dump(settings | {"locale": "es_ES"}, allow_unicode=True), "utf-8")
    return target


def in_spanish(cell: str, kind: Kind) -> str:
    if not cell:
        return ""
    if kind in (Kind.NUMBER, Kind.INTEGER):
        return format_decimal(cell, format="#,##0.############", locale="es_ES")
    if kind is Kind.DATE:
        return format_date(date.fromisoformat(cell), random.Random(cell).choice(["short", "long"]), locale="es_ES")
    if kind is Kind.PROFILE:
        return cell.replace(".", ",")
    return {"true": "sí", "false": "no"}.get(cell.lower(), cell) if kind is Kind.BOOLEAN else cell


def test_a_program_made_by_hand_gives_the_same_results(cli, tmp_path, sample_case):
    program = by_hand(SAMPLE, tmp_path / "a mano")
    assert results_of(cli, tmp_path, "business_case", program) == sample_case
    clean = results_of(cli, tmp_path / "clean", "prioritisation", SAMPLE, "lens=weighted_sum")
    assert results_of(cli, tmp_path, "prioritisation", program, "lens=weighted_sum") == clean


def test_papermill_runs_the_notebook_by_itself(tmp_path, sample_case):
    program, out = Path(shutil.copytree(SAMPLE, tmp_path / "changed")), tmp_path / "out.ipynb"
    with (program / "costs.csv").open("a", encoding="utf-8") as costs:
        costs.write("C-99,Bells,,,licences,1000000,0,0,even,0\n")
    command = [sys.executable, "-m", "papermill", "notebooks/business_case.ipynb", str(out)]
    ran = subprocess.run(
        [*command, "-p", "program", str(program), "-p", "discount_rate", "0.08"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    published = [
        output["data"]["application/vnd.crm-workbench.results+json"]
        for cell in json.loads(out.read_text(encoding="utf-8"))["cells"]
        for output in cell.get("outputs", [])
        if "application/vnd.crm-workbench.results+json" in output.get("data", {})
    ]
    assert published[0]["discount_rate"] == 0.08
    assert published[0]["yearly"][0]["costs"] == pytest.approx(sample_case["yearly"][0]["costs"] + 1_000_000)
    assert [year["costs"] for year in published[0]["yearly"][1:]] == [
        year["costs"] for year in sample_case["yearly"][1:]
    ]


def test_a_spanish_program_gives_spanish_pages(cli, tmp_path):
    results_of(cli, tmp_path, "requirements", SAMPLE.parent / "program_es")
    page = (tmp_path / "requirements" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="es"' in page
    with language.using("es"):
        translated = language.gettext("What to decide")
    assert translated != "What to decide"
    assert translated in page
    assert "What to decide" not in page
