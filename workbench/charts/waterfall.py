"""A waterfall: from one total to another, step by step."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.language import gettext as _

ROW = 40
ROOM = 0.16
"""Room on either side of the bars for their amounts, as a share of what the bars span."""
COLUMNS = ("label", "kind", "amount", "start", "end")


def waterfall(steps: pd.DataFrame, finding: str, *, plotted: str = "", description: str = "") -> theme.Drawing:
    """From one total to another: a bar per step, from where the one before it ended.

    Parameters
    ----------
    steps : DataFrame
        label, kind (total or step), amount, start and end, in the currency in use and in their order from the top.
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
    theme.require_data(steps, COLUMNS)
    bars = _bars(steps)
    unit = amounts.unit_of(pd.concat([bars["start"], bars["end"]]))
    marks = [_bar_marks(bars, unit), _zero(), *_joints(bars, unit), *_texts(bars, unit)]
    chart = theme.layered(marks, height=ROW * len(bars))
    plotted = plotted or _(
        "Net present value in {currency}. Grey: totals. Blue: what raises it. Orange: what lowers it. Source: costs, "
        "benefits, assumptions."
    ).format(currency=language.symbol())
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told(bars)}")


def _bars(steps: pd.DataFrame) -> pd.DataFrame:
    bars = steps[list(COLUMNS)].reset_index(drop=True).astype({"amount": float, "start": float, "end": float})
    bars["row"] = theme.labels(["\n".join(theme.wrap(label, 34, lines=2)) for label in bars["label"]])
    bars["told"] = [
        language.money(amount) if kind == "total" or amount <= 0 else f"+{language.money(amount)}"
        for kind, amount in zip(bars["kind"], bars["amount"], strict=True)
    ]
    bars["low"], bars["high"] = bars[["start", "end"]].min(axis=1), bars[["start", "end"]].max(axis=1)
    bars["is_total"], bars["rises"] = bars["kind"] == "total", bars["amount"] >= 0
    return bars


def _axes(bars: pd.DataFrame, unit: amounts.Unit, column: str) -> dict[str, Any]:
    low, high = min(0.0, float(bars["low"].min())), max(0.0, float(bars["high"].max()))
    room = ROOM * ((high - low) or 1.0)
    scale = alt.Scale(domain=[low - (room if low < 0 else 0), high + room], nice=False)
    rows = alt.Scale(domain=bars["row"].tolist(), paddingInner=0.35, paddingOuter=0.2)
    return {
        "x": alt.X(f"{column}:Q", scale=scale, axis=amounts.amount_axis(unit)),
        "y": alt.Y("row:N", scale=rows, axis=alt.Axis(**theme.row_labels())),
    }


def _bar_marks(bars: pd.DataFrame, unit: amounts.Unit) -> alt.Chart:
    tooltip = [alt.Tooltip("label:N", title=_("Step")), alt.Tooltip("told:N", title=_("Amount"))]
    colours = {"condition": [_when("datum.is_total", theme.CONTEXT), _when("datum.rises", theme.BENEFIT)]}
    marks: alt.Chart = (
        alt.Chart(bars)
        .mark_bar()
        .encode(**_axes(bars, unit, "low"), x2="high:Q", color=colours | {"value": theme.COST}, tooltip=tooltip)
    )
    return marks


def _when(test: str, colour: str) -> dict[str, str]:
    return {"test": test, "value": colour}


def _zero() -> alt.Chart:
    line: alt.Chart = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=theme.INK).encode(x="zero:Q")
    return line


def _joints(bars: pd.DataFrame, unit: amounts.Unit) -> list[alt.Chart]:
    """Thin lines from the end of each bar to the next, which begins there or is the total that is reached."""
    if len(bars) < 2:
        return []
    joints = bars[["end", "row"]].iloc[:-1].assign(next=bars["row"].to_numpy()[1:])
    rule = alt.Chart(joints).mark_rule(color=theme.FRAME, strokeDash=[3, 3])
    return [rule.encode(**_axes(bars, unit, "end"), y2="next:N")]


def _texts(bars: pd.DataFrame, unit: amounts.Unit) -> list[alt.Chart]:
    """The amounts, at the end of the bar that points away from where it began."""
    points_left = bars["end"] < bars["start"]
    texts = []
    for part, column, look in (
        (bars[~points_left], "high", {"align": "left", "dx": 6}),
        (bars[points_left], "low", {"align": "right", "dx": -6}),
    ):
        # At the left edge there is no room, so that such an amount stands to the right of its bar.
        near = part["low"] < bars["low"].min() + ROOM * (bars["high"].max() - bars["low"].min())
        inside = part[near] if column == "low" and bars["low"].min() >= 0 else part.iloc[:0]
        rest = part.drop(inside.index)
        for rows, end, side in ((rest, column, look), (inside, "high", {"align": "left", "dx": 6})):
            texts += _text(bars, rows, unit, end, side) if len(rows) else []
    return texts


def _text(
    bars: pd.DataFrame, part: pd.DataFrame, unit: amounts.Unit, column: str, look: dict[str, Any]
) -> list[alt.Chart]:
    """Amounts over a halo, so that lines which they cross do not strike them through."""
    told = alt.Chart(part).encode(**_axes(bars, unit, column), text="told:N")
    halo: dict[str, Any] = {"stroke": theme.PAPER, "strokeWidth": 4, "strokeJoin": "round"}
    return [told.mark_text(fontWeight="bold", **look, **halo), told.mark_text(fontWeight="bold", **look)]


def _told(bars: pd.DataFrame) -> str:
    told = _("{label}: {amount}.")
    return " ".join(told.format(label=row["label"], amount=row["told"]) for row in bars.to_dict("records"))
