"""Customers of a known truth, and those of CDNOW."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

Simulator = Callable[..., pd.DataFrame]
CALIBRATED = pd.Timestamp("1997-09-30")


@pytest.fixture(scope="session")
def cdnow_orders() -> pd.DataFrame:
    """The 1/10 sample of CDNOW: customer, day, amount; what was ordered on one day is one purchase."""
    spec = find_spec("lifetimes")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "datasets" / "CDNOW_sample.txt"
    names = ["id_of_all", "customer", "day", "quantity", "amount"]
    orders = pd.read_csv(path, sep=r"\s+", header=None, names=names, dtype={"day": str})
    orders["day"] = pd.to_datetime(orders["day"], format="%Y%m%d")
    return orders.groupby(["customer", "day"], as_index=False)["amount"].sum()


@pytest.fixture(scope="session")
def cdnow(cdnow_orders: pd.DataFrame) -> pd.DataFrame:
    """A row for each of its customers: frequency, recency, age, monetary, actual (purchases after the calibration)."""
    first = cdnow_orders.groupby("customer")["day"].transform("min")
    seen = cdnow_orders["day"] <= CALIBRATED
    days = cdnow_orders[seen].groupby("customer")["day"]
    frame = pd.DataFrame(
        {
            "frequency": days.size() - 1,
            "recency": (days.max() - days.min()).dt.days / 7,
            "age": (CALIBRATED - days.min()).dt.days / 7,
            "monetary": cdnow_orders[seen & (cdnow_orders["day"] > first)].groupby("customer")["amount"].mean(),
            "actual": cdnow_orders[~seen].groupby("customer").size(),
        }
    )
    return frame.fillna({"monetary": 0.0, "actual": 0}).reset_index()


@pytest.fixture(scope="session")
def bg_customers() -> Simulator:
    """Customers drawn from a BG/NBD model: each purchase a step, after which some leave."""

    def simulated(
        rng: np.random.Generator, count: int, parameters: tuple[float, ...], weeks: tuple[float, float]
    ) -> pd.DataFrame:
        r, alpha, a, b = parameters
        rate, leaves, age = rng.gamma(r, 1 / alpha, count), rng.beta(a, b, count), rng.uniform(*weeks, count)
        frequency, recency, there = np.zeros(count), np.zeros(count), np.ones(count, dtype=bool)
        while there.any():
            bought = recency + rng.exponential(size=count) / rate
            there &= bought <= age
            recency[there] = bought[there]
            frequency[there] += 1
            there &= rng.random(count) > leaves
        return pd.DataFrame({"frequency": frequency, "recency": recency, "age": age})

    return simulated


@pytest.fixture(scope="session")
def pareto_customers() -> Simulator:
    """Customers drawn from a Pareto/NBD model: a life, and purchases at random in it."""

    def simulated(
        rng: np.random.Generator, count: int, parameters: tuple[float, ...], weeks: tuple[float, float]
    ) -> pd.DataFrame:
        r, alpha, s, beta = parameters
        rate, leaving, age = rng.gamma(r, 1 / alpha, count), rng.gamma(s, 1 / beta, count), rng.uniform(*weeks, count)
        there = np.minimum(rng.exponential(size=count) / leaving, age)
        frequency = rng.poisson(rate * there).astype(float)
        last = there * rng.random(count) ** (1 / np.maximum(frequency, 1))
        return pd.DataFrame({"frequency": frequency, "recency": np.where(frequency > 0, last, 0), "age": age})

    return simulated
