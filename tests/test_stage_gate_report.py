"""The report of a stage gate, from the command line to its files, on the sample a year on."""

from __future__ import annotations

import csv
import json
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from workbench import resources
from workbench.program import blank

TODAY, YEAR_ON = blank.sample("en"), blank.sample("en", blank.YEAR_ON)
FEW = "draws=256"


def held(cli: Any, out: Path, program: Path, *settings: str) -> tuple[dict[str, Any], str]:
    options = [word for setting in (FEW, *settings) for word in ("--set", setting)]
    code, _printed, told = cli("report", "stage_gate", "--program", program, "--out", out, *options)
    assert code == 0, told
    folder = out / "stage_gate"
    page = unescape((folder / "report.html").read_text(encoding="utf-8"))
    return json.loads((folder / "results.json").read_text(encoding="utf-8")), page


def refused(cli: Any, out: Path, program: Path, *settings: str) -> tuple[int, str]:
    options = [word for setting in (FEW, *settings) for word in ("--set", setting)]
    code, _printed, told = cli("report", "stage_gate", "--program", program, "--out", out, *options)
    assert not (out / "stage_gate" / "report.html").exists()
    assert "Traceback" not in told
    return code, told


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, cli: Any) -> tuple[dict[str, Any], str]:
    return held(cli, tmp_path_factory.mktemp("gate"), YEAR_ON)


def test_the_results_say_what_a_program_of_programs_needs(sample: tuple[dict[str, Any], str]) -> None:
    results, _page = sample
    names = "baseline_npv forecast_npv remaining_npv updated_assumptions variance recommendation forecast_p10 chain"
    assert set(results) >= set(names.split())
    assert (results["gate"], results["month"], results["baseline"]) == ("GATE-3", 12, "GATE-1")
    assert results["past_npv"] + results["remaining_npv"] == pytest.approx(results["forecast_npv"])
    assert results["forecast_p10"] < results["forecast_npv"] < results["forecast_p90"]
    parts = {row["part"]: row["npv"] for row in results["variance"]}
    assert sum(parts.values()) == pytest.approx(2 * parts["all"])
    assert parts["all"] == pytest.approx(results["forecast_npv"] - results["baseline_npv"])
    assert sum(row["npv"] for row in results["variance_lines"]) == pytest.approx(parts["all"])
    assert results["recommendation"] == "change"


def test_the_seal_is_that_of_the_kept_baseline(sample: tuple[dict[str, Any], str]) -> None:
    results, page = sample
    kept = json.loads((YEAR_ON / "baselines" / "GATE-1.json").read_text(encoding="utf-8"))
    assert results["baseline_sha256"] == kept["sha256"]
    assert results["baseline_npv"] == kept["content"]["npv"]
    assert kept["sha256"] in page


def test_the_chain_goes_from_the_promise_to_now(sample: tuple[dict[str, Any], str]) -> None:
    results, _page = sample
    chain = results["chain"]
    assert [(link["gate_id"], link["decision"]) for link in chain] == [
        ("GATE-1", "continue"),
        ("GATE-2", "change"),
        ("GATE-3", ""),
    ]
    assert {link["baseline_npv"] for link in chain} == {results["baseline_npv"]}
    assert chain[-1]["forecast_npv"] == results["forecast_npv"]


def test_the_page_answers_first_and_gives_reasons(sample: tuple[dict[str, Any], str]) -> None:
    _results, page = sample
    order = ["Change. Going on is worth", "How far is the program", "Why does the forecast", "What was measured",
             "from gate to gate", "What to decide", "How this was computed"]  # fmt: skip
    places = [page.index(text) for text in order]
    assert places == sorted(places)
    assert "The first version took 480 days, not 260." in page
    assert "Evidence: matched" in page
    assert "crm-workbench freeze PROGRAM" in page


def test_a_gate_that_was_decided_tells_its_decision(cli: Any, tmp_path: Path) -> None:
    results, page = held(cli, tmp_path, YEAR_ON, "gate=GATE-2", "baseline=GATE-1")
    with (YEAR_ON / "actuals.csv").open(encoding="utf-8", newline="") as file:
        later = sum(int(row["period"]) > 6 for row in csv.DictReader(file))
    assert (results["gate"], results["later"], len(results["chain"])) == ("GATE-2", later, 2)
    assert "Decided at “Launch”: Change" in page
    assert "crm-workbench freeze PROGRAM" not in page


def test_a_spanish_program_gives_the_same_figures(cli: Any, tmp_path: Path, sample: tuple[dict[str, Any], str]) -> None:
    results, page = held(cli, tmp_path, blank.sample("es", blank.YEAR_ON))
    english, _page = sample
    for name in ("baseline_npv", "forecast_npv", "remaining_npv", "forecast_p10", "recommendation"):
        assert results[name] == english[name]
    assert '<html lang="es"' in page
    assert "La primera versión llevó 480 jornadas, no 260." in page


def test_a_plan_that_was_changed_is_refused(cli: Any, tmp_path: Path) -> None:
    program = Path(shutil.copytree(YEAR_ON, tmp_path / "changed"))
    kept = program / "baselines" / "GATE-1.json"
    kept.write_text(kept.read_text(encoding="utf-8").replace('"base": 165000.0', '"base": 160000.0'), encoding="utf-8")
    code, told = refused(cli, tmp_path, program)
    assert code == 1
    assert "GATE-1 was changed after it was frozen" in told


def test_a_program_that_froze_nothing_is_told_how(cli: Any, tmp_path: Path) -> None:
    code, told = refused(cli, tmp_path, TODAY)
    assert code == 1
    assert "crm-workbench freeze PROGRAM GATE-1" in told


def test_a_gate_that_is_not_there_is_told(cli: Any, tmp_path: Path) -> None:
    code, told = refused(cli, tmp_path, YEAR_ON, "gate=GATE-9")
    assert code == 2
    assert "There is no gate GATE-9" in told


def test_it_is_listed_with_its_parameters(cli: Any) -> None:
    code, told, _errors = cli("list", "--json")
    assert code == 0
    names = [parameter["name"] for parameter in json.loads(told)["stage_gate"]]
    assert names[:3] == ["program", "gate", "baseline"]


def test_it_runs_by_itself_on_the_sample_a_year_on() -> None:
    path = resources.folder("notebooks") / "stage_gate.ipynb"
    metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    assert metadata["crm_workbench"]["sample"] == blank.YEAR_ON


def test_another_seal_than_was_noted_is_refused(cli: Any, tmp_path: Path) -> None:
    code, told = refused(cli, tmp_path, YEAR_ON, "seal=abc")
    assert code == 1
    assert "and the one that was noted is abc" in told


def test_in_the_last_month_the_report_says_what_the_program_came_to(cli: Any, tmp_path: Path) -> None:
    program = shutil.copytree(YEAR_ON, tmp_path / "program")
    gates = (program / "gates.csv").read_text(encoding="utf-8")
    assert "GATE-3,First year,,12," in gates
    (program / "gates.csv").write_text(gates.replace("GATE-3,First year,,12,", "GATE-3,The end,,36,"), encoding="utf-8")
    seal = json.loads((program / "baselines" / "GATE-1.json").read_text(encoding="utf-8"))["sha256"]
    results, page = held(cli, tmp_path / "out", program, "gate=GATE-3", f"seal={seal}")
    assert (results["recommendation"], results["remaining_npv"]) == ("ended", 0)
    assert "The program has ended: it came to" in page
    assert f"{seal}, as it was noted" in page
    assert "Close the program at “The end”." in page
    assert not any(told in page for told in ("change what can be changed", "Make up for", "before the next gate"))
