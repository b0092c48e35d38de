"""Purchases in a few figures: CDNOW as the lifetimes package ships it, and brute force."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.customers.purchase_summary import (
    distinct_rows,
    first_orders,
    purchase_summary,
    repeat_orders,
    spend_rows,
)
from workbench.errors import DataError

CALIBRATED, END = date(1997, 9, 30), date(1998, 6, 30)
START = date(2026, 1, 1)

lines = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 40), st.integers(0, 86399), st.integers(0, 5000)),
    min_size=1,
    max_size=25,
)


@pytest.fixture(scope="module")
def cdnow_lines(cdnow_orders):
    frame = cdnow_orders.rename(columns={"customer": "customer_id", "day": "ordered_at"})
    return ibis.memtable(frame.astype({"customer_id": str}))


@pytest.fixture(scope="module")
def cdnow_summary(cdnow_lines):
    return purchase_summary(cdnow_lines, CALIBRATED, until=END)


def lines_frame(drawn):
    frame = pd.DataFrame(drawn, columns=["customer_id", "day", "second", "cents"])
    moments = pd.Timestamp(START) + pd.to_timedelta(frame["day"], "D") + pd.to_timedelta(frame["second"], "s")
    return pd.DataFrame({"customer_id": frame["customer_id"], "ordered_at": moments, "amount": frame["cents"] / 100})


def brute_force(frame, as_of, until):
    rows = []
    for customer, own in frame.groupby("customer_id"):
        bought: dict[date, float] = {}
        for moment, amount in zip(own["ordered_at"], own["amount"], strict=True):
            bought[moment.date()] = bought.get(moment.date(), 0.0) + amount
        days = sorted(day for day in bought if day <= as_of)
        if not days:
            continue
        later = [day for day in bought if as_of < day <= until]
        rows.append(
            {
                "customer_id": customer,
                "orders": len(days),
                "revenue": sum(bought[day] for day in days),
                "frequency": len(days) - 1,
                "recency": (days[-1] - days[0]).days / 7,
                "age": (as_of - days[0]).days / 7,
                "monetary": float(np.mean([bought[day] for day in days[1:]])) if len(days) > 1 else 0.0,
                "actual": len(later),
                "actual_revenue": sum(bought[day] for day in later),
            }
        )
    return pd.DataFrame(rows)


def test_cdnow_is_the_published_summary(cdnow_summary):
    spec = find_spec("lifetimes")
    published = pd.read_csv(Path(spec.origin).parent / "datasets" / "cdnow_customers_summary.csv", index_col=0)
    own = cdnow_summary.to_pandas()
    own.index = own["customer_id"].astype(int)
    assert len(own) == len(published) == 2357
    columns = ["frequency", "recency", "age"]
    pd.testing.assert_frame_equal(
        own[columns].sort_index().reset_index(drop=True),
        published[["frequency", "recency", "T"]].set_axis(columns, axis=1).reset_index(drop=True),
        atol=0.0051,
        rtol=0,
        check_dtype=False,
    )


def test_cdnow_agrees_with_the_fixture(cdnow_summary, cdnow):
    own = cdnow_summary.to_pandas()
    own = own.assign(customer=own["customer_id"].astype(int)).sort_values("customer").reset_index(drop=True)
    columns = ["frequency", "recency", "age", "monetary", "actual"]
    expected = cdnow.sort_values("customer").reset_index(drop=True)
    pd.testing.assert_frame_equal(own[columns].astype(float), expected[columns].astype(float))


def test_distinct_rows_keep_every_customer(cdnow_summary):
    rows = distinct_rows(cdnow_summary)
    whole = cdnow_summary.to_pandas()
    assert rows["count"].sum() == 2357
    assert len(rows) == len(whole[["frequency", "recency", "age"]].drop_duplicates())
    assert (rows["count"] * rows["monetary"]).sum() == pytest.approx(whole["monetary"].sum())
    assert distinct_rows(cdnow_summary, ["actual"]).eval("count * actual").sum() == whole["actual"].sum()


def test_spend_of_cdnow_is_of_946_customers(cdnow_summary):
    # Fader and Hardie (2013): 946 of the 2,357 bought again by the end of the calibration.
    assert spend_rows(cdnow_summary)["count"].sum() == 946


def test_rows_to_track(cdnow_lines, cdnow_orders):
    begins, until = date(1997, 1, 1), date(1998, 6, 30)
    starts = first_orders(purchase_summary(cdnow_lines, CALIBRATED), begins)
    assert (starts["count"].sum(), starts["week"].min()) == (2357, 0)
    first = cdnow_orders.groupby("customer")["day"].transform("min")
    again = cdnow_orders[cdnow_orders["day"] > first]
    weeks = np.ceil((again["day"] - pd.Timestamp(begins)).dt.days / 7).clip(lower=1).astype(int)
    told = repeat_orders(cdnow_lines, begins, until).set_index("week")["purchases"].to_dict()
    assert told == weeks.value_counts().to_dict()


@given(lines, st.integers(0, 30), st.integers(1, 20))
@settings(max_examples=12, deadline=None)
def test_is_what_brute_force_finds(drawn, calibrated, held_out):
    frame = lines_frame(drawn)
    as_of = START + timedelta(days=calibrated)
    expected = brute_force(frame, as_of, as_of + timedelta(days=held_out))
    found = purchase_summary(ibis.memtable(frame), as_of, until=as_of + timedelta(days=held_out)).to_pandas()
    assert len(found) == len(expected)
    if len(expected):
        found = found.sort_values("customer_id").reset_index(drop=True)[expected.columns]
        pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9, atol=1e-9)


def test_the_time_held_out_follows_the_calibration(cdnow_lines):
    with pytest.raises(DataError, match="ends on September 30, 1997"):
        purchase_summary(cdnow_lines, CALIBRATED, until=CALIBRATED)


@pytest.mark.parametrize("dialect", ["pyspark", "postgres"])
def test_other_engines_can_say_it(dialect):
    # Ibis registers the options of Spark when its backend is first named.
    assert ibis.pyspark
    schema = {"customer_id": "string", "ordered_at": "timestamp", "amount": "float64"}
    summary = purchase_summary(ibis.table(schema, name="transactions"), CALIBRATED, until=END)
    assert "GROUP BY" in ibis.to_sql(summary, dialect=dialect)
