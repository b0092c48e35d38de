"""What costs and benefits consist of."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import theme
from workbench.language import gettext as _

ROW = 42
COSTS_SHARE, BENEFITS_SHARE = 0.6, 0.52
"""Part of the plot that the longest bar takes; amounts and groups are printed in the rest."""


def cost_breakdown(
    lines: pd.DataFrame, *, finding: str = "", plotted: str = "", description: str = ""
) -> theme.Drawing:
    """What the costs consist of: a bar per line, the largest first.

    Parameters
    ----------
    lines : DataFrame
        name, category_label and total, in the currency in use.
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
    theme.require_data(lines, ("name", "category_label", "total"))
    bars = _bars(lines[["name", "category_label", "total"]], "category_label")
    bars["told"] = [language.money(amount) for amount in bars["total"]]
    marks = [_bar_marks(bars, "total", theme.COST, _("Category")), *_bar_texts(bars)]
    finding = finding or _largest_found(bars)
    plotted = plotted or _("Costs over the whole horizon in {currency}, risk included. Source: costs.").format(
        currency=language.symbol()
    )
    chart = theme.layered(marks, height=ROW * len(bars))
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted}")


def benefit_breakdown(
    lines: pd.DataFrame, *, finding: str = "", plotted: str = "", description: str = ""
) -> theme.Drawing:
    """What the benefits consist of: a bar per line, its lighter end what attribution and risk took off.

    Parameters
    ----------
    lines : DataFrame
        name, stream_label, total and unadjusted_total, in the currency in use.
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
    theme.require_data(lines, ("name", "stream_label", "total", "unadjusted_total"))
    bars = _bars(lines, "stream_label")
    bars["told"] = [_of_unadjusted(*amounts) for amounts in zip(bars["total"], bars["unadjusted_total"], strict=True)]
    marks = [
        _bar_marks(bars, "unadjusted_total", theme.BENEFIT_LIGHT, _("Stream"), stroke=theme.BENEFIT),
        _bar_marks(bars, "total", theme.BENEFIT, _("Stream")),
        *_bar_texts(bars),
    ]
    finding = finding or _largest_found(bars)
    plotted = plotted or _(
        "Benefits over the whole horizon in {currency}; the light end is what attribution and risk took off. "
        "Source: benefits."
    ).format(currency=language.symbol())
    chart = theme.layered(marks, height=ROW * len(bars))
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted}")


def _of_unadjusted(total: float, unadjusted: float) -> str:
    if language.money(total) == language.money(unadjusted):
        return language.money(total)
    return _("{total} of {unadjusted}").format(total=language.money(total), unadjusted=language.money(unadjusted))


def _bars(lines: pd.DataFrame, group: str) -> pd.DataFrame:
    """The lines, the largest first, with the label of their row."""
    bars = lines.sort_values("total", ascending=False, kind="stable").reset_index(drop=True)
    names = bars["name"].where(bars["name"] != "", bars[group])
    amounts = [name for name in ("total", "unadjusted_total") if name in bars.columns]
    drawn = bars[amounts].astype(float)
    drawn["name"], drawn["group"] = names, bars[group]
    drawn["row"] = theme.labels(["\n".join(theme.wrap(name, 34, lines=2)) for name in names])
    drawn["group_text"] = ["\n".join(theme.wrap(name, 22, lines=2)) for name in bars[group]]
    return drawn


def _bar_axes(bars: pd.DataFrame, column: str) -> dict[str, Any]:
    wide = "unadjusted_total" in bars.columns
    longest = float(bars["unadjusted_total" if wide else "total"].max()) or 1.0
    end = longest / (BENEFITS_SHARE if wide else COSTS_SHARE)
    scale = alt.Scale(domain=[0, end], nice=False, zero=True)
    rows = alt.Scale(domain=bars["row"].tolist(), paddingInner=0.4, paddingOuter=0.2)
    return {
        "x": alt.X(f"{column}:Q", scale=scale, axis=None),
        "y": alt.Y("row:N", scale=rows, axis=alt.Axis(**theme.row_labels())),
    }


def _bar_marks(bars: pd.DataFrame, column: str, colour: str, group: str, **look: Any) -> alt.Chart:
    tooltip = [
        alt.Tooltip("name:N", title=_("Line")),
        alt.Tooltip("group:N", title=group),
        alt.Tooltip("told:N", title=_("Amount")),
    ]
    marks: alt.Chart = alt.Chart(bars).mark_bar(color=colour, **look).encode(**_bar_axes(bars, column), tooltip=tooltip)
    return marks


def _bar_texts(bars: pd.DataFrame) -> list[alt.Chart]:
    axes = _bar_axes(bars, "unadjusted_total" if "unadjusted_total" in bars.columns else "total")
    amounts = alt.Chart(bars).mark_text(align="left", dx=6, fontWeight="bold").encode(**axes, text="told:N")
    return [
        amounts,
        *(_group_texts(part, axes["y"]) for _lines, part in bars.groupby(bars["group_text"].str.count("\n"))),
    ]


def _group_texts(bars: pd.DataFrame, rows: alt.Y) -> alt.Chart:
    """The groups' names at the right edge; all of these have as many lines, so one lift centres them."""
    lift = -theme.LABEL_LINE / 2 * bars["group_text"].iloc[0].count("\n")
    names = alt.Chart(bars).mark_text(align="right", dy=lift, color=theme.QUIET, lineHeight=theme.LABEL_LINE)
    told: alt.Chart = names.encode(y=rows, x=alt.value("width"), text="group_text:N")
    return told


def _largest_found(bars: pd.DataFrame) -> str:
    total, first = float(bars["total"].sum()), bars.iloc[0]
    if not total:
        return _("No line has an amount within the horizon")
    return _("The largest item is “{name}”: {share} of {total}").format(
        name=first["name"], share=language.percent(first["total"] / total, 2), total=language.money(total)
    )
