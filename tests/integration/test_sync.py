"""Sync over real connections: batches and files, servers of other versions, and everything killed again and again."""

from __future__ import annotations

import gzip
import json
import subprocess
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random

import httpx2
import pytest

from clerk_app import __version__
from clerk_app.bootstrap.server import open_hall
from clerk_app.client.enrol import Enrolment
from clerk_app.client.hall import HallClient
from clerk_app.client.tls import trusting
from clerk_app.domain.actor import Role
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.domain.errors import NotFound, Rejected
from clerk_app.ports.hall import CaseRecord, Login, NewUser
from clerk_app.ports.hall_sync import Batch, FileKind
from clerk_app.ports.speaking import API, API_HEADER, OLDEST_API, VERSION_HEADER, VersionApart
from clerk_app.ports.window import OutboxKind
from clerk_app.services.hall import records as kept
from clerk_app.services.hall.tools import plain, system_actor
from clerk_app.services.window import records
from support import forked, sync_window
from support.other_versions import NewerServer, OlderServer, play
from support.server import PASSWORD, ServerProcess, client_of, close_pipes, server, start_server
from support.sync_window import PAGE, SyncWindow, described, window_of

ROUNDS = 3


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with server(tmp_path_factory.mktemp("server")) as process:
        yield process


@pytest.fixture(scope="module")
def enrolment(running: ServerProcess) -> Enrolment:
    made = running.enrol(window_no="12")
    client = client_of(made)
    client.create_user(NewUser("wangxm", "王晓梅", PASSWORD, (Role.CLERK, Role.TECHNICIAN)))
    client.close()
    return made


@pytest.fixture(scope="module")
def window_12(enrolment: Enrolment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncWindow]:
    made = window_of(enrolment.enrolled, tmp_path_factory.mktemp("window"), client_of(enrolment))
    yield made
    made.close()


@pytest.fixture
def window(window_12: SyncWindow) -> Iterator[SyncWindow]:
    """One store for all tests, because its numbers go to one server; everything of the test before is pushed."""
    connection = window_12.client._transport._client
    window_12.outbox.push_once()
    yield window_12
    window_12.client._transport._client = connection


@pytest.fixture
def other(running: ServerProcess, enrolment: Enrolment) -> Iterator[HallClient]:
    """A clerk at window 13."""
    client = client_of(running.enrol(window_no="13"))
    client.login(Login("wangxm", PASSWORD))
    yield client
    client.close()


def raw(enrolment: Enrolment, method: str, path: str, **options: object) -> httpx2.Response:
    with httpx2.Client(base_url=enrolment.address, verify=trusting(enrolment.ca_pem), trust_env=False) as client:
        return client.request(method, path, extensions={"sni_hostname": SERVER_NAME}, **options)


