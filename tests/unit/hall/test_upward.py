"""A hall sends on to its city: everything once, in its order, the same to the byte, whatever is lost between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from clerk_app.domain.cases import CaseState
from clerk_app.domain.errors import Locked
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.hall import CaseRecord, RatingRecord
from clerk_app.ports.hall_cases import ConsultationRecord, SignatureRecord, VisitRecord
from clerk_app.ports.hall_sync import CHUNK_BYTES, MOST_RECORDS, FileHead, FileKind, FileSubject, RecordKind, Taken
from clerk_app.services.hall.tools import system_actor
from clerk_app.services.hall.upward_push import BEHIND
from support.batches import batch, on_its_way
from support.case_flow import (
    SM3,
    Staff,
    delivered,
    granted,
    opening,
    ready,
    record,
    sealed,
    staff,
    supplement_opening,
    uuid,
)
from support.city import City, everything, send_on
from support.hall import MORNING, HallInHand, hall_in_hand

PAGE = Random(3).randbytes(2 * CHUNK_BYTES + 10)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallInHand]:
    with hall_in_hand(tmp_path) as found:
        found.clock.move(hours=1)
        yield found


@pytest.fixture
def city(hall: HallInHand, tmp_path: Path) -> Iterator[City]:
    made = _city(hall, tmp_path)
    yield made
    made.close()


def _city(hall: HallInHand, place: Path | str) -> City:
    if isinstance(place, Path):
        place = place / "city"
        place.mkdir(exist_ok=True)
    return City(place, hall.clock, hall.read(lambda unit: unit.setup.profile()))


def case(people: Staff, number: int, **more: Any) -> CaseRecord:
    return record(opening(number, people.clerk.user_id, **more), people.clerk.hall.hall_id)


def push(people: Staff, *values: Any) -> None:
    """As windows and offices do; each person's acts come under their own login."""
    for number, value in enumerate(values):
        caller = people.clerk.caller
        for person in (people.reviewer, people.keeper):
            if getattr(getattr(value, "by", None), "user_id", "") == person.user_id:
                caller = person.caller
        sent = (
            on_its_way(value, f"key-{number}-{id(value)}", unheard={"of": 1}) if not hasattr(value, "stream") else value
        )
        answer = people.clerk.hall.desk.batches.take(caller, batch(sent))
        assert [one.taken for one in answer.answers] == [Taken.ACCEPTED], answer


def put_file(people: Staff, number: int, subject_id: str, content: bytes = PAGE) -> str:
    hall = people.clerk.hall
    sha = hall.desk.tools.crypto.digest(content).hex()
    head = FileHead(
        uuid(number, 400), FileSubject.CASE, subject_id, FileKind.PAGE, "image/jpeg", len(content), sha, MORNING, "12"
    )
    hall.desk.uploads.begin(people.clerk.caller.actor, head)
    for start in range(0, len(content), CHUNK_BYTES):
        piece = content[start : start + CHUNK_BYTES]
        sm3 = hall.desk.tools.crypto.digest(piece).hex()
        hall.desk.uploads.put(people.clerk.caller.actor, head.file_id, start, piece, sm3)
    return head.file_id


def day(people: Staff) -> None:
    """One of everything that a hall has at the end of a day."""
    first = case(people, 1)
    grant = granted(1, first.case_id, people.reviewer.doer)
    seal = sealed(2, grant, people.keeper.doer)
    push(
        people,
        first,
        case(people, 2),
        VisitRecord(uuid(1, 300), (VisitReason.SUBMIT,), "12", MORNING, MORNING, case_ids=(first.case_id,)),
        RatingRecord(uuid(1, 301), 1, MORNING, "12", case_id=first.case_id),
        ConsultationRecord(uuid(1, 302), "M1", "食品经营许可", 1, {"a": ["b"]}, MORNING, "12", "ZX-1"),
        SignatureRecord(uuid(1, 303), first.case_id, "p1", SM3, "李晓彤", MORNING),
        grant,
        seal,
        ready(3, first.case_id, people.clerk.doer),
        delivered(4, first.case_id, people.clerk.doer, pieces=("正本 1",)),
    )
    put_file(people, 1, first.case_id)
    put_file(people, 2, first.case_id, b"\xff\xd8\xff small")


