"""What columns are called in exports and spreadsheets, by the column of the contract they are."""

import re
from collections.abc import Mapping

from leapdash.build.sources.exports.cells import words_of

ABSENT = "days_absent"
"""No column of the contract, but what some files have in place of days attended."""

_NAMES: Mapping[str, str] = {
    "student_id": """
        student id | student number | sis number | stu # | sis # | pupil # | student no |
        student num | student # | student | sasid | lasid | ssid | sis id | state student id
        | student state id | state id | state student number | state studentnumber |
        studentnumber | perm id | perm num | permnum | permid | perm | student unique id |
        pupil id | pupil number | pupil | pupil no | local id | local student id | other id
        | stu id | stu num | stu number | stu | id | student usi | student key |
        student local id | student identifier | student code | state identifier |
        student number state | id number | sid | district student id | stateid |
        student person id | person id | local id number | state assigned student id |
        unique id | learner id
    """,
    "school_year": """
        school year | year | sy | academic year | schoolyear | end year | school yr |
        sch year | yr | schyear | acad year | reporting year | year id | calendar year |
        school years | school year end
    """,
    "grade": """
        grade | grade level | gr | grade lvl | grd | current grade | grade code |
        grade level descriptor | entry grade level descriptor | gradelevel | student grade |
        entry grade level | grade lvl code | grd lvl | grade level code | enrollment grade |
        stu grade | enrolled grade
    """,
    "gender": """
        gender | sex | gender code | sex descriptor | gender descriptor | student gender |
        legal sex | legal gender | sex code | m f | sex at birth | birth sex descriptor |
        gender sex | stu gender
    """,
    "race_ethnicity": """
        race | ethnicity | race ethnicity fed | fed ethnicity | race ethnicity | race eth |
        ethnic | ethnic code | race code | federal race | federal ethnicity |
        federal race ethnicity | fed race eth | fed race | reporting ethnicity |
        ethnicity code | primary race | race ethnic | federal race code |
        race ethnicity code | race desc | ethnic group | ethnicity race |
        race ethnicity federal | race descriptor | reported race |
        race ethnicity description | race ethn | race eth code | state race ethnicity |
        racial ethnic group | resolved ethnicity | calculated race
    """,
    "english_learner": """
        el | ell | lep | english learner | english language learner | ell status | el status
        | lep status | esl | ml | mll | multilingual learner | english learner status |
        limited english proficiency | is el | is ell | el flag | ell flag | ell indicator |
        el indicator | lep flag | ell program | el program | ell y n | english learners |
        el yn | ell yn | lep code | english proficiency |
        limited english proficiency descriptor | el student | el code |
        english learner indicator | bilingual el | el identified | esol
    """,
    "disability": """
        sped | special ed | special education | iep | disability | swd | spec ed |
        special ed status | sped status | special education status |
        students with disabilities | student with disability | has iep | idea |
        idea indicator | iep flag | sped flag | sped indicator | special ed indicator |
        iep status | disability status | special education indicator | sp ed | spe |
        sped y n | sped yn | is sped | in special ed | special ed flag | special ed code |
        special education program | sp ed status | sped student | spec ed status |
        with disability | iep indicator
    """,
    "meal_eligibility": """
        frl | frpl | frpm | frpm elig | frm elig | frpm status | lunch | lunch status |
        meal status | meal eligibility | free reduced | free and reduced |
        free reduced lunch | meal code | lunch code | nslp | frl status | meal benefit |
        free reduced status | lunch eligibility | meal | meals | lunchstatus | frl code |
        frpl status | free or reduced | frm | fr status | free reduced meal |
        school food service | school food service program service descriptor |
        free reduced meals | lunch program | meal program | nslp status | frl eligibility |
        frm eligibility | fram | lunch type | meal type | free reduced eligibility |
        eligibility meal | free reduced price meals | economic status | f r lunch
    """,
    "homeless": """
        homeless | mckinney vento | homeless status | homeless indicator | housing status |
        homeless flag | is homeless | mv | homeless code | mckinney vento status |
        homelessness | homeless y n | homeless yn | housing | homeless program |
        homeless student | experiencing homelessness |
        homeless primary nighttime residence descriptor |
        homeless primary nighttime residence | nighttime residence |
        mckinney vento indicator
    """,
    "home_language": """
        home language | home lang | primary language | language | native language |
        language spoken at home | lang | home language code | dominant language |
        first language | home primary language | primary home language | language at home |
        language home | primary lang | student language | language descriptor | lang home |
        home language name | native lang | language code | parent language |
        correspondence language | homelanguage
    """,
    "month": """
        month | attendance month | reporting month | month year | year month | att month |
        month of | mo | mon | school month | calendar month | period month | month name |
        attendance period
    """,
    "days_enrolled": """
        days enrolled | membership | days membership | membership days | days in membership
        | enrolled days | days possible | possible days | days scheduled | days available |
        member days | instructional days | days in session | mem days | days of membership |
        scheduled days | days enr | enr | mem | enrolled | total membership |
        total days enrolled | possible | days mem | days member | total possible days |
        days enrl | total days | total days possible | day enrolled | enrollment days |
        total membership days | in session | school days | aggregate days membership |
        aggregate membership | numdays enrolled | num days enrolled
    """,
    "days_attended": """
        days attended | days present | days attendance | present | attended | attendance days |
        days in attendance | days att | present days | att days | total days present |
        total days attended | days pres | attended days | day present | total attendance |
        aggregate days attendance | aggregate attendance | total present | num days present
        | attendance | att | days of attendance | total days in attendance | pres
    """,
    ABSENT: """
        days absent | absences | absent | total absences | absent days | abs | days missed |
        missed | total days absent | absence | days abs | total absent | num absences |
        num days absent | absence days | day absent | number of absences | absence count |
        total days missed | aggregate days absence | total absence days
    """,
    "date": """
        date | attendance date | att date | calendar date | event date | school date | day |
        absence date | date of attendance | attendance day | abs date | cal date |
        date absent | daily date | attdate
    """,
    "attended": """
        attendance code | att code | code | attendance status | attendance | status |
        present absent | attendance event category descriptor | attendance event category |
        daily code | all day code | all day | attendance type | daily attendance |
        daily status | att status | day code | absence code | abs code |
        daily attendance code | presence | attendance value | day value | attended | present
        | portion of day | share attended | attendance category | attendance mark | mark |
        present fraction | att | day fraction | attcode | presence code
    """,
    "reason": """
        reason | absence reason | attendance event reason | attendance reason | excuse |
        excuse code | reason code | absence type | reason description | reason absent |
        attendance event reason descriptor | why
    """,
    "visit_date": """
        visit date | date of visit | home visit date | date | contact date | visited on |
        date visited | hv date | leap visit date | visit | visitdate | date of contact |
        date of home visit | day of visit | visit day
    """,
    "place": """
        place | location | visit location | where | visit type | location of visit | setting
        | mode | visit mode | location type | visit place | type | visit setting |
        type of visit | hv location | place of visit | where visited | meeting place |
        contact type | format | home visit location | modality | visit format | method
    """,
    "contact": """
        contact | contact made | status | outcome | result | visit status | visit outcome |
        met family | family met | visit result | successful | met | family contact |
        outcome of visit | contact status | visit successful | family reached | hv status |
        contact outcome | home visit status | visit completed | family contacted |
        contact result | reached | met with family | was family met | success
    """,
    "visitor": """
        visitor | visited by | visitor type | who visited | visitor role | conducted by |
        visit by | who | staff | staff type | home visitor | visit conducted by | made by |
        completed by | visiting staff | visitor affiliation | visitor category | role |
        by whom | visit staff | conducted by type | team | visitor organization
    """,
    "language": """
        language | visit language | language of visit | language used | lang |
        language of the visit | visit lang | language spoken | conducted in |
        home visit language | language in visit | language visit
    """,
    "school_code": """
        school code | code | school id | school number | state school code | org code |
        organization code | building code | building number | campus id | site code |
        location code | school state code | sch num | sch code | school no | school num |
        school # | building id | site id | facility code | sc | school org code |
        organisation code | state org id | school reference school id | school lea code |
        state school id | entity id | location id | school organization code | campus code |
        campus number | school organization id | building no | org id | school state id |
        sch id | sch | enrollment school id | school orgcode | facility id |
        education organization id | school number state | site number |
        reporting school code
    """,
    "school_name": """
        school name | school | organization | building | campus | site name | organization name |
        school short name | enrolled school | facility name | building name | campus name |
        site | school title | name of institution | sch name | location | school description
        | name of school | current school | home school | calendar name | institution |
        school of enrollment | attending school | schools | entity name | enrollment school
        | facility
    """,
    "district_code": """
        district code | d code | district id | district number | lea code | lea id |
        lea number | district org code | dist code | dist id | district no | dist num |
        district organization code | district state code | district # | lea org code |
        local education agency id | reporting district code | reporting district |
        district orgcode | district organization id | state district id |
        state district code | lea identifier | district num
    """,
    "district_name": """
        district name | district | lea name | local education agency name | lea | dist name
        | school district | district title | dist | local education agency |
        name of district | school district name | reporting district name
    """,
    "leap_from": """
        leap from | leap start | program start | programme start | start date |
        leap start date | leap begin | start | leap since | leap began | program start date
        | participates from | leap begin date | joined leap | participation start |
        begin date | leap first day
    """,
    "leap_until": """
        leap until | leap end | program end | programme end | end date | leap end date | end
        | program end date | participates until | left leap | participation end |
        leap last day
    """,
    "latitude": """
        latitude | lat | y | school latitude | lat dd | geo lat
    """,
    "longitude": """
        longitude | lon | long | lng | x | school longitude | lon dd | geo long | geo lon
    """,
    "cost": """
        cost | program cost | programme cost | budget | amount | total cost | expenditure |
        spending | spent | annual cost | cost of program | total spending | grant amount |
        allocation
    """,
    "visit_capacity": """
        visit capacity | capacity | visits per month | monthly capacity | capacity per month
        | visits possible | capacity visits | monthly visits possible
    """,
    "source": """
        source | source of figures | data source | reference | from
    """,
}

