"""docs/online-api.md is kept by the server: its enrolment, its examples and its answers as they are printed there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from clerk_app.bootstrap.server import open_hall
from clerk_app.cli import parser
from clerk_app.client.hall import HallClient
from clerk_app.client.tls import fingerprint, trusting, unverified
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.acts import Channel, Doer
from clerk_app.domain.cases import CaseState
from clerk_app.domain.checklist import Verdict
from clerk_app.domain.enrolment import SERVER_NAME, fingerprint_part
from clerk_app.domain.errors import Conflict, NotAllowed
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall_cases import PreCheck, WorkKind
from support.case_flow import arrived, record, supplement_opening
from support.server import ROOT, ServerProcess, clerk_at, server

PAGE = (ROOT / "docs" / "online-api.md").read_text(encoding="utf-8")
KEY = "0198f0a0-0000-7000-8500-{:012d}"


def _example(before: str) -> Any:
    """The first JSON block after a line of the page."""
    block = re.search(r"```json\n(.*?)```", PAGE[PAGE.index(before) :], re.DOTALL)
    assert block is not None
    return json.loads(block[1])


ENROL = _example("`POST /v1/enrol`")
PRE_CHECK = _example("`POST /v1/pre-checks`\n\n")
SUPPLEMENT = _example("`POST /v1/supplements`\n\n")
SLOTS = _example("The slots of one of them on a day")
BOOK = _example("takes a place:")
BOOKED = _example("shown to the citizen and to nobody else")
STORED = _example("`200` with")
PROBLEM = _example("Everything else is a problem")
NOW = datetime.fromisoformat("2026-11-23T10:24:00+08:00")


@dataclass(frozen=True, slots=True)
class Platform:
    """A client of the page's own making: nothing of ``clerk_app.client.hall`` in it."""

    http: httpx2.Client
    token: str

    def send(self, path: str, body: Any, key: int, **headers: str) -> httpx2.Response:
        given = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": KEY.format(key), **headers}
        return self.http.post(path, json=body, headers=given, extensions={"sni_hostname": SERVER_NAME})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with server(tmp_path_factory.mktemp("server")) as process:
        yield process


@pytest.fixture(scope="module")
def clerk(running: ServerProcess) -> Iterator[HallClient]:
    client, _ = clerk_at(running)
    yield client
    client.close()


@pytest.fixture(scope="module")
def platform(running: ServerProcess) -> Iterator[Platform]:
    """Enrolled step by step as the page says."""
    hall = open_hall(running.folder)
    code = hall.enrol_code(DeviceKind.PLATFORM).code.replace("-", "")
    hall.close()
    with httpx2.Client(base_url=running.address, verify=unverified(), trust_env=False) as stranger:
        ca_pem = stranger.get("/v1/enrol/ca").text
    assert fingerprint_part(fingerprint(ca_pem)) == code[-16:]
    http = httpx2.Client(base_url=running.address, verify=trusting(ca_pem), trust_env=False)
    answer = http.post("/v1/enrol", json=ENROL | {"secret": code[:10]}, extensions={"sni_hostname": SERVER_NAME})
    assert answer.status_code == 200, answer.text
    yield Platform(http, answer.json()["token"])
    http.close()


@pytest.fixture(scope="module")
def waiting_case(clerk: HallClient) -> str:
    """The case of the page's example, which waits for m1 and m2."""
    session = clerk.session()
    assert session is not None
    start = supplement_opening(
        1, session.user_id, datetime.fromisoformat(SUPPLEMENT["arrived_at"]) - timedelta(hours=1)
    )
    assert start.case_number == SUPPLEMENT["case_number"]
    clerk.store_case(record(start, clerk.hall().hall_id))
    return start.case_id


def _shape(value: dict[str, Any]) -> set[str]:
    return set(value)


def test_the_pre_check_of_the_page_fills_a_case(platform: Platform, clerk: HallClient) -> None:
    answer = platform.send("/v1/pre-checks", PRE_CHECK, 1)
    assert answer.status_code == 200, answer.text
    assert _shape(answer.json()) == _shape(STORED)
    assert answer.json()["record_id"] == STORED["record_id"]
    found = clerk.pre_check(PRE_CHECK["number"])
    assert isinstance(found, PreCheck)
    assert (found.applicant.name, found.result) == ("李晓彤", PRE_CHECK["result"])
    assert [check.verdict for check in found.checks] == [Verdict.ELECTRONIC, Verdict.DEFECTIVE]


def test_a_repeated_request_gets_the_first_answer(platform: Platform) -> None:
    first = platform.send("/v1/pre-checks", PRE_CHECK, 1)
    assert platform.send("/v1/pre-checks", PRE_CHECK, 1).text == first.text
    assert platform.send("/v1/pre-checks", PRE_CHECK, 2).json() == first.json()
    other = platform.send("/v1/pre-checks", PRE_CHECK | {"result": "别的"}, 1)
    assert (other.status_code, other.json()["kind"]) == (409, "conflict")


def test_the_supplement_of_the_page_reaches_the_clerk(platform: Platform, clerk: HallClient, waiting_case: str) -> None:
    answer = platform.send("/v1/supplements", SUPPLEMENT, 10)
    assert answer.status_code == 200, answer.text
    assert _shape(answer.json()) == _shape(STORED)
    shown = clerk.supplements()[0]
    assert (shown.case_id, shown.reference) == (waiting_case, SUPPLEMENT["reference"])
    assert shown.materials[0].sha == SUPPLEMENT["materials"][0]["sha"]
    session = clerk.session()
    assert session is not None
    taken = clerk.take_supplement(shown.supplement_id)
    assert taken.taken
    came = arrived(
        1,
        waiting_case,
        Doer(session.user_id, session.user_name, "12"),
        SystemClock().now(),
        ("m1",),
        whole=False,
        channel=Channel.ONLINE,
        reference=shown.reference,
        arrived_at=shown.arrived_at,
    )
    assert clerk.store_act(came).state is CaseState.SUPPLEMENT_REQUESTED
    assert clerk.supplements() == ()
    assert clerk.work(WorkKind.TO_SUPPLEMENT)[0].case_id == waiting_case


