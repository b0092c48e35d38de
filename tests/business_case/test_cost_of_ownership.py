"""The cost of ownership of each vendor: the sums by hand, and the case without lines of its own."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.business_case.cost_of_ownership import cost_of_ownership
from workbench.errors import DataError, SettingsError

COSTS = pd.DataFrame(
    {
        "cost_id": ["C1", "C2", "C3"],
        "vendor_id": ["", "A", "B"],
        "category": "licences",
        "formula": ["1000", "100", "fee * 10"],
        "first_period": [0, 1, 0],
        "profile": ["one_off", "even", "one_off"],
        "risk_adjustment": [0.0, 0.1, 0.0],
    }
)
BENEFITS = pd.DataFrame({"benefit_id": ["B1"], "stream": ["cost_reduction"], "formula": ["200"]})


def test_by_hand() -> None:
    """A year at 10%: 12 × 100 raised by 10% and discounted once; benefits of 12 × 200 discounted once."""
    table = cost_of_ownership(COSTS, BENEFITS, {"fee": 7.0}, 12, 0.1, ["A", "B", "NEW"]).set_index("vendor_id")
    assert table["cost_of_ownership"].to_dict() == pytest.approx({"A": 1000 + 1320 / 1.1, "B": 1070, "NEW": 1000})
    gain = 2400 / 1.1
    assert table["npv"].to_dict() == pytest.approx({"A": gain - 2200, "B": gain - 1070, "NEW": gain - 1000})
    assert table["own_lines"].to_dict() == {"A": 1, "B": 1, "NEW": 0}


def test_no_vendors_and_lines_of_nobody() -> None:
    assert cost_of_ownership(COSTS, BENEFITS, {"fee": 7.0}, 12, 0.1, []).empty
    table = cost_of_ownership(COSTS.drop(columns="vendor_id").head(1), BENEFITS, {}, 12, 0.1, ["A"])
    assert table.loc[0, ["own_lines", "cost_of_ownership"]].tolist() == [0, 1000]


def test_a_wrong_line_and_a_wrong_convention_are_refused() -> None:
    with pytest.raises(DataError, match="C3"):
        cost_of_ownership(COSTS, BENEFITS, {}, 12, 0.1, ["B"])
    with pytest.raises(SettingsError, match="hopeful"):
        cost_of_ownership(COSTS, BENEFITS, {"fee": 1.0}, 12, 0.1, ["A"], "hopeful")
