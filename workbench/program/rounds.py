"""Scoring rounds: open, then shown, then frozen into a decision record that can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program.database import alone, append
from workbench.program.decision_record import HASHED, hash_of
from workbench.program.schema import PLANNING
from workbench.program.tables import TABLES

OPEN, SHOWN, FROZEN = "open", "shown", "frozen"
ROUNDS, SCORES = PLANNING["rounds"], PLANNING["scores"]


@dataclass(frozen=True)
class Round:
    """One round of scoring.

    Attributes
    ----------
    number : int
        From 1.
    name : str
        What people call it.
    status : str
        ``open`` while scores are given and hidden, ``shown`` to all, ``frozen`` as a decision.
    opened_at, shown_at, frozen_at : datetime or None
        In UTC.
    frozen_by, reason : str
        Who froze it, and why.
    scores_hash : str
        SHA-256 of the scores that the decision rests on.
    """

    number: int
    name: str
    status: str
    opened_at: datetime | None = None
    shown_at: datetime | None = None
    frozen_at: datetime | None = None
    frozen_by: str = ""
    reason: str = ""
    scores_hash: str = ""


def moment(now: datetime) -> datetime:
    """A moment as the tables keep it: UTC, without a zone."""
    return now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now


def listed(connection: sa.Connection) -> tuple[Round, ...]:
    """Every round, by its number."""
    columns = [ROUNDS.c[name] for name in TABLES["rounds"].headings]
    rows = connection.execute(sa.select(*columns).order_by(ROUNDS.c.round))
    return tuple(_round(row) for row in rows)


def _round(row: Any) -> Round:
    number, name, status, opened, shown, frozen, by, reason, scores_hash = row
    return Round(number, name or "", status, opened, shown, frozen, by or "", reason or "", scores_hash or "")


def current(connection: sa.Connection) -> Round | None:
    """The round that is open or shown, if there is one."""
    return next((one for one in reversed(listed(connection)) if one.status != FROZEN), None)


def next_number(connection: sa.Connection) -> int:
    """One more than any round has, or any score."""
    last = (connection.scalar(sa.select(sa.func.max(column))) or 0 for column in (ROUNDS.c.round, SCORES.c.round))
    return int(max(last)) + 1


def begin(connection: sa.Connection, name: str, now: datetime) -> Round:
    """Open a new round.

    Raises
    ------
    DataError
        When another is open or shown.
    """
    alone(connection)
    other = current(connection)
    if other is not None:
        raise DataError(
            Problem(
                _("Round {number} is not frozen yet.").format(number=other.number),
                _("one round at a time"),
                _("Show and freeze it first."),
            )
        )
    made = Round(next_number(connection), name, OPEN, moment(now))
    row = {"round": made.number, "name": made.name, "status": OPEN, "opened_at": made.opened_at}
    append(connection, "rounds", [row])
    return made


def held_open(connection: sa.Connection) -> int:
    """The number of the open round, which stays open until the transaction ends.

    Raises
    ------
    DataError
        When no round is open.
    """
    # Who freezes the round waits for this lock, and who scores waits for the freezing: none slips in between.
    query = sa.select(ROUNDS.c.round).where(ROUNDS.c.status == OPEN).with_for_update(read=True)
    number = connection.scalar(query)
    if number is None:
        raise DataError(
            Problem(
                _("No round is open, so that nothing can be scored."),
                _("an open round"),
                _("Ask the facilitator to open one."),
            )
        )
    return int(number)


def advance(connection: sa.Connection, before: str, values: Mapping[str, Any], meant: int | None = None) -> Round:
    """Bring the round that stands at a status, and is the one that is meant, to the next one.

    Raises
    ------
    DataError
        When no round stands there, or another one does.
    """
    held = sa.select(ROUNDS.c.round).where(ROUNDS.c.status == before).with_for_update()
    number = connection.scalar(held)
    if number is None:
        raise DataError(_not_there(before))
    if meant not in (None, number):
        raise DataError(_another(number))
    if values["status"] == FROZEN:
        values = {**values, "scores_hash": scores_hash(connection, number)}
    connection.execute(sa.update(ROUNDS).where(ROUNDS.c.round == number).values(**values))
    return next(one for one in listed(connection) if one.number == number)


def _not_there(status: str) -> Problem:
    if status == OPEN:
        return Problem(_("No round is open."), _("an open round"), _("Open one first."))
    return Problem(_("No round is shown."), _("a round whose scores all have seen"), _("Show the scores first."))


def _another(number: int) -> Problem:
    return Problem(
        _("It is round {number} by now, which somebody else has opened.").format(number=number),
        _("the round that you saw"),
        _("Look at the page again, and decide again."),
    )


def scores_hash(connection: sa.Connection, number: int) -> str:
    """SHA-256 over the canonical form of a round's scores, in the order in which they were given."""
    columns = [SCORES.c[name] for name in HASHED]
    rows = connection.execute(sa.select(*columns).where(SCORES.c.round == number).order_by(SCORES.c.position))
    return hash_of(dict(row) for row in rows.mappings())
