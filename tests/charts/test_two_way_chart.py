"""The heat map of two assumptions: its cells, its line of zero, its frame, and what it says."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workbench.charts.two_way import two_way
from workbench.language import money, using

HOSTILE = '\'];alert(1)//<script> the "hot" line\\'


def cells(npv: list[list[float]], base: tuple[int, int] | None = None) -> pd.DataFrame:
    """A row per pair: the first list is the lowest value of the rows' assumption."""
    rows = [
        (0.1 * row, 1000.0 * column, amount, (row, column) == base)
        for row, amounts in enumerate(npv)
        for column, amount in enumerate(amounts)
    ]
    return pd.DataFrame(rows, columns=["row_value", "column_value", "npv", "is_base"])


GAINS_ABOVE = [[-3e6, -2e6, 1e6], [-1e6, 2e6, 3e6]]


def test_every_pair_has_its_cell_with_the_highest_row_on_top(sketch: Any) -> None:
    shades = sketch(two_way(cells(GAINS_ABOVE), "a", "b")).rows("rect")[0]
    places = {(cell["top"], cell["left"]): cell["npv"] for cell in shades}
    assert places == {(1, 0): -3e6, (1, 1): -2e6, (1, 2): 1e6, (0, 0): -1e6, (0, 1): 2e6, (0, 2): 3e6}


def test_the_line_runs_between_gain_and_loss_alone(sketch: Any) -> None:
    """Between columns 0 and 1 above, between 1 and 2 below, and between the rows in column 1."""
    halo, line = sketch(two_way(cells(GAINS_ABOVE), "a", "b")).rows("rule")
    edges = {(edge["left"], edge["top"], edge["right"], edge["bottom"]) for edge in line}
    assert edges == {(1, 0, 1, 1), (2, 1, 2, 2), (1, 1, 2, 1)}
    assert halo == line


@pytest.mark.parametrize(
    ("npv", "title"),
    [
        (GAINS_ABOVE, "At 3 of 6 pairs of values the program loses money"),
        ([[1.0, 2.0]], "Even together, these two assumptions do not turn the return into a loss"),
        ([[-1.0], [-2.0]], "At 2 of 2 pairs of values the program loses money"),
        ([[0.0, 0.0]], "Even together, these two assumptions do not turn the return into a loss"),
    ],
)
def test_the_title_counts_the_losses(npv: list[list[float]], title: str, sketch: Any) -> None:
    seen = sketch(two_way(cells(npv), "a", "b"))
    assert seen.spec["title"]["text"] == [title]
    both = len({amount >= 0 for amounts in npv for amount in amounts}) == 2
    assert bool(seen.rows("rule")) is both
    assert ("thick line" in " ".join(seen.spec["title"]["subtitle"])) is both


def test_the_point_estimate_has_a_frame_within_its_cell(sketch: Any) -> None:
    marked = sketch(two_way(cells(GAINS_ABOVE, base=(1, 1)), "a", "b"))
    _shades, (frame,) = marked.rows("rect")
    assert 1 < frame["left"] < frame["right"] < 2
    assert 0 < frame["top"] < frame["bottom"] < 1
    assert "The frame is the point estimate." in " ".join(marked.spec["title"]["subtitle"])
    assert len(sketch(two_way(cells(GAINS_ABOVE), "a", "b")).rows("rect")) == 1


def test_values_and_amounts_are_written_in_the_language(sketch: Any) -> None:
    with using("es", currency="EUR"):
        seen = sketch(two_way(cells([[-1.5e6, 2.25e6]]), "Margen (EUR)", "Clientes"))
        texts = seen.texts()
        assert money(-1.5e6) in seen.spec["description"]
    for text in ("-1,5", "2,25", "1.000", "Margen (EUR)", "Clientes"):
        assert text in texts


def test_text_is_drawn_as_text_and_charts_stay_within_vega_lite_5(sketch: Any, compiled: Any) -> None:
    seen = sketch(two_way(cells(GAINS_ABOVE, base=(0, 0)), HOSTILE, HOSTILE))
    assert HOSTILE in seen.texts()
    assert "script" not in seen.elements()
    assert compiled(seen.spec) == ""


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="no rows"):
        two_way(cells([]), "a", "b")
    with pytest.raises(ValueError, match="is_base"):
        two_way(cells(GAINS_ABOVE).drop(columns="is_base"), "a", "b")
