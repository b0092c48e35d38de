"""Who sees the what-if page: on a served page whoever brings its token, in JupyterLab whoever runs the notebook."""

from __future__ import annotations

import hmac
import os

import ipywidgets

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

PROGRAM, TOKEN = "CRM_WORKBENCH_PROGRAM", "CRM_WORKBENCH_TOKEN"


def open_page(program: str = "", scenario: str = "") -> tuple[Part, ipywidgets.Widget | Part]:
    """The page's heading, and the page or what is told in its place.

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
    except WorkbenchError as error:
        return parts.section(_("What if?")), parts.notice(" ".join(map(str, error.problems)))
    heading = parts.masthead(opened.settings.name, _("What if?"), opened.settings.as_of, opened.settings.currency)
    token = ""
    if served:
        quick_plan(base.as_it_stands)  # what takes long the first time is done before anybody comes
        token, scenario = serving.asked("token", "scenario")
        if not hmac.compare_digest(token.encode(), os.environ.get(TOKEN, "").encode()) or not token:
            return parts.section(_("What if?")), parts.notice(_("This link does not open the page. Ask for a new one."))
    link = f"?token={token}" if token else ""
    return heading, _page(base, scenario, link)


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
