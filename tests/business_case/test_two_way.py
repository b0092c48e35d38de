"""The two-way table against figures worked out by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from workbench.business_case.sensitivity import tornado
from workbench.business_case.two_way import two_way
from workbench.business_case.valuation import Valuation, valuation
from workbench.errors import DataError, SettingsError
from workbench.language import using


def case_of(benefit: str, cost: str, **ranges: tuple[float, float, float]) -> Valuation:
    """One cost and one benefit paid once, so that the net present value is their difference."""
    once = {"first_period": [0], "profile": ["one_off"]}
    rows = [(name, f"The {name}", "EUR" if name == "a" else "", *figures) for name, figures in ranges.items()]
    return valuation(
        pd.DataFrame({"cost_id": ["C"], "category": ["other"], "formula": [cost], **once}),
        pd.DataFrame({"benefit_id": ["B"], "stream": ["cost_reduction"], "formula": [benefit], **once}),
        pd.DataFrame(rows, columns=["assumption_id", "name", "unit", "low", "base", "high"]),
        horizon_months=12,
        discount_rate=0,
    )


def test_the_table_is_the_one_worked_out_by_hand() -> None:
    found = two_way(case_of("a * b", "50", a=(2, 3, 4), b=(10, 20, 30)), "a", "b", steps=2)
    frame = found.to_frame()
    assert frame.index.tolist() == [2, 3, 4]
    assert frame.columns.tolist() == [10, 20, 30]
    assert frame.to_numpy().tolist() == [[-30, -10, 10], [-20, 10, 40], [-10, 30, 70]]
    assert (found.row_label, found.column_label) == ("The a (EUR)", "The b")


def test_base_is_in_the_table_wherever_it_lies_between_low_and_high() -> None:
    case = case_of("a + b", "1", a=(0, 1, 10), b=(5, 5, 7))
    found = two_way(case, "a", "b", steps=3)
    assert found.to_frame().index.tolist() == [0, 0.5, 1, 5.5, 10]
    assert found.to_frame().columns.tolist() == [5, 6, 7]
    (base,) = found.cells[found.cells["is_base"]].to_dict("records")
    assert (base["row_value"], base["column_value"], base["npv"]) == (1, 5, 5)
    assert base["npv"] == tornado(case).base_npv


def test_the_conclusion_tells_the_ends_and_the_losses() -> None:
    losing = two_way(case_of("a * b", "50", a=(2, 3, 4), b=(10, 20, 30)), "a", "b", steps=2)
    gaining = two_way(case_of("a * b", "5", a=(2, 3, 4), b=(10, 20, 30)), "a", "b", steps=2)
    with using("en", currency="EUR"):
        assert losing.conclusion == (
            "Over all pairs of “The a” and “The b” the net present value lies between -30\xa0€ and 70\xa0€. "
            "It is below zero at 4 of 9."
        )
        assert gaining.conclusion.endswith("It is never below zero.")


@pytest.mark.parametrize(
    ("row", "column", "steps"), [("a", "a", 3), ("a", "nobody", 3), ("a", "fixed", 3), ("a", "b", 1)]
)
def test_a_table_that_is_not_possible_is_refused(row: str, column: str, steps: int) -> None:
    case = case_of("a * b * fixed", "0", a=(2, 3, 4), b=(10, 20, 30), fixed=(1, 1, 1))
    with pytest.raises(SettingsError):
        two_way(case, row, column, steps)


def test_a_pair_without_a_value_is_told() -> None:
    """Each alone gives a value: only at a = 2 and b = 2 would it divide by zero."""
    case = case_of("1 / (4 - a * b)", "0", a=(1, 1, 2), b=(1, 1, 2))
    assert math.isfinite(tornado(case).base_npv)
    with using("en"), pytest.raises(DataError, match=r"Line B: .* divides by zero"):
        two_way(case, "a", "b")
