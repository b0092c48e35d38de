"""Lookalikes: Gower's own cases, brute force, an independent learner, and new products whose buyers are known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from hashlib import md5
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from workbench.customers.lookalikes import lookalike_customers, lookalikes
from workbench.customers.lookalikes_check import compared, lookalikes_check
from workbench.customers.lookalikes_features import (
    CustomerBase,
    customers_at,
    feature_names,
    for_targets,
    levels_of,
    share_of,
    with_bought,
)
from workbench.customers.lookalikes_learning import Learning, began
from workbench.customers.lookalikes_model import calibrated, fitted, reliability
from workbench.customers.lookalikes_ranking import area_intervals, areas, in_top_tenth, lift_intervals
from workbench.customers.lookalikes_similarity import product_similarity
from workbench.errors import DataError, SettingsError

SAMPLE = Path(__file__).parents[2] / "sample_data" / "customers"
START = date(2026, 1, 1)
ATTRIBUTES = ("age_band", "plan", "region", "monthly_spend")


def shelf(**columns):
    return pd.DataFrame({"product_id": [f"p{at}" for at in range(len(next(iter(columns.values()))))], **columns})


def test_gower_s_similarity_by_hand():
    products = shelf(
        family=["film", "film", "games", None],
        price=[1.0, 4.0, 16.0, 4.0],
        minutes=[90, 120, 30, np.nan],
        about=[("sport", "live"), ("live",), ("quiz",), ()],
    )
    kinds = {"family": "category", "price": "amount", "minutes": "number", "about": "tags"}
    found = product_similarity(products, kinds)
    assert found.loc["p0", "p1"] == pytest.approx((1 + 0.5 + (1 - 30 / 90) + 0.5) / 4)
    assert found.loc["p0", "p2"] == pytest.approx((0 + 0 + (1 - 60 / 90) + 0) / 4)
    # Only the price is known of both.
    assert found.loc["p1", "p3"] == pytest.approx(1)
    assert np.allclose(found, found.T)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0.1, 100)), min_size=1, max_size=8))
def test_similarity_is_between_0_and_1_and_to_itself_1(drawn):
    families, prices = zip(*drawn, strict=True)
    found = product_similarity(shelf(family=list(families), price=list(prices))).to_numpy()
    assert ((found >= 0) & (found <= 1 + 1e-12)).all()
    assert np.diag(found) == pytest.approx(1)


def test_wrong_attributes_are_told_all_at_once():
    with pytest.raises(SettingsError) as told:
        product_similarity(shelf(family=["a"]), {"colour": "category", "family": "taste"})
    assert "colour" in str(told.value)
    assert "taste" in str(told.value)
    with pytest.raises(DataError, match="Nothing is known"):
        product_similarity(shelf(name=["a"]))


lines_drawn = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 59), st.sampled_from("xyz"), st.integers(0, 900)),
    min_size=1,
    max_size=15,
)


def base_of(drawn):
    frame = pd.DataFrame(drawn, columns=["customer_id", "day", "product_id", "cents"])
    moments = [datetime(2026, 1, 1) + timedelta(days=int(day)) for day in frame["day"]]
    lines = frame.assign(ordered_at=pd.Series(moments, dtype="datetime64[us]"), amount=frame["cents"] / 100)
    lines = lines.drop(columns=["day", "cents"]).astype({"customer_id": str, "product_id": str})
    people = pd.DataFrame(
        {
            "customer_id": list("abcd"),
            "joined_on": pd.to_datetime(["2025-12-31", "2025-01-01", "2026-01-20", "2026-03-01"]),
            "plan": ["one", "two", None, "one"],
            "spend": [1.5, None, 3.0, 4.0],
        }
    )
    return CustomerBase(ibis.memtable(people), ibis.memtable(lines), shelf(family=["a"]), ("plan", "spend")), lines


@given(lines_drawn)
@settings(max_examples=5, deadline=None)
def test_features_are_those_of_plain_python(drawn):
    base, lines = base_of(drawn)
    as_of, until = date(2026, 1, 31), date(2026, 2, 28)
    near = pd.DataFrame([("y", "x", 0.5), ("z", "x", 0.2)], columns=["product_id", "target_id", "similarity"])
    targets = ibis.memtable(pd.DataFrame({"target_id": ["x"]}))
    levels = levels_of(base)
    rows = for_targets(base, customers_at(base, as_of, levels), targets, ibis.memtable(near), as_of)
    found = with_bought(rows, base.transactions, as_of, until).to_pandas().set_index("customer_id")
    past = lines[lines["ordered_at"].dt.date <= as_of]
    after = lines[(lines["ordered_at"].dt.date > as_of) & (lines["ordered_at"].dt.date <= until)]
    has = {customer: set(past.loc[past["customer_id"] == customer, "product_id"]) for customer in "abc"}
    assert set(found.index) == {customer for customer in "abc" if "x" not in has[customer]}
    for customer, row in found.iterrows():
        own = past[past["customer_id"] == customer]
        similar = [{"y": 0.5, "z": 0.2}[product] for product in sorted(has[customer])]
        assert row["has_bought"] == (len(own) > 0)
        assert row["log_orders"] == pytest.approx(np.log1p(own["ordered_at"].nunique()))
        assert row["log_revenue"] == pytest.approx(np.log1p(own["amount"].sum()))
        last = (as_of - own["ordered_at"].max().date()).days if len(own) else 0
        assert row["log_days_since"] == pytest.approx(np.log1p(last))
        tenure = np.log1p({"a": 31, "b": 395, "c": 11}[customer])
        assert row["log_tenure"] == pytest.approx(tenure)
        assert row["log_tenure_unbought"] == pytest.approx(0 if len(own) else tenure)
        assert row["nearest"] == pytest.approx(max(similar, default=0))
        assert row["mean_nearness"] == pytest.approx(np.mean(similar) if similar else 0)
        assert row["log_nearness"] == pytest.approx(np.log1p(sum(similar)))
        assert row["plan = one"] == (customer == "a")
        assert (row["spend"], row["spend ?"]) == {"a": (1.5, 0), "b": (0, 1), "c": (3, 0)}[customer]
        bought = after[(after["customer_id"] == customer) & (after["product_id"] == "x")]
        assert row["bought"] == (len(bought) > 0)
    assert set(feature_names(levels)) < set(found.columns)


def test_only_attributes_that_can_be_learnt_from_are_taken():
    base, _lines = base_of([("a", 0, "x", 1)])
    wrong = CustomerBase(base.customers, base.transactions, base.products, ("joined_on", "shoe_size"))
    with pytest.raises(SettingsError) as told:
        levels_of(wrong)
    assert "joined_on" in str(told.value)
    assert "shoe_size" in str(told.value)


def test_products_begun_are_first_purchases_of_products_that_were_there():
    _base, lines = base_of(
        [("a", 0, "x", 1), ("a", 40, "x", 1), ("b", 40, "x", 1), ("c", 41, "x", 1), ("a", 45, "y", 1)]
    )
    found = began(ibis.memtable(lines), date(2026, 1, 31), date(2026, 2, 28)).to_pandas()
    assert found.to_numpy().tolist() == [["x", 2]]


def test_the_sample_of_customers_is_by_their_digest():
    people = pd.DataFrame({"customer_id": [f"c{at}" for at in range(2000)]})
    found = set(share_of(ibis.memtable(people), 0.25, 7).to_pandas()["customer_id"])
    bound = 0.25 * 16**8
    expected = {key for key in people["customer_id"] if int(md5(f"{key}/7".encode()).hexdigest()[:8], 16) < bound}
    assert found == expected
    assert 400 < len(found) < 600


def drawn_rows(rng, customers, effect):
    """Rows of two products each, where x alone says who buys."""
    x, idle = rng.normal(size=(2, 2 * customers))
    bought = (rng.random(2 * customers) < expit(-2.5 + effect * x)).astype(int)
    ids = np.repeat([f"c{at:05d}" for at in range(customers)], 2)
    return pd.DataFrame({"customer_id": ids, "x": x, "idle": 5 * idle + 3, "bought": bought})


def test_the_regression_is_that_of_an_independent_minimum():
    frame = drawn_rows(np.random.default_rng(2), 400, 1.0)
    weights = np.where(np.arange(800) % 2, 1.0, 0.5)
    found = fitted(frame, ["x", "idle"], weights).score
    values = frame[["x", "idle"]].to_numpy()
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)

    def loss(beta):
        logit = beta[0] + scaled @ beta[1:]
        return weights @ (np.logaddexp(0, logit) - frame["bought"] * logit) + beta[1:] @ beta[1:] / 2

    best = minimize(loss, np.zeros(3), tol=1e-12).x
    assert found.logits(frame) == pytest.approx(best[0] + scaled @ best[1:], abs=1e-4)


def isotonic_by_brute_force(logits, bought):
    """Each distinct logit's step by the max-min formula, in fractions, with the row more."""
    distinct = sorted(set(logits))
    sizes = [logits.count(point) for point in distinct]
    hits = [sum(b for point, b in zip(logits, bought, strict=True) if point == at) for at in distinct]
    places = range(len(distinct))

    def mean(first, last):
        return Fraction(sum(hits[first : last + 1]), sum(sizes[first : last + 1]))

    steps = [max(min(mean(j, k) for k in places if k >= i) for j in places if j <= i) for i in places]
    whole = [sum(size for size, step in zip(sizes, steps, strict=True) if step == steps[i]) for i in places]
    moved = [(whole[i] * steps[i] + mean(0, places[-1])) / (whole[i] + 1) for i in places]
    return distinct, [float(max(moved[: i + 1])) for i in places]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1)), min_size=2, max_size=20))
