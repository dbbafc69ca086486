"""The closed sets of values, and what each means."""

from collections.abc import Mapping

from leapdash.contract.thresholds import (
    CHRONIC_SHARE_ABSENT,
    FOLLOWED_UNTIL,
    MANY_VISITED,
    MOST,
    MUCH_CUT,
    SOME_VISITED,
    STAYED_ALIKE,
    percent,
)

PUBLISHED = ("published", "published_chronic_absence")
"""The tables of figures that a state published itself; they are in every tier."""

CONTRACT_VERSION = "5"
STATE_CODE = "00000CT"
CODE_PATTERN = r"[0-9]{5}[0-9A-Z]{2}"
ALL = "all"
ALL_LEVELS = ALL
LEAP, OTHER = "leap", "other"
"""The districts that take part in home visits, and the others."""

_CHRONIC, _SOME, _MANY = map(percent, (CHRONIC_SHARE_ABSENT, SOME_VISITED, MANY_VISITED))

STATUSES: Mapping[str, str] = {
    "shown": "the figures are shown",
    "c": "withheld to protect students, here or nearby: small groups could be worked out",
}

LEVELS: Mapping[str, str] = {
    "PK-5": "pre-kindergarten to grade 5",
    "6-8": "grades 6 to 8",
    "9-12": "grades 9 to 12",
}

GRADES: Mapping[str, str] = {
    "PK": "pre-kindergarten",
    "K": "kindergarten",
    **{str(grade): f"grade {grade}" for grade in range(1, 13)},
}

LEVEL_OF_GRADE: Mapping[str, str] = {
    **dict.fromkeys(("PK", "K", "1", "2", "3", "4", "5"), "PK-5"),
    **dict.fromkeys(("6", "7", "8"), "6-8"),
    **dict.fromkeys(("9", "10", "11", "12"), "9-12"),
}

PARTICIPATION: Mapping[str, str] = {
    "visited": "a home visit has met the family by this month",
    "eligible": f"absent for {_CHRONIC} or more of three school months in a row by this month; not "
    "visited",
    "other": "neither visited nor eligible by this month",
}

GROUPS: Mapping[str, str] = {
    "all": "All students",
    "high_needs": "Students with high needs",
    "not_high_needs": "Students without high needs",
    "english_learner": "English learners",
    "disability": "Students with disabilities",
    "free_meals": "Free meal eligible",
    "reduced_meals": "Reduced price meal eligible",
    "free_or_reduced_meals": "Free or reduced price meal eligible",
    "homeless": "Students experiencing homelessness",
    "black": "Black or African American",
    "hispanic": "Hispanic/Latino of any race",
    "white": "White",
    "other_races": "All other races",
    "female": "Female",
    "male": "Male",
}

NEEDS = ("english_learner", "disability", "free_or_reduced_meals", "homeless")
"""The groups that stand for what a student needs; students compared are alike in these."""

NOT_IN_GROUPS: Mapping[str, str] = {
    "not_english_learner": "Students who aren't English learners",
    "not_disability": "Students without disabilities",
    "not_free_or_reduced_meals": "Not eligible for free or reduced price meals",
    "not_homeless": "Students not experiencing homelessness",
}
"""The other side of each of NEEDS: `not_` and the group."""

EFFECT_GROUPS: Mapping[str, str] = {
    **{group: label for group, label in GROUPS.items() if group != "all"},
    **NOT_IN_GROUPS,
}
"""The groups effects are reported for."""

RACES: Mapping[str, str] = {
    "asian": "Asian",
    "black": "Black or African American",
    "hispanic": "Hispanic/Latino of any race",
    "native": "American Indian or Alaska Native",
    "pacific": "Native Hawaiian or other Pacific Islander",
    "two_or_more": "two or more races",
    "white": "White",
}

MEALS: Mapping[str, str] = {
    "free": "eligible for free meals",
    "reduced": "eligible for reduced price meals",
    "none": "not eligible",
}

