"""The language on show, and everything said in it.

English is written where it is said, in whole sentences with named gaps; another language is a
catalogue of the same sentences, `locale/CODE.po`, which a translator edits without Python. Which
language is meant is set once for a run of a page, a briefing or a request; texts are put together
when they are said, never before.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).with_name("locale")
PROSE = Path(__file__).with_name("prose")
DEFAULT = "en"
LANGUAGES: Mapping[str, str] = {DEFAULT: "English"} | {
    path.stem: (Locale.parse(path.stem).get_language_name() or path.stem).capitalize()
    for path in sorted(CATALOGUES.glob("*.po"))
}
"""The languages there are, by ISO 639 code, each by its own name."""

T = TypeVar("T")

_spoken: ContextVar[str] = ContextVar("spoken", default=DEFAULT)


def language() -> str:
    """The code of the language on show, one of LANGUAGES."""
    return _spoken.get()


def locale() -> Locale:
    """How numbers and dates are written: as the language is in the United States."""
    return _locale(language())


def speak(code: str) -> None:
    """From here on, in this run, texts are of this language. KeyError where there is none such."""
    if code not in LANGUAGES:
        raise KeyError(code)
    _spoken.set(code)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within, texts are of this language."""
    before = _spoken.get()
    speak(code)
    try:
        yield
    finally:
        _spoken.set(before)


def in_this_language(make: Callable[[], T]) -> Callable[[], T]:
    """The same function, for a later time: it then speaks the language spoken now."""
    code = language()

    def spoken() -> T:
        with speaking(code):
            return make()

    return spoken


def _(message: str, /, **values: object) -> str:
    """The message in the language on show, its gaps filled."""
    text = _catalogue(language()).gettext(message)
    return text.format(**values) if values else text


def _n(one: str, many: str, number: int, /, **values: object) -> str:
    """The message for so many in the language on show, its gaps filled; the number is no gap of
    its own.
    """
    text = _catalogue(language()).ngettext(one, many, number)
    return text.format(**values) if values else text


def N_(message: str) -> str:  # noqa: N802  (its usual name)
    """The message as it is: marked for the catalogues, to be said with `_` later."""
    return message


def prose(name: str) -> str:
    """A longer text in Markdown, prose/NAME.CODE.md; in English where the language has none."""
    own = PROSE / f"{name}.{language()}.md"
    return (own if own.exists() else PROSE / f"{name}.{DEFAULT}.md").read_text("utf-8")


@cache
def _locale(code: str) -> Locale:
    return Locale(code, "US")


@cache
def _catalogue(code: str) -> NullTranslations:
    if code == DEFAULT:
        return NullTranslations()
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
