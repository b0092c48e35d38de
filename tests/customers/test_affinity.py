"""Products bought together: brute force, closed forms, planted bundles, and chance where there is nothing."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from workbench.customers.affinity import affinity
from workbench.customers.affinity_counts import (
    Counted,
    Guard,
    customers_of,
    frequent,
    in_units,
    join_size,
    lines_apart,
    owned,
    pair_sums,
    product_sums,
    purchases,
    within,
)
from workbench.customers.affinity_measures import false_discovery, measured
from workbench.errors import DataError, SettingsError

SAMPLE = Path(__file__).parents[2] / "sample_data" / "customers"
START, END = date(2026, 1, 1), date(2026, 12, 31)
LINES = {"customer_id": "string", "ordered_at": "timestamp", "product_id": "string", "amount": "float64"}

orders = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 3), st.integers(0, 1), st.sampled_from("vwxyz")),
    min_size=1,
    max_size=30,
)


def lines_of(drawn):
    frame = pd.DataFrame(drawn, columns=["customer_id", "day", "hour", "product_id"])
    moments = [
        datetime(2026, 1, 1) + timedelta(days=day, hours=hour)
        for day, hour in zip(frame["day"], frame["hour"], strict=True)
    ]
    return frame.assign(ordered_at=moments, amount=1.0)[list(LINES)]


def baskets_of(frame, unit):
    """Each unit's customer and products, by plain Python."""
    baskets = {}
    for row in frame.itertuples():
        moment = {"customer": 0, "day": row.ordered_at.date(), "order": row.ordered_at}[unit]
        baskets.setdefault((row.customer_id, moment), set()).add(row.product_id)
    return [(customer, products) for (customer, _moment), products in baskets.items()]


def clustered_log_variance(baskets, first, second):
    """The delta method written out: each customer's share in the logarithm of the lift, squared and summed."""
    total = len(baskets)
    a, b, t = (sum(need <= products for _c, products in baskets) for need in ({first}, {second}, {first, second}))
    shares = Counter()
    for customer, products in baskets:
        both = first in products and second in products
        shares[customer] += both / t - (first in products) / a - (second in products) / b + 1 / total
    return sum(share**2 for share in shares.values())


@given(orders, st.sampled_from(["customer", "day", "order"]))
@settings(max_examples=8, deadline=None)
def test_pairs_are_those_of_plain_counting(drawn, unit):
    frame = lines_of(drawn)
    found = affinity(ibis.memtable(frame), END, unit=unit, guard=Guard(least=1)).pairs
    baskets = baskets_of(frame, unit)
    counts = Counter(pair for _customer, products in baskets for pair in combinations(sorted(products), 2))
    assert {(row.first, row.second): row.together for row in found.itertuples()} == dict(counts)
    single = Counter(product for _customer, products in baskets for product in products)
    for row in found.itertuples():
        assert row.support == pytest.approx(row.together / len(baskets))
        assert row.confidence == pytest.approx(row.together / single[row.first])
        assert row.confidence_back == pytest.approx(row.together / single[row.second])
        assert row.lift == pytest.approx(row.together * len(baskets) / (single[row.first] * single[row.second]))
        half = 1.959963984540054 * np.sqrt(clustered_log_variance(baskets, row.first, row.second))
        assert np.log(row.lift_high / row.lift) == pytest.approx(half, abs=1e-5)
        for name in ("support", "confidence", "confidence_back", "lift"):
            value, low, high = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
            assert low - 1e-9 <= value <= high + 1e-9


def binary(table, n):
    """What customers who are units give: t, with the first, with the second, of n."""
    t, a, b = (np.asarray(table[key], dtype=float) for key in ("t", "a", "b"))
    ids = [f"p{at}" for at in range(2 * len(t))]
    pairs = pd.DataFrame({"first": ids[0::2], "second": ids[1::2], "t": t, "t_t": t, "t_a": t, "t_b": t, "t_w": t})
    owners = np.column_stack([a, b]).ravel()
    products = pd.DataFrame({"product_id": ids, "n": owners, "n_n": owners, "n_w": owners})
    return Counted(pairs.assign(a_b=t), products, n, n, n, 0, len(t), 0, 0, 0)


