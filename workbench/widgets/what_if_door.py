"""Who sees the what-if page: on a served page whoever brings its token, in JupyterLab whoever runs the notebook."""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass

import ipywidgets
from markupsafe import Markup

from workbench.errors import WorkbenchError
from workbench.language import gettext as _
from workbench.planning.release_plan.improve import quick_plan
from workbench.planning.release_plan.scenario import from_text
from workbench.planning.release_plan.what_if import TABLES, WhatIf
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
    if served:
        serving.log_to_server()
    try:
        opened = Program.open(served or program or blank.sample("en"))
        opened.settings.speak()
        base = base_of(opened)
        plan = quick_plan(base.as_it_stands)  # a waiting kernel does what takes long before anybody comes
    except WorkbenchError as error:
        return _closed(" ".join(map(str, error.problems)))
    token = ""
    if served:
        token, scenario = serving.asked("token", "scenario")
        if not token or not hmac.compare_digest(token.encode(), os.environ.get(TOKEN, "").encode()):
            return _closed(_("This link does not open the page. Ask for a new one."))
    settings = opened.settings
    return Opened(
        parts.masthead(settings.name, _("What if?"), settings.as_of, settings.currency),
        parts.reading(_("Change means, weights and decisions on the left; the plan on the right follows.")),
        parts.reading(_("As the program stands: {plan}").format(plan=plan.conclusion)),
        _page(base, scenario, f"?token={token}" if token else ""),
    )


def _closed(told: str) -> Opened:
    return Opened(parts.section(_("What if?")), NOTHING, NOTHING, parts.notice(told))


def base_of(opened: Program) -> WhatIf:
    """The program's tables, checked.

    Raises
    ------
    DataError, SettingsError
        With what is wrong in the program.
    """
    base = WhatIf(
        **dict(zip(TABLES, opened.tables(*TABLES), strict=True)),
        minimum_shares=opened.settings.minimum_shares,
        discount=opened.settings.release_discount,
    )
    base.as_it_stands  # noqa: B018 - what is wrong in the program is told before the page is made
    return base


def _page(base: WhatIf, scenario: str, link: str) -> ipywidgets.Widget | Part:
    try:
        return WhatIfPage(base, from_text(scenario), link).widget
    except WorkbenchError as error:
        return parts.notice(" ".join(map(str, error.problems)))
