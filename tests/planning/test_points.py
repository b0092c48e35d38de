"""A fixed budget of points."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import DataError, SettingsError
from workbench.planning.points import share_points

IDS = ["R1", "R2", "R3", "R4"]


def points(**by_rater: dict[str, float]) -> pd.DataFrame:
    rows = [(key, rater, given_points) for rater, given in by_rater.items() for key, given_points in given.items()]
    return pd.DataFrame(rows, columns=["requirement_id", "rater_id", "points"])


def test_two_raters_by_hand():
    found = share_points(points(A={"R1": 70, "R2": 30}, B={"R1": 10, "R2": 50, "R3": 40}), IDS)
    table = found.table.set_index("requirement_id")
    assert table.index.tolist() == ["R1", "R2", "R3", "R4"]
    assert table["total"].tolist() == [80, 80, 40, 0]
    assert table["share"].tolist() == [0.4, 0.4, 0.2, 0]
    assert table["place"].tolist() == [1, 1, 3, 4]
    assert table["tied"].tolist() == [True, True, False, False]
    assert table["spread"].tolist() == [30, 10, 20, 0]
    assert table["givers"].tolist() == [2, 2, 1, 0]
    assert found.conclusion == (
        "2 raters shared 100 points each: R1 and R2 are level with most, 40 on average (10 to 70). Without a point: R4."
    )


def test_one_leader_is_named_with_its_range():
    found = share_points(points(A={"R1": 100}, B={"R1": 40, "R2": 60}), ["R1", "R2"])
    assert found.conclusion == "2 raters shared 100 points each: R1 gets most, 70 on average (40 to 100)."
    assert found.to_frame().equals(found.table)


@given(st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(any), min_size=1, max_size=6))
@settings(max_examples=30)
def test_shares_sum_to_1_and_every_requirement_is_there(given_points):
    budget = 840.0
    spent = {
        f"RATER{place}": {key: budget * own / sum(row) for key, own in zip(IDS, row, strict=True)}
        for place, row in enumerate(given_points)
    }
    table = share_points(points(**spent), IDS, budget).table
    assert table["share"].sum() == pytest.approx(1)
    assert sorted(table["requirement_id"]) == IDS
    assert (table["lowest"] <= table["mean"] + 1e-9).all()


def test_who_spends_more_or_less_is_told_by_how_much():
    with pytest.raises(DataError) as caught:
        share_points(points(A={"R1": 80, "R2": 30}, B={"R1": 90}, C={"R1": 100}), IDS)
    told = [str(problem) for problem in caught.value.problems]
    assert told == [
        "A spent 110 points. Expected: exactly 100. Take away 10.",
        "B spent 90 points. Expected: exactly 100. Spend 10 more.",
    ]


def test_thirds_of_the_budget_are_its_whole():
    third = 100 / 3
    assert share_points(points(A={"R1": third, "R2": third, "R3": third}), IDS).n_raters == 1


def test_wrong_rows_are_refused():
    wrong = points(A={"R1": -1, "R9": 101, "R2": math.nan})
    again = pd.concat([wrong, wrong.iloc[:1]])
    with pytest.raises(DataError) as caught:
        share_points(again, IDS)
    assert len(caught.value.problems) == 5
    with pytest.raises(DataError, match="Nobody"):
        share_points(points(), IDS)
    with pytest.raises(SettingsError, match="budget"):
        share_points(points(A={"R1": 100}), IDS, 0)
