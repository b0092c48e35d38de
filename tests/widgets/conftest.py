"""The sample program in a database of one's own, and people who visit its page outside a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import ipywidgets
import pytest

from workbench.program import blank, database
from workbench.program.committee import Committee
from workbench.program.store import Program
from workbench.widgets.visit import Visit

NOW = datetime(2026, 10, 1, 9, 30)


@pytest.fixture(scope="session")
def kept_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample in SQLite, to copy."""
    file = tmp_path_factory.mktemp("sample") / "sample.db"
    database.write(Program.open(blank.sample("en")), str(file))
    return file


@pytest.fixture
def address(kept_sample: Path, tmp_path: Path) -> str:
    """The address of a copy of the sample."""
    return str(shutil.copy(kept_sample, tmp_path / "program.db"))


@pytest.fixture
def committee(address: str) -> Iterator[Committee]:
    opened = Committee.open(address)
    yield opened
    opened.close()


@pytest.fixture
def visitor(committee: Committee) -> Callable[[str], Visit]:
    """A rater by id, or the facilitator without one."""
    return lambda rater="": Visit(committee, rater, is_facilitator=not rater, now=lambda: NOW)


@pytest.fixture
def open_round(committee: Committee) -> None:
    """A round that is open."""
    committee.open_round("First round", NOW)


@pytest.fixture
def press() -> Callable[[ipywidgets.Widget, str], None]:
    """Presses the button of this name, wherever it stands in a widget."""

    def go(widget: ipywidgets.Widget, name: str) -> None:
        [found] = [one for one in inside(widget) if isinstance(one, ipywidgets.Button) and one.description == name]
        assert not found.disabled
        found.click()

    return go


@pytest.fixture
def read() -> Callable[[ipywidgets.Widget], str]:
    """All markup that a widget shows."""
    return lambda widget: "\n".join(one.value for one in inside(widget) if isinstance(one, ipywidgets.HTML))


def inside(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)
