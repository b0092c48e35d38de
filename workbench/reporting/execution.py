"""Running a notebook in its kernel: papermill, without the places where it would interpret a person's text."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from workbench.errors import Problem, ReportError
from workbench.language import gettext as _
from workbench.reporting import kernel_side, notebooks
from workbench.reporting.kernels import kernel_manager

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what is being done now."""

# papermill's own reading of the contract knows no ``float | None`` and warns of it; the names were checked before.
logging.getLogger("papermill").setLevel(logging.ERROR)

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


class NotebookError(ReportError):
    """A report's notebook stopped.

    Attributes
    ----------
    cell : int or None
        The number that the notebook shows beside the cell (``[4]``).
    source : str
        The cell's code.
    name, message : str
        Of the error.
    log : str
        The traceback without colours.
    """

    def __init__(
        self,
        name: str,
        message: str,
        log: str,
        cell: int | None = None,
        source: str = "",
        problems: tuple[Problem, ...] = (),
    ) -> None:
        self.name, self.message, self.log, self.cell, self.source = name, message, log, cell, source
        super().__init__(problems or Problem(self._found()))

    def with_remedy(self, told: str) -> NotebookError:
        """The same error, with this after its last problem."""
        *others, last = self.problems
        last = replace(last, remedy=f"{last.remedy} {told}".lstrip())
        return NotebookError(self.name, self.message, self.log, self.cell, self.source, (*others, last))

    def _found(self) -> str:
        if self.cell is None:
            return _("The report stopped: {message}.").format(message=self.message.rstrip("."))
        return _("The report stopped in cell {cell}: {name}: {message}.").format(
            cell=self.cell, name=self.name, message=self.message.rstrip(".")
        )


def execute(
    notebook: Path,
    output: Path,
    parameters: Mapping[str, object],
    language: str = "en",
    progress: Progress | None = None,
) -> NotebookNode:
    """Run a notebook and keep it, run, in a file that is the same for the same figures.

    Parameters
    ----------
    notebook, output : pathlib.Path
        The report, and where the run notebook goes.
    parameters : mapping of str to object
        Validated parameters: plain values under names of the contract.
    language : str
        The language that the kernel starts with.
    progress : callable, optional
        Told before each cell.

    Raises
    ------
    NotebookError
        When a cell raises, or the kernel dies; `output` then holds the notebook up to there.
    """
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            executed = papermill.execute_notebook(
                _literally(notebook),
                _literally(output),
                parameters=dict(parameters),
                kernel_name="python3",
                language="python",
                progress_bar=False,
                kernel_manager_class=kernel_manager(_environment(language, home)),
                # Nothing is lost with the kernel, and a person who stops the command need not wait for it.
                shutdown_kernel="immediate",
                record_timing=False,
                on_cell_start=_announcing(notebook, bool(parameters), progress),
            )
        _refuse_early_end(executed)
        return _tidied(executed, output)
    except PapermillExecutionError as error:
        raise _stopped(error, _tidied(notebooks.read(output), output)) from error
    except RuntimeError as error:
        raise NotebookError(type(error).__name__, str(error), f"{error}\n") from error


def _stopped(error: PapermillExecutionError, notebook: NotebookNode) -> NotebookError:
    log = _ANSI.sub("", "\n".join(error.traceback)) + "\n"
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    problems = kernel_side.problems_in(outputs)
    return NotebookError(error.ename, _ANSI.sub("", error.evalue), log, error.exec_count, error.source, problems)


def _environment(language: str, home: str) -> dict[str, str]:
    # Start-up files in a person's IPython folder, and the order of sets, would let one report differ from its twin.
    return {"LANGUAGE": language, "IPYTHONDIR": home, "PYTHONHASHSEED": "0"}


def _literally(path: Path) -> str:
    """The path for papermill, which takes a path for a format string."""
    return str(path.resolve()).replace("{", "{{").replace("}", "}}")


def _announcing(notebook: Path, adds_cell: bool, progress: Progress | None) -> Callable[..., None] | None:
    if progress is None:
        return None
    total = len(notebooks.read(notebook).cells) + adds_cell
    heading = ""

    def announce(cell: NotebookNode, cell_index: int, **_others: Any) -> None:
        nonlocal heading
        heading = _heading(cell) or heading
        progress(cell_index, total + 1, heading)

    return announce


def _heading(cell: NotebookNode) -> str:
    first = cell.source.strip().partition("\n")[0]
    return first.lstrip("# ") if cell.cell_type == "markdown" and first.startswith("#") else ""


def _refuse_early_end(notebook: NotebookNode) -> None:
    """Refuse a notebook that a ``sys.exit()`` ended, which papermill takes for done."""
    left = [cell for cell in notebook.cells if cell.metadata.get("papermill", {}).get("exception")]
    if left:
        count = left[0].execution_count
        raise NotebookError("SystemExit", _("it ended before its last cell"), "SystemExit\n", count, left[0].source)


def _tidied(notebook: NotebookNode, output: Path) -> NotebookNode:
    """The run notebook, kept without what differs between two equal runs: times, paths and made-up cell ids."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
    notebooks.write(notebook, output)
    return notebook
