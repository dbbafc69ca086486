"""Files to build from: simulated, downloaded, looked at, to fill in; and the list of who waits."""

from pathlib import Path
from typing import Annotated

import typer

from leapdash.cli.app import app
from leapdash.cli.options import (
    HalfDay,
    Mapping,
    MemoryLimit,
    Threads,
    check_inputs,
    path,
    progress,
    said,
)
from leapdash.paths import check_out
from leapdash.remote import input_path

fetch = typer.Typer(help="Download public files, or a system's own, to build from.")
app.add_typer(fetch, name="fetch", no_args_is_help=True)


@app.command()
def demo(
    out: Annotated[
        Path, typer.Option(parser=path, metavar="DIR", help="Folder to write the tables into.")
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

    summary = make_state(out, students=students, seed=seed, progress=progress().say, daily=daily)
    for line in summary.lines():
        typer.echo(line)


@fetch.command()
def ct(
    out: Annotated[
        Path, typer.Option(parser=path, metavar="DIR", help="Folder to keep the files in.")
    ],
    portal: Annotated[
        str, typer.Option(parser=said, metavar="URL", help="Address of the open data portal.")
    ] = "https://data.ct.gov",
) -> None:
    """Download Connecticut's attendance files and Education Directory from its open data.

    Files that are as they were aren't read again, and stay where the portal can't be reached.
    """
    from leapdash.build.sources.published.fetch_ct import fetch_ct

    for file in fetch_ct(out, portal, progress=progress()):
        typer.echo(file)


@fetch.command()
def edfi(
    url: Annotated[
        str, typer.Argument(parser=said, metavar="URL", help="Base address of the API.")
    ],
    out: Annotated[Path, typer.Option(parser=path, metavar="DIR", help="Folder to download into.")],
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

    rows = fetch_edfi(url, out, page_size=page_size, progress=progress())
    typer.echo(f"{sum(rows.values()):,} rows of {len(rows)} resources are in {out}.")


@app.command()
def inspect(
    files: Annotated[
        list[str],
        typer.Argument(
            parser=said,
            metavar="FILE...",
            help="CSV, TSV, Parquet, Excel or DuckDB files to look at, or folders of them.",
        ),
    ],
    out: Annotated[
        Path, typer.Option(parser=path, metavar="FILE", help="Mapping to write.")
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
        Path, typer.Option(parser=path, metavar="DIR", help="Folder to write the files into.")
    ],
) -> None:
    """Write empty files of the input tables to fill in: CSV, and one Excel workbook."""
    check_out(out)
    from leapdash.build.sources.exports.template import write_template

    for file in write_template(out):
        typer.echo(file)


@app.command()
def waitlist(
    input: Annotated[
        list[str],
        typer.Option(
            parser=said,
            metavar="DIR",
            help="Folder with the input tables, or what else build takes, or its address.",
        ),
    ],
    district: Annotated[
        str, typer.Option(parser=said, metavar="DISTRICT", help="Code or name of the district.")
    ],
    out: Annotated[
        str,
        typer.Option(
            parser=said, metavar="FILE", help="New file to write, ending in .xlsx or .csv."
        ),
    ],
    half_day: HalfDay = "state",
    memory_limit: MemoryLimit = "2GB",
    threads: Threads = None,
    mapping: Mapping = None,
) -> None:
    """List the students of a district who wait for a first visit.

    For the district itself: the file holds students' records.
    """
    check_inputs(input, mapping)
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
        progress=progress(),
    )
    typer.echo(told(found, Path(out)))
