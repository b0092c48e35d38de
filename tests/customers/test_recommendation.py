"""The next product and the audience of a bundle: brute force, closed forms, and a truth that is known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import combinations
from math import comb
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.customers.affinity_counts import Guard
from workbench.customers.recommendation import bought_by, next_products, popular_next, similar_products
from workbench.customers.recommendation_bundle import (
    bundle_audience,
    bundle_customers,
    bundle_scores,
    converted_after,
    levels,
)
from workbench.customers.recommendation_check import held_out, hit_cells, recommendation
from workbench.customers.recommendation_shares import (
    against_chance,
    against_popular,
    chance_of_a_hit,
    difference_of_pairs,
)
from workbench.errors import DataError, SettingsError

SAMPLE = Path(__file__).parents[2] / "sample_data" / "customers"
CUT, END = date(2026, 6, 30), date(2026, 12, 31)
LINES = {"customer_id": "string", "ordered_at": "timestamp", "product_id": "string", "amount": "float64"}

purchases = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 364), st.sampled_from("tuvwxyz")), min_size=1, max_size=40
)


def lines_of(drawn):
    frame = pd.DataFrame(drawn, columns=["customer_id", "day", "product_id"])
    moments = [datetime(2026, 1, 1) + timedelta(days=int(day)) for day in frame["day"]]
    return frame.assign(ordered_at=moments, amount=1.0)[list(LINES)]


def brute_force(frame, cut, end, most):
    """Hits of similar and popular products and their chance, for each tested customer, by plain Python."""
    before, after = frame[frame["ordered_at"].dt.date <= cut], frame[frame["ordered_at"].dt.date > cut]
    after = after[after["ordered_at"].dt.date <= end]
    has = {customer: set(own["product_id"]) for customer, own in before.groupby("customer_id")}
    owners = {product: set(own["customer_id"]) for product, own in before.groupby("product_id")}
    order = sorted(owners, key=lambda product: (-len(owners[product]), product))
    found = {}
    for customer, own in after.groupby("customer_id"):
        new = own[~own["product_id"].isin(has.get(customer, set()))]
        if customer not in has or new.empty:
            continue
        wanted = set(new[new["ordered_at"] == new["ordered_at"].min()]["product_id"])
        others = [product for product in order if product not in has[customer]]
        score = {
            one: round(
                sum(len(owners[one] & owners[i]) / np.sqrt(len(owners[one]) * len(owners[i])) for i in has[customer]), 9
            )
            for one in others
        }
        told = sorted(others, key=lambda product: (-score[product], order.index(product)))[:most]
        hits = [sum(product in wanted for product in some) > 0 for some in (told, others[:most])]
        sold = len(wanted & set(order))
        draws = list(combinations(others, min(most, len(others))))
        chance = sum(bool(set(draw) & wanted) for draw in draws) / len(draws)
        found[customer] = (*hits, chance, sold)
    return found


@given(purchases, st.integers(1, 3))
@settings(max_examples=8, deadline=None)
def test_hit_rates_are_those_of_plain_counting(drawn, most):
    frame = lines_of(drawn)
    if (frame["ordered_at"].dt.date > CUT).all():
        return
    expected = brute_force(frame, CUT, END, most)
    if not expected:
        with pytest.raises(DataError, match="new to them"):
            recommendation(ibis.memtable(frame), CUT, END, most=most, guard=Guard(least=1))
        return
    found = recommendation(ibis.memtable(frame), CUT, END, most=most, guard=Guard(least=1))
    hits, often, chances, sold = (np.array(column, float) for column in zip(*expected.values(), strict=True))
    assert found.customers == len(expected)
    assert found.rates["hit_rate"].tolist() == pytest.approx([hits.mean(), often.mean(), chances.mean()])
    assert found.differences["difference"].tolist() == pytest.approx([(hits - often).mean(), (hits - chances).mean()])
    assert found.unsold == (sold == 0).sum()


@given(st.integers(1, 12), st.integers(0, 12), st.integers(1, 5))
def test_the_chance_of_a_hit_is_the_hypergeometric_one(choices, wanted, most):
    wanted = min(wanted, choices)
    taken = min(most, choices)
    expected = 1 - comb(choices - wanted, taken) / comb(choices, taken)
    assert chance_of_a_hit(np.array([float(choices)]), np.array([float(wanted)]), most)[0] == pytest.approx(expected)


def test_nothing_to_choose_from_is_no_hit():
    assert chance_of_a_hit(np.array([0.0]), np.array([0.0]), 3).tolist() == [0.0]


def cells(both, only, other, neither):
    rows = [(True, True, both), (True, False, only), (False, True, other), (False, False, neither)]
    table = pd.DataFrame(rows, columns=["hit", "popular_hit", "customers"])
    return table.assign(had=2, wanted=1)


def test_mcnemar_s_test_is_exact():
    found = against_popular(cells(5, 8, 2, 85), 0.95)
    # Two-sided binomial of 2 or fewer of 10, doubled: 2 × (1 + 10 + 45) ÷ 1024.
    assert found["p_value"] == pytest.approx(112 / 1024)
    assert found["difference"] == pytest.approx(0.06)


def test_bonett_and_price_s_interval_is_theirs():
    # Their formula by hand for 8 and 2 discordant of 100: (9 − 3) ÷ 102 ± 1.96 √((12/102 − (6/102)²) ÷ 102).
    half = 1.959963984540054 * np.sqrt((12 / 102 - (6 / 102) ** 2) / 102)
    assert difference_of_pairs(8, 2, 100, 0.95) == pytest.approx((6 / 102 - half, 6 / 102 + half))


@pytest.mark.parametrize("shares", [(0.1, 0.05, 0.05, 0.8), (0.1, 0.12, 0.04, 0.74)], ids=["equal", "better"])
def test_the_paired_interval_covers_as_often_as_it_says(shares):
    rng = np.random.default_rng(5)
    draws = rng.multinomial(400, shares, size=3000)
    ends = np.array([difference_of_pairs(int(only), int(other), 400, 0.95) for _both, only, other, _n in draws])
    true = shares[1] - shares[2]
    assert 0.93 <= ((ends[:, 0] <= true) & (true <= ends[:, 1])).mean() <= 0.97


def test_the_difference_to_chance_covers_0_as_often_as_it_says():
    rng = np.random.default_rng(8)
    covered = []
    for hits in rng.binomial(600, 0.15, size=2000):
        found = against_chance(cells(0, hits, 0, 600 - hits), np.full(4, 0.15), 0.95)
        covered.append(found["low"] <= 0 <= found["high"])
    assert 0.93 <= np.mean(covered) <= 0.97


def shop(rng, customers, tastes):
    """Orders over a year; each customer's products have the chances of the customer's own taste."""
    rows = []
    for customer in range(customers):
        chances = tastes[customer % len(tastes)]
        picked = rng.choice(len(chances), size=rng.integers(2, 7), p=chances)
        rows += [(str(customer), rng.integers(0, 364), f"p{product:02d}") for product in picked]
    return ibis.memtable(lines_of(rows))


def test_without_association_it_says_that_similar_products_are_no_better():
    rng = np.random.default_rng(4)
    popularity = rng.dirichlet(np.ones(15))
    findings = [
        recommendation(shop(rng, 1000, [popularity]), CUT, END).differences["finding"].iloc[0] for _draw in range(4)
    ]
    assert "better" not in findings


def test_with_tastes_similar_products_find_more_than_popularity_and_it_says_so():
    tastes = np.full((3, 15), 0.01)
    for taste in range(3):
        tastes[taste, 5 * taste : 5 * taste + 5] = 0.18
    found = recommendation(shop(np.random.default_rng(2), 2000, tastes), CUT, END)
    assert found.differences["finding"].tolist() == ["better", "better"]
    assert "Better than the most popular products" in found.conclusion
    # Three of the five products of one's taste less those one has: nearly all that can be known.
    assert found.hit_rate > 0.6
    assert found.rates["coverage"].iloc[0] == 1


def test_worse_is_said_and_advised_against():
    found = against_popular(cells(0, 5, 60, 100), 0.95)
    assert found["finding"] == "worse"


@pytest.fixture(scope="module")
def sample():
    lines = pd.read_parquet(SAMPLE / "transactions.parquet")
    return ibis.memtable(lines[lines["customer_id"].str.startswith("C", na=False)].drop_duplicates())


def test_in_the_sample_tastes_are_found(sample):
    found = recommendation(sample, date(2026, 3, 30), date(2026, 9, 30))
    assert found.differences["finding"].tolist() == ["better", "better"]
    assert found.popularity_hit_rate < found.hit_rate
    tested = found.customers + found.without_anything_new
    lines = sample.to_pandas()
    bought = lines[(lines["amount"] >= 0) & (lines["ordered_at"] < "2026-03-31")]
    assert tested == bought["customer_id"].nunique()


def test_the_sample_s_bundle_has_the_audience_that_bought_it(sample):
    bundle = ("PRO-15", "PRO-17")
    then = bundle_audience(sample, bundle, date(2026, 4, 3))
    people = bundle_customers(then, sample)
    later = converted_after(people.mutate(missing=1), sample, bundle, date(2026, 4, 3), date(2026, 9, 30)).to_pandas()
    best = later[later["expected_conversion"] == then.groups["conversion"].iloc[0]]
    assert best["converted"].mean() > 2 * later["converted"].mean()
    assert len(best) == then.groups["customers"].iloc[0]
    assert later["expected_conversion"].sum() == pytest.approx(then.groups["expected"].sum())
    assert (
        then.groups["customers"].sum() + then.have_all
        == bought_by(sample, date(2026, 4, 3)).to_pandas()["customer_id"].nunique()
    )
    assert f"{100 * then.groups['conversion'].iloc[0]:.3g}%" in then.conclusion


def test_a_bundle_s_score_is_the_mean_similarity_to_what_is_missing():
    frame = lines_of([("a", 0, "x"), ("a", 0, "y"), ("b", 0, "z"), ("c", 0, "x"), ("c", 0, "v"), ("c", 0, "w")])
    near = pd.DataFrame(
        [("x", "v", 0.4), ("y", "v", 0.2), ("x", "w", 0.1), ("z", "x", 0.3)],
        columns=["product_id", "other_id", "similarity"],
    )
    since = date(2026, 1, 1)
    found = bundle_scores(ibis.memtable(frame), ibis.memtable(near), ["v", "w"], CUT, since).order_by("customer_id")
    assert found.to_pandas().values.tolist() == [["a", 2, False, 0.35], ["b", 2, False, 0.0], ["c", 0, False, 0.0]]


def test_conversion_never_falls_with_the_level():
    rng = np.random.default_rng(6)
    groups = bundle_audience(shop(rng, 1500, [np.full(8, 1 / 8)]), ["p01"], END).groups
    for _active, side in groups.groupby("active"):
        assert side.sort_values("level")["conversion"].is_monotonic_increasing
    assert (groups["low"] <= groups["conversion"]).all()
    assert (groups["conversion"] <= groups["high"]).all()


def test_bundles_of_nothing_or_of_the_unknown_are_refused():
    lines = ibis.memtable(lines_of([("a", 0, "x")]))
    with pytest.raises(SettingsError, match="no product"):
        bundle_audience(lines, [], END)
    with pytest.raises(SettingsError, match="Nobody had bought “q”"):
        bundle_audience(lines, ["x", "q"], END)


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark", "postgres"])
def test_every_engine_can_recommend(dialect):
    # Its options are there once it is loaded.
    assert ibis.pyspark
    lines = ibis.table(LINES, name="transactions")
    similar = ibis.table({"product_id": "string", "other_id": "string", "similarity": "float64"}, name="similar")
    often = ibis.table({"product_id": "string", "place": "int64"}, name="often")
    held = held_out(lines, CUT, END)
    told, reached = next_products(held.bought, similar, often), popular_next(held.bought, often, 3)
    scored = bundle_scores(lines, similar, ["x"], CUT, CUT)
    expressions = (
        hit_cells(held, told, reached, often),
        converted_after(levels(scored, [0.1, 0.2]), lines, ["x"], CUT, END),
    )
    for expression in expressions:
        assert "SELECT" in ibis.to_sql(expression, dialect=dialect)


def test_neighbours_are_the_most_alike():
    drawn = [(str(at), 0, product) for at in range(6) for product in "xyz"[: 1 + at % 3]]
    similar, popular = similar_products(ibis.memtable(lines_of(drawn)), CUT, guard=Guard(least=1), neighbours=1)
    # x is with six customers, y with four and z with two of them.
    assert similar[["product_id", "other_id"]].to_numpy().tolist() == [["x", "y"], ["y", "x"], ["z", "y"]]
    assert similar["similarity"].tolist() == pytest.approx([4 / np.sqrt(24), 4 / np.sqrt(24), 2 / np.sqrt(8)])
    assert popular[["product_id", "customers"]].to_numpy().tolist() == [["x", 6], ["y", 4], ["z", 2]]
