"""The chain of gates: what was promised and forecast at each, how sure that was, and what was decided."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.language import gettext as _

HEIGHT = 340
COLUMNS = (
    "name",
    "month",
    "baseline_npv",
    "forecast_npv",
    "forecast_low",
    "forecast_high",
    "recommendation",
    "decision",
    "decision_label",
)
CODES = ("continue", "change", "stop", "ended")
COLOURS = (theme.REACHED_TEXT, theme.COMPLEXITY_TEXT, theme.MISSED_TEXT, theme.INK)
SHAPES = ("circle", "diamond", "square", "triangle-right")
LINE_CHARACTERS = 100
"""Characters of a label that fit beside one another over the full width."""


def chain_of_gates(gates: pd.DataFrame, finding: str, *, plotted: str = "", description: str = "") -> theme.Drawing:
    """The forecast of the net present value at each gate with its interval, the promise, and the decision.

    Parameters
    ----------
    gates : DataFrame
        name, month, baseline_npv, forecast_npv, forecast_low, forecast_high (in the currency in use), recommendation
        (stop, continue, change or ended), decision (the same, or "" where none is noted) and decision_label, in their
        order.
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
    theme.require_data(gates, COLUMNS)
    drawn = _drawn(gates)
    unit = amounts.unit_of(pd.concat([drawn["forecast_low"], drawn["forecast_high"], drawn["baseline_npv"]]))
    chart = theme.layered(_marks(drawn, unit), height=HEIGHT)
    plotted = plotted or _(
        "Points: net present value in {currency} as forecast at the gate; blue bars: 80% interval. Short black lines: "
        "what was promised. Source: gates, actuals, costs, benefits, assumptions."
    ).format(currency=language.symbol())
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told(drawn)}")


def _drawn(gates: pd.DataFrame) -> pd.DataFrame:
    drawn = gates[list(COLUMNS)].reset_index(drop=True)
    drawn["gate"] = theme.labels(
        [
            "\n".join([*theme.wrap(name, _characters(drawn), lines=3), _("Month {month}").format(month=month)])
            for name, month in zip(drawn["name"], drawn["month"], strict=True)
        ]
    )
    drawn["code"] = drawn["decision"].where(drawn["decision"] != "", drawn["recommendation"])
    drawn["decided"] = ["\n".join(theme.wrap(label, _characters(drawn))) for label in drawn["decision_label"]]
    drawn["npv_told"] = [language.money(amount) for amount in drawn["forecast_npv"]]
    drawn["promised_told"] = [language.money(amount) for amount in drawn["baseline_npv"]]
    drawn["interval_told"] = [
        _("{low} to {high}").format(low=language.money(low), high=language.money(high))
        for low, high in zip(drawn["forecast_low"], drawn["forecast_high"], strict=True)
    ]
    return drawn


def _characters(drawn: pd.DataFrame) -> int:
    return max(10, min(28, LINE_CHARACTERS // len(drawn)))


def _marks(drawn: pd.DataFrame, unit: amounts.Unit) -> list[alt.Chart]:
    axes = {
        name: _axes(drawn, unit, name) for name in ("forecast_npv", "forecast_low", "forecast_high", "baseline_npv")
    }
    colour = alt.Color("code:N", scale=alt.Scale(domain=list(CODES), range=list(COLOURS)), legend=None)
    shape = alt.Shape("code:N", scale=alt.Scale(domain=list(CODES), range=list(SHAPES)), legend=None)
    base = alt.Chart(drawn)
    below = base.mark_text(baseline="top", dy=10, fontWeight="bold", lineHeight=theme.LABEL_LINE)
    beside: dict[str, Any] = {"align": "left", "dx": 9, "dy": -15, "fontWeight": "bold"}
    halo: dict[str, Any] = {"stroke": theme.PAPER, "strokeWidth": 4, "strokeJoin": "round"}
    amount: dict[str, Any] = {**axes["forecast_npv"], "text": alt.Text("npv_told:N")}
    return [
        amounts.zero_line(),
        base.mark_tick(color=theme.INK, thickness=2, size=70).encode(**axes["baseline_npv"]),
        base.mark_line(color=theme.CONTEXT, strokeWidth=1.5).encode(**axes["forecast_npv"]),
        base.mark_rule(color=theme.VALUE, strokeWidth=3, opacity=0.55).encode(
            **axes["forecast_low"], y2="forecast_high:Q"
        ),
        base.mark_point(filled=True, size=150, opacity=1, stroke=theme.PAPER, strokeWidth=1.5).encode(
            **axes["forecast_npv"], color=colour, shape=shape, tooltip=_tooltip()
        ),
        base.mark_text(**beside, **halo).encode(**amount),
        base.mark_text(**beside).encode(**amount),
        below.encode(**axes["forecast_low"], color=colour, text="decided:N"),
    ]


def _axes(drawn: pd.DataFrame, unit: amounts.Unit, column: str) -> dict[str, Any]:
    lows, highs = drawn[["forecast_low", "baseline_npv"]], drawn[["forecast_high", "baseline_npv"]]
    low, high = min(0.0, float(lows.min().min())), max(0.0, float(highs.max().max()))
    span = (high - low) or 1.0
    scale = alt.Scale(domain=[low - 0.16 * span, high + 0.06 * span], nice=False)
    names = alt.Axis(labelExpr=theme.BROKEN_LABELS, labelLineHeight=theme.LABEL_LINE, labelAngle=0, title=None)
    return {
        "x": alt.X("gate:N", scale=alt.Scale(domain=drawn["gate"].tolist()), axis=names),
        "y": alt.Y(f"{column}:Q", scale=scale, axis=amounts.amount_axis(unit)),
    }


def _tooltip() -> list[Any]:
    return [
        alt.Tooltip("name:N", title=_("Gate")),
        alt.Tooltip("month:Q", title=_("Month"), format="d"),
        alt.Tooltip("npv_told:N", title=_("Forecast")),
        alt.Tooltip("interval_told:N", title=_("80% interval")),
        alt.Tooltip("promised_told:N", title=_("Promised")),
        alt.Tooltip("decision_label:N", title=_("Decision")),
    ]


def _told(drawn: pd.DataFrame) -> str:
    told = _("{gate}, month {month}: {npv} ({interval}), promised {promised}; {decision}.")
    return " ".join(
        told.format(
            gate=row["name"],
            month=row["month"],
            npv=row["npv_told"],
            interval=row["interval_told"],
            promised=row["promised_told"],
            decision=row["decision_label"],
        )
        for row in drawn.to_dict("records")
    )
