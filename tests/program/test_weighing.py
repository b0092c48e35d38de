"""Judgements kept a rater and pair each, and weights that change only between rounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from threading import Thread

import pytest

from workbench.errors import DataError
from workbench.program.committee import Committee
from workbench.program.store import Program
from workbench.program.weighing import Comparison

NOW = datetime(2026, 10, 1, 9, 30)
BUSINESS, DEVELOPER, SILENT = "RAT-01", "RAT-05", "RAT-03"
VALUE = {"CRI-01": 3.0, "CRI-02": 2.0, "CRI-03": 1.0, "CRI-04": 1.0}


@pytest.fixture
def committee(address: str) -> Iterator[Committee]:
    opened = Committee.open(address)
    yield opened
    opened.close()


def judged(committee: Committee, rater: str) -> set[tuple[str, str, float]]:
    rows = committee.judgements_of(rater)[["criterion_id", "other_criterion_id", "times"]]
    return set(rows.itertuples(index=False, name=None))


def test_a_judgement_takes_the_place_of_the_one_before_in_either_order(committee: Committee) -> None:
    others = committee.judgements().query("rater_id != @SILENT")
    committee.judge(SILENT, [Comparison("CRI-01", "CRI-02", 3), Comparison("CRI-01", "CRI-03", 5)])
    committee.judge(SILENT, [Comparison("CRI-02", "CRI-01", 2), Comparison("CRI-05", "CRI-06", 1 / 9)])
    assert judged(committee, SILENT) == {("CRI-02", "CRI-01", 2), ("CRI-01", "CRI-03", 5), ("CRI-05", "CRI-06", 1 / 9)}
    committee.judge(SILENT, [Comparison("CRI-01", "CRI-02", None), Comparison("CRI-01", "CRI-03", None)])
    assert judged(committee, SILENT) == {("CRI-05", "CRI-06", 1 / 9)}
    kept = committee.judgements().query("rater_id != @SILENT")
    assert kept.to_numpy().tolist() == others.to_numpy().tolist()


def test_every_wrong_judgement_at_once_and_none_kept(committee: Committee) -> None:
    before = judged(committee, BUSINESS)
    given = [
        Comparison("CRI-01", "CRI-02", 7),
        Comparison("CRI-01", "CRI-03", 9.5),
        Comparison("CRI-01", "CRI-04", float("nan")),
        Comparison("CRI-01", "CRI-05", 2),
        Comparison("CRI-07", "CRI-08", 2),
        Comparison("CRI-03", "CRI-03", 1),
        Comparison("CRI-02", "CRI-01", 2),
    ]
    with pytest.raises(DataError) as refused:
        committee.judge(BUSINESS, given)
    told = str(refused.value)
    for words in (
        "compared twice", "9.5 is out of bounds", "nan is out of bounds", "do not count towards the same",
        "criterion “CRI-07”", "criterion “CRI-08”", "comparison of CRI-03 with CRI-03",
    ):  # fmt: skip
        assert words in told
    assert len(refused.value.problems) == 7
    with pytest.raises(DataError, match="no rater"):
        committee.judge("nobody", [Comparison("CRI-01", "CRI-02", 7)])
    assert judged(committee, BUSINESS) == before


def test_raters_who_judge_at_once_lose_nothing(committee: Committee, address: str) -> None:
    ids = list(VALUE)

    def judge(rater: str) -> None:
        session = Committee.open(address)
        for turn in range(10):
            session.judge(rater, [Comparison(ids[0], other, 1 + turn % 9) for other in ids[1:]])
        session.close()

    threads = [Thread(target=judge, args=(rater,)) for rater in ("RAT-01", "RAT-01", "RAT-02", SILENT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for rater in ("RAT-01", "RAT-02", SILENT):
        mine = [one for one in judged(committee, rater) if "CRI-01" in one[:2]]
        assert len(mine) == 3
        assert {times for *_pair, times in mine} == {1.0}  # The last of ten turns judges 1 + 9 % 9.


def test_weights_are_taken_over_for_the_criteria_that_they_name(committee: Committee, address: str) -> None:
    before = committee.criteria()
    committee.use_weights({"CRI-01": 0.5, "CRI-02": 0.5, "CRI-03": 0.0, "CRI-04": 0}, VALUE)
    after = Program.open(address).table("criteria")
    assert after["weight"].tolist() == [0.5, 0.5, 0, 0, *before["weight"].tolist()[4:]]
    assert after.drop(columns="weight").equals(before.drop(columns="weight"))


@pytest.mark.parametrize("status", ["open", "shown"])
def test_weights_stay_as_they_are_during_a_round(committee: Committee, status: str) -> None:
    committee.open_round("First", NOW)
    if status == "shown":
        committee.show_round(NOW)
    assert not committee.may_change_weights()
    with pytest.raises(DataError, match="not frozen yet"):
        committee.use_weights({**VALUE, "CRI-01": 4}, VALUE)
    assert committee.criteria()["weight"].tolist()[0] == 3
    if status == "open":
        committee.show_round(NOW)
    number = committee.freeze_round("Ana", "Agreed", NOW).number
    assert committee.may_change_weights()
    committee.use_weights({**VALUE, "CRI-01": 4}, VALUE)
    assert committee.verify_round(number)


def test_wrong_weights_are_refused(committee: Committee) -> None:
    for weights, words in (
        ({"CRI-01": -1.0, "CRI-99": 1.0}, "no criterion"),
        ({"CRI-01": float("inf")}, "has the weight inf"),
        (dict.fromkeys(VALUE, 0.0), "No criterion has any weight"),
    ):
        with pytest.raises(DataError, match=words):
            committee.use_weights(weights, VALUE)
    committee.use_weights({"CRI-01": 4.0}, VALUE)
    with pytest.raises(DataError, match="changed it meanwhile: it is now “4”"):
        committee.use_weights({"CRI-01": 5.0, "CRI-02": 5.0}, VALUE)
    assert committee.criteria()["weight"].tolist()[:2] == [4, 2]


def test_scores_are_refused_off_a_stepped_scale(committee: Committee, address: str) -> None:
    import sqlalchemy as sa

    from workbench.program import database
    from workbench.program.committee import Score

    with database.opened(address) as source, source.begin() as connection:
        change = "UPDATE criteria SET scale = :scale, levels = :levels WHERE criterion_id = :id"
        for row in (("fibonacci", None, "CRI-01"), ("own", '["1", "2.5", "5"]', "CRI-02")):
            connection.execute(sa.text(change), dict(zip(("scale", "levels", "id"), row, strict=True)))
    committee.open_round("First", NOW)
    good = [Score("REQ-01", "CRI-01", 3), Score("REQ-01", "CRI-02", 2.5), Score("REQ-01", "CRI-03", 3.7)]
    committee.score(BUSINESS, good, NOW)
    wrong = [Score("REQ-02", "CRI-01", 4), Score("REQ-02", "CRI-02", 3), Score("REQ-02", "CRI-03", 3)]
    with pytest.raises(DataError) as refused:
        committee.score(BUSINESS, wrong, NOW)
    assert [problem.expected for problem in refused.value.problems] == ["1, 2, 3, and 5", "1, 2.5, and 5"]
