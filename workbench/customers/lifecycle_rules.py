"""The section ``lifecycle`` of ``program.yaml``: by which conditions a customer is in which stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from workbench.errors import Location, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.program.values import suggestion

Stage = Literal["identify", "attract", "sell", "serve", "satisfy", "retain", "develop", "community", "lost"]
Comparison = Literal["equals", "differs", "at_least", "at_most", "above", "below", "one_of"]
Plain = bool | int | float | date | str

NAMES: dict[str, str] = {
    "identify": N_("Identify"),
    "attract": N_("Inform and attract"),
    "sell": N_("Sell"),
    "serve": N_("Serve"),
    "satisfy": N_("Satisfy"),
    "retain": N_("Retain"),
    "develop": N_("Develop"),
    "community": N_("Community"),
    "lost": N_("Lost"),
}
"""The eight stages in their order, and who is gone."""

STAGES: tuple[str, ...] = tuple(NAMES)
FIRST, LOST = "identify", "lost"
PLACE = "program.yaml"
DEEPEST = 20


class Condition(BaseModel):
    """A comparison of one attribute with a value, or other conditions joined by all, any or not."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    attribute: str | None = Field(None, description=N_("what is known of a customer, for example orders"))
    op: Comparison | None = Field(None, description=N_("equals, differs, at_least, at_most, above, below or one_of"))
    value: Plain | list[Plain] | None = Field(None, description=N_("what it is compared with; a list for one_of"))
    every: list[Condition] | None = Field(None, alias="all", min_length=1, description=N_("a list of conditions"))
    some: list[Condition] | None = Field(None, alias="any", min_length=1, description=N_("a list of conditions"))
    negated: Condition | None = Field(None, alias="not", description=N_("a condition"))

    @model_validator(mode="after")
    def _is_one_kind(self) -> Condition:
        comparison = (self.attribute, self.op, self.value)
        compares = all(part is not None for part in comparison)
        joins = sum(part is not None for part in (self.every, self.some, self.negated))
        if joins + compares != 1 or (not compares and any(part is not None for part in comparison)):
            raise ValueError("kind")
        if compares and isinstance(self.value, list) != (self.op == "one_of"):
            raise ValueError("list")
        return self

    def comparisons(self) -> Iterator[Condition]:
        """The comparisons that it is made of."""
        if self.attribute is not None:
            yield self
        for part in (*(self.every or ()), *(self.some or ()), *((self.negated,) if self.negated else ())):
            yield from part.comparisons()


