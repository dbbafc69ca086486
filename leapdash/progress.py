"""Long work, step by step, as it goes: a live line on a terminal, plain lines otherwise."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


@dataclass
class Step:
    """One step under way; whoever works sets `rows` once they are known."""

    name: str
    rows: int | None = None


class Progress:
    """Says each step's name, rows and seconds when it ends, and on a terminal while it runs."""

    def __init__(self, console: "Console | None" = None) -> None:
        self._console = console

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Time the work in the `with` block under that name; a step that fails says nothing."""
        step = Step(name)
        began = perf_counter()
        live = self._console.status(name) if self._console else nullcontext()
        with live:
            yield step
        rows = "" if step.rows is None else f"{step.rows:,} rows"
        self.say(f"{name:<44}{rows:>18}{perf_counter() - began:>9.1f} s")

    @contextmanager
    def bar(self, name: str, total: int) -> Iterator[Callable[[], None]]:
        """The same for a step of `total` equal parts, with a bar on a terminal: what it gives is
        called once for each part done.
        """
        began = perf_counter()
        if self._console is None:
            yield lambda: None
            return
        # Loaded only where there is a bar to draw.
        from rich.progress import Progress as Bar

        with Bar(
            console=self._console, transient=True, disable=not self._console.is_terminal
        ) as bar:
            task = bar.add_task(name, total=total)
            yield partial(bar.advance, task)
        self.say(f"{name:<44}{'':>18}{perf_counter() - began:>9.1f} s")

    def note(self, text: str) -> None:
        """Say something the reader should know, a repair for instance."""
        self.say(f"note: {text}")

    def say(self, line: str) -> None:
        """Say a line as it is."""
        if self._console:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)


SILENT = Progress()
