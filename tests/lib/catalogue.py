"""Every text of the show side, as a template for translators; and the catalogues held to it.

`python -m tests.lib.catalogue` (`make translations`) brings locale/*.po up to date: new texts come
in empty, texts that nothing says any more go.
"""

from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from leapdash import contract
from leapdash.show.language import CATALOGUES
from tests.lib.paths import ROOT

SHOW = ROOT / "leapdash" / "show"
KEYWORDS = {"_": None, "_n": (1, 2), "N_": None}
_CODED = (
    *("GROUPS", "LEVELS", "LANGUAGES", "PLACES", "VISITORS", "VISIT_COUNTS", "PARTICIPATION"),
    *("EFFECT_GROUPS", "NOT_IN_GROUPS", "LEFT_OUT"),
)


_UNTOLD = (
    *('"Project-Id', '"Report-Msgid', '"POT-Creation', '"PO-Revision', '"Last-Trans'),
    *('"Language-Team', '"Generated-By'),
)
_HEADER = """# leapdash in another language: each text (msgid) and its translation (msgstr).
# What stands in {braces} or <tags> is kept as it is, wherever the sentence needs it."""


def template() -> Catalog:
    """All messages, in the order of their files, each with where it is said."""
    catalogue = Catalog(header_comment=_HEADER, fuzzy=False)
    found = extract_from_dir(
        SHOW, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
    )
    for name, line, message, comments, context in sorted(found, key=lambda m: (m[0], m[1])):
        catalogue.add(message, None, [(name, line)], auto_comments=comments, context=context)
    for message in from_the_contract():
        catalogue.add(message, None, [("leapdash/contract", 1)])
    return catalogue


def from_the_contract() -> Iterator[str]:
    """What codes and tables mean, and the rules: said on the pages, written in the contract."""
    for name in _CODED:
        yield from getattr(contract, name).values()
    yield from contract.RULES.values()
    for table in (*contract.SUMMARY_TABLES, *contract.PUBLIC_TABLES):
        yield from (table.meaning, table.grain)


def pseudo() -> Catalog:
    """A language for tests: every text as in English, between ⟦ and ⟧."""
    catalogue = template()
    catalogue.locale = "en"
    for message in catalogue:
        if message.id:
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            marked = tuple(f"⟦{form}⟧" for form in forms)
            message.string = marked if isinstance(message.id, tuple) else marked[0]
    return catalogue


def compiled(catalogue: Catalog) -> GNUTranslations:
    """The catalogue as texts are looked up in it."""
    file = BytesIO()
    write_mo(file, catalogue)
    file.seek(0)
    return GNUTranslations(file)


def read(code: str) -> Catalog:
    """The catalogue of a language as it is kept."""
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def as_text(catalogue: Catalog) -> bytes:
    """The catalogue as a file: no line numbers and no dates, which change with every edit."""
    for text in catalogue:
        text.flags.discard("python-format")  # gaps are {named}; a % is a per cent sign or a chart's
    written = BytesIO()
    write_po(written, catalogue, width=99, include_lineno=False, ignore_obsolete=True)
    lines = written.getvalue().decode("utf-8").split("\n")
    return "\n".join(line for line in lines if not line.startswith(_UNTOLD)).encode("utf-8")


def update(path: Path) -> None:
    """Bring a language's file up to date."""
    catalogue = read(path.stem)
    catalogue.update(template(), no_fuzzy_matching=True, update_header_comment=True)
    path.write_bytes(as_text(catalogue))


if __name__ == "__main__":
    for file in sorted(CATALOGUES.glob("*.po")):
        update(file)
