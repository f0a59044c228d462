"""Records that windows push, and the catalogue they pull."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest

from clerk_app.domain.actor import Role
from clerk_app.domain.errors import Conflict, NotAllowed, NotFound, Rejected
from clerk_app.ports.hall import CaseAck, CaseRecord, PaperRecord, PartyRecord, RatingRecord
from clerk_app.services.hall.cases import case_base
from support.hall import MORNING, HallInHand, hall_in_hand

TASK = "12441500196720244T3442199806003"


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        yield found


def _record(hall: HallInHand, number: int = 1) -> CaseRecord:
    return CaseRecord(
        case_id=f"0198f0a0-0000-7000-8000-{number:012d}",
        case_number=f"MH-12-20261123-{number:04d}",
        hall_id=hall.hall_id,
        window_no="12",
        matter_code=TASK,
        matter_name="食品经营许可",
        matter_version=3,
        applicant=PartyRecord("natural", "李晓彤", "111", "110101199003070003"),
        outcome="accepted",
        received_at=MORNING,
        clerk="王晓梅",
        accepted_at=MORNING,
        promised_on=date(2026, 12, 7),
        documents=(PaperRecord("p1", "acceptance", "明市监受〔2026〕12-31号", "ab" * 32),),
    )


def _store(hall: HallInHand, record: CaseRecord) -> CaseAck:
    return hall.write(lambda unit: hall.desk.cases.store(unit, hall.actor(), record))


def test_a_case_gets_its_official_number_and_keeps_it(hall: HallInHand) -> None:
    ack = _store(hall, _record(hall))
    assert ack.case_no == f"{TASK}202611230001"
    hall.clock.move(hours=5)
    assert _store(hall, _record(hall)) == ack
    assert _store(hall, _record(hall, 2)).case_no == f"{TASK}202611230002"


def test_the_same_record_from_another_zone_is_the_same_record(hall: HallInHand) -> None:
    record = _record(hall)
    assert _store(hall, record) == _store(hall, replace(record, received_at=record.received_at.astimezone(UTC)))


def test_one_revision_has_one_content(hall: HallInHand) -> None:
    _store(hall, _record(hall))
    with pytest.raises(Conflict, match="第 1 稿已经上传过"):
        _store(hall, replace(_record(hall), outcome="not_accepted"))


def test_a_higher_revision_updates_and_an_old_one_repeated_changes_nothing(hall: HallInHand) -> None:
    first = _store(hall, _record(hall))
    changed = replace(_record(hall), outcome="not_accepted", revision=3)
    ack = _store(hall, changed)
    assert (ack.record_id, ack.case_no, ack.revision) == (first.record_id, first.case_no, 3)
    assert _store(hall, _record(hall)) == first
    body = hall.write(lambda unit: hall.desk.cases.body(unit, hall.actor(), changed.case_id))
    assert body["outcome"] == "not_accepted"
    with pytest.raises(Conflict, match="更新的第 3 稿"):
        _store(hall, replace(_record(hall), revision=2))


def test_a_paper_number_belongs_to_one_case(hall: HallInHand) -> None:
    _store(hall, _record(hall))
    clone = replace(_record(hall, 2), case_number=_record(hall).case_number)
    with pytest.raises(Conflict, match="已经属于另一件"):
        _store(hall, clone)


def test_a_record_from_another_window_or_hall_is_refused(hall: HallInHand) -> None:
    with pytest.raises(NotAllowed, match="12 号窗口，不能上传 13 号"):
        _store(hall, replace(_record(hall), window_no="13"))
    with pytest.raises(Rejected, match="别的大厅"):
        _store(hall, replace(_record(hall), hall_id="another"))
    with pytest.raises(NotAllowed, match="只有窗口电脑"):
        hall.write(lambda unit: hall.desk.cases.store(unit, hall.kiosk(), _record(hall)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"case_id": "x"}, "case_id"),
        ({"case_number": " "}, "case_number"),
        ({"matter_code": ""}, "matter_code"),
        ({"outcome": "Accepted!"}, "outcome"),
        ({"revision": 0}, "revision"),
        ({"clerk": ""}, "clerk"),
        ({"received_at": MORNING.replace(tzinfo=None)}, "received_at"),
        ({"documents": (PaperRecord("p", "k", "n", "short"),)}, "documents"),
    ],
)
def test_a_broken_record_is_rejected_by_field(hall: HallInHand, change: dict[str, object], field: str) -> None:
    with pytest.raises(Rejected) as caught:
        _store(hall, replace(_record(hall), **change))
    assert caught.value.field == field


def test_the_window_may_push_without_a_login(hall: HallInHand) -> None:
    machine, _ = hall.enrolled()
    ack = hall.write(lambda unit: hall.desk.cases.store(unit, machine.actor, _record(hall)))
    assert ack.epoch == hall.store.epoch


def test_looking_at_a_record_leaves_a_trace(hall: HallInHand) -> None:
    _store(hall, _record(hall))
    hall.write(lambda unit: hall.desk.cases.body(unit, hall.actor(), _record(hall).case_id))
    hall.sequence()
    assert hall.read(lambda unit: unit.journal.after(0, 99))[-1].kind == "case.viewed"
    with pytest.raises(NotFound):
        hall.write(lambda unit: hall.desk.cases.body(unit, hall.actor(), "nothing"))


@pytest.mark.parametrize(
    ("code", "base"),
    [
        (TASK, TASK),
        (TASK + "01", TASK),
        ("511A0138000000-511602000000-000-11511602008717889C-1-00",) * 2,
        ("510101001",) * 2,
    ],
)
def test_what_an_official_number_starts_with(code: str, base: str) -> None:
    assert case_base(code) == base


def _rating(level: int = 1, number: int = 1) -> RatingRecord:
    return RatingRecord(f"0198f0a0-0000-7000-8000-{number:012d}", level, MORNING, "12", ticket_id="t1")


def test_one_visit_is_rated_once_per_stage(hall: HallInHand) -> None:
    def rate(rating: RatingRecord) -> object:
        return hall.write(lambda unit: hall.desk.cases.rate(unit, hall.actor(), rating))

    first = rate(_rating())
    hall.clock.move(minutes=1)
    assert rate(_rating()) == first
    with pytest.raises(Conflict, match="只评一次"):
        rate(_rating(level=5, number=2))
    rate(replace(_rating(number=3), stage="issue"))
    for broken in (replace(_rating(), level=6), replace(_rating(), stage="x"), replace(_rating(), ticket_id=None)):
        with pytest.raises(Rejected):
            rate(broken)


def _publish(hall: HallInHand, *codes: str) -> int:
    matters = tuple({"code": code, "name": f"事项 {code}", "department": "区民政局"} for code in codes)
    manager = hall.actor(None, Role.MANAGER)
    return hall.write(lambda unit: hall.desk.catalogues.publish(unit, manager, matters)).version


def _pull(hall: HallInHand, since: int = 0) -> dict[str, object]:
    packed = hall.read(lambda unit: hall.desk.catalogues.packed(unit, hall.actor(), since))
    found: dict[str, object] = json.loads(gzip.decompress(packed))
    return found


def test_a_catalogue_is_replaced_as_a_whole(hall: HallInHand) -> None:
    assert _pull(hall) == {"version": 0, "published_at": None, "matters": None}
    assert _publish(hall, "A1", "A2") == 1
    assert _publish(hall, "A1", "A2") == 1
    assert _publish(hall, "B1") == 2
    found = _pull(hall, since=1)
    assert found["version"] == 2
    assert found["matters"] == [{"code": "B1", "department": "区民政局", "name": "事项 B1"}]
    assert _pull(hall, since=2)["matters"] is None


def test_a_broken_catalogue_publishes_nothing_and_names_rows(hall: HallInHand) -> None:
    _publish(hall, "A1")
    with pytest.raises(Rejected, match="第 3 项与第 1 项编码相同"):
        _publish(hall, "A1", "A2", "A1")
    with pytest.raises(Rejected, match="是空的"):
        _publish(hall)
    assert _pull(hall)["version"] == 1


def test_clerks_publish_nothing(hall: HallInHand) -> None:
    with pytest.raises(NotAllowed):
        hall.write(lambda unit: hall.desk.catalogues.publish(unit, hall.actor(), ({"code": "A", "name": "B"},)))


def test_serials_start_again_each_day(hall: HallInHand) -> None:
    _store(hall, _record(hall))
    tomorrow = replace(_record(hall, 2), received_at=MORNING + timedelta(days=1))
    assert _store(hall, tomorrow).case_no == f"{TASK}202611240001"
