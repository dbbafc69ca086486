"""What a release says: as documents, as pages; and the data dictionary."""

from pathlib import Path
from typing import Annotated

import typer

from leapdash.cli.app import app
from leapdash.cli.options import path, progress, said
from leapdash.errors import UsageError


@app.command()
def brief(
    out: Annotated[
        Path,
        typer.Option(
            parser=path,
            metavar="FILE",
            help="File to write, ending in .html or .pdf; for several districts, a folder.",
        ),
    ],
    store: Annotated[
        str | None,
        typer.Option(
            parser=said,
            metavar="STORE",
            help="Store whose release is told of. Default: LEAPDASH_STORE, or the demonstration.",
        ),
    ] = None,
    district: Annotated[
        list[str] | None,
        typer.Option(
            parser=said,
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
        progress=progress(),
    )
    told = f"{files[0]} is" if len(files) == 1 else f"{len(files)} files in {out} are"
    typer.echo(f"{told} written.")


@app.command()
def serve(
    store: Annotated[
        str | None,
        typer.Option(
            parser=said,
            metavar="STORE",
            help="Store whose release is shown. Default: LEAPDASH_STORE, or the demonstration.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(parser=said, metavar="HOST", help="Address to listen at.")
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
def dictionary(
    out: Annotated[Path, typer.Option(parser=path, metavar="FILE", help="File to write.")] = Path(
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
