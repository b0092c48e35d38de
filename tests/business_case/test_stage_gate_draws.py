"""The drawn interval of a gate's forecast: closed forms of what is to come, and a past that does not move."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from workbench.business_case.baseline import freeze, read_baseline
from workbench.business_case.stage_gates import StageGate, stage_gate
from workbench.errors import DataError, SettingsError

Z_90, Z_95 = 1.2815515655446004, 1.6448536269514722
NONE = pd.DataFrame()
RATE = 0.1


def normal(key: str, base: float, deviation: float, **more: Any) -> dict[str, Any]:
    """Low and high are the 5th and the 95th percentile."""
    reach = Z_95 * deviation
    return {"assumption_id": key, "base": base, "low": base - reach, "high": base + reach,
            "distribution": "normal", **more}  # fmt: skip


def gate(assumptions: list[dict[str, Any]], formulas: list[str], month: int = 3, **more: Any) -> StageGate:
    """Benefits of these formulas from month 1 to 18, of which nothing is known but month 1."""
    known = pd.DataFrame(assumptions)
    gained = pd.DataFrame(
        {"benefit_id": [f"B{n}" for n in range(len(formulas))], "stream": "customer_value", "formula": formulas}
    )
    terms: dict[str, Any] = {"gate_id": "G", "frozen_on": date(2026, 1, 31), "horizon_months": 18}
    plan = read_baseline(freeze(NONE, gained, known, discount_rate=RATE, **terms))
    paid = pd.DataFrame({"line_id": ["B0"], "period": [1], "amount": [55.0]})
    return stage_gate(plan, NONE, gained, known, paid, month=month, **{"draws": 4096, **more})


def worth_of_rest(month: int) -> float:
    """One a month after the gate: months to 12 are of year 1, those after of year 2."""
    return sum(1 / (1 + RATE) ** (1 if period <= 12 else 2) for period in range(month + 1, 19))


@pytest.mark.parametrize("month", [0, 3, 12, 17])
def test_one_normal_assumption_in_closed_form(month: int) -> None:
    found = gate([normal("sales", 100.0, 8.0)], ["3 * sales"], month)
    reach = Z_90 * 8.0 * 3 * worth_of_rest(month)
    assert found.forecast_high - found.forecast_npv == pytest.approx(reach, rel=2e-3)
    assert found.forecast_npv - found.forecast_low == pytest.approx(reach, rel=2e-3)


def test_when_all_is_past_nothing_is_uncertain() -> None:
    found = gate([normal("sales", 100.0, 8.0)], ["3 * sales"], 18)
    assert found.forecast_low == found.forecast_high == pytest.approx(found.forecast_npv)
    assert found.remaining_npv == 0


@pytest.mark.parametrize("lines", range(1, 9))
def test_on_plan_and_without_ranges_no_draw_falls_short_of_the_promise(lines: int) -> None:
    found = gate([{"assumption_id": "sales", "base": 33.3}], [f"sales * {row}.7 / 3" for row in range(lines)], 0)
    assert found.drawn is not None
    assert found.drawn.share_below(found.baseline_npv) == 0
    assert found.drawn.share_below(found.baseline_npv + 1) == 1


def test_a_correlated_sum_in_closed_form() -> None:
    """Two normal assumptions with the rank correlation ρ have Pearson's 2 sin(πρ ÷ 6): variances and covariance add."""
    rows = [normal("a", 100.0, 8.0), normal("b", 50.0, 6.0, correlated_with="a", correlation=0.5)]
    found = gate(rows, ["a", "b"])
    together = 2 * np.sin(np.pi * 0.5 / 6)
    deviation = np.sqrt(8**2 + 6**2 + 2 * together * 8 * 6) * worth_of_rest(3)
    assert found.drawn is not None
    assert found.drawn.npv.std() == pytest.approx(deviation, rel=5e-3)
    assert found.drawn.npv.mean() == pytest.approx(found.forecast_npv, rel=1e-4)


def test_the_monthly_band_begins_at_the_gate_and_widens_with_the_months() -> None:
    found = gate([normal("sales", 100.0, 8.0)], ["sales"])
    progress = found.progress.set_index("period")
    assert progress.loc[:2, ["low", "high"]].isna().all(axis=None)
    assert progress.at[3, "low"] == progress.at[3, "high"] == pytest.approx(progress.at[3, "forecast_cumulative"])
    for period in range(4, 19):
        reach = Z_90 * 8.0 * (period - 3)
        row = progress.loc[period]
        assert row["high"] - row["forecast_cumulative"] == pytest.approx(reach, rel=2e-3)
        assert row["forecast_cumulative"] - row["low"] == pytest.approx(reach, rel=2e-3)


