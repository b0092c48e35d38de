"""Small report notebooks, made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

Maker = Callable[..., Path]


@pytest.fixture(scope="session")
def make_notebook() -> Maker:
    """Makes a notebook of a parameters cell and code cells."""

    def make(path: Path, parameters: str, *code: str) -> Path:
        first = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
        cells = [nbformat.v4.new_markdown_cell("# Notes for the analyst"), first, *map(nbformat.v4.new_code_cell, code)]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
        return path

    return make
