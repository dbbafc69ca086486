"""What a release says of itself: when, from what and by which rules it was made, and its files."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import get_args

from leapdash import __version__
from leapdash.contract import CODE_PATTERN, CONTRACT_VERSION, ReleaseTier, tables_of
from leapdash.errors import ReleaseError, shortened
from leapdash.release.files import Folder

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class SourceFact:
    """Where some of a release's figures come from: `rows` read from `name`, its origin, licence.

    `rows` is None where it isn't told: one row more than in the release before is one student.
    """

    name: str
    rows: int | None
    origin: str
    licence: str


@dataclass(frozen=True)
class BuildFacts:
    """What a build knows and the tables don't say.

    `synthetic`: the students are simulated. `half_day`: what a day of daily attendance counts,
    `state` or `fraction`. `sources`: where the figures come from. `tier`: whom the release is for;
    `district`: the code of the one it is cut for, where it is for a district;
    `suppression`: what of it is withheld, in words.
    """

    synthetic: bool
    half_day: str
    sources: tuple[SourceFact, ...]
    tier: ReleaseTier = "restricted"
    district: str = ""
    suppression: str = "none: this release is for people who may see small numbers"


@dataclass(frozen=True)
class TableFacts:
    """One file of a release: its name, rows, size in bytes, and SHA-256."""

    file: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a release says of itself.

    `created`: when it was built, UTC. `tier`: whom it is for; `district`: the code of the one it is
    cut for, empty where it is for no single one. `through`: the last month of attendance data, its
    first day. `rules`: the definitions the figures rest on, by name.
    """

    release_id: str
    created: str
    contract_version: str
    leapdash_version: str
    tier: ReleaseTier
    synthetic: bool
    through: date
    school_years: tuple[str, ...]
    rules: Mapping[str, str]
    sources: tuple[SourceFact, ...]
    tables: Mapping[str, TableFacts]
    district: str = ""

    def to_json(self) -> str:
        """The manifest as JSON text, keys in the order above."""
        return json.dumps(asdict(self), indent=2, default=str, ensure_ascii=False) + "\n"


def read_manifest(folder: Folder, mend: str) -> Manifest:
    """The manifest of the release in a folder.

    Raises ReleaseError, with `mend` as the remedy, where there is none, or none leapdash wrote.
    """
    path = folder / MANIFEST
    try:
        raw = json.loads(folder.read(MANIFEST))
    except FileNotFoundError as error:
        raise ReleaseError(f"{path}: missing.\nExpected a release's manifest.\n{mend}") from error
    except ValueError as error:
        raise ReleaseError(f"{path}: not readable as JSON ({error}).\n{mend}") from error
    version = raw.get("contract_version") if isinstance(raw, dict) else None
    if version != CONTRACT_VERSION:
        raise ReleaseError(
            f"{path}: the release is of contract version {version}, this leapdash "
            f"({__version__}) reads version {CONTRACT_VERSION}.\n{mend}"
        )
    try:
        raw["through"] = date.fromisoformat(raw["through"])
        raw["school_years"] = tuple(raw["school_years"])
        raw["sources"] = tuple(SourceFact(**source) for source in raw["sources"])
        raw["tables"] = {name: TableFacts(**facts) for name, facts in raw["tables"].items()}
        manifest = Manifest(**raw)
        _check_tier(manifest)
        known = tables_of(manifest.tier)
        for name, facts in manifest.tables.items():
            if name not in known:
                raise ValueError(f"table {name} in a {manifest.tier} release")
            if facts.file != f"{name}.parquet":
                raise ValueError(f"table {name} in file {facts.file}")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReleaseError(f"{path}: not a manifest leapdash wrote ({error}).\n{mend}") from error
    return manifest


def _check_tier(manifest: Manifest) -> None:
    """Raises ValueError where a manifest doesn't say, in words leapdash knows, whom it is for."""
    if not isinstance(manifest.tier, str) or manifest.tier not in get_args(ReleaseTier):
        found = shortened(str(manifest.tier), 40)
        raise ValueError(f"tier {found}, expected one of {', '.join(get_args(ReleaseTier))}")
    pattern = CODE_PATTERN if manifest.tier == "district" else ""
    if not re.fullmatch(pattern, manifest.district):
        expected = "the code of one" if pattern else "none"
        found = shortened(manifest.district, 40) or "no district"
        raise ValueError(f"{found} in a {manifest.tier} release, expected {expected}")
