"""Assumptions before and after what was measured: each on its own scale, with intervals."""

from __future__ import annotations

from typing import Any, Literal

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import theme
from workbench.language import gettext as _

ROW = 96
LIFT = 26
"""How far above and below the middle of its row an assumption's two intervals stand."""
COLUMNS = ("name", "unit", "before", "before_low", "before_high", "estimate", "after", "after_low", "after_high")
NUMBERS = COLUMNS[2:]
MEASURED = ("estimate_told", theme.INK, -13)
"""How what was measured is written: its text, colour and height."""


def before_and_after(
    measured: pd.DataFrame, finding: str, *, plotted: str = "", description: str = ""
) -> theme.Drawing:
    """What each assumption was, what was measured, and what it is now.

    Parameters
    ----------
    measured : DataFrame
        name, unit, before, before_low, before_high, estimate, after, after_low and after_high, in the order from the
        top.
    finding : str
        Title.
    plotted, description : str
        Subtitle and text for screen readers; made from the figures when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When the frame has no rows or lacks a column.
    """
    theme.require_data(measured, COLUMNS)
    rows = _placed(measured)
    chart = theme.layered(_marks(rows), height=ROW * len(rows))
    plotted = plotted or _(
        "Each assumption on a scale of its own. Grey: planned; diamond: measured; blue: both weighed by their "
        "precision. Bars: 80% intervals. Source: assumptions, evidence."
    )
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told(rows)}")


def _placed(measured: pd.DataFrame) -> pd.DataFrame:
    """The rows with every figure as its place between the least and the greatest of the row."""
    rows = measured[list(COLUMNS)].reset_index(drop=True).astype(dict.fromkeys(NUMBERS, float))
    least, greatest = rows[list(NUMBERS)].min(axis=1), rows[list(NUMBERS)].max(axis=1)
    span = (greatest - least).where(greatest > least, 1.0)
    for name in NUMBERS:
        rows[f"{name}_at"] = (rows[name] - least) / span
    rows["row"] = theme.labels(["\n".join(theme.wrap(name, 30, lines=3)) for name in rows["name"]])
    rows["before_told"] = [_figure_told(_("planned"), row, "before") for row in rows.to_dict("records")]
    rows["after_told"] = [_figure_told(_("now"), row, "after") for row in rows.to_dict("records")]
    rows["estimate_told"] = [
        _("measured {figure}").format(figure=language.number(figure)) for figure in rows["estimate"]
    ]
    return rows


def _figure_told(word: str, row: dict[Any, Any], stage: str) -> str:
    figures = {name: language.number(row[name]) for name in (stage, f"{stage}_low", f"{stage}_high")}
    low, high = figures[f"{stage}_low"], figures[f"{stage}_high"]
    if low == high:
        return _("{word} {figure} {unit}").format(word=word, figure=figures[stage], unit=row["unit"]).strip()
    told = _("{word} {figure} {unit} ({low} to {high})")
    return told.format(word=word, figure=figures[stage], unit=row["unit"], low=low, high=high)


def _axes(rows: pd.DataFrame, column: str) -> dict[str, Any]:
    order = alt.Scale(domain=rows["row"].tolist(), paddingInner=0, paddingOuter=0)
    # Without an axis: each row has a scale of its own, and its figures stand beside its marks.
    return {
        "x": alt.X(f"{column}_at:Q", scale=alt.Scale(domain=[-0.06, 1.06], nice=False), axis=None),
        "y": alt.Y("row:N", scale=order, axis=alt.Axis(**theme.row_labels(), grid=False)),
    }


def _marks(rows: pd.DataFrame) -> list[alt.Chart]:
    base = alt.Chart(rows)
    tooltip = [
        alt.Tooltip("name:N", title=_("Assumption")),
        alt.Tooltip("before_told:N", title=_("Planned")),
        alt.Tooltip("estimate_told:N", title=_("Measured")),
        alt.Tooltip("after_told:N", title=_("Now")),
    ]
    parts = (("before", theme.CONTEXT, theme.QUIET, -LIFT), ("after", theme.VALUE, theme.VALUE_TEXT, LIFT))
    marks = []
    for stage, colour, ink, lift in parts:
        bar = base.mark_rule(color=colour, strokeWidth=4, opacity=0.6, yOffset=lift)
        point = base.mark_point(filled=True, color=colour, size=130, opacity=1, yOffset=lift)
        marks += [
            bar.encode(**_axes(rows, f"{stage}_low"), x2=f"{stage}_high_at:Q"),
            point.encode(**_axes(rows, stage), tooltip=tooltip),
            *_texts(rows, stage, f"{stage}_told", ink, lift - 14),
        ]
    diamond = base.mark_point(shape="diamond", filled=True, color=theme.INK, size=110, opacity=1)
    return [*marks, diamond.encode(**_axes(rows, "estimate"), tooltip=tooltip), *_texts(rows, "estimate", *MEASURED)]


def _texts(rows: pd.DataFrame, stage: str, text: str, ink: str, lift: float) -> list[alt.Chart]:
    """A figure over its mark; near an edge of the picture it begins or ends there instead."""
    texts = []
    sides: tuple[tuple[float, float, Literal["left", "center", "right"]], ...]
    sides = ((-1.0, 0.25, "left"), (0.25, 0.75, "center"), (0.75, 2.0, "right"))
    for low, high, align in sides:
        part = rows[(rows[f"{stage}_at"] > low) & (rows[f"{stage}_at"] <= high)]
        if len(part):
            base = alt.Chart(part).encode(**_axes(rows, stage), text=f"{text}:N")
            texts.append(base.mark_text(color=ink, align=align, dy=lift))
    return texts


def _told(rows: pd.DataFrame) -> str:
    return " ".join(
        f"{row['name']}: {row['before_told']}, {row['estimate_told']}, {row['after_told']}."
        for row in rows.to_dict("records")
    )
