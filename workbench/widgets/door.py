"""Who sees a what-if page: on a served page whoever brings its token, in JupyterLab whoever runs the notebook."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import ipywidgets
from markupsafe import Markup

from workbench.errors import WorkbenchError
from workbench.language import gettext as _
from workbench.program import blank
from workbench.program.store import Program
from workbench.reporting import parts, serving
from workbench.reporting.part import Part

NOTHING = Part(Markup(""), "")
PROGRAM, TOKEN = "CRM_WORKBENCH_PROGRAM", "CRM_WORKBENCH_TOKEN"
Shown: TypeAlias = ipywidgets.Widget | Part


@dataclass(frozen=True)
class Opened:
    """What the notebook shows, from top to bottom.

    Attributes
    ----------
    heading, sentence : Part
        What page this is, and what can be done on it.
    as_it_stands : Part
        The program without any change, in words.
    page : Widget or Part
        The page, or what is told in its place.
    """

    heading: Part
    sentence: Part
    as_it_stands: Part
    page: Shown


@dataclass(frozen=True)
class Room:
    """What lies behind a door.

    Attributes
    ----------
    title : str
        What the page is called; marked for translation.
    warm_up : callable
        Does with a program what takes longest the first time.
    furnish : callable
        From a program, a saved scenario and the beginning of links: the sentence, the program as it stands, the page.
    """

    title: str
    warm_up: Callable[[Program], object]
    furnish: Callable[[Program, str, str], tuple[str, str, Shown]]


def open_door(room: Room, program: str = "", scenario: str = "") -> Opened:
    """Open a what-if page for whoever stands at the door.

    Parameters
    ----------
    room : Room
        What lies behind it.
    program : str
        Folder, workbook or database of the program; empty for the sample. Counts for nothing on a served page.
    scenario : str
        A saved scenario to begin with.
    """
    served = os.environ.get(PROGRAM, "")
    if not served:
        return _opened(room, program or blank.sample("en"), scenario, "")
    serving.log_to_server()
    _warm_up(room, served)
    token, scenario = serving.asked("token", "scenario")
    if not token or not hmac.compare_digest(token.encode(), os.environ.get(TOKEN, "").encode()):
        return _closed(room, _("This link does not open the page. Ask for a new one."))
    return _opened(room, served, scenario, f"?token={token}")


def _warm_up(room: Room, served: str) -> None:
    """What a waiting kernel does before anybody comes: the first time of everything takes the longest.

    The program is then read again, since it may have changed by then. What is wrong in it is not said here, where
    nobody has brought a token yet.
    """
    with suppress(WorkbenchError):
        room.warm_up(Program.open(served))


def _opened(room: Room, program: str | Path, scenario: str, link: str) -> Opened:
    try:
        opened = Program.open(program)
        opened.settings.speak()
        sentence, stands, page = room.furnish(opened, scenario, link)
    except WorkbenchError as error:
        return _closed(room, words_of(error))
    settings = opened.settings
    return Opened(
        parts.masthead(settings.name, _(room.title), settings.as_of, settings.currency),
        parts.reading(sentence),
        parts.reading(_("As the program stands: {plan}").format(plan=stands)),
        page,
    )


def words_of(error: WorkbenchError) -> str:
    """All that is wrong, in one line."""
    return " ".join(map(str, error.problems))


def _closed(room: Room, told: str) -> Opened:
    return Opened(parts.section(_(room.title)), NOTHING, NOTHING, parts.notice(told))


def page_or_notice(make: Callable[[], ipywidgets.Widget]) -> Shown:
    """The page, or in its place what keeps it from being shown."""
    try:
        return make()
    except WorkbenchError as error:
        return parts.notice(words_of(error))
