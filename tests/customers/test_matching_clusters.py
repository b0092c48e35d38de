"""Customers out of pairs, against networkx and against what must hold of any such split."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.customers.matching_clusters import Links, clustered, contradictions

RECORDS = 9
pair = st.tuples(st.integers(0, RECORDS - 1), st.integers(0, RECORDS - 1)).filter(lambda two: two[0] < two[1])
edges = st.dictionaries(pair, st.integers(1, 99).map(lambda percent: percent / 100), max_size=14)
few = st.sets(pair, max_size=4)


def linked(found, must=(), never=()):
    first, second = (np.array([two[at] for two in found], dtype=np.int64) for at in (0, 1))
    return Links(first, second, np.array(list(found.values()), dtype=float), tuple(must), tuple(never))


def components(pairs, nodes=range(RECORDS)):
    graph = nx.Graph(list(pairs))
    graph.add_nodes_from(nodes)
    return {frozenset(part) for part in nx.connected_components(graph)}


def groups(labels):
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}


@given(edges, few)
@settings(max_examples=100, deadline=None)
def test_without_objections_customers_are_connected_components(found, must):
    labels, refused = clustered(linked(found, must), RECORDS)
    assert groups(labels) == components([*found, *must])
    assert refused == 0
    assert all(labels[record] == min(np.flatnonzero(labels == labels[record])) for record in range(RECORDS))


@given(edges, few, few)
@settings(max_examples=200, deadline=None)
def test_what_reviewers_know_holds_and_nothing_else_is_torn_apart(found, must, never):
    wrong = set(contradictions(must, never))
    never = never - wrong
    labels, refused = clustered(linked(found, must, never), RECORDS)
    parts = groups(labels)
    assert all(labels[one] != labels[other] for one, other in never)
    assert all(labels[one] == labels[other] for one, other in must)
    links = [*found, *must]
    for part in parts:
        inside = [two for two in links if set(two) <= part]
        assert components(inside, part) == {part}
    broken = [two for two in found if labels[two[0]] != labels[two[1]]]
    assert refused == len(broken)
    for one, other in broken:
        apart = {frozenset((labels[a], labels[b])) for a, b in never}
        assert frozenset((labels[one], labels[other])) in apart
    for part in components(links):
        if not any(set(two) <= part for two in never):
            assert part in parts


def test_the_surest_link_is_kept():
    found = {(0, 1): 0.96, (1, 2): 0.99}
    assert clustered(linked(found, never=[(0, 2)]), 3)[0].tolist() == [0, 1, 1]
    assert clustered(linked(found, must=[(0, 1)], never=[(0, 2)]), 3)[0].tolist() == [0, 0, 2]


@given(few, few)
@settings(max_examples=100, deadline=None)
def test_contradictions_are_found_through_others(must, never):
    graph = nx.Graph(list(must))
    graph.add_nodes_from(range(RECORDS))
    assert set(contradictions(must, never)) == {two for two in never if nx.has_path(graph, *two)}
