"""What is where: on the first screen, on a wide one, on a telephone."""

from playwright.sync_api import Browser, Page, expect

from tests.lib.browser import settle, visit

TELEPHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)
PAGES = [
    "Start",
    "Impact",
    "District",
    "School",
    "Groups",
    "Visits",
    "Compare",
    "Trends",
    "Before and after",
    "Home visits",
    "Glossary",
    "About",
]


def test_the_first_screen_holds_the_answer_the_cards_and_the_top_of_the_chart(
    page: Page, address: str
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    for name in ("impact", "district"):
        visit(page, f"{address}/{name}")
        for part in ("h1", ".st-key-filter_bar", ".st-key-answer", ".st-key-cards"):
            box = page.locator(part).bounding_box()
            assert box["y"] + box["height"] <= 800, (name, part)
        assert page.locator(".stPlotlyChart").first.bounding_box()["y"] <= 720, name


def test_the_product_s_name_stands_above_the_left_edge_of_the_page(
    page: Page, address: str
) -> None:
    visit(page, f"{address}/about")
    name = page.locator(".st-key-pages p").first
    expect(name).to_have_text("leapdash")
    for width in (1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert name.bounding_box()["x"] == page.locator("h1").bounding_box()["x"]


def test_all_pages_are_linked_on_one_line_and_the_current_one_is_marked_also_for_who_only_hears_it(
    page: Page, address: str
) -> None:
    for name, title in (("", "Start"), ("glossary", "Glossary")):
        visit(page, f"{address}/{name}")
        row = page.get_by_role("navigation")
        links = row.get_by_role("link")
        assert len({round(link.bounding_box()["y"]) for link in links.all()}) <= 2
        assert row.bounding_box()["height"] <= 48
        current = row.locator('[aria-current="page"]')
        assert current.all_inner_texts() == [title]
        assert current.evaluate("node => getComputedStyle(node).boxShadow") != "none"
    links.filter(has_text="Impact").click()
    page.get_by_role("heading", name="What did visits change").wait_for()
    settle(page)
    assert row.locator('[aria-current="page"]').all_inner_texts() == ["Impact"]


def test_a_district_found_by_name_is_one_click_away_and_back_leads_to_the_first_page(
    page: Page, address: str
) -> None:
    visit(page, address)
    page.locator(".st-key-find_district input").fill("Hartford")
    page.get_by_role("option", name="Hartford", exact=True).click()
    page.get_by_role("link", name="Open the page of Hartford").click()
    page.get_by_role("heading", name="How does one district stand").wait_for()
    settle(page)
    assert page.url == f"{address}/district?districts=Hartford"
    page.go_back()
    page.get_by_role("heading", name="What did home visits do").wait_for()
    assert page.url.rstrip("/") == address


def test_a_word_of_the_glossary_has_an_address_of_its_own(page: Page, address: str) -> None:
    visit(page, f"{address}/glossary#waiting")
    expect(page.locator("#waiting")).to_be_in_viewport()
    word = page.locator("#waiting").bounding_box()
    meaning = page.locator(".st-key-term-waiting p").last.bounding_box()
    assert word["y"] + word["height"] <= meaning["y"]


def test_on_a_telephone_every_page_and_tab_is_in_sight_by_its_name(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        user_agent=TELEPHONE,
        is_mobile=True,
        has_touch=True,
    )
    page = context.new_page()
    visit(page, f"{address}/about")
    links = page.locator(".st-key-pages").get_by_role("link")
    assert [link.inner_text().split("\n")[-1] for link in links.all()] == PAGES
    for link in links.all():
        box = link.bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= 390
    links.filter(has_text="Impact").tap()
    settle(page)
    expect(page.locator("h1")).to_contain_text("What did visits change")
    for tab in page.get_by_role("tab").all():
        box = tab.bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= 390
    context.close()
