"""The business case under each way to adjust it for risk, side by side."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.language import gettext as _

ROW, LABEL = 56, 44
ROOM = 0.17
"""Room beside the outermost points, as a share of their span, for the amounts printed there."""
COLUMNS = ("name", "basis", "npv", "npv_low", "npv_high")


def risk_views(views: pd.DataFrame, *, finding: str = "", plotted: str = "", description: str = "") -> theme.Drawing:
    """A row per view with its net present value, and how far it is from the one without adjustment.

    Parameters
    ----------
    views : DataFrame
        name, basis (what the view changes, in words), npv, npv_low and npv_high (in the currency in use; equal to npv
        where a view has no range); the view without adjustment first.
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
    theme.require_data(views, COLUMNS)
    rows = _rows(views)
    chart = theme.layered(_marks(rows), height=ROW * len(rows))
    finding = finding or _found(rows)
    plotted = plotted or _plotted()
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told(rows)}")


def _rows(views: pd.DataFrame) -> pd.DataFrame:
    rows = views[list(COLUMNS)].reset_index(drop=True).astype({"npv": float, "npv_low": float, "npv_high": float})
    rows["row"] = theme.labels([_label(*told) for told in zip(rows["name"], rows["basis"], strict=True)])
    rows["plain"] = rows["npv"].iloc[0]
    rows["told"] = [language.money(npv) for npv in rows["npv"]]
    rows["ends"] = [
        _("{low} to {high}").format(low=language.money(low), high=language.money(high)) if high > low else "–"
        for low, high in zip(rows["npv_low"], rows["npv_high"], strict=True)
    ]
    return rows


def _label(name: str, basis: str) -> str:
    return "\n".join([*theme.wrap(name, LABEL, lines=1), *theme.wrap(basis, LABEL, lines=2)])


def _domain(rows: pd.DataFrame) -> list[float]:
    low, high = min(float(rows["npv_low"].min()), 0.0), max(float(rows["npv_high"].max()), 0.0)
    room = ROOM * ((high - low) or 1.0)
    return [low - room, high + room]


def _axes(rows: pd.DataFrame) -> dict[str, Any]:
    unit = amounts.unit_of(pd.concat([rows["npv_low"], rows["npv_high"]]))
    title = _("Net present value ({unit})").format(unit=unit.title)
    axis = alt.Axis(title=title, labelExpr=unit.labels, tickCount=7, domain=False, ticks=False)
    labels = alt.Axis(grid=False, **theme.row_labels())
    order = alt.Scale(domain=list(rows["row"]), padding=0.5)
    return {
        "x": alt.X("npv:Q", scale=alt.Scale(domain=_domain(rows), nice=False), axis=axis),
        "y": alt.Y("row:N", scale=order, axis=labels),
    }


def _marks(rows: pd.DataFrame) -> list[alt.Chart]:
    axes = _axes(rows)
    tooltip = [
        alt.Tooltip("name:N", title=_("View")),
        alt.Tooltip("basis:N", title=_("What it changes")),
        alt.Tooltip("told:N", title=_("Net present value")),
        alt.Tooltip("ends:N", title=_("Range")),
    ]
    base = alt.Chart(rows).encode(y=axes["y"])
    zero = alt.Chart(pd.DataFrame({"npv": [0.0]})).mark_rule(color=theme.INK, strokeWidth=1.5).encode(x=axes["x"])
    steps = base.mark_rule(color=theme.RANGE, strokeWidth=2).encode(x=axes["x"], x2="plain:Q")
    return [zero, steps, *_ranges(rows, axes), *_points(rows, axes, tooltip), *_texts(rows, axes)]


def _ranges(rows: pd.DataFrame, axes: dict[str, Any]) -> list[alt.Chart]:
    """A band from the lower to the upper end, where a view has them."""
    ranged = rows[rows["npv_high"] > rows["npv_low"]]
    if not len(ranged):
        return []
    band = alt.Chart(ranged).mark_bar(color=theme.COST_LIGHT, size=14, opacity=1)
    drawn: alt.Chart = band.transform_calculate(npv="datum.npv_low").encode(**axes, x2="npv_high:Q")
    return [drawn]


def _points(rows: pd.DataFrame, axes: dict[str, Any], tooltip: list[alt.Tooltip]) -> list[alt.Chart]:
    """A point a view: its shape tells gain from loss where colour does not."""
    sides = [(rows[rows["npv"] >= 0], theme.VALUE, "circle"), (rows[rows["npv"] < 0], theme.MISSED, "diamond")]
    return [
        alt.Chart(part)
        .mark_point(filled=True, size=150, opacity=1, color=colour, shape=shape)
        .encode(**axes, tooltip=tooltip)
        for part, colour, shape in sides
        if len(part)
    ]


def _texts(rows: pd.DataFrame, axes: dict[str, Any]) -> list[alt.Chart]:
    """The amount above each point."""
    base = alt.Chart(rows).encode(**axes, text="told:N")
    look: dict[str, Any] = {"dy": -16, "fontWeight": "bold"}
    return [base.mark_text(stroke=theme.PAPER, strokeWidth=4, strokeJoin="round", **look), base.mark_text(**look)]


def _found(rows: pd.DataFrame) -> str:
    adjusted = rows.iloc[1:]
    above = int((adjusted["npv"] > 0).sum())
    if len(adjusted) and above == len(adjusted):
        return _("The program gains under every way to adjust it for risk")
    if not above:
        return _("The program gains under none of the ways to adjust it for risk")
    told = _("The program gains under {count} of {all} ways to adjust it for risk")
    return told.format(count=above, all=len(adjusted))


def _plotted() -> str:
    return _(
        "Net present value under each view; the line leads from the one without adjustment, the band from the upper to "
        "the lower bound of the optimism bias. Source: costs, benefits, published figures."
    )


def _told(rows: pd.DataFrame) -> str:
    told = _("{name}: {amount} ({basis}).")
    return " ".join(
        told.format(name=row["name"], amount=row["told"], basis=row["basis"]) for row in rows.to_dict("records")
    )
