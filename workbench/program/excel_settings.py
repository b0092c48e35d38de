"""The first sheet of a capture workbook: what to do, the program's settings, and what the other sheets hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Literal, get_args, get_origin

import yaml
from xlsxwriter.utility import quote_sheetname
from xlsxwriter.worksheet import Worksheet

from workbench.errors import Location, Problem
from workbench.language import gettext as _
from workbench.program.columns import Column, Kind
from workbench.program.excel_book import LINE, STAR, Book, set_height
from workbench.program.excel_cells import Held, refused
from workbench.program.folder import cell as plain
from workbench.program.guidance import steps
from workbench.program.labels import SETTINGS_SHEET, label, setting_label, setting_named
from workbench.program.settings import Settings
from workbench.program.tables import SIDES, TABLES
from workbench.program.values import tidy

SPARE_ROWS = 4
EMPTY_LIST = ";"  # A cell that is empty says nothing; this one says that there is none.
WIDTHS = (34, 50, 84)
_LIST = Column("", "", Kind.LIST)

Row = tuple[str, Held]


def rows_of(values: Mapping[str, Any]) -> list[Row]:
    """Every setting, or part of one, with what its cell holds."""
    return [row for key in Settings.model_fields for row in _rows(key, values.get(key))]


def _rows(key: str, value: Any) -> Iterator[Row]:
    if get_origin(Settings.model_fields[key].annotation) is not dict:
        yield key, _held(value)
        return
    parts = dict.fromkeys(SIDES) if key == "scoring_rights" else {}
    for part, names in {**parts, **(value or {})}.items():
        words = list(map(label, names or ())) if key == "scoring_rights" else names
        yield f"{key}.{part}", EMPTY_LIST if names == [] else _held(words)
    if not parts:
        yield from [(f"{key}.", None)] * SPARE_ROWS


def _held(value: Any) -> Held:
    if isinstance(value, dict):
        return yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    if isinstance(value, list):
        return plain(tuple(value), _LIST) or None
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    return value or None if isinstance(value, str) else value


def problems_of(values: Mapping[str, Any], place: Location) -> list[Problem]:
    """The settings that no cell can hold."""
    lists = {key: value for key, value in values.items() if isinstance(value, list)}
    lists |= {f"own_systems.{part}": names for part, names in values.get("own_systems", {}).items()}
    found = []
    for key, cell in rows_of(values):
        told = refused(cell, lists.get(key)) or refused(setting_label(key), None) or _lost(key)
        if told:
            found.append(Problem(told.found, told.expected, told.remedy, Location(place.file, column=key)))
    return found


def _lost(key: str) -> Problem | None:
    if key.endswith(".") or setting_named(tidy(setting_label(key))) == key:
        return None
    return Problem(_("The name “{name}” cannot be read back from a cell.").format(name=key), remedy=_("Rename it."))


def write_settings(book: Book, values: Mapping[str, Any], heading: str) -> None:
    """Add the sheet of settings, under what to do with the workbook and above what its other sheets hold."""
    sheet = book.add(SETTINGS_SHEET, pages=1)
    for position, width in enumerate(WIDTHS):
        sheet.set_column(position, position, width)
    sheet.write_string(0, 0, heading, book.look("title"))
    sheet.set_row(0, 2 * LINE)
    sheet.hide_gridlines(2)  # 2 hides them on the screen too: the cells to fill in have frames of their own
    for row, text in enumerate(steps(), start=1):
        sheet.write_string(row, 0, text, book.look("line"))
    start = len(steps()) + 2
    end = _write_rows(book, sheet, rows_of(values), start)
    _write_sheets(book, sheet, end + 1)
    sheet.activate()


def _write_rows(book: Book, sheet: Worksheet, rows: list[Row], start: int) -> int:
    _write_headings(book, sheet, start, (label("setting"), label("value"), _("Meaning")))
    told: set[str] = set()
    for number, (key, value) in enumerate(rows, start=start + 1):
        outer = key.partition(".")[0]
        _write_name(book, sheet, number, key)
        sheet.write_blank(number, 1, None, book.look(_look(outer), boxed=True))
        book.put(sheet, number, 1, value, boxed=True)
        if rule := _rule(outer):
            sheet.data_validation(number, 1, number, 1, rule)
        meaning = "" if outer in told else _meaning(outer)
        sheet.write_string(number, 2, meaning, book.look("meaning"))
        set_height(sheet, number, (setting_label(key), value, meaning), WIDTHS)
        told.add(outer)
    return start + 1 + len(rows)


def _write_headings(book: Book, sheet: Worksheet, row: int, texts: tuple[str, ...]) -> None:
    for position, text in enumerate(texts):
        sheet.write_string(row, position, text, book.look("heading"))


def _write_name(book: Book, sheet: Worksheet, row: int, key: str) -> None:
    required = Settings.model_fields[key.partition(".")[0]].is_required()
    text = setting_label(key) + (STAR if required else "")
    if key.endswith("."):
        book.put(sheet, row, 0, text, boxed=True)
    else:
        sheet.write_string(row, 0, text, book.look("name"))


def _meaning(key: str) -> str:
    text = _(str(Settings.model_fields[key].description))
    more = {
        "own_systems": _("Write a department after the colon, and its systems with ; between them."),
        "objectives": _("With ; between them."),
        "scoring_rights": _("With ; between them. Left empty: business value and urgency, development complexity."),
    }
    return f"{text}. {more[key]}" if key in more else text


def _look(key: str) -> str:
    kinds = {Settings.model_fields[key].annotation, *get_args(Settings.model_fields[key].annotation)}
    if date in kinds:
        return "date"
    return "number" if kinds & {int, float} else "text"


def _rule(key: str) -> dict[str, Any] | None:
    """What a spreadsheet offers and refuses for a setting."""
    annotation = Settings.model_fields[key].annotation
    if get_origin(annotation) is Literal:
        return {"validate": "list", "source": list(get_args(annotation))}
    if _look(key) == "date":
        return {"validate": "date", "criteria": ">=", "value": date(1900, 3, 1)}
    return {"validate": "decimal", "criteria": ">=", "value": 0} if _look(key) == "number" else None


def _write_sheets(book: Book, sheet: Worksheet, start: int) -> None:
    _write_headings(book, sheet, start, (_("Sheet"), "", _("What it holds")))
    for row, table in enumerate(TABLES.values(), start=start + 1):
        called = label(table.name)
        sheet.write_url(row, 0, f"internal:{quote_sheetname(called)}!A1", book.look("link"), called)
        sheet.write_string(row, 2, _(table.help), book.look("meaning"))
        set_height(sheet, row, (called, None, _(table.help)), WIDTHS)
