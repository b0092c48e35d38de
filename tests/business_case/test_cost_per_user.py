"""Cost per user against the published range, as the completeness check tells it too."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.completeness import warnings
from workbench.business_case.cost_per_user import cost_per_user
from workbench.errors import DataError
from workbench.language import using

CODES = {"below": "low", "within": None, "above": "high", "unknown": "unchecked"}


def costs(monthly: float) -> pd.DataFrame:
    rows = [("C-1", "licences", monthly * 0.75), ("C-2", "support", monthly * 0.25)]
    return pd.DataFrame(rows, columns=["cost_id", "category", "formula"]).assign(
        formula=lambda t: t["formula"].map(repr)
    )


@pytest.mark.parametrize(
    ("per_user", "horizon", "place"),
    [
        (14_999, 36, "below"),
        (15_001, 36, "within"),
        (29_999, 36, "within"),
        (30_001, 36, "above"),
        (14_999, 24, "unknown"),
        (30_001, 24, "above"),
        (20_000, 60, "within"),
    ],
)
def test_the_place_is_the_one_that_is_warned_of(per_user: float, horizon: int, place: str) -> None:
    frame = costs(per_user * 10 / min(horizon, 36))
    flows = cash_flows(frame, pd.DataFrame(), {}, horizon)
    found = cost_per_user(flows, 10, "USD")
    assert found.per_user == pytest.approx(per_user)
    assert found.place == place
    told = [warning.code for warning in warnings(frame, flows, 10, "USD") if warning.code.startswith("cost_per_user")]
    assert told == ([f"cost_per_user_{CODES[place]}"] if CODES[place] else [])


def test_the_categories_add_up() -> None:
    found = cost_per_user(cash_flows(costs(1000.0), pd.DataFrame(), {}, 36), 4, "EUR")
    assert found.categories["category"].tolist() == ["licences", "support"]
    assert found.categories["per_user"].tolist() == pytest.approx([6750.0, 2250.0])
    with using("en"):
        assert "9,000" in found.conclusion
        assert "below the published" in found.conclusion
        assert "without converting the currency" in found.conclusion


def test_without_users_there_is_no_cost_for_each() -> None:
    with pytest.raises(DataError, match="0 users"):
        cost_per_user(cash_flows(costs(1000.0), pd.DataFrame(), {}, 36), 0, "EUR")


def test_what_limits_the_comparison_is_told_alike_by_both() -> None:
    frame = costs(100.0)
    flows = cash_flows(frame, pd.DataFrame(), {}, 60)
    with using("en"):
        found = cost_per_user(flows, 10, "EUR")
        (warning,) = [each for each in warnings(frame, flows, 10, "EUR") if each.code == "cost_per_user_low"]
    assert found.months == 36
    assert len(found.reservations) == 2
    for reservation in ("Only the first three years are counted.", "without converting the currency."):
        assert reservation in found.conclusion
        assert reservation in warning.message
    assert warning.source == found.source
    assert cost_per_user(flows, 10, "USD").reservations == found.reservations[:1]
