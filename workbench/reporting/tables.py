"""A frame as a table of a report: escaped, aligned, without a NaN, folded when long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from workbench import language
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.reporting.part import Part

if TYPE_CHECKING:
    import pandas as pd

LONG = 12
"""Rows from which a table is folded."""

MISSING = "–"
_SHORT = 16
Format = Callable[[Any], str]


def table(
    frame: pd.DataFrame,
    labels: Mapping[str, str] | None = None,
    formats: Mapping[str, Format] | None = None,
    caption: str = "",
    collapsed: bool | None = None,
) -> Part:
    """A table of a frame's columns; the index is not shown, and the first column heads each row.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows; missing values are shown as a dash.
    labels : mapping, optional
        Headings by column; the column's own name by default.
    formats : mapping, optional
        How to write a column's values, for example ``{"npv": language.money}``.
    caption : str
        What the table holds.
    collapsed : bool, optional
        Whether it is folded until somebody opens it; by default when it has more than `LONG` rows.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"title": ["<b>One</b>"], "value": [float("nan")]})
    >>> print(table(frame, labels={"title": "Title"}).html)  # doctest: +ELLIPSIS
    <div class="cw-part cw-table"...&lt;b&gt;One&lt;/b&gt;</th><td class="cw-num">–</td></tr>...
    """
    headings = [str((labels or {}).get(column, column)) for column in frame.columns]
    columns = [_texts(frame[column], (formats or {}).get(column)) for column in frame.columns]
    rows = list(zip(*columns, strict=True))
    numeric = [_is_numeric(frame[column]) for column in frame.columns]
    kinds = [_kind(texts, number) for texts, number in zip(columns, numeric, strict=True)]
    html = _html(headings, rows, kinds, caption)
    if collapsed if collapsed is not None else len(rows) > LONG:
        html = Markup('<details class="cw-part cw-folded"><summary>{}</summary>{}</details>').format(
            _summary(caption, len(rows)), html
        )
    return Part(html, _text(headings, rows, numeric, caption))


def _texts(column: pd.Series[Any], written: Format | None) -> list[str]:
    return [MISSING if _is_missing(value) else (written or _written)(value) for value in column]


def _is_missing(value: Any) -> bool:
    import pandas as pd

    if isinstance(value, str | list | tuple):
        return not value
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _is_numeric(column: pd.Series[Any]) -> bool:
    import pandas as pd

    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _written(value: Any) -> str:
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return _("yes") if value else _("no")
    if isinstance(value, Integral):
        return language.exact(int(value))
    if isinstance(value, Real):
        return language.number(float(value))
    if isinstance(value, date):
        return language.day(value, "medium")
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _html(headings: list[str], rows: list[tuple[str, ...]], kinds: list[Markup], caption: str) -> Markup:
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(kind, heading) for heading, kind in zip(headings, kinds, strict=True)
    )
    body = Markup("\n").join(_row(row, kinds) for row in rows)
    name = Markup("<caption>{}</caption>").format(caption) if caption else ""
    return Markup(
        '<div class="cw-part cw-table" tabindex="0" role="region" aria-label="{}"><table>{}'
        "<thead><tr>{}</tr></thead>\n<tbody>{}</tbody></table></div>"
    ).format(caption or _("Table"), name, head, body)


def _row(row: tuple[str, ...], kinds: list[Markup]) -> Markup:
    first = Markup('<th scope="row"{}>{}</th>').format(kinds[0], row[0])
    rest = zip(row[1:], kinds[1:], strict=True)
    cells = Markup("").join(Markup("<td{}>{}</td>").format(kind, cell) for cell, kind in rest)
    return Markup("<tr>{}{}</tr>").format(first, cells)


def _kind(texts: list[str], number: bool) -> Markup:
    if number:
        return Markup(' class="cw-num"')
    short = all(len(text) <= _SHORT for text in texts)
    return Markup(' class="cw-short"') if short else Markup("")


def _summary(caption: str, rows: int) -> str:
    counted = ngettext("{count} row", "{count} rows", rows).format(count=rows)
    return f"{caption or _('Table')} ({counted})"


def _text(headings: list[str], rows: list[tuple[str, ...]], numeric: list[bool], caption: str) -> str:
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    lines = ["  ".join(_padded(row, widths, numeric)).rstrip() for row in [tuple(headings), *rows]]
    return "\n".join([caption, *lines] if caption else lines)


def _padded(row: tuple[str, ...], widths: list[int], numeric: list[bool]) -> list[str]:
    cells = zip(row, widths, numeric, strict=True)
    return [cell.rjust(width) if number else cell.ljust(width) for cell, width, number in cells]
