"""What is wrong with Ed-Fi resources is told with its file, its line or element, and its field."""

import gzip
import json
from datetime import date

import pytest

from leapdash.build.build import build
from leapdash.engines.scratch import _PREFIX
from leapdash.errors import InputError
from tests.lib import edfi
from tests.lib.edfi import EVENTS, SCHOOL, SPELLS, descriptor, event

# To open a folder takes seconds.
pytestmark = pytest.mark.two_of_each

PEOPLE = edfi.PEOPLE[5]


@pytest.fixture
def folder(tmp_path):
    """The small state, as JSON."""
    return edfi.write(tmp_path / "edfi", edfi.small())


@pytest.fixture
def refused(folder):
    """What a refusal of the folder says; no student's identifier is in it."""

    def of(toml=""):
        with pytest.raises(InputError) as error:
            edfi.read(folder, toml)
        message = str(error.value)
        assert not {f"S{number}" for number in range(1, 7)} & set(message.split())
        return message

    return of


@pytest.fixture
def rewrite(folder):
    """Changes the rows of a resource."""

    def of(name, change):
        path = folder / f"{name}.json"
        rows = json.loads(path.read_text())
        changed = change(rows)
        path.write_text(json.dumps(rows if changed is None else changed))

    return of


def _set(row, path, value):
    def change(rows):
        at = rows[row]
        *outer, last = path.split(".")
        for name in outer:
            at = at[name]
        at[last] = value

    return change


def test_a_file_that_is_cut_short_says_where(folder, refused):
    path = folder / f"{EVENTS}.json"
    path.write_text(path.read_text()[:-700])
    assert refused().startswith(
        f"{EVENTS}.json, element 15: no whole JSON value; the file is cut short or damaged here.\n"
    )


def test_lines_that_are_cut_short_say_where(folder, refused):
    rows = json.loads((folder / f"{SPELLS}.json").read_text())
    (folder / f"{SPELLS}.json").unlink()
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / f"{SPELLS}.jsonl").write_text(text[:-40])
    assert refused().startswith(f"{SPELLS}.jsonl, line 6: no whole JSON object in the line.\n")


def test_a_gzip_file_that_is_cut_short_says_so(folder, refused):
    rows = (folder / f"{EVENTS}.json").read_bytes()
    (folder / f"{EVENTS}.json").unlink()
    (folder / f"{EVENTS}.json.gz").write_bytes(gzip.compress(rows)[:-20])
    assert refused().startswith(f"{EVENTS}.json.gz: no whole gzip file.\n")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[[1, 2]]", "an array whose first element is no object"),
        ("<!DOCTYPE html><html>Sign in</html>", "a page of HTML or XML, not JSON: '<!DOCTYPE"),
        ('"text"', "no JSON object or array: begins with"),
        ("\ufeff[]", "text with a byte order mark in front"),
    ],
)
def test_what_is_no_array_of_objects_is_told_by_its_first_bytes(folder, refused, text, found):
    (folder / "sessions.json").write_text(text, encoding="utf-8")
    assert refused().startswith(f"sessions.json: {found}")


@pytest.mark.parametrize(
    ("name", "path", "value", "message"),
    [
        (SPELLS, "entryDate", None, "field entryDate: nothing stands there.\nExpected a date"),
        (SPELLS, "entryDate", "09/01/2021", "field entryDate: '09/01/2021'.\nExpected a date"),
        (SPELLS, "schoolReference", None, "field schoolReference.schoolId: nothing stands there"),
        (SPELLS, "schoolReference", "640111", "schoolReference is a text.\nExpected"),
        (SPELLS, "fullTimeEquivalency", "half", "field fullTimeEquivalency: 'half'.\nExpected a n"),
        (SPELLS, "studentReference.studentUniqueId", ["S3"], "an array.\nExpected text"),
        (EVENTS, "sessionReference.schoolYear", "2021-22", "'2021-22'.\nExpected the spring"),
        (EVENTS, "sessionReference.schoolYear", 22, "'22'.\nExpected the spring"),
        (EVENTS, "eventDate", "2021-02-30", "field eventDate: '2021-02-30'.\nExpected a date"),
        (EVENTS, "eventDuration", "1e999", "field eventDuration: '1e999'.\nExpected a number"),
        (PEOPLE, "hispanicLatinoEthnicity", "perhaps", "'perhaps'.\nExpected true or false"),
        (PEOPLE, "races", {"raceDescriptor": "x"}, "field races: an object instead of a list"),
        (PEOPLE, "races", ["White"], "field races: a list with a text in it"),
        (PEOPLE, "races", [{}], "field races.raceDescriptor: nothing stands there"),
        ("schools", "nameOfInstitution", "", "field nameOfInstitution: nothing stands there"),
        ("calendarDates", "date", 20210901, "field date: '20210901'.\nExpected a date"),
    ],
)
def test_a_field_that_isn_t_as_it_must_be_is_told_with_its_place(
    rewrite, refused, name, path, value, message
):
    rewrite(name, _set(1, path, value))
    found = refused()
    assert found.startswith(f"{name}.json, element 2, field {path.split('.')[0]}")
    assert message in found


