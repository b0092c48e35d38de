"""What a spreadsheet's cell holds for a value of a table, and which values no cell can hold."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from workbench.errors import Problem
from workbench.language import gettext as _
from workbench.program.columns import Column
from workbench.program.folder import cell as plain
from workbench.program.folder import unmistakable
from workbench.program.labels import label
from workbench.program.values import is_blank, items

LONGEST_TEXT = 32_767
FIRST_DAY = datetime(1900, 3, 1)  # Spreadsheets believe in 29 February 1900, so the days before it are not safe.
_UNSAFE = re.compile("_x00[01][0-9A-Fa-f]_|x005F_|[\ud800-\udfff\ufffe\uffff]")

Held = str | float | datetime | None


def held(value: Any, column: Column) -> Held:
    """What a cell holds, in the language in use: a number, a date, a text, or None for an empty one.

    Examples
    --------
    >>> held("lower_is_better", Column("direction", "", choices=("higher_is_better", "lower_is_better")))
    'Lower is better'
    """
    if value is None or is_blank(value):
        return None
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float) or (isinstance(value, datetime) and _is_exact(value)):
        return value
    return label(value) if column.choices else plain(value, column) or None


def _is_exact(moment: datetime) -> bool:
    """Whether a spreadsheet keeps a moment as it is: its clock counts milliseconds."""
    return moment >= FIRST_DAY and moment.microsecond % 1000 == 0


def refused(cell: Held, value: Any) -> Problem | None:
    """Why a cell would not be read back as the value that it stands for; the problem has no place yet."""
    if not isinstance(cell, str):
        return None
    length = len(cell.encode("utf-16-le", "surrogatepass")) // 2
    if length > LONGEST_TEXT:
        return Problem(
            _("The text has {count} characters.").format(count=length),
            _("at most {count}, which is what a spreadsheet's cell can hold").format(count=LONGEST_TEXT),
            _("Shorten it, or keep the program as a folder."),
        )
    if code := _UNSAFE.search(cell):
        return Problem(
            _("The text holds {sign}, which spreadsheets keep for themselves.").format(sign=ascii(code[0])),
            remedy=_("Take it out, or keep the program as a folder."),
        )
    if isinstance(value, tuple | list) and items(cell) not in (tuple(value), tuple(map(unmistakable, value))):
        return Problem(
            _("The list {list} has an item that cannot be told apart in one cell.").format(list=list(value)),
            _("items without ; and | and line breaks, each once"),
            _("Rename the item."),
        )
    return None
