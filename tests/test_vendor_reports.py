"""The reports on vendors and on scopes: of the sample, beside the business case, and when something is lacking."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from workbench import resources

SAMPLE = resources.folder("sample_data") / "program_en"
Told = tuple[dict[str, object], str]


@pytest.fixture
def told(cli, tmp_path: Path) -> Callable[..., Told]:
    """Runs a report; gives its results and its words."""

    def run(report: str, program: Path, *settings: str) -> Told:
        options = [word for setting in settings for word in ("--set", setting)]
        code, _printed, said = cli("report", report, "--program", program, "--out", tmp_path / "out", *options)
        assert code == 0, said
        folder = tmp_path / "out" / report
        page = re.sub(r"(?s)<(style|script).*?</\1>|</?span[^>]*>", "", (folder / "report.html").read_text("utf-8"))
        words = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
        return json.loads((folder / "results.json").read_text(encoding="utf-8")), words

    return run


def without(folder: Path, *tables: str) -> Path:
    """The sample with these tables empty."""
    shutil.copytree(SAMPLE, folder)
    for table in tables:
        file = folder / f"{table}.csv"
        file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    return folder


def test_the_sample_names_a_vendor_and_its_cost_is_that_of_the_business_case(told):
    results, words = told("vendor_selection", SAMPLE)
    assert results["recommended"] == results["ranking"][0] == "VEN-04"
    assert set(results["out"]) == {"VEN-05"}
    assert sorted([*results["ranking"], *results["out"]]) == [f"VEN-0{place}" for place in range(1, 6)]
    assert sum(results["first_share"].values()) == pytest.approx(1)
    assert results["smallest_weight_change"]["new_first"] in results["ranking"][1:]
    assert "Choose Pelmar Integrators" in words
    case, said = told("business_case", SAMPLE, "vendor=VEN-04")
    assert case["vendor"] == "VEN-04"
    assert case["costs_pv"] == pytest.approx(results["cost_of_ownership"]["VEN-04"], rel=1e-12)
    assert case["npv"] == pytest.approx(results["npv"]["VEN-04"], rel=1e-12)
    assert "The costs are those with vendor VEN-04." in said


def test_without_a_vendor_the_business_case_counts_what_comes_with_any(told):
    results, words = told("business_case", SAMPLE)
    assert results["vendor"] is None
    assert "No vendor is chosen: 10 cost lines that one vendor alone brings do not count" in words
    with_one, _words = told("business_case", SAMPLE, "vendor=VEN-03")
    assert with_one["costs_pv"] > results["costs_pv"]


def test_an_unknown_vendor_is_refused(cli, tmp_path):
    words = ["report", "business_case", "--program", SAMPLE, "--out", tmp_path, "--set", "vendor=VEN-99"]
    code, _printed, said = cli(*words)
    assert code != 0
    assert "VEN-99" in said
    assert "VEN-01" in said


def test_without_costs_value_stands_alone(told, tmp_path):
    results, words = told("vendor_selection", without(tmp_path / "program", "costs", "benefits"))
    assert "There are no costs to set the value against yet." in words
    assert (results["recommended"], results["cost_of_ownership"], results["npv"]) == ("VEN-04", {}, {})


def test_without_vendors_the_report_says_which_tables_it_needs(cli, tmp_path):
    program = without(tmp_path / "program", "vendors", "vendor_criteria", "vendor_scores")
    lines = (program / "costs.csv").read_text(encoding="utf-8").splitlines()
    common = [line for line in lines if ",VEN-0" not in line]
    (program / "costs.csv").write_text("\n".join(common) + "\n", encoding="utf-8")
    code, _printed, said = cli("report", "vendor_selection", "--program", program, "--out", tmp_path / "out")
    assert code != 0
    assert all(name in said for name in ("vendors", "vendor_criteria", "vendor_scores"))
    assert cli("report", "business_case", "--program", program, "--out", tmp_path / "out")[0] == 0


def test_the_scoping_sheet_of_the_sample(told):
    results, words = told("scoping", SAMPLE)
    gaps = {key: names for key, names in results["missing"].items() if names}
    assert gaps == {"PRJ-06": ["out_of_scope"], "PRJ-08": ["organisational_limits", "political_issues"]}
    assert (results["unassigned"], results["in_two_projects"], results["contradictions"]) == ([], {}, {})
    assert list(results["overlaps"].values()) == [["PRJ-01", "PRJ-07"]]
    assert all(results["adjusted_complexity"][key] >= index for key, index in results["complexity"].items())
    assert "The scope of 6 of 8 projects is complete." in words
    assert "Delivered by one of several alternatives: REQ-19" in words


def test_a_scoping_sheet_without_scores(told, tmp_path):
    results, words = told("scoping", without(tmp_path / "program", "scores", "rounds", "judgements", "preferences"))
    assert "No project has a requirement scored on complexity yet." in words
    assert all(index is None for index in results["complexity"].values())


def test_a_requirement_in_no_project_is_asked_about(told, tmp_path):
    program = without(tmp_path / "program")
    with (program / "projects.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[3]["requirement_ids"] = "REQ-20; REQ-21; REQ-18"
    with (program / "projects.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    results, words = told("scoping", program)
    assert results["unassigned"] == ["REQ-23"]
    assert results["in_two_projects"] == {"REQ-18": ["PRJ-01", "PRJ-04"]}
    assert "REQ-23 is in no project." in words
    assert "Put 1 requirement into a project, or let it go." in words
