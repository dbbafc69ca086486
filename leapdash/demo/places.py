"""The districts with their published figures, and the schools invented for them.

The figures are facts published by the Connecticut State Department of Education on Connecticut
Open Data, dataset t4hx-jd4c ("School Attendance by Student Group and District, 2021-2022", public
domain): students in 2021-22, attendance rates of 2020-21 and 2021-22, and the shares of student
groups in 2021-22 (a group's students over all students).
"""

from dataclasses import dataclass

import numpy as np

from leapdash.demo.calendar import MONTH_COUNT, MONTHS_PER_YEAR, SCHOOL_DAYS
from leapdash.demo.draws import I64, LOGIT, Draws

LEVEL_NAMES = ("PK-5", "6-8", "9-12")

# code | name | students 2021-22 | rate 2020-21 | rate 2021-22 | shares of: Black, Hispanic, White,
# free meals, reduced-price meals, English learners, students with disabilities (-: withheld)
_LEAP = """
0150011 | Bridgeport | 18482 | 0.9005 | 0.9008 | 0.300 0.561 0.095 0.536 0.084 0.226 0.176
0340011 | Danbury | 11783 | 0.9276 | 0.9166 | 0.067 0.610 0.240 0.398 0.099 0.301 0.122
0430011 | East Hartford | 6126 | 0.9165 | 0.9100 | 0.300 0.510 0.109 0.545 0.094 0.147 0.202
0640011 | Hartford | 16371 | 0.8325 | 0.8564 | 0.296 0.567 0.073 0.734 0.027 0.219 0.197
0770011 | Manchester | 6039 | 0.8884 | 0.8854 | 0.247 0.333 0.310 0.484 0.082 0.076 0.159
0800011 | Meriden | 8476 | 0.9288 | 0.9112 | 0.113 0.594 0.229 0.704 0.116 0.164 0.196
0890011 | New Britain | 9299 | 0.8775 | 0.8671 | 0.109 0.673 0.152 0.648 0.081 0.168 0.203
0930011 | New Haven | 18028 | 0.8361 | 0.8383 | 0.344 0.487 0.108 0.591 0.081 0.198 0.150
0950011 | New London | 3055 | 0.8672 | 0.8868 | 0.166 0.558 0.134 0.760 0.060 0.251 0.177
1040011 | Norwich | 3176 | 0.9340 | 0.9235 | 0.187 0.365 0.280 0.503 0.084 0.190 0.179
1350011 | Stamford | 15986 | 0.9386 | 0.9104 | 0.138 0.487 0.274 0.442 0.087 0.128 0.141
1430011 | Torrington | 3813 | 0.9016 | 0.9188 | 0.058 0.371 0.498 0.489 0.122 0.114 0.168
1510011 | Waterbury | 17806 | 0.9053 | 0.8881 | 0.218 0.603 0.121 0.686 0.020 0.169 0.182
1630011 | Windham | 2960 | 0.8714 | 0.8724 | 0.030 0.715 0.220 0.624 0.080 0.322 0.187
2410014 | Capitol Region Education Council | 9653 | 0.9086 | 0.8912 | 0.329 0.422 0.148 0.564 0.105 0.084 0.205
"""
_OTHERS = """
0170011 | Bristol | 7439 | 0.9123 | 0.9251 | 0.077 0.351 0.487 0.477 0.059 0.057 0.190
0250011 | Cheshire | 4119 | 0.9705 | 0.9466 | 0.033 0.076 0.764 0.112 0.037 0.023 0.128
0350011 | Darien | 4675 | 0.9708 | 0.9553 | 0.008 0.067 0.828 0.010 0.007 0.011 0.175
0490011 | Enfield | 4660 | 0.9678 | 0.9211 | 0.065 0.203 0.648 0.352 0.080 0.032 0.167
0510011 | Fairfield | 9229 | 0.9394 | 0.9385 | 0.028 0.125 0.734 0.116 0.035 0.024 0.153
0520011 | Farmington | 4073 | 0.9613 | 0.9442 | 0.049 0.100 0.560 0.137 0.040 0.044 0.119
0540011 | Glastonbury | 5631 | 0.9744 | 0.9509 | 0.032 0.114 0.665 0.090 0.021 0.026 0.107
0570011 | Greenwich | 8471 | 0.9596 | 0.9418 | 0.022 0.227 0.603 0.119 0.038 0.042 0.129
0590011 | Groton | 4560 | 0.8721 | 0.9144 | 0.067 0.236 0.513 0.329 0.109 0.039 0.164
0620011 | Hamden | 5392 | 0.8943 | 0.8962 | 0.319 0.252 0.302 0.322 0.073 0.063 0.167
0830011 | Middletown | 4346 | 0.9234 | 0.8941 | 0.220 0.162 0.457 0.321 0.052 0.043 0.137
0840011 | Milford | 5204 | 0.9424 | 0.9227 | 0.049 0.148 0.677 0.214 0.054 0.023 0.151
0880011 | Naugatuck | 4208 | 0.9151 | 0.9184 | 0.111 0.361 0.447 0.437 0.088 0.082 0.171
0900011 | New Canaan | 4113 | 0.9776 | 0.9566 | 0.013 0.060 0.807 - - 0.005 0.118
1030011 | Norwalk | 12356 | 0.9227 | 0.9092 | 0.143 0.544 0.239 0.435 0.094 0.175 0.139
1180011 | Ridgefield | 4533 | 0.9760 | 0.9446 | 0.007 0.087 0.792 0.061 0.016 0.013 0.149
1260011 | Shelton | 4404 | 0.9456 | 0.9369 | 0.075 0.221 0.607 0.234 0.060 0.067 0.145
1280011 | Simsbury | 4068 | 0.9738 | 0.9414 | 0.059 0.112 0.713 0.111 0.020 0.017 0.151
1310011 | Southington | 6171 | 0.9515 | 0.9409 | 0.024 0.112 0.772 0.181 0.048 0.024 0.149
1320011 | South Windsor | 4714 | 0.9762 | 0.9476 | 0.059 0.098 0.497 0.124 0.042 0.074 0.123
1380011 | Stratford | 6724 | 0.9201 | 0.9173 | 0.254 0.385 0.294 0.411 0.079 0.072 0.155
1440011 | Trumbull | 6703 | 0.9684 | 0.9505 | 0.062 0.175 0.633 0.123 0.048 0.043 0.125
1480011 | Wallingford | 5133 | 0.9550 | 0.9233 | 0.017 0.205 0.691 0.245 0.065 0.064 0.168
1550011 | West Hartford | 9018 | 0.9641 | 0.9319 | 0.086 0.191 0.558 0.194 0.047 0.065 0.149
1560011 | West Haven | 5863 | 0.9186 | 0.9122 | 0.241 0.392 0.272 0.461 0.078 0.164 0.169
1580011 | Westport | 5269 | 0.9644 | 0.9399 | 0.022 0.072 0.773 0.021 0.006 0.011 0.132
"""
# invented, and no district of Connecticut: one of the programme's districts called on whole
# neighbourhoods, and the sources do not say which
_CANVASSING = """
9990011 | Harrow Mills | 5000 | 0.9050 | 0.9020 | 0.150 0.400 0.350 0.520 0.080 0.120 0.170
"""

