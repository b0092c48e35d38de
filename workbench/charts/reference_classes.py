"""The reference-class curve: how far comparable projects went beyond their plan, and the program's place."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import theme
from workbench.charts.placement import place_labels
from workbench.language import gettext as _

WIDTH, HEIGHT = 680, 300
ROOM = 0.03
"""Room on both sides of the curve, as a share of its span."""
ROLES = {"own": (theme.MISSED, "diamond"), "percentile": (theme.INK, "circle"), "mean": (theme.CONTEXT, "square")}
"""Colour and shape of each kind of point."""
SIGNED = "format(datum.value, datum.value == 0 ? '.0%' : '+.0%')"
"""Vega expression for the axis's labels."""


def reference_curve(
    curve: pd.DataFrame,
    points: pd.DataFrame,
    *,
    axis: str,
    finding: str,
    plotted: str = "",
    description: str = "",
) -> theme.Drawing:
    """The share of comparable projects that stay below each excess over their plan.

    Parameters
    ----------
    curve : DataFrame
        share (0 to 1) and excess (as a share of the plan: 0.2 is 20% more), both rising.
    points : DataFrame
        label, excess, share and role ("own", "percentile" or "mean") of what is marked. What lies beyond the ends of
        the curve is left out.
    axis : str
        What the excess is, for example how much more the projects cost than planned.
    finding : str
        Title.
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
    theme.require_data(curve, ("share", "excess"))
    theme.require_data(points, ("label", "excess", "share", "role"))
    domain = _domain(curve)
    marked = _marked(points, curve, domain)
    chart = theme.layered([*_curve(curve, domain, axis), *_points(marked, domain, axis)], width=WIDTH, height=HEIGHT)
    plotted = plotted or _plotted(float(curve["share"].max()))
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told(marked)}")


def _plotted(last: float) -> str:
    told = _(
        "Share of comparable projects that stay at each figure or below it; the {share} that go furthest are not "
        "drawn. Fitted to published figures."
    )
    return told.format(share=language.percent(1 - last, 2))


def _domain(curve: pd.DataFrame) -> list[float]:
    low, high = float(curve["excess"].min()), float(curve["excess"].max())
    room = ROOM * ((high - low) or 1.0)
    return [low - room, high + room]


def _marked(points: pd.DataFrame, curve: pd.DataFrame, domain: list[float]) -> pd.DataFrame:
    """The points that lie within the picture, with their labels placed beside the curve."""
    inside = points["excess"].between(domain[0], curve["excess"].max())
    marked = points[inside].reset_index(drop=True)
    marked["told"] = [_point_told(row) for row in marked.to_dict("records")]
    places = [_pixels(excess, share, domain) for excess, share in zip(marked["excess"], marked["share"], strict=True)]
    line = [_pixels(excess, share, domain) for excess, share in zip(curve["excess"], curve["share"], strict=True)]
    boxes = [(x - 3, y - 3, x + 3, y + 3) for x, y in line]
    labels = place_labels(places, list(marked["told"]), WIDTH, HEIGHT, theme.TEXT_SIZE, covered=boxes)
    marked["label_x"] = [domain[0] + x / WIDTH * (domain[1] - domain[0]) for x, _y in labels]
    marked["label_y"] = [1 - y / HEIGHT for _x, y in labels]
    return marked


def _point_told(row: dict[Any, Any]) -> str:
    # A percentile is told by its own label.
    told = _("{label}: {excess}") if row["role"] == "percentile" else _("{label}: {excess} (percentile {percentile})")
    return told.format(
        label=row["label"], excess=language.percent(row["excess"], 2), percentile=round(100 * row["share"])
    )


def _pixels(excess: float, share: float, domain: list[float]) -> tuple[float, float]:
    return (excess - domain[0]) / (domain[1] - domain[0]) * WIDTH, (1 - share) * HEIGHT


def _axes(domain: list[float], title: str) -> dict[str, Any]:
    x_axis = alt.Axis(title=title, labelExpr=SIGNED, tickCount=8, grid=False)
    y_axis = alt.Axis(title=_("Share of comparable projects"), format=".0%", values=[0, 0.2, 0.5, 0.8, 1])
    return {
        "x": alt.X("excess:Q", scale=alt.Scale(domain=domain, nice=False), axis=x_axis),
        "y": alt.Y("share:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=y_axis),
    }


def _curve(curve: pd.DataFrame, domain: list[float], title: str) -> list[alt.Chart]:
    drawn = curve.assign(
        excess_told=[language.percent(excess) for excess in curve["excess"]],
        share_told=[language.percent(share) for share in curve["share"]],
    )
    axes = _axes(domain, title)
    tooltip = [
        alt.Tooltip("excess_told:N", title=_("Difference from the plan")),
        alt.Tooltip("share_told:N", title=_("Share of comparable projects")),
    ]
    plan = alt.Chart(pd.DataFrame({"excess": [0.0]})).mark_rule(color=theme.FRAME).encode(x=axes["x"])
    return [plan, alt.Chart(drawn).mark_line(color=theme.VALUE, strokeWidth=2.5).encode(**axes, tooltip=tooltip)]


def _points(marked: pd.DataFrame, domain: list[float], title: str) -> list[alt.Chart]:
    return [
        mark
        # The program's own point is drawn last, over those that it may coincide with.
        for role, part in sorted(marked.groupby("role", sort=False), key=lambda group: group[0] == "own")
        for mark in _role_points(part.reset_index(drop=True), str(role), _axes(domain, title))
    ]


def _role_points(part: pd.DataFrame, role: str, axes: dict[str, Any]) -> list[alt.Chart]:
    colour, shape = ROLES[role]
    base = alt.Chart(part).encode(**axes)
    labels = alt.Chart(part).encode(x="label_x:Q", y="label_y:Q", text="told:N")
    look: dict[str, Any] = {"fontWeight": "bold" if role == "own" else "normal"}
    return [
        base.mark_rule(color=colour, strokeDash=[4, 4], opacity=0.7).encode(y2=alt.datum(0)),
        base.mark_point(filled=True, size=110, opacity=1, color=colour, shape=shape).encode(tooltip=["told:N"]),
        labels.mark_text(stroke=theme.PAPER, strokeWidth=4, strokeJoin="round", **look),
        labels.mark_text(**look),
    ]


def _told(marked: pd.DataFrame) -> str:
    return " ".join(f"{told}." for told in marked["told"])
