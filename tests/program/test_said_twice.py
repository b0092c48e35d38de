"""Figures of the ready lines that stand in two places: told where only one of the two was changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from workbench.business_case.starting_lines import lines_at_zero
from workbench.language import using
from workbench.program import blank
from workbench.program.store import Program


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with using("en"):
        blank.write_blank(tmp_path / "new", "en", date(2026, 9, 30), lines_at_zero())
    return tmp_path / "new"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8-sig")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def told(folder: Path) -> list[str]:
    return [notice.found for notice in Program.open(folder).notices if "0 and have" not in notice.found]


def test_ready_lines_agree_as_they_come(folder: Path) -> None:
    assert told(folder) == []


def test_another_build_needs_other_last_months(folder: Path) -> None:
    change(folder / "assumptions.csv", "is in use,months,,12,", "is in use,months,,6,")
    [found] = told(folder)
    assert "COST-04, COST-05, COST-06, and COST-10 are shared out over build_months, which is 6," in found
    for name in ("customisation", "integration_labour", "outside_specialists", "data_clean_up"):
        lines = (folder / "costs.csv").read_text(encoding="utf-8-sig").splitlines()
        [line] = [line for line in lines if f",{name}," in line]
        change(folder / "costs.csv", line, line.replace(",1,12,even", ",7,12,even"))
    assert told(folder) == []


def test_another_rate_in_the_settings_is_told(folder: Path) -> None:
    change(folder / "program.yaml", "discount_rate: 0.10", "discount_rate: 0.07")
    [found] = told(folder)
    assert "yearly_discount is 10%, and the setting discount_rate is 7%." in found
    change(folder / "assumptions.csv", "share a year,,0.1,", "share a year,,0.07,")
    assert told(folder) == []
