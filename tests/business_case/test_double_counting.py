"""Double counting: what is claimed twice is found, and what is not is left in peace."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from workbench.business_case.cash_flows import CashFlows, cash_flows
from workbench.business_case.double_counting import double_counting
from workbench.business_case.drivers import base_values
from workbench.business_case.moving_assumption import moving_assumptions
from workbench.language import using
from workbench.program.blank import sample
from workbench.program.store import Program

ASSUMPTIONS = pd.DataFrame(
    {
        "assumption_id": ["customers", "saved_share", "margin", "calls", "seconds"],
        "low": [90.0, 0.05, 18.0, 950.0, 10.0],
        "base": [100.0, 0.10, 20.0, 1000.0, 20.0],
        "high": [110.0, 0.15, 22.0, 1050.0, 30.0],
    }
)


def lines(*rows: dict[str, Any]) -> pd.DataFrame:
    plain = {"metric_id": "", "formula": "calls * seconds", "attribution": 1.0, "first_period": 1}
    return pd.DataFrame([{"benefit_id": f"B-{number}", **plain, **row} for number, row in enumerate(rows, 1)])


def found(*rows: dict[str, Any]) -> list[tuple[str, tuple[str, ...], int, int]]:
    overlaps = double_counting(lines(*rows), ASSUMPTIONS, 36).overlaps
    return [(each.code, each.line_ids, each.first, each.last) for each in overlaps]


CHURN = {"metric_id": "churn", "formula": "5"}


@pytest.mark.parametrize(
    ("shares", "is_found"), [((0.6, 0.4), False), ((0.7, 0.4), True), ((0.1, 0.2, 0.7), False), ((0.5, 0.3, 0.3), True)]
)
def test_attributions_of_a_metric_may_come_to_the_whole(shares: tuple[float, ...], is_found: bool) -> None:
    assert bool(found(*({**CHURN, "attribution": share} for share in shares))) is is_found


def test_the_months_that_overlap_are_told() -> None:
    first = {**CHURN, "last_period": 12}
    assert found(first, {**CHURN, "first_period": 13}) == []
    assert found(first, {**CHURN, "first_period": 10}) == [("same_metric", ("B-1", "B-2"), 10, 12)]
    assert found(CHURN, {**CHURN, "first_period": 10, "profile": "one_off"}) == [
        ("same_metric", ("B-1", "B-2"), 10, 10)
    ]
    assert found(CHURN, {**CHURN, "first_period": 37}) == []


def test_only_lines_that_take_part_are_named() -> None:
    """The third claims the metric after the other two, whose claims alone are too much."""
    early = {**CHURN, "last_period": 12}
    later = {**CHURN, "first_period": 13, "attribution": 1.0}
    assert found(early, early, later) == [("same_metric", ("B-1", "B-2"), 1, 12)]


def test_lines_without_a_metric_share_none() -> None:
    assert found({"formula": "5"}, {"formula": "7"}) == []


def test_the_same_change_in_two_lines_is_told() -> None:
    margin = {"formula": "customers * saved_share * margin"}
    again = {"formula": "customers * saved_share * 30"}
    assert found(margin, again) == [("same_assumption", ("B-1", "B-2"), 1, 36)]
    assert found({**margin, "last_period": 5}, {**again, "first_period": 6}) == []


def test_volumes_and_prices_may_be_shared() -> None:
    assert found({"formula": "customers * saved_share"}, {"formula": "customers * seconds"}) == []


def test_a_change_that_lowers_a_line_is_not_claimed_by_it() -> None:
    """Calls that are avoided save what is left of their time."""
    assert found({"formula": "calls * seconds"}, {"formula": "calls * saved_share * (400 - seconds)"}) == []


def test_a_person_can_name_the_moving_assumption() -> None:
    two = lines({"formula": "customers * saved_share"}, {"formula": "calls * seconds"})
    named = double_counting(two, ASSUMPTIONS, 36, moving={"B-2": "saved_share"})
    assert [overlap.subject for overlap in named.overlaps] == ["saved_share"]


def test_without_ranges_no_moving_assumption_is_claimed() -> None:
    bare = ASSUMPTIONS.drop(columns=["low", "high"])
    assert moving_assumptions({"B-1": "calls * seconds"}, bare) == {}
    assert moving_assumptions({"B-1": "calls / seconds"}, ASSUMPTIONS) == {"B-1": "calls"}


def test_a_warning_says_what_why_and_what_to_do() -> None:
    with using("en"):
        result = double_counting(lines(CHURN, CHURN), ASSUMPTIONS, 36)
    (overlap,) = result.overlaps
    for part in ("B-1 and B-2", "churn", "200%", "1 to 36"):
        assert part in overlap.message
    assert "Divide the attribution" in overlap.consequence
    assert result.to_frame()["lines"].tolist() == ["B-1, B-2"]


def flows_of(benefits: pd.DataFrame) -> CashFlows:
    return cash_flows(pd.DataFrame(), benefits, base_values(ASSUMPTIONS), 36)


def test_what_the_lines_bring_above_the_whole_is_told() -> None:
    """In months 10 to 12 lines of 5 and 7 claim 4/5 and 1/2: 4 + 3.5 come down to 1/(13/10) of themselves."""
    first = {"metric_id": "churn", "formula": "5", "attribution": 0.8, "last_period": 12}
    second = {"metric_id": "churn", "formula": "7", "attribution": 0.5, "first_period": 10}
    benefits = lines(first, second)
    with using("en", currency="EUR"):
        (overlap,) = double_counting(benefits, ASSUMPTIONS, 36, flows=flows_of(benefits)).overlaps
        exact = 3 * (Fraction(4) + Fraction(7, 2)) * (1 - 1 / Fraction(13, 10))
        assert overlap.amount == pytest.approx(float(exact), rel=1e-12)
        assert overlap.message.endswith("They bring 5.19\xa0€ more than if they shared the whole.")
        (bare,) = double_counting(benefits, ASSUMPTIONS, 36).overlaps
    assert bare.amount is None
    assert overlap.message.startswith(bare.message)


def test_of_the_same_change_the_smaller_line_is_told() -> None:
    """Months 6 to 36 of 100 × 0.1 × 20 cut by a tenth for risk, and of 100 × 0.1 × 30 ramped up over three months."""
    margin = {"formula": "customers * saved_share * margin", "risk_adjustment": 0.1}
    again = {"formula": "customers * saved_share * 30", "first_period": 6, "profile": "ramp 3"}
    benefits = lines(margin, again)
    with using("en", currency="EUR"):
        found = double_counting(benefits, ASSUMPTIONS, 36, flows=flows_of(benefits))
    (overlap,) = found.overlaps
    assert overlap.amount == pytest.approx(31 * 200 * 0.9)
    assert "The smaller of them brings 5,580\xa0€ there." in overlap.message
    assert found.to_frame()["amount"].tolist() == [overlap.amount]


def test_the_sample_program_counts_nothing_twice() -> None:
    """Each of its lines has its own metric, and its own change, named by whoever wrote it."""
    benefits, assumptions = Program.open(sample("en")).tables("benefits", "assumptions")
    result = double_counting(benefits, assumptions, 36)
    assert result.overlaps == ()
    assert result.moving == {
        "BEN-01": "seconds_saved",
        "BEN-02": "self_service_share",
        "BEN-03": "letters_replaced_share",
        "BEN-04": "idle_share_cut",
        "BEN-05": "contacts_avoided_share",
        "BEN-06": "churn_reduction",
        "BEN-07": "extra_conversion",
        "BEN-08": "extra_sales_per_call",
    }
    with using("en"):
        assert result.conclusion == "No two benefit lines claim the same gain."
