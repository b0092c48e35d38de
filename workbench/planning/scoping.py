"""The scoping sheet: what each project is and needs, how complex it is for this firm, and what is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.errors import DataError, Location, Problem
from workbench.language import exact, listed, ngettext, percent, quoted
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.planning.boundaries import Boundaries, boundaries
from workbench.planning.own_means import MAX_UPLIFT, adjusted_complexity, lacking_shares
from workbench.results import Result

SCOPE_FIELDS = {
    "requirement_ids": N_("requirements"),
    "technologies": N_("technologies"),
    "skills": N_("skills"),
    "internal_staff": N_("internal staff"),
    "consultants": N_("consultants"),
    "duration_months": N_("time to the first version"),
    "effort_days": N_("effort"),
    "cost": N_("cost"),
    "in_scope": N_("what is inside its boundary"),
    "out_of_scope": N_("what is outside its boundary"),
    "organisational_limits": N_("organisational limits"),
    "political_risk": N_("political risk"),
    "political_issues": N_("political issues"),
}
"""What must be known of a project before its scope is complete; translate it where it is shown."""
RISKS = {"low": N_("low"), "medium": N_("medium"), "high": N_("high")}
"""What each political risk is called."""


@dataclass(frozen=True, eq=False)
class Scopes(Result):
    """What each project is, and what is still missing for its scope.

    Attributes
    ----------
    table : DataFrame
        A row per project in the table's order: project_id, title; requirement_ids, technologies, skills (tuples);
        internal_staff, consultants (people), duration_months, effort_days, cost, political_risk, in_scope,
        out_of_scope, organisational_limits, political_issues as entered; complexity (mean index of its scored
        requirements, 0 to 100), most_complex (the highest of them), unscored (requirements without complexity), lacking
        (share of the means that the firm does not have), adjusted_complexity (NaN where complexity or lacking is),
        new_technologies, new_skills (tuples), missing (tuple of keys of `SCOPE_FIELDS`) and complete (share of what is
        asked that is there).
    boundaries : Boundaries
        Where the projects' boundaries touch.
    max_uplift : float
        How far towards 100 complexity goes when the firm has nothing of what is needed.
    """

    table: pd.DataFrame
    boundaries: Boundaries
    max_uplift: float

    def to_frame(self) -> pd.DataFrame:
        """The projects, as in `table`."""
        return self.table.copy()

    @property
    def incomplete(self) -> dict[str, tuple[str, ...]]:
        """Project → what is missing, in words."""
        lacking = self.table[self.table["missing"].map(len) > 0]
        return {
            key: tuple(_(SCOPE_FIELDS[name]) for name in names)
            for key, names in zip(lacking["project_id"], lacking["missing"], strict=True)
        }

    @property
    def complete_share(self) -> float:
        """Share of all that is asked of all projects that is there; NaN without projects."""
        return float(self.table["complete"].mean())

    @property
    def hardest(self) -> pd.DataFrame:
        """The projects with an adjusted complexity, the most complex first."""
        known = self.table[self.table["adjusted_complexity"].notna()]
        return known.sort_values(["adjusted_complexity", "project_id"], ascending=[False, True], ignore_index=True)

    @property
    def conclusion(self) -> str:
        """How many scopes are complete, and which project is the most complex for this firm."""
        if self.table.empty:
            return _("There are no projects yet: group the requirements into projects.")
        return " ".join(filter(None, (self._completeness(), self._complexity(), self._left_alone())))

    def _completeness(self) -> str:
        done, total = len(self.table) - len(self.incomplete), len(self.table)
        told = ngettext(
            "The scope of {done} of {count} project is complete.",
            "The scope of {done} of {count} projects is complete.",
            total,
        ).format(done=done, count=total)
        if not self.incomplete:
            return told
        return f"{told} {_('Something is missing in {ids}.').format(ids=listed(list(self.incomplete)))}"

    def _complexity(self) -> str:
        if self.hardest.empty:
            return ""
        first = self.hardest.iloc[0]
        told = _(
            "The most complex for this firm is {title} ({id}): {complexity} of 100 as scored, {adjusted} with the "
            "technologies and skills that the firm lacks."
        )
        return told.format(
            title=quoted(first["title"]),
            id=first["project_id"],
            adjusted=exact(first["adjusted_complexity"], 1),
            complexity=exact(first["complexity"], 1),
        )

    def _left_alone(self) -> str:
        count = len(self.boundaries.unassigned)
        told = ngettext("{count} requirement is in no project.", "{count} requirements are in no project.", count)
        return told.format(count=count) if count else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """How complexity is adjusted, and what could not be."""
        told = [
            _("Complexity goes up to {share} of the way to 100, by the share of means that the firm lacks.").format(
                share=percent(self.max_uplift)
            )
        ]
        unknown = self.table.loc[self.table["adjusted_complexity"].isna(), "project_id"].tolist()
        if unknown:
            why = _("Not adjusted, because complexity or the means are not known: {ids}.")
            told.append(why.format(ids=listed(unknown)))
        unscored = [key for keys in self.table["unscored"] for key in keys]
        if unscored:
            left = _("Requirements without complexity, left out of their project's mean: {ids}.")
            told.append(left.format(ids=listed(list(dict.fromkeys(unscored)))))
        return tuple(told)


def scopes(
    projects: pd.DataFrame,
    requirements: pd.DataFrame,
    complexity: pd.Series,
    own_technologies: Sequence[str] = (),
    own_skills: Sequence[str] = (),
    max_uplift: float = MAX_UPLIFT,
) -> Scopes:
    """Put together the scoping sheet of every project.

    Parameters
    ----------
    projects, requirements : DataFrame
        The planning tables of these names.
    complexity : Series of float
        Complexity index (0 to 100) by requirement id; NaN where not scored.
    own_technologies, own_skills : sequence of str
        What the firm has; empty where that is not known.
    max_uplift : float
        Share of the way to 100 that complexity goes when the firm has nothing of what is needed.

    Raises
    ------
    DataError
        When a project stands there twice, or names a requirement that does not exist.
    SettingsError
        When ``max_uplift`` is no share.
    """
    _check(projects, requirements)
    table = projects.reset_index(drop=True).assign(**_of_requirements(projects["requirement_ids"], complexity))
    table = table.merge(lacking_shares(projects, own_technologies, own_skills), on="project_id")
    table["adjusted_complexity"] = [
        adjusted_complexity(index, lacking, max_uplift)
        for index, lacking in zip(table["complexity"], table["lacking"], strict=True)
    ]
    table["adjusted_complexity"] = table["adjusted_complexity"].astype(float)
    table["missing"] = pd.Series([_missing(row) for row in table.to_dict("records")], dtype=object)
    table["complete"] = [_complete(row) for row in table.to_dict("records")]
    table["complete"] = table["complete"].astype(float)
    return Scopes(table[_COLUMNS], boundaries(projects, requirements), max_uplift)


_COLUMNS = [
    "project_id",
    "title",
    *SCOPE_FIELDS,
    "complexity",
    "most_complex",
    "unscored",
    "lacking",
    "adjusted_complexity",
    "new_technologies",
    "new_skills",
    "missing",
    "complete",
]


def _of_requirements(delivered: pd.Series, complexity: pd.Series) -> dict[str, list[Any]]:
    indices = [complexity.reindex(list(ids)).astype(float) for ids in delivered]
    return {
        "complexity": [float(found.mean()) for found in indices],
        "most_complex": [float(found.max()) for found in indices],
        "unscored": [tuple(map(str, found.index[found.isna()])) for found in indices],
    }


def _asked(row: dict[Any, Any]) -> list[str]:
    # Where nobody is expected to resist, there is nothing to write down.
    return [name for name in SCOPE_FIELDS if name != "political_issues" or row["political_risk"] != "low"]


def _missing(row: dict[Any, Any]) -> tuple[str, ...]:
    return tuple(name for name in _asked(row) if _is_empty(row[name]))


def _complete(row: dict[Any, Any]) -> float:
    asked = _asked(row)
    return 1 - len(row["missing"]) / len(asked)


def _is_empty(cell: Any) -> bool:
    if isinstance(cell, str):
        return not cell.strip()
    return not cell if isinstance(cell, list | tuple) else bool(pd.isna(cell))


def _check(projects: pd.DataFrame, requirements: pd.DataFrame) -> None:
    known = set(requirements["requirement_id"])
    doubled = projects.loc[projects["project_id"].duplicated(), "project_id"].unique()
    problems = [
        Problem(
            _("The id {id} stands there more than once.").format(id=key),
            _("each id once"),
            _("Remove or rename the second one."),
            Location(file="projects", column="project_id"),
        )
        for key in doubled
    ]
    problems += [
        Problem(
            _("{project} delivers {requirement}, which is no requirement.").format(project=project, requirement=key),
            _("an id of the table {table}").format(table="requirements"),
            _("Correct the id."),
            Location(file="projects", column="requirement_ids"),
        )
        for project, ids in zip(projects["project_id"], projects["requirement_ids"], strict=True)
        for key in ids
        if key not in known
    ]
    if problems:
        raise DataError(problems)
