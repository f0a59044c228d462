"""The back office in a real Chromium that runs no script: the way in, the lists, a case, its steps, their errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page

from clerk_app.bootstrap.sample_hall import CLERK_LOGIN, REVIEW, SEAL
from clerk_app.domain.actor import DeviceKind
from support.browser import address, enrol_code, page_of
from support.office_web import MANAGER, SECOND, RealWindow, log_in, office_server, open_case, sit_down, window_at
from support.server import ServerProcess

SIZES = {"1366x768": (1366, 768), "1920x1080": (1920, 1080)}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with office_server(tmp_path_factory.mktemp("server")) as process:
        yield process


@pytest.fixture(scope="module")
def window(running: ServerProcess) -> Iterator[RealWindow]:
    made = window_at(running)
    yield made
    made.client.close()


@pytest.fixture(scope="module")
def reviewer(chrome: Browser, running: ServerProcess) -> Iterator[Page]:
    page = sit_down(chrome, running, REVIEW.login)
    yield page
    page.context.close()


def by_hand(
    page: Page, running: ServerProcess, method: str, path: str, origin: str = "", form: dict[str, str] | None = None
) -> httpx2.Response:
    """A request with the cookies of a page, as a program makes it."""
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    headers = {"Cookie": cookies, **({"Origin": origin} if origin else {})}
    with httpx2.Client(verify=False, base_url=running.address) as client:
        return client.request(method, path, headers=headers, data=form)


# --- the way in -------------------------------------------------------------------------------------------------
def test_who_is_not_enrolled_sees_nothing_but_the_form_for_the_code(chrome: Browser, running: ServerProcess) -> None:
    page = page_of(chrome, java_script_enabled=False)
    for path in ("", "/routes", "/case/018f0000-0000-7000-8000-000000000001"):
        answer = page.goto(f"{address(running)}/office{path}")
        assert answer is not None
        assert answer.status == 401
        assert page.locator("#code").is_visible()
    page.fill("#code", enrol_code(running, DeviceKind.DISPLAY)[:11])
    page.click("button.primary")
    assert "登记码不对、用过了或过期了" in page.locator(".problem").inner_text()
    page.context.close()


def test_cookies_are_for_this_server_alone_and_no_script_reads_them(reviewer: Page) -> None:
    cookies = {one["name"]: one for one in reviewer.context.cookies()}
    assert set(cookies) == {"__Host-office", "__Host-office-login"}
    for one in cookies.values():
        assert (one["httpOnly"], one["secure"], one["sameSite"], one["path"]) == (True, True, "Strict", "/")
    assert cookies["__Host-office-login"]["expires"] == -1


def test_a_clerk_has_no_duty_here_and_a_wrong_password_keeps_the_name(chrome: Browser, running: ServerProcess) -> None:
    page = page_of(chrome, java_script_enabled=False)
    page.goto(f"{address(running)}/office")
    page.fill("#code", enrol_code(running, DeviceKind.OFFICE)[:11])
    page.click("button.primary")
    log_in(page, REVIEW.login, "not-the-password")
    assert "登录名或密码不对" in page.locator(".problem").inner_text()
    assert page.input_value("#login_name") == REVIEW.login
    log_in(page, CLERK_LOGIN)
    assert "没有后台的岗位" in page.locator(".problem").inner_text()
    page.context.close()


def test_a_form_of_another_site_changes_nothing(reviewer: Page, running: ServerProcess, window: RealWindow) -> None:
    case_id = window.accepts()
    for path in (f"/office/case/{case_id}/step/take_up", "/office/logout", "/office/routes"):
        assert by_hand(reviewer, running, "POST", path, "https://elsewhere.example", {"seen": "0"}).status_code == 403
    assert window.client.server_case(case_id).acts == ()
    open_case(reviewer, running, case_id)
    assert reviewer.locator(".who").is_visible()


def test_pages_load_nothing_from_elsewhere_and_are_kept_by_nobody(reviewer: Page, running: ServerProcess) -> None:
    answer = reviewer.goto(f"{address(running)}/office")
    assert answer is not None
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert reviewer.locator("script").count() == 0


def test_what_was_typed_when_the_login_ended_is_there_after_the_next(
    chrome: Browser, running: ServerProcess, window: RealWindow
) -> None:
    page = sit_down(chrome, running, REVIEW.login)
    case_id = window.accepts()
    open_case(page, running, case_id, "refuse")
    page.fill("#field-reason", "经营场所与垃圾站相距 8 米\n不符合要求")
    page.context.clear_cookies(name="__Host-office-login")
    page.click("button.primary")
    assert "刚才写的内容还在" in page.locator("form").inner_text()
    log_in(page, REVIEW.login)
    page.click("text=回到刚才那一页")
    assert page.input_value("#field-reason") == "经营场所与垃圾站相距 8 米\n不符合要求"
    assert window.client.server_case(case_id).acts == ()
    page.click("button.primary")
    assert "已办：决定不予" in page.locator(".told").inner_text()
    page.click(".who button")
    assert page.locator("#login_name").is_visible()
    page.context.close()


# --- lists ------------------------------------------------------------------------------------------------------
def test_the_list_masks_names_and_finds_by_number(reviewer: Page, running: ServerProcess, window: RealWindow) -> None:
    case_id = window.accepts()
    number = window.client.server_case(case_id).record.case_number
    reviewer.goto(f"{address(running)}/office")
    reviewer.fill("#words", number)
    reviewer.click(".filter button")
    assert reviewer.locator("table.list tbody tr").count() == 1
    assert "张*" in reviewer.locator("table.list").inner_text()
    assert "张三" not in reviewer.content()
    reviewer.fill("#reference", number)
    reviewer.click(".find button")
    assert reviewer.url.endswith(f"/office/case/{case_id}")
    assert "1101**********0011" in reviewer.locator(".head").inner_text()
    reviewer.fill("#reference", "没有的编号")
    reviewer.click(".find button")
    assert "没有这一件" in reviewer.locator(".problem").inner_text()


def test_routes_and_departments_say_who_sees_a_case(
    chrome: Browser, running: ServerProcess, window: RealWindow
) -> None:
    case_id = window.accepts()
    own = window.client.server_case(case_id).record.opening
    assert own is not None
    manager = sit_down(chrome, running, MANAGER[0])
    manager.click("text=环节归属")
    box = manager.locator("form", has_text=SECOND[1])
    box.locator("textarea").fill("区行政审批居")
    box.locator("button").click()
    assert "没有叫“区行政审批居”的部门" in box.locator(".error").inner_text()
    assert box.locator("textarea").input_value() == "区行政审批居"
    manager.select_option("#department", "区公安分局")
    manager.fill("#to", "区行政审批局")
    manager.click("button.primary")
    box.locator("textarea").fill("区行政审批局")
    box.locator("button").click()
    assert "人员的部门已保存" in manager.locator(".told").inner_text()
    second = sit_down(chrome, running, SECOND[0])
    assert "现在没有待审查的办件" in second.locator(".nothing").inner_text()
    open_case(second, running, case_id)
    assert "不在你的部门" in second.locator(".problem").inner_text()

    manager.fill("#to", "")
    manager.click("button.primary")
    assert manager.locator("#error-to").inner_text() == "请写明归哪个部门办"
    manager.select_option("#department", own.department)
    manager.fill("#to", "区行政审批局")
    manager.click("button.primary")
    assert "区行政审批局" in manager.locator("table.list").first.inner_text()
    second.goto(f"{address(running)}/office")
    assert second.locator("table.list tbody tr").count() >= 1
    open_case(second, running, case_id)
    assert second.locator(".steps a", has_text="不予").is_visible()
    reviewed = second.locator(".steps a", has_text="不予")
    reviewed.click()
    second.fill("#field-reason", "不符合条件")
    second.click("button.primary")
    open_case(second, running, case_id)
    assert "盖行政审批专用章要由用印人来做" in second.locator(".steps.closed").inner_text()

    for _ in range(2):
        manager.locator("tr", has_text="区行政审批局").first.locator("button").click()
    assert "还没有写" in manager.locator("table.list").first.inner_text()
    box = manager.locator("form", has_text=SECOND[1])
    box.locator("textarea").fill("")
    box.locator("button").click()
    for page in (manager, second):
        page.context.close()


# --- a case and its steps ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_pages_fit_the_width_of_the_screen(
    chrome: Browser, running: ServerProcess, window: RealWindow, pictures: Path, size: tuple[int, int]
) -> None:
    case_id = window.accepts()
    page = sit_down(chrome, running, REVIEW.login, size)
    for name, step in (("case", ""), ("grant", "grant"), ("suspend", "suspend"), ("extend", "extend")):
        open_case(page, running, case_id, step)
        page.screenshot(path=pictures / f"office-{name}-{size[0]}.png", full_page=True)
        body = page.locator("main").bounding_box()
        assert body is not None
        assert body["width"] <= size[0]
        for one in page.locator("button, a, input, textarea, td, dd").all():
            box = one.bounding_box()
            if box is not None and box["x"] >= 0:
                assert box["x"] + box["width"] <= size[0], one.inner_text()
    page.context.close()


def test_scans_that_have_not_come_are_said_to_be_missing(
    reviewer: Page, running: ServerProcess, window: RealWindow
) -> None:
    open_case(reviewer, running, window.accepts())
    table = reviewer.locator("table.list").first
    assert table.locator("tbody tr").count() == 5
    assert table.get_by_text("没有上传").count() == 4
    assert "—" in table.locator("tr", has_text="免交").inner_text()


def test_papers_open_as_pdf_and_a_draft_is_shown_before_it_is_made(
    reviewer: Page, running: ServerProcess, window: RealWindow
) -> None:
    case_id = window.accepts()
    open_case(reviewer, running, case_id)
    for link in reviewer.get_by_text("看文书").all():
        answer = by_hand(reviewer, running, "GET", link.get_attribute("href") or "")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF")
    open_case(reviewer, running, case_id, "grant")
    fields = {name: reviewer.input_value(f"#field-{name}") for name in ("content", "facts", "basis")}
    path = reviewer.url.removeprefix(address(running))
    draft = by_hand(reviewer, running, "POST", path, running.address, {**fields, "do": "look"})
    assert draft.content.startswith(b"%PDF")
    assert window.client.server_case(case_id).acts == ()


def test_an_error_stands_beside_its_field_and_what_was_typed_stays(
    reviewer: Page, running: ServerProcess, window: RealWindow
) -> None:
    case_id = window.accepts()
    open_case(reviewer, running, case_id, "refuse")
    reviewer.fill("#field-facts", "现场查看过")
    reviewer.click("button.primary")
    wrong = reviewer.locator("#field-reason")
    assert wrong.get_attribute("aria-invalid") == "true"
    assert wrong.get_attribute("aria-describedby") == "error-reason"
    assert "要写明理由" in reviewer.locator("#error-reason").inner_text()
    assert reviewer.input_value("#field-facts") == "现场查看过"
    reviewer.check("text=现场核查不合格")
    reviewer.click("button.primary")
    assert "已办：决定不予" in reviewer.locator(".told").inner_text()
    decision = window.client.server_case(case_id).acts[0].facts.decision
    assert decision is not None
    assert decision.reason == "现场核查不合格"


def test_the_second_of_two_reviewers_keeps_what_was_written(
    chrome: Browser, reviewer: Page, running: ServerProcess, window: RealWindow
) -> None:
    case_id = window.accepts()
    second = sit_down(chrome, running, SECOND[0])
    open_case(second, running, case_id, "refuse")
    second.fill("#field-reason", "我认为不符合条件")
    open_case(reviewer, running, case_id, "grant")
    reviewer.click("button.primary")
    second.click("button.primary")
    told = second.locator(".problem").inner_text()
    assert REVIEW.name in told
    assert "办了“决定准予”" in told
    assert second.input_value("#field-reason") == "我认为不符合条件"
    assert second.locator("button.primary").count() == 0
    assert [act.step.value for act in window.client.server_case(case_id).acts] == ["grant"]
    second.context.close()


def test_a_special_procedure_brings_its_basis_and_ends_again(
    reviewer: Page, running: ServerProcess, window: RealWindow
) -> None:
    case_id = window.accepts()
    open_case(reviewer, running, case_id, "suspend")
    reviewer.check("text=听证")
    reviewer.click("text=带出依据和时间")
    assert "第四十五条" in reviewer.input_value("#field-basis")
    reviewer.fill("#field-expected", "10 个工作日")
    reviewer.click("button.primary")
    assert "暂停计时：听证" in reviewer.locator(".head").inner_text()
    reviewer.click(".steps a:has-text('特别程序结束')")
    reviewer.fill("#field-result", "听证笔录已制作")
    reviewer.click("button.primary")
    assert "承诺" in reviewer.locator(".head").inner_text()
    assert "听证笔录已制作" in reviewer.locator(".way").inner_text()


def test_the_keyboard_is_enough(chrome: Browser, running: ServerProcess, window: RealWindow) -> None:
    case_id = window.accepts()
    page = sit_down(chrome, running, REVIEW.login)
    open_case(page, running, case_id, "take_up")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "跳到正文"
    page.keyboard.press("Enter")
    seen = []
    for _ in range(3):
        page.keyboard.press("Tab")
        seen.append(page.locator(":focus").inner_text())
    assert seen == ["回到办件", "开始审查", "不办，回到办件"]
    page.locator("button.primary").focus()
    page.keyboard.press("Enter")
    assert "已办：开始审查" in page.locator(".told").inner_text()
    page.context.close()


def test_every_field_has_its_label(reviewer: Page, running: ServerProcess, window: RealWindow) -> None:
    case_id = window.accepts()
    for step in ("grant", "refuse", "suspend", "extend", "terminate", "request_payment"):
        open_case(reviewer, running, case_id, step)
        for one in reviewer.locator("main input:not([type=hidden]):not([type=radio]), main textarea").all():
            assert reviewer.locator(f"label[for={one.get_attribute('id')}]").count() == 1


def test_a_seal_keeper_is_told_why_the_decision_is_not_theirs(
    chrome: Browser, running: ServerProcess, window: RealWindow
) -> None:
    case_id = window.accepts()
    page = sit_down(chrome, running, SEAL.login)
    open_case(page, running, case_id)
    side = page.locator(".side").inner_text()
    assert "这一步由有审批权的人来做" in side
    assert "这件现在是“已受理”，不能特别程序结束、制证、用印、登记出件" in side
    assert page.locator(".steps a").count() == 0
    open_case(page, running, case_id, "grant")
    assert "有审批权的人" in page.locator(".problem").inner_text()
    page.context.close()
