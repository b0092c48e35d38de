"""The S-curve: which amount how large a share of the draws stays below, and where the point estimate stands."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.charts.placement import place_labels
from workbench.language import gettext as _

WIDTH, HEIGHT = 660, 340
ROOM = 0.04
"""Room on both sides of the curve, as a share of its span."""
ROLES = {"estimate": (theme.MISSED, "diamond"), "percentile": (theme.INK, "circle"), "zero": (theme.CONTEXT, "square")}
"""Colour and shape of each kind of point."""


def s_curve(
    curve: pd.DataFrame,
    points: pd.DataFrame,
    finding: str,
    *,
    axis: str = "",
    plotted: str = "",
    description: str = "",
) -> theme.Drawing:
    """The share of the draws that stay below each amount.

    Parameters
    ----------
    curve : DataFrame
        share (0 to 1) and amount (in the currency in use), both rising.
    points : DataFrame
        label, amount, share and role ("estimate", "percentile" or "zero") of what is marked on it. What lies beyond the
        ends of the curve is left out.
    finding : str
        Title.
    axis : str
        What the amounts are; the net present value when empty.
    plotted, description : str
        Subtitle and text for screen readers; made from the frames when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When the curve has no rows or a column is missing.
    """
    theme.require_data(curve, ("share", "amount"))
    unit = amounts.unit_of(curve["amount"])
    domain = _domain(curve, unit)
    marked = _marked(points, curve, unit, domain)
    chart = theme.layered(_marks(_line(curve, unit), marked, _axes(domain, axis, unit)), width=WIDTH, height=HEIGHT)
    plotted = plotted or _("Share of the draws that stay below each amount. Source: assumptions, costs and benefits.")
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told(marked)}")


def _domain(curve: pd.DataFrame, unit: amounts.Unit) -> list[float]:
    low, high = (float(end) / unit.size for end in (curve["amount"].min(), curve["amount"].max()))
    room = ROOM * ((high - low) or abs(high) or 1.0)
    return [low - room, high + room]


def _line(curve: pd.DataFrame, unit: amounts.Unit) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "at": curve["amount"] / unit.size,
            "share": curve["share"],
            "amount_told": [language.money(amount) for amount in curve["amount"]],
            "share_told": [language.percent(share) for share in curve["share"]],
        }
    )


def _marked(points: pd.DataFrame, curve: pd.DataFrame, unit: amounts.Unit, domain: list[float]) -> pd.DataFrame:
    """The points that lie on the curve, with their labels placed beside it."""
    inside = points["amount"].between(curve["amount"].min(), curve["amount"].max())
    marked = points[inside].reset_index(drop=True)
    marked["at"] = marked["amount"] / unit.size
    marked["told"] = [_point_told(row) for row in marked.to_dict("records")]
    span = domain[1] - domain[0]
    places = [
        ((at - domain[0]) / span * WIDTH, (1 - share) * HEIGHT)
        for at, share in zip(marked["at"], marked["share"], strict=True)
    ]
    line = [((at / unit.size - domain[0]) / span * WIDTH, (1 - share) * HEIGHT) for share, at in curve.to_numpy()]
    boxes = [(x - 3, y - 3, x + 3, y + 3) for x, y in line]
    labels = place_labels(places, list(marked["told"]), WIDTH, HEIGHT, theme.TEXT_SIZE, covered=boxes)
    marked["label_x"] = [domain[0] + x / WIDTH * span for x, _y in labels]
    marked["label_y"] = [1 - y / HEIGHT for _x, y in labels]
    return marked


def _point_told(row: dict[Any, Any]) -> str:
    # A percentile has its share in its name.
    told = _("{label}: {amount}") if row["role"] == "percentile" else _("{label}: {amount} ({share})")
    amount, share = language.money(row["amount"]), language.percent(row["share"])
    return told.format(label=row["label"], amount=amount, share=share)


def _axes(domain: list[float], title: str, unit: amounts.Unit) -> dict[str, Any]:
    name = _("{what} ({unit})").format(what=title or _("Net present value"), unit=unit.title)
    x_axis = alt.Axis(title=name, format=",.3~f", tickCount=8, grid=False)
    y_axis = alt.Axis(title=_("Share of the draws"), format=".0%", values=[0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])
    return {
        "x": alt.X("at:Q", scale=alt.Scale(domain=domain, nice=False), axis=x_axis),
        "y": alt.Y("share:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=y_axis),
    }


def _marks(line: pd.DataFrame, marked: pd.DataFrame, axes: dict[str, Any]) -> list[alt.Chart]:
    tooltip = [
        alt.Tooltip("amount_told:N", title=_("Amount")),
        alt.Tooltip("share_told:N", title=_("Share of the draws that stay below")),
    ]
    curve = alt.Chart(line).mark_line(color=theme.VALUE, strokeWidth=2.5).encode(**axes, tooltip=tooltip)
    roles = [(part.reset_index(drop=True), str(role)) for role, part in marked.groupby("role", sort=False)]
    rules = [_rule(part, role, axes) for part, role in roles]
    return [*rules, curve, *(mark for part, role in roles for mark in _points(part, role, axes))]


def _rule(part: pd.DataFrame, role: str, axes: dict[str, Any]) -> alt.Chart:
    """From each point down to its amount."""
    rule = alt.Chart(part).mark_rule(color=ROLES[role][0], strokeDash=[4, 4], opacity=0.7)
    drawn: alt.Chart = rule.encode(**axes, y2=alt.datum(0))
    return drawn


def _points(part: pd.DataFrame, role: str, axes: dict[str, Any]) -> list[alt.Chart]:
    colour, shape = ROLES[role]
    look: dict[str, Any] = {"fontWeight": "bold" if role == "estimate" else "normal"}
    labels = alt.Chart(part).encode(x="label_x:Q", y="label_y:Q", text="told:N")
    points = alt.Chart(part).mark_point(filled=True, size=110, opacity=1, color=colour, shape=shape)
    return [
        points.encode(**axes, tooltip=alt.Tooltip("told:N", title=_("Point"))),
        labels.mark_text(stroke=theme.PAPER, strokeWidth=4, strokeJoin="round", **look),
        labels.mark_text(**look),
    ]


def _told(marked: pd.DataFrame) -> str:
    return " ".join(f"{told}." for told in marked["told"])
