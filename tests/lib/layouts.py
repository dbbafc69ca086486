"""Exports as student information systems and people lay them out, and what each column is.

The headings are those that systems show in their documentation and exports; the values are made up.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

VALUES: dict[str, Sequence[str]] = {
    "id": ("100234", "100235", "100236", "100237", "100238", "100239"),
    "state id": (
        "9100234551",
        "9100235552",
        "9100236553",
        "9100237554",
        "9100238555",
        "9100239556",
    ),
    "person": ("Abel, Ana", "Berg, Bo", "Cole, Cy", "Diaz, Di", "Ek, Eva", "Fox, Flo"),
    "first": ("Ana", "Bo", "Cy", "Di", "Eva", "Flo"),
    "school code": ("0640111", "0640111", "0640211", "0640211", "0640311", "0640311"),
    "unique code": ("0640111", "0640211", "0640311", "0640411", "0640511", "0640611"),
    "short code": ("640111", "640211", "640311", "640411", "640511", "640611"),
    "school": ("North School", "North School", "South School", "South School", "Hill", "Hill"),
    "unique school": ("North School", "South School", "Hill", "Elm School", "Oak", "Ash"),
    "number": ("101", "101", "102", "102", "103", "103"),
    "district code": ("0640011",) * 6,
    "district": ("Hartford School District",) * 6,
    "grade": ("09", "10", "KG", "PK", "01", "02"),
    "grade words": (
        "Ninth grade",
        "Tenth grade",
        "Kindergarten",
        "First grade",
        "2nd",
        "Grade   3",
    ),
    "numbers from -1": ("9", "10", "0", "-1", "1", "2"),
    "sex": ("F", "M", "F", "M", "X", "F"),
    "sex words": ("Female", "Male", "Female", "Male", "Non-Binary", "Female"),
    "race letters": ("W", "B", "H", "A", "H", "W"),
    "race words": (
        "White",
        "Black or African American",
        "Hispanic/Latino",
        "Asian",
        "White",
        "Two or More Races",
    ),
    "race numbers": ("1", "3", "5", "6", "5", "6"),
    "y n": ("Y", "N", "N", "Y", "N", "N"),
    "yes no": ("Yes", "No", "No", "Yes", "No", "No"),
    "y or empty": ("Y", "", "", "Y", "", ""),
    "el words": ("EL", "Not EL", "Not EL", "EL", "Not EL", "Exited"),
    "iep": ("IEP", "", "", "IEP", "", ""),
    "lunch": ("F", "R", "P", "P", "F", "F"),
    "lunch words": ("Free", "Reduced", "Paid", "Paid", "Free", "Free"),
    "language": ("English", "Spanish", "English", "Polish", "English", "Spanish"),
    "language code": ("en", "es", "en", "pl", "en", "es"),
    "school year": ("2021-2022", "2021-2022", "2021-2022", "2021-2022", "2022-2023", "2022-2023"),
    "one year": ("2022", "2022", "2022", "2022", "2023", "2023"),
    "date": ("9/13/2021", "9/14/2021", "10/4/2021", "10/5/2021", "11/1/2021", "11/30/2021"),
    "iso date": (
        "2021-09-13",
        "2021-09-14",
        "2021-10-04",
        "2021-10-05",
        "2021-11-01",
        "2021-11-30",
    ),
    "either date": ("9/5/2021", "9/6/2021", "10/4/2021", "10/5/2021", "11/1/2021", "11/2/2021"),
    "day first": (
        "13.09.2021",
        "14.09.2021",
        "04.10.2021",
        "05.10.2021",
        "01.11.2021",
        "30.11.2021",
    ),
    "words date": (
        "Sep 13, 2021",
        "Sep 14, 2021",
        "Oct 4, 2021",
        "Oct 5, 2021",
        "Nov 1, 2021",
        "Nov 30, 2021",
    ),
    "start": ("7/15/2021", "7/15/2021", "", "7/15/2021", "", ""),
    "months": ("Sep-21", "Oct-21", "Nov-21", "Sep-21", "Oct-21", "Nov-21"),
    "month names": ("September", "October", "November", "September", "October", "November"),
    "iso months": ("2021-09", "2021-10", "2021-11", "2021-09", "2021-10", "2021-11"),
    "first days": ("9/1/2021", "10/1/2021", "11/1/2021", "9/1/2021", "10/1/2021", "11/1/2021"),
    "days": ("20", "19", "20", "20.0", "18", "20"),
    "fewer": ("18", "19", "15.5", "20", "9", "20"),
    "absent": ("2", "0", "4.5", "0", "9", "0"),
    "codes": ("P", "A", "T", "E", "P", "P"),
    "present absent": ("Present", "Absent", "Present", "Present", "Absent", "Present"),
    "p a": ("P", "A", "P", "P", "A", "P"),
    "share": ("1", "0.5", "0", "1", "1", "0"),
    "reason": ("", "Illness", "", "Family", "", ""),
    "place": ("Home", "Home", "School", "Zoom", "Home", "Library"),
    "contact": ("Met", "No contact", "Met", "Met", "No answer", "Met"),
    "successful": (
        "Successful",
        "Unsuccessful",
        "Successful",
        "Successful",
        "Attempted",
        "Successful",
    ),
    "visitor": ("Teacher", "Community partner", "School staff", "Staff", "Partner", "Staff"),
    "latitude": ("41.76", "41.77", "41.75", "41.74", "41.73", "41.72"),
    "longitude": ("-72.68", "-72.69", "-72.67", "-72.66", "-72.65", "-72.64"),
    "money": ("$120,000", "$130,000", "$125,000", "$110,000", "$90,000", "$95,000"),
    "capacity": ("40", "45", "50", "40", "30", "35"),
    "text": ("Grant report", "Grant report", "Budget", "Budget", "Budget", "Budget"),
    "phone": (
        "860-555-0101",
        "860-555-0102",
        "860-555-0103",
        "860-555-0104",
        "860-555-0105",
        "860-555-0106",
    ),
    "homeroom": ("101A", "102B", "103C", "104D", "105E", "106F"),
    "status": ("Active", "Active", "Inactive", "Active", "Active", "Active"),
    "stamp": (
        "2021-09-13 14:05",
        "2021-09-14 09:00",
        "2021-10-04 10:30",
        "2021-10-05 16:45",
        "2021-11-01 15:00",
        "2021-11-30 12:15",
    ),
}
"""What stands in columns, by a name for it."""


@dataclass(frozen=True)
class Layout:
    """A file: its name, its columns (heading, kind of values, what it is), lines above, separator.

    What a column is: a column of the contract, `days_enrolled of 2021-09` for a month's own, or ""
    for none of them.
    """

    file: str
    columns: tuple[tuple[str, str, str], ...]
    above: tuple[str, ...] = ()
    separator: str = ","

    def text(self) -> str:
        """The file's content."""
        text = StringIO(newline="")
        writer = csv.writer(text, delimiter=self.separator, lineterminator="\r\n")
        for line in self.above:
            writer.writerow([line])
        writer.writerow([heading for heading, _, _ in self.columns])
        writer.writerows(zip(*(VALUES[kind] for _, kind, _ in self.columns), strict=True))
        return text.getvalue()

    def write(self, folder: Path) -> Path:
        """The file in a folder."""
        path = folder / self.file
        path.write_text(self.text(), "utf-8", newline="")
        return path


