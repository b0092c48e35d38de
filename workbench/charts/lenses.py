"""The lenses side by side: how the order of the requirements depends on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from workbench.charts import theme
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.language import ngettext
from workbench.planning.lens_comparison import agreement

WIDTH, ROW = 678, 24
FIRST, LAST, STEP, GAP = 62, 615, 116, 12
"""Where the first lens stands and where the last may stand, in pixels, the widest step between two, and the gap before
a label; the labels take the rest of the width."""
FEWEST_LETTERS = 18
"""Room, in letters, from which titles stand beside the ids."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right")
MOST_SERIES = len(SHAPES)
MOST_MOVED = 5
"""Requirements that are drawn in colour when nobody asks for any."""
DECIMALS = 9
"""Where shares of a ranking are rounded, so that equal ones are equal."""


FOUND = {
    "one": N_("Only one lens ranks any requirement"),
    "same": N_("All lenses give the same order"),
    "in_common": N_("The lenses agree on the order of what they rank in common"),
    "different": N_("The order depends on the lens"),
}
"""Titles by the agreement of the lenses; there is nothing to draw when none ranks anything."""


def lens_comparison(
    ranks: pd.DataFrame,
    highlighted: Sequence[str] = (),
    *,
    finding: str = "",
    plotted: str = "",
    description: str = "",
) -> theme.Drawing:
    """The place of each requirement under each lens, as lines that cross.

    Parameters
    ----------
    ranks : DataFrame
        A row per requirement and lens: requirement_id, title, lens, lens_label, rank (empty where the lens leaves the
        requirement out). Lenses are drawn in the order in which they appear.
    highlighted : sequence of str
        At most seven requirements to draw in colour; by default those whose place among the ranked ones depends most
        on the lens, where the lenses give different orders.
    finding, plotted, description : str
        Title, subtitle and text for screen readers; made from the frame when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When no requirement has a rank, or more than seven are to be highlighted.
    """
    theme.require_data(ranks, ("requirement_id", "title", "lens", "lens_label", "rank"))
    theme.require_data(ranks[ranks["rank"].notna()], ("rank",))
    if len(highlighted) > MOST_SERIES:
        raise ValueError(f"{len(highlighted)} requirements to highlight; at most {MOST_SERIES} can be told apart")
    places = _places(ranks)
    agreed = agreement(places.pivot(index="requirement_id", columns="lens_label", values="rank"))
    chosen = list(highlighted) or (_most_moved(places) if agreed == "different" else [])
    places["colour"] = places["requirement_id"].where(places["requirement_id"].isin(chosen), "")
    lenses = places["lens_label"].drop_duplicates().tolist()
    marks = [*_lines(places, chosen, lenses), *_labels(places, chosen, lenses)]
    chart = theme.layered(marks, width=WIDTH, height=ROW * (int(places["place"].max()) + 1))
    finding = finding or _(FOUND[agreed])
    plotted = plotted or _plotted(places, most_moved=bool(chosen) and not highlighted)
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted}")


def _places(ranks: pd.DataFrame) -> pd.DataFrame:
    """The rows with the line on which each is drawn: the rank, or one line below the last for what is left out."""
    places = ranks[["requirement_id", "title", "lens_label"]].astype(str).reset_index(drop=True)
    rank = ranks["rank"].astype(float).reset_index(drop=True)
    below = 1 + (rank.max() if rank.notna().any() else 0)
    told = [_("left out") if pd.isna(place) else f"{place:.0f}" for place in rank]
    return places.assign(rank=rank, place=rank.fillna(below), rank_text=told)


def _most_moved(places: pd.DataFrame) -> list[str]:
    """Those that move most among the lenses that rank them, from 0 (first) to 1 (last of those that a lens ranks)."""
    last = places.groupby("lens_label")["rank"].transform("max")
    share = (places["rank"] - 1) / (last - 1).clip(lower=1)
    span = share.groupby(places["requirement_id"], sort=False).agg(["min", "max"])
    moved = (span["max"] - span["min"]).round(DECIMALS)
    order = moved[moved > 0].sort_values(ascending=False, kind="stable")
    return [str(identifier) for identifier in order.index[:MOST_MOVED]]


def _axes(places: pd.DataFrame, lenses: list[str]) -> dict[str, Any]:
    last = int(places["place"].max())
    left_out = bool(places["rank"].isna().any())
    names, look = theme.column_labels(lenses, _letters(lenses))
    # json.dumps makes a string literal of the translated words, whatever quotes they hold.
    words = f"datum.value == {last} ? {json.dumps(_('left out'))} : datum.label" if left_out else "datum.label"
    rank_axis = alt.Axis(
        title=_("Place (1 is first)"),
        values=list(range(1, last + 1)),
        labelExpr=words,
        format="d",
        ticks=False,
        domain=False,
    )
    columns = alt.Scale(type="point", domain=names, range=[FIRST, _end(lenses)], padding=0)
    return {
        "x": alt.X("lens:N", scale=columns, axis=alt.Axis(**look)),
        "y": alt.Y("place:Q", scale=alt.Scale(domain=[last + 0.6, 0.4], nice=False), axis=rank_axis),
    }


