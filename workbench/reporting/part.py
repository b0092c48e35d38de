"""One piece of a report's page, and what the pieces and the renderer agree on: the style and the places to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from workbench import resources

RUN_ID = Markup('<span class="cw-run-id"></span>')
"""Where the renderer writes the run's id, which no notebook knows."""

RUN_FACTS = Markup('<span class="cw-run-facts"></span>')
"""Where the renderer writes the manifest's id, the versions and the seed."""


def trusted(html: str) -> Markup:
    """HTML that is nobody's text: the workbench's own files, and what its parts have escaped already."""
    return Markup(html)  # noqa: S704


@dataclass(frozen=True)
class Part:
    """A finished piece of a page.

    Attributes
    ----------
    html : markupsafe.Markup
        For the page; everything that a person typed is escaped in it.
    text : str
        For terminals.
    """

    html: Markup
    text: str

    def _repr_html_(self) -> str:
        return str(self.html)

    def __repr__(self) -> str:
        return self.text


@lru_cache
def stylesheet() -> str:
    """The look of every part, on one line, so that a comparison of notebooks can leave it out."""
    path = resources.folder("templates") / "report" / "report.css"
    return " ".join(path.read_text(encoding="utf-8").split())


def style() -> Markup:
    """The look for a live notebook; a report's page holds it in its head instead."""
    return Markup('<style class="cw-style">{}</style>').format(trusted(stylesheet()))