def bearer(enrolment: Enrolment, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {enrolment.enrolled.token}", "Content-Type": "application/json", **more}


def test_a_window_has_papers_and_pages_read_at_another(window: SyncWindow, other: HallClient) -> None:
    cases = [window.serve() for _ in range(5)]
    case_id, number = window.serve(pages=2)
    push = window.outbox.push_once()
    assert (push.stopped, push.set_aside) == ("", 0)
    status = window.outbox.status()
    assert (status.waiting, status.files_waiting, status.set_aside) == (0, 0, ())
    assert status.skew is not None
    assert not status.skew.beyond
    assert (status.server_version, status.api) == (__version__, API)
    for one, _ in cases:
        assert window.window.cases.case(one).case_no
    assert other.server_case(number).record.case_id == case_id

    papers = {
        paper.paper_id: window.window.prints.content(paper.paper_id) for paper in window.window.prints.papers(case_id)
    }
    files = other.files_of(case_id)
    assert {file.head.file_id for file in files if file.head.kind is FileKind.PAPER} == set(papers)
    pages = [file.head for file in files if file.head.kind is FileKind.PAGE]
    assert [other.file_content(head.file_id) for head in pages] == [PAGE + b"\0", PAGE + b"\1"]
    for file_id, content in papers.items():
        assert other.file_content(file_id) == content
    with pytest.raises(NotFound):
        other.file_content(case_id)


def test_pushing_again_sends_nothing(window: SyncWindow) -> None:
    window.serve(pages=1)
    window.outbox.push_once()
    assert window.outbox.push_once().pushed == 0


def test_a_bomb_and_what_is_no_gzip_are_refused_before_they_are_read(enrolment: Enrolment) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    assert len(bomb) < 100_000
    packed = bearer(enrolment, **{"Content-Encoding": "gzip"})
    for content, words in ((bomb, "超过 16 MB"), (gzip.compress(b"{}")[:-4], "不完整"), (b"not gzip", "坏了")):
        answer = raw(enrolment, "POST", "/v1/batches", content=content, headers=packed)
        assert (answer.status_code, answer.json()["kind"]) == (422, "rejected")
        assert words in answer.json()["sentence"]
    other = raw(enrolment, "POST", "/v1/batches", content=b"x", headers=bearer(enrolment, **{"Content-Encoding": "br"}))
    assert other.status_code == 422
    fine = raw(enrolment, "POST", "/v1/batches", content=gzip.compress(b'{"records": []}'), headers=packed)
    assert (fine.status_code, fine.json()["answers"]) == (200, [])


def test_a_piece_that_is_too_large_is_refused_while_it_comes(enrolment: Enrolment) -> None:
    path = "/v1/files/0198f0a0-0000-7000-8000-000000000001?start=0"
    headers = bearer(enrolment, **{"X-Digest": "ab" * 32})
    answer = raw(enrolment, "PUT", path, content=bytes(1 << 20), headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (422, "content")


# --- other versions -------------------------------------------------------------------------------------------------
def test_who_says_no_level_is_of_the_first_and_every_answer_tells_ours(enrolment: Enrolment) -> None:
    answer = raw(enrolment, "GET", "/v1/time", headers=bearer(enrolment))
    assert answer.status_code == 200
    assert answer.headers[API_HEADER] == f"{OLDEST_API}-{API}"
    assert answer.headers[VERSION_HEADER] == __version__
    assert (answer.json()["api"], answer.json()["oldest_api"]) == (API, OLDEST_API)


@pytest.mark.parametrize(("levels", "status"), [("1", 200), (f"{API}-{API + 1}", 200), (f"{API + 1}-{API + 2}", 426)])
def test_a_window_of_another_level_is_understood_or_told_so(enrolment: Enrolment, levels: str, status: int) -> None:
    headers = bearer(enrolment, **{API_HEADER: levels, VERSION_HEADER: "7.7.0"})
    answer = raw(enrolment, "GET", "/v1/time", headers=headers)
    assert answer.status_code == status
    if status == 426:
        assert answer.json()["kind"] == "version_apart"
        assert "7.7.0" in answer.json()["sentence"]
        assert "内容都在本机" in answer.json()["sentence"]
        assert raw(enrolment, "GET", "/v1/health", headers=headers).status_code == 200


def test_an_older_server_gets_records_one_by_one_and_files_when_it_is_upgraded(window: SyncWindow) -> None:
    case_id, _ = window.serve(pages=1)
    window.serve()
    real = window.client._transport._client
    older = play(window.client, OlderServer)
    push = window.outbox.push_once()
    assert (push.stopped, push.set_aside) == ("", 0)
    assert older.asked.count("/v1/cases") == 2
    assert not any(path.startswith(OlderServer.gone) for path in older.asked)
    assert window.outbox.status().waiting == 0
    assert window.window.cases.case(case_id).case_no
    window.client._transport._client = real
    window.outbox.push_once()
    assert window.outbox.status().files_waiting == 0
    assert {file.head.kind for file in _files(window, case_id)} == {FileKind.PAPER, FileKind.PAGE}


def _files(window: SyncWindow, case_id: str):  # type: ignore[no-untyped-def]
    window.client.login(Login("wangxm", PASSWORD))
    return window.client.files_of(case_id)


def test_a_newer_server_may_say_more_than_this_window_knows(window: SyncWindow) -> None:
    play(window.client, NewerServer)
    case_id, number = window.serve(pages=1)
    push = window.outbox.push_once()
    assert (push.stopped, push.set_aside) == ("", 0)
    assert (window.outbox.status().waiting, window.outbox.status().files_waiting) == (0, 0)
    files = _files(window, case_id)
    assert window.client.file_content(files[-1].head.file_id)
    assert window.client.server_case(number).record.case_number == number
    assert window.client.snapshot().groups


def test_a_server_two_levels_above_is_not_spoken_to_and_nothing_is_lost(window: SyncWindow) -> None:
    case_id, _ = window.serve(pages=1)
    real = window.client._transport._client
    play(window.client, lambda client: NewerServer(client, above=2))
    push = window.outbox.push_once()
    assert "9.9.0" in push.stopped
    assert "升级窗口程序" in push.stopped
    with pytest.raises(VersionApart):
        window.client.groups()
    window.client._transport._client = real
    assert window.outbox.push_once().stopped == ""
    assert window.window.cases.case(case_id).case_no


def test_a_record_of_a_newer_window_is_kept_whole(window: SyncWindow, enrolment: Enrolment, other: HallClient) -> None:
    case_id, _ = window.serve()
    (entry, *_) = window.window.store.read(lambda unit: unit.outbox.waiting(0, 1))
    newer = entry.payload | {"carbon_footprint": 3, "applicant": entry.payload["applicant"] | {"nickname": "小李"}}
    headers = bearer(enrolment, **{API_HEADER: f"{API}-{API + 1}", "Idempotency-Key": entry.key})
    answer = raw(enrolment, "POST", "/v1/cases", json=newer, headers=headers)
    assert answer.status_code == 200
    body = other.case(case_id)
    assert (body["carbon_footprint"], body["applicant"]["nickname"]) == (3, "小李")


def test_a_record_of_an_older_window_is_taken_as_it_was_recorded(window: SyncWindow, enrolment: Enrolment) -> None:
    """As windows sent it before records had an opening: without the fields of later, without levels."""
    _, number = window.serve()
    (entry, *_) = window.window.store.read(lambda unit: unit.outbox.waiting(0, 1))
    later = ("opening", "conclusion", "parties", "outage_since")
    recorded = {name: value for name, value in entry.payload.items() if name not in later}
    answer = raw(
        enrolment, "POST", "/v1/cases", json=recorded, headers=bearer(enrolment, **{"Idempotency-Key": entry.key})
    )
    assert answer.status_code == 200
    assert set(answer.json()) == {"record_id", "case_no", "synced_at", "revision", "epoch"}
    again = raw(
        enrolment, "POST", "/v1/cases", json=recorded, headers=bearer(enrolment, **{"Idempotency-Key": entry.key})
    )
    assert again.json() == answer.json()
    assert number


def test_a_batch_with_something_else_than_records_is_refused_as_such(window: SyncWindow) -> None:
    with pytest.raises(Rejected):
        window.client._ask("/v1/batches", Batch, {"records": [{"kind": "case"}]}, dict[str, object])


# --- killed ---------------------------------------------------------------------------------------------------------
@pytest.mark.timeout(400)
def test_window_and_server_killed_again_and_again_end_with_everything_once(tmp_path: Path) -> None:
    random = Random(20261126)
    hall_folder, window_folder = tmp_path / "hall", tmp_path / "window"
    window_folder.mkdir()
    running = start_server(hall_folder)
    enrolment = running.enrol(window_no="12")
    told = tmp_path / "told.json"
    told.write_text(json.dumps(described(enrolment.enrolled, running.address, enrolment.ca_pem, window_folder)))
    promised: list[tuple[str, str]] = []
    for _ in range(ROUNDS):
        pipe = subprocess.PIPE
        process = forked.start(sync_window.__name__, [str(told)], stdout=pipe, stderr=pipe, text=True)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(random.randint(1, 2))]
        time.sleep(random.random() * 0.3)
        victims = [process.kill, running.kill]
        random.shuffle(victims)
        for kill in victims:
            kill()
            time.sleep(random.random() * 0.2)
        rest, errors = process.communicate(timeout=60)
        assert lines[0], errors
        promised += [tuple(line.split()) for line in [*lines, *rest.splitlines(keepends=True)] if line.endswith("\n")]  # type: ignore[misc]
        close_pipes(running)
        running = start_server(hall_folder, running.port)

    window = window_of(enrolment.enrolled, window_folder, client_of(enrolment))
    try:
        while window.outbox.push_once().stopped:
            pass
        status = window.outbox.status()
        assert (status.waiting, status.files_waiting, status.set_aside) == (0, 0, ())
        assert len(promised) >= ROUNDS
        _everything_once(window, promised, running, hall_folder)
    finally:
        window.close()
        if running.process.poll() is None:
            running.kill()
        close_pipes(running)


def _everything_once(
    window: SyncWindow, promised: list[tuple[str, str]], running: ServerProcess, hall_folder: Path
) -> None:
    running.stop()
    hall = open_hall(hall_folder)
    try:
        hall.desk.sequencer.run(hall.hall_id)
        actor = system_actor(hall.hall_id)
        store = hall.desk.store
        assert store.read(hall.hall_id, lambda unit: hall.desk.sequencer.verify(unit, actor)).broken_at is None
        journal = store.read(hall.hall_id, lambda unit: unit.journal.after(0, 100_000))
        stored = [entry.subject for entry in journal if entry.kind == "case.stored"]
        assert len(stored) == len(set(stored))
        assert {case_id for case_id, _ in promised} <= set(stored)
        local = window.window.store.read(lambda unit: unit.journal.after(0, 100_000))
        assert {row.subject for row in local if row.kind == "case.concluded"} == set(stored)
        sent = _sent(window)
        for case_id in stored:
            body = store.read(hall.hall_id, lambda unit, one=case_id: unit.cases.body(one))
            assert plain(kept.load(CaseRecord, body)) == plain(sent[case_id])
            _files_are_the_same(hall, window, case_id)
    finally:
        hall.close()


def _sent(window: SyncWindow) -> dict[str, CaseRecord]:
    """Every record that the window ever sent, by its case."""
    store = window.window.store
    store.write(lambda unit: unit.outbox.reopen_done())
    entries = store.read(lambda unit: unit.outbox.waiting(0, 100_000))
    return {one.stream: records.load_case_record(one.payload) for one in entries if one.kind is OutboxKind.CASE}


def _files_are_the_same(hall, window: SyncWindow, case_id: str) -> None:  # type: ignore[no-untyped-def]
    uploads = hall.desk.uploads
    auditor = window.clerk
    found = hall.desk.store.read(hall.hall_id, lambda unit: uploads.of_subject(unit, auditor, case_id))
    there = {
        one.head.file_id: hall.desk.store.read(hall.hall_id, lambda unit, one=one: uploads.content(unit, one.head))
        for one in found
    }
    here = {page.page_id: window.pages.content(page.page_id) for page in window.pages.of_case(case_id)}
    for paper in window.window.prints.papers(case_id):
        if paper.paper_id in there:
            here[paper.paper_id] = window.window.prints.content(paper.paper_id)
        else:
            assert paper.state.value in ("prepared", "unknown", "sending")
    assert there == here
