"""Vendors: must-haves, value by hand, what is told of leads, ties and costs, and how firm the first place is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench.errors import DataError
from workbench.language import using
from workbench.planning import vendor_words
from workbench.planning.vendor_stability import score_ranges, smallest_weight_change
from workbench.planning.vendors import VendorChoice, choose_vendor

Values = Mapping[str, tuple[float | None, ...]]
CRITERION = {
    "weight": 1.0,
    "direction": "higher_is_better",
    "must_have": False,
    "threshold": math.nan,
    "scale_min": 0.0,
    "scale_max": 10.0,
    "unit": "",
}


def criteria(*rows: dict[str, Any]) -> pd.DataFrame:
    """Criteria C1, C2 … named Criterion 1, Criterion 2 …, on a scale of 0 to 10 unless something else is said."""
    named = [
        {"criterion_id": f"C{place}", "name": f"Criterion {place}", **CRITERION, **row}
        for place, row in enumerate(rows, start=1)
    ]
    columns = ["criterion_id", "name", *CRITERION]
    return pd.DataFrame(named, columns=columns).astype({"weight": float, "threshold": float, "must_have": bool})


def chosen(values: Values, by: pd.DataFrame, costs: Mapping[str, float] | None = None, **more: Any) -> VendorChoice:
    """The choice among vendors by id, with a value for each criterion; None where there is none."""
    kinds = more.pop("kinds", {})
    rows = [(key, f"Vendor {key}", kinds.get(key, "product")) for key in values]
    scores = [
        (key, criterion, value, "offer")
        for key, row in values.items()
        for criterion, value in zip(by["criterion_id"], row, strict=True)
        if value is not None
    ]
    owned = None
    if costs is not None:
        owned = pd.DataFrame({"vendor_id": list(costs), "cost_of_ownership": list(costs.values()), "npv": 0.0})
    return choose_vendor(
        pd.DataFrame(rows, columns=["vendor_id", "name", "kind"]),
        by,
        pd.DataFrame(scores, columns=["vendor_id", "criterion_id", "value", "source"]).astype({"value": float}),
        owned,
        "3 years",
        **more,
    )


def scores_of(choice: VendorChoice) -> dict[str, float]:
    return dict(zip(choice.table["vendor_id"], choice.table["score"], strict=True))


TWO = criteria({"weight": 3.0}, {"weight": 1.0})


def test_value_by_hand() -> None:
    """Weights 3, 1, 1 of 5. A: 8/10, (20-5)/20, (4-1)/4; B: 5/10, (20-10)/20, 0."""
    by = criteria(
        {"weight": 3.0},
        {"direction": "lower_is_better", "scale_max": 20.0},
        {"scale_min": 1.0, "scale_max": 5.0},
    )
    choice = chosen({"B": (5, 10, 1), "A": (8, 5, 4)}, by)
    assert choice.table["vendor_id"].tolist() == ["A", "B"]
    assert scores_of(choice) == pytest.approx({"A": 100 * (0.6 * 0.8 + 0.2 * 0.75 + 0.2 * 0.75), "B": 30 + 10})
    points = choice.matrix.cells.groupby("vendor_id")["points"].sum()
    assert points.to_dict() == pytest.approx(scores_of(choice))


@pytest.mark.parametrize(
    ("direction", "value", "is_out"),
    [
        ("higher_is_better", 6, False),
        ("higher_is_better", 5.999, True),
        ("lower_is_better", 6, False),
        ("lower_is_better", 6.001, True),
    ],
)
def test_a_must_have_is_met_at_its_threshold(direction: str, value: float, is_out: bool) -> None:
    by = criteria({"direction": direction, "must_have": True, "threshold": 6.0}, {})
    choice = chosen({"A": (value, 10), "B": (6, 1)}, by)
    assert (choice.failed == ("A",)) is is_out
    assert set(choice.table["vendor_id"]) == ({"B"} if is_out else {"A", "B"})


@pytest.mark.parametrize(
    ("direction", "value", "is_out"),
    [
        ("higher_is_better", 500_000.0, False),
        ("higher_is_better", 499_999.0, True),
        ("lower_is_better", 500_001.0, True),
        ("lower_is_better", 500_000.0 * (1 + 1e-15), False),
    ],
)
def test_a_long_scale_makes_no_must_have_softer(direction: str, value: float, is_out: bool) -> None:
    by = criteria({"direction": direction, "must_have": True, "threshold": 500_000.0, "scale_max": 2_000_000.0})
    assert ("V1" in chosen({"V1": (value,)}, by).out) == is_out


def test_level_vendors_are_told_in_their_order_and_so_is_topsis() -> None:
    level = chosen({"V3": (5.0,), "V1": (5.0,), "V2": (5.0,)}, criteria({}))
    assert level.level_with_first == ("V1", "V2", "V3")
    assert vendor_words.check_told(level) == (
        "Another method, TOPSIS, puts Vendor V1, Vendor V2, and Vendor V3 level in first place."
    )


def test_nearly_all_weightings_are_not_all() -> None:
    """V1 is first where its weight, beta distributed with 5 and 15, is above .05 of the other's."""
    near = chosen({"V1": (10.0, 0.0), "V2": (0.0, 0.5)}, criteria({}, {"weight": 3.0}))
    share = stats.beta.sf(0.05 / 1.05, 5, 15)
    assert 0.995 < share < 0.999
    assert near.table["first_share"].iloc[0] == pytest.approx(share, abs=0.002)
    assert vendor_words.first_told(near) == "Vendor V1 is first in over 99% of the weightings around the given ones"