_SHORT = {
    **dict.fromkeys(("nbr", "num", "no", "#", "nr"), "number"),
    **dict.fromkeys(("stu", "stdnt", "std"), "student"),
    **dict.fromkeys(("enr", "enrl"), "enrolled"),
    **dict.fromkeys(("abs", "absence", "absences"), "absent"),
    **{"cd": "code", "yr": "year", "dt": "date", "sch": "school", "dist": "district"},
    **{"lang": "language", "mem": "membership", "pres": "present", "grd": "grade"},
    **{"lvl": "level", "eth": "ethnicity", "sts": "status", "stat": "status", "rsn": "reason"},
    **{"loc": "location", "elig": "eligibility", "ind": "indicator", "typ": "type"},
}


def _plain(text: str) -> list[str]:
    """The words of a name, none shortened and none in the plural."""
    whole = [_SHORT.get(word, word) for word in words_of(text)]
    return [w[:-1] if len(w) > 3 and w[-1] == "s" and w[-2] not in "sui" else w for w in whole]


_TOKENS: dict[str, list[str]] = {}
for _column, _listed in _NAMES.items():
    for _name in _listed.split("|"):
        _columns = _TOKENS.setdefault("".join(_plain(_name)), [])
        _columns += [] if _column in _columns else [_column]
