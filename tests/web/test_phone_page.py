"""The phone page of a ticket: follows it through its states, names nobody, and gives nothing to who guesses."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page

from clerk_app.client.hall import HallClient
from clerk_app.client.tls import trusting
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.domain.papers import BringItem
from clerk_app.domain.queue import HoldKind, TicketState
from clerk_app.ports.hall_queue import CardPerson, TakeTicket, TicketTaken
from clerk_app.server.routes_phone import ticket_page
from clerk_app.services.hall.following import BroughtMatter, FollowedTicket
from support.browser import address, page_of, told
from support.halls import CALLS
from support.server import ServerProcess, eventually

FOOD = "食品经营许可"
CARD = CardPerson("李晓彤", "110101199003070038")


@pytest.fixture(scope="module")
def ca_pem(running: ServerProcess) -> str:
    return running.enrol(DeviceKind.DISPLAY, None).ca_pem


@pytest.fixture
def phone(chrome: Browser) -> Iterator[Page]:
    page = page_of(chrome, (360, 740), device_scale_factor=2, is_mobile=True, has_touch=True)
    complaints = told(page)
    yield page
    page.context.close()
    assert complaints == []


def take(clerk: HallClient, *matters: str, card: CardPerson | None = None) -> TicketTaken:
    return clerk.take_ticket(TakeTicket(clerk.groups()[0].group_id, matters=matters, card=card))


def food(clerk: HallClient) -> str:
    matters = clerk.catalogue().matters
    assert matters is not None
    return next(str(matter["code"]) for matter in matters if FOOD in matter["name"])


def call(clerk: HallClient) -> str:
    active = clerk.window_view().active
    if active is not None:
        clerk.finish(active.ticket_id, "consulted")
    ticket = clerk.call_next().ticket
    assert ticket is not None
    return ticket.ticket_id


def open_page(page: Page, running: ServerProcess, ticket_id: str) -> None:
    page.goto(f"{address(running)}/q/{ticket_id}")


def wait_for(page: Page, text: str) -> None:
    page.wait_for_function("(t) => document.body.innerText.includes(t)", arg=text)


def test_the_page_follows_the_ticket_by_itself(phone: Page, running: ServerProcess, clerk: HallClient) -> None:
    first, mine = take(clerk), take(clerk, food(clerk), card=CARD)
    open_page(phone, running, mine.ticket.ticket_id)
    assert phone.locator(".number").inner_text() == mine.ticket.number
    assert phone.locator(".state").inner_text() == "等候中"
    assert phone.locator(".facts b").first.inner_text() == "1"
    assert "要带的材料" in phone.inner_text("#live")
    phone.evaluate("window.mark = 'still the same page'")
    live = phone.locator("[aria-live]").element_handle()
    clerk.cancel_ticket(first.ticket.ticket_id)
    wait_for(phone, "快到您了")
    assert call(clerk) == mine.ticket.ticket_id
    wait_for(phone, "请到 12 号窗口")
    assert "要带的材料" not in phone.inner_text("#live")
    clerk.start(mine.ticket.ticket_id)
    wait_for(phone, "正在 12 号窗口办理")
    clerk.finish(mine.ticket.ticket_id, "consulted")
    wait_for(phone, "已办结")
    assert phone.evaluate("window.mark") == "still the same page"
    assert live.evaluate("node => node.isConnected")
    assert CARD.name[0] + "*" not in phone.content()
    assert CARD.id_number not in phone.content()


def test_without_a_script_the_page_loads_itself_again(
    chrome: Browser, running: ServerProcess, clerk: HallClient
) -> None:
    page = page_of(chrome, (360, 740), java_script_enabled=False)
    mine = take(clerk)
    open_page(page, running, mine.ticket.ticket_id)
    assert page.locator(".state").inner_text() == "等候中"
    assert call(clerk) == mine.ticket.ticket_id
    eventually(lambda: "12 号窗口" in page.locator(".state").inner_text(), 40)
    clerk.finish(mine.ticket.ticket_id, "consulted")
    page.context.close()


def test_a_lost_server_is_said_and_the_last_state_stays(
    chrome: Browser, running: ServerProcess, clerk: HallClient
) -> None:
    page = page_of(chrome, (360, 740))
    mine = take(clerk)
    open_page(page, running, mine.ticket.ticket_id)
    page.context.set_offline(True)
    wait_for(page, "连不上，以下为")
    assert page.locator(".number").inner_text() == mine.ticket.number
    page.context.set_offline(False)
    page.wait_for_function("() => document.getElementById('stale').hidden", timeout=60_000)
    clerk.cancel_ticket(mine.ticket.ticket_id)
    page.context.close()


def get(running: ServerProcess, ca_pem: str, path: str, **headers: str) -> httpx2.Response:
    with httpx2.Client(base_url=running.address, verify=trusting(ca_pem), trust_env=False) as client:
        return client.get(path, headers=headers, extensions={"sni_hostname": SERVER_NAME})


def test_what_did_not_change_is_not_sent_again(running: ServerProcess, ca_pem: str, clerk: HallClient) -> None:
    mine = take(clerk)
    path = f"/q/{mine.ticket.ticket_id}"
    first = get(running, ca_pem, path)
    mark = first.headers["etag"]
    again = get(running, ca_pem, path, **{"If-None-Match": mark})
    assert (again.status_code, again.content) == (304, b"")
    call(clerk)
    changed = get(running, ca_pem, path, **{"If-None-Match": mark})
    assert changed.status_code == 200
    assert changed.headers["etag"] != mark
    assert "max-age" not in changed.headers["cache-control"]
    assert "referrer" not in changed.text
    assert changed.headers["content-security-policy"].startswith("default-src 'none'")


def test_texts_are_texts_whatever_they_hold() -> None:
    wicked = '"><script>alert(1)</script>'
    text = ticket_page(
        followed(
            hall=wicked,
            phone=wicked,
            number=wicked,
            group=wicked,
            window_no=wicked,
            place=wicked,
            matters=(BroughtMatter(wicked, (BringItem(wicked, wicked, wicked),)),),
        )
    )
    assert "<script>" not in text


def followed(**more: object) -> FollowedTicket:
    values: dict[str, object] = {
        "hall": "明河区政务服务中心",
        "phone": "0000-1234567",
        "number": "A047",
        "group": "企业准入",
        "state": TicketState.WAITING,
        "window_no": "",
        "recalls": 0,
        "people_ahead": 8,
        "expected_wait_s": 660,
        "place": "一楼 A 区",
        "hold": None,
        "matters": (),
        "recent": CALLS[:6],
    }
    return FollowedTicket(**(values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "more", "words"),
    [
        ("waiting", {}, ("等候中", "前面还有", "8", "大约再等", "11", "请在一楼 A 区等候")),
        ("waiting", {"people_ahead": 0}, ("快到您了",)),
        ("called", {"window_no": "12"}, ("请到", "12", "号窗口", "叫到您了")),
        ("called", {"window_no": "12", "recalls": 1}, ("第 2 次叫号了",)),
        ("serving", {"window_no": "12"}, ("正在 12 号窗口办理",)),
        ("held", {"window_no": "12", "hold": HoldKind.PAPERS_KEPT}, ("先放一放", "到12 号窗口说这个号")),
        ("held", {"window_no": "12", "hold": HoldKind.TAKEN_AWAY}, ("先放一放", "到任一窗口说这个号")),
        ("transferred", {}, ("已转到别的窗口", "不用重新取号", "前面还有")),
        ("transferred", {"window_no": "3"}, ("已转到 3 号窗口",)),
        ("missed", {"window_no": "12"}, ("已过号", "请到导办台")),
        ("finished", {"window_no": "12"}, ("已办结",)),
        ("cancelled", {}, ("这个号已作废", "重新取号")),
    ],
)
def test_every_state_is_said_in_words(state: str, more: dict[str, object], words: tuple[str, ...]) -> None:
    text = ticket_page(followed(state=TicketState(state), **more))
    seen = re.sub(r"<[^>]+>", "", text.split("<body>")[1])
    assert [word for word in words if word not in seen] == []
    assert "刚才叫过" in seen


def test_no_state_is_without_words() -> None:
    for state in TicketState:
        assert "A047" in ticket_page(followed(state=state, window_no="12"))


def test_a_ticket_for_several_matters_tells_what_each_needs() -> None:
    matters = (
        BroughtMatter("食品经营许可", (BringItem("营业执照", "复印件 1 份"),)),
        BroughtMatter("个体工商户登记", (BringItem("经营场所证明", "原件 1 份"), BringItem("身份证", "", "窗口读"))),
    )
    text = ticket_page(followed(matters=matters))
    assert "食品经营许可、个体工商户登记" in text
    assert "要带的材料（1 件）" in text
    assert "要带的材料（2 件）" in text
    assert "窗口读" in text


@pytest.mark.parametrize("state", ["waiting", "called", "missed", "transferred"])
@pytest.mark.parametrize("letters", [100, 160])
def test_the_page_fits_a_narrow_phone_with_any_letters(
    chrome: Browser, running: ServerProcess, clerk: HallClient, pictures: Path, state: str, letters: int
) -> None:
    page = page_of(chrome, (360, 740), device_scale_factor=2)
    matter = BroughtMatter(
        "食品经营许可（新办）",
        (
            BringItem("食品安全自查、从业人员健康管理、进货查验记录等规章制度", "原件 1 份"),
            BringItem("身份证", "", "窗口读身份证"),
        ),
    )
    window = "112" if state == "called" else ""
    text = ticket_page(followed(number="A1047", state=TicketState(state), window_no=window, matters=(matter,)))
    mine = take(clerk)
    path = f"/q/{mine.ticket.ticket_id}"
    page.route(f"**{path}", lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8"))
    open_page(page, running, mine.ticket.ticket_id)
    page.evaluate("(percent) => { document.documentElement.style.fontSize = percent + '%'; }", letters)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    wide = "nodes => nodes.filter(n => n.getBoundingClientRect().right > 361).map(n => n.innerText)"
    assert page.locator("body *").evaluate_all(wide) == []
    small = "nodes => Math.min(...nodes.map(n => parseFloat(getComputedStyle(n).fontSize)))"
    assert page.locator("main *").evaluate_all(small) >= 16 * letters / 100 - 0.1
    page.screenshot(path=pictures / f"phone-{state}-{letters}.png", full_page=True)
    page.context.close()
    clerk.cancel_ticket(mine.ticket.ticket_id)


UNKNOWN = "没有这个号，或者已经过了今天"


def test_ids_that_lead_nowhere_get_one_page_and_soon_none(
    running: ServerProcess, ca_pem: str, clerk: HallClient
) -> None:
    """The last test of this file: whoever guessed that much is not answered for a while."""
    mine = take(clerk)
    known = f"/q/{mine.ticket.ticket_id}"
    assert get(running, ca_pem, known).status_code == 200
    strange = [str(uuid.uuid4()), mine.ticket.number, "1", mine.ticket.ticket_id[:-1] + "!", "A" * 300]
    strange.append(mine.ticket.ticket_id[:-4] + "ffff")
    answers = [get(running, ca_pem, f"/q/{one}") for one in strange]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert UNKNOWN in answers[0].text
    codes = [get(running, ca_pem, f"/q/{uuid.uuid4()}").status_code for _ in range(30)]
    assert codes[-1] == 429
    assert get(running, ca_pem, known).status_code == 200
