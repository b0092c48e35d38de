"""CDNOW, as published: Fader, Hardie and Lee (2005), Fader and Hardie (2005, 2013)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.customers.lifetime_bg_nbd import BgNbd, fit_bg_nbd
from workbench.customers.lifetime_gamma_gamma import fit_gamma_gamma
from workbench.customers.lifetime_pareto_nbd import ParetoNbd, fit_pareto_nbd
from workbench.customers.lifetime_rows import summary_rows
from workbench.customers.lifetime_sbg import cohort_rows, fit_sbg
from workbench.customers.lifetime_tracking import holdout, track

BEGINNING, CALIBRATED, END = (pd.Timestamp(day) for day in ("1997-01-01", "1997-09-30", "1998-06-30"))


@pytest.fixture(scope="module")
def bg_nbd(cdnow):
    return fit_bg_nbd(summary_rows(cdnow))


@pytest.fixture(scope="module")
def pareto_nbd(cdnow):
    return fit_pareto_nbd(summary_rows(cdnow))


def test_bg_nbd_of_cdnow(bg_nbd):
    rounded = [round(value, 3) for value in bg_nbd.parameters]
    assert (rounded, round(bg_nbd.log_likelihood, 1)) == ([0.243, 4.414, 0.793, 2.426], -9582.4)
    assert (bg_nbd.customers, bg_nbd.converged, bg_nbd.degenerate) == (2357, True, ())


def test_pareto_nbd_of_cdnow(pareto_nbd):
    rounded = [round(value, 3) for value in pareto_nbd.parameters]
    assert (rounded, round(pareto_nbd.log_likelihood, 1)) == ([0.553, 10.578, 0.606, 11.669], -9595.0)
    assert (pareto_nbd.converged, pareto_nbd.degenerate) == (True, ())


def test_gamma_gamma_of_cdnow(cdnow):
    model = fit_gamma_gamma(cdnow)
    assert [round(value, 2) for value in model.parameters] == [6.25, 3.74, 15.44]
    assert model.customers == 946


def test_regular_cohort():
    model = fit_sbg(cohort_rows([100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1]))
    assert [round(value, 3) for value in model.parameters] == [0.704, 1.182]


def test_bg_nbd_expectations(bg_nbd):
    expected = bg_nbd.expected_purchases([1 / 7, 1, 3, 32, 78])
    assert [round(float(each), digits) for each, digits in zip(expected, (4, 4, 4, 4, 3), strict=True)] == [
        0.0078, 0.0532, 0.1506, 1.0437, 1.858,
    ]  # fmt: skip
    assert round(float(bg_nbd.conditional_expected_purchases(2, 30.43, 38.86, 39)), 3) == 1.226


def test_pareto_nbd_conditional_expectation(pareto_nbd):
    assert round(float(pareto_nbd.conditional_expected_purchases(26, 30.86, 31, 52)), 2) == 25.46


@pytest.mark.parametrize("name", ["bg_nbd", "pareto_nbd"])
def test_tracking_until_june_1998(name, request, cdnow_orders):
    model = request.getfixturevalue(name)
    first = cdnow_orders.groupby("customer")["day"].transform("min")
    again = cdnow_orders[cdnow_orders["day"] > first]
    week = np.ceil((again["day"] - BEGINNING).dt.days / 7).clip(lower=1)
    actual = week.value_counts().rename_axis("week").rename("purchases").reset_index()
    begun = (cdnow_orders.groupby("customer")["day"].min() - BEGINNING).dt.days / 7
    starts = begun.value_counts().rename_axis("week").rename("count").reset_index()
    tracked = track(model, starts, 78, actual)
    assert tracked.actual == (again["day"] <= BEGINNING + pd.Timedelta(weeks=78)).sum()
    assert tracked.expected == pytest.approx(tracked.actual, rel=0.05)


@pytest.mark.parametrize("name", ["bg_nbd", "pareto_nbd"])
def test_held_out_purchases(name, request, cdnow):
    weeks = (END - CALIBRATED).days / 7
    found = holdout(request.getfixturevalue(name), cdnow, weeks)
    assert found.actual == cdnow["actual"].sum()
    assert found.predicted == pytest.approx(found.actual, rel=0.15)
    # 0.626 and 0.630: Fader, Hardie and Lee (2005), table 4.
    assert found.correlation == pytest.approx({"bg_nbd": 0.626, "pareto_nbd": 0.630}[name], abs=0.002)


def test_at_takes_published_parameters():
    assert BgNbd.at(0.243, 4.414, 0.793, 2.426).estimates["a"] == 0.793
    with pytest.raises(ValueError, match="4 parameters"):
        ParetoNbd.at(1.0, 2.0)
