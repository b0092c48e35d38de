"""The efficient frontier: the best value that each budget brings."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.language import gettext as _

WIDTH, HEIGHT = 660, 320
ROOM = 0.08
"""Space beyond the first and the last point, as a share of what is between them."""
COLUMNS = ("budget", "least_budget", "value", "projects", "today")


def frontier_curve(
    frontier: pd.DataFrame, *, finding: str = "", plotted: str = "", description: str = ""
) -> theme.Drawing:
    """The best value by budget as steps, each beginning at the least budget that reaches it; today's is marked.

    Parameters
    ----------
    frontier : DataFrame
        A row per budget: budget and least_budget (the least that brings the same value) in the currency in use, value
        (points), projects (how many are in the plan) and today (true for the budget of today).
    finding, plotted, description : str
        Title, subtitle and text for screen readers; made from the frame when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When no budget has a plan.
    """
    theme.require_data(frontier, COLUMNS)
    rows = frontier[frontier["value"].notna()].sort_values(["budget"], kind="stable", ignore_index=True)
    theme.require_data(rows, COLUMNS)
    axes = _axes(rows)
    chart = theme.layered([*_steps(rows, axes), *_today(rows, axes)], width=WIDTH, height=HEIGHT)
    finding = finding or _found(rows)
    plotted = plotted or _(
        "Dots: least money, over all releases together, for the best value in points that was found; "
        "the line holds until the next dot. Source: projects, demand, capacity, scores."
    )
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_in_words(rows)}")


def _axes(rows: pd.DataFrame) -> dict[str, Any]:
    lowest, highest = float(rows["least_budget"].min()), float(rows["budget"].max())
    room = ROOM * (highest - lowest or highest or 1)
    unit = amounts.unit_of(rows["budget"])
    words = _("Money over all releases ({unit})").format(unit=unit.title)
    axis = alt.Axis(title=words, labelExpr=unit.labels, tickCount=6, grid=False)
    domain = [max(0.0, lowest - room), highest + room]
    top = float(rows["value"].max()) * (1 + ROOM) or 1.0
    return {
        "x": alt.X("budget:Q", scale=alt.Scale(domain=domain, nice=False), axis=axis),
        "y": alt.Y(
            "value:Q",
            scale=alt.Scale(domain=[0, top], nice=False),
            axis=alt.Axis(title=_("Best value (points)"), format=",~f", domain=False, ticks=False),
        ),
    }


def _steps(rows: pd.DataFrame, axes: dict[str, Any]) -> list[alt.Chart]:
    each = rows.drop_duplicates("least_budget")
    dots = pd.DataFrame(
        {
            "budget": each["least_budget"].astype(float),
            "value": each["value"].astype(float),
            "money": [language.money(amount) for amount in each["least_budget"]],
            "points": [language.number(value) for value in each["value"]],
            "projects": [str(count) for count in each["projects"]],
        }
    )
    end = pd.DataFrame({"budget": [float(rows["budget"].max())], "value": [float(rows["value"].max())]})
    tooltip = [
        alt.Tooltip("money:N", title=_("Least money")),
        alt.Tooltip("points:N", title=_("Best value (points)")),
        alt.Tooltip("projects:N", title=_("Projects in the plan")),
    ]
    line = alt.Chart(pd.concat([dots[["budget", "value"]], end], ignore_index=True))
    return [
        line.mark_line(color=theme.VALUE, strokeWidth=2, interpolate="step-after").encode(**axes),
        alt.Chart(dots).mark_point(filled=True, color=theme.VALUE, size=60, opacity=1).encode(**axes, tooltip=tooltip),
    ]


def _today(rows: pd.DataFrame, axes: dict[str, Any]) -> list[alt.Chart]:
    today = rows[rows["today"].astype(bool)]
    if today.empty:
        return []
    row = today.iloc[0]
    words = _("Today's budget: {money}").format(money=language.money(float(row["budget"])))
    told = pd.DataFrame([{"budget": float(row["budget"]), "value": float(row["value"]), "told": words}])
    right = row["budget"] > (rows["least_budget"].min() + rows["budget"].max()) / 2
    side: dict[str, Any] = {"align": "right", "dx": -8} if right else {"align": "left", "dx": 8}
    base = alt.Chart(told)
    return [
        base.mark_rule(color=theme.INK, strokeDash=[5, 4]).encode(x=axes["x"]),
        base.mark_point(filled=True, color=theme.PAPER, stroke=theme.INK, strokeWidth=2, size=110, opacity=1).encode(
            **axes
        ),
        base.mark_text(fontWeight="bold", baseline="bottom", dy=-6, **side).encode(
            x=axes["x"], y=alt.value(HEIGHT), text="told:N"
        ),
    ]


def _found(rows: pd.DataFrame) -> str:
    today = rows[rows["today"].astype(bool)]
    top = rows.sort_values(["value", "least_budget"], ascending=[False, True]).iloc[0]
    best, most = float(top["value"]), float(top["least_budget"])
    if today.empty:
        return _("{money} brings {points} points, the most of any budget looked at").format(
            money=language.money(most), points=language.number(best)
        )
    value = float(today["value"].iloc[0])
    if language.number(value) == language.number(best):
        return _("More money than today would bring no more value")
    return _("Today's budget brings {points} of the {most} points that {money} would bring").format(
        points=language.number(value), most=language.number(best), money=language.money(most)
    )


def _in_words(rows: pd.DataFrame) -> str:
    told = rows.drop_duplicates("least_budget")
    return "; ".join(
        _("{money}: {points} points").format(
            money=language.money(row["least_budget"]), points=language.number(row["value"])
        )
        for row in told.to_dict("records")
    )
