"""Drivers: base values by name, and the amounts that lines draw from them."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from workbench.business_case.drivers import base_values, line_amounts
from workbench.errors import DataError


def test_amounts_follow_the_formula() -> None:
    assumptions = pd.DataFrame(
        {"assumption_id": ["calls", "saved", "cost"], "base": [90000.0, 40.0, 18.0], "name": ["", "", ""]}
    )
    benefits = pd.DataFrame({"benefit_id": ["B-1", "B-2"], "formula": ["calls * saved / 3600 * cost", "500"]})
    amounts = line_amounts(benefits, base_values(assumptions))
    assert amounts.to_dict() == {"B-1": 18000.0, "B-2": 500.0}


def test_every_failing_line_is_named_at_once() -> None:
    costs = pd.DataFrame(
        {
            "cost_id": ["C-1", "C-2", "C-3", "C-4", "C-5"],
            "formula": ["fee / 0", "fe", "fee", "__import__('os')", "-fee"],
        }
    )
    with pytest.raises(DataError) as raised:
        line_amounts(costs, {"fee": 2.0})
    told = [problem.found for problem in raised.value.problems]
    assert [text.split(":")[0] for text in told] == ["Line C-1", "Line C-2", "Line C-4", "Line C-5"]
    assert all(problem.remedy and problem.expected for problem in raised.value.problems)


def test_wrong_assumptions_are_told_at_once() -> None:
    assumptions = pd.DataFrame({"assumption_id": ["fee", "fee", "min", "calls"], "base": [1.0, 2.0, 3.0, math.nan]})
    with pytest.raises(DataError) as raised:
        base_values(assumptions)
    assert len(raised.value.problems) == 3


def test_no_lines_give_no_amounts() -> None:
    assert line_amounts(pd.DataFrame({"cost_id": [], "formula": []}), {}).empty
    assert base_values(pd.DataFrame({"assumption_id": [], "base": []})) == {}
