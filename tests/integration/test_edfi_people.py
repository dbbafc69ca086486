"""Who Ed-Fi's students are: groups by school year, of whichever record says it; and visits."""

from datetime import date

import pytest

from leapdash.errors import InputError
from tests.lib import edfi
from tests.lib.edfi import DISTRICT, SCHOOL, descriptor, person

# To open a folder takes seconds.
pytestmark = pytest.mark.two_of_each

PEOPLE = edfi.PEOPLE[5]


@pytest.fixture
def state():
    """The small state, for a test to change."""
    return edfi.small()


@pytest.fixture
def student(tmp_path):
    """The enrollment of the first student, made from resources."""

    def of(resources, toml=""):
        folder = edfi.write(tmp_path / "edfi", resources)
        tables, _ = edfi.read(folder, toml)
        (row,) = (row for row in tables["enrollment"] if row["student_id"] == "S1")
        return row

    return of


@pytest.fixture
def visits(tmp_path):
    """The visits, made from resources, and the notes as one text."""

    def of(resources, toml=""):
        tables, notes = edfi.read(edfi.write(tmp_path / "edfi", resources), toml)
        return tables["visits"], "\n".join(notes)

    return of


def _races(*codes):
    return [{"raceDescriptor": descriptor("Race", code)} for code in codes]


@pytest.mark.parametrize(
    ("hispanic", "races", "race"),
    [
        (True, ("White",), "hispanic"),
        (True, (), "hispanic"),
        (False, ("White",), "white"),
        (None, ("Asian", "White"), "two_or_more"),
        (None, ("Asian", "Asian"), "asian"),
        (False, ("Hispanic or Latino", "White"), "hispanic"),
    ],
)
def test_hispanic_of_any_race_comes_first(student, state, hispanic, races, race):
    state[PEOPLE][0] |= {"hispanicLatinoEthnicity": hispanic, "races": _races(*races)}
    assert student(state)["race_ethnicity"] == race


def test_the_school_s_record_comes_before_the_district_s_and_each_may_say_a_part(student, state):
    state[PEOPLE][0] = person(
        "S1", SCHOOL, sexDescriptor=descriptor("Sex", "Male"), races=None, languages=[]
    )
    spanish = [{"languageDescriptor": descriptor("Language", "spa")}]
    state[PEOPLE].append(
        person("S1", DISTRICT, races=_races("Black - African American"), languages=spanish)
    )
    found = student(state)
    assert (found["gender"], found["race_ethnicity"], found["home_language"]) == (
        "M",
        "black",
        "es",
    )


@pytest.mark.parametrize(("code", "language"), [("spa", "es"), ("pol", "pol"), ("Spanish", "es")])
def test_languages_are_written_by_their_iso_codes(student, state, code, language):
    state[PEOPLE][0]["languages"] = [{"languageDescriptor": descriptor("Language", code)}]
    assert student(state)["home_language"] == language


@pytest.mark.parametrize(
    ("field", "value", "column"),
    [
        ("limitedEnglishProficiencyDescriptor", descriptor("L", "Limited"), "english_learner"),
        ("disabilities", [{"disabilityDescriptor": descriptor("D", "Autism")}], "disability"),
        (
            "studentCharacteristics",
            [{"studentCharacteristicDescriptor": descriptor("C", "Homeless")}],
            "homeless",
        ),
    ],
)
def test_what_a_record_says_puts_the_student_into_a_group(student, state, field, value, column):
    assert student(state)[column] is False
    state[PEOPLE][0][field] = value
    assert student(state)[column] is True


@pytest.mark.parametrize(
    ("resource", "column"),
    [
        ("studentHomelessProgramAssociations", "homeless"),
        ("studentSpecialEducationProgramAssociations", "disability"),
        ("studentLanguageInstructionProgramAssociations", "english_learner"),
    ],
)
@pytest.mark.parametrize(
    ("begin", "end", "counts"),
    [
        ("2019-09-01", None, True),
        ("2022-06-30", "2023-01-01", True),
        ("2019-09-01", "2021-06-30", False),
        ("2022-07-01", None, False),
    ],
)
def test_a_programme_counts_in_the_school_years_it_reaches_into(
    student, state, resource, column, begin, end, counts
):
    row = {"studentReference": {"studentUniqueId": "S1"}, "beginDate": begin, "endDate": end}
    state[resource] = [row]
    assert student(state)[column] is counts


