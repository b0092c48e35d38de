"""The release board: which project is done in which release, and what that takes of each resource."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd

from workbench.charts import theme
from workbench.language import exact, listed, ngettext, number, percent
from workbench.language import gettext as _

ROW = 38
GAP = 0.05
"""Space between two columns, as a share of a column."""
WIDE_COLUMNS = 5
"""Releases up to which a block has room for its unit."""
OVER = 1 + 1e-9
"""Share of what is available from which a load is too much: sums of amounts are rounded."""
PROJECTS = ("project_id", "title", "release", "points")
LOAD = ("release", "resource_label", "used", "available")


def release_board(
    projects: pd.DataFrame, load: pd.DataFrame, *, finding: str = "", plotted: str = "", description: str = ""
) -> theme.Drawing:
    """Projects by release, and under them the load of each resource against what is available.

    Parameters
    ----------
    projects : DataFrame
        project_id, title, release (empty where the project is left out) and points (its value), in the order in which
        to draw the projects of one release.
    load : DataFrame
        A row per release and resource: release, resource_label, used and available (amounts).
    finding, plotted, description : str
        Title, subtitle and text for screen readers; made from the frames when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When there are no projects or no releases.
    """
    theme.require_data(projects, PROJECTS)
    theme.require_data(load, LOAD)
    columns = {release: place for place, release in enumerate(load["release"].drop_duplicates())}
    blocks, bars = _blocks(projects, columns), _bars(load, columns)
    heading = _("Used, of what is available:")
    rows = [*blocks["row"], heading, *bars["row"].drop_duplicates()]
    x, y = _axes(list(columns), bool(projects["release"].isna().any()), rows)
    chart = theme.layered([*_block_marks(blocks, x, y), *_bar_marks(bars, x, y)], height=ROW * len(rows))
    finding = finding or _found(projects)
    plotted = plotted or _(
        "Blocks: projects with their value in points; bars: what they take of each resource. "
        "Source: projects, demand, capacity, scores."
    )
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_in_words(projects)}")


def _axes(releases: list[Any], with_left_out: bool, rows: list[str]) -> tuple[dict[str, Any], alt.Y]:
    count = len(releases) + with_left_out
    words = [_("Release {number}").format(number=release) for release in releases] + [_("Left out")] * with_left_out
    # json.dumps makes string literals of the translated words, whatever quotes they hold.
    axis = alt.Axis(
        values=[place + (1 - GAP) / 2 for place in range(count)],
        labelExpr=f"{json.dumps(words)}[floor(datum.value)]",
        orient="top",
        title=None,
        ticks=False,
        domain=False,
        grid=False,
        labelFontWeight="bold",
    )
    scale = alt.Scale(domain=[0, count - GAP], nice=False)
    look = theme.row_labels() | {"grid": False}
    return {"scale": scale, "axis": axis}, alt.Y("row:N", scale=alt.Scale(domain=rows, padding=0.16), axis=look)


def _blocks(projects: pd.DataFrame, columns: dict[Any, int]) -> pd.DataFrame:
    """A row per project with its place: releases in their order, what is left out at the end."""
    release = projects["release"].astype(object)
    out = release.isna()
    place = [columns.get(one, len(columns)) for one in release]
    told = [f"{row['project_id']} {row['title']}" for row in projects.to_dict("records")]
    blocks = pd.DataFrame(
        {
            "start": place,
            "end": [start + 1 - GAP for start in place],
            "out": out.to_numpy(),
            "project": told,
            "told": [_points(points) for points in projects["points"]],
            "label": [(number if len(columns) > WIDE_COLUMNS else _points)(points) for points in projects["points"]],
            "when": release.astype(str).mask(out, _("left out")).to_numpy(),
            "row": theme.labels(["\n".join(theme.wrap(text, 34, lines=2)) for text in told]),
        }
    )
    return blocks.sort_values("start", kind="stable").reset_index(drop=True)


def _points(points: float) -> str:
    return ngettext("{points} point", "{points} points", 1 if points == 1 else 2).format(points=number(points))


def _bars(load: pd.DataFrame, columns: dict[Any, int]) -> pd.DataFrame:
    """A row per release and resource: the share that is used, drawn no wider than its column."""
    used, available = load["used"].astype(float), load["available"].astype(float)
    share = (used / available.where(available > 0)).where(used > 0, 0.0).fillna(float("inf"))
    start = load["release"].map(columns).astype(float)
    return pd.DataFrame(
        {
            "row": ["\n".join(theme.wrap(str(name), 34, lines=2)) for name in load["resource_label"]],
            "start": start,
            "end": start + 1 - GAP,
            "filled": start + share.clip(upper=1.0) * (1 - GAP),
            "over": share > OVER,
            "release": load["release"].astype(str),
            "told": [_share(one) for one in share],
            "amounts": [
                _("{used} of {available}").format(used=exact(one), available=exact(other))
                for one, other in zip(used, available, strict=True)
            ],
        }
    ).sort_values("row", key=lambda names: names.map(_first_places(names)), kind="stable", ignore_index=True)


def _first_places(names: pd.Series[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names.drop_duplicates())}


def _share(share: float) -> str:
    return _("none available") if share == float("inf") else percent(share, 2 if share < 1 else 3)


def _block_marks(blocks: pd.DataFrame, x: dict[str, Any], y: alt.Y) -> list[alt.Chart]:
    tooltip = [
        alt.Tooltip("project:N", title=_("Project")),
        alt.Tooltip("when:N", title=_("Release")),
        alt.Tooltip("told:N", title=_("Value")),
    ]
    base = alt.Chart(blocks).encode(x=alt.X("start:Q", **x), y=y, tooltip=tooltip)
    done, out = (base.transform_filter(test) for test in ("!datum.out", "datum.out"))
    words: dict[str, Any] = {"align": "left", "dx": 10}
    return [
        done.mark_bar(color=theme.VALUE, cornerRadius=3).encode(x2="end:Q"),
        # A dashed outline tells what is left out where colours are printed in grey.
        out.mark_bar(fill=theme.PAPER, stroke=theme.CONTEXT, strokeDash=[4, 3], cornerRadius=3).encode(x2="end:Q"),
        done.mark_text(color=theme.PAPER, fontWeight="bold", **words).encode(text="label:N"),
        out.mark_text(color=theme.QUIET, **words).encode(text="label:N"),
    ]


def _bar_marks(bars: pd.DataFrame, x: dict[str, Any], y: alt.Y) -> list[alt.Chart]:
    tooltip = [
        alt.Tooltip("row:N", title=_("Resource")),
        alt.Tooltip("release:N", title=_("Release")),
        alt.Tooltip("told:N", title=_("Used")),
        alt.Tooltip("amounts:N", title=_("Amounts")),
    ]
    base = alt.Chart(bars).encode(x=alt.X("start:Q", **x), y=y, tooltip=tooltip)
    fits, over = (base.transform_filter(test) for test in ("!datum.over", "datum.over"))
    return [
        base.mark_bar(fill=theme.PAPER, stroke=theme.FRAME).encode(x2="end:Q"),
        fits.mark_bar(color="#F2CC80").encode(x2="filled:Q"),
        over.mark_bar(color=theme.MISSED).encode(x2="filled:Q"),
        fits.mark_text(align="left", dx=10).encode(text="told:N"),
        over.mark_text(align="left", dx=10, fontWeight="bold").encode(text="told:N"),
    ]


def _found(projects: pd.DataFrame) -> str:
    done, total = int(projects["release"].notna().sum()), len(projects)
    return ngettext(
        "{count} of {total} projects is in the plan", "{count} of {total} projects are in the plan", done
    ).format(count=done, total=total)


def _in_words(projects: pd.DataFrame) -> str:
    there = projects[projects["release"].notna()]
    told = [
        _("Release {number}: {projects}.").format(number=release, projects=listed(list(group["project_id"])))
        for release, group in there.groupby("release")
    ]
    return " ".join(told)
