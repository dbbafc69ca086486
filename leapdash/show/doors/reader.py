"""Who reads: set once for a run of a page or a request, and the least where nobody set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Tier = Literal["public", "district", "commissioner"]


@dataclass(frozen=True)
class Reader:
    """Who reads, and what they may see.

    `tier`: `public`, what is for everyone; `district`, also all of the one in `district`, a code;
    `commissioner`, everything. `subject`: whom the provider knows them as; empty for who didn't
    sign in. `asked`: whether readers sign in here; where they don't, only what is public or
    simulated is shown. `at_home`: nor do they, but the server was told to do without, and serves
    its own machine alone. `until`: when a sign-in ends, seconds since 1970; 0 for never.
    """

    tier: Tier = "public"
    district: str = ""
    subject: str = ""
    asked: bool = True
    at_home: bool = False
    until: float = 0

    @property
    def name(self) -> str:
        """The tier, and whose district: `public`, `commissioner`, `district:0640011`."""
        return f"{self.tier}:{self.district}" if self.tier == "district" else self.tier


_LEAST = Reader()
_reading: ContextVar[Reader] = ContextVar("reading", default=_LEAST)


def reader() -> Reader:
    """Who reads."""
    return _reading.get()


def read_as(one: Reader) -> None:
    """From here on, in this run, this one reads."""
    _reading.set(one)


@contextmanager
def reading(one: Reader) -> Iterator[None]:
    """Within, this one reads."""
    token = _reading.set(one)
    try:
        yield
    finally:
        _reading.reset(token)
