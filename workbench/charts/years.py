"""Costs and benefits, year by year."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.language import gettext as _
from workbench.language import ngettext

HEIGHT, MONTHS_A_YEAR = 340, 12
MOST_LABELLED = 6
"""Years up to which every bar has its amount above it; beyond, only the net."""


def yearly_costs_and_benefits(
    yearly: pd.DataFrame, *, last_months: int = 12, finding: str = "", plotted: str = "", description: str = ""
) -> theme.Drawing:
    """Benefits, costs and what is left, year by year.

    Parameters
    ----------
    yearly : DataFrame
        year (0 is today), costs, benefits, net and cumulative, in the currency in use.
    last_months : int
        How many months the last year has; its label says so when it is no whole year.
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
    theme.require_data(yearly, ("year", *amounts.FLOWS))
    flows = yearly[["year", *amounts.FLOWS]].astype(float).sort_values("year").reset_index(drop=True)
    years = _names(flows["year"], last_months)
    long = _long_flows(flows.assign(name=years))
    chart = theme.layered(_marks(long, years), height=HEIGHT)
    finding = finding or _years_found(flows)
    plotted = plotted or _(
        "Benefits, costs and net cash flow in {currency}, undiscounted. Source: costs, benefits."
    ).format(currency=language.symbol())
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told_by_year(flows, years)}")


def _names(years: pd.Series[float], last_months: int) -> list[str]:
    names = [_("Today") if year == 0 else _("Year {number}").format(number=f"{year:.0f}") for year in years]
    if last_months < MONTHS_A_YEAR and years.iloc[-1]:
        short = ngettext("{year} ({count} month)", "{year} ({count} months)", last_months)
        names[-1] = short.format(year=names[-1], count=last_months)
    return names


def _series() -> dict[str, str]:
    return {"benefits": _("Benefits"), "costs": _("Costs"), "net": _("Net")}


def _long_flows(flows: pd.DataFrame) -> pd.DataFrame:
    """A row per year and series, with the amount in words."""
    parts = [
        pd.DataFrame(
            {
                "name": flows["name"],
                "series": label,
                "amount": flows[column],
                "told": [language.money(amount) for amount in flows[column]],
                "cumulative": [language.money(amount) for amount in flows["cumulative"]],
            }
        )
        for column, label in _series().items()
    ]
    return pd.concat(parts, ignore_index=True)


def _marks(long: pd.DataFrame, years: list[str]) -> list[alt.Chart]:
    net = long["series"] == _series()["net"]
    bars, dots = alt.Chart(long[~net]), alt.Chart(long[net]).encode(**_axes(long, years))
    diamond = alt.Scale(domain=[_series()["net"]], range=["diamond"])
    key = alt.Legend(symbolFillColor=theme.INK, symbolStrokeColor=theme.INK)
    return [
        bars.mark_bar().encode(**_axes(long, years), color=_bar_colours()),
        amounts.zero_line(),
        dots.mark_rule(strokeWidth=1.5, color=theme.INK).encode(y2=alt.datum(0)),
        dots.mark_point(filled=True, size=110, opacity=1, color=theme.INK).encode(
            shape=alt.Shape("series:N", scale=diamond, legend=key)
        ),
        *_labels(long if len(years) <= MOST_LABELLED else long[net], _axes(long, years)),
    ]


def _bar_colours() -> alt.Color:
    names = [_series()["benefits"], _series()["costs"]]
    return alt.Color("series:N", scale=alt.Scale(domain=names, range=[theme.BENEFIT, theme.COST]))


def _axes(long: pd.DataFrame, years: list[str]) -> dict[str, Any]:
    names = list(_series().values())
    lowest, highest = min(0.0, float(long["amount"].min())), max(0.0, float(long["amount"].max()))
    room = 0.1 * (highest - lowest or 1)
    scale = alt.Scale(domain=[lowest - (room if lowest < 0 else 0), highest + room], nice=False)
    x_axis = alt.Axis(title=None, labelAngle=0, ticks=False, domain=False, orient="bottom", labelPadding=8)
    return {
        "x": alt.X("name:N", scale=alt.Scale(domain=years, paddingInner=0.2, paddingOuter=0.1), axis=x_axis),
        "xOffset": alt.XOffset("series:N", scale=alt.Scale(domain=names, paddingInner=0.08)),
        "y": alt.Y("amount:Q", scale=scale, axis=amounts.amount_axis(amounts.unit_of(long["amount"]))),
        "tooltip": [
            alt.Tooltip("name:N", title=_("Year")),
            alt.Tooltip("series:N", title=_("Series")),
            alt.Tooltip("told:N", title=_("Amount")),
            alt.Tooltip("cumulative:N", title=_("Cumulative cash flow")),
        ],
    }


def _labels(long: pd.DataFrame, axes: dict[str, Any]) -> list[alt.Chart]:
    place, unit = {key: axes[key] for key in ("x", "xOffset", "y")}, amounts.unit_of(long["amount"])
    shown = long[long["amount"] != 0].assign(short=lambda rows: [unit.told(amount) for amount in rows["amount"]])
    above, below = shown[shown["amount"] > 0], shown[shown["amount"] < 0]
    ends = [(part, dy) for part, dy in ((above, -12), (below, 14)) if len(part)]
    return [alt.Chart(part).mark_text(dy=dy).encode(**place, text="short:N") for part, dy in ends]


def _years_found(flows: pd.DataFrame) -> str:
    is_ahead = flows["net"] > 0
    count = int(is_ahead.sum())
    if not count:
        return _("In no year do the benefits exceed the costs")
    if not is_ahead.tail(count).all():
        # Today is no year, unless it brings something.
        total = int(((flows["year"] > 0) | is_ahead).sum())
        return _("In {count} of {total} years the benefits exceed the costs").format(count=count, total=total)
    first = flows.loc[is_ahead, "year"].iloc[0]
    if first == 0:
        return _("The benefits exceed the costs from today")
    return _("From year {number} the benefits exceed the costs").format(number=f"{first:.0f}")


def _told_by_year(flows: pd.DataFrame, years: list[str]) -> str:
    told = (f"{year}: {language.money(net)}" for year, net in zip(years, flows["net"], strict=True))
    return _("Net: {years}.").format(years="; ".join(told))
