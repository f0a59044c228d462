"""The tablet keeps the contract of every evaluator; and what strangers in the same network can do to it: nothing."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.base.devices import Evaluator
from drivers.base.errors import NotConnected
from drivers.base.health import HealthState
from drivers.base.trace import TraceLog
from drivers.contract.evaluator import PATIENCE, SHORT, EvaluatorContract, RatingBench
from drivers.evaluator.tablet.evaluator import TabletEvaluator
from drivers.evaluator.tablet.pairing import MOST_WRONG, Pairing
from drivers.evaluator.tablet.serving import COOKIE, Bucket
from drivers.evaluator.tablet.simulator import TabletSimulator
from support.lines import now

LOOK = 0.5


def evaluator_on(port: int = 0, **named: object) -> TabletEvaluator:
    return TabletEvaluator("127.0.0.1", port, now=now, window="3", look_s=LOOK, **named)  # type: ignore[arg-type]


class TabletBench(TabletSimulator):
    """The tablet together with the window's end that it was paired with."""

    def __init__(self, evaluator: TabletEvaluator) -> None:
        self.evaluator = evaluator
        offer = evaluator.offer_pairing()
        super().__init__(evaluator.port, offer.code)

    def unplug(self) -> None:
        super().unplug()
        # A tablet is away when it has not asked for a while, not in the moment it goes dark.
        time.sleep(2 * LOOK + 1.5)


class TestTabletEvaluator(EvaluatorContract):
    @contextmanager
    def make_bench(self, folder: Path) -> Iterator[RatingBench]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        evaluator = evaluator_on(port, file=folder / "tablet")
        with TabletBench(evaluator) as bench:
            yield bench
        evaluator.close()

    def make_evaluator(self, bench: RatingBench, trace: TraceLog) -> Evaluator:
        assert isinstance(bench, TabletBench)
        bench.evaluator._trace = trace
        return bench.evaluator

    def test_the_trace_tells_that_somebody_rated_and_never_how(
        self, bench: TabletBench, evaluator: Evaluator, trace: TraceLog
    ) -> None:
        texts = set()
        for level in (1, 5):
            bench.press(level)
            assert self.ask(evaluator) == level
            texts.add(trace.lines()[-1].text)
        assert texts == {"收到一次评价"}


@pytest.fixture
def evaluator(tmp_path: Path) -> Iterator[TabletEvaluator]:
    evaluator = evaluator_on(file=tmp_path / "tablet")
    yield evaluator
    evaluator.close()


@pytest.fixture
def tablet(evaluator: TabletEvaluator) -> TabletSimulator:
    """Paired, and quiet: the test makes its calls."""
    code = evaluator.offer_pairing().code
    tablet = TabletSimulator(evaluator.port, code)
    assert tablet.call("POST", "/pair", {"code": code})[0] == 200
    return tablet


@contextmanager
def asked(evaluator: TabletEvaluator, tablet: TabletSimulator) -> Iterator[tuple[str, list[int | None]]]:
    """While somebody is asked: the asking's id, and where the level comes to stand."""
    got: list[int | None] = []
    cancel = threading.Event()

    def ask() -> None:
        rated = evaluator.ask_rating(PATIENCE, cancel)
        got.append(None if rated is None else rated.level)

    asking = threading.Thread(target=ask)
    asking.start()
    told: dict[str, str] = {}
    while not told.get("asking"):
        _, told = tablet.call("GET", "/state?seen=0")
    try:
        yield told["asking"], got
    finally:
        time.sleep(0.3)
        cancel.set()
        asking.join()


def test_without_a_tablet_the_light_says_what_to_do(evaluator: TabletEvaluator) -> None:
    assert evaluator.probe().word == "not_paired"
    assert "配对码" in evaluator.health().advice
    with pytest.raises(NotConnected, match="no tablet"):
        evaluator.ask_rating(SHORT, threading.Event())


def test_a_port_that_is_taken_is_told(evaluator: TabletEvaluator) -> None:
    evaluator.offer_pairing()
    second = evaluator_on(evaluator.port)
    assert second.probe().word == "port_taken"
    with pytest.raises(NotConnected):
        second.ask_rating(SHORT, threading.Event())


def test_a_tablet_is_still_known_after_a_restart_and_no_token_lies_on_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "tablet"
    token = _paired(Pairing(file))
    assert Pairing(file).knows(token)
    assert not Pairing(file).knows(token + "x")
    assert token not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


def _paired(pairing: Pairing) -> str:
    token = pairing.redeem(pairing.new_code())
    assert token is not None
    return token


def test_a_code_is_good_once_for_ten_minutes_and_void_after_wrong_ones() -> None:
    seconds = [0.0]
    pairing = Pairing(monotonic=lambda: seconds[0])
    code = pairing.new_code()
    assert pairing.redeem(code)
    assert pairing.redeem(code) is None
    code = pairing.new_code()
    for _ in range(MOST_WRONG):
        assert pairing.redeem("x") is None
    assert pairing.redeem(code) is None
    code = pairing.new_code()
    seconds[0] = 601
    assert pairing.redeem(code) is None


def test_another_tablet_takes_the_place_of_the_one_before(evaluator: TabletEvaluator, tablet: TabletSimulator) -> None:
    other = TabletSimulator(evaluator.port, "")
    assert other.call("POST", "/pair", {"code": evaluator.offer_pairing().code})[0] == 200
    assert tablet.call("GET", "/state?seen=0")[0] == 401
    assert other.call("GET", "/state?seen=0")[0] == 200


