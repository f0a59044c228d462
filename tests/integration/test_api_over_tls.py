"""The same over the wire: a real server process, HTTPS, and every endpoint of docs/openapi.json asked once or twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from requests.adapters import HTTPAdapter
from schemathesis import GenerationMode

from clerk_app.client.hall import HallClient
from clerk_app.client.tls import trusting
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.ports.hall import Login
from clerk_app.server.description import operations
from support.api_checks import CHECKS
from support.server import PASSWORD, ROOT, ServerProcess, clerk_at, client_of, server

DESCRIPTION: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
LAST = ("/v1/hall-day/close", "/v1/logout")


class _ToTheHall(HTTPAdapter):
    """The certificate is made out to the hall's name, whatever address is dialled."""

    def __init__(self, ca_pem: str) -> None:
        self._context = trusting(ca_pem)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        named = {"server_hostname": SERVER_NAME, "assert_hostname": SERVER_NAME, "ssl_context": self._context}
        super().init_poolmanager(*args, **kwargs, **named)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """The context has the hall's own authority and nobody else's."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with server(tmp_path_factory.mktemp("server")) as process:
        yield process


@pytest.fixture(scope="module")
def clerk(running: ServerProcess) -> Iterator[tuple[HallClient, dict[str, str]]]:
    client, enrolment = clerk_at(running)
    client.close()
    again = client_of(enrolment)
    session = again.login(Login("wangxm", PASSWORD))
    yield again, {"Authorization": f"Bearer {enrolment.enrolled.token}", "X-Session": session.token}
    again.close()


@pytest.fixture(scope="module")
def platform(running: ServerProcess) -> dict[str, str]:
    return {"Authorization": f"Bearer {running.enrol(DeviceKind.PLATFORM, None).enrolled.token}"}


def test_every_endpoint_answers_over_tls_as_the_checked_in_description_says(
    running: ServerProcess, clerk: tuple[HallClient, dict[str, str]], platform: dict[str, str]
) -> None:
    _, by_clerk = clerk
    schema = schemathesis.openapi.from_dict(DESCRIPTION)
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", _ToTheHall(running.enrol(DeviceKind.DISPLAY, None).ca_pem))
        found = sorted(operations(DESCRIPTION), key=lambda one: (one[0] in LAST, one[0], one[1]))
        for path, method, _ in found:
            made = schema[path][method.upper()].as_strategy(generation_mode=GenerationMode.POSITIVE)

            @seed(1)
            @settings(
                max_examples=1,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=made)
            def ask(case: Any) -> None:
                for headers in ({}, by_clerk, platform):
                    answer = case.call(base_url=running.address, session=session, headers=headers)
                    case.validate_response(answer, checks=CHECKS)

            ask()
    assert running.process.poll() is None
    logged = "".join(one.read_text(encoding="utf-8") for one in Path(running.folder).rglob("*.log*"))
    assert "unexpected" not in logged
