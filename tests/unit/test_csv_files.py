"""CSV files as people hand them over: where a record stands, and what keeps it from being read."""

import gzip
from pathlib import Path

import pytest

from leapdash.build.sources.csv_files import first_problem, header, line_numbers


def write(tmp_path: Path, content: bytes, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.lower().endswith(".gz") else content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,2\n",
        b"a,b\r\n1,2\r\n",
        b"a,b\r1,2\r",
        b"a,b\r\n1,2",
        b"\n\na,b\n\n1,2\n\n",
        b'a,b\n"1\r\n3",2\n"4\r5",6\n',
        b'a,b\r\n"1\n3",2\r\n4,5\r\n',
        b"\xef\xbb\xbfa,b\n1,2\n",
    ],
)
@pytest.mark.parametrize("name", ["table.csv", "table.csv.gz", "TABLE.CSV.GZ"])
def test_one_kind_of_line_end_and_any_within_quotes_is_no_problem(
    content: bytes, name: str, tmp_path: Path
) -> None:
    path = write(tmp_path, content, name)
    assert first_problem(path) is None
    assert header(path) == (["a", "b"], True)


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        (b"a,b\n1,2\r\n3,4\n", 2, "ends in CR LF, the lines above end in LF"),
        (b"a,b\r\n1,2\r\n3,4\n", 3, "ends in LF, the lines above end in CR LF"),
        (b"a,b\n1,2\r3,4\n", 2, "ends in CR, the lines above end in LF"),
        (b'a,b\n"1\n3",2\r\n4,5\r\n', 3, "ends in CR LF"),
        (b"a,b\n1,2\n\r\n3,4\n", 3, "ends in CR LF"),
    ],
)
def test_the_first_line_with_another_end_is_told(
    content: bytes, line: int, found: str, tmp_path: Path
) -> None:
    path = write(tmp_path, content)
    problem = first_problem(path)
    assert problem is not None
    assert (problem.line, found in problem.found) == (line, True)
    assert first_problem(path, any_line_end=True) is None


def test_columns_without_a_name_are_called_by_their_numbers(tmp_path: Path) -> None:
    assert header(write(tmp_path, b"a,,b,\n1,2,3,4\n"))[0] == ["a", "column 2", "b", "column 4"]


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert header(write(tmp_path, b"a,b\n\n")) == (["a", "b"], False)


def test_records_are_found_by_the_lines_they_start_on(tmp_path: Path) -> None:
    path = write(tmp_path, b'a,b\n\n"1\n2",3\n4,5\n\n6,7\n')
    assert line_numbers(path, [1, 2, 3]) == {1: 3, 2: 5, 3: 7}
