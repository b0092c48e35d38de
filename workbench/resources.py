"""Where the notebooks, templates and sample data are: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder ``notebooks``, ``templates`` or ``sample_data``.

    Raises
    ------
    FileNotFoundError
        When it is in neither place.
    """
    for parent in (PACKAGE / "_resources", PACKAGE.parent):
        if (parent / name).is_dir():
            return parent / name
    raise FileNotFoundError(f"{name} is neither in {PACKAGE / '_resources'} nor in {PACKAGE.parent}")
