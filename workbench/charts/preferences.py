"""What raters would keep: the points that they share among the requirements."""

from __future__ import annotations

import altair as alt
import pandas as pd

from workbench.charts import theme
from workbench.language import gettext as _
from workbench.language import ngettext, number

ROW = 36
COLUMNS = ("requirement_id", "title", "mean", "lowest", "highest", "givers")


def shared_points(points: pd.DataFrame, finding: str, plotted: str = "", description: str = "") -> theme.Drawing:
    """The mean points that a requirement got of the raters, with the lowest and the highest.

    Parameters
    ----------
    points : DataFrame
        A row per requirement, in the order in which to draw: requirement_id, title, mean, lowest, highest and givers
        (raters who gave it any). Those without a point are counted and not drawn.
    finding, plotted, description : str
        Title, subtitle and text for screen readers; the last two are made when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When no requirement has a point.
    """
    theme.require_data(points, COLUMNS)
    drawn = points[points["mean"] > 0].reset_index(drop=True)
    theme.require_data(drawn, COLUMNS)
    called = drawn["requirement_id"].astype(str) + " " + drawn["title"]
    rows = theme.labels(["\n".join(theme.wrap(name, 44, lines=2)) for name in called])
    drawn = drawn.assign(row=rows, requirement=called, figure=_figures(drawn), average=list(map(number, drawn["mean"])))
    chart = theme.layered(_marks(drawn), height=ROW * len(drawn))
    plotted = plotted or _plotted(len(points) - len(drawn))
    told = "; ".join(f"{name}: {figure}" for name, figure in zip(drawn["requirement_id"], drawn["figure"], strict=True))
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {told}.")


def _figures(drawn: pd.DataFrame) -> list[str]:
    told = _("{value} ({low} to {high})")
    columns = zip(drawn["mean"], drawn["lowest"], drawn["highest"], strict=True)
    return [told.format(value=number(mean), low=number(low), high=number(high)) for mean, low, high in columns]


def _plotted(without: int) -> str:
    told = _("Mean points of the raters; lines: lowest to highest rater. Source: preferences.")
    if not without:
        return told
    left = ngettext(
        "{count} requirement without a point is not drawn.",
        "{count} requirements without a point are not drawn.",
        without,
    )
    return f"{told} {left.format(count=without)}"


def _marks(drawn: pd.DataFrame) -> list[alt.Chart]:
    axis = alt.Axis(grid=False, **theme.row_labels())
    base = alt.Chart(drawn).encode(
        y=alt.Y("row:N", scale=alt.Scale(domain=drawn["row"].tolist()), axis=axis),
        tooltip=[
            alt.Tooltip("requirement:N", title=_("Requirement")),
            alt.Tooltip("figure:N", title=_("Points")),
            alt.Tooltip("givers:Q", title=_("Raters who gave any")),
        ],
    )
    return [
        base.mark_rule(strokeWidth=3, color=theme.BENEFIT_LIGHT).encode(x=_x("lowest"), x2="highest:Q"),
        base.mark_point(filled=True, size=90, opacity=1, color=theme.VALUE).encode(x=_x("mean")),
        base.mark_text(dy=-12, color=theme.INK).encode(x=_x("mean"), text="average:N"),
    ]


def _x(column: str) -> alt.X:
    axis = alt.Axis(format=",~f", title=_("Points"), orient="top", domain=False, tickCount=6)
    return alt.X(f"{column}:Q", scale=alt.Scale(zero=True, nice=True), axis=axis)
