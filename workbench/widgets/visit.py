"""Who has come to a live page, and to which program: known from the link alone, never from what the page sends."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module

from markupsafe import Markup

from workbench.errors import AccessError, WorkbenchError
from workbench.language import gettext as _
from workbench.program import access
from workbench.program.committee import Committee
from workbench.program.rounds import Round
from workbench.reporting import parts, serving

PROGRAM = "CRM_WORKBENCH_PROGRAM"
"""Environment variable in which a served page's kernel finds the program; then only a token opens the page."""

LOADED_EARLY = ("scipy.special", "workbench.planning.leaning", "workbench.planning.spread", "workbench.widgets.scoring")

log = logging.getLogger(__name__)
NOTHING = parts.Part(Markup(""), "")


def clock() -> datetime:
    """The moment, as the program keeps moments: without a time zone, in universal time."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Visit:
    """One person at one program.

    Attributes
    ----------
    committee : Committee
        The sessions of the program.
    rater_id : str
        Who it is; "" for a facilitator at their own machine who is no rater.
    is_facilitator : bool
        Whether the visitor opens, shows and freezes rounds.
    now : callable
        Tells the moment.
    """

    committee: Committee
    rater_id: str
    is_facilitator: bool
    now: Callable[[], datetime] = clock
    _address: str = field(default="", repr=False)
    _token: str = field(default="", repr=False)

    def confirm(self) -> None:
        """Make sure that the invitation still holds.

        Raises
        ------
        AccessError
            When it has expired or was revoked since the page was opened.
        """
        if self._token:
            access.verify(self._address, self._token, self.now())

    def latest_round(self) -> Round | None:
        """The round that is open or shown, or else the last that was frozen."""
        rounds = self.committee.rounds()
        return self.committee.current_round() or (rounds[-1] if rounds else None)


@dataclass(frozen=True)
class Entrance:
    """What the door says: a heading, a sentence, and the visit, or what stands in its place."""

    heading: parts.Part
    sentence: parts.Part
    visit: Visit | None = None
    instead: parts.Part = NOTHING


def enter(program: str = "", rater: str | None = None) -> Entrance:
    """Open a program for whoever stands at the door.

    On a served page the program is in the kernel's environment and the visitor in the link's token; the arguments then
    count for nothing. In JupyterLab they are all there is: without a rater it is the facilitator.

    Parameters
    ----------
    program : str
        Address of a program in a database.
    rater : str, optional
        Id of a rater.
    """
    served = os.environ.get(PROGRAM, "")
    if served:
        serving.log_to_server()
        _rehearse(served)
        return _by_token(served, *serving.asked("token"))
    if not program:
        return _nothing_open()
    return _admitted(Visit(Committee.open(program), rater or "", is_facilitator=not rater))


def _rehearse(served: str) -> None:
    """Do, in a kernel that waits for its visitor, what takes long and is the same for all: load, connect, read.

    No score is among what is read: whose they are to see is not known yet.
    """
    for library in LOADED_EARLY:
        import_module(library)
    with suppress(WorkbenchError):
        # A program that cannot be read is told to the visitor, when there is one.
        committee = Committee.open(served)
        _admitted(Visit(committee, "", is_facilitator=False))
        for read in (committee.criteria, committee.requirements, committee.progress, committee.rounds):
            read()


def _by_token(served: str, token: str) -> Entrance:
    try:
        invitation = access.verify(served, token, clock())
    except AccessError as error:
        return Entrance(NOTHING, refusal(error))
    except WorkbenchError:
        log.exception("the program could not be read")
        return Entrance(NOTHING, parts.notice(_("The page cannot be opened at the moment. Please try again later.")))
    is_facilitator = invitation.role == "facilitator"
    return _admitted(Visit(Committee.open(served), invitation.rater_id, is_facilitator, _address=served, _token=token))


def refusal(error: AccessError) -> parts.Part:
    """All that somebody without a valid invitation is told."""
    return parts.notice(" ".join(f"{problem.found} {problem.remedy}" for problem in error.problems))


def name_of(visit: Visit) -> str:
    """What the visitor is called among the raters; "" for who is none."""
    raters = visit.committee.raters().set_index("rater_id")["name"]
    return str(raters.get(visit.rater_id, visit.rater_id))


def title_of(one: Round) -> str:
    """What people call a round."""
    return one.name or _("Round {number}").format(number=one.number)


def _admitted(visit: Visit) -> Entrance:
    settings = visit.committee.settings
    settings.speak()
    heading = parts.masthead(settings.name, _("Committee"), settings.as_of, settings.currency)
    return Entrance(heading, parts.reading(_welcome(visit)), visit)


def _welcome(visit: Visit) -> str:
    name = name_of(visit)
    if visit.is_facilitator:
        return (
            _("You facilitate this session, {name}.").format(name=name) if name else _("You facilitate this session.")
        )
    return _("You score as {name}.").format(name=name)


def _nothing_open() -> Entrance:
    told = _(
        "Start the page with “crm-workbench serve PROGRAM”, or give this notebook's parameter “program” the address of "
        "a program in a database; “crm-workbench import” makes one."
    )
    return Entrance(parts.section(_("Committee")), parts.notice(_("No program is open.")), instead=parts.reading(told))
