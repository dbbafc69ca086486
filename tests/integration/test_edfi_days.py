"""From Ed-Fi's events to days enrolled and attended: each known way to get it wrong, got right."""

from datetime import date

import pytest

from leapdash.errors import InputError
from tests.lib import edfi
from tests.lib.edfi import (
    EVENTS,
    FAR_SCHOOL,
    OTHER_SCHOOL,
    SCHOOL,
    SCHOOL_DAYS,
    SPELLS,
    calendar_date,
    days_of_student,
    event,
    exit_type,
    person,
    spell,
)

# To open a folder takes seconds.
pytestmark = pytest.mark.two_of_each
OCTOBER = date(2021, 10, 5)
FULL = {"2021-09": (22, 22), "2021-10": (21, 21), "2021-11": (22, 22)}
PEOPLE = edfi.PEOPLE[5]


@pytest.fixture
def state():
    """The small state, for a test to change."""
    return edfi.small()


@pytest.fixture
def read(tmp_path):
    """Reads resources: the tables, and the notes as one text."""

    def of(resources, toml="", half_day="state", form=".json"):
        folder = edfi.write(tmp_path / "edfi", resources, form)
        tables, notes = edfi.read(folder, toml, half_day)
        return tables, "\n".join(notes)

    return of


@pytest.fixture
def refused(read):
    """What a refusal of resources says."""

    def of(resources, toml=""):
        with pytest.raises(InputError) as error:
            read(resources, toml)
        return str(error.value)

    return of


def test_days_without_an_absence_are_attended(read, state):
    tables, _ = read(state)
    assert days_of_student(tables, "S1") == FULL | {"2021-10": (21, 19)}
    assert days_of_student(tables, "S2") == FULL


@pytest.mark.parametrize("form", [".jsonl", ".json.gz", ".jsonl.gz", "pages"])
@pytest.mark.parametrize("standard", [5, 6])
def test_every_form_and_standard_says_the_same(read, tmp_path, form, standard):
    tables, notes = read(edfi.small(standard), form=form)
    edfi.write(tmp_path / "plain", edfi.small())
    assert (tables, f"Ed-Fi Data Standard {standard}") == (
        edfi.read(tmp_path / "plain")[0],
        notes.splitlines()[0],
    )


# 1. One day, several events.


def test_an_absence_and_a_tardy_on_one_day_are_one_day_absent(read, state):
    state[EVENTS].append(event("S1", SCHOOL, OCTOBER, "Tardy"))
    state[EVENTS].append(event("S1", SCHOOL, OCTOBER, "Excused Absence"))
    tables, _ = read(state)
    assert days_of_student(tables, "S1")["2021-10"] == (21, 19)


def test_of_two_shares_on_one_day_the_largest_counts(read, state):
    day = date(2021, 9, 7)
    state[EVENTS].append(event("S1", SCHOOL, day, eventDuration=0.25))
    state[EVENTS].append(event("S1", SCHOOL, day, "Excused Absence", eventDuration=0.5))
    tables, _ = read(state, half_day="fraction")
    assert days_of_student(tables, "S1")["2021-09"] == (22, 21.5)


# 2. Nothing that is unmatched becomes present.


def test_an_unknown_category_is_refused_with_its_count_and_the_line_that_maps_it(refused, state):
    state[EVENTS] += [event("S2", SCHOOL, day, "Skipped") for day in SCHOOL_DAYS[:3]]
    message = refused(state)
    assert message.startswith(
        f"{EVENTS}.json, element 18, field attendanceEventCategoryDescriptor: 'Skipped', which "
        "isn't mapped; 3 of them.\n"
    )
    assert message.endswith('Add, with what it stands for:\n[attendance]\n"Skipped" = 1')


def test_the_line_that_is_proposed_maps_it(read, state):
    state[EVENTS] += [event("S2", SCHOOL, day, "Skipped") for day in SCHOOL_DAYS[:3]]
    tables, _ = read(state, '[attendance]\n"Skipped" = 1')
    assert days_of_student(tables, "S2")["2021-09"] == (22, 19)


def test_a_district_s_own_code_is_mapped_by_its_whole_descriptor_first(read, state):
    own = edfi.descriptor("AttendanceEventCategory", "Excused Absence", "uri://hartford.org")
    state[EVENTS].append(event("S2", SCHOOL, OCTOBER) | {"attendanceEventCategoryDescriptor": own})
    tables, _ = read(state, f'[attendance]\n"{own}" = 0')
    assert days_of_student(tables, "S2") == FULL


