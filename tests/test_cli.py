"""The command line: what it prints, where it exits, and that wrong input leaves nothing behind."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from workbench import cli as command
from workbench import resources

SAMPLE = resources.folder("sample_data") / "program_en"


@pytest.fixture
def copy(tmp_path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "program"))


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8-sig")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def broken(copy) -> Path:
    """A program with one of everything that can be wrong with a table."""
    replace(copy / "criteria.csv", "\n", "\nweightless,W,value,-1,higher_is_better,1,5,\n")
    replace(copy / "scores.csv", "\n", "\nREQ-99,nobody,business_value,1,much,,\n")
    replace(copy / "requirements.csv", "REQ-02", "REQ-01")
    replace(copy / "raters.csv", "side", "sides")
    replace(
        copy / "costs.csv",
        "\n",
        "\nX1,a,,licences,no_such_name * 2,1,,even,0\nX2,b,,licences,__import__('os'),1,,even,0\n",
    )
    replace(copy / "costs.csv", "\n", "\nX3,c,,licences,1 / (2 - 2),1,,even,0\n")
    (copy / "projects.csv").write_bytes(b"")
    return copy


PLACES = {
    ("criteria.csv", "weight"),
    ("scores.csv", "requirement_id"),
    ("scores.csv", "rater_id"),
    ("scores.csv", "score"),
    ("requirements.csv", "requirement_id"),
    ("raters.csv", "side"),
    ("costs.csv", "formula"),
    ("projects.csv", ""),
}


@pytest.mark.parametrize("words", [("check",), ("report", "business_case", "--program")])
def test_a_broken_program_tells_everything_and_writes_nothing(words, broken, cli, tmp_path):
    out = tmp_path / "out"
    rest = ["--out", out] if words[0] == "report" else []
    code, printed, told = cli(*words, broken, *rest)
    assert (code, printed) == (1, "")
    for file, column in PLACES:
        assert any(
            line.startswith(f"- {file}") and (not column or f"column {column}" in line) for line in told.splitlines()
        )
    assert sum("costs.csv" in line for line in told.splitlines()) == 3
    assert "__import__" in told
    assert not out.exists()
    assert list(tmp_path.iterdir()) == [broken]

    code, printed, _told = cli(*words, broken, *rest, "--json")
    problems = json.loads(printed)["problems"]
    assert code == 1
    assert {(problem["file"], problem["column"]) for problem in problems} >= PLACES
    assert all(problem["row"] for problem in problems if problem["column"])
    assert all(problem["found"] and (problem["remedy"] or problem["expected"]) for problem in problems)
    assert not out.exists()


def test_a_zip_that_is_no_workbook(cli, tmp_path):
    with zipfile.ZipFile(tmp_path / "program.xlsx", "w") as archive:
        archive.writestr("notes.txt", "hello")
    code, _printed, told = cli("check", tmp_path / "program.xlsx")
    assert code == 1
    assert "program.xlsx" in told


def test_text_cannot_steer_the_terminal(cli, copy):
    replace(copy / "requirements.csv", "REQ-02", "REQ-01\x1b[2J\x07")
    replace(copy / "scores.csv", "REQ-02", "REQ-0\x1b[31m")
    _code, _printed, told = cli("check", copy)
    assert told
    assert "\x1b" not in told


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("example", [True, False])
def test_a_new_program_is_fine(language, example, cli, tmp_path):
    folder = tmp_path / "new"
    options = ["--example"] if example else []
    assert cli("init", folder, "--language", language, *options)[0] == 0
    assert cli("check", folder)[0] == 0
    code, _printed, told = cli("init", folder)
    assert code == 1
    assert "holds something" in told


def test_the_list_names_every_report_with_its_parameters(cli):
    code, printed, _told = cli("list")
    assert code == 0
    assert [line for line in printed.splitlines() if not line.startswith(" ")] == [
        "business_case",
        "prioritisation",
        "requirements",
    ]
    assert "discount_rate" in printed
    reports = json.loads(cli("list", "--json")[1])
    assert {parameter["name"] for parameter in reports["prioritisation"]} >= {"program", "lens", "complexity_ceiling"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "nothing"], "nothing"),
        (["report", "prioritisation", "--set", "lans=urgency"], "lens"),
        (["report", "prioritisation", "--set", "lens=best"], "urgency"),
        (["report", "business_case", "--set", "discount_rate=ten"], "discount_rate"),
        (["report", "business_case", "--set", "discount_rate"], "="),
        (["report", "business_case", "--set", "__import__('os').system('x')=1"], "__import__"),
        (["report", "business_case", "--params", "absent.yaml"], "absent.yaml"),
    ],
)
def test_a_wrong_call_is_refused_before_a_kernel_starts(words, said, cli, tmp_path, monkeypatch):
    monkeypatch.setattr("papermill.execute_notebook", lambda *a, **k: pytest.fail("a kernel was started"))
    code, _printed, told = cli(*words, "--program", SAMPLE, "--out", tmp_path / "out")
    assert code == 2
    assert said in told
    assert not (tmp_path / "out").exists()


def test_what_typer_itself_refuses_has_the_same_code(cli):
    assert cli("report", "business_case")[0] == 2
    assert cli("no-such-command")[0] == 2


def test_parameters_from_a_file_give_way_to_those_of_the_call(tmp_path):
    file = tmp_path / "params.yaml"
    file.write_text("lens: urgency\ndiscount_rate: 0.08\n")
    given = {**command._from_file(file), **command._from_call(["lens=balanced"])}
    plans = command._plans(["prioritisation", "business_case"], given)
    assert plans["prioritisation"]["lens"] == "balanced"
    assert plans["business_case"]["discount_rate"] == 0.08
    assert "discount_rate" not in plans["prioritisation"]


def test_a_report_that_lacks_a_table_is_wrong_input_and_leaves_nothing(cli, copy, tmp_path):
    (copy / "scores.csv").unlink()
    code, _printed, told = cli("report", "prioritisation", "--program", copy, "--out", tmp_path / "out")
    assert code == 1
    assert "scores.csv" in told
    assert not any((tmp_path / "out").glob("*"))


def test_a_report_that_fails_keeps_its_half_run_notebook(cli, tmp_path, monkeypatch):
    cells = [
        nbformat.v4.new_code_cell('program: str = ""  # the program', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("1 / 0"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "failing.ipynb")
    monkeypatch.setattr(command, "_notebooks", lambda: {"failing": tmp_path / "failing.ipynb"})
    code, _printed, told = cli("report", "failing", "--program", SAMPLE, "--out", tmp_path / "out")
    assert code == 3
    assert "ZeroDivisionError" in told
    assert not (tmp_path / "out" / "failing").exists()
    kept = tmp_path / "out" / "failing.failed"
    assert str(kept) in told
    assert {file.name for file in kept.iterdir()} >= {"report.ipynb"}


def test_help_gives_an_example_a_command():
    for name in ("demo", "init", "check", "list", "report"):
        shown = subprocess.run(
            [sys.executable, "-c", "from workbench.cli import main; main()", name, "--help"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert f"Example: crm-workbench {name}" in " ".join(shown.split())


def test_help_loads_nothing_heavy():
    program = (
        "import sys\nfrom workbench.cli import main\nsys.argv = ['crm-workbench', '--help']\n"
        "try: main()\nexcept SystemExit: print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "numpy", "altair", "papermill", "pydantic", "yaml", "babel"} & set(loaded)
