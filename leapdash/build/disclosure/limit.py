"""How long it may take to withhold, or to attack: a lattice too large is said, and all stops."""

from dataclasses import dataclass
from time import time

from leapdash.errors import UsageError


@dataclass(frozen=True)
class Limit:
    """The time by which all has to be done, in seconds as `time` counts them, which all processes
    of a machine share; and how many minutes that were.
    """

    until: float = float("inf")
    minutes: float = 0

    @classmethod
    def of(cls, minutes: float | None) -> "Limit":
        """A limit of so many minutes from now; none: no limit."""
        return NO_LIMIT if minutes is None else cls(time() + 60 * minutes, minutes)

    def check(self) -> None:
        """Raise UsageError where the time is up."""
        if time() > self.until:
            raise UsageError(
                f"--time-limit {self.minutes:g}: a lattice too large, not done in that time.\n"
                "Expected more minutes, or a release of fewer districts or months."
            )


NO_LIMIT = Limit()
