"""Units of assumptions: read as money and time in two languages, and sums that mix them found."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.business_case.starting_lines import starting_lines
from workbench.language import using
from workbench.program import blank
from workbench.program.currencies import another_than
from workbench.program.store import Program
from workbench.program.units import PLAIN, UNKNOWN, Measure, measure, mismatches

ONE = Fraction(1)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("EUR", Measure(ONE, ())),
        ("euros", Measure(ONE, ())),
        ("currency a month", Measure(ONE, (("month", -ONE),))),
        ("EUR/month", Measure(ONE, (("month", -ONE),))),
        ("EUR mensuales", Measure(ONE, (("month", -ONE),))),
        ("€ por usuario y mes", Measure(ONE, (("month", -ONE),))),
        ("EUR a user", Measure(ONE, ())),
        ("llamadas al mes", Measure(Fraction(0), (("month", -ONE),))),
        ("person-days", Measure(Fraction(0), (("day", ONE),))),
        ("jornadas al año", Measure(Fraction(0), (("day", ONE), ("year", -ONE)))),
        ("days a day", PLAIN),
        ("share", PLAIN),
        ("customers", PLAIN),
        ("thousand EUR", UNKNOWN),
        ("k€", UNKNOWN),
        ("%", UNKNOWN),
        ("30 days", UNKNOWN),
        ("", UNKNOWN),
        (" – ", UNKNOWN),
    ],
)
def test_what_a_unit_says(unit: str, expected: Measure) -> None:
    assert measure(unit, "EUR") == expected


UNITS = {
    "calls": "calls a month",
    "letter_cost": "EUR",
    "fee": "EUR a month",
    "more_calls": "calls a month",
    "talk": "seconds",
    "hours": "hours a month",
    "wage": "EUR an hour",
    "share": "share",
    "days": "days a month",
    "day_rate": "EUR a day",
    "months": "months",
    "anything": "",
}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("calls + letter_cost", [("calls", "letter_cost")]),
        ("calls - letter_cost", [("calls", "letter_cost")]),
        ("fee + letter_cost", [("fee", "letter_cost")]),
        ("fee * months + letter_cost", []),
        ("days * day_rate + fee", []),
        ("days * day_rate + hours * wage", []),
        ("days * wage + fee", [("days * wage", "fee")]),
        ("calls + more_calls", []),
        ("talk + hours", [("talk", "hours")]),
        ("talk / 3600 + hours / calls", []),
        ("calls * talk / 3600 * wage + fee", []),
        ("calls * talk / 3600 + fee", [("calls * talk / 3600", "fee")]),
        ("(1 - share) * calls * letter_cost + 3 + anything", []),
        ("anything + calls + letter_cost", [("anything + calls", "letter_cost")]),
        ("max(fee, calls, letter_cost)", [("fee", "calls"), ("fee", "letter_cost")]),
        ("fee if calls > letter_cost else calls", [("calls", "letter_cost"), ("fee", "calls")]),
        ("round(fee, 2) - abs(-calls)", [("round(fee, 2)", "abs(-calls)")]),
        ("letter_cost ** 2 / letter_cost + letter_cost", []),
        ("letter_cost ** 2 + letter_cost", [("letter_cost ** 2", "letter_cost")]),
        ("sqrt(fee) + calls", []),
        ("calls % 7 + fee", [("calls % 7", "fee")]),
    ],
)
def test_sums_of_parts_that_do_not_go_together(formula: str, expected: list[tuple[str, str]]) -> None:
    measures = {name: measure(unit, "EUR") for name, unit in UNITS.items()}
    found = mismatches(formula, measures)
    assert found[:1] == expected[:1]
    assert bool(found) == bool(expected)
    assert set(found) <= set(expected)


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)), st.sampled_from("+-"))
def test_a_sum_is_told_whichever_part_comes_first(one: str, other: str, sign: str) -> None:
    measures = {name: measure(unit, "EUR") for name, unit in UNITS.items()}
    there = mismatches(f"{one} {sign} {other}", measures)
    back = mismatches(f"{other} {sign} {one}", measures)
    assert bool(there) == bool(back)
    assert there == [(one, other)] * bool(back)
    if measures[one] == measures[other] or "anything" in (one, other):
        assert not there


@pytest.mark.parametrize("code", ["en", "es"])
def test_ready_lines_and_the_sample_mix_nothing(code: str) -> None:
    with using(code):
        tables = starting_lines()
    measures = {row.assumption_id: measure(row.unit, "EUR") for row in tables["assumptions"].itertuples()}
    assert any(each.money == 1 for each in measures.values())
    for name in ("costs", "benefits"):
        assert [mismatches(formula, measures) for formula in tables[name]["formula"]] == [[]] * len(tables[name])
    assert Program.open(blank.sample(code)).notices == ()


@pytest.mark.parametrize(
    ("text", "currency", "other"),
    [
        ("USD a month", "EUR", "USD"),
        ("$ a month", "EUR", "$"),
        ("$5", "EUR", "$"),
        ("€/h", "USD", "€"),
        ("EUR and GBP", "EUR", "GBP"),
        ("$ an hour", "MXN", ""),
        ("£", "EGP", ""),
        ("EUR a month", "EUR", ""),
        ("FTE a month", "EUR", ""),
        ("usd", "EUR", ""),
        ("EUROS", "GBP", ""),
        ("", "EUR", ""),
        ("thousand USD of licences", "EUR", "USD"),
        ("millones de USD", "EUR", "USD"),
        ("Mil USD al mes", "EUR", "USD"),
        ("USD por hora", "EUR", "USD"),
        ("USD/call", "EUR", "USD"),
        ("USD mensuales", "EUR", "USD"),
        ("1,200.50 USD", "EUR", "USD"),
        ("USD 1200", "EUR", "USD"),
        ("USD and EUR", "EUR", "USD"),
        ("ALL", "EUR", "ALL"),
        ("ALL users", "EUR", ""),
        ("ALL monthly users", "EUR", ""),
        ("TOP customers", "EUR", ""),
        ("TOP and new customers", "EUR", ""),
        ("customers in TOP", "EUR", ""),
        ("TRY out", "EUR", ""),
        ("CAD licences", "EUR", ""),
        ("licences for CAD", "EUR", ""),
        ("CAD for designers", "EUR", ""),
        ("$ and CAD licences", "EUR", "$"),
        ("DEM a month", "EUR", ""),
        ("PES", "EUR", ""),
        ("EUR/USD", "EUR", ""),
    ],
)
def test_other_currencies(text: str, currency: str, other: str) -> None:
    assert another_than(text, currency) == other