# a share is withheld where few students stand behind it
_WITHHELD = 0.01

# students in a school of usual size, and the share of a district's students, by level
_SCHOOL_SIZE = (420, 560, 900)
_LEVEL_SHARE = (6.45 / 13.45, 3 / 13.45, 4 / 13.45)

SCHOOL_SD = LOGIT // 5
"""Schools of a district differ in attendance by this standard deviation (logit)."""

_FIRST_WORDS = (
    "Alder", "Amber", "Ashgrove", "Birchfield", "Bluestone", "Brightwater", "Cedarbank", "Cloverfield",
    "Copperleaf", "Cranebrook", "Dovecote", "Eastmeadow", "Elderberry", "Fernhollow", "Foxglove",
    "Goldfinch", "Granary", "Hazelmere", "Heron", "Ironbridge", "Juniper", "Kestrel", "Kingfisher",
    "Lantern", "Larkspur", "Linden", "Marigold", "Millrace", "Mossbank", "Nightingale", "Oakhollow",
    "Orchard Gate", "Otterbrook", "Partridge", "Pebble", "Quarry", "Quillback", "Redwing", "Rowan",
    "Saffron", "Sandpiper", "Silverbirch", "Skylark", "Sparrow", "Stonecrop", "Swallow", "Tamarack",
    "Thistledown", "Tidewater", "Trillium", "Vireo", "Waterlily", "Westering", "Willowherb", "Windrush",
    "Wintergreen", "Woodlark", "Wrenfield", "Yarrow", "Zephyr",
)  # fmt: skip
_SECOND_WORDS = ("Bend", "Commons", "Crossing", "Landing", "Lane", "Rise", "Spring", "Terrace")
_KIND = ("Elementary School", "Middle School", "High School")


