"""What a person does in the dashboard, in a real browser, on the demonstration release."""

import csv
import re
from collections.abc import Iterator
from itertools import cycle, pairwise, product
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Dialog, Page, expect

from leapdash.show.charts.base import HEADING_HEIGHT, PICTURE_WIDTH
from leapdash.show.language import LANGUAGES
from tests.lib import examples
from tests.lib.browser import PAGES, serving, settle, visit
from tests.lib.paths import DEMO

WIDTHS = (390, 768, 1280, 1920) if examples.FULL else (390,)

# Of either language.
INVENTED = re.compile("Simulated: these students are invented|estos estudiantes son inventados")
SIMULATED = re.compile("Simulated data|Datos simulados")
TABLE = re.compile("Table|Tabla")
SENTENCE = ".st-key-answer p >> nth=0"

TRIED_IN_EVERY_RUN = ("impact", "district", "compare", "trends", "about")


def download(page: Page, figure: str) -> list[dict[str, str]]:
    with page.expect_download() as under_way:
        page.locator(f".st-key-csv-{figure} button").first.click()
    with under_way.value.path().open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def choose_district(page: Page, name: str) -> None:
    page.locator('[data-testid="stMultiSelect"] input').first.fill(name)
    page.get_by_role("option", name=name).first.click()
    page.keyboard.press("Escape")
    settle(page)


def test_a_page_opened_by_its_address_asks_for_nothing_that_is_not_there(
    page: Page, address: str
) -> None:
    answers: dict[str, int] = {}
    page.on("response", lambda response: answers.update({response.url: response.status}))
    visit(page, f"{address}/trends?districts=Hartford")
    assert [url for url, status in answers.items() if status >= 400] == []
    assert f"{address}/_stcore/health" in answers


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_overflows_fails_goes_unmarked_or_asks_any_host_but_the_app_s_own(
    page: Page, address: str, width: int
) -> None:
    asked: set[str] = set()
    page.set_viewport_size({"width": width, "height": 900})
    page.on("request", lambda request: asked.add(request.url))
    page.on("websocket", lambda socket: asked.add(socket.url))
    errors: list[str] = []
    spoken_by_turns = zip(TRIED_IN_EVERY_RUN, cycle(LANGUAGES), strict=False)
    asked_for = product(PAGES, LANGUAGES) if examples.FULL else spoken_by_turns
    page.on("pageerror", lambda error: errors.append(str(error)))
    for name, spoken in asked_for:
        visit(page, f"{address}/{name}?lang={spoken}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, spoken)
        main = page.locator('[data-testid="stMain"]')
        assert main.evaluate("node => node.scrollWidth <= node.clientWidth"), (name, spoken)
        expect(page.locator(".stMarkdownBadge", has_text=INVENTED)).to_be_visible()
        for chart in page.locator('[data-testid="stPlotlyChart"]').all():
            expect(chart).to_contain_text(SIMULATED)
            chart.hover()
        for table in page.locator("summary", has_text=TABLE).all():
            table.click()
        settle(page)
        for broken in ("stException", "stAlertContentError"):
            assert page.locator(f'[data-testid="{broken}"]').count() == 0, (name, spoken)
    assert errors == []
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(address).netloc}


def test_published_rates_are_on_screen_and_in_the_download(page: Page, address: str) -> None:
    visit(page, f"{address}/district?districts=Hartford&time=School+years")
    years = page.locator(".st-key-figure-district-years")
    for rate in ("90.8%", "83.3%", "85.6%", "94.8%", "92.9%", "91.7%"):
        expect(years).to_contain_text(rate)
    rows = download(page, "district-years")
    published = {
        row["period"]: row["attendance_rate"]
        for row in rows
        if row["data"] == "published" and "Hartford" in row["series"]
    }
    assert published == {"2019-20": "0.9082", "2020-21": "0.8325", "2021-22": "0.8564"}
    assert {row["data"] for row in rows} == {"published", "simulated"}


