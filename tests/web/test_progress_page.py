"""The citizen's page in a real server and a real browser: from the QR code of a paper to how the case stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page

from clerk_app.client.hall import HallClient
from clerk_app.client.tls import trusting
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.domain.errors import StoreFault
from clerk_app.domain.numbering import CaseNumber
from clerk_app.server import routes_progress
from clerk_app.server.routes_progress import ProgressDoor
from clerk_app.services.hall.progress_limit import WrongAnswers
from support.browser import address, page_of, told
from support.case_flow import APPLICANT, opening, record, supplement_opening
from support.server import ServerProcess, clerk_at, server

TAIL = APPLICANT.document_no[-6:]
NUMBER, WAITING, NOBODYS = "MH-12-20261123-0001", "MH-12-20261123-0002", "MH-12-20261123-0003"
OF_EACH = ("date", "content-length", "x-request-id")
SECRETS = (APPLICANT.name, APPLICANT.document_no, TAIL, APPLICANT.phone, "王晓梅")
SETTINGS = """
[hall]
query_url = "https://www.example.gov.cn/q/"
phone = "0000-1234567"
[server]
progress_page = true
"""
CASE_QR = f"https://www.example.gov.cn/q/{NUMBER}"
"""What the papers of a hall with this ``query_url`` carry (``tests/unit/papers/test_progress_codes.py``)."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "clerk.toml").write_text(SETTINGS, encoding="utf-8")
    with server(folder) as process:
        yield process


@pytest.fixture(scope="module")
def clerk(running: ServerProcess) -> Iterator[HallClient]:
    """Two cases are at the server: one accepted, one that waits for materials."""
    client, enrolment = clerk_at(running)
    session = client.session()
    assert session is not None
    hall_id = enrolment.enrolled.hall.hall_id
    client.store_case(record(opening(1, session.user_id), hall_id))
    client.store_case(record(supplement_opening(2, session.user_id), hall_id))
    yield client
    client.close()


@pytest.fixture(scope="module")
def ca_pem(running: ServerProcess, clerk: HallClient) -> str:
    return running.enrol(DeviceKind.DISPLAY, None).ca_pem


class Phone:
    """Somebody's phone behind the public proxy, which names its address."""

    def __init__(self, running: ServerProcess, ca_pem: str, address: str) -> None:
        self._client = httpx2.Client(base_url=running.address, verify=trusting(ca_pem), trust_env=False)
        self._headers = {"X-Forwarded-For": address}

    def get(self, path: str) -> httpx2.Response:
        return self._client.get(path, headers=self._headers, extensions={"sni_hostname": SERVER_NAME})

    def sends(self, body: bytes) -> httpx2.Response:
        headers = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        return self._client.post("/q/", content=body, headers=headers, extensions={"sni_hostname": SERVER_NAME})

    def asks(self, number: str, tail: str) -> httpx2.Response:
        form = {"number": number, "tail": tail}
        return self._client.post("/q/", data=form, headers=self._headers, extensions={"sni_hostname": SERVER_NAME})


def seen(answer: httpx2.Response, number: str) -> tuple[int, str, dict[str, str]]:
    """All that an asker can tell apart, with the number that was typed taken out."""
    headers = {name: value for name, value in answer.headers.items() if name not in OF_EACH}
    return answer.status_code, answer.text.replace(number, "NUMBER"), headers


def test_an_unknown_number_and_wrong_digits_get_one_answer(running: ServerProcess, ca_pem: str) -> None:
    phone = Phone(running, ca_pem, "198.51.100.1")
    wrong = seen(phone.asks(NUMBER, "000000"), NUMBER)
    assert wrong[0] == 404
    assert "没有查到" in wrong[1]
    for number in (NOBODYS, "MH-99-20261123-0001", "ZZ-1-20200101-0001"):
        for tail in ("000000", TAIL):
            assert seen(phone.asks(number, tail), number) == wrong, number


def test_what_cannot_be_a_number_or_its_digits_is_said_beside_the_field(running: ServerProcess, ca_pem: str) -> None:
    phone = Phone(running, ca_pem, "198.51.100.2")
    answer = phone.asks("0031", "12")
    assert answer.status_code == 422
    assert answer.text.count('class="problem"') == 2
    assert answer.text.count('aria-invalid="true"') == 2
    assert phone.asks("mh–12－20261123－0001", " 07 0003 ").status_code == 200
    assert phone.asks("", "").status_code == 422
    for body in (
        b"",
        b"\xff\xfe",
        b"number=" + b"A" * 5000,
        b"&" * 2000,
        b"number=%00&tail=%ed%a0%80",
        b'{"number": 1}',
    ):
        assert phone.sends(body).status_code == 422, body


