"""What is where: on the first screen, on a wide one, on a telephone."""

from playwright.sync_api import Browser, Page, expect

from tests.lib.browser import settle, visit

TELEPHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)
_WRITTEN = "(node, where) => JSON.parse(getComputedStyle(node, where).content)"


def test_the_first_screen_holds_the_answer_the_cards_and_the_top_of_the_chart(
    page: Page, address: str
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    for name in ("", "district", "before_after"):
        visit(page, f"{address}/{name}")
        for part in ("h1", ".st-key-filter_bar", ".st-key-answer", ".st-key-cards"):
            box = page.locator(part).bounding_box()
            assert box["y"] + box["height"] <= 800, (name, part)
        assert page.locator(".stPlotlyChart").first.bounding_box()["y"] <= 720, name


def test_the_product_s_name_stands_above_the_left_edge_of_the_page(
    page: Page, address: str
) -> None:
    visit(page, f"{address}/about")
    header = page.locator(".stAppToolbar")
    assert header.evaluate(_WRITTEN, "::before") == "leapdash"
    for width in (1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        left = header.evaluate("node => parseFloat(getComputedStyle(node).paddingLeft)")
        assert left == page.locator("h1").bounding_box()["x"]


def test_on_a_telephone_the_menu_bears_its_name_and_closes_after_a_choice(
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
    menu = page.get_by_test_id("stExpandSidebarButton")
    assert menu.evaluate(_WRITTEN, "::after") == "Menu"
    menu.tap()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Impact").tap()
    settle(page)
    expect(page.locator("h1")).to_contain_text("What did visits change")
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    for tab in page.get_by_role("tab").all():
        box = tab.bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= 390
    context.close()
