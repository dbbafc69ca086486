"""How long readers wait when many are there at once.

`python -m benchmarks.sessions [--store STORE] [--sessions N] [--thought S] [--minutes M]` runs the
dashboard as `make run` does and lets N visitors at it, each of whom chooses something at random or
turns to another page, waits for it, and thinks for S seconds, more or less. Printed are percentiles
of the wait, from the choice to the end of the page's run, without the browser's drawing.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.memory import TURN_THE_PAGE
from benchmarks.visitor import visiting
from tests.lib.browser import server


def waits(address: str, minutes: float, thought: float, seed: int) -> list[float]:
    """ms that one visitor waits, choice after choice; the first page is no choice."""
    random = Random(seed)
    found = []
    with visiting(address) as visitor:
        until = time.monotonic() + 60 * minutes
        time.sleep(random.uniform(0, 2 * thought))
        while time.monotonic() < until:
            began = time.monotonic()
            if random.random() < TURN_THE_PAGE or not visitor.widgets:
                visitor.open(random.choice(list(visitor.pages)))
            else:
                visitor.change(random)
            found.append(1000 * (time.monotonic() - began))
            time.sleep(random.uniform(0, 2 * thought))
    return found


def main() -> None:
    """Print the percentiles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", default="data/demo")
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--thought", type=float, default=5.0, help="seconds, on average")
    parser.add_argument("--minutes", type=float, default=3.0)
    asked = parser.parse_args()
    with (
        server("app.py", LEAPDASH_STORE=str(Path(asked.store).resolve())) as running,
        ThreadPoolExecutor(asked.sessions) as pool,
    ):
        visit = partial(waits, running.address, asked.minutes, asked.thought)
        each = list(pool.map(visit, range(asked.sessions)))
    everything = np.array([wait for own in each for wait in own])
    told = ", ".join(
        f"{part}% within {np.percentile(everything, part):.0f}" for part in (50, 95, 99)
    )
    print(f"{asked.sessions} sessions, {len(everything)} choices, ms: {told}")


if __name__ == "__main__":
    main()
