"""What the report of a release plan says: its headline figures, how tight it is, what to decide and what to know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workbench.language import gettext as _
from workbench.language import listed, money, ngettext, number, percent, quoted
from workbench.planning.release_plan.checks import MONEY
from workbench.planning.release_plan.compare import spent
from workbench.planning.release_plan.rules import amount_told

if TYPE_CHECKING:
    from workbench.planning.release_plan.conflicts import Conflict
    from workbench.planning.release_plan.frontier import Frontier
    from workbench.planning.release_plan.reasons import Reason
    from workbench.planning.release_plan.robustness import Robustness
    from workbench.planning.release_plan.solve import ReleasePlan

TIGHT = 0.95
"""Share of an amount from which a limit leaves hardly any room."""
MOST_RELIEFS = 3
"""Projects for which the report asks whether to find more means."""


def headline(plan: ReleasePlan, conflict: Conflict | None) -> list[tuple[str, str, str]]:
    """The figures at the top: label, figure and note of each; of the conflict where there is no plan."""
    if conflict is not None:
        return _of_the_conflict(conflict)
    total, releases = len(plan.portfolio.projects), len(plan.portfolio.releases)
    available = plan.load.loc[plan.load["resource"] == MONEY, "available"].sum()
    proof = _("up to {share} more may be possible").format(share=percent(plan.gap))
    proof = _("proven the most within the rules") if plan.status == "optimal" else proof
    done = _("of {total}; {count} left out").format(total=total, count=len(plan.left_out))
    there_is = _("of {available} available").format(available=money(available))
    planned_for = _("of {count} planned for").format(count=releases)
    return [
        (_("Value"), _("{points} points").format(points=number(plan.objective)), proof),
        (_("Projects"), str(len(plan.plan)), done),
        (_("Money"), money(spent(plan)), there_is),
        (_("Releases"), str(len(set(plan.plan.values()))), planned_for),
    ]


def _of_the_conflict(conflict: Conflict) -> list[tuple[str, str, str]]:
    note = " ".join(conflict.told_proof) or _("without any one of them the rest can hold")
    return [
        (_("Plan"), _("none"), _("no choice of projects keeps all the rules")),
        (_("Rules in conflict"), str(len(conflict.rules)), note),
    ]


def conflict_caption(conflict: Conflict) -> str:
    """What the table of the rules in conflict shows."""
    if conflict.smallest:
        return _("The smallest set of rules that cannot be kept together")
    return _("A set of rules that cannot be kept together")


def under_the_board(plan: ReleasePlan, conflict: Conflict | None) -> str:
    """What to know of the values, or how to come to a plan."""
    if conflict is None:
        told = _(
            "A project's value is the sum of the value indices of its requirements; it loses {share} with each "
            "release that the project waits."
        )
        return told.format(share=percent(plan.portfolio.discount))
    if conflict.smallest:
        return _("Give up or loosen any one of these rules, and the others of the set can be kept.")
    return _("Give up or loosen one of these rules; it may take more than one.")


def tightness(plan: ReleasePlan) -> str:
    """How many limits leave hardly any room."""
    tight = plan.load[(plan.load["available"] > 0) & (plan.load["used"] >= TIGHT * plan.load["available"])]
    told = ngettext(
        "{count} limit of the {total} is used to 95% or more; there the plan has hardly any room.",
        "{count} limits of the {total} are used to 95% or more; there the plan has hardly any room.",
        len(tight),
    )
    return told.format(count=len(tight), total=len(plan.load))


def under_the_frontier(found: Frontier, budget_factor: float) -> str:
    """What more money would bring, and how much of it the plan has."""
    told = [found.conclusion]
    if budget_factor != 1:
        told.append(_("The plan above has {share} of it.").format(share=percent(budget_factor)))
    return " ".join(told)


def to_decide(
    plan: ReleasePlan, conflict: Conflict | None, why: Mapping[str, Reason], sure: Robustness | None
) -> list[tuple[str, str]]:
    """What to decide, and what follows from it, in the order in which it is to be decided."""
    rules = [(rule.told, _("Decide whether it has to hold.")) for rule in (conflict.rules if conflict else ())]
    return rules + _first_release(plan) + _more_means(plan, why) + _to_settle(sure)


def _first_release(plan: ReleasePlan) -> list[tuple[str, str]]:
    if not plan.plan:
        return []
    first = [name for name, release in plan.plan.items() if release == min(plan.plan.values())]
    share = plan.portfolio.money[first].sum() / (spent(plan) or 1)
    names = listed([f"{quoted(plan.portfolio.titles[name])} ({name})" for name in first])
    told = _("Its projects take up {share} of the money of the plan.").format(share=percent(share))
    return [(_("Confirm the first release: {projects}.").format(projects=names), told)]


def _more_means(plan: ReleasePlan, why: Mapping[str, Reason]) -> list[tuple[str, str]]:
    asked = [(reason.reliefs[0], project) for project, reason in why.items() if reason.reliefs]
    told = _("Find {amount} more in release {release}, or leave out {project}.")
    return [
        (
            told.format(
                amount=amount_told(relief.resource, relief.amount),
                release=relief.release,
                project=plan.portfolio.named(project),
            ),
            _("It is the least that would bring it in."),
        )
        for relief, project in sorted(asked, key=lambda pair: pair[0].share)[:MOST_RELIEFS]
    ]


def _to_settle(sure: Robustness | None) -> list[tuple[str, str]]:
    if sure is None or not sure.unsure:
        return []
    told = _("Settle scores and efforts of {projects} before committing to them.")
    return [(told.format(projects=listed(list(sure.unsure))), _("They are in the plan, but not in nearly every draw."))]


def notes(budget_factor: float, lacking: Mapping[str, tuple[str, ...]], sure: Robustness | None) -> list[str]:
    """What to know before the figures are used."""
    told = []
    if budget_factor != 1:
        money_told = _("Money of every release: {factor} times the program's.")
        told.append(money_told.format(factor=number(budget_factor)))
    if lacking:
        ids = listed(sorted({name for names in lacking.values() for name in names}))
        told.append(_("Without a value index, and so without value for the plan: {ids}.").format(ids=ids))
    if sure is not None and sure.unanswered:
        unanswered = _("In {count} draws no plan was found in time; they count for nothing.")
        told.append(unanswered.format(count=sure.unanswered))
    if sure is not None and sure.unproven:
        told.append(_("{count} draws were not proven the best in time.").format(count=sure.unproven))
    return told
