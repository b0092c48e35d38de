"""What was planned beside what came: the cumulative cash flow up to a gate, and as it is forecast from there."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.language import gettext as _

HEIGHT = 360
COLUMNS = ("period", "planned_cumulative", "forecast_cumulative", "low", "high")
LINES = ("planned_cumulative", "forecast_cumulative", "low", "high")
DASHED = [6, 4]


def planned_and_real(
    monthly: pd.DataFrame, month: int, finding: str, *, plotted: str = "", description: str = ""
) -> theme.Drawing:
    """The cumulative net flow as planned, as it was up to the gate, and as it is forecast with its interval.

    Parameters
    ----------
    monthly : DataFrame
        period (0 is the start), planned_cumulative, forecast_cumulative, low and high (the interval of the forecast;
        NaN where there is none), in the currency in use.
    month : int
        The month of the gate: it and those before are past.
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
    theme.require_data(monthly, COLUMNS)
    flows = monthly[list(COLUMNS)].astype(float).sort_values("period").reset_index(drop=True)
    marks = [*_past(flows, month), amounts.zero_line(), *_lines(flows, month), *_ends(flows)]
    chart = theme.layered(marks, height=HEIGHT)
    plotted = plotted or _plotted(month, bool(flows["low"].notna().any()))
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told(flows, month)}")


def _plotted(month: int, has_interval: bool) -> str:
    told = _(
        "Benefits minus costs, added up, in {currency}, undiscounted. Grey: planned. Blue: actual up to month {month}, "
        "then forecast, lighter. Source: baseline, actuals, costs, benefits, assumptions."
    ).format(currency=language.symbol(), month=month)
    return f"{told} {_('Band: 80% interval.')}" if has_interval else told


def _axes(flows: pd.DataFrame, column: str) -> dict[str, Any]:
    months = int(flows["period"].max())
    step = next(step for step in (1, 3, 6, 12, 24, 60) if months / step <= 12 or step == 60)
    words = f"datum.value == 0 ? {json.dumps(_('Start'))} : datum.label"
    ticks = list(range(0, months + 1, step))
    x_axis = alt.Axis(title=_("Month"), values=ticks, labelExpr=words, format="d", grid=False)
    lowest, highest = (float(end) for end in (flows[list(LINES)].min().min(), flows[list(LINES)].max().max()))
    low, high = min(0.0, lowest), max(0.0, highest)
    room = 0.1 * (high - low or 1)
    y_scale = alt.Scale(domain=[low - room, high + room], nice=False)
    unit = amounts.unit_of(flows[list(LINES)].abs().max())
    return {
        "x": alt.X("period:Q", scale=alt.Scale(domain=[0, max(months, 1)], nice=False), axis=x_axis),
        "y": alt.Y(f"{column}:Q", scale=y_scale, axis=amounts.amount_axis(unit)),
    }


def _past(flows: pd.DataFrame, month: int) -> list[alt.Chart]:
    """The months that are past on a grey ground, and the gate with its month."""
    x = _axes(flows, "low")["x"]
    last = float(flows["period"].max())
    side: dict[str, Any] = {"align": "left", "dx": 6} if month < 0.7 * last else {"align": "right", "dx": -6}
    told = pd.DataFrame([{"period": float(month), "from": 0.0, "told": _("Gate, month {month}").format(month=month)}])
    base = alt.Chart(told).encode(x=x)
    return [
        base.mark_rect(color=theme.GRID, opacity=0.45).encode(x2="from:Q"),
        base.mark_rule(color=theme.INK, strokeWidth=1.5),
        base.mark_text(fontWeight="bold", **side, **_level(flows, month)).encode(text="told:N"),
    ]


def _level(flows: pd.DataFrame, month: int) -> dict[str, Any]:
    """The gate's label stands at the top; at the bottom where both lines' own labels are near it up there."""
    ends = flows.iloc[-1][list(LINES)].max()
    middle = (min(0.0, flows[list(LINES)].min().min()) + max(0.0, flows[list(LINES)].max().max())) / 2
    is_low = month >= 0.7 * flows["period"].max() and ends > middle
    return {"baseline": "bottom", "y": HEIGHT - 6} if is_low else {"baseline": "top", "y": 4}


def _lines(flows: pd.DataFrame, month: int) -> list[alt.Chart]:
    told = flows.assign(
        planned_told=[language.money(amount) for amount in flows["planned_cumulative"]],
        forecast_told=[language.money(amount) for amount in flows["forecast_cumulative"]],
        interval_told=[_interval_told(low, high) for low, high in zip(flows["low"], flows["high"], strict=True)],
    )
    past, rest = told[told["period"] <= month], told[told["period"] >= month]
    axes = _axes(flows, "forecast_cumulative")
    marks = [
        alt.Chart(rest[rest["low"].notna()])
        .mark_area(color=theme.BENEFIT_LIGHT, opacity=0.7)
        .encode(**_axes(flows, "low"), y2="high:Q"),
        alt.Chart(told).mark_line(color=theme.CONTEXT, strokeWidth=2).encode(**_axes(flows, "planned_cumulative")),
        alt.Chart(rest).mark_line(color=theme.VALUE, strokeWidth=2, strokeDash=DASHED, opacity=0.75).encode(**axes),
        alt.Chart(past).mark_line(color=theme.VALUE, strokeWidth=3.5).encode(**axes),
    ]
    return [*marks, alt.Chart(told).mark_point(size=90, opacity=0).encode(**axes, tooltip=_tooltip())]


def _interval_told(low: float, high: float) -> str:
    if pd.isna(low) or pd.isna(high) or low == high:
        return "–"
    return _("{low} to {high}").format(low=language.money(low), high=language.money(high))


def _tooltip() -> list[Any]:
    return [
        alt.Tooltip("period:Q", title=_("Month"), format="d"),
        alt.Tooltip("planned_told:N", title=_("Planned, added up")),
        alt.Tooltip("forecast_told:N", title=_("Actual and forecast, added up")),
        alt.Tooltip("interval_told:N", title=_("80% interval")),
    ]


def _ends(flows: pd.DataFrame) -> list[alt.Chart]:
    """Where both lines end, the upper one's label above it and the lower one's below."""
    last = flows.iloc[-1]
    planned, forecast = last["planned_cumulative"], last["forecast_cumulative"]
    above = forecast > planned
    named = (
        ("planned_cumulative", _("Planned {amount}"), theme.QUIET, not above),
        ("forecast_cumulative", _("Forecast {amount}"), theme.VALUE_TEXT, above),
    )
    marks = []
    for column, text, colour, is_above in named:
        told = pd.DataFrame([{"period": last["period"], column: last[column]}])
        told["told"] = text.format(amount=language.money(last[column]))
        base = alt.Chart(told).encode(**_axes(flows, column), text="told:N")
        look: dict[str, Any] = {"align": "right", "dx": -4, "dy": -14 if is_above else 16, "fontWeight": "bold"}
        halo = base.mark_text(stroke=theme.PAPER, strokeWidth=4, strokeJoin="round", **look)
        marks += [halo, base.mark_text(color=colour, **look)]
    return marks


def _told(flows: pd.DataFrame, month: int) -> str:
    told = _("Month {month}: planned {planned}, {forecast} now.")
    rows = flows[flows["period"].isin([month, flows["period"].max()])].to_dict("records")
    return " ".join(
        told.format(
            month=int(row["period"]),
            planned=language.money(row["planned_cumulative"]),
            forecast=language.money(row["forecast_cumulative"]),
        )
        for row in rows
    )