def test_who_is_out_is_told_with_value_and_threshold() -> None:
    by = criteria(
        {"must_have": True, "threshold": 6.5, "unit": "points"},
        {"must_have": True, "threshold": 3.0, "direction": "lower_is_better", "unit": "months"},
    )
    choice = chosen({"A": (6.25, 4), "B": (7, 3), "C": (None, 3)}, by)
    assert choice.out == {
        "A": "“Criterion 1” is 6.25\xa0points; it must be at least 6.5\xa0points. "
        "“Criterion 2” is 4\xa0months; it must be at most 3\xa0months.",
        "C": "“Criterion 1” is a must, and its value is not known.",
    }
    assert choice.failed == ("A", "C")


def test_a_must_have_without_weight_lets_in_and_adds_nothing() -> None:
    by = criteria({"must_have": True, "threshold": 5.0, "weight": 0.0}, {})
    choice = chosen({"A": (5, 7), "B": (10, 6), "C": (4, 10)}, by)
    assert scores_of(choice) == pytest.approx({"A": 70, "B": 60})


def test_a_vendor_without_all_values_is_not_compared() -> None:
    choice = chosen({"A": (9, None), "B": (1, 1)}, TWO)
    assert choice.out == {"A": "Not compared: it has no value for “Criterion 2”."}
    assert choice.failed == ()
    assert choice.conclusion.startswith("Vendor B is the only vendor that can be chosen, with 10.0 of 100 points")
    nobody = chosen({"A": (9, None)}, TWO)
    assert nobody.conclusion == "No vendor can be compared yet: Not compared: it has no value for “Criterion 2”."


def test_a_clear_choice_is_told_with_its_reasons() -> None:
    choice = chosen({"A": (9, 8), "B": (4, 7), "C": (3, 7)}, TWO, {"A": 1_200_000, "B": 1_000_000, "C": 1_100_000})
    assert choice.recommended == "A"
    assert choice.conclusion == (
        "Choose Vendor A: it scores 87.5 of 100, 40.0 ahead of Vendor B; it leads on “Criterion 1” and “Criterion 2”; "
        "it costs 1.2\xa0M\xa0€ over 3 years, 200,000\xa0€ more than the cheapest; it stays first in 100% of the "
        "weightings around the given ones."
    )
    assert vendor_words.change_told(choice) == "No change of one weight alone puts another vendor first."
    assert choice.table["dominated_by"].tolist() == ["", "", "B"]
    assert vendor_words.cost_told(choice) == (
        "Vendor A offers 40.0 points more than Vendor B, the cheapest, for 200,000\xa0€ more over 3 years. "
        "Vendor C offers no more than Vendor B and costs no less."
    )


def test_without_costs_nothing_is_said_of_them() -> None:
    choice = chosen({"A": (9, 8), "B": (4, 7)}, TWO)
    assert not choice.has_costs
    assert choice.table["cost_of_ownership"].isna().all()
    assert "cost" not in choice.conclusion
    assert vendor_words.cost_told(choice) == ""


def test_the_best_can_be_the_cheapest() -> None:
    choice = chosen({"A": (9, 8), "B": (4, 7)}, TWO, {"A": 5.0, "B": 6.0})
    assert "5\xa0€ over 3 years, the least of all" in choice.conclusion
    assert vendor_words.cost_finding(choice) == "Vendor A has the highest value and the lowest cost of ownership"


