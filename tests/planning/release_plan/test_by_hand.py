"""Changes by hand: what they break is found by the independent reading of the rules, what they bring by adding up."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace

import pytest

from workbench.errors import SettingsError
from workbench.planning.release_plan.by_hand import by_hand
from workbench.planning.release_plan.solve import plan_releases


@pytest.mark.parametrize("seed", range(40))
def test_changes_are_held_to_the_rules(seed: int, brute: SimpleNamespace) -> None:
    portfolio, chance = brute.portfolio(seed), Random(seed)
    before = plan_releases(portfolio)
    wanted = {name: chance.choice(["out", *portfolio.releases]) for name in chance.sample(portfolio.projects, 2)}
    found = by_hand(before, [f" {name} = {where} " for name, where in wanted.items()])
    expected = {**before.plan, **wanted}
    expected = {name: where for name, where in expected.items() if where != "out"}
    assert found.plan == expected
    assert {rule.name for rule in found.broken} == brute.broken(portfolio, expected)
    difference = brute.worth(portfolio, expected) - brute.worth(portfolio, before.plan)
    assert found.difference == pytest.approx(difference)
    assert ("keep all the rules" in found.conclusion) is (not found.broken)


def test_what_cannot_be_read_is_told_all_at_once(brute: SimpleNamespace) -> None:
    best = plan_releases(brute.portfolio(1))
    with pytest.raises(SettingsError) as refused:
        by_hand(best, ["A", "Z=1", "A=7", "=1", "A=-1"])
    assert len(refused.value.problems) == 5
    assert "“Z=1”" in str(refused.value)


def test_no_change_is_worth_as_much(brute: SimpleNamespace) -> None:
    assert "worth as much" in by_hand(plan_releases(brute.portfolio(1)), []).conclusion
