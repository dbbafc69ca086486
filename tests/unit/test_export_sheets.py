"""How files of exports are opened: letters, separators, titles above, headings in two lines."""

import gzip

import pytest

from leapdash.build.sources.exports.given import files_given, sheets_of
from leapdash.build.sources.exports.headings import header_for, likely_header
from leapdash.build.sources.exports.text import text_sheet
from leapdash.errors import InputError


@pytest.fixture
def sheet(tmp_path):
    """A sheet of a text file with that content."""

    def of(content, name="x.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return text_sheet(path, name, **options)

    return of


def lines(sheet):
    return list(sheet.records())


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_makes_columns(sheet, separator):
    rows = [["Name", "City, State", "n"], ["a", "x, y", "1"], ["b", "z", "2"]]
    text = "\r\n".join(separator.join(f'"{c}"' if "," in c else c for c in row) for row in rows)
    assert [values for _, values in lines(sheet(text))] == rows


def test_windows_1252_is_read_where_the_file_plainly_is(sheet):
    found = sheet("Peña,É\n1,2\n".encode("cp1252"))
    assert lines(found)[0] == (1, ["Peña", "É"])
    assert found.notes == ["x.csv: read as Windows-1252, as it isn't UTF-8"]


def test_utf_8_with_one_bad_byte_is_not_taken_for_windows_1252(sheet):
    with pytest.raises(InputError, match=r"x\.csv, row 2: bytes that are not utf-8"):
        lines(sheet("Peña,b\n1,".encode() + b"\xe9\n"))


def test_the_mapping_s_word_on_letters_counts(sheet):
    both = "Ã±,b\n".encode("cp1252")  # ñ in UTF-8
    assert lines(sheet(both))[0][1][0] == "ñ"
    assert lines(sheet(both, encoding="windows-1252"))[0][1][0] == "Ã±"


def test_utf_16_and_gzip_are_read(sheet):
    assert lines(sheet("a\tb\r\nñ\t2\r\n".encode("utf-16")))[1] == (2, ["ñ", "2"])
    assert lines(sheet(gzip.compress(b"a,b\n1,2\n"), "x.csv.gz"))[1] == (2, ["1", "2"])


def test_rows_are_numbered_by_the_line_they_begin_on(sheet):
    found = lines(sheet('a,b\n\n"x\ny",1\n , \nz,2\n'))
    assert [line for line, _ in found] == [1, 3, 6]


def test_a_file_that_ends_within_a_line_is_noted(sheet):
    assert sheet("a,b\n1,2").notes == [
        "x.csv: its last line has no line end; if it was cut off, rows are missing"
    ]


def test_a_header_below_titles_is_found_by_its_names(sheet):
    found = sheet("Report of days\nPrinted 9/5/2022\n\nStudent,Days\nx,1\n")
    assert header_for(found, ["days", "STUDENT"]).lines == (4,)
    assert likely_header(found).names == ("Student", "Days")
    assert header_for(found, ["days"], said=(1,)).names == ("Report of days",)


def test_headings_in_two_lines_are_put_together(sheet):
    found = sheet("T,,,,\n,,September,,October,\nID,School,Enr,Abs,Enr,Abs\n1,2,3,4,5,6\n")
    expected = ("ID", "School", "September Enr", "September Abs", "October Enr", "October Abs")
    assert likely_header(found).names == expected
    assert header_for(found, ["ID", "October Abs"]).lines == (2, 3)
    down = sheet("ID,School,September,,October,\n,,Enr,Abs,Enr,Abs\n1,2,3,4,5,6\n", "y.csv")
    assert likely_header(down).names == expected


def test_headings_that_are_there_twice_are_numbered(sheet):
    found = sheet("ID,Days,days,\n1,2,3,4\n")
    assert likely_header(found).names == ("ID", "Days (1)", "days (2)", "column 4")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("x.pdf", b"%PDF", "a kind of file that isn't read"),
        ("x.csv", b"PK\x03\x04", "a workbook or ZIP archive"),
        ("x.csv", b"", "the file is empty"),
        ("x.csv", b"a,b\n\0,1\n", "bytes that are no text (NUL)"),
        ("x.duckdb", b"nothing", "can't be read ("),
        ("x.parquet", b"PAR1", "can't be read ("),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, name, content, found):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as refused:
        list(sheets_of(tmp_path / name)[0].records())
    assert f"{name}: {found}" in str(refused.value)


def test_the_same_file_given_twice_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n")
    with pytest.raises(InputError, match=r"x\.csv: the same file is given twice"):
        files_given([tmp_path, tmp_path / "x.csv"])
