"""The districts with their published figures, and the schools invented for them.

The figures are facts published by the Connecticut State Department of Education on Connecticut
Open Data, dataset t4hx-jd4c ("School Attendance by Student Group and District, 2021-2022", public
domain): students in 2021-22, attendance rates of 2020-21 and 2021-22, and the shares of student
groups in 2021-22 (a group's students over all students). A district's centre is the mean of its
schools' coordinates in Connecticut's Education Directory (Connecticut Open Data, dataset 9k2y-kqxn,
public domain).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leapdash.build.demo.calendar import MONTH_COUNT, MONTHS_PER_YEAR, SCHOOL_DAYS
from leapdash.build.demo.draws import I64, LOGIT, Draws

LEVEL_NAMES = ("PK-5", "6-8", "9-12")

# code|name|students 2021-22|rate 2020-21|rate 2021-22|per cent who are: Black, Hispanic, White, of
# free meals, of reduced-price meals, English learners, students with disabilities (-: withheld)|
# latitude and longitude of the centre
_LEAP = """
0150011|Bridgeport|18482|0.9005|0.9008|30.0 56.1 9.5 53.6 8.4 22.6 17.6|41.19 -73.19
0340011|Danbury|11783|0.9276|0.9166|6.7 61.0 24.0 39.8 9.9 30.1 12.2|41.41 -73.46
0430011|East Hartford|6126|0.9165|0.9100|30.0 51.0 10.9 54.5 9.4 14.7 20.2|41.76 -72.61
0640011|Hartford|16371|0.8325|0.8564|29.6 56.7 7.3 73.4 2.7 21.9 19.7|41.77 -72.69
0770011|Manchester|6039|0.8884|0.8854|24.7 33.3 31.0 48.4 8.2 7.6 15.9|41.78 -72.52
0800011|Meriden|8476|0.9288|0.9112|11.3 59.4 22.9 70.4 11.6 16.4 19.6|41.54 -72.79
0890011|New Britain|9299|0.8775|0.8671|10.9 67.3 15.2 64.8 8.1 16.8 20.3|41.67 -72.79
0930011|New Haven|18028|0.8361|0.8383|34.4 48.7 10.8 59.1 8.1 19.8 15.0|41.31 -72.93
0950011|New London|3055|0.8672|0.8868|16.6 55.8 13.4 76.0 6.0 25.1 17.7|41.36 -72.11
1040011|Norwich|3176|0.9340|0.9235|18.7 36.5 28.0 50.3 8.4 19.0 17.9|41.53 -72.08
1350011|Stamford|15986|0.9386|0.9104|13.8 48.7 27.4 44.2 8.7 12.8 14.1|41.08 -73.54
1430011|Torrington|3813|0.9016|0.9188|5.8 37.1 49.8 48.9 12.2 11.4 16.8|41.81 -73.11
1510011|Waterbury|17806|0.9053|0.8881|21.8 60.3 12.1 68.6 2.0 16.9 18.2|41.56 -73.03
1630011|Windham|2960|0.8714|0.8724|3.0 71.5 22.0 62.4 8.0 32.2 18.7|41.72 -72.20
2410014|Capitol Region Education Council|9653|0.9086|0.8912|32.9 42.2 14.8 56.4 10.5 8.4 20.5|41.78 -72.69
"""  # noqa: E501  (a row is a line)
_OTHERS = """
0170011|Bristol|7439|0.9123|0.9251|7.7 35.1 48.7 47.7 5.9 5.7 19.0|41.69 -72.93
0250011|Cheshire|4119|0.9705|0.9466|3.3 7.6 76.4 11.2 3.7 2.3 12.8|41.51 -72.91
0350011|Darien|4675|0.9708|0.9553|0.8 6.7 82.8 1.0 0.7 1.1 17.5|41.08 -73.49
0490011|Enfield|4660|0.9678|0.9211|6.5 20.3 64.8 35.2 8.0 3.2 16.7|41.98 -72.57
0510011|Fairfield|9229|0.9394|0.9385|2.8 12.5 73.4 11.6 3.5 2.4 15.3|41.17 -73.26
0520011|Farmington|4073|0.9613|0.9442|4.9 10.0 56.0 13.7 4.0 4.4 11.9|41.73 -72.85
0540011|Glastonbury|5631|0.9744|0.9509|3.2 11.4 66.5 9.0 2.1 2.6 10.7|41.70 -72.58
0570011|Greenwich|8471|0.9596|0.9418|2.2 22.7 60.3 11.9 3.8 4.2 12.9|41.04 -73.61
0590011|Groton|4560|0.8721|0.9144|6.7 23.6 51.3 32.9 10.9 3.9 16.4|41.35 -72.03
0620011|Hamden|5392|0.8943|0.8962|31.9 25.2 30.2 32.2 7.3 6.3 16.7|41.37 -72.92
0830011|Middletown|4346|0.9234|0.8941|22.0 16.2 45.7 32.1 5.2 4.3 13.7|41.55 -72.67
0840011|Milford|5204|0.9424|0.9227|4.9 14.8 67.7 21.4 5.4 2.3 15.1|41.22 -73.05
0880011|Naugatuck|4208|0.9151|0.9184|11.1 36.1 44.7 43.7 8.8 8.2 17.1|41.49 -73.05
0900011|New Canaan|4113|0.9776|0.9566|1.3 6.0 80.7 - - 0.5 11.8|41.14 -73.49
1030011|Norwalk|12356|0.9227|0.9092|14.3 54.4 23.9 43.5 9.4 17.5 13.9|41.11 -73.42
1180011|Ridgefield|4533|0.9760|0.9446|0.7 8.7 79.2 6.1 1.6 1.3 14.9|41.31 -73.50
1260011|Shelton|4404|0.9456|0.9369|7.5 22.1 60.7 23.4 6.0 6.7 14.5|41.30 -73.12
1280011|Simsbury|4068|0.9738|0.9414|5.9 11.2 71.3 11.1 2.0 1.7 15.1|41.88 -72.81
1310011|Southington|6171|0.9515|0.9409|2.4 11.2 77.2 18.1 4.8 2.4 14.9|41.60 -72.88
1320011|South Windsor|4714|0.9762|0.9476|5.9 9.8 49.7 12.4 4.2 7.4 12.3|41.84 -72.54
1380011|Stratford|6724|0.9201|0.9173|25.4 38.5 29.4 41.1 7.9 7.2 15.5|41.21 -73.13
1440011|Trumbull|6703|0.9684|0.9505|6.2 17.5 63.3 12.3 4.8 4.3 12.5|41.26 -73.21
1480011|Wallingford|5133|0.9550|0.9233|1.7 20.5 69.1 24.5 6.5 6.4 16.8|41.46 -72.83
1550011|West Hartford|9018|0.9641|0.9319|8.6 19.1 55.8 19.4 4.7 6.5 14.9|41.76 -72.74
1560011|West Haven|5863|0.9186|0.9122|24.1 39.2 27.2 46.1 7.8 16.4 16.9|41.27 -72.97
1580011|Westport|5269|0.9644|0.9399|2.2 7.2 77.3 2.1 0.6 1.1 13.2|41.15 -73.34
"""
# invented, and no district of Connecticut: one of the programme's districts called on whole
# neighbourhoods, and the sources do not say which; its place, in the hills of the north-east, too
_CANVASSING = """
9990011|Harrow Mills|5000|0.9050|0.9020|15.0 40.0 35.0 52.0 8.0 12.0 17.0|41.89 -72.19
"""

# invented as well; where three of ten students learn English
_LEARNERS_FIRST = "Danbury"

# a share is withheld where few students stand behind it
_WITHHELD = 0.01

# by level: students in a school of usual size, fewest schools of a district however small, and the
# share of a district's students
_SCHOOL_SIZE = (420, 560, 900)
_FEWEST_SCHOOLS = (2, 1, 1)
_LEVEL_SHARE = (6.45 / 13.45, 3 / 13.45, 4 / 13.45)

DEGREE = 100_000
"""A degree of latitude or longitude; coordinates are drawn in whole numbers of 1/100,000."""
_SCATTER = DEGREE // 60
"""Schools stand about their district's centre with this standard deviation, some 1.5 km."""

