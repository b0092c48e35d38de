"""Names of cells: never an address, never twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.business_case.excel_model_names import cell_names
from workbench.program.formulas import is_name

ADDRESS = re.compile(r"[A-Z]{1,3}[0-9]+|[RC][0-9]*|R[0-9]*C[0-9]*|TRUE|FALSE")


@pytest.mark.parametrize("name", ["fee2", "A1", "xfd1048576", "R1C1", "r", "C", "rc", "R2", "true", "model_npv"])
def test_what_a_spreadsheet_keeps_for_itself_has_a_prefix(name: str) -> None:
    assert cell_names([name]) == {name: f"assumption_{name}"}


@pytest.mark.parametrize("name", ["calls2", "calls_per_month", "llamadas_por_año", "_hidden", "rate", "cost_1"])
def test_other_names_stay(name: str) -> None:
    assert cell_names([name]) == {name: name}


@settings(max_examples=60)
@given(st.lists(st.text("aAbBrRcC12_ñ·ª𝒳", min_size=1, max_size=6).filter(is_name), unique=True, max_size=8))
@example(["Calls", "calls", "CALLS", "assumption_calls_2"])
@example(["fee2", "assumption_fee2", "Fee2"])
def test_no_two_are_alike_and_none_is_an_address(ids: list[str]) -> None:
    names = cell_names(ids)
    assert list(names) == ids
    assert len({name.casefold() for name in names.values()}) == len(ids)
    assert not [name for name in names.values() if ADDRESS.fullmatch(name.upper())]
