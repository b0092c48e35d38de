"""Scenarios side by side: what each comes to, in words and step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench import language
from workbench.business_case.scenario_definitions import AS_PLANNED, DELAY, OWN
from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.results import Result


@dataclass(frozen=True, eq=False)
class Scenarios(Result):
    """Scenarios side by side. Amounts are in the program's currency.

    Attributes
    ----------
    table : DataFrame
        scenario, kind, npv, difference (from the plan's NPV), roi, payback_months (None where there is none), costs_pv,
        benefits_pv; the plan first, the own scenarios, the delay, doing nothing last.
    steps : DataFrame
        scenario, step, label, contribution, in_order: what each change adds to the plan's NPV. The contributions of a
        scenario add up to its difference.
    changes : DataFrame
        scenario, step, label, before, after: what each own scenario changes.
    delay_months : int
        How long the delay is.
    """

    table: pd.DataFrame
    steps: pd.DataFrame
    changes: pd.DataFrame
    delay_months: int

    def to_frame(self) -> pd.DataFrame:
        """The scenarios side by side."""
        return self.table.copy()

    @property
    def conclusion(self) -> str:
        """What the plan is worth, what waiting costs, and how low the own scenarios go."""
        by_kind = self.table.set_index("kind")
        told = [_("As planned, the net present value is {npv}.").format(npv=_money(by_kind["npv"][AS_PLANNED]))]
        told.append(self._waiting_told(float(by_kind["difference"][DELAY])))
        own = self.table[self.table["kind"] == OWN]
        if len(own):
            lowest = own.iloc[int(own["npv"].argmin())]
            least = _("The lowest of the scenarios is {scenario}, with {npv}.")
            told.append(least.format(scenario=language.quoted(lowest["scenario"]), npv=_money(lowest["npv"])))
        return " ".join(told)

    def _waiting_told(self, difference: float) -> str:
        if difference < 0:
            told = ngettext(
                "Starting {count} month later costs {amount} of it.",
                "Starting {count} months later costs {amount} of it.",
                self.delay_months,
            )
        else:
            told = ngettext(
                "Starting {count} month later loses nothing: it changes it by {amount}.",
                "Starting {count} months later loses nothing: it changes it by {amount}.",
                self.delay_months,
            )
        return told.format(count=self.delay_months, amount=_money(abs(difference)))

    def to_draw(self, most: int = 3) -> list[str]:
        """The own scenarios that differ most from the plan, in their order, then the delay."""
        own = self.table[self.table["kind"] == OWN]
        differing = own.loc[own["difference"].abs().nlargest(most).index].sort_index()
        return [*differing["scenario"], *self.table.loc[self.table["kind"] == DELAY, "scenario"]]

    def told(self, scenario: str) -> str:
        """A scenario's net present value beside the plan's, and the change that does most of it, in words.

        Raises
        ------
        SettingsError
            When there is no such scenario.
        """
        npv = float(self._row(scenario)["npv"])
        steps = self.steps[self.steps["scenario"] == scenario]
        plan, name = _money(self.table["npv"].iloc[0]), language.quoted(scenario)
        if not len(steps):
            return _("{scenario} changes nothing: {npv}").format(scenario=name, npv=_money(npv))
        widest = steps.iloc[int(steps["contribution"].abs().argmax())]
        told = _("{scenario}: {npv} in place of {plan}, most by {change} ({amount})")
        amount = _signed(float(widest["contribution"]))
        return told.format(
            scenario=name, npv=_money(npv), plan=plan, change=language.quoted(widest["label"]), amount=amount
        )

    def _row(self, scenario: str) -> pd.Series[Any]:
        rows = self.table[self.table["scenario"] == scenario]
        if rows.empty:
            found = _("The scenario {name} is not known.").format(name=language.quoted(scenario))
            raise SettingsError(Problem(found, language.either(list(self.table["scenario"])), _("Correct it.")))
        return rows.iloc[0]

    def waterfall(self, scenario: str, most: int = 8) -> pd.DataFrame:
        """From the plan's net present value to a scenario's, step by step, the largest first.

        Parameters
        ----------
        scenario : str
            Its name.
        most : int
            Steps to tell apart; the smaller ones become one step.

        Returns
        -------
        DataFrame
            label, kind (total or step), amount (of the total, or of the step), start, end.

        Raises
        ------
        SettingsError
            When there is no such scenario.
        """
        row = self._row(scenario)
        steps = self.steps[self.steps["scenario"] == scenario]
        ordered = steps.loc[steps["contribution"].abs().sort_values(ascending=False, kind="stable").index]
        shown = list(zip(ordered["label"][:most], ordered["contribution"][:most], strict=True))
        if len(ordered) > most:
            rest = ngettext("{count} other change", "{count} other changes", len(ordered) - most)
            shown.append((rest.format(count=len(ordered) - most), float(ordered["contribution"][most:].sum())))
        return _bars(self.table["scenario"].iloc[0], float(self.table["npv"].iloc[0]), shown, row)


def _bars(plan: str, npv: float, steps: list[tuple[str, float]], scenario: pd.Series[Any]) -> pd.DataFrame:
    rows: list[tuple[str, str, float, float, float]] = [(plan, "total", npv, 0.0, npv)]
    at = npv
    for label, amount in steps:
        rows.append((label, "step", amount, at, at + amount))
        at += amount
    if scenario["kind"] != AS_PLANNED:
        end = float(scenario["npv"])
        rows.append((scenario["scenario"], "total", end, 0.0, end))
    return pd.DataFrame(rows, columns=["label", "kind", "amount", "start", "end"])


def _signed(amount: float) -> str:
    return f"+{language.money(amount)}" if amount > 0 else language.money(amount)


def _money(amount: Any) -> str:
    return language.money(float(amount))
