"""What all tests share: one language, patient properties, the command line, and a word on the notebooks."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import pytest
from hypothesis import settings

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
def spark():
    """The address of a Spark of one's own, on this machine's loopback alone."""
    pytest.importorskip("pyspark") if not os.environ.get("CI") else __import__("pyspark")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        missing = "Java is not installed (on Debian and Ubuntu: apt-get install openjdk-17-jre-headless)"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        # Short tests are over before the thorough compiler has paid for itself.
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
        yield "local[2]"
        from pyspark.sql import SparkSession

        running = SparkSession.getActiveSession()
        if running is not None:
            running.stop()


@pytest.fixture(scope="session")
def cli():
    """Runs ``crm-workbench`` with these words; gives the exit code and what it said on both streams."""

    def run(*words: object) -> tuple[int, str, str]:
        from workbench.cli import main

        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["crm-workbench", *map(str, words)])
            try:
                main()
            except SystemExit as stop:
                return int(stop.code or 0), out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    return run
