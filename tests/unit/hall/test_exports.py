"""Exports at the server: each change once and in order, what is refused stays and is tried again, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clerk_app.domain.actor import Role
from clerk_app.domain.cases import CaseState
from clerk_app.domain.errors import Locked, NotAllowed
from clerk_app.domain.platform import FieldMap
from clerk_app.domain.platform_standard import GB_T_39046
from clerk_app.platforms.contract import read_back
from clerk_app.platforms.forms import write_json
from clerk_app.ports.platform import Batch, BatchRefused, NotTaken, Parcel, PlatformAway
from clerk_app.ports.stores_hall_exports import ExportState, RefusalLine
from clerk_app.services.hall.export_parts import Told
from clerk_app.services.hall.export_run import HELD_FOR, UNREADABLE, ExportReport
from clerk_app.services.hall.exports import Exports, ExportStatus
from support.case_flow import (
    APPLICANT,
    Staff,
    accepted,
    arrived,
    delivered,
    granted,
    opening,
    ready,
    record,
    sealed,
    supplement_opening,
    uuid,
)
from support.hall import MORNING, HallInHand, hall_in_hand

SOON = MORNING + timedelta(minutes=5)
NAME = "city"


class Platform:
    """An adapter that keeps what it gets; ``answers`` are raised or given back, one a call."""

    suffix = "json"

    def __init__(self, fields: FieldMap = GB_T_39046) -> None:
        self.fields = fields
        self.parcels: list[Parcel] = []
        self.taken: dict[str, Any] = {}
        self.arrivals: list[str] = []
        self.answers: list[Any] = []
        self.bad: dict[str, str] = {}
        self.whole = False

    def write(self, batch: Batch) -> bytes:
        return write_json(batch, self.fields)

    def send(self, parcel: Parcel) -> tuple[NotTaken, ...]:
        self.parcels.append(parcel)
        answer = self.answers.pop(0) if self.answers else ()
        if isinstance(answer, Exception) and not getattr(answer, "after", False):
            raise answer
        bad = [one for one in parcel.change_ids if one in self.bad]
        if bad and self.whole:
            raise BatchRefused(self.bad[bad[0]])
        for case in read_back(parcel.content, "json", self.fields):
            change_id = case["change"]["change_id"]
            if change_id not in bad:
                self.arrivals.append(change_id)
                self.taken.setdefault(change_id, case)
        if isinstance(answer, Exception):
            raise answer
        return (*answer, *(NotTaken(one, self.bad[one], "applicant_name") for one in bad))

    def close(self) -> None:
        """Nothing is held."""

    def kinds(self) -> list[tuple[str, str]]:
        """(number on paper, what it is) of each arrival, in order."""
        cases = [self.taken[one] for one in self.arrivals]
        return [(case["change"]["case_number"][-2:], case["process"][0]["step"]) for case in cases]


on_both_stores = pytest.mark.usefixtures("hall_place")


@pytest.fixture
def hall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HallInHand]:
    place = request.getfixturevalue("hall_place") if "hall_place" in request.fixturenames else tmp_path
    with hall_in_hand(place) as found:
        found.clock.move(hours=1)
        yield found


@pytest.fixture
def platform() -> Platform:
    return Platform()


def export(hall: HallInHand, platform: Platform, **more: Any) -> ExportReport:
    hall.sequence()
    return hall.desk.exports.run(hall.hall_id, NAME, platform, more.pop("told", Told()), **more)


def status(hall: HallInHand) -> ExportStatus:
    actor = hall.actor(None, Role.MANAGER)
    return hall.read(lambda unit: hall.desk.exports.status(unit, actor, NAME))


def refused(hall: HallInHand) -> tuple[RefusalLine, ...]:
    actor = hall.actor(None, Role.MANAGER)
    return hall.read(lambda unit: hall.desk.exports.refused(unit, actor, NAME))


def whole_case(people: Staff, number: int = 1) -> None:
    """Accepted, granted, sealed, ready, delivered."""
    clerk = people.clerk
    start = opening(number, clerk.user_id)
    clerk.stores(record(start, clerk.hall.hall_id))
    grant = granted(number * 10, start.case_id, people.reviewer.doer, SOON)
    people.reviewer.pushes(grant)
    people.keeper.pushes(sealed(number * 10 + 1, grant, people.keeper.doer, SOON))
    clerk.pushes(ready(number * 10 + 2, start.case_id, clerk.doer, SOON))
    clerk.pushes(delivered(number * 10 + 3, start.case_id, clerk.doer, SOON, ("正本 1",)))


WHOLE = ["受理", "决定准予", "用印", "登记出件", "送达"]


# --- once and in order ------------------------------------------------------------------------------------------------
@on_both_stores
def test_every_change_of_every_case_goes_out_once_and_in_order(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    whole_case(people, 1)
    whole_case(people, 2)
    assert export(hall, platform) == ExportReport(10, 0, 1)
    assert platform.kinds() == [("01", step) for step in WHOLE] + [("02", step) for step in WHOLE]
    assert export(hall, platform) == ExportReport()
    clerk = people.clerk
    clerk.stores(record(opening(3, clerk.user_id), hall.hall_id))
    assert export(hall, platform) == ExportReport(1, 0, 1)
    assert platform.kinds()[10:] == [("03", "受理")]
    assert len(platform.arrivals) == len(set(platform.arrivals)) == 11


def test_a_run_is_made_of_batches_that_are_numbered(hall: HallInHand, people: Staff, platform: Platform) -> None:
    whole_case(people)
    assert export(hall, platform, batch=2) == ExportReport(5, 0, 3)
    assert [len(one.change_ids) for one in platform.parcels] == [2, 2, 1]
    assert [one.name[:9] for one in platform.parcels] == ["MH-000001", "MH-000002", "MH-000003"]
    assert [(one.number, one.content, one.refused) for one in status(hall).batches] == [
        (3, None, 0),
        (2, None, 0),
        (1, None, 0),
    ]
    assert status(hall).counts == {ExportState.SENT: 5}


@on_both_stores
def test_of_a_record_that_changed_before_the_export_only_the_last_revision_goes_out(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    clerk = people.clerk
    first = record(opening(1, clerk.user_id), hall.hall_id)
    clerk.stores(first)
    clerk.stores(replace(first, revision=2, applicant=replace(APPLICANT, name="李晓桐")))
    assert export(hall, platform) == ExportReport(1, 0, 1)
    assert platform.arrivals == [f"{uuid(1)}:2"]
    clerk.stores(replace(first, revision=3, applicant=replace(APPLICANT, name="李晓童")))
    export(hall, platform)
    assert [case["application"]["applicant_name"] for case in platform.taken.values()] == ["李晓桐", "李晓童"]
    assert status(hall).counts == {ExportState.SENT: 2, ExportState.SUPERSEDED: 1}


def test_two_platforms_get_everything_each(hall: HallInHand, people: Staff, platform: Platform) -> None:
    whole_case(people)
    export(hall, platform)
    other = Platform()
    hall.desk.exports.run(hall.hall_id, "province", other, Told())
    assert other.arrivals == platform.arrivals
    actor = hall.actor(None, Role.AUDITOR)
    assert [one.adapter for one in hall.read(lambda unit: hall.desk.exports.infos(unit, actor))] == [
        "city",
        "province",
    ]


# --- killed, away, nonsense -------------------------------------------------------------------------------------------
class Killed(BaseException):
    """SIGKILL, as far as a test can."""


@pytest.mark.parametrize("arrived_there", [False, True])
def test_killed_while_sending_the_same_bytes_go_out_again(
    hall: HallInHand, people: Staff, platform: Platform, arrived_there: bool
) -> None:
    whole_case(people)

    class Dying(Platform):
        def send(self, parcel: Parcel) -> tuple[NotTaken, ...]:
            if arrived_there:
                super().send(parcel)
            else:
                self.parcels.append(parcel)
            raise Killed

    dying = Dying()
    with pytest.raises(Killed):
        export(hall, dying, batch=3)
    assert status(hall).run.trouble, "whoever looks after it knows that it has to go on"
    clerk = people.clerk
    clerk.stores(record(opening(2, clerk.user_id), hall.hall_id))
    platform.taken, platform.arrivals = dying.taken, dying.arrivals
    report = export(hall, platform, batch=3)
    assert platform.parcels[0] == dying.parcels[0]
    assert report.sent == 6
    assert list(platform.taken) == list(dict.fromkeys(platform.arrivals))
    assert [case["process"][0]["step"] for case in platform.taken.values()] == [*WHOLE, "受理"]


@on_both_stores
@pytest.mark.parametrize("committed", [False, True])
def test_killed_at_every_write_of_the_store_nothing_is_lost_and_nothing_comes_twice(
    hall: HallInHand, people: Staff, committed: bool
) -> None:
    """Every transaction of a run, cut off one at a time; the platform knows a change that comes again."""
    whole_case(people)
    hall.sequence()
    actor = hall.actor(None, Role.MANAGER)
    for at in range(1, 40):
        name, platform = f"city-{at}", Platform()
        store = _Dying(hall.store, at, committed)
        try:
            Exports(store, hall.desk.tools).run(hall.hall_id, name, platform, Told(), batch=2)  # type: ignore[arg-type]
        except Killed:
            # The dead one's hold has to run out first.
            hall.clock.move(seconds=HELD_FOR.total_seconds() + 1)
        hall.desk.exports.run(hall.hall_id, name, platform, Told(), batch=2)
        found = hall.read(lambda unit, name=name: hall.desk.exports.status(unit, actor, name))
        assert [case["process"][0]["step"] for case in platform.taken.values()] == WHOLE
        assert found.counts == {ExportState.SENT: 5}
        assert len({one.content for one in platform.parcels if one.name.startswith("MH-000001")}) == 1
        if not store.died:
            break
    assert at >= 9, "begin, collect, three times pack and settle, release"


class _Dying:
    """A store that dies with its ``at``-th write, before its commit or right after."""

    def __init__(self, store: Any, at: int, committed: bool) -> None:
        self._store, self._left, self._committed = store, at, committed
        self.died = False

    def read(self, hall_id: str, work: Any) -> Any:
        if self.died:
            raise Killed
        return self._store.read(hall_id, work)

    def write(self, hall_id: str, who: str, work: Any, *, patient: bool = False) -> Any:
        if self.died:
            raise Killed
        self._left -= 1
        if self._left:
            return self._store.write(hall_id, who, work, patient=patient)
        self.died = True
        if self._committed:
            self._store.write(hall_id, who, work, patient=patient)
        raise Killed


def test_an_answer_that_got_lost_is_asked_for_again_before_anything_else(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    whole_case(people)
    lost = PlatformAway("没有回答")
    lost.after = True  # type: ignore[attr-defined]
    platform.answers = [(), lost]
    with pytest.raises(PlatformAway):
        export(hall, platform, batch=2)
    assert status(hall).run.trouble == "没有回答"
    assert status(hall).counts == {ExportState.SENT: 2, ExportState.PACKED: 2, ExportState.WAITING: 1}
    hall.clock.move(minutes=1)
    export(hall, platform, batch=2)
    assert platform.parcels[1].content == platform.parcels[2].content
    assert [case["process"][0]["step"] for case in platform.taken.values()] == WHOLE
    assert status(hall).run.trouble == ""


def test_an_answer_about_what_was_never_sent_is_nonsense(hall: HallInHand, people: Staff, platform: Platform) -> None:
    whole_case(people)
    platform.answers = [(NotTaken(uuid(99), "不认识"),)]
    with pytest.raises(PlatformAway, match="看不懂"):
        export(hall, platform)
    assert status(hall).counts == {ExportState.PACKED: 5}


@on_both_stores
def test_only_one_process_exports_at_a_time(hall: HallInHand, people: Staff, platform: Platform) -> None:
    whole_case(people)
    now = hall.clock.now()
    assert hall.write(lambda unit: unit.exports.hold(NAME, "another", now, now + HELD_FOR))
    with pytest.raises(Locked, match="另一个程序正在导出"):
        export(hall, platform)
    assert platform.parcels == []
    hall.clock.move(seconds=HELD_FOR.total_seconds() + 1)
    assert export(hall, platform).sent == 5


def test_whoever_lost_the_adapter_meanwhile_settles_nothing(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    """A server that slept for an hour in the middle of a batch wakes up after another one has gone on."""
    whole_case(people)

    class Sleeping(Platform):
        def send(self, parcel: Parcel) -> tuple[NotTaken, ...]:
            super().send(parcel)
            hall.clock.move(hours=1)
            hall.desk.exports.run(hall.hall_id, NAME, platform, Told())
            now = hall.clock.now()
            hall.write(lambda unit: unit.exports.hold(NAME, "another", now, now + HELD_FOR))
            return ()

    with pytest.raises(Locked):
        export(hall, Sleeping())
    assert status(hall).counts == {ExportState.SENT: 5}
    assert len(platform.parcels) == 1


# --- refused ----------------------------------------------------------------------------------------------------------
@on_both_stores
def test_what_our_own_rules_refuse_stays_with_a_sentence_and_goes_out_when_the_rule_goes(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    whole_case(people, 1)
    nameless = replace(opening(2, people.clerk.user_id), department="")
    people.clerk.stores(record(nameless, hall.hall_id))
    report = export(hall, platform)
    assert report == ExportReport(5, 1, 1)
    (line,) = refused(hall)
    assert (line.case_number[-2:], line.field, line.by) == ("02", "acceptance.body", "rule")
    assert line.sentence == "受理的受理单位没有内容，对方要求必填"
    assert status(hall).counts == {ExportState.SENT: 5, ExportState.REFUSED: 1}
    hall.clock.move(hours=1)
    assert export(hall, platform) == ExportReport(0, 1, 0)
    assert refused(hall) == (line,), "since when stays"
    platform.fields = GB_T_39046.refusing(frozenset())
    assert export(hall, platform) == ExportReport(1, 0, 1)
    assert refused(hall) == ()


def test_a_corrected_record_takes_the_place_of_the_refused_one(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    clerk = people.clerk
    start = opening(1, clerk.user_id)
    wrong = record(start, hall.hall_id, applicant=replace(APPLICANT, document_no=""))
    clerk.stores(wrong)
    export(hall, platform)
    assert [line.field for line in refused(hall)] == ["application.applicant_document_no"]
    clerk.stores(replace(wrong, revision=2, applicant=APPLICANT))
    assert export(hall, platform) == ExportReport(1, 0, 1)
    assert refused(hall) == ()
    assert platform.arrivals == [f"{start.case_id}:2"]


def test_nothing_of_a_case_overtakes_what_is_held_up(hall: HallInHand, people: Staff, platform: Platform) -> None:
    whole_case(people, 1)
    platform.bad = {f"{uuid(1)}:1": "证件号码校验不通过"}
    export(hall, platform, batch=1)
    assert platform.arrivals == []
    assert status(hall).counts == {ExportState.REFUSED: 1, ExportState.WAITING: 4}
    (line,) = refused(hall)
    assert (line.case_number, line.sentence, line.by) == ("MH-12-20261123-0001", "证件号码校验不通过", "platform")


@on_both_stores
def test_what_the_platform_refused_is_not_offered_again_until_it_changed_or_somebody_asks(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    whole_case(people, 1)
    whole_case(people, 2)
    platform.bad = {f"{uuid(1)}:1": "证件号码校验不通过"}
    export(hall, platform, batch=1)
    assert [step for _, step in platform.kinds()] == WHOLE
    sent = len(platform.parcels)
    export(hall, platform, batch=1)
    assert len(platform.parcels) == sent
    platform.bad = {}
    assert export(hall, platform, batch=1) == ExportReport(0, 1, 0)
    assert len(platform.parcels) == sent
    export(hall, platform, batch=1, again=True)
    assert [number for number, _ in platform.kinds()] == ["02"] * 5 + ["01"] * 5
    assert refused(hall) == ()


def test_a_map_that_was_mended_offers_the_refused_ones_again(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    whole_case(people, 1)
    platform.bad = {f"{uuid(1)}:1": "区划为空"}
    export(hall, platform)
    platform.bad = {}
    assert export(hall, platform, told=Told(area_code="511602")).sent == 1
    assert platform.taken[f"{uuid(1)}:1"]["application"]["area_code"] == "511602"


@on_both_stores
def test_the_one_case_is_found_for_which_a_platform_takes_nothing(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    for number in range(1, 10):
        people.clerk.stores(record(opening(number, people.clerk.user_id), hall.hall_id))
    platform.whole = True
    platform.bad = {f"{uuid(6)}:1": "格式错误"}
    assert export(hall, platform) == ExportReport(8, 1, 4)
    assert sorted(platform.arrivals) == sorted(f"{uuid(number)}:1" for number in range(1, 10) if number != 6)
    assert [(line.case_number[-2:], line.sentence) for line in refused(hall)] == [("06", "格式错误")]


def test_a_platform_that_takes_nothing_at_all_is_away_and_refuses_no_further_cases(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    for number in range(1, 40):
        people.clerk.stores(record(opening(number, people.clerk.user_id), hall.hall_id))
    platform.whole = True
    platform.bad = {f"{uuid(number)}:1": "维护中" for number in range(1, 40)}
    with pytest.raises(PlatformAway, match="连续退回 20 件"):
        export(hall, platform)
    assert status(hall).counts == {ExportState.REFUSED: 20, ExportState.WAITING: 19}


def test_a_record_that_cannot_be_read_keeps_the_others_from_nothing(
    hall: HallInHand, people: Staff, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = people.clerk
    strange = record(opening(1, clerk.user_id), hall.hall_id)
    clerk.stores(strange)
    clerk.stores(record(opening(2, clerk.user_id), hall.hall_id))
    cases = type(hall.read(lambda unit: unit.cases))
    original = cases.body

    def spoiled(self: Any, case_id: str) -> dict[str, Any]:
        """As a program of another age might have stored it."""
        body: dict[str, Any] = original(self, case_id)
        return body | {"outcome": "of-a-later-version"} if case_id == strange.case_id else body

    monkeypatch.setattr(cases, "body", spoiled)
    assert export(hall, platform) == ExportReport(1, 1, 1)
    assert [line.sentence for line in refused(hall)] == [UNREADABLE]


# --- what stands in it ------------------------------------------------------------------------------------------------
def test_a_supplement_its_acceptance_and_its_decision_fill_their_groups(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    clerk = people.clerk
    start = supplement_opening(1, clerk.user_id)
    clerk.stores(record(start, hall.hall_id))
    clerk.pushes(arrived(10, start.case_id, clerk.doer, SOON, ("m1", "m2"), whole=True))
    clerk.pushes(accepted(11, start.case_id, clerk.doer, SOON, SOON))
    people.reviewer.pushes(granted(12, start.case_id, people.reviewer.doer, SOON))
    export(hall, platform, told=Told(bodies={"区市场监督管理局": "11441501MB2C12345X"}))
    first, came, taken_in, decided = platform.taken.values()
    assert "acceptance" not in first
    assert first["process"][0]["action"] == "退回"
    assert first["application"]["applied_at"] == f"{MORNING:%Y%m%dT%H%M%S}"
    assert [(row["name"], row["collected"], row["manner"]) for row in came["materials"]] == [
        ("营业执照", "1", "1"),
        ("经营场所证明", "1", "1"),
    ]
    assert taken_in["acceptance"]["body_code"] == "11441501MB2C12345X"
    assert taken_in["acceptance"]["at"] == f"{SOON:%Y%m%dT%H%M%S}"
    assert decided["completion"]["result"] == "已准予"
    assert decided["change"]["state"] == "granted"
    assert decided["process"][0]["flow"] == "决定"


def test_the_official_number_goes_along_and_a_long_one_is_a_warning(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    clerk = people.clerk
    sichuan = "511A0138000000-511602000000-000-11511602MB1234567X-1-00"
    start = replace(opening(1, clerk.user_id), matter_code=sichuan)
    clerk.stores(record(start, hall.hall_id))
    assert export(hall, platform) == ExportReport(1, 0, 1)
    (doubt,) = [one for one in status(hall).batches[0].doubts if one.field == "application.case_no"]
    assert doubt.sentence == f"申请的办件编号有 {len(sichuan) + 12} 个字符，对方最多收 50 个"
    (case,) = platform.taken.values()
    assert case["application"]["case_no"] == f"{sichuan}202611230001"
    assert case["acceptance"].get("body_code") is None


def test_every_export_leaves_an_audit_entry_and_no_personal_data_in_the_journal(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    whole_case(people)
    export(hall, platform)
    hall.sequence()
    head = hall.read(lambda unit: unit.journal.head()[0])
    (entry,) = hall.read(lambda unit: unit.journal.of_kinds(("platform.exported",), 0, head))
    assert entry.subject == status(hall).batches[0].batch_id
    assert entry.user_id == "system"
    assert entry.payload == {
        "adapter": "city",
        "number": 1,
        "changes": 5,
        "refused": 0,
        "digest": status(hall).batches[0].digest,
    }


def test_clerks_read_neither_the_state_nor_the_refusals(hall: HallInHand) -> None:
    with pytest.raises(NotAllowed):
        hall.read(lambda unit: hall.desk.exports.status(unit, hall.actor("12"), NAME))
    with pytest.raises(NotAllowed):
        hall.read(lambda unit: hall.desk.exports.refused(unit, hall.actor("12"), NAME))


def test_a_case_that_ended_at_the_counter_is_completed_there(
    hall: HallInHand, people: Staff, platform: Platform
) -> None:
    clerk = people.clerk
    start = replace(
        opening(1, clerk.user_id), state=CaseState.NOT_ACCEPTED, accepted_at=None, promised=None, statutory=None
    )
    detail = {"reason": "", "competent_body": "市生态环境局"}
    clerk.stores(record(start, hall.hall_id, detail=detail))
    export(hall, platform)
    (case,) = platform.taken.values()
    assert case["completion"]["result"] == "不予受理"
    assert case["acceptance"]["competent_body"] == "市生态环境局"
