"""Notebook files: read and written in one format."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import nbformat
from nbformat import NotebookNode
from nbformat.reader import NotJSONError

from workbench.errors import Problem, ReportError
from workbench.language import gettext as _


def read(path: Path) -> NotebookNode:
    """A notebook, brought to the current format.

    Raises
    ------
    ReportError
        When the file is no notebook.
    """
    try:
        return cast(NotebookNode, nbformat.read(path, as_version=4))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, NotJSONError, nbformat.ValidationError) as error:
        raise ReportError(
            Problem(
                found=_("{name} cannot be read as a notebook.").format(name=path.name),
                expected=_("a Jupyter notebook (.ipynb)"),
            )
        ) from error


def write(notebook: NotebookNode, path: Path) -> None:
    """Keep a notebook in a file."""
    nbformat.write(notebook, path)
