"""The release board, the efficient frontier, the dependency graph and how often projects are chosen."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workbench.charts.dependency_graph import dependency_graph
from workbench.charts.frontier import frontier_curve
from workbench.charts.plan_robustness import plan_robustness
from workbench.charts.release_board import release_board
from workbench.language import using

LONG = "Saber qué campañas en curso convienen a un cliente clave: ordenar las campañas por índice de aplicabilidad"
TITLES = ["<script>alert(1)</script>", "datum.value && alert(1)", "</text><image href='http://x.example/'/>", LONG]
DRAWN = {"svg", "g", "path", "rect", "text", "title", "line", "defs", "tspan", "clipPath"}


@pytest.fixture
def projects() -> pd.DataFrame:
    """Six projects over three releases, two of them left out; hostile and long titles."""
    ids = [f"PRJ-{number:02d}" for number in range(1, 7)]
    frame = pd.DataFrame({"project_id": ids, "title": [*TITLES, LONG, "Web chat"]})
    frame["release"] = pd.array([2, 1, 3, 1, pd.NA, pd.NA], dtype="Int64")
    frame["points"] = [10.0, 1.0, 30.5, 40.0, 50.0, 60.0]
    return frame


@pytest.fixture
def load() -> pd.DataFrame:
    """Two resources; one is exceeded in the second release, and there is none of it in the third."""
    rows = [
        (1, "Money", 50.0, 100.0), (2, "Money", 0.0, 100.0), (3, "Money", 100.0, 100.0),
        (1, "Days", 8.0, 10.0), (2, "Days", 12.0, 10.0), (3, "Days", 1.0, 0.0),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["release", "resource_label", "used", "available"])


@pytest.fixture
def needs() -> pd.DataFrame:
    """A chain of three and one that needs both ends."""
    pairs = [("PRJ-02", "PRJ-01"), ("PRJ-03", "PRJ-02"), ("PRJ-04", "PRJ-01"), ("PRJ-04", "PRJ-03")]
    return pd.DataFrame(pairs, columns=["project_id", "needs_project_id"])


@pytest.fixture
def frontier() -> pd.DataFrame:
    """Four budgets; the second buys nothing more than the first, the third is today's, the smallest has no plan."""
    nan = float("nan")
    rows = [
        (5e5, nan, nan, 0, False), (1e6, 9e5, 200.0, 2, False), (1.2e6, 9e5, 200.0, 2, False),
        (1.5e6, 1.4e6, 300.0, 3, True), (2e6, 2e6, 400.0, 4, False),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["budget", "least_budget", "value", "projects", "today"])


