"""Returns: what a program gives for its cost, under the named conventions that publishers reckon it by."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from workbench import language
from workbench.business_case.cash_flows import CashFlows, span, year_of
from workbench.business_case.measures import (
    ROUNDING,
    Flows,
    benefit_cost_ratio,
    checked_rate,
    discounted_payback_period,
    net_present_value,
    no_costs_told,
    payback_period,
    present_value,
    return_on_investment,
    spreadsheet_npv,
)
from workbench.business_case.rates_of_return import (
    dated_internal_rate_of_return,
    internal_rates_of_return,
    modified_internal_rate_of_return,
    several_told,
    signs_around,
)
from workbench.errors import NoSolutionError, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.program.profiles import MONTHS_A_YEAR
from workbench.results import Result

__all__ = [
    "CONVENTIONS",
    "Convention",
    "Returns",
    "benefit_cost_ratio",
    "compare_conventions",
    "dated_internal_rate_of_return",
    "discounted_payback_period",
    "internal_rates_of_return",
    "modified_internal_rate_of_return",
    "net_present_value",
    "payback_period",
    "present_value",
    "return_on_investment",
    "returns",
    "spreadsheet_npv",
]

NUCLEUS_YEARS = 3
MONTH_DECIMALS = 9
"""Where months are rounded before they are told as whole ones."""


@dataclass(frozen=True)
class Convention:
    """A named way to reckon returns.

    Attributes
    ----------
    code : str
        What a parameter calls it.
    name, description : str
        For people; translate where they are shown.
    extra_years : int
        Years by which every flow, today's too, is discounted beyond its own.
    return_on_investment : callable
        Takes cash flows and the yearly discount rate, gives the ROI as a share; raises NoSolutionError where there
        is none.
    """

    code: str
    name: str
    description: str
    extra_years: int
    return_on_investment: Callable[[CashFlows, float], float]

    def present_value(self, yearly: ArrayLike, rate: float) -> float:
        """The value today of yearly amounts, the first of them today's."""
        return present_value(yearly, rate) / (1 + rate) ** self.extra_years

    @property
    def terms(self) -> str:
        """In what terms its present values are told: how a sentence about them begins."""
        return _("Discounted by one year more than usual,") if self.extra_years else _("In today's money")


def _discounted_roi(flows: CashFlows, rate: float) -> float:
    # A further year of discounting for all flows alike, as a spreadsheet does, leaves this ratio as it is.
    return return_on_investment(
        present_value(flows.yearly["benefits"], rate), present_value(flows.yearly["costs"], rate)
    )


def _plain_roi(flows: CashFlows, rate: float) -> float:
    return return_on_investment(flows.benefits, flows.costs)


def _nucleus_roi(flows: CashFlows, rate: float) -> float:
    initial_cost = float(flows.yearly["costs"].iloc[0])
    if flows.horizon_months < MONTHS_A_YEAR * NUCLEUS_YEARS:
        raise NoSolutionError(_("This ROI is an average of three years, and the horizon is shorter."))
    if initial_cost == 0:
        raise NoSolutionError(_("There is no initial cost (month 0) to divide by."))
    return float(flows.yearly["net"].iloc[1 : NUCLEUS_YEARS + 1].mean()) / initial_cost


CONVENTIONS: dict[str, Convention] = {
    convention.code: convention
    for convention in (
        Convention(
            "tei",
            N_("Total Economic Impact"),
            N_("Today's flow undiscounted, each year's at its end. ROI: net present value ÷ present value of costs."),
            0,
            _discounted_roi,
        ),
        Convention(
            "textbook",
            N_("Textbook"),
            N_("Today's flow undiscounted, each year's at its end. ROI: net gain ÷ costs, both undiscounted."),
            0,
            _plain_roi,
        ),
        Convention(
            "spreadsheet",
            N_("Spreadsheet"),
            N_("Every flow, today's too, discounted a year more. ROI: net present value ÷ present value of costs."),
            1,
            _discounted_roi,
        ),
        Convention(
            "nucleus",
            N_("Nucleus Research"),
            N_("Net present value as in textbooks. ROI: average yearly net benefit of three years ÷ initial cost."),
            0,
            _nucleus_roi,
        ),
    )
}
"""The conventions by code; each is explained, with its source, in docs/methods/returns.md."""


