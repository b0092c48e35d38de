"""A second question before something is done that cannot be taken back unseen."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from workbench.language import gettext as _
from workbench.reporting import parts
from workbench.widgets.pieces import button, html, markup, show_only


class Question:
    """What will happen, and yes or no; hidden until it is put."""

    def __init__(self, yes: str, act: Callable[[], None]) -> None:
        self.told = html()
        self._act = act
        answers = ipywidgets.HBox([button(yes, self._yes), button(_("No"), self.withdraw)])
        self.widget = ipywidgets.VBox([self.told, answers])
        self.withdraw()

    def put(self, words: str) -> None:
        """Ask, with what will happen."""
        self.told.value = markup(parts.reading(words))
        show_only(self.widget, True)

    def withdraw(self) -> None:
        """Ask no more."""
        show_only(self.widget, False)

    def _yes(self) -> None:
        self.withdraw()
        self._act()
