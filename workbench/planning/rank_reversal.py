"""Whether the order of the others changes when a requirement goes, or a copy or a worse twin comes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.language import gettext as _
from workbench.language import listed, ngettext
from workbench.language import mark as N_
from workbench.planning.lens_formulas import EQUAL, Weights
from workbench.planning.lenses import LENSES, RICE_LABELS, Lens
from workbench.planning.prioritisation import Ranking, in_order
from workbench.results import Result

WORSE_BY = 10.0
"""Points on each index, or per cent of each figure, by which a worse twin is worse."""
MOST_CHECKED = 60
"""Requirements, from the top of the order, that the checks are made with."""
NAMED = 3

KIND_LABELS = {
    "without": N_("taken away"),
    "copy": N_("copied"),
    "worse": N_("with a worse twin beside it"),
}
"""What is done with a requirement in each check; translate it where it is shown."""


@dataclass(frozen=True, eq=False)
class RankReversal(Result):
    """What the checks found.

    Attributes
    ----------
    table : DataFrame
        A row per check: kind (a key of `KIND_LABELS`), requirement_id (which goes, is copied or gets a twin),
        pairs (how many pairs of the other requirements change their order) and first_changes (whether the first of
        the others changes).
    checked : int
        Requirements that the checks were made with, from the top of the order.
    """

    table: pd.DataFrame
    checked: int

    def to_frame(self) -> pd.DataFrame:
        """The checks, as in `table`."""
        return self.table.copy()

    @property
    def changed(self) -> pd.DataFrame:
        """The checks that change the order of the others, those that change the first place first."""
        found = self.table[self.table["pairs"] > 0]
        return found.sort_values(["first_changes", "pairs"], ascending=False, kind="stable", ignore_index=True)

    @property
    def conclusion(self) -> str:
        """Whether anything changes, how often, and whether the first place does."""
        if self.changed.empty:
            return ngettext(
                "The order of the others stays as it is when the one requirement ranked goes, is copied, or gets a "
                "worse twin.",
                "The order of the others stays as it is when any one of {count} requirements goes, is copied, or gets "
                "a worse twin.",
                self.checked,
            ).format(count=self.checked)
        told = _(
            "In {changed} of {total} checks the order of the others changes when one requirement goes, is copied or "
            "gets a worse twin, in {first} of them the first place."
        ).format(changed=len(self.changed), total=len(self.table), first=int(self.changed["first_changes"].sum()))
        return f"{told} {_examples(self.changed)}"


def rank_reversal(table: pd.DataFrame, ranking: Ranking, weights: Weights = EQUAL) -> RankReversal:
    """Take away, copy and add a worse twin of each requirement, and see what becomes of the others.

    Parameters
    ----------
    table : DataFrame
        From `workbench.planning.lenses.prepare`.
    ranking : Ranking
        From `workbench.planning.prioritisation.prioritise`, with the same weights.
    weights : mapping of str to float
        What value, urgency and simplicity weigh under a weighted lens.

    Notes
    -----
    Belton and Gear (1983), On a short-coming of Saaty's method of analytic hierarchies, *Omega* 11(3), 228-230: a copy;
    Wang and Luo (2009), On rank reversal in decision analysis, *Mathematical and Computer Modelling* 49, 1221-1229:
    TOPSIS among others. A lens that scores each requirement on scales of its own has none.
    """
    lens = LENSES[ranking.lens]
    ranked = table.loc[ranking.table["requirement_id"]]
    rows = []
    for identifier in ranked.index[:MOST_CHECKED]:
        twin = ranked.loc[[identifier]].rename(index={identifier: f"{identifier}\N{PRIME}"})
        for kind, changed in (
            ("without", ranked.drop(index=identifier)),
            ("copy", pd.concat([ranked, twin])),
            ("worse", pd.concat([ranked, _worse(twin, lens)])),
        ):
            others = ranked.index.drop(identifier) if kind == "without" else ranked.index
            rows.append((kind, identifier, *_difference(_order(changed, lens, weights), others)))
    checks = pd.DataFrame(rows, columns=["kind", "requirement_id", "pairs", "first_changes"])
    return RankReversal(checks, min(len(ranked), MOST_CHECKED))


def _worse(twin: pd.DataFrame, lens: Lens) -> pd.DataFrame:
    worse = twin.copy()
    for axis in lens.axes(twin):
        step = WORSE_BY if axis == "complexity" else -WORSE_BY
        worse[axis] = (worse[axis] + step).clip(0, 100)
    for name in RICE_LABELS:
        if name in lens.needs:
            worse[name] *= 1 + (WORSE_BY if name == "effort_months" else -WORSE_BY) / 100
    return worse


def _order(table: pd.DataFrame, lens: Lens, weights: Weights) -> list[str]:
    scored = table.assign(lens_score=lens.key(table, weights)).rename_axis("requirement_id").reset_index()
    return list(in_order(scored)["requirement_id"])


def _difference(order: list[str], before: pd.Index) -> tuple[int, bool]:
    """How many pairs stand the other way round than before, and whether the first is another."""
    places = {name: place for place, name in enumerate(order)}
    now = np.array([places[name] for name in before])
    pairs = int(np.triu(now[:, None] > now[None, :], 1).sum())
    return pairs, bool(len(now)) and int(now.argmin()) != 0


def _examples(changed: pd.DataFrame) -> str:
    told = [f"{row.requirement_id} {_(KIND_LABELS[str(row.kind)])}" for row in changed.head(NAMED).itertuples()]
    return _("For example: {examples}.").format(examples=listed(told))