def test_the_form_says_nothing_about_the_number_in_its_address(running: ServerProcess, ca_pem: str) -> None:
    phone = Phone(running, ca_pem, "198.51.100.3")
    known, unknown = phone.get(f"/q/{NUMBER}"), phone.get(f"/q/{NOBODYS}")
    assert seen(known, NUMBER) == seen(unknown, NOBODYS)
    assert f'value="{NUMBER}"' in known.text
    assert known.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert "script" not in known.text
    assert known.headers["cache-control"] == "no-store"
    assert phone.get("/q/").status_code == 200


def test_guessing_is_shut_out_soon_and_shuts_out_nobody_else(running: ServerProcess, ca_pem: str) -> None:
    stranger, citizen = Phone(running, ca_pem, "198.51.100.4"), Phone(running, ca_pem, "198.51.100.5")
    for number in (WAITING, "MH-12-20261123-7777"):
        answers = [stranger.asks(number, f"{guess:06}") for guess in range(5)]
        assert [one.status_code for one in answers] == [404, 404, 404, 429, 429], number
    # Right digits are no way round the limit, and the answer is the same for a number that does not exist.
    locked = seen(stranger.asks(WAITING, TAIL), WAITING)
    assert locked == seen(stranger.asks("MH-12-20261123-7777", TAIL), "MH-12-20261123-7777")
    assert locked[0] == 429
    assert citizen.asks(WAITING, TAIL).status_code == 200


def test_one_address_gets_twenty_wrong_answers_an_hour_over_all_numbers(running: ServerProcess, ca_pem: str) -> None:
    phone = Phone(running, ca_pem, "198.51.100.6")
    codes = [phone.asks(f"MH-12-20261124-{number:04}", "000000").status_code for number in range(1, 25)]
    assert codes == [404] * 20 + [429] * 4
    assert phone.asks(NUMBER, TAIL).status_code == 429


def test_a_number_is_shut_for_all_after_six_wrong_answers(running: ServerProcess, ca_pem: str) -> None:
    number = "MH-12-20261125-0001"
    codes = [
        Phone(running, ca_pem, f"203.0.113.{address}").asks(number, "000000").status_code for address in range(1, 9)
    ]
    assert codes == [404] * 6 + [429] * 2


def test_the_page_names_nobody_and_no_log_has_the_digits(running: ServerProcess, ca_pem: str) -> None:
    phone = Phone(running, ca_pem, "198.51.100.7")
    answer = phone.asks(WAITING, TAIL)
    assert "等您补交材料" in answer.text
    assert "营业执照" in answer.text
    assert [one for one in SECRETS if one in answer.text] == []
    phone.asks(NUMBER, "98765X")
    logs = [path.read_text(encoding="utf-8") for path in (running.folder / "log").rglob("*.log")]
    assert any('"/q/"' in text for text in logs)
    for text in logs:
        assert [one for one in (*SECRETS, "98765X") if one in text] == []


def test_the_page_is_off_until_the_hall_switches_it_on(tmp_path: Path) -> None:
    with server(tmp_path / "data") as running:
        client, enrolment = clerk_at(running)
        session = client.session()
        assert session is not None
        client.store_case(record(opening(1, session.user_id), enrolment.enrolled.hall.hall_id))
        client.close()
        phone = Phone(running, enrolment.ca_pem, "198.51.100.1")
        assert "没有这个号" in phone.get(f"/q/{NUMBER}").text
        assert phone.get("/q/").status_code == 404
        assert phone.asks(NUMBER, TAIL).status_code == 404
        assert APPLICANT.name not in phone.asks(NUMBER, TAIL).text


class AwayPage:
    """A store that does not answer at first."""

    def __init__(self, away: int) -> None:
        self.away = away

    def hall_face(self) -> tuple[str, str]:
        return "明河区政务服务中心", "0000-1234567"

    def find(self, number: CaseNumber, tail: str) -> None:
        self.away -= 1
        if self.away >= 0:
            raise StoreFault("数据库连不上")