def test_a_text_may_begin_with_a_bracket(rewrite, folder):
    rewrite("schools", _set(1, "nameOfInstitution", "[South] School"))
    tables, _ = edfi.read(folder)
    assert "[South] School" in {row["school_name"] for row in tables["schools"]}


def test_an_array_with_something_else_in_it_is_told(rewrite, refused):
    rewrite("schools", lambda rows: rows.insert(1, [1]))
    assert refused().startswith("schools.json, element 2: an array instead of an object.\n")


def test_a_name_twice_in_an_object_is_told(folder, refused):
    path = folder / "sessions.json"
    path.write_text(path.read_text().replace('"sessionName"', '"sessionName": "x", "sessionName"'))
    assert "a name that stands twice in an object" in refused()


def test_equal_faults_are_one_message_with_their_count_and_all_kinds_are_told(rewrite, refused):
    rewrite(EVENTS, lambda rows: [row | {"eventDate": "soon"} for row in rows])
    rewrite("schools", _set(0, "nameOfInstitution", None))
    rewrite("calendarDates", _set(5, "calendarEvents", None))
    message = refused()
    assert "'soon'.\nExpected a date written 2021-09-01. 17 objects like this." in message
    assert "schools.json, element 1, field nameOfInstitution" in message
    assert "calendarDates.json, element 6, field calendarEvents: nothing stands there" in message


@pytest.mark.parametrize(
    ("name", "path", "code", "line"),
    [
        (SPELLS, "entryGradeLevelDescriptor", "GradeLevel#Sixth", '[grades]\n"Sixth" = "5"'),
        (SPELLS, "exitWithdrawTypeDescriptor", "Exit#W1", '[exits]\n"W1" = "left"'),
        (PEOPLE, "sexDescriptor", "Sex#W", '[sexes]\n"W" = "X"'),
        (PEOPLE, "limitedEnglishProficiencyDescriptor", "L#EL", '[english_learners]\n"EL" = false'),
        (PEOPLE, "races", [{"raceDescriptor": "Race#9"}], '[races]\n"9" = "white"'),
        (PEOPLE, "languages", [{"languageDescriptor": "L#Polski"}], '"Polski" = "en"'),
        (
            "studentInterventionAttendanceEvents",
            "attendanceEventCategoryDescriptor",
            "A#Nobody",
            '[contacts]\n"Nobody" = "met"',
        ),
    ],
)
def test_an_unknown_descriptor_is_told_with_the_line_that_maps_it(
    rewrite, refused, name, path, code, line
):
    rewrite(name, _set(0, path, code))
    message = refused()
    assert message.startswith(f"{name}.json, element 1, field {path}")
    assert "which isn't mapped; 1 of them" in message
    assert line in message


def test_a_resource_that_is_missing_is_told_and_one_given_twice(folder, refused):
    (folder / "sessions.json").unlink()
    (folder / "schools.jsonl").write_text("")
    message = refused()
    assert "the resource sessions is missing.\n" in message
    assert "schools.json and schools.jsonl: the resource schools is given 2 times" in message


def test_an_empty_folder_of_pages_is_told(folder, refused):
    (folder / "sessions.json").unlink()
    (folder / "sessions").mkdir()
    assert refused().startswith("sessions/: no file ending in .json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "api.json: no discovery document"),
        ("<html>", "api.json: no discovery document"),
        ('{"dataModels": [{"name": "Ed-Fi", "version": "3.3.0"}]}', "Ed-Fi Data Standard 3.3.0"),
    ],
)
def test_a_discovery_document_that_is_none_is_told(folder, refused, text, message):
    (folder / "api.json").write_text(text)
    assert message in refused()


