"""Risk adjustment three ways, shown apart: line by line, for optimism bias, and as comparable projects ended."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench import language
from workbench.business_case.cash_flows import CashFlows, cash_flows
from workbench.business_case.drivers import key_of
from workbench.business_case.optimism_bias import SOURCE as TREASURY
from workbench.business_case.optimism_bias import OptimismBias, optimism_bias
from workbench.business_case.project_lines import project_lines
from workbench.business_case.reference_catalogue import MEASURES
from workbench.business_case.reference_classes import enough, nothing_published, reference_class
from workbench.business_case.returns import Returns, returns
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.program.tables import TABLES
from workbench.results import Result

MONTH_DECIMALS = 9
FORRESTER = N_("Forrester, Total Economic Impact")


@dataclass(frozen=True)
class Uplift:
    """What a view changes, as shares of the plan.

    Attributes
    ----------
    cost : float
        More of each project cost.
    time : float
        More months until each benefit begins.
    benefit : float
        Less of each benefit.
    """

    cost: float = 0.0
    time: float = 0.0
    benefit: float = 0.0

    @property
    def told(self) -> str:
        """The changes in words."""
        words = {
            _("project costs +{share}"): self.cost,
            _("time +{share}"): self.time,
            _("benefits −{share}"): self.benefit,
        }
        told = [text.format(share=language.percent(share, 2)) for text, share in words.items() if share]
        told = [change.replace(" ", language.NO_BREAK_SPACE) for change in told]
        return ", ".join(told) or _("as planned")


@dataclass(frozen=True, eq=False)
class RiskViews(Result):
    """A business case under each way to adjust it for risk.

    Attributes
    ----------
    table : DataFrame
        view (none, tei, optimism_bias, reference_p50, reference_p80), name, basis (what is changed, in words), costs
        and benefits (totals over the horizon), costs_change and benefits_change (shares of those without adjustment),
        npv, npv_low and npv_high (at the upper and the lower bound of the optimism bias; elsewhere equal to npv), roi
        (None where there is none) and source.
    own_cost, own_benefit : float
        What the line-by-line adjustments come to on project costs and on benefits, as shares.
    reference : str
        Code of the reference class.
    bias : OptimismBias
        The uplifts of the optimism bias.
    project_costs : tuple of str
        Ids of the cost lines that count as project costs.
    """

    table: pd.DataFrame
    own_cost: float
    own_benefit: float
    reference: str
    bias: OptimismBias
    project_costs: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """The views."""
        return self.table

    @property
    def conclusion(self) -> str:
        """The net present value under each view, and in how many of the adjusted ones it is above zero."""
        npv = {str(view): language.money(npv) for view, npv in self.table.set_index("view")["npv"].items()}
        told = _(
            "Without any adjustment for risk the net present value is {none}. It is {tei} with each line's own "
            "adjustment, {optimism_bias} with the optimism bias of the UK Treasury, and {reference_p50} and "
            "{reference_p80} with what is enough in half and in 80% of comparable projects."
        ).format(**npv)
        return f"{told} {self.survival}"

    @property
    def survival(self) -> str:
        """In how many of the adjusted views the program gains."""
        above = int((self.table["npv"].iloc[1:] > 0).sum())
        told = _("The net present value is above zero in {count} of the {all} adjusted views.")
        return told.format(count=above, all=len(self.table) - 1)

    @property
    def notes(self) -> tuple[str, ...]:
        """How the views are made."""
        unpublished = nothing_published(reference_class(self.reference))
        return (
            *([unpublished] if unpublished else []),
            _("Each view starts from the lines without their own adjustment for risk, so that no doubt counts twice."),
            _("Overruns raise project costs alone, the lines that are over before the horizon; delays move benefits."),
            _("What is enough in 80% for cost, time and benefit at once is enough for all three in fewer than 80%."),
        )


def risk_views(
    costs: pd.DataFrame,
    benefits: pd.DataFrame,
    values: dict[str, float],
    *,
    horizon_months: int,
    discount_rate: float,
    convention: str = "tei",
    bias: OptimismBias | None = None,
    reference: str = "mckinsey_oxford_2012",
) -> RiskViews:
    """A business case without adjustment for risk, and under each of the three ways to adjust it.

    Parameters
    ----------
    costs, benefits : DataFrame
        The tables of these names.
    values : dict of str to float
        The assumptions, as `drivers.base_values` gives them.
    horizon_months : int
        Last month that counts.
    discount_rate : float
        Yearly.
    convention : str
        One of `returns.CONVENTIONS`.
    bias : OptimismBias, optional
        The uplifts for optimism bias; the upper bounds by default.
    reference : str
        One of `reference_catalogue.CLASSES`.

    Raises
    ------
    DataError
        With every line whose formula, profile, timing or shares are wrong.
    SettingsError
        When there is no such convention or class.

    Examples
    --------
    >>> costs = pd.DataFrame({"cost_id": ["C"], "category": "licences", "formula": "100", "profile": "one_off"})
    >>> benefits = pd.DataFrame({"benefit_id": ["B"], "stream": "cost_reduction", "formula": "20", "first_period": 5})
    >>> found = risk_views(costs, benefits, {}, horizon_months=24, discount_rate=0.0)
    >>> found.table.set_index("view")["npv"].round(1).to_dict()
    {'none': 300.0, 'tei': 300.0, 'optimism_bias': 40.0, 'reference_p50': 49.9, 'reference_p80': -102.4}
    """
    case = _Case(costs, benefits, values, horizon_months, discount_rate, convention)
    bias = bias or optimism_bias()
    own, plain = cash_flows(costs, benefits, values, horizon_months), case.flows(Uplift())
    made = project_ids(costs, horizon_months)
    return RiskViews(
        table=_table(case, own, plain, bias, reference),
        own_cost=_change(_total(own, made), _total(plain, made)),
        own_benefit=-_change(own.benefits, plain.benefits),
        reference=reference,
        bias=bias,
        project_costs=made,
    )


@dataclass(frozen=True, eq=False)
class _Case:
    """A business case, to be computed under several views."""

    costs: pd.DataFrame
    benefits: pd.DataFrame
    values: dict[str, float]
    horizon_months: int
    discount_rate: float
    convention: str

    def flows(self, uplift: Uplift) -> CashFlows:
        """The flows with these changes in place of the lines' own adjustments."""
        costs, benefits = changed(self.costs, self.benefits, uplift, self.horizon_months)
        return cash_flows(costs, benefits, self.values, self.horizon_months)

    def returns(self, flows: CashFlows) -> Returns:
        """What these flows return."""
        return returns(flows, self.discount_rate, self.convention)

    def npv(self, uplift: Uplift) -> float:
        """The net present value with these changes."""
        return self.returns(self.flows(uplift)).npv


