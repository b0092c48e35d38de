"""The rule of a gate: stop, continue or change."""

from __future__ import annotations

import pytest

from workbench.business_case.stage_gate_rule import recommend
from workbench.language import using


@pytest.mark.parametrize(
    ("promised", "forecast", "remaining", "stop_cost", "decision"),
    [
        (100, 100, 50, 0, "continue"),
        (100, 90, 50, 0, "continue"),
        (100, 89, 50, 0, "change"),
        (100, 100, -1, 0, "stop"),
        (100, 95, -1, 2, "continue"),
        (-10, -10.5, 5, 0, "change"),
        (0, 0, 5, 0, "continue"),
    ],
)
def test_the_rule(promised: float, forecast: float, remaining: float, stop_cost: float, decision: str) -> None:
    advice = recommend(promised, forecast, remaining, stop_cost)
    assert advice.decision == decision
    assert advice.reason


def test_the_reason_has_the_figures() -> None:
    with using("en", currency="EUR"):
        told = recommend(100.0, 80.0, 50.0, tolerance=0.15).reason.replace("\xa0", " ")
        assert "worth 50 €" in told
        assert "comes to 80 €, more than 15% below the 100 €" in told
        assert "costs 5 €" in recommend(100.0, 80.0, -6.0, stop_cost=5.0).reason.replace("\xa0", " ")


def test_a_promise_below_zero_has_its_tolerance_too() -> None:
    assert "now loses money" in recommend(-100.0, -105.0, 5.0).reason
    assert "below the" in recommend(-100.0, -115.0, 5.0).reason


def test_when_the_program_has_ended_nothing_is_left_to_change() -> None:
    with using("en", currency="EUR"):
        advice = recommend(100.0, -20.0, 0.0, has_ended=True)
    assert advice.decision == "ended"
    assert advice.reason.replace("\xa0", " ") == "The program has ended: it came to -20 €, against 100 € promised."