@pytest.mark.parametrize("above", [False, True], ids=["the-hall", "the-city"])
def test_everything_of_a_day_is_at_the_city_the_same_to_the_byte(
    hall_place: Path | str, tmp_path: Path, *, above: bool
) -> None:
    """With the hall, and with the city, on either engine."""
    place, city_place = (tmp_path, hall_place) if above else (hall_place, tmp_path)
    with hall_in_hand(place) as hall:
        hall.clock.move(hours=1)
        people = staff(hall)
        city = _city(hall, city_place)
        day(people)
        push_ = send_on(hall, city)
        assert (push_.stopped, push_.files, push_.set_aside) == ("", 2, 0)
        here, there = everything(place, hall.hall_id), everything(city.place, hall.hall_id)
        assert {name: len(rows) for name, rows in here.items()} == {
            "case": 2,
            "act": 4,
            "rating": 1,
            "seal_use": 1,
            "visit": 1,
            "consultation": 1,
            "signature": 1,
            "file": 2,
        }
        assert there == here
        assert "unheard" in here["case"][0][-1]
        file = city.store.read(hall.hall_id, lambda unit: unit.uploads.get(uuid(1, 400)))
        assert file is not None
        assert city.store.read(hall.hall_id, lambda unit: city.desk.uploads.content(unit, file.head)) == PAGE
        # The journal of the city names who sent it; the records name who did it.
        city.desk.sequencer.run(hall.hall_id)
        told = city.store.read(hall.hall_id, lambda unit: unit.journal.after(0, 100))
        assert {entry.device_id for entry in told if entry.kind == "case.acted"} == {city.enrolled.device_id}
        city.close()


def test_nothing_is_sent_twice_and_what_comes_later_follows(
    hall: HallInHand, people: Staff, city: City, tmp_path: Path
) -> None:
    day(people)
    send_on(hall, city)
    batches, pieces = len(city.batches), len(city.pieces)
    assert send_on(hall, city).records == 0
    assert (len(city.batches), len(city.pieces)) == (batches, pieces)
    push(people, case(people, 3))
    assert send_on(hall, city).records == 1
    assert everything(city.place, hall.hall_id) == everything(tmp_path, hall.hall_id)


def test_a_lost_answer_is_asked_again_and_changes_nothing(
    hall: HallInHand, people: Staff, city: City, tmp_path: Path
) -> None:
    day(people)
    city.lose_answers = 2
    assert send_on(hall, city).stopped == "服务器连不上"
    assert hall.read(lambda unit: unit.upward.run()).cursor == 0
    assert send_on(hall, city).stopped == "服务器连不上"
    keys = [[one.key for one in sent.records] for sent in city.batches]
    assert send_on(hall, city).stopped == ""
    assert [one.key for one in city.batches[-1].records] == keys[0]
    assert everything(city.place, hall.hall_id) == everything(tmp_path, hall.hall_id)


def test_a_file_goes_on_where_it_was_cut_off(hall: HallInHand, people: Staff, city: City) -> None:
    push(people, case(people, 1))
    put_file(people, 1, uuid(1))
    original = city.put_chunk

    def cut(file_id: str, start: int, content: bytes, sha: str) -> Any:
        city.lose_requests = 1 if start else 0
        return original(file_id, start, content, sha)

    city.put_chunk = cut  # type: ignore[method-assign]
    assert send_on(hall, city).stopped == "服务器连不上"
    city.put_chunk = original  # type: ignore[method-assign]
    city.pieces.clear()
    assert send_on(hall, city).files == 1
    assert [start for _, start in city.pieces] == [CHUNK_BYTES, 2 * CHUNK_BYTES]


def test_a_revision_that_was_replaced_goes_up_as_it_is_now(
    hall: HallInHand, people: Staff, city: City, tmp_path: Path
) -> None:
    first = record(supplement_opening(1, people.clerk.user_id), hall.hall_id)
    push(people, first, replace(first, revision=2, provisional=True))
    send_on(hall, city)
    assert [record.body["revision"] for one in city.batches for record in one.records] == [2]
    push(people, replace(first, revision=3))
    send_on(hall, city)
    assert everything(city.place, hall.hall_id) == everything(tmp_path, hall.hall_id)


