"""The pieces of a report's page, top to bottom: what a notebook shows and a committee reads."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from markupsafe import Markup

from workbench import language
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.reporting.part import RUN_FACTS, RUN_ID, Part, style
from workbench.reporting.tables import table

__all__ = [
    "EVIDENCE",
    "Box",
    "Decision",
    "Evidence",
    "Method",
    "Part",
    "answer",
    "boxes",
    "decisions",
    "evidence",
    "foot",
    "masthead",
    "methods",
    "notice",
    "reading",
    "section",
    "table",
    "warnings",
]

Evidence = Literal["randomised", "matched", "before_after", "opinion"]
EVIDENCE = {
    "randomised": N_("randomised"),
    "matched": N_("matched"),
    "before_after": N_("before/after"),
    "opinion": N_("opinion"),
}
"""What each strength of evidence is called, the strongest first; translate it where it is shown."""

_DOT = Markup(' <span aria-hidden="true">·</span> ')
_IMAGE_KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Box:
    """One headline figure, written out: its label, the figure with its unit, its range, and a note on it."""

    label: str
    figure: str
    range: str = ""
    note: str = ""


@dataclass(frozen=True)
class Decision:
    """Something to decide, and what follows from it."""

    what: str
    consequence: str = ""


@dataclass(frozen=True)
class Method:
    """A method by name, the address of its page, and how it was used here."""

    name: str
    link: str = ""
    note: str = ""


def masthead(program: str, report: str, as_of: date, currency: str, logo: Path | None = None) -> Part:
    """The first line of a report; in a live notebook it also brings the look of all other parts.

    Parameters
    ----------
    program, report : str
        Names of the program and the report.
    as_of : datetime.date
        The date of the data.
    currency : str
        ISO 4217 code.
    logo : pathlib.Path, optional
        A PNG, JPEG or SVG picture.

    Raises
    ------
    ValueError
        When the logo is of another kind.
    """
    data = _("data as of {day}").format(day=language.day(as_of))
    facts = [Markup("<span>{}</span>").format(fact) for fact in (data, currency)]
    html = Markup(
        '{}<header class="cw-part cw-masthead">{}<p class="cw-program">{}</p><h1>{}</h1>'
        '<p class="cw-facts">{}{}</p></header>'
    ).format(style(), _picture(logo), program, report, _DOT.join(facts), RUN_ID)
    return Part(html, " · ".join([program, report, data, currency]))


def answer(sentence: str) -> Part:
    """The answer first: one sentence that a director can repeat."""
    return _paragraph("cw-answer", sentence)


def boxes(items: Sequence[Box]) -> Part:
    """Headline figures side by side."""
    cells = Markup("").join(
        Markup('<div class="cw-box"><dt>{}</dt><dd class="cw-figure">{}</dd>{}{}</div>').format(
            box.label, box.figure, _detail("cw-range", box.range), _detail("cw-note", box.note)
        )
        for box in items
    )
    text = "\n".join(f"{box.label}: {_spoken(box.figure, box.range, box.note)}" for box in items)
    return Part(Markup('<dl class="cw-part cw-boxes">{}</dl>').format(cells), text)


def section(question: str) -> Part:
    """The heading of a section: a question."""
    return Part(_heading(question), f"\n{question}\n{'-' * len(question)}")


def reading(text: str) -> Part:
    """One or two sentences on what a chart or table says."""
    return _paragraph("cw-reading", text)


def evidence(strength: Evidence) -> Part:
    """How strong the evidence is, as a small tag.

    Raises
    ------
    ValueError
        When there is no such strength.
    """
    if strength not in EVIDENCE:
        raise ValueError(f"no evidence is called {strength!r}; there are {', '.join(EVIDENCE)}")
    told = _("Evidence: {strength}").format(strength=_(EVIDENCE[strength]))
    html = Markup('<p class="cw-part cw-tags"><span class="cw-evidence cw-{}">{}</span></p>')
    return Part(html.format(strength.replace("_", "-"), told), told)


def decisions(items: Sequence[Decision]) -> Part:
    """What to decide: the open decisions with their consequence."""
    rows = Markup("").join(
        Markup("<li><strong>{}</strong> {}</li>").format(item.what, item.consequence) for item in items
    )
    html = _heading(_("What to decide")) + Markup('<ol class="cw-part cw-decisions">{}</ol>').format(rows)
    listed = [f"{count}. {_spoken(item.what, item.consequence)}" for count, item in enumerate(items, start=1)]
    return Part(html, "\n".join([section(_("What to decide")).text, *listed]))


def methods(items: Sequence[Method], notes: Sequence[str] = ()) -> Part:
    """How this was computed: methods with their pages, then notes on assumptions and on what was left out.

    Raises
    ------
    ValueError
        When a link is neither an address on the web nor a relative one.
    """
    rows = [
        Markup("<li><strong>{}</strong>{}{}</li>").format(_linked(item), ": " if item.note else "", item.note)
        for item in items
    ]
    rows += [Markup("<li>{}</li>").format(note) for note in notes]
    title = _("How this was computed")
    html = _heading(title) + Markup('<ul class="cw-part cw-methods">{}</ul>').format(Markup("").join(rows))
    told = [f"- {_spoken(item.name, item.note)}" for item in items] + [f"- {note}" for note in notes]
    return Part(html, "\n".join([section(title).text, *told]))


def foot(note: str = "") -> Part:
    """The last line: manifest, versions and seed, which the renderer fills in, after a note."""
    said = Markup("<p>{}</p>").format(note) if note else ""
    return Part(Markup('<footer class="cw-part cw-foot">{}<p>{}</p></footer>').format(said, RUN_FACTS), note)


def notice(text: str) -> Part:
    """A sentence in place of a chart or table that has no data."""
    return _paragraph("cw-notice", text)


def warnings(items: Iterable[str]) -> Part:
    """What the reader must know before trusting the figures; nothing at all when there is nothing."""
    told = list(items)
    if not told:
        return Part(Markup(""), "")
    rows = Markup("").join(Markup("<li>{}</li>").format(item) for item in told)
    title = _("Mind this")
    html = Markup('<div class="cw-part cw-warnings"><p><strong>{}</strong></p><ul>{}</ul></div>').format(title, rows)
    return Part(html, "\n".join([f"{title}:", *(f"- {item}" for item in told)]))


def _paragraph(kind: str, text: str) -> Part:
    return Part(Markup('<p class="cw-part {}">{}</p>').format(kind, text), text)


def _heading(text: str) -> Markup:
    return Markup('<h2 class="cw-part cw-section">{}</h2>').format(text)


def _detail(kind: str, text: str) -> Markup:
    return Markup('<dd class="{}">{}</dd>').format(kind, text) if text else Markup("")


def _spoken(first: str, *rest: str) -> str:
    more = "; ".join(text for text in rest if text)
    return f"{first} ({more})" if more else first


def _linked(item: Method) -> Markup:
    if not item.link:
        return Markup("{}").format(item.name)
    if urlsplit(item.link).scheme not in ("", "http", "https"):
        raise ValueError(f"the link {item.link!r} of {item.name!r} is no address on the web")
    return Markup('<a href="{}">{}</a>').format(item.link, item.name)


def _picture(logo: Path | None) -> Markup:
    if logo is None:
        return Markup("")
    kind = _IMAGE_KINDS.get(logo.suffix.lower())
    if kind is None:
        raise ValueError(f"the logo {logo.name} is none of {', '.join(_IMAGE_KINDS)}")
    data = base64.b64encode(logo.read_bytes()).decode("ascii")
    return Markup('<img class="cw-logo" alt="" src="data:{};base64,{}">').format(kind, data)