def test_a_store_that_does_not_answer_costs_nobody_a_try() -> None:
    app = FastAPI()
    app.include_router(routes_progress.router)
    page = AwayPage(10)
    app.state.progress = ProgressDoor(page, WrongAnswers(lambda: 0.0))  # type: ignore[arg-type]
    with TestClient(app) as client:
        answers = [client.post("/q/", data={"number": NUMBER, "tail": TAIL}) for _ in range(14)]
    assert [one.status_code for one in answers] == [503] * 10 + [404] * 3 + [429]
    assert "现在查不了" in answers[0].text
    assert answers[-1].headers["retry-after"] == "3600"


# --- in a browser -------------------------------------------------------------------------------------------------
@pytest.fixture
def page(chrome: Browser, clerk: HallClient) -> Iterator[Page]:
    opened = page_of(
        chrome, (360, 740), device_scale_factor=2, is_mobile=True, has_touch=True, java_script_enabled=False
    )
    complaints = told(opened)
    yield opened
    opened.context.close()
    assert [one for one in complaints if "404" not in one] == []


def scan(page: Page, running: ServerProcess, code: str) -> None:
    """As the camera of a phone opens it; the public address is this server."""
    page.goto(address(running) + urlsplit(code).path)


def test_from_the_code_on_the_receipt_to_how_the_case_stands(
    page: Page, running: ServerProcess, pictures: Path
) -> None:
    scan(page, running, CASE_QR)
    assert page.locator("#number").input_value() == NUMBER
    page.screenshot(path=pictures / "progress-form.png", full_page=True)
    page.fill("#tail", "00000x")
    page.tap("button")
    assert "没有查到" in page.inner_text("[role=alert]")
    assert (page.locator("#number").input_value(), page.locator("#tail").input_value()) == (NUMBER, "")
    page.screenshot(path=pictures / "progress-wrong.png", full_page=True)
    page.fill("#tail", TAIL)
    page.tap("button")
    assert page.inner_text(".state h1") == "已受理"
    assert "食品经营许可" in page.inner_text(".matter")
    assert page.locator(".steps li").count() == 2
    assert urlsplit(page.url).path == "/q/"
    assert TAIL not in page.url
    assert [one for one in SECRETS if one in page.content()] == []
    page.screenshot(path=pictures / "progress-accepted.png", full_page=True)
    page.tap(".again")
    page.wait_for_selector("#number")
    assert page.locator("#number").input_value() == NUMBER


def test_a_citizen_who_has_to_bring_something_reads_what_until_when_and_where(
    page: Page, running: ServerProcess, pictures: Path
) -> None:
    page.goto(f"{address(running)}/q/")
    page.fill("#number", WAITING.lower())
    page.fill("#tail", TAIL)
    page.tap("button")
    page.wait_for_selector(".todo")
    body = page.inner_text("main")
    for words in ("等您补交材料", "2026年12月23日前", "营业执照", "经营场所证明", "明河区政务服务中心", "0000-1234567"):
        assert words in body, words
    page.screenshot(path=pictures / "progress-supplement.png", full_page=True)


@pytest.mark.parametrize("letters", [100, 160])
def test_the_page_fits_a_narrow_phone_with_any_letters(
    chrome: Browser, running: ServerProcess, clerk: HallClient, pictures: Path, letters: int
) -> None:
    page = page_of(chrome, (360, 740), device_scale_factor=2)
    for name in ("form", "shown"):
        page.goto(f"{address(running)}/q/{WAITING}")
        if name == "shown":
            page.fill("#tail", TAIL)
            page.click("button")
            page.wait_for_selector(".state")
        page.evaluate("(percent) => { document.documentElement.style.fontSize = percent + '%'; }", letters)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        wide = "nodes => nodes.filter(n => n.getBoundingClientRect().right > 361).map(n => n.innerText)"
        assert page.locator("body *").evaluate_all(wide) == []
        low = "nodes => Math.min(...nodes.map(n => n.getBoundingClientRect().height))"
        assert page.locator("input, button, a").evaluate_all(low) >= 48
        small = "nodes => Math.min(...nodes.map(n => parseFloat(getComputedStyle(n).fontSize)))"
        assert page.locator("main *").evaluate_all(small) >= 16 * letters / 100 - 0.1
        page.screenshot(path=pictures / f"progress-{name}-{letters}.png", full_page=True)
    page.context.close()