def changed(
    costs: pd.DataFrame, benefits: pd.DataFrame, uplift: Uplift, horizon_months: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The lines with dearer projects and later, smaller benefits in place of their own adjustments for risk.

    Parameters
    ----------
    costs, benefits : DataFrame
        The tables of these names.
    uplift : Uplift
        The changes.
    horizon_months : int
        Last month that counts.

    Examples
    --------
    >>> benefits = pd.DataFrame({"benefit_id": ["B"], "first_period": [6]})
    >>> changed(pd.DataFrame(columns=["cost_id"]), benefits, Uplift(time=0.54), 36)[1]["first_period"].tolist()
    [10]
    """
    dearer = project_lines(costs, horizon_months).astype(float) * uplift.cost
    return costs.assign(risk_adjustment=dearer), _later(benefits, uplift.time).assign(risk_adjustment=uplift.benefit)


def _later(benefits: pd.DataFrame, share: float) -> pd.DataFrame:
    """Benefits that take this share longer to begin, in whole months, and then last as long as planned."""
    timing = benefits.reindex(columns=["first_period", "last_period"]).astype("Int64")
    first = timing["first_period"].fillna(TABLES["benefits"].column("first_period").default)
    months = [math.ceil(round(month * share, MONTH_DECIMALS)) for month in first]
    delay = pd.Series(months, index=benefits.index, dtype="Int64")
    return benefits.assign(first_period=first + delay, last_period=timing["last_period"] + delay)


def project_ids(costs: pd.DataFrame, horizon_months: int) -> tuple[str, ...]:
    """Ids of the cost lines that count as project costs."""
    made = project_lines(costs, horizon_months)
    return tuple(costs.loc[made, key_of(costs)].astype(str)) if len(costs) else ()


def _table(case: _Case, own: CashFlows, plain: CashFlows, bias: OptimismBias, code: str) -> pd.DataFrame:
    reference = reference_class(code)
    rows = [
        _row(case, ("none", _("No adjustment"), _("as planned, after attribution"), ""), plain, plain),
        _row(case, ("tei", _("Line by line"), _("each line's own adjustment"), _(FORRESTER)), own, plain),
        _bias_row(case, bias, plain),
    ]
    for share in (0.5, 0.8):
        name = _("Comparable projects, enough in {share}").format(share=language.percent(share))
        uplift = Uplift(*(enough(reference, measure, share) for measure in MEASURES))
        told = (f"reference_p{round(100 * share)}", name, uplift.told, _(reference.source))
        rows.append(_row(case, told, case.flows(uplift), plain))
    table = pd.DataFrame(rows)
    # A frame of numbers would turn a return that does not exist into a silent NaN.
    return table.assign(roi=pd.Series([row["roi"] for row in rows], dtype=object))


def _bias_row(case: _Case, bias: OptimismBias, plain: CashFlows) -> dict[str, Any]:
    uplift = Uplift(bias.cost, bias.time)
    told = ("optimism_bias", _("Optimism bias"), uplift.told, _(TREASURY))
    ends = [case.npv(Uplift(bias.cost_bounds[end], bias.time_bounds[end])) for end in (0, 1)]
    return _row(case, told, case.flows(uplift), plain) | {"npv_low": min(ends), "npv_high": max(ends)}


def _row(case: _Case, told: tuple[str, str, str, str], flows: CashFlows, plain: CashFlows) -> dict[str, Any]:
    found = case.returns(flows)
    view, name, basis, source = told
    return {
        "view": view,
        "name": name,
        "basis": basis,
        "costs": flows.costs,
        "benefits": flows.benefits,
        "costs_change": _change(flows.costs, plain.costs),
        "benefits_change": _change(flows.benefits, plain.benefits),
        "npv": found.npv,
        "npv_low": found.npv,
        "npv_high": found.npv,
        "roi": found.roi,
        "source": source,
    }


def _total(flows: CashFlows, line_ids: tuple[str, ...]) -> float:
    lines = flows.lines
    return float(lines.loc[(lines["kind"] == "cost") & lines["line_id"].isin(line_ids), "total"].sum())


def _change(amount: float, before: float) -> float:
    """By what share an amount changed; nothing cannot change."""
    return amount / before - 1 if before else 0.0