def test_no_rest_may_be_mapped_where_it_would_become_present(refused, state):
    assert "each code by its name" in refused(state, '[attendance]\n"*" = 0')


def test_an_event_of_a_missing_session_is_refused(refused, state):
    state[EVENTS][0]["sessionReference"]["sessionName"] = "Fall"
    assert refused(state).startswith(
        f"{EVENTS}.json, element 1, field sessionReference: no session 'Fall' of school "
        f"{SCHOOL} in the school year 2022; 1 events like this, of 1 sessions.\n"
    )


def test_an_event_off_the_calendar_is_refused_and_can_be_an_exception(read, refused, state):
    state[EVENTS].append(event("S3", SCHOOL, date(2021, 10, 9)))
    line = f"off_calendar = [{{ school = {SCHOOL}, date = 2021-10-09 }}]"
    message = refused(state)
    assert message.startswith(
        f"{EVENTS}.json, element 18, field eventDate: 2021-10-09 is no school day of the student's "
        f"calendar at school {SCHOOL}; 1 events like this, on 1 days.\n"
    )
    assert message.endswith(f"[exceptions]\n{line}")


def test_the_exception_that_is_proposed_leaves_the_event_out(read, state):
    state[EVENTS].append(event("S3", SCHOOL, date(2021, 10, 9)))
    line = f"off_calendar = [{{ school = {SCHOOL}, date = 2021-10-09 }}]"
    tables, notes = read(state, f"[exceptions]\n{line}")
    assert days_of_student(tables, "S3") == FULL
    assert "1 attendance events are left out: their days are exceptions in edfi.toml" in notes


def test_an_exception_without_an_event_is_refused_with_its_school_and_date(refused, state):
    state[EVENTS].append(event("S3", SCHOOL, date(2021, 10, 9)))
    listed = ", ".join(
        f"{{ school = {school}, date = 2021-10-{day} }}"
        for school, day in ((SCHOOL, "09"), (SCHOOL, "10"), (999, "10"))
    )
    message = refused(state, f"[exceptions]\noff_calendar = [{listed}]\nsilent_schools = [998]")
    assert (
        f"edfi.toml, exceptions.off_calendar: no attendance event on 2021-10-10 of school {SCHOOL}."
        "\nExpected days with events that stay out."
    ) in message
    assert (
        "edfi.toml, exceptions.off_calendar: 999, which schools doesn't hold.\nExpected schoolId "
        f"as it stands there: {FAR_SCHOOL}, {SCHOOL}, {OTHER_SCHOOL}."
    ) in message
    assert "edfi.toml, exceptions.silent_schools: 998, which schools doesn't hold." in message


def test_an_event_of_a_student_who_is_not_enrolled_there_is_refused(refused, state):
    state[EVENTS].append(event("S6", SCHOOL, OCTOBER))
    message = refused(state)
    assert f"a student with no enrollment at school {SCHOOL}" in message
    assert "S6" not in message


def test_events_after_the_exit_are_left_out_and_counted(read, state):
    state[SPELLS][0] = spell("S1", SCHOOL, exitWithdrawDate="2021-10-05")
    tables, notes = read(state)
    assert days_of_student(tables, "S1") == {"2021-09": (22, 22), "2021-10": (3, 2)}
    assert "1 days with attendance events are left out: the student wasn't enrolled" in notes


def test_a_date_whose_event_is_unknown_is_refused(refused, state):
    state["calendarDates"][0] = calendar_date(SCHOOL, SCHOOL_DAYS[0], "Snow day")
    assert '[calendar]\n"Snow day" = false' in refused(state)


def test_a_day_that_was_called_off_is_no_school_day(read, state):
    state["calendarDates"][0] = calendar_date(
        SCHOOL, SCHOOL_DAYS[0], "Instructional day", "Weather day"
    )
    tables, _ = read(state)
    assert days_of_student(tables, "S2")["2021-09"] == (21, 21)
    assert days_of_student(tables, "S4")["2021-09"] == (22, 22)


# 3. A school that stops sending.