def test_the_calibration_is_isotonic_regression_with_a_row_more(drawn):
    logits, bought = (list(column) for column in zip(*drawn, strict=True))
    distinct, expected = isotonic_by_brute_force(logits, bought)
    found = calibrated(np.array(logits, float), np.array(bought), np.ones(len(logits)))
    assert found.of(np.array(distinct, float)) == pytest.approx(expected)
    assert found.of(np.array([-1.0])) == pytest.approx(expected[:1])


def test_many_rows_are_calibrated_as_isotonic_regression_does():
    rng = np.random.default_rng(9)
    logits = rng.integers(-3, 4, 20_000).astype(float)
    bought = (rng.random(20_000) < expit(logits)).astype(int)
    found = calibrated(logits, bought, np.ones(20_000)).of(np.arange(-3.0, 4.0))
    assert found == pytest.approx(expit(np.arange(-3.0, 4.0)), abs=0.03)


def test_what_is_expected_comes_true_for_customers_who_were_held_out():
    frame = drawn_rows(np.random.default_rng(4), 10_000, 1.2)
    found = fitted(frame, ["x", "idle"], np.ones(20_000))
    table = reliability(found.held_out, frame["bought"].to_numpy(), np.ones(20_000))
    assert table["inside"].sum() >= 8
    assert table["rows"].sum() == 20_000
    assert table["bought"].sum() == frame["bought"].sum()
    assert found.held_out.mean() == pytest.approx(frame["bought"].mean(), abs=0.005)


