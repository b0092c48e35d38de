"""Profiles: read as people write them, bounded, and summing to what their closed forms say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.program.profiles import Profile


def _spanish(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("even", [1, 1, 1, 1, 1]),
        ("one_off", [1, 0, 0, 0, 0]),
        ("ramp 4", [0.25, 0.5, 0.75, 1, 1]),
        ("ramp 1", [1, 1, 1, 1, 1]),
        ("s_curve 2", [0.5, 1, 1, 1, 1]),
        ("s_curve 4", [0.15625, 0.5, 0.84375, 1, 1]),
        ("percentages 150", [1.5, 1.5, 1.5, 1.5, 1.5]),
    ],
)
def test_first_months(text: str, expected: list[float]) -> None:
    assert Profile.parse(text).multipliers(5) == pytest.approx(expected)


def test_percentages_hold_for_twelve_months_each_and_the_last_stays() -> None:
    multipliers = Profile.parse("percentages 50 80 120").multipliers(48)
    assert multipliers == pytest.approx(np.repeat([0.5, 0.8, 1.2, 1.2], 12))


def test_growth_steps_once_a_year() -> None:
    assert Profile.parse("growth 3%").multipliers(36) == pytest.approx(np.repeat([1, 1.03, 1.0609], 12))
    assert Profile.parse("growth -50").multipliers(25)[-1] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" EVEN ", "even"),
        ("One-off", "one_off"),
        ("one off", "one_off"),
        ("oneoff", "one_off"),
        ("Ramp: 12", "ramp 12"),
        ("RAMP:12", "ramp 12"),
        ("ramp   12", "ramp 12"),
        ("S-curve 6", "s_curve 6"),
        ("s curve: 6", "s_curve 6"),
        ("percentages: 50% 80 % 100%", "percentages 50 80 100"),
        ("percentages 50; 80; 100", "percentages 50 80 100"),
        ("percentages 50, 80, 100", "percentages 50 80 100"),
        ("growth 2.5 %", "growth 2.5%"),
        ("growth -3%", "growth -3%"),
    ],
)
def test_writings_that_are_tolerated(text: str, expected: str) -> None:
    profile = Profile.parse(text)
    assert str(profile) == expected
    assert Profile.parse(str(profile)) == profile


def test_numbers_go_through_the_reader_of_the_locale() -> None:
    assert Profile.parse("growth 2,5%", _spanish) == Profile.parse("growth 2.5%")
    assert Profile.parse("percentages 12,5 1.000", _spanish).figures == (12.5, 1000.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "evenly",
        "even 3",
        "one_off 1",
        "ramp",
        "ramp 0",
        "ramp -3",
        "ramp 2.5",
        "ramp 3 4",
        "ramp nan",
        "ramp inf",
        "s_curve x",
        "percentages",
        "percentages -5",
        "percentages 50 x",
        "growth",
        "growth -100%",
        "growth 2 3",
        "growth 1e300%",
        "__import__('os')",
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^The profile .+\.$"):
        Profile.parse(text)


def test_profiles_cannot_be_built_wrong() -> None:
    for kind, figures in (("ramp", ()), ("linear", (3.0,)), ("even", (1.0,))):
        with pytest.raises(ValueError, match="Expected"):
            Profile(kind, figures)
    with pytest.raises(ValueError, match="-1"):
        Profile().multipliers(-1)


PROFILES = st.one_of(
    st.just("even"),
    st.just("one_off"),
    st.integers(1, 60).map("ramp {}".format),
    st.integers(1, 60).map("s_curve {}".format),
)


@given(PROFILES, st.integers(0, 120))
def test_multipliers_are_shares_and_do_not_depend_on_the_length(text: str, months: int) -> None:
    profile = Profile.parse(text)
    multipliers = profile.multipliers(months)
    assert multipliers.shape == (months,)
    assert ((multipliers >= 0) & (multipliers <= 1)).all()
    assert profile.multipliers(months + 7)[:months] == pytest.approx(multipliers)


@given(st.integers(1, 120))
def test_the_s_curve_is_monotone_symmetric_and_sums_as_the_ramp(months: int) -> None:
    curve = np.concatenate([[0], Profile("s_curve", (float(months),)).multipliers(months)])
    assert (np.diff(curve) > 0).all()
    assert curve + curve[::-1] == pytest.approx(1)
    assert curve.sum() == pytest.approx((months + 1) / 2)
    assert Profile("ramp", (float(months),)).multipliers(months).sum() == pytest.approx((months + 1) / 2)


@pytest.mark.parametrize(
    "text", ["even", "one_off", "ramp 3", "s_curve 3", "percentages 100 0", "percentages 0 50", "growth 5%"]
)
@pytest.mark.parametrize("months", [1, 11, 12, 13, 24, 40])
def test_what_is_over_brings_nothing_more(text: str, months: int) -> None:
    profile = Profile.parse(text)
    assert profile.is_over_after(months) == (not profile.multipliers(months + 60)[months:].any())
