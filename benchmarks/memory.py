"""Whether the server's memory stays level over an hour's use.

`python -m benchmarks.memory [--store STORE] [--visitors N] [--changes N] [--collect]` runs the
dashboard as `make run` does and lets visitors come and go, twenty at a time, each of whom opens
pages and chooses at random. Thought is left out: 300 visitors with 20 choices each are a busy hour
and take some ten minutes. Printed is the memory the server holds (resident, MB) as the runs go by,
and its slope over the second half, when what is cached has been cached. `--collect` has the server
collect garbage after each run, which leapdash leaves off, to set beside it.
"""

import argparse
import subprocess
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.visitor import Visitor, visiting
from tests.lib.browser import server

AT_ONCE = 20
TURN_THE_PAGE = 0.15
EVERY = 100


def resident(process: int) -> float:
    """MB of memory the process holds."""
    command = ["ps", "-o", "rss=", "-p", str(process)]
    return int(subprocess.run(command, capture_output=True, check=True).stdout) / 1024


def runs(address: str, visitors: int, changes: int) -> Iterator[None]:
    """Visitors come, choose, and go; one item after each run of a page."""
    random = Random(1)
    coming = iter(range(visitors))
    here: deque[tuple[ExitStack, Visitor, int]] = deque()
    while True:
        if len(here) < AT_ONCE and next(coming, None) is not None:
            stack = ExitStack()
            visitor = stack.enter_context(visiting(address))
            here.append((stack, visitor, random.randint(1, 2 * changes - 1)))
        elif here:
            stack, visitor, left = here.popleft()
            if left == 0:
                stack.close()
                continue
            if random.random() < TURN_THE_PAGE or not visitor.widgets:
                visitor.open(random.choice(list(visitor.pages)))
            else:
                visitor.change(random)
            here.append((stack, visitor, left - 1))
        else:
            return
        yield


def main() -> None:
    """Print the memory as it goes, and its slope."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", default="data/demo")
    parser.add_argument("--visitors", type=int, default=300)
    parser.add_argument("--changes", type=int, default=20, help="by each visitor, on average")
    parser.add_argument("--collect", action="store_true")
    asked = parser.parse_args()
    collect = f"--runner.postScriptGC={str(asked.collect).lower()}"
    made, held = [], []
    with server("app.py", collect, LEAPDASH_STORE=str(Path(asked.store).resolve())) as running:
        began = time.monotonic()
        print(f"{'runs':>8}{'minutes':>10}{'MB':>8}")
        for run, _ in enumerate(runs(running.address, asked.visitors, asked.changes), 1):
            if run % EVERY == 0:
                made.append(run)
                held.append(resident(running.process))
                minutes = (time.monotonic() - began) / 60
                print(f"{run:>8}{minutes:>10.1f}{held[-1]:>8.0f}", flush=True)
    half = len(made) // 2
    slope = 1000 * np.polyfit(made[half:], held[half:], 1)[0]
    print(
        f"{'with' if asked.collect else 'without'} a collection after each run: from "
        f"{held[0]:.0f} to {held[-1]:.0f} MB, at most {max(held):.0f}; over the second half "
        f"{slope:+.1f} MB for 1,000 runs."
    )


if __name__ == "__main__":
    main()