@dataclass(frozen=True, eq=False)
class Returns(Result):
    """What a program returns, under one convention.

    A figure that does not exist is None, and `notes` says why under the figure's name. Amounts are in the program's
    currency; shares and rates are fractions (0.1 is 10%).

    Attributes
    ----------
    convention : str
        Code of the convention.
    discount_rate : float
        Yearly.
    horizon_months : int
        Last month that counts.
    npv : float
        Net present value.
    roi : float or None
        Return on investment, as the convention defines it.
    irr : tuple of float
        Every yearly rate at which the net present value is zero, rising; empty when there is none.
    single_irr : float or None
        The internal rate of return, where there is one rate alone and the net present value changes its sign there.
    irr_note : str
        A sentence: none and why, the one, or which several.
    benefit_cost_ratio : float or None
        Present value of benefits ÷ present value of costs.
    payback_months, discounted_payback_months : float or None
        Months until the money is back for good, flows spread evenly within each month. Discounted, each month's flow
        has the factor of its year, so that it exists exactly when `npv` is zero or more.
    costs_pv, benefits_pv : float
        Present values.
    yearly : DataFrame
        year, costs, benefits, net, cumulative.
    notes : mapping of str to str
        Why a figure is None, by its name.
    """

    convention: str
    discount_rate: float
    horizon_months: int
    npv: float
    roi: float | None
    irr: tuple[float, ...]
    single_irr: float | None
    irr_note: str
    benefit_cost_ratio: float | None
    payback_months: float | None
    discounted_payback_months: float | None
    costs_pv: float
    benefits_pv: float
    yearly: pd.DataFrame
    notes: Mapping[str, str] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """The figures: figure (its name here), name, value (None where there is none), shown (in words), note."""
        rows = [(*row, self.notes.get(row[0], "")) for row in self._figures()]
        frame = pd.DataFrame(rows, columns=["figure", "name", "value", "shown", "note"], dtype=object)
        frame.loc[frame["figure"] == "irr", "note"] = self.irr_note
        return frame

    def _figures(self) -> list[tuple[str, str, Any, str]]:
        told = self.irr if len(self.irr) > 1 or self.single_irr is not None else ()
        rates = ", ".join(language.percent(rate) for rate in told) or "–"
        plain: list[tuple[str, str, float | None, Callable[[float], str]]] = [
            ("npv", _("Net present value"), self.npv, language.money),
            ("roi", _("Return on investment"), self.roi, language.percent),
            ("benefit_cost_ratio", _("Benefit-cost ratio"), self.benefit_cost_ratio, language.number),
            ("payback_months", _("Payback"), self.payback_months, _in_months),
            ("discounted_payback_months", _("Discounted payback"), self.discounted_payback_months, _in_months),
            ("costs_pv", _("Present value of costs"), self.costs_pv, language.money),
            ("benefits_pv", _("Present value of benefits"), self.benefits_pv, language.money),
        ]
        rows = [(code, name, value, "–" if value is None else write(value)) for code, name, value, write in plain]
        return [*rows[:2], ("irr", _("Internal rate of return"), self.irr, rates), *rows[2:]]

    @property
    def notes_told(self) -> list[str]:
        """The notes, each once, with the names of the figures that they explain."""
        figures: dict[str, list[str]] = {}
        for row in self.to_frame().to_dict("records"):
            if row["note"]:
                figures.setdefault(row["note"], []).append(row["name"])
        return [
            _("{figures}: {note}").format(figures=language.listed(names), note=note) for note, names in figures.items()
        ]

    @property
    def conclusion(self) -> str:
        """What the program returns for its cost, and when it pays back."""
        if self.benefit_cost_ratio is None:
            return self._without_costs()
        return self._conclusion().format(
            terms=CONVENTIONS[self.convention].terms,
            ratio=language.number(self.benefit_cost_ratio, 2),
            span=span(self.horizon_months),
            amount=language.money(abs(self.npv)),
            rate=language.percent(self.discount_rate),
            month=self._payback_month(),
        )

    def _conclusion(self) -> str:
        if self.npv >= 0 and self.payback_months == 0:
            return _("{terms} the program returns {ratio} times its cost over {span}; it is never out of pocket.")
        if self.npv >= 0 and self.payback_months is not None:
            return _("{terms} the program returns {ratio} times its cost over {span}; it pays back in month {month}.")
        if self.npv >= 0:
            return _(
                "{terms} the program returns {ratio} times its cost over {span}, but later costs take the gain back: "
                "undiscounted, it does not pay back."
            )
        if self.payback_months is not None:
            return _(
                "{terms} the program loses {amount} over {span} at a discount rate of {rate}, although it pays back "
                "in month {month} before discounting."
            )
        return _("{terms} the program loses {amount} over {span} and does not pay back in that time.")

    def _payback_month(self) -> int:
        # What rounding leaves of a sum of months must not become a month of its own.
        return math.ceil(round(self.payback_months or 0, MONTH_DECIMALS))

    def _without_costs(self) -> str:
        if self.benefits_pv == 0:
            told = _("Over {span} the program has neither costs nor benefits.")
            return told.format(span=span(self.horizon_months))
        told = _("{terms} the program brings {amount} over {span}, but no costs fall in that time to compare it with.")
        return told.format(
            terms=CONVENTIONS[self.convention].terms,
            amount=language.money(self.benefits_pv),
            span=span(self.horizon_months),
        )


