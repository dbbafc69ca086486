"""Every number that decides what is counted, compared or shown, each once.

Build and pages read them here; `RULES` says them in words, for a release's manifest, the data
dictionary and the About page. Shares are fractions. The estimator knows none of them: the build
hands over what it needs.
"""

from collections.abc import Mapping

# --- attendance ----------------------------------------------------------------------------------

CHRONIC_SHARE_ABSENT = 0.10
"""Absent for this share of the days enrolled or more is chronic absence (CSDE)."""
LITTLE_SHARE_ABSENT = 0.05
SEVERE_SHARE_ABSENT = 0.20
"""Where the bands of absence below and above it end and begin (Attendance Works)."""
CHRONIC_MINIMUM_DAYS = 10
ELIGIBLE_WINDOW_MONTHS = 3
WAITING_DAYS = (30, 60, 120)
"""Upper ends of the classes of waiting time; a last class is longer than all of them."""
FEW_STUDENTS = 10
"""A rate of fewer students says little: charts draw it hollow."""

# --- months since the first visit ----------------------------------------------------------------

EVENT_TIMES = range(-6, 10)
"""Later, few comparison students are left, and their weights are large: cut off, they bias the
effect, and uncut, its standard error varies too much (docs/methods.md).
"""
BASE_EVENT_TIME = -1
MONTHS_BEFORE = range(EVENT_TIMES.start, 0)
MONTHS_AFTER = range(1, EVENT_TIMES.stop)
"""The months that count as before and as after; the month of the visit is neither."""
BEFORE_VISIT = (-6, -5, -4)
"""Months before the visit in which a comparison with three months of history is not made alike."""
HEADLINES: Mapping[str, tuple[int, ...]] = {"month_after": (1,), "six_to_nine": (6, 7, 8, 9)}
FOLLOWED_UNTIL = HEADLINES["six_to_nine"][-1]
"""A path of the same cohorts throughout is of those who could be followed to this month."""

# --- effects -------------------------------------------------------------------------------------

OBSERVED_MINIMUM_DAYS = 5
"""A month with fewer days enrolled is no observation of attendance: a rate of two days is noise."""
MINIMUM_VISITED = 20
MINIMUM_EFFECTIVE = 20
"""Nothing is shown for fewer visited students, or fewer effective comparison students."""
MINIMUM_SCHOOLS = 30
"""Where the visited are worth fewer schools of one size, errors that take schools as independent
are too small to be used.
"""
CONFIDENCE = 0.95
"""How often intervals and bands hold the truth."""
EFFECTIVE_PER_DEGREE = 30
"""An effect's squared standard error varies like one with a degree of freedom for so many effective
comparison students: a student counts in each of the trials it serves in, and the heaviest of them
decide. In simulated states of 18 to 2,800 visited students it was 6 to 41 (docs/methods.md).
"""
SEVERAL_MONTHS_WIDER = 1.05
"""Intervals of several months together are wider by a twentieth: in 1,357 simulated states the
spread of the mean of months 6 to 9 was 1.05 times its standard error, and without it intervals held
the truth 93% of the time (docs/methods.md).
"""
LEAST_DEGREES = 5
"""Intervals are never wider than with so many degrees of freedom."""
COVARIANCE_PRECISION = 1e-6
"""Covariances are rounded by less than this share of the product of both effects' standard errors,
students independent; the variance of an effect whose error is larger than that is not 0.
"""

# --- checks: what an effect is judged by ---------------------------------------------------------

ALIKE = 0.1
"""Visited and compared count as alike within a tenth of a standard deviation (Austin 2009)."""
GROUPS_ALIKE = 0.25
"""And in their shares of race and gender, which the weights don't aim at, within a quarter
(Stuart 2010).
"""
SIGNIFICANT = 0.05
POWER = 0.8
"""A departure counts as one a test would have found where it finds it this often."""
MUCH_CUT = 0.05
STAYED_ALIKE = 0.05
STAYED_UNTIL = EVENT_TIMES[-1]
MOST = 0.8
MOST_DAYS_COMPARED = 0.8
"""Days regained are shown where at least this share of the visited's days is of students who could
be compared: the effect is carried over to the others.
"""
SOME_VISITED = 0.05
MANY_VISITED = 0.10
"""From this share of a school's students visited, visits are thought to change the whole school
(Parent Teacher Home Visits found gains among unvisited students there).
"""
ENOUGH_SCHOOLMATES = 100
A_GAIN = 0.01


