"""pyproject.toml, environment.yml and the locks say the same, and a built wheel holds all that is needed."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-test.lock")
PYTHONS = ("3.11.0", "3.12.0", "3.13.0")

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DIRECT = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
FOR_TESTS = [Requirement(line) for line in PROJECT["project"]["optional-dependencies"]["test"]]
BUILD = [Requirement(line) for line in PROJECT["dependency-groups"]["build"]]


def pins(lock: str) -> list[Requirement]:
    """The requirements of a lock, without their hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [Requirement(line.split("--hash")[0].strip()) for line in text.splitlines()]


def pinned(lock: str, name: str, python: str) -> str:
    """The version that a lock gives a library on one Python."""
    environment = {"python_version": python.rpartition(".")[0], "python_full_version": python}
    found = [
        pin
        for pin in pins(lock)
        if canonicalize_name(pin.name) == canonicalize_name(name)
        and (pin.marker is None or pin.marker.evaluate(environment))
    ]
    assert len(found) == 1, f"{lock} has {len(found)} lines for {name} on Python {python}; run `make lock`"
    return str(found[0].specifier).removeprefix("==")


def conda() -> dict[str, Requirement]:
    """The libraries of environment.yml, by their canonical names."""
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    requirements = [Requirement(line) for line in listed if isinstance(line, str)]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


@pytest.mark.parametrize("requirement", DIRECT, ids=str)
def test_conda_has_every_dependency_with_the_same_bounds(requirement):
    found = conda().get(canonicalize_name(requirement.name))
    assert found is not None, f"environment.yml lacks {requirement}"
    assert found.specifier == requirement.specifier, f"environment.yml has {found}, pyproject.toml {requirement}"


def test_conda_has_nothing_else():
    known = {canonicalize_name(requirement.name): requirement.specifier for requirement in DIRECT + FOR_TESTS}
    found = conda()
    assert found.pop("python").specifier == PROJECT["project"]["requires-python"]
    found.pop("pip")
    assert {name: requirement.specifier for name, requirement in found.items() if known.get(name) is None} == {}
    assert all(requirement.specifier == known[name] for name, requirement in found.items())
    assert "nbval" in found


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("requirement", DIRECT + BUILD, ids=str)
def test_the_lock_keeps_to_the_bounds(requirement, python):
    assert pinned("requirements.lock", requirement.name, python) in requirement.specifier


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("requirement", FOR_TESTS, ids=str)
def test_the_test_lock_keeps_to_the_bounds(requirement, python):
    assert pinned("requirements-test.lock", requirement.name, python) in requirement.specifier


def test_the_test_lock_is_the_lock_and_more():
    assert {str(pin) for pin in pins("requirements.lock")} < {str(pin) for pin in pins("requirements-test.lock")}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    lines = re.split(r"\n(?=\S)", text.strip())
    assert all(re.match(r"[a-z0-9._-]+==\S+", line) and "--hash=sha256:" in line for line in lines)
    assert not re.search(r"https?:|file:|--index|--find-links|(^|\s)/", text)


def test_the_build_tool_is_pinned_once():
    assert PROJECT["build-system"]["requires"] == PROJECT["dependency-groups"]["build"]


def test_a_wheel_holds_the_notebooks_templates_and_sample(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("crm_workbench-*.whl")
    names = ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"workbench"}
    for folder in ("notebooks", "templates", "sample_data"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts):
                assert f"workbench/_resources/{path.relative_to(ROOT).as_posix()}" in names
