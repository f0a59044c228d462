"""The display page in a real Chromium: calls as they come, repairs, a server that dies and comes back, every panel."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, WebSocketRoute

from clerk_app.client.hall import HallClient
from clerk_app.design.words import LISTEN_TO_WINDOWS
from clerk_app.domain.queue import PriorityClass
from clerk_app.ports.hall_queue import TakeTicket
from support.browser import KIOSK_FLAGS, PANELS, browser, open_display, page_of, told
from support.server import ServerProcess, clerk_at, close_pipes, eventually, server, start_server

WATCH_THE_CARD = """
() => {
  window.fills = [];
  const card = document.querySelector(".newest");
  new MutationObserver(() => window.fills.push([performance.now(), card.classList.contains("lit")]))
    .observe(card, { attributes: true, attributeFilter: ["class"] });
}
"""


def take(clerk: HallClient, group: int = 0, **more: Any) -> str:
    return clerk.take_ticket(TakeTicket(clerk.groups()[group].group_id, **more)).ticket.number


def call(clerk: HallClient) -> str:
    """The next number is called to window 12; whom it served before is done."""
    ticket = clerk.call_next().ticket
    assert ticket is not None
    return ticket.number


def end(clerk: HallClient) -> None:
    active = clerk.window_view().active
    if active is not None:
        clerk.finish(active.ticket_id, "consulted")


@pytest.fixture
def page(chrome: Browser, running: ServerProcess, clerk: HallClient) -> Iterator[Page]:
    opened = page_of(chrome)
    complaints = told(opened)
    open_display(opened, running)
    yield opened
    end(clerk)
    assert complaints == []
    opened.context.close()


def change_snapshots(page: Page, change: str) -> None:
    """Before the page sees a snapshot, ``change`` (script over ``found``) is done to it."""
    page.add_init_script(
        """
        const real = window.fetch.bind(window);
        window.fetch = async (path, options) => {
          const answer = await real(path, options);
          if (!String(path).startsWith("/v1/snapshot") || !answer.ok) return answer;
          const found = await answer.json();
          CHANGE
          return new Response(JSON.stringify(found), { status: 200 });
        };
        """.replace("CHANGE", change)
    )


def wait_for(page: Page, selector: str, text: str) -> None:
    found = "([s, t]) => { const node = document.querySelector(s); return node && node.innerText.includes(t); }"
    page.wait_for_function(found, arg=[selector, text])


def test_a_call_appears_beside_its_window_and_the_card_changes_twice_in_two_seconds(
    page: Page, clerk: HallClient
) -> None:
    page.evaluate(WATCH_THE_CARD)
    number = take(clerk)
    wait_for(page, ".turns", "1")
    assert call(clerk) == number
    wait_for(page, ".newest", number)
    assert page.locator(".newest .no").inner_text() == "12"
    page.wait_for_timeout(3000)
    fills = page.evaluate("window.fills")
    assert [lit for _, lit in fills if lit] == [True, True]
    assert fills[-1][1] is False
    assert 1000 <= fills[-1][0] - fills[0][0] <= 2000


def test_the_calls_before_stand_below_it_newest_first(page: Page, clerk: HallClient) -> None:
    numbers = [take(clerk, 1, priority=PriorityClass.PREGNANT) if at == 7 else take(clerk) for at in range(10)]
    called = []
    for _ in numbers:
        end(clerk)
        called.append(call(clerk))
    called.reverse()
    wait_for(page, ".newest .number", called[0])
    earlier = [page.locator(".earlier .number").nth(at).inner_text() for at in range(2)]
    assert earlier == called[1:3]
    rows = page.locator(".rest li .number").all_inner_texts()
    assert rows == called[3:9]
    assert page.locator(".rest li .no").all_inner_texts() == ["12"] * 6


def test_a_gap_is_repaired_from_a_snapshot(chrome: Browser, running: ServerProcess, clerk: HallClient) -> None:
    """The connection swallows what the server says of one call: the next message shows that something is missing."""
    page = page_of(chrome)
    swallowed: list[str] = []
    cursors: list[int] = []

    def between(socket: WebSocketRoute) -> None:
        server_side = socket.connect_to_server()
        cursors.append(int(socket.url.split("after=")[1].split("&")[0]))

        def pass_on(message: str | bytes) -> None:
            entries = json.loads(message)["entries"]
            if not swallowed and any(entry["kind"] == "ticket.called" for entry in entries):
                swallowed.append(str(message))
                return
            socket.send(message)

        server_side.on_message(pass_on)

    page.route_web_socket("**/v1/feed*", between)
    open_display(page, running)
    number = take(clerk)
    wait_for(page, ".turns", "1")
    end(clerk)
    assert call(clerk) == number
    page.wait_for_timeout(500)
    assert swallowed
    assert number not in page.locator(".newest").inner_text()
    later = take(clerk)
    wait_for(page, ".newest .number", number)
    page.wait_for_function("() => document.querySelector('.newest').classList.contains('lit')")
    assert len(cursors) == 2
    assert cursors[1] > cursors[0]
    end(clerk)
    assert call(clerk) == later
    wait_for(page, ".newest .number", later)
    end(clerk)
    page.context.close()


def test_a_store_that_does_not_know_the_page_makes_it_start_over(
    chrome: Browser, running: ServerProcess, clerk: HallClient
) -> None:
    page = page_of(chrome)
    change_snapshots(page, "if (!window.lied) { window.lied = true; found.cursor.epoch = 'before the backup'; }")
    open_display(page, running)
    number = take(clerk)
    end(clerk)
    assert call(clerk) == number
    wait_for(page, ".newest .number", number)
    assert page.evaluate("window.lied")
    end(clerk)
    page.context.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server to be killed."""
    with server(tmp_path / "server") as process:
        yield process


