"""The sample's three systems beside their truth, the reviewers' round trip, and personal data in no other place."""

from __future__ import annotations

import logging
import pickle
from io import StringIO
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest

from workbench.customers.matching import Source, Thresholds, match_records
from workbench.customers.matching_quality import quality
from workbench.customers.matching_review import review
from workbench.errors import DataError

SAMPLE = Path(__file__).parents[2] / "sample_data/customers"
KEYS = ["source", "source_id"]


@pytest.fixture(scope="module")
def source():
    return Source(ibis.read_parquet(SAMPLE / "source_records.parquet"))


@pytest.fixture(scope="module")
def truth():
    return pd.read_csv(SAMPLE / "truth_source_records.csv", dtype=str)


@pytest.fixture(scope="module")
def matched(source):
    return match_records([source])


@pytest.fixture(scope="module")
def answered(matched, truth):
    """The review table as reviewers who know the truth would give it back, through a file."""
    table = review(matched).to_frame()
    whose = truth.set_index(KEYS)["customer_id"]
    sides = [whose.loc[list(zip(table[f"{s}_source"], table[f"{s}_id"], strict=True))] for s in ("first", "second")]
    table["decision"] = np.where(sides[0].to_numpy() == sides[1].to_numpy(), "same", "different")
    return pd.read_csv(StringIO(table.to_csv(index=False)), dtype=str)


def shares(measured):
    return measured.measures.set_index("measure")["share"]


def test_the_map_has_each_record_once(matched, source):
    records = source.table.select(*KEYS).execute()
    assert len(matched.customers) == len(records)
    assert matched.customers.merge(records, on=KEYS, validate="one_to_one").shape[0] == len(records)
    assert matched.customers["customer_id"].notna().all()


def test_precision_and_recall_on_the_known_truth(matched, truth):
    measured = quality(matched, truth)
    found = shares(measured)
    assert found["pair_precision"] > 0.985
    assert found["pair_recall"] > 0.975
    assert found["customer_precision"] > 0.95
    assert found["customer_recall"] > 0.97
    assert (measured.measures["low"] <= measured.measures["share"]).all()
    assert (measured.measures["share"] <= measured.measures["high"]).all()


def test_probabilities_mean_what_they_say(matched, truth):
    grades = quality(matched, truth).grades.set_index("verdict")
    for verdict in ("same", "review"):
        row = grades.loc[verdict]
        expected = row["expected"] / row["pairs"]
        assert row["low"] - 0.002 < expected < row["high"] + 0.002
    sizes = truth.groupby("customer_id").size()
    assert matched.expected_pairs == pytest.approx((sizes * (sizes - 1) / 2).sum(), rel=0.02)


def test_customers_twice_in_one_system_are_told(matched, truth):
    twice = truth.groupby(["customer_id", "source"]).size()
    true = set(twice[twice > 1].reset_index()["customer_id"])
    whose = matched.customers.merge(truth, on=KEYS, suffixes=("", "_true"))
    told = whose[whose["customer_id"].isin(matched.repeated["customer_id"])]
    assert len(true & set(told["customer_id_true"])) > 0.9 * len(true)
    assert str(matched.repeated["customer_id"].nunique()) in matched.conclusion
    frame = matched.to_frame().set_index("source")
    assert frame["repeated"].sum() == len(matched.repeated)
    assert frame["records"].to_dict() == truth.groupby("source").size().to_dict()


def test_decisions_of_reviewers_are_taken_back_in(matched, answered, truth):
    decided = matched.decided(answered)
    before, after = shares(quality(matched, truth)), shares(quality(decided, truth))
    assert (after > before).all()
    assert after["pair_recall"] > 0.99
    assert review(decided).pairs.empty
    assert "No pair" in review(decided).conclusion
    whose = decided.customers.set_index(KEYS)["customer_id"]
    for row in answered.itertuples():
        together = whose[row.first_source, row.first_id] == whose[row.second_source, row.second_id]
        assert together == (row.decision == "same")


