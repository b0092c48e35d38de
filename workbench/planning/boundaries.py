"""Where the boundaries of projects touch: requirements in none or in two, things in scope twice, systems in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from workbench.language import either, listed, quoted
from workbench.language import gettext as _

Pair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Boundaries:
    """How the projects' boundaries touch. Projects of which only one is done (alternatives) may share anything.

    Attributes
    ----------
    unassigned : tuple of str
        Requirements that no project delivers.
    twice : mapping of str to tuple of str
        Requirement → projects that would deliver it, where at least two of them can both be done.
    alternatives : mapping of str to tuple of str
        Requirement → projects that would deliver it, where only one of them can be done.
    overlaps : mapping of str to tuple of str
        Thing that is in the scope of several projects that can both be done → those projects.
    contradictions : mapping of str to tuple of str
        Thing that is both inside and outside the scope of a project → the projects of which that is so.
    shared_systems : mapping of str to tuple of str
        System → projects whose requirements touch it, where there are several, the most first.
    """

    unassigned: tuple[str, ...]
    twice: Mapping[str, tuple[str, ...]]
    alternatives: Mapping[str, tuple[str, ...]]
    overlaps: Mapping[str, tuple[str, ...]]
    contradictions: Mapping[str, tuple[str, ...]]
    shared_systems: Mapping[str, tuple[str, ...]]

    @property
    def touching(self) -> tuple[str, ...]:
        """What has to be settled between projects, a sentence for each; alternatives and systems are no fault."""
        told = {
            "overlaps": _("{thing} is in the scope of {projects}."),
            "contradictions": _("{thing} is both inside and outside the scope of {projects}."),
            "twice": _("{thing} is in {projects}."),
        }
        found = [
            sentence.format(thing=quoted(thing) if name != "twice" else thing, projects=listed(list(projects)))
            for name, sentence in told.items()
            for thing, projects in getattr(self, name).items()
        ]
        left = [_("{thing} is in no project.").format(thing=thing) for thing in self.unassigned]
        return (*found, *left)

    @property
    def alternatives_told(self) -> str:
        """Requirements that one of several alternatives delivers; empty when there are none."""
        told = [
            _("{thing} ({projects})").format(thing=thing, projects=either(projects))
            for thing, projects in self.alternatives.items()
        ]
        return _("Delivered by one of several alternatives: {list}.").format(list=listed(told)) if told else ""

    def shared_systems_table(self) -> pd.DataFrame:
        """A row per system that several projects touch: system, count (of projects) and projects (tuple)."""
        rows = [(name, len(projects), projects) for name, projects in self.shared_systems.items()]
        return pd.DataFrame(rows, columns=["system", "count", "projects"])


def boundaries(projects: pd.DataFrame, requirements: pd.DataFrame) -> Boundaries:
    """Compare the boundaries of all projects.

    Parameters
    ----------
    projects, requirements : DataFrame
        The planning tables of these names. A scope is a text whose things are separated by semicolons or line breaks;
        upper and lower case, spaces and a last full stop make no difference.

    Examples
    --------
    >>> projects = pd.DataFrame({
    ...     "project_id": ["P1", "P2"], "requirement_ids": [("R1",), ("R1", "R2")], "excludes": [(), ()],
    ...     "choose_one": "", "in_scope": ["Contact rules", "contact rules; Scripts"], "out_of_scope": ""})
    >>> requirements = pd.DataFrame({"requirement_id": ["R1", "R2", "R3"], "systems_touched": [(), (), ()]})
    >>> found = boundaries(projects, requirements)
    >>> found.unassigned, found.twice, found.overlaps
    (('R3',), {'R1': ('P1', 'P2')}, {'Contact rules': ('P1', 'P2')})
    """
    one_only = _alternatives(projects)
    delivered = _holders(projects, dict(zip(projects["project_id"], projects["requirement_ids"], strict=True)))
    several = {key: found for key, found in delivered.items() if len(found) > 1}
    twice = {key: found for key, found in several.items() if _can_both_be_done(found, one_only)}
    systems = _holders(projects, _systems(projects, requirements))
    return Boundaries(
        unassigned=tuple(key for key in requirements["requirement_id"] if key not in delivered),
        twice=twice,
        alternatives={key: found for key, found in several.items() if key not in twice},
        overlaps=_overlaps(projects, one_only),
        contradictions=_contradictions(projects),
        shared_systems=dict(
            sorted(
                ((name, found) for name, found in systems.items() if _can_both_be_done(found, one_only)),
                key=lambda pair: -len(pair[1]),
            )
        ),
    )


def things(scope: str) -> tuple[str, ...]:
    """The things that a scope names, separated by semicolons or line breaks.

    Examples
    --------
    >>> things("Contact rules; Sending in batches.")
    ('Contact rules', 'Sending in batches')
    """
    found = (part.strip().rstrip(".").strip() for part in scope.replace("\n", ";").split(";"))
    return tuple(thing for thing in found if thing)


def _alternatives(projects: pd.DataFrame) -> frozenset[Pair]:
    """Pairs of projects of which only one can be done, in both orders."""
    pairs = {
        (str(one), str(other))
        for one, excluded in zip(projects["project_id"], projects["excludes"], strict=True)
        for other in excluded
    }
    for __, members in projects[projects["choose_one"] != ""].groupby("choose_one")["project_id"]:
        pairs |= set(combinations(members, 2))
    return frozenset(pairs | {(other, one) for one, other in pairs})


def _can_both_be_done(projects: Iterable[str], one_only: frozenset[Pair]) -> bool:
    return any(pair not in one_only for pair in combinations(projects, 2))


def _holders(projects: pd.DataFrame, held: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Thing → projects that hold it, in the projects' order."""
    holders: dict[str, list[str]] = {}
    for project in projects["project_id"]:
        for thing in dict.fromkeys(held[project]):
            holders.setdefault(thing, []).append(project)
    return {thing: tuple(found) for thing, found in holders.items()}


def _systems(projects: pd.DataFrame, requirements: pd.DataFrame) -> dict[str, list[str]]:
    touched = dict(zip(requirements["requirement_id"], requirements["systems_touched"], strict=True))
    return {
        project: [system for key in ids for system in touched.get(key, ())]
        for project, ids in zip(projects["project_id"], projects["requirement_ids"], strict=True)
    }


def _overlaps(projects: pd.DataFrame, one_only: frozenset[Pair]) -> dict[str, tuple[str, ...]]:
    names: dict[str, str] = {}
    held: dict[str, list[str]] = {}
    for project, scope in zip(projects["project_id"], projects["in_scope"], strict=True):
        for thing in things(scope):
            names.setdefault(_plain(thing), thing)
            held.setdefault(project, []).append(_plain(thing))
    holders = _holders(projects, {project: held.get(project, []) for project in projects["project_id"]})
    return {names[thing]: found for thing, found in holders.items() if _can_both_be_done(found, one_only)}


def _contradictions(projects: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for project, inside, outside in projects[["project_id", "in_scope", "out_of_scope"]].to_numpy(dtype=object):
        left_out = {_plain(thing) for thing in things(outside)}
        for thing in things(inside):
            if _plain(thing) in left_out:
                found[thing] = (*found.get(thing, ()), str(project))
    return found


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