def test_the_last_state_stays_when_the_server_is_killed_and_lives_again_when_it_is_back(
    driver: Playwright, own: ServerProcess
) -> None:
    clerk, _ = clerk_at(own)
    again = None
    with browser(driver, own, *KIOSK_FLAGS) as chrome:
        page = page_of(chrome)
        open_display(page, own)
        first = take(clerk)
        assert call(clerk) == first
        second = take(clerk)
        wait_for(page, ".newest .number", first)
        assert page.locator(".stale").inner_text() == ""
        own.kill()
        killed = time.time()
        wait_for(page, ".stale", "以下为")
        moment = {time.strftime("%H:%M", time.gmtime(killed + 8 * 3600 + late)) for late in (0, 5)}
        assert page.locator(".stale").inner_text() in {f"以下为 {one} 的情况" for one in moment}
        assert page.evaluate("getComputedStyle(document.querySelector('.stale')).color") == "rgb(255, 211, 92)"
        assert page.locator(".newest .number").inner_text() == first
        page.evaluate("document.body.dataset.listenAfter = 1")
        wait_for(page, ".foot.listen .turns", LISTEN_TO_WINDOWS)
        again = start_server(own.folder, own.port)
        try:
            page.wait_for_selector("body[data-state=live]", timeout=60_000)
            assert page.locator(".stale").inner_text() == ""
            assert page.locator(".foot.listen").count() == 0
            end(clerk)
            assert call(clerk) == second
            wait_for(page, ".newest .number", second)
        finally:
            clerk.close()
            again.kill()
            close_pipes(again)


def test_a_server_that_only_falls_silent_is_noticed(driver: Playwright, own: ServerProcess) -> None:
    """As when somebody pulls a cable: nothing is closed, nothing answers."""
    with browser(driver, own, *KIOSK_FLAGS) as chrome:
        page = page_of(chrome)
        open_display(page, own)
        page.wait_for_timeout(500)
        own.process.send_signal(19)
        try:
            wait_for(page, ".stale", "以下为")
        finally:
            own.process.send_signal(18)
        page.wait_for_selector("body[data-state=live]", timeout=60_000)


def test_the_clock_is_the_servers(chrome: Browser, running: ServerProcess, clerk: HallClient) -> None:
    page = page_of(chrome, timezone_id="America/New_York")
    page.add_init_script("const D = Date.now; Date.now = () => D() - 86400000 * 400;")
    open_display(page, running)
    eventually(
        lambda: page.locator(".clock").inner_text() == time.strftime("%H:%M", time.gmtime(time.time() + 8 * 3600))
    )
    page.context.close()


SHORT = "14:00 起 3 号机维护，请用旁边的机器取号"
LONG = (
    "因系统升级，今天 16:00 起 3 号、5 号、7 号窗口暂停办理不动产登记，请到二楼 B 区 21 至 28 号窗口办理；"
    "带小孩、行动不便的群众请到导办台，工作人员会陪您办理；今天 11:30 至 13:30 午间照常受理，不用等到下午"
)
FULL: dict[str, list[Any]] = {
    "groups": [
        ("企业准入", 9, 660),
        ("社保医保", 16, 480),
        ("不动产登记、交易与税务", 105, 5400),
        ("公安出入境", 33, 240),
        ("公积金", 12, 300),
        ("领证、补材料", 21, 120),
        ("工程建设项目审批", 8, 1200),
        ("不知道办哪个", 4, 60),
    ],
    "numbers": ["A1047", "C021", "B016", "A1046", "D009", "A1045", "C020", "B015", "A1044"],
}


