"""Cohorts and churn: hand-made cases, brute force over random customers, and the shifted beta-geometric's truth."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import language
from workbench.customers.lifetime_sbg import fit_sbg
from workbench.customers.retention import cohort_counts, contract_retention, retention
from workbench.customers.retention_churn import contract_churn
from workbench.customers.retention_dates import contracts, renewals
from workbench.customers.retention_periods import first_day, number_of_day
from workbench.customers.retention_shares import wilson
from workbench.customers.retention_silence import order_gaps, silence_counts, silent_churn
from workbench.errors import DataError, NoSolutionError

START, END = date(2026, 1, 1), date(2026, 6, 15)

bought = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 200)), min_size=1, max_size=30)
members = st.lists(st.tuples(st.integers(0, 190), st.one_of(st.none(), st.integers(0, 120))), min_size=1, max_size=25)


def lines_of(drawn):
    frame = pd.DataFrame(drawn, columns=["customer_id", "day"])
    moments = pd.Timestamp(START) + pd.to_timedelta(frame["day"], "D") + pd.Timedelta(hours=12)
    return pd.DataFrame({"customer_id": frame["customer_id"], "ordered_at": moments, "amount": 1.0})


def members_of(drawn):
    joined = [pd.Timestamp(START) + pd.Timedelta(days=day) for day, _stay in drawn]
    left = [
        pd.NaT if stay is None else day + pd.Timedelta(days=stay)
        for day, (_joined, stay) in zip(joined, drawn, strict=True)
    ]
    ids = [f"c{n}" for n in range(len(drawn))]
    return pd.DataFrame({"customer_id": ids, "joined_on": joined, "left_on": pd.to_datetime(pd.Series(left))})


def month(day):
    return (day.year, day.month)


def months_apart(first, then):
    return (then.year - first.year) * 12 + then.month - first.month


@given(bought)
@settings(max_examples=12, deadline=None)
def test_cohorts_are_those_of_brute_force(drawn):
    frame = lines_of(drawn)
    seen = frame[frame["ordered_at"] < pd.Timestamp(END) + pd.Timedelta(days=1)]
    if seen.empty:
        with pytest.raises(DataError, match="No customer"):
            retention(ibis.memtable(frame), END)
        return
    found = retention(ibis.memtable(frame), END).table
    first = seen.groupby("customer_id")["ordered_at"].min()
    for _at, row in found.iterrows():
        cohort = first[[month(day) == month(row["cohort"]) for day in first]]
        active = {
            customer
            for customer, moment in zip(seen["customer_id"], seen["ordered_at"], strict=True)
            if customer in cohort.index and months_apart(cohort[customer], moment) == row["period"]
        }
        assert (row["customers"], row["retained"]) == (len(cohort), len(active))
        assert row["complete"] == (row["cohort"] + pd.DateOffset(months=row["period"]) < pd.Timestamp(2026, 6, 1))
    assert len(found) == sum(months_apart(day, END) + 1 for day in found["cohort"].unique())


@given(members)
@settings(max_examples=12, deadline=None)
def test_contracts_are_those_of_brute_force(drawn):
    frame = members_of(drawn)
    joined = frame[frame["joined_on"] <= pd.Timestamp(END)]
    if joined.empty:
        with pytest.raises(DataError, match="No customer"):
            contract_retention(ibis.memtable(frame), END)
        return
    found = contract_retention(ibis.memtable(frame), END)
    left = joined["left_on"].where(joined["left_on"] <= pd.Timestamp(END))
    for _at, row in found.table.iterrows():
        own = [month(day) == month(row["cohort"]) for day in joined["joined_on"]]
        ends = row["cohort"] + pd.DateOffset(months=row["period"] + 1)
        there = ~(left[own] < ends)
        assert (row["customers"], row["retained"]) == (sum(own), there.sum())
    late = len(frame) - len(joined)
    assert found.excluded == ({"joined_later": late} if late else {})


@given(members)
@settings(max_examples=12, deadline=None)
def test_churn_is_that_of_brute_force(drawn):
    frame = members_of(drawn)
    frame = frame[frame["joined_on"] <= pd.Timestamp(END)]
    if frame.empty:
        return
    found = contract_churn(ibis.memtable(frame), END)
    left = frame["left_on"].where(frame["left_on"] <= pd.Timestamp(END))
    for _at, row in found.table.iterrows():
        begins, ends = row["period"], row["period"] + pd.DateOffset(months=1)
        there = (frame["joined_on"] < begins) & ~(left < begins)
        goes = (left >= begins) & (left < ends)
        assert (row["customers"], row["left"]) == (there.sum(), (there & goes).sum())
        assert row["left_at_once"] == (goes & (frame["joined_on"] >= begins)).sum()
    assert (found.customers, found.left) == (len(frame), left.notna().sum())


def test_cohorts_by_joining_count_who_never_ordered():
    people = members_of([(0, None), (1, None), (40, None)]).drop(columns="left_on")
    people.loc[2, "joined_on"] = pd.NaT
    found = retention(ibis.memtable(lines_of([("c0", 35)])), END, customers=ibis.memtable(people))
    assert found.excluded == {"no_joining_date": 1}
    assert found.table["customers"].unique().tolist() == [2]
    # Nothing is known of the time before the first order.
    assert found.table["period"].min() == 1
    assert found.table.loc[found.table["period"] == 1, ["retained", "complete"]].to_numpy().tolist() == [[1, False]]


def test_pooled_leaves_out_what_is_not_complete():
    found = retention(ibis.memtable(lines_of([("a", 0), ("a", 31), ("b", 31), ("b", 160)])), END)
    pooled = found.pooled().set_index("period")
    assert pooled.loc[1, ["customers", "retained"]].tolist() == [2, 1]
    # June is not over: b's order in it is in the grid, and not in the whole.
    assert 5 not in found.table[found.table["complete"]].query("cohort == '2026-02-01'")["period"].tolist()
    assert pooled.loc[4, ["customers", "retained"]].tolist() == [1, 0]
    assert (float(pooled.at[1, "low"]), float(pooled.at[1, "high"])) == pytest.approx(tuple(map(float, wilson(1, 2))))


def test_quarters():
    assert [number_of_day(date(2026, month, 1), "quarter") - 2026 * 4 for month in (1, 3, 4, 12)] == [0, 0, 1, 3]
    assert first_day(2026 * 4 + 3, "quarter") == pd.Timestamp(2026, 10, 1)
    found = retention(ibis.memtable(lines_of([("a", 0), ("a", 100)])), date(2026, 6, 30), unit="quarter")
    assert found.table[["period", "retained", "complete"]].to_numpy().tolist() == [[0, 1, True], [1, 1, True]]


def test_leaving_before_joining_is_refused():
    frame = members_of([(10, 5), (10, None)])
    frame["left_on"] = frame["left_on"] - pd.Timedelta(days=8)
    for method in (contract_retention, contract_churn, renewals):
        with pytest.raises(DataError, match="1 customer left before joining"):
            method(ibis.memtable(frame), END)


def test_no_column_of_leaving():
    with pytest.raises(DataError, match="left_on"):
        contract_churn(ibis.memtable(members_of([(1, None)]).drop(columns="left_on")), END)


def test_renewals_recover_the_shifted_beta_geometric():
    rng = np.random.default_rng(4)
    joined = pd.Timestamp(2020, 1, 1) + pd.to_timedelta(rng.integers(0, 1500, 6000), "D")
    stays = rng.geometric(np.maximum(rng.beta(1.0, 12.0, 6000), 1e-9)).clip(max=500)
    left = [day + pd.DateOffset(months=int(months)) for day, months in zip(joined, stays, strict=True)]
    ids = [str(n) for n in range(6000)]
    frame = pd.DataFrame({"customer_id": ids, "joined_on": joined, "left_on": left})
    model = fit_sbg(renewals(ibis.memtable(frame), date(2024, 12, 31))).to_frame().set_index("parameter")
    assert model.at["alpha", "low"] < 1.0 < model.at["alpha", "high"]
    assert model.at["beta", "low"] < 12.0 < model.at["beta", "high"]


def gaps_by_hand(frame):
    """Days between orders that follow each other, of each customer."""
    days = frame.assign(day=frame["ordered_at"].dt.normalize()).drop_duplicates(["customer_id", "day"])
    days = days[days["day"] <= pd.Timestamp(END)].sort_values(["customer_id", "day"])
    return days.groupby("customer_id")["day"].diff().dt.days.dropna().astype(int)


@given(bought, st.integers(5, 60))
@settings(max_examples=12, deadline=None)
def test_silence_is_that_of_brute_force(drawn, days):
    frame = lines_of(drawn)
    seen = frame[frame["ordered_at"] < pd.Timestamp(END) + pd.Timedelta(days=1)]
    if seen.empty:
        return
    found = silent_churn(ibis.memtable(frame), END, days=days)
    assert (
        dict(zip(found.gaps["days"], found.gaps["orders"], strict=True)) == gaps_by_hand(frame).value_counts().to_dict()
    )
    last = seen.groupby("customer_id")["ordered_at"].max().dt.normalize()
    then = seen[seen["ordered_at"].dt.normalize() <= pd.Timestamp(END - timedelta(days=days))]
    before = then.groupby("customer_id")["ordered_at"].max().dt.normalize()
    judged = before[(pd.Timestamp(END) - before).dt.days >= 2 * days]
    back = [(pd.Timestamp(END) - last[customer]).days < days for customer in judged.index]
    assert (found.customers, found.gone) == (len(last), ((pd.Timestamp(END) - last).dt.days >= days).sum())
    assert (found.judged, found.came_back) == (len(judged), sum(back))


def test_days_of_silence_come_from_the_data():
    # 19 gaps of 10 days and one of 50: 95 of 100 follow within 10 days, so 11 are unusual.
    lines = [("a", day) for day in range(0, 200, 10)] + [("b", 0), ("b", 50)]
    found = silent_churn(ibis.memtable(lines_of(lines)), START + timedelta(days=199))
    assert (found.days, found.chosen, found.usual_share) == (11, True, 0.95)
    assert (found.gone, found.judged, found.came_back) == (1, 1, 0)
    with language.using("en"):
        assert "50% of 2 customers have not ordered for 11 days or more" in found.conclusion


def test_nobody_ever_came_back():
    lines = ibis.memtable(lines_of([("a", 1), ("b", 2)]))
    with pytest.raises(NoSolutionError, match="Nobody ever bought again"):
        silent_churn(lines, END)
    assert silent_churn(lines, END, days=30).gone == 2


def test_impossible_figures_are_told_together():
    with pytest.raises(DataError) as caught:
        silent_churn(ibis.memtable(lines_of([("a", 1)])), END, days=0, usual_share=1.5)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("dialect", ["pyspark", "postgres"])
def test_other_engines_can_say_it(dialect):
    assert ibis.pyspark
    lines = ibis.table({"customer_id": "string", "ordered_at": "timestamp", "amount": "float64"}, name="lines")
    people = ibis.table({"customer_id": "string", "joined_on": "date", "left_on": "date"}, name="people")
    starts = people.select("customer_id", start=people.joined_on)
    days = lines.select("customer_id", day=lines.ordered_at.date())
    asked = [cohort_counts(starts, days, unit) for unit in ("month", "quarter")]
    asked += [order_gaps(lines, END), silence_counts(lines, END, 90), contracts(people, END)]
    for each in asked:
        assert "SELECT" in ibis.to_sql(each, dialect=dialect)
