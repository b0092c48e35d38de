"""Complexity adjusted to the firm: worked by hand, bounded and never falling."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import SettingsError
from workbench.planning.own_means import adjusted_complexity, lacking_shares, not_owned

index, share = st.floats(0, 100), st.floats(0, 1)


@pytest.mark.parametrize(
    ("complexity", "lacking", "max_uplift", "expected"),
    [(40, 0, 0.5, 40), (40, 1, 0.5, 70), (40, 1, 1, 100), (40, 0.5, 0.5, 55), (100, 1, 0.5, 100), (0, 0.25, 0.4, 10)],
)
def test_by_hand(complexity: float, lacking: float, max_uplift: float, expected: float) -> None:
    assert adjusted_complexity(complexity, lacking, max_uplift) == pytest.approx(expected)


@given(index, index, share, share, share)
def test_it_stays_on_the_scale_and_never_falls(one: float, other: float, less: float, more: float, top: float) -> None:
    low, high = sorted((one, other))
    less, more = sorted((less, more))
    figures = [
        adjusted_complexity(low, less, top),
        adjusted_complexity(high, less, top),
        adjusted_complexity(high, more, top),
    ]
    assert low - 1e-9 <= figures[0] <= figures[1] + 1e-9
    assert figures[1] <= figures[2] + 1e-9 <= 100 + 2e-9


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan])
def test_an_uplift_that_is_no_share_is_refused(wrong: float) -> None:
    with pytest.raises(SettingsError, match="max_uplift"):
        adjusted_complexity(40, 0.5, wrong)


def test_what_is_not_known_stays_unknown() -> None:
    assert math.isnan(adjusted_complexity(math.nan, 0.5))
    assert math.isnan(adjusted_complexity(40, math.nan))


def test_writing_makes_no_difference() -> None:
    assert not_owned(["CRM  Suite", "Área de clientes"], ["crm suite", " ÁREA DE CLIENTES "]) == ()
    assert not_owned(["Chat", "chat"], ["Web"]) == ("Chat", "chat")


def shares(technologies: tuple[str, ...], skills: tuple[str, ...], own: tuple[list[str], list[str]]) -> float:
    projects = pd.DataFrame({"project_id": ["P"], "technologies": [technologies], "skills": [skills]})
    return float(lacking_shares(projects, *own)["lacking"].item())


def test_technologies_and_skills_count_alike() -> None:
    """One of four technologies and all of the one skill are new: (1/4 + 1) / 2."""
    assert shares(("a", "b", "c", "d"), ("s",), (["a", "b", "c"], ["t"])) == pytest.approx(0.625)


def test_what_the_settings_or_the_project_do_not_say_is_left_out() -> None:
    assert shares(("a", "b"), ("s",), (["a"], [])) == pytest.approx(0.5)
    assert shares(("a", "b"), (), (["a"], ["t"])) == pytest.approx(0.5)
    assert math.isnan(shares(("a",), ("s",), ([], [])))
    assert math.isnan(shares((), (), (["a"], ["t"])))
