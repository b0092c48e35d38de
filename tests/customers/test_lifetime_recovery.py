"""Simulated customers: intervals of 95% hold the truth 93 to 97 times in a hundred."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.customers.lifetime_bg_nbd import fit_bg_nbd
from workbench.customers.lifetime_pareto_nbd import fit_pareto_nbd

TRUTH = (0.8, 6.0, 0.8, 2.5)


def test_intervals_hold_the_truth(bg_customers):
    held = []
    for each in range(200):
        model = fit_bg_nbd(bg_customers(np.random.default_rng([1, each]), 2000, TRUTH, (40, 104)))
        assert not model.remark
        ends = model.interval().values()
        held.append([low <= value <= high for (low, high), value in zip(ends, TRUTH, strict=True)])
    assert 0.93 <= np.mean(held) <= 0.97


def test_pareto_nbd_recovers_its_truth(pareto_customers):
    truth = (0.8, 6.0, 0.8, 20.0)
    model = fit_pareto_nbd(pareto_customers(np.random.default_rng(1), 20_000, truth, (40, 104)))
    for name, value in zip(model.NAMES, truth, strict=True):
        assert model.estimates[name] == pytest.approx(value, abs=3 * model.standard_errors[name])
        assert model.standard_errors[name] < 0.2 * value
