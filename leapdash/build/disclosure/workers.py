"""Tasks shared among processes: what they come to doesn't depend on how many there are."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

_T = TypeVar("_T")


def each(
    work: Callable[..., _T], tasks: Sequence[tuple[Any, ...]], workers: int | None = None
) -> Iterator[_T]:
    """What the work comes to for every task, in their order; one at a time where there is one.

    `workers`: the processes, as many as there are cores by default. `work` and what it is given
    must be such that another process can be told of them.
    """
    wanted = min(len(tasks), workers or os.cpu_count() or 1)
    if wanted <= 1:
        yield from (work(*task) for task in tasks)
        return
    # A process of its own from the start: one that is split off takes over threads in mid-work.
    with ProcessPoolExecutor(wanted, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(work, *task) for task in tasks]
        try:
            for place in range(len(running)):
                yield running[place].result()
        finally:
            pool.shutdown(cancel_futures=True)
