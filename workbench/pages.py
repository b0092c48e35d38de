"""The live pages: which notebook each is, and what its kernels are told of the program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from workbench import language, resources
from workbench.errors import SettingsError
from workbench.language import gettext as _

if TYPE_CHECKING:
    from workbench.program.settings import Settings
    from workbench.reporting.serving import Page

KERNELS_WAITING = 2


@dataclass(frozen=True)
class LivePage:
    """A page to serve, and what to say of it.

    Attributes
    ----------
    page : Page
        What to serve.
    announcement : str
        Where it is; ``{address}`` stands for the address.
    advice : str
        What to know of it.
    query : str
        What belongs to the address.
    """

    page: Page
    announcement: str
    advice: str
    query: str = ""


def committee(program: str, host: str, port: int) -> LivePage:
    """The committee's page; each visitor brings a personal link."""
    from workbench.program.committee import Committee

    address = database(program)
    opened = Committee.open(address)
    opened.close()
    return LivePage(
        _page("committee", {"CRM_WORKBENCH_PROGRAM": address}, opened.settings, host, port),
        _("The committee's page is at {address}"),
        _("Invite people with “crm-workbench invite”; Ctrl-C stops the page."),
    )


def what_if(program: str, host: str, port: int) -> LivePage:
    """The page that plans releases anew as means, weights and decisions change; whoever has its link may see it."""
    return _by_link("what_if", program, host, port)


def case_what_if(program: str, host: str, port: int) -> LivePage:
    """The page that values the business case anew as assumptions move; whoever has its link may see it."""
    return _by_link("business_case_what_if", program, host, port)


def _by_link(name: str, program: str, host: str, port: int) -> LivePage:
    from workbench.program.store import Program

    opened = Program.open(_absolute(program))
    token = token_urlsafe(24)
    told = {"CRM_WORKBENCH_PROGRAM": _absolute(program), "CRM_WORKBENCH_TOKEN": token}
    return LivePage(
        _page(name, told, opened.settings, host, port),
        _("The what-if page is at {address}"),
        _("Whoever has the link sees the program; Ctrl-C stops the page."),
        f"?token={token}",
    )


PAGES = {"committee": committee, "what-if": what_if, "case-what-if": case_what_if}
"""Each live page by the name that a call gives it."""


def _page(name: str, told: dict[str, str], settings: Settings, host: str, port: int) -> Page:
    from workbench.reporting.serving import Page

    with language.using(settings.language):
        loading = _("Opening the page …")
    return Page(
        resources.folder("notebooks") / f"{name}.ipynb",
        {**told, "LANGUAGE": settings.language},
        host,
        port,
        settings.language,
        loading,
        KERNELS_WAITING,
    )


def database(program: str) -> str:
    """The address of a program that has to be in a database, as another process finds it."""
    from workbench.program import addresses

    if not addresses.is_address(program):
        raise SettingsError(
            _("{text} is no database; “crm-workbench import” makes one of a folder or a workbook.").format(text=program)
        )
    return _absolute(program)


def _absolute(program: str) -> str:
    """The program as another process finds it, wherever that works."""
    from workbench.program import addresses

    if not addresses.is_address(program):
        return str(Path(program).absolute())
    file = addresses.file_of(program)
    return f"sqlite:///{file.absolute()}" if file else program
