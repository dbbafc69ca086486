"""The dashboard run in-process: a page opened at its address, and what stands on it."""

from streamlit.testing.v1 import AppTest

from tests.lib.paths import ROOT


def opened(page: str = "impact", **query: list[str]) -> AppTest:
    """The app at a page's address, run; whatever an earlier run raised fails the test."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, values in query.items():
        app.query_params[name] = values
    app.run()
    if page != "start":
        app.switch_page(f"pages/{page}.py").run()
    assert broken(app) == []
    return app


def broken(app: AppTest) -> list[str]:
    """What a run raised, and what it told of by a reference alone."""
    return [error.value for error in (*app.exception, *app.error)]


def said(app: AppTest) -> str:
    """All text on the page, as the reader sees it."""
    headings = [*app.title, *app.header, *app.subheader]
    parts = [*app.markdown, *app.caption, *headings, *app.warning]
    return "\n".join(part.value for part in parts).replace("\\", "")


def cards(app: AppTest) -> dict[str, str]:
    """What each card on the page shows, by its label."""
    return {card.label: card.value for card in app.metric}
