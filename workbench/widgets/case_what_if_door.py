"""The door of the business case's what-if page."""

from __future__ import annotations

from workbench.business_case.vendor_lines import VendorLines, in_case
from workbench.business_case.what_if import CaseWhatIf
from workbench.business_case.what_if_scenario import CaseScenario, from_text
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.program.store import Program
from workbench.widgets.case_what_if import CaseWhatIfPage
from workbench.widgets.door import Opened, Room, Shown, open_door, page_or_notice

NEEDED = ("assumptions", "costs", "benefits")


def open_page(program: str = "", scenario: str = "") -> Opened:
    """Open the business case's what-if page for whoever stands at the door; see `door.open_door`."""
    return open_door(Room(N_("What if? The business case"), _warm_up, _furnish), program, scenario)


def _warm_up(opened: Program) -> None:
    CaseWhatIfPage(base_of(opened), CaseScenario())


def _furnish(opened: Program, scenario: str, link: str) -> tuple[str, str, Shown]:
    base = base_of(opened)
    sentence = _("Move assumptions on the left; the net present value on the right follows.")
    notes = [lines_of(opened).conclusion, "" if base.together.possible else base.together.conclusion]
    page = page_or_notice(lambda: CaseWhatIfPage(base, from_text(scenario), link, notes).widget)
    return sentence, base.under(CaseScenario()).conclusion, page


def lines_of(opened: Program) -> VendorLines:
    """The cost lines that count while no vendor is chosen."""
    return in_case(opened.table("costs"), None, list(opened.table("vendors")["vendor_id"]))


def base_of(opened: Program) -> CaseWhatIf:
    """The program's business case, checked.

    Raises
    ------
    DataError, SettingsError
        With what is wrong in the program.
    """
    assumptions, _costs, benefits = opened.tables(*NEEDED)
    settings = opened.settings
    base = CaseWhatIf(
        lines_of(opened).costs,
        benefits,
        assumptions,
        settings.horizon_months,
        settings.discount_rate,
        settings.convention,
    )
    base.swings  # noqa: B018 - what is wrong in the program is told before the page is made
    return base
