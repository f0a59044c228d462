"""One visit, one rating per stage; no key pressed is no rating."""

from __future__ import annotations

import threading

import pytest

from clerk_app.domain.errors import Rejected
from clerk_app.domain.rating import RatingStage
from clerk_app.ports.devices import DeviceFault
from clerk_app.services.window.rating import Rated, RatingDesk
from support.window import CLERK, FakeEvaluator, Window, ticket
from support.window_memory import MemoryWindowStore

VISIT = ticket().ticket_id


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


def ask(window: Window, *levels: int | None, **where: object) -> Rated:
    desk = RatingDesk(window.store, window.journal, FakeEvaluator(*levels))
    return desk.ask(CLERK, 20, threading.Event(), **(where or {"ticket_id": VISIT}))  # type: ignore[arg-type]


def test_a_pressed_key_is_stored_once(window: Window) -> None:
    assert ask(window, 1) is Rated.RATED
    assert ask(window, 5) is Rated.ALREADY
    stored = window.store.read(lambda unit: unit.ratings.of_visit(VISIT, "acceptance"))
    assert stored is not None
    assert stored.level == 1
    assert window.store.read(lambda unit: unit.outbox.counts())[0] == 1


def test_a_stored_rating_is_sent_at_once(window: Window) -> None:
    woken: list[str] = []
    desk = RatingDesk(window.store, window.journal, FakeEvaluator(1), lambda: woken.append("now"))
    desk.ask(CLERK, 20, threading.Event(), ticket_id=VISIT)
    assert woken == ["now"]
    assert desk.ask(CLERK, 20, threading.Event(), ticket_id=VISIT) is Rated.ALREADY
    assert woken == ["now"]


def test_no_key_is_no_rating_and_may_be_asked_again(window: Window) -> None:
    assert ask(window, None) is Rated.NOT_RATED
    assert window.store.read(lambda unit: unit.outbox.counts())[0] == 0
    assert ask(window, 3) is Rated.RATED


def test_the_result_is_rated_a_second_time(window: Window) -> None:
    assert ask(window, 2) is Rated.RATED
    assert ask(window, 2, ticket_id=VISIT, stage=RatingStage.ISSUE) is Rated.RATED
    assert window.store.read(lambda unit: unit.outbox.counts())[0] == 2


def test_a_visit_without_a_ticket_is_named_by_its_case(window: Window) -> None:
    assert ask(window, 2, case_id="018f0000-0000-7000-8000-00000000c0de") is Rated.RATED
    with pytest.raises(ValueError, match="visit"):
        ask(window, 2, case_id="")


@pytest.mark.parametrize("level", [0, 6, -1])
def test_a_level_outside_of_the_five_is_refused(window: Window, level: int) -> None:
    with pytest.raises(Rejected):
        ask(window, level)


def test_without_a_keypad_that_is_said(window: Window) -> None:
    with pytest.raises(DeviceFault, match="评价器"):
        RatingDesk(window.store, window.journal).ask(CLERK, 20, threading.Event(), ticket_id=VISIT)


def test_the_level_stays_out_of_the_audit_trail(window: Window) -> None:
    ask(window, 4)
    (row,) = window.store.read(lambda unit: unit.journal.of_subject(VISIT))
    assert row.kind == "rating.stored"
    assert "level" not in row.payload
