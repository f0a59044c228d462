"""A refusal travels and arrives as what it was; what is ours says nothing but an id."""

from __future__ import annotations

import json
import logging

import pytest
from starlette.requests import Request

from clerk_app.domain.errors import (
    Conflict,
    Fault,
    Locked,
    NotAllowed,
    NotFound,
    Refusal,
    Rejected,
    StoreFault,
)
from clerk_app.ports.hall import DeviceUnknown, LoginNeeded, SessionEnded
from clerk_app.ports.problems import Problem, to_error, to_problem
from clerk_app.server.calls import unexpected


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Rejected("card", "证件不对"), 422),
        (Locked("不能"), 423),
        (NotAllowed("不许"), 403),
        (SessionEnded("结束"), 401),
        (DeviceUnknown("没登记"), 401),
        (LoginNeeded("要本人登录"), 403),
        (NotFound("没有"), 404),
        (Conflict("有人快"), 409),
        (StoreFault("满了"), 503),
        (Fault("坏了"), 503),
    ],
)
def test_there_and_back(error: Refusal | Fault, status: int) -> None:
    found, problem = to_problem(error)
    back = to_error(problem)
    assert found == status
    assert type(back) is type(error)
    assert str(back) == str(error)
    if isinstance(error, Rejected) and isinstance(back, Rejected):
        assert back.field == error.field


def test_a_kind_of_a_newer_server_is_still_a_sentence() -> None:
    assert isinstance(to_error(Problem("brand_new", "新的拒绝")), Fault)


def test_our_own_errors_show_an_id_and_are_logged_under_it(caplog: pytest.LogCaptureFixture) -> None:
    request = Request({"type": "http", "method": "POST", "path": "/v1/cases", "headers": [], "query_string": b""})
    with caplog.at_level(logging.ERROR):
        answer = unexpected(request, ZeroDivisionError("secret detail"))
    problem = json.loads(bytes(answer.body))
    quotable = problem["sentence"].split("报编号 ")[1].split(" ")[0]
    assert answer.status_code == 500
    assert "secret detail" not in bytes(answer.body).decode()
    assert quotable in caplog.text
