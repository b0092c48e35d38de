"""Kaplan–Meier and log-rank: a published trial, statsmodels, and counts of the engine."""

from __future__ import annotations

from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from workbench import language
from workbench.customers.lifetime_sbg import ShiftedBetaGeometric, fit_sbg
from workbench.customers.retention_dates import contracts, renewals
from workbench.customers.survival import shares_at, survival, survival_counts, survival_of
from workbench.customers.survival_curve import at_risk, kaplan_meier
from workbench.customers.survival_projection import projection
from workbench.errors import DataError

AS_OF = date(2026, 9, 30)
JOINED = pd.Timestamp(2020, 1, 1)

# Freireich and others (1963), weeks in remission; Gehan (1965). Treated: who is still in remission is censored.
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
TREATED_CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def counts_of(days, left, groups=None, entry=None):
    frame = pd.DataFrame({"days": days, "left": left, "group": "" if groups is None else groups})
    frame["entry"] = 0 if entry is None else entry
    return frame.groupby(["group", "entry", "days", "left"]).size().rename("customers").reset_index()


@pytest.fixture(scope="module")
def trial():
    days = PLACEBO + TREATED + TREATED_CENSORED
    left = [1] * (len(PLACEBO) + len(TREATED)) + [0] * len(TREATED_CENSORED)
    groups = ["placebo"] * len(PLACEBO) + ["treated"] * (len(TREATED) + len(TREATED_CENSORED))
    return survival_of(counts_of(days, left, groups), AS_OF, "group", {})


