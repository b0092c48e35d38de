"""The run's id: from what went in, wherever it is kept, and from nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.errors import Location, Problem, ReportError
from workbench.reporting.manifest import Manifest, describe


@pytest.fixture(scope="module")
def notebook(make_notebook: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = make_notebook(tmp_path_factory.mktemp("notebooks") / "demo.ipynb", "a: int = 1  # one", "a")
    return path


def program(folder: Path, costs: str = "cost_id\n") -> Path:
    folder.mkdir(parents=True)
    (folder / "costs.csv").write_text(costs)
    (folder / "program.yaml").write_text("name: x\n")
    (folder / ".hidden").write_text("left by an editor")
    return folder


def described(notebook: Path, folder: Path, **parameters: object) -> Manifest:
    return describe(notebook, {"program": str(folder), **parameters}, [folder], "en")


def test_a_folder_stands_for_its_files(notebook: Path, tmp_path: Path) -> None:
    kept = described(notebook, program(tmp_path / "sample"))
    assert [file["path"] for file in kept.inputs] == ["sample/costs.csv", "sample/program.yaml"]
    assert kept.parameters["program"] == "sample"


def test_paths_are_told_from_the_callers_folder(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = program(tmp_path / "clients" / "sample")
    monkeypatch.chdir(tmp_path)
    kept = described(notebook, folder)
    assert kept.inputs[0]["path"] == "clients/sample/costs.csv"
    assert kept.parameters["program"] == "clients/sample"


def test_the_id_is_the_same_wherever_the_program_is_kept(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = program(tmp_path / "here" / "sample"), program(tmp_path / "there" / "sample")
    first = described(notebook, here).run_id
    assert described(notebook, there).run_id == first
    monkeypatch.chdir(here.parent)
    assert described(notebook, Path("sample")).run_id == first
    assert described(notebook, here).run_id == first


def test_the_id_changes_with_inputs_parameters_language_and_notebook(
    make_notebook: Any, notebook: Path, tmp_path: Path
) -> None:
    folder = program(tmp_path / "a" / "sample")
    other_cell = make_notebook(tmp_path / "demo.ipynb", "a: int = 1  # one", "a + 1")
    ids = [
        described(notebook, folder).run_id,
        described(notebook, program(tmp_path / "b" / "sample", costs="cost_id\n1\n")).run_id,
        described(notebook, folder, seed=1).run_id,
        described(notebook, folder, seed=2).run_id,
        described(other_cell, folder).run_id,
        describe(notebook, {"program": str(folder)}, [folder], "es").run_id,
    ]
    assert len(set(ids)) == len(ids)


def test_text_that_is_no_path_is_kept(notebook: Path) -> None:
    given = {"text": "a/b?\0", "empty": "", "many": ["x", "y"], "long": "x" * 10_000}
    assert describe(notebook, given, [], "en").parameters == given


def test_every_missing_input_is_told(notebook: Path, tmp_path: Path) -> None:
    with pytest.raises(ReportError) as caught:
        describe(notebook, {}, [tmp_path / "one.csv", tmp_path / "two.csv"], "en")
    assert len(caught.value.problems) == 2


def test_what_was_passed_over_is_told_and_changes_no_id(notebook: Path, tmp_path: Path) -> None:
    folder = program(tmp_path / "sample")
    notice = Problem("A column is passed over.", where=Location("costs.csv", row=1, column="profil"))
    kept = describe(notebook, {}, [folder], "en", notices=[notice])
    assert json.loads(kept.to_json())["notices"] == [notice.to_dict()]
    assert kept.run_id == describe(notebook, {}, [folder], "en").run_id
