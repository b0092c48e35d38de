"""The complexity of projects, as scored and with what the firm lacks."""

from __future__ import annotations

import altair as alt
import pandas as pd

from workbench.charts import theme
from workbench.language import exact
from workbench.language import gettext as _
from workbench.language import mark as N_

ROW = 40
SERIES = {
    "complexity": (N_("As scored (mean)"), theme.CONTEXT, "circle"),
    "adjusted_complexity": (N_("With what the firm lacks"), theme.COMPLEXITY, "square"),
    "most_complex": (N_("Most complex requirement"), theme.QUIET, "triangle-up"),
}
"""Name, colour and shape of each mark, by its column."""


def complexity_of_projects(
    projects: pd.DataFrame, finding: str, *, plotted: str = "", description: str = ""
) -> theme.Drawing:
    """Each project's complexity as scored, and where the means that the firm lacks move it.

    The most complex requirement is drawn where it is not the only one.

    Parameters
    ----------
    projects : DataFrame
        project_id, title, complexity, adjusted_complexity and most_complex (0 to 100; empty where not known), in the
        order in which to draw.
    finding : str
        Title.
    plotted, description : str
        Subtitle and text for screen readers; made from the frame when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When no project has a complexity, or a column is missing.
    """
    theme.require_data(projects, ["project_id", "title", *SERIES])
    known = projects[projects["complexity"].notna()].reset_index(drop=True)
    theme.require_data(known, ["project_id", "title", *SERIES])
    rows = theme.labels(
        ["\n".join(theme.wrap(f"{row.project_id} {row.title}", 40, lines=2)) for row in known.itertuples()]
    )
    chart = theme.layered(_marks(known.assign(row=rows), rows), height=ROW * len(rows))
    plotted = plotted or _(
        "Complexity index, 0 to 100, by project. Source: scores, projects and what the firm has by its settings."
    )
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told(known)}")


def _long(known: pd.DataFrame) -> pd.DataFrame:
    parts = [
        known[["row", "project_id", "title"]].assign(series=_(SERIES[column][0]), index=known[column].astype(float))
        for column in SERIES
    ]
    parts[-1] = parts[-1][known["most_complex"] > known["complexity"]]
    long = pd.concat(parts, ignore_index=True).dropna(subset="index")
    return long.assign(told=[exact(index, 1) for index in long["index"]])


def _marks(known: pd.DataFrame, rows: list[str]) -> list[alt.Chart]:
    names, colours, shapes = (
        [_(look[0]) for look in SERIES.values()],
        [look[1] for look in SERIES.values()],
        [look[2] for look in SERIES.values()],
    )
    axis = alt.Axis(title=_("Complexity (index, 0 to 100)"), format=",~f", orient="top", domain=False)
    scale = alt.Scale(domain=[0, 100], nice=False)
    y = alt.Y("row:N", scale=alt.Scale(domain=rows), axis=alt.Axis(grid=True, tickBand="extent", **theme.row_labels()))
    base = alt.Chart(_long(known)).encode(y=y)
    lines = alt.Chart(known.dropna(subset="adjusted_complexity")[["row", "complexity", "adjusted_complexity"]])
    return [
        lines.mark_rule(strokeWidth=4, color=theme.COST_LIGHT).encode(
            y=y, x=alt.X("complexity:Q", scale=scale, axis=axis), x2="adjusted_complexity:Q"
        ),
        base.mark_point(filled=True, size=95, opacity=1).encode(
            x=alt.X("index:Q", scale=scale, axis=axis),
            color=alt.Color("series:N", scale=alt.Scale(domain=names, range=colours)),
            shape=alt.Shape("series:N", scale=alt.Scale(domain=names, range=shapes)),
            tooltip=[
                alt.Tooltip("title:N", title=_("Project")),
                alt.Tooltip("series:N", title=_("Complexity")),
                alt.Tooltip("told:N", title=_("Index")),
            ],
        ),
    ]


def _told(known: pd.DataFrame) -> str:
    return " ".join(
        _("{title}: {complexity}, adjusted {adjusted}.").format(
            title=row["title"],
            complexity=exact(row["complexity"], 1),
            adjusted=_("not known") if pd.isna(row["adjusted_complexity"]) else exact(row["adjusted_complexity"], 1),
        )
        for row in known.to_dict("records")
    )
