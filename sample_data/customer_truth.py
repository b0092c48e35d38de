"""x"""
from __future__ import annotations
def known(source, distributors, rows, dirt):
    return {"rows": dict(rows), "dirt": dict(dirt)}
