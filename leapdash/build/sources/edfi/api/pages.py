"""A resource page by page: by cursor where the API has them, else by offset.

By offset a window of changes is read from its last page to its first: a row that changes meanwhile
leaves the window, and what stood behind it moves forward, to pages that are read later. So rows
come twice at most, and none is missed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from leapdash.build.sources.edfi.api.client import Answer, Client
from leapdash.build.sources.web import NotThereError
from leapdash.errors import InputError, shortened

CURSOR, OFFSET = "cursor", "offset"
END = "end"
_MOST_ROWS = 10**9

Row = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Rows, and the position of the page after them: END after the last."""

    rows: list[Row]
    following: str


@dataclass(frozen=True)
class Pages:
    """How the pages of one address are read. `query`: what every request says besides."""

    client: Client
    url: str
    query: Mapping[str, int]
    size: int
    cursors: bool
    snapshot: bool

    def after(self, position: str) -> Iterator[Page]:
        """The pages from a position on; from the first where it is empty."""
        if not position:
            first = self._by_cursor("") if self.cursors else None
            if first is not None:
                yield first
                position = first.following
            else:
                position = f"{OFFSET} {self._last_offset()}"
        while position != END:
            kind, _, at = position.partition(" ")
            page = self._by_cursor(at) if kind == CURSOR else self._by_offset(int(at))
            if page is None:
                raise InputError(
                    f"{shortened(self.url)}: the API doesn't take its own page token any more.\n"
                    "Expected the next page. Start anew in a new folder."
                )
            yield page
            position = page.following

    def forwards(self) -> Iterator[Row]:
        """All rows by offset from the first page on: for what doesn't change, as deletes don't."""
        offset = 0
        while rows := self._rows(self._get(offset=offset, limit=self.size)):
            yield from rows
            offset += len(rows)
            self._check_end(offset)

    def _by_cursor(self, token: str) -> Page | None:
        """The page of a token; None where the API takes none, or sends none along."""
        more: dict[str, str | int] = {"pageSize": self.size}
        if token:
            more["pageToken"] = token
        try:
            answer = self._get(**more)
        except NotThereError as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            return None
        rows = self._rows(answer)
        following = answer.headers.get("next-page-token", "")
        if not following and rows and not token:
            return None
        if following and following == token:
            raise InputError(
                f"{shortened(self.url)}: the API names the same page as the next one.\n"
                "Expected another. Ask the host whether this is an Ed-Fi API."
            )
        return Page(rows, f"{CURSOR} {following}" if following and rows else END)

    def _by_offset(self, offset: int) -> Page:
        rows = self._rows(self._get(offset=offset, limit=self.size))
        if len(rows) > self.size:
            raise InputError(
                f"{shortened(self.url)}: {len(rows):,} rows, though {self.size:,} were asked for.\n"
                "Expected a page. Ask the host whether this is an Ed-Fi API."
            )
        return Page(rows, END if offset == 0 else f"{OFFSET} {max(0, offset - self.size)}")

    def _last_offset(self) -> int:
        """Where the last page begins. The API's count is a first guess, and no more."""
        answer = self._get(offset=0, limit=1, totalCount="true")
        if not self._rows(answer):
            return 0
        said = answer.headers.get("total-count", "")
        filled = 0
        empty = int(said) if said.isascii() and said.isdigit() and len(said) < 12 else self.size
        empty = max(1, empty)
        while self._rows(self._get(offset=empty, limit=1)):
            filled, empty = empty, empty * 2
            self._check_end(empty)
        # Where the count is right, the row before it is the last.
        middle = empty - 1
        while empty - filled > 1:
            if self._rows(self._get(offset=middle, limit=1)):
                filled = middle
            else:
                empty = middle
            middle = (filled + empty) // 2
        return filled // self.size * self.size

    def _check_end(self, offset: int) -> None:
        """Raises InputError where an API has rows at offsets that no resource reaches."""
        if offset > _MOST_ROWS:
            raise InputError(
                f"{shortened(self.url)}: rows at every offset, even {offset:,}.\n"
                "Expected an end. Ask the host whether this is an Ed-Fi API."
            )

    def _get(self, **more: str | int) -> Answer:
        return self.client.get(self.url, {**self.query, **more}, self.snapshot)

    def _rows(self, answer: Answer) -> list[Row]:
        rows = answer.content
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise InputError(
                f"{shortened(self.url)}: answered with {type(rows).__name__}, or with other things "
                "than objects in it.\nExpected a list of objects. Ask the host whether this is an "
                "Ed-Fi API."
            )
        return rows
