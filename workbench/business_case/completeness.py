"""Completeness: costs that CRM programs forget, and a cost per user outside the published range."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench import language
from workbench.business_case.cash_flows import CashFlows, span
from workbench.business_case.cost_per_user import GARTNER, cost_per_user
from workbench.language import gettext as _
from workbench.language import mark as N_

FORGOTTEN = {
    "customisation": N_(
        "No cost of customisation is planned: fitting the product to the firm is habitually underestimated."
    ),
    "integration_labour": N_("No integration labour is planned: the work of joining CRM to the firm's other systems."),
    "outside_specialists": N_(
        "No outside specialists are planned: consultants and integrators are seldom done without."
    ),
    "business_users_time": N_("No business users' time is planned: they are needed from planning through to rollout."),
    "new_staff": N_("No new staff are planned: somebody has to run what is built."),
}
"""Cost categories that are forgotten at the start of CRM programs, and what to say where one is missing."""

WORTH_A_LOOK = {
    "training": N_("No training is planned; check that it is paid for elsewhere."),
    "continued_promotion": N_("No continued promotion is planned; telling what CRM achieved takes somebody's time."),
}
"""Cost categories whose absence may be right, and what to say where one is missing."""

CHECKLIST = N_("Checklist of costs that CRM programs forget at the start")
PROMOTION = N_("The seven deadly sins of CRM: no continued promotion")

VERDICTS = {
    "above": (
        "high",
        N_(
            "The costs come to {amount} for each user over {months}, above the published {low} to {high} over three "
            "years: check the scope and the number of users."
        ),
    ),
    "unknown": (
        "unchecked",
        N_(
            "The costs come to {amount} for each user over {months}; the published {low} to {high} are over three "
            "years, so the two cannot be compared."
        ),
    ),
    "below": (
        "low",
        N_(
            "The costs come to {amount} for each user over {months}, below the published {low} to {high} over three "
            "years: check that no cost is forgotten."
        ),
    ),
}
"""What to say of a cost for each user that does not lie within the published range, by its place."""


@dataclass(frozen=True)
class CostWarning:
    """Something about the costs that a committee should ask about.

    Attributes
    ----------
    code : str
        ``no_costs``, ``missing_`` and a cost category, or ``cost_per_user_`` and ``low``, ``high``, ``unknown`` or
        ``unchecked``.
    message : str
        One or more sentences, in the language in use.
    source : str
        Where the expectation comes from.
    consequence : str
        What follows from it, or what to do about it.
    """

    code: str
    message: str
    source: str
    consequence: str


def warnings(costs: pd.DataFrame, flows: CashFlows, users: int | None, currency: str) -> tuple[CostWarning, ...]:
    """What is missing from, or odd about, the costs of a CRM program.

    Parameters
    ----------
    costs : DataFrame
        The table ``costs``; a line of a category counts, even when its amount is zero, as thought of.
    flows : CashFlows
        The flows of these costs, risk adjustment included.
    users : int or None
        How many people will use the CRM; None when it is not known.
    currency : str
        ISO 4217 code of all amounts.

    Returns
    -------
    tuple of CostWarning
        Forgotten categories first; empty when there is nothing to ask.
    """
    if costs.empty:
        without = _("Without costs there is nothing to set the benefits against.")
        return (CostWarning("no_costs", _("No costs are planned at all."), _(CHECKLIST), without),)
    return (*_missing(set(costs["category"])), *_cost_per_user(flows, users, currency))


def _missing(planned: set[str]) -> list[CostWarning]:
    return [
        CostWarning(f"missing_{category}", _(message), _source(category), _consequence(category))
        for category, message in (FORGOTTEN | WORTH_A_LOOK).items()
        if category not in planned
    ]


def _source(category: str) -> str:
    is_promotion = category == "continued_promotion"
    return _(PROMOTION) if is_promotion else _(CHECKLIST)


def _consequence(category: str) -> str:
    if category in FORGOTTEN:
        return _("Until then the costs may be understated.")
    return _("Check whether it is paid for elsewhere, or left out on purpose.")


def _cost_per_user(flows: CashFlows, users: int | None, currency: str) -> list[CostWarning]:
    if not users:
        told = _("The cost for each user cannot be checked: the settings do not say how many users there will be.")
        return [_of_cost_per_user("unknown", told, _(GARTNER))]
    found = cost_per_user(flows, users, currency)
    if found.place not in VERDICTS:
        return []
    code, message = VERDICTS[found.place]
    low, high = found.published
    told = _(message).format(
        amount=language.money(found.per_user, currency), months=span(found.months), low=low, high=high
    )
    return [_of_cost_per_user(code, " ".join((told, *found.reservations)), found.source)]


def _of_cost_per_user(code: str, message: str, source: str) -> CostWarning:
    advice = _("Compare the scope and the number of users with those of the published figure.")
    return CostWarning(f"cost_per_user_{code}", message, source, advice)
