"""The end of a visit reaches the server once, however long that is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clerk_app.domain.errors import Locked, Unreachable
from clerk_app.ports.hall import SessionEnded
from clerk_app.ports.hall_queue import FreeNow
from clerk_app.ui.lanes import Failure
from clerk_app.ui.window.endings import KEPT, Endings

LOGGED_OUT = SessionEnded("这个登录已经结束，请重新登录")
AWAY, REFUSED = Unreachable("服务器连不上"), Locked("这个号已经办结，不能办结")


class Lane:
    """Keeps jobs until somebody lets them run, as a network does."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[], None]] = []

    def run(self, work: Any, *args: Any, done: Any, failed: Any) -> None:
        def job() -> None:
            try:
                result = work(*args)
            except (Locked, SessionEnded, Unreachable) as error:
                failed(Failure(error, str(error), "", "network"))
            else:
                done(result)

        self.jobs.append(job)

    def go(self) -> None:
        waiting, self.jobs = self.jobs, []
        for job in waiting:
            job()


class Server:
    def __init__(self) -> None:
        self.ended: list[tuple[str, str]] = []
        self.answer: Exception | None = None
        self.called = 0

    def finish(self, ticket_id: str, outcome: str) -> None:
        if self.answer is not None:
            raise self.answer
        self.ended.append((ticket_id, outcome))

    def finish_and_call(self, ticket_id: str, outcome: str) -> FreeNow:
        self.finish(ticket_id, outcome)
        self.called += 1
        return FreeNow(None)

    def finish_late(self, ticket_id: str, outcome: str) -> None:
        self.finish(ticket_id, outcome)


class Visit:
    def __init__(self) -> None:
        self.lane, self.server = Lane(), Server()
        self.told: list[str] = []
        self.said: list[str] = []
        self.then: list[str] = []
        self.endings = Endings(
            self.server,  # type: ignore[arg-type]
            self.lane,  # type: ignore[arg-type]
            lambda: self.told.append("told"),
            self.said.append,
            lambda failure: self.said.append(failure.text),
        )

    def end(self) -> None:
        self.endings.end("t1", "accepted", calls=True, done=lambda _: self.then.append("next"))


@pytest.fixture
def visit() -> Visit:
    return Visit()


def test_the_server_is_told_and_the_next_one_called(visit: Visit) -> None:
    visit.end()
    assert "t1" in visit.endings
    visit.lane.go()
    assert visit.server.ended == [("t1", "accepted")]
    assert (visit.told, visit.then, visit.said) == (["told"], ["next"], [])
    assert "t1" not in visit.endings


def test_while_the_server_is_away_the_ending_is_kept(visit: Visit) -> None:
    visit.server.answer = AWAY
    visit.end()
    visit.lane.go()
    assert visit.said == [KEPT]
    assert "t1" in visit.endings
    visit.server.answer = None
    visit.endings.repeat()
    visit.lane.go()
    assert visit.server.ended == [("t1", "accepted")]
    # Nobody is called long after the key was pressed.
    assert (visit.then, visit.server.called) == ([], 0)
    assert visit.told == ["told"]


def test_f2_after_a_lost_f12_is_the_same_request_again(visit: Visit) -> None:
    visit.server.answer = AWAY
    visit.end()
    visit.lane.go()
    visit.server.answer = None
    called: list[FreeNow] = []
    assert visit.endings.call(called.append, lambda: None)
    assert visit.endings.call(called.append, lambda: None) is False, "it is on its way"
    visit.lane.go()
    assert (visit.server.ended, visit.server.called, len(called)) == ([("t1", "accepted")], 1, 1)
    assert visit.endings.call(called.append, lambda: None) is False, "nothing is open any more"


def test_a_clerk_who_has_to_log_in_again_ends_nothing_twice(visit: Visit) -> None:
    visit.server.answer = LOGGED_OUT
    visit.end()
    visit.lane.go()
    assert visit.said == [str(LOGGED_OUT)]
    visit.server.answer = None
    visit.endings.repeat()
    visit.lane.go()
    assert visit.server.ended == [("t1", "accepted")]


def test_an_ending_on_its_way_is_not_sent_a_second_time(visit: Visit) -> None:
    visit.end()
    visit.endings.repeat()
    visit.endings.repeat()
    visit.lane.go()
    assert visit.server.ended == [("t1", "accepted")]


def test_a_refused_ending_is_told_and_given_up(visit: Visit) -> None:
    visit.server.answer = REFUSED
    visit.end()
    visit.lane.go()
    assert visit.said == [str(REFUSED)]
    assert "t1" not in visit.endings
    assert visit.then == []
