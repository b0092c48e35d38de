"""Folders that are written: read again, they hold the same, whatever the locale."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from workbench.errors import DataError
from workbench.program import blank
from workbench.program.columns import Column, Kind
from workbench.program.folder import cell, write_folder
from workbench.program.profiles import Profile
from workbench.program.reading import Records
from workbench.program.store import Program
from workbench.program.tables import TABLES
from workbench.program.values import Culture, Unreadable, read

CULTURES = [Culture(), Culture("en_GB"), Culture("es_ES"), Culture("de_CH")]
FIGURES = st.floats(allow_nan=False, allow_infinity=False) | st.decimals(
    -(10**6), 10**6, places=3, allow_nan=False
).map(float)
ITEMS = st.text("abc ,.-é", min_size=1, max_size=5).map(str.strip).filter(bool)


def again(value: object, kind: Kind) -> list[object]:
    column = Column("a", "", kind)
    return [read(cell(value, column), column, culture) for culture in CULTURES]


@given(FIGURES)
def test_a_figure_reads_the_same_in_every_locale(figure: float) -> None:
    assert again(figure, Kind.NUMBER) == [figure] * len(CULTURES)


@given(st.floats(-99, 1000), st.integers(1, 600))
def test_a_profile_reads_the_same_in_every_locale(growth: float, months: int) -> None:
    for profile in (Profile("growth", (growth,)), Profile("ramp", (float(months),))):
        assert set(map(str, again(str(profile), Kind.PROFILE))) == {str(profile)}


@given(st.datetimes())
def test_a_moment_keeps_its_microseconds(moment: datetime) -> None:
    assert again(moment, Kind.DATE) == [moment] * len(CULTURES)


@given(st.lists(ITEMS, unique=True, min_size=1).map(tuple))
def test_a_list_keeps_its_items(items: tuple[str, ...]) -> None:
    assert again(items, Kind.LIST) == [items] * len(CULTURES)


@pytest.mark.parametrize("kind", [Kind.BOOLEAN, Kind.INTEGER])
def test_plain_kinds(kind: Kind) -> None:
    for value in (True, False) if kind is Kind.BOOLEAN else (0, 7, -1234, 10**15):
        assert again(value, kind) == [value] * len(CULTURES)


@pytest.mark.parametrize("text", ["1e30", str(2**53 + 2), "-1e300"])
def test_whole_numbers_that_cannot_be_told_apart_are_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="whole number"):
        read(text, Column("a", "", Kind.INTEGER), Culture())


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_sample_comes_back_equal(tmp_path: Path, language: str) -> None:
    program = Program.open(blank.sample(language))
    write_folder(program, tmp_path / "deep" / "out")
    again = Program.open(tmp_path / "deep" / "out")
    assert again.settings == program.settings
    assert not again.notices
    for name in TABLES:
        assert_frame_equal(again.table(name), program.table(name))


def test_texts_that_could_be_taken_for_something_else(tmp_path: Path) -> None:
    program = Program.open(blank.sample("es"))
    texts = ['a "quoted", text', "two\nlines", "007", "=1+1", "1.234", "true", "2026-01-01", "#", "-", "\\"]
    row = dict(program.records("requirements").rows[0])
    rows = tuple(row | {"requirement_id": text, "title": text, "source": text} for text in texts)
    only = replace(program, _records={"requirements": Records(TABLES["requirements"], rows=rows)})
    write_folder(only, tmp_path / "out")
    assert_frame_equal(Program.open(tmp_path / "out").table("requirements"), only.table("requirements"))


def test_a_program_without_rows_comes_back(tmp_path: Path) -> None:
    blank.write_blank(tmp_path / "in", "en", datetime(2026, 9, 30).date())
    write_folder(Program.open(tmp_path / "in"), tmp_path / "out")
    assert not any(Program.open(tmp_path / "out").has(name) for name in TABLES)


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program.open(blank.sample("en"))
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    with pytest.raises(DataError, match="holds something"):
        write_folder(program, tmp_path / "taken")
    with pytest.raises(DataError, match="cannot be written"):
        write_folder(program, tmp_path / "taken" / "file" / "out")
    monkeypatch.setattr("workbench.program.folder._write_table", lambda *given: (_ for _ in ()).throw(OSError(28, "x")))
    with pytest.raises(DataError, match="cannot be written"):
        write_folder(program, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_no_figure_is_lost_for_want_of_digits() -> None:
    for figure in (math.pi, 0.1 + 0.2, 1e-300, 1.7e308, -0.001, 1.234e-10, 12.345e20, 1234.567, 0.125):
        assert again(figure, Kind.NUMBER) == [figure] * len(CULTURES)
