"""Runs the committed notebooks again and stores the outputs that nbval compares.

Pictures and unrounded figures differ from machine to machine, so the cells that show them are tagged for nbval to run
and not to compare, and their outputs are not stored.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from nbformat import NotebookNode

from workbench import resources
from workbench.reporting import attachments, notebooks, results
from workbench.reporting.execution import execute

NOT_COMPARED = "nbval-ignore-output"
DIFFERS = ("image/png", attachments.MIME, results.MIME)


def refresh(notebook: Path) -> None:
    """Run a notebook with its own parameters and store its outputs in it."""
    with tempfile.TemporaryDirectory() as folder:
        executed = execute(notebook, Path(folder) / notebook.name, {})
    for cell in executed.cells:
        if cell.cell_type == "code":
            _keep_what_is_compared(cell)
    notebooks.write(executed, notebook)


def _keep_what_is_compared(cell: NotebookNode) -> None:
    tags = list(cell.metadata.get("tags", []))
    if NOT_COMPARED not in tags and any(_differs(output) for output in cell.outputs):
        tags.append(NOT_COMPARED)
        cell.metadata["tags"] = tags
    if NOT_COMPARED in tags:
        cell.outputs = []


def _differs(output: NotebookNode) -> bool:
    return any(kind in output.get("data", {}) for kind in DIFFERS)


if __name__ == "__main__":
    for path in sorted(resources.folder("notebooks").glob("*.ipynb")):
        refresh(path)
