"""The command line: what is asked is parsed here and done elsewhere.

Exit codes: 0 done; 2 something given can't be worked with; 1 the fault is elsewhere.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from leapdash import __version__
from leapdash.build.sources.given import check_exports, check_input, check_published
from leapdash.errors import LeapdashError, UsageError
from leapdash.paths import check_out, is_address
from leapdash.progress import Progress
from leapdash.remote import input_path


def _said(given: str) -> str:
    """What was given, which the shell makes empty of a variable that isn't set."""
    if not given.strip():
        raise typer.BadParameter("empty; expected a path.")
    return given


def _path(given: str | Path) -> Path:
    """What was given, or the default, as a path."""
    return Path(_said(str(given)))


_Mapping = Annotated[
    Path | None,
    typer.Option(
        parser=_path,
        metavar="FILE",
        help="What the columns and values of own exports mean (a file that inspect writes), or "
        "the codes of an Ed-Fi system.",
    ),
]


def _check_inputs(given: Sequence[str], mapping: Path | None) -> None:
    """Raises InputError where a path of this machine leads nowhere."""
    here = [Path(one) for one in given if not is_address(one)]
    if mapping is not None:
        check_exports(here, mapping)
        return
    for path in here:
        check_input(path)


app = typer.Typer(
    name="leapdash",
    help="What home visits did for school attendance.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Say the version and stop.")] = False,
) -> None:
    """What home visits did for school attendance."""
    if show:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def demo(
    out: Annotated[
        Path, typer.Option(parser=_path, metavar="DIR", help="Folder to write the tables into.")
    ],
    students: Annotated[
        int, typer.Option(min=300, max=1_000_000, help="Students enrolled in a school year.")
    ] = 150_000,
    seed: Annotated[
        int, typer.Option(min=0, max=2**63 - 1, help="The same seed gives the same state.")
    ] = 1,
    daily: Annotated[
        bool, typer.Option("--daily", help="Attendance by day, with reasons, not by month.")
    ] = False,
) -> None:
    """Write a synthetic state whose true effects are known."""
    check_out(out)
    from leapdash.build.demo import make_state

    summary = make_state(out, students=students, seed=seed, progress=_progress().say, daily=daily)
    for line in summary.lines():
        typer.echo(line)


@app.command()
def build(
    input: Annotated[
        list[str],
        typer.Option(
            parser=_said,
            metavar="DIR",
            help="Folder with the input tables (docs/your-data.md), or its address; with --mapping "
            "a file or folder of any layout, and several times where there are several.",
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            parser=_said,
            metavar="DIR",
            help="Store to publish the release in: a folder, or an address as s3://bucket/store.",
        ),
    ],
    published: Annotated[
        list[Path] | None,
        typer.Option(
            parser=_path,
            metavar="FILE",
            help="Attendance of Connecticut Open Data, or chronic absence of EdSight; may be given "
            "several times. What isn't given is carried over from the release on show.",
        ),
    ] = None,
    half_day: Annotated[
        str,
        typer.Option(help="What daily attendance counts: state (half a day is a day) or fraction."),
    ] = "state",
    engine: Annotated[
        str, typer.Option(help="What works it out: duckdb, or spark (extra leapdash[spark]).")
    ] = "duckdb",
    spark_master: Annotated[
        str, typer.Option(help="Where Spark runs, for --engine spark.")
    ] = "local[*]",
    memory_limit: Annotated[
        str, typer.Option(help="Most memory the engine may use; with Python, 0.6 GB more.")
    ] = "2GB",
    threads: Annotated[int | None, typer.Option(help="Threads; default: all cores.")] = None,
    keep: Annotated[int, typer.Option(min=1, help="Releases the store keeps.")] = 5,
    effects: Annotated[
        bool, typer.Option(help="Estimate what the visits changed; takes longest.")
    ] = True,
    mapping: _Mapping = None,
) -> None:
    """Turn input tables into a release, and put it on show."""
    # A path that leads nowhere is told before an engine is loaded.
    _check_inputs(input, mapping)
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
        progress=_progress(),
    )
    # An address may hold a key.
    where = "" if is_address(out) else f" in {out}"
    typer.echo(f"Release {release.manifest.release_id} is on show{where}.")


fetch = typer.Typer(help="Download public files, or a system's own, to build from.")
app.add_typer(fetch, name="fetch", no_args_is_help=True)