def test_what_the_city_refuses_is_set_aside_and_holds_up_its_case_only(
    hall: HallInHand, people: Staff, city: City, tmp_path: Path
) -> None:
    taken = replace(case(people, 9), case_number=case(people, 1).case_number, opening=None)
    city.store.write(hall.hall_id, "test", lambda unit: city.desk.cases.store(unit, city.caller.actor, taken))
    grant = granted(1, uuid(1), people.reviewer.doer)
    push(people, case(people, 1), case(people, 2), grant, granted(2, uuid(2), people.reviewer.doer))
    pushed = send_on(hall, city)
    assert (pushed.stopped, pushed.records, pushed.set_aside) == ("", 2, 1)
    status = hall.desk.upward(hall.hall_id).status()
    (aside,) = status.set_aside
    assert (aside.number, aside.kind) == (case(people, 1).case_number, "case")
    assert "已经属于另一件" in aside.reason
    assert (status.records, status.files) == (1, 0)
    waits = hall.read(lambda unit: unit.upward.lines(files=False, after=0, limit=9))
    assert [(line.kind, line.reason) for line in waits] == [("act", BEHIND)]

    assert send_on(hall, city).records == 0
    # A technician cleared it up at the city.
    engine_free(city, uuid(9))
    assert hall.desk.upward(hall.hall_id).retry() == 1
    assert send_on(hall, city).records == 2
    assert hall.desk.upward(hall.hall_id).status().set_aside == ()
    # With the official numbers of the hall, although the city took them in another order.
    assert everything(city.place, hall.hall_id) == everything(tmp_path, hall.hall_id)


def engine_free(city: City, case_id: str) -> None:
    from sqlalchemy import text

    from support.hall import engine_of

    city.store.close()
    engine = engine_of(city.place)
    with engine.begin() as connection:
        for table in ("case_person", "case_revision", "intake_case"):
            connection.execute(text(f"DELETE FROM {table} WHERE case_id = :case"), {"case": case_id})
    engine.dispose()
    city._open()


def test_an_act_from_a_clock_that_runs_ahead_waits_for_its_time(
    hall: HallInHand, people: Staff, city: City, tmp_path: Path
) -> None:
    push(people, case(people, 1), granted(1, uuid(1), people.reviewer.doer, hall.clock.now()))
    hall.clock.move(minutes=-30)
    assert send_on(hall, city).records == 1
    assert hall.desk.upward(hall.hall_id).status().records == 1
    hall.clock.move(minutes=30)
    assert send_on(hall, city).records == 1
    assert everything(city.place, hall.hall_id) == everything(tmp_path, hall.hall_id)


def test_a_city_restored_from_yesterday_gets_everything_again(
    hall: HallInHand, people: Staff, city: City, tmp_path: Path
) -> None:
    push(people, case(people, 1))
    send_on(hall, city)
    yesterday = city.back_up()
    day_two = [case(people, number) for number in (2, 3)]
    push(people, *day_two, granted(1, uuid(1), people.reviewer.doer))
    put_file(people, 1, uuid(1))
    send_on(hall, city)
    city.restore(yesterday)
    assert len(everything(city.place, hall.hall_id)["case"]) == 1
    pushed = send_on(hall, city)
    assert (pushed.records, pushed.files, pushed.stopped) == (4, 1, "")
    assert everything(city.place, hall.hall_id) == everything(tmp_path, hall.hall_id)


def test_more_than_a_batch_keeps_its_order(hall: HallInHand, people: Staff, city: City) -> None:
    caller, fresh = people.clerk.caller, [case(people, number) for number in range(1, MOST_RECORDS + 3)]
    hall.desk.batches.take(caller, batch(*fresh[:MOST_RECORDS]))
    hall.desk.batches.take(caller, batch(*(on_its_way(one, f"more-{one.case_id}") for one in fresh[MOST_RECORDS:])))
    assert send_on(hall, city).records == MOST_RECORDS + 2
    assert [len(one.records) for one in city.batches] == [MOST_RECORDS, 2]
    sent = [record.body["case_number"] for one in city.batches for record in one.records]
    assert sent == [one.case_number for one in fresh]


