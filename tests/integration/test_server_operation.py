"""Running a server: whether it is well, what it tells of itself, and that it ends in peace."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.bootstrap.doctor import Patient
from clerk_app.bootstrap.doctor_hall import server as server_findings
from clerk_app.bootstrap.settings import load
from clerk_app.client.hall import HallClient
from clerk_app.client.tls import trusting
from clerk_app.domain.errors import Fault, Refusal, Unreachable
from clerk_app.domain.ids import uuid7
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.feed import ConnectionState
from clerk_app.ports.hall_queue import TakeTicket
from support.server import (
    FeedRecorder,
    ServerProcess,
    clerk_at,
    close_pipes,
    eventually,
    feed_of,
    server,
    start_server,
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with server(tmp_path_factory.mktemp("operation") / "data") as process:
        yield process


@pytest.fixture(scope="module")
def clerk(running: ServerProcess) -> Iterator[HallClient]:
    client, _ = clerk_at(running)
    yield client
    client.close()


def _get(running: ServerProcess, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    """As curl on the server's computer would."""
    ca_pem = json.loads((running.folder / "server" / "runtime.json").read_text(encoding="utf-8"))["ca_pem"]
    context = trusting(ca_pem)
    context.check_hostname = False
    assert context.verify_mode is ssl.CERT_REQUIRED
    request = urllib.request.Request(f"{running.address}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20, context=context) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(), dict(refused.headers)


def _figures(running: ServerProcess, **headers: str) -> dict[str, float]:
    status, page, _ = _get(running, "/metrics", **headers)
    assert status == 200
    found = {}
    for line in page.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            found[name] = float(value)
    return found


def test_a_server_that_works_is_alive_and_ready(running: ServerProcess) -> None:
    assert _get(running, "/healthz")[:2] == (200, "ok\n")
    status, told, _ = _get(running, "/readyz")
    assert (status, json.loads(told)) == (
        200,
        {"ready": True, "checks": {"store": "ok", "sequencer": "ok", "disk": "ok", "clock": "ok"}},
    )


def test_the_figures_follow_what_happens(running: ServerProcess, clerk: HallClient) -> None:
    before = _figures(running)
    group = clerk.groups()[0].group_id
    for _ in range(3):
        clerk.take_ticket(TakeTicket(group))
    with pytest.raises(Refusal):
        clerk.take_ticket(TakeTicket("no-such-group"))

    def taken() -> float:
        return _figures(running).get('clerk_journal_entries_total{kind="ticket.taken"}', 0)

    eventually(lambda: taken() >= before.get('clerk_journal_entries_total{kind="ticket.taken"}', 0) + 3)
    after = _figures(running)
    assert after["clerk_tickets_waiting"] == before["clerk_tickets_waiting"] + 3
    assert after['clerk_http_requests_total{method="POST",route="/v1/tickets",status="200"}'] >= 3
    assert after['clerk_http_requests_total{method="POST",route="/v1/tickets",status="404"}'] >= 1
    assert after['clerk_http_request_seconds_count{method="POST",route="/v1/tickets"}'] >= 4
    assert after["clerk_store_bytes"] > 0
    assert after["clerk_disk_free_bytes"] > 0
    assert after["clerk_store_up"] == 1
    for name in ("clerk_writer_waiting", "clerk_sequencer_lag_seconds", "clerk_feed_subscribers", "clerk_windows_free"):
        assert name in after


def test_no_label_is_made_by_whoever_asks(running: ServerProcess, clerk: HallClient) -> None:
    for path in ("/v1/tickets/by-number/A047", "/p/110101199003070011", "/nowhere/at/all", "/v1/cases/x?name=李晓彤"):
        _get(running, urllib.request.quote(path, safe="/?="))
    status, page, _ = _get(running, "/metrics")
    assert status == 200
    for word in ("A047", "110101", "nowhere", "晓彤", "%E6"):
        assert word not in page
    assert 'route="unmatched"' in page


def test_the_figures_are_for_this_computer_only(running: ServerProcess) -> None:
    # A proxy on this computer hands on what comes from elsewhere.
    assert _get(running, "/metrics", **{"X-Forwarded-For": "10.1.2.3"})[0] == 403
    assert _get(running, "/metrics", Forwarded="for=10.1.2.3")[0] == 403


def test_with_a_token_the_token_alone_counts(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "clerk.toml").write_text('[server]\nmetrics_token = "a-long-word"\n', encoding="utf-8")
    with server(folder) as process:
        assert _get(process, "/metrics")[0] == 403
        assert _get(process, "/metrics", Authorization="Bearer another")[0] == 403
        assert _figures(process, Authorization="Bearer a-long-word")["clerk_store_up"] == 1


def _patient(folder: Path) -> Patient:
    return Patient(load(folder), SystemClock(), SystemEntropy(), lambda text: None)


def test_a_server_whose_disk_is_nearly_full_says_so_before_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "clerk.toml").write_text("[server]\ndisk_free_mb = 999999999\n", encoding="utf-8")
    with server(folder) as process:
        status, told, _ = _get(process, "/readyz")
        assert status == 503
        checks = json.loads(told)["checks"]
        assert "请技术员清出空间" in checks.pop("disk")
        assert set(checks.values()) == {"ok"}
        findings = [line for finding in server_findings(_patient(folder)) for line in finding.lines()]
        assert any("请技术员清出空间" in line for line in findings)
        assert _get(process, "/healthz")[0] == 200