def _until(state, school, last, *more):
    """Leaves only those events of a school that it sent until a day, and on these."""
    days = {day.isoformat() for day in more}
    state[EVENTS] = [
        one
        for one in state[EVENTS]
        if one["schoolReference"]["schoolId"] != school
        or one["eventDate"] <= last.isoformat()
        or one["eventDate"] in days
    ]


def test_days_after_a_school_s_last_event_don_t_count_and_are_reported(read, state):
    _until(state, SCHOOL, date(2021, 10, 6))
    tables, notes = read(state)
    assert days_of_student(tables, "S3") == {"2021-09": (22, 22), "2021-10": (4, 4)}
    assert days_of_student(tables, "S4") == FULL
    assert f"at 1 schools ({SCHOOL}, 39 days after 2021-10-06)" in notes


def test_a_school_that_never_sent_has_no_days_and_is_reported(read, state):
    state[EVENTS] = [one for one in state[EVENTS] if not one["id"].startswith("S6")]
    tables, notes = read(state)
    assert days_of_student(tables, "S6") == {}
    assert f"({FAR_SCHOOL}, 65 days after no event at all)" in notes


def test_a_school_silent_for_weeks_in_between_is_reported(read, state):
    _until(state, SCHOOL, date(2021, 10, 6), SCHOOL_DAYS[51], SCHOOL_DAYS[-1])
    tables, notes = read(state)
    assert days_of_student(tables, "S2") == FULL
    assert (
        "2021-22: no attendance event for 15 or more school days in a row, on which everybody "
        f"counts as present: {SCHOOL} from 2021-10-07 until 2021-11-10, 25 of 65 days"
    ) in notes
    assert str(OTHER_SCHOOL) not in notes


def test_a_school_silent_before_its_first_event_is_reported(read, state):
    state[EVENTS] = [one for one in state[EVENTS] if "640211202109" not in one["id"]]
    _, notes = read(state)
    assert f"present: {OTHER_SCHOOL} from 2021-09-01 until 2021-10-05, 25 of 65 days" in notes


def test_the_days_of_a_silence_that_are_reported_can_be_chosen(read, state):
    _, notes = read(state, "[days]\nsilent_days = 12")
    assert "no attendance event for 12 or more school days" in notes
    assert f"{FAR_SCHOOL} from 2021-09-01 until 2021-09-16, 12 of 65 days; " in notes
    assert "no attendance event" not in read({}, "[days]\nsilent_days = 13")[1]


def test_a_school_silent_on_most_of_its_days_is_refused_and_can_be_an_exception(
    read, refused, state
):
    _until(state, SCHOOL, date(2021, 10, 6), SCHOOL_DAYS[-1])
    message = refused(state)
    assert message.startswith(
        f"{EVENTS}: schools that sent no event on most of their school days, so that everybody "
        f"would be present: {SCHOOL} on 38 of 65 days of 2021-22 (from 2021-10-07 until "
        "2021-11-29); 1 schools like this.\n"
    )
    line = f"[exceptions]\nsilent_schools = [{SCHOOL}]"
    assert message.endswith(line)


def test_the_exception_for_a_silent_school_lets_it_be_built(read, state):
    _until(state, SCHOOL, date(2021, 10, 6), SCHOOL_DAYS[-1])
    tables, notes = read(state, f"[exceptions]\nsilent_schools = [{SCHOOL}]")
    assert days_of_student(tables, "S2") == FULL
    assert f"{SCHOOL} from 2021-10-07 until 2021-11-29, 38 of 65 days" in notes


def test_days_of_all_calendars_of_a_school_are_looked_at_together(refused, state):
    """Silence is a school's: a calendar of its own for some students doesn't hide it."""
    state["calendarDates"] += [calendar_date(SCHOOL, day, calendar="B") for day in SCHOOL_DAYS[:30]]
    for row in state[SPELLS][:3]:
        row["calendarReference"] = {"calendarCode": "A", "schoolId": SCHOOL, "schoolYear": 2022}
    _until(state, SCHOOL, date(2021, 10, 6), SCHOOL_DAYS[-1])
    assert f"{SCHOOL} on 38 of 65 days of 2021-22" in refused(state)


