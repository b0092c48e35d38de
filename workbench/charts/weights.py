"""What criteria weigh: in use, and as the raters judge them."""

from __future__ import annotations

import altair as alt
import pandas as pd

from workbench.charts import theme
from workbench.language import gettext as _
from workbench.language import percent

ROW = 38
COLUMNS = ("axis", "criterion", "used", "judged", "lowest", "highest")


def judged_weights(weights: pd.DataFrame, finding: str, plotted: str = "", description: str = "") -> theme.Drawing:
    """Each criterion's weight in use beside what the raters' judgements give, with the raters' range.

    Parameters
    ----------
    weights : DataFrame
        A row per criterion, in the order in which to draw: axis (what the criterion counts towards, in words),
        criterion, used, judged, lowest and highest, as shares of the axis's weight. Rows without a judged weight are
        not drawn.
    finding, plotted, description : str
        Title, subtitle and text for screen readers; the last two are made when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When no criterion has a judged weight.
    """
    theme.require_data(weights, COLUMNS)
    drawn = weights[weights["judged"].notna()].reset_index(drop=True)
    theme.require_data(drawn, COLUMNS)
    names = ["\n".join([*theme.wrap(str(row["criterion"]), 36, lines=2), f"({row['axis']})"]) for row in _rows(drawn)]
    drawn = drawn.assign(row=theme.labels(names), told=[_told(row) for row in _rows(drawn)], in_use=_in_use(drawn))
    chart = theme.layered(_marks(drawn), height=ROW * len(drawn))
    plotted = plotted or _(
        "Share of the weight of the axis; lines: lowest to highest of the raters one by one. "
        "Source: criteria, judgements."
    )
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_spoken(drawn)}")


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _in_use(drawn: pd.DataFrame) -> list[str]:
    return [_("nothing") if pd.isna(share) else percent(share) for share in drawn["used"]]


def _told(row: dict[str, object]) -> str:
    judged, low, high = (float(str(row[name])) for name in ("judged", "lowest", "highest"))
    if pd.isna(low) or pd.isna(high):
        return percent(judged)
    return _("{value} ({low} to {high})").format(value=percent(judged), low=percent(low), high=percent(high))


def _spoken(drawn: pd.DataFrame) -> str:
    told = _("{criterion}: {used} in use, {judged} judged")
    names = zip(drawn["criterion"], drawn["in_use"], drawn["told"], strict=True)
    return "; ".join(told.format(criterion=name, used=used, judged=judged) for name, used, judged in names) + "."


def _marks(drawn: pd.DataFrame) -> list[alt.Chart]:
    names = [_("In use"), _("By the raters' judgements")]
    axis = alt.Axis(grid=False, **theme.row_labels())
    base = alt.Chart(drawn).encode(
        y=alt.Y("row:N", scale=alt.Scale(domain=drawn["row"].tolist()), axis=axis),
        tooltip=[
            alt.Tooltip("criterion:N", title=_("Criterion")),
            alt.Tooltip("in_use:N", title=names[0]),
            alt.Tooltip("told:N", title=names[1]),
        ],
    )
    colour = alt.Color("kind:N", scale=alt.Scale(domain=names, range=[theme.CONTEXT, theme.VALUE]))
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=names, range=["diamond", "circle"]))
    # The larger mark lies below, so that both are seen where they coincide.
    sizes = dict(zip(names, (260, 80), strict=True))
    shown = [
        base.properties(data=drawn.assign(kind=name)).mark_point(filled=True, size=size, opacity=1)
        for name, size in sizes.items()
    ]
    return [
        base.mark_rule(strokeWidth=3, color=theme.BENEFIT_LIGHT).encode(x=_x("lowest"), x2="highest:Q"),
        *(
            points.encode(x=_x(column), color=colour, shape=shape)
            for points, column in zip(shown, ("used", "judged"), strict=True)
        ),
    ]


def _x(column: str) -> alt.X:
    axis = alt.Axis(format=".0%", title=_("Share of the weight of the axis"), orient="top", domain=False, tickCount=6)
    return alt.X(f"{column}:Q", scale=alt.Scale(zero=True, nice=True), axis=axis)
