from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.charts.placement import place_labels, text_width

WIDTH, HEIGHT, SIZE = 700.0, 600.0, 12.0
POINTS = st.lists(st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT)), max_size=30)


def boxes(places: list[tuple[float, float]], texts: list[str]) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of each label."""
    halves = [(text_width(text, SIZE) / 2, SIZE / 2) for text in texts]
    return [(x - w, y - h, x + w, y + h) for (x, y), (w, h) in zip(places, halves, strict=True)]


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return min(one[2], other[2]) > max(one[0], other[0]) and min(one[3], other[3]) > max(one[1], other[1])


def place(points: list[tuple[float, float]]) -> list[tuple[float, float, float, float]]:
    texts = [f"REQ-{number:02d}" for number in range(len(points))]
    return boxes(place_labels(points, texts, WIDTH, HEIGHT, SIZE), texts)


@pytest.mark.parametrize("seed", range(20))
def test_labels_of_23_points_never_cover_one_another(seed: int) -> None:
    import random

    chance = random.Random(seed)
    labels = place([(chance.gauss(350, 130) % WIDTH, chance.gauss(300, 110) % HEIGHT) for _point in range(23)])
    assert not any(overlap(one, other) for one, other in combinations(labels, 2))


def test_labels_of_points_in_one_place_are_told_apart() -> None:
    labels = place([(350.0, 300.0)] * 4)
    assert not any(overlap(one, other) for one, other in combinations(labels, 2))


def test_labels_at_the_edges_stay_inside() -> None:
    for left, top, right, bottom in place([(0, 0), (WIDTH, 0), (0, HEIGHT), (WIDTH, HEIGHT)]):
        assert left >= 0
        assert top >= 0
        assert right <= WIDTH
        assert bottom <= HEIGHT


def test_labels_keep_off_the_places_to_keep_free() -> None:
    covered = (350.0, 0.0, WIDTH, HEIGHT)
    places = place_labels([(345.0, 300.0)], ["REQ-01"], WIDTH, HEIGHT, SIZE, covered=[covered])
    assert not overlap(boxes(places, ["REQ-01"])[0], covered)


@settings(max_examples=40, deadline=None)
@given(POINTS)
def test_every_point_has_a_label_nearby_and_the_same_one_each_time(points: list[tuple[float, float]]) -> None:
    texts = ["REQ-01"] * len(points)
    places = place_labels(points, texts, WIDTH, HEIGHT, SIZE)
    assert len(places) == len(points)
    assert places == place_labels(points, texts, WIDTH, HEIGHT, SIZE)
    assert all(abs(x - u) < 75 and abs(y - v) < 75 for (x, y), (u, v) in zip(points, places, strict=True))
