"""The district a command was given, by its code or name."""

from collections.abc import Mapping
from difflib import get_close_matches

from leapdash.errors import UsageError, shortened


def district_code(asked: str, districts: Mapping[str, str], where: str) -> str:
    """The code of the district with that code or name, in any case.

    `districts`: names by code; `where`: what holds them, for the message. Raises UsageError where
    there is no such district, with those nearest to it or else all there are, and where several
    have that name.
    """
    wanted = asked.strip().casefold()
    found = [c for c, name in districts.items() if wanted in (c.casefold(), name.casefold())]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"--district {shortened(asked)}: {where} has {len(found)} districts of that name.\n"
            f"Expected the code of one of them: {', '.join(found)}."
        )
    near = [code for code, name in districts.items() if wanted in name.casefold()]
    if not near:
        code_of = {name.casefold(): code for code, name in districts.items()}
        code_of |= {code.casefold(): code for code in districts}
        near = [code_of[word] for word in get_close_matches(wanted, code_of)]
    told = ", ".join(f"{districts[c]} ({c})" for c in dict.fromkeys(near) or districts)
    raise UsageError(
        f"--district {shortened(asked)}: {where} has no district of that name or code.\n"
        f"{'Nearest to it' if near else 'It has'}: {told}."
    )