def test_the_discovery_document_tells_the_standard(folder, refused):
    (folder / "api.json").write_text('{"dataModels": [{"name": "Ed-Fi", "version": "6.0.0"}]}')
    assert "the resource studentDemographics is missing" in refused()


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[attendance", "not readable as TOML"),
        ("[atendance]", "a table that isn't known.\nExpected one of"),
        ("[atendance]", "exceptions, visits (attendance looks like it). Correct it."),
        ('[attendance]\n"Tardy" = 2', "'attendance, \"Tardy\"' 2"),
        ('[calendar]\n"Holiday" = "no"', "true for a school day, false for none"),
        ('[grades]\n"Fifth grade" = "five"', "one of PK, K, 1"),
        ('[languages]\n"spa" = "Spanish"', "the ISO 639 code of a language"),
        (
            "[days]\nexit_date = true",
            "days.exit_date: not known.\nExpected one of exit_date_counts, silent_days "
            "(exit_date_counts looks like it). Correct it.",
        ),
        ("[days]\nxyz = true", "Expected one of exit_date_counts, silent_days. Correct it."),
        ('[days]\nexit_date_counts = "yes"', "days.exit_date_counts: 'yes'.\nExpected true or"),
        ('[leap]\n"0640011" = { from = "2021" }', "{ from = 2021-04-01 }"),
        ('[leap]\n"9999999" = { from = 2021-04-01 }', "no district 9999999"),
        ("leap = 1", "leap: 1"),
        ('[visits]\nvisitor = "aunt"', "visits.visitor: 'aunt'"),
        ('[visits]\nlanguage = "Spanish"', "visits.language: Spanish"),
        ("[visits]\ninterventions = [1]", "visits.interventions: not only texts"),
        ('[organisations.schools]\n"640111" = "7"', "the state's code, seven characters"),
        ("[exceptions]\noff_calendar = [1]", "{ school = 255901001, date = 2021-11-25 }"),
        (
            "[exceptions]\noff_calendar = [{ school = 640111, date = 2021-10-05, shool = 1 }]",
            "'shool': 1}.\nExpected { school = 255901001, date = 2021-11-25 }",
        ),
        ('[organisations.schools]\n"64011" = "0640111"', "64011, which schools doesn't hold"),
        (
            '[organisations.districts]\n"64" = "0640011"',
            "organisations.districts: 64, which localEducationAgencies doesn't hold.\n"
            "Expected localEducationAgencyId as it stands there: 1430011, 640011.",
        ),
        ("[exceptions]\nsilent_schools = [1.5]", "a list of schools' schoolId"),
        ("[days]\nsilent_days = 0", "days.silent_days: 0.\nExpected 1 or more"),
        ("[days]\nsilent_days = 1.5", "days.silent_days: 1.5.\nExpected a whole number"),
        ("[about]\nsynthetic = 1", "about.synthetic: 1.\nExpected true or false"),
        ("attendance = 1", "attendance: 1"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(refused, toml, message):
    found = refused(toml)
    assert "edfi.toml" in found
    assert message.replace("'attendance, \"Tardy\"' 2", 'attendance, "Tardy": 2') in found


def test_a_school_without_a_code_of_the_state_is_told_and_the_line_gives_it_one(
    rewrite, refused, folder
):
    for name in ("schools", SPELLS, EVENTS, "sessions", "calendarDates", PEOPLE):
        path = folder / f"{name}.json"
        path.write_text(path.read_text().replace(str(SCHOOL), "255901001"))
    message = refused()
    assert message.startswith("schools.json, element 1: no code by which the state knows 255901001")
    line = '[organisations.schools]\n"255901001" = "0640111"'
    assert message.endswith(line)
    tables, _ = edfi.read(folder, line)
    assert "0640111" in {row["school_code"] for row in tables["schools"]}


def test_the_state_s_code_is_taken_from_the_identification_codes(rewrite, folder):
    system = descriptor("EducationOrganizationIdentificationSystem", "SEA")
    codes = [
        {
            "educationOrganizationIdentificationSystemDescriptor": system,
            "identificationCode": "064019d",
        }
    ]
    rewrite("schools", _set(0, "identificationCodes", codes))
    tables, _ = edfi.read(folder)
    assert "064019D" in {row["school_code"] for row in tables["schools"]}


def test_two_schools_of_one_code_are_told(refused):
    message = refused('[organisations.schools]\n"640111" = "0640211"')
    assert "1 codes of the state stand for several schools: 0640211 (640111, 640211)" in message


def test_a_school_that_comes_twice_counts_once_if_alike_and_is_told_if_not(
    rewrite, refused, folder
):
    rewrite("schools", lambda rows: rows.append(rows[0]))
    edfi.read(folder)
    rewrite("schools", lambda rows: rows.append(rows[0] | {"nameOfInstitution": "Else"}))
    assert f"schoolId {SCHOOL} stands there more than once, and not alike" in refused()


def test_a_school_of_an_unknown_district_is_told(rewrite, refused):
    rewrite("localEducationAgencies", lambda rows: rows[:1])
    assert "1430011, which is in no localEducationAgencies" in refused()


def test_students_who_are_nowhere_described_are_told(rewrite, refused):
    rewrite(PEOPLE, lambda rows: rows[2:])
    assert f"{PEOPLE}: 2 enrolled students have no record there" in refused()


def test_students_without_a_race_are_told_and_can_be_mapped(rewrite, refused, folder):
    rewrite(PEOPLE, _set(0, "races", []))
    message = refused()
    assert f"{PEOPLE}, field races: 1 students have none" in message
    tables, _ = edfi.read(folder, '[races]\n"" = "two_or_more"')
    races = {row["student_id"]: row["race_ethnicity"] for row in tables["enrollment"]}
    assert (races["S1"], races["S2"]) == ("two_or_more", "white")


def test_a_calendar_outside_its_school_year_is_told(rewrite, refused):
    rewrite("calendarDates", _set(0, "date", "2022-07-04"))
    assert "field date: 2022-07-04, a school day outside the school year 2021-22" in refused()


def test_a_folder_without_visits_says_what_they_may_be(folder, refused):
    (folder / "studentInterventionAttendanceEvents.json").unlink()
    assert "The table visits is missing.\nExpected visits.csv" in refused()


def test_visits_beside_the_resources_win_and_are_checked_as_ever(folder, tmp_path):
    (folder / "visits.csv").write_text("student_id,visit_date,place,contact,visitor\nS1,x,y,z,w\n")
    with pytest.raises(InputError, match=r"visits.csv: the column language is missing"):
        edfi.read(folder)
    header = "student_id,visit_date,place,contact,visitor,language\n"
    (folder / "visits.csv").write_text(header + "S1,soon,home,met,school staff,en\n")
    with pytest.raises(InputError, match=r"visits.csv, row 2, column visit_date: 'soon'"):
        build(folder, tmp_path / "store", effects=False)


def test_a_visit_outside_the_school_years_is_told(rewrite, folder, tmp_path):
    rewrite("studentInterventionAttendanceEvents", _set(0, "eventDate", "2025-01-01"))
    with pytest.raises(InputError) as error:
        build(folder, tmp_path / "store", effects=False)
    assert "visits made from studentInterventionAttendanceEvents, row 1, column visit_date" in str(
        error.value
    )


def test_what_is_made_on_the_way_is_removed_also_where_it_is_refused(
    folder, rewrite, tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    edfi.read(folder)
    assert not list(tmp_path.glob(f"{_PREFIX}*"))
    rewrite(EVENTS, lambda rows: rows.append(event("S1", SCHOOL, date(2021, 10, 9))))
    with pytest.raises(InputError):
        edfi.read(folder)
    assert not list(tmp_path.glob(f"{_PREFIX}*"))


def test_a_mapping_of_ed_fi_is_refused_where_there_is_none(tmp_path):
    (tmp_path / "schools.csv").write_text("")
    (tmp_path / "edfi.toml").write_text("[attendance]\n")
    with pytest.raises(InputError, match="'attendance' is not known"):
        build(tmp_path, tmp_path / "store", mapping=tmp_path / "edfi.toml")


@pytest.mark.parametrize("mapping", [None, "edfi.toml"])
@pytest.mark.parametrize("turned", [False, True])
def test_a_second_input_beside_a_folder_of_ed_fi_is_refused(folder, tmp_path, mapping, turned):
    (tmp_path / "visits.csv").write_text("")
    inputs = [folder, tmp_path / "visits.csv"]
    mapping = mapping and folder / mapping
    with pytest.raises(InputError) as error:
        build(inputs[::-1] if turned else inputs, tmp_path / "store", mapping=mapping)
    assert f"2 inputs, of which {folder} is a folder of Ed-Fi resources.\nExpected such" in str(
        error.value
    )
    assert "Put visits.csv, and programme.csv, beside the resources in it." in str(error.value)


def test_a_mapping_file_that_is_not_there_is_told(folder, tmp_path):
    with pytest.raises(InputError, match=r"other.toml: no such file"):
        build(folder, tmp_path / "store", mapping=tmp_path / "other.toml")
