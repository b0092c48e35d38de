"""Project costs are those that are over before the horizon."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workbench.business_case.project_lines import project_lines


@pytest.mark.parametrize(
    ("line", "is_project"),
    [
        ({"first_period": 0, "profile": "one_off"}, True),
        ({"first_period": 36, "profile": "one_off"}, True),
        ({"first_period": 40, "profile": "one_off"}, False),
        ({"first_period": 1, "last_period": 12}, True),
        ({"first_period": 1, "last_period": 36}, False),
        ({"first_period": 1}, False),
        ({"first_period": 1, "profile": "percentages 100 50 0"}, True),
        ({"first_period": 1, "profile": "percentages 100 50"}, False),
        ({"first_period": 1, "profile": ""}, False),
    ],
)
def test_what_is_over_before_the_horizon_is_a_project_cost(line: dict[str, Any], is_project: bool) -> None:
    assert project_lines(pd.DataFrame([{"cost_id": "C", **line}]), 36).tolist() == [is_project]


def test_no_lines_are_none() -> None:
    assert project_lines(pd.DataFrame(columns=["cost_id"]), 36).tolist() == []
