"""What an engine may use of the machine, as the user says it."""

import os
import re
from dataclasses import dataclass

from leapdash.errors import UsageError

_SIZE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?)(I?)B\s*", re.IGNORECASE)
_LEAST_MEMORY = 50_000_000
_THREADS_PER_CORE = 8


@dataclass(frozen=True)
class Limits:
    """`memory`: bytes the engine may hold, None for as many as it likes; `threads`: how many it
    works with.
    """

    memory: int | None
    threads: int

    @classmethod
    def of(cls, memory_limit: str | None, threads: int | None) -> "Limits":
        """The limits, checked: a size such as `2GB`, and threads (None: all cores).

        Raises UsageError where an engine would refuse them, or break under them.
        """
        cores = os.cpu_count() or 1
        most = _THREADS_PER_CORE * cores
        if threads is not None and not 1 <= threads <= most:
            raise UsageError(
                f"--threads {threads}: this machine has {cores} cores.\n"
                f"Expected 1 to {most}; more than there are cores make nothing faster."
            )
        memory = None if memory_limit is None else _bytes(memory_limit)
        return cls(memory, threads or cores)


def _bytes(memory_limit: str) -> int:
    found = _SIZE.fullmatch(memory_limit)
    if found:
        number, prefix, binary = found.groups()
        step = 1024 if binary else 1000
        size = int(float(number) * step ** " KMGT".index(prefix.upper() or " "))
        if size >= _LEAST_MEMORY:
            return size
    raise UsageError(
        f"--memory-limit {memory_limit}: no size to work with.\n"
        f"Expected a size such as 2GB or 500MB, at least {_LEAST_MEMORY // 10**6}MB."
    )
