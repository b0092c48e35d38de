"""How often each requirement takes each place: the shares of the draws as a map of cells."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts import theme
from workbench.language import gettext as _
from workbench.language import ngettext, percent

ROW = 26
MOST_PLACES = 10
"""Places drawn one by one; the rest are one column."""
LEAST_PRINTED = 0.005
"""Share from which a cell has its figure printed."""
SHADES = ["#F4F9FC", "#5FA6D1"]
COLUMNS = ["requirement_id", "title", "place", "share"]


def rank_acceptability(
    shares: pd.DataFrame,
    *,
    finding: str,
    plotted: str = "",
    description: str = "",
) -> theme.Drawing:
    """The share of the draws in which each requirement takes each place.

    Parameters
    ----------
    shares : DataFrame
        A row per requirement and place: requirement_id, title, place (1 is first; empty for the share of the draws in
        which it is left out), share (0 to 1). Requirements are drawn in the order in which they appear.
    finding : str
        Title.
    plotted, description : str
        Subtitle and text for screen readers; made when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When the frame has no rows, or a column is missing.
    """
    theme.require_data(shares, COLUMNS)
    drawn, apart = _reaching(shares)
    cells = _cells(drawn)
    rows = cells["row"].drop_duplicates().tolist()
    chart = theme.layered(_marks(cells, rows), height=ROW * len(rows))
    plotted = plotted or _plotted(apart)
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted}")


def _reaching(shares: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The requirements that reach a place drawn one by one, and how many others there are."""
    each = shares["place"].max() <= MOST_PLACES
    near = shares[((shares["place"] < MOST_PLACES) | each) & (shares["share"] >= LEAST_PRINTED)]
    reach = shares["requirement_id"].isin(near["requirement_id"])
    return shares[reach], int(shares.loc[~reach, "requirement_id"].nunique())


def _plotted(apart: int) -> str:
    told = _("Share of the draws in which each requirement takes each place, in per cent. Source: scores.")
    if not apart:
        return told
    others = ngettext(
        "{count} requirement that never reaches the places drawn one by one is not drawn.",
        "{count} requirements that never reach the places drawn one by one are not drawn.",
        apart,
    )
    return f"{told} {others.format(count=apart)}"


def _cells(shares: pd.DataFrame) -> pd.DataFrame:
    """A row per cell: the places beyond the last that is drawn are added up, empty cells stay empty."""
    each = shares.drop_duplicates("requirement_id")
    told = [f"{key} {title}" for key, title in zip(each["requirement_id"], each["title"], strict=True)]
    labels = theme.labels(["\n".join(theme.wrap(text, 44, lines=1)) for text in told])
    rows = dict(zip(each["requirement_id"], labels, strict=True))
    cells = shares.assign(column=_column_names(shares["place"]), row=shares["requirement_id"].map(rows))
    cells = cells.groupby(["row", "column", "requirement_id", "title"], sort=False)["share"].sum().reset_index()
    return cells.assign(
        requirement=cells["requirement_id"] + " " + cells["title"],
        told=[_figure(share) if share >= LEAST_PRINTED else "" for share in cells["share"]],
        exactly=[percent(share) for share in cells["share"]],
    )


def _figure(share: float) -> str:
    """In whole per cent; 100 stands for all of the draws alone."""
    most = 100 if share >= 1 - 1e-9 else 99
    return f"{min(max(round(100 * share), 1), most)}"


def _column_names(places: pd.Series) -> list[str]:
    last = int(places.max()) if places.notna().any() else 0
    told = []
    for place in places:
        if pd.isna(place):
            told.append(_("left out"))
        elif last > MOST_PLACES and place >= MOST_PLACES:
            told.append(_("{first} to {last}").format(first=MOST_PLACES, last=last))
        else:
            told.append(f"{place:.0f}")
    return told


def _marks(cells: pd.DataFrame, rows: list[str]) -> list[alt.Chart]:
    columns = cells["column"].drop_duplicates().tolist()
    axis = alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False, grid=False, title=_("Place (1 is first)"))
    x = alt.X("column:N", scale=alt.Scale(domain=columns, paddingInner=0.06), axis=axis)
    y = alt.Y("row:N", scale=alt.Scale(domain=rows, paddingInner=0.1), axis=alt.Axis(grid=False, **theme.row_labels()))
    tooltip = [
        alt.Tooltip("requirement:N", title=_("Requirement")),
        alt.Tooltip("column:N", title=_("Place")),
        alt.Tooltip("exactly:N", title=_("Share of the draws")),
    ]
    place: dict[str, Any] = {"x": x, "y": y}
    shade = alt.Fill("share:Q", scale=alt.Scale(domain=[0, 1], range=SHADES), legend=None)
    printed = cells[cells["told"] != ""]
    most = printed[printed["share"] >= 0.5]
    return [
        alt.Chart(cells).mark_rect(stroke=theme.GRID).encode(**place, fill=shade, tooltip=tooltip),
        alt.Chart(printed[printed["share"] < 0.5]).mark_text(color=theme.INK).encode(**place, text="told:N"),
        # Bold says the same as the shade where colours are printed in grey.
        alt.Chart(most).mark_text(fontWeight="bold").encode(**place, text="told:N"),
    ]
