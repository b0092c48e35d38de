"""The small pieces of every panel: escaped text, a status that is read out, a handler that tells what went wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import ipywidgets
from ipywidgets.widgets.widget_string import HTMLStyle
from markupsafe import Markup, escape

from workbench import resources
from workbench.errors import WorkbenchError
from workbench.language import gettext as _
from workbench.reporting.part import Part, trusted

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[str, Any]
log = logging.getLogger(__name__)


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows of a planning table, None where a cell is empty."""
    from pandas import isna
    from pandas.api.types import is_scalar

    return [
        {str(name): None if is_scalar(value) and isna(value) else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def look() -> ipywidgets.HTML:
    """The panels' own style."""
    return ipywidgets.HTML(str(Markup("<style>{}</style>").format(trusted(_stylesheet()))))


@lru_cache
def _stylesheet() -> str:
    return (resources.folder("templates") / "voila" / "panels.css").read_text(encoding="utf-8")


def text(words: str, kind: str = "") -> Markup:
    """A paragraph; whatever people typed is escaped."""
    return Markup('<p class="cw-part {}">{}</p>').format(kind, words) if words else Markup("")


def heading(words: str, level: int = 2) -> Markup:
    """A heading of a panel."""
    return Markup("<h{level} class='cw-part cw-head'>{words}</h{level}>").format(level=int(level), words=words)


@lru_cache
def shared(kind: type[ipywidgets.Widget]) -> ipywidgets.Widget:
    """One layout or style for all widgets that are never told to look differently: it halves what a page loads."""
    return kind()


def column(*inside: ipywidgets.Widget, kind: str = "") -> ipywidgets.VBox:
    """Widgets below one another."""
    return _classed(ipywidgets.VBox(inside, layout=shared(ipywidgets.Layout)), kind)


def row(*inside: ipywidgets.Widget, kind: str = "") -> ipywidgets.HBox:
    """Widgets beside one another."""
    return _classed(ipywidgets.HBox(inside, layout=shared(ipywidgets.Layout)), kind)


def _classed(widget: ipywidgets.Widget, kind: str) -> ipywidgets.Widget:
    for name in kind.split():
        widget.add_class(name)
    return widget


def html(content: Markup | Part | str = "", kind: str = "") -> ipywidgets.HTML:
    """Finished markup, or text that is escaped, as a widget."""
    look = {"layout": shared(ipywidgets.Layout), "style": shared(HTMLStyle)}
    return _classed(ipywidgets.HTML(markup(content), **look), kind)


def markup(content: Markup | Part | str) -> str:
    """What a widget of kind HTML may show of it: a text is escaped."""
    return str(content.html if isinstance(content, Part) else escape(content))


def button(label: str, act: Callable[[], None], primary: bool = False) -> ipywidgets.Button:
    """A button that does something."""
    made = ipywidgets.Button(description=label, button_style="primary" if primary else "")
    made.layout.width = "auto"
    made.on_click(lambda _pressed: act())
    return made


def show_only(widget: ipywidgets.Widget, shown: bool) -> None:
    """Show a widget that has a layout of its own, or hide it."""
    widget.layout.display = "" if shown else "none"


class Choice:
    """One of several, chosen by a person; `chosen` is told the place of what a person chose, and of nothing else."""

    def __init__(self, label: str, chosen: Callable[[int], None]) -> None:
        self.widget = ipywidgets.Dropdown(description=label, options=[])
        self.widget.layout.width = "100%"
        self._chosen, self._listing = chosen, False
        self.widget.observe(self._changed, "index")

    def offer(self, labels: Sequence[str], place: int) -> None:
        """Offer these, and stand at one of them."""
        self._listing = True
        try:
            if list(self.widget.options) != list(labels):
                self.widget.options = list(labels)
            self.widget.index = place if labels else None
        finally:
            self._listing = False

    @property
    def place(self) -> int:
        """Where it stands."""
        return int(self.widget.index or 0)

    def _changed(self, change: Mapping[str, Any]) -> None:
        if not self._listing and change["new"] is not None:
            self._chosen(int(change["new"]))


class Status:
    """One line that says how things stand; screen readers are told when it changes."""

    def __init__(self) -> None:
        self.widget = html(kind="cw-status")

    def say(self, words: str, wrong: bool = False) -> None:
        """Say this, as bad news when something is wrong."""
        self.widget.value = str(text(words, "cw-wrong" if wrong else "cw-well"))


def telling(status: Status, act: Callable[..., None]) -> Callable[..., None]:
    """The act, which tells what went wrong where the person looks.

    What nobody foresaw goes to the server's log and not to the page, which would show the inside of the program.
    """

    def attempt(*given: Any) -> None:
        try:
            act(*given)
        except WorkbenchError as error:
            status.say(" ".join(map(str, error.problems)), wrong=True)
        except Exception:
            log.exception("an act on a live page failed")
            status.say(_("This did not work, and nothing was changed. Please tell the facilitator."), wrong=True)

    return attempt
