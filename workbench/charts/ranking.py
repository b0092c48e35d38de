"""The ranking of the requirements."""

from __future__ import annotations

import altair as alt
import pandas as pd

from workbench.charts import indices, theme
from workbench.language import exact, ngettext
from workbench.language import gettext as _

ROW = 34
SCORE_AT, SCORE_END = 114, 123
"""Where on the index's axis the lens scores are printed, and where the axis ends."""
COLUMNS = [
    "requirement_id",
    "title",
    "rank",
    "lens_score",
    *indices.VALUE,
    *indices.URGENCY,
    *indices.COMPLEXITY,
]


def ranking_bars(
    ranking_frame: pd.DataFrame, finding: str, plotted: str = "", description: str = "", *, decimals: int = 1
) -> theme.Drawing:
    """The ranking: a row per requirement with value, urgency, complexity and the raters' ranges, and the lens's score.

    Parameters
    ----------
    ranking_frame : DataFrame
        Columns (or index) requirement_id, rank, title, lens_score, and for value, urgency and complexity the index and
        its ``_low`` and ``_high``. Rows without a rank are not drawn.
    finding, plotted, description : str
        Title, subtitle and text for screen readers; the last two are made when empty.
    decimals : int
        How many decimals of the lens's score are printed.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When no requirement has a rank.
    """
    frame = indices.with_ids(ranking_frame)
    theme.require_data(frame, COLUMNS)
    rows = frame[frame["rank"].notna()].sort_values("rank", kind="stable").reset_index(drop=True)
    theme.require_data(rows, COLUMNS)
    rows = rows.assign(row=_row_labels(rows))
    order = rows["row"].tolist()
    marks = [*_index_marks(_long(rows), order), *_lens_scores(rows, order, decimals)]
    chart = theme.layered(marks, height=ROW * len(order))
    plotted = plotted or _plotted(len(frame) - len(rows))
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told_in_order(rows)}")


def _row_labels(rows: pd.DataFrame) -> list[str]:
    told = (f"{row['rank']:.0f}. {row['requirement_id']} {row['title']}" for row in rows.to_dict("records"))
    return theme.labels(["\n".join(theme.wrap(text, 42, lines=2)) for text in told])


def _long(rows: pd.DataFrame) -> pd.DataFrame:
    """A row per requirement and index that it has."""
    parts = [
        pd.DataFrame(
            {
                "row": rows["row"],
                "requirement": rows["requirement_id"].astype(str) + " " + rows["title"],
                "index": _(series.label),
                "shown": rows[axis].astype(float),
                "low": rows[f"{axis}_low"].astype(float),
                "high": rows[f"{axis}_high"].astype(float),
                "figure": indices.figures(rows, axis),
            }
        )
        for axis, series in indices.INDICES.items()
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset="shown")


def _rows_axis(order: list[str]) -> alt.Y:
    # Lines between the rows, none through them: each row has three dots, one below the other.
    axis = alt.Axis(grid=True, tickBand="extent", **theme.row_labels())
    return alt.Y("row:N", scale=alt.Scale(domain=order, padding=0), axis=axis)


def _index_marks(long: pd.DataFrame, order: list[str]) -> list[alt.Chart]:
    names = [_(series.label) for series in indices.INDICES.values()]
    base = alt.Chart(long).encode(
        y=_rows_axis(order),
        yOffset=alt.YOffset("index:N", scale=alt.Scale(domain=names, padding=0.9)),
        color=alt.Color(
            "index:N", scale=alt.Scale(domain=names, range=[series.colour for series in indices.INDICES.values()])
        ),
        tooltip=[
            alt.Tooltip("requirement:N", title=_("Requirement")),
            alt.Tooltip("index:N", title=_("Index")),
            alt.Tooltip("figure:N", title=_("Figure")),
        ],
    )
    shape = alt.Shape(
        "index:N", scale=alt.Scale(domain=names, range=[series.shape for series in indices.INDICES.values()])
    )
    return [
        base.mark_rule(strokeWidth=2, opacity=0.55).encode(x=_x("low"), x2="high:Q"),
        base.mark_point(filled=True, size=70, opacity=1).encode(x=_x("shown"), shape=shape),
    ]


def _x(column: str) -> alt.X:
    axis = alt.Axis(
        values=list(range(0, 101, 20)),
        format=",~f",
        title=_("Index (0 to 100)"),
        orient="top",
        domain=False,
        labelFlush=False,
    )
    return alt.X(f"{column}:Q", scale=alt.Scale(domain=[0, SCORE_END], nice=False), axis=axis)


def _lens_scores(rows: pd.DataFrame, order: list[str], decimals: int) -> list[alt.Chart]:
    told = rows[["row"]].assign(at=SCORE_AT, score=[exact(score, decimals) for score in rows["lens_score"]])
    score = (
        alt.Chart(told)
        .mark_text(align="center", fontWeight="bold")
        .encode(x="at:Q", y=_rows_axis(order), text="score:N")
    )
    words = theme.wrap(_("Lens score"), 11)
    heading = alt.Chart(pd.DataFrame({"at": [SCORE_AT], "name": ["\n".join(words)]})).mark_text(
        baseline="bottom", dy=-7 - theme.LABEL_LINE * (len(words) - 1), lineHeight=theme.LABEL_LINE, color=theme.QUIET
    )
    return [score, heading.encode(x="at:Q", y=alt.value(0), text="name:N")]


def _plotted(unranked: int) -> str:
    told = _("Index from 0 to 100, weighted mean of the raters; lines: lowest to highest rater. Source: scores.")
    if not unranked:
        return told
    left = ngettext(
        "{count} requirement without a rank is not drawn.",
        "{count} requirements without a rank are not drawn.",
        unranked,
    )
    return f"{told} {left.format(count=unranked)}"


def _told_in_order(rows: pd.DataFrame) -> str:
    first = rows.head(5)
    return "; ".join(f"{row['rank']:.0f}. {row['requirement_id']} {row['title']}" for row in first.to_dict("records"))
