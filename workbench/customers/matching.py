"""One customer, many systems: which records are one, a map from source ids to customer ids, and pairs to review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import numpy as np
import pandas as pd

from workbench import language
from workbench.customers.matching_blocks import LARGEST_BLOCK, block
from workbench.customers.matching_clusters import Links, clustered
from workbench.customers.matching_decisions import DIFFERENT, SAME, Decisions, read_decisions
from workbench.customers.matching_model import required, scored
from workbench.customers.matching_pairs import likely
from workbench.customers.matching_records import CLEAN, Source, load
from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.language import ngettext
from workbench.results import Result

REVIEW = "review"
REASONS = {
    "without_id": N_("records without an id"),
    "unreadable_email": N_("e-mails that cannot be read"),
    "unreadable_phone": N_("telephones that cannot be read"),
    "unreadable_birth_year": N_("years of birth that cannot be read"),
    "shared_email": N_("e-mails that too many records share"),
    "shared_phone": N_("telephones that too many records share"),
}


@dataclass(frozen=True)
class Thresholds:
    """From which probability on two records are the same, and from which they are to be reviewed.

    Below `review` they are different.
    """

    same: float = 0.95
    review: float = 0.2

    def __post_init__(self) -> None:
        if not 0 < self.review <= self.same < 1:
            told = _("The thresholds {review} (to review) and {same} (the same) do not fit.")
            found = told.format(review=language.number(self.review), same=language.number(self.same))
            raise SettingsError(Problem(found, expected=_("0 < to review ≤ the same < 1")))


@dataclass(frozen=True, eq=False)
class Matching(Result):
    """Which records are one customer.

    Attributes
    ----------
    records : DataFrame
        source, source_id: a row per record.
    pairs : DataFrame
        Pairs that are the same or to be reviewed, the surest first: first and second (rows of `records`), first_source,
        first_id, second_source, second_id, probability, and how alike each field is (Jaro-Winkler similarity, 0 to 1).
    thresholds : Thresholds
    decisions : Decisions
        Of reviewers.
    model : DataFrame
        field, level, m (how often records of one customer are so alike), u (those of different ones), weight (bits for
        being one), assumed (whether m or u is, as no such pair was seen).
    blocks : DataFrame
        columns that a compared pair has in common; records, pairs; too_common (records that share them with too many).
    left_out : mapping of str to int
        Counts by reason (the keys of `REASONS`).
    candidates : int
        Pairs that were compared.
    expected_pairs : float
        Pairs that are one customer, as estimated.
    seed : int
    """

    records: pd.DataFrame
    pairs: pd.DataFrame
    thresholds: Thresholds
    decisions: Decisions
    model: pd.DataFrame
    blocks: pd.DataFrame
    left_out: Mapping[str, int]
    candidates: int
    expected_pairs: float
    seed: int

    @cached_property
    def _clustered(self) -> tuple[Any, int]:
        told = np.array(self.decisions.told(self.pairs), dtype=object)
        linked = self.pairs[(self.pairs["probability"] >= self.thresholds.same) & (told != DIFFERENT)]
        first, second = linked["first"].to_numpy(np.int64), linked["second"].to_numpy(np.int64)
        links = Links(first, second, linked["probability"].to_numpy(float), self.decisions.must, self.decisions.never)
        return clustered(links, len(self.records))

    @cached_property
    def customers(self) -> pd.DataFrame:
        """The map: source, source_id, customer_id (system and id of the customer's first record)."""
        whose = self.records.iloc[self._clustered[0]]
        named = (whose["source"] + ":" + whose["source_id"]).to_numpy()
        return self.records.assign(customer_id=named)

    @property
    def refused(self) -> int:
        """Links that would have made one of two records that reviewers know to be different."""
        return int(self._clustered[1])

    @cached_property
    def verdicts(self) -> pd.Series:
        """Of each pair: ``same``, ``review``, or what reviewers decided."""
        grade = np.where(self.pairs["probability"] >= self.thresholds.same, SAME, REVIEW)
        told = self.decisions.told(self.pairs)
        return pd.Series([said or own for said, own in zip(told, grade, strict=True)], dtype=str, name="verdict")

    @cached_property
    def repeated(self) -> pd.DataFrame:
        """Customers with more than one record in a system: customer_id, source, records."""
        counts = self.customers.groupby(["customer_id", "source"], as_index=False).agg(records=("source_id", "size"))
        counts = counts[counts["records"] > 1]
        return counts.sort_values(
            ["records", "customer_id", "source"], ascending=[False, True, True], ignore_index=True
        )

    def to_frame(self) -> pd.DataFrame:
        """The systems: source, records, customers, linked (customers in others too), repeated (twice in it)."""
        each = self.customers.groupby(["source", "customer_id"], as_index=False).agg(records=("source_id", "size"))
        systems = each.groupby("customer_id")["source"].transform("size")
        each = each.assign(linked=systems > 1, repeated=each["records"] > 1)
        summed = each.groupby("source", sort=False)
        return summed.agg(
            records=("records", "sum"),
            customers=("customer_id", "size"),
            linked=("linked", "sum"),
            repeated=("repeated", "sum"),
        ).reset_index()

    def decided(self, table: pd.DataFrame) -> Matching:
        """The same with these decisions of reviewers in place of earlier ones.

        Parameters
        ----------
        table : DataFrame
            `matching_review.review` with its column ``decision`` filled in: ``same``, ``different`` or empty.

        Raises
        ------
        DataError
            When a decision cannot be read or contradicts others.
        """
        keys = zip(self.records["source"], self.records["source_id"], strict=True)
        return replace(self, decisions=read_decisions(table, {key: at for at, key in enumerate(keys)}))

    @property
    def remark(self) -> str:
        """What was taken as missing or left out, and how many of each; empty when nothing was."""
        told = [f"{language.exact(count)} {_(REASONS[reason])}" for reason, count in self.left_out.items() if count]
        return _("Left out: {what}.").format(what=language.listed(told)) if told else ""

    @property
    def conclusion(self) -> str:
        """How many customers the records are, what is open, and who is twice in one system."""
        sources = self.records["source"].nunique()
        one = _("{records} records of {systems} systems are {customers} customers.").format(
            records=language.exact(len(self.records)),
            systems=language.exact(sources),
            customers=language.exact(self.customers["customer_id"].nunique()),
        )
        return " ".join(part for part in (one, self._open, self._twice, self.remark) if part)

    @property
    def _open(self) -> str:
        count = int((self.verdicts == REVIEW).sum())
        told = ngettext("{count} pair is to be reviewed.", "{count} pairs are to be reviewed.", count)
        return told.format(count=language.exact(count)) if count else ""

    @property
    def _twice(self) -> str:
        count = self.repeated["customer_id"].nunique()
        told = ngettext(
            "{count} customer has more than one record in {systems}.",
            "{count} customers have more than one record in one system ({systems}).",
            count,
        )
        named = language.listed(sorted(self.repeated["source"].unique()))
        return told.format(count=language.exact(count), systems=named) if count else ""


def match_records(
    sources: Sequence[Source],
    *,
    thresholds: Thresholds = Thresholds(),
    largest_block: int = LARGEST_BLOCK,
    seed: int = 1,
) -> Matching:
    """Find which records are one customer.

    Parameters
    ----------
    sources : sequence of Source
        Records of the systems, with a column map each. The first system gives the customer its id.
    thresholds : Thresholds
        What counts as the same, and what is to be reviewed.
    largest_block : int
        How many records may have a group of fields in common to be compared because of it.
    seed : int
        Of the random pairs of the estimate.

    Raises
    ------
    DataError
        When columns or ids are missing, an id is there twice, or the fields are too few.
    NoSolutionError
        When too few records have anything in common to estimate from.
    SettingsError
        When splink is not installed, or `largest_block` is below 2.

    Notes
    -----
    The model of Fellegi and Sunter (1969), by splink (R. Linacre and others, 2022, *International Journal of
    Population Data Science* 7(3)). See docs/methods/matching.md.
    """
    required()
    if largest_block < 2:
        told = _("A block of {count} records has no pairs.").format(count=language.exact(largest_block))
        raise SettingsError(Problem(told, expected=_("2 or more")))
    # What does not fit in memory must not be left behind on a disk.
    with TemporaryDirectory() as folder:
        backend = ibis.duckdb.connect(temp_directory=folder)
        try:
            return _matched(backend, sources, thresholds, largest_block, seed)
        finally:
            backend.disconnect()


def _matched(backend: Any, sources: Sequence[Source], thresholds: Thresholds, largest: int, seed: int) -> Matching:
    loaded = load(backend, sources)
    records = backend.table(CLEAN)
    blocks = block(backend, records, largest)
    weighed = scored(backend, loaded.fields, blocks, seed)
    pairs = likely(backend, backend.table(weighed.table), records, weighed.shift, thresholds.review)
    keys = records.order_by("unique_id").select("source", "source_id").execute()
    return Matching(
        keys,
        pairs,
        thresholds,
        Decisions(),
        weighed.model,
        blocks.drop(columns="block"),
        loaded.left_out,
        weighed.candidates,
        weighed.share * loaded.records * (loaded.records - 1) / 2,
        seed,
    )