def test_the_cut_is_made_in_every_year(read, state):
    for one in (SCHOOL, OTHER_SCHOOL, FAR_SCHOOL):
        state["sessions"].append(edfi.session(one, year=2023))
        state["calendarDates"] += [
            calendar_date(one, day, year=2023)
            for day in edfi.days_of(date(2022, 9, 1), date(2022, 9, 30))
        ]
    state[SPELLS].append(
        spell("S2", SCHOOL, "2022-09-01", schoolYearTypeReference={"schoolYear": 2023})
    )
    late = event("S2", SCHOOL, date(2022, 9, 7), "In Attendance")
    late["sessionReference"]["schoolYear"] = 2023
    state[EVENTS].append(late)
    tables, notes = read(state)
    assert days_of_student(tables, "S2") == FULL | {"2022-09": (5, 5)}
    assert notes.count("days after a school's last attendance event") == 1
    assert "2022-23: days after" in notes


# 4. Half days.


@pytest.mark.parametrize(
    ("category", "more", "fraction", "whole"),
    [
        ("Unexcused Absence", {"eventDuration": 0.5}, 20.5, 21),
        ("Unexcused Absence", {"eventDuration": 0.75}, 20.5, 20),
        ("Unexcused Absence", {"eventDuration": 0}, 20, 20),
        ("Unexcused Absence", {}, 20, 20),
        ("Partial", {}, 20.5, 21),
        ("Partial", {"eventDuration": 1}, 20, 20),
        ("Tardy", {}, 21, 21),
        ("Tardy", {"eventDuration": 0.5}, 20.5, 21),
        ("In Attendance", {"eventDuration": 1}, 21, 21),
    ],
)
def test_half_days_come_from_the_duration_else_the_category(
    read, state, category, more, fraction, whole
):
    state[EVENTS].append(event("S2", SCHOOL, OCTOBER, category, **more))
    tables, _ = read(state, half_day="fraction")
    assert days_of_student(tables, "S2")["2021-10"] == (21, fraction)
    tables, _ = read({}, half_day="state")
    assert days_of_student(tables, "S2")["2021-10"] == (21, whole)


def test_a_share_in_the_configuration_is_used_where_there_is_no_duration(read, state):
    state[EVENTS].append(event("S2", SCHOOL, OCTOBER, "Partial"))
    tables, _ = read(state, '[attendance]\n"Partial" = 0.75')
    assert days_of_student(tables, "S2")["2021-10"] == (21, 20)


def test_a_duration_that_is_no_share_of_a_day_is_refused(refused, state):
    state[EVENTS][0]["eventDuration"] = 240
    assert "field eventDuration: 240 and the like; 1 of them" in refused(state)


# 5. Spells that overlap.


def test_overlapping_spells_count_a_day_once(read, state):
    state[SPELLS].append(spell("S1", SCHOOL, "2021-10-01"))
    tables, notes = read(state)
    assert days_of_student(tables, "S1") == FULL | {"2021-10": (21, 19)}
    assert "two schools" not in notes


def test_two_schools_on_one_day_are_reported_and_each_counts_it(read, state):
    state[SPELLS].append(spell("S1", OTHER_SCHOOL, "2021-11-01"))
    tables, notes = read(state)
    assert days_of_student(tables, "S1")["2021-11 0640211"] == (22, 22)
    assert "1 students are enrolled at two schools at once, on 22 days in all" in notes


def test_too_many_days_a_year_are_a_warning(read, state):
    summer = edfi.days_of(date(2021, 12, 1), date(2022, 6, 30))
    state["calendarDates"] += [calendar_date(SCHOOL, day) for day in summer]
    state[EVENTS] += [event("S2", SCHOOL, day, "In Attendance") for day in summer[::-7]]
    _, notes = read(state)
    assert "warning: 3 students have more than 185 days at a school in a year" in notes


# 6. The exit date.


@pytest.mark.parametrize(("toml", "days"), [("", 3), ("[days]\nexit_date_counts = false", 2)])
def test_the_exit_date_counts_as_the_configuration_says(read, state, toml, days):
    state[SPELLS][1] = spell("S2", SCHOOL, exitWithdrawDate="2021-10-05")
    tables, _ = read(state, toml)
    assert days_of_student(tables, "S2")["2021-10"] == (days, days)


def test_the_next_spell_may_begin_on_the_exit_date(read, state):
    state[SPELLS][1] = spell("S2", SCHOOL, exitWithdrawDate="2021-10-05")
    state[SPELLS].append(spell("S2", OTHER_SCHOOL, "2021-10-05"))
    tables, notes = read(state)
    found = days_of_student(tables, "S2")
    assert (found["2021-10 0640111"], found["2021-10 0640211"]) == ((2, 2), (19, 19))
    assert "two schools" not in notes