def test_one_asking_takes_one_answer_from_the_paired_tablet_only(
    evaluator: TabletEvaluator, tablet: TabletSimulator
) -> None:
    stranger = TabletSimulator(evaluator.port, "")
    with asked(evaluator, tablet) as (asking, got):
        assert stranger.call("POST", "/rate", {"asking": asking, "level": 1})[0] == 401
        assert tablet.call("POST", "/rate", {"asking": "another", "level": 1})[0] == 409
        assert tablet.call("POST", "/rate", {"asking": asking, "level": 6})[0] == 409
        assert tablet.call("POST", "/rate", {"asking": asking, "level": 4})[0] == 200
        assert tablet.call("POST", "/rate", {"asking": asking, "level": 1})[0] == 409
    assert got == [4]


def test_an_answer_to_the_visit_before_does_not_rate_this_one(
    evaluator: TabletEvaluator, tablet: TabletSimulator
) -> None:
    with asked(evaluator, tablet) as (first, _):
        pass
    with asked(evaluator, tablet) as (second, got):
        assert second != first
        assert tablet.call("POST", "/rate", {"asking": first, "level": 5})[0] == 409
    assert got == [None]


@pytest.mark.parametrize("level", [True, "1", 1.0, None, [1], 10**30, -1, 0])
def test_only_a_level_is_a_level(evaluator: TabletEvaluator, tablet: TabletSimulator, level: object) -> None:
    with asked(evaluator, tablet) as (asking, got):
        assert tablet.call("POST", "/rate", {"asking": asking, "level": level})[0] in (400, 409)
    assert got == [None]


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while data := line.recv(4096):
            answer += data
        return answer


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /rate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n",
        b"POST /rate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n",
        b"POST /rate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n{}",
        b"POST /rate HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /pair HTTP/1.1\r\nHost: x\r\nOrigin: http://evil\r\nContent-Type: application/json\r\n"
        b"Content-Length: 2\r\n\r\n{}",
        b"POST /pair HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n" + b"[" * 200,
        b"POST /pair HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n\xff\xfe{",
        b"GET /../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /page.py HTTP/1.1\r\nHost: x\r\n\r\n",
        b"DELETE / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_a_stranger_sends_is_refused_and_the_page_goes_on(
    evaluator: TabletEvaluator, tablet: TabletSimulator, request_: bytes
) -> None:
    answer = raw(evaluator.port, request_)
    status = int(answer.split()[1]) if answer.startswith(b"HTTP/1.") and len(answer.split()) > 1 else 400
    assert 400 <= status < 600
    assert tablet.call("GET", "/state?seen=0")[0] == 200


def test_strangers_who_keep_lines_open_do_not_keep_the_tablet_out(
    evaluator: TabletEvaluator, tablet: TabletSimulator
) -> None:
    """As many as one address may hold; the others are hung up on at once."""
    held = [socket.create_connection(("127.0.0.1", evaluator.port), timeout=5) for _ in range(12)]
    time.sleep(0.3)
    refused = 0
    for line in held[7:]:
        line.settimeout(1.0)
        try:
            refused += line.recv(1) == b""
        except (TimeoutError, ConnectionError):
            continue
    assert refused >= 4
    for line in held:
        line.close()
    time.sleep(0.3)
    assert tablet.call("GET", "/state?seen=0")[0] == 200


def test_codes_cannot_be_tried_out(evaluator: TabletEvaluator) -> None:
    evaluator.offer_pairing()
    stranger = TabletSimulator(evaluator.port, "")
    statuses = [stranger.call("POST", "/pair", {"code": f"{number:08d}"})[0] for number in range(8)]
    assert set(statuses) == {403, 429}
    assert statuses[-1] == 429


def test_a_bucket_fills_again_and_forgets_the_oldest() -> None:
    seconds = [0.0]
    bucket = Bucket(2, 1.0, lambda: seconds[0])
    assert [bucket.allows("a") for _ in range(3)] == [True, True, False]
    seconds[0] = 1.5
    assert bucket.allows("a")
    for number in range(100):
        bucket.allows(str(number))
    assert len(bucket._left) <= 64


def test_every_answer_forbids_what_does_not_belong_to_the_page(evaluator: TabletEvaluator) -> None:
    evaluator.offer_pairing()
    for path in ("/", "/page.js", "/page.css", "/state", "/nowhere"):
        line = http.client.HTTPConnection("127.0.0.1", evaluator.port, timeout=20)
        line.request("GET", path)
        reply = line.getresponse()
        reply.read()
        line.close()
        policy = reply.getheader("Content-Security-Policy", "")
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert reply.getheader("X-Content-Type-Options") == "nosniff"
        assert reply.getheader("Cache-Control") == "no-store"
        assert "Python" not in reply.getheader("Server", "")


def test_the_cookie_is_kept_from_scripts_and_other_sites(evaluator: TabletEvaluator) -> None:
    code = evaluator.offer_pairing().code
    line = http.client.HTTPConnection("127.0.0.1", evaluator.port, timeout=20)
    line.request("POST", "/pair", json.dumps({"code": code}), {"Content-Type": "application/json"})
    cookie = line.getresponse().getheader("Set-Cookie", "")
    line.close()
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_a_tablet_that_is_switched_off_is_seen_as_away(evaluator: TabletEvaluator, tablet: TabletSimulator) -> None:
    tablet.call("GET", "/state?seen=0")
    assert evaluator.probe().state is HealthState.READY
    time.sleep(2 * LOOK + 1.5)
    assert evaluator.probe().word == "tablet_away"
