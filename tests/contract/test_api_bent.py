"""A right request with one thing wrong in it gets an answer of the description, on both stores: the error is named, and
nothing falls over. ``make api-fuzz`` bends many more."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from clerk_app.server.bodies import MOST_BODY
from support.api_bodies import NASTY, Sent, bent, good_requests, leaves, renewed
from support.api_hall import ApiHall, api_hall
from support.postgres import PostgresServer

TIMES = int(os.environ.get("API_EXAMPLES", "2"))
SEED = os.environ.get("API_SEED", "20261126")


class Asking:
    """Sends requests, each under a new key and with new ids."""

    def __init__(self, api: ApiHall, client: TestClient) -> None:
        self.api, self.client = api, client
        self.askers = {one.name: one for one in api.askers}
        self.documented = api.app.openapi()["paths"]
        self.number = 0

    def __call__(self, sent: Sent, body: Any) -> httpx2.Response:
        self.number += 1
        content = json.dumps(renewed(body, self.number))
        return self.send(sent.method, sent.path, content, sent.asker)

    def send(self, method: str, path: str, content: Any, asker: str = "clerk", **more: str) -> httpx2.Response:
        self.number += 1
        headers = {"Idempotency-Key": f"bent-{self.number:08d}", "Content-Type": "application/json", **more}
        found: httpx2.Response = self.client.request(
            method, path, content=content, headers={**self.api.live(self.askers[asker]), **headers}
        )
        return found

    def answers(self, sent: Sent) -> set[str]:
        """What the description names for this address."""
        parts = sent.path.split("/")
        for path, methods in self.documented.items():
            known = path.split("/")
            same = len(known) == len(parts) and all(
                one == other or one.startswith("{") for one, other in zip(known, parts, strict=True)
            )
            if same and sent.method.lower() in methods:
                return set(methods[sent.method.lower()]["responses"])
        raise AssertionError(f"{sent.path} is not described")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asking(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    place: Path | str = tmp_path_factory.mktemp("hall")
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        place = server.url(server.empty_store())
    with api_hall(place) as api, TestClient(api.app, raise_server_exceptions=False) as client:
        yield Asking(api, client)


def test_what_is_bent_here_is_right_to_begin_with(asking: Asking) -> None:
    for sent in good_requests(asking.api):
        answer = asking(sent, sent.body)
        assert answer.status_code < 500, (sent.path, answer.text)
        if answer.status_code == 422:
            # Not the form: what is asked for cannot be had.
            assert "程序错误" not in answer.text, (sent.path, answer.text)


def test_one_wrong_thing_in_a_right_request_is_answered_as_described(asking: Asking) -> None:
    chance = random.Random(SEED)
    for sent in good_requests(asking.api):
        places = list(leaves(sent.body))
        for _ in range(TIMES):
            for value in chance.sample(NASTY, 4):
                place = chance.choice(places)
                answer = asking(sent, bent(sent.body, place, value))
                what = (sent.path, place, value, answer.status_code, answer.text)
                assert str(answer.status_code) in asking.answers(sent), what
                assert answer.status_code != 500, what
                if answer.status_code == 503:
                    # An act from the future waits for its time.
                    assert answer.json()["kind"] == "fault", what


@pytest.mark.parametrize(
    "content",
    [
        b'{"text": "\\ud800", "from_at": "2026-11-23T10:00:00+08:00", "until_at": "2026-11-23T18:00:00+08:00"}',
        b'{"text": "a\\u0000b", "from_at": "2026-11-23T10:00:00+08:00", "until_at": "2026-11-23T18:00:00+08:00"}',
        b'{"text": NaN}',
        b'{"text": [-Infinity]}',
        b'{"text": 12345678901234567890}',
        b"{" * 100_000,
        b'{"text": "\xff"}',
        b"\x00",
        b"",
    ],
)
def test_what_cannot_be_kept_is_refused_before_anything_is_done(content: bytes, asking: Asking) -> None:
    answer = asking.send("POST", "/v1/notices", content)
    assert (answer.status_code, answer.json()["kind"]) == (422, "rejected")


@pytest.mark.parametrize("path", ["/v1/case-file?reference=a%00b", "/v1/cases/%00", "/v1/tickets/by-number/A%00"])
def test_an_address_with_nul_is_refused(path: str, asking: Asking) -> None:
    assert asking.send("GET", path, b"").status_code == 422


def test_long_numbers_and_escapes_inside_texts_are_texts(asking: Asking) -> None:
    body = {
        "text": "办件 124415001967202440001, \\ud800 NaN 12345678901234567890",
        "from_at": "2026-11-23T12:00:00+08:00",
        "until_at": "2026-11-23T18:00:00+08:00",
    }
    answer = asking.send("POST", "/v1/notices", json.dumps(body))
    assert answer.status_code == 200, answer.text
    assert answer.json()["text"] == body["text"]
    rare = asking.send("POST", "/v1/notices", json.dumps(body | {"text": "𠮷\ue863老师"}))
    assert rare.json()["text"] == "𠮷\ue863老师"


def test_a_body_without_end_is_refused_while_it_comes(asking: Asking) -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(MOST_BODY // 2**20 + 1):
            yield b"a" * 2**20

    answer = asking.send("POST", "/v1/notices", endless())
    assert (answer.status_code, answer.json()["kind"]) == (422, "rejected")


def test_one_record_of_a_batch_that_cannot_be_kept_does_not_hold_up_the_others(asking: Asking) -> None:
    rating = {"level": 2, "rated_at": "2026-11-23T10:24:00+08:00", "window_no": "12", "stage": "acceptance"}
    bodies = [
        {"rating_id": f"0198f0a0-0000-7000-8600-{number:012d}", "case_id": f"case-{number}", **rating, **more}
        for number, more in enumerate([{}, {"source": "\ud800"}, {"source": "a\x00"}, {"source": float("nan")}, {}], 1)
    ]
    batch = {
        "records": [
            {"kind": "rating", "key": f"bent-batch-{number}", "stream": str(number), "body": body}
            for number, body in enumerate(bodies)
        ]
    }
    answer = asking.send("POST", "/v1/batches", json.dumps(batch))
    assert answer.status_code == 200, answer.text
    assert [one["taken"] for one in answer.json()["answers"]] == [
        "accepted",
        *("unreadable", "unreadable", "unreadable"),
        "accepted",
    ]
