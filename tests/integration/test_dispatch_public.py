"""Anybody fetches a day's dispatch from a real server and checks it with the published program."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from clerk_app.bootstrap.server import open_hall
from clerk_app.client.tls import trusting
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.ports.hall_queue import TakeTicket
from clerk_app.services.hall.tools import system_actor
from support import forked
from support.server import ServerProcess, clerk_at, client_of, eventually, server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with server(tmp_path_factory.mktemp("hall")) as process:
        yield process


def get(running: ServerProcess, ca_pem: str, path: str) -> httpx2.Response:
    with httpx2.Client(base_url=running.address, verify=trusting(ca_pem), trust_env=False) as anybody:
        return anybody.get(path, extensions={"sni_hostname": SERVER_NAME})


def verify(*words: str) -> subprocess.CompletedProcess[str]:
    return forked.run("clerk_app.cli", "verify-dispatch", *words)


def test_a_day_is_published_closed_and_checked_by_an_outsider(running: ServerProcess, tmp_path: Path) -> None:
    kiosk = running.enrol(DeviceKind.KIOSK, None)
    ca_pem, taker = kiosk.ca_pem, client_of(kiosk)
    group_id = taker.groups()[0].group_id
    taken = [taker.take_ticket(TakeTicket(group_id)).ticket for _ in range(5)]
    clerk, _ = clerk_at(running, "12")
    for _ in range(3):
        called = clerk.call_next().ticket
        assert called is not None
        clerk.finish(called.ticket_id, "accepted")
    # Enrolled devices read the same log.
    draws = eventually(lambda: [one for one in taker.dispatch_log(taken[0].day).entries if "draw" in one][2:])
    assert draws[0]["draw"]["kind"] == "ticket"
    clerk.close()
    taker.close()
    day = taken[0].day.isoformat()

    page = get(running, ca_pem, f"/dispatch/{day}")
    assert page.status_code == 200
    assert "随机分派公示" in page.text
    assert "关门以后公布" in page.text
    assert "script" not in page.headers["Content-Security-Policy"]

    running_file = tmp_path / "running.json"
    running_file.write_bytes(get(running, ca_pem, f"/dispatch/{day}.json").content)
    found = verify(day, "--file", str(running_file))
    assert found.returncode == 0, found.stdout
    assert "还没有关门" in found.stdout

    hall = open_hall(running.folder)
    try:
        actor = system_actor(hall.hall_id)
        hall.desk.store.write(hall.hall_id, "test", lambda unit: hall.desk.days.close(unit, actor, True))
    finally:
        hall.close()

    def closed() -> subprocess.CompletedProcess[str] | None:
        told = verify(day, "--data", str(running.folder), "--save", str(tmp_path / "closed.json"))
        return told if "HMAC 都重新算过" in told.stdout and "公布种子的记录" not in told.stdout else None

    told = eventually(closed)
    assert told.returncode == 0, told.stdout
    assert "日志链完整" in told.stdout
    assert "随机抽取 3 次" in told.stdout
    assert "没有发现问题" in told.stdout

    log = json.loads((tmp_path / "closed.json").read_text(encoding="utf-8"))
    assert verify(day, "--file", str(tmp_path / "closed.json")).returncode == 0
    drawn = next(entry for entry in log["entries"] if "draw" in entry)
    drawn["draw"]["candidates"].append("A999")
    (tmp_path / "bent.json").write_text(json.dumps(log), encoding="utf-8")
    bent = verify(day, "--file", str(tmp_path / "bent.json"))
    assert bent.returncode == 1
    assert f"第 {drawn['feed_no']} 条" in bent.stdout
    assert "多了 A999" in bent.stdout


def test_what_is_no_day_gets_a_sentence(running: ServerProcess) -> None:
    ca_pem = running.enrol(DeviceKind.DISPLAY, None).ca_pem
    for path in ("/dispatch/2020-01-01", "/dispatch/yesterday", "/dispatch/2020-01-01.json"):
        answer = get(running, ca_pem, path)
        assert answer.status_code == 404
        assert "没有分派记录" in answer.text


def test_a_wrong_day_or_file_is_said_at_the_console(tmp_path: Path) -> None:
    assert "写成" in verify("gestern").stdout
    missing = verify("2026-11-23", "--file", str(tmp_path / "none.json"))
    assert missing.returncode == 1
    assert "读不了" in missing.stdout
    (tmp_path / "half.json").write_text('{"format":', encoding="utf-8")
    assert "JSON" in verify("2026-11-23", "--file", str(tmp_path / "half.json")).stdout