@fetch.command()
def ct(
    out: Annotated[
        Path, typer.Option(parser=_path, metavar="DIR", help="Folder to keep the files in.")
    ],
    portal: Annotated[
        str, typer.Option(parser=_said, metavar="URL", help="Address of the open data portal.")
    ] = "https://data.ct.gov",
) -> None:
    """Download Connecticut's attendance files and Education Directory from its open data.

    Files that are as they were aren't read again, and stay where the portal can't be reached.
    """
    from leapdash.build.sources.published.fetch_ct import fetch_ct

    for file in fetch_ct(out, portal, progress=_progress()):
        typer.echo(file)


@fetch.command()
def edfi(
    url: Annotated[
        str, typer.Argument(parser=_said, metavar="URL", help="Base address of the API.")
    ],
    out: Annotated[
        Path, typer.Option(parser=_path, metavar="DIR", help="Folder to download into.")
    ],
    page_size: Annotated[
        int, typer.Option(min=1, max=10_000, help="Rows asked for at once.")
    ] = 500,
) -> None:
    """Download what a build needs from an Ed-Fi API, or what has changed there since.

    Key and secret: LEAPDASH_EDFI_KEY and LEAPDASH_EDFI_SECRET. The folder then holds students'
    records, for this user alone.
    """
    check_out(out)
    from leapdash.build.sources.edfi.api.fetch import fetch_edfi

    rows = fetch_edfi(url, out, page_size=page_size, progress=_progress())
    typer.echo(f"{sum(rows.values()):,} rows of {len(rows)} resources are in {out}.")


@app.command()
def inspect(
    files: Annotated[
        list[str],
        typer.Argument(
            parser=_said,
            metavar="FILE...",
            help="CSV, TSV, Parquet, Excel or DuckDB files to look at, or folders of them.",
        ),
    ],
    out: Annotated[
        Path, typer.Option(parser=_path, metavar="FILE", help="Mapping to write.")
    ] = Path("mapping.toml"),
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over a mapping that is there.")
    ] = False,
) -> None:
    """Guess what the columns of own exports are, and write a mapping to be mended by hand."""
    from leapdash.build.sources.exports.inspect.report import inspect_files

    for line in inspect_files([input_path(file) for file in files], out, replace):
        typer.echo(line)


@app.command()
def template(
    out: Annotated[
        Path, typer.Option(parser=_path, metavar="DIR", help="Folder to write the files into.")
    ],
) -> None:
    """Write empty files of the input tables to fill in: CSV, and one Excel workbook."""
    check_out(out)
    from leapdash.build.sources.exports.template import write_template

    for file in write_template(out):
        typer.echo(file)


