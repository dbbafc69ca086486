"""When a cell says too much of too few, and how much a reader may narrow it down."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Rules:
    """Thresholds of the public release; the default is the state's rule.

    `least_students`: a cell of fewer is withheld. `least_counted`: also one in which fewer of them
    are counted (absent, say), or fewer are not. `largest_share`: also one in which a single student
    has more than this share of the days. `narrowest`: what a reader can work out of a withheld
    count, from all that is published, must leave a range of at least so many students.
    """

    least_students: int = 20
    least_counted: int = 6
    largest_share: float = 0.15
    narrowest: int = 6

    def small(
        self, students: NDArray[np.int64], counted: NDArray[np.int64], of: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which cells are withheld for their own sake: `counted` is a part of `of`, and that of
        `students`. Where `of` is 0 (a month too short for it), there is nothing to count.
        """
        few = (of < self.least_students) | (counted < self.least_counted)
        few |= of - counted < self.least_counted
        return (students < self.least_students) | (few & (of > 0))

    def weaker_than(self, other: "Rules") -> tuple[str, ...]:
        """The thresholds that protect less than another rule set's."""
        more_is_weaker = {"largest_share"}
        return tuple(
            field.name
            for field in fields(self)
            if (getattr(self, field.name) > getattr(other, field.name))
            == (field.name in more_is_weaker)
            and getattr(self, field.name) != getattr(other, field.name)
        )

    def in_words(self) -> str:
        """What is withheld, for a release's manifest."""
        return (
            f"cells of fewer than {self.least_students} students, or with fewer than "
            f"{self.least_counted} counted or not counted, and whatever would tell them: no "
            f"withheld figure can be worked out, nor narrowed down to fewer than {self.narrowest}; "
            f"attendance also where one student has more than {self.largest_share:.0%} of the days"
        )


STATE_RULES = Rules()
"""Connecticut withholds counts of fewer than 6, and rates of fewer than 20 students."""
