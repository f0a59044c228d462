"""Batches: every record its own answer, order within a case, one bad record holds up nobody else, all of it once."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from clerk_app.domain.cases import CaseState
from clerk_app.domain.errors import Conflict, NotFound, Rejected
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.hall import CaseRecord, RatingRecord, SessionEnded
from clerk_app.ports.hall_cases import VisitRecord
from clerk_app.ports.hall_sync import MOST_RECORDS, Batch, BatchAnswer, RecordAnswer, RecordKind, Taken
from clerk_app.services.hall import records
from support.batches import batch, on_its_way
from support.case_flow import Staff, delivered, granted, opening, ready, record, sealed, uuid
from support.hall import MORNING, HallInHand


def _case(people: Staff, number: int, **more: Any) -> CaseRecord:
    return record(opening(number, people.clerk.user_id, **more), people.clerk.hall.hall_id)


def _take(people: Staff, *values: Any) -> list[RecordAnswer]:
    answer: BatchAnswer = people.clerk.hall.desk.batches.take(people.clerk.caller, batch(*values))
    return list(answer.answers)


def _states(answers: list[RecordAnswer]) -> list[Taken]:
    return [one.taken for one in answers]


def _stored(hall: HallInHand, case_id: str) -> dict[str, Any]:
    found: dict[str, Any] = hall.read(lambda unit: unit.cases.body(case_id))
    return found


def test_a_day_of_a_window_is_taken_in_one_batch(hall: HallInHand, people: Staff) -> None:
    cases = [_case(people, number) for number in range(1, 6)]
    visit = VisitRecord(uuid(1, 300), (VisitReason.SUBMIT,), "12", MORNING, MORNING, case_ids=(cases[0].case_id,))
    rating = RatingRecord(uuid(1, 301), 1, MORNING, "12", case_id=cases[0].case_id)
    answers = _take(people, *cases, visit, rating)
    assert _states(answers) == [Taken.ACCEPTED] * 7
    numbers = [one.answer["case_no"] for one in answers[:5] if one.answer]
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003", "0004", "0005"]
    for case in cases:
        assert records.load(CaseRecord, _stored(hall, case.case_id)) == case
        found = people.clerk.looks_at(case.case_number)
        assert (found.state, found.record) == (CaseState.ACCEPTED, case)
    hall.sequence()
    told = [entry.kind for entry in hall.read(lambda unit: unit.journal.after(0, 500))]
    assert told.count("case.stored") == 5
    assert {"visit.stored", "rating.stored"} <= set(told)


def test_a_batch_that_comes_again_gets_the_same_answers_and_changes_nothing(hall: HallInHand, people: Staff) -> None:
    cases = [_case(people, number) for number in range(1, 4)]
    first = _take(people, *cases)
    hall.clock.move(hours=5)
    assert _take(people, *cases) == first
    hall.sequence()
    kinds = [entry.kind for entry in hall.read(lambda unit: unit.journal.after(0, 500))]
    assert kinds.count("case.stored") == 3


def test_a_record_known_from_another_key_gets_the_acknowledgement_of_then(hall: HallInHand, people: Staff) -> None:
    case = _case(people, 1)
    (first,) = _take(people, on_its_way(case, uuid(1, 901)))
    hall.clock.move(hours=5)
    (again,) = _take(people, on_its_way(case, uuid(2, 901)))
    assert again.answer == first.answer


def test_a_batch_and_the_endpoint_for_one_give_the_same_acknowledgement(hall: HallInHand, people: Staff) -> None:
    case = _case(people, 1)
    alone = hall.write(lambda unit: hall.desk.cases.store(unit, people.clerk.caller.actor, case))
    (many, _) = _take(people, case, _case(people, 2))
    assert many.answer == records.dump(alone)


def test_one_bad_record_holds_up_only_what_follows_in_its_own_case(hall: HallInHand, people: Staff) -> None:
    good, bad, other = _case(people, 1), _case(people, 2), _case(people, 3)
    bad = replace(bad, revision=0)
    late = delivered(1, bad.case_id, people.clerk.doer)
    answers = _take(people, good, bad, late, other)
    assert _states(answers) == [Taken.ACCEPTED, Taken.REFUSED, Taken.HELD, Taken.ACCEPTED]
    assert answers[1].problem is not None
    assert (answers[1].problem.kind, answers[1].problem.field) == ("rejected", "revision")
    with pytest.raises(NotFound):
        _stored(hall, bad.case_id)


def test_the_order_within_a_case_is_kept(hall: HallInHand, people: Staff) -> None:
    case = _case(people, 1)
    early, late = MORNING.replace(hour=10, minute=20), MORNING.replace(hour=10, minute=30)
    grant = granted(1, case.case_id, people.reviewer.doer, early)
    assert _states(_take(people, case)) == [Taken.ACCEPTED]
    people.reviewer.pushes(grant)
    people.keeper.pushes(sealed(2, grant, people.keeper.doer, early))
    lies_ready = ready(3, case.case_id, people.clerk.doer, early)
    hand_over = delivered(4, case.case_id, people.clerk.doer, late, ("正本 1",))
    again = delivered(5, case.case_id, people.clerk.doer, late, ("正本 1",))
    steps = [on_its_way(one, uuid(number, 901)) for number, one in enumerate((lies_ready, hand_over, again))]
    assert _states(_take(people, *steps)) == [Taken.ACCEPTED, Taken.ACCEPTED, Taken.REFUSED]
    assert people.clerk.looks_at(case.case_number).acts[-2:] == (lies_ready, hand_over)


def test_a_key_with_another_content_is_refused_as_a_conflict(hall: HallInHand, people: Staff) -> None:
    first, second = _case(people, 1), _case(people, 2)
    key = uuid(7, 901)
    _take(people, on_its_way(first, key))
    (answer,) = _take(people, on_its_way(second, key))
    assert answer.taken is Taken.CONFLICT
    assert answer.problem is not None
    assert "同一个请求编号" in answer.problem.sentence
    with pytest.raises(NotFound):
        _stored(hall, second.case_id)


def test_another_content_of_a_known_record_is_a_conflict(hall: HallInHand, people: Staff) -> None:
    case = _case(people, 1)
    _take(people, case)
    changed = replace(case, clerk="别人")
    answers = _take(people, on_its_way(changed, uuid(8, 901)), _case(people, 2))
    assert _states(answers) == [Taken.CONFLICT, Taken.ACCEPTED]
    assert _stored(hall, case.case_id)["clerk"] == "王晓梅"


def test_a_paper_number_of_another_case_is_a_conflict_that_spares_the_rest(hall: HallInHand, people: Staff) -> None:
    _take(people, _case(people, 1))
    start = opening(2, people.clerk.user_id, case_number="MH-12-20261123-0001")
    cloned = record(start, hall.hall_id)
    answers = _take(people, on_its_way(_case(people, 3), uuid(3, 901)), on_its_way(cloned, uuid(4, 901)))
    assert _states(answers) == [Taken.ACCEPTED, Taken.CONFLICT]
    assert answers[1].problem is not None
    assert "复制" in answers[1].problem.sentence


def test_two_revisions_of_one_case_in_one_batch_end_with_the_later(hall: HallInHand, people: Staff) -> None:
    case = _case(people, 1)
    later = replace(case, clerk="李建国", revision=2)
    assert _states(_take(people, case, later, _case(people, 2))) == [Taken.ACCEPTED] * 3
    assert _stored(hall, case.case_id)["revision"] == 2


def test_what_this_server_does_not_know_is_told_apart_from_what_it_refuses(people: Staff) -> None:
    case = _case(people, 1)
    stranger = replace(on_its_way(case, uuid(1, 901)), kind="drone_delivery")
    newer = on_its_way(delivered(1, case.case_id, people.clerk.doer), uuid(2, 901))
    newer = replace(newer, body=newer.body | {"step": "teleported"})
    answers = _take(people, stranger, newer, _case(people, 2))
    assert _states(answers) == [Taken.UNREADABLE, Taken.HELD, Taken.ACCEPTED]
    (alone,) = _take(people, replace(newer, key=uuid(3, 901)))
    assert alone.taken is Taken.UNREADABLE
    assert alone.problem is not None
    assert "留在本机" in alone.problem.sentence


def test_a_fault_of_ours_in_one_record_has_a_number_and_spares_the_others(
    hall: HallInHand, people: Staff, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, _ = hall.desk.batches._kinds[RecordKind.RATING]
    monkeypatch.setitem(hall.desk.batches._kinds, RecordKind.RATING, (kind, lambda *told: 1 / 0))
    rating = RatingRecord(uuid(1, 301), 1, MORNING, "12", case_id=uuid(9))
    with caplog.at_level(logging.ERROR):
        answers = _take(people, _case(people, 1), on_its_way(rating, uuid(1, 901), "visit"), _case(people, 2))
    assert _states(answers) == [Taken.ACCEPTED, Taken.FAILED, Taken.ACCEPTED]
    assert answers[1].problem is not None
    assert answers[1].problem.sentence.split("编号 ")[1].split()[0] in caplog.text


def test_a_long_batch_takes_several_turns_with_the_same_end(
    hall: HallInHand, people: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(1, 10_000))
    monkeypatch.setattr(hall.desk.batches, "_clock", lambda: next(ticks) * 0.02)
    turns: list[str] = []
    write = hall.store.write

    def counted(hall_id: str, who: str, work: Any, **how: Any) -> Any:
        turns.append(who)
        return write(hall_id, who, work, **how)

    monkeypatch.setattr(hall.store, "write", counted)
    ratings = [RatingRecord(uuid(n, 301), 1, MORNING, "12", case_id=uuid(n)) for n in range(1, 8)]
    assert _states(_take(people, *ratings)) == [Taken.ACCEPTED] * 7
    assert len(turns) == 4


def test_a_batch_has_a_size_and_each_key_once(people: Staff) -> None:
    case = _case(people, 1)
    with pytest.raises(Rejected, match="最多"):
        _take(people, *(on_its_way(case, uuid(n, 901)) for n in range(MOST_RECORDS + 1)))
    with pytest.raises(Rejected, match="相同"):
        _take(people, on_its_way(case, uuid(1, 901)), on_its_way(case, uuid(1, 901)))
    assert _take(people) == []


def test_an_old_login_stores_nothing(hall: HallInHand, people: Staff) -> None:
    hall.write(lambda unit: hall.desk.people.logout(unit, people.clerk.caller))
    with pytest.raises(SessionEnded):
        _take(people, _case(people, 1))
    with pytest.raises(NotFound):
        _stored(hall, uuid(1))


def test_fields_of_a_newer_window_are_kept_and_recognised_when_the_server_is_upgraded(
    hall: HallInHand, people: Staff
) -> None:
    case = _case(people, 1)
    sent = on_its_way(case, uuid(1, 901), weather="晴", outage_since=None)
    sent.body["applicant"]["nickname"] = "小李"
    (first,) = _take(people, sent)
    assert first.taken is Taken.ACCEPTED
    stored = _stored(hall, case.case_id)
    assert (stored["weather"], stored["applicant"]["nickname"]) == ("晴", "小李")
    assert records.load(CaseRecord, stored) == case
    # As if ``clerk_id`` were a field that only the upgraded server knows: what was kept is the record that comes again.
    hall.write(lambda unit: unit.cases.update(_with_hash_of_before(hall, unit, case)))
    (again,) = _take(people, on_its_way(case, uuid(2, 901), weather="晴"))
    assert again.answer == first.answer


def _with_hash_of_before(hall: HallInHand, unit: Any, case: CaseRecord) -> Any:
    return hall.desk.cases.ready(hall.actor(), case).write()


def test_the_same_batch_twice_at_once_is_stored_once(hall: HallInHand, people: Staff) -> None:
    from concurrent.futures import ThreadPoolExecutor

    cases = [_case(people, number) for number in range(1, 11)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: _take(people, *cases), range(4)))
    assert all(one == answers[0] for one in answers)
    hall.sequence()
    kinds = [entry.kind for entry in hall.read(lambda unit: unit.journal.after(0, 500))]
    assert kinds.count("case.stored") == 10


def test_two_windows_at_once_share_one_series_of_official_numbers(hall: HallInHand, people: Staff) -> None:
    from concurrent.futures import ThreadPoolExecutor

    cases = [[_case(people, 100 * part + n) for n in range(1, 11)] for part in range(3)]
    wrapped = [
        [on_its_way(case, uuid(100 * part + n, 902)) for n, case in enumerate(some)] for part, some in enumerate(cases)
    ]
    with ThreadPoolExecutor(3) as pool:
        answers = [one for many in pool.map(lambda some: _take(people, *some), wrapped) for one in many]
    assert _states(answers) == [Taken.ACCEPTED] * 30
    serials = sorted(int(one.answer["case_no"][-4:]) for one in answers if one.answer)
    assert serials == list(range(1, 31))


def test_a_conflict_of_the_desk_is_raised_for_one_alone_as_it_is_answered_in_a_batch(
    hall: HallInHand, people: Staff
) -> None:
    case = _case(people, 1)
    _take(people, case)
    with pytest.raises(Conflict) as caught:
        hall.write(lambda unit: hall.desk.cases.store(unit, people.clerk.caller.actor, replace(case, clerk="别人")))
    (answer,) = _take(people, on_its_way(replace(case, clerk="别人"), uuid(5, 901)))
    assert answer.problem is not None
    assert answer.problem.sentence == str(caught.value)


def test_an_empty_batch_has_an_epoch(hall: HallInHand, people: Staff) -> None:
    assert hall.desk.batches.take(people.clerk.caller, Batch(())).epoch == hall.store.epoch
