"""What the shown scores say, as the facilitator projects it: where people differ, and value against complexity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets
import pandas as pd

from workbench import language
from workbench.language import gettext as _
from workbench.planning import agreement, discussion, scoring
from workbench.planning.lenses import LENSES
from workbench.planning.matrix import FIELDS, matrix
from workbench.program.committee import Committee
from workbench.reporting import parts
from workbench.widgets.pieces import heading, html

LENS = LENSES["value_to_complexity"]
RESAMPLES = 200
NAMED = 8


def findings(committee: Committee, scores: pd.DataFrame) -> list[ipywidgets.Widget]:
    """The disagreements and the matrix, from scores that everybody may see."""
    requirements, criteria, raters = committee.requirements(), committee.criteria(), committee.raters()
    indices = scoring.score_requirements(requirements, criteria, raters, scores)
    own = discussion.rater_indices(criteria, raters, scores)
    places = discussion.influence(indices.table, own, LENS.key)
    found = agreement.agreement(scores, criteria, places=places, resamples=RESAMPLES)
    return [
        html(heading(_("Where do people differ?"))),
        html(parts.reading(found.conclusion)),
        html(_to_discuss(found.discuss_first, requirements)),
        html(heading(_("Where does value lie against complexity?"))),
        *_matrix(indices),
    ]


def _to_discuss(rows: pd.DataFrame, requirements: pd.DataFrame) -> parts.Part:
    if rows.empty:
        return parts.notice(_("Nobody differs from anybody on what is shown."))
    titled = rows.merge(requirements[["requirement_id", "title"]], on="requirement_id")
    labels = {"requirement_id": _("Id"), "title": _("Requirement"), "disagreement": _("Disagreement")}
    labels["reason"] = _("Why")
    return parts.table(
        titled[list(labels)].head(NAMED),
        labels=labels,
        formats={"disagreement": lambda share: language.percent(share, 2)},
        caption=_("To discuss first; 100% is the widest that raters can be apart"),
        collapsed=False,
    )


def _matrix(indices: scoring.RequirementScores) -> list[ipywidgets.Widget]:
    placed = matrix(indices)
    if placed.table.empty:
        return [html(parts.notice(placed.conclusion))]
    from workbench.charts import planning as charts

    named = placed.table["field"].map(lambda name: _(FIELDS[name].label))
    table = placed.table.assign(field_label=named)
    bounds = indices.table[list(scoring.BOUNDS)]
    chart = charts.value_complexity_matrix(
        table.merge(bounds, left_on="requirement_id", right_index=True), threshold=placed.threshold
    )
    return [_drawn(chart.to_dict()), html(parts.reading(placed.conclusion))]


def _drawn(spec: Mapping[str, Any]) -> ipywidgets.Output:
    """The chart as any notebook shows it: live where the page can, a picture elsewhere."""
    from workbench.charts import theme

    shown = {"output_type": "display_data", "data": theme.bundle(dict(spec)), "metadata": {}}
    return ipywidgets.Output(outputs=(shown,))
