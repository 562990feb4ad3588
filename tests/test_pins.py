"""The pinned versions answer to pyproject.toml, carry hashes, and name no package index."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
SETS = {
    "core": [*PROJECT["dependencies"], *EXTRAS["build"]],
    "test": [*PROJECT["dependencies"], *EXTRAS["build"], *EXTRAS["test"], *EXTRAS["notebook"]],
    "spark": [requirement for group in [PROJECT["dependencies"], *EXTRAS.values()] for requirement in group],
}


def text(name: str) -> str:
    """Return one constraints file."""
    return (ROOT / "constraints" / f"{name}.txt").read_text("utf-8")


def pins(name: str) -> dict[str, list[str]]:
    """Return the versions that a set pins, by package; more than one where Pythons differ."""
    found: dict[str, list[str]] = {}
    for package, version in re.findall(r"^([^\s=]+)==([^\s;]+)", text(name), re.MULTILINE):
        found.setdefault(canonicalize_name(package), []).append(version)
    return found


@pytest.mark.parametrize("name", SETS)
def test_every_requirement_is_met_by_its_pin(name: str) -> None:
    pinned = pins(name)
    for requirement in map(Requirement, SETS[name]):
        versions = pinned.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement} is not pinned in constraints/{name}.txt: run `make constraints`"
        assert all(version in requirement.specifier for version in versions), f"{requirement}, pinned {versions}"


@pytest.mark.parametrize("name", [*SETS, "node"])
def test_every_pin_has_hashes_and_no_file_names_an_index(name: str) -> None:
    entries = re.split(r"\n(?=\S)", text(name).strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|--(extra-)?index|--find-links", text(name))


@pytest.mark.parametrize(("smaller", "larger"), [("core", "test"), ("test", "spark")])
def test_a_larger_set_keeps_the_versions_of_the_smaller_one(smaller: str, larger: str) -> None:
    assert pins(smaller).items() <= pins(larger).items()
