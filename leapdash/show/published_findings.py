"""What the evaluation of the programme found, as it was reported: the one place these stand.

Source: CCERC, the evaluation of the Learner Engagement and Attendance Program by Stemler, Brunner,
Werblow and others, December 2022.
"""

from dataclasses import dataclass
from typing import Literal

SOURCE = "CCERC (Stemler, Brunner, Werblow et al., December 2022)"
Whose = Literal["all", "summer 2021", "2021-22", "PK-5", "6-12", "Hartford", "language"]


@dataclass(frozen=True)
class Finding:
    """One finding: when after the first visit, whose visits; `reported`: the change of the
    attendance rate against similar students not visited, in points, in the evaluation's words.
    """

    when: str
    who: str
    reported: str
    whose: Whose


FINDINGS = (
    Finding("Month right after the first visit", "all visited", "about +4", "all"),
    Finding("Six months and more after", "first visited in summer 2021", "about +7", "summer 2021"),
    Finding(
        "Six months and more after", "first visited in school year 2021-22", "nearly +15", "2021-22"
    ),
    Finding("Nine months after", "PK-5", "about +8", "PK-5"),
    Finding("Nine months after", "grades 6-12", "about +16", "6-12"),
    Finding("Six months and more after", "Hartford", "about +30", "Hartford"),
    Finding(
        "After the visit",
        "families who mostly speak a language other than English",
        "smaller",
        "language",
    ),
)
