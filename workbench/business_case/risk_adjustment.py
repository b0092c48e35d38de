"""Risk adjustment three ways, shown apart: line by line, for optimism bias, and by the outcomes of comparable projects."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from workbench import language
from workbench.business_case.cash_flows import CashFlows, cash_flows
from workbench.business_case.optimism_bias import SOURCE as TREASURY
from workbench.business_case.optimism_bias import OptimismBias, optimism_bias
from workbench.business_case.project_lines import project_lines
from workbench.business_case.reference_classes import enough, reference_class
from workbench.business_case.returns import returns
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.program.tables import TABLES
from workbench.results import Result

MONTH_DECIMALS = 9
FORRESTER = N_("Forrester, Total Economic Impact")
COLUMNS = ["view", "name", "basis", "costs", "benefits", "costs_change", "benefits_change"]


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
        return _("Project costs +{cost}, time +{time}, benefits −{benefit}").format(
            cost=language.percent(self.cost, 2),
            time=language.percent(self.time, 2),
            benefit=language.percent(self.benefit, 2),
        )


@dataclass(frozen=True, eq=False)
class RiskViews(Result):
    """A business case under each way to adjust it for risk.

    Attributes
    ----------
    table : DataFrame
        view (none, tei, optimism_bias, reference_p50, reference_p80), name, basis (what is changed, in words), costs and
        benefits (totals over the horizon), costs_change and benefits_change (shares of those without adjustment), npv,
        npv_low and npv_high (at the upper and the lower bound of the optimism bias; elsewhere equal to npv), roi (None
        where there is none) and source.
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
        npv = {view: language.money(float(value)) for view, value in zip(self.table["view"], self.table["npv"], strict=True)}
        told = _(
            "Without any adjustment for risk the net present value is {none}. It is {tei} with each line's own "
            "adjustment, {optimism_bias} with the optimism bias of the UK Treasury, and {reference_p50} and "
            "{reference_p80} with what is enough in half and in 80% of comparable projects."
        ).format(**npv)
        above = int((self.table["npv"].iloc[1:] > 0).sum())
        count = _("It is above zero in {count} of the {all} adjusted views.")
        return f"{told} {count.format(count=above, all=len(self.table) - 1)}"

    @property
    def notes(self) -> tuple[str, ...]:
        """How the views are made."""
        return (
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
    {'none': 300.0, 'tei': 300.0, 'optimism_bias': 40.0, 'reference_p50': 49.8, 'reference_p80': -102.4}
    """
    case = _Case(costs, benefits, values, horizon_months, discount_rate, convention)
    bias = bias or optimism_bias()
    plain = case.flows(Uplift())
    project = project_lines(costs, horizon_months)
    rows = list(_rows(case, plain, bias, reference))
    own = cash_flows(costs, benefits, values, horizon_months)
    table = pd.DataFrame(rows)
    table["roi"] = table["roi"].astype(object).where(table["roi"].notna(), None)
    is_cost = own.lines["kind"] == "cost"
    made = is_cost & own.lines["line_id"].isin(costs.loc[project, _key(costs)].astype(str))
    return RiskViews(
        table=table,
        own_cost=_change(own.lines.loc[made, "total"].sum(), plain.lines.loc[made, "total"].sum()),
        own_benefit=-_change(own.benefits, plain.benefits),
        reference=reference,
        bias=bias,
        project_costs=tuple(own.lines.loc[made, "line_id"]),
    )
