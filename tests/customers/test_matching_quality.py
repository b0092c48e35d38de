"""Precision and recall, against scikit-learn, by hand, and how often the intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.cluster import pair_confusion_matrix

from workbench.customers.matching import Matching, Thresholds
from workbench.customers.matching_decisions import Decisions, read_decisions
from workbench.customers.matching_quality import quality, share_of_pairs
from workbench.errors import DataError

COLUMNS = ["first_source", "first_id", "second_source", "second_id", "decision"]


def made(records, links):
    """A matching of records a0, a1, … with links between their numbers."""
    keys = pd.DataFrame({"source": "a", "source_id": [str(at) for at in range(records)]})
    pairs = pd.DataFrame(links, columns=["first", "second", "probability"]).astype({"first": int, "second": int})
    nothing = pd.DataFrame()
    return Matching(keys, pairs, Thresholds(), Decisions(), nothing, nothing, {}, len(pairs), 0.0, 1)


def true(labels):
    return pd.DataFrame({"source": "a", "source_id": [str(at) for at in range(len(labels))], "customer_id": labels})


def test_by_hand():
    found = quality(made(7, [(0, 1, 0.99), (1, 2, 0.96), (3, 4, 0.97), (5, 6, 0.5)]), true(list("xxyzzww")))
    rows = found.measures.set_index("measure")
    assert rows.loc["pair_precision", ["right", "of"]].tolist() == [2, 4]
    assert rows.loc["pair_recall", ["right", "of"]].tolist() == [2, 3]
    assert rows.loc["customer_precision", ["right", "of"]].tolist() == [1, 4]
    assert rows.loc["customer_recall", ["right", "of"]].tolist() == [1, 4]
    grades = found.grades.set_index("verdict")
    assert grades.loc["same", ["pairs", "right"]].tolist() == [3, 2]
    assert grades.loc["review", ["pairs", "right"]].tolist() == [1, 1]
    assert grades.loc["missed", "right"] == 0
    assert grades.loc["same", "expected"] == pytest.approx(0.99 + 0.96 + 0.97)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=14))
@settings(max_examples=60, deadline=None)
def test_pairs_are_those_of_scikit_learn(labels):
    told, whose = zip(*labels, strict=True)
    links = [(a, b, 0.99) for b in range(len(told)) for a in range(b) if told[a] == told[b]]
    rows = quality(made(len(told), links), true([str(label) for label in whose])).measures.set_index("measure")
    (_tn, false_links), (missed, right) = pair_confusion_matrix(whose, told) // 2
    assert rows.loc["pair_precision", ["right", "of"]].tolist() == [right, right + false_links]
    assert rows.loc["pair_recall", ["right", "of"]].tolist() == [right, right + missed]


def test_a_part_of_the_truth_is_enough_and_the_rest_is_counted():
    found = quality(made(4, [(0, 1, 0.99), (2, 3, 0.99)]), true(["x", "x"]))
    assert (found.records, found.unknown) == (2, 2)
    assert found.measures["share"].tolist() == [1.0] * 4
    assert "2 records without a known truth" in found.conclusion


@pytest.mark.parametrize("share", [0.9, 0.98])
def test_intervals_hold_the_truth_when_a_customers_pairs_stand_together(share):
    rng, held = np.random.default_rng(8), 0
    for _draw in range(600):
        pairs = rng.choice([1, 3, 6], 400, p=[0.6, 0.3, 0.1])
        found = share_of_pairs(pairs[rng.random(400) < share].sum(), pairs, 0.95)
        held += found["low"] <= share <= found["high"]
    assert 0.93 <= held / 600 <= 0.985


def test_no_pairs_are_no_share():
    found = quality(made(2, []), true(["x", "y"]))
    assert np.isnan(found.measures["share"].iloc[0])
    assert "none are" in found.conclusion


@pytest.mark.parametrize(
    ("truth", "told"),
    [
        (true(["x", "y"]).drop(columns="customer_id"), "no column customer_id"),
        (pd.concat([true(["x"]), true(["x"])]), "twice, for example a 0"),
        (true(["x"]).assign(source="elsewhere"), "none of the records"),
    ],
    ids=["column", "twice", "stranger"],
)
def test_a_truth_that_does_not_serve_is_refused(truth, told):
    with pytest.raises(DataError, match=told):
        quality(made(2, []), truth)


def test_decisions_that_cannot_be_read_are_told_at_once():
    numbers = {("a", "0"): 0, ("a", "1"): 1, ("a", "2"): 2}
    rows = [
        ["a", "0", "a", "1", "Same "],
        ["a", "1", "a", "2", "same"],
        ["a", "2", "a", "0", "different"],
        ["a", "0", "a", "9", "same"],
        ["a", "0", "a", "2", "perhaps"],
        ["a", "8", "a", "9", np.nan],
    ]
    with pytest.raises(DataError) as found:
        read_decisions(pd.DataFrame(rows, columns=COLUMNS), numbers)
    told = [str(problem) for problem in found.value.problems]
    assert len(told) == 3
    assert "no record 9" in told[0]
    assert told[0].startswith("row 5")
    assert "“perhaps”" in told[1]
    assert "a 0 and a 2" in told[2]


def test_decisions_without_their_columns_are_refused():
    with pytest.raises(DataError, match="decision"):
        made(2, []).decided(pd.DataFrame({"first_id": ["0"]}))


def test_a_decision_joins_what_was_never_compared():
    row = pd.DataFrame([["a", "0", "a", "1", "same"]], columns=COLUMNS)
    assert made(2, []).decided(row).customers["customer_id"].tolist() == ["a:0", "a:0"]


def test_a_refused_link_is_counted():
    matching = made(3, [(0, 1, 0.99), (1, 2, 0.98)])
    row = pd.DataFrame([["a", "2", "a", "0", "different"]], columns=COLUMNS)
    cut = matching.decided(row)
    assert cut.refused == 1
    assert cut.customers["customer_id"].tolist() == ["a:0", "a:0", "a:2"]
