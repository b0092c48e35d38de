"""Reports from the command line to the files that they leave, on the sample program and on what people make of it."""

from __future__ import annotations

import csv
import json
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

from workbench import language, resources
from workbench.program.columns import Kind
from workbench.program.tables import TABLES

ROOT = resources.folder("notebooks").parent
SAMPLE = resources.folder("sample_data") / "program_en"
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
