"""Many raters who score at the same time, each in a process of its own; run by test_committee.py as a script.

Arguments: address, number of raters, scores a transaction, and ``kill`` when the first is to be killed in the middle of
its work. Prints how each process ended.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from itertools import product
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

from workbench.program.committee import Committee, Score

REQUIREMENTS, CRITERIA = 8, 5
TRANSACTIONS_BEFORE_THE_END = 3


def rater(number: int) -> str:
    return f"rater-{number:02}"


def score_all(address: str, number: int, at_once: int, begin: tuple[int, int], done: int) -> None:
    """Every requirement by every criterion, so many in a transaction, which is told through a pipe once it is kept."""
    wait, release = begin
    os.close(release)
    os.read(wait, 1)
    committee = Committee.open(address)
    pairs = product(range(REQUIREMENTS), range(CRITERIA))
    scores = [Score(f"R{one}", f"C{other}", float(other), rater(number)) for one, other in pairs]
    for first in range(0, len(scores), at_once):
        committee.score(rater(number), scores[first : first + at_once], datetime(2026, 9, 14, 10, 0, number))
        os.write(done, bytes([number]))


def kill_when_busy(process: BaseProcess, done: int) -> None:
    seen = 0
    while seen < TRANSACTIONS_BEFORE_THE_END:
        seen += os.read(done, 1) == bytes([0])
    process.kill()


def main(address: str, count: int, at_once: int, kill: bool) -> None:
    Committee.open(address).close()  # What this imports, the processes need not.
    begin, (done, told) = os.pipe(), os.pipe()
    context = get_context("fork")
    processes = [context.Process(target=score_all, args=(address, one, at_once, begin, told)) for one in range(count)]
    for process in processes:
        process.start()
    os.close(begin[1])  # Now they all begin.
    if kill:
        kill_when_busy(processes[0], done)
    for process in processes:
        process.join()
    print(*(process.exitcode for process in processes))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:] == ["kill"])
