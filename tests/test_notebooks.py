"""nbval compares something in every notebook: a notebook without stored outputs would always pass."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.plugin import IPyNbCell, IPyNbFile, coalesce_streams

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
FEWEST = 3


def compared_cells(path: Path, session: pytest.Session) -> list[IPyNbCell]:
    """The cells whose output nbval compares: those that would fail if they put out nothing."""
    return [cell for cell in IPyNbFile.from_parent(session, path=path).collect() if is_compared(cell)]


def is_compared(item: IPyNbCell) -> bool:
    if item.options["skip"] or not item.options["check"] or item.cell.execution_count is None:
        return False
    return not item.compare_outputs([], coalesce_streams(deepcopy(item.cell.outputs)))


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nbval_compares_cells(path, request, record_property):
    count = len(compared_cells(path, request.session))
    record_property("notebook cells compared", count)
    assert count >= FEWEST, f"{path.name}: nbval compares {count} cells; run `make notebooks` to store their outputs"


def shown(data: dict[str, str]) -> nbformat.NotebookNode:
    return new_output("display_data", data)


@pytest.mark.parametrize(
    ("cell", "compared"),
    [
        (new_code_cell("1", execution_count=1, outputs=[new_output("stream", text="1\n")]), True),
        (new_code_cell("1", execution_count=1, outputs=[shown({"text/plain": "1"})]), True),
        (new_code_cell("1", execution_count=1, outputs=[shown({"image/png": "iVBORw0KGgo="})]), False),
        (new_code_cell("1", execution_count=1, outputs=[]), False),
        (new_code_cell("1", execution_count=None, outputs=[]), False),
        (
            new_code_cell(
                "1",
                execution_count=1,
                outputs=[shown({"text/plain": "1"})],
                metadata={"tags": ["nbval-ignore-output"]},
            ),
            False,
        ),
        (
            new_code_cell("# NBVAL_SKIP\n1", execution_count=1, outputs=[shown({"text/plain": "1"})]),
            False,
        ),
    ],
    ids=["stream", "text", "picture", "no output", "never run", "ignored", "skipped"],
)
def test_what_counts_as_compared(cell, compared, tmp_path, request):
    path = tmp_path / "one.ipynb"
    nbformat.write(new_notebook(cells=[cell]), path)
    assert bool(compared_cells(path, request.session)) is compared
