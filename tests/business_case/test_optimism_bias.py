"""Optimism bias against the worked examples of the guidance."""

from __future__ import annotations

import pytest

from workbench.business_case.optimism_bias import RiskArea, optimism_bias
from workbench.errors import SettingsError
from workbench.language import using

NON_STANDARD_BUILDING = {"cost_bounds": (0.04, 0.51), "time_bounds": (0.02, 0.39)}


def area(name: str, time: float, mitigation: float, cost: float = 0.0) -> RiskArea:
    return RiskArea(name, cost, time, mitigation)


def test_the_guidance_example_of_a_works_duration() -> None:
    """Mott MacDonald 2002, example 2: 23.8% of a bound of 39% is managed; 28 months become 36.3."""
    managed = [
        area("Poor contractor capabilities", 0.05, 1.0),
        area("Design complexity", 0.02, 1.0),
        area("Inadequacy of the business case", 0.22, 0.4),
        area("Poor project intelligence", 0.05, 1.0),
        area("Site characteristics", 0.03, 1.0),
    ]
    bias = optimism_bias(managed, **NON_STANDARD_BUILDING)
    assert bias.managed_time == pytest.approx(0.238)
    assert bias.time == pytest.approx(0.297, abs=5e-4)
    assert 28 * (1 + bias.time) == pytest.approx(36.3, abs=0.05)


def test_the_guidance_example_of_capital_at_the_award_of_contract() -> None:
    """Mott MacDonald 2002, example 1: 92% of a bound of 51% is managed; £100 m become £104 m."""
    bias = optimism_bias([area("All", 0.0, 0.92, cost=1.0)], **NON_STANDARD_BUILDING)
    assert 100 * (1 + bias.cost) == pytest.approx(104, abs=0.1)


def test_equipment_and_development_starts_at_the_upper_bounds() -> None:
    """Capital 10 to 200%, duration 10 to 54%."""
    bias = optimism_bias()
    assert (bias.cost, bias.time) == (2.0, 0.54)
    with using("en"):
        assert "raised by 200% and its time by 54%" in bias.conclusion


def test_it_never_falls_below_the_lower_bounds() -> None:
    bias = optimism_bias([RiskArea("All", 1.0, 1.0, 1.0)])
    assert (bias.cost, bias.time) == (0.10, 0.10)


def test_every_problem_is_told() -> None:
    with pytest.raises(SettingsError) as caught:
        optimism_bias([RiskArea("One", 58, 0.4, 0.5), RiskArea("Two", 0.2, 0.2, -1)])
    assert len(caught.value.problems) == 2
    with pytest.raises(SettingsError, match="130%"):
        optimism_bias([RiskArea("One", 0.7, 0.1, 0.5), RiskArea("Two", 0.6, 0.2, 0.5)])
