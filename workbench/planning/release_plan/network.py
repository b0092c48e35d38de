"""What needs what, followed along its chain: cycles named as a path, and everything that something needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import networkx as nx
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Pair = tuple[str, str]


def cycles(pairs: Iterable[Pair]) -> list[list[str]]:
    """One cycle out of every group of things that need one another in a circle.

    Parameters
    ----------
    pairs : iterable of (str, str)
        Who needs whom.

    Returns
    -------
    list of list of str
        Each cycle as a path that ends where it began; the shortest through the first of its group.

    Examples
    --------
    >>> cycles([("A", "B"), ("B", "C"), ("C", "A"), ("D", "A")])
    [['A', 'B', 'C', 'A']]
    """
    edges = list(pairs)
    place = {node: at for at, node in enumerate(dict.fromkeys(node for edge in edges for node in edge))}
    groups: dict[int, list[str]] = {}
    for node, group in zip(place, _groups(edges, place), strict=True):
        groups.setdefault(group, []).append(node)
    alone = {one for one, other in edges if one == other}
    circular = [group for group in groups.values() if len(group) > 1 or group[0] in alone]
    return [_shortest_cycle(edges, set(group), group[0]) for group in circular]


def chain(pairs: Iterable[Pair], start: str, ends: Collection[str]) -> list[str]:
    """The shortest path from one along what it needs to any of the ends; empty when it needs none of them.

    Examples
    --------
    >>> chain([("A", "B"), ("B", "C")], "A", {"C"})
    ['A', 'B', 'C']
    >>> chain([("A", "B")], "B", {"A"})
    []
    """
    reached = nx.single_source_shortest_path(_graph([start], pairs), start)
    paths = [path for node, path in reached.items() if node in ends and node != start]
    return min(paths, key=len, default=[])


def told(path: Sequence[str]) -> str:
    """A path as it is written: A → B → C."""
    return " → ".join(path)


def _groups(edges: Sequence[Pair], place: Mapping[str, int]) -> list[int]:
    """Per node, in order, the number of its group: those that need one another, at whatever remove."""
    ends = np.array([(place[one], place[other]) for one, other in edges], dtype=int).reshape(-1, 2)
    matrix = coo_array((np.ones(len(ends), dtype=bool), (ends[:, 0], ends[:, 1])), shape=(len(place), len(place)))
    return list(connected_components(matrix, connection="strong")[1]) if place else []


def _graph(nodes: Iterable[str], pairs: Iterable[Pair]) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(pairs)
    return graph


def _shortest_cycle(edges: Sequence[Pair], group: Collection[str], start: str) -> list[str]:
    """The shortest way from the first of a group back to itself."""
    inside = [edge for edge in edges if edge[0] in group and edge[1] in group]
    graph = _graph([start], inside)
    ways = [[start, *nx.shortest_path(graph, after, start)] for after in graph.successors(start)]
    return min(ways, key=len, default=[])
