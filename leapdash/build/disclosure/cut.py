"""From a restricted release to that of one district: its own rows, and nothing of any other's."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from leapdash.contract import PUBLISHED, STATE_CODE, Table, tables_of
from leapdash.districts import district_code
from leapdash.errors import ContractError, UsageError
from leapdash.progress import SILENT, Progress
from leapdash.release import (
    BuildFacts,
    Manifest,
    Release,
    SourceFact,
    check_kept_apart,
    open_release,
    publish,
)

# A figure of two districts or cohorts has these besides those of the first.
_SECOND = "_2"


def publish_district(
    store: str | Path,
    district: str,
    out: str | Path,
    *,
    keep: int = 5,
    progress: Progress = SILENT,
) -> Release:
    """The release of one district alone, cut from the one on show in `store` and published in the
    store `out`. `district`: its code or name.

    Raises UsageError where `store` and `out` can't be what they are given for, or there is no such
    district; ContractError where a table doesn't say whose its rows are.
    """
    release = _restricted(store)
    return _published(release, district_code(district, _districts(release), "the release"), out)(
        keep, progress
    )


def publish_every_district(
    store: str | Path, out: str, *, keep: int = 5, progress: Progress = SILENT
) -> list[Release]:
    """The same for every district, each in the store OUT/CODE."""
    release = _restricted(store)
    jobs = [_published(release, code, f"{out.rstrip('/')}/{code}") for code in _districts(release)]
    return [job(keep, progress) for job in jobs]


def cut(release: Release, code: str) -> dict[str, pa.Table]:
    """Every table of a release with the rows of one district; of published figures also those of
    the state.

    What schools elsewhere add to the errors of the district's effects, by students who moved, stays
    out: a school is a row there. It counts only where a district's schools are worth enough to be
    taken as independent (docs/decisions/0017-doors.md).
    """
    known = tables_of(release.manifest.tier)
    schools = release.table("schools", where={"district_code": (code,)})["school_code"]
    return {
        name: _own_rows(known[name], release.table(name), code, schools)
        for name in release.manifest.tables
    }


def _own_rows(table: Table, rows: pa.Table, code: str, schools: pa.ChunkedArray) -> pa.Table:
    names = table.column_names
    districts = [name for name in names if name.removesuffix(_SECOND) == "district_code"]
    if not districts:
        raise ContractError(
            f"Table `{table.name}` can't be cut: no column says which district a row is of."
        )
    for name in districts:
        whose = [code, STATE_CODE] if table.name in PUBLISHED else [code]
        rows = rows.filter(pc.is_in(rows[name], pa.array(whose)))
    if "school_code" in names:
        of_no_school = pc.is_null(rows["school_code"])
        rows = rows.filter(pc.or_(of_no_school, pc.is_in(rows["school_code"], schools)))
    for name in (n for n in names if n.removesuffix(_SECOND) == "slice_value"):
        of_no_school = pc.not_equal(rows["slice"], "school")
        rows = rows.filter(pc.or_(of_no_school, pc.is_in(rows[name], schools)))
    return rows


def _published(release: Release, code: str, out: str | Path) -> Callable[[int, Progress], Release]:
    """What publishes a district's cut, once it is known that it may stand there."""
    check_kept_apart(out, "district", code)
    name = _districts(release)[code]

    def made(keep: int, progress: Progress) -> Release:
        with progress.step(f"cut {name}") as step:
            tables = cut(release, code)
            if not tables["attendance"].num_rows:
                raise UsageError(
                    f"{name} ({code}) has no attendance in release {release.manifest.release_id}.\n"
                    "Expected a district with students."
                )
            step.rows = sum(table.num_rows for table in tables.values())
            return publish(out, tables, _facts(release.manifest, code, name, tables), keep=keep)

    return made


def _restricted(store: str | Path) -> Release:
    release = open_release(store)
    if release.manifest.tier != "restricted":
        raise UsageError(
            f"{release.folder} is a {release.manifest.tier} release.\n"
            "Expected a store with a restricted one, made by: python -m leapdash build"
        )
    return release


def _districts(release: Release) -> dict[str, str]:
    schools = release.table("schools", columns=["district_code", "district_name"])
    return dict(zip(*(schools[name].to_pylist() for name in schools.column_names), strict=True))


def _facts(manifest: Manifest, code: str, name: str, tables: dict[str, pa.Table]) -> BuildFacts:
    """What the cut says of itself. How many rows the state's own sources have isn't said: less the
    district's, it would be the others'.
    """
    shown = {
        title for own in PUBLISHED if own in tables for title in tables[own]["source"].to_pylist()
    }
    public = tuple(source for source in manifest.sources if source.name in shown)
    others = [source for source in manifest.sources if source.name not in shown]
    own = SourceFact(
        name=f"Release {manifest.release_id}",
        rows=sum(table.num_rows for table in tables.values()),
        origin=f"what it holds of {name}",
        licence="; ".join(dict.fromkeys(source.licence for source in others)) or "none given",
    )
    return BuildFacts(
        synthetic=manifest.synthetic,
        half_day=str(manifest.rules["half_day"]),
        sources=(own, *public),
        tier="district",
        district=code,
        suppression=str(manifest.rules["suppression"]),
    )
