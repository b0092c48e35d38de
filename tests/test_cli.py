"""The command line: what it prints, where it exits, and that wrong input leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import nbformat
import pytest

from workbench import cli as command
from workbench import language, resources
from workbench.program import blank

SAMPLE = resources.folder("sample_data") / "program_en"


@pytest.fixture
def copy(tmp_path) -> Path:
    blank.write_sample(tmp_path / "program", "en")
    return tmp_path / "program"


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
        "\nX1,a,,,licences,no_such_name * 2,1,,even,0\nX2,b,,,licences,__import__('os'),1,,even,0\n",
    )
    replace(copy / "costs.csv", "\n", "\nX3,c,,,licences,1 / (2 - 2),1,,even,0\n")
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
        "release_plan",
        "requirements",
        "scoping",
        "stage_gate",
        "vendor_selection",
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
        (["report", "business_case", "--set", "discount_rate=8"], "0 to 1"),
        (["report", "business_case", "--set", "horizon_months=100000000"], "1 to 600 months"),
        (["report", "prioritisation", "--set", "complexity_ceiling=500"], "0 to 100"),
        (["report", "prioritisation", "--set", "program=elsewhere"], "--program"),
    ],
)
def test_a_wrong_call_is_refused_before_a_kernel_starts(words, said, cli, tmp_path, monkeypatch):
    monkeypatch.setattr("papermill.execute_notebook", lambda *a, **k: pytest.fail("a kernel was started"))
    code, _printed, told = cli(*words, "--program", SAMPLE, "--out", tmp_path / "out")
    assert code == 2
    assert said in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "text",
    ["lens: [", "as_of: 2026-99-99", "- lens", "seed: " + "9" * 5000, "[" * 2000, "a: &a [*a]", "program: elsewhere"],
    ids=["no YAML", "no date", "a list", "a huge number", "a deep nest", "a loop", "the program again"],
)
def test_a_params_file_that_cannot_be_used_is_refused(text, cli, tmp_path, monkeypatch):
    monkeypatch.setattr("papermill.execute_notebook", lambda *a, **k: pytest.fail("a kernel was started"))
    (tmp_path / "params.yaml").write_text(text)
    words = ["report", "prioritisation", "--program", SAMPLE, "--params", tmp_path / "params.yaml"]
    code, printed, told = cli(*words, "--out", tmp_path / "out")
    assert (code, printed) == (2, "")
    assert "params.yaml" in told or "--program" in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("place", ["", "prioritisation", "prioritisation.failed", "prioritisation/notes.txt"])
def test_a_wrong_folder_for_any_report_is_refused_before_all(place, cli, tmp_path, monkeypatch):
    monkeypatch.setattr("papermill.execute_notebook", lambda *a, **k: pytest.fail("a kernel was started"))
    file = tmp_path / "out" / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    words = ["report", "business_case", "prioritisation", "--program", SAMPLE, "--out", tmp_path / "out"]
    code, printed, told = cli(*words)
    assert (code, printed) == (2, "")
    assert str(tmp_path / "out" / place.partition("/")[0]) in told
    assert (file.read_text(), sorted(tmp_path.rglob("*"))) == ("mine", before)
    code, printed, _told = cli(*words, "--json")
    assert code == 2
    assert json.loads(printed)["problems"][0]["found"]


def test_what_typer_itself_refuses_has_the_same_code(cli):
    assert cli("report", "business_case")[0] == 2
    assert cli("no-such-command")[0] == 2


def test_parameters_from_a_file_give_way_to_those_of_the_call(tmp_path):
    file = tmp_path / "params.yaml"
    file.write_text("lens: urgency\ndiscount_rate: 0.08\n")
    given = {**command._from_file(file), **command._from_call(["lens=weighted_sum"])}
    plans = command._plans(["prioritisation", "business_case"], given)
    assert plans["prioritisation"]["lens"] == "weighted_sum"
    assert plans["business_case"]["discount_rate"] == 0.08
    assert "discount_rate" not in plans["prioritisation"]


def test_a_report_that_lacks_a_table_is_wrong_input_and_leaves_nothing(cli, copy, tmp_path):
    (copy / "scores.csv").unlink()
    code, _printed, told = cli("report", "prioritisation", "--program", copy, "--out", tmp_path / "out")
    assert code == 1
    assert "scores.csv" in told
    assert not any((tmp_path / "out").glob("*"))


def write_notebook(path: Path, code: str) -> Path:
    cells = [
        nbformat.v4.new_code_cell('program: str = ""  # the program', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(code),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


@pytest.fixture
def only_report(tmp_path, monkeypatch):
    """Makes a notebook of one cell the only report, called ``tiny``."""

    def make(code: str) -> None:
        path = write_notebook(tmp_path / "tiny.ipynb", code)
        monkeypatch.setattr(command, "_notebooks", lambda: {"tiny": path})

    return make


def test_problems_found_in_the_notebook_keep_their_places(cli, tmp_path, only_report):
    only_report(
        "from workbench.errors import DataError, Location, Problem\n"
        "raise DataError([Problem('One\\nand half.', 'a whole', 'Mend it.', Location('a.csv', '', 7, 'score'))] * 2)"
    )
    words = ["report", "tiny", "--program", SAMPLE, "--out", tmp_path / "out"]
    code, printed, _told = cli(*words, "--json")
    place = {"file": "a.csv", "sheet": "", "row": 7, "column": "score"}
    problem = {**place, "found": "One\nand half.", "expected": "a whole", "remedy": "Mend it."}
    assert (code, json.loads(printed)) == (1, {"problems": [problem] * 2})
    code, _printed, told = cli(*words)
    line = "- a.csv, row 7, column score: One and half. Expected: a whole. Mend it."
    assert told.splitlines()[-3:] == ["2 problems:", line, line]


def test_what_was_passed_over_is_told_with_the_report(cli, copy, tmp_path, only_report):
    only_report("from workbench.reporting.results import publish\npublish({'one': 1})")
    replace(copy / "costs.csv", "profile", "profil")
    (copy / "holidays.csv").write_text("day\n")
    words = ["report", "tiny", "--program", copy, "--out", tmp_path / "out"]
    code, printed, told = cli(*words)
    assert (code, printed.strip()) == (0, str(tmp_path / "out" / "tiny" / "report.html"))
    assert any("costs.csv" in line and "profil" in line for line in told.splitlines())
    assert "holidays.csv" in told
    code, printed, told = cli(*words, "--json")
    run = json.loads(printed)["tiny"]
    assert (code, told, set(run)) == (0, "", {"folder", "results", "notices"})
    assert run["results"] == {"one": 1}
    assert {"costs.csv", "holidays.csv"} <= {notice["file"] for notice in run["notices"]}
    assert json.loads((tmp_path / "out" / "tiny" / "manifest.json").read_text())["notices"] == run["notices"]


def test_a_report_that_fails_keeps_its_half_run_notebook(cli, tmp_path, monkeypatch):
    write_notebook(tmp_path / "failing.ipynb", "1 / 0")
    monkeypatch.setattr(command, "_notebooks", lambda: {"failing": tmp_path / "failing.ipynb"})
    code, _printed, told = cli("report", "failing", "--program", SAMPLE, "--out", tmp_path / "out")
    assert code == 3
    assert "ZeroDivisionError" in told
    assert not (tmp_path / "out" / "failing").exists()
    kept = tmp_path / "out" / "failing.failed"
    assert str(kept) in told
    assert {file.name for file in kept.iterdir()} >= {"report.ipynb"}


def test_help_gives_an_example_a_command():
    for name in ("demo", "init", "check", "list", "report", "freeze"):
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


def test_spanish_help_compiles_no_catalogue():
    program = (
        "import sys\nfrom workbench.cli import main\nsys.argv = ['crm-workbench', '--help']\n"
        "try: main()\nexcept SystemExit: print(*sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, env={**os.environ, "LANGUAGE": "es"},
        encoding="utf-8",
    ).stdout  # fmt: skip
    with language.using("es"):
        assert language.gettext("Make a new program.") in shown
    assert not {"babel", "pydantic", "yaml"} & set(shown.split())


STOPPABLE = """\
import signal, sys
from pathlib import Path
from workbench import cli
signal.signal(signal.SIGINT, signal.default_int_handler)
notebook = Path(sys.argv.pop(1))
cli._notebooks = lambda: {"slow": notebook}
cli.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_command_says_so_in_one_sentence_and_leaves_nothing(number, code, tmp_path):
    begun = tmp_path / "begun"
    notebook = write_notebook(
        tmp_path / "slow.ipynb",
        f"import os, time\nfrom pathlib import Path\nPath({str(begun)!r}).write_text(str(os.getpid()))\ntime.sleep(99)",
    )
    words = ["report", "slow", "--program", SAMPLE, "--out", tmp_path / "out"]
    with subprocess.Popen(
        [sys.executable, "-c", STOPPABLE, notebook, *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    ) as running:  # fmt: skip
        wait_until(lambda: begun.exists() and begun.read_text())
        running.send_signal(number)
        printed, told = running.communicate(timeout=30)
    assert (running.returncode, printed) == (code, "")
    assert told.splitlines() == ["Running slow …", "Stopped before the end."]
    assert not list((tmp_path / "out").iterdir())
    wait_until(lambda: not is_alive(int(begun.read_text())))


def wait_until(done) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("words", [("check",), ("check", "--json")])
def test_a_console_of_another_encoding_shows_what_it_can(words, copy):
    replace(copy / "program.yaml", "name: ", "name: 漢字 ")
    (copy / "漢字.csv").write_text("day\n")
    done = subprocess.run(
        [sys.executable, "-c", "from workbench.cli import main; main()", *words, copy],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u6f22\u5b57" in done.stdout
    if "--json" in words:
        assert json.loads(done.stdout)["notices"][0]["file"] == "漢字.csv"


def test_a_workbook_with_drop_down_cells_is_read_in_silence(tmp_path):
    subprocess.run([sys.executable, "-c", WITH_DROP_DOWNS, SAMPLE, tmp_path / "program.xlsx"], check=True)
    done = subprocess.run(
        [sys.executable, "-c", "from workbench.cli import main; main()", "check", tmp_path / "program.xlsx"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


WITH_DROP_DOWNS = """\
import csv, io, sys, zipfile
from pathlib import Path
import openpyxl, yaml
book = openpyxl.Workbook()
sheet = book.active
sheet.title = "program"
settings = yaml.safe_load((Path(sys.argv[1]) / "program.yaml").read_text(encoding="utf-8"))
sheet.append(["setting", "value"])
for name in ("name", "currency", "as_of"):
    sheet.append([name, settings[name]])
for file in sorted(Path(sys.argv[1]).glob("*.csv")):
    sheet = book.create_sheet(file.stem)
    for row in csv.reader(file.open(encoding="utf-8-sig", newline="")):
        sheet.append(row)
plain = io.BytesIO()
book.save(plain)
EXTENSION = b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
with zipfile.ZipFile(plain) as before, zipfile.ZipFile(sys.argv[2], "w") as after:
    for name in before.namelist():
        after.writestr(name, before.read(name).replace(b"</worksheet>", EXTENSION))
"""