def test_a_lead_within_the_weights_is_told_as_level() -> None:
    """A(1, 0) and B(0, 1) at weights .52 and .48: A is first where w > 1/2, w from Beta(10.4, 9.6)."""
    choice = chosen({"A": (10, 0), "B": (0, 10)}, criteria({"weight": 52.0}, {"weight": 48.0}), {"A": 9.0, "B": 7.0})
    share = stats.beta.sf(0.5, 10.4, 9.6)
    assert choice.table["first_share"].tolist() == pytest.approx([share, 1 - share], abs=0.02)
    assert choice.table["first_share_any"].tolist() == pytest.approx([0.5, 0.5], abs=0.02)
    assert (choice.lead_is_clear, choice.recommended, choice.level_with_first) == (False, None, ("A", "B"))
    assert "treat Vendor A and Vendor B as level" in choice.conclusion
    assert choice.conclusion.endswith("Of these, Vendor B costs least: 7\xa0€ over 3 years.")


def test_equal_vendors_are_level_and_in_the_order_of_cost() -> None:
    choice = chosen({"A": (5, 5), "B": (5, 5), "C": (1, 1)}, TWO, {"A": 9.0, "B": 7.0, "C": 1.0})
    assert choice.table["vendor_id"].tolist() == ["B", "A", "C"]
    assert choice.table["tied"].tolist() == [True, True, False]
    assert choice.tied_first == ("B", "A")
    assert choice.recommended is None
    assert choice.smallest_change is None
    assert choice.conclusion == (
        "Vendor B and Vendor A are level in first place with 50.0 of 100 points. "
        "Of these, Vendor B costs least: 7\xa0€ over 3 years."
    )
    assert vendor_words.change_told(choice).startswith("The first place is shared")


def test_a_tie_of_different_vendors_is_never_a_clear_lead() -> None:
    choice = chosen({"A": (10, 5), "B": (5, 10), "C": (0, 0)}, criteria({}, {}))
    assert set(choice.tied_first) == set(choice.level_with_first) == {"A", "B"}
    assert not choice.lead_is_clear


def test_nobody_left_is_said_with_the_nearest_miss() -> None:
    by = criteria({"must_have": True, "threshold": 6.0}, {"must_have": True, "threshold": 6.0})
    choice = chosen({"A": (1, 9), "B": (4, 9), "C": (5.9, 5.9)}, by)
    assert choice.nearest_miss == "B"
    assert choice.conclusion == (
        "No vendor meets every must-have. The nearest miss is Vendor B: “Criterion 1” is 4; it must be at least 6."
    )
    assert (choice.recommended, choice.level_with_first, choice.to_frame().empty) == (None, (), True)


def test_nothing_to_compare_is_told() -> None:
    assert chosen({}, TWO).conclusion == "There are no vendors to compare yet."
    told = chosen({"A": ()}, criteria()).conclusion
    assert told == "No vendor can be compared yet: There are no criteria to compare it by."
    alone = chosen({"A": (5, 5)}, TWO)
    assert alone.conclusion == "Vendor A is the only vendor under evaluation, with 50.0 of 100 points."
    assert alone.recommended == "A"
    assert alone.table["topsis"].isna().all()
    assert vendor_words.stability_told(alone) == vendor_words.check_told(alone) == ""


def test_another_method_that_disagrees_is_told() -> None:
    """Value: A 2.0 of 3 before B 1.98. TOPSIS by hand on (.7 .6 .7), (1 .98 0): columns ÷ length, equal weights."""
    figures = np.array([[0.7, 0.6, 0.7], [1.0, 0.98, 0.0]])
    scaled = figures / np.sqrt((figures**2).sum(axis=0)) / 3
    far = np.sqrt(((scaled - scaled.min(axis=0)) ** 2).sum(axis=1))
    near = np.sqrt(((scaled - scaled.max(axis=0)) ** 2).sum(axis=1))
    choice = chosen({"A": (7, 6, 7), "B": (10, 9.8, 0)}, criteria({}, {}, {}))
    assert choice.table.set_index("vendor_id")["topsis"].loc[["A", "B"]].tolist() == pytest.approx(far / (far + near))
    leader = "A" if (far / (far + near)).argmax() == 0 else "B"
    assert choice.methods_agree is (leader == choice.table["vendor_id"].iloc[0])
    assert f"TOPSIS, puts Vendor {leader} first" in vendor_words.check_told(choice)


def test_kinds_side_by_side() -> None:
    by = criteria({"must_have": True, "threshold": 2.0}, {})
    kinds = {"A": "product", "B": "hosted", "C": "product", "D": "integrator"}
    choice = chosen({"A": (5, 5), "B": (4, 4), "C": (6, 6), "D": (1, 9)}, by, kinds=kinds)
    table = choice.by_kind().set_index("kind")
    assert table.loc["product", ["compared", "out", "vendor_id", "score"]].tolist() == [2, 0, "C", 60.0]
    assert table.loc["hosted", ["compared", "out", "vendor_id"]].tolist() == [1, 0, "B"]
    assert table.loc["integrator", ["compared", "out", "vendor_id"]].tolist() == [0, 1, ""]
    assert math.isnan(table.loc["integrator", "score"])


