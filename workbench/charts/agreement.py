"""Where raters disagree, and how their agreement moves from round to round."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts import theme
from workbench.language import exact, ngettext, number
from workbench.language import gettext as _
from workbench.language import mark as N_

ROW = 36
HEADING_SIZE = 11
SHADES = {"full": "#FFFFFF", "close": "#DCEBF5", "split": "#F3B58A", "one_rater": "#F2F2F2"}
LEVELS = {
    "full": N_("Full agreement"),
    "close": N_("Close"),
    "split": N_("Split"),
    "one_rater": N_("One rater alone"),
}
FIGURES = {
    "krippendorff_alpha": (N_("Krippendorff's alpha"), theme.VALUE, "circle"),
    "kendall_w": (N_("Kendall's W"), theme.COMPLEXITY, "square"),
}
WIDTH, HEIGHT = 640, 300


def disagreement_map(
    spread: pd.DataFrame, *, finding: str = "", plotted: str = "", description: str = ""
) -> theme.Drawing:
    """The raters' lowest and highest score for each requirement and criterion, shaded by how far apart they are.

    Parameters
    ----------
    spread : DataFrame
        requirement_id, title, criterion, n_raters, mean, lowest, highest, spread and level (a key of `LEVELS`), in the
        order in which to draw. What is missing stays blank: nobody scored it.
    finding, plotted, description : str
        Title, subtitle and text for screen readers; made from the frame when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When there are no rows.
    """
    columns = ("requirement_id", "title", "criterion", "n_raters", "mean", "lowest", "highest", "spread", "level")
    theme.require_data(spread, columns)
    rows, places = _rows(spread)
    criteria = spread["criterion"].drop_duplicates().tolist()
    names, look = theme.column_labels(criteria, 10)
    drawn = _cells(spread).assign(
        row=[places[key] for key in spread["requirement_id"]],
        column=spread["criterion"].map(dict(zip(criteria, names, strict=True))),
    )
    x = alt.X(
        "column:N", scale=alt.Scale(domain=names, paddingInner=0.03), axis=alt.Axis(labelFontSize=HEADING_SIZE, **look)
    )
    y_axis = alt.Axis(grid=False, **theme.row_labels())
    y = alt.Y("row:N", scale=alt.Scale(domain=rows, paddingInner=0.06), axis=y_axis)
    chart = theme.layered(_cell_marks(drawn, x, y), height=ROW * len(rows))
    finding = finding or _found(spread)
    plotted = plotted or _("Lowest to highest score of the raters, on the criterion's own scale. Source: scores.")
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted}")


def agreement_trend(
    trend: pd.DataFrame,
    finding: str,
    *,
    tentative: float = 0.667,
    reliable: float = 0.8,
    plotted: str = "",
    description: str = "",
) -> theme.Drawing:
    """Krippendorff's alpha and Kendall's W after each round, with their intervals and Krippendorff's bounds.

    Parameters
    ----------
    trend : DataFrame
        A row per round: round, krippendorff_alpha, kendall_w, and of each its ``_low`` and ``_high``. What is empty is
        not drawn.
    finding : str
        Title.
    tentative, reliable : float
        The bounds to draw.
    plotted, description : str
        Subtitle and text for screen readers; made from the frame when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When no round has a figure.
    """
    columns = [f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high")]
    theme.require_data(trend, ["round", *columns])
    drawn = pd.concat([_of_figure(trend, name) for name in FIGURES], ignore_index=True)
    theme.require_data(drawn, ["shown"])
    chart = theme.layered(
        [*_bounds(tentative, reliable), *_figure_marks(drawn, trend["round"].tolist())], width=WIDTH, height=HEIGHT
    )
    plotted = plotted or _(
        "1 is full agreement, 0 none; bars: bootstrap intervals; dashed: Krippendorff's customary bounds for alpha. "
        "Source: scores."
    )
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted}")


def _rows(spread: pd.DataFrame) -> tuple[list[str], dict[str, str]]:
    """Labels of the rows in their order, and which requirement has which."""
    each = spread[["requirement_id", "title"]].drop_duplicates("requirement_id")
    told = (f"{key} {title}" for key, title in each.itertuples(index=False))
    labels = theme.labels(["\n".join(theme.wrap(text, 32, lines=2)) for text in told])
    return labels, dict(zip(each["requirement_id"], labels, strict=True))


def _cells(spread: pd.DataFrame) -> pd.DataFrame:
    cells = spread[["level"]].reset_index(drop=True)
    records = spread.to_dict("records")
    return cells.assign(
        requirement=[f"{row['requirement_id']} {row['title']}" for row in records],
        criterion=[str(row["criterion"]) for row in records],
        told=[_range(row["lowest"], row["highest"]) for row in records],
        mean=[number(row["mean"]) for row in records],
        spread=[exact(row["spread"], 2) for row in records],
        raters=[str(row["n_raters"]) for row in records],
        level_name=[_(LEVELS[row["level"]]) for row in records],
    )


def _range(low: float, high: float) -> str:
    return number(low) if low == high else f"{number(low)}–{number(high)}"


def _cell_marks(drawn: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    names = [_(LEVELS[level]) for level in SHADES]
    fill = alt.Fill(
        "level_name:N",
        scale=alt.Scale(domain=names, range=list(SHADES.values())),
        legend=alt.Legend(symbolType="square", symbolStrokeColor=theme.FRAME),
    )
    tooltip = [
        alt.Tooltip("requirement:N", title=_("Requirement")),
        alt.Tooltip("criterion:N", title=_("Criterion")),
        alt.Tooltip("told:N", title=_("Lowest to highest")),
        alt.Tooltip("mean:N", title=_("Mean")),
        alt.Tooltip("spread:N", title=_("Spread (share of the scale)")),
        alt.Tooltip("raters:N", title=_("Raters")),
        alt.Tooltip("level_name:N", title=_("Agreement")),
    ]
    drawn = drawn.reset_index(drop=True)
    split = drawn["level"] == "split"
    return [
        alt.Chart(drawn).mark_rect(stroke=theme.GRID).encode(x=x, y=y, fill=fill, tooltip=tooltip),
        alt.Chart(drawn[~split]).mark_text(color=theme.QUIET).encode(x=x, y=y, text="told:N"),
        # Bold says the same as the shade where colours are printed in grey.
        alt.Chart(drawn[split]).mark_text(fontWeight="bold").encode(x=x, y=y, text="told:N"),
    ]


def _found(spread: pd.DataFrame) -> str:
    split, shared = int((spread["level"] == "split").sum()), int((spread["level"] != "one_rater").sum())
    return ngettext(
        "Raters are split on {count} of {total} pairs of requirement and criterion",
        "Raters are split on {count} of {total} pairs of requirement and criterion",
        split,
    ).format(count=split, total=shared)


def _of_figure(trend: pd.DataFrame, name: str) -> pd.DataFrame:
    figures = trend[["round", name, f"{name}_low", f"{name}_high"]].set_axis(["round", "shown", "low", "high"], axis=1)
    there = figures[figures["shown"].notna()].astype({"shown": float, "low": float, "high": float})
    there["told"] = [_told(*row) for row in zip(there["shown"], there["low"], there["high"], strict=True)]
    return there.assign(figure=_(FIGURES[name][0]))


def _told(shown: float, low: float, high: float) -> str:
    if pd.isna(low) or pd.isna(high):
        return exact(shown, 2)
    return _("{value} ({low} to {high})").format(value=exact(shown, 2), low=exact(low, 2), high=exact(high, 2))


def _bounds(tentative: float, reliable: float) -> list[alt.Chart]:
    bounds = pd.DataFrame(
        {
            "at": [tentative, reliable],
            "name": [
                f"{number(tentative)} {_('tentative conclusions')}",
                f"{number(reliable)} {_('scores to rely on')}",
            ],
        }
    )
    base = alt.Chart(bounds)
    return [
        base.mark_rule(color=theme.FRAME, strokeDash=[5, 4]).encode(y="at:Q"),
        base.mark_text(align="left", baseline="bottom", dx=4, dy=-2, color=theme.QUIET).encode(
            x=alt.value(0), y="at:Q", text="name:N"
        ),
    ]


def _figure_marks(drawn: pd.DataFrame, rounds: list[Any]) -> list[alt.Chart]:
    names = [_(label) for label, _colour, _shape in FIGURES.values()]
    colours, shapes = ([look[place] for look in FIGURES.values()] for place in (1, 2))
    lowest = min(0.0, float(drawn[["shown", "low"]].min().min()))
    x = alt.X(
        "round:O",
        scale=alt.Scale(domain=rounds, padding=0.5),
        axis=alt.Axis(title=_("Round"), labelAngle=0, ticks=False, domain=False),
    )
    base = alt.Chart(drawn).encode(
        x=x,
        xOffset=alt.XOffset("figure:N", scale=alt.Scale(domain=names, padding=3)),
        color=alt.Color("figure:N", scale=alt.Scale(domain=names, range=colours)),
        tooltip=[
            alt.Tooltip("figure:N", title=_("Figure")),
            alt.Tooltip("round:O", title=_("Round")),
            alt.Tooltip("told:N", title=_("Value")),
        ],
    )
    axis = alt.Axis(title=_("Agreement"), format=",~f", grid=False, ticks=False)
    scale = alt.Scale(domain=[lowest, 1], nice=False)
    bars = base.transform_filter("isValid(datum.low) && isValid(datum.high)").mark_rule(strokeWidth=2, opacity=0.6)
    shape = alt.Shape("figure:N", scale=alt.Scale(domain=names, range=shapes))
    return [
        bars.encode(y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q"),
        base.mark_point(filled=True, size=90, opacity=1).encode(
            y=alt.Y("shown:Q", scale=scale, axis=axis), shape=shape
        ),
    ]
