"""Running a report: whole or not at all, and what each file holds."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from workbench.errors import DataError, Location, Problem, ReportError, SettingsError
from workbench.reporting import folders, manifest
from workbench.reporting.execution import NotebookError
from workbench.reporting.runner import Run, run

PARAMETERS = """\
program: str = ""  # folder of the program
title: str = "plain"  # what to show
amount: float = 10.0  # an amount
seed: int = 7  # of the simulation
fail: str = ""  # how to fail
"""
HOSTILE = '<script>alert(1)</script> </script> {amount.__class__} =HYPERLINK("http://x") \'\\"\n\u2028'
WORK = """\
import os, sys
from pathlib import Path
from workbench.errors import DataError, Location, Problem
from workbench.reporting import parts, results

print("a note for nobody")
if fail == "data":
    raise DataError(
        [Problem("First\\nproblem.", "better data", "Mend it.", Location("a.csv", "b", 3, "c")), Problem("Second.")]
    )
if fail == "bug":
    1 / 0
if fail == "exit":
    sys.exit()
if fail == "death":
    os._exit(3)
if fail == "twice":
    results.publish({"amount": 0})
if fail == "nan":
    results.publish({"share": float("nan")})
parts.answer(title)"""
PUBLISH = """\
results.publish({
    "title": title, "amount": amount / 3, "python": sys.executable, "folder": os.getcwd(),
    "read": Path(program).read_text() if program else "",
    "language": os.environ["LANGUAGE"], "start_up": "started_by_the_home" in globals(),
})"""


@pytest.fixture(scope="module")
def notebook(make_notebook: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = make_notebook(tmp_path_factory.mktemp("notebooks") / "demo_report.ipynb", PARAMETERS, WORK, PUBLISH)
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an input, whose name a careless formatter would expand."""
    folder = tmp_path_factory.mktemp("runs") / "{amount.__class__} {0} %s"
    folder.mkdir()
    (folder / "costs.csv").write_text("cost_id\n1\n")
    return folder


@pytest.fixture(scope="module")
def steps() -> list[tuple[int, int, str]]:
    return []


@pytest.fixture(scope="module")
def finished(notebook: Path, place: Path, steps: list[tuple[int, int, str]]) -> Run:
    home = place / "home" / "profile_default" / "startup"
    home.mkdir(parents=True)
    (home / "00.py").write_text("started_by_the_home = True")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(place / "home"))
        return run(
            notebook,
            {"title": HOSTILE, "amount": "10", "program": str(place / "costs.csv")},
            place / "{name.__class__}" / ".." / "{title}",
            inputs=[place / "costs.csv"],
            language="es",
            program="Cable <b>CRM</b>",
            extras=[lambda folder: folder.joinpath("report.txt").write_text("extra") and None],
            progress=lambda *step: steps.append(step),
        )


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_run_leaves_one_folder_under_the_name_given(finished: Run, place: Path) -> None:
    assert finished.folder == place / "{title}"
    assert files_in(finished.folder) == {"report.ipynb", "report.html", "report.txt", "results.json", "manifest.json"}
    assert files_in(place) == {"costs.csv", "home", "{title}"}


def test_results_are_unrounded_and_hold_text_as_it_was_given(finished: Run) -> None:
    kept = json.loads((finished.folder / "results.json").read_text(encoding="utf-8"))
    assert kept == finished.results
    assert kept["amount"] == 10 / 3
    assert kept["title"] == HOSTILE
    assert kept["read"] == "cost_id\n1\n"
    assert list(kept)[:2] == ["title", "amount"]


def test_the_kernel_is_this_python_in_the_callers_folder(finished: Run) -> None:
    assert finished.results["python"] == sys.executable
    assert finished.results["folder"] == os.getcwd()  # noqa: PTH109
    assert finished.results["language"] == "es"
    assert finished.results["start_up"] is False


def test_hostile_text_is_inert_in_the_page(finished: Run) -> None:
    page = finished.page.read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{amount.__class__} =HYPERLINK" in page
    assert "<title>Demo report · Cable &lt;b&gt;CRM&lt;/b&gt;</title>" in page
    assert '<html lang="es">' in page


def test_code_notes_and_prints_are_not_in_the_page(finished: Run) -> None:
    page = finished.page.read_text(encoding="utf-8")
    for hidden in ("Notes for the analyst", "a note for nobody", "import os", "vnd.crm-workbench"):
        assert hidden not in page