GENDERS: Mapping[str, str] = {"F": "female", "M": "male", "X": "neither or not stated"}

PLACES: Mapping[str, str] = {
    "home": "at the family's home",
    "other": "somewhere else, in person",
    "virtual": "by video or telephone",
}

CONTACTS: Mapping[str, str] = {
    "met": "the visitor met the family",
    "no contact": "nobody was met",
}

VISITORS: Mapping[str, str] = {
    "school staff": "staff of the school or district",
    "community partner": "staff of a community organisation",
}

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Spanish", "other": "another language"}

GEOGRAPHIES: Mapping[str, str] = {
    "school": "one school",
    "district": "one district",
    "state": "the whole state",
}

SLICES: Mapping[str, str] = {
    "all": "all visited students",
    "cohort_period": "by when the first visit was: a summer without school, or a school year",
    "place": "by where the first visit took place",
    "visitor": "by who made the first visit",
    "language": "by the language of the first visit",
    "visits": "by how many visits met the family in all",
    "group": "by student group; compared with students of the same group",
    "school": "by the school of the first visit; compared with all the district's students of the "
    "level",
    "comparison": "all visited students, compared with students of all schools or of some only",
    "followed": "visited students first visited so early that the data go on to month "
    f"{FOLLOWED_UNTIL} after it, or further",
}

VISIT_COUNTS: Mapping[str, str] = {
    "1": "one visit that met the family",
    "2": "two visits",
    "3 or more": "three visits or more",
}

FOLLOWED = f"to month {FOLLOWED_UNTIL}"
FEW_VISITED_SCHOOLS = f"schools under {_MANY} visited"
ALL_SCHOOLS = "all schools"

CHRONIC = "chronic_"
TO_JUNE = "to_june_"
"""What the names of the tables of effects on chronic absence begin with: of one month, and of all
days from the month of the visit to the end of its school year."""

MATRICES: Mapping[str, str] = {
    "student": "students taken as independent of each other",
    "school": "schools taken as independent of each other",
}

BALANCE: Mapping[str, str] = {
    "last_month": "attendance rate of the month before the trial",
    "three_months": "mean attendance rate of the three months before",
    "earlier_months": "mean attendance rate of all observed months before those three, of students "
    "who have any",
    "no_earlier_months": "share without any observed month before those three",
    "last_year": "attendance rate of the school year before, of students enrolled then",
    "no_last_year": "share not enrolled in the school year before",
    "school_last_month": "attendance rate of the whole school in the month before the trial",
    "school_three_months": "mean of the whole school's attendance rates of the three months before",
    **{f"group {group}": f"share of: {label}" for group, label in GROUPS.items() if group != "all"},
}

CHECKS: Mapping[str, str] = {
    "attendance": "once weighted, visited and compared still differ in past attendance",
    "groups": "once weighted, they still differ in the share of a student group",
    "weights": f"more than {percent(MUCH_CUT)} of the comparison's weight was cut off",
    "observed": "the shares of visited and compared still observed differ by more than "
    f"{100 * STAYED_ALIKE:g} points",
    "compared": f"under {percent(MOST)} of the visited could be compared",
}
"""What can be wrong with the comparison behind an effect."""

MANY_VISITED_SCHOOLS = f"{_MANY} or more"

SHARES_VISITED: Mapping[str, str] = {
    "none": "nobody",
    f"under {_SOME}": f"more than none and under {_SOME}",
    f"{_SOME.removesuffix('%')} to {_MANY}": f"{_SOME} or more and under {_MANY}",
    MANY_VISITED_SCHOOLS: f"{_MANY} or more",
}

LEFT_OUT: Mapping[str, str] = {
    "compared": "the student could be compared",
    "not enrolled": "not enrolled in the school month of the visit",
    "no history": "not observed in each of the three school months before: new, or away",
    "no comparison": "nobody of the same district and level was there to compare with",
}

VISIT_KINDS: Mapping[str, str] = {
    "place": "where the visit took place",
    "visitor": "who visited",
    "language": "the language of the visit",
}
