"""Headline figures: made plain, published, collected."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

from workbench.errors import ReportError
from workbench.reporting import results


def notebook_with(*figures: dict[str, Any]) -> nbformat.NotebookNode:
    outputs = [nbformat.v4.new_output("display_data", {results.MIME: one, "text/plain": ""}) for one in figures]
    cells = [nbformat.v4.new_code_cell("", outputs=[output]) for output in outputs]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.parametrize(
    ("figure", "plain"),
    [
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([[1.5, 2.5]]), [[1.5, 2.5]]),
        (np.datetime64("2027-03-01T00:00:00", "ns"), "2027-03-01T00:00:00"),
        (np.array(["2027-03-01"], dtype="datetime64[ns]"), ["2027-03-01T00:00:00"]),
        (pd.Series([1, 2], dtype="Int64"), [1, 2]),
        (pd.Timestamp("2027-03-01"), "2027-03-01T00:00:00"),
        (dt.date(2027, 3, 1), "2027-03-01"),
        (Decimal("1.5"), 1.5),
        (("a", None), ["a", None]),
        ({"b": {"c": (1,)}}, {"b": {"c": [1]}}),
        (None, None),
        (10**20, 10**20),
    ],
)
def test_figures_become_plain(figure: object, plain: object) -> None:
    held = results.plain({"key": figure})["key"]
    assert held == plain
    assert json.loads(json.dumps(held)) == plain


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({"npv": float("nan")}, "The result npv is nan. Expected: a finite number, or None."),
        ({"yearly": [{"net": 1.0}, {"net": np.inf}]}, "The result yearly[1].net is inf."),
        ({"scores": {"REQ-1": pd.NA}}, "The result scores.REQ-1 is missing"),
        ({"on": pd.NaT}, "The result on is missing"),
        ({"series": pd.Series([1.0, None])}, "The result series[1] is nan."),
        ({"frame": pd.DataFrame({"a": [1]})}, "The result frame is of the kind DataFrame."),
        ({"ids": {"a", "b"}}, "The result ids is of the kind set."),
        ({"years": {2027: 1.0}}, "The result years.2027 has a key that is no text."),
        ({"z": 1 + 2j}, "The result z is of the kind complex."),
        ({"wait": np.timedelta64(3, "D")}, "The result wait is of the kind timedelta64."),
    ],
)
def test_what_is_no_figure_is_refused_with_its_place(figures: dict[str, Any], told: str) -> None:
    with pytest.raises(ReportError) as caught:
        results.plain(figures)
    assert told in str(caught.value)


def test_all_refusals_come_at_once() -> None:
    with pytest.raises(ReportError) as caught:
        results.plain({"a": float("nan"), "b": 1, "c": {"d": float("inf")}})
    assert len(caught.value.problems) == 2


def test_publishing_twice_adds_keys_in_order() -> None:
    assert list(results.collect(notebook_with({"npv": 1}, {"irr": None}, {"a": 2}))) == ["npv", "irr", "a"]


def test_a_key_published_twice_is_refused() -> None:
    with pytest.raises(ReportError, match="The result npv is published twice"):
        results.collect(notebook_with({"npv": 1}, {"npv": 1}))


def test_what_a_notebook_shows_is_rounded_and_short(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    results.publish({"npv": 1234567.89, "ranking": [f"REQ-{count}" for count in range(100)]})
    assert shown[0][results.MIME]["npv"] == 1234567.89
    first, second = shown[0]["text/plain"].splitlines()
    assert first == "npv: 1235000.0"
    assert len(second) == 100
    assert second.endswith("…")