def test_trial_is_the_published_one(trial):
    # Kleinbaum and Klein (2012), Survival Analysis, chapter 2: table of the treated, and the log-rank test.
    treated = trial.table[trial.table["group"] == "treated"]
    assert treated["time"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert treated["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert treated["share"].round(4).tolist() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert treated["error"].round(4).tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert (round(trial.chi_square, 2), trial.freedom) == (16.79, 1)
    assert trial.groups["median"].tolist() == [8, 23]


def random_customers(seed, entry=False):
    rng = np.random.default_rng(seed)
    groups = rng.choice(["a", "b", "c"], 300)
    days = 1 + np.floor(rng.exponential(60, 300) * (1 + 0.4 * (groups == "b"))).astype(int)
    censored = rng.integers(5, 150, 300)
    left = (days <= censored).astype(int)
    days = np.minimum(days, censored)
    start = rng.integers(0, 40, 300) if entry else np.zeros(300, dtype=int)
    # The first are followed from the beginning, so that somebody is there to leave at all times.
    start[:60] = 0
    keep = days > start
    return pd.DataFrame({"days": days, "left": left, "group": groups, "entry": start})[keep]


@pytest.mark.parametrize("entry", [False, True], ids=["from the start", "late entry"])
@pytest.mark.parametrize("seed", [1, 2])
def test_curve_is_that_of_statsmodels(seed, entry):
    rows = random_customers(seed, entry)
    found = survival_of(counts_of(rows["days"], rows["left"], entry=rows["entry"]), AS_OF, "", {})
    expected = SurvfuncRight(rows["days"], rows["left"], entry=rows["entry"] if entry else None)
    assert found.table["time"].tolist() == expected.surv_times.tolist()
    assert found.table["at_risk"].tolist() == expected.n_risk.tolist()
    np.testing.assert_allclose(found.table["share"], expected.surv_prob, rtol=1e-10)
    sure = found.table["share"] > 0
    np.testing.assert_allclose(found.table["error"][sure], expected.surv_prob_se[sure], rtol=1e-8)
    low, high = expected.quantile_ci(0.5, method="cloglog")
    assert found.groups.loc[0, ["median", "median_low", "median_high"]].tolist() == [expected.quantile(0.5), low, high]


@pytest.mark.parametrize("groups", [["a", "b"], ["a", "b", "c"]], ids=["two groups", "three groups"])
def test_log_rank_is_that_of_statsmodels(groups):
    rows = random_customers(3)
    rows = rows[rows["group"].isin(groups)]
    found = survival_of(counts_of(rows["days"], rows["left"], rows["group"]), AS_OF, "group", {})
    expected = survdiff(rows["days"], rows["left"], rows["group"])
    assert (found.chi_square, found.chance) == pytest.approx(expected, rel=1e-9)
    assert found.freedom == len(groups) - 1


def test_log_rank_of_late_entries_is_that_of_statsmodels():
    rows = random_customers(5, entry=True)
    rows = rows[rows["group"] != "c"]
    counts = counts_of(rows["days"], rows["left"], rows["group"], rows["entry"])
    expected = survdiff(rows["days"], rows["left"], rows["group"], entry=rows["entry"])
    assert survival_of(counts, AS_OF, "group", {}).chi_square == pytest.approx(expected[0], rel=1e-9)


def test_intervals_cover_the_truth():
    rng = np.random.default_rng(6)
    covered = 0
    for _each in range(150):
        days, censored = rng.geometric(0.01, 200), rng.integers(50, 200, 200)
        left = days <= censored
        went = pd.DataFrame({"time": np.minimum(days, censored), "entered": 0, "left": left, "censored": ~left})
        came = pd.DataFrame({"time": [0], "entered": [len(days)], "left": [0], "censored": [0]})
        counts = pd.concat([came, went.astype(int)])
        at = shares_at(kaplan_meier(at_risk(counts), 0.95), [60], 200).iloc[0]
        covered += at["low"] < 0.99**60 < at["high"]
    assert 0.9 < covered / 150 < 0.99


def people_of(days, left, **columns):
    """Customers who joined on one day, or so late that the last day is that many days after."""
    joined = [
        JOINED if gone else pd.Timestamp(AS_OF) - pd.Timedelta(days=n) for n, gone in zip(days, left, strict=True)
    ]
    ended = [JOINED + pd.Timedelta(days=n) if gone else pd.NaT for n, gone in zip(days, left, strict=True)]
    ids = [str(n) for n in range(len(joined))]
    frame = pd.DataFrame({"customer_id": ids, "joined_on": joined, "left_on": pd.to_datetime(pd.Series(ended))})
    return ibis.memtable(frame.assign(**columns))


def test_engine_counts_the_same():
    rows = random_customers(7).reset_index(drop=True)
    found = survival(people_of(rows["days"], rows["left"], plan=rows["group"]), AS_OF, by="plan")
    expected = survival_of(counts_of(rows["days"], rows["left"], rows["group"]), AS_OF, "plan", {})
    pd.testing.assert_frame_equal(found.table, expected.table)
    assert found.chi_square == pytest.approx(expected.chi_square)
    assert found.groups["customers"].sum() == len(rows)


def test_who_left_before_the_list_is_counted_and_left_out():
    people = people_of([100, 3000, 0], [1, 0, 0])
    found = survival(people, AS_OF, observed_from=date(2021, 1, 1))
    assert found.excluded == {"left_before_the_list": 1}
    assert found.groups["customers"].tolist() == [2]


def test_a_list_begun_late_is_put_right():
    rng = np.random.default_rng(8)
    joined = pd.Timestamp(2020, 1, 1) + pd.to_timedelta(rng.integers(0, 2000, 8000), "D")
    stay = rng.geometric(1 - 0.5 ** (1 / 365.25), 8000)
    frame = pd.DataFrame({"customer_id": np.arange(8000).astype(str), "joined_on": joined})
    frame["left_on"] = joined + pd.to_timedelta(stay, "D")
    kept = frame[frame["left_on"] > "2023-06-01"]
    found, naive = (survival(ibis.memtable(kept), AS_OF, observed_from=day) for day in (date(2023, 6, 1), None))
    row = found.groups.iloc[0]
    assert row["year_low"] < 0.5 < row["year_high"]
    assert naive.groups["year_low"].iloc[0] > 0.55


def test_beyond_what_was_seen_there_is_nothing(trial):
    at = trial.share_at([0, 5, 6, 35, 36], "treated")
    assert at["share"].round(3).tolist()[:4] == [1, 1, 0.857, 0.448]
    assert at["share"].isna().tolist() == [False] * 4 + [True]


def test_when_the_last_has_left_there_is_no_interval(trial):
    last = trial.table[trial.table["group"] == "placebo"].iloc[-1]
    assert last["share"] == 0
    assert last[["error", "low", "high"]].isna().all()


def test_nobody_left():
    found = survival(people_of([800, 900], [0, 0]), AS_OF)
    assert found.table.empty
    assert found.groups.loc[0, ["left", "median", "after_a_year"]].tolist() == [0, np.inf, 1.0]


def test_one_group_that_never_leaves_has_no_test():
    counts = counts_of([5, 9, 9], [0, 0, 0], ["a", "a", "b"])
    assert np.isnan(survival_of(counts, AS_OF, "group", {}).chance)


def test_unknown_column_and_nobody():
    with pytest.raises(DataError, match="plan"):
        survival(people_of([10], [1]), AS_OF, by="plan")
    with pytest.raises(DataError, match="No customer"):
        survival(people_of([10], [1]), date(2019, 1, 1))


def test_too_many_groups():
    with pytest.raises(DataError, match="50 groups at most"):
        survival(people_of([400] * 60, [1] * 60, plan=[f"p{n}" for n in range(60)]), AS_OF, by="plan")


def test_says_whether_groups_differ():
    alike = random_customers(9).assign(days=lambda rows: rows["days"] * 20)
    with language.using("en"):
        counts = counts_of(alike["days"], alike["left"], np.tile(["x", "y"], len(alike))[: len(alike)])
        assert "It is not shown that the groups differ" in survival_of(counts, AS_OF, "plan", {}).conclusion
        parted = alike.assign(days=np.where(alike["group"] == "a", alike["days"], alike["days"] // 2 + 1))
        counts = counts_of(parted["days"], parted["left"], np.where(alike["group"] == "a", "x", "y"))
        assert "The groups differ by more than chance (log-rank test, p < 0.001)." in (
            survival_of(counts, AS_OF, "plan", {}).conclusion
        )


def test_projection_of_the_model_beside_what_was_seen():
    model = ShiftedBetaGeometric.at(1.0, 10.0)
    survivors = np.round(20000 * model.survival(np.arange(37))).astype(int)
    months = np.repeat(np.arange(1, 37), -np.diff(survivors))
    days = np.concatenate([np.ceil(months * 30.4375).astype(int), np.full(survivors[-1], 1120)])
    left = np.concatenate([np.ones(len(months)), np.zeros(survivors[-1])]).astype(int)
    found = survival_of(counts_of(days, left), AS_OF, "", {})
    beside = projection(found, model.survival, 48)
    assert beside.furthest_off < 0.001
    assert beside.within == 1.0
    assert beside.table["observed"].isna().sum() == 12
    assert beside.table["projected"].iloc[-1] == pytest.approx(float(model.survival(48)))
    assert projection(found, lambda period: 0.5**period, 12).furthest_off > 0.3


def test_fitted_model_and_curve_agree():
    rng = np.random.default_rng(10)
    joined = pd.Timestamp(2021, 1, 1) + pd.to_timedelta(rng.integers(0, 1500, 4000), "D")
    stays = rng.geometric(rng.beta(1.0, 20.0, 4000)).clip(max=400)
    left = [day + pd.DateOffset(months=int(months)) for day, months in zip(joined, stays, strict=True)]
    ids = np.arange(4000).astype(str)
    people = ibis.memtable(pd.DataFrame({"customer_id": ids, "joined_on": joined, "left_on": left}))
    beside = projection(survival(people, AS_OF), fit_sbg(renewals(people, AS_OF)).survival, 48)
    assert beside.furthest_off < 0.03


@pytest.mark.parametrize("dialect", ["pyspark", "postgres"])
def test_other_engines_can_say_it(dialect):
    assert ibis.pyspark
    schema = {"customer_id": "string", "joined_on": "date", "left_on": "date", "plan": "string"}
    people = contracts(ibis.table(schema, name="people"), AS_OF)
    asked = survival_counts(people, "plan", date(2024, 1, 1))
    assert "GROUP BY" in ibis.to_sql(asked, dialect=dialect)
