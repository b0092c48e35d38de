"""What is wrong inside a section of ``program.yaml``, told by the path of the setting."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from workbench.language import gettext as _
from workbench.program.values import suggestion

Place = tuple[str, ...]
"""The keys on the way to a setting, for example ``("warehouse", "tables", "transactions", "returns")``."""


def place_of(model: type[BaseModel], loc: Sequence[int | str]) -> Place:
    """The place that pydantic found wrong: the whole way inside a section, else the setting itself."""
    first = str(loc[0])
    if first not in model.model_fields or _section(model.model_fields[first].annotation) is None:
        return (first,)
    return tuple(str(part) for part in loc if not isinstance(part, int) and part != "[key]")


def told(model: type[BaseModel], place: Place, fault: Mapping[str, Any]) -> tuple[str, str, str]:
    """What was found at a place, what was expected, and what to do."""
    holder, key = _holder(model, place)
    if fault["loc"][-1] == "[key]":
        known = tuple(re.findall(r"'(\w+)'", fault["ctx"]["expected"]))
        return _("“{key}” is no table.").format(key=place[-1]), ", ".join(known), suggestion(place[-1], known)
    if fault["type"] == "extra_forbidden":
        known = tuple(holder.model_fields)
        return _("“{key}” is no setting.").format(key=key), ", ".join(known), suggestion(key, known)
    expected = _(str(holder.model_fields[key].description)) if key in holder.model_fields else ""
    if fault["type"] == "missing":
        return _("The setting “{key}” is missing.").format(key=key), expected, _("Add a line for it.")
    found = _("“{value}” does not fit the setting “{key}”.")
    return found.format(value=_shown(fault["input"]), key=".".join(place)), expected, ""


def _shown(value: Any) -> str:
    """A plain value; what holds others is not written out: it can hold a password."""
    return "…" if isinstance(value, dict | list) or "://" in str(value) else str(value)


def _holder(model: type[BaseModel], place: Place) -> tuple[type[BaseModel], str]:
    """The section that a place's last known setting stands in, and its key; keys of mappings are passed over."""
    holder, key = model, place[0]
    for part in place[1:]:
        section = _section(holder.model_fields[key].annotation) if key in holder.model_fields else None
        if section is None:
            return holder, key
        if part in section.model_fields or part == place[-1]:
            holder, key = section, part
    return holder, key


def _section(annotation: Any) -> type[BaseModel] | None:
    """The section inside an annotation: the model itself, or the one that it or its mapping holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for found in map(_section, get_args(annotation)) if found), None)
