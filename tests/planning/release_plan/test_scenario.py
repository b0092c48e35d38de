"""Scenarios: what they change, and the line of text that keeps them."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import SettingsError
from workbench.planning.release_plan.scenario import MOST_MEANS, Scenario, changed, changed_weights, from_text

NAMES = st.text(min_size=1, max_size=8)
SCENARIOS = st.builds(
    Scenario,
    means=st.dictionaries(NAMES, st.floats(0, MOST_MEANS), max_size=4),
    weights=st.dictionaries(NAMES, st.floats(0, 100), max_size=4),
    decisions=st.dictionaries(NAMES, st.sampled_from(["must", "out", "free"]), max_size=4),
)


@given(scenario=SCENARIOS)
@settings(max_examples=60)
def test_a_scenario_comes_back_from_its_text(scenario: Scenario) -> None:
    assert from_text(scenario.to_text()) == scenario


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').getcwd()",
        "[]",
        '{"means": {"money": -1}}',
        '{"means": {"money": 1e9}}',
        '{"weights": {"CRI-01": NaN}}',
        '{"decisions": {"PRJ-01": "<script>"}}',
        '{"decisions": {"PRJ-01": ["out"]}}',
        '{"other": {}}',
        '{"means": 3}',
        "{",
    ],
)
def test_a_text_that_is_no_scenario_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="no saved scenario"):
        from_text(text)


def test_nothing_asked_changes_nothing(brute: SimpleNamespace) -> None:
    own = brute.portfolio(1)
    same = changed(own, from_text(""))
    pd.testing.assert_frame_equal(same.capacity, own.capacity)
    assert (same.must_do, same.forced_out) == (own.must_do, own.forced_out)


def test_means_decisions_and_values_are_changed_and_what_is_unknown_is_passed_over(brute: SimpleNamespace) -> None:
    own = brute.portfolio(1).with_(must_do={"A"}, forced_out=set())
    scenario = Scenario({"money": 0.5, "gold": 2.0}, {}, {"A": "free", "B": "must", "C": "out", "Z": "must"})
    under = changed(own, scenario, own.value + 1)
    assert under.capacity.loc["money"].tolist() == [amount / 2 for amount in own.capacity.loc["money"]]
    assert under.capacity.loc["days"].tolist() == own.capacity.loc["days"].tolist()
    assert (under.must_do, under.forced_out) == ({"B"}, {"C"})
    assert under.value.tolist() == [value + 1 for value in own.value]


def test_weights_stand_in_place_of_the_programs() -> None:
    criteria = pd.DataFrame({"criterion_id": ["V1", "V2"], "weight": [3.0, 1.0]})
    assert changed_weights(criteria, Scenario(weights={"V2": 5.0}))["weight"].tolist() == [3.0, 5.0]


def test_a_text_nested_without_end_is_no_scenario():
    with pytest.raises(SettingsError, match="no saved scenario"):
        from_text("[" * 15_000)
