"""The outbox: nothing is lost, nothing is doubled, order is kept within a case, one bad entry holds up nobody else."""

from __future__ import annotations

import logging

import pytest

from clerk_app.domain.errors import NotAllowed, NotFound, StoreFault
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.window import OutboxEntry, OutboxKind
from clerk_app.services.window import records
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.rating import RatingDesk
from support.window import CLERK, NOW, Window, ticket
from support.window_memory import MemoryWindowStore
from support.window_server import DUPLICATED, HELD_BACK, LOST_ANSWER, LOST_REQUEST, OK, FakeCounter


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


@pytest.fixture
def counter() -> FakeCounter:
    return FakeCounter()


@pytest.fixture
def outbox(window: Window, counter: FakeCounter) -> Outbox:
    return Outbox(window.store, counter, window.journal)  # type: ignore[arg-type]


def conclude(window: Window, count: int = 1) -> list[str]:
    made = []
    for _ in range(count):
        window.clock.advance(seconds=60)
        made.append(window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK).case_id)
    return made


def test_everything_goes_up_in_order_and_the_acknowledgement_is_kept(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    made = conclude(window, 3)
    assert outbox.status().waiting == 3
    push = outbox.push_once()
    assert (push.pushed, push.set_aside, push.stopped) == (3, 0, "")
    assert counter.server.arrivals == made
    case = window.cases.case(made[0])
    assert (case.case_no, case.synced_at) == (f"NO-{case.case_number}", NOW)
    status = outbox.status()
    assert (status.waiting, status.oldest_since, status.error) == (0, None, "")
    assert status.last_synced == window.clock.now()


def test_without_a_server_everything_stays_and_the_status_says_since_when(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    conclude(window, 2)
    counter.plan = [LOST_REQUEST] * 2
    assert "服务器连不上" in outbox.push_once().stopped
    since = window.clock.now()
    window.clock.advance(minutes=3)
    outbox.push_once()
    status = outbox.status()
    assert (status.waiting, status.error_since) == (2, since)
    assert status.oldest_since == NOW.replace(minute=25)
    outbox.push_once()
    assert (outbox.status().error, outbox.status().error_since) == ("", None)
    assert len(counter.server.cases) == 2


@pytest.mark.parametrize(
    "plan", [[OK, LOST_ANSWER], [OK, DUPLICATED], [OK, HELD_BACK], [OK, LOST_ANSWER, OK, LOST_ANSWER, OK, DUPLICATED]]
)
def test_a_repeated_request_carries_the_same_key_and_changes_nothing(
    window: Window, counter: FakeCounter, outbox: Outbox, plan: list[str]
) -> None:
    conclude(window)
    counter.plan = list(plan)
    while outbox.push_once().stopped:
        pass
    counter.deliver_late()
    assert len(set(counter.keys)) == 1
    assert counter.server.writes == 1
    assert outbox.status().waiting == 0


def test_what_the_server_refuses_is_set_aside_and_holds_up_only_its_own_case(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    first, second = conclude(window, 2)
    later = records.load_case_record(window.store.read(lambda unit: unit.outbox.waiting(0, 1))[0].payload)
    entry = OutboxEntry("e-3", 0, first, OutboxKind.CASE, "k-3", "", records.dump_case_record(later), NOW)
    window.store.write(lambda unit: unit.outbox.add(entry))
    counter.server.refuse = {first}
    push = outbox.push_once()
    assert (push.pushed, push.set_aside) == (1, 1)
    assert counter.server.arrivals == [second]
    status = outbox.status()
    assert [(line.stream, line.reason) for line in status.set_aside] == [(first, "服务器不收这一件")]
    assert status.waiting == 1
    assert outbox.push_once().pushed == 0
    counter.server.refuse = set()
    outbox.retry(status.set_aside[0].entry_id, CLERK)
    assert outbox.push_once().pushed == 2
    assert outbox.status().set_aside == ()


def test_only_what_is_set_aside_can_be_retried(window: Window, outbox: Outbox) -> None:
    conclude(window)
    (line,) = outbox.waiting()
    with pytest.raises(NotFound):
        outbox.retry(line.entry_id, CLERK)


def test_a_device_without_rights_keeps_everything_waiting(window: Window, counter: FakeCounter, outbox: Outbox) -> None:
    conclude(window, 2)
    counter.refusal = NotAllowed("本机的登记已作废，请技术员重新登记")
    push = outbox.push_once()
    assert (push.set_aside, push.stopped) == (0, "本机的登记已作废，请技术员重新登记")
    assert outbox.status().waiting == 2


def test_a_fault_of_ours_in_one_entry_is_shown_with_a_number_to_read_out(
    window: Window, counter: FakeCounter, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    entry = OutboxEntry("e-broken", 0, "s", OutboxKind.CASE, "k", "", {"not": "a record"}, NOW)
    window.store.write(lambda unit: unit.outbox.add(entry))
    (good,) = conclude(window)
    with caplog.at_level(logging.ERROR):
        push = outbox.push_once()
    assert (push.pushed, push.set_aside) == (1, 1)
    assert counter.server.arrivals == [good]
    (line,) = outbox.status().set_aside
    assert "BROKEN" in line.reason
    assert any("BROKEN" in message for message in caplog.messages)


def test_an_acknowledgement_that_could_not_be_stored_is_asked_for_again(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    conclude(window)

    def full() -> None:
        raise StoreFault("本机磁盘满了")

    window.store.before_commit = full  # type: ignore[attr-defined]
    with pytest.raises(StoreFault):
        outbox.push_once()
    window.store.before_commit = lambda: None  # type: ignore[attr-defined]
    assert outbox.status().waiting == 1
    assert outbox.push_once().pushed == 1
    assert counter.server.writes == 1


def test_an_answer_to_another_revision_is_not_taken_for_an_acknowledgement(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    conclude(window)
    store_case = counter.server.store_case

    def older(record, key):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        return replace(store_case(record, key), revision=7)

    counter.server.store_case = older  # type: ignore[method-assign]
    assert "对不上" in outbox.push_once().stopped
    assert outbox.status().waiting == 1


def test_a_server_restored_from_yesterday_gets_everything_again(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    made = conclude(window, 3)
    outbox.push_once()
    counter.server.__init__(epoch="epoch-2")  # type: ignore[misc]
    outbox.push_once()
    assert counter.server.arrivals == made
    assert outbox.status().waiting == 0


def test_ratings_go_the_same_way(window: Window, counter: FakeCounter, outbox: Outbox) -> None:
    visit = ticket().ticket_id
    RatingDesk(window.store, window.journal).store(CLERK, 2, ticket_id=visit)
    counter.plan = [OK, LOST_ANSWER]
    outbox.push_once()
    outbox.push_once()
    ((_, rating),) = counter.server.ratings.items()
    assert (rating.level, rating.ticket_id, rating.stage) == (2, visit, "acceptance")
    stored = window.store.read(lambda unit: unit.ratings.of_visit(visit, "acceptance"))
    assert stored is not None
    assert stored.synced_at == NOW


def test_the_list_of_what_waits_names_ticket_and_matter_but_nobody(window: Window, outbox: Outbox) -> None:
    window.cases.conclude(window.complete(ticket()), OutcomeKind.ACCEPTED, CLERK)
    (line,) = outbox.waiting()
    assert line.title == "A047 食品经营许可（新办）"
