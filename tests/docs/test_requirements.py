"""The requirements files pin all that pyproject.toml asks for, within its bounds."""

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.lib.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
FILES = {None: "requirements.txt"} | {extra: f"requirements-{extra}.txt" for extra in EXTRAS}


def pinned(file: str) -> list[Requirement]:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def asked_of(extra: str | None) -> list[str]:
    return PROJECT["dependencies"] + EXTRAS.get(extra, [])


def strays(asked: list[str], pins: list[Requirement]) -> list[str]:
    """What is asked for and not pinned, or pinned outside what is asked for."""
    found = []
    for text in asked:
        wanted = Requirement(text)
        own = [p for p in pins if canonicalize_name(p.name) == canonicalize_name(wanted.name)]
        versions = [spec.version for pin in own for spec in pin.specifier]
        if not own or not all(wanted.specifier.contains(version) for version in versions):
            found.append(f"{text}: {versions or 'not pinned'}")
    return found


@pytest.mark.parametrize("extra", FILES)
def test_every_dependency_is_pinned_within_its_bounds(extra: str | None) -> None:
    assert strays(asked_of(extra), pinned(FILES[extra])) == [], "run make lock"


@pytest.mark.parametrize("file", FILES.values())
def test_every_line_pins_one_version(file: str) -> None:
    for pin in pinned(file):
        assert [spec.operator for spec in pin.specifier] == ["=="], pin


@pytest.mark.parametrize("file", FILES.values())
def test_no_two_files_pin_different_versions(file: str) -> None:
    # Installed one after another, they would undo each other.
    others = {(pin.name, str(pin.marker)): pin.specifier for pin in pinned(FILES["dev"])}
    for pin in pinned(file):
        assert others.get((pin.name, str(pin.marker)), pin.specifier) == pin.specifier, pin


def test_no_requirements_file_is_without_its_extra() -> None:
    assert {path.name for path in ROOT.glob("requirements*.txt")} == set(FILES.values())


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("numpy>=2", []),
        ("Num_Py>=2", ["Num_Py>=2: not pinned"]),
        ("numpy>=3", ["numpy>=3: ['2.4']"]),
        ("numpy<2.4", ["numpy<2.4: ['2.4']"]),
    ],
)
def test_a_stray_is_seen(asked: str, found: list[str]) -> None:
    assert strays([asked], [Requirement("numpy==2.4")]) == found