def test_problems_have_the_shape_and_the_status_of_the_page(
    platform: Platform, clerk: HallClient, waiting_case: str
) -> None:
    strange = [SUPPLEMENT["materials"][0] | {"material_id": "m9", "name": "健康证明"}]
    fresh = SUPPLEMENT | {"supplement_id": KEY.format(900), "reference": "WSBJ-9"}
    problems = {
        "locked": platform.send("/v1/supplements", fresh | {"materials": strange}, 20),
        "not_found": platform.send("/v1/supplements", fresh | {"case_number": "MH-12-20261123-0099"}, 21),
        "rejected": platform.send("/v1/supplements", fresh | {"arrived_at": "2026-11-23T10:30:00"}, 22),
        "conflict": platform.send("/v1/pre-checks", PRE_CHECK | {"result": "别的"}, 23),
        "device_unknown": platform.send("/v1/pre-checks", PRE_CHECK, 24, Authorization="Bearer nobody"),
        "not_allowed": platform.http.get(
            "/v1/supplements",
            headers={"Authorization": f"Bearer {platform.token}"},
            extensions={"sni_hostname": SERVER_NAME},
        ),
    }
    rows = re.findall(r"^\| (\d{3})[^|]*\| `(\w+)`", PAGE, re.MULTILINE)
    printed = {kind: int(status) for status, kind in rows}
    for kind, answer in problems.items():
        assert (answer.json()["kind"], answer.status_code) == (kind, printed[kind]), answer.text
        assert _shape(answer.json()) == _shape(PROBLEM)
    assert problems["locked"].json() == PROBLEM
    assert problems["rejected"].json()["field"] == "arrived_at"


def _reads(platform: Platform, path: str) -> Any:
    headers = {"Authorization": f"Bearer {platform.token}"}
    answer = platform.http.get(path, headers=headers, extensions={"sni_hostname": SERVER_NAME})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_appointment_of_the_page_is_booked_and_given_back(platform: Platform) -> None:
    group = _reads(platform, "/v1/groups")[0]
    today = datetime.now(NOW.tzinfo).date()
    listed: list[dict[str, Any]] = []
    for ahead in range(1, 5):
        path = f"/v1/appointments/slots?group_id={group['group_id']}&day={today + timedelta(days=ahead)}"
        listed = listed or _reads(platform, path)
    assert set(listed[0]) == set(SLOTS[0])
    wish = BOOK | {"group_id": group["group_id"], "starts_at": listed[0]["starts_at"]}
    booked = platform.send("/v1/appointments", wish, 40)
    assert booked.status_code == 200, booked.text
    assert set(booked.json()) == set(BOOKED)
    assert (booked.json()["person"], booked.json()["matters"]) == ("李*", BOOK["matters"])
    assert platform.send("/v1/appointments", wish, 40).json() == booked.json()
    again = platform.send("/v1/appointments", wish, 41)
    assert (again.status_code, again.json()["kind"]) == (409, "conflict")
    code = {"code": booked.json()["code"]}
    cancelled = platform.send("/v1/appointments/cancel", code, 42)
    assert cancelled.json() | {"state": "booked"} == booked.json()
    assert platform.send("/v1/appointments/check-in", code, 43).status_code == 403
    assert platform.send("/v1/appointments/find", BOOK["card"], 44).status_code == 403


def test_a_platform_sees_nothing_of_the_hall(platform: Platform, waiting_case: str, running: ServerProcess) -> None:
    def get(path: str) -> int:
        answer = platform.http.get(
            path,
            headers={"Authorization": f"Bearer {platform.token}"},
            extensions={"sni_hostname": SERVER_NAME},
        )
        return answer.status_code

    for path in (
        f"/v1/cases/{waiting_case}",
        f"/v1/case-file?reference={waiting_case}",
        "/v1/work/to_decide",
        f"/v1/pre-checks?number={PRE_CHECK['number']}",
        "/v1/seal-uses?day=2026-11-23",
    ):
        assert get(path) == 403, path
    assert platform.send("/v1/results", {"id_number": "110101199003070003"}, 30).status_code == 403


def test_the_product_s_own_client_speaks_it_too(platform: Platform, running: ServerProcess) -> None:
    enrolment = running.enrol(DeviceKind.PLATFORM, None)
    client = HallClient(enrolment.address, enrolment.ca_pem, enrolment.enrolled.token, SystemClock(), SystemEntropy())
    found = PreCheck(
        number="WSYS-2026-000777",
        matter_code="12441500196720244T3442199806003",
        applicant=record(supplement_opening(1, "x"), "h").applicant,
        checked_at=NOW,
        checked_by="市平台",
        result="材料齐全",
        passed=True,
    )
    stored = client.put_pre_check(found)
    assert client.put_pre_check(found) == stored
    with pytest.raises(Conflict):
        client.put_pre_check(replace(found, passed=False))
    with pytest.raises(NotAllowed):
        client.pre_check(found.number)
    client.close()


def test_the_code_on_the_page_is_the_technicians_command(tmp_path: Path) -> None:
    assert "clerk enrol platform" in PAGE
    assert parser().parse_args(["enrol", "platform", "--data", str(tmp_path)]).kind == "platform"
