"""What a citizen told the hall stands in no log, whatever goes wrong on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from clerk_app.client.hall import HallClient
from clerk_app.client.tls import trusting
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.domain.errors import Fault, NotAllowed, Refusal
from clerk_app.ports.hall import Login
from clerk_app.ports.hall_queue import CardPerson, TakeTicket
from support.case_flow import APPLICANT, opening, record
from support.server import PASSWORD, clerk_at, close_pipes, start_server

NAME, NUMBER = "欧阳晓彤", "110101199003070038"
PHONE, ADDRESS = "13812345678", "明河区长安街九号院三单元"
PERSON = replace(APPLICANT, name=NAME, document_no=NUMBER, phone=PHONE, address=ADDRESS)
WORDS = (NAME, "晓彤", NUMBER, NUMBER[6:14], PHONE, ADDRESS, "长安街", PASSWORD, quote(NAME), NAME.encode("gbk").hex())


def _things_go_wrong(client: HallClient, raw: httpx2.Client, hall_id: str, user_id: str) -> None:
    group = client.groups()[0].group_id
    client.take_ticket(TakeTicket(group, card=CardPerson(NAME, NUMBER)))
    with pytest.raises(Refusal):
        client.take_ticket(TakeTicket(group, card=CardPerson(NAME, NUMBER)))
    good = replace(record(opening(1, user_id), hall_id), applicant=PERSON)
    client.store_case(good)
    with pytest.raises(Refusal):
        client.store_case(replace(good, matter_name=f"{NAME} {ADDRESS}"))
    with pytest.raises(Refusal):
        client.store_case(replace(good, outcome=NAME))
    start = opening(2, user_id)
    number = start.case_number[:-4] + "0666"
    broken = replace(record(start, hall_id), applicant=PERSON, case_number=number)
    broken = replace(broken, opening=replace(start, case_number=number))
    with pytest.raises(Fault, match="报编号"):
        client.store_case(broken)
    with pytest.raises(NotAllowed):
        client.login(Login(NUMBER, PHONE))
    body = {"name": NAME, "applicant": {"document_no": NUMBER, "address": ADDRESS}, "group_id": [PHONE]}
    for method, path, content in (
        ("POST", "/v1/cases", json.dumps(body)),
        ("POST", "/v1/tickets", f'{{"group_id": "{NAME}", "card": "{NUMBER}"'),
        ("GET", f"/v1/cases/{quote(NAME)}", ""),
        ("GET", f"/v1/tickets/by-number/{NUMBER}", ""),
        ("GET", f"/{quote(ADDRESS)}/{PHONE}?name={quote(NAME)}", ""),
        ("POST", "/v1/results", json.dumps({"document_no": NUMBER, "name": 3, "purpose": ADDRESS})),
        ("POST", "/v1/users", json.dumps({"login_name": NUMBER, "name": NAME, "password": "x", "roles": ["clerk"]})),
    ):
        raw.request(method, path, content=content, headers={"X-Name": NUMBER, "User-Agent": quote(NAME)})


def test_nothing_of_a_citizen_and_no_password_is_in_any_log(tmp_path: Path) -> None:
    running = start_server(tmp_path / "data", program="support.failing_server")
    client, enrolment = clerk_at(running)
    session = client.session()
    assert session is not None
    raw = httpx2.Client(base_url=running.address, verify=trusting(enrolment.ca_pem), timeout=20)
    raw.headers.update(
        {"Authorization": f"Bearer {enrolment.enrolled.token}", "X-Session": session.token, "Idempotency-Key": "k" * 20}
    )
    request = raw.request

    def as_server(method: str, path: str, **more: object) -> object:
        return request(method, path, extensions={"sni_hostname": SERVER_NAME}, **more)  # type: ignore[arg-type]

    raw.request = as_server  # type: ignore[method-assign,assignment]
    _things_go_wrong(client, raw, enrolment.enrolled.hall.hall_id, session.user_id)
    raw.close()
    client.close()
    assert running.stop() == 0
    assert running.process.stderr is not None
    told = running.process.stderr.read().decode()
    close_pipes(running)

    files = {path: path.read_bytes() for path in (tmp_path / "data" / "log").iterdir()}
    assert files
    for word in WORDS:
        assert word not in told
        for path, content in files.items():
            assert word.encode() not in content, (path.name, word)
    lines = [json.loads(line) for line in files[tmp_path / "data" / "log" / "server.log"].splitlines()]
    # What helps is there: the mistake by its kind and place, and the requests that failed.
    mistakes = [line for line in lines if line["message"].startswith("unexpected")]
    assert [error["kind"] for error in mistakes[0]["errors"]] == ["builtins.RuntimeError", "builtins.KeyError"]
    assert any("failing_server.py" in place for place in mistakes[0]["errors"][0]["places"])
    statuses = {(line["route"], line["status"]) for line in lines if line["message"] == "request"}
    assert {("/v1/cases", 500), ("/v1/cases", 409), ("/v1/cases", 422), ("/v1/tickets", 409)} <= statuses
    assert {status for route, status in statuses if route == "unmatched"} == {404}
