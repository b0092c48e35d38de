"""Files attached in a notebook stand beside the page of its run, and nowhere else."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from workbench.errors import ReportError
from workbench.reporting import attachments, manifest
from workbench.reporting.runner import run

CODE = """\
from workbench.reporting import attachments, parts
parts.answer("done")"""
ATTACH = "attachments.attach('report.xlsx', bytes(range(256)) * 20)"


def test_a_run_writes_what_its_notebook_attached(make_notebook: Any, tmp_path: Path) -> None:
    notebook = make_notebook(tmp_path / "a.ipynb", 'program: str = ""  # nothing\n', CODE, ATTACH)
    done = run(notebook, {}, tmp_path / "out")
    content = bytes(range(256)) * 20
    assert (done.folder / "report.xlsx").read_bytes() == content
    assert "report.xlsx" in json.loads((done.folder / manifest.FILE).read_text())["files"]
    encoded = base64.b64encode(content).decode()[:200]
    for name in ("report.ipynb", "report.html", "results.json"):
        assert encoded not in (done.folder / name).read_text()
    kept = nbformat.read(done.folder / "report.ipynb", as_version=4)
    nbformat.validate(kept)
    assert "report.xlsx, 5 KB" in json.dumps(kept)


@pytest.mark.parametrize("name", ["../report.xlsx", "report.exe", "other.xlsx", "report.xlsx\n", ""])
def test_a_file_of_another_name_is_refused(name: str) -> None:
    with pytest.raises(ReportError):
        attachments.attach(name, b"")


def test_two_files_of_one_name_are_refused() -> None:
    held = {"name": "report.xlsx", "content": ""}
    cells = [new_code_cell("", outputs=[new_output("display_data", {attachments.MIME: dict(held)})]) for _ in range(2)]
    with pytest.raises(ReportError, match="attached twice"):
        attachments.take_out(new_notebook(cells=cells))
