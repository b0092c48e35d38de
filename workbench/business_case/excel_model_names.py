"""Names of cells in a spreadsheet: the assumption's own name wherever a spreadsheet would not take it for a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable

PREFIX = "assumption_"
OWN_PREFIX = "model_"
"""What the names of the model's own cells begin with; no assumption's does."""
LONGEST_NAME = 200

_LIKE_A_CELL = re.compile(r"[a-z]{1,3}\d+|[rc]\d*([rc]\d*)?|true|false", re.IGNORECASE)


def cell_names(assumption_ids: Iterable[str]) -> dict[str, str]:
    """A name for the cell of each assumption, different from all others whatever the case of its letters.

    Parameters
    ----------
    assumption_ids : iterable of str
        Names of the assumptions, each once.

    Returns
    -------
    dict of str to str
        The assumption's own name; with a prefix where a spreadsheet reads that as a cell (``fee2``, ``R1C1``) or keeps
        it for itself, and a number at its end where only the case of the letters would tell two apart.

    Examples
    --------
    >>> cell_names(["calls_per_month", "fee2", "Calls", "calls"])
    {'calls_per_month': 'calls_per_month', 'fee2': 'assumption_fee2', 'Calls': 'Calls', 'calls': 'assumption_calls_2'}
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for assumption in assumption_ids:
        name = _safe(assumption)
        if name.casefold() in taken:
            name = _numbered(name if name.startswith(PREFIX) else PREFIX + name, taken)
        names[assumption] = name
        taken.add(name.casefold())
    return names


def _safe(assumption: str) -> str:
    name = "".join(sign if _is_plain(sign) else "_" for sign in assumption)[:LONGEST_NAME]
    is_safe = name == assumption and not _LIKE_A_CELL.fullmatch(name)
    own = name.casefold().startswith((OWN_PREFIX, PREFIX))
    return name if is_safe and not own else PREFIX + name


def _is_plain(sign: str) -> bool:
    """Whether every spreadsheet takes this sign in a name: letters of the common plane, Western digits and _."""
    return sign == "_" or ("0" <= sign <= "9") or (sign.isalpha() and ord(sign) < 0x3000)


def _numbered(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}_{number}".casefold() in taken:
        number += 1
    return f"{name}_{number}"