def test_of_several_meals_the_best_counts(student, state):
    state["studentSchoolFoodServiceProgramAssociations"] = [
        {
            "studentReference": {"studentUniqueId": "S1"},
            "beginDate": "2021-09-01",
            "schoolFoodServiceProgramServices": [
                {"schoolFoodServiceProgramServiceDescriptor": descriptor("M", code)}
                for code in codes
            ],
        }
        for codes in (("Full Price Lunch",), ("Reduced Price Lunch", "Reduced Price Breakfast"))
    ]
    assert student(state)["meal_eligibility"] == "reduced"


def test_the_grade_is_that_of_the_latest_entry(student, state):
    sixth = descriptor("GradeLevel", "Sixth grade")
    state[edfi.SPELLS].append(
        edfi.spell("S1", SCHOOL, "2021-11-01", entryGradeLevelDescriptor=sixth)
    )
    assert student(state)["grade"] == "6"


def test_leap_districts_and_about_come_from_the_configuration(tmp_path, state):
    toml = (
        '[leap]\n"0640011" = { from = 2021-04-01, until = 2023-06-30 }\n'
        '[about]\norigin = "a test"\nsynthetic = true\n'
    )
    tables, notes = edfi.read(edfi.write(tmp_path / "edfi", state), toml)
    leap = {row["school_code"]: (row["leap_from"], row["leap_until"]) for row in tables["schools"]}
    assert leap["0640111"] == (date(2021, 4, 1), date(2023, 6, 30))
    assert leap["1430111"] == (None, None)
    assert not any("LEAP" in note for note in notes)


def test_interventions_that_say_home_visit_are_visits_and_others_are_counted(visits, state):
    other = edfi.intervention_event("S2", date(2021, 10, 21), "Unexcused Absence")
    other["interventionReference"]["interventionIdentificationCode"] = "Tutoring"
    state["studentInterventionAttendanceEvents"].append(other)
    found, notes = visits(state)
    assert found == [
        {
            "student_id": "S1",
            "visit_date": date(2021, 10, 20),
            "place": "home",
            "contact": "met",
            "visitor": "school staff",
            "language": "en",
        }
    ]
    assert "1 intervention events are left out: no home visits" in notes


def test_the_configuration_names_the_interventions_that_are_visits(visits, state):
    other = edfi.intervention_event("S2", date(2021, 10, 21), "Unexcused Absence")
    other["interventionReference"]["interventionIdentificationCode"] = "LEAP"
    state["studentInterventionAttendanceEvents"].append(other)
    found, _ = visits(state, '[visits]\ninterventions = ["LEAP"]\nvisitor = "community partner"')
    assert [(row["student_id"], row["contact"], row["visitor"]) for row in found] == [
        ("S2", "no contact", "community partner")
    ]


def test_programmes_are_visits_where_the_configuration_names_them(visits, state):
    del state["studentInterventionAttendanceEvents"]
    state["studentProgramAssociations"] = [
        {
            "studentReference": {"studentUniqueId": "S3"},
            "programReference": {"programTypeDescriptor": descriptor("ProgramType", kind)},
            "beginDate": "2021-10-11",
        }
        for kind in ("Home Visiting", "Athletics")
    ]
    found, _ = visits(state, '[visits]\nprogrammes = ["Home Visiting"]')
    assert [(row["student_id"], row["visit_date"]) for row in found] == [("S3", date(2021, 10, 11))]


def test_interventions_that_are_in_no_event_are_refused_with_those_there_are(visits, state):
    with pytest.raises(InputError) as error:
        visits(state, '[visits]\ninterventions = ["Home Visit", "LEAP home visits"]')
    assert str(error.value) == (
        "edfi.toml, visits.interventions: no LEAP home visits in "
        "studentInterventionAttendanceEvents, so that its visits would be missing.\n"
        "Expected some of those there are: Home Visit. Correct it."
    )


def test_programmes_that_nobody_is_in_are_refused_with_those_there_are(visits, state):
    state["studentProgramAssociations"] = [
        {
            "studentReference": {"studentUniqueId": "S3"},
            "programReference": {"programTypeDescriptor": descriptor("ProgramType", "Athletics")},
            "beginDate": "2021-10-11",
        }
    ]
    with pytest.raises(InputError, match=r"visits.programmes: no Visiting in [\s\S]+: Athletics\."):
        visits(state, '[visits]\nprogrammes = ["Visiting"]')


def test_programmes_without_their_resource_are_refused_and_so_are_both_settings(visits, state):
    with pytest.raises(InputError) as error:
        visits(state, '[visits]\nprogrammes = ["Visiting"]\ninterventions = ["Home Visit"]')
    assert "the resource studentProgramAssociations isn't there" in str(error.value)
    assert "edfi.toml, visits: interventions and programmes.\nExpected one" in str(error.value)
