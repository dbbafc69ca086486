"""The command that all others are commands of."""

from typing import Annotated

import typer

from leapdash import __version__

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
