"""The demonstration state in memory."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leapdash.build.demo.attendance import Untreated
from leapdash.build.demo.effects import Gains, Visited
from leapdash.build.demo.places import Places
from leapdash.build.demo.students import Students
from leapdash.build.demo.visits import Attempts, FirstVisits


@dataclass(frozen=True)
class State:
    """Everything about the state, the unrecorded part included.

    `recorded` (N x M): half-days attended at the month's school, with the visits as they were;
    `left_recorded`: at schools left within the month. `untreated`: had there been none.
    """

    places: Places
    students: Students
    untreated: Untreated
    first: FirstVisits
    attempts: Attempts
    visited: Visited
    gains: Gains
    recorded: npt.NDArray[np.uint8]
    left_recorded: npt.NDArray[np.uint8]
