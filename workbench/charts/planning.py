"""Charts of requirements: value against complexity, the ranking and how sure it is, the lenses, what serves what."""

from __future__ import annotations

from workbench.charts.coverage import objective_capability_map
from workbench.charts.lenses import lens_comparison
from workbench.charts.matrix import value_complexity_matrix
from workbench.charts.rank_acceptability import rank_acceptability
from workbench.charts.ranking import ranking_bars

__all__ = [
    "lens_comparison",
    "objective_capability_map",
    "rank_acceptability",
    "ranking_bars",
    "value_complexity_matrix",
]
