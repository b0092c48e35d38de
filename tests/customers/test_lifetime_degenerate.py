"""Data that say too little are told, and wrong rows are counted."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from workbench.customers.lifetime_bg_nbd import BgNbd, fit_bg_nbd
from workbench.customers.lifetime_gamma_gamma import fit_gamma_gamma
from workbench.customers.lifetime_pareto_nbd import fit_pareto_nbd
from workbench.customers.lifetime_rows import summary_rows
from workbench.customers.lifetime_sbg import cohort_rows, fit_sbg
from workbench.customers.lifetime_value import value_customers
from workbench.errors import DataError, NoSolutionError


def who_never_leave(rates, age=52.0):
    """By whole weeks, so that rows are few."""
    rng = np.random.default_rng(3)
    frequency = rng.poisson(rates * age).astype(float)
    last = np.ceil(age * rng.random(len(rates)) ** (1 / np.maximum(frequency, 1)))
    return pd.DataFrame({"frequency": frequency, "recency": np.where(frequency > 0, last, 0), "age": age})


@pytest.mark.parametrize("fit", [fit_bg_nbd, fit_pareto_nbd], ids=["bg", "pareto"])
def test_nobody_leaves(fit):
    model = fit(summary_rows(who_never_leave(np.random.default_rng(1).gamma(1, 1 / 8, 1000))))
    assert model.degenerate == ("nobody_leaves",)
    assert set(model.undetermined) == set(model.NAMES[2:])
    errors = model.standard_errors
    assert math.isnan(errors[model.NAMES[2]])
    assert 0 < errors["r"] < 0.2
    assert float(model.expected_purchases(52)) == pytest.approx(
        52 * model.estimates["r"] / model.estimates["alpha"], rel=0.03
    )
    assert "Nobody seems to leave" in model.conclusion


def test_all_buy_at_one_rate():
    rows = who_never_leave(np.full(1000, 0.2)).assign(frequency=np.tile([10.0, 11.0], 500))
    model = fit_bg_nbd(summary_rows(rows.assign(recency=rows["recency"].clip(lower=1))))
    assert "same_rate" in model.degenerate
    assert model.estimates["r"] / model.estimates["alpha"] == pytest.approx(10.5 / 52, rel=0.03)


@pytest.mark.parametrize("fit", [fit_bg_nbd, fit_pareto_nbd], ids=["bg", "pareto"])
def test_nobody_repeats(fit):
    rows = pd.DataFrame({"frequency": [0, 0], "recency": [0, 0], "age": [30, 20], "count": [5, 7]})
    model = fit(rows)
    assert (model.degenerate, model.converged, model.customers) == (("no_repeats",), False, 12)
    with pytest.raises(NoSolutionError, match="Nobody ever bought again"):
        value_customers(model, rows, 10.0)


def test_all_of_one_frequency():
    rows = pd.DataFrame({"frequency": 3.0, "recency": np.arange(1, 51.0), "age": 52.0})
    model = fit_bg_nbd(rows)
    assert model.degenerate[0] == "same_frequency"
    assert model.undetermined


def test_all_alike_in_leaving(bg_customers):
    model = fit_bg_nbd(bg_customers(np.random.default_rng(4), 1500, (0.8, 6.0, 3000.0, 9000.0), (40, 104)))
    assert model.degenerate == ("same_leaving",)
    assert model.estimates["a"] / (model.estimates["a"] + model.estimates["b"]) == pytest.approx(0.25, abs=0.03)


def test_spend():
    frequency = np.tile([1.0, 2, 3, 4], 100)
    rng = np.random.default_rng(2)
    alike = rng.gamma(5 * frequency, 4 / frequency)
    told = {
        "one_spend": np.full(400, 20.0),
        "same_spend": alike,
        "no_mean": 1 / rng.random(400) ** 2,
    }
    for code, monetary in told.items():
        assert code in fit_gamma_gamma(pd.DataFrame({"frequency": frequency, "monetary": monetary})).degenerate


@pytest.mark.parametrize(
    ("survivors", "code"),
    [
        ([100, 100, 100], "nobody_left"),
        ([100, 0], "all_left_at_once"),
        ([100, 80], "one_period"),
        ([1000, 800, 640, 512], "same_leaving"),
    ],
    ids=str,
)
def test_contracts(survivors, code):
    model = fit_sbg(cohort_rows(survivors))
    assert model.degenerate == (code,)
    assert model.remark
    if model.fitted:
        assert float(model.churn(1)) == pytest.approx(0.2, abs=1e-3)


def test_all_problems_of_rows_are_counted():
    rows = pd.DataFrame({"frequency": [1.5, 0, 2, 2], "recency": [1, 3, 9, 0], "age": [5, 5, 5, 5]})
    with pytest.raises(DataError) as refused:
        summary_rows(rows)
    told = [str(problem) for problem in refused.value.problems]
    assert [("1 row." in told[0]), ("1 row." in told[1]), ("2 rows." in told[2])] == [True, True, True]


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0, "x"], ids=["missing", "endless", "negative", "text"])
def test_numbers_that_are_none(value):
    rows = pd.DataFrame({"frequency": [1], "recency": [2.0], "age": [5.0]}).astype(object)
    rows["age"] = [value]
    with pytest.raises(DataError, match="no usable number"):
        fit_bg_nbd(rows)


def test_nothing_and_no_columns():
    with pytest.raises(DataError, match="no customers"):
        summary_rows(pd.DataFrame(columns=["frequency", "recency", "age"]))
    with pytest.raises(DataError, match="age"):
        summary_rows(pd.DataFrame({"frequency": [1], "recency": [1]}))


def test_merging_changes_no_likelihood(cdnow):
    one_each, merged = fit_bg_nbd(cdnow), fit_bg_nbd(summary_rows(cdnow))
    assert merged.rows < one_each.rows
    assert merged.log_likelihood == pytest.approx(one_each.log_likelihood, abs=1e-6)
    assert merged.parameters == pytest.approx(one_each.parameters, rel=1e-5)
    assert list(merged.to_frame()["parameter"]) == list(BgNbd.NAMES)
