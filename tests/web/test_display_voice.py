"""The page says the calls: the clips of the server's sentence in order, one reading after the other, twice each.

Chromium really plays: headless, it has a sink that takes everything. The page's sources only report when they start.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from clerk_app.client.hall import HallClient
from clerk_app.domain.spoken import CLIPS, sentence_clips
from clerk_app.ports.hall_queue import TakeTicket
from support.browser import address, browser, open_display, page_of, told
from support.server import ServerProcess, eventually

LISTEN = """
(() => {
  window.played = [];
  const names = new WeakMap();
  const bytes = Response.prototype.arrayBuffer;
  Response.prototype.arrayBuffer = async function () {
    const content = await bytes.call(this);
    names.set(content, decodeURIComponent(this.url.split("/").pop()));
    return content;
  };
  const decode = BaseAudioContext.prototype.decodeAudioData;
  BaseAudioContext.prototype.decodeAudioData = async function (content) {
    const name = names.get(content);
    const sound = await decode.call(this, content);
    names.set(sound, name);
    return sound;
  };
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (at) {
    window.played.push({ name: names.get(this.buffer), from: at, to: at + this.buffer.duration,
      asked: this.context.currentTime });
    return start.call(this, at);
  };
})();
"""


@pytest.fixture
def page(chrome: Browser, running: ServerProcess) -> Iterator[Page]:
    opened = page_of(chrome)
    opened.add_init_script(LISTEN)
    complaints = told(opened)
    with opened.expect_response(f"**/clips/{list(CLIPS)[-1]}"):
        open_display(opened, running)
    yield opened
    opened.context.close()
    assert complaints == []


def call(clerk: HallClient) -> str:
    active = clerk.window_view().active
    if active is not None:
        clerk.finish(active.ticket_id, "consulted")
    clerk.take_ticket(TakeTicket(clerk.groups()[0].group_id))
    ticket = clerk.call_next().ticket
    assert ticket is not None
    return ticket.number


def played(page: Page, count: int) -> list[dict[str, Any]]:
    def enough() -> list[dict[str, Any]]:
        page.wait_for_timeout(100)
        found: list[dict[str, Any]] = page.evaluate("window.played")
        return found if len(found) >= count else []

    return eventually(enough, 60)


def test_a_call_is_said_twice_after_one_chime_and_nothing_overlaps(page: Page, clerk: HallClient) -> None:
    number = call(clerk)
    sentence = list(sentence_clips(number, "12"))
    heard = played(page, 1 + 2 * len(sentence))
    assert [one["name"] for one in heard] == ["chime", *sentence, *sentence]
    for before, after in pairwise(heard):
        assert after["from"] >= before["to"] - 1e-6
    first = heard[: 1 + len(sentence)]
    assert all(after["from"] - before["to"] < 0.01 for before, after in pairwise(first))
    assert all(one["from"] >= one["asked"] for one in heard)


def test_the_window_that_calls_the_next_is_not_heard_with_the_one_before_any_more(
    page: Page, clerk: HallClient
) -> None:
    """What is being said is said to its end; its second reading gives way to the call that is true now."""
    first = call(clerk)
    played(page, 2)
    second = call(clerk)
    one, other = sentence_clips(first, "12"), sentence_clips(second, "12")
    heard = [sound["name"] for sound in played(page, 2 + len(one) + 2 * len(other))]
    assert heard == ["chime", *one, "chime", *other, *other]


def test_sound_is_asked_for_where_the_browser_forbids_it(
    driver: Playwright, running: ServerProcess, clerk: HallClient
) -> None:
    with browser(driver, running, "--autoplay-policy=document-user-activation-required") as strict:
        enrolled = page_of(strict)
        open_display(enrolled, running)
        # Enrolling was a touch, which lives on in its tab; a box that starts by itself has a fresh one.
        page = enrolled.context.new_page()
        enrolled.close()
        page.add_init_script(LISTEN)
        page.goto(f"{address(running)}/display")
        page.wait_for_selector("body[data-state=live]")
        hint = page.locator(".sound")
        hint.wait_for(state="visible")
        assert hint.inner_text() == "点一下屏幕打开声音"
        call(clerk)
        page.wait_for_timeout(1500)
        assert page.evaluate("window.played") == []
        page.mouse.click(300, 300)
        hint.wait_for(state="hidden")
        number = call(clerk)
        heard = [one["name"] for one in played(page, 3)]
        assert heard[:3] == ["chime", *sentence_clips(number, "12")][:3]
