"""What all tests share: one language, patient properties, a browser where there is one, and a word on the notebooks."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import settings

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
COMPARED_CELLS = "notebook cells compared"

settings.register_profile("workbench", deadline=None)
settings.load_profile("workbench")


def pytest_configure():
    os.environ["LANGUAGE"] = "en"


def pytest_collection_finish(session):
    # nbval would trace its kernels too; coverage is that of the unit tests.
    session.config.option.cov_source = []


def pytest_terminal_summary(terminalreporter):
    passed = terminalreporter.getreports("passed")
    counts = [value for report in passed for name, value in report.user_properties if name == COMPARED_CELLS]
    if counts and terminalreporter.config.option.nbval:
        terminalreporter.write_line(f"nbval compared the output of {sum(counts)} cells in {len(counts)} notebooks")


@pytest.fixture(autouse=True)
def english():
    """Every test starts in English and leaves the language as it was."""
    from workbench import language

    with language.using("en"):
        yield


@pytest.fixture(scope="session")
def chromium():
    """The path of Chromium; without one the test is skipped, save in CI."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("Chromium is missing, and in CI the browser tests must run")
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found
