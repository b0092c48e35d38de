"""What tables, columns, choices and settings are called for a person, and which of them a person means by a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from workbench import language
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.program.tables import SIDES, TABLES

SETTINGS_SHEET = "program"
CHOICES_SHEET = "choices"
SIDES_SETTING = "scoring_rights"  # its parts are sides, where those of own_systems are departments

LABELS = {
    SETTINGS_SHEET: N_("Program"),
    CHOICES_SHEET: N_("Choices"),
    "setting": N_("Setting"),
    # Tables
    "requirements": N_("Requirements"),
    "criteria": N_("Criteria"),
    "raters": N_("Raters"),
    "scores": N_("Scores"),
    "rounds": N_("Rounds"),
    "judgements": N_("Judgements"),
    "preferences": N_("Preferences"),
    "projects": N_("Projects"),
    "dependencies": N_("Dependencies"),
    "capacity": N_("Capacity"),
    "demand": N_("Demand"),
    "readiness": N_("Readiness"),
    "vendors": N_("Vendors"),
    "vendor_criteria": N_("Vendor criteria"),
    "vendor_scores": N_("Vendor scores"),
    "success_metrics": N_("Success metrics"),
    "measurements": N_("Measurements"),
    "assumptions": N_("Assumptions"),
    "costs": N_("Costs"),
    "benefits": N_("Benefits"),
    "gates": N_("Stage gates"),
    "actuals": N_("Actual amounts"),
    # Columns
    "aim": N_("Aim"),
    "amount": N_("Amount"),
    "answer": N_("Answer"),
    "as_of": N_("Date of the figure"),
    "assumption_id": N_("Assumption id"),
    "attribution": N_("Share due to CRM"),
    "available": N_("Available"),
    "axis": N_("Counts towards"),
    "base": N_("Base"),
    "baseline": N_("Baseline"),
    "baseline_on": N_("Baseline measured on"),
    "benefit_id": N_("Benefit id"),
    "business_objective": N_("Business objective"),
    "capability": N_("Capability"),
    "category": N_("Category"),
    "choose_one": N_("One of a group"),
    "comment": N_("Comment"),
    "confidence": N_("Confidence"),
    "consultants": N_("Consultants"),
    "correlated_with": N_("Correlated with"),
    "correlation": N_("Correlation"),
    "cost": N_("Cost"),
    "cost_id": N_("Cost id"),
    "criterion_id": N_("Criterion id"),
    "decision": N_("Decision"),
    "department": N_("Department"),
    "description": N_("Description"),
    "direction": N_("Direction"),
    "distribution": N_("Distribution"),
    "due_on": N_("Due on"),
    "duration_months": N_("Duration in months"),
    "earliest_release": N_("Earliest release"),
    "effort_days": N_("Effort in days"),
    "effort_months": N_("Effort in person-months"),
    "estimate": N_("Estimate"),
    "evidence": N_("Evidence"),
    "evidence_method": N_("Evidence method"),
    "excludes": N_("Excludes"),
    "first_period": N_("First month"),
    "formula": N_("Formula"),
    "frequency": N_("Frequency"),
    "frozen_at": N_("Frozen at"),
    "frozen_by": N_("Frozen by"),
    "gate_id": N_("Gate id"),
    "group": N_("Group"),
    "held_on": N_("Held on"),
    "high": N_("High"),
    "impact": N_("Impact"),
    "in_scope": N_("In scope"),
    "internal_staff": N_("Internal staff"),
    "item_id": N_("Question id"),
    "kind": N_("Kind"),
    "last_period": N_("Last month"),
    "latest_release": N_("Latest release"),
    "levels": N_("Levels"),
    "line_id": N_("Line id"),
    "low": N_("Low"),
    "measured_on": N_("Measured on"),
    "metric_id": N_("Metric id"),
    "month": N_("Closes month"),
    "moscow": N_("Class"),
    "must_do": N_("Must be done"),
    "must_have": N_("Must-have"),
    "name": N_("Name"),
    "needs_project_id": N_("Needs project id"),
    "note": N_("Note"),
    "objective": N_("Objective"),
    "opened_at": N_("Opened at"),
    "organisational_limits": N_("Organisational limits"),
    "other_criterion_id": N_("Other criterion id"),
    "other_departments": N_("Other departments"),
    "out_of_scope": N_("Out of scope"),
    "owner": N_("Owner"),
    "period": N_("Month"),
    "points": N_("Points"),
    "political_issues": N_("Political issues"),
    "political_risk": N_("Political risk"),
    "profile": N_("Profile"),
    "project_id": N_("Project id"),
    "rater_id": N_("Rater id"),
    "reach": N_("People reached"),
    "reason": N_("Reason"),
    "release": N_("Release"),
    "requirement_id": N_("Requirement id"),
    "requirement_ids": N_("Requirement ids"),
    "resource": N_("Resource"),
    "risk_adjustment": N_("Risk adjustment"),
    "round": N_("Round"),
    "rubric": N_("Rubric"),
    "sample_size": N_("Sample size"),
    "scale": N_("Scale"),
    "scale_max": N_("Highest score"),
    "scale_min": N_("Lowest score"),
    "score": N_("Score"),
    "scored_at": N_("Scored at"),
    "scores_hash": N_("Hash of the scores"),
    "shown_at": N_("Shown at"),
    "side": N_("Side"),
    "skills": N_("Skills"),
    "source": N_("Source"),
    "standard_error": N_("Standard error"),
    "status": N_("Status"),
    "stream": N_("Stream"),
    "systems_touched": N_("Systems touched"),
    "target": N_("Target"),
    "target_on": N_("Target due on"),
    "technologies": N_("Technologies"),
    "threshold": N_("Threshold"),
    "times": N_("Times as important"),
    "title": N_("Title"),
    "unit": N_("Unit"),
    "value": N_("Value"),
    "vendor_id": N_("Vendor id"),
    "weight": N_("Weight"),
    # Choices
    "all": N_("All"),
    "analytics": N_("Analytics"),
    "approved": N_("Approved"),
    "before_after": N_("Before and after"),
    "bernoulli": N_("Bernoulli"),
    "beta": N_("Beta"),
    "business": N_("Business"),
    "business_users_time": N_("Business users' time"),
    "campaign_management": N_("Campaign management"),
    "change": N_("Change"),
    "change_management": N_("Change management"),
    "complexity": N_("Complexity"),
    "continue": N_("Continue"),
    "continued_promotion": N_("Continued promotion"),
    "control": N_("Control"),
    "cost_reduction": N_("Cost reduction"),
    "could": N_("Could have"),
    "customer_care": N_("Customer care"),
    "customer_value": N_("Customer value"),
    "customisation": N_("Customisation"),
    "data_clean_up": N_("Data clean-up"),
    "data_integration": N_("Data integration"),
    "deferred": N_("Deferred"),
    "delivered": N_("Delivered"),
    "development": N_("Development"),
    "discrete": N_("Discrete"),
    "failure_cause": N_("Cause of failure"),
    "fibonacci": N_("Fibonacci"),
    "frozen": N_("Frozen"),
    "higher_is_better": N_("Higher is better"),
    "hosted": N_("Hosted service"),
    "infrastructure": N_("Infrastructure"),
    "integration_labour": N_("Integration labour"),
    "integrator": N_("Integrator"),
    "licences": N_("Licences"),
    "linear": N_("Linear"),
    "lognormal": N_("Lognormal"),
    "lower_is_better": N_("Lower is better"),
    "matched": N_("Matched"),
    "medium": N_("Medium"),
    "must": N_("Must have"),
    "new_staff": N_("New staff"),
    "normal": N_("Normal"),
    "open": N_("Open"),
    "opinion": N_("Opinion"),
    "other": N_("Other"),
    "outside_specialists": N_("Outside specialists"),
    "own": N_("Own"),
    "partner_management": N_("Partner and distributor management"),
    "pert": N_("PERT"),
    "pillar": N_("Pillar"),
    "powers_of_two": N_("Powers of two"),
    "product": N_("Product"),
    "proposed": N_("Proposed"),
    "randomised": N_("Randomised"),
    "rejected": N_("Rejected"),
    "risk_reduction": N_("Risk reduction"),
    "sales_force_automation": N_("Sales force automation"),
    "scored": N_("Scored"),
    "should": N_("Should have"),
    "shown": N_("Shown"),
    "sin": N_("Sin"),
    "stop": N_("Stop"),
    "support": N_("Support"),
    "training": N_("Training"),
    "treated": N_("Treated"),
    "triangular": N_("Triangular"),
    "uniform": N_("Uniform"),
    "urgency": N_("Urgency"),
    "wont": N_("Won't have this time"),
}
"""What each table, column and choice is called, once for each name; translate it where it is shown."""

SETTING_LABELS = {
    "name": N_("Name of the program"),
    "organisation": N_("Organisation"),
    "currency": N_("Currency"),
    "language": N_("Language of the reports"),
    "locale": N_("How figures are written"),
    "as_of": N_("Date of the data"),
    "horizon_months": N_("Horizon in months"),
    "discount_rate": N_("Yearly discount rate"),
    "convention": N_("Convention"),
    "users": N_("Users"),
    "complexity_ceiling": N_("Complexity ceiling"),
    "own_systems": N_("Own systems"),
    "objectives": N_("Business objectives"),
    "scoring_rights": N_("Who scores what"),
    "own_technologies": N_("Own technologies"),
    "own_skills": N_("Own skills"),
    "release_discount": N_("Value lost with each release waited"),
    "minimum_shares": N_("Least share of the money"),
    "warehouse": N_("Where the customer tables are"),
}
"""What each setting is called; translate it where it is shown."""


def label(name: str) -> str:
    """What a table, a column or a choice is called, in the language in use.

    Examples
    --------
    >>> label("scale_min")
    'Lowest score'
    """
    return _(LABELS.get(name, "")) or _plain(name)


def setting_label(key: str) -> str:
    """What a setting is called, in the language in use; a part of one stands after a colon.

    Examples
    --------
    >>> setting_label("own_systems.Marketing")
    'Own systems: Marketing'
    """
    outer, *part = key.split(".", maxsplit=1)
    called = _(SETTING_LABELS.get(outer, "")) or _plain(outer)
    return ": ".join((called, *(label(name) if outer == SIDES_SETTING else name for name in part)))


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()


def sheet_named(title: str) -> str | None:
    """The table, or the sheet of settings or choices, that a sheet's title stands for."""
    return recognised(title, (*TABLES, SETTINGS_SHEET, CHOICES_SHEET))