def crowd(page: Page, *, notices: tuple[str, ...] = ()) -> None:
    """Every snapshot shows the fullest hall that there can be."""
    groups = [
        {"group_id": name, "prefix": "A", "name": name, "hint": "", "place": "", "waiting": waiting}
        | {"priority_waiting": 0, "oldest_taken_at": None, "longest_wait_s": 0, "expected_wait_s": wait}
        for name, waiting, wait in FULL["groups"]
    ]
    recent = [
        {"ticket_id": number, "number": number, "group_id": "g", "window_no": "112", "is_priority": row == 2}
        | {"state": "missed" if row in (0, 1, 5) else "called", "recalls": 2 if row == 0 else 0}
        for row, number in enumerate(FULL["numbers"])
    ]
    change_snapshots(
        page,
        f"""
        found.hall.name = "明河市明河区人民政府政务服务中心";
        found.notices = {json.dumps(notices)};
        found.groups = {json.dumps(groups)};
        found.recent = {json.dumps(recent)}.map((line, row) => Object.assign(line, {{
          called_at: found.at, last_call_at: new Date(Date.parse(found.at) - 61000 - 60000 * row).toISOString() }}));
        """,
    )


OVERFLOWING = """
() => Array.from(document.querySelectorAll("body *")).filter((node) => {
  const style = getComputedStyle(node);
  if (style.visibility === "hidden" || !node.getClientRects().length) return false;
  const box = node.getBoundingClientRect();
  const outside = box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 || box.top < -1;
  const wide = node.scrollWidth > node.clientWidth + 1 && style.display !== "inline";
  const tall = node.matches(".card, .notice, .bar, main, ol, li") && node.scrollHeight > node.clientHeight + 2;
  return outside || wide || tall;
}).map((node) => node.className + ": " + node.innerText.slice(0, 20))
"""
OVERFLOWING_BUT_THE_NAME = OVERFLOWING.replace('"body *"', '"body *:not(.hall)"')
SMALLEST = """
() => Math.min(...Array.from(document.querySelectorAll("body *")).filter((node) =>
  node.children.length === 0 && node.textContent.trim() && node.getClientRects().length
  && getComputedStyle(node).visibility === "visible").map((node) => parseFloat(getComputedStyle(node).fontSize)))
"""


@pytest.mark.parametrize("panel", PANELS)
def test_the_fullest_hall_fits_every_panel(
    chrome: Browser, running: ServerProcess, clerk: HallClient, panel: str, pictures: Path
) -> None:
    page = page_of(chrome, PANELS[panel])
    complaints = told(page)
    page.add_init_script("const p = performance.now.bind(performance); performance.now = () => 5 * p();")
    crowd(page, notices=(SHORT, LONG))
    open_display(page, running)
    wait_for(page, ".newest", "A1047")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(300)
    turns: list[str] = []
    for _ in range(200):
        assert page.evaluate(OVERFLOWING) == []
        turn = page.locator(".turns").inner_text().replace("通知", "").strip()
        if not turns or turn != turns[-1]:
            turns.append(turn)
        everything = "".join(turns)
        if LONG in everything and SHORT in turns and all(name in everything for name, _, _ in FULL["groups"]):
            break
        page.wait_for_timeout(300)
    else:
        pytest.fail(f"not everything had its turn: {turns}")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    # Nothing under 30 px of a 1920x1080 panel (ui.md 8).
    scale = min(max(PANELS[panel]) / 1920, min(PANELS[panel]) / 1080)
    assert page.evaluate(SMALLEST) >= 30 * scale - 0.5
    assert page.locator(".tag").count() == 3
    page.screenshot(path=pictures / f"display-web-{panel}.png")
    assert complaints == []
    page.route("**/v1/health", lambda route: route.abort())
    wait_for(page, ".stale", "以下为")
    assert page.evaluate(OVERFLOWING_BUT_THE_NAME) == []
    page.screenshot(path=pictures / f"display-web-{panel}-lost.png")
    page.context.close()


def test_names_of_what_cannot_be_shown_stay_away(page: Page, clerk: HallClient) -> None:
    """Numbers and windows only: no matter, no person."""
    take(clerk, matters=(clerk.catalogue().matters[0]["code"],))  # type: ignore[index]
    end(clerk)
    call(clerk)
    wait_for(page, ".newest .no", "12")
    assert clerk.catalogue().matters[0]["name"] not in page.content()  # type: ignore[index]
