"""The tornado: how far the net present value goes when one assumption goes to its low or its high value."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.language import gettext as _
from workbench.language import ngettext

ROW = 38
MOST_ROWS = 12
ROOM = 0.16
"""Room beside the outermost ends, as a share of their span, for the values printed there."""
COLUMNS = ["name", "unit", "low", "high", "npv_low", "npv_high"]


def tornado(
    swings: pd.DataFrame, base_npv: float, *, finding: str = "", plotted: str = "", description: str = ""
) -> theme.Drawing:
    """A bar per assumption from the net present value at its low value to that at its high value, the widest first.

    Parameters
    ----------
    swings : DataFrame
        name, unit, low, high, npv_low and npv_high (in the currency in use), the widest first. The first twelve are
        drawn, and the others counted.
    base_npv : float
        With every assumption at its base value.
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
    theme.require_data(swings, COLUMNS)
    bars = _bars(swings.head(MOST_ROWS), base_npv)
    chart = theme.layered(_marks(bars, base_npv), height=ROW * min(len(swings), MOST_ROWS))
    finding = finding or _widest_found(swings.iloc[0])
    plotted = plotted or _plotted(bars, base_npv, max(len(swings) - MOST_ROWS, 0))
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told(swings)}")


def _bars(swings: pd.DataFrame, base_npv: float) -> pd.DataFrame:
    """A row per end of each bar."""
    rows = theme.labels(["\n".join(theme.wrap(name, 34, lines=2)) for name in swings["name"]])
    ends = [
        pd.DataFrame(
            {
                "row": rows,
                "name": swings["name"].to_numpy(),
                "end": label,
                "npv": swings[f"npv_{end}"].to_numpy(dtype=float),
                "base": base_npv,
                "value": [language.number(value) for value in swings[end]],
                "value_told": [
                    f"{language.number(value)} {unit}".strip()
                    for value, unit in zip(swings[end], swings["unit"], strict=True)
                ],
            }
        )
        for end, label in _ends().items()
    ]
    bars = pd.concat(ends, ignore_index=True)
    return bars.assign(npv_told=[language.money(npv) for npv in bars["npv"]])


def _ends() -> dict[str, str]:
    return {"low": _("At its low value"), "high": _("At its high value")}


def _domain(bars: pd.DataFrame, base_npv: float) -> list[float]:
    lowest, highest = min(bars["npv"].min(), base_npv), max(bars["npv"].max(), base_npv)
    room = ROOM * ((highest - lowest) or abs(base_npv) or 1.0)
    return [float(lowest - room), float(highest + room)]


def _axes(bars: pd.DataFrame, base_npv: float) -> dict[str, Any]:
    scale = alt.Scale(domain=_domain(bars, base_npv), nice=False)
    unit = amounts.unit_of(pd.concat([bars["npv"], pd.Series([base_npv])]))
    title = _("Net present value ({unit})").format(unit=unit.title)
    axis = alt.Axis(title=title, labelExpr=unit.labels, tickCount=7, domain=False, ticks=False)
    rows = alt.Scale(domain=list(dict.fromkeys(bars["row"])), paddingInner=0.35, paddingOuter=0.2)
    return {
        "x": alt.X("npv:Q", scale=scale, axis=axis),
        "y": alt.Y("row:N", scale=rows, axis=alt.Axis(grid=False, **theme.row_labels())),
    }


def _marks(bars: pd.DataFrame, base_npv: float) -> list[alt.Chart]:
    axes = _axes(bars, base_npv)
    colours = alt.Scale(domain=list(_ends().values()), range=[theme.RANGE, theme.VALUE])
    tooltip = [
        alt.Tooltip("name:N", title=_("Assumption")),
        alt.Tooltip("end:N", title=_("Where")),
        alt.Tooltip("value_told:N", title=_("Value")),
        alt.Tooltip("npv_told:N", title=_("Net present value")),
    ]
    drawn = (
        alt.Chart(bars)
        .mark_bar(opacity=1)
        .encode(**axes, x2="base:Q", color=alt.Color("end:N", scale=colours), tooltip=tooltip)
    )
    levels = pd.DataFrame({"npv": [base_npv]})
    base = alt.Chart(levels).mark_rule(color=theme.INK, strokeWidth=1.5).encode(x=axes["x"])
    return [drawn, *_zero(bars, base_npv, axes), base, *_values(bars, axes)]


def _zero(bars: pd.DataFrame, base_npv: float, axes: dict[str, Any]) -> list[alt.Chart]:
    """Where gain turns into loss, if that lies within the picture."""
    if not _shows_zero(bars, base_npv):
        return []
    rule = alt.Chart(pd.DataFrame({"npv": [0.0]})).mark_rule(color=theme.MISSED, strokeWidth=2, strokeDash=[5, 4])
    zero: alt.Chart = rule.encode(x=axes["x"])
    return [zero]


def _shows_zero(bars: pd.DataFrame, base_npv: float) -> bool:
    low, high = _domain(bars, base_npv)
    return low < 0 < high


def _values(bars: pd.DataFrame, axes: dict[str, Any]) -> list[alt.Chart]:
    """The assumption's value at each end of its bar."""
    left = bars["npv"] < bars["base"]
    sides: list[tuple[pd.DataFrame, dict[str, Any]]] = [
        (bars[left], {"align": "right", "dx": -5}),
        (bars[~left], {"align": "left", "dx": 5}),
    ]
    return [alt.Chart(part).mark_text(**look).encode(**axes, text="value:N") for part, look in sides if len(part)]


def _widest_found(first: pd.Series[Any]) -> str:
    low, high = sorted((float(first["npv_low"]), float(first["npv_high"])))
    told = _("The net present value depends most on {name}: from {low} to {high}")
    return told.format(name=language.quoted(first["name"]), low=language.money(low), high=language.money(high))


def _plotted(bars: pd.DataFrame, base_npv: float, others: int) -> str:
    told = _(
        "Net present value when one assumption alone takes its low or its high value, printed at the bar's ends; the "
        "line is the point estimate of {base}. Source: assumptions, costs and benefits."
    ).format(base=language.money(base_npv))
    if _shows_zero(bars, base_npv):
        told += " " + _("Left of the dashed line the program loses money.")
    if not others:
        return told
    rest = ngettext(
        "{count} assumption that moves less is not drawn.",
        "{count} assumptions that move less are not drawn.",
        others,
    )
    return f"{told} {rest.format(count=others)}"


def _told(swings: pd.DataFrame) -> str:
    told = _("{name}: {low} to {high}.")
    return " ".join(
        told.format(name=row["name"], low=language.money(row["npv_low"]), high=language.money(row["npv_high"]))
        for row in swings.head(MOST_ROWS).to_dict("records")
    )
