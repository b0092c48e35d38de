"""A program under scenarios, on the sample."""

from __future__ import annotations

import pytest

from workbench.planning import scoring
from workbench.planning.release_plan.problem import project_values
from workbench.planning.release_plan.scenario import Scenario
from workbench.planning.release_plan.solve import plan_releases
from workbench.planning.release_plan.what_if import TABLES, WhatIf
from workbench.program import blank
from workbench.program.store import Program


@pytest.fixture(scope="module")
def sample() -> WhatIf:
    tables = Program.open(blank.sample("en")).tables(*TABLES)
    return WhatIf(**dict(zip(TABLES, tables, strict=True)), minimum_shares={}, discount=0.1)


def test_other_weights_give_other_values(sample: WhatIf) -> None:
    """As when the criteria table itself had held them."""
    weights = dict.fromkeys(sample.weighed["criterion_id"], 0.0) | {"CRI-04": 2.0}
    criteria = sample.criteria.assign(
        weight=[
            weights.get(name, own)
            for name, own in zip(sample.criteria["criterion_id"], sample.criteria["weight"], strict=True)
        ]
    )
    scores = scoring.score_requirements(sample.requirements, criteria, sample.raters, sample.scores)
    expected = project_values(sample.projects, scores.table)
    assert sample.under(Scenario(weights=weights)).value.tolist() == pytest.approx(expected.tolist())
    assert sample.as_it_stands.value.tolist() != pytest.approx(expected.tolist())


def test_less_money_never_brings_more(sample: WhatIf) -> None:
    worth = [plan_releases(sample.under(Scenario({"money": share}))).objective for share in (0.4, 0.7, 1.0, 1.5)]
    assert worth == sorted(worth)
    assert worth[0] < worth[-1]
