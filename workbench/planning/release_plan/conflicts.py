"""Why no plan exists: the smallest set of rules that cannot hold together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from workbench.errors import SettingsError
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import Rule, broken, rules
from workbench.planning.release_plan.solve import plan_releases
from workbench.results import Result

ANY_PLAN = 0.9
"""A gap so wide that the first plan will do; one with many projects keeps more of the rules that were left out."""
MOST_ROUNDS = 200
"""Rounds of looking for a smaller conflict, after which an irreducible one is good enough."""


@dataclass(frozen=True, eq=False)
class Conflict(Result):
    """Rules that cannot hold together.

    Attributes
    ----------
    rules : tuple of Rule
        In the portfolio's order; without any one of them, a plan can keep the others. Empty when there is no conflict.
    smallest : bool
        Whether no conflict has fewer rules: true, unless the search was cut short.
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
        return told.format(count=len(self.rules), rules=" ".join(rule.told for rule in self.rules))


def smallest_conflict(portfolio: Portfolio, *, most_rounds: int = MOST_ROUNDS) -> Conflict:
    """The smallest set of rules that cannot hold together.

    Parameters
    ----------
    portfolio : Portfolio
        What is planned.
    most_rounds : int
        How often to look for a smaller conflict than the one found first; 0 takes that one.

    Returns
    -------
    Conflict
        Of several that are equally small, one. Without any rule when a plan exists.

    Raises
    ------
    SettingsError
        When the number of rounds is negative.

    Notes
    -----
    A deletion filter (Chinneck and Dravnieks 1991) finds an irreducible set. Then the smallest set that hits every
    set of rules that some plan breaks is either itself a conflict, and so the smallest, or gives one more such set
    (Ignatiev, Previti, Liffiton and Marques-Silva 2015).
    """
    if most_rounds < 0:
        raise SettingsError(_("The number of rounds is {count}; it cannot be negative.").format(count=most_rounds))
    search = _Search(portfolio.with_(value=portfolio.value * 0 + 1), {rule.name: rule for rule in rules(portfolio)})
    if search.broken_without(()) is not None:
        return Conflict((), True)
    found = search.irreducible()
    for _round in range(most_rounds):
        candidate = search.hitting_set()
        if len(candidate) >= len(found):
            return search.conflict(found, True)
        if not search.note(candidate):
            return search.conflict(candidate, True)
    return search.conflict(found, False)


class _Search:
    """Which rules can hold together, asked of the solver; and sets of rules of which every conflict has one."""

    def __init__(self, portfolio: Portfolio, by_name: dict[str, Rule]) -> None:
        self.portfolio = portfolio
        self.by_name = by_name
        self.to_hit: list[frozenset[str]] = []

    def broken_without(self, without: Collection[str]) -> frozenset[str] | None:
        """The rules that some plan breaks which keeps all but these; None when there is no such plan."""
        found = plan_releases(self.portfolio, without=without, gap=ANY_PLAN)
        if found.status == "infeasible":
            return None
        return frozenset(rule.name for rule in broken(self.portfolio, found.plan)) & frozenset(without)

    def irreducible(self) -> frozenset[str]:
        """Rules of which every single one is needed for the conflict: the others are deleted one by one."""
        left = dict.fromkeys(self.by_name)
        for name in self.by_name:
            if name in left:
                rest = self.broken_without(self.all_but(set(left) - {name}))
                if rest is None:
                    del left[name]
                else:
                    self.to_hit.append(rest)
        return frozenset(left)

    def all_but(self, kept: Collection[str]) -> frozenset[str]:
        return frozenset(self.by_name) - frozenset(kept)

    def note(self, kept: Collection[str]) -> bool:
        """Whether a plan keeps these rules; if so, remember a smallest set of rules that it breaks."""
        lacking = self.broken_without(self.all_but(kept))
        if lacking is None:
            return False
        for name in sorted(lacking):
            if name in lacking:
                fewer = self.broken_without(lacking - {name})
                lacking = lacking if fewer is None else fewer
        self.to_hit.append(lacking)
        return True

    def hitting_set(self) -> frozenset[str]:
        """A smallest set of rules with one out of each set that is known."""
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
