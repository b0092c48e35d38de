"""A real spreadsheet engine for the tests of spreadsheet models."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""

Calculate = Callable[[list[Path]], list[Workbook]]


@pytest.fixture(scope="session")
def calculate(tmp_path_factory: pytest.TempPathFactory) -> Calculate:
    """Has LibreOffice calculate workbooks anew, from their formulas alone, and gives them with what it found."""
    engine = shutil.which("soffice")
    if engine is None:
        message = "LibreOffice is missing; install libreoffice-calc"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    profile = tmp_path_factory.mktemp("libreoffice")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_CALCULATE, encoding="utf-8")

    def run(paths: list[Path]) -> list[Workbook]:
        bare, done = tmp_path_factory.mktemp("bare"), tmp_path_factory.mktemp("calculated")
        copies = [bare / f"{number}.xlsx" for number in range(len(paths))]
        for path, copy in zip(paths, copies, strict=True):
            # openpyxl keeps formulas alone, so every figure read afterwards is the engine's own.
            openpyxl.load_workbook(path).save(copy)
        words = [engine, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx"]
        subprocess.run([*words, "--outdir", done, *copies], check=True, capture_output=True, timeout=240)
        return [openpyxl.load_workbook(done / copy.name, data_only=True) for copy in copies]

    return run
