from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workbench.charts.planning import (
    lens_comparison,
    objective_capability_map,
    rank_acceptability,
    ranking_bars,
    value_complexity_matrix,
)
from workbench.language import using


def test_the_matrix_draws_every_requirement_where_it_is(scores: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(value_complexity_matrix(scores))
    (points,) = seen.rows("point")
    drawn = pd.DataFrame(points).set_index("requirement_id")
    given = scores.set_index("requirement_id")
    for column in ("value", "value_low", "value_high", "complexity", "complexity_low", "complexity_high", "title"):
        assert drawn[column].to_dict() == given[column].to_dict()
    assert [len(rows) for rows in seen.rows("rule")[2:4]] == [23, 23]


def test_the_matrix_reads_the_ids_from_the_index_too(scores: pd.DataFrame, sketch: Any) -> None:
    column, index = (
        sketch(value_complexity_matrix(scores)),
        sketch(value_complexity_matrix(scores.set_index("requirement_id"))),
    )
    assert column.spec == index.spec


def test_the_matrix_names_its_points_and_fields(scores: pd.DataFrame, sketch: Any) -> None:
    texts = sketch(value_complexity_matrix(scores)).texts()
    assert set(scores["requirement_id"]) <= set(texts)
    assert {"Quick win", "Strategic", "Fill in", "Reconsider"} <= set(texts)


def test_the_matrix_names_fields_without_points(scores: pd.DataFrame, sketch: Any) -> None:
    only = scores[scores["field"] == "quick_win"]
    assert {"Quick win", "Strategic", "Fill-ins", "Reconsider"} <= set(sketch(value_complexity_matrix(only)).texts())


def test_the_matrix_tells_the_share_of_quick_wins(scores: pd.DataFrame, sketch: Any) -> None:
    count = int(((scores["value"] >= 50) & (scores["complexity"] < 50)).sum())
    assert f"{count} of 23 requirements" in " ".join(sketch(value_complexity_matrix(scores)).spec["title"]["text"])


def test_the_matrix_counts_what_it_cannot_draw(scores: pd.DataFrame, sketch: Any) -> None:
    scores.loc[[3, 8], "value"] = float("nan")
    seen = sketch(value_complexity_matrix(scores))
    assert len(seen.rows("point")[0]) == 21
    assert "2 requirements without both figures are not drawn." in " ".join(seen.spec["title"]["subtitle"])


def test_the_matrix_draws_its_threshold(scores: pd.DataFrame, sketch: Any) -> None:
    rules = sketch(value_complexity_matrix(scores, threshold=60)).rows("rule")
    assert rules[0] == rules[1] == [{"at": 60}]


def test_tooltips_tell_the_raters_range(scores: pd.DataFrame, sketch: Any) -> None:
    scores.loc[0, ["value", "value_low", "value_high"]] = [61.54, 40.0, 75.25]
    scores.loc[1, ["value_low", "value_high"]] = float("nan")
    with using("es"):
        (points,) = sketch(value_complexity_matrix(scores)).rows("point")
    assert "61,5" in points[0]["value_text"]
    assert "40,0" in points[0]["value_text"]
    assert "75,2" in points[0]["value_text"] or "75,3" in points[0]["value_text"]
    assert "(" not in points[1]["value_text"]


def test_the_ranking_draws_three_indices_a_row(ranking: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(ranking_bars(ranking, "One comes first"))
    (dots,), (ranges, *_others) = seen.rows("point"), seen.rows("rule")
    assert len(dots) == len(ranges) == 3 * 23
    for name, axis in (("Value", "value"), ("Urgency", "urgency"), ("Complexity", "complexity")):
        mine = [row for row in dots if row["index"] == name]
        assert [row["shown"] for row in mine] == ranking[axis].tolist()
        assert [row["low"] for row in mine] == ranking[f"{axis}_low"].tolist()
        assert [row["high"] for row in mine] == ranking[f"{axis}_high"].tolist()


def test_the_ranking_keeps_the_order_of_the_ranks(ranking: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(ranking_bars(ranking.sample(frac=1, random_state=1), "One comes first"))
    domain = seen.spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert [label.split(" ")[1].split("\n")[0] for label in domain] == ranking["requirement_id"].tolist()
    assert [label.split(".")[0] for label in domain] == [str(rank) for rank in range(1, 24)]


def test_the_ranking_leaves_out_an_index_that_is_not_scored(ranking: pd.DataFrame, sketch: Any) -> None:
    ranking[["urgency", "urgency_low", "urgency_high"]] = float("nan")
    (dots,) = sketch(ranking_bars(ranking, "One comes first")).rows("point")
    assert {row["index"] for row in dots} == {"Value", "Complexity"}
    assert len(dots) == 2 * 23


def test_the_ranking_counts_what_has_no_rank(ranking: pd.DataFrame, sketch: Any) -> None:
    ranking.loc[20:, "rank"] = pd.NA
    seen = sketch(ranking_bars(ranking, "One comes first"))
    assert "3 requirements without a rank are not drawn." in " ".join(seen.spec["title"]["subtitle"])
    assert len(seen.rows("point")[0]) == 3 * 20


def test_long_titles_are_cut_on_the_axis_and_whole_in_the_tooltip(ranking: pd.DataFrame, sketch: Any) -> None:
    (dots,) = sketch(ranking_bars(ranking, "One comes first")).rows("point")
    long = [row for row in dots if row["row"].endswith("…")]
    assert long
    whole = set(ranking["requirement_id"] + " " + ranking["title"])
    assert {row["requirement"] for row in dots} == whole


def circles(*ids: str) -> pd.DataFrame:
    corners = [(0, 50.0, 40.0), (1, 60.0, 50.0), (2, 50.0, 60.0), (3, 50.0, 40.0)]
    rows = [(key, *corner) for key in ids for corner in corners]
    return pd.DataFrame(rows, columns=["requirement_id", "corner", "value", "complexity"])


def test_the_matrix_draws_ellipses_in_place_of_bars(scores: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(value_complexity_matrix(scores, ellipses=circles("REQ-01", "REQ-02", "NOT-HERE"), share=0.95))
    (outlines,) = seen.rows("line")
    assert {row["requirement_id"] for row in outlines} == {"REQ-01", "REQ-02"}
    bars = [rows for rows in seen.rows("rule") if "value_low" in rows[0]]
    assert all({row["requirement_id"] for row in rows} == set(scores["requirement_id"][2:]) for rows in bars)
    subtitle = " ".join(seen.spec["title"]["subtitle"])
    assert "holds about 95% of the means" in subtitle
    assert "Thin bars, where raters are too few" in subtitle


def test_the_matrix_with_ellipses_alone_speaks_of_no_bars(scores: pd.DataFrame, sketch: Any, compiled: Any) -> None:
    seen = sketch(value_complexity_matrix(scores, ellipses=circles(*scores["requirement_id"])))
    assert "bars" not in " ".join(seen.spec["title"]["subtitle"])
    assert compiled(seen.spec) == ""


def acceptabilities(scores: pd.DataFrame, left_out: float = 0.0) -> pd.DataFrame:
    """Each requirement is in its own place in nine of ten draws, and one further down in the others."""
    ids, last = scores["requirement_id"].tolist(), len(scores)
    rows = [
        (key, scores["title"][at], place, (0.9 - left_out) if place == at + 1 else 0.1 if place == at + 2 else 0.0)
        for at, key in enumerate(ids)
        for place in range(1, last + 1)
    ]
    rows += [(key, title, float("nan"), left_out) for key, title in zip(ids, scores["title"], strict=True) if left_out]
    return pd.DataFrame(rows, columns=["requirement_id", "title", "place", "share"])


def test_acceptability_prints_shares_and_adds_up_the_places_further_down(scores: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(rank_acceptability(acceptabilities(scores), finding="One is sure"))
    (cells,) = seen.rows("rect")
    drawn = {(row["requirement_id"], row["column"]): row["share"] for row in cells}
    assert drawn["REQ-01", "1"] == pytest.approx(0.9)
    assert drawn["REQ-09", "10 to 23"] == pytest.approx(0.1)
    # Requirements from the tenth on never reach a place that is drawn alone.
    assert {key for key, _column in drawn} == {f"REQ-{place:02d}" for place in range(1, 10)}
    assert "14 requirements that never reach the places drawn one by one are not drawn." in " ".join(
        seen.spec["title"]["subtitle"]
    )
    assert {"90", "10"} <= set(seen.texts())


def test_acceptability_of_ten_draws_the_tenth_too(sketch: Any) -> None:
    """Each is always at its place but for one draw in 250 of the first, which is no 100 per cent."""
    ids = [f"R{place}" for place in range(1, 11)]
    rows = [(key, key, float(place), 1.0) for place, key in enumerate(ids, start=1)]
    frame = pd.DataFrame(rows, columns=["requirement_id", "title", "place", "share"])
    frame.loc[0, "share"] = 0.996
    seen = sketch(rank_acceptability(frame, finding="All are sure"))
    (cells,) = seen.rows("rect")
    told = {row["requirement_id"]: row["told"] for row in cells if row["told"]}
    assert told == {key: "99" if key == "R1" else "100" for key in ids}


def test_acceptability_shows_what_is_left_out(scores: pd.DataFrame, sketch: Any, compiled: Any) -> None:
    seen = sketch(rank_acceptability(acceptabilities(scores.head(5), 0.004), finding="One is sure"))
    (cells,) = seen.rows("rect")
    assert [row["told"] for row in cells if row["column"] == "left out"] == [""] * 5
    assert "left out" in seen.texts()
    assert compiled(seen.spec) == ""
    assert "One is sure" in seen.spec["description"]
    assert len({row["row"] for row in cells}) == 5


def test_acceptability_of_nothing_is_refused(scores: pd.DataFrame) -> None:
    frame = acceptabilities(scores)
    with pytest.raises(ValueError, match="no rows"):
        rank_acceptability(frame.head(0), finding="x")
    with pytest.raises(ValueError, match="columns missing"):
        rank_acceptability(frame.drop(columns="share"), finding="x")


def test_nine_lenses_have_ids_alone_beside_them(scores: pd.DataFrame, sketch: Any) -> None:
    names = [
        "Value for complexity",
        "Urgency",
        "Quick wins",
        "Weighted sum",
        "WSJF",
        "RICE",
        "MoSCoW",
        "TOPSIS",
        "VIKOR",
    ]
    parts = [
        scores[["requirement_id", "title"]].assign(lens=name, lens_label=name, rank=range(1, 24)) for name in names
    ]
    seen = sketch(lens_comparison(pd.concat(parts, ignore_index=True)))
    texts = seen.texts()
    assert texts.count("REQ-01") == 2
    assert not any(text.startswith("REQ-01 ") for text in texts)
    assert seen.spec["layer"][0]["encoding"]["x"]["scale"]["range"][1] <= seen.spec["width"]


def test_lenses_are_drawn_in_their_order_and_at_their_ranks(lenses: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(lens_comparison(lenses))
    drawn = [row for rows in seen.rows("point") for row in rows]
    assert len(drawn) == 3 * 23
    ranks = lenses.set_index(["requirement_id", "lens_label"])["rank"]
    for row in drawn:
        rank = ranks[row["requirement_id"], row["lens_label"]]
        assert row["place"] == (24 if pd.isna(rank) else rank)
    domain = seen.spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert domain == ["By value", "By urgency", "By complexity"]


def test_at_most_seven_series_are_told_apart(lenses: pd.DataFrame, sketch: Any) -> None:
    others, named = sketch(lens_comparison(lenses)).rows("line")
    assert len({row["requirement_id"] for row in named}) == 5
    assert len({row["requirement_id"] for row in others}) == 18
    with pytest.raises(ValueError, match="at most 7"):
        lens_comparison(lenses, [f"REQ-{number:02d}" for number in range(1, 9)])


def test_the_series_that_move_most_are_chosen(sketch: Any) -> None:
    rows = [(f"R{number}", lens, number) for number in range(1, 11) for lens in ("one", "other")]
    ranks = pd.DataFrame(rows, columns=["requirement_id", "lens", "rank"]).assign(title="x")
    ranks["lens_label"] = ranks["lens"]
    last, first = (ranks["requirement_id"] == "R10"), (ranks["requirement_id"] == "R1")
    ranks.loc[first & (ranks["lens"] == "other"), "rank"] = 10
    ranks.loc[last & (ranks["lens"] == "other"), "rank"] = 1
    _others, named = sketch(lens_comparison(ranks)).rows("line")
    assert {row["requirement_id"] for row in named} == {"R1", "R10"}


def ranks_of(**orders: str) -> pd.DataFrame:
    """Lens → the requirements in its order; it leaves the others out."""
    every = sorted(set("".join(orders.values())))
    rows = [(key, lens, order.find(key) + 1) for lens, order in orders.items() for key in every]
    ranks = pd.DataFrame(rows, columns=["requirement_id", "lens", "rank"])
    ranks["rank"] = ranks["rank"].astype("Int64").where(ranks["rank"] > 0)
    return ranks.assign(title="x", lens_label=ranks["lens"])


def test_being_left_out_is_no_movement(sketch: Any) -> None:
    """C is third of three and left out once; A and B change places."""
    _others, named = sketch(lens_comparison(ranks_of(one="ABC", other="BA"))).rows("line")
    assert {row["requirement_id"] for row in named} == {"A", "B"}


def test_movement_is_a_share_of_those_that_a_lens_ranks(sketch: Any) -> None:
    """E stays last, of five and of three; A falls from the first place to the second of three."""
    _others, named = sketch(lens_comparison(ranks_of(one="ABCDE", other="BAE"))).rows("line")
    assert {row["requirement_id"] for row in named} == {"A", "B"}


def test_lenses_that_agree_are_said_to(sketch: Any) -> None:
    seen = sketch(lens_comparison(ranks_of(one="ABC", other="AC")))
    assert seen.spec["title"]["text"] == ["The lenses agree on the order of what they rank in common"]
    same = sketch(lens_comparison(ranks_of(one="ABC", other="ABC", third="")))
    assert same.spec["title"]["text"] == ["All lenses give the same order"]
    assert "thick" not in " ".join(seen.spec["title"]["subtitle"])
    assert [len(rows) for rows in seen.rows("line")] == [6, 0]
    differ = sketch(lens_comparison(ranks_of(one="ABC", other="BA")))
    assert differ.spec["title"]["text"] == ["The order depends on the lens"]
    alone = sketch(lens_comparison(ranks_of(one="ABC", other="")))
    assert alone.spec["title"]["text"] == ["Only one lens ranks any requirement"]


def test_ranks_of_nothing_are_refused(lenses: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no rows"):
        lens_comparison(lenses.assign(rank=pd.NA))


def test_the_lens_score_has_as_many_decimals_as_asked(ranking: pd.DataFrame, sketch: Any) -> None:
    ranking["lens_score"] = 1.234
    assert "1.23" in sketch(ranking_bars(ranking, "One comes first", decimals=2)).texts()


def test_the_asked_series_are_highlighted(lenses: pd.DataFrame, sketch: Any) -> None:
    _others, named = sketch(lens_comparison(lenses, ["REQ-01", "REQ-05"])).rows("line")
    assert {row["requirement_id"] for row in named} == {"REQ-01", "REQ-05"}


def test_what_a_lens_leaves_out_is_shown_and_counted(lenses: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(lens_comparison(lenses))
    left = [row for rows in seen.rows("point") for row in rows if row["rank"] is None]
    assert len(left) == 2
    assert "2 are left out by a lens." in " ".join(seen.spec["title"]["subtitle"])
    assert "left out" in seen.texts()


def test_without_anything_left_out_there_is_no_such_row(lenses: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(lens_comparison(lenses[lenses["lens"] != "by_complexity"]))
    assert "left out" not in seen.texts()


def test_one_lens_alone_is_drawn(lenses: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(lens_comparison(lenses[lenses["lens"] == "by_value"]))
    assert sum(len(rows) for rows in seen.rows("point")) == 23
    seen.texts()


def test_the_map_has_a_cell_for_every_pair(counts: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(objective_capability_map(counts))
    empty, orphans, served = seen.rows("rect")
    assert (len(empty), len(orphans), len(served)) == (9 - 4, 2, 2)
    assert sorted(row["requirements"] for row in orphans + served) == [1, 1, 2, 3]
    assert sum(row["requirements"] for row in empty) == 0


def test_the_map_prints_counts_and_names_orphans_last(counts: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(objective_capability_map(counts))
    encoding = seen.spec["layer"][0]["encoding"]
    assert encoding["y"]["scale"]["domain"][-1] == "serves no objective"
    assert encoding["x"]["scale"]["domain"][-1].split() == ["no", "capability", "named"]
    assert {"1", "2", "3", "–"} <= set(seen.texts())
    assert seen.spec["title"]["text"] == ["2 requirements serve no business objective"]


def test_the_map_without_orphans_says_so(counts: pd.DataFrame, sketch: Any) -> None:
    whole = counts[(counts["objective"] != "") & (counts["capability_label"] != "")]
    seen = sketch(objective_capability_map(whole))
    assert seen.spec["title"]["text"] == ["Every requirement serves a business objective"]
    assert seen.rows("rect")[1] == []


@pytest.fixture
def charts(scores: pd.DataFrame, ranking: pd.DataFrame, lenses: pd.DataFrame, counts: pd.DataFrame, sketch: Any) -> Any:
    drawn = [
        value_complexity_matrix(scores),
        ranking_bars(ranking, scores["title"][0]),
        lens_comparison(lenses, ["REQ-01", "REQ-02", "REQ-03", "REQ-04", "REQ-05", "REQ-06"]),
        objective_capability_map(counts),
    ]
    return [sketch(chart) for chart in drawn]


def test_every_chart_tells_what_it_shows_to_those_who_cannot_see_it(charts: Any) -> None:
    for seen in charts:
        assert " ".join(seen.spec["title"]["text"]) in seen.spec["description"]
        assert len(seen.spec["description"]) > 40


def test_every_chart_compiles_without_a_warning(charts: Any, compiled: Any) -> None:
    assert [compiled(seen.spec) for seen in charts] == [""] * 4


def test_hostile_titles_stay_text(charts: Any, scores: pd.DataFrame) -> None:
    for seen in charts:
        assert not seen.elements() & {"script", "image", "a", "foreignObject"}
    _matrix, ranks, bump, cells = ("".join(seen.texts()) for seen in charts)
    for title in scores["title"][:5]:
        assert "".join(title.split())[:12] in "".join(ranks.split())
        assert "".join(title.split())[:12] in "".join(bump.split())
    assert "<script>alert(1)</script>" in cells


def test_user_text_is_never_a_field_name_or_an_expression(charts: Any, scores: pd.DataFrame) -> None:
    hostile = scores["title"][:6].tolist()
    for seen in charts:
        for key, value in pairs(seen.spec):
            if key in ("expr", "labelExpr", "field", "test", "signal", "calculate", "filter"):
                assert not any(title in str(value) for title in hostile)


def pairs(node: Any) -> Any:
    """Every key and value of the specification outside its data."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key != "datasets":
                yield key, value
                yield from pairs(value)
    elif isinstance(node, list):
        for item in node:
            yield from pairs(item)


@pytest.mark.parametrize(
    ("draw", "name"),
    [
        (value_complexity_matrix, "scores"),
        (lambda frame: ranking_bars(frame, "x"), "ranking"),
        (lens_comparison, "lenses"),
        (objective_capability_map, "counts"),
    ],
)
def test_empty_frames_and_missing_columns_are_refused(draw: Any, name: str, request: Any) -> None:
    frame = request.getfixturevalue(name)
    with pytest.raises(ValueError, match="no rows"):
        draw(frame.head(0))
    with pytest.raises(ValueError, match="columns missing"):
        draw(frame.drop(columns=frame.columns[-1]))


def test_a_matrix_with_nothing_scored_is_refused(scores: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no rows"):
        value_complexity_matrix(scores.assign(value=float("nan")))
