"""docs/openapi.json is what the server says about itself, and says all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter

from clerk_app.ports.problems import to_problem
from clerk_app.server.app import routed
from clerk_app.server.calls import SCREEN_COOKIE, Changing, Reading
from clerk_app.server.description import described, operations, text_of
from clerk_app.services.hall.requests import Requests
from support.server import ROOT

CHECKED_IN = ROOT / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CHECKED_IN.read_text(encoding="utf-8"))
    return found


def test_the_description_did_not_change_unnoticed() -> None:
    now = text_of(routed().openapi())
    assert CHECKED_IN.read_text(encoding="utf-8") == now, (
        "The API is not what docs/openapi.json says. When the change is meant: `make openapi`, read the difference as "
        "a reader of the API would (is it still what older windows and platforms send?), and commit it."
    )


def test_it_is_openapi_3_1_and_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1.")
    for reference in re.findall(r'"\$ref": ?"([^"]+)"', json.dumps(description)):
        place: Any = description
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
        assert place


def test_every_operation_has_an_id_of_its_own(description: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", one) for one in ids)


def _refused(operation: dict[str, Any]) -> set[str]:
    return {status for status in operation["responses"] if status >= "4"}


def test_whoever_has_to_be_known_is_told_so_and_by_which_headers(description: dict[str, Any]) -> None:
    open_to_all = {(method, path) for path, method, operation in operations(description) if not operation["security"]}
    assert open_to_all == {("get", "/v1/health"), ("get", "/v1/enrol/ca"), ("post", "/v1/enrol")}
    for _, method, operation in operations(description):
        if operation["security"]:
            assert {"401", "403", "404", "423", "426", "500", "503"} <= _refused(operation)
            assert {"device": []} in operation["security"]
            assert ({"screen": []} in operation["security"]) is (method == "get")
    assert description["components"]["securitySchemes"]["screen"]["name"] == SCREEN_COOKIE


def test_all_changes_but_those_that_say_why_carry_a_key(description: dict[str, Any]) -> None:
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    without = {
        path
        for path, method, operation in operations(description)
        if method == "post" and key not in operation.get("parameters", [])
    }
    assert without == {
        "/v1/enrol",
        "/v1/login",
        "/v1/logout",
        "/v1/approvals",
        "/v1/results",
        "/v1/appointments/find",
        "/v1/window/here",
        "/v1/batches",
        "/v1/files",
    }
    for path, _, operation in operations(description):
        if key in operation.get("parameters", []):
            assert {"409", "422"} <= _refused(operation), path


def test_every_refusal_is_a_problem(description: dict[str, Any]) -> None:
    problem = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for answer in description["components"]["responses"].values():
        assert answer["content"] == problem
    for _, _, operation in operations(description):
        for status in _refused(operation):
            assert operation["responses"][status]["$ref"].startswith("#/components/responses/")


def test_every_kind_of_refusal_there_is_stands_in_the_description(description: dict[str, Any]) -> None:
    kinds = set(description["components"]["schemas"]["Problem"]["properties"]["kind"]["enum"])
    for error in _every_error():
        status, problem = to_problem(error)
        assert problem.kind in kinds
        assert any(str(status) in operation["responses"] for _, _, operation in operations(description))


def _every_error() -> Iterator[Any]:
    from clerk_app.domain import errors
    from clerk_app.ports import hall

    for kind in (*vars(errors).values(), *vars(hall).values()):
        if not isinstance(kind, type) or not issubclass(kind, errors.Refusal | errors.Fault):
            continue
        if kind is not errors.Refusal:
            yield kind("name", "不对") if issubclass(kind, errors.Rejected) else kind("不行")


def test_the_key_of_the_description_is_the_one_that_the_server_takes(description: dict[str, Any]) -> None:
    from clerk_app.services.hall import requests

    pattern = description["components"]["parameters"]["IdempotencyKey"]["schema"]["pattern"]
    assert pattern == f"^{requests._KEY.pattern}$"
    assert Requests is requests.Requests


def test_an_endpoint_that_somebody_adds_is_described_as_the_others_are() -> None:
    router = APIRouter(prefix="/v1", tags=["new"])

    @router.get("/thing")
    def thing(call: Reading, name: str) -> str:
        return name

    @router.post("/thing", response_model=str)
    def make(call: Changing) -> Any:
        return "made"

    app = routed()
    app.include_router(router)
    found = described(app)["paths"]["/v1/thing"]
    assert found["get"]["operationId"] == "new_thing"
    assert [one["name"] for one in found["get"]["parameters"]] == ["name"]
    assert set(found["post"]["responses"]) == {"200", "401", "403", "404", "409", "422", "423", "426", "500", "503"}


def test_what_is_no_endpoint_is_a_fault_and_not_a_refusal() -> None:
    """A window that is newer than its server must keep the record that it could not place."""
    from starlette.testclient import TestClient

    with TestClient(routed()) as client:
        lost = client.post("/v1/of-a-later-version", json={})
        wrong = client.delete("/v1/health")
    assert (lost.status_code, lost.json()["kind"]) == (404, "fault")
    assert (wrong.status_code, wrong.json()["kind"], wrong.headers["allow"]) == (405, "fault", "GET")