def test_a_second_copy_that_cannot_be_written_is_told_and_stops_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "clerk.toml").write_text('[server]\nsecond_copy = "../no-such-disk/copy"\n', encoding="utf-8")
    with server(folder) as process:

        def told() -> str:
            status, content, _ = _get(process, "/readyz")
            assert status == 200
            return str(json.loads(content)["checks"]["second_copy"])

        eventually(lambda: "不在" in told())
        assert _figures(process)["clerk_second_copy_up"] == 0
        findings = [line for finding in server_findings(_patient(folder)) for line in finding.lines()]
        assert any("不在" in line for line in findings)


def test_every_request_is_one_line_with_an_id_that_the_answer_carries(
    running: ServerProcess, clerk: HallClient
) -> None:
    clerk.groups()
    _, _, headers = _get(running, "/v1/tickets/by-number/A047")
    wanted = next(value for name, value in headers.items() if name.lower() == "x-request-id")
    log = running.folder / "log" / "server.log"

    def lines() -> list[dict[str, object]]:
        return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]

    line = eventually(lambda: next((one for one in lines() if one.get("request") == wanted), None))
    assert re.fullmatch(r"/v1/tickets/[{a-z_/-]+}", str(line["route"]))
    assert line["status"] in (401, 403)
    assert isinstance(line["ms"], float)
    assert any(one.get("route") == "/v1/groups" and one.get("device") for one in lines())


# --- the end --------------------------------------------------------------------------------------------------------
def test_told_to_stop_it_finishes_what_runs_and_loses_nothing(tmp_path: Path) -> None:
    """SIGTERM in the middle of many requests: each that was answered is there, each that was not counts once when it
    is asked again, devices come back by themselves, and nothing waits for its feed number."""
    first = start_server(tmp_path / "data")
    clerk, enrolment = clerk_at(first)
    group = clerk.groups()[0].group_id
    recorder = FeedRecorder(lambda: clerk.snapshot().cursor)
    answered: dict[str, str] = {}
    unknown: list[str] = []
    lock, enough = threading.Lock(), threading.Event()

    def take() -> None:
        while True:
            key = uuid7(SystemClock().now(), SystemEntropy().bytes(10))
            try:
                taken = clerk.take_ticket(TakeTicket(group), key=key)
            except (Unreachable, Fault):
                with lock:
                    unknown.append(key)
                return
            with lock:
                answered[key] = taken.ticket.number
                if len(answered) >= 40:
                    enough.set()

    with feed_of(enrolment, recorder, clerk.feed_page):
        eventually(lambda: recorder.state() is ConnectionState.ONLINE)
        threads = [threading.Thread(target=take) for _ in range(6)]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        began = time.monotonic()
        os.kill(first.process.pid, signal.SIGTERM)
        assert first.process.wait(timeout=30) == 0
        assert time.monotonic() - began < 20
        for thread in threads:
            thread.join()
        close_pipes(first)
        eventually(lambda: recorder.state() is not ConnectionState.ONLINE)
        second = start_server(tmp_path / "data", first.port)
        eventually(lambda: recorder.state() is ConnectionState.ONLINE, 60)
        numbers = set(answered.values())
        assert len(numbers) == len(answered)
        for key, number in answered.items():
            assert clerk.take_ticket(TakeTicket(group), key=key).ticket.number == number
        for key in unknown:
            number = clerk.take_ticket(TakeTicket(group), key=key).ticket.number
            numbers.add(number)
        assert sorted(numbers) == [f"A{serial:03d}" for serial in range(1, len(numbers) + 1)]
        assert len(numbers) == len(answered) + len(unknown)
        eventually(lambda: {entry.number for entry in recorder.entries if entry.kind == "ticket.taken"} >= numbers)
        assert recorder.resets <= 1
    clerk.close()
    second.stop()
    close_pipes(second)
