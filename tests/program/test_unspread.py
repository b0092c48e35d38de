"""A range without a distribution is told, since the simulation leaves it aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.program.store import Program

HEADING = "assumption_id,name,low,base,high,distribution"


def told(folder: Path, *rows: str) -> list[str]:
    (folder / "program.yaml").write_text("name: P\ncurrency: EUR\nas_of: 2026-09-30\nlocale: en_GB\n")
    (folder / "assumptions.csv").write_text("\n".join((HEADING, *rows)) + "\n")
    return [str(notice) for notice in Program.open(folder).notices]


@pytest.mark.parametrize(
    "row", ["fee,Fee,1,2,3,pert", "fee,Fee,,2,,", "fee,Fee,2,2,2,", "fee,Fee,1,2,,", "fee,Fee,,2,3,"]
)
def test_nothing_is_told_where_no_range_is_left_aside(row: str, tmp_path: Path) -> None:
    assert told(tmp_path, row) == []


def test_all_are_told_at_once_with_the_first_place(tmp_path: Path) -> None:
    rows = [f"{name},N,1,2,3," for name in "abcdefg"]
    [notice] = told(tmp_path, "z,Z,1,2,3,uniform", *rows)
    assert notice.startswith("assumptions.csv, row 3, column distribution: 7 assumptions have a low and a high value")
    assert "a, b, c, d, e, and 2 more" in notice
    assert "takes them as certain" in notice