# 7. Who never came.


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"exitWithdrawDate": "2021-09-20", "exit": "No show"}, "students who never came"),
        ({"exitWithdrawDate": "2021-09-20", "exit": "Invalid enrollment"}, "never came"),
        ({"exitWithdrawDate": "2021-08-20"}, "the exit is before the entry"),
        (
            {"exitWithdrawDate": "2021-08-31", "entryDate": "2021-08-20"},
            "the exit is before the first school day",
        ),
    ],
)
def test_who_never_came_is_left_out_and_counted(read, state, more, reason):
    if "exit" in more:
        more = {**more, "exitWithdrawTypeDescriptor": exit_type(more["exit"])}
    state[SPELLS][2] = spell("S3", SCHOOL) | more
    state[EVENTS].append(event("S3", SCHOOL, SCHOOL_DAYS[0]))
    tables, notes = read(state)
    assert days_of_student(tables, "S3") == {}
    assert "S3" not in {row["student_id"] for row in tables["enrollment"]}
    assert "1 enrollments are left out: " in notes
    assert reason in notes


def test_a_district_s_own_code_for_no_show_stops_the_build_until_it_is_mapped(refused, state):
    state[SPELLS][2] = spell(
        "S3", SCHOOL, exitWithdrawDate="2021-09-20", exitWithdrawTypeDescriptor=exit_type("NS")
    )
    assert '[exits]\n"NS" = "left"' in refused(state)


# 8. Which calendar.


def test_without_a_reference_the_school_s_only_calendar_counts(read, state):
    for row in state["calendarDates"]:
        row["calendarReference"]["calendarCode"] = "B"
    tables, _ = read(state)
    assert days_of_student(tables, "S2") == FULL


def test_without_a_reference_several_calendars_are_refused_with_the_school(refused, state):
    state["calendarDates"].append(calendar_date(SCHOOL, SCHOOL_DAYS[0], calendar="B"))
    assert refused(state).startswith(
        f"{SPELLS}.json, element 1, field calendarReference: names no calendar, and school "
        f"{SCHOOL} has several in the school year 2022; 3 enrollments like this, at 1 schools.\n"
    )


def test_the_student_s_own_calendar_counts(read, state):
    state["calendarDates"] += [
        calendar_date(SCHOOL, day, calendar="B") for day in [*SCHOOL_DAYS[:10], SCHOOL_DAYS[-1]]
    ]
    for row, code in zip(state[SPELLS][:3], "AAB", strict=True):
        row["calendarReference"] = {"calendarCode": code, "schoolId": SCHOOL, "schoolYear": 2022}
    tables, _ = read(state)
    assert days_of_student(tables, "S3") == {"2021-09": (10, 10), "2021-11": (1, 1)}
    assert days_of_student(tables, "S2") == FULL


def test_a_school_without_a_calendar_is_refused(refused, state):
    state["calendarDates"] = [
        row for row in state["calendarDates"] if row["calendarReference"]["schoolId"] != SCHOOL
    ]
    assert f"school {SCHOOL} has no calendar with a school day" in refused(state)


def test_a_calendar_that_is_not_there_is_refused(refused, state):
    state[SPELLS][0]["calendarReference"] = {"calendarCode": "Z", "schoolId": SCHOOL}
    assert "names a calendar that calendarDates has no school day of" in refused(state)


def test_an_enrollment_without_a_year_reaches_every_year_it_spans(read, state):
    del state[SPELLS][1]["schoolYearTypeReference"]
    state["sessions"].append(edfi.session(SCHOOL, year=2023))
    state["calendarDates"].append(calendar_date(SCHOOL, date(2022, 9, 1), year=2023))
    late = event("S2", SCHOOL, date(2022, 9, 1))
    late["sessionReference"]["schoolYear"] = 2023
    state[EVENTS].append(late)
    tables, _ = read(state)
    assert days_of_student(tables, "S2") == FULL | {"2022-09": (1, 0)}
    years = [r["school_year"] for r in tables["enrollment"] if r["student_id"] == "S2"]
    assert years == ["2021-22", "2022-23"]


# 9. Part-time students.