@dataclass(frozen=True)
class District:
    """A district: its published figures (rates as fractions, shares of its students), its part.

    `canvasses`: calls on whole neighbourhoods, whoever lives there.
    """

    code: str
    name: str
    leap: bool
    canvasses: bool
    students: int
    rate_2020_21: float
    rate_2021_22: float
    black: float
    hispanic: float
    white: float
    free_meals: float
    reduced_meals: float
    english_learners: float
    disability: float


def _read(table: str, *, leap: bool, canvasses: bool = False) -> list[District]:
    districts = []
    for line in table.strip().splitlines():
        code, name, students, before, rate, shares = (part.strip() for part in line.split("|"))
        values = [_WITHHELD if share == "-" else float(share) for share in shares.split()]
        districts.append(
            District(
                code, name, leap, canvasses, int(students), float(before), float(rate), *values
            )
        )
    return districts


DISTRICTS: tuple[District, ...] = (
    *_read(_LEAP, leap=True),
    *_read(_CANVASSING, leap=True, canvasses=True),
    *_read(_OTHERS, leap=False),
)

HARTFORD = next(i for i, district in enumerate(DISTRICTS) if district.name == "Hartford")


@dataclass(frozen=True)
class Places:
    """The districts as they stand in the demonstration; D districts, S schools, M school months.

    `students`: students of each district (D). `first_school`, `school_count`: a district's schools
    of a level (D x 3) stand one after the other. `school_district`, `school_level`, `school_logit`
    (S). `half_days`: half-days of school (D x M). `school_codes`, `school_names`: text (S).
    """

    students: I64
    first_school: I64
    school_count: I64
    school_district: I64
    school_level: I64
    school_logit: I64
    half_days: I64
    school_codes: tuple[str, ...]
    school_names: tuple[str, ...]


def make_places(students: int, draws: Draws) -> Places:
    """Districts shrunk in proportion to `students` in all, with schools of a usual size."""
    real = np.array([district.students for district in DISTRICTS], dtype=np.int64)
    shrunk = np.maximum(1, (2 * real * students + real.sum()) // (2 * real.sum()))
    sizes = list(zip(_LEVEL_SHARE, _SCHOOL_SIZE, strict=True))
    count = np.array(
        [[max(1, round(n * share / size)) for share, size in sizes] for n in shrunk.tolist()],
        dtype=np.int64,
    )
    flat = count.reshape(-1)
    place = np.repeat(np.arange(len(flat)), flat)
    district, level = place // len(LEVEL_NAMES), place % len(LEVEL_NAMES)
    return Places(
        students=shrunk,
        first_school=(np.cumsum(flat) - flat).reshape(count.shape),
        school_count=count,
        school_district=district,
        school_level=level,
        school_logit=draws.normal(SCHOOL_SD, (len(place),), "school logit"),
        half_days=_half_days(len(shrunk), draws),
        school_codes=_school_codes(district),
        school_names=_school_names(level, draws),
    )


def _half_days(districts: int, draws: Draws) -> I64:
    """Half-days of school by district and month: June ends up to two days earlier or later."""
    years = MONTH_COUNT // MONTHS_PER_YEAR
    days = np.tile(np.array(SCHOOL_DAYS, dtype=np.int64), (districts, years))
    june = np.arange(MONTHS_PER_YEAR - 1, MONTH_COUNT, MONTHS_PER_YEAR)
    days[:, june] += draws.below(5, (districts, years), "days in June") - 2
    return 2 * days


def _school_codes(school_district: I64) -> tuple[str, ...]:
    """Codes in the state's pattern that end in 9D, as no real school's code does."""
    codes = []
    numbers: dict[int, int] = {}
    for district in school_district.tolist():
        numbers[district] = numbers.get(district, 0) + 1
        codes.append(f"{DISTRICTS[district].code[:3]}{numbers[district]:02d}9D")
    return tuple(codes)


def _school_names(school_level: I64, draws: Draws) -> tuple[str, ...]:
    """Invented names, no two alike; numbered where the words run out."""
    pairs = [f"{first} {second}" for first in _FIRST_WORDS for second in _SECOND_WORDS]
    order = np.argsort(draws.bits16((len(pairs),), "school names"), kind="stable").tolist()
    names = []
    used = [0] * len(_KIND)
    for level in school_level.tolist():
        # the levels begin at different places, so that they share few names
        turn, position = divmod(used[level], len(pairs))
        name = pairs[order[(position + level * len(pairs) // 3) % len(pairs)]]
        names.append(f"{name} {_KIND[level]}" + (f" {turn + 1}" if turn else ""))
        used[level] += 1
    return tuple(names)
