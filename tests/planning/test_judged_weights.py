"""Weights from several raters' judgements, beside those in use."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import DataError
from workbench.planning.judged_weights import (
    criterion_names,
    finding,
    judged_weights,
    raters_table,
    shares_in_use,
    weights_table,
)
from workbench.planning.weight_change import weight_change
from workbench.planning.weighting import direct_weights

CRITERIA = pd.DataFrame(
    {
        "criterion_id": ["V1", "V2", "V3", "U1", "C1", "C2"],
        "name": ["Value", "Reach", "Process", "Urgency", "Work", "Systems"],
        "axis": ["value"] * 3 + ["urgency"] + ["complexity"] * 2,
        "weight": [3.0, 2.0, 1.0, 5.0, 1.0, 3.0],
    }
)
RATERS = pd.DataFrame({"rater_id": ["A", "B", "C"], "name": ["Ana", "Bo", "Cleo"]})
COLUMNS = ["rater_id", "criterion_id", "other_criterion_id", "times"]


def judgements(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def consistent(rater: str, weights: dict[str, float]) -> list[tuple[str, str, str, float]]:
    return [(rater, one, other, weights[one] / weights[other]) for one, other in combinations(weights, 2)]


def test_an_axis_of_one_criterion_has_nothing_to_compare():
    found = judged_weights(CRITERIA, judgements(), RATERS)
    assert [one.axis for one in found] == ["value", "complexity"]
    assert all(one.combined is None and one.ratio is None and one.weights == {} for one in found)
    assert {one.conclusion for one in found} == {"Nobody has judged."}
    assert finding(found) == ""


def test_more_criteria_than_can_be_compared_are_told_and_break_nothing():
    many = pd.DataFrame(
        {"criterion_id": [f"V{one}" for one in range(16)], "name": [f"N{one}" for one in range(16)], "axis": "value"}
    ).assign(weight=1.0)
    [found] = judged_weights(many, judgements(("A", "V0", "V1", 2.0)), RATERS)
    assert found.combined is None
    assert found.conclusion.startswith("16 criteria are compared.")


@settings(max_examples=25)
@given(st.lists(st.lists(st.floats(1, 3), min_size=3, max_size=3), min_size=1, max_size=3))
def test_consistent_raters_give_the_geometric_mean_of_their_weights(drawn):
    ids = ["V1", "V2", "V3"]
    rows = [
        row
        for rater, weights in zip("ABC", drawn, strict=False)
        for row in consistent(rater, dict(zip(ids, weights, strict=True)))
    ]
    value = judged_weights(CRITERIA, judgements(*rows), RATERS)[0]
    means = np.exp(np.log(drawn).mean(axis=0))
    assert value.table["judged"].to_numpy() == pytest.approx(means / means.sum())
    each = np.array(drawn) / np.sum(drawn, axis=1, keepdims=True)
    assert value.table["lowest"].to_numpy() == pytest.approx(each.min(axis=0))
    assert value.table["highest"].to_numpy() == pytest.approx(each.max(axis=0))
    assert value.ratio == pytest.approx(0, abs=1e-6)


def test_a_pair_may_stand_either_way_round():
    straight = judged_weights(CRITERIA, judgements(("A", "C1", "C2", 3)), RATERS)[1]
    turned = judged_weights(CRITERIA, judgements(("A", "C2", "C1", 1 / 3)), RATERS)[1]
    for one in (straight, turned):
        assert one.weights == pytest.approx({"C1": 0.75, "C2": 0.25})
    with pytest.raises(DataError, match="each pair once"):
        judged_weights(CRITERIA, judgements(("A", "C1", "C2", 3), ("A", "C2", "C1", 3)), RATERS)


def test_the_rater_whose_judgements_contradict_one_another_is_named_with_the_worst():
    # A over B and B over C by 3, and C over A by 3: the worst kind of circle for three criteria.
    circle = [("B", "V1", "V2", 3.0), ("B", "V2", "V3", 3.0), ("B", "V3", "V1", 3.0)]
    rows = [*consistent("A", {"V1": 3, "V2": 2, "V3": 1}), *circle]
    value = judged_weights(CRITERIA, judgements(*rows), RATERS)[0]
    told = value.raters.set_index("rater")
    # The circle's principal eigenvalue is 1 + 3 + 1/3: index 2/3, over Saaty's 0.58.
    assert told.loc["Bo", "consistency_ratio"] == pytest.approx((4 + 1 / 3 - 3) / 2 / 0.58)
    assert told["worst"].ne("").tolist() == [False, True]
    assert "Bo should look again: " in value.conclusion
    assert "Ana" not in value.conclusion


def test_judgements_that_connect_too_little_give_no_weights_but_count_together():
    rows = [("A", "V1", "V2", 3.0), ("B", "V2", "V3", 2.0)]
    value = judged_weights(CRITERIA, judgements(*rows), RATERS)[0]
    assert value.raters["judged"].tolist() == [1, 1]
    assert value.raters["pairs"].tolist() == [3, 3]
    assert value.raters["consistency_ratio"].isna().all()
    assert value.table["judged"].to_numpy() == pytest.approx(np.array([6, 2, 1]) / 9)
    assert value.table["lowest"].isna().all()
    alone = judged_weights(CRITERIA, judgements(rows[0]), RATERS)[0]
    assert alone.combined is None
    assert "No chain of comparisons leads from Value to Process." in alone.conclusion


def test_the_finding_is_of_the_axis_that_lies_farthest():
    rows = [*consistent("A", {"V1": 3, "V2": 2, "V3": 1}), ("A", "C1", "C2", 1.0)]
    found = judged_weights(CRITERIA, judgements(*rows), RATERS)
    assert found[0].distance == "The weights in use are within 5 percentage points of what 1 rater judges."
    assert f"{finding(found)}." == found[1].distance
    assert "Work weighs 25% in use and 50% by the raters' judgements" in finding(found)
    assert weights_table(found)["axis"].tolist() == ["Value"] * 3 + ["Complexity"] * 2
    assert raters_table(found)["rater"].tolist() == ["Ana", "Ana"]


def test_criteria_of_one_name_are_told_apart():
    twins = CRITERIA.assign(name=["Value", "Value", "Process", "Urgency", "Work", "Systems"]).iloc[:3]
    assert criterion_names(twins) == {"V1": "V1 Value", "V2": "V2 Value", "V3": "Process"}
    value = judged_weights(twins, judgements(*consistent("A", {"V1": 1, "V2": 1, "V3": 2})), RATERS)[0]
    assert value.weights == pytest.approx({"V1": 0.25, "V2": 0.25, "V3": 0.5})


def test_shares_of_an_axis_without_weight_are_missing():
    shares = shares_in_use(CRITERIA.assign(weight=[0, 0, 0, 5, 1, 3]))
    assert shares.iloc[:3].isna().all()
    assert shares.iloc[3:].tolist() == [1, 0.25, 0.75]


def test_a_change_says_what_goes_from_where_to_where():
    own = CRITERIA.iloc[:3]
    change = weight_change(own, direct_weights({"Value": 2, "Reach": 2, "Process": 2}))
    assert change.weights == pytest.approx(dict.fromkeys(["V1", "V2", "V3"], 1 / 3))
    assert change.conclusion == "What changes: Value from 50% to 33.3%; Process from 16.7% to 33.3%."
    same = weight_change(own, direct_weights({"Value": 30, "Reach": 20, "Process": 10}))
    assert same.changes.empty
    assert same.conclusion == "These are the weights in use."
    nothing = weight_change(own.assign(weight=0.0), direct_weights({"Value": 1, "Reach": 0, "Process": 0}))
    assert "Value from nothing to 100%" in nothing.conclusion
