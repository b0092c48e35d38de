"""The cumulative cash flow, month by month."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.language import gettext as _
from workbench.language import ngettext

HEIGHT = 340
LABEL_SHARE = 0.1
"""How much of the axis an amount in words is as wide as."""


def cumulative_cash_flow(
    monthly: pd.DataFrame,
    payback_month: float | None = None,
    *,
    finding: str = "",
    plotted: str = "",
    description: str = "",
) -> theme.Drawing:
    """Benefits minus costs added up month by month: what is still out, and when it is back.

    Parameters
    ----------
    monthly : DataFrame
        period (0 is today), costs, benefits, net and cumulative, in the currency in use.
    payback_month : float or None
        When the program has paid itself back; None when it does not.
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
    theme.require_data(monthly, ("period", *amounts.FLOWS))
    flows = monthly[["period", *amounts.FLOWS]].astype(float).sort_values("period").reset_index(drop=True)
    months = int(flows["period"].max())
    marks = [
        *_areas(flows),
        amounts.zero_line(),
        _cumulative_line(flows),
        *_turning_points(flows),
        *_payback_marks(flows, payback_month),
    ]
    chart = theme.layered(marks, height=HEIGHT)
    finding = finding or _payback_found(flows, payback_month)
    plotted = plotted or _plotted(months)
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_ends(flows)}")


def _axes(flows: pd.DataFrame, column: str) -> dict[str, Any]:
    months = int(flows["period"].max())
    step = next(step for step in (1, 3, 6, 12, 24, 60) if months / step <= 12 or step == 60)
    # json.dumps makes a string literal of the translated word, whatever quotes it holds.
    words = f"datum.value == 0 ? {json.dumps(_('Today'))} : datum.label"
    ticks = list(range(0, months + 1, step))
    x_axis = alt.Axis(title=_("Month"), values=ticks, labelExpr=words, format="d", grid=False)
    lowest, highest = min(0.0, float(flows["cumulative"].min())), max(0.0, float(flows["cumulative"].max()))
    # Room above and below for the labels of the highest and the lowest point.
    room = 0.1 * (highest - lowest or 1)
    y_scale = alt.Scale(domain=[lowest - room, highest + room], nice=False)
    x_scale = alt.Scale(domain=[0, max(months, 1)], nice=False)
    return {
        "x": alt.X("period:Q", scale=x_scale, axis=x_axis),
        "y": alt.Y(f"{column}:Q", scale=y_scale, axis=amounts.amount_axis(amounts.unit_of(flows["cumulative"]))),
    }


def _areas(flows: pd.DataFrame) -> list[alt.Chart]:
    """What is out below zero and what is gained above it, meeting where the line crosses zero."""
    outline = _with_crossings(flows)
    outline["out"], outline["gained"] = outline["cumulative"].clip(upper=0), outline["cumulative"].clip(lower=0)
    base = alt.Chart(outline)
    return [
        base.mark_area(color=theme.COST_LIGHT).encode(**_axes(flows, "out")),
        base.mark_area(color=theme.BENEFIT_LIGHT).encode(**_axes(flows, "gained")),
    ]


def _with_crossings(flows: pd.DataFrame) -> pd.DataFrame:
    """The line's points, and those where the straight line between two of them crosses zero."""
    line = flows[["period", "cumulative"]]
    after = line.shift(-1)
    crossing = (line["cumulative"] * after["cumulative"]) < 0
    share = line["cumulative"] / (line["cumulative"] - after["cumulative"])
    periods = line["period"] + share * (after["period"] - line["period"])
    points = pd.DataFrame({"period": periods[crossing], "cumulative": 0.0})
    return pd.concat([line, points]).sort_values("period", kind="stable").reset_index(drop=True)


