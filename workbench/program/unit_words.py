"""Words that stand beside what a unit counts: for what, how often, and how many at once; in all languages."""

from __future__ import annotations

ADVERBS = frozenset(
    "hourly daily diario weekly semanal monthly mensual mensuales quarterly trimestral trimestrales yearly annual anual"
    " anuales".split()
)
BY = frozenset("a an per each for every por al cada / la el".split())
SCALES = frozenset("thousand thousands million millions k m miles mil millon millones %".split())
