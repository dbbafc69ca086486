"""What a page is called: in the browser's tab, and where a link to it is passed on."""

from collections.abc import Callable
from html import escape

from leapdash.errors import ReleaseError, UsageError
from leapdash.show.answers.pages import PAGES
from leapdash.show.choice import Choice
from leapdash.show.dashboard.filter_bar import in_words
from leapdash.show.doors.pages import on_page
from leapdash.show.doors.reader import Reader, reading
from leapdash.show.endpoint.asked import Chosen, Query, allowed_on, choice_asked, parsed
from leapdash.show.endpoint.reply import ProblemError
from leapdash.show.language import _, speaking
from leapdash.show.opened import OpenedRelease, release_on_show
from leapdash.show.seen_as import SEEN_AS, ways
from leapdash.show.words.about import INVENTED
from leapdash.show.words.compare import name as side_name
from leapdash.show.words.filters import subject


def title_of(page: str, choice: Choice) -> str:
    """What is chosen, the page, the dashboard: Hartford, 9-12 · Impact · leapdash."""
    chosen = in_words(choice).replace(" · ", ", ")
    if choice.school:
        chosen = choice.known.school_label(choice.school)
    elif choice.sides:
        chosen = ", ".join(side_name(side) for side in choice.sides)
    return " · ".join(part for part in (chosen, _(PAGES[page].title), "leapdash") if part)


def told_ahead(path: str, query: bytes, who: Callable[[], Reader]) -> str:
    """What programs that show a link before it is opened look for in the document, as HTML: title
    and description; empty for no page, or where no release can be read.

    Of an address that has something wrong only the page counts. `who`: tells who asks.
    """
    page = path.strip("/") or "start"
    if page not in PAGES:
        return ""
    try:
        one = who()
        offered = ways(one)
        wished, _all_known = offered.wished(_asked(query).get(SEEN_AS, []))
        with reading(on_page(page, offered.seen_by(one, wished))):
            release = release_on_show()
        chosen = _understood(page, release, query)
    except (ReleaseError, UsageError):
        return ""
    with speaking(chosen.language):
        title = title_of(page, chosen.choice)
        told = [_(PAGES[page].question), f"{subject(chosen.choice)}."]
        told += [f"{_(INVENTED)}."] if release.manifest.synthetic else []
    named = {"og:title": title, "og:description": " ".join(told), "og:site_name": "leapdash"}
    tags = [f'<meta property="{name}" content="{escape(said)}">' for name, said in named.items()]
    description = f'<meta name="description" content="{escape(" ".join(told))}">'
    return "\n    ".join((f"<title>{escape(title)}</title>", description, *tags))


def _asked(query: bytes) -> Query:
    try:
        return parsed(query)
    except ProblemError:
        return {}


def _understood(page: str, release: OpenedRelease, query: bytes) -> Chosen:
    try:
        known = {one.name for one in allowed_on(page, release.known)}
        asked = {name: said for name, said in parsed(query).items() if name in known}
        return choice_asked(page, release, asked)
    except ProblemError:
        return choice_asked(page, release, {})
