"""Invitations: who may open the live page of a program, as what, and until when.

The link carries only the signed number of an invitation; who is invited, and until when, is in the database.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

import sqlalchemy as sa
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from workbench.errors import AccessError, DataError, Problem
from workbench.language import gettext as _
from workbench.program.database import alone, opened, reading, writing
from workbench.program.rounds import moment
from workbench.program.schema import INVITATIONS, PLANNING, SECRETS

Role = Literal["rater", "facilitator"]
ROLES: tuple[Role, ...] = ("rater", "facilitator")
SECRET, SECRET_BYTES = "invitations", 32
RATERS = PLANNING["raters"]


@dataclass(frozen=True)
class Invitation:
    """Who is invited, and as what."""

    rater_id: str
    role: Role


def issue(address: str, rater_id: str, role: Role, now: datetime, valid_days: int = 30) -> str:
    """Invite a rater; gives the token for the personal link.

    Parameters
    ----------
    address : str
        Address of the database.
    rater_id : str
        Who is invited.
    role : {"rater", "facilitator"}
        As what.
    now : datetime
        When; without a zone it is UTC.
    valid_days : int
        For how long.

    Raises
    ------
    DataError
        When there is no such rater, or the time is no time.
    """
    identity = secrets.token_urlsafe(12)
    with opened(address) as source, writing(source, address) as connection:
        _check(connection, rater_id, role, valid_days)
        row = {"id": identity, "rater_id": rater_id, "role": role, "issued_at": moment(now)}
        connection.execute(sa.insert(INVITATIONS), row | {"expires_at": moment(now) + timedelta(days=valid_days)})
        secret = _secret(connection) or _new_secret(connection)
    return str(_serializer(secret, now).dumps(identity))


def _check(connection: sa.Connection, rater_id: str, role: str, valid_days: int) -> None:
    problems = []
    if connection.scalar(sa.select(RATERS.c.rater_id).where(RATERS.c.rater_id == rater_id)) is None:
        remedy = _("Add the rater to the table raters first.")
        problems.append(Problem(_("“{id}” is no rater.").format(id=rater_id), _("an id of the table raters"), remedy))
    if role not in ROLES:
        problems.append(Problem(_("“{role}” is no role.").format(role=role), ", ".join(ROLES)))
    if not 1 <= valid_days <= 366:
        found = _("An invitation cannot hold for {count} days.").format(count=valid_days)
        problems.append(Problem(found, _("1 to 366 days")))
    if problems:
        raise DataError(problems)


def verify(address: str, token: str, now: datetime) -> Invitation:
    """Who a token lets in.

    Raises
    ------
    AccessError
        When the token is forged, has expired or was revoked, or the rater is gone; always with the same message.
    """
    with opened(address) as source, reading(source, address) as connection:
        identity = _identity(_secret(connection), token, now)
        holds = sa.and_(
            INVITATIONS.c.id == identity,
            INVITATIONS.c.revoked_at.is_(None),
            INVITATIONS.c.expires_at > moment(now),
            INVITATIONS.c.rater_id == RATERS.c.rater_id,
        )
        found = connection.execute(sa.select(INVITATIONS.c.rater_id, INVITATIONS.c.role).where(holds)).one_or_none()
    if found is None:
        raise _refused()
    return Invitation(found.rater_id, cast("Role", found.role))


def _identity(secret: bytes | None, token: str, now: datetime) -> str:
    if secret is None:
        raise _refused()
    try:
        return str(_serializer(secret, now).loads(token))
    except (BadData, UnicodeError):
        raise _refused() from None


def _refused() -> AccessError:
    return AccessError(
        Problem(
            _("This invitation does not hold."),
            _("the personal link of an invitation that is still valid"),
            _("Ask whoever runs the committee for a new one."),
        )
    )


def revoke(address: str, rater_id: str, now: datetime | None = None) -> int:
    """Take back every invitation of a rater that was not taken back before; gives how many there were."""
    at = moment(now or datetime.now(UTC))
    ours = sa.and_(INVITATIONS.c.rater_id == rater_id, INVITATIONS.c.revoked_at.is_(None))
    with opened(address) as source, writing(source, address) as connection:
        return connection.execute(sa.update(INVITATIONS).where(ours).values(revoked_at=at)).rowcount


def _secret(connection: sa.Connection) -> bytes | None:
    return connection.scalar(sa.select(SECRETS.c.value).where(SECRETS.c.name == SECRET))


def _new_secret(connection: sa.Connection) -> bytes:
    alone(connection)
    if kept := _secret(connection):
        return kept
    connection.execute(sa.insert(SECRETS), {"name": SECRET, "value": secrets.token_bytes(SECRET_BYTES)})
    return cast("bytes", _secret(connection))


def _serializer(secret: bytes, now: datetime) -> URLSafeTimedSerializer:
    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(moment(now).replace(tzinfo=UTC).timestamp())

    options: dict[str, Any] = {"digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(secret, salt="crm-workbench invitation", signer=Signer, signer_kwargs=options)