def test_the_manifest_says_what_went_in_and_nothing_of_the_machine(finished: Run, place: Path) -> None:
    text = (finished.folder / "manifest.json").read_text(encoding="utf-8")
    kept = json.loads(text)
    assert kept["parameters"]["seed"] == kept["seed"] == 7
    assert set(kept["parameters"]) == {"program", "title", "amount", "seed", "fail"}
    assert kept["inputs"] == [{"path": "costs.csv", "sha256": manifest.sha256(place / "costs.csv")}]
    assert kept["files"]["report.html"] == manifest.sha256(finished.page)
    assert kept["parameters"]["program"] == "costs.csv"
    assert re.fullmatch(r"[0-9a-f]{10}", kept["run_id"])
    for folder in (str(place), str(Path.home()), str(Path.cwd())):
        assert folder not in text


def test_the_run_notebook_can_be_run_again_and_tells_no_time(finished: Run) -> None:
    kept = nbformat.read(finished.folder / "report.ipynb", as_version=4)
    nbformat.validate(kept)
    assert "papermill" not in kept.metadata
    assert not any("papermill" in cell.metadata or "execution" in cell.metadata for cell in kept.cells)


def test_progress_counts_every_cell(finished: Run, steps: list[tuple[int, int, str]]) -> None:
    cells = len(nbformat.read(finished.folder / "report.ipynb", as_version=4).cells)
    assert [done for done, _, _ in steps] == list(range(cells + 2))
    assert {total for _, total, _ in steps} == {cells + 1}
    assert steps[1][2] == "Notes for the analyst"


def test_the_same_again_gives_the_same_files_and_replaces_them(finished: Run, notebook: Path, place: Path) -> None:
    before = {path.name: path.read_bytes() for path in finished.folder.iterdir()}
    again = run(
        notebook,
        {"title": HOSTILE, "amount": 10.0, "program": str(place / "costs.csv")},
        finished.folder,
        inputs=[place / "costs.csv"],
        language="es",
        program="Cable <b>CRM</b>",
    )
    assert again.run_id == finished.run_id
    assert files_in(again.folder) == before.keys() - {"report.txt"}
    for name in ("report.html", "report.ipynb", "results.json"):
        assert (again.folder / name).read_bytes() == before[name]


@pytest.mark.parametrize(
    ("fail", "told"),
    [
        ("bug", "The report stopped in cell 3: ZeroDivisionError: division by zero."),
        ("exit", "The report stopped in cell 3: SystemExit: it ended before its last cell."),
        ("death", "The report stopped: "),
        ("twice", "The result amount is published twice."),
        ("nan", "The result share is nan. Expected: a finite number, or None."),
    ],
    ids=["a bug", "an early end", "a dead kernel", "a result twice", "a result that is no number"],
)
def test_a_failing_notebook_leaves_no_run_but_itself_and_a_log(
    notebook: Path, tmp_path: Path, fail: str, told: str
) -> None:
    out = tmp_path / "run"
    with pytest.raises(NotebookError) as caught:
        run(notebook, {"fail": fail}, out)
    message = str(caught.value)
    assert message.startswith(told)
    assert message.endswith(f"The half-run notebook and its log are in {tmp_path / 'run.failed'}.")
    assert files_in(tmp_path) == {"run.failed"}
    assert files_in(tmp_path / "run.failed") == {"report.ipynb", "log.txt"}
    log = (tmp_path / "run.failed" / "log.txt").read_text(encoding="utf-8")
    assert log.strip()
    assert "\x1b" not in log


