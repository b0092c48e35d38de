"""Uncertain pairs for people to decide: ids and likeness, and what the systems wrote only when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from workbench import language
from workbench.customers.matching import REVIEW, Matching
from workbench.customers.matching_pairs import PAIR, SHOWN
from workbench.customers.matching_records import FIELDS, KEYS, Source, wanted
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.results import Result


@dataclass(frozen=True, eq=False)
class Review(Result):
    """Pairs to decide.

    Attributes
    ----------
    pairs : DataFrame
        first_source, first_id, second_source, second_id, probability; given, family, email, phone, street, postcode,
        birth_year (likeness from 0 to 1, missing where one of the two is); together (whether other links make them one
        already); decision (to be filled in: ``same``, ``different``, or empty). With values, beside these what the two
        systems wrote: first_name, second_name and so on.
    decided : int
        Pairs that reviewers have decided and that are not in the table.
    values : bool
        Whether it holds personal data.
    """

    pairs: pd.DataFrame
    decided: int
    values: bool

    def to_frame(self) -> pd.DataFrame:
        """The pairs with a column for the decisions."""
        return self.pairs.copy()

    @property
    def conclusion(self) -> str:
        """How many pairs are open, how many matches are to be expected among them, and how many are decided."""
        count = len(self.pairs)
        if not count:
            return _("No pair of records is left to be reviewed.")
        told = ngettext(
            "{count} pair of records is to be reviewed; about {expected} of it should be the same customer.",
            "{count} pairs of records are to be reviewed; about {expected} of them should be the same customer.",
            count,
        )
        expected = float(self.pairs["probability"].sum())
        told = told.format(count=language.exact(count), expected=language.number(expected, 2))
        warning = _("The table holds personal data.") if self.values else ""
        return f"{told} {warning}".strip()


def review(matching: Matching, values: Sequence[Source] = ()) -> Review:
    """The pairs that are uncertain and not decided, those hardest to tell first.

    Parameters
    ----------
    matching : Matching
        Of `matching.match_records`, with the decisions so far.
    values : sequence of Source
        The sources, only when what they wrote is to be shown: it is personal data, and belongs in no report.
    """
    verdicts = matching.verdicts
    pairs = matching.pairs[verdicts == REVIEW]
    whose = matching.customers["customer_id"].to_numpy()
    together = whose[pairs["first"].to_numpy(int)] == whose[pairs["second"].to_numpy(int)]
    table = pairs[[*PAIR, "probability", *SHOWN]].assign(together=together, decision="")
    table = table.assign(doubt=(table["probability"] - 0.5).abs()).sort_values(["doubt", *PAIR], ignore_index=True)
    table = table.drop(columns="doubt")
    decided = len(matching.decisions.must) + len(matching.decisions.never)
    return Review(_with_values(table, values) if values else table, decided, bool(values))


def _with_values(table: pd.DataFrame, sources: Sequence[Source]) -> pd.DataFrame:
    ids = sorted({*table["first_id"], *table["second_id"]})
    found = [wanted(source) for source in sources]
    written = pd.concat([rows.filter(rows.source_id.isin(ids)).drop("place").execute() for rows in found])
    written = written.drop(columns=[name for name in FIELDS if written[name].isna().all()])
    for side in ("first", "second"):
        own = written.rename(columns={name: f"{side}_{name}" for name in written if name != "source_id"})
        own = own.rename(columns={"source_id": f"{side}_id"})
        table = table.merge(own, how="left", on=[f"{side}_source", f"{side}_id"])
    told = [f"{side}_{name}" for name in written if name not in KEYS for side in ("first", "second")]
    return table[[*PAIR, "probability", *told, *SHOWN, "together", "decision"]]