def test_the_decision_matrix_has_the_best_first_and_those_out_last() -> None:
    by = criteria({"must_have": True, "threshold": 2.0}, {})
    cells = chosen({"A": (1, 9), "B": (4, 4), "C": (6, 6)}, by).decision_matrix()
    assert cells["vendor_id"].tolist() == ["C", "C", "B", "B", "A", "A"]
    assert cells["name"].iloc[0] == "Vendor C"
    assert cells["misses"].tolist() == [False, False, False, False, True, False]


@pytest.mark.parametrize(
    ("table", "column", "value", "told"),
    [
        ("criteria", "weight", -1.0, "weight = -1.0"),
        ("criteria", "weight", math.nan, "weight = nan"),
        ("criteria", "direction", "more", "direction = more"),
        ("criteria", "scale_max", 0.0, "scale_max = 0.0"),
        ("criteria", "threshold", 11.0, "threshold = 11.0"),
        ("criteria", "threshold", math.nan, "threshold = nan"),
        ("criteria", "criterion_id", "C9", "C1 is not in the table vendor_criteria"),
        ("scores", "value", 11.0, "V has the value 11.0 on C1"),
        ("scores", "value", math.nan, "V has the value nan on C1"),
        ("scores", "vendor_id", "W", "W is not in the table vendors"),
    ],
    ids=str,
)
def test_bad_input_is_refused_with_what_was_found(table: str, column: str, value: object, told: str) -> None:
    tables = {
        "vendors": pd.DataFrame({"vendor_id": ["V"], "name": ["Vee"], "kind": ["product"]}),
        "criteria": criteria({"must_have": True, "threshold": 5.0}),
        "scores": pd.DataFrame({"vendor_id": ["V"], "criterion_id": ["C1"], "value": [5.0], "source": [""]}),
    }
    tables[table] = tables[table].assign(**{column: value})
    with pytest.raises(DataError, match=told):
        choose_vendor(tables["vendors"], tables["criteria"], tables["scores"])


def test_all_that_is_wrong_is_told_at_once() -> None:
    vendors = pd.DataFrame({"vendor_id": ["V", "V"], "name": "Vee", "kind": "product"})
    scores = pd.DataFrame(
        {"vendor_id": ["W", "V", "V"], "criterion_id": ["C1", "C1", "C1"], "value": 5.0, "source": ""}
    )
    with pytest.raises(DataError) as caught:
        choose_vendor(vendors, criteria({"weight": -2.0}), scores)
    assert len(caught.value.problems) == 4
    with pytest.raises(DataError, match="All criteria weigh nothing"):
        choose_vendor(vendors.head(1), criteria({"weight": 0.0}), scores.tail(1))


@pytest.mark.parametrize("costs", [{"A": 1.0}, {"A": 1.0, "B": math.nan}], ids=["a vendor short", "no figure"])
def test_costs_are_of_every_vendor_that_is_compared(costs: dict[str, float]) -> None:
    with pytest.raises(DataError, match="missing or doubled: B"):
        chosen({"A": (1, 1), "B": (2, 2)}, TWO, costs)


def test_costs_of_a_vendor_that_is_out_may_be_missing() -> None:
    by = criteria({"must_have": True, "threshold": 2.0}, {})
    assert chosen({"A": (5, 5), "B": (1, 9)}, by, {"A": 3.0}).has_costs


def test_names_are_text_in_every_place() -> None:
    vendors = pd.DataFrame({"vendor_id": ["V"], "name": ["<script>alert(1)</script>"], "kind": ["product"]})
    scores = pd.DataFrame({"vendor_id": ["V"], "criterion_id": ["C1"], "value": [5.0], "source": [""]})
    assert "<script>" not in choose_vendor(vendors, criteria({}), scores)._repr_html_()


def test_figures_are_written_in_the_language_in_use() -> None:
    by = criteria({"must_have": True, "threshold": 2.5})
    with using("es"):
        assert "2,4" in chosen({"A": (2.4,)}, by).out["A"]