def test_part_time_students_are_reported(read, state):
    state[SPELLS][0]["fullTimeEquivalency"] = 0.5
    _, notes = read(state)
    assert "1 enrollments are part-time (fullTimeEquivalency under 1)" in notes


# 10. The state's identifiers.


def _identity(code, system="State"):
    return [
        {
            "studentIdentificationSystemDescriptor": edfi.descriptor(
                "StudentIdentificationSystem", system
            ),
            "identificationCode": code,
            "assigningOrganizationIdentificationCode": "x",
        }
    ]


def test_a_student_who_moves_district_is_one_by_the_state_s_identifier(read, state):
    state[SPELLS][0] = spell("S1", SCHOOL, exitWithdrawDate="2021-10-29")
    state[SPELLS].append(spell("T9", FAR_SCHOOL, "2021-11-01"))
    state[PEOPLE].append(person("T9", FAR_SCHOOL))
    for row in state[PEOPLE]:
        student = row["studentReference"]["studentUniqueId"]
        row["studentIdentificationCodes"] = _identity("1000" + student.replace("T9", "S1"))
    tables, _ = read(state, '[students]\nsystem = "State"')
    found = days_of_student(tables, "1000S1")
    assert list(found) == ["2021-09 0640111", "2021-10 0640111", "2021-11 1430111"]
    assert {row["student_id"] for row in tables["visits"]} == {"1000S1"}


def test_who_has_no_identifier_of_the_state_is_refused(refused, state):
    state[PEOPLE][0]["studentIdentificationCodes"] = _identity("1")
    message = refused(state, '[students]\nsystem = "State"')
    assert "5 students have no identifier of the system State" in message


def test_two_identifiers_of_the_state_for_one_student_are_refused(refused, state):
    for row in state[PEOPLE]:
        row["studentIdentificationCodes"] = _identity(row["studentReference"]["studentUniqueId"])
    state[PEOPLE][0]["studentIdentificationCodes"] += _identity("other")
    assert "1 students have more than one identifier" in refused(
        state, '[students]\nsystem = "State"'
    )


# 11. Calendars with holes.


def _without_days(state, school, first, last):
    state["calendarDates"] = [
        row
        for row in state["calendarDates"]
        if row["calendarReference"]["schoolId"] not in school
        or not first.isoformat() <= row["date"] <= last.isoformat()
    ]
    state[EVENTS] = [
        row
        for row in state[EVENTS]
        if row["schoolReference"]["schoolId"] not in school
        or not first.isoformat() <= row["eventDate"] <= last.isoformat()
    ]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2021, 10, 1), date(2021, 10, 31), 21),
        (date(2021, 10, 11), date(2021, 10, 29), 15),
        (date(2021, 9, 1), date(2021, 9, 30), 22),
        (date(2021, 10, 29), date(2021, 11, 30), 23),
    ],
)
def test_a_hole_in_one_school_s_calendar_is_reported(read, state, first, last, days):
    _without_days(state, [OTHER_SCHOOL], first, last)
    _, notes = read(state)
    end = max(day for day in SCHOOL_DAYS if day <= last)
    assert (
        "2021-22: calendarDates without school days that most other schools have; nobody counts "
        f"as enrolled on them: {OTHER_SCHOOL}, calendar A, from {first} until {end}, {days} days"
    ) in notes


def test_less_than_three_weeks_within_months_or_at_an_end_are_no_hole(read, state):
    _without_days(state, [OTHER_SCHOOL], date(2021, 10, 11), date(2021, 10, 28))
    _without_days(state, [FAR_SCHOOL], date(2021, 9, 1), date(2021, 9, 28))
    assert "calendarDates" not in read(state)[1]


def test_a_hole_that_all_schools_have_is_reported_once(read, state):
    _without_days(state, [SCHOOL, OTHER_SCHOOL, FAR_SCHOOL], OCTOBER, date(2021, 10, 31))
    _, notes = read(state)
    assert (
        "2021-22: calendarDates hold no school day of any school from 2021-10-05 until 2021-10-31; "
        "fetch them again if there were some"
    ) in notes
    assert notes.count("calendarDates") == 1


def test_summer_is_no_hole(read, state):
    for school in (SCHOOL, OTHER_SCHOOL, FAR_SCHOOL):
        state["calendarDates"].append(calendar_date(school, date(2021, 7, 1)))
    assert "calendarDates" not in read(state)[1]
