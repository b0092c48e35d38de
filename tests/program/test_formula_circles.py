"""Formulas that name lines: told as such, and as a path where they would run in a circle."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.program.formula_circles import circle, mentioned, naming_lines
from workbench.program.reading import Records
from workbench.program.tables import TABLES

GRAPHS = st.dictionaries(st.sampled_from("ABCDE"), st.lists(st.sampled_from("ABCDE"), max_size=3).map(tuple))


@given(GRAPHS)
def test_a_circle_is_told_where_a_graph_library_finds_one_and_is_the_shortest(
    named: dict[str, tuple[str, ...]],
) -> None:
    graph = nx.DiGraph([(one, other) for one, others in named.items() for other in others])
    for line in "ABCDE":
        way = circle(line, named)
        back = [
            nx.shortest_path_length(graph, other, line) for other in named.get(line, ()) if _reaches(graph, other, line)
        ]
        assert len(way) == (min(back) + 2 if back else 0)
        assert all(after in named[before] for before, after in pairwise(way))
        assert way == () or way[0] == way[-1] == line


def _reaches(graph: nx.DiGraph, one: str, other: str) -> bool:
    return bool(nx.has_path(graph, one, other))


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("COST-01 * 2", ("COST-01",)),
        ("COST-012", ()),
        ("xCOST-01", ()),
        ("COST-02+COST-01\n+COST-02", ("COST-02", "COST-01")),
        ("a.b(c)", ("a.b",)),
        ("", ()),
    ],
)
def test_ids_are_found_as_whole_words(formula: str, found: tuple[str, ...]) -> None:
    assert mentioned(formula, ["COST-01", "COST-02", "a.b"]) == found


def records(table: str, *rows: tuple[str, str]) -> Records:
    key = TABLES[table].key[0]
    other = {"assumptions": "base"}.get(table, "formula")
    return Records(TABLES[table], rows=tuple({key: one, other: value} for one, value in rows))


def test_arithmetic_over_assumptions_names_no_line() -> None:
    """C-1 is a subtraction where C is an assumption, 12 a number, fee an assumption, whatever lines there are."""
    tables = {
        "assumptions": records("assumptions", ("C", "1"), ("fee", "1")),
        "costs": records(
            "costs", ("C-1", "C-1"), ("12", "fee * 12"), ("fee", "fee"), ("X", "fee + nothing"), ("Y", "X")
        ),
    }
    assert naming_lines(tables) == {"Y": ("X",)}
    assert naming_lines({}) == {}