def test_only_one_process_sends_and_another_takes_over(hall: HallInHand, people: Staff, city: City) -> None:
    push(people, case(people, 1))
    assert send_on(hall, city, "one").mine
    assert not send_on(hall, city, "two").mine
    assert send_on(hall, city, "one").mine
    hall.clock.move(minutes=3)
    assert send_on(hall, city, "two").mine
    hall.desk.upward(hall.hall_id).let_go("two")
    assert send_on(hall, city, "one").mine


@pytest.mark.parametrize(
    ("speech", "words"),
    [((1, 1, "0.0.9"), "升级上级服务器"), ((3, 4, "9.9.0"), "升级旧的那一台")],
)
def test_a_city_of_another_time_is_told_nothing_and_nothing_is_lost(
    hall: HallInHand, people: Staff, city: City, speech: tuple[int, int, str], words: str
) -> None:
    push(people, case(people, 1))
    ours, city.speech = city.speech, speech
    assert words in send_on(hall, city).stopped
    assert city.batches == []
    city.speech = ours
    assert send_on(hall, city).records == 1


def test_a_city_one_level_newer_gets_records_as_they_are(hall: HallInHand, people: Staff, city: City) -> None:
    push(people, case(people, 1))
    city.speech = (2, 3, "1.1.0")
    assert send_on(hall, city).records == 1


def test_a_window_cannot_give_official_numbers(hall: HallInHand, people: Staff, city: City, tmp_path: Path) -> None:
    push(people, case(people, 1))
    send_on(hall, city)
    sent = city.batches[0].records[0]
    assert sent.official is not None
    again = case(people, 2)
    forged = replace(on_its_way(again, "key-of-a-window"), official=sent.official)
    assert sent.kind == RecordKind.CASE
    push(people, forged)
    row = next(row for row in everything(tmp_path, hall.hall_id)["case"] if row[0] == again.case_id)
    assert row[1] != sent.official.case_no


def test_the_fold_at_the_city_is_the_one_of_the_hall(hall: HallInHand, people: Staff, city: City) -> None:
    day(people)
    send_on(hall, city)
    heads = [store.read(hall.hall_id, lambda unit: unit.files.head(uuid(1))) for store in (hall.store, city.store)]
    assert heads[0] is not None
    assert heads[0].standing.state is not CaseState.ACCEPTED
    assert heads[1] == heads[0]


def test_at_the_city_nobody_acts_on_the_cases_of_a_hall_with_a_server_of_its_own(
    hall: HallInHand, people: Staff, city: City
) -> None:
    """One writer: what was done at two levels could not be brought together again."""
    push(people, case(people, 1))
    send_on(hall, city)
    there = replace(hall, desk=city.desk, store=city.store)
    grant = granted(1, uuid(1), people.reviewer.doer)
    with pytest.raises(Locked, match="只能查看"):
        there.write(lambda unit: city.desk.files.append(unit, people.reviewer.caller.actor, grant))
    with pytest.raises(Locked, match="登记到那一台"):
        there.enrolled(window_no="12")
    # The hall gives its server up: from then on the city's is the hall's.
    device = city.enrolled.device_id
    there.write(lambda unit: city.desk.devices.revoke(unit, system_actor(hall.hall_id), device))
    there.write(lambda unit: city.desk.files.append(unit, people.reviewer.caller.actor, grant))
    assert there.enrolled(window_no="12")[0].actor.window_no == "12"


def test_why_nothing_goes_up_is_kept_with_its_beginning(hall: HallInHand) -> None:
    upward = hall.desk.upward(hall.hall_id)
    upward.failed("服务器连不上")
    began = hall.clock.now()
    hall.clock.move(hours=2)
    upward.failed("别的原因")
    run = upward.status().run
    assert (run.trouble, run.trouble_since) == ("别的原因", began)
    upward.failed("")
    assert upward.status().run.trouble_since is None


def test_what_waits_is_counted_with_its_age(hall: HallInHand, people: Staff) -> None:
    push(people, case(people, 1), case(people, 2))
    put_file(people, 1, uuid(1))
    made = hall.clock.now()
    hall.clock.move(hours=5)
    hall.sequence()
    status = hall.desk.upward(hall.hall_id).status()
    assert (status.records, status.files) == (2, 1)
    assert status.oldest_since is not None
    assert abs(status.oldest_since - made) < timedelta(seconds=1)
