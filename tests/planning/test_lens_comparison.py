"""All lenses side by side: whether they agree, rank correlation against other formulas, and what moves most."""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest

from workbench.planning.lens_comparison import AGREEMENT, compare_lenses, described
from workbench.planning.lenses import LENSES, prepare
from workbench.planning.scoring import RequirementScores


def scored(**indices: tuple[float, float, float]) -> RequirementScores:
    """Requirements by id with value, urgency and complexity, on which all raters agree."""
    table = pd.DataFrame.from_dict(indices, orient="index", columns=["value", "urgency", "complexity"], dtype=float)
    table = table.rename_axis("requirement_id")
    table.insert(0, "title", [f"Title of {key}" for key in table.index])
    table.insert(1, "department", "Care")
    for axis in ("value", "urgency", "complexity"):
        table[f"{axis}_low"] = table[f"{axis}_high"] = table[axis]
    return RequirementScores(table, pd.DataFrame(), 0, 0, 0, ())


CARE = scored(
    SELF_SERVICE=(85, 95, 50),
    CHAT=(70, 85, 58),
    OUTBOUND=(65, 75, 45),
    WORKFORCE=(75, 60, 20),
    PROFILES=(90, 45, 85),
    SCRIPTS=(60, 30, 15),
)


def agreement_of(scores: RequirementScores, ceiling: float = 60.0) -> str:
    return compare_lenses(prepare(scores), ceiling).agreement


def test_whether_the_lenses_agree() -> None:
    same = scored(A=(90, 90, 10), B=(50, 50, 50), C=(40, 40, 90))
    assert agreement_of(same) == "in_common"  # quick wins leave C out
    assert agreement_of(same, 90) == "same"
    assert agreement_of(CARE) == "different"
    only_urgency = scored(A=(math.nan, 1, math.nan), B=(math.nan, 2, math.nan))
    assert agreement_of(only_urgency) == "one"
    nothing = scored(A=(math.nan, math.nan, math.nan))
    assert agreement_of(nothing) == "none"


def test_lenses_side_by_side() -> None:
    table = compare_lenses(prepare(CARE)).ranks
    assert list(table.index) == list(CARE.table.index)
    assert list(table.columns) == ["title", "department", *LENSES]
    assert table["urgency"].tolist() == [1, 2, 3, 4, 5, 6]
    assert table["quick_wins"].isna().tolist() == [False, False, False, False, True, False]
    assert table["quick_wins"].dropna().tolist() == [3, 5, 4, 1, 2]


def tau_b(one: list[float], other: list[float]) -> float:
    """Kendall (1945): concordant less discordant pairs, over the pairs not tied on each side."""
    pairs = list(itertools.combinations(range(len(one)), 2))
    signs = [[(x[i] > x[j]) - (x[i] < x[j]) for i, j in pairs] for x in (one, other)]
    untied = [sum(sign != 0 for sign in side) for side in signs]
    return sum(a * b for a, b in zip(*signs, strict=True)) / math.sqrt(untied[0] * untied[1])


def test_rank_correlation_by_hand() -> None:
    """Urgency against value for complexity over five requirements, two of them level in urgency."""
    scores = scored(A=(90, 90, 50), B=(50, 70, 20), C=(40, 70, 80), D=(60, 10, 30), E=(20, 30, 90))
    found = compare_lenses(prepare(scores))
    urgency, ratio = [90, 70, 70, 10, 30], [90 / 50, 50 / 20, 40 / 80, 60 / 30, 20 / 90]
    assert found.kendall.loc["urgency", "value_to_complexity"] == pytest.approx(tau_b(urgency, ratio))
    ranks = [pd.Series(side).rank() for side in (urgency, ratio)]
    assert found.spearman.loc["urgency", "value_to_complexity"] == pytest.approx(ranks[0].corr(ranks[1]))
    assert found.in_common.loc["urgency", "value_to_complexity"] == 5
    assert found.in_common.loc["urgency", "quick_wins"] == 3
    assert found.kendall.loc["urgency", "urgency"] == 1
    pairs = found.pairs()
    assert pairs["kendall"].is_monotonic_decreasing
    assert not pairs["kendall"].isna().any()


def test_opposite_orders_have_a_correlation_of_minus_one() -> None:
    found = compare_lenses(prepare(scored(A=(90, 10, 10), B=(50, 50, 50), C=(20, 90, 58))))
    assert found.kendall.loc["urgency", "quick_wins"] == -1
    assert "those of “" in found.conclusion
    assert "least (-1.00)" in found.conclusion


def test_nothing_is_correlated_over_two_or_where_all_are_level() -> None:
    two = compare_lenses(prepare(scored(A=(90, 10, 10), B=(50, 50, 50))))
    assert math.isnan(two.kendall.loc["urgency", "quick_wins"])
    level = compare_lenses(prepare(scored(A=(90, 50, 10), B=(60, 50, 50), C=(20, 50, 58))))
    assert math.isnan(level.spearman.loc["urgency", "quick_wins"])
    assert math.isnan(level.kendall.loc["urgency", "urgency"])


def test_who_moves_most() -> None:
    """A is first in all but urgency, where it is last of three: the whole way."""
    found = compare_lenses(prepare(scored(A=(90, 10, 10), B=(50, 50, 50), C=(20, 90, 58))))
    first = found.movers.iloc[0]
    assert (first["requirement_id"], first["best_rank"], first["worst_rank"], first["worst_lens"]) == (
        "A", 1, 3, "urgency",
    )  # fmt: skip
    assert first["moved"] == 1
    assert found.movers["moved"].is_monotonic_decreasing
    assert found.conclusion.endswith("A moves most: place 1 under “Value for complexity”, 3 under “Urgency”.")


def test_a_lens_that_ranks_nothing_is_silent_with_its_reason() -> None:
    found = compare_lenses(prepare(CARE))
    assert found.silent == {
        "rice": "There is no figure for its reach, impact, confidence, and effort.",
        "moscow": "Nobody has voted on its class.",
    }
    assert found.speaking == tuple(name for name in LENSES if name not in ("rice", "moscow"))
    nothing = compare_lenses(prepare(scored(A=(math.nan, math.nan, math.nan))))
    assert nothing.conclusion == AGREEMENT["none"]
    assert set(nothing.silent) == set(LENSES)


def test_each_lens_is_described() -> None:
    found = described()
    assert len(found) == len(LENSES)
    assert (found[["label", "assumes", "not_for"]] != "").all(axis=None)
