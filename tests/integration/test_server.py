"""A real server process over TLS: one citizen, refusals that arrive as they were raised, keys that work once."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx2
import pytest

from clerk_app.client.enrol import Enrolment, enrol
from clerk_app.client.hall import HallClient
from clerk_app.client.tls import trusting
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, NotFound, Rejected, Unreachable
from clerk_app.domain.queue import PrintState, PriorityClass, TicketState
from clerk_app.ports.hall import CaseRecord, DeviceUnknown, Login, NewEnrolCode, PartyRecord, RatingRecord, SessionEnded
from clerk_app.ports.hall_queue import CardPerson, TakeTicket
from support.hall import MORNING
from support.server import PASSWORD, ROOT, ServerProcess, clerk_at, client_of, server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with server(tmp_path_factory.mktemp("server")) as process:
        yield process


@pytest.fixture(scope="module")
def counter(running: ServerProcess) -> Iterator[tuple[HallClient, Enrolment]]:
    client, enrolment = clerk_at(running)
    yield client, enrolment
    client.close()


@pytest.fixture
def clerk(counter: tuple[HallClient, Enrolment]) -> HallClient:
    client = counter[0]
    client.login(Login("wangxm", PASSWORD))
    active = client.window_view().active
    if active is not None:
        client.finish(active.ticket_id, "left")
    return client


def _raw(enrolment: Enrolment, method: str, path: str, **options: object) -> httpx2.Response:
    with httpx2.Client(base_url=enrolment.address, verify=trusting(enrolment.ca_pem), trust_env=False) as client:
        return client.request(method, path, extensions={"sni_hostname": SERVER_NAME}, **options)


def test_one_citizen_from_the_kiosk_to_the_stored_case(running: ServerProcess, clerk: HallClient) -> None:
    kiosk = client_of(running.enrol(DeviceKind.KIOSK, None))
    group = kiosk.groups()[0]
    card = CardPerson("李晓彤", "110101195003070003", date(1950, 3, 7))
    taken = kiosk.take_ticket(TakeTicket(group.group_id, card=card))
    assert (taken.ticket.priority, taken.ticket.person) == (PriorityClass.ELDERLY, "李*")
    kiosk.set_print_state(taken.ticket.ticket_id, PrintState.PRINTED)
    kiosk.close()

    called = clerk.call_next().ticket
    assert called is not None
    assert called.number == taken.ticket.number
    clerk.start(called.ticket_id)
    session = clerk.session()
    assert session is not None
    record = CaseRecord(
        case_id="0198f0a0-0000-7000-8000-000000000001",
        case_number="MH-12-20261123-0001",
        hall_id=clerk.hall().hall_id,
        window_no="12",
        matter_code="12441500196720244T3442199806003",
        matter_name="食品经营许可",
        matter_version=1,
        applicant=PartyRecord("natural", "李晓彤", "111", "110101195003070003"),
        outcome="accepted",
        received_at=MORNING,
        clerk=session.user_name,
        ticket_id=called.ticket_id,
    )
    ack = clerk.store_case(record)
    assert ack.case_no.endswith("202611230001")
    assert clerk.store_case(record) == ack
    assert clerk.case(record.case_id)["applicant"]["name"] == "李晓彤"
    clerk.store_rating(
        RatingRecord("0198f0a0-0000-7000-8000-000000000002", 1, MORNING, "12", ticket_id=called.ticket_id)
    )
    done = clerk.finish(called.ticket_id, "accepted")
    assert (done.state, done.outcome, done.print_state) == (TicketState.FINISHED, "accepted", PrintState.PRINTED)
    view = clerk.window_view()
    assert view.last is not None
    assert view.last.number == called.number


def test_refusals_arrive_as_they_were_raised(clerk: HallClient) -> None:
    group = clerk.groups()[0].group_id
    clerk.take_ticket(TakeTicket(group))
    called = clerk.call_next().ticket
    assert called is not None
    with pytest.raises(Locked, match=f"{called.number} 还没办完"):
        clerk.call_next()
    with pytest.raises(Locked, match="才能重叫"):
        clerk.recall(called.ticket_id)
    with pytest.raises(NotFound, match="没有这个号"):
        clerk.start("nothing")
    with pytest.raises(Rejected) as caught:
        clerk.take_ticket(TakeTicket(group, card=CardPerson("李", " ")))
    assert caught.value.field == "card"
    card = CardPerson("张晓", "110101199003070011")
    clerk.take_ticket(TakeTicket(group, card=card))
    with pytest.raises(Conflict, match="前面还有"):
        clerk.take_ticket(TakeTicket(group, card=card))


def test_the_same_key_gets_the_same_ticket_and_other_content_409(clerk: HallClient) -> None:
    first, second = (group.group_id for group in clerk.groups()[1:3])
    key = "0198f0a0-0000-7000-8000-00000000000a"
    taken = clerk.take_ticket(TakeTicket(first), key=key)
    assert clerk.take_ticket(TakeTicket(first), key=key) == taken
    with pytest.raises(Conflict, match="不同的内容"):
        clerk.take_ticket(TakeTicket(second), key=key)


def test_a_new_login_at_the_window_ends_the_old_one(running: ServerProcess, clerk: HallClient) -> None:
    other = client_of(running.enrol())
    other.login(Login("wangxm", PASSWORD))
    with pytest.raises(SessionEnded):
        clerk.call_next()
    other.logout()
    other.close()


def test_displays_read_only(running: ServerProcess) -> None:
    display = client_of(running.enrol(DeviceKind.DISPLAY, None))
    snapshot = display.snapshot()
    assert snapshot.hall.name == "明河区政务服务中心"
    with pytest.raises(NotAllowed):
        display.take_ticket(TakeTicket(snapshot.groups[0].group_id))
    with pytest.raises(NotAllowed):
        display.call_next()
    with pytest.raises(NotAllowed):
        display.login(Login("wangxm", PASSWORD))
    display.close()


def test_codes_made_by_a_technician_enrol_and_a_revoked_device_is_out(
    running: ServerProcess, clerk: HallClient
) -> None:
    code = clerk.create_enrol_code(NewEnrolCode(DeviceKind.DISPLAY)).code
    made = enrol(running.address, code, DeviceKind.DISPLAY, "大厅屏")
    display = client_of(made)
    assert display.server_time().epoch == made.enrolled.epoch
    clerk.revoke_device(made.enrolled.device_id)
    with pytest.raises(DeviceUnknown):
        display.snapshot()
    display.close()


def test_the_catalogue_travels_packed_and_only_when_it_is_new(
    clerk: HallClient, counter: tuple[HallClient, Enrolment]
) -> None:
    matters = tuple({"code": f"M{number}", "name": f"事项 {number}"} for number in range(300))
    info = clerk.publish_catalogue(matters)
    assert clerk.catalogue().matters == matters
    assert clerk.catalogue(info.version).matters is None
    assert clerk.catalogue_info() == info
    enrolment = counter[1]
    headers = {"Authorization": f"Bearer {enrolment.enrolled.token}"}
    answer = _raw(enrolment, "GET", "/v1/catalogue?since=0", headers=headers)
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "kind"),
    [
        ("GET", "/v1/snapshot", None, {}, 401, "device_unknown"),
        ("GET", "/v1/snapshot", None, {"Authorization": "Bearer made.up"}, 401, "device_unknown"),
        ("POST", "/v1/tickets", {}, {"Idempotency-Key": "abcdefgh", "Authorization": "ours"}, 422, "rejected"),
        ("POST", "/v1/queue/call-next", None, {"Authorization": "ours"}, 422, "rejected"),
        ("POST", "/v1/queue/call-next", None, {"Idempotency-Key": "x", "Authorization": "ours"}, 422, "rejected"),
    ],
)
def test_strangers_and_nonsense_get_a_sentence(
    counter: tuple[HallClient, Enrolment],
    method: str,
    path: str,
    body: object,
    headers: dict[str, str],
    status: int,
    kind: str,
) -> None:
    if headers.get("Authorization") == "ours":
        headers = {**headers, "Authorization": f"Bearer {counter[1].enrolled.token}"}
    answer = _raw(counter[1], method, path, json=body, headers=headers)
    assert answer.status_code == status
    problem = answer.json()
    assert problem["kind"] == kind
    assert problem["sentence"]
    assert "Traceback" not in answer.text


def test_every_changing_endpoint_asks_for_a_key_or_is_a_known_exception(counter: tuple[HallClient, Enrolment]) -> None:
    description = _raw(counter[1], "GET", "/openapi.json").json()
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    assert description["components"]["parameters"]["IdempotencyKey"]["required"]
    without = {
        path
        for path, methods in description["paths"].items()
        for method, endpoint in methods.items()
        if method != "get" and key not in endpoint.get("parameters", [])
    }
    reading = {"/v1/appointments/find", "/v1/results"}
    # Each record of a batch brings its own key; a file is known by its id and its hash.
    keyed_inside = {"/v1/batches", "/v1/files", "/v1/files/{file_id}"}
    repeatable = {"/v1/login", "/v1/logout", "/v1/enrol", "/v1/approvals", "/v1/window/here"}
    assert without == repeatable | reading | keyed_inside


def test_no_certificate_of_the_world_and_no_other_name_is_trusted(running: ServerProcess) -> None:
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED") as caught:
        urllib.request.urlopen(f"{running.address}/v1/health", timeout=10)
    assert isinstance(caught.value.reason, ssl.SSLCertVerificationError)  # type: ignore[attr-defined]


def test_a_second_server_on_the_folder_says_so(running: ServerProcess) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "clerk_app.bootstrap.server", "--data", str(running.folder), "--port", "0"],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert "已经有一个服务器在运行" in second.stderr.decode()


def test_nothing_personal_is_in_the_log(running: ServerProcess, clerk: HallClient) -> None:
    group = clerk.groups()[0].group_id
    clerk.take_ticket(TakeTicket(group, card=CardPerson("欧阳测试", "110101199003070038")))
    log = (running.folder / "log" / "server.log").read_text(encoding="utf-8")
    assert "欧阳" not in log
    assert "110101199003070038" not in log
    assert PASSWORD not in log


def test_nobody_at_home_is_unreachable(tmp_path: Path, counter: tuple[HallClient, Enrolment]) -> None:
    gone = Enrolment("https://127.0.0.1:9", counter[1].ca_pem, counter[1].enrolled)
    client = client_of(gone)
    with pytest.raises(Unreachable, match="连不上"):
        client.snapshot()
    client.close()


def test_the_server_ends_by_itself_when_nobody_needs_it(tmp_path: Path) -> None:
    with server(tmp_path / "data", "--exit-when-idle", "1") as process:
        assert process.process.wait(timeout=30) == 0
        assert not (tmp_path / "data" / "server" / "runtime.json").exists()


def test_told_to_stop_it_stops_in_order(tmp_path: Path) -> None:
    with server(tmp_path / "data") as process:
        runtime = json.loads((tmp_path / "data" / "server" / "runtime.json").read_text())
        assert runtime["port"] == process.port
        assert process.stop() == 0
        assert not (tmp_path / "data" / "server" / "runtime.json").exists()