def _end(lenses: list[str]) -> int:
    """Where the last lens stands: as far out as the names of the requirements leave room for."""
    return min(FIRST + STEP * max(len(lenses) - 1, 1), LAST)


def _letters(lenses: list[str]) -> int:
    """Most letters in a line of a lens's name, so that no name touches the next."""
    step = (_end(lenses) - FIRST) / max(len(lenses) - 1, 1)
    return max(int(step / (0.56 * theme.TEXT_SIZE)), 8)


def _on_axis(lenses: list[str]) -> dict[str, str]:
    names, _look = theme.column_labels(lenses, _letters(lenses))
    return dict(zip(lenses, names, strict=True))


def _lines(places: pd.DataFrame, chosen: list[str], lenses: list[str]) -> list[alt.Chart]:
    drawn = places.assign(lens=places["lens_label"].map(_on_axis(lenses)), turn=places["lens_label"].map(lenses.index))
    axes = _axes(places, lenses)
    tooltip = [
        alt.Tooltip("requirement_id:N", title=_("Requirement")),
        alt.Tooltip("title:N", title=_("What is needed")),
        alt.Tooltip("lens_label:N", title=_("Lens")),
        alt.Tooltip("rank_text:N", title=_("Place")),
    ]
    others = alt.Chart(drawn[drawn["colour"] == ""]).encode(**axes, detail="requirement_id:N", tooltip=tooltip)
    # Shapes tell the lines apart where colours are printed in grey.
    shape = alt.Shape("colour:N", scale=alt.Scale(domain=chosen, range=list(SHAPES)), legend=None)
    named = alt.Chart(drawn[drawn["colour"] != ""]).encode(
        **axes,
        color=alt.Color("colour:N", scale=alt.Scale(domain=chosen, range=list(theme.SEVEN_SERIES)), legend=None),
        tooltip=tooltip,
    )
    return [
        others.mark_line(color="#C4C4C4", strokeWidth=1.5).encode(order="turn:Q"),
        others.mark_point(filled=True, color="#ABABAB", size=45, opacity=1),
        named.mark_line(strokeWidth=3).encode(order="turn:Q"),
        named.mark_point(filled=True, size=110, opacity=1, stroke=theme.PAPER, strokeWidth=1.5).encode(shape=shape),
    ]


def _labels(places: pd.DataFrame, chosen: list[str], lenses: list[str]) -> list[alt.Chart]:
    names = _on_axis(lenses)
    first = _end_labels(places, lenses[0], chosen, False).assign(lens=names[lenses[0]])
    last = _end_labels(places, lenses[-1], chosen, True).assign(lens=names[lenses[-1]])
    axes = _axes(places, lenses)
    marks = []
    looks: tuple[dict[str, Any], ...] = ({"align": "right", "dx": -GAP}, {"align": "left", "dx": GAP})
    for end, look in zip((first, last), looks, strict=True):
        quiet = alt.Chart(end[~end["named"]]).mark_text(color=theme.QUIET, **look)
        named = alt.Chart(end[end["named"]]).mark_text(fontWeight="bold", **look)
        marks += [mark.encode(**axes, text="told:N") for mark in (quiet, named)]
    return marks


def _end_labels(places: pd.DataFrame, lens: str, chosen: list[str], with_title: bool) -> pd.DataFrame:
    """One label a place at one end of the lines; requirements that share a place share its label."""
    lenses = places["lens_label"].drop_duplicates().tolist()
    letters = int((WIDTH - _end(lenses) - GAP) / (0.56 * theme.TEXT_SIZE))
    rows = []
    for place, group in places[places["lens_label"] == lens].groupby("place"):
        told = ", ".join(group["requirement_id"])
        if with_title and len(group) == 1 and letters >= FEWEST_LETTERS:
            told = f"{told} {group['title'].iloc[0]}"
        named = bool(group["requirement_id"].isin(chosen).any())
        cut = theme.wrap(told, max(letters, 9) if with_title else 9, lines=1)[0]
        rows.append({"place": place, "told": cut, "named": named})
    return pd.DataFrame(rows)


def _plotted(places: pd.DataFrame, *, most_moved: bool) -> str:
    told = _("Place of each requirement under each lens. Source: scores.")
    if most_moved:
        told = _("Place of each requirement under each lens; thick lines: those that move most. Source: scores.")
    count = places.loc[places["rank"].isna(), "requirement_id"].nunique()
    if not count:
        return told
    left = ngettext("{count} is left out by a lens.", "{count} are left out by a lens.", count).format(count=count)
    return f"{told} {left}"
