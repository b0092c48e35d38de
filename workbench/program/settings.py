"""``program.yaml``: the few things that hold for the whole program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from workbench import language
from workbench.errors import Location, Problem
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.program.columns import Column, Kind
from workbench.program.files import Sheet
from workbench.program.nested_settings import place_of
from workbench.program.nested_settings import told as told_inside
from workbench.program.tables import AXES
from workbench.program.values import Culture, Unreadable, is_blank, items, read, suggestion, text_of
from workbench.program.warehouse_settings import WarehouseSettings
from workbench.program.yaml_text import UnreadableYaml, keys, rows_inside
from workbench.program.yaml_text import load as load_yaml

FILE_NAME = "program.yaml"
SCORING_RIGHTS = {"business": ("value", "urgency", "risk_reduction"), "development": ("complexity",)}


def _known_locale(code: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(code.replace("-", "_")))
    except UnknownLocaleError as error:
        raise ValueError(str(error)) from error


def _known_currency(code: str) -> str:
    from babel.numbers import list_currencies

    if code not in list_currencies():
        raise ValueError(code)
    return code


class Settings(BaseModel):
    """What holds for the whole program; the descriptions are what a message says was expected."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(min_length=1, description=N_("the program's name"))
    organisation: str = Field("", description=N_("the organisation's name"))
    currency: Annotated[str, AfterValidator(_known_currency)] = Field(
        description=N_("the three letters of a currency, for example EUR")
    )
    language: Literal["en", "es"] = Field("en", description=N_("en or es"))
    locale: Annotated[str, AfterValidator(_known_locale)] | None = Field(
        None, description=N_("a language and a country, for example es_ES")
    )
    as_of: date = Field(description=N_("the date of the data, for example 2026-09-30"))
    horizon_months: int = Field(36, ge=1, le=600, description=N_("a number of months from 1 to 600"))
    discount_rate: float = Field(
        0.10, ge=0, le=1, allow_inf_nan=False, description=N_("a yearly rate from 0 to 1; 10% is written 0.10")
    )
    convention: Literal["tei", "textbook", "spreadsheet", "nucleus"] = Field(
        "tei", description=N_("tei, textbook, spreadsheet or nucleus")
    )
    users: int | None = Field(None, ge=1, description=N_("how many people will use the CRM, from 1"))
    complexity_ceiling: float = Field(
        60.0, ge=0, le=100, allow_inf_nan=False, description=N_("a complexity from 0 to 100")
    )
    own_systems: dict[str, list[str]] = Field(
        default_factory=dict, description=N_("for each department, the list of its own systems")
    )
    objectives: list[str] = Field(default_factory=list, description=N_("the list of business objectives"))
    scoring_rights: dict[
        Literal["business", "development"], list[Literal["value", "complexity", "urgency", "risk_reduction"]]
    ] = Field(
        default_factory=dict,
        description=N_(
            "for the sides business and development, the list of value, urgency, risk_reduction and complexity that "
            "they score"
        ),
    )
    own_technologies: list[str] = Field(
        default_factory=list, description=N_("the list of technologies that the firm has")
    )
    own_skills: list[str] = Field(default_factory=list, description=N_("the list of skills that the firm has"))
    release_discount: float = Field(
        0.10,
        ge=0,
        lt=1,
        allow_inf_nan=False,
        description=N_(
            "the share of its value that a project loses with each release that it waits, from 0 to below 1"
        ),
    )
    minimum_shares: dict[str, Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]] = Field(
        default_factory=dict,
        description=N_("for a department, the least share of the plan's money that goes to its projects, from 0 to 1"),
    )
    warehouse: WarehouseSettings | None = Field(
        None, description=N_("where the customer tables are: address, folder and tables")
    )

    @property
    def shown_locale(self) -> str:
        """How reports write figures: as the program's files do, unless those are written in another language."""
        return self.locale if self.locale and self.locale.startswith(self.language) else self.language

    @property
    def culture(self) -> Culture:
        """How people write the program's figures."""
        return Culture(self.locale, self.currency)

    def to_values(self) -> dict[str, Any]:
        """What was set, as plain values: what a file or a database keeps."""
        return self.model_dump(exclude_unset=True, exclude_none=True)

    def anchored(self, base: Path) -> Settings:
        """With the places of the customer tables from the root on; they are written relative to this one."""
        if self.warehouse is None:
            return self
        return self.model_copy(update={"warehouse": self.warehouse.anchored(base)})

    def axes_scored_by(self, side: str) -> tuple[str, ...]:
        """What the raters of a side score, in the order of `AXES`."""
        given = {str(name): tuple(map(str, axes)) for name, axes in self.scoring_rights.items()}
        rights = SCORING_RIGHTS | given
        return tuple(axis for axis in AXES if axis in rights.get(side, ()))

    def speak(self) -> None:
        """Use the program's language, locale and currency from here on."""
        language.use(self.language, self.shown_locale, self.currency)


@dataclass(frozen=True)
class ReadSettings:
    """What was found where settings are kept.

    Attributes
    ----------
    settings : Settings or None
        None when there are problems.
    culture : Culture
        How figures are written, as far as the settings say so even when others of them are wrong.
    problems : tuple of Problem
        Everything that is wrong.
    """

    settings: Settings | None = None
    culture: Culture = Culture()
    problems: tuple[Problem, ...] = ()