def recognised(word: str, names: Iterable[str]) -> str | None:
    """The one of these names that a person means by a word; None when it is none of them.

    A name is known by itself and by its label in every language. Case, spaces, accents and signs make no difference.

    Examples
    --------
    >>> recognised("  LOWEST  score *", ("scale_min", "scale_max"))
    'scale_min'
    """
    return _vocabulary(tuple(names)).get(_folded(word))


def setting_named(text: str) -> str:
    """The setting that a person means, with a point before its part; the text as it is when there is none.

    Examples
    --------
    >>> setting_named("OWN SYSTEMS: Marketing"), setting_named("Own sistems")
    ('own_systems.Marketing', 'Own sistems')
    """
    outer, *part = re.split(r"[.:]", text, maxsplit=1)
    key = _settings_vocabulary().get(_folded(outer))
    if key is None:
        return text
    sides = SIDES if key == SIDES_SETTING else ()
    return ".".join((key, *(recognised(name, sides) or name.strip() for name in part)))


@lru_cache
def _vocabulary(names: tuple[str, ...]) -> dict[str, str]:
    return _spellings({name: LABELS.get(name, "") for name in names})


@lru_cache
def _settings_vocabulary() -> dict[str, str]:
    return _spellings(SETTING_LABELS)


def forget() -> None:
    """Look the spellings up anew, when the catalogues have changed."""
    _vocabulary.cache_clear()
    _settings_vocabulary.cache_clear()


def _spellings(labels: dict[str, str]) -> dict[str, str]:
    """Every spelling → the name; where two names claim one, a name itself goes before labels."""
    spelled = {_folded(name): name for name in labels}
    for code in language.LANGUAGES:
        with language.using(code):
            for name, text in labels.items():
                spelled.setdefault(_folded(_(text)), name)
    spelled.pop("", None)
    return spelled


def _folded(word: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", "_", bare.casefold()).strip("_")