def test_risk_and_attribution_stay_in_the_draws() -> None:
    """A normal benefit after 50% attribution and 20% risk varies by 0.4 of its amount."""
    known = pd.DataFrame([normal("sales", 100.0, 8.0)])
    gained = pd.DataFrame({"benefit_id": ["B"], "stream": ["customer_value"], "formula": ["sales"],
                           "attribution": [0.5], "risk_adjustment": [0.2]})  # fmt: skip
    terms: dict[str, Any] = {"gate_id": "G", "frozen_on": date(2026, 1, 31), "horizon_months": 12, "discount_rate": 0.0}
    plan = read_baseline(freeze(NONE, gained, known, **terms))
    paid = pd.DataFrame({"line_id": ["B"], "period": [1], "amount": [40.0]})
    found = stage_gate(plan, NONE, gained, known, paid, month=2, draws=4096)
    assert found.forecast_high - found.forecast_npv == pytest.approx(Z_90 * 8.0 * 0.4 * 10, rel=2e-3)


def test_costs_pull_the_other_way() -> None:
    """What costs and gains in step cancels out: fee − fee leaves nothing to vary."""
    known = pd.DataFrame([normal("fee", 100.0, 8.0)])
    spent = pd.DataFrame({"cost_id": ["C"], "category": ["licences"], "formula": ["fee"]})
    gained = pd.DataFrame({"benefit_id": ["B"], "stream": ["customer_value"], "formula": ["fee"]})
    terms: dict[str, Any] = {"gate_id": "G", "frozen_on": date(2026, 1, 31), "horizon_months": 6, "discount_rate": 0.0}
    plan = read_baseline(freeze(spent, gained, known, **terms))
    paid = pd.DataFrame({"line_id": ["C"], "period": [1], "amount": [130.0]})
    found = stage_gate(plan, spent, gained, known, paid, month=1, draws=256)
    assert found.drawn is not None
    assert np.ptp(found.drawn.npv) == pytest.approx(0, abs=1e-9)
    assert found.drawn.npv.mean() == pytest.approx(100 - 130)


def test_how_often_it_falls_short() -> None:
    """Uniform from 0 to 200 around 100: below a promise of 100 in half of the draws, below zero never."""
    row = {"assumption_id": "sales", "low": 0.0, "base": 100.0, "high": 200.0, "distribution": "uniform"}
    found = gate([row], ["sales"], 0)
    assert found.drawn is not None
    assert found.drawn.share_below(found.forecast_npv) == pytest.approx(0.5, abs=1e-3)
    assert found.drawn.share_below(0.0) == 0
    assert found.drawn.share_below(float(found.drawn.npv.min())) == 0
    assert found.odds_told.startswith("In 50")


def test_the_same_seed_gives_the_same_draws_and_another_others() -> None:
    rows = [normal("sales", 100.0, 8.0)]
    one, again, other = (gate(rows, ["sales"], seed=seed).forecast_low for seed in (1, 1, 2))
    assert one == again != other


def test_without_draws_the_interval_is_of_first_order() -> None:
    found = gate([normal("sales", 100.0, 8.0)], ["3 * sales"], draws=0)
    assert found.drawn is None
    assert found.odds_told == ""
    assert found.progress["low"].isna().all()
    assert found.forecast_high - found.forecast_npv == pytest.approx(Z_90 * 24 * worth_of_rest(3))


def test_what_may_still_move_the_forecast_is_told_by_size() -> None:
    rows = [normal("little", 100.0, 1.0, evidence="opinion"), normal("much", 100.0, 8.0, name="Much"),
            normal("unused", 1.0, 9.0)]  # fmt: skip
    swings = gate(rows, ["little + much"]).swings
    assert swings[["assumption_id", "name", "evidence"]].to_numpy().tolist() == [
        ["much", "Much", ""],
        ["little", "little", "opinion"],
        ["unused", "unused", ""],
    ]
    assert swings["swing"].tolist() == pytest.approx([8 * worth_of_rest(3), worth_of_rest(3), 0])


