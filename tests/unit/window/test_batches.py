"""The outbox with a server that takes batches: fewer requests, the same end, and one rule for every answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clerk_app.domain.errors import Fault, Locked, NotFound, Refusal, Rejected
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.hall import LoginNeeded, SessionEnded
from clerk_app.ports.hall_sync import BATCH_BYTES, MOST_RECORDS, Batch, BatchAnswer, RecordAnswer, Taken
from clerk_app.ports.problems import Problem, to_problem
from clerk_app.ports.speaking import API
from clerk_app.ports.window import OutboxEntry, OutboxKind, OutboxState
from clerk_app.services.window import pushing
from clerk_app.services.window.outbox import BEHIND, CHANGED, Outbox
from clerk_app.services.window.rating import RatingDesk
from support.window import CLERK, NOW, Window
from support.window_memory import MemoryWindowStore
from support.window_server import DUPLICATED, HELD_BACK, LOST_ANSWER, LOST_REQUEST, OK, FakeCounter, FakeServer


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


@pytest.fixture
def counter() -> FakeCounter:
    return FakeCounter(api=API)


@pytest.fixture
def outbox(window: Window, counter: FakeCounter) -> Outbox:
    return Outbox(window.store, counter, window.journal, window.clock)


def conclude(window: Window, count: int = 1) -> list[str]:
    made = []
    for _ in range(count):
        window.clock.advance(seconds=60)
        made.append(window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK).case_id)
    return made


def add(window: Window, entry_id: str, stream: str, kind: OutboxKind = OutboxKind.ACT) -> None:
    entry = OutboxEntry(entry_id, 0, stream, kind, f"key-{entry_id}", "一步", {"act_id": entry_id}, NOW)
    window.store.write(lambda unit: unit.outbox.add(entry))


def state(window: Window, entry_id: str) -> OutboxState:
    entry = window.store.read(lambda unit: unit.outbox.get(entry_id))
    assert entry is not None
    return entry.state


def answering(
    monkeypatch: pytest.MonkeyPatch, server: FakeServer, by_entry: dict[str, Refusal | Fault | Taken]
) -> None:
    """Let the server answer these entries so, and the rest as it does."""
    take = server._take

    def answered(record):  # type: ignore[no-untyped-def]
        wanted = by_entry.get(record.key.removeprefix("key-"))
        if wanted is None:
            return take(record)
        if isinstance(wanted, Taken):
            return RecordAnswer(record.key, wanted, problem=Problem("rejected", "看不懂这一条", "step"))
        taken = Taken.FAILED if isinstance(wanted, Fault) else Taken.REFUSED
        return RecordAnswer(record.key, taken, problem=to_problem(wanted)[1])

    monkeypatch.setattr(server, "_take", answered)


def test_a_morning_without_the_server_goes_up_in_one_request(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    made = conclude(window, 40)
    RatingDesk(window.store, window.journal).store(CLERK, 1, case_id=made[0])
    assert outbox.push_once().pushed == 41
    assert counter.requests == ["batch 41"]
    assert counter.server.arrivals == made
    case = window.cases.case(made[7])
    assert (case.case_no, case.synced_at) == (f"NO-{case.case_number}", NOW)
    assert outbox.status().waiting == 0
    assert window.journal.check(window.store).sound


def test_more_than_a_hundred_are_several_batches_in_order(window: Window, counter: FakeCounter, outbox: Outbox) -> None:
    made = conclude(window, 103)
    assert outbox.push_once().pushed == 103
    sizes = [int(request.split()[1]) for request in counter.requests]
    assert sum(sizes) == 103
    assert max(sizes) <= MOST_RECORDS
    assert counter.server.arrivals == made


def test_a_batch_is_closed_before_it_is_too_large() -> None:
    large = {"text": "字" * (BATCH_BYTES // 7)}
    entries = [OutboxEntry(f"e-{n}", n, "s", OutboxKind.CASE, f"k-{n}", "", large, NOW) for n in range(5)]
    entries.insert(3, replace(entries[0], entry_id="alone", kind=OutboxKind.EMERGENCY))
    packs = [[entry.entry_id for entry in pack] for pack in pushing.packs(entries)]
    assert packs == [["e-0", "e-1"], ["e-2"], ["alone"], ["e-3", "e-4"]]


@pytest.mark.parametrize(
    "plan", [[OK, LOST_ANSWER], [OK, DUPLICATED], [OK, HELD_BACK], [LOST_REQUEST, OK, LOST_ANSWER, OK, DUPLICATED]]
)
def test_whatever_the_network_does_with_a_batch_it_counts_once(
    window: Window, counter: FakeCounter, outbox: Outbox, plan: list[str]
) -> None:
    made = conclude(window, 3)
    counter.plan = list(plan)
    while outbox.push_once().stopped:
        pass
    counter.deliver_late()
    assert counter.server.writes == 3
    assert counter.server.arrivals == made
    assert outbox.status().waiting == 0


def test_what_a_batch_refuses_is_set_aside_and_holds_up_only_its_own_case(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    first, second = conclude(window, 2)
    RatingDesk(window.store, window.journal).store(CLERK, 1, case_id=first)
    counter.server.refuse = {first}
    push = outbox.push_once()
    assert (push.pushed, push.set_aside, push.stopped) == (1, 1, "")
    assert counter.server.arrivals == [second]
    (line,) = outbox.status().set_aside
    assert line.reason == "服务器不收这一件"
    (waits,) = outbox.waiting()
    assert waits.reason == "服务器不收这一件"
    outbox.push_once()
    assert outbox.waiting()[0].reason == BEHIND
    counter.server.refuse = set()
    assert outbox.retry_all(CLERK) == 1
    assert outbox.push_once().pushed == 2


def test_an_act_that_does_not_count_is_over_and_what_follows_goes_on(
    window: Window, counter: FakeCounter, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case_id,) = conclude(window)
    add(window, "early", case_id)
    rating = RatingDesk(window.store, window.journal)
    rating.store(CLERK, 1, case_id=case_id)
    monkeypatch.setattr("support.window_memory._Acts.refused", lambda self, act_id, reason: None)
    answering(monkeypatch, counter.server, {"early": Locked("这一件已经办结")})
    push = outbox.push_once()
    assert (push.stopped, push.set_aside) == ("", 0)
    assert state(window, "early") is OutboxState.REFUSED
    assert len(counter.server.ratings) == 1
    assert outbox.status().waiting == 0


def test_a_step_waits_for_its_person_and_nobody_else_does(
    window: Window, counter: FakeCounter, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = conclude(window, 2)
    add(window, "office", first)
    answering(monkeypatch, counter.server, {"office": LoginNeeded("“准予”要由 陈主任 本人登录来做")})
    push = outbox.push_once()
    assert (push.pushed, push.set_aside, push.stopped) == (2, 0, "")
    (line,) = outbox.waiting()
    assert "本人登录" in line.reason
    assert counter.server.arrivals == [first, second]


def test_what_waiting_mends_holds_up_its_case_and_is_told(
    window: Window, counter: FakeCounter, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = conclude(window, 2)
    add(window, "future", first)
    answering(monkeypatch, counter.server, {"future": Fault("这台电脑的时间比服务器快，这一步先留在这里")})
    assert outbox.push_once().pushed == 2
    assert "时间比服务器快" in outbox.status().error
    assert outbox.waiting()[0].reason == outbox.status().error
    assert second in counter.server.arrivals


def test_a_login_that_is_over_stops_everything(
    window: Window, counter: FakeCounter, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    conclude(window, 2)

    def ended(batch: Batch) -> BatchAnswer:
        raise SessionEnded("这个登录已经结束")

    monkeypatch.setattr(counter, "send_batch", ended)
    assert outbox.push_once().stopped == "这个登录已经结束"
    assert outbox.status().waiting == 2


def test_a_batch_that_is_refused_as_such_goes_up_one_by_one(
    window: Window, counter: FakeCounter, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = conclude(window, 3)

    def too_large(batch: Batch) -> BatchAnswer:
        raise Rejected("body", "请求解压后超过 16 MB")

    monkeypatch.setattr(counter, "send_batch", too_large)
    assert outbox.push_once().pushed == 3
    assert counter.server.arrivals == made


def test_an_answer_that_does_not_fit_is_no_acknowledgement(
    window: Window, counter: FakeCounter, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    conclude(window, 2)
    monkeypatch.setattr(counter, "send_batch", lambda batch: BatchAnswer("epoch-1", ()))
    assert "对不上" in outbox.push_once().stopped
    nonsense = tuple(RecordAnswer(f"key-{n}", Taken.ACCEPTED, {}) for n in range(2))
    monkeypatch.setattr(counter, "send_batch", lambda batch: BatchAnswer("epoch-1", nonsense))
    assert "对不上" in outbox.push_once().stopped
    held = lambda batch: BatchAnswer("epoch-1", tuple(RecordAnswer(one.key, Taken.HELD) for one in batch.records))  # noqa: E731
    monkeypatch.setattr(counter, "send_batch", held)
    assert outbox.push_once().pushed == 0
    assert outbox.status().waiting == 2


def test_a_record_that_an_older_key_holds_goes_once_more_under_another(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    """A window that was upgraded between two tries may write the same record otherwise."""
    (case_id,) = conclude(window)
    (entry,) = window.store.read(lambda unit: unit.outbox.waiting(0, 1))
    counter.server.answers[entry.key] = ("the same in the words of before", None)
    assert outbox.push_once().pushed == 1
    assert counter.server.arrivals == [case_id]
    assert state(window, entry.entry_id) is OutboxState.DONE


def test_what_this_server_cannot_read_waits_for_its_upgrade(
    window: Window, counter: FakeCounter, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case_id,) = conclude(window)
    add(window, "newer", case_id)
    answering(monkeypatch, counter.server, {"newer": Taken.UNREADABLE})
    assert outbox.push_once().set_aside == 1
    assert outbox.push_once().pushed == 0
    monkeypatch.undo()
    monkeypatch.setattr(counter.server, "_take", lambda record: RecordAnswer(record.key, Taken.HELD))
    counter.version = "2"
    outbox.push_once()
    assert outbox.status().set_aside == ()
    assert state(window, "newer") is OutboxState.WAITING


def test_an_older_server_that_rejects_an_act_does_not_undo_it(
    window: Window, counter: FakeCounter, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.api = 1
    (case_id,) = conclude(window)
    add(window, "newer", case_id)

    def send(counter: object, entry: OutboxEntry) -> pushing.Ack:
        if entry.entry_id == "newer":
            raise Rejected("step", "请求里的 step 不对")
        return real(counter, entry)  # type: ignore[arg-type]

    real = pushing.send
    monkeypatch.setattr(pushing, "send", send)
    outbox.push_once()
    assert state(window, "newer") is OutboxState.SET_ASIDE


def test_a_server_restored_from_yesterday_gets_everything_again(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    made = conclude(window, 3)
    outbox.push_once()
    counter.server.forget()
    conclude(window)
    assert outbox.push_once().stopped == ""
    assert counter.server.arrivals[:3] == made
    assert outbox.status().waiting == 0


def test_a_server_that_is_exchanged_between_greeting_and_batch_is_noticed(
    window: Window, counter: FakeCounter, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = conclude(window, 2)
    outbox.push_once()
    conclude(window)
    send = counter.send_batch

    def exchanged(batch: Batch) -> BatchAnswer:
        counter.server.forget()
        monkeypatch.undo()
        return send(batch)

    monkeypatch.setattr(counter, "send_batch", exchanged)
    assert outbox.push_once().stopped == CHANGED
    assert outbox.push_once().pushed == 2
    assert set(made) <= set(counter.server.cases)


def test_versions_too_far_apart_exchange_nothing_and_lose_nothing(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    conclude(window, 2)
    counter.api, counter.oldest_api, counter.version = API + 3, API + 2, "9.1.0"
    push = outbox.push_once()
    assert "9.1.0" in push.stopped
    assert "升级窗口程序" in push.stopped
    assert (outbox.status().waiting, outbox.status().error) == (2, push.stopped)
    counter.api, counter.oldest_api = API + 1, API
    assert outbox.push_once().pushed == 2


def test_a_clock_that_is_wrong_is_told_and_no_time_is_changed(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    conclude(window)
    (before,) = window.store.read(lambda unit: unit.outbox.waiting(0, 1))
    counter.ahead = timedelta(minutes=11, seconds=30) - (window.clock.now() - NOW)
    outbox.push_once()
    skew = outbox.status().skew
    assert skew is not None
    assert (skew.beyond, skew.words) == (True, "快 11 分钟 30 秒")
    assert "校准时间" in skew.sentence
    after = window.store.read(lambda unit: unit.outbox.get(before.entry_id))
    assert after is not None
    assert after.payload == before.payload
    counter.ahead = NOW - window.clock.now()
    outbox.push_once()
    again = outbox.status().skew
    assert again is not None
    assert (again.beyond, again.words, again.sentence) == (False, "一致", "")


def test_a_person_who_waits_gets_the_answer_for_their_case_alone(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    first, second = conclude(window, 2)
    assert outbox.push_stream(second).pushed == 1
    assert counter.server.arrivals == [second]
    assert counter.requests == []
    assert first not in counter.server.cases


def test_without_a_server_the_list_says_nothing_of_its_own(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    conclude(window)
    counter.plan = [LOST_REQUEST]
    outbox.push_once()
    assert outbox.waiting()[0].reason == ""
    assert "服务器连不上" in outbox.status().error


def test_retrying_what_is_gone_says_so(outbox: Outbox) -> None:
    with pytest.raises(NotFound):
        outbox.retry("nothing", CLERK)
    assert outbox.retry_all(CLERK) == 0
