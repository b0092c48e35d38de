"""What all would keep, as everybody may see it once it is shown: classes against must's share, and points."""

from __future__ import annotations

import ipywidgets
import pandas as pd

from workbench import language
from workbench.language import gettext as _
from workbench.planning.moscow import CLASS_LABELS, Moscow
from workbench.planning.points import SharedPoints
from workbench.planning.preferences import Preferred, preferred
from workbench.reporting import parts
from workbench.widgets.pieces import html

NAMED = 8


def findings(requirements: pd.DataFrame, preferences: pd.DataFrame, raters: pd.DataFrame) -> list[ipywidgets.Widget]:
    """The classes with their warning, and the points."""
    found = preferred(requirements, preferences, raters)
    if not found.has_any:
        return [html(parts.notice(_("Nobody has said yet what to keep.")))]
    return [html(part) for part in (*_classes(found), *_points(found, requirements))]


def _classes(found: Preferred) -> list[parts.Part]:
    if found.moscow is None:
        return [parts.notice(found.conclusion)]
    told = parts.reading(found.conclusion)
    return [told if found.moscow.is_within else parts.warnings([found.conclusion]), _class_table(found.moscow)]


def _class_table(held: Moscow) -> parts.Part:
    table = held.table.assign(label=[_(CLASS_LABELS[key]) for key in held.table["class"]])
    labels = {"label": _("Class"), "requirements": _("Requirements"), "share": _("Share of the planned effort")}
    return parts.table(
        table[list(labels)],
        labels=labels,
        formats={"requirements": language.exact, "share": language.percent},
        caption=_("The classes that the raters give together"),
        collapsed=False,
    )


def _points(found: Preferred, requirements: pd.DataFrame) -> list[parts.Part]:
    told = parts.reading(found.points_told)
    return [told, _point_table(found.points, requirements)] if found.points else [told]


def _point_table(shared: SharedPoints, requirements: pd.DataFrame) -> parts.Part:
    table = shared.table.merge(requirements[["requirement_id", "title"]], on="requirement_id")
    labels = {"requirement_id": _("Id"), "title": _("Requirement"), "total": _("Points"), "givers": _("Raters")}
    return parts.table(
        table.loc[table["total"] > 0, list(labels)].head(NAMED),
        labels=labels,
        formats={"total": lambda points: language.number(points, 6), "givers": language.exact},
        caption=_("Most points; raters: how many gave any"),
        collapsed=False,
    )