def test_wrong_data_leaves_nothing(notebook: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        run(notebook, {"fail": "data"}, tmp_path / "run")
    assert caught.value.problems == (
        Problem("First\nproblem.", "better data", "Mend it.", Location("a.csv", "b", 3, "c")),
        Problem("Second."),
    )
    assert files_in(tmp_path) == set()


def test_the_error_carries_the_cell(notebook: Path, tmp_path: Path) -> None:
    with pytest.raises(NotebookError) as caught:
        run(notebook, {"fail": "bug"}, tmp_path / "run")
    error = caught.value
    assert (error.cell, error.name, error.message) == (3, "ZeroDivisionError", "division by zero")
    assert error.source == WORK
    assert "1 / 0" in error.log


def test_an_earlier_run_survives_a_failure_which_a_success_forgets(notebook: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    first = run(notebook, {}, out)
    with pytest.raises(NotebookError):
        run(notebook, {"fail": "bug"}, out)
    assert json.loads((out / "manifest.json").read_text())["run_id"] == first.run_id
    assert files_in(tmp_path) == {"run", "run.failed"}
    second = run(notebook, {"amount": 11}, out)
    assert second.run_id != first.run_id
    assert files_in(tmp_path) == {"run"}


@pytest.mark.parametrize("manifest_text", ["", "{}", '{"manifest_version": 3}', "[]"])
def test_a_folder_of_something_else_is_never_touched(notebook: Path, tmp_path: Path, manifest_text: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest_text)
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(SettingsError, match="is not just an earlier run"):
        run(notebook, {}, tmp_path)
    assert files_in(tmp_path) == {"manifest.json", "thesis.docx"}
    assert not tmp_path.with_name(f"{tmp_path.name}.failed").exists()


def test_what_somebody_put_beside_a_runs_files_is_never_touched(notebook: Path, tmp_path: Path) -> None:
    described = {"kind": manifest.KIND, "files": {"report.html": ""}}
    (tmp_path / "manifest.json").write_text(json.dumps(described))
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(SettingsError, match="is not just an earlier run"):
        run(notebook, {}, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("place", ["run", "run/deeper", "run.failed"])
def test_a_file_in_the_way_is_refused(notebook: Path, tmp_path: Path, place: str) -> None:
    file = tmp_path / place.partition("/")[0]
    file.write_text("a file")
    with pytest.raises(SettingsError, match=r"exists and is no folder") as caught:
        run(notebook, {"fail": "bug"}, tmp_path / place.removesuffix(".failed"))
    assert str(file) in str(caught.value)
    assert file.read_text() == "a file"


def test_a_link_that_leads_to_itself_is_refused(notebook: Path, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises((SettingsError, ReportError), match="cannot be made"):
        run(notebook, {}, tmp_path / "loop" / "run")


def full_disk(*_arguments: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/.run.part/report.html")


def test_a_full_disk_is_told_with_the_place_and_leaves_nothing(notebook: Path, tmp_path: Path) -> None:
    with pytest.raises(ReportError) as caught:
        run(notebook, {}, tmp_path / "run", extras=[full_disk])
    assert f"{tmp_path / 'run'} cannot be made: No space left on device." in str(caught.value)
    assert ".run.part" not in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_a_refused_move_is_told_and_the_earlier_run_stays(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(notebook, {}, tmp_path / "run")
    monkeypatch.setattr(folders, "move_in", full_disk)
    with pytest.raises(ReportError, match="cannot be made: No space left on device"):
        run(notebook, {"amount": 11}, tmp_path / "run")
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["run_id"] == first.run_id
    assert files_in(tmp_path) == {"run"}


def test_a_failure_that_cannot_be_kept_is_still_told(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "keep_failed", full_disk)
    with pytest.raises(NotebookError) as caught:
        run(notebook, {"fail": "bug"}, tmp_path / "run")
    told = "ZeroDivisionError: division by zero. The half-run notebook could not be kept: No space left on device."
    assert told in str(caught.value)


def test_a_folder_that_may_not_be_written_is_told(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(path: Path, *_others: object, **_more: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "mkdir", read_only)
    with pytest.raises(ReportError, match="Read-only file system") as caught:
        run(notebook, {}, tmp_path / "run")
    assert str(tmp_path / "run") in str(caught.value)


def test_folders_that_a_killed_process_left_are_removed_after_a_day(notebook: Path, tmp_path: Path) -> None:
    old, young, other, mine = (
        tmp_path / f".{name}.part"
        for name in ("run.0123456789ab", "run.123456789abc", "walk.0123456789ab", "run.my-own-files")
    )
    for folder in (old, young, other, mine):
        folder.mkdir()
        (folder / "report.ipynb").write_text("half")
        if folder != young:
            for path in (folder / "report.ipynb", folder):
                os.utime(path, (time.time() - 90_000,) * 2)
    run(notebook, {}, tmp_path / "run")
    assert files_in(tmp_path) == {"run", young.name, other.name, mine.name}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"amout": 3}, "Did you mean amount?"),
        ({"amount = 1\nimport os": 3}, "There is no parameter"),
        ({"amount": "much"}, "The parameter amount is much"),
    ],
)
def test_wrong_parameters_start_nothing(notebook: Path, tmp_path: Path, given: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        run(notebook, given, tmp_path / "run")
    assert told in str(caught.value)
    assert not files_in(tmp_path)


def test_a_missing_input_and_an_unknown_language_start_nothing(notebook: Path, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"The input costs\.csv does not exist"):
        run(notebook, {}, tmp_path / "run", inputs=[tmp_path / "costs.csv"])
    with pytest.raises(SettingsError, match="no catalogue for the language 'fr'"):
        run(notebook, {}, tmp_path / "run", language="fr")
    assert not files_in(tmp_path)
