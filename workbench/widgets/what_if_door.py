"""Who sees the what-if page: on a served page whoever brings its token, in JupyterLab whoever runs the notebook."""

from __future__ import annotations

import hmac
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import ipywidgets
from markupsafe import Markup

from workbench.errors import NoSolutionError, WorkbenchError
from workbench.language import gettext as _
from workbench.planning.release_plan.improve import quick_plan
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.scenario import from_text
from workbench.planning.release_plan.what_if import NEEDED, TABLES, WhatIf
from workbench.program import blank
from workbench.program.store import Program
from workbench.reporting import parts, serving
from workbench.reporting.part import Part
from workbench.widgets.what_if import WhatIfPage

NOTHING = Part(Markup(""), "")
PROGRAM, TOKEN = "CRM_WORKBENCH_PROGRAM", "CRM_WORKBENCH_TOKEN"


@dataclass(frozen=True)
class Opened:
    """What the notebook shows, from top to bottom.

    Attributes
    ----------
    heading, sentence : Part
        What page this is, and what can be done on it.
    as_it_stands : Part
        The plan of the program without any change, in words.
    page : Widget or Part
        The page, or what is told in its place.
    """

    heading: Part
    sentence: Part
    as_it_stands: Part
    page: ipywidgets.Widget | Part


def open_page(program: str = "", scenario: str = "") -> Opened:
    """Open the what-if page for whoever stands at the door.

    Parameters
    ----------
    program : str
        Folder, workbook or database of the program; empty for the sample. Counts for nothing on a served page.
    scenario : str
        A saved scenario to begin with.
    """
    served = os.environ.get(PROGRAM, "")
    if not served:
        return _opened(program or blank.sample("en"), scenario, "")
    serving.log_to_server()
    _warm_up(served)
    token, scenario = serving.asked("token", "scenario")
    if not token or not hmac.compare_digest(token.encode(), os.environ.get(TOKEN, "").encode()):
        return _closed(_("This link does not open the page. Ask for a new one."))
    return _opened(served, scenario, f"?token={token}")


def _warm_up(program: str) -> None:
    """What a waiting kernel does before anybody comes: the first time of everything takes the longest.

    The program is then read again, since it may have changed by then. What is wrong in it is not said here, where
    nobody has brought a token yet.
    """
    with suppress(WorkbenchError):
        quick_plan(base_of(Program.open(program)).as_it_stands)


def _opened(program: str | Path, scenario: str, link: str) -> Opened:
    try:
        opened = Program.open(program)
        opened.settings.speak()
        base = base_of(opened)
        plan = _told(base.as_it_stands)
    except WorkbenchError as error:
        return _closed(_words(error))
    settings = opened.settings
    return Opened(
        parts.masthead(settings.name, _("What if?"), settings.as_of, settings.currency),
        parts.reading(_("Change means, weights and decisions on the left; the plan on the right follows.")),
        parts.reading(_("As the program stands: {plan}").format(plan=plan)),
        _page(base, scenario, link),
    )


def _told(portfolio: Portfolio) -> str:
    try:
        return quick_plan(portfolio).conclusion
    except NoSolutionError as error:
        return _words(error)


def _words(error: WorkbenchError) -> str:
    return " ".join(map(str, error.problems))


def _closed(told: str) -> Opened:
    return Opened(parts.section(_("What if?")), NOTHING, NOTHING, parts.notice(told))


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


def _page(base: WhatIf, scenario: str, link: str) -> ipywidgets.Widget | Part:
    try:
        return WhatIfPage(base, from_text(scenario), link).widget
    except WorkbenchError as error:
        return parts.notice(_words(error))
