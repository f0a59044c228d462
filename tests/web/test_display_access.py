"""A TV box becomes a display by a code, and its cookie opens nothing but what a display may read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from clerk_app.bootstrap.server import open_hall
from clerk_app.client.hall import HallClient
from clerk_app.client.tls import trusting
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.server.calls import SCREEN_COOKIE
from support.browser import address, enrol_code, open_display, page_of, told
from support.server import ServerProcess


@pytest.fixture(scope="module")
def ca_pem(running: ServerProcess) -> str:
    return running.enrol(DeviceKind.DISPLAY, None).ca_pem


@pytest.fixture
def http(running: ServerProcess, ca_pem: str) -> Iterator[httpx2.Client]:
    """Asks as a program would that is no browser of ours."""
    with httpx2.Client(base_url=running.address, verify=trusting(ca_pem), trust_env=False) as client:
        yield client


def _ask(http: httpx2.Client, method: str, path: str, **more: Any) -> httpx2.Response:
    return http.request(method, path, extensions={"sni_hostname": SERVER_NAME}, **more)


def _cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"{SCREEN_COOKIE}={token}"}


def test_a_box_enrols_once_and_is_a_display_from_then_on(chrome: Browser, running: ServerProcess) -> None:
    page = page_of(chrome)
    complaints = told(page)
    page.goto(f"{address(running)}/display")
    assert page.locator("h1").inner_text() == "登记这台大厅屏"
    code = enrol_code(running)
    page.fill("#code", code[:11].lower())
    page.click("button")
    page.wait_for_selector("body[data-state=live]")
    page.reload()
    page.wait_for_selector("body[data-state=live]")
    (cookie,) = page.context.cookies()
    assert cookie["name"] == SCREEN_COOKIE
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Strict")
    assert page.evaluate("document.cookie") == ""
    assert cookie["value"] not in page.content()
    assert complaints == []
    other = page_of(chrome)
    other.goto(f"{address(running)}/display")
    other.fill("#code", code)
    other.click("button")
    assert "登记码不对、用过了或过期了" in other.locator(".problem").inner_text()
    page.context.close()
    other.context.close()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("7Q4K", "登记码应为 26 位"), ("7Q4KM-2XW8U", "登记码里没有"), ("7Q4KM-2XW8D", "登记码不对、用过了或过期了")],
)
def test_a_wrong_code_says_what_is_wrong_and_stays_to_be_mended(
    chrome: Browser, running: ServerProcess, typed: str, sentence: str
) -> None:
    page = page_of(chrome)
    page.goto(f"{address(running)}/display")
    page.fill("#code", typed)
    page.click("button")
    assert sentence in page.locator(".problem").inner_text()
    assert page.locator("#code").input_value() == typed
    page.context.close()


def test_a_code_for_another_device_makes_no_display(chrome: Browser, running: ServerProcess) -> None:
    page = page_of(chrome)
    page.goto(f"{address(running)}/display")
    page.fill("#code", enrol_code(running, DeviceKind.KIOSK))
    page.click("button")
    assert "登记码不对" in page.locator(".problem").inner_text()
    page.context.close()


def test_a_code_is_taken_from_the_own_page_only(http: httpx2.Client, running: ServerProcess) -> None:
    code = enrol_code(running)
    for headers in ({}, {"Origin": "https://evil.example"}):
        answer = _ask(http, "POST", "/display/enrol", content=f"code={code}", headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    own = {"Origin": running.address}
    assert _ask(http, "POST", "/display/enrol", content=f"code={code}", headers=own).status_code == 303


def test_the_cookie_reads_and_changes_nothing(http: httpx2.Client, running: ServerProcess, clerk: HallClient) -> None:
    cookie = _cookie(running.enrol(DeviceKind.DISPLAY, None).enrolled.token)
    assert _ask(http, "GET", "/v1/snapshot", headers=cookie).status_code == 200
    taking = {"group_id": clerk.groups()[0].group_id}
    refused = _ask(http, "POST", "/v1/tickets", json=taking, headers=cookie | {"Idempotency-Key": "k" * 10})
    assert refused.status_code == 401
    login = {"login_name": "wangxm", "password": "x"}
    assert _ask(http, "POST", "/v1/login", json=login, headers=cookie).status_code == 401


@pytest.mark.parametrize("kind", [DeviceKind.KIOSK, DeviceKind.WINDOW])
def test_the_token_of_another_device_is_no_cookie(
    http: httpx2.Client, running: ServerProcess, kind: DeviceKind
) -> None:
    cookie = _cookie(running.enrol(kind, "7" if kind is DeviceKind.WINDOW else None).enrolled.token)
    assert _ask(http, "GET", "/v1/snapshot", headers=cookie).status_code == 401
    assert "登记这台大厅屏" in _ask(http, "GET", "/display", headers=cookie).text


def _listen(running: ServerProcess, ca_pem: str, token: str, **headers: str) -> dict[str, Any]:
    with connect(
        f"wss://127.0.0.1:{running.port}/v1/feed?epoch=x&after=0",
        ssl=trusting(ca_pem),
        server_hostname=SERVER_NAME,
        additional_headers=_cookie(token) | headers,
        proxy=None,
    ) as connection:
        return dict(json.loads(connection.recv(timeout=30)))


def test_the_feed_takes_the_cookie_from_the_own_page_only(running: ServerProcess, ca_pem: str) -> None:
    token = running.enrol(DeviceKind.DISPLAY, None).enrolled.token
    assert _listen(running, ca_pem, token, Origin=running.address)["known"] is False
    for origin in ("https://evil.example", f"http://127.0.0.1:{running.port}", "null"):
        with pytest.raises(InvalidStatus):
            _listen(running, ca_pem, token, Origin=origin)
    with pytest.raises(InvalidStatus):
        _listen(running, ca_pem, token)
    kiosk = running.enrol(DeviceKind.KIOSK, None).enrolled.token
    with pytest.raises(InvalidStatus):
        _listen(running, ca_pem, kiosk, Origin=running.address)


def test_a_revoked_display_asks_for_a_code_again(chrome: Browser, running: ServerProcess, clerk: HallClient) -> None:
    page = page_of(chrome)
    open_display(page, running)
    (cookie,) = page.context.cookies()
    clerk.revoke_device(_device_of(running, cookie["value"]))
    page.wait_for_selector("body.enrol")
    assert "已停用" in page.locator(".problem").inner_text()
    page.context.close()


def _device_of(running: ServerProcess, token: str) -> str:
    hall = open_hall(running.folder)
    try:
        return hall.desk.access.caller(token, None).device_id
    finally:
        hall.close()


def test_codes_cannot_be_tried_for_long(http: httpx2.Client, running: ServerProcess) -> None:
    own = {"Origin": running.address}
    answers = [
        _ask(http, "POST", "/display/enrol", content="code=7Q4KM2XW8D", headers=own).status_code for _ in range(14)
    ]
    assert answers[-1] == 429
    assert set(answers) <= {403, 429}


def test_pages_bring_nothing_from_elsewhere(http: httpx2.Client) -> None:
    answer = _ask(http, "GET", "/display")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "<script>" not in answer.text
    assert "style=" not in answer.text
    assert "https://" not in answer.text
