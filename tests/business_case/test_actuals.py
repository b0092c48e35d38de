"""Actual amounts: laid out up to the gate, and checked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.business_case.actuals import actuals_until
from workbench.errors import DataError


def actuals(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["line_id", "period", "amount", "note"][: len(rows[0])])


def test_months_up_to_the_gate_count_and_later_ones_wait() -> None:
    found = actuals_until(
        actuals(("B1", 2, 5.0, "Late"), ("C1", 0, 0.0, ""), ("B1", 1, -1.0, "Late"), ("C1", 3, 9.0, "Waits")),
        ["C1", "B1"],
        2,
        4,
    )
    nan = np.nan
    np.testing.assert_array_equal(found.amounts, [[0, nan, nan, nan, nan], [nan, -1, 5, nan, nan]])
    assert (found.notes, found.later) == ({"B1": "Late"}, 1)


def test_a_table_as_a_program_gives_it() -> None:
    table = actuals(("C1", 1, 3.0, "")).astype({"period": "Int64"})
    assert actuals_until(table, ["C1"], 1, 1).amounts.tolist()[0][1] == 3
    assert np.isnan(actuals_until(table.head(0), ["C1"], 1, 1).amounts).all()


def test_actual_amounts_are_checked_all_at_once() -> None:
    wrong = actuals(("C9", 1, 1.0), ("C1", -1, 1.0), ("C1", 2, 1.0), ("C1", 2, 2.0), ("C1", 3, np.nan))
    with pytest.raises(DataError) as raised:
        actuals_until(wrong, ["C1", "B1"], 6, 6)
    assert len(raised.value.problems) == 4
    assert "“C9”, which is neither a cost nor a benefit" in str(raised.value)


def test_months_beyond_the_horizon_wait_as_all_later_ones_do() -> None:
    found = actuals_until(actuals(("C1", 2, 5.0, ""), ("C1", 6, 1.0, ""), ("C1", 40, 9.0, "Extended")), ["C1"], 6, 6)
    assert (found.amounts.shape, found.later, found.notes) == ((1, 7), 1, {})
    assert (found.amounts[0, 2], found.amounts[0, 6]) == (5, 1)


def test_a_row_without_a_month_is_told() -> None:
    with pytest.raises(DataError, match=r"of line C1 is of month .*a month from 0 on"):
        actuals_until(actuals(("C1", None, 1.0)), ["C1"], 6, 6)
