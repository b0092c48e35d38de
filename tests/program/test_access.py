"""Invitations: let in who is invited, tell nobody else anything."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa

from workbench.errors import AccessError, DataError, WorkbenchError
from workbench.program import access, database, schema
from workbench.program.access import Invitation
from workbench.program.folder import write_folder
from workbench.program.store import Program

NOW = datetime(2026, 10, 1, 9, 30)
MESSAGE = "This invitation does not hold."


def execute(address: str, statement: str) -> None:
    with database.opened(address) as source, source.begin() as connection:
        connection.execute(sa.text(statement))


def secret_of(address: str) -> bytes | None:
    with database.opened(address) as source, source.connect() as connection:
        return connection.scalar(sa.select(schema.SECRETS.c.value))


def refused(address: str, token: str, now: datetime = NOW) -> str:
    with pytest.raises(AccessError) as error:
        access.verify(address, token, now)
    return str(error.value)


def test_an_invitation_lets_in_who_is_invited(address: str) -> None:
    rater = access.issue(address, "RAT-01", "rater", NOW)
    facilitator = access.issue(address, "RAT-02", "facilitator", NOW)
    later = NOW + timedelta(days=29)
    assert access.verify(address, rater, later) == Invitation("RAT-01", "rater")
    assert access.verify(address, facilitator, later) == Invitation("RAT-02", "facilitator")
    assert access.verify(address, rater, NOW.replace(tzinfo=UTC)) == Invitation("RAT-01", "rater")
    assert access.issue(address, "RAT-01", "rater", NOW) != rater


def test_a_token_tells_nothing_and_fits_in_a_link(address: str) -> None:
    token = access.issue(address, "RAT-01", "rater", NOW)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    payload = token.partition(".")[0]
    carried = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert isinstance(carried, str)
    assert "RAT" not in carried
    assert len(secret_of(address)) == 32


def test_every_refusal_says_the_same(address: str, empty: str) -> None:
    fine = access.issue(address, "RAT-01", "rater", NOW, valid_days=2)
    gone = access.issue(address, "RAT-06", "rater", NOW)
    taken_back = access.issue(address, "RAT-02", "rater", NOW)
    assert access.revoke(address, "RAT-02", NOW) == 1
    for table in ("scores", "judgements", "preferences", "raters"):
        execute(address, f"DELETE FROM {table} WHERE rater_id = 'RAT-06'")
    head, _dot, signature = fine.rpartition(".")
    first = "B" if signature[0] == "A" else "A"
    tokens = ["", ".", "a.b.c", "ñ", "\ud800", "x" * 100_000, fine + "x", fine[:-1], f"{head}.{first}{signature[1:]}"]
    told = {refused(address, token) for token in [*tokens, gone, taken_back]}
    told.add(refused(address, fine, NOW + timedelta(days=2)))
    told.add(refused(address, fine, NOW + timedelta(days=200)))
    assert len(told) == 1
    assert MESSAGE in told.pop()
    assert issubclass(AccessError, WorkbenchError)
    assert access.verify(address, fine, NOW + timedelta(days=2, microseconds=-1))


def test_the_token_of_another_program_is_refused(address: str, tmp_path: Path, sample: Program) -> None:
    other = str(tmp_path / "other.db")
    database.write(sample, other)
    assert MESSAGE in refused(other, access.issue(address, "RAT-01", "rater", NOW))
    access.issue(other, "RAT-01", "rater", NOW)
    assert MESSAGE in refused(other, access.issue(address, "RAT-01", "rater", NOW))
    assert secret_of(other) != secret_of(address)


def test_revoking_takes_back_all_of_one_rater(address: str) -> None:
    tokens = [access.issue(address, "RAT-01", "rater", NOW) for _ in range(3)]
    kept = access.issue(address, "RAT-02", "rater", NOW)
    assert access.revoke(address, "RAT-01") == 3
    assert access.revoke(address, "RAT-01") == 0
    assert {refused(address, token) for token in tokens} == {refused(address, "")}
    assert access.verify(address, kept, NOW)
    assert access.verify(address, access.issue(address, "RAT-01", "rater", NOW), NOW)


@pytest.mark.parametrize(
    ("rater", "role", "days", "told"),
    [
        ("nobody", "rater", 30, "no rater"),
        ("RAT-01", "chair", 30, "no role"),
        ("RAT-01", "rater", 0, "0 days"),
        ("RAT-01", "rater", 10**6, "1000000 days"),
    ],
)
def test_what_cannot_be_an_invitation(address: str, rater: str, role: str, days: int, told: str) -> None:
    with pytest.raises(DataError, match=told):
        access.issue(address, rater, role, NOW, days)
    assert secret_of(address) is None


def test_first_invitations_at_once_share_one_secret(address: str) -> None:
    tokens: list[str] = []
    threads = [Thread(target=lambda: tokens.append(access.issue(address, "RAT-01", "rater", NOW))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [access.verify(address, token, NOW) for token in tokens] == [Invitation("RAT-01", "rater")] * 6


def test_neither_secret_nor_invitations_leave_with_the_program(address: str, tmp_path: Path) -> None:
    access.issue(address, "RAT-01", "rater", NOW)
    write_folder(Program.open(address), tmp_path / "out")
    assert not {"secrets.csv", "invitations.csv"} & {file.name for file in (tmp_path / "out").iterdir()}
