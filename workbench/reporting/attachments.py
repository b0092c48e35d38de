"""Files that a notebook makes beside its page, a workbook for example: attached in it, taken out by the run."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from workbench.errors import Problem, ReportError
from workbench.language import gettext as _

if TYPE_CHECKING:
    from nbformat import NotebookNode

MIME = "application/vnd.crm-workbench.file+json"
_NAME = re.compile(r"report\.(xlsx|pdf|pptx|csv)")


def attach(name: str, content: bytes) -> None:
    """Attach a file: a run writes it beside the page; in a live notebook its name and size are shown.

    Parameters
    ----------
    name : str
        ``report.xlsx``, ``report.pdf``, ``report.pptx`` or ``report.csv``.
    content : bytes
        The file.

    Raises
    ------
    ReportError
        When the name is none of these.
    """
    from IPython.display import display

    if not _NAME.fullmatch(name):
        raise ReportError(Problem(_("{name} is no name of a report's file.").format(name=name), "report.xlsx"))
    told = _("{name}, {size} KB").format(name=name, size=-(-len(content) // 1024))
    held = {"name": name, "content": base64.b64encode(content).decode("ascii")}
    display({MIME: held, "text/plain": told}, raw=True)


def take_out(notebook: NotebookNode) -> dict[str, bytes]:
    """The files by name; the notebook keeps their names alone, for the files stand beside it.

    Raises
    ------
    ReportError
        When two files have one name.
    """
    files: dict[str, bytes] = {}
    for held in _held(notebook):
        if held["name"] in files:
            raise ReportError(Problem(_("The file {name} is attached twice.").format(name=held["name"])))
        files[held["name"]] = base64.b64decode(held.pop("content"))
    return files


def _held(notebook: NotebookNode) -> list[dict[str, str]]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output["data"][MIME] for output in outputs if MIME in output.get("data", {})]