def percent(share: float) -> str:
    """A share as a whole percentage: `10%`."""
    return f"{share:.0%}"


def _listed(numbers: range | tuple[int, ...]) -> str:
    return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else str(numbers[0])


RULES: Mapping[str, str] = {
    "chronic_absence": f"absent for {percent(CHRONIC_SHARE_ABSENT)} or more of the days enrolled, "
    f"with at least {CHRONIC_MINIMUM_DAYS} days enrolled, kindergarten to grade 12; severe from "
    f"{percent(SEVERE_SHARE_ABSENT)} on",
    "eligible": f"absent for {percent(CHRONIC_SHARE_ABSENT)} or more of the days of some "
    f"{ELIGIBLE_WINDOW_MONTHS} school months in a row of one school year, with at least "
    f"{CHRONIC_MINIMUM_DAYS} days enrolled, by then; not visited",
    "waiting": "days from the end of the month a student became eligible to the first visit, in "
    f"classes that end at {', '.join(map(str, WAITING_DAYS[:-1]))} and {WAITING_DAYS[-1]} days",
    "few_students": f"rates of fewer than {FEW_STUDENTS} students are drawn hollow",
    "observed_month": f"a month with fewer than {OBSERVED_MINIMUM_DAYS} days enrolled is no "
    "observation of a student's attendance rate in effects",
    "effects_shown": f"with at least {MINIMUM_VISITED} visited students and a comparison worth at "
    f"least {MINIMUM_EFFECTIVE} students",
    "event_times": f"school months {_listed(EVENT_TIMES)} since the month of the first visit; "
    f"effects are changes from month {BASE_EVENT_TIME}; a plain before and after sets months "
    f"{_listed(MONTHS_BEFORE)} beside {_listed(MONTHS_AFTER)}, in which days are regained",
    "headlines": f"the effect of month {_listed(HEADLINES['month_after'])} after the visit, and "
    f"the mean of months {_listed(HEADLINES['six_to_nine'])}",
    "intervals": f"hold the truth {percent(CONFIDENCE)} of the time, by Student's t with a degree "
    f"of freedom for every {EFFECTIVE_PER_DEGREE} students the comparison is worth, at least "
    f"{LEAST_DEGREES}; those of several months together are wider by "
    f"{percent(SEVERAL_MONTHS_WIDER - 1)}; schools are taken as "
    f"independent only where those of the visited are worth at least {MINIMUM_SCHOOLS} of one "
    "size, else students are",
    "covariances": f"exact to {COVARIANCE_PRECISION:g} of the product of both standard errors",
    "recent_history": "students alike in three months of history alone are told apart where the "
    f"joint test of months {_listed(BEFORE_VISIT)} rejects at {percent(SIGNIFICANT)}; it would "
    f"have found a departure that it finds {percent(POWER)} of the time",
    "were_alike": f"within {ALIKE:g} standard deviations in attendance, needs and the school's "
    f"attendance, and {GROUPS_ALIKE:g} in other student groups, once weighted, at most "
    f"{percent(MUCH_CUT)} of the weight cut off, and shares "
    f"still observed within {100 * STAYED_ALIKE:g} points of each other up to month {STAYED_UNTIL}",
    "schoolmates": f"many were visited in a school from {percent(MANY_VISITED)} of its students "
    f"on; to gain is to change by {100 * A_GAIN:g} point more than elsewhere, told from at least "
    f"{ENOUGH_SCHOOLMATES} unvisited students on either side",
    "could_be_compared": f"most means at least {percent(MOST)} of the visited",
    "days_regained": f"shown where at least {percent(MOST_DAYS_COMPARED)} of the days are of "
    "visited students who could be compared",
}
"""What figures and checks rest on, by name, in words."""
