"""Frames as the domain rooms hand them over, with titles of the length that people write."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import altair as alt
import pandas as pd
import pytest
import vl_convert

from workbench.language import using

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://example.com")',
    "datum.value && alert(1)",
    "{'signal': 'width'}",
    "</text><image href='http://example.com/x.png'/>",
    "a.b[0]\\.c'\"",
)
LONG = "Saber qué campañas en curso convienen a un cliente clave: ordenar las campañas por índice de aplicabilidad"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever the machine speaks, the tests read English."""
    with using("en", currency="EUR"):
        yield


@pytest.fixture
def scores() -> pd.DataFrame:
    """23 requirements with their indices and the raters' ranges; the first titles are hostile."""
    chance = random.Random(7)
    titles = [*HOSTILE, *(f"{LONG} {number}" for number in range(23 - len(HOSTILE)))]
    frame = pd.DataFrame({"requirement_id": [f"REQ-{number:02d}" for number in range(1, 24)], "title": titles})
    frame["department"] = "Marketing"
    for axis in ("value", "urgency", "complexity"):
        frame[axis] = [chance.uniform(5, 95) for _row in range(23)]
        frame[f"{axis}_low"] = [max(0.0, index - chance.uniform(0, 12)) for index in frame[axis]]
        frame[f"{axis}_high"] = [min(100.0, index + chance.uniform(0, 12)) for index in frame[axis]]
    names = ("quick_win", "strategic"), ("fill_in", "reconsider")
    places = zip(frame["value"] < 50, frame["complexity"] >= 50, strict=True)
    frame["field"] = [names[low_value][high_complexity] for low_value, high_complexity in places]
    frame["field_label"] = frame["field"].str.replace("_", " ").str.capitalize()
    return frame


@pytest.fixture
def ranking(scores: pd.DataFrame) -> pd.DataFrame:
    """The requirements in the order of their value."""
    ranked = scores.sort_values("value", ascending=False).reset_index(drop=True)
    return ranked.assign(rank=pd.array(range(1, 24), dtype="Int64"), lens_score=ranked["value"])


@pytest.fixture
def lenses(scores: pd.DataFrame) -> pd.DataFrame:
    """Ranks under three lenses; the last leaves two requirements out."""
    parts = []
    for lens, column in (("by_value", "value"), ("by_urgency", "urgency"), ("by_complexity", "complexity")):
        rank = scores[column].rank(ascending=False).astype("Int64")
        if lens == "by_complexity":
            rank = rank.where(rank <= 21)
        parts.append(scores[["requirement_id", "title"]].assign(lens=lens, lens_label=f"By {column}", rank=rank))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture
def counts() -> pd.DataFrame:
    """Requirements by objective and capability, one that serves none and one that names none."""
    rows = [
        (HOSTILE[0], "Campaign management", 3, "REQ-01, REQ-02, REQ-03"),
        ("Keep the customers of highest value", "Analytics", 1, "REQ-04"),
        ("", "Analytics", 2, "REQ-05, REQ-06"),
        (HOSTILE[0], "", 1, "REQ-07"),
    ]
    return pd.DataFrame(rows, columns=["objective", "capability_label", "requirements", "requirement_ids"])


@pytest.fixture
def monthly() -> pd.DataFrame:
    """Three years that begin with 1,234,567.891 and are paid back in month 12.35."""
    net = [-1_234_567.891, *[100_000.0] * 36]
    flows = pd.DataFrame({"period": pd.array(range(37), dtype="Int64"), "net": net})
    flows["costs"] = [1_234_567.891, *[20_000.0] * 36]
    flows["benefits"] = [0.0, *[120_000.0] * 36]
    return flows.assign(cumulative=flows["net"].cumsum())


@pytest.fixture
def yearly() -> pd.DataFrame:
    """The same by year."""
    flows = pd.DataFrame({"year": [0, 1, 2, 3], "costs": [1_234_567.891, 240_000.0, 240_000.0, 240_000.0]})
    flows["benefits"] = [0.0, 1_440_000.0, 1_440_000.0, 1_440_000.0]
    flows["net"] = flows["benefits"] - flows["costs"]
    return flows.assign(cumulative=flows["net"].cumsum())


@pytest.fixture
def costs() -> pd.DataFrame:
    """Cost lines, the smallest first; one without a name, two with the same."""
    rows = [
        ("", "Training", 12_000.0),
        ("Support", "Support", 45_321.12),
        (HOSTILE[0], "Licences", 1_234_567.891),
        ("Support", "Support", 98_000.0),
    ]
    return pd.DataFrame(rows, columns=["name", "category_label", "total"])


@pytest.fixture
def benefits() -> pd.DataFrame:
    """Benefit lines, with and without something taken off."""
    rows = [
        ("Less paper", "Cost reduction", 12_000.0, 12_000.0),
        (f"{LONG} {HOSTILE[4]}", "Customer value", 2_210_000.2, 4_420_000.4),
    ]
    return pd.DataFrame(rows, columns=["name", "stream_label", "total", "unadjusted_total"])


class Sketch:
    """A chart as it is drawn: its specification, the rows behind each kind of mark, and its picture as SVG."""

    def __init__(self, chart: alt.LayerChart) -> None:
        self.spec: dict[str, Any] = chart.to_dict(validate=True)

    def rows(self, mark: str) -> list[list[dict[str, Any]]]:
        """The rows of each layer with this kind of mark."""
        return [self._data(layer) for layer in self.spec["layer"] if layer["mark"]["type"] == mark]

    def _data(self, layer: dict[str, Any]) -> list[dict[str, Any]]:
        name = layer.get("data", self.spec.get("data", {}))["name"]
        rows: list[dict[str, Any]] = self.spec["datasets"][name]
        return rows

    def texts(self) -> list[str]:
        """Every text of the picture, as a reader sees it."""
        svg = vl_convert.vegalite_to_svg(
            self.spec, vl_version="5.8", format_locale=self.spec["usermeta"]["embedOptions"]["formatLocale"]
        )
        return ["".join(text.itertext()) for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]

    def elements(self) -> set[str]:
        """The kinds of element in the picture."""
        svg = vl_convert.vegalite_to_svg(self.spec, vl_version="5.8")
        return {element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()}


@pytest.fixture
def sketch() -> type[Sketch]:
    """What looks into a chart."""
    return Sketch


@pytest.fixture
def compiled(capfd: pytest.CaptureFixture[str]) -> Callable[[dict[str, Any]], str]:
    """Compiles a specification with the first and the last Vega-Lite 5 at hand and gives their warnings."""

    def warnings(spec: dict[str, Any]) -> str:
        versions = [version for version in vl_convert.get_vegalite_versions() if version.startswith("5.")]
        for version in (versions[0], versions[-1]):
            vl_convert.vegalite_to_vega(spec, vl_version=version, show_warnings=True)
        told = capfd.readouterr()
        return told.out + told.err

    return warnings
