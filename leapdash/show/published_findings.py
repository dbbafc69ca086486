"""What the evaluation of the programme found, as it was reported: the one place these stand.

Source: CCERC, the evaluation of the Learner Engagement and Attendance Program by Stemler, Brunner,
Werblow and others, December 2022.
"""

from dataclasses import dataclass
from typing import Literal

from leapdash.show.language import N_

SOURCE = N_("CCERC (Stemler, Brunner, Werblow et al., December 2022)")
Whose = Literal["all", "summer 2021", "2021-22", "PK-5", "6-12", "Hartford", "language"]


@dataclass(frozen=True)
class Finding:
    """One finding: when after the first visit, whose visits; `reported`: the change of the
    attendance rate against similar students not visited, in points, in the evaluation's words. All
    in English.
    """

    when: str
    who: str
    reported: str
    whose: Whose


_RIGHT_AFTER, _LATER = N_("Month right after the first visit"), N_("Six months and more after")
_NINE = N_("Nine months after")
FINDINGS = (
    Finding(_RIGHT_AFTER, N_("all visited"), N_("about +4"), "all"),
    Finding(_LATER, N_("first visited in summer 2021"), N_("about +7"), "summer 2021"),
    Finding(_LATER, N_("first visited in school year 2021-22"), N_("nearly +15"), "2021-22"),
    Finding(_NINE, "PK-5", N_("about +8"), "PK-5"),
    Finding(_NINE, N_("grades 6-12"), N_("about +16"), "6-12"),
    Finding(_LATER, "Hartford", N_("about +30"), "Hartford"),
    Finding(
        N_("After the visit"),
        N_("families who mostly speak a language other than English"),
        N_("smaller"),
        "language",
    ),
)