def test_the_smallest_change_by_hand() -> None:
    """A(1, 0), B(0, 1), weights 3 and 1: level where both weigh the same. A falls from 75% to 50%, a quarter."""
    goodness = pd.DataFrame({"C1": [1.0, 0.0], "C2": [0.0, 1.0]}, index=["A", "B"])
    change = smallest_weight_change(goodness, pd.Series({"C1": 3.0, "C2": 1.0}))
    assert change is not None
    assert (change.criterion_id, change.new_first) == ("C1", "B")
    assert (change.share, change.changed_share, change.change) == pytest.approx((0.75, 0.5, -0.25))
    assert (change.weight, change.changed_weight) == pytest.approx((3, 1))


grid = st.integers(0, 4).map(lambda level: level / 4)


@st.composite
def decisions(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.Series]:
    names = [f"C{place}" for place in range(draw(st.integers(2, 4)))]
    rows = draw(st.lists(st.tuples(*[grid] * len(names)), min_size=2, max_size=4))
    weights = draw(st.tuples(*[st.integers(1, 5)] * len(names)))
    return pd.DataFrame(rows, columns=names, index=[f"V{place}" for place in range(len(rows))]), pd.Series(
        weights, index=names, dtype=float
    )


def first_at(goodness: pd.DataFrame, weights: pd.Series, criterion: str, shares: list[float]) -> np.ndarray:
    """Who is first (a row per share, a column per alternative) when this criterion has the share of all weight."""
    place = goodness.columns.get_loc(criterion)
    others = np.delete(weights.to_numpy(), place)
    moved = np.insert(np.outer(1 - np.array(shares), others / others.sum()), place, shares, axis=1)
    scores = moved @ goodness.to_numpy().T
    return scores > scores.max(axis=1, keepdims=True) - 1e-9


@given(decisions())
@settings(max_examples=60)
def test_the_smallest_change_is_what_trying_every_share_finds(problem: tuple[pd.DataFrame, pd.Series]) -> None:
    goodness, weights = problem
    shares = weights / weights.sum()
    change = smallest_weight_change(goodness, weights)
    start = first_at(goodness, weights, "C0", [shares["C0"]])[0]
    if start.sum() > 1:
        assert change is None
        return
    every = np.linspace(0, 1, 401)
    tried = [
        distance
        for criterion in goodness.columns
        for distance, first in zip(
            abs(every - shares[criterion]), first_at(goodness, weights, str(criterion), list(every)), strict=True
        )
        if not first[start].any()
    ]
    if change is None:
        assert not tried
        return
    assert min(tried, default=1.0) >= abs(change.change) - 1e-9
    assert min(tried, default=abs(change.change)) <= abs(change.change) + 2 / 400
    level = first_at(goodness, weights, change.criterion_id, [change.changed_share])[0]
    assert level[start].all()
    assert level[goodness.index.get_loc(change.new_first)]
    rest = weights.drop(change.criterion_id).sum()
    assert change.changed_weight / (change.changed_weight + rest) == pytest.approx(change.changed_share)


def test_the_range_of_a_score_is_that_of_the_beta_distribution() -> None:
    """Two criteria, A good at the first alone: its score is that weight, from Beta(20 × .75, 20 × .25)."""
    goodness = pd.DataFrame({"C1": [1.0, 0.5], "C2": [0.0, 0.5]}, index=["A", "B"])
    ranges = score_ranges(goodness, pd.Series({"C1": 3.0, "C2": 1.0}), seed=3)
    expected = stats.beta.ppf([0.05, 0.95], 15, 5)
    assert ranges.loc["A"].tolist() == pytest.approx(expected, abs=0.01)
    assert ranges.loc["B"].tolist() == pytest.approx([0.5, 0.5])


values = st.dictionaries(st.sampled_from("ABCDE"), st.tuples(*[st.integers(0, 10)] * 3), min_size=2)
THREE = criteria(
    {"weight": 3.0, "must_have": True, "threshold": 2.0}, {"direction": "lower_is_better"}, {"weight": 2.0}
)


@given(values)
@settings(max_examples=25)
def test_each_vendor_is_ranked_or_out_and_none_changes_another(given_values: dict[str, tuple[int, ...]]) -> None:
    choice = chosen(given_values, THREE)
    assert sorted([*choice.table["vendor_id"], *choice.out]) == sorted(given_values)
    assert choice.table["rank"].tolist() == list(range(1, len(choice.table) + 1))
    assert choice.conclusion
    if len(choice.table):
        assert choice.table["first_share"].sum() == pytest.approx(1)
        assert choice.table["score"].between(choice.table["score_low"] - 1e-9, choice.table["score_high"] + 1e-9).all()
    without = {key: row for key, row in given_values.items() if key != "A"}
    if without:
        fewer = scores_of(chosen(without, THREE))
        assert fewer == pytest.approx({key: score for key, score in scores_of(choice).items() if key != "A"})
