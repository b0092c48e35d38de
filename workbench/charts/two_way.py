"""The two-way table as a heat map: the net present value at pairs of values of two assumptions."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.language import gettext as _
from workbench.language import ngettext

CELL, INSET = 44, 0.07
LOSS, EVEN, GAIN = "#F0A77B", "#FFFFFF", "#7FB8DA"
"""Ends and middle of the shading: tints of vermilion and blue on which ink stays readable."""
COLUMNS = ("row_value", "column_value", "npv", "is_base")


def two_way(
    cells: pd.DataFrame,
    row: str,
    column: str,
    *,
    finding: str = "",
    plotted: str = "",
    description: str = "",
) -> theme.Drawing:
    """A cell per pair of values, shaded from loss to gain, with a line where the one turns into the other.

    Parameters
    ----------
    cells : DataFrame
        row_value, column_value, npv (in the currency in use) and is_base (whether both are at their base values); a row
        for each value of the one with each of the other.
    row, column : str
        What the two are, with their units.
    finding, plotted, description : str
        Title, subtitle and text for screen readers; made from the figures when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When the frame has no rows or lacks a column.
    """
    theme.require_data(cells, COLUMNS)
    unit = amounts.unit_of(cells["npv"])
    drawn = _drawn(cells, unit, {"row": row, "column": column})
    axes = _axes(cells, row, column)
    marks = [_shades(drawn, axes), *_zero(drawn, axes), *_base(drawn, axes), *_texts(drawn, axes)]
    chart = theme.layered(marks, height=CELL * cells["row_value"].nunique())
    finding = finding or _found(cells)
    plotted = plotted or _plotted(cells, unit)
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told(cells, row, column)}")


def _drawn(cells: pd.DataFrame, unit: amounts.Unit, names: dict[str, str]) -> pd.DataFrame:
    """The cells with their edges, counted in columns from the left and in rows from the top, where the highest is."""
    drawn = cells[list(COLUMNS)].reset_index(drop=True)
    drawn["left"] = drawn["column_value"].rank(method="dense").astype(int) - 1
    drawn["top"] = drawn["row_value"].rank(method="dense", ascending=False).astype(int) - 1
    drawn["right"], drawn["bottom"] = drawn["left"] + 1, drawn["top"] + 1
    drawn["across"], drawn["down"] = drawn["left"] + 0.5, drawn["top"] + 0.5
    drawn["short"] = [unit.told(npv) for npv in drawn["npv"]]
    drawn["told"] = [language.money(npv) for npv in drawn["npv"]]
    told = _("{name}: {value}")
    for side, name in names.items():
        drawn[f"{side}_told"] = [
            told.format(name=name, value=language.number(value)) for value in drawn[f"{side}_value"]
        ]
    return drawn


def _axes(cells: pd.DataFrame, row: str, column: str) -> dict[str, Any]:
    across = sorted(cells["column_value"].unique())
    down = sorted(cells["row_value"].unique(), reverse=True)
    return {
        "x": _axis(across, _cut(column, 90), {"orient": "bottom", "titlePadding": 6}),
        "y": _axis(down, "\n".join(theme.wrap(row, 34, lines=3)), {"orient": "left", "titlePadding": 10}),
    }


def _cut(text: str, chars: int) -> str:
    return theme.wrap(text, chars, lines=1)[0]


def _axis(values: list[float], title: str, look: dict[str, Any]) -> dict[str, Any]:
    """Scale and axis of cells that are counted: each label is the value of its row or column."""
    labels = [language.number(value) for value in values]
    # Numbers in the locale's writing: nothing that a person typed gets into the expression.
    written = f"{json.dumps(labels)}[floor(datum.value)]"
    axis = alt.Axis(
        title=title.split("\n"),
        values=[place + 0.5 for place in range(len(values))],
        labelExpr=written,
        grid=False,
        ticks=False,
        domain=False,
        **look,
    )
    backwards = look["orient"] == "left"
    domain = [len(values), 0] if backwards else [0, len(values)]
    return {"scale": alt.Scale(domain=domain, nice=False, zero=False), "axis": axis}


def _x(field: str, axes: dict[str, Any]) -> alt.X:
    return alt.X(f"{field}:Q", **axes["x"])


def _y(field: str, axes: dict[str, Any]) -> alt.Y:
    return alt.Y(f"{field}:Q", **axes["y"])


def _shades(drawn: pd.DataFrame, axes: dict[str, Any]) -> alt.Chart:
    most = float(drawn["npv"].abs().max()) or 1.0
    # The title of a tooltip becomes part of an expression, in which a quotation mark of a name would end a text.
    tooltip = [
        alt.Tooltip("row_told:N", title=_("Down")),
        alt.Tooltip("column_told:N", title=_("Across")),
        alt.Tooltip("told:N", title=_("Net present value")),
    ]
    scale = alt.Scale(domain=[-most, 0, most], range=[LOSS, EVEN, GAIN], interpolate="rgb")
    marks: alt.Chart = (
        alt.Chart(drawn)
        .mark_rect(stroke=theme.GRID, strokeWidth=1)
        .encode(
            x=_x("left", axes),
            x2="right:Q",
            y=_y("top", axes),
            y2="bottom:Q",
            fill=alt.Fill("npv:Q", scale=scale, legend=None),
            tooltip=tooltip,
        )
    )
    return marks


def _zero(drawn: pd.DataFrame, axes: dict[str, Any]) -> list[alt.Chart]:
    """The edges between cells that gain and cells that lose."""
    edges = _edges(drawn)
    if not len(edges):
        return []
    base = alt.Chart(edges).encode(x=_x("left", axes), x2="right:Q", y=_y("top", axes), y2="bottom:Q")
    return [
        base.mark_rule(color=theme.PAPER, strokeWidth=6, strokeCap="round"),
        base.mark_rule(color=theme.MISSED, strokeWidth=3, strokeCap="round"),
    ]


def _edges(drawn: pd.DataFrame) -> pd.DataFrame:
    gains = {(left, top): npv >= 0 for left, top, npv in drawn[["left", "top", "npv"]].itertuples(index=False)}
    beside = [(x + 1, y, x + 1, y + 1) for x, y in gains if gains.get((x + 1, y), gains[x, y]) != gains[x, y]]
    below = [(x, y + 1, x + 1, y + 1) for x, y in gains if gains.get((x, y + 1), gains[x, y]) != gains[x, y]]
    return pd.DataFrame([*beside, *below], columns=["left", "top", "right", "bottom"])


def _base(drawn: pd.DataFrame, axes: dict[str, Any]) -> list[alt.Chart]:
    """A frame within the cell, so that it does not hide the line of zero."""
    base = drawn[drawn["is_base"]]
    if not len(base):
        return []
    inner = base.assign(
        left=base["left"] + INSET, right=base["right"] - INSET, top=base["top"] + INSET, bottom=base["bottom"] - INSET
    )
    frame = alt.Chart(inner).mark_rect(fill=None, stroke=theme.INK, strokeWidth=2)
    return [frame.encode(x=_x("left", axes), x2="right:Q", y=_y("top", axes), y2="bottom:Q")]


def _texts(drawn: pd.DataFrame, axes: dict[str, Any]) -> list[alt.Chart]:
    parts: list[tuple[pd.DataFrame, dict[str, Any]]] = [
        (drawn[~drawn["is_base"]], {}),
        (drawn[drawn["is_base"]], {"fontWeight": "bold"}),
    ]
    return [
        alt.Chart(part).mark_text(**look).encode(x=_x("across", axes), y=_y("down", axes), text="short:N")
        for part, look in parts
        if len(part)
    ]


def _found(cells: pd.DataFrame) -> str:
    losing, count = int((cells["npv"] < 0).sum()), len(cells)
    if not losing:
        return _("Even together, these two assumptions do not turn the return into a loss")
    told = ngettext(
        "At {count} of {all} pairs of values the program loses money",
        "At {count} of {all} pairs of values the program loses money",
        losing,
    )
    return told.format(count=losing, all=count)


def _plotted(cells: pd.DataFrame, unit: amounts.Unit) -> str:
    told = [
        _(
            "Net present value ({unit}) at pairs of values from low to high, the other assumptions at base, before the "
            "adjustment for risk."
        ).format(unit=unit.title)
    ]
    if cells["is_base"].any():
        told.append(_("The frame is the point estimate."))
    if (cells["npv"] < 0).any() and (cells["npv"] >= 0).any():
        told.append(_("The thick line parts gain (blue) from loss (orange)."))
    told.append(_("Source: assumptions, costs and benefits."))
    return " ".join(told)


def _told(cells: pd.DataFrame, row: str, column: str) -> str:
    ends = cells.loc[[cells["npv"].idxmin(), cells["npv"].idxmax()]].to_dict("records")
    told = _("{amount} at {row_value} ({row}) and {column_value} ({column}).")
    return " ".join(
        told.format(
            amount=language.money(end["npv"]),
            row=row,
            column=column,
            row_value=language.number(end["row_value"]),
            column_value=language.number(end["column_value"]),
        )
        for end in ends
    )
