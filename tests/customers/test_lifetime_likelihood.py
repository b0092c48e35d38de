"""Likelihoods and expectations against brute force: the models' own integrals, and finite differences."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import hyp2f1, hyperu
from scipy.stats import beta as beta_distribution
from scipy.stats import gamma as gamma_distribution

from workbench.customers.lifetime_bg_nbd import BgNbd, BgNbdLikelihood
from workbench.customers.lifetime_gamma_gamma import GammaGamma, GammaGammaLikelihood
from workbench.customers.lifetime_hypergeometric import gauss
from workbench.customers.lifetime_pareto_nbd import ParetoNbd, discounted_stay
from workbench.customers.lifetime_pareto_nbd_likelihood import ParetoNbdLikelihood
from workbench.customers.lifetime_sbg import SbgLikelihood

HISTORIES = [(0, 0.0, 20.0), (3, 8.0, 20.0), (3, 19.5, 20.0), (6, 30.0, 30.0)]
BG, PARETO = (2.0, 4.0, 2.0, 3.0), [(2.0, 4.0, 2.0, 9.0), (2.0, 9.0, 2.0, 4.0)]
NODES, WEIGHTS = np.polynomial.legendre.leggauss(500)


def integral(over, rate, second, top):
    """Over the rates of purchase and over what the second distribution is of, up to where nothing is left."""
    y, z = 4 * (NODES[:, None] + 1), top * (NODES + 1) / 2
    return float(4 * top / 2 * (WEIGHTS @ (over(y, z) * rate.pdf(y) * second.pdf(z)) @ WEIGHTS))


@pytest.mark.parametrize(("x", "t_x", "T"), HISTORIES)
def test_bg_nbd_is_its_integral(x, t_x, T):
    r, alpha, a, b = BG
    rate, leaves = gamma_distribution(r, scale=1 / alpha), beta_distribution(a, b)

    def there(y, p):
        return (1 - p) ** x * y**x * np.exp(-y * T)

    def either(y, p):
        return there(y, p) + (p * (1 - p) ** (x - 1) * y**x * np.exp(-y * t_x) if x else 0)

    def to_come(y, p):
        return there(y, p) * -np.expm1(-y * p * 15) / p

    whole = integral(either, rate, leaves, 1)
    row = pd.DataFrame({"frequency": [x], "recency": [t_x], "age": [T], "count": [1.0]})
    assert BgNbdLikelihood(row)(np.array(BG))[0] == pytest.approx(math.log(whole), rel=1e-6)
    model = BgNbd.at(*BG)
    alive, purchases = (integral(each, rate, leaves, 1) / whole for each in (there, to_come))
    assert float(model.probability_alive(x, t_x, T)) == pytest.approx(alive, rel=1e-5)
    assert float(model.conditional_expected_purchases(x, t_x, T, 15)) == pytest.approx(purchases, rel=1e-5)


@pytest.mark.parametrize("parameters", PARETO, ids=["beta larger", "alpha larger"])
@pytest.mark.parametrize(("x", "t_x", "T"), HISTORIES)
def test_pareto_nbd_is_its_integral(x, t_x, T, parameters):
    r, alpha, s, beta = parameters
    rate, leaving = gamma_distribution(r, scale=1 / alpha), gamma_distribution(s, scale=1 / beta)

    def there(y, m):
        return y**x * np.exp(-(y + m) * T)

    def either(y, m):
        return y**x / (y + m) * (m * np.exp(-(y + m) * t_x) + y * np.exp(-(y + m) * T))

    def to_come(y, m):
        return there(y, m) * y * -np.expm1(-m * 15) / m

    whole = integral(either, rate, leaving, 8)
    row = pd.DataFrame({"frequency": [x], "recency": [t_x], "age": [T], "count": [1.0]})
    assert ParetoNbdLikelihood(row)(np.array(parameters))[0] == pytest.approx(math.log(whole), rel=1e-6)
    model = ParetoNbd.at(*parameters)
    alive, purchases = (integral(each, rate, leaving, 8) / whole for each in (there, to_come))
    assert float(model.probability_alive(x, t_x, T)) == pytest.approx(alive, rel=1e-5)
    assert float(model.conditional_expected_purchases(x, t_x, T, 15)) == pytest.approx(purchases, rel=1e-5)


def test_gamma_gamma_is_its_integral():
    p, q, v = 3.0, 2.5, 9.0
    row = pd.DataFrame({"frequency": [4.0], "monetary": [20.0], "count": [1.0]})
    # The mean of 4 purchases of shape p and rate n is gamma distributed with shape 4p and rate 4n.
    density, _error = quad(
        lambda n: gamma_distribution(4 * p, scale=1 / (4 * n)).pdf(20) * gamma_distribution(q, scale=1 / v).pdf(n), 0, 9
    )
    mean, _error = quad(
        lambda n: (
            p / n * gamma_distribution(4 * p, scale=1 / (4 * n)).pdf(20) * gamma_distribution(q, scale=1 / v).pdf(n)
        ),
        1e-9,
        9,
    )
    assert GammaGammaLikelihood(row)(np.array([p, q, v]))[0] == pytest.approx(math.log(density), rel=1e-7)
    assert float(GammaGamma.at(p, q, v).expected_spend(4, 20)) == pytest.approx(mean / density, rel=1e-6)


def rows_of(model):
    rng = np.random.default_rng(5)
    x = np.concatenate([np.zeros(5), rng.integers(1, 60, 40)])
    age = rng.uniform(20, 80, 45)
    if model == "sbg":
        return pd.DataFrame({"age": x + 1, "left": rng.integers(0, 2, 45), "count": rng.integers(1, 9, 45)})
    frame = {"frequency": x, "recency": np.where(x > 0, age * rng.random(45), 0), "age": age}
    return pd.DataFrame(frame | {"count": rng.integers(1, 9, 45), "monetary": rng.gamma(3, 9, 45)})


@pytest.mark.parametrize(
    ("kind", "likelihood", "parameters"),
    [
        ("bg", BgNbdLikelihood, (0.4, 7.0, 0.6, 3.0)),
        ("pareto", ParetoNbdLikelihood, (0.4, 7.0, 0.6, 13.0)),
        ("pareto", ParetoNbdLikelihood, (2.4, 70.0, 1.6, 3.0)),
        ("pareto", ParetoNbdLikelihood, (2.4, 9.0, 1.6, 9.0)),
        ("spend", GammaGammaLikelihood, (4.0, 3.0, 12.0)),
        ("sbg", SbgLikelihood, (0.7, 1.9)),
    ],
    ids=["bg", "pareto beta larger", "pareto alpha larger", "pareto equal", "gamma gamma", "sbg"],
)
def test_slopes_are_those_of_differences(kind, likelihood, parameters):
    rows = rows_of(kind)
    climbed = likelihood(rows[rows["frequency"] > 0] if kind == "spend" else rows)
    at = np.array(parameters)
    differences = [(climbed(at + move)[0] - climbed(at - move)[0]) / 2e-5 for move in 1e-5 * np.eye(len(at))]
    assert climbed(at)[1] == pytest.approx(differences, rel=2e-6, abs=1e-4)


@settings(max_examples=60)
@given(st.floats(0.05, 80), st.floats(0.05, 80), st.floats(0, 0.999))
def test_continued_fraction_is_scipy_s_function(b, more, z):
    found = gauss(*(np.array([each]) for each in (b, b + more, z)))
    assert float(found.value[0]) == pytest.approx(float(hyp2f1(1, b, b + more, z)), rel=1e-9)


@pytest.mark.parametrize("z", [0.05, 0.6, 0.97])
def test_slopes_of_the_continued_fraction(z):
    b, c, step = 3.2, 5.1, 1e-5
    found = gauss(np.array([b]), np.array([c]), np.array([z]))
    moves = np.eye(3) * step
    told = [float(each[0]) for each in found[1:]]
    for value, (by_b, by_c, by_z) in zip(told, moves, strict=True):
        up, down = hyp2f1(1, b + by_b, c + by_c, z + by_z), hyp2f1(1, b - by_b, c - by_c, z - by_z)
        assert value == pytest.approx((up - down) / (2 * step), rel=1e-6)


@pytest.mark.parametrize("s", [0.3, 0.606, 1.0, 2.5])
@pytest.mark.parametrize("rate", [0.0005, 0.0018, 0.05])
def test_endless_stay_is_the_closed_form_of_dert(s, rate):
    since = 40.0
    closed = since * (rate * since) ** (s - 1) * hyperu(s, s, rate * since)
    assert float(discounted_stay(s, since, math.inf, rate)) == pytest.approx(closed, rel=1e-9)
    finite, _error = quad(lambda t: math.exp(-rate * t) * (since / (since + t)) ** s, 0, 156, epsrel=1e-11)
    assert float(discounted_stay(s, since, 156, rate)) == pytest.approx(finite, rel=1e-10)
