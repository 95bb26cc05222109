"""The page as a person sees and uses it, in a real Chromium, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from operations.report.model import Link, Possibility, Proof, Reading, Report
from operations.report.page import page
from tests.operations.report.reports import many, move_a_secret, report_of
from tools.browser import find_browser

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find_browser()
    assert path, "there is no Chromium; type make browser"
    for change in (None, move_a_secret):
        report_of(change)  # builds run an event loop of their own, and Playwright has one in this thread
    with sync_playwright() as driver:
        # A container's root has no user namespace for Chromium's sandbox; the page is our own.
        running = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


class Opened:
    """A page that is open, with what went wrong in it."""

    def __init__(self, browser: Browser, report: Report, folder: Path, **options: object) -> None:
        self.file = folder / "page.html"
        self.file.write_text(page(report), encoding="utf-8")
        self.page: Page = browser.new_page(**options)  # type: ignore[arg-type] options of one kind each
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._requested)
        self.page.goto(self.file.as_uri())

    def _requested(self, request: Request) -> None:
        self.requests.append(request.url)

    def workloads(self) -> list[str]:
        """The workloads that are to be seen, in the list and, if there is one, in the matrix."""
        listed = self.page.locator("#list > details:visible").all()
        return [row.get_attribute("data-workload") or "" for row in listed]

    def matrix(self) -> list[str]:
        return self.page.locator(".matrix tbody tr:visible th").all_inner_texts()

    def check(self) -> None:
        assert self.faults == []
        assert self.requests == [self.file.as_uri()]


@pytest.fixture
def moved(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """The page on a secret that moves from web to worker."""
    opened = Opened(browser, report_of(move_a_secret), tmp_path)
    yield opened
    opened.check()
    opened.page.close()


def test_the_change_is_the_first_thing_on_the_page(moved: Opened) -> None:
    assert moved.page.locator("h1").inner_text() == (
        "dev: worker may now read payment-api-key; web may no longer read payment-api-key"
    )
    changes = moved.page.locator(".changes li").all_inner_texts()
    assert [change.split(" of ")[0] for change in changes[:2]] == [
        "worker may now read payment-api-key",
        "web may no longer read payment-api-key",
    ]
    height = moved.page.viewport_size
    box = moved.page.locator(".changes").bounding_box()
    assert height
    assert box
    assert box["y"] + box["height"] < height["height"], "it is on the first screen"


def test_search_and_filters_narrow_the_list_and_the_matrix(moved: Opened) -> None:
    assert moved.workloads() == moved.matrix() == ["web", "worker"]
    moved.page.fill("#search", "worker-pass")
    assert moved.workloads() == moved.matrix() == ["worker"]
    assert moved.page.locator("#count").inner_text() == "1 of 2 workloads"
    moved.page.fill("#search", "")
    moved.page.select_option("#technique", "csi")
    assert moved.workloads() == ["web"]
    moved.page.keyboard.press("Escape")
    assert moved.workloads() == ["web", "worker"]


def test_the_keyboard_reaches_everything(moved: Opened) -> None:
    moved.page.keyboard.press("/")
    moved.page.keyboard.type("web")
    assert moved.page.input_value("#search") == "web"
    moved.page.keyboard.press("ArrowDown")
    row = moved.page.locator('#list > details[data-workload="web"]')
    assert row.get_attribute("open") is not None, "what changes is unfolded"
    moved.page.keyboard.press("Enter")
    assert row.get_attribute("open") is None
    outline = moved.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_the_chain_is_drawn(moved: Opened) -> None:
    chain = moved.page.locator('#list > details[data-workload="web"] svg.chain')
    assert chain.locator("rect").count() >= 5
    assert chain.locator("path.lost").count() >= 1
    assert "ServiceAccount" in (chain.text_content() or "")


def background(opened: Opened) -> str:
    return str(opened.page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_light_and_dark_follow_the_system_and_the_button(browser: Browser, tmp_path: Path) -> None:
    light = Opened(browser, report_of(), tmp_path, color_scheme="light")
    dark = Opened(browser, report_of(), tmp_path, color_scheme="dark")
    assert background(light) == "rgb(255, 255, 255)" != background(dark)
    before = background(dark)
    dark.page.click("#theme")
    assert background(dark) == background(light)
    dark.page.click("#theme")
    assert background(dark) == before
    for opened in (light, dark):
        opened.check()
        opened.page.close()


def test_it_works_without_its_script_and_on_paper(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, report_of(move_a_secret), tmp_path, java_script_enabled=False)
    assert opened.workloads() == ["web", "worker"]
    opened.page.emulate_media(media="print")
    assert not opened.page.locator(".filters").is_visible()
    assert opened.page.locator("svg.chain").first.is_visible()
    opened.page.close()


def test_a_narrow_screen_does_not_scroll_sideways(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, report_of(move_a_secret), tmp_path, viewport={"width": 390, "height": 800})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
    opened.page.close()


def test_a_proof_that_warns_is_told_from_one_that_fails(browser: Browser, tmp_path: Path) -> None:
    """As in the comment: a warning stops no change, so it is not shown as a failure."""
    rows = [
        Proof(proof="image", severity="warning", status="broken", text="a tag", fix="a: b"),
        Proof(proof="issuer", severity="error", status="unknown", text="not known yet", fix="c: d"),
        *(Proof(proof=f"other-{number}", severity="error", status="does not apply") for number in range(2)),
        Proof(proof="label", severity="error", status="proved"),
    ]
    shown = Opened(browser, report_of().model_copy(update={"proofs": rows}), tmp_path)
    badges = shown.page.locator("section[aria-labelledby=proofs] .badge").all_inner_texts()
    assert badges == ["1 unknown", "1 broken as a warning", "1 proved", "2 do not apply"]
    table = shown.page.locator("section[aria-labelledby=proofs] tbody").inner_text()
    assert "broken as a warning" in table
    assert "a: b" in table
    assert "c: d" not in table, "nothing is to be mended"
    shown.check()


def test_240_workloads_are_searched_at_once(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, many(240), tmp_path)
    assert len(opened.workloads()) == 240
    assert opened.page.locator(".matrix").count() == 0, "a matrix of 240 objects cannot be read"
    opened.page.fill("#search", "service-17 ")
    assert opened.workloads()[:1] == ["service-17"]
    assert opened.file.stat().st_size < 3_000_000
    opened.check()
    opened.page.close()


def test_text_of_resources_is_no_markup_and_runs_nothing(browser: Browser, tmp_path: Path) -> None:
    evil = '"><img src=x onerror="document.title=1"><script>document.title=2</script>'
    reading = Reading(
        workload=evil,
        namespace=evil,
        service_account=evil,
        vault=evil,
        kind="secret",
        name=evil,
        technique="csi",
        text=evil,
        links=[Link(what=evil, source=evil, target=f"{evil} b")],
        change="gained",
    )
    report = Report(
        stack=evil,
        source="state",
        compared=True,
        readings=[reading],
        possible=[Possibility(text=evil, change="gained")],
        loosened=[evil],
        resources=[],
        proofs=[],
        waivers=[],
    )
    opened = Opened(browser, report, tmp_path)
    assert opened.page.title() == f"{evil}: who reads what"
    assert opened.page.locator("img").count() == 0
    assert opened.page.locator("script").count() == 1
    opened.check()
    opened.page.close()
