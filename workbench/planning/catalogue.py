"""What the requirements reach and serve: departmental or enterprise-wide, objectives and capabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.language import gettext as _
from workbench.language import listed, ngettext, quoted
from workbench.language import mark as N_
from workbench.program.tables import CAPABILITIES
from workbench.results import Result

CAPABILITY_LABELS = {
    "campaign_management": N_("Campaign management"),
    "customer_care": N_("Customer care"),
    "sales_force_automation": N_("Sales force automation"),
    "analytics": N_("Analytics"),
    "partner_management": N_("Partner and distributor management"),
    "data_integration": N_("Data integration"),
}
"""What each capability is called; translate it where it is shown."""

REACH_LABELS = {"departmental": N_("Departmental"), "enterprise_wide": N_("Enterprise-wide")}
"""What each reach is called; translate it where it is shown."""


@dataclass(frozen=True, eq=False)
class ObjectiveMap(Result):
    """Which objective each requirement serves with which capability, and what is left alone.

    Attributes
    ----------
    mapping : DataFrame
        requirement_id, title, objective (in its declared spelling) and capability (its code), in the requirements'
        order; empty text where the requirement names none.
    counts : DataFrame
        Requirements by objective (rows: the declared ones, then the others; an empty text for none) and capability
        (columns: all codes; an empty text for none, when there is such a requirement). Sums to all requirements.
    without_objective, without_capability : tuple of str
        Requirements that name none.
    unserved : tuple of str
        Declared objectives that no requirement serves.
    undeclared : tuple of str
        Objectives that requirements name and nobody declared; none when no objective is declared at all.
    """

    mapping: pd.DataFrame
    counts: pd.DataFrame
    without_objective: tuple[str, ...]
    without_capability: tuple[str, ...]
    unserved: tuple[str, ...]
    undeclared: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """The mapping with its capabilities in words, ``none`` where there is none."""
        told = self.mapping.copy()
        told["objective"] = [name or _("none") for name in told["objective"]]
        told["capability"] = [capability_label(code) for code in told["capability"]]
        return told

    def pairs(self) -> pd.DataFrame:
        """Each pair that occurs: objective, capability_label (both empty where none), requirements, requirement_ids."""
        told = self.mapping.assign(
            capability_label=[
                _(CAPABILITY_LABELS.get(code, code)) if code else "" for code in self.mapping["capability"]
            ]
        )
        by_pair = told.groupby(["objective", "capability_label"], sort=False)["requirement_id"]
        return by_pair.agg(requirements="count", requirement_ids=", ".join).reset_index()

    def cross_table(self) -> pd.DataFrame:
        """The counts with headings in words, ``none`` where there is none."""
        told = self.counts.rename(index={"": _("none")}, columns=capability_label)
        return told.rename_axis(index=_("Objective"), columns=_("Capability"))

    @property
    def conclusion(self) -> str:
        """How many requirements serve an objective, and what is left alone."""
        total = len(self.mapping)
        serving = total - len(self.without_objective)
        told = [
            ngettext(
                "{serving} of {count} requirement serves a business objective.",
                "{serving} of {count} requirements serve a business objective.",
                total,
            ).format(serving=serving, count=total)
        ]
        if self.without_objective:
            told.append(_("Without an objective: {ids}.").format(ids=listed(list(self.without_objective))))
        if self.without_capability:
            told.append(_("Without a capability: {ids}.").format(ids=listed(list(self.without_capability))))
        if self.unserved:
            told.append(
                _("Objectives that no requirement serves: {names}.").format(
                    names=listed([quoted(name) for name in self.unserved])
                )
            )
        if self.undeclared:
            told.append(
                _("Objectives that are not declared: {names}.").format(
                    names=listed([quoted(name) for name in self.undeclared])
                )
            )
        return " ".join(told)


def capability_label(code: str) -> str:
    """What a capability is called, in the language in use; ``none`` for an empty code."""
    return _(CAPABILITY_LABELS.get(code, code)) if code else _("none")


def reach(requirements: pd.DataFrame, own_systems: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Work out whether each requirement is departmental or enterprise-wide, and why.

    A requirement is enterprise-wide when it names other departments or touches a system that is not its department's
    own. Where the department's systems are not declared, touching more than one system counts instead. Upper and lower
    case and outer spaces make no difference to a name.

    Parameters
    ----------
    requirements : DataFrame
        The table of requirements.
    own_systems : mapping of str to sequence of str
        Department → its own systems. A department with an empty sequence is declared to have none.

    Returns
    -------
    DataFrame
        requirement_id, reach (``departmental`` or ``enterprise_wide``) and reason (in the language in use).

    Examples
    --------
    >>> requirements = pd.DataFrame({
    ...     "requirement_id": ["R1"], "department": ["Care"],
    ...     "other_departments": [()], "systems_touched": [("billing",)]})
    >>> reach(requirements, {"Care": ["Tickets"], "Finance": ["Billing"]})["reach"].item()
    'enterprise_wide'
    """
    owned = {_plain(department): tuple(systems) for department, systems in own_systems.items()}
    owners = {_plain(system): department for department, systems in own_systems.items() for system in systems}
    columns = ["requirement_id", "department", "other_departments", "systems_touched"]
    rows = [_reach_of(row, owned, owners) for row in requirements[columns].itertuples(index=False)]
    return pd.DataFrame(rows, columns=["requirement_id", "reach", "reason"])