def test_with_one_unit_a_customer_the_variance_is_the_textbook_s():
    row = measured(binary({"t": [30], "a": [80], "b": [120]}, 1000), 0.95).iloc[0]
    variance = 1 / 30 - 1 / 80 - 1 / 120 + (2 * row["lift"] - 1) / 1000
    assert row["lift"] == pytest.approx(30 * 1000 / (80 * 120))
    assert np.log(row["lift_high"] / row["lift"]) == pytest.approx(1.959963984540054 * np.sqrt(variance), rel=1e-12)
    # Wilson's interval of 30 of 80, from R's binom.confint(30, 80, methods = "wilson").
    assert (row["confidence_low"], row["confidence_high"]) == pytest.approx((0.2770, 0.4846), abs=5e-4)


def test_without_association_the_interval_covers_1_as_often_as_it_says():
    rng = np.random.default_rng(7)
    n, draws = 3000, 4000
    counts = rng.multinomial(n, np.outer([0.15, 0.85], [0.1, 0.9]).ravel(), size=draws)
    table = {"t": counts[:, 0], "a": counts[:, 0] + counts[:, 1], "b": counts[:, 0] + counts[:, 2]}
    found = measured(binary(table, n), 0.95)
    covered = ((found["lift_low"] <= 1) & (found["lift_high"] >= 1)).mean()
    assert 0.93 <= covered <= 0.97


def test_orders_of_alike_customers_widen_the_interval_as_much_as_it_takes():
    rng = np.random.default_rng(3)
    # Customers either often or hardly ever buy x, and y too, but one apart from the other: the lift is 1.
    x, y = (rng.binomial(8, np.where(rng.random((1500, 400)) < 0.3, 0.8, 0.05)) for _product in "xy")
    together = rng.hypergeometric(x, 8 - x, y)
    sums = {"t": together, "t_t": together**2, "t_a": together * x, "t_b": together * y, "t_w": 8 * together}
    pairs = pd.DataFrame({name: value.sum(axis=1).astype(float) for name, value in {**sums, "a_b": x * y}.items()})
    pairs = pairs.assign(first=[f"x{at}" for at in range(1500)], second=[f"y{at}" for at in range(1500)])
    own = [
        pd.DataFrame({"n": n.sum(axis=1), "n_n": (n**2).sum(axis=1), "n_w": 8 * n.sum(axis=1), "product_id": ids})
        for n, ids in ((x, pairs["first"]), (y, pairs["second"]))
    ]
    found = measured(Counted(pairs, pd.concat(own), 3200.0, 25600.0, 400, 0, 1500, 0, 0, 0), 0.95)
    covered = ((found["lift_low"] <= 1) & (found["lift_high"] >= 1)).mean()
    assert 0.93 <= covered <= 0.97


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20), st.integers(0, 30))
def test_false_discoveries_are_scipy_s_with_the_untold_pairs_at_1(p_values, untold):
    expected = false_discovery_control([*p_values, *[1.0] * untold])[: len(p_values)]
    assert false_discovery(np.array(p_values), len(p_values) + untold) == pytest.approx(expected)


def test_products_picked_apart_from_each_other_are_not_told_to_be_together():
    rng = np.random.default_rng(1)
    has = rng.random((4000, 12)) < rng.uniform(0.1, 0.3, 12)
    customer, product = np.nonzero(has)
    names = pd.DataFrame({"customer_id": customer.astype(str), "product_id": product.astype(str)})
    found = affinity(ibis.memtable(names.assign(ordered_at=pd.Timestamp(START), amount=1.0)), END)
    assert len(found.pairs) == 66
    assert set(found.pairs["finding"]) == {"not_shown"}
    assert "none is shown" in found.conclusion


@pytest.fixture(scope="module")
def shop():
    lines = pd.read_parquet(SAMPLE / "transactions.parquet")
    clean = lines[lines["customer_id"].str.startswith("C", na=False)].drop_duplicates()
    return ibis.memtable(clean)