def test_a_link_that_is_sure_can_be_cut(matched):
    surest = matched.pairs.iloc[0]
    row = surest[["first_source", "first_id", "second_source", "second_id"]].to_dict() | {"decision": "different"}
    cut = matched.decided(pd.DataFrame([row]))
    whose = cut.customers["customer_id"]
    assert whose[surest["first"]] != whose[surest["second"]]
    assert (matched.customers["customer_id"] != whose).sum() < 5


def test_the_review_has_what_is_uncertain_and_no_values(matched):
    table = review(matched).pairs
    assert table["probability"].between(0.2, 0.95, inclusive="left").all()
    assert (table["decision"] == "").all()
    doubt = (table["probability"] - 0.5).abs()
    assert doubt.is_monotonic_increasing
    likeness = table[["given", "family", "email", "phone", "street", "postcode", "birth_year"]]
    assert likeness.stack().dropna().between(0, 1).all()


def test_values_are_shown_on_request_only(matched, source):
    shown = review(matched, [source])
    plain = review(matched)
    assert shown.values
    assert "personal data" in shown.conclusion
    assert "personal data" not in plain.conclusion
    pd.testing.assert_frame_equal(shown.pairs[plain.pairs.columns], plain.pairs)
    row = shown.pairs.iloc[0]
    written = source.table.filter(source.table.source_id == row["second_id"]).execute().iloc[0]
    assert row["second_name"] == written["name"]


def test_likeness_is_duckdbs_own(matched, source):
    records = source.table.execute().set_index("source_id")
    row = matched.pairs[matched.pairs["phone"].notna()].iloc[-1]
    digits = [records.loc[row[f"{side}_id"], "phone"][-9:] for side in ("first", "second")]
    own = ibis.duckdb.connect().con.execute("SELECT jaro_winkler_similarity(?, ?)", digits).fetchall()
    assert row["phone"] == pytest.approx(own[0][0])


def test_the_same_records_in_another_order_give_the_same(source):
    records = source.table.filter(source.table.source != "care").execute().head(2600)
    one, other = (
        match_records([Source(ibis.memtable(frame))], thresholds=Thresholds(0.9, 0.1), seed=5)
        for frame in (records, records.sample(frac=1, random_state=3))
    )
    pd.testing.assert_frame_equal(one.pairs, other.pairs)
    pd.testing.assert_frame_equal(one.customers, other.customers)
    pd.testing.assert_frame_equal(one.model, other.model)


def test_no_personal_data_is_logged_printed_or_kept(source, caplog, capfd):
    records = source.table.execute().head(2600)
    own = records["name"].str.split().str[-1]
    planted = ("Plantadoz", "plantado.secreto", "999123456", "Calle Secreta")
    records = records.assign(
        name=records["name"].where(records.index % 40 > 0, "Ana Plantadoz " + own),
        email=records["email"].where(records.index % 40 > 0, "plantado.secreto@example.org"),
        phone=records["phone"].where(records.index % 40 > 1, "+999 999123456"),
        street=records["street"].where(records.index % 40 > 0, "Calle Secreta 1"),
    )
    with caplog.at_level(logging.DEBUG), caplog.at_level(1, "splink"):
        found = match_records([Source(ibis.memtable(records))])
        decided = found.decided(review(found).pairs)
        with pytest.raises(DataError) as refused:
            match_records([Source(ibis.memtable(pd.concat([records, records])))])
    assert logging.getLogger("splink").level == 0 or logging.getLogger("splink").level == 1
    printed = capfd.readouterr()
    said = [caplog.text, printed.out, printed.err, str(refused.value), decided.conclusion, repr(decided)]
    said += [decided._repr_html_(), review(decided)._repr_html_(), pickle.dumps(decided).decode("latin-1")]
    assert not [name for name in planted for text in said if name.lower() in text.lower()]