def _of(text: str) -> tuple[tuple[str, str, str], ...]:
    """Columns from lines of `heading | kind of values | what it is`."""
    parts = [line.split("|") for line in text.strip().splitlines()]
    return tuple((p[0].strip(), p[1].strip(), p[2].strip()) for p in parts)


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "powerschool-students.csv",
        _of("""
        Student_Number | id | student_id
        LastFirst | person |
        Grade_Level | numbers from -1 | grade
        Gender | sex | gender
        Ethnicity | race letters | race_ethnicity
        SchoolID | short code | school_code
        LunchStatus | lunch | meal_eligibility
        Home_Room | homeroom |
        EntryDate | date |
        EnglishLearner | y n | english_learner
        SpecialEducation | y n | disability
        Homeless_Code | y n | homeless
        PrimaryLanguage | language | home_language
        SchoolYear | school year | school_year"""),
    ),
    Layout(
        "powerschool-quick-export.txt",
        _of("""
        [1]Student_Number | id | student_id
        [1]Last_Name | first |
        [1]Grade_Level | grade | grade
        [1]Gender | sex | gender
        [1]Ethnicity | race letters | race_ethnicity
        [39]Name | school |
        [39]School_Number | school code | school_code
        [1]LunchStatus | lunch | meal_eligibility
        S_CT_STU_X.EL | y n | english_learner
        S_CT_STU_X.SpecialEd | y n | disability
        S_CT_STU_X.Homeless | y n | homeless"""),
        separator="\t",
    ),
    Layout(
        "powerschool-attendance.csv",
        _of("""
        Student_Number | id | student_id
        SchoolID | school code | school_code
        Att_Date | date | date
        Att_Code | p a | attended"""),
    ),
    Layout(
        "powerschool-adm-ada-2021-22.csv",
        _of("""
        Student_Number | id | student_id
        Student_Name | person |
        School_Number | school code | school_code
        Month | months | month
        Membership | days | days_enrolled
        Days_Absent | absent | days_attended
        Pct_Attendance | share |"""),
        above=("ADM/ADA by student", ""),
    ),
    Layout(
        "campus-students.csv",
        _of("""
        student.studentNumber | id | student_id
        student.lastName | first |
        student.endYear | one year | school_year
        student.grade | grade | grade
        student.gender | sex | gender
        student.raceEthnicityFed | race words | race_ethnicity
        student.homePrimaryLanguage | language | home_language
        school.number | school code | school_code
        school.name | school |
        lep.status | el words | english_learner
        learningPlan.spedStatus | y n | disability
        pos.lunchEligibility | lunch words | meal_eligibility
        student.homeless | y n | homeless"""),
    ),
    Layout(
        "campus-attendance.csv",
        _of("""
        Student Number | id | student_id
        School Name | school | school_code
        Attendance Date | iso date | date
        Attendance Status | present absent | attended
        Reason | reason | reason"""),
    ),
    Layout(
        "campus-membership.csv",
        _of("""
        Student Number | id | student_id
        School Name | school | school_code
        Month | month names | month
        School Year | school year | month
        Membership Days | days | days_enrolled
        Present Days | fewer | days_attended
        Absent Days | absent |"""),
    ),
    Layout(
        "skyward-students.csv",
        _of("""
        Other ID | id | student_id
        Stu Name | person |
        Entity ID | school code | school_code
        Grd Lvl | grade | grade
        Gender | sex | gender
        Fed Race | race words | race_ethnicity
        ELL | y n | english_learner
        Spec Ed | y n | disability
        Lunch Code | lunch | meal_eligibility
        Homeless | y n | homeless
        Home Lang | language | home_language
        Sch Year | school year | school_year"""),
    ),
    Layout(
        "skyward-absences.csv",
        _of("""
        Other ID | id | student_id
        Sch Code | school code | school_code
        Att Date | date | date
        Absence Type | reason | reason
        Present | share | attended"""),
    ),
    Layout(
        "aeries-students.csv",
        _of("""
        STU.ID | id | student_id
        STU.SC | school code | school_code
        STU.GR | grade | grade
        STU.Sex | sex | gender
        Ethnic Code | race letters | race_ethnicity
        Lang Code | language code | home_language
        EL | y n | english_learner
        SpEd | y n | disability
        FRPM Elig | lunch | meal_eligibility
        Homeless | y n | homeless"""),
    ),
    Layout(
        "aeries-daily.csv",
        _of("""
        Student ID | id | student_id
        School | school | school_code
        Date | day first | date
        All Day | codes | attended"""),
        separator=";",
    ),
    Layout(
        "synergy-students.csv",
        _of("""
        SIS Number | id | student_id
        Student Name | person |
        Organization Name | school | school_code
        School Year | school year | school_year
        Grade | grade words | grade
        Gender | sex words | gender
        Resolved Ethnicity | race words | race_ethnicity
        ELL Status | el words | english_learner
        SPED | yes no | disability
        FRM Eligibility | lunch words | meal_eligibility
        Homeless | yes no | homeless
        Home Language | language | home_language"""),
    ),
    Layout(
        "synergy-attendance.csv",
        _of("""
        SIS Number | id | student_id
        Organization Name | school | school_code
        Att Month | iso months | month
        Days Enrolled | days | days_enrolled
        Total Days Absent | absent | days_attended"""),
    ),
    Layout(
        "ed-fi-enrollment.csv",
        _of("""
        studentUniqueId | id | student_id
        schoolId | school code | school_code
        schoolYear | school year | school_year
        entryGradeLevelDescriptor | grade words | grade
        sexDescriptor | sex words | gender
        raceDescriptor | race words | race_ethnicity
        limitedEnglishProficiencyDescriptor | el words | english_learner
        ideaIndicator | y n | disability
        schoolFoodServiceProgramServiceDescriptor | lunch words | meal_eligibility
        homelessIndicator | y n | homeless
        languageDescriptor | language | home_language"""),
    ),
    Layout(
        "ed-fi-attendance-events.csv",
        _of("""
        studentUniqueId | id | student_id
        schoolId | school code | school_code
        eventDate | iso date | date
        attendanceEventCategoryDescriptor | present absent | attended
        attendanceEventReason | reason | reason"""),
    ),
    Layout(
        "psis-collection-2021-22.csv",
        _of("""
        SASID | id | student_id
        Reporting District | district code |
        Facility Code | school code | school_code
        Grade | grade | grade
        Gender | sex | gender
        Race/Ethnicity | race words | race_ethnicity
        EL | y n | english_learner
        Special Education | y n | disability
        Lunch Program | lunch | meal_eligibility
        Homeless | y n | homeless
        Dominant Language | language | home_language"""),
    ),
    Layout(
        "edsight-directory.csv",
        _of("""
        District Name | district | district_name
        District Code | district code | district_code
        School Name | unique school | school_name
        School Code | unique code | school_code
        Latitude | latitude | latitude
        Longitude | longitude | longitude
        Phone | phone |
        LEAP Start | start | leap_from"""),
    ),
    Layout(
        "wide-months.csv",
        _of("""
        Student ID | id | student_id
        Student Name | person |
        School | school | school_code
        September Days Enrolled | days | days_enrolled of 09
        September Days Absent | absent | days_absent of 09
        October Days Enrolled | days | days_enrolled of 10
        October Days Absent | absent | days_absent of 10"""),
        above=("Attendance 2021-22",),
    ),
    Layout(
        "wide-short-months.csv",
        _of("""
        Stu # | id | student_id
        Sch Code | school code | school_code
        Sep-21 Mem | days | days_enrolled of 2021-09
        Sep-21 Att | fewer | days_attended of 2021-09
        Oct-21 Mem | days | days_enrolled of 2021-10
        Oct-21 Att | fewer | days_attended of 2021-10
        Nov-21 Mem | days | days_enrolled of 2021-11
        Nov-21 Att | fewer | days_attended of 2021-11"""),
    ),
    Layout(
        "wide-numbered-2021-22.csv",
        _of(
            "\n".join(
                [
                    "Student Number | id | student_id",
                    "School Code | school code | school_code",
                    *(
                        f"DaysEnr_{m:02d} | days | days_enrolled of {m:02d}"
                        for m in (9, 10, 11, 12, 1, 2, 3, 4, 5)
                    ),
                    *(
                        f"DaysAbs_{m:02d} | absent | days_absent of {m:02d}"
                        for m in (9, 10, 11, 12, 1, 2, 3, 4, 5)
                    ),
                ]
            )
        ),
    ),
    Layout(
        "everything-in-one.csv",
        _of("""
        Student | id | student_id
        School Code | school code | school_code
        School Name | school | school_name
        District Code | district code | district_code
        District | district | district_name
        Year | school year | school_year
        Grade | grade | grade
        Sex | sex | gender
        Race | race words | race_ethnicity
        EL | yes no | english_learner
        SpEd | yes no | disability
        FRL | lunch words | meal_eligibility
        Homeless? | yes no | homeless
        Language | language | home_language"""),
    ),
    Layout(
        "home visits.csv",
        _of("""
        Student ID | id | student_id
        Visit Date | date | visit_date
        Location | place | place
        Status | contact | contact
        Visitor | visitor | visitor
        Language | language | language
        Notes | text | """),
    ),
    Layout(
        "leap-visit-log.csv",
        _of("""
        SASID | id | student_id
        Date | words date | visit_date
        Where | place | place
        Outcome | successful | contact
        Visited By | visitor | visitor
        Lang | language code | language"""),
        above=("LEAP visit log", "Hartford"),
    ),
    Layout(
        "visits-from-a-form.csv",
        _of("""
        Timestamp | stamp |
        Student Number | id | student_id
        Date of Home Visit | date | visit_date
        Visit Type | place | place
        Was Family Met? | yes no | contact
        Conducted By | visitor | visitor
        Language of Visit | language | language"""),
    ),
    Layout(
        "either-dates.csv",
        _of("""
        Student | id | student_id
        Date | either date | visit_date
        Place | place | place
        Contact | contact | contact
        Who | visitor | visitor
        Language | language | language"""),
    ),
    Layout(
        "schools.csv",
        _of("""
        School | unique school | school_name
        School # | unique code | school_code
        District | district | district_name
        District # | district code | district_code
        Start | start | leap_from"""),
    ),
    Layout(
        "programme-costs.csv",
        _of("""
        District ID | district code | district_code
        District | district |
        Year | school year | school_year
        Total Cost | money | cost
        Visits per Month | capacity | visit_capacity
        Source | text | source"""),
    ),
    Layout(
        "by-hand.csv",
        _of("""
        student no | id | student_id
        building | school | school_code
        sy | school year | school_year
        gr | grade | grade
        m/f | sex | gender
        race | race numbers | race_ethnicity
        ell | y or empty | english_learner
        iep | iep | disability
        lunch | lunch | meal_eligibility
        homeless | y or empty | homeless
        home lang | language | home_language"""),
    ),
    Layout(
        "monthly-totals.csv",
        _of("""
        Pupil No | id | student_id
        Sch | school code | school_code
        Mo | first days | month
        Days Possible | days | days_enrolled
        Days Missed | absent | days_attended"""),
        separator="|",
    ),
    Layout(
        "as-the-contract.csv",
        _of("""
        student_id | id | student_id
        school_code | school code | school_code
        month | iso months | month
        days_enrolled | days | days_enrolled
        days_attended | fewer | days_attended"""),
    ),
    Layout(
        "qmlativ.csv",
        _of("""
 Student Number | id | student_id
 Entity Name | school | school_code
 Enrollment School Year | school year | school_year
 Grade Level Code | grade | grade
 Gender Description | sex words | gender
 Federal Race/Ethnicity Description | race words | race_ethnicity
 English Learner Status | el words | english_learner
 Special Education Status Code | y n | disability
 Food Service Eligibility | lunch words | meal_eligibility
 McKinney-Vento | yes no | homeless
 Language Spoken at Home | language | home_language"""),
    ),
    Layout(
        "esis daily.csv",
        _of("""
 Perm Number | id | student_id
 Organization | school | school_code
 Absence Day | iso date | date
 Day Status | p a | attended
 Reason Text | reason | reason"""),
    ),
    Layout(
        "sheet visits.csv",
        _of("""
 student | id | student_id
 when | date | visit_date
 where visited | place | place
 met? | contact | contact
 visitors | visitor | visitor
 spoken language | language | language"""),
    ),
    Layout(
        "month long.csv",
        _of("""
 STUDENT_NBR | id | student_id
 SCHOOL_CD | school code | school_code
 MONTH_YR | months | month
 DAYS_MEMBERSHIP | days | days_enrolled
 DAYS_ATTENDANCE | fewer | days_attended"""),
    ),
    Layout(
        "wide2.csv",
        _of("""
 Student Number | id | student_id
 School Number | school code | school_code
 Enrolled Sept 2021 | days | days_enrolled of 2021-09
 Enrolled Oct 2021 | days | days_enrolled of 2021-10
 Absent Sept 2021 | absent | days_absent of 2021-09
 Absent Oct 2021 | absent | days_absent of 2021-10"""),
    ),
    Layout(
        "leap schools.csv",
        _of("""
 School | unique school | school_name
 CSDE Code | unique code | school_code
 LEA | district | district_name
 LEA Number | district code | district_code
 Joined LEAP | start | leap_from"""),
    ),
    Layout(
        "genesis.csv",
        _of("""
 Student ID | id | student_id
 Last Name | first |
 Grade | grade | grade
 Sex | sex | gender
 Federal Race Code | race letters | race_ethnicity
 School Code | school code | school_code
 LEP | y n | english_learner
 Special Ed Classification | y n | disability
 Lunch | lunch | meal_eligibility
 Homeless | y n | homeless
 Primary Language | language | home_language
 School Year | school year | school_year"""),
    ),
    Layout(
        "genesis-att.csv",
        _of("""
 Student ID | id | student_id
 School | school | school_code
 Attendance Month | months | month
 Possible Days | days | days_enrolled
 Days Present | fewer | days_attended
 Days Absent | absent |"""),
    ),
    Layout(
        "tyler.csv",
        _of("""
 Student State ID | state id | student_id
 Building Name | school | school_code
 Calendar Date | iso date | date
 Attendance Type | p a | attended
 Absence Reason | reason | reason"""),
    ),
    Layout(
        "illuminate.csv",
        _of("""
 Local Student ID | id | student_id
 Site ID | school code | school_code
 Academic Year | school year | school_year
 Grade Level ID | grade | grade
 Gender | sex | gender
 Race Description | race words | race_ethnicity
 English Proficiency | el words | english_learner
 Is SPED | y n | disability
 SED Lunch | lunch | meal_eligibility
 Is Homeless | y n | homeless
 Home Language | language | home_language"""),
    ),
    Layout(
        "esped.csv",
        _of("""
 Pupil ID | id | student_id
 Enrolled School | school code | school_code
 Year | school year | school_year
 Current Grade Level | grade | grade
 Gender Identity | sex words | gender
 Ethnicity/Race | race words | race_ethnicity
 Multilingual Learner | yes no | english_learner
 Has Disability | yes no | disability
 Free/Reduced Status | lunch words | meal_eligibility
 Homeless Status | yes no | homeless
 Home Language | language | home_language"""),
    ),
    Layout(
        "forms visits.csv",
        _of("""
 Submitted | stamp |
 Student SASID | state id | student_id
 When did the visit take place? | date | visit_date
 Where did you meet? | place | place
 Did you meet the family? | contact | contact
 Who made the visit? | visitor | visitor
 Language spoken during visit | language | language"""),
    ),
    Layout(
        "hv tracker.csv",
        _of("""
 ID# | id | student_id
 HV Date | date | visit_date
 HV Location | place | place
 Contact Made | successful | contact
 Staff/Partner | visitor | visitor
 Lang. | language code | language"""),
    ),
    Layout(
        "wide att.csv",
        _of("""
 Student_ID | id | student_id
 Building | school | school_code
 2021-09 Enrolled | days | days_enrolled of 2021-09
 2021-09 Present | fewer | days_attended of 2021-09
 2021-10 Enrolled | days | days_enrolled of 2021-10
 2021-10 Present | fewer | days_attended of 2021-10"""),
    ),
    Layout(
        "absences_Sep.csv",
        _of("""
 SIS ID | id | student_id
 School Name | school | school_code
 Abs Sep-21 | absent | days_absent of 2021-09
 Mem Sep-21 | days | days_enrolled of 2021-09
 Abs Oct-21 | absent | days_absent of 2021-10
 Mem Oct-21 | days | days_enrolled of 2021-10"""),
    ),
    Layout(
        "school list.csv",
        _of("""
 LEA | district | district_name
 LEA Code | district code | district_code
 Institution Name | unique school | school_name
 State School ID | unique code | school_code
 Lat | latitude | latitude
 Long | longitude | longitude
 LEAP Begin Date | start | leap_from"""),
    ),
    Layout(
        "with-columns-that-mislead.csv",
        _of("""
        Student ID | id | student_id
        Guardian Language | language |
        Sibling Grade | grade |
        Birth Date | date |
        Entry Date | date |
        Parent Gender | sex |
        Hispanic Ethnicity Flag | y n |
        Math Grade | race letters |
        School | school | school_code
        Feeder School Code | school code |
        School Year | school year | school_year
        Grade | grade | grade
        Gender | sex | gender
        Race | race words | race_ethnicity
        EL | y n | english_learner
        EL Exit Date | date |
        SpEd | y n | disability
        Primary Disability Code | number |
        Lunch Status | lunch | meal_eligibility
        Lunch Balance | days |
        Homeless | y n | homeless
        Homeless Unaccompanied Youth | y n |
        Home Language | language | home_language"""),
    ),
    Layout(
        "absences-of-kinds.csv",
        _of("""
        Student ID | id | student_id
        School Code | school code | school_code
        Month | iso months | month
        Days Enrolled | days | days_enrolled
        Excused Absences | absent |
        Unexcused Absences | absent |
        Total Absences | absent | days_attended
        Tardies | absent |"""),
    ),
)
