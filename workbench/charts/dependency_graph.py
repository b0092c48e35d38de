"""The dependency graph: which project needs which, from left to right, and what is in the plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import Any

import altair as alt
import networkx as nx
import pandas as pd

from workbench.charts import theme
from workbench.charts.placement import text_width
from workbench.language import gettext as _
from workbench.language import ngettext

WIDTH = 744
ROW = 96
SYMBOL = 15
"""Half the height of a project's symbol, in pixels."""
MARGIN = 72
MOST_LINES = 3
PASSES = 8
PROJECTS = ("project_id", "title", "release")
LINKS = ("project_id", "needs_project_id")
Places = Mapping[str, tuple[float, float]]


def dependency_graph(
    projects: pd.DataFrame, needs: pd.DataFrame, *, finding: str = "", plotted: str = "", description: str = ""
) -> theme.Drawing:
    """Projects and what they need: what is needed stands on the left of what needs it.

    Parameters
    ----------
    projects : DataFrame
        project_id, title and release (empty where the project is left out).
    needs : DataFrame
        project_id, needs_project_id; may be empty.
    finding, plotted, description : str
        Title, subtitle and text for screen readers; made from the frames when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When there are no projects, when one is needed that is not there, or when they need one another in a circle.
    """
    theme.require_data(projects, PROJECTS)
    layers = _layers(projects, needs)
    height = ROW * max(len(layer) for layer in layers)
    places = _places(layers, height)
    chars = _letters(len(layers))
    nodes, edges = _nodes(projects, places, chars), _edges(needs, places)
    marks = [*_edge_marks(edges, height), *_node_marks(nodes, height)]
    chart = theme.layered(marks, width=WIDTH, height=height)
    finding = finding or _found(projects, needs)
    plotted = plotted or _(
        "Arrows go from what is needed to what needs it. Discs: in the plan, with their release; dashed squares: left "
        "out. Source: projects, dependencies."
    )
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_in_words(needs)}".strip())


def _layers(projects: pd.DataFrame, needs: pd.DataFrame) -> list[list[str]]:
    """Projects by how long the chain is of what they need, in an order that crosses few arrows."""
    graph = nx.DiGraph()
    graph.add_nodes_from(projects["project_id"])
    graph.add_edges_from(zip(needs["needs_project_id"], needs["project_id"], strict=True))
    unknown = set(graph) - set(projects["project_id"])
    if unknown:
        raise ValueError(f"needed, but not among the projects: {', '.join(sorted(unknown))}")
    if not nx.is_directed_acyclic_graph(graph):
        raise ValueError("the projects need one another in a circle")
    order = {name: place for place, name in enumerate(projects["project_id"])}
    layers = [sorted(layer, key=order.__getitem__) for layer in nx.topological_generations(graph)]
    alone = [name for name in layers[0] if graph.degree(name) == 0]
    layers[0] = [name for name in layers[0] if name not in alone] + alone
    return _untangled(graph, layers)


def _untangled(graph: nx.DiGraph, layers: list[list[str]]) -> list[list[str]]:
    """The best of some passes that sort each layer by where its neighbours stand (Sugiyama et al. 1981)."""
    orders = [layers]
    for turn in range(PASSES):
        forwards = turn % 2 == 0
        orders.append(_sorted(orders[-1], graph.predecessors if forwards else graph.successors, forwards))
    return min(orders, key=lambda order: _crossings(graph, order))


def _sorted(layers: list[list[str]], linked: Callable[[str], Iterable[str]], forwards: bool) -> list[list[str]]:
    heights = {name: place for layer in layers for name, place in _heights(layer).items()}
    done = []
    for layer in layers if forwards else reversed(layers):
        centre = {name: _mean([heights[one] for one in linked(name)], heights[name]) for name in layer}
        done.append(sorted(layer, key=centre.__getitem__))
        heights.update(_heights(done[-1]))
    return done if forwards else done[::-1]


def _heights(layer: list[str]) -> dict[str, float]:
    return {name: (place + 0.5) / len(layer) for place, name in enumerate(layer)}


def _crossings(graph: nx.DiGraph, layers: list[list[str]]) -> int:
    """Pairs of arrows between the same two layers that cross."""
    at = {name: (column, row) for column, layer in enumerate(layers) for row, name in enumerate(layer)}
    arrows = [(*at[tail], *at[head]) for tail, head in graph.edges]
    return sum(
        one[0] == other[0] and one[2] == other[2] and (one[1] - other[1]) * (one[3] - other[3]) < 0
        for one, other in combinations(arrows, 2)
    )


def _mean(heights: list[float], own: float) -> float:
    return sum(heights) / len(heights) if heights else own