def test_filters_stay_across_pages_reloads_and_shared_links(page: Page, address: str) -> None:
    visit(page, f"{address}/impact")
    choose_district(page, "Hartford")
    page.get_by_role("button", name="6-8", exact=True).click()
    settle(page)
    page.get_by_role("link", name="Trends").click()
    page.get_by_role("heading", name="How have attendance and chronic absence moved?").wait_for()
    settle(page)
    assert parse_qs(urlsplit(page.url).query) == {"districts": ["Hartford"], "levels": ["6-8"]}
    answer = page.locator(SENTENCE).inner_text()
    assert "Hartford" in answer
    page.reload()
    page.locator(SENTENCE).wait_for()
    expect(page.locator(SENTENCE)).to_have_text(answer)

    shared = page.context.new_page()
    visit(shared, page.url)
    expect(shared.locator(SENTENCE)).to_have_text(answer)
    shared.close()


def test_back_and_forward_undo_and_redo_a_choice_and_the_tab_s_title_names_it(
    page: Page, address: str
) -> None:
    visit(page, f"{address}/impact?districts=0640011")
    expect(page).to_have_title("Hartford · Impact · leapdash")
    hartford = page.locator(SENTENCE).inner_text()
    level = page.get_by_role("button", name="9-12", exact=True)
    level.click()
    expect(page).to_have_title("Hartford, 9-12 · Impact · leapdash")
    settle(page)
    high_schools = page.locator(SENTENCE).inner_text()
    page.get_by_role("link", name="Trends").click()
    expect(page).to_have_title("Hartford, 9-12 · Trends · leapdash")
    settle(page)
    for _ in range(2):
        page.go_back()
    expect(page).to_have_title("Hartford · Impact · leapdash")
    expect(page.locator(SENTENCE)).to_have_text(hartford)
    expect(level).to_have_attribute("aria-pressed", "false")
    assert parse_qs(urlsplit(page.url).query) == {"districts": ["0640011"]}
    page.go_forward()
    expect(page).to_have_title("Hartford, 9-12 · Impact · leapdash")
    expect(page.locator(SENTENCE)).to_have_text(high_schools)
    expect(level).to_have_attribute("aria-pressed", "true")


def test_enter_takes_the_best_match_and_every_district_chosen_stays_in_sight(
    page: Page, address: str
) -> None:
    visit(page, f"{address}/impact")
    box = page.locator('[data-testid="stMultiSelect"]')
    for name in ("Hartford", "New Haven", "Bridgeport", "Waterbury", "New London", "East Hartford"):
        box.locator("input").fill(name.lower())
        page.keyboard.press("Enter")
    settle(page)
    chips = box.locator("[data-tag]")
    expect(chips).to_have_count(6)
    page.set_viewport_size({"width": 800, "height": 900})
    outside = """chips => { const box = chips[0].closest('.stMultiSelect').getBoundingClientRect();
      return chips.map(chip => chip.getBoundingClientRect()).filter(chip =>
        chip.left < box.left || chip.right > box.right || chip.bottom > box.bottom).length; }"""
    assert chips.evaluate_all(outside) == 0


def test_embedded_a_page_has_no_menu_and_keeps_its_stamp(page: Page, address: str) -> None:
    visit(page, f"{address}/district?districts=Hartford&embed=true")
    expect(
        page.locator(".stMarkdownBadge", has_text="Simulated: these students are invented")
    ).to_be_visible()
    expect(page.get_by_role("link", name="Trends")).to_have_count(0)
    page.get_by_role("button", name="6-8", exact=True).click()
    settle(page)
    assert parse_qs(urlsplit(page.url).query)["embed"] == ["true"]
    expect(
        page.locator(".stMarkdownBadge", has_text="Simulated: these students are invented")
    ).to_be_visible()


def test_a_hostile_address_shows_the_page_and_runs_nothing(page: Page, address: str) -> None:
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    attack = "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"
    visit(
        page, f"{address}/trends?districts={attack}&levels=K-99&group=..%2F..%2Fetc&years={attack}"
    )
    expect(page.locator(".st-key-answer")).to_be_visible()
    assert dialogs == []
    assert "onerror" not in page.locator('[data-testid="stMain"]').inner_html()


