"""Charts of the business case: the cumulative cash flow, the years, and what costs and benefits consist of."""

from __future__ import annotations

from workbench.charts.breakdowns import benefit_breakdown, cost_breakdown
from workbench.charts.cash_flow import cumulative_cash_flow
from workbench.charts.years import yearly_costs_and_benefits

__all__ = ["benefit_breakdown", "cost_breakdown", "cumulative_cash_flow", "yearly_costs_and_benefits"]