@pytest.fixture
def chosen(projects: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How often each is chosen: always, nearly always, seldom and never."""
    shares = [1.0, 0.96, 0.5, 0.97, 0.04, 0.0]
    table = projects[["project_id", "title"]].assign(
        chosen=shares,
        chosen_low=[max(0.0, share - 0.03) for share in shares],
        chosen_high=[min(1.0, share + 0.02) for share in shares],
        in_plan=projects["release"].notna(),
    )
    rows = [
        (key, release, share * part)
        for key, share in zip(table["project_id"], shares, strict=True)
        for release, part in ((1, 0.75), (2, 0.25))
    ]
    return table, pd.DataFrame(rows, columns=["project_id", "release", "share"])


def title(seen: Any) -> str:
    return " ".join(seen.spec["title"]["text"])


def test_blocks_stand_in_their_release(projects: pd.DataFrame, load: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(release_board(projects, load))
    blocks = seen.rows("bar")[0]
    places = {block["project"][:6]: int(block["start"]) for block in blocks}
    assert places == {"PRJ-02": 0, "PRJ-04": 0, "PRJ-01": 1, "PRJ-03": 2, "PRJ-05": 3, "PRJ-06": 3}
    assert [block["project"][:6] for block in blocks] == list(places)
    assert [block["out"] for block in blocks] == [False] * 4 + [True] * 2
    assert title(seen) == "4 of 6 projects are in the plan"
    assert "Release 1: PRJ-02 and PRJ-04." in seen.spec["description"]
    assert {"Release 1", "Release 3", "Left out", "1 point", "30.5 points"} <= set(seen.texts())


def test_bars_are_the_share_of_what_is_available(projects: pd.DataFrame, load: pd.DataFrame, sketch: Any) -> None:
    bars = sketch(release_board(projects, load)).rows("bar")[2]
    width = bars[0]["end"] - bars[0]["start"]
    filled = {bar["row"] + bar["release"]: (bar["filled"] - bar["start"]) / width for bar in bars}
    expected = {"Money1": 0.5, "Money2": 0, "Money3": 1, "Days1": 0.8, "Days2": 1, "Days3": 1}
    assert filled == pytest.approx(expected)
    assert {(bar["row"], bar["release"]) for bar in bars if bar["over"]} == {("Days", "2"), ("Days", "3")}
    assert {bar["told"] for bar in bars} == {"50%", "0%", "100%", "80%", "120%", "none available"}


def test_narrow_columns_have_room_for_the_figure_alone(projects: pd.DataFrame, load: pd.DataFrame, sketch: Any) -> None:
    many = pd.concat([load.head(1).assign(release=release) for release in range(1, 11)], ignore_index=True)
    texts = sketch(release_board(projects, many)).texts()
    assert "30.5" in texts
    assert "30.5 points" not in texts


def test_without_what_is_left_out_there_is_no_column_for_it(
    projects: pd.DataFrame, load: pd.DataFrame, sketch: Any
) -> None:
    texts = sketch(release_board(projects.dropna(subset="release"), load)).texts()
    assert "Left out" not in texts


def test_the_curve_begins_each_step_at_the_least_budget(frontier: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(frontier_curve(frontier))
    dots, today = seen.rows("point")
    assert [(dot["budget"], dot["value"]) for dot in dots] == [(9e5, 200), (1.4e6, 300), (2e6, 400)]
    assert [(row["budget"], row["value"]) for row in today] == [(1.5e6, 300)]
    (line,) = seen.rows("line")
    assert [point["budget"] for point in line] == [9e5, 1.4e6, 2e6, 2e6]
    told = title(seen).replace("\xa0", " ")
    assert told == "Today's budget brings 300 of the 400 points that 2 M € would bring"


def test_the_curve_says_when_more_brings_nothing(frontier: pd.DataFrame, sketch: Any) -> None:
    assert title(sketch(frontier_curve(frontier.head(4)))) == "More money than today would bring no more value"
    apart = frontier.assign(today=False)
    assert title(sketch(frontier_curve(apart))).endswith("brings 400 points, the most of any budget looked at")


def test_what_is_needed_stands_on_the_left(projects: pd.DataFrame, needs: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(dependency_graph(projects, needs))
    nodes = {row["project"][:6]: row for row in seen.rows("point")[1]}
    for project, needed in needs.itertuples(index=False):
        assert nodes[needed]["x"] < nodes[project]["x"]
    assert {name for name, row in nodes.items() if row["out"]} == {"PRJ-05", "PRJ-06"}
    assert [nodes[name]["release"] for name in ("PRJ-01", "PRJ-03", "PRJ-05")] == ["2", "3", ""]
    assert len(seen.rows("rule")[0]) == 4
    assert title(seen) == "3 of 6 projects need another one first"


def test_symbols_do_not_touch(projects: pd.DataFrame, needs: pd.DataFrame, sketch: Any) -> None:
    rows = sketch(dependency_graph(projects, needs)).rows("point")[1]
    for place, one in enumerate(rows):
        for other in rows[:place]:
            assert abs(one["x"] - other["x"]) > 100 or abs(one["y"] - other["y"]) >= 60


def test_arrows_do_not_cross_where_they_need_not(projects: pd.DataFrame, sketch: Any) -> None:
    pairs = [("PRJ-03", "PRJ-02"), ("PRJ-04", "PRJ-01"), ("PRJ-05", "PRJ-02"), ("PRJ-06", "PRJ-01")]
    frame = pd.DataFrame(pairs, columns=["project_id", "needs_project_id"])
    arrows = sketch(dependency_graph(projects, frame)).rows("rule")[0]
    for one in arrows:
        assert all((one["y"] - other["y"]) * (one["v"] - other["v"]) >= 0 for other in arrows)


def test_a_graph_without_arrows_and_one_that_cannot_be_drawn(
    projects: pd.DataFrame, needs: pd.DataFrame, sketch: Any
) -> None:
    assert title(sketch(dependency_graph(projects, needs.head(0)))) == "No project needs another"
    circle = pd.concat([needs, pd.DataFrame([{"project_id": "PRJ-01", "needs_project_id": "PRJ-03"}])])
    with pytest.raises(ValueError, match="in a circle"):
        dependency_graph(projects, circle)
    with pytest.raises(ValueError, match="not among the projects: PRJ-09"):
        dependency_graph(projects, pd.DataFrame([{"project_id": "PRJ-01", "needs_project_id": "PRJ-09"}]))


def test_pieces_of_a_bar_add_up_to_its_share(
    chosen: tuple[pd.DataFrame, pd.DataFrame], projects: pd.DataFrame, sketch: Any
) -> None:
    seen = sketch(plan_robustness(*chosen))
    pieces = seen.rows("bar")[0]
    ends = {piece["project_id"]: piece["end"] for piece in sorted(pieces, key=lambda piece: piece["end"])}
    expected = {key: share for key, share in zip(chosen[0]["project_id"], chosen[0]["chosen"], strict=True) if share}
    assert ends == pytest.approx(expected)
    assert {piece["release"] for piece in pieces} == {"1", "2"}
    (intervals,) = seen.rows("rule")
    assert [row["low"] for row in intervals] == chosen[0]["chosen_low"].tolist()
    assert title(seen) == "3 of the 4 projects in the plan are chosen in nearly every draw (95% or more)"


def test_no_number_stands_where_the_interval_runs(chosen: tuple[pd.DataFrame, pd.DataFrame], sketch: Any) -> None:
    pieces = sketch(plan_robustness(*chosen)).rows("bar")[0]
    low = dict(zip(chosen[0]["project_id"], chosen[0]["chosen_low"], strict=True))
    assert all(piece["middle"] < low[piece["project_id"]] for piece in pieces if piece["is_named"])
    assert any(piece["is_named"] for piece in pieces)


def drawn_charts(request: pytest.FixtureRequest) -> list[Any]:
    """One of each kind."""
    projects, load, needs, frontier, chosen = (
        request.getfixturevalue(name) for name in ("projects", "load", "needs", "frontier", "chosen")
    )
    return [
        release_board(projects, load),
        frontier_curve(frontier),
        dependency_graph(projects, needs),
        plan_robustness(*chosen),
    ]


def test_hostile_titles_stay_text_and_every_chart_is_described(request: pytest.FixtureRequest, sketch: Any) -> None:
    for chart in drawn_charts(request):
        seen = sketch(chart)
        assert seen.elements() <= DRAWN
        assert seen.spec["description"]


def test_the_specifications_compile_without_a_word(request: pytest.FixtureRequest, sketch: Any, compiled: Any) -> None:
    for chart in drawn_charts(request):
        assert compiled(sketch(chart).spec) == ""


def test_figures_are_written_in_the_language_in_use(
    projects: pd.DataFrame, load: pd.DataFrame, frontier: pd.DataFrame, sketch: Any
) -> None:
    with using("es"):
        board, curve = sketch(release_board(projects, load)), sketch(frontier_curve(frontier))
    assert "30,5" in {block["told"].split()[0] for block in board.rows("bar")[0]}
    assert {dot["money"].replace("\xa0", " ") for dot in curve.rows("point")[0]} >= {"1,4 M €"}


def test_nothing_to_draw_is_refused(
    projects: pd.DataFrame,
    load: pd.DataFrame,
    needs: pd.DataFrame,
    frontier: pd.DataFrame,
    chosen: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    with pytest.raises(ValueError, match="no rows"):
        release_board(projects.head(0), load)
    with pytest.raises(ValueError, match="no rows"):
        release_board(projects, load.head(0))
    with pytest.raises(ValueError, match="no rows"):
        frontier_curve(frontier.head(1))
    with pytest.raises(ValueError, match="no rows"):
        dependency_graph(projects.head(0), needs)
    with pytest.raises(ValueError, match="columns missing"):
        plan_robustness(chosen[0].drop(columns="in_plan"), chosen[1])