def objectives_map(requirements: pd.DataFrame, objectives: Sequence[str]) -> ObjectiveMap:
    """Map requirement → objective → capability, and show what is left alone.

    Parameters
    ----------
    requirements : DataFrame
        The table of requirements.
    objectives : sequence of str
        The business objectives that the program declares; may be empty. Upper and lower case and outer spaces make no
        difference.

    Returns
    -------
    ObjectiveMap
        The mapping, its counts and its orphans.
    """
    mapping = requirements[["requirement_id", "title"]].reset_index(drop=True)
    used = [name.strip() for name in requirements["business_objective"]]
    spelling = _spelling([*objectives, *used])
    mapping["objective"] = [spelling[_plain(name)] for name in used]
    mapping["capability"] = [code.strip() for code in requirements["capability"]]
    declared = list(dict.fromkeys(spelling[_plain(name)] for name in objectives if name.strip()))
    served = set(mapping["objective"])
    return ObjectiveMap(
        mapping=mapping,
        counts=_counts(mapping, declared),
        without_objective=_ids(mapping, "objective"),
        without_capability=_ids(mapping, "capability"),
        unserved=tuple(name for name in declared if name not in served),
        undeclared=tuple(sorted(served - set(declared) - {""})) if declared else (),
    )


def _plain(name: str) -> str:
    return name.strip().casefold()


def _spelling(names: list[str]) -> dict[str, str]:
    """The first spelling of each name, by its plain form; the empty name is spelt empty."""
    first = {"": ""}
    for name in names:
        first.setdefault(_plain(name), name.strip())
    return first


def _distinct(names: Sequence[str]) -> list[str]:
    return [name for plain, name in _spelling(list(names)).items() if plain]


def _reach_of(row: Any, owned: dict[str, tuple[str, ...]], owners: dict[str, str]) -> tuple[str, str, str]:
    department = _plain(row.department)
    others = [name for name in _distinct(row.other_departments) if _plain(name) != department]
    systems = _distinct(row.systems_touched)
    declared = department in owned
    reasons = [_("Other departments take part: {names}.").format(names=listed(others))] if others else []
    if declared:
        own = {_plain(system) for system in owned[department]}
        foreign = [system for system in systems if _plain(system) not in own]
        reasons += _reason_of_foreign(foreign, owners)
    elif len(systems) > 1:
        reasons.append(_several_systems(row.department, systems))
    if reasons:
        return row.requirement_id, "enterprise_wide", " ".join(reasons)
    return row.requirement_id, "departmental", _reason_of_departmental(row.department, systems, declared)


def _reason_of_foreign(systems: list[str], owners: dict[str, str]) -> list[str]:
    if not systems:
        return []
    named = [f"{system} ({owners[_plain(system)]})" if _plain(system) in owners else system for system in systems]
    return [_("It needs systems that are not the department's own: {names}.").format(names=listed(named))]


def _several_systems(department: str, systems: list[str]) -> str:
    return _("It touches more than one system: {names}. Which of them are {department}'s own is not declared.").format(
        names=listed(systems), department=department
    )


def _reason_of_departmental(department: str, systems: list[str], declared: bool) -> str:
    if not systems:
        return _("It names no other department and touches no system.")
    if declared:
        return _(
            "It names no other department, and the systems that it touches are the department's own: {names}."
        ).format(names=listed(systems))
    return _(
        "It names no other department and touches one system, {names}. "
        "Whether that is {department}'s own is not declared."
    ).format(names=listed(systems), department=department)


def _counts(mapping: pd.DataFrame, declared: list[str]) -> pd.DataFrame:
    rows = dict.fromkeys([*declared, *sorted(set(mapping["objective"]) - {""})])
    columns = dict.fromkeys([*CAPABILITIES, *sorted(set(mapping["capability"]) - {""})])
    rows |= {"": None} if (mapping["objective"] == "").any() else {}
    columns |= {"": None} if (mapping["capability"] == "").any() else {}
    counted = pd.crosstab(mapping["objective"], mapping["capability"])
    return counted.reindex(index=list(rows), columns=list(columns), fill_value=0).astype(int)


def _ids(mapping: pd.DataFrame, lacking: str) -> tuple[str, ...]:
    return tuple(mapping.loc[mapping[lacking] == "", "requirement_id"])
