"""Releases: built from files, made public, attacked."""

from pathlib import Path
from typing import Annotated

import typer

from leapdash.build.sources.given import check_published
from leapdash.cli.app import app
from leapdash.cli.options import (
    HalfDay,
    Keep,
    Mapping,
    MemoryLimit,
    Threads,
    check_inputs,
    path,
    progress,
    said,
)
from leapdash.errors import UsageError
from leapdash.paths import check_out, is_address


@app.command()
def build(
    input: Annotated[
        list[str],
        typer.Option(
            parser=said,
            metavar="DIR",
            help="Folder with the input tables (docs/your-data.md), or its address; with --mapping "
            "a file or folder of any layout, and several times where there are several.",
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            parser=said,
            metavar="DIR",
            help="Store to publish the release in: a folder, or an address as s3://bucket/store.",
        ),
    ],
    published: Annotated[
        list[Path] | None,
        typer.Option(
            parser=path,
            metavar="FILE",
            help="Attendance of Connecticut Open Data, or chronic absence of EdSight; may be given "
            "several times. What isn't given is carried over from the release on show.",
        ),
    ] = None,
    half_day: HalfDay = "state",
    engine: Annotated[
        str, typer.Option(help="What works it out: duckdb, or spark (extra leapdash[spark]).")
    ] = "duckdb",
    spark_master: Annotated[
        str, typer.Option(help="Where Spark runs, for --engine spark.")
    ] = "local[*]",
    memory_limit: MemoryLimit = "2GB",
    threads: Threads = None,
    keep: Keep = 5,
    effects: Annotated[
        bool, typer.Option(help="Estimate what the visits changed; takes longest.")
    ] = True,
    mapping: Mapping = None,
) -> None:
    """Turn input tables into a release, and put it on show."""
    # A path that leads nowhere is told before an engine is loaded.
    check_inputs(input, mapping)
    for file in published or []:
        check_published(file)
    check_out(out)
    from leapdash.build.build import build as build_release

    release = build_release(
        input,
        out,
        published=published or [],
        mapping=mapping,
        half_day=half_day,
        engine=engine,
        spark_master=spark_master,
        memory_limit=memory_limit,
        threads=threads,
        keep=keep,
        effects=effects,
        progress=progress(),
    )
    # An address may hold a key.
    where = "" if is_address(out) else f" in {out}"
    typer.echo(f"Release {release.manifest.release_id} is on show{where}.")


@app.command(name="publish")
def publish_command(
    store: Annotated[
        str,
        typer.Argument(
            parser=said, metavar="STORE", help="Store with the restricted release on show."
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            parser=said,
            metavar="DIR",
            help="Store to publish in, for such releases alone; for every district, a folder.",
        ),
    ],
    district: Annotated[
        str | None,
        typer.Option(
            parser=said,
            metavar="DISTRICT",
            help="Code or name of a district: what the release holds of it, for its own people.",
        ),
    ] = None,
    all_districts: Annotated[
        bool, typer.Option("--all-districts", help="One such store for every district: DIR/CODE.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="FILE",
            help="CSV of every withheld cell with its reason, for who may see the restricted ones.",
        ),
    ] = None,
    least_students: Annotated[
        int, typer.Option(min=1, help="Cells of fewer students are withheld.")
    ] = 20,
    least_counted: Annotated[
        int, typer.Option(min=1, help="Also those with fewer counted, or not counted.")
    ] = 6,
    weaker: Annotated[
        bool, typer.Option("--weaker", help="Rules weaker than the state's are wanted.")
    ] = False,
    revise: Annotated[
        bool,
        typer.Option(
            "--revise", help="Make months anew that were published; without it they stay."
        ),
    ] = False,
    time_limit: Annotated[
        float | None,
        typer.Option(min=0, help="Most minutes it may take; else nothing is published."),
    ] = None,
    keep: Keep = 5,
) -> None:
    """Make a public release of attendance and chronic absence from a restricted one.

    With --district or --all-districts: that of one district in full, for those who may see it.

    Small cells are withheld, and whatever would tell them; it is published only where an attack on
    its finished files works out nothing. What is attacked, and what a state has to judge itself, is
    in docs/decisions/0016-the-public-release.md.
    """
    check_out(out)
    if district or all_districts:
        for_all = report is None and not weaker
        if not for_all or (district and all_districts):
            raise UsageError(
                "--district, --all-districts, and what a public release is made with (--report, "
                "--weaker): expected one of them."
            )
        _publish_districts(store, district, out, keep)
        return
    from leapdash.build.disclosure.effects import Effects
    from leapdash.build.disclosure.publish import publish_public
    from leapdash.build.disclosure.rules import Rules
    from leapdash.show.views.fixed_cells import effects_of_cells

    release = publish_public(
        store,
        out,
        rules=Rules(least_students, least_counted, narrowest=least_counted),
        effects=lambda restricted: Effects(*effects_of_cells(restricted)),
        weaker=weaker,
        report=report,
        keep=keep,
        revise=revise,
        time_limit=time_limit,
        progress=progress(),
    )
    where = "" if is_address(out) else f" in {out}"
    typer.echo(f"Public release {release.manifest.release_id} is on show{where}.")


def _publish_districts(store: str, district: str | None, out: str, keep: int) -> None:
    from leapdash.build.disclosure.cut import publish_district, publish_every_district

    if district is None:
        made = publish_every_district(store, out, keep=keep, progress=progress())
        typer.echo(f"{len(made)} districts' releases are on show.")
        return
    release = publish_district(store, district, out, keep=keep, progress=progress())
    where = "" if is_address(out) else f" in {out}"
    typer.echo(f"District release {release.manifest.release_id} is on show{where}.")


@app.command()
def audit(
    store: Annotated[
        str, typer.Argument(parser=said, metavar="STORE", help="Store with a public release.")
    ],
    time_limit: Annotated[
        float | None, typer.Option(min=0, help="Most minutes it may take; else it stops.")
    ] = None,
) -> None:
    """Attack a public release: try to work out what it withholds, from its files alone, and from
    those of the release before it.
    """
    from leapdash.build.disclosure.limit import Limit
    from leapdash.build.disclosure.publish import audit as attack
    from leapdash.build.disclosure.publish import public_before, told
    from leapdash.release import open_release

    release = open_release(store)
    verdict = attack(
        release,
        progress=progress(),
        limit=Limit.of(time_limit),
        before=public_before(store, release),
    )
    typer.echo(told(verdict))
    if verdict.findings:
        raise typer.Exit(1)