SCHOOL_SD = LOGIT // 5
"""Schools of a district differ in attendance by this standard deviation (logit)."""

_FIRST_WORDS = """
    Alder, Amber, Ashgrove, Birchfield, Bluestone, Brightwater, Cedarbank, Cloverfield,
    Copperleaf, Cranebrook, Dovecote, Eastmeadow, Elderberry, Fernhollow, Foxglove, Goldfinch,
    Granary, Hazelmere, Heron, Ironbridge, Juniper, Kestrel, Kingfisher, Lantern, Larkspur,
    Linden, Marigold, Millrace, Mossbank, Nightingale, Oakhollow, Orchard Gate, Otterbrook,
    Partridge, Pebble, Quarry, Quillback, Redwing, Rowan, Saffron, Sandpiper, Silverbirch,
    Skylark, Sparrow, Stonecrop, Swallow, Tamarack, Thistledown, Tidewater, Trillium, Vireo,
    Waterlily, Westering, Willowherb, Windrush, Wintergreen, Woodlark, Wrenfield, Yarrow, Zephyr
"""
_SECOND_WORDS = ("Bend", "Commons", "Crossing", "Landing", "Lane", "Rise", "Spring", "Terrace")
_KIND = ("Elementary School", "Middle School", "High School")


@dataclass(frozen=True)
class District:
    """A district: its published figures (rates as fractions, shares of its students), its part, its
    centre (degrees).

    `canvasses`: calls on whole neighbourhoods, whoever lives there. `learners_first`: calls on
    English learners first.
    """

    code: str
    name: str
    leap: bool
    canvasses: bool
    learners_first: bool
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
    latitude: float
    longitude: float


