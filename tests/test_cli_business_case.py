"""The command line on a business case: what is wrong with one, how it starts, and what is frozen at its gates."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.business_case.baseline import read_baseline
from workbench.program import blank
from workbench.program.store import Program

Cli = Callable[..., tuple[int, str, str]]
SETTINGS = "name: P\ncurrency: EUR\nas_of: 2026-09-30\nlocale: en_GB\n"
ASSUMPTIONS = {
    "calls": "calls,Calls,calls a month,,2,",
    "letter_cost": "letter_cost,Cost of a letter,EUR,,3,",
    "fee": "fee,Fee,EUR a month,,4,",
}


def program(folder: Path, costs: list[str], benefits: list[str] | None = None, **changed: str) -> Path:
    """A program of these lines (id, formula, first and last month), with some assumptions changed."""
    folder.mkdir()
    (folder / "program.yaml").write_text(SETTINGS)
    rows = ["assumption_id,name,unit,low,base,high", *(ASSUMPTIONS | changed).values()]
    (folder / "assumptions.csv").write_text("\n".join(rows), "utf-8")
    lines = ["cost_id,formula,first_period,last_period,category", *(f"{line},other" for line in costs)]
    (folder / "costs.csv").write_text("\n".join(lines))
    lines = [
        "benefit_id,formula,first_period,last_period,stream",
        *(f"{line},cost_reduction" for line in benefits or []),
    ]
    (folder / "benefits.csv").write_text("\n".join(lines))
    return folder


WRONG = {
    "a circle over both tables": (
        {"costs": ["C-1,B-1 * 2,1,", "C-2,C-1,1,"], "benefits": ["B-1,C-1 / 2,1,"]},
        [
            ("costs.csv", 2, "formula", "The formula “B-1 * 2” runs in a circle: C-1 → B-1 → C-1."),
            ("costs.csv", 3, "formula", "The formula “C-1” names the line C-1."),
            ("benefits.csv", 2, "formula", "The formula “C-1 / 2” runs in a circle: B-1 → C-1 → B-1."),
        ],
    ),
    "a line from itself": (
        {"costs": ["build,build + fee,1,"]},
        [("costs.csv", 2, "formula", "The formula “build + fee” runs in a circle: build → build.")],
    ),
    "a formula in place of a figure": (
        {"costs": ["C1,fee,1,"], "calls": "calls,Calls,,,fee * 2,"},
        [("assumptions.csv", 2, "base", "“fee * 2” is no number.")],
    ),
    "low above base": (
        {"costs": ["C1,fee,1,"], "fee": "fee,Fee,,5,4,6"},
        [("assumptions.csv", 4, "base", "“4” does not fit the rest of the row.")],
    ),
    "a line that ends before it starts": (
        {"costs": ["C1,fee,13,12"]},
        [("costs.csv", 2, "last_period", "“12” does not fit the rest of the row.")],
    ),
    "a unit in another currency": (
        {"costs": ["C1,fee,1,"], "fee": "fee,Fee,USD a month,,4,"},
        [("assumptions.csv", 4, "unit", "The unit “USD a month” is in USD; the program is in EUR.")],
    ),
    "an amount in another currency": (
        {"costs": ["C1,fee,1,"], "fee": "fee,Fee,,,£4,"},
        [("assumptions.csv", 4, "base", "“£4” is in £; the program is in EUR.")],
    ),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("words", [("check",), ("report", "business_case", "--program")], ids=["check", "report"])
def test_what_is_wrong_with_a_case_is_told_before_anything_runs(
    case: str, words: tuple[str, ...], cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("papermill.execute_notebook", lambda *a, **k: pytest.fail("a kernel was started"))
    given, expected = WRONG[case]
    folder = program(tmp_path / "p", **given)  # type: ignore[arg-type]
    out = ["--out", tmp_path / "out"] if words[0] == "report" else []
    code, printed, _told = cli(*words, folder, *out, "--json")
    told = json.loads(printed)["problems"]
    assert code == 1
    assert [(one["file"], one["row"], one["column"], one["found"]) for one in told] == expected
    assert all(one["expected"] and one["remedy"] for one in told)
    code, printed, words_told = cli(*words, folder, *out)
    assert (code, printed) == (1, "")
    assert all(found in words_told for *_place, found in expected)


def test_units_that_do_not_match_are_told_and_hinder_nothing(cli: Cli, tmp_path: Path) -> None:
    folder = program(tmp_path / "p", ["C1,calls + letter_cost,1,", "C2,fee + 5,1,"])
    code, printed, _told = cli("check", folder)
    assert code == 0
    (told,) = [line for line in printed.splitlines() if "costs.csv" in line]
    assert told.startswith(
        "costs.csv, row 2, column formula: The formula “calls + letter_cost” puts together “calls” (calls a month) and "
        "“letter_cost” (EUR)."
    )
    (notice,) = json.loads(cli("check", folder, "--json")[1])["notices"]
    assert (notice["file"], notice["row"], notice["column"]) == ("costs.csv", 2, "formula")


@pytest.mark.parametrize("code", ["en", "es"])
@pytest.mark.parametrize("excel", [False, True], ids=["folder", "workbook"])
def test_a_new_program_can_start_with_ready_lines(code: str, excel: bool, cli: Cli, tmp_path: Path) -> None:
    options = ["--excel"] if excel else []
    assert cli("init", tmp_path / "new", "--language", code, "--with-lines", *options)[0] == 0
    opened = Program.open(tmp_path / "new")
    assert (len(opened.table("costs")), len(opened.table("benefits"))) == (16, 6)
    assert opened.settings.language == code
    names = opened.table("assumptions").set_index("assumption_id")["name"]
    assert names["customers"] == {"en": "Customers", "es": "Clientes"}[code]
    result, printed, _told = cli("check", tmp_path / "new", "--json")
    (notice,) = json.loads(printed)["notices"]
    assert (result, notice["row"]) == (0, 2)
    assert notice["found"].startswith("51 assumptions are 0")


def test_what_is_filled_in_is_told_no_more(tmp_path: Path) -> None:
    zero = {name: f"{name},N,,,0," for name in ASSUMPTIONS}
    rows = zero | {"fee": "fee,N,,,0,2"}
    (notice,) = Program.open(program(tmp_path / "p", ["C1,fee,1,"], **rows)).notices
    assert "2 assumptions are 0 and have neither a range nor a source: calls and letter_cost." in notice.found
    file = tmp_path / "p" / "assumptions.csv"
    text = (
        file.read_text()
        .replace("high\n", "high,source\n")
        .replace("letter_cost,N,,,0,", "letter_cost,N,,,0,,No letters")
    )
    file.write_text(text)
    (notice,) = Program.open(tmp_path / "p").notices
    assert "1 assumption is 0" in notice.found


def test_the_sample_has_lines_of_its_own(cli: Cli, tmp_path: Path) -> None:
    code, _printed, told = cli("init", tmp_path / "new", "--example", "--with-lines")
    assert code == 2
    assert "--with-lines" in told
    assert not (tmp_path / "new").exists()


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return Path(shutil.copytree(blank.sample("en"), tmp_path / "sample"))


def test_a_gate_is_frozen_once_and_its_seal_is_printed(cli: Cli, sample: Path) -> None:
    code, printed, _told = cli("freeze", sample, "GATE-1")
    assert code == 0
    text = (sample / "baselines" / "GATE-1.json").read_text("utf-8")
    kept = read_baseline(text)
    assert " ".join(kept.conclusion.split()) in printed
    assert kept.sha256 in printed
    assert str(sample / "baselines" / "GATE-1.json") in printed
    assert "Note the seal in the minutes" in printed
    assert "10 cost lines that one vendor alone brings" in printed
    code, printed, told = cli("freeze", sample, "GATE-1")
    assert (code, printed) == (1, "")
    assert "already" in told
    assert (sample / "baselines" / "GATE-1.json").read_text("utf-8") == text


def test_a_gate_that_there_is_not_is_answered_with_those_that_there_are(cli: Cli, sample: Path) -> None:
    code, printed, told = cli("freeze", sample, "GATE-7")
    assert (code, printed) == (1, "")
    assert "There is no gate “GATE-7”. Expected: GATE-1." in told
    (sample / "gates.csv").write_text("gate_id,name\nFIRST,A\nNEXT,B\n")
    assert "Expected: FIRST, NEXT." in cli("freeze", sample, "GATE-7")[2]
    (sample / "gates.csv").write_text("gate_id,name\n")
    assert "has none yet" in cli("freeze", sample, "GATE-1")[2]


def test_a_vendor_that_there_is_not_freezes_nothing(cli: Cli, sample: Path) -> None:
    code, _printed, told = cli("freeze", sample, "GATE-1", "--vendor", "VEN-99")
    assert code == 2
    assert "VEN-99" in told
    assert not (sample / "baselines").exists()


def test_baselines_go_along_into_a_database_and_are_counted_where_they_cannot(
    cli: Cli, sample: Path, tmp_path: Path
) -> None:
    cli("freeze", sample, "GATE-1")
    assert cli("import", sample, tmp_path / "crm.db")[0] == 0
    assert "already" in cli("freeze", tmp_path / "crm.db", "GATE-1")[2]
    assert cli("export", tmp_path / "crm.db", tmp_path / "out")[0] == 0
    files = [folder / "baselines" / "GATE-1.json" for folder in (sample, tmp_path / "out")]
    assert files[0].read_bytes() == files[1].read_bytes()
    code, _printed, told = cli("export", tmp_path / "crm.db", tmp_path / "out.xlsx")
    assert code == 0
    assert told.strip() == "A workbook keeps no baselines: 1 stays where it is."
    assert cli("freeze", tmp_path / "out.xlsx", "GATE-1")[0] == 1
