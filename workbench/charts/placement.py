"""Where the labels of a scatter plot go so that they cover neither one another nor the points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Boxes: TypeAlias = NDArray[np.float64]
"""A row per box: left, top, right, bottom, in pixels from the top left corner."""

_ANGLES = np.deg2rad([0, -45, 45, 180, -135, 135, -90, 90, -22.5, 22.5, -157.5, 157.5])
_GAPS = (8.0, 15.0, 24.0, 36.0)
_NARROW, _WIDE = "iljtfrI.,:;'|!()[]- ", "mwMW@%"
_PASSES = 3


def text_width(text: str, size: float) -> float:
    """Width of a text in pixels, near enough: Arial's narrow, wide, capital and other letters.

    Examples
    --------
    >>> text_width("REQ-07", 12) > text_width("il", 12)
    True
    """
    shares = (0.3 if c in _NARROW else 0.86 if c in _WIDE else 0.69 if c.isupper() else 0.56 for c in text)
    return size * sum(shares)


def place_labels(
    points: Sequence[tuple[float, float]],
    texts: Sequence[str],
    width: float,
    height: float,
    letters: float,
    covered: Sequence[tuple[float, float, float, float]] = (),
    lines: Sequence[tuple[float, float, float, float]] = (),
) -> list[tuple[float, float]]:
    """Find a place for each point's label by greedy improvement.

    Parameters
    ----------
    points : sequence of (x, y)
        Positions in pixels from the top left corner.
    texts : sequence of str
        One label a point.
    width, height : float
        Size of the plot in pixels.
    letters : float
        Font size in pixels.
    covered : sequence of boxes
        Places to keep free, as left, top, right, bottom.
    lines : sequence of boxes
        Places better kept free, such as thin rules.

    Returns
    -------
    list of (x, y)
        Centre of each label; the same input gives the same places.
    """
    if not points:
        return []
    spots = np.asarray(points, dtype=float)
    sizes = np.array([(text_width(text, letters) + 2, letters + 1) for text in texts])
    candidates = [_candidates(spot, size) for spot, size in zip(spots, sizes, strict=True)]
    fixed = np.vstack([_around(spots, np.full_like(spots, 11.0)), _boxes(covered)])
    costs = [_fixed_cost(boxes, fixed, _boxes(lines), width, height) for boxes in candidates]
    return _choose(candidates, costs, _most_crowded_first(spots))


def _boxes(rows: Sequence[tuple[float, float, float, float]]) -> Boxes:
    return np.asarray(rows, dtype=float).reshape(-1, 4)


def _around(centres: Boxes, sizes: Boxes) -> Boxes:
    return np.hstack([centres - sizes / 2, centres + sizes / 2])


def _candidates(spot: Boxes, size: Boxes) -> Boxes:
    steps = [
        (np.cos(angle) * (gap + size[0] / 2), np.sin(angle) * (gap + size[1] / 2)) for gap in _GAPS for angle in _ANGLES
    ]
    return _around(spot + np.array(steps), np.tile(size, (len(steps), 1)))


def _overlap(boxes: Boxes, others: Boxes) -> NDArray[np.float64]:
    """Area that each box shares with all the others together."""
    across = np.minimum(boxes[:, None, 2], others[None, :, 2]) - np.maximum(boxes[:, None, 0], others[None, :, 0])
    down = np.minimum(boxes[:, None, 3], others[None, :, 3]) - np.maximum(boxes[:, None, 1], others[None, :, 1])
    shared: NDArray[np.float64] = (np.clip(across, 0, None) * np.clip(down, 0, None)).sum(axis=1)
    return shared


def _fixed_cost(boxes: Boxes, fixed: Boxes, lines: Boxes, width: float, height: float) -> NDArray[np.float64]:
    outside = np.clip(-boxes[:, :2], 0, None).sum(axis=1) + np.clip(boxes[:, 2:] - (width, height), 0, None).sum(axis=1)
    farther = np.repeat(np.arange(len(_GAPS)), len(_ANGLES)) * 25.0 + np.tile(np.arange(len(_ANGLES)), len(_GAPS))
    cost: NDArray[np.float64] = 10 * _overlap(boxes, fixed) + _overlap(boxes, lines) + 100 * outside + farther
    return cost


def _most_crowded_first(spots: Boxes) -> list[int]:
    apart = np.linalg.norm(spots[:, None] - spots[None, :], axis=2)
    near = (apart < 60).sum(axis=1)
    return [int(i) for i in np.argsort(-near, kind="stable")]


def _choose(candidates: list[Boxes], costs: list[NDArray[np.float64]], order: list[int]) -> list[tuple[float, float]]:
    chosen: dict[int, Boxes] = {}
    for _pass in range(_PASSES):
        for i in order:
            others = np.array([box for j, box in chosen.items() if j != i]).reshape(-1, 4)
            chosen[i] = candidates[i][np.argmin(costs[i] + 10 * _overlap(candidates[i], others))]
    return [
        (float((left + right) / 2), float((top + bottom) / 2))
        for left, top, right, bottom in (chosen[i] for i in range(len(candidates)))
    ]