def test_the_engine_s_chance_is_the_model_s():
    frame = drawn_rows(np.random.default_rng(5), 300, 1.0)
    found = fitted(frame, ["x", "idle"], np.ones(600))
    table = ibis.memtable(frame)
    rows = table.mutate(logit=found.score.expression(table))
    told = rows.mutate(chance=found.calibration.expression(rows.logit)).to_pandas()
    assert told["logit"].to_numpy() == pytest.approx(found.score.logits(frame), abs=1e-12)
    assert told["chance"].to_numpy() == pytest.approx(found.calibration.of(told["logit"].to_numpy()), abs=1e-12)


def test_too_few_to_learn_from_is_told():
    frame = drawn_rows(np.random.default_rng(5), 300, 1.0)
    with pytest.raises(DataError, match="Too few"):
        fitted(frame.assign(bought=0), ["x"], np.ones(600))
    with pytest.raises(DataError, match="Too few"):
        fitted(frame.head(6), ["x"], np.ones(6))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), min_size=2, max_size=40))
def test_the_area_is_scikit_learn_s(drawn):
    scores, bought = (np.array(column) for column in zip(*drawn, strict=True))
    if bought.min() == bought.max() or min(bought.sum(), (1 - bought).sum()) < 2:
        return
    assert areas(scores[None, :].astype(float), bought)[0][0] == pytest.approx(roc_auc_score(bought, scores))


def test_without_information_the_intervals_cover_chance_as_often_as_they_say():
    rng = np.random.default_rng(11)
    inside = {"auc": [], "auc_difference": []}
    for _draw in range(800):
        bought = (rng.random(300) < 0.15).astype(int)
        found = area_intervals(rng.normal(size=(2, 300)), bought, 0.95)
        for name, chance in (("auc", 0.5), ("auc_difference", 0.0)):
            inside[name].append(found[f"{name}_low"] <= chance <= found[f"{name}_high"])
    for covered in inside.values():
        assert 0.93 <= np.mean(covered) <= 0.97