def read_yaml(path: Path) -> ReadSettings:
    """The settings in a YAML file."""
    place = Location(path.name)
    if not path.exists():
        return ReadSettings(
            problems=(
                Problem(
                    _("The file is missing."),
                    _("the program's settings"),
                    _("“crm-workbench init” makes one to start from."),
                    place,
                ),
            )
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
        given = load_yaml(text)
    except UnreadableYaml as error:
        return _refused(str(error), Location(path.name, row=error.row))
    except (OSError, UnicodeDecodeError) as error:
        return _refused(_("The file cannot be read: {reason}.").format(reason=error), place)
    if not isinstance(given, dict):
        return _refused(_("The file holds no settings."), place)
    found = keys(text)
    rows = rows_inside(text) | dict(reversed(found))
    repeated = [(key, row) for place_, (key, row) in enumerate(found) if key in dict(found[:place_])]
    return _checked(
        {str(key): value for key, value in given.items()},
        lambda key: Location(path.name, row=rows.get(key), column=key),
        [_twice(Location(path.name, row=row, column=key)) for key, row in repeated],
    )


def _refused(found: str, place: Location) -> ReadSettings:
    remedy = _("Compare it with the blank one that “crm-workbench init” makes.")
    return ReadSettings(problems=(Problem(found, _("lines such as “currency: EUR”"), remedy, place),))


def _twice(place: Location) -> Problem:
    return Problem(_("The setting stands twice."), _("one line"), _("Keep the one that holds."), place)


def read_sheet(sheet: Sheet) -> ReadSettings:
    """The settings in a workbook's sheet of two columns, ``setting`` and ``value``.

    A department's systems are written as ``own_systems.Marketing``, a list with semicolons; figures and dates in every
    way that the tables allow.
    """
    rows: dict[str, int] = {}
    cells: dict[str, Any] = {}
    problems = []
    for row, (key, value) in ((row, _pair(found)) for row, found in sheet.rows):
        rows.setdefault(key, row)
        rows.setdefault(key.partition(".")[0], row)
        if key in cells and not is_blank(value):
            problems.append(_twice(sheet.at(row, key)))
        elif not is_blank(value):
            cells[key] = value
    culture = _culture(cells)
    given: dict[str, Any] = {}
    for key, value in cells.items():
        try:
            _put(given, key, value, culture)
        except Unreadable as error:
            problems.append(replace(error.problem, where=sheet.at(rows[key], key)))
    return _checked(given, lambda key: sheet.at(rows.get(key, sheet.heading_row), key), problems)


def read_values(given: Mapping[str, Any], place: Location) -> ReadSettings:
    """The settings in plain values, as a database keeps them; dates as ISO texts."""
    values = dict(given)
    if isinstance(values.get("as_of"), str):
        values["as_of"] = _iso_date(values["as_of"])
    return _checked(values, lambda key: replace(place, column=key), [])


def _iso_date(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _pair(cells: list[Any]) -> tuple[str, Any]:
    return text_of(cells[0]) if cells and not is_blank(cells[0]) else "", cells[1] if len(cells) > 1 else None


def _put(given: dict[str, Any], key: str, value: Any, culture: Culture) -> None:
    outer, _dot, inner = key.partition(".")
    if outer in ("own_systems", "scoring_rights") and inner:
        given.setdefault(outer, {})[inner] = list(items(text_of(value)))
    elif outer == "minimum_shares" and inner:
        given.setdefault(outer, {})[inner] = read(value, Column(key, "", kind=Kind.NUMBER), culture)
    elif key in _SECTIONS:
        given[key] = _section(value)
    elif key in _KINDS:
        typed = read(value, Column(key, "", kind=_KINDS[key]), culture)
        given[key] = typed.date() if isinstance(typed, datetime) else list(typed) if isinstance(typed, tuple) else typed
    else:
        given[key] = text_of(value)


def _section(value: Any) -> Any:
    try:
        return load_yaml(str(value))
    except UnreadableYaml as error:
        raise Unreadable(str(error), _("lines such as “currency: EUR”")) from error


_SECTIONS = ("warehouse",)
"""Settings that hold others; a cell has them as the lines of program.yaml."""

_KINDS = {
    "as_of": Kind.DATE,
    "horizon_months": Kind.INTEGER,
    "discount_rate": Kind.NUMBER,
    "users": Kind.INTEGER,
    "complexity_ceiling": Kind.NUMBER,
    "objectives": Kind.LIST,
    "own_technologies": Kind.LIST,
    "own_skills": Kind.LIST,
    "release_discount": Kind.NUMBER,
}
"""How the cells of a settings sheet are read; the others are text."""


def _checked(given: dict[str, Any], where: Callable[[str], Location], problems: list[Problem]) -> ReadSettings:
    culture = _culture(given)
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        faults = {place_of(Settings, fault["loc"]): fault for fault in reversed(error.errors())}
        told = [
            Problem(*told_inside(Settings, place, fault), where(".".join(place)))
            if place[0] in _SECTIONS
            else _told(place[0], fault["type"], given.get(place[0]), where(place[0]))
            for place, fault in reversed(faults.items())
        ]
        return ReadSettings(None, culture, (*problems, *told))
    return ReadSettings(None if problems else settings, culture, tuple(problems))


def _culture(given: dict[str, Any]) -> Culture:
    known: dict[str, str] = {}
    for name, check in (("locale", _known_locale), ("currency", _known_currency)):
        with suppress(ValueError):
            if isinstance(given.get(name), str):
                known[name] = check(given[name])
    return Culture(**known)


def _told(key: str, fault: str, value: Any, where: Location) -> Problem:
    if fault == "extra_forbidden" or key not in Settings.model_fields:
        known = tuple(Settings.model_fields)
        return Problem(_("“{key}” is no setting.").format(key=key), ", ".join(known), suggestion(key, known), where)
    expected = _(str(Settings.model_fields[key].description))
    if fault == "missing":
        return Problem(_("The setting “{key}” is missing.").format(key=key), expected, _("Add a line for it."), where)
    return Problem(_("“{value}” does not fit the setting “{key}”.").format(value=value, key=key), expected, "", where)
