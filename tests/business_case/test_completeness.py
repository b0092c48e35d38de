"""Completeness: forgotten cost categories, and the published range of cost per user."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench import language
from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.completeness import FORGOTTEN, WORTH_A_LOOK, CostWarning, warnings
from workbench.program.tables import COST_CATEGORIES


def costs(monthly: float, categories: tuple[str, ...] = (*FORGOTTEN, *WORTH_A_LOOK)) -> pd.DataFrame:
    rows = [
        {"cost_id": f"C-{category}", "category": category, "formula": repr(monthly / len(categories))}
        for category in categories
    ]
    return pd.DataFrame(rows)


def told(monthly: float, users: int | None, currency: str = "USD", horizon: int = 36) -> tuple[CostWarning, ...]:
    frame = costs(monthly)
    return warnings(frame, cash_flows(frame, pd.DataFrame(), {}, horizon), users, currency)


def test_the_checklist_names_categories_that_exist() -> None:
    assert set(FORGOTTEN) | set(WORTH_A_LOOK) <= set(COST_CATEGORIES)


def test_every_missing_category_is_told() -> None:
    frame = costs(100.0, ("licences", "customisation", "training"))
    codes = [warning.code for warning in warnings(frame, cash_flows(frame, pd.DataFrame(), {}, 36), None, "EUR")]
    assert codes == [
        "missing_integration_labour",
        "missing_outside_specialists",
        "missing_business_users_time",
        "missing_new_staff",
        "missing_continued_promotion",
        "cost_per_user_unknown",
    ]


def test_no_costs_at_all() -> None:
    frame = pd.DataFrame(columns=["cost_id", "category", "formula"])
    flows = cash_flows(frame, pd.DataFrame(), {}, 36)
    assert [warning.code for warning in warnings(frame, flows, 10, "EUR")] == ["no_costs"]


@pytest.mark.parametrize(
    ("total_per_user", "codes"),
    [
        (14_000, ["cost_per_user_low"]),
        (15_001, []),
        (29_999, []),
        (31_000, ["cost_per_user_high"]),
    ],
)
def test_cost_per_user_against_the_published_range(total_per_user: float, codes: list[str]) -> None:
    found = told(total_per_user * 20 / 36, users=20)
    assert [warning.code for warning in found] == codes
    assert all("Gartner" in warning.source for warning in found)


def test_other_currencies_are_compared_by_number_and_said() -> None:
    with language.using("en", currency="EUR"):
        (warning,) = told(1000, users=10, currency="EUR")
    assert "3,600\xa0€" in warning.message
    assert "$" in warning.message
    assert "without converting" in warning.message
    (dollars,) = told(1000, users=10, currency="USD")
    assert "without converting" not in dollars.message


def test_only_three_years_of_a_longer_horizon_count() -> None:
    assert told(20_000 * 20 / 36, users=20, horizon=60) == ()
    (warning,) = told(40_000 * 20 / 36, users=20, horizon=60)
    assert "first three years" in warning.message


def test_a_shorter_horizon_can_show_too_much_but_not_too_little() -> None:
    assert [warning.code for warning in told(1000, users=20, horizon=24)] == ["cost_per_user_unchecked"]
    assert [warning.code for warning in told(40_000 * 20 / 24, users=20, horizon=24)] == ["cost_per_user_high"]


def test_what_follows_from_a_warning_depends_on_it() -> None:
    frame = costs(100.0, ("licences",))
    found = warnings(frame, cash_flows(frame, pd.DataFrame(), {}, 36), 1, "EUR")
    told = {warning.code: warning.consequence for warning in found}
    assert {told[f"missing_{category}"] for category in FORGOTTEN} == {"Until then the costs may be understated."}
    assert all(told[f"missing_{category}"].startswith("Check whether") for category in WORTH_A_LOOK)
    assert told["cost_per_user_low"].startswith("Compare the scope and the number of users")
