"""Value: against its own sums, the constant churn of the business case, and simple limits."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from workbench.business_case.customer_lifetime import lifetime_value
from workbench.customers.lifetime_bg_nbd import BgNbd, fit_bg_nbd
from workbench.customers.lifetime_gamma_gamma import GammaGamma, fit_gamma_gamma
from workbench.customers.lifetime_pareto_nbd import ParetoNbd, fit_pareto_nbd
from workbench.customers.lifetime_rows import summary_rows
from workbench.customers.lifetime_sbg import ShiftedBetaGeometric, cohort_rows, fit_sbg
from workbench.customers.lifetime_value import WEEKS_A_YEAR, value_customers
from workbench.errors import DataError, NoSolutionError

BG, PARETO = BgNbd.at(0.243, 4.414, 0.793, 2.426), ParetoNbd.at(0.553, 10.578, 0.606, 11.669)
POSITIVE = st.floats(0.2, 20)


@pytest.mark.parametrize("first", ["now", "renewal", "end"])
@pytest.mark.parametrize("periods", [None, 7])
@pytest.mark.parametrize("tenure", [0, 4])
def test_constant_churn_is_the_formula_of_the_business_case(first, periods, tenure):
    alike = ShiftedBetaGeometric.at(2e6, 8e6)
    told = float(alike.discounted_lifetime(0.1, tenure, first=first, periods=periods))
    assert 100 * told == pytest.approx(lifetime_value(100, 0.8, 0.1, first=first, periods=periods), rel=1e-5)


@pytest.mark.parametrize("tenure", [0, 3])
def test_endless_contract_is_the_sum_of_its_survivals(tenure):
    model = ShiftedBetaGeometric.at(0.704, 1.182)
    t = np.arange(3000)
    whole = float((model.survival(tenure + t) / model.survival(tenure)) @ 1.05 ** -t.astype(float))
    assert float(model.discounted_lifetime(0.05, tenure)) == pytest.approx(whole, rel=1e-10)
    residual = float((model.survival(tenure + 1 + t) / model.survival(tenure)) @ 1.05 ** -t.astype(float))
    assert float(model.discounted_residual_lifetime(0.05, tenure + 1)) == pytest.approx(residual, rel=1e-10)


def test_undiscounted_contract():
    # A beta mixture of geometric lives has the mean (alpha + beta − 1) ÷ (alpha − 1).
    assert float(ShiftedBetaGeometric.at(3.0, 5.0).discounted_lifetime(0.0)) == pytest.approx(3.5)
    with pytest.raises(NoSolutionError):
        ShiftedBetaGeometric.at(0.7, 1.2).discounted_lifetime(0.0)


@pytest.mark.parametrize("model", [BG, PARETO], ids=["bg", "pareto"])
def test_discounted_purchases_are_the_integral_of_the_expected(model):
    rate, weeks = 0.002, 156.0

    def arrived(t):
        return float(model.conditional_expected_purchases(4, 30.0, 38.0, t))

    # By parts: ∫ e⁻ᵟᵗ dE = e⁻ᵟʰ E(h) + δ ∫ e⁻ᵟᵗ E dt.
    rest, _error = quad(lambda t: math.exp(-rate * t) * arrived(t), 0, weeks)
    exact = math.exp(-rate * weeks) * arrived(weeks) + rate * rest
    told = float(model.discounted_purchases(4, 30.0, 38.0, weeks, rate))
    assert told == pytest.approx(exact, rel=1e-4 if model is BG else 1e-9)


def test_contract_projection_starts_today_and_holds_what_is_expected():
    model = fit_sbg(cohort_rows([1000, 631, 468, 382, 326, 289, 262, 241]))
    ahead = model.projection(pd.DataFrame({"tenure": [7, 0], "count": [241, 100]}), 3)
    expected = 241 * float(model.survival(10) / model.survival(7)) + 100 * float(model.survival(3))
    assert ahead["expected"].iloc[[0, 3]].tolist() == pytest.approx([341, expected])
    assert (ahead["low"] <= ahead["expected"]).all()
    assert (ahead["high"] >= ahead["expected"]).all()


@settings(max_examples=40)
@given(r=POSITIVE, alpha=POSITIVE, s=POSITIVE, beta=POSITIVE, x=st.integers(0, 60), share=st.floats(0.01, 1))
@pytest.mark.parametrize("kind", [BgNbd, ParetoNbd], ids=["bg", "pareto"])
def test_probabilities_are_probabilities_and_fall_with_silence(kind, r, alpha, s, beta, x, share):
    model = kind.at(r, alpha, s, beta)
    recency = 40 * share if x else 0.0
    silent = model.probability_alive(x, recency, 40 + np.array([0.0, 5.0, 30.0]))
    assert ((silent >= 0) & (silent <= 1)).all()
    assert (np.diff(silent) <= 1e-12).all()
    ahead = model.conditional_expected_purchases(x, recency, 40.0, np.array([0.0, 10.0, 50.0]))
    assert ahead[0] == pytest.approx(0, abs=1e-9)
    assert (np.diff(ahead) >= -1e-9).all()


@pytest.fixture(scope="module")
def worth(cdnow):
    rows = summary_rows(cdnow)
    return value_customers(fit_bg_nbd(rows), rows, fit_gamma_gamma(cdnow), years=2, margin=0.3, draws=32)


def test_total_is_the_sum_of_its_rows(worth, cdnow):
    table = worth.table
    assert worth.total == pytest.approx(float(table["count"] @ table["value"]))
    assert worth.low < worth.total < worth.high
    assert (table["low"] <= table["value"]).all()
    assert worth.customers == len(cdnow)
    assert "2,357 customers" in worth.conclusion


def test_merged_rows_are_worth_what_their_customers_are(worth, cdnow):
    model, spend = fit_bg_nbd(summary_rows(cdnow)), fit_gamma_gamma(cdnow)
    each = value_customers(model, cdnow, spend, years=2, margin=0.3, draws=2)
    assert each.total == pytest.approx(worth.total, rel=1e-9)


def test_bg_nbd_and_pareto_nbd_value_cdnow_alike(worth, cdnow):
    rows = summary_rows(cdnow)
    other = value_customers(fit_pareto_nbd(rows), rows, fit_gamma_gamma(cdnow), years=2, margin=0.3, draws=2)
    assert other.total == pytest.approx(worth.total, rel=0.1)


def test_segments_sum_to_the_whole_and_the_seed_decides(cdnow):
    rows = cdnow.assign(kind=np.where(cdnow["frequency"] > 0, "again", "once"))
    first, same, other = (
        value_customers(fit_bg_nbd(rows), rows, 30.0, years=1, segment="kind", draws=8, seed=seed) for seed in (1, 1, 2)
    )
    assert first.segments["value"].sum() == pytest.approx(first.total)
    assert first.segments["segment"].tolist() == ["again", "once"]
    assert (first.low, first.high) == (same.low, same.high)
    assert first.low != other.low


def test_one_amount_for_all_without_discount_is_the_expected_purchases():
    rows = pd.DataFrame({"frequency": [2], "recency": [30.43], "age": [38.86], "count": [10]})
    found = value_customers(BG, rows, 20.0, years=39 / WEEKS_A_YEAR, yearly_rate=0.0, margin=0.5)
    assert found.total == pytest.approx(10 * 20 * 0.5 * 1.226, rel=1e-3)
    assert found.concentration().iloc[-1].tolist() == pytest.approx([1.0, 1.0])


def test_spend_without_a_mean_is_refused_for_new_customers():
    endless = GammaGamma.at(6.0, 0.9, 15.0)
    rows = pd.DataFrame({"frequency": [0.0], "recency": [0.0], "age": [9.0], "monetary": [0.0]})
    with pytest.raises(NoSolutionError, match="without limit"):
        value_customers(BG, rows, endless)


def test_wrong_figures_are_told_together():
    rows = pd.DataFrame({"frequency": [1], "recency": [2.0], "age": [9.0]})
    with pytest.raises(DataError) as refused:
        value_customers(BG, rows, 20.0, years=0, yearly_rate=-1, segment="kind")
    assert len(refused.value.problems) == 3