def test_the_lift_s_interval_covers_1_as_often_as_it_says_where_nothing_is_known():
    rng = np.random.default_rng(12)
    covered = []
    for at in range(500):
        bought = (rng.random(4000) < 0.15).astype(int)
        found = lift_intervals(rng.normal(size=(2, 4000)), bought, at, 0.95)
        covered.append(found["lift_low"] <= 1 <= found["lift_high"])
    assert 0.925 <= np.mean(covered) <= 0.975


def test_a_perfect_order_has_the_most_lift_there_is():
    bought = np.repeat([1, 0], [100, 900])
    found = lift_intervals(np.array([bought, -bought], dtype=float), bought, 0, 0.95)
    assert (found["lift"], found["other_lift"]) == pytest.approx((10, 0))
    assert found["lift_difference"] == pytest.approx(10)


def test_equals_at_the_edge_of_the_top_tenth_are_drawn():
    score = np.repeat([2.0, 1.0], [50, 950])
    first, again, other = (in_top_tenth(score, seed) for seed in (1, 1, 2))
    assert first.sum() == 100
    assert first[:50].all()
    assert (first == again).all()
    assert (first != other).any()


def customers_with_tastes(rng, count, known):
    """Three families, each with products; customers have a taste, which their plan tells, and buy of it mostly."""
    families = ["film", "sport", "games"]
    ids = [f"{family}{at}" for family in families for at in range(4)]
    products = pd.DataFrame({"product_id": ids, "name": ids, "family": np.repeat(families, 4)})
    launched = date(2026, 7, 1)
    dates = [launched if key == "sport3" else START for key in ids]
    rows = []
    tastes = rng.integers(0, 3, count)
    for customer, taste in enumerate(tastes):
        for _order in range(rng.poisson(5)):
            family = taste if known and rng.random() < 0.9 else rng.integers(0, 3)
            day = int(rng.integers(0, 364))
            product = 4 * family + rng.integers(0, 4 if START + timedelta(days=day) >= launched else 3)
            if family != 1 and product % 4 == 3:
                product -= 1
            rows.append((f"c{customer:05d}", datetime(2026, 1, 1) + timedelta(days=day, hours=1), ids[product], 1.0))
    lines = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "product_id", "amount"])
    plans = [["a", "b", "c"][taste] for taste in (tastes if known else rng.integers(0, 3, count))]
    people = pd.DataFrame({"customer_id": [f"c{at:05d}" for at in range(count)], "joined_on": date(2025, 6, 1)})
    tables = (ibis.memtable(people.assign(plan=plans)), ibis.memtable(lines))
    return CustomerBase(*tables, products.assign(launched_on=dates), ("plan",))


def test_a_new_product_s_buyers_are_found_where_taste_can_be_known():
    base = customers_with_tastes(np.random.default_rng(21), 2500, known=True)
    found = lookalikes_check(base, START, date(2026, 12, 30), how=Learning(similar=3))
    row = found.products.iloc[0]
    assert row["product_id"] == "sport3"
    assert row["finding"] == "better"
    assert row["found"]
    assert "They find them better" in found.conclusion


def test_where_nothing_can_be_known_it_is_not_told_to_be_better():
    base = customers_with_tastes(np.random.default_rng(22), 2500, known=False)
    found = lookalikes_check(base, START, date(2026, 12, 30), how=Learning(similar=3))
    assert found.products["finding"].tolist() != ["better"]
    assert "Not shown to be better" in found.conclusion


def test_the_verdict_of_noise_is_seldom_a_finding():
    rng = np.random.default_rng(31)
    findings = []
    for _draw in range(200):
        frame = pd.DataFrame(rng.random((400, 3)), columns=["logit", "revenue", "chance"])
        findings.append(compared(frame.assign(bought=(rng.random(400) < 0.2).astype(int)), 0, 0.95)["finding"])
    assert np.mean(np.array(findings) == "better") <= 0.06