def returns(flows: CashFlows, discount_rate: float, convention: str = "tei") -> Returns:
    """What a program returns, under a named convention.

    Present values and rates of return come from the yearly flows, payback from the monthly ones.

    Parameters
    ----------
    flows : CashFlows
        The program's costs and benefits.
    discount_rate : float
        Yearly, above −1.
    convention : str
        One of `CONVENTIONS`.

    Raises
    ------
    SettingsError
        When there is no such convention.
    DataError
        When the discount rate is no number above −1.
    """
    chosen = _convention(convention)
    rate = checked_rate(discount_rate)
    notes: dict[str, str] = {}
    costs_pv = chosen.present_value(flows.yearly["costs"], rate)
    benefits_pv = chosen.present_value(flows.yearly["benefits"], rate)
    irr, single_irr, irr_note = _told_rates(_net(flows.yearly))
    return Returns(
        convention=chosen.code,
        discount_rate=rate,
        horizon_months=flows.horizon_months,
        npv=float(_without_rounding(benefits_pv - costs_pv, benefits_pv + costs_pv)),
        roi=_or_note(notes, "roi", lambda: chosen.return_on_investment(flows, rate)),
        irr=irr,
        single_irr=single_irr,
        irr_note=irr_note,
        benefit_cost_ratio=_or_note(notes, "benefit_cost_ratio", lambda: benefit_cost_ratio(benefits_pv, costs_pv)),
        payback_months=_or_note(notes, "payback_months", lambda: _payback(flows, 0.0)),
        discounted_payback_months=_or_note(notes, "discounted_payback_months", lambda: _payback(flows, rate)),
        costs_pv=costs_pv,
        benefits_pv=benefits_pv,
        yearly=flows.yearly,
        notes=notes,
    )


def compare_conventions(flows: CashFlows, discount_rate: float) -> pd.DataFrame:
    """The same flows under every convention, side by side.

    Parameters
    ----------
    flows : CashFlows
        The program's costs and benefits.
    discount_rate : float
        Yearly, above −1.

    Returns
    -------
    DataFrame
        convention, name, description, npv, roi (None where there is none), note (why there is none).
    """
    rows = []
    for convention in CONVENTIONS.values():
        result = returns(flows, discount_rate, convention.code)
        told = (_(convention.name), _(convention.description))
        rows.append((convention.code, *told, result.npv, result.roi, result.notes.get("roi", "")))
    names = ["convention", "name", "description", "npv", "roi", "note"]
    return pd.DataFrame(rows, columns=names, dtype=object).astype({"npv": float})


def _in_months(months: float) -> str:
    return _("{count} months").format(count=language.exact(months, 1))


def _convention(code: str) -> Convention:
    if code not in CONVENTIONS:
        found = _("The convention {code} is not known.").format(code=code)
        raise SettingsError(Problem(found, _("one of {names}").format(names=", ".join(CONVENTIONS)), _("Correct it.")))
    return CONVENTIONS[code]


def _or_note(notes: dict[str, str], figure: str, compute: Callable[[], float]) -> float | None:
    try:
        return compute()
    except NoSolutionError as error:
        notes[figure] = str(error)
        return None


def _payback(flows: CashFlows, rate: float) -> float:
    if flows.costs == 0:
        raise NoSolutionError(no_costs_told())
    years = year_of(flows.monthly["period"].to_numpy())
    months = payback_period(_net(flows.monthly) * (1 + rate) ** -years.astype(float))
    if months is None:
        told = _("The costs are not earned back within {span}.")
        raise NoSolutionError(told.format(span=span(flows.horizon_months)))
    return months


def _told_rates(net: Flows) -> tuple[tuple[float, ...], float | None, str]:
    """All rates of return of yearly net flows, the one to rely on if there is one, and a sentence."""
    try:
        rates = internal_rates_of_return(net)
    except NoSolutionError as error:
        return (), None, str(error)
    if len(rates) > 1:
        return rates, None, several_told(rates)
    below, above = signs_around(net, rates)
    if below == above:
        return rates, None, _touching_told(rates[0], above)
    if net[net != 0][0] > 0:
        told = _("Money comes in before it goes out, so the rate of {rate} a year is what it costs, as with a loan.")
    else:
        told = _("There is one internal rate of return, {rate} a year.")
    return rates, rates[0], told.format(rate=language.percent(rates[0]))


def _touching_told(rate: float, sign: int) -> str:
    if sign > 0:
        told = _("The net present value touches zero at {rate} without ever being below it, so that is no return.")
    else:
        told = _("The net present value touches zero at {rate} without ever being above it, so that is no return.")
    return told.format(rate=language.percent(rate))


def _net(frame: pd.DataFrame) -> Flows:
    return _without_rounding(frame["net"].to_numpy(), (frame["costs"] + frame["benefits"]).sum())


def _without_rounding(amounts: ArrayLike, total: float) -> Flows:
    """The amounts, with zero for those that are only what rounding leaves of a sum as large as the total."""
    amounts = np.asarray(amounts, dtype=float)
    return np.where(np.abs(amounts) <= ROUNDING * total, 0.0, amounts)