@app.command(name="publish")
def publish_command(
    store: Annotated[
        str,
        typer.Argument(
            parser=_said, metavar="STORE", help="Store with the restricted release on show."
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            parser=_said,
            metavar="DIR",
            help="Store to publish in, for such releases alone; for every district, a folder.",
        ),
    ],
    district: Annotated[
        str | None,
        typer.Option(
            parser=_said,
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
            parser=_path,
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
    keep: Annotated[int, typer.Option(min=1, help="Releases the store keeps.")] = 5,
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
        progress=_progress(),
    )
    where = "" if is_address(out) else f" in {out}"
    typer.echo(f"Public release {release.manifest.release_id} is on show{where}.")


def _publish_districts(store: str, district: str | None, out: str, keep: int) -> None:
    from leapdash.build.disclosure.cut import publish_district, publish_every_district

    if district is None:
        made = publish_every_district(store, out, keep=keep, progress=_progress())
        typer.echo(f"{len(made)} districts' releases are on show.")
        return
    release = publish_district(store, district, out, keep=keep, progress=_progress())
    where = "" if is_address(out) else f" in {out}"
    typer.echo(f"District release {release.manifest.release_id} is on show{where}.")


@app.command()
def audit(
    store: Annotated[
        str, typer.Argument(parser=_said, metavar="STORE", help="Store with a public release.")
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
        progress=_progress(),
        limit=Limit.of(time_limit),
        before=public_before(store, release),
    )
    typer.echo(told(verdict))
    if verdict.findings:
        raise typer.Exit(1)


@app.command()
def brief(
    out: Annotated[
        Path,
        typer.Option(
            parser=_path,
            metavar="FILE",
            help="File to write, ending in .html or .pdf; for several districts, a folder.",
        ),
    ],
    store: Annotated[
        str | None,
        typer.Option(
            parser=_said,
            metavar="STORE",
            help="Store whose release is told of. Default: LEAPDASH_STORE, or the demonstration.",
        ),
    ] = None,
    district: Annotated[
        list[str] | None,
        typer.Option(
            parser=_said,
            metavar="DISTRICT",
            help="Code or name of a district; may be given several times. Without it, the state.",
        ),
    ] = None,
    all_districts: Annotated[
        bool, typer.Option("--all-districts", help="A file for every district, named by its code.")
    ] = False,
    format: Annotated[
        str | None, typer.Option(help="Of the files in a folder: html or pdf. Default: html.")
    ] = None,
    language: Annotated[
        str, typer.Option(help="Language they are written in, by its code: en or es.")
    ] = "en",
) -> None:
    """Write what a page says as a document of two pages to hand on.

    PDF needs a Chromium on the machine; HTML is smaller where there is one.
    """
    from leapdash.show.briefing.write import write_briefings
    from leapdash.show.on_show import whole_store

    files = write_briefings(
        store or whole_store(),
        out,
        districts=district or [],
        all_districts=all_districts,
        format=format,
        language=language,
        progress=_progress(),
    )
    told = f"{files[0]} is" if len(files) == 1 else f"{len(files)} files in {out} are"
    typer.echo(f"{told} written.")


@app.command()
def serve(
    store: Annotated[
        str | None,
        typer.Option(
            parser=_said,
            metavar="STORE",
            help="Store whose release is shown. Default: LEAPDASH_STORE, or the demonstration.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(parser=_said, metavar="HOST", help="Address to listen at.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen at; 0 for a free one.")
    ] = 8501,
    unguarded: Annotated[
        bool,
        typer.Option(
            "--unguarded",
            help="Serve recorded data with small numbers without sign-in, to this machine alone.",
        ),
    ] = False,
) -> None:
    """Serve the pages and their data (docs/endpoint.md) until stopped.

    Only this machine is served unless another --host is given. Who may see what: docs/doors.md.
    """
    from leapdash.show.dashboard.serve import serve as serve_dashboard

    serve_dashboard(store, host, port, unguarded)


@app.command()
def waitlist(
    input: Annotated[
        list[str],
        typer.Option(
            parser=_said,
            metavar="DIR",
            help="Folder with the input tables, or what else build takes, or its address.",
        ),
    ],
    district: Annotated[
        str, typer.Option(parser=_said, metavar="DISTRICT", help="Code or name of the district.")
    ],
    out: Annotated[
        str,
        typer.Option(
            parser=_said, metavar="FILE", help="New file to write, ending in .xlsx or .csv."
        ),
    ],
    half_day: Annotated[
        str, typer.Option(help="What daily attendance counts, as for build: state or fraction.")
    ] = "state",
    memory_limit: Annotated[
        str, typer.Option(help="Most memory the engine may use; with Python, 0.6 GB more.")
    ] = "2GB",
    threads: Annotated[int | None, typer.Option(help="Threads; default: all cores.")] = None,
    mapping: _Mapping = None,
) -> None:
    """List the students of a district who wait for a first visit.

    For the district itself: the file holds students' records.
    """
    _check_inputs(input, mapping)
    from leapdash.build.waitlist.words import told
    from leapdash.build.waitlist.write import write_waitlist

    found = write_waitlist(
        input,
        district,
        out,
        mapping=mapping,
        half_day=half_day,
        memory_limit=memory_limit,
        threads=threads,
        progress=_progress(),
    )
    typer.echo(told(found, Path(out)))


@app.command()
def dictionary(
    out: Annotated[Path, typer.Option(parser=_path, metavar="FILE", help="File to write.")] = Path(
        "docs/data-dictionary.md"
    ),
) -> None:
    """Write the data dictionary from the contract."""
    from leapdash.contract.dictionary import data_dictionary

    try:
        out.write_text(data_dictionary(), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"--out {out} can't be written: {error.strerror}.\nExpected the name of a file."
        ) from error


def _progress() -> Progress:
    # Loaded only for work that has progress to tell.
    from rich.console import Console

    return Progress(Console(stderr=True))


def main() -> None:
    """Run the command line; trouble is told in a sentence, not in a traceback."""
    try:
        app()
    except LeapdashError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
