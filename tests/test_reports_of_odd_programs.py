"""Reports of programs in which something is missing, level or beyond the horizon: they run, and say so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from workbench import resources

SAMPLE = resources.folder("sample_data") / "program_en"
CRITERIA = {"V": "value", "V2": "value", "U": "urgency", "C": "complexity"}
Scores = dict[str, dict[str, int | None]]
Told = tuple[dict[str, object], str]


def planning(folder: Path, scores: Scores, criteria: tuple[str, ...] = tuple(CRITERIA), ceiling: int = 100) -> Path:
    """A program whose requirements one rater of weight, Ann, scored by criterion on a scale of 1 to 5."""
    settings = "name: Odd\ncurrency: EUR\nlanguage: en\nas_of: 2026-09-30\n"
    given = [(key, name, score) for key, row in scores.items() for name, score in row.items()]
    files = {
        "program.yaml": f"{settings}complexity_ceiling: {ceiling}\n",
        "requirements.csv": rows("requirement_id,title,department", *(f"{key},Title of {key},Care" for key in scores)),
        "criteria.csv": rows(
            "criterion_id,name,axis,weight,direction,scale_min,scale_max",
            *(f"{name},{name.lower()},{CRITERIA[name]},1,{direction_of(name)},1,5" for name in criteria),
        ),
        "raters.csv": rows("rater_id,name,side,weight", "ANN,Ann,business,1", "IDA,Ida,business,0"),
        "scores.csv": rows(
            "requirement_id,rater_id,criterion_id,round,score",
            *(f"{key},ANN,{name},1,{'' if score is None else score}" for key, name, score in given),
        ),
    }
    return written(folder, files)


def direction_of(name: str) -> str:
    return "lower_is_better" if name == "C" else "higher_is_better"


def money(folder: Path, cost: str, benefit: str) -> Path:
    """A program with one line of cost and one of benefit, and two assumptions, one without evidence."""
    files = {
        "program.yaml": "name: Odd\ncurrency: EUR\nlanguage: en\nas_of: 2026-09-30\nhorizon_months: 36\n",
        "assumptions.csv": rows(
            "assumption_id,name,unit,base,evidence,source,as_of",
            "x,X,EUR,1,matched,s,2026-01-01",
            "y,Y,EUR,1,,s,2026-01-01",
        ),
        "costs.csv": rows("cost_id,category,formula,first_period,profile", cost),
        "benefits.csv": rows("benefit_id,stream,formula,first_period,profile", benefit),
    }
    return written(folder, files)


def rows(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def written(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def told(cli, tmp_path: Path) -> Callable[..., Told]:
    """Runs a report; gives its results and its words, descriptions of pictures among them."""

    def run(report: str, program: Path, *settings: str) -> Told:
        options = [word for setting in settings for word in ("--set", setting)]
        code, _printed, said = cli("report", report, "--program", program, "--out", tmp_path / "out", *options)
        assert code == 0, said
        folder = tmp_path / "out" / report
        page = re.sub(r"(?s)<(style|script).*?</\1>|</?span[^>]*>", "", (folder / "report.html").read_text("utf-8"))
        words = unescape(re.sub(r"<[^>]+>", " ", re.sub(r'alt="([^"]*)"', r">\1<", page)))
        return json.loads((folder / "results.json").read_text(encoding="utf-8")), re.sub(r"\s+", " ", words)

    return run


def test_a_ceiling_that_leaves_everything_out(told):
    results, words = told("prioritisation", SAMPLE, "lens=quick_wins", "complexity_ceiling=0")
    assert results["ranking"] == []
    assert len(results["left_out"]) == len(results["scores"]) == 23
    assert "This lens cannot rank any requirement" in words
    assert "Simplify or defer REQ-01" in words


def test_when_all_abstained(told, tmp_path):
    program = planning(tmp_path / "odd", {key: dict.fromkeys(CRITERIA) for key in ("R1", "R2")})
    results, words = told("prioritisation", program)
    assert (results["ranking"], results["fields"], results["lead_is_clear"]) == ([], {}, False)
    assert "No lens can rank any requirement yet." in words
    assert "No requirement is scored on both value and complexity." in words
    assert "Score R1 and R2 on what the lens needs." in words
    assert "Simplify" not in words.partition("What to decide")[2]
    assert told("requirements", program)[0]["unscored"] == ["R1", "R2"]


def test_only_one_axis_is_scored(told, tmp_path):
    program = planning(tmp_path / "odd", {"R1": {"U": 1}, "R2": {"U": 5}}, criteria=("U",))
    results, words = told("prioritisation", program, "lens=urgency")
    assert results["ranking"] == ["R2", "R1"]
    assert "Only one lens ranks any requirement" in words


def test_scores_on_only_some_criteria_are_named(told, tmp_path):
    whole = {"V": 5, "V2": 5, "U": 3, "C": 3}
    program = planning(tmp_path / "odd", {"R1": whole, "R2": {"V": 5, "U": 1, "C": 5}, "R3": {}})
    for report in ("requirements", "prioritisation"):
        results, words = told(report, program)
        assert results["incomplete"] == {"R2": ["v2"]}
        assert "Scored on only some criteria of an axis: R2 without v2." in words
        assert "Score R2 on v2 too." in words
    assert "Scored 1 on every criterion" in told("requirements", program)[1]
    assert "1 partly, 1 not at all" in told("requirements", program)[1]


def test_ties_are_told(told, tmp_path):
    even = {"V": 4, "V2": 4, "U": 3, "C": 3}
    program = planning(tmp_path / "odd", {f"R{place}": even for place in range(1, 5)})
    results, words = told("prioritisation", program)
    assert results["tied"] == ["R1", "R2", "R3", "R4"]
    assert "4 requirements are level in first place" in words
    assert "The first 4: R1, R2, R3, and R4 (some are level)" in words
    assert "Start with: “Title of R1” (R1), “Title of R2” (R2), “Title of R3” (R3), and “Title of R4” (R4)." in words
    assert "Confirm the lens “Value for complexity”. All lenses give the same order." in words


def test_a_department_report_counts_its_own_scores(told, tmp_path):
    program = planning(tmp_path / "odd", {"R1": dict.fromkeys(CRITERIA, 3), "R2": {"U": None, "V": 1, "C": 1}})
    table = program / "requirements.csv"
    table.write_text(table.read_text("utf-8").replace("Title of R2,Care", "Title of R2,Sales"), "utf-8")
    with (program / "scores.csv").open("a", encoding="utf-8") as scores:
        scores.write("R1,IDA,V,1,5\n")
    _results, of_sales = told("prioritisation", program, "department=Sales")
    assert "1 abstentions and 0 replaced scores" in of_sales
    assert "no weight" not in of_sales
    _results, of_care = told("prioritisation", program, "department=Care")
    assert "0 abstentions and 0 replaced scores" in of_care
    assert "1 score is left out, because its rater or its criterion has no weight." in of_care


def test_a_case_beyond_its_horizon_is_told_alike_everywhere(told, tmp_path):
    program = money(tmp_path / "odd", "C,licences,10,40,even", "B,cost_reduction,240,50,even")
    results, words = told("business_case", program)
    assert (results["npv"], results["irr"]) == (0, None)
    assert "Over 3 years the program has neither costs nor benefits." in words
    assert "Within 36 months the program has neither costs nor benefits" in words
    assert "pay itself back" not in words
    assert "by evidence: matched 1 and not stated 1." in words
    assert "Evidence: opinion" not in words


def test_a_rate_that_only_touches_zero_is_none(told, tmp_path):
    """−100 today, 240 after a year, −144 after two: −100 (1 − 1.2 ÷ (1 + r))²."""
    costs = "C1,licences,100,0,one_off\nC2,licences,144,24,one_off"
    results, words = told("business_case", money(tmp_path / "odd", costs, "B,cost_reduction,240,12,one_off"))
    assert results["irr"] is None
    assert results["irr_all"] == pytest.approx([0.2])
    assert "touches zero at 20% without ever being above it" in words
    notes = words.partition("How this was computed")[2]
    assert "Payback and Discounted payback: The costs are not earned back within 3 years." in notes
    assert notes.count("not earned back") == 1
    assert "Until then the costs may be understated." in words


def test_a_last_year_that_is_not_whole_is_told(told):
    _results, words = told("business_case", SAMPLE, "horizon_months=30", "convention=spreadsheet")
    assert "The last year has 6 months, and is discounted as a whole year." in words
    assert "Year 3 (6 months)" in words
    assert "In today's money" not in words