def test_planted_bundles_and_only_they_are_found_in_the_sample_s_orders(shop):
    products = ibis.memtable(pd.read_csv(SAMPLE / "products_en.csv"))
    found = affinity(shop, date(2026, 9, 30), unit="order", products=products)
    truth = yaml.safe_load((SAMPLE / "truth.yaml").read_text())["products_bought_together"]["lift_in_orders"]
    lifts = {tuple(pair["products"]): pair["lift"] for pair in truth}
    together = found.pairs[found.pairs["finding"] == "together"].set_index(["first", "second"])
    assert set(together.index) == set(lifts)
    for pair, lift in lifts.items():
        error = np.log(together.loc[pair, "lift_high"] / together.loc[pair, "lift_low"]) / (2 * 1.96)
        assert abs(np.log(together.loc[pair, "lift"] / lift)) < 4 * error
    assert "Game controller" in found.conclusion
    assert found.left_out["later"] == 1
    assert found.left_out["returns"] == 50


def test_lines_that_are_no_purchase_are_counted_and_not_used():
    frame = lines_of([("a", 0, 0, "x"), ("a", 0, 0, "y"), ("b", 0, 0, "x"), ("b", 0, 0, "y")])
    strange = frame.assign(amount=[-1.0, 1, 1, 1], product_id=["x", "", None, "y"])
    late = frame.assign(ordered_at=pd.Timestamp("2027-01-01"))
    found = affinity(ibis.memtable(pd.concat([frame, strange, late])), END, guard=Guard(least=1))
    assert found.pairs["together"].tolist() == [2]
    assert {key: found.left_out[key] for key in ("returns", "without_product", "later")} == {
        "returns": 1,
        "without_product": 2,
        "later": 4,
    }
    assert "lines that are returns (1)" in found.conclusion


def test_customers_with_too_many_products_are_left_out_whole_and_counted():
    many = [("d", 0, 0, product) for product in "vwxyz"]
    few = [("a", 0, 0, "x"), ("a", 0, 0, "y"), ("b", 0, 0, "x"), ("b", 0, 0, "y"), ("c", 0, 0, "z")]
    found = affinity(ibis.memtable(lines_of(many + few)), END, guard=Guard(least=2, most_products=4))
    assert found.left_out["customers"] == 1
    assert found.customers == found.units == 3
    assert found.pairs[["first", "second", "together"]].to_numpy().tolist() == [["x", "y", 2]]
    assert found.left_out["products"] == 1


def test_a_join_that_would_be_too_large_is_refused_before_it_begins():
    drawn = [(customer, 0, 0, product) for customer in "abcd" for product in "vwxyz"]
    with pytest.raises(SettingsError, match="40 rows"):
        affinity(ibis.memtable(lines_of(drawn)), END, guard=Guard(least=1, most_rows=39))


def test_pairs_beyond_the_most_frequent_are_counted():
    drawn = [(customer, 0, 0, product) for customer in "abcd" for product in "vwx"] + [("e", 0, 0, p) for p in "vw"]
    found = affinity(ibis.memtable(lines_of(drawn)), END, guard=Guard(least=1, most_pairs=1))
    assert found.pairs[["first", "second"]].to_numpy().tolist() == [["v", "w"]]
    assert found.left_out["pairs"] == 2


def test_nothing_bought_and_unknown_units_are_told():
    lines = ibis.memtable(lines_of([("a", 0, 0, "x")]))
    with pytest.raises(DataError, match="Nobody bought"):
        affinity(lines, date(2025, 1, 1))
    with pytest.raises(SettingsError, match="week"):
        affinity(lines, END, unit="week")


def test_one_pair_has_a_sentence_in_the_singular():
    drawn = [(str(at), 0, 0, product) for at in range(40) for product in ("xy" if at < 20 else "z")]
    found = affinity(ibis.memtable(lines_of(drawn)), END)
    assert found.conclusion.startswith("One pair of products of 1 is bought together")


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark", "postgres"])
@pytest.mark.parametrize("unit", ["customer", "day", "order"])
def test_every_engine_can_count(dialect, unit):
    # Its options are there once it is loaded.
    assert ibis.pyspark
    lines = ibis.table(LINES, name="transactions")
    baskets = in_units(purchases(lines, END), unit)
    kept = within(baskets, customers_of(baskets), Guard())
    own = owned(kept)
    often = frequent(own, product_sums(own), Guard())
    for expression in (pair_sums(often, kept, unit, Guard()), join_size(often), lines_apart(lines, END)):
        assert "SELECT" in ibis.to_sql(expression, dialect=dialect)
