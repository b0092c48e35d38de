"""Cells as people write them; expected values come from Babel's writer or are spelled out by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from workbench.program.columns import Column, Kind
from workbench.program.tables import TABLES
from workbench.program.values import Culture, Unreadable, day, items, number, read

UNDECIDED = Culture()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        ("-3.5", -3.5),
        ("−3,5", -3.5),
        ("0,125", 0.125),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234.567", 1234567),
        ("1 234 567,89", 1234567.89),
        ("1\u202f234,5", 1234.5),
        ("1'234.5", 1234.5),
        ("15%", 0.15),
        ("12,5 %", 0.125),
        ("1.200,00 €", 1200),
        ("EUR 99.9", 99.9),
        ("(45.5)", -45.5),
        ("1e3", 1000),
        (".5", 0.5),
        (7, 7),
        (7.25, 7.25),
    ],
)
def test_a_number_with_one_reading_needs_no_locale(text: object, expected: float) -> None:
    assert number(text, UNDECIDED) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(("locale", "expected"), [("en_GB", 1234.0), ("es_ES", 1.234), ("es_MX", 1234.0)])
def test_the_locale_decides_between_two_readings(locale: str, expected: float) -> None:
    assert number("1,234", Culture(locale)) == expected


def test_without_a_locale_both_readings_are_shown() -> None:
    with pytest.raises(Unreadable) as refused:
        number("1,234", UNDECIDED)
    assert "1234" in refused.value.problem.found
    assert "1.234" in refused.value.problem.found
    assert "locale" in refused.value.problem.remedy


@pytest.mark.parametrize(
    "text", ["", "abc", "1,2,3", "12.34.5", "1.23,456", "nan", "inf", "1 2", "--1", "€", "0x10", "1e999"]
)
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        number(text, UNDECIDED)


@given(st.floats(-1e9, 1e9).map(lambda value: round(value, 3)), st.sampled_from(["en_GB", "es_ES", "es_MX", "de_CH"]))
def test_what_babel_writes_in_a_locale_is_read_back(value: float, locale: str) -> None:
    written = format_decimal(value, format="#,##0.###", locale=locale).replace("’", "'")
    assert number(written, Culture(locale)) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-15",
        "2026/03/15",
        "2026-03-15T10:30:00",
        "15/03/2026",
        "15-3-26",
        "15.03.2026",
        "03/15/2026",
        "15 de marzo de 2026",
        "15-mar-2026",
        "15 mar. 26",
        "March 15, 2026",
        "15th of March 2026",
        date(2026, 3, 15),
        datetime(2026, 3, 15),
        46096,
    ],
)
def test_a_date_with_one_reading_needs_no_locale(text: object) -> None:
    assert day(text, UNDECIDED).date() == date(2026, 3, 15)


def test_a_date_with_two_readings_needs_the_locale() -> None:
    assert day("3/4/2026", Culture("es_ES")).date() == date(2026, 4, 3)
    assert day("3/4/2026", Culture("en_US")).date() == date(2026, 3, 4)
    with pytest.raises(Unreadable, match=r"2026-04-03.*2026-03-04"):
        day("3/4/2026", UNDECIDED)
    assert day("3/3/2026", UNDECIDED).date() == date(2026, 3, 3)


@pytest.mark.parametrize(
    "text", ["31/02/2026", "2026-13-01", "soon", "15 de marzo", "marzo 2026", "99/99/9999", -4, True]
)
def test_what_is_no_date_is_refused(text: object) -> None:
    with pytest.raises(Unreadable):
        day(text, UNDECIDED)


@given(
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.sampled_from(["medium", "long"]),
    st.sampled_from(["es_ES", "en_GB"]),
)
def test_dates_that_babel_writes_in_words_are_read_back(when: date, form: str, locale: str) -> None:
    assert day(format_date(when, form, locale), UNDECIDED).date() == when


@pytest.mark.parametrize(("text", "expected"), [("sí", True), ("X", True), ("No", False), (True, True), (0.0, False)])
def test_booleans(text: object, expected: bool) -> None:
    assert read(text, Column("must_do", "", kind=Kind.BOOLEAN), UNDECIDED) is expected


def test_text_ids_that_look_like_numbers_stay_text() -> None:
    column = TABLES["requirements"].column("requirement_id")
    assert read("007", column, UNDECIDED) == "007"
    assert read(7.0, column, UNDECIDED) == "7"
    assert read(" REQ-1\u00a0", column, UNDECIDED) == "REQ-1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a; b ;;a", ("a", "b")),
        ("a, b", ("a", "b")),
        ("Research, care; sales", ("Research, care", "sales")),
        ("a\nb", ("a", "b")),
    ],
)
def test_lists(text: str, expected: tuple[str, ...]) -> None:
    assert items(text) == expected


def test_choices_forgive_case_spaces_and_hyphens_and_suggest() -> None:
    column = TABLES["criteria"].column("direction")
    assert read("Lower is better", column, UNDECIDED) == "lower_is_better"
    with pytest.raises(Unreadable) as refused:
        read("lower is bettr", column, UNDECIDED)
    assert "lower_is_better" in refused.value.problem.remedy


def test_bounds_are_told() -> None:
    with pytest.raises(Unreadable) as refused:
        read("-1", TABLES["criteria"].column("weight"), UNDECIDED)
    assert (refused.value.problem.found, refused.value.problem.expected) == (
        "-1 is out of bounds.",
        "a number not below 0",
    )
