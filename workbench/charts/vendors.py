"""Charts of the choice of a vendor: the decision matrix, value against cost, and how firm the first place is."""

from __future__ import annotations

from workbench.charts.decision_matrix import decision_matrix
from workbench.charts.first_places import first_places
from workbench.charts.value_and_cost import value_against_cost

__all__ = ["decision_matrix", "first_places", "value_against_cost"]
