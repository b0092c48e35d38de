"""Why no plan exists: the smallest set of rules that cannot hold together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from workbench.errors import NoSolutionError, SettingsError
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import Rule, broken, rules
from workbench.planning.release_plan.solve import plan_releases
from workbench.results import Result

ANY_PLAN = 0.9
"""A gap so wide that the first plan will do; one with many projects keeps more of the rules that were left out."""
MOST_NAMED = 20
"""Rules that a sentence still names one by one."""
MOST_ROUNDS = 200
"""Rounds of looking for a smaller conflict, after which an irreducible one is good enough."""


@dataclass(frozen=True, eq=False)
class Conflict(Result):
    """Rules that cannot hold together.

    Attributes
    ----------
    rules : tuple of Rule
        In the portfolio's order. Empty when there is no conflict.
    smallest : bool
        Whether it is proven that no conflict has fewer rules; without any one of them, a plan can then keep the others.
        False where the search was cut short.
    """

    rules: tuple[Rule, ...]
    smallest: bool

    def to_frame(self) -> pd.DataFrame:
        """A row per rule: kind, name, told."""
        return pd.DataFrame(
            [(rule.kind, rule.name, rule.told) for rule in self.rules], columns=["kind", "name", "told"], dtype=object
        )

    @property
    def conclusion(self) -> str:
        """The rules, and that no plan keeps all of them."""
        if not self.rules:
            return _("A plan can keep all the rules.")
        told = ngettext(
            "{count} rule can never be kept: {rules}", "{count} rules cannot be kept together: {rules}", len(self.rules)
        )
        if len(self.rules) > MOST_NAMED:
            told = _("{count} rules cannot be kept together.")
        told = told.format(count=len(self.rules), rules=" ".join(rule.told for rule in self.rules))
        return " ".join([told, *self.told_proof])

    @property
    def told_proof(self) -> tuple[str, ...]:
        """That fewer rules may be enough, where the search was cut short."""
        return () if self.smallest else (_("A part of these rules may be enough: the search was cut short."),)


def smallest_conflict(
    portfolio: Portfolio, *, known: bool = False, most_rounds: int = MOST_ROUNDS, time_limit: float | None = None
) -> Conflict:
    """The smallest set of rules that cannot hold together.

    Parameters
    ----------
    portfolio : Portfolio
        What is planned.
    known : bool
        Whether it is known already that no plan keeps all rules; else that is asked first.
    most_rounds : int
        How often to look for a smaller conflict than the one found first; 0 takes that one.
    time_limit : float, optional
        Seconds for each question that is put to the solver. A rule stays in the set when it is not found out in time
        whether the others are in conflict without it.

    Returns
    -------
    Conflict
        Of several that are equally small, one. Without any rule when a plan exists.

    Raises
    ------
    SettingsError
        When the number of rounds is negative, or the time limit is not positive.
    NoSolutionError
        When it is not found out in time whether there is a conflict at all.

    Notes
    -----
    A deletion filter (Chinneck and Dravnieks 1991) finds an irreducible set. Then the smallest set that hits every
    set of rules that some plan breaks is either itself a conflict, and so the smallest, or gives one more such set
    (Ignatiev, Previti, Liffiton and Marques-Silva 2015).
    """
    if most_rounds < 0:
        raise SettingsError(_("The number of rounds is {count}; it cannot be negative.").format(count=most_rounds))
    by_name = {rule.name: rule for rule in rules(portfolio)}
    search = _Search(portfolio.with_(value=portfolio.value * 0 + 1), by_name, time_limit)
    if not known and search.broken_without(()) is not None:
        return Conflict((), True)
    found = search.irreducible()
    smallest = search.smallest(found, most_rounds)
    return search.conflict(found if smallest is None else smallest, smallest is not None)


class _Search:
    """Which rules can hold together, asked of the solver; and sets of rules of which every conflict has one."""

    def __init__(self, portfolio: Portfolio, by_name: dict[str, Rule], time_limit: float | None) -> None:
        self.portfolio = portfolio
        self.by_name = by_name
        self.time_limit = time_limit
        self.to_hit: list[frozenset[str]] = []

    def broken_without(self, without: Collection[str]) -> frozenset[str] | None:
        """The rules that some plan breaks which keeps all but these; None when there is no such plan."""
        found = plan_releases(self.portfolio, without=without, gap=ANY_PLAN, time_limit=self.time_limit)
        if found.status == "infeasible":
            return None
        names = frozenset(rule.name for rule in broken(self.portfolio, found.plan)) & frozenset(without)
        # The solver is stricter by a rounding: what it finds broken may look kept, and then it is one of these.
        return names or frozenset(without)

    def irreducible(self) -> frozenset[str]:
        """Rules of which every single one is needed for the conflict: the others are deleted one by one."""
        left = dict.fromkeys(self.by_name)
        for name in self.by_name:
            try:
                rest = self.broken_without(self.all_but(set(left) - {name}))
            except NoSolutionError:
                continue
            if rest is None:
                del left[name]
            else:
                self.to_hit.append(rest)
        return frozenset(left)

    def smallest(self, found: frozenset[str], most_rounds: int) -> frozenset[str] | None:
        """A smallest conflict, where there is one with fewer rules than that found; None when that stays open."""
        for _round in range(most_rounds):
            candidate = self.hitting_set()
            if len(candidate) >= len(found):
                return found
            try:
                if not self.note(candidate):
                    return candidate
            except NoSolutionError:
                break
        return None

    def all_but(self, kept: Collection[str]) -> frozenset[str]:
        return frozenset(self.by_name) - frozenset(kept)

    def note(self, kept: Collection[str]) -> bool:
        """Whether a plan keeps these rules; if so, remember a smallest set of rules that it breaks."""
        lacking = self.broken_without(self.all_but(kept))
        if lacking is None:
            return False
        for name in sorted(lacking):
            if name in lacking:
                lacking = self.fewer(lacking, name)
        self.to_hit.append(lacking)
        return True

    def fewer(self, lacking: frozenset[str], name: str) -> frozenset[str]:
        """What a plan breaks that keeps one rule more; the same where there is none, or none was found in time."""
        try:
            return self.broken_without(lacking - {name}) or lacking
        except NoSolutionError:
            return lacking

    def hitting_set(self) -> frozenset[str]:
        """A smallest set of rules with one out of each set that is known."""
        if not self.to_hit:
            return frozenset()
        names = sorted(set().union(*self.to_hit))
        matrix = np.array([[name in one for name in names] for one in self.to_hit], dtype=float)
        found = milp(
            np.ones(len(names)),
            integrality=np.ones(len(names)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(matrix, 1, np.inf),
            options={"mip_rel_gap": 0.0},
        )
        return frozenset(name for name, taken in zip(names, found.x, strict=True) if taken > 0.5)

    def conflict(self, names: Iterable[str], smallest: bool) -> Conflict:
        chosen = frozenset(names)
        return Conflict(tuple(rule for name, rule in self.by_name.items() if name in chosen), smallest)
