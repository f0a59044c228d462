"""The tablet's page in a real browser: paired by QR code or typing, five levels with words and faces, one touch."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from drivers.evaluator.scales import LEVEL_WORDS
from drivers.evaluator.tablet.evaluator import TabletEvaluator
from support.browser import chromium, fonts_file, page_of, told
from support.lines import now

PATIENCE = 60.0
TABLETS = {"landscape": (1280, 800), "portrait": (800, 1280), "phone": (390, 780), "second-screen": (1920, 1080)}


@pytest.fixture(scope="module")
def tablets(driver: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("tablet")
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    surroundings = {**os.environ, "FONTCONFIG_FILE": str(fonts_file(folder))}
    opened = driver.chromium.launch(executable_path=chromium(), args=arguments, env=surroundings)
    yield opened
    opened.close()


@pytest.fixture
def evaluator(tmp_path: Path) -> Iterator[TabletEvaluator]:
    evaluator = TabletEvaluator("127.0.0.1", 0, now=now, window="3", file=tmp_path / "tablet", look_s=2.0)
    yield evaluator
    evaluator.close()


class Asking:
    """A visit that asks for its rating beside the browser."""

    def __init__(self, evaluator: TabletEvaluator, timeout: float = PATIENCE) -> None:
        self.level: int | None = None
        self.cancel = threading.Event()
        self._evaluator, self._timeout = evaluator, timeout
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        rated = self._evaluator.ask_rating(self._timeout, self.cancel)
        self.level = None if rated is None else rated.level

    def __enter__(self) -> Asking:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def paired(browser: Browser, evaluator: TabletEvaluator, size: tuple[int, int] = (1280, 800)) -> Page:
    """A tablet that scanned the QR code."""
    page = page_of(browser, size, has_touch=True)
    page.goto(evaluator.offer_pairing().link)
    expect(page.get_by_role("heading", name="欢迎")).to_be_visible(timeout=30_000)
    return page


@pytest.mark.parametrize("level", LEVEL_WORDS)
def test_each_level_that_is_touched_arrives(tablets: Browser, evaluator: TabletEvaluator, level: int) -> None:
    page = paired(tablets, evaluator)
    with Asking(evaluator) as asking:
        expect(page.get_by_role("heading", name="请您评价这次服务")).to_be_visible()
        page.get_by_role("button", name=LEVEL_WORDS[level], exact=True).tap()
        expect(page.get_by_role("heading", name="谢谢您的评价")).to_be_visible()
    assert asking.level == level
    expect(page.get_by_role("heading", name="欢迎")).to_be_visible(timeout=30_000)
    page.context.close()


def test_the_code_is_typed_and_stands_in_no_address(tablets: Browser, evaluator: TabletEvaluator) -> None:
    page = page_of(tablets)
    complaints = told(page)
    offer = evaluator.offer_pairing()
    page.goto(offer.address)
    page.get_by_label("配对码").fill("1234 5678")
    page.get_by_role("button", name="配对").click()
    expect(page.get_by_role("alert")).to_contain_text("配对码不对")
    page.get_by_label("配对码").fill(f"{offer.code[:4]} {offer.code[4:]}")
    page.get_by_role("button", name="配对").click()
    expect(page.get_by_role("heading", name="欢迎")).to_be_visible()
    assert offer.code not in page.url
    assert page.locator("#window").inner_text() == "3 号窗口"
    page.reload()
    expect(page.get_by_role("heading", name="欢迎")).to_be_visible()
    # The browser itself writes a line for each answer that is a refusal: not paired, wrong code.
    assert all("401" in line or "403" in line for line in complaints), complaints
    page.context.close()


def test_a_scanned_code_is_gone_from_the_address(tablets: Browser, evaluator: TabletEvaluator) -> None:
    page = paired(tablets, evaluator)
    assert "#" not in page.url
    page.context.close()


def test_a_rating_that_nobody_gives_ends_on_the_page_and_counts_as_none(
    tablets: Browser, evaluator: TabletEvaluator
) -> None:
    page = paired(tablets, evaluator)
    with Asking(evaluator, 2.0) as asking:
        expect(page.get_by_role("heading", name="请您评价这次服务")).to_be_visible()
    assert asking.level is None
    expect(page.get_by_role("heading", name="欢迎")).to_be_visible()
    page.context.close()


def test_two_quick_touches_are_one_rating_and_do_not_reach_the_next_visit(
    tablets: Browser, evaluator: TabletEvaluator
) -> None:
    page = paired(tablets, evaluator)
    with Asking(evaluator) as first:
        expect(page.get_by_role("button", name="满意", exact=True)).to_be_visible()
        page.evaluate(
            """() => { const all = document.querySelectorAll('#levels button'); all[4].click(); all[0].click(); }"""
        )
        expect(page.get_by_role("heading", name="谢谢您的评价")).to_be_visible()
    assert first.level == 5
    with Asking(evaluator, 3.0) as second:
        pass
    assert second.level is None
    page.context.close()


def test_the_page_finds_its_window_again(tablets: Browser, evaluator: TabletEvaluator) -> None:
    page = paired(tablets, evaluator)
    port = evaluator.port
    evaluator.close()
    expect(page.get_by_role("heading", name="正在连接窗口")).to_be_visible(timeout=30_000)
    evaluator._port = port
    evaluator.probe()
    expect(page.get_by_role("heading", name="欢迎")).to_be_visible(timeout=30_000)
    with Asking(evaluator) as asking:
        page.get_by_role("button", name="不满意", exact=True).tap()
    assert asking.level == 4
    page.context.close()


def test_a_keyboard_can_rate(tablets: Browser, evaluator: TabletEvaluator) -> None:
    page = paired(tablets, evaluator)
    with Asking(evaluator) as asking:
        expect(page.get_by_role("heading", name="请您评价这次服务")).to_be_focused()
        for _ in range(2):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    assert asking.level == 2
    page.context.close()


@pytest.mark.parametrize("tablet", TABLETS)
def test_five_levels_fit_every_tablet_and_are_large_enough_for_a_finger(
    tablets: Browser, evaluator: TabletEvaluator, pictures: Path, tablet: str
) -> None:
    wide, high = TABLETS[tablet]
    page = paired(tablets, evaluator, (wide, high))
    page.screenshot(path=pictures / f"rating-{tablet}-idle.png")
    with Asking(evaluator) as asking:
        expect(page.get_by_role("button", name="满意", exact=True)).to_be_visible()
        page.screenshot(path=pictures / f"rating-{tablet}.png")
        boxes = [button.bounding_box() for button in page.get_by_role("button").all() if button.is_visible()]
        asking.cancel.set()
    assert len(boxes) == 5
    for box in boxes:
        assert box is not None
        assert box["width"] >= 64
        assert box["height"] >= 64
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= wide
        assert box["y"] + box["height"] <= high
    page.context.close()
