"""How often each project is chosen when values and efforts are uncertain, and in which release."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts import theme
from workbench.language import gettext as _
from workbench.language import ngettext, percent

ROW = 38
SHADES = ("#0072B2", "#4A9CCB", "#85BDDD", "#B3D5E8", "#D6E8F3")
"""From the first release to the last; the last shade is for all that come later."""
NARROWEST = 0.07
"""Share from which a piece of a bar has room for the number of its release."""
CLEAR = 0.015
"""Half the width of such a number, as a share of the bar's length."""
SURE = 0.95
COLUMNS = ("project_id", "title", "chosen", "chosen_low", "chosen_high", "in_plan")


def plan_robustness(
    table: pd.DataFrame, releases: pd.DataFrame, *, finding: str = "", plotted: str = "", description: str = ""
) -> theme.Drawing:
    """A bar per project: the share of the draws in which it is chosen, by release, with its interval.

    Parameters
    ----------
    table : DataFrame
        A row per project: project_id, title, chosen, chosen_low and chosen_high (shares, 0 to 1) and in_plan (whether
        it is in today's plan), in the order in which to draw.
    releases : DataFrame
        project_id, release, share: how often it is in that release.
    finding, plotted, description : str
        Title, subtitle and text for screen readers; made from the frames when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When there are no projects.
    """
    theme.require_data(table, COLUMNS)
    rows = _rows(table)
    chart = theme.layered([*_bars(rows, releases), *_intervals(rows)], height=ROW * len(rows))
    finding = finding or _found(table)
    plotted = plotted or _(
        "Share of the draws in which a project is chosen; numbers in the bars: its release; lines: 95% interval; "
        "bold: in today's plan. Source: scores, demand."
    )
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_in_words(rows)}")


def _rows(table: pd.DataFrame) -> pd.DataFrame:
    records = table.to_dict("records")
    told = [f"{row['project_id']} {row['title']}" for row in records]
    mark = {True: _("in today's plan"), False: _("not in today's plan")}
    return pd.DataFrame(
        {
            "project_id": table["project_id"].to_numpy(),
            "project": told,
            "row": theme.labels(["\n".join(theme.wrap(text, 38, lines=2)) for text in told]),
            "chosen": table["chosen"].astype(float).to_numpy(),
            "low": table["chosen_low"].astype(float).to_numpy(),
            "high": table["chosen_high"].astype(float).to_numpy(),
            "in_plan": table["in_plan"].astype(bool).to_numpy(),
            "plan": [mark[bool(row["in_plan"])] for row in records],
            "share": [percent(row["chosen"]) for row in records],
            "told": [
                _("{value} ({low} to {high})").format(
                    value=percent(row["chosen"]), low=percent(row["chosen_low"]), high=percent(row["chosen_high"])
                )
                for row in records
            ],
        }
    )


def _axes(order: list[str]) -> tuple[dict[str, Any], alt.Y]:
    axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format="~%", orient="top", title=_("Chosen in"), domain=False)
    look = theme.row_labels() | {"grid": False}
    y = alt.Y("row:N", scale=alt.Scale(domain=order, padding=0.3), axis=look)
    return {"scale": alt.Scale(domain=[0, 1.12], nice=False), "axis": axis}, y


def _bars(rows: pd.DataFrame, releases: pd.DataFrame) -> list[alt.Chart]:
    x, y = _axes(rows["row"].tolist())
    pieces = _pieces(rows, releases)
    if pieces.empty:
        return []
    tooltip = [
        alt.Tooltip("project:N", title=_("Project")),
        alt.Tooltip("release:N", title=_("Release")),
        alt.Tooltip("told:N", title=_("Share of the draws")),
    ]
    shades = alt.Scale(domain=list(range(len(SHADES))), range=list(SHADES))
    base = alt.Chart(pieces).encode(y=y, tooltip=tooltip)
    labels = base.transform_filter("datum.is_named")
    light, dark = (labels.transform_filter(test) for test in ("datum.shade > 0", "datum.shade == 0"))
    middle = alt.X("middle:Q", **x)
    return [
        base.mark_bar(stroke=theme.PAPER).encode(
            x=alt.X("start:Q", **x), x2="end:Q", color=alt.Color("shade:O", scale=shades, legend=None)
        ),
        dark.mark_text(color=theme.PAPER, fontWeight="bold").encode(x=middle, text="release:N"),
        light.mark_text().encode(x=middle, text="release:N"),
    ]


def _pieces(rows: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """A row per piece of a bar, one release after the other."""
    order = {release: place for place, release in enumerate(sorted(releases["release"].unique()))}
    drawn = releases[releases["share"] > 0][["project_id", "release", "share"]].merge(
        rows[["project_id", "project", "row", "low"]], on="project_id"
    )
    drawn = drawn.sort_values("release", kind="stable", ignore_index=True)
    end = drawn.groupby("project_id")["share"].cumsum()
    return drawn.assign(
        start=end - drawn["share"],
        end=end,
        middle=end - drawn["share"] / 2,
        shade=[min(order[release], len(SHADES) - 1) for release in drawn["release"]],
        release=drawn["release"].astype(str),
        told=[percent(share) for share in drawn["share"]],
        # No number where the line of the interval would run through it.
        is_named=(drawn["share"] >= NARROWEST) & (end - drawn["share"] / 2 + CLEAR < drawn["low"]),
    )


def _intervals(rows: pd.DataFrame) -> list[alt.Chart]:
    x, y = _axes(rows["row"].tolist())
    tooltip = [
        alt.Tooltip("project:N", title=_("Project")),
        alt.Tooltip("told:N", title=_("Chosen in")),
        alt.Tooltip("plan:N", title=_("Today")),
    ]
    base = alt.Chart(rows).encode(y=y, tooltip=tooltip)
    planned, other = (base.transform_filter(test) for test in ("datum.in_plan", "!datum.in_plan"))
    share: dict[str, Any] = {"align": "left", "dx": 6}
    end = alt.X("high:Q", **x)
    return [
        base.mark_rule(color=theme.INK, strokeWidth=1.5).encode(x=alt.X("low:Q", **x), x2="high:Q"),
        base.mark_tick(color=theme.INK, thickness=2, size=12).encode(x=alt.X("chosen:Q", **x)),
        planned.mark_text(fontWeight="bold", **share).encode(x=end, text="share:N"),
        other.mark_text(color=theme.QUIET, **share).encode(x=end, text="share:N"),
    ]


def _found(table: pd.DataFrame) -> str:
    planned = table[table["in_plan"].astype(bool)]
    sure = int((planned["chosen"] >= SURE).sum())
    if planned.empty:
        return _("Today's plan has no project")
    return ngettext(
        "{count} of the {total} projects in the plan is chosen in nearly every draw ({share} or more)",
        "{count} of the {total} projects in the plan are chosen in nearly every draw ({share} or more)",
        sure,
    ).format(count=sure, total=len(planned), share=percent(SURE))


def _in_words(rows: pd.DataFrame) -> str:
    return "; ".join(f"{row['project']}: {row['told']}" for row in rows.to_dict("records"))