def test_a_choice_with_nothing_behind_it_can_be_widened(page: Page, address: str) -> None:
    visit(page, f"{address}/before_after?districts=Greenwich")
    expect(page.locator(".st-key-empty")).to_contain_text("Greenwich")
    page.locator(".st-key-empty").get_by_role("button", name="All districts").click()
    settle(page)
    expect(page.locator(".st-key-answer")).to_contain_text("points")
    assert "districts" not in page.url


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.full)])
def test_every_check_opens_to_its_evidence_and_nothing_overflows(
    page: Page, address: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, f"{address}/before_after?districts=Hartford")
    charts = page.locator('[data-testid="stPlotlyChart"]')
    assert charts.count() == 3
    for number, check in enumerate(("recent", "alike", "schoolmates", "left-out")):
        page.locator(f".st-key-check-{check} summary").first.click()
        expect(page.locator(".st-key-check-" + check + " h3").first).to_be_visible()
        expect(charts).to_have_count((4, 7, 8, 8)[number])
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    main = page.locator('[data-testid="stMain"]')
    assert main.evaluate("node => node.scrollWidth <= node.clientWidth")
    levels = [
        int(tag[1])
        for tag in page.eval_on_selector_all(
            "h1, h2, h3", "nodes => nodes.map(node => node.tagName)"
        )
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_too_few_students_are_withheld_hatched_with_a_way_on(page: Page, address: str) -> None:
    visit(page, f"{address}/before_after?districts=New+London&levels=6-8")
    withheld = page.locator(".st-key-withheld")
    expect(withheld).to_contain_text("nothing is shown for fewer than 20")
    assert "gradient" in withheld.evaluate("node => getComputedStyle(node).backgroundImage")
    withheld.get_by_role("button", name="All levels").click()
    settle(page)
    expect(page.locator(".st-key-answer")).to_contain_text("points more of their days")


def test_on_a_telephone_filters_fold_behind_one_switch_that_says_the_choice(
    page: Page, address: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, f"{address}/impact?districts=Hartford")
    widget = page.locator('[data-testid="stMultiSelect"]').first
    expect(widget).to_be_hidden()
    switch = page.locator(".st-key-filters_open")
    expect(switch).to_contain_text("Hartford")
    switch.locator("label").click()
    expect(widget).to_be_visible()


@pytest.mark.parametrize(
    "at",
    [
        pytest.param("impact?beside=What+differs", marks=pytest.mark.full),
        pytest.param("impact?beside=Student+groups&districts=Hartford", marks=pytest.mark.full),
        "district?districts=Hartford&time=Effect+of+visits",
    ],
)
def test_forest_plots_fit_a_telephone_and_are_told_in_words(
    page: Page, address: str, at: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, f"{address}/{at}")
    assert page.locator('[data-testid="stMain"]').evaluate("n => n.scrollWidth <= n.clientWidth")
    plots = page.get_by_role("figure", name="Forest plot")
    assert plots.count() >= 1
    expect(plots.last).to_contain_text("Effect in points of attendance")
    levels = page.locator("h1, h2, h3").evaluate_all("nodes => nodes.map(n => n.tagName)")
    assert levels[0] == "H1"
    assert set(levels[1:]) == {"H2"}


def test_a_forest_plot_s_file_has_the_effect_and_the_plain_change(page: Page, address: str) -> None:
    visit(page, f"{address}/impact?districts=Hartford")
    rows = download(page, "impact-effects")
    assert rows[0]["series"] == "Hartford"
    effect, plain = float(rows[0]["effect"]), float(rows[0]["naive_change"])
    assert float(rows[0]["low"]) < effect < float(rows[0]["high"])
    assert plain > effect
    assert {row["data"] for row in rows} == {"simulated"}


@pytest.mark.parametrize("width", [390, 1280])
def test_the_toolbar_gives_a_picture_with_its_title_choice_and_stamp_which_the_page_cuts_off(
    page: Page, address: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, f"{address}/trends?districts=Hartford")
    chart = page.locator('[data-testid="stPlotlyChart"]').first
    heading = chart.get_by_text("Attendance by month").first.bounding_box()
    box = page.locator(".st-key-figure-trends-attendance").bounding_box()
    below = page.locator(".st-key-foot-trends-attendance").bounding_box()
    assert heading["y"] + heading["height"] <= box["y"] + HEADING_HEIGHT
    assert abs(box["y"] + box["height"] - below["y"]) < 60
    chart.hover()
    with page.expect_download() as under_way:
        page.locator('[data-title^="Download"]').first.click()
    assert under_way.value.suggested_filename.startswith("leapdash-trends-attendance")
    picture = np.asarray(Image.open(under_way.value.path()).convert("L"))
    top = 2 * HEADING_HEIGHT
    assert picture.shape == (2 * box["height"], 2 * PICTURE_WIDTH)
    title, choice = picture[: top // 2], picture[top // 2 : top]
    stamp = picture[-40:]
    for part in (title, choice, stamp):
        written = np.flatnonzero((part < 160).any(axis=0))
        # Whole words, flush left: cut off, they would begin at the very edge.
        assert 2 < written[0] < 20
        assert written[-1] > 200


@pytest.mark.full
@pytest.mark.parametrize(
    "at",
    [
        "impact?districts=Hartford",
        *(
            f"impact?districts=Hartford&beside={tab}"
            for tab in ("What+differs", "Reached", "Where+next")
        ),
        "district?districts=Hartford&time=Months",
        "district?districts=Hartford&time=Schools+and+chance",
        "school?districts=Hartford&beside_school=Chronic+absence",
        *(f"groups?gap={gap}" for gap in ("Attendance", "Chronic+absence", "Reached", "Effect")),
        *(f"visits?beside_visits={tab}" for tab in ("How+soon", "From+eligible+to+met")),
        "visits?districts=Hartford&beside_visits=School+by+school",
        "compare?a_districts=Hartford&b_districts=New+Haven",
        "trends?districts=Hartford&lines=Student+groups",
        "before_after?districts=Hartford",
    ],
)
def test_the_picture_of_every_chart_has_its_title_its_choice_and_its_stamp(
    page: Page, address: str, at: str
) -> None:
    visit(page, f"{address}/{at}")
    charts = page.locator('[data-testid="stPlotlyChart"]')
    assert charts.count() >= 1
    for chart in charts.all():
        chart.hover()
        with page.expect_download() as under_way:
            chart.locator('[data-title^="Download"]').click()
        picture = np.asarray(Image.open(under_way.value.path()).convert("L"))
        top = 2 * HEADING_HEIGHT
        for part in (picture[: top // 2], picture[top // 2 : top], picture[-40:]):
            written = np.flatnonzero((part < 160).any(axis=0))
            assert 2 < written[0] < 20
            assert written[-1] > 200


@pytest.fixture(scope="module")
def empty_store_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(LEAPDASH_STORE=str(tmp_path_factory.mktemp("store"))) as at:
        yield at


def test_a_store_without_a_release_shows_the_command_that_builds_one(
    page: Page, empty_store_address: str
) -> None:
    visit(page, empty_store_address)
    expect(page.locator("h1")).to_have_text("There is no release to show")
    expect(page.locator("code")).to_contain_text("python -m leapdash build")


def test_every_page_address_works_on_a_fresh_server(browser: Browser) -> None:
    for name in PAGES[1:3] if examples.FULL else PAGES[1:2]:
        with serving() as fresh:
            page = browser.new_page()
            visit(page, f"{fresh}/{name}?districts=Hartford")
            expect(page.locator(".st-key-answer")).to_contain_text("Hartford")
            assert page.get_by_text("Page not found").count() == 0
            page.close()


def test_the_committed_release_is_the_one_on_show(page: Page, address: str) -> None:
    shown = (DEMO / "current").read_text().strip()
    visit(page, f"{address}/about")
    expect(page.locator('[data-testid="stMain"]')).to_contain_text(shown)


def test_a_chart_is_taken_away_as_csv_excel_svg_and_link(page: Page, address: str) -> None:
    visit(page, f"{address}/trends?districts=Hartford")
    name = "trends-attendance"
    with page.expect_download() as under_way:
        page.locator(f".st-key-xlsx-{name} button").click()
    assert under_way.value.suggested_filename.endswith(".xlsx")
    assert under_way.value.path().read_bytes()[:2] == b"PK"
    foot = page.locator(f".st-key-foot-{name}")
    with page.expect_download() as under_way:
        foot.get_by_role("button", name="SVG").click()
    assert under_way.value.suggested_filename.endswith(".svg")
    drawn = under_way.value.path().read_text("utf-8")
    assert "Simulated data" in drawn
    assert "Hartford" in drawn
    foot.get_by_role("button", name="Copy link").click()
    expect(foot.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{address}/trends?districts=Hartford#{name}"
    page.set_viewport_size({"width": 390, "height": 500})
    page.goto("about:blank")
    visit(page, link)
    expect(page.locator(f".st-key-figure-{name}")).to_be_in_viewport()