@pytest.fixture(scope="module")
def sample():
    lines = pd.read_parquet(SAMPLE / "transactions.parquet")
    lines = lines[lines["customer_id"].str.startswith("C", na=False)].drop_duplicates()
    products = pd.read_csv(SAMPLE / "products_en.csv")
    new = {"product_id": "PRO-25", "name": "Tennis day", "family": "sport", "price": 9.9, "format": "pass"}
    products = pd.concat([products, pd.DataFrame([{**new, "audience": "adult"}])], ignore_index=True)
    people = pd.read_parquet(SAMPLE / "customers.parquet")[["customer_id", "joined_on", *ATTRIBUTES]]
    return CustomerBase(ibis.memtable(people), ibis.memtable(lines), products, ATTRIBUTES)


def test_the_sample_s_launches_are_found_better_than_by_chance(sample):
    found = lookalikes_check(sample, date(2024, 10, 1), date(2026, 9, 30))
    assert found.products["product_id"].tolist() == ["PRO-23", "PRO-24"]
    assert found.products["found"].all()
    assert (found.products["lift_low"] > 1).all()
    lines = sample.transactions.to_pandas()
    lines = lines[(lines["product_id"] == "PRO-23") & (lines["amount"] >= 0) & (lines["ordered_at"] < "2025-06-01")]
    people = sample.customers.to_pandas()
    early = set(people.loc[pd.to_datetime(people["joined_on"]) < "2025-03-03", "customer_id"])
    assert found.products["buyers"].iloc[0] == len(set(lines["customer_id"]) & early)
    assert "Football at four" in found.conclusion


def test_a_new_product_gets_its_customers_with_a_probability(sample):
    found = lookalikes(sample, "PRO-25", date(2026, 9, 30))
    assert set(found.similar["product_id"].head(2)) == {"PRO-07", "PRO-08"}
    people = lookalike_customers(found, sample).to_pandas()
    assert len(people) == found.customers == 20_000
    assert people["expected_conversion"].sum() == pytest.approx(found.groups["expected_buyers"].sum())
    assert people["expected_conversion"].between(0, 1).all()
    assert found.groups["expected_conversion"].is_monotonic_decreasing
    assert found.remark == ""
    assert "Tennis day" in found.conclusion
    assert not set(people["customer_id"]) & set(found.conclusion.split())


def test_a_sample_says_so(sample):
    found = lookalikes(sample, "PRO-25", date(2026, 9, 30), how=Learning(most_rows=20_000, seed=3))
    assert 0.17 < found.sampled / found.customers_then < 0.25
    assert "seed 3" in found.conclusion


def test_what_cannot_be_tried_says_why(sample):
    with pytest.raises(DataError, match=r"PRO-23.*less than 200 days"):
        lookalikes_check(sample, date(2024, 10, 1), date(2025, 3, 30), how=Learning(days=200))
    with pytest.raises(DataError, match="No product was launched"):
        lookalikes_check(sample, date(2026, 1, 1), date(2026, 9, 30))
    with pytest.raises(SettingsError, match="no product “PRO-99”"):
        lookalikes(sample, "PRO-99", date(2026, 9, 30))
    with pytest.raises(DataError, match="no similar product"):
        lookalikes(sample, "PRO-25", date(2026, 9, 30), how=Learning(least=100_000))


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark", "postgres"])
def test_every_engine_can_score(dialect):
    # Its options are there once it is loaded.
    assert ibis.pyspark
    people = ibis.table(
        {"customer_id": "string", "joined_on": "date", "plan": "string", "spend": "float64"}, name="customers"
    )
    lines = ibis.table(
        {"customer_id": "string", "ordered_at": "timestamp", "product_id": "string", "amount": "float64"}, name="lines"
    )
    near = ibis.table({"product_id": "string", "target_id": "string", "similarity": "float64"}, name="near")
    base = CustomerBase(people, lines, shelf(family=["a"]), ("plan", "spend"))
    some = share_of(customers_at(base, START, {"plan": ("one", "two"), "spend": ()}), 0.5, 1)
    rows = for_targets(base, some, near.select("target_id").distinct(), near, START)
    told = with_bought(rows, lines, START, START + timedelta(days=9))
    scored = told.mutate(chance=calibrated(np.arange(4.0), np.array([0, 1, 0, 1]), np.ones(4)).expression(told.nearest))
    assert "md5" in ibis.to_sql(scored, dialect=dialect).lower()
    assert "SELECT" in ibis.to_sql(began(lines, START, START + timedelta(days=9)), dialect=dialect)
