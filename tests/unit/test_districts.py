"""A district by its code or name: found, or told what is near, or that there are several."""

import pytest

from leapdash.districts import district_code
from leapdash.errors import UsageError

DISTRICTS = {
    "0430011": "East Hartford School District",
    "0640011": "Hartford School District",
    "0890011": "Union",
    "0930011": "Union",
}


@pytest.mark.parametrize("asked", ["0640011", " hartford SCHOOL district "])
def test_code_or_name_in_any_case(asked):
    assert district_code(asked, DISTRICTS, "the release") == "0640011"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (
            "Hartford",
            "--district Hartford: the release has no district of that name or code.\n"
            "Nearest to it: East Hartford School District (0430011), Hartford School District "
            "(0640011).",
        ),
        ("Hartfrod School District", "Nearest to it: Hartford School District (0640011)"),
        ("064001", "Nearest to it: Hartford School District (0640011)"),
        (
            "Zzz",
            "It has: East Hartford School District (0430011), Hartford School District (0640011), "
            "Union (0890011), Union (0930011).",
        ),
        (
            "union",
            "--district union: the release has 2 districts of that name.\n"
            "Expected the code of one of them: 0890011, 0930011.",
        ),
        ("x" * 500, f"--district {'x' * 120}…: the release"),
    ],
)
def test_what_is_not_one_district_is_told(asked, says):
    with pytest.raises(UsageError) as told:
        district_code(asked, DISTRICTS, "the release")
    assert says in str(told.value)
