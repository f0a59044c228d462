"""The record of sync for support: everything about the course, nothing about people."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from clerk_app import __version__
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.speaking import API
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.sync_report import SyncReport, without_people
from support.window import CLERK, Window, ticket
from support.window_memory import MemoryWindowStore
from support.window_server import LOST_REQUEST, OK, FakeCounter


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


def test_it_says_what_waits_since_when_and_why_without_a_name(window: Window) -> None:
    counter = FakeCounter(api=API)
    outbox = Outbox(window.store, counter, window.journal, window.clock)
    report = SyncReport(window.store, outbox, window.journal, window.folder)
    refused = window.cases.conclude(window.complete(ticket()), OutcomeKind.ACCEPTED, CLERK).case_id
    window.prints.print_case(refused, CLERK)
    counter.server.refuse = {refused}
    counter.ahead = timedelta(minutes=3)
    outbox.push_once()
    window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    counter.plan = [OK, LOST_REQUEST]
    outbox.push_once()

    told = report.content()
    assert told["window"]["version"] == __version__
    assert told["server"] == {"version": "1", "api": API}
    assert told["clock"]["ahead_s"] == 180
    assert (told["waiting"], told["files_waiting"]) == (3, 2)
    assert "服务器连不上" in told["error"]
    states = [entry["state"] for entry in told["entries"]]
    assert states.count("set_aside") == 1
    aside = next(entry for entry in told["entries"] if entry["state"] == "set_aside")
    assert (aside["kind"], aside["stream"], aside["reason"]) == ("case", refused, "服务器不收这一件")
    text = json.dumps(told, ensure_ascii=False)
    for secret in ("李晓彤", "110101", "王晓梅", "A047", "食品"):
        assert secret not in text


def test_it_is_written_where_support_finds_it(window: Window) -> None:
    outbox = Outbox(window.store, FakeCounter(), window.journal)
    place = SyncReport(window.store, outbox, window.journal, window.folder).write()
    assert place == "文书/上传记录-20261123-102400.json"
    assert json.loads(window.folder.saved["上传记录-20261123-102400.json"])["entries"] == []


def test_sentences_lose_names_and_numbers_of_people() -> None:
    payload = {"by": {"name": "陈主任"}, "applicant": {"name": "李晓彤", "document_no": "110101199003070003"}}
    told = without_people("“准予”要由 陈主任 本人来做，李晓彤 110101199003070003 电话 13900002716", payload)
    for secret in ("陈主任", "李晓彤", "110101199003070003", "13900002716"):
        assert secret not in told
    assert "本人来做" in told
