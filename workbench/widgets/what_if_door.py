"""The door of the release plan's what-if page."""

from __future__ import annotations

from workbench.errors import NoSolutionError
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.planning.release_plan.improve import quick_plan
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.scenario import from_text
from workbench.planning.release_plan.what_if import NEEDED, TABLES, WhatIf
from workbench.program.store import Program
from workbench.widgets.door import PROGRAM, TOKEN, Opened, Room, Shown, open_door, page_or_notice, words_of
from workbench.widgets.what_if import WhatIfPage

__all__ = ["PROGRAM", "TOKEN", "base_of", "open_page"]


def open_page(program: str = "", scenario: str = "") -> Opened:
    """Open the what-if page for whoever stands at the door; see `door.open_door`."""
    return open_door(Room(N_("What if?"), _warm_up, _furnish), program, scenario)


def _warm_up(opened: Program) -> None:
    quick_plan(base_of(opened).as_it_stands)


def _furnish(opened: Program, scenario: str, link: str) -> tuple[str, str, Shown]:
    base = base_of(opened)
    sentence = _("Change means, weights and decisions on the left; the plan on the right follows.")
    page = page_or_notice(lambda: WhatIfPage(base, from_text(scenario), link).widget)
    return sentence, _told(base.as_it_stands), page


def _told(portfolio: Portfolio) -> str:
    try:
        return quick_plan(portfolio).conclusion
    except NoSolutionError as error:
        return words_of(error)


def base_of(opened: Program) -> WhatIf:
    """The program's tables, checked.

    Raises
    ------
    DataError, SettingsError
        With what is wrong in the program.
    """
    opened.tables(*NEEDED)
    base = WhatIf(
        **{name: opened.table(name) for name in TABLES},
        minimum_shares=opened.settings.minimum_shares,
        discount=opened.settings.release_discount,
    )
    base.as_it_stands  # noqa: B018 - what is wrong in the program is told before the page is made
    return base
