"""A frozen round as the record of a decision: the hash of its scores, and whether they are still those."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from workbench.errors import Location, Problem
from workbench.language import gettext as _
from workbench.program.reading import Records

HASHED = ("requirement_id", "rater_id", "criterion_id", "round", "score", "comment", "scored_at")
"""What of a score is in the hash."""


def hash_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 over scores, each a JSON array on a line of its own.

    An array holds requirement, rater, criterion, round, score (null where abstained), comment and time (ISO, to the
    microsecond).
    """
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps([_canonical(row[name], name) for name in HASHED], ensure_ascii=True).encode() + b"\n")
    return digest.hexdigest()


def _canonical(value: Any, column: str) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if column == "comment":
        return value or ""
    return float(value) if column == "score" and value is not None else value


def notices(tables: Mapping[str, Records]) -> list[Problem]:
    """The frozen rounds whose scores are no longer those that their decision rests on."""
    rounds, scores = tables.get("rounds"), tables.get("scores")
    if rounds is None or scores is None:
        return []
    return [
        _changed(int(row["round"]), rounds.at(index, "scores_hash"))
        for index, row in enumerate(rounds.rows)
        if row["scores_hash"]
        and hash_of(one for one in scores.rows if one["round"] == row["round"]) != row["scores_hash"]
    ]


def _changed(number: int, where: Location) -> Problem:
    return Problem(
        _("The scores of round {number} are not those that its decision rests on.").format(number=number),
        "",
        _("Find out who changed them, or take the decision again."),
        where,
    )
