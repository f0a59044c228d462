"""One case by three people: taken at a window, decided and sealed in two browsers, handed out at the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from clerk_app.bootstrap.sample_hall import REVIEW, SEAL
from clerk_app.domain.acts import SealKind
from clerk_app.domain.cases import CaseState
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.clock import SystemClock
from clerk_app.services.window.issue import IssueDesk
from support.office_web import office_server, open_case, sit_down, window_at
from support.people import resident
from support.server import ServerProcess


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with office_server(tmp_path_factory.mktemp("server")) as process:
        yield process


def test_a_case_goes_from_the_window_through_two_browsers_back_to_the_window(
    chrome: Browser, running: ServerProcess, pictures: Path
) -> None:
    window = window_at(running)
    case_id = window.accepts()

    reviewer = sit_down(chrome, running, REVIEW.login)
    reviewer.click("table.list tbody a")
    reviewer.click(".steps a:has-text('开始审查')")
    reviewer.click("button.primary")
    reviewer.click(".steps a:has-text('准予')")
    reviewer.fill("#field-certificate_name", "食品经营许可证")
    reviewer.fill("#field-certificate_number", "JY22399000012345")
    reviewer.click("button.primary")
    assert "准予决定书" in reviewer.locator("main").inner_text()
    assert reviewer.locator(".steps a", has_text="用印").count() == 0

    keeper = sit_down(chrome, running, SEAL.login)
    assert "待制证用印 1" in keeper.locator(".tabs a[aria-current]").inner_text()
    keeper.click("table.list tbody a")
    for step in ("制证", "用印", "登记出件"):
        keeper.click(f".steps a:has-text('{step}')")
        keeper.click("button.primary")
    keeper.screenshot(path=pictures / "office-sealed-1366.png", full_page=True)

    desk = window.window
    issues = IssueDesk(desk.store, window.client, desk.renderer, desk.binding, desk.journal, window.files, desk._wake)
    results = issues.results(resident().id_number, window.actor)
    assert [(one.can, one.opened.file.case_id) for one in results] == [(True, case_id)]
    opened = results[0].opened
    decided = opened.file.acts[1].papers[0]
    brought = window.files.elsewhere.bring_decision(opened, window.actor)
    assert [(sheet.kind, sheet.number, sheet.paper_id) for sheet in brought] == [
        (PaperKind.GRANT_DECISION, decided.number, decided.paper_id)
    ]
    issues.issue(results, resident(), "本人", actor=window.actor)
    window.outbox.push_once()

    there = window.client.server_case(case_id)
    assert there.state is CaseState.DELIVERED
    opening = there.record.opening
    assert opening is not None
    by = {act.step.value: act.by for act in there.acts}
    assert len({opening.received_by, by["grant"].user_id, by["seal"].user_id}) == 3
    assert (by["grant"].name, by["grant"].window_no) == (REVIEW.name, "")
    assert decided.number.endswith("HT-0001 号")
    lines = window.client.seal_register(SystemClock().now().date())
    sealed = [use for use in lines if use.seal is SealKind.APPROVAL]
    assert [(use.paper_number, use.user_name) for use in sealed] == [(decided.number, SEAL.name)]

    open_case(reviewer, running, case_id)
    assert "送达" in reviewer.locator(".way").inner_text()
    assert reviewer.locator(".steps a").count() == 0
    for page in (reviewer, keeper):
        page.context.close()
    window.client.close()
