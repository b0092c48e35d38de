"""From pairs to customers: what is linked, straight or through others, is one, unless a reviewer said it is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Links:
    """Pairs of records, each by their numbers from 0.

    Attributes
    ----------
    first, second : ndarray
        The two records of each link.
    probability : ndarray
        That they are one customer.
    must, never : tuple of (int, int)
        Pairs that reviewers know to be one, and not to be one.
    """

    first: Integers
    second: Integers
    probability: Floats
    must: tuple[tuple[int, int], ...] = ()
    never: tuple[tuple[int, int], ...] = ()


@dataclass
class Groups:
    """Records that are one so far, and with whom each group must not become one."""

    parent: dict[int, int] = field(default_factory=dict)
    apart: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def of(self, record: int) -> int:
        """The group's number: that of one of its records."""
        while (above := self.parent.get(record, record)) != record:
            self.parent[record] = self.parent.get(above, above)
            record = above
        return record

    def keep_apart(self, first: int, second: int) -> None:
        """These two are different."""
        one, other = self.of(first), self.of(second)
        self.apart[one].add(other)
        self.apart[other].add(one)

    def join(self, first: int, second: int) -> bool:
        """Make the two one; false when they must not become one."""
        one, other = self.of(first), self.of(second)
        if one == other:
            return True
        if other in self.apart[one]:
            return False
        self.parent[other] = one
        for third in self.apart.pop(other, set()):
            self.apart[third].discard(other)
            self.apart[third].add(one)
            self.apart[one].add(third)
        return True


def clustered(links: Links, records: int) -> tuple[Integers, int]:
    """The customer of each record: connected components, except where a pair in one is known to be two.

    Such a component is built anew from its surest link on, and a link that would make the two one is refused.

    Parameters
    ----------
    links : Links
        All that count as the same.
    records : int
        How many there are.

    Returns
    -------
    ndarray of int
        By record, the number of its customer's first record.
    int
        Links refused.

    Examples
    --------
    >>> links = Links(np.array([0, 1]), np.array([1, 2]), np.array([0.99, 0.97]))
    >>> clustered(links, 4)[0].tolist()
    [0, 0, 0, 3]
    >>> apart = Links(links.first, links.second, links.probability, never=((0, 2),))
    >>> clustered(apart, 4)[0].tolist()
    [0, 0, 2, 3]
    """
    first, second, probability = _with_must(links)
    labels = _components(first, second, records)
    wrong = {int(labels[one]) for one, other in links.never if labels[one] == labels[other]}
    if not wrong:
        return _first_of(labels), 0
    within = np.flatnonzero(np.isin(labels[first], list(wrong)))
    order = within[np.lexsort((second[within], first[within], -probability[within]))]
    groups = Groups()
    for one, other in links.never:
        groups.keep_apart(one, other)
    refused = sum(not groups.join(int(first[at]), int(second[at])) for at in order)
    split = np.flatnonzero(np.isin(labels, list(wrong)))
    labels[split] = records + np.array([groups.of(int(record)) for record in split])
    return _first_of(labels), refused


def _with_must(links: Links) -> tuple[Integers, Integers, Floats]:
    must = np.array(links.must, dtype=np.int64).reshape(-1, 2)
    sure = np.full(len(must), np.inf)
    return (
        np.concatenate([must[:, 0], links.first]),
        np.concatenate([must[:, 1], links.second]),
        np.concatenate([sure, links.probability]),
    )


def _components(first: Integers, second: Integers, records: int) -> Integers:
    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(records, records))
    labels: Integers = connected_components(graph.tocsr(), directed=False)[1].astype(np.int64)
    return labels


def _first_of(labels: Integers) -> Integers:
    """Customers numbered by their first record."""
    _known, at, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return at[inverse].astype(np.int64)


def contradictions(must: Iterable[tuple[int, int]], never: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs told to be different that others told to be one, straight or through further records.

    Examples
    --------
    >>> contradictions([(0, 1), (1, 2)], [(0, 2), (0, 3)])
    [(0, 2)]
    """
    groups = Groups()
    for one, other in must:
        groups.join(one, other)
    return [(one, other) for one, other in never if groups.of(one) == groups.of(other)]