BY_NAME: Mapping[str, tuple[str, ...]] = {name: tuple(columns) for name, columns in _TOKENS.items()}
"""By a name without spaces and marks, in lower case: the columns that are called so."""

_PREFIX = re.compile(r"^(\[[0-9]+\]|[A-Za-z_ ]{2,30}[.:])+")
_NEEDLESS = frozenset(
    (
        "the",
        "a",
        "of",
        "code",
        "current",
        "stu",
        "is",
        "flag",
        "ind",
        "indicator",
        "desc",
        "description",
        "value",
        "total",
        "ytd",
        "student",
        "descriptor",
    )
)
_NOTES = re.compile(r"\(.*?\)|\*+$")


def columns_called(heading: str) -> tuple[tuple[str, ...], str]:
    """The columns of the contract that a heading names, and how that is known; none for a heading
    that isn't known.
    """
    for text in (heading, _NOTES.sub("", heading), _PREFIX.sub("", heading)):
        if found := BY_NAME.get("".join(_plain(text))):
            return found, "its name"
    words = _plain(_PREFIX.sub("", _NOTES.sub("", heading)))
    fewer = [word for word in words if word not in _NEEDLESS]
    if found := BY_NAME.get("".join(fewer)):
        return found, "its name, but for " + " ".join(w for w in words if w not in fewer)
    return (), ""