def _places(layers: list[list[str]], height: float) -> dict[str, tuple[float, float]]:
    """Pixels from the top left corner; each layer is spread over the whole height."""
    step = (WIDTH - 2 * MARGIN) / max(len(layers) - 1, 1)
    left = MARGIN if len(layers) > 1 else WIDTH / 2
    return {
        name: (left + step * column, height * (row + 0.5) / len(layer) - ROW / 4)
        for column, layer in enumerate(layers)
        for row, name in enumerate(layer)
    }


def _letters(layers: int) -> int:
    """How many letters fit into a line under a symbol."""
    room = min(WIDTH / layers, 2 * MARGIN + 40) - 12
    return max(8, int(room / text_width("n", theme.TEXT_SIZE)))


def _nodes(projects: pd.DataFrame, places: Places, chars: int) -> pd.DataFrame:
    out = projects["release"].isna()
    told = [f"{row['project_id']} {row['title']}" for row in projects.to_dict("records")]
    release = projects["release"].astype(object).astype(str).mask(out, "")
    return pd.DataFrame(
        {
            "x": [places[name][0] for name in projects["project_id"]],
            "y": [places[name][1] for name in projects["project_id"]],
            "out": out.to_numpy(),
            "project": told,
            "label": ["\n".join(theme.wrap(text, chars, lines=MOST_LINES)) for text in told],
            "release": release.to_numpy(),
            "when": release.mask(out, _("left out")).to_numpy(),
        }
    )


def _edges(needs: pd.DataFrame, places: Places) -> pd.DataFrame:
    """A row per arrow, from rim to rim of two symbols."""
    rows = []
    for project, needed in zip(needs["project_id"], needs["needs_project_id"], strict=True):
        (x, y), (u, v) = places[needed], places[project]
        angle = math.atan2(v - y, u - x)
        across, down = (SYMBOL + 3) * math.cos(angle), (SYMBOL + 3) * math.sin(angle)
        tip = {"u": u - across, "v": v - down, "angle": math.degrees(angle) + 90}
        rows.append({"x": x + across, "y": y + down, **tip, "told": f"{needed} → {project}"})
    return pd.DataFrame(rows, columns=["x", "y", "u", "v", "angle", "told"])


def _axes(height: float, x: str = "x", y: str = "y") -> dict[str, Any]:
    return {
        "x": alt.X(f"{x}:Q", scale=alt.Scale(domain=[0, WIDTH], nice=False), axis=None),
        "y": alt.Y(f"{y}:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None),
    }


def _edge_marks(edges: pd.DataFrame, height: float) -> list[alt.Chart]:
    if edges.empty:
        return []
    base = alt.Chart(edges)
    tooltip = [alt.Tooltip("told:N", title=_("Needed → needs it"))]
    return [
        base.mark_rule(color=theme.CONTEXT, strokeWidth=1.5).encode(**_axes(height), x2="u:Q", y2="v:Q"),
        base.mark_point(filled=True, color=theme.CONTEXT, shape="triangle-up", size=80, opacity=1).encode(
            **_axes(height, "u", "v"), angle=alt.Angle("angle:Q", scale=None), tooltip=tooltip
        ),
    ]


def _node_marks(nodes: pd.DataFrame, height: float) -> list[alt.Chart]:
    tooltip = [alt.Tooltip("project:N", title=_("Project")), alt.Tooltip("when:N", title=_("Release"))]
    base = alt.Chart(nodes).encode(**_axes(height), tooltip=tooltip)
    done, out = (base.transform_filter(test) for test in ("!datum.out", "datum.out"))
    look: dict[str, Any] = {"baseline": "top", "dy": SYMBOL + 3, "lineHeight": theme.LABEL_LINE}
    size = (2 * SYMBOL) ** 2
    return [
        done.mark_point(filled=True, shape="circle", color=theme.VALUE, size=size, opacity=1),
        out.mark_point(fill=theme.PAPER, stroke=theme.QUIET, strokeDash=[4, 3], shape="square", size=0.7 * size),
        done.mark_text(color=theme.PAPER, fontWeight="bold").encode(text="release:N"),
        # The halo keeps a label readable where an arrow passes under it.
        base.mark_text(stroke=theme.PAPER, strokeWidth=4, strokeJoin="round", **look).encode(text="label:N"),
        done.mark_text(**look).encode(text="label:N"),
        out.mark_text(color=theme.QUIET, **look).encode(text="label:N"),
    ]


def _found(projects: pd.DataFrame, needs: pd.DataFrame) -> str:
    count = int(needs["project_id"].nunique())
    if not count:
        return _("No project needs another")
    return ngettext(
        "{count} of {total} projects needs another one first",
        "{count} of {total} projects need another one first",
        count,
    ).format(count=count, total=len(projects))


def _in_words(needs: pd.DataFrame) -> str:
    return "; ".join(
        _("{project} needs {needed}").format(project=project, needed=needed)
        for project, needed in zip(needs["project_id"], needs["needs_project_id"], strict=True)
    )
