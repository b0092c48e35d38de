"""RFM scores, segments, migration and repetition: brute force, independent libraries, and hand-made cases."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, mannwhitneyu

from workbench import language
from workbench.customers.purchase_summary import purchase_summary
from workbench.customers.retention_shares import wilson
from workbench.customers.rfm import BreakPoints, break_points, rfm, rfm_cells, scored
from workbench.customers.rfm_migration import rfm_migration, rfm_moves
from workbench.customers.rfm_repetition import area, repetition_of, rfm_repeats, rfm_repetition
from workbench.customers.rfm_segments import ORDER, SEGMENTS, segment_key
from workbench.errors import DataError

START = date(2026, 1, 1)
orders = st.lists(
    st.tuples(st.integers(0, 8).map(str), st.integers(0, 60), st.integers(0, 900)), min_size=3, max_size=40
)


def frame_of(drawn):
    frame = pd.DataFrame(drawn, columns=["customer_id", "day", "cents"])
    moments = pd.Timestamp(START) + pd.to_timedelta(frame["day"], "D") + pd.Timedelta(hours=23)
    return pd.DataFrame({"customer_id": frame["customer_id"], "ordered_at": moments, "amount": frame["cents"] / 100})


def scores_by_hand(frame, as_of):
    """Scores with numpy's quantiles; a customer's score counts the break points that they lie above."""
    seen = frame.assign(day=frame["ordered_at"].dt.normalize())
    seen = seen[seen["day"] <= pd.Timestamp(as_of)]
    own = seen.groupby("customer_id").agg(last=("day", "max"), orders=("day", "nunique"), revenue=("amount", "sum"))
    own["days_since"] = (pd.Timestamp(as_of) - own["last"]).dt.days
    for axis, name in (("r", "days_since"), ("f", "orders"), ("m", "revenue")):
        breaks = np.quantile(own[name], [0.2, 0.4, 0.6, 0.8])
        above = sum((own[name] > each + 1e-9).astype(int) for each in breaks)
        own[axis] = 5 - above if axis == "r" else 1 + above
    return own


@given(orders)
@settings(max_examples=12, deadline=None)
def test_scores_are_those_of_brute_force(drawn):
    as_of = START + timedelta(days=60)
    # Amounts are whole here: a sum of cents differs in its last digit by the order of adding.
    frame = frame_of([(customer, day, 100 * cents) for customer, day, cents in drawn])
    expected = scores_by_hand(frame, as_of)
    summary = purchase_summary(ibis.memtable(frame), as_of)
    found = scored(summary, as_of, break_points(summary, as_of)).to_pandas().set_index("customer_id").sort_index()
    assert found[["r", "f", "m"]].astype(int).to_dict() == expected[["r", "f", "m"]].astype(int).to_dict()
    assert found["segment"].tolist() == [segment_key(r, f) for r, f in zip(expected["r"], expected["f"], strict=True)]


def test_every_pair_of_scores_is_in_one_segment():
    for r, f in product(range(1, 6), repeat=2):
        assert sum(bool(segment.holds(r, f)) for segment in SEGMENTS) == 1


def test_segments_hold_everybody_and_all_revenue():
    frame = frame_of([(str(n), n % 50, 100 + n) for n in range(60)] * 2)
    found = rfm(ibis.memtable(frame), START + timedelta(days=90))
    assert found.segments["customers"].sum() == found.customers == 60
    assert found.segments["revenue"].sum() == pytest.approx(frame["amount"].sum())
    assert found.segments[["share_of_customers", "share_of_revenue"]].sum().tolist() == pytest.approx([1, 1])
    assert found.segments["segment"].tolist() == list(ORDER)


def test_ties_are_told():
    lines = [(str(n), n, 100 * n) for n in range(1, 11)]
    found = rfm(ibis.memtable(frame_of(lines)), START + timedelta(days=60))
    assert dict(found.scores_used) == {"r": 5, "f": 1, "m": 5}
    with language.using("en"):
        assert "Many customers are equal in frequency: only 1 of its 5 scores are used." in found.conclusion


def test_no_revenue_at_all_is_said():
    found = rfm(ibis.memtable(frame_of([("a", 1, 0), ("b", 2, 0)])), START + timedelta(days=60))
    assert "brings no revenue" in found.conclusion
    assert found.segments["share_of_revenue"].isna().all()


def test_nobody_to_score():
    lines = ibis.memtable(frame_of([("a", 5, 100)]))
    breaks = BreakPoints((1.0,) * 4, (1.0,) * 4, (1.0,) * 4)
    for given_breaks in (None, breaks):
        with pytest.raises(DataError, match="Nobody bought"):
            rfm(lines, START, given_breaks)


def test_who_moved_between_two_days():
    # Ten customers order on the first ten days. Only the first orders again: from the lowest recency to the highest.
    lines = [(str(n), n, 1000) for n in range(10)]
    later = [("0", 40, 1000), ("new", 41, 1000)]
    frame = frame_of(lines + later)
    earlier_day, later_day = START + timedelta(days=10), START + timedelta(days=42)
    found = rfm_migration(ibis.memtable(frame), earlier_day, later_day)
    moves = found.moves.set_index(["before", "after"])["customers"].to_dict()
    assert moves["gone", "champions"] == 1
    assert moves["not_yet", "new"] == 1
    # At the break points of the earlier day all who did not order again have fallen to the lowest recency.
    assert moves["new", "gone"] == 2
    assert sum(moves.values()) == 11
    assert found.customers == 10
    assert found.moves.groupby("before")["share"].sum().tolist() == pytest.approx(
        [1.0] * found.moves["before"].nunique()
    )
    assert found.moves["revenue"].sum() == pytest.approx(20)
    assert found.to_frame().to_numpy().sum() == 11


def test_days_in_the_wrong_order():
    with pytest.raises(DataError, match="is not after"):
        rfm_migration(ibis.memtable(frame_of([("a", 1, 1)])), START, START)


def rows_of(cells):
    """A row a customer, with the sum of the scores, and whether they bought again."""
    total = np.repeat(cells[["r", "f", "m"]].sum(axis=1).to_numpy(), cells["customers"])
    again = np.concatenate([np.arange(n) < k for n, k in zip(cells["customers"], cells["repeated"], strict=True)])
    return total, again


def drawn_cells(seed, customers=30):
    rng = np.random.default_rng(seed)
    cells = pd.DataFrame(list(product(range(1, 6), repeat=3)), columns=["r", "f", "m"])
    cells["customers"] = rng.integers(1, customers, len(cells))
    chance = 0.05 + 0.04 * (cells["r"] + cells["f"])
    return cells.assign(repeated=rng.binomial(cells["customers"], chance))


def test_area_is_that_of_mann_whitney():
    cells = drawn_cells(1)
    total, again = rows_of(cells)
    expected = mannwhitneyu(total[again], total[~again]).statistic / (again.sum() * (~again).sum())
    measures = repetition_of(cells, START, START).measures.set_index("measure")
    assert measures.at["rfm", "auc"] == pytest.approx(expected, rel=1e-12)


def test_error_of_the_area_is_delongs_over_customers():
    total, again = rows_of(drawn_cells(2, 6))
    wins = (total[again][:, None] > total[~again]) + 0.5 * (total[again][:, None] == total[~again])
    variance = wins.mean(axis=1).var(ddof=1) / again.sum() + wins.mean(axis=0).var(ddof=1) / (~again).sum()
    levels = np.unique(total)
    counts = [np.array([(total[side] == level).sum() for level in levels], dtype=float) for side in (again, ~again)]
    auc, error = area(*counts)
    assert auc == pytest.approx(wins.mean(), rel=1e-12)
    assert error == pytest.approx(np.sqrt(variance), rel=1e-12)


def test_area_is_covered_by_its_interval():
    rng = np.random.default_rng(3)
    chance = np.array([0.1, 0.2, 0.3, 0.5])
    truth = area(1000 * chance, 1000 * (1 - chance))[0]
    covered = 0
    for _each in range(400):
        repeated = rng.binomial(200, chance).astype(float)
        auc, error = area(repeated, 200 - repeated)
        covered += abs(auc - truth) < 1.96 * error
    assert 0.92 < covered / 400 < 0.98


def test_shares_are_wilsons():
    for count, total in ((0, 5), (3, 10), (10, 10), (371, 1000)):
        interval = binomtest(count, total).proportion_ci(method="wilson")
        assert [float(end) for end in wilson(count, total)] == pytest.approx([interval.low, interval.high], abs=1e-12)
    assert np.isnan(wilson(0, 0)).all()


def test_ratio_of_ends_is_that_of_the_risk_ratio():
    # Altman (1991), Practical Statistics for Medical Research, gives the logarithmic interval.
    cells = pd.DataFrame({"r": [1, 5], "f": 1, "m": 1, "customers": [100, 50], "repeated": [10, 20]})
    row = repetition_of(cells, START, START).measures.set_index("measure").loc["r"]
    error = np.sqrt(1 / 20 - 1 / 50 + 1 / 10 - 1 / 100)
    assert row["ratio"] == pytest.approx(4.0)
    assert row["ratio_low"] == pytest.approx(4.0 * np.exp(-1.959964 * error), rel=1e-6)
    assert row["ratio_high"] == pytest.approx(4.0 * np.exp(1.959964 * error), rel=1e-6)


@pytest.mark.parametrize(
    ("repeated", "finding", "told"),
    [
        ([20, 80], "predicts", "the likelier"),
        ([80, 20], "reversed", "the less likely"),
        ([50, 52], "not_shown", "not shown"),
        ([0, 0], "not_shown", "nothing parts"),
        ([100, 100], "not_shown", "nothing parts"),
    ],
    ids=["predicts", "reversed", "not shown", "nobody", "everybody"],
)
def test_says_whether_it_predicts_here(repeated, finding, told):
    cells = pd.DataFrame({"r": [1, 5], "f": [1, 1], "m": [1, 1], "customers": [100, 100], "repeated": repeated})
    found = repetition_of(cells, START, START)
    measures = found.measures.set_index("measure")
    assert measures.at["r", "finding"] == finding
    # All have one frequency, so it can say nothing.
    assert measures.at["f", "finding"] == "not_shown"
    assert told in found.conclusion


def test_a_handful_of_customers_shows_nothing():
    cells = pd.DataFrame({"r": [1, 5], "f": 1, "m": 1, "customers": [3, 3], "repeated": [0, 3]})
    row = repetition_of(cells, START, START).measures.set_index("measure").loc["r"]
    assert (row["auc"], row["finding"]) == (1.0, "not_shown")
    assert (row["low"], row["high"]) == (0.0, 1.0)


def test_repeats_are_counted_after_the_day():
    as_of, until = START + timedelta(days=20), START + timedelta(days=40)
    lines = [("a", 1, 100), ("b", 2, 100), ("c", 20, 100), ("a", 21, 100), ("b", 40, 100), ("c", 41, 100), ("d", 30, 1)]
    found = rfm_repetition(ibis.memtable(frame_of(lines)), as_of, until)
    assert (found.customers, found.repeated) == (3, 2)
    assert found.scores.groupby("measure")["customers"].sum().to_dict() == {"r": 3, "f": 3, "m": 3, "rfm": 3}


def test_cdnow_frequency_predicts_repetition(cdnow_orders):
    # Fader, Hardie and Lee (2005), RFM and CLV: recency and frequency of CDNOW predict later purchases.
    renamed = {"customer": "customer_id", "day": "ordered_at"}
    lines = ibis.memtable(cdnow_orders.rename(columns=renamed).astype({"customer_id": str}))
    found = rfm_repetition(lines, date(1997, 9, 30), date(1998, 6, 30))
    measures = found.measures.set_index("measure")
    assert found.customers == 2357
    assert (measures["finding"] == "predicts").all()
    assert measures.at["rfm", "ratio"] > measures.at["m", "ratio"]


@pytest.mark.parametrize("dialect", ["pyspark", "postgres"])
def test_other_engines_can_say_it(dialect):
    assert ibis.pyspark
    lines = ibis.table({"customer_id": "string", "ordered_at": "timestamp", "amount": "float64"}, name="lines")
    breaks = BreakPoints((1.0, 2, 3, 4), (1.0, 2, 3, 4), (1.0, 2, 3, 4))
    later = START + timedelta(days=30)
    customers = scored(purchase_summary(lines, START), START, breaks)
    for asked in (
        rfm_cells(customers),
        rfm_moves(lines, START, later, breaks),
        rfm_repeats(lines, START, later, breaks),
    ):
        assert "GROUP BY" in ibis.to_sql(asked, dialect=dialect)
