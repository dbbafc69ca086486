"""A document of HTML as a test reads it: its elements with their attributes and texts."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = ("meta", "br", "img", "link", "input")


@dataclass
class Element:
    """An element: its name, its attributes, the texts in it with those of what it holds."""

    name: str
    attributes: dict[str, str | None]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words, as they stand."""
        return " ".join("".join(self.texts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Element] = []
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.found.append(element)
        if tag not in _EMPTY:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> ends <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        within = self.open[-1:] if self.open and self.open[-1].name in ("script", "style") else None
        for element in self.open if within is None else within:
            element.texts.append(data)


def elements(html: str) -> list[Element]:
    """Every element of the document in order; each that is opened must be closed in its turn."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader.found


def named(found: list[Element], *names: str) -> list[Element]:
    """The elements with one of these names."""
    return [element for element in found if element.name in names]