def _read(table: str, *, leap: bool, canvasses: bool = False) -> list[District]:
    districts = []
    for line in table.strip().splitlines():
        code, name, students, before, rate, shares, centre = line.strip().split("|")
        values = [_WITHHELD if share == "-" else float(share) / 100 for share in shares.split()]
        districts.append(
            District(
                code,
                name,
                leap,
                canvasses,
                name == _LEARNERS_FIRST,
                int(students),
                float(before),
                float(rate),
                *values,
                *map(float, centre.split()),
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
    (S). `latitude`, `longitude`: of the schools, in 1/100,000 degree (S). `half_days`: half-days of
    school (D x M). `school_codes`, `school_names`: text (S).
    """

    students: I64
    first_school: I64
    school_count: I64
    school_district: I64
    school_level: I64
    school_logit: I64
    latitude: I64
    longitude: I64
    half_days: I64
    school_codes: tuple[str, ...]
    school_names: tuple[str, ...]


def make_places(students: int, draws: Draws) -> Places:
    """Districts shrunk in proportion to `students` in all, with schools of a usual size."""
    real = np.array([district.students for district in DISTRICTS], dtype=np.int64)
    shrunk = np.maximum(1, (2 * real * students + real.sum()) // (2 * real.sum()))
    sizes = list(zip(_LEVEL_SHARE, _SCHOOL_SIZE, _FEWEST_SCHOOLS, strict=True))
    count = np.array(
        [
            [max(fewest, round(n * share / size)) for share, size, fewest in sizes]
            for n in shrunk.tolist()
        ],
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
        latitude=_scattered([d.latitude for d in DISTRICTS], district, "latitude", draws),
        longitude=_scattered([d.longitude for d in DISTRICTS], district, "longitude", draws),
        half_days=_half_days(len(shrunk), draws),
        school_codes=_school_codes(district),
        school_names=_school_names(level, draws),
    )


def _scattered(centres: Sequence[float], district: I64, name: str, draws: Draws) -> I64:
    """The schools' coordinate of that name, about the centre of their district."""
    centre = np.array([round(degrees * DEGREE) for degrees in centres], dtype=np.int64)
    return centre[district] + draws.normal(_SCATTER, district.shape, f"school {name}")


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
    first_words = " ".join(_FIRST_WORDS.split()).split(", ")
    pairs = [f"{first} {second}" for first in first_words for second in _SECOND_WORDS]
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