class StageRule(BaseModel):
    """Who is in a stage."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    stage: Stage = Field(description=N_("one of the eight stages, or lost"))
    when: Condition = Field(description=N_("attribute, op and value; or all, any or not with conditions"))


def read_rules(given: Sequence[Mapping[str, Any]]) -> tuple[StageRule, ...]:
    """The rules in plain values, as program.yaml has them.

    Parameters
    ----------
    given : sequence of mappings
        stage and when; the first rule that holds for a customer decides, and whoever none holds for is in the first
        stage, identify.

    Raises
    ------
    SettingsError
        With everything that is wrong.

    Examples
    --------
    >>> rules = read_rules([{"stage": "serve", "when": {"attribute": "orders", "op": "at_least", "value": 1}}])
    >>> rules[0].when.value
    1
    """
    problems = [] if given else [Problem(_("There are no rules."), _("a list of stage and when"), where=_at(()))]
    rules = []
    for at, each in enumerate(given):
        deep = _too_deep(each)
        if deep:
            problems.append(Problem(deep, _("fewer conditions inside one another"), where=_at((at,))))
            continue
        try:
            rules.append(StageRule.model_validate(each))
        except ValidationError as error:
            problems += _told(error, at)
    problems += _repeated(rules)
    if problems:
        raise SettingsError(problems)
    return tuple(rules)


def _at(loc: Sequence[int | str]) -> Location:
    parts = [str(part + 1) if isinstance(part, int) else part for part in loc]
    return Location(PLACE, column=".".join(["lifecycle", *parts]))


def _too_deep(value: Any) -> str:
    level, inside = 0, [value]
    while inside:
        level += 1
        if level > 2 * DEEPEST:
            return _("Conditions stand inside one another more than {count} deep.").format(count=DEEPEST)
        inside = [
            part
            for each in inside
            if isinstance(each, dict | list)
            for part in (each.values() if isinstance(each, dict) else each)
        ]
    return ""


def _told(error: ValidationError, at: int) -> Iterator[Problem]:
    """Each fault once, at the setting that it stands in."""
    seen = set()
    for fault in error.errors():
        loc = tuple(part for part in fault["loc"] if isinstance(part, int) or part in _KEYS or _is_extra(fault))
        # The kinds of value that were tried are no part of the place.
        while loc and isinstance(loc[-1], int) and "value" in loc[-2:-1]:
            loc = loc[:-1]
        if loc not in seen:
            seen.add(loc)
            yield Problem(*_words(fault, loc), _at((at, *loc)))


_KEYS = ("stage", "when", "attribute", "op", "value", "all", "any", "not")


def _is_extra(fault: Any) -> bool:
    return bool(fault["type"] == "extra_forbidden")


def _words(fault: Any, loc: Sequence[int | str]) -> tuple[str, str, str]:
    key = str(next((part for part in reversed(loc) if isinstance(part, str)), "lifecycle"))
    if _is_extra(fault):
        known = _KEYS if "when" in loc[:-1] else ("stage", "when")
        return _("“{key}” is no setting.").format(key=key), ", ".join(known), suggestion(key, known)
    if fault["type"] == "missing":
        return _("The setting “{key}” is missing.").format(key=key), _(_text(key)), _("Add a line for it.")
    if fault["type"] == "value_error" and "list" in str(fault["msg"]):
        return _("Only one_of is compared with a list, and it always is."), _(_text("value")), ""
    if fault["type"] == "value_error":
        found = _("The condition is not of one kind.")
        return found, _("attribute, op and value together; or one of all, any and not"), ""
    shown = "…" if isinstance(fault["input"], dict | list) else str(fault["input"])
    found = _("“{value}” does not fit the setting “{key}”.").format(value=shown, key=key)
    choices = {"stage": STAGES, "op": get_args(Comparison)}.get(key, ())
    return found, ", ".join(choices) or _(_text(key)), suggestion(shown, choices) if choices else ""


def _text(key: str) -> str:
    fields = {**StageRule.model_fields, **Condition.model_fields}
    names = {"all": "every", "any": "some", "not": "negated"}
    field = fields.get(names.get(key, key))
    return str(field.description) if field else N_("a list of stage and when")


def _repeated(rules: Sequence[StageRule]) -> Iterator[Problem]:
    stages = [rule.stage for rule in rules]
    for stage in sorted({stage for stage in stages if stages.count(stage) > 1}):
        found = _("The stage “{stage}” stands twice.").format(stage=stage)
        yield Problem(found, _("one rule a stage"), _("Join the two with “any”."), _at(()))


def _is(attribute: str, op: str, value: Any) -> dict[str, Any]:
    return {"attribute": attribute, "op": op, "value": value}


USUAL_RULES: tuple[dict[str, Any], ...] = (
    {
        "stage": "lost",
        "when": {
            "any": [
                {"all": [_is("left", "equals", True), {"not": _is("days_since_order", "at_most", 180)}]},
                {"all": [_is("days_since_order", "above", 365), {"not": _is("subscribed", "equals", True)}]},
            ]
        },
    },
    {
        "stage": "community",
        "when": {
            "all": [
                _is("days_since_first_order", "at_least", 365),
                _is("orders_last_year", "at_least", 4),
                _is("families", "at_least", 3),
                _is("responses", "at_least", 1),
            ]
        },
    },
    {
        "stage": "develop",
        "when": {
            "all": [
                _is("orders", "at_least", 2),
                _is("families", "at_least", 2),
                _is("orders_last_year", "at_least", 1),
            ]
        },
    },
    {
        "stage": "retain",
        "when": {
            "any": [
                {"all": [_is("orders", "at_least", 2), _is("orders_last_year", "at_least", 1)]},
                {"all": [_is("subscribed", "equals", True), _is("days_since_joining", "at_least", 365)]},
            ]
        },
    },
    {
        "stage": "satisfy",
        "when": {
            "all": [
                {
                    "any": [
                        _is("days_since_first_order", "above", 90),
                        {"all": [_is("subscribed", "equals", True), _is("days_since_joining", "above", 90)]},
                    ]
                },
                {"not": _is("days_since_ticket", "at_most", 30)},
            ]
        },
    },
    {"stage": "serve", "when": {"any": [_is("orders", "at_least", 1), _is("subscribed", "equals", True)]}},
    {"stage": "sell", "when": _is("days_since_response", "at_most", 90)},
    {"stage": "attract", "when": _is("contacts", "at_least", 1)},
)
"""The rules without a section ``lifecycle``: the furthest stage that a customer's deeds show."""