_ABSENT_WORDS = frozenset(("absent", "absence", "absences", "abs", "missed", "miss"))


def says_absent(heading: str) -> bool:
    """Whether a heading speaks of absence alone, so that 1 may stand for a day absent."""
    words = frozenset((*words_of(heading), *_plain(heading)))
    return bool(words & _ABSENT_WORDS) and not words & {"present", "attended", "attendance"}


_WHEN = frozenset(("date", "day", "when"))
_ID_WORDS = frozenset(("id", "#", "number", "num", "no", "identifier", "code"))
_ANY_WORD: Mapping[str, frozenset[str]] = {
    "grade": frozenset(("grade", "grd")),
    "gender": frozenset(("gender", "sex")),
    "race_ethnicity": frozenset(("race", "ethnicity", "ethnic")),
    "english_learner": frozenset(("el", "ell", "lep", "multilingual", "mll", "esol", "english")),
    "disability": frozenset(("sped", "iep", "disability", "disabilities", "special")),
    "meal_eligibility": frozenset(("lunch", "meal", "meals", "frl", "frpl", "frm", "reduced")),
    "homeless": frozenset(("homeless", "homelessness", "mckinney")),
    "home_language": frozenset(("language", "lang")),
    "language": frozenset(("language", "lang")),
    "month": frozenset(("month",)),
    "attended": frozenset(("status", "code", "attendance", "present", "absent")),
    "reason": frozenset(("reason",)),
    "place": frozenset(("where", "place", "location")),
    "contact": frozenset(("contact", "contacted", "met", "meet", "outcome", "reached")),
    "visitor": frozenset(("who", "visitor", "staff", "conducted", "partner")),
}
_BOTH_WORDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "student_id": (frozenset(("student", "pupil", "stu", "sis", "perm")), _ID_WORDS),
    "school_year": (frozenset(("school", "academic")), frozenset(("year", "yr"))),
    "visit_date": (frozenset(("visit", "visited", "hv")), frozenset(("date", "when", "day"))),
    "school_code": (frozenset(("school", "site", "building", "campus")), _ID_WORDS),
    "school_name": (
        frozenset(("school", "building", "institution", "campus")),
        frozenset(("name",)),
    ),
    "district_code": (frozenset(("district", "lea")), _ID_WORDS),
    "district_name": (frozenset(("district", "lea")), frozenset(("name",))),
}
_STATE_IDS = frozenset(("sasid", "lasid", "ssid", "permid", "perm"))
_OF_OTHERS = frozenset(
    (
        *("parent", "guardian", "mother", "father", "sibling", "teacher", "emergency", "birth"),
        *("entry", "entered", "exit", "prior", "previous", "next", "last", "first", "date", "old"),
        *("unaccompanied", "arts", "test", "score", "course", "home", "feeder", "resident"),
    )
)


def like_names(heading: str, column: str) -> bool:
    """Whether words of a heading are those of a column, where its name isn't known; its values must
    show whether it is.
    """
    words = frozenset((*words_of(heading), *_plain(heading)))
    if column in ("date", "visit_date") and words & _WHEN:
        return not words & (_OF_OTHERS - {"date"})
    if column in _BOTH_WORDS:
        one, other = _BOTH_WORDS[column]
        of_state = column == "student_id" and bool(
            words & _STATE_IDS or words <= {"id", "#", "number"}
        )
        plain = not words & (_OF_OTHERS - {"date", "home"})
        if column in ("school_code", "school_name") and words & {"student", "home"}:
            return False
        return of_state or (plain and bool(words & one and words & other))
    return bool(words & _ANY_WORD.get(column, frozenset())) and not words & _OF_OTHERS
