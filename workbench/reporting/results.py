"""How headline figures leave a notebook: published in it, collected from it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.errors import Problem, ReportError
from workbench.language import gettext as _

if TYPE_CHECKING:
    from nbformat import NotebookNode

MIME = "application/vnd.crm-workbench.results+json"
_LONGEST_LINE = 100
_DIGITS_SHOWN = 4


def publish(figures: Mapping[str, object]) -> None:
    """Publish headline figures: shown rounded in the notebook, kept unrounded for ``results.json``.

    Parameters
    ----------
    figures : mapping of str to object
        Figures by key. Numbers, texts, dates, None, and lists and mappings of these; scalars and arrays of numpy and
        pandas become plain values. Publishing again adds keys; one key twice is refused when the results are collected
        (and not here, so that a cell can be run again by hand).

    Raises
    ------
    ReportError
        When a figure is not a number (NaN), infinite, or of a kind that JSON cannot hold; all such figures at once.
    """
    from IPython.display import display

    values = plain(figures)
    display({MIME: values, "text/plain": _short(values)}, raw=True)


def collect(notebook: NotebookNode) -> dict[str, object]:
    """The figures that a run notebook published, in the order of publishing.

    Raises
    ------
    ReportError
        When a key was published twice.
    """
    collected: dict[str, object] = {}
    repeated: list[str] = []
    for figures in _published(notebook):
        repeated += [key for key in figures if key in collected]
        collected.update(figures)
    if repeated:
        raise ReportError([Problem(_("The result {key} is published twice.").format(key=key)) for key in repeated])
    return collected


def plain(figures: Mapping[str, object]) -> dict[str, object]:
    """Figures as values that JSON can hold.

    Raises
    ------
    ReportError
        When a figure is not a number, infinite, or of a kind that JSON cannot hold; all such figures at once.

    Examples
    --------
    >>> import numpy as np
    >>> plain({"npv": np.float64(12.5), "years": np.array([1, 2]), "as_of": date(2027, 3, 1)})
    {'npv': 12.5, 'years': [1, 2], 'as_of': '2027-03-01'}
    """
    problems: list[Problem] = []
    values = _mapping(figures, "", problems)
    if problems:
        raise ReportError(problems)
    return values


def _published(notebook: NotebookNode) -> list[dict[str, object]]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [dict(output["data"][MIME]) for output in outputs if MIME in output.get("data", {})]


def _mapping(figures: Mapping[Any, object], path: str, problems: list[Problem]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in figures.items():
        place = f"{path}.{key}" if path else str(key)
        if isinstance(key, str):
            values[str(key)] = _value(value, place, problems)
        else:
            problems.append(_refused(place, _("has a key that is no text"), _("texts as keys")))
    return values


def _value(value: Any, path: str, problems: list[Problem]) -> object:
    if isinstance(value, Mapping):
        return _mapping(value, path, problems)
    value = _unpacked(value)
    if isinstance(value, list | tuple):
        return [_value(item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
    return _scalar(value, path, problems)


def _unpacked(value: Any) -> Any:
    """A scalar or array of numpy or pandas as plain values; anything else as it is."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind == "m" or not hasattr(value, "tolist"):
        return value
    # numpy turns dates to the nanosecond into bare integers.
    return (value.astype("datetime64[us]") if kind == "M" else value).tolist()


def _scalar(value: Any, path: str, problems: list[Problem]) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float | Decimal):
        if not math.isfinite(value):
            problems.append(_refused(path, _("is {value}").format(value=value), _("a finite number, or None")))
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, PurePath):
        return value.as_posix()
    # The missing date and the missing value of pandas are no dates and no numbers; NaT would pass for a date.
    if type(value).__name__ in ("NaTType", "NAType"):
        problems.append(_refused(path, _("is missing ({value})").format(value=value), _("a value, or None")))
    elif isinstance(value, date | datetime | time):
        return value.isoformat()
    else:
        kind = type(value).__name__
        problems.append(_refused(path, _("is of the kind {kind}").format(kind=kind), _("numbers, texts, dates, lists")))
    return None


def _refused(path: str, what: str, expected: str) -> Problem:
    return Problem(_("The result {key} {what}.").format(key=path, what=what), expected)


def _short(values: dict[str, object]) -> str:
    lines = (f"{key}: {json.dumps(_rounded(value), ensure_ascii=False)}" for key, value in values.items())
    return "\n".join(line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…" for line in lines)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS_SHOWN}g}")
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return value