def _cumulative_line(flows: pd.DataFrame) -> alt.Chart:
    told = flows.assign(
        **{f"{name}_text": [language.money(amount) for amount in flows[name]] for name in amounts.FLOWS}
    )
    tooltip = [
        alt.Tooltip("period:Q", title=_("Month"), format="d"),
        alt.Tooltip("cumulative_text:N", title=_("Cumulative cash flow")),
        alt.Tooltip("benefits_text:N", title=_("Benefits of the month")),
        alt.Tooltip("costs_text:N", title=_("Costs of the month")),
        alt.Tooltip("net_text:N", title=_("Net of the month")),
    ]
    point = {"filled": True, "size": 22, "color": theme.INK}
    line: alt.Chart = (
        alt.Chart(told)
        .mark_line(color=theme.INK, strokeWidth=2, point=point)
        .encode(**_axes(flows, "cumulative"), tooltip=tooltip)
    )
    return line


def _turning_points(flows: pd.DataFrame) -> list[alt.Chart]:
    """The lowest point below zero and the end, with their amounts."""
    lowest, last = flows.iloc[int(flows["cumulative"].argmin())], flows.iloc[-1]
    marks = [_amount_label(flows, last, align="right", dy=-14 if _rises_to(flows, last) else 18)]
    if lowest["cumulative"] < 0 and lowest["period"] < last["period"]:
        align = "left" if lowest["period"] < 0.1 * last["period"] else "center"
        marks.append(_amount_label(flows, lowest, align=align, dy=18))
    return marks


def _rises_to(flows: pd.DataFrame, last: pd.Series[float]) -> bool:
    """Whether the line comes to its end from below, over the months that the end's label is as wide as."""
    over = flows.loc[flows["period"] >= last["period"] * (1 - LABEL_SHARE), "cumulative"]
    return bool(last["cumulative"] >= over.iloc[0])


def _amount_label(flows: pd.DataFrame, row: pd.Series[float], **look: Any) -> alt.Chart:
    amount = language.money(row["cumulative"])
    told = pd.DataFrame([{"period": row["period"], "at": row["cumulative"], "amount": amount}])
    label: alt.Chart = (
        alt.Chart(told)
        .mark_text(fontWeight="bold", fontSize=theme.SUBTITLE_SIZE, **look)
        .encode(**_axes(flows, "at"), text="amount:N")
    )
    return label


def _payback_marks(flows: pd.DataFrame, month: float | None) -> list[alt.Chart]:
    """The payback with its label: before it there is nothing above zero, after it nothing below."""
    last = float(flows["period"].max())
    if month is None or not 0 < month <= last:
        return []
    told = _("Paid back after {months} months").format(months=language.number(month))
    base = alt.Chart(pd.DataFrame([{"period": month, "zero": 0.0, "told": told}])).encode(**_axes(flows, "zero"))
    side: dict[str, Any] = {"align": "right", "dx": -8, "dy": -12}
    if month < last / 3:
        side = {"align": "left", "dx": 8, "dy": 14}
    return [
        base.mark_rule(color=theme.REACHED, strokeWidth=2, strokeDash=[5, 4]).encode(y2=alt.value("height")),
        base.mark_point(filled=True, color=theme.REACHED, size=130, opacity=1, stroke=theme.PAPER, strokeWidth=2),
        base.mark_text(color=theme.REACHED_TEXT, fontWeight="bold", fontSize=theme.SUBTITLE_SIZE, **side).encode(
            text="told:N"
        ),
    ]


def _payback_found(flows: pd.DataFrame, month: float | None) -> str:
    months = int(flows["period"].max())
    if not flows["costs"].any():
        if not flows["benefits"].any():
            return _("Within {months} months the program has neither costs nor benefits").format(months=months)
        return _("Within {months} months the program brings benefits and costs nothing").format(months=months)
    if month is None:
        return _("The program does not pay itself back within {months} months").format(months=months)
    if month == 0:
        return _("The program is never out of pocket")
    return _("The program has paid itself back after {months} months").format(months=language.number(month))


def _plotted(months: int) -> str:
    return ngettext(
        "Benefits minus costs, added up, in {currency}, undiscounted; {count} month. Source: costs, benefits.",
        "Benefits minus costs, added up, in {currency}, undiscounted; {count} months. Source: costs, benefits.",
        months,
    ).format(currency=language.symbol(), count=months)


def _ends(flows: pd.DataFrame) -> str:
    return _("Lowest: {lowest}. At the end: {last}.").format(
        lowest=language.money(float(flows["cumulative"].min())),
        last=language.money(float(flows["cumulative"].iloc[-1])),
    )