def test_draws_that_are_not_possible_are_refused() -> None:
    with pytest.raises(SettingsError, match="with -5 draws"):
        gate([normal("sales", 100.0, 8.0)], ["sales"], draws=-5)
    rows = [
        normal("a", 1.0, 0.1),
        normal("b", 1.0, 0.1, correlated_with="a", correlation=1.0),
        normal("c", 1.0, 0.1, correlated_with="b", correlation=1.0),
    ]
    assert gate(rows, ["a + b + c"], accept_nearest=True).drawn is not None
    with pytest.raises(DataError):
        gate(rows, ["a + b + c"])


def row(key: str, kind: str, low: float, base: float, high: float) -> dict[str, Any]:
    return {"assumption_id": key, "low": low, "base": base, "high": high, "distribution": kind}


def test_an_assumption_moves_within_its_own_distribution() -> None:
    """A lognormal of 0.1 to 30 has a standard deviation of 34: below its base a fee has no root, and none occurs."""
    middle, deviation = np.log([0.1, 30]).mean(), np.log(300) / (2 * Z_95)
    half = (np.exp((middle + deviation) / 2) - np.exp((middle - deviation) / 2)) / 2
    for draws in (0, 1024):
        found = gate([row("fee", "lognormal", 0.1, 1.0, 30.0)], ["sqrt(fee)"], draws=draws)
        assert found.swings["swing"].tolist() == pytest.approx([half * worth_of_rest(3)])
        if not draws:
            assert found.forecast_high - found.forecast_npv == pytest.approx(Z_90 * half * worth_of_rest(3))


@pytest.mark.parametrize(
    ("kind", "base", "expected"),
    [
        ("uniform", 15.0, 10 * math.erf(0.5**0.5) / 2),
        ("discrete", 12.0, 5.0),
        ("bernoulli", 11.0, 10 * (0.1 * 0.9) ** 0.5),
        ("bernoulli", 10.0, 0.0),
        ("", 12.0, 0.0),
    ],
    ids=["uniform", "discrete", "bernoulli", "never", "constant"],
)
def test_how_far_each_distribution_moves_the_rest(kind: str, base: float, expected: float) -> None:
    """From 10 to 20: of a uniform one 68.27% lie within a normal one's standard deviation."""
    found = gate([row("fee", kind, 10.0, base, 20.0)], ["2 * fee"], draws=0)
    assert found.swings["swing"].tolist() == pytest.approx([2 * expected * worth_of_rest(3)])


@pytest.mark.parametrize("draws", [0, 256])
def test_a_formula_without_a_value_names_its_line(draws: int) -> None:
    with pytest.raises(DataError, match=r"Line B1: .*sqrt"):
        gate([normal("fee", 5.0, 6.0)], ["fee", "sqrt(fee)"], draws=draws)


def test_a_line_that_has_ended_is_not_drawn() -> None:
    """Its formula has no value in half of the draws, and nobody needs one."""
    known = pd.DataFrame([normal("fee", 1.0, 2.0)])
    gained = pd.DataFrame({"benefit_id": ["B", "D"], "stream": "customer_value", "formula": ["sqrt(fee)", "fee + 100"],
                           "last_period": pd.array([3, None], dtype="Int64")})  # fmt: skip
    terms: dict[str, Any] = {"gate_id": "G", "frozen_on": date(2026, 1, 31), "horizon_months": 5, "discount_rate": 0.0}
    plan = read_baseline(freeze(NONE, gained, known, **terms))
    paid = pd.DataFrame({"line_id": ["B"], "period": [1], "amount": [1.0]})
    for draws in (0, 4096):
        found = stage_gate(plan, NONE, gained, known, paid, month=3, draws=draws)
        assert found.forecast_high - found.forecast_npv == pytest.approx(2 * 2 * Z_90, rel=2e-3)
    with pytest.raises(DataError, match="Line B"):
        stage_gate(plan, NONE, gained, known, paid, month=2, draws=4096)


def test_lines_that_fall_below_zero_in_some_draws_are_told() -> None:
    """Of a uniform assumption from −5 to 15 a quarter of the draws lies below zero."""
    found = gate([row("gain", "uniform", -5.0, 5.0, 15.0)], ["gain", "gain + 5", "0 * gain"], draws=4096)
    assert found.drawn is not None
    assert found.drawn.negative_shares == pytest.approx({"B0": 0.25}, abs=1e-3)
    assert found.warnings[-1] == "Some lines fall below zero in some of the draws, and count as they are: B0 in 25%."
    assert found.below_zero == ()
    assert gate([row("gain", "uniform", -5.0, 5.0, 15.0)], ["gain"], 18, draws=256).drawn.negative_shares == {}  # type: ignore[union-attr]
