"""A hall that worked with the first schema goes on with the next: nothing lost, old cases without acts."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from clerk_app.crypto.keyfile import FileKeyring
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.actor import Role
from clerk_app.domain.cases import CaseState
from clerk_app.domain.errors import Locked
from clerk_app.ports.hall_cases import WorkKind
from clerk_app.services.hall.tools import Tools, canonical
from db.hall.migrate import HEAD, SCRIPTS
from support.case_flow import APPLICANT, TASK, at_work, granted, opening, record, uuid
from support.hall import MORNING, STORE_KEY, HallInHand, HandClock, SeededEntropy, engine_of, open_place, over

HALL = "0198f0a0-0000-7000-8000-00000000000f"
AT = "2026-11-23T02:00:00.000000Z"
OLD_BODY = {
    "case_id": uuid(1),
    "case_number": "MH-12-20261123-0001",
    "hall_id": HALL,
    "window_no": "12",
    "matter_code": TASK,
    "matter_name": "食品经营许可",
    "matter_version": 1,
    "applicant": {
        "kind": "person",
        "name": APPLICANT.name,
        "document_type": "111",
        "document_no": APPLICANT.document_no,
        "phone": APPLICANT.phone,
        "address": "",
    },
    "outcome": "supplement_requested",
    "received_at": "2026-11-23T02:00:00.000000+00:00",
    "clerk": "王晓梅",
    "revision": 1,
    "ticket_id": None,
    "agent": None,
    "accepted_at": None,
    "promised_on": None,
    "provisional": False,
    "documents": [],
    "detail": {},
}
"""A record as servers stored it before acts came."""


def _at_revision(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _digest(body: object) -> str:
    crypto = NationalCrypto(SeededEntropy())
    return Tools(HandClock(), SeededEntropy(), crypto, FileKeyring(STORE_KEY, crypto)).digest(canonical(body))


def _fill(engine: Engine) -> None:
    """Rows of every kind that a working day leaves, written as the first schema has them."""
    case = {
        "hall": HALL,
        "case": uuid(1),
        "number": OLD_BODY["case_number"],
        "body": json.dumps(OLD_BODY, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        "hash": _digest(OLD_BODY),
        "base": TASK,
        "at": AT,
    }
    profile = json.dumps({"code": "MH", "name": "明河区政务服务中心", "area": "一楼 A 区"}, ensure_ascii=False)
    with engine.begin() as connection:
        run = connection.execute
        run(text("INSERT INTO store_meta VALUES ('epoch', 'the-old-epoch')"))
        run(text("INSERT INTO hall VALUES (:hall, 'MH', :profile)"), {"hall": HALL, "profile": profile})
        run(text("INSERT INTO service_group VALUES (:hall, 'g1', 'A', '企业准入', '', '', 0)"), {"hall": HALL})
        run(
            text(
                "INSERT INTO intake_case (hall_id, case_id, record_id, case_number, case_no, case_base, case_day,"
                " serial, ticket_id, window_no, matter_code, outcome, received_at, promised_on, revision, body)"
                " VALUES (:hall, :case, 'r1', :number, :base || '202611230001', :base, '2026-11-23', 1,"
                " NULL, '12', :base, 'supplement_requested', :at, NULL, 1, :body)"
            ),
            case,
        )
        run(text("INSERT INTO case_revision VALUES (:hall, :case, 1, :hash, :at)"), case)
        run(
            text(
                "INSERT INTO journal (hall_id, entry_id, kind, subject, at, user_id, user_name, device_id, payload)"
                " VALUES (:hall, :case, 'case.stored', :case, :at, 'window', '12 号窗口', 'd', '{}')"
            ),
            case,
        )
        run(text("INSERT INTO catalogue VALUES (:hall, 1, :at, 1, 'd', :body)"), case | {"body": gzip.compress(b"{}")})


@pytest.fixture
def place(empty_place: Path | str) -> Path | str:
    engine = engine_of(empty_place)
    _at_revision(engine, "0001")
    _fill(engine)
    engine.dispose()
    return empty_place


@pytest.fixture
def hall(place: Path | str) -> Iterator[HallInHand]:
    entropy = SeededEntropy(5)
    store = open_place(place, entropy)
    found = over(store, HandClock(), entropy, NationalCrypto(entropy))
    found.clock.move(hours=1)
    yield found
    store.close()


def test_an_old_store_opens_as_the_same_store(hall: HallInHand) -> None:
    assert hall.hall_id == HALL
    assert hall.store.epoch == "the-old-epoch"
    assert [group.prefix for group in hall.groups()] == ["A"]
    assert hall.sequence() >= 1
    assert hall.read(lambda unit: unit.journal.after(0, 1))[0].kind == "case.stored"
    assert hall.read(lambda unit: unit.catalogue.current()).version == 1


def test_an_old_case_is_there_with_its_outcome_and_takes_no_acts(hall: HallInHand) -> None:
    reviewer = at_work(hall, "21", "沈明", Role.REVIEWER)
    found = reviewer.looks_at("MH-12-20261123-0001")
    assert found.state is CaseState.SUPPLEMENT_REQUESTED
    assert (found.record.applicant.name, found.record.opening, found.acts) == (APPLICANT.name, None, ())
    assert all(reviewer.work(kind) == () for kind in WorkKind)
    with pytest.raises(Locked, match="旧版窗口"):
        hall.write(
            lambda unit: hall.desk.files.store_act(unit, reviewer.caller.actor, granted(1, uuid(1), reviewer.doer))
        )


def test_an_old_record_that_is_pushed_again_is_the_same_record(hall: HallInHand) -> None:
    clerk = at_work(hall, "12", "王晓梅")
    again = record(
        opening(1, clerk.user_id), HALL, opening=None, conclusion={}, outcome="supplement_requested", accepted_at=None
    )
    ack = hall.write(lambda unit: hall.desk.cases.store(unit, clerk.caller.actor, again))
    assert (ack.record_id, ack.synced_at) == ("r1", MORNING)


def test_new_cases_go_on_beside_old_ones(hall: HallInHand) -> None:
    clerk = at_work(hall, "12", "王晓梅")
    start = opening(2, clerk.user_id, at=MORNING + timedelta(minutes=1))
    clerk.stores(record(start, HALL))
    assert [line.case_number for line in clerk.work(WorkKind.TO_DECIDE)] == [start.case_number]
    assert clerk.looks_at(start.case_id).case_no == f"{TASK}202611230002"


def test_going_back_and_forth_keeps_the_cases(place: Path | str) -> None:
    open_place(place, SeededEntropy()).close()
    engine = engine_of(place)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        assert connection.execute(text("SELECT case_number FROM intake_case")).scalars().all() == [
            "MH-12-20261123-0001"
        ]
    _at_revision(engine, "head")
    with engine.begin() as connection:
        assert connection.execute(text("SELECT state FROM intake_case")).scalars().all() == ["supplement_requested"]
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
    engine.dispose()


@pytest.mark.parametrize("statement", ["UPDATE case_act SET step = 'void'", "DELETE FROM case_act"])
def test_acts_are_append_only_in_the_store_itself(hall: HallInHand, place: Path | str, statement: str) -> None:
    clerk, reviewer = at_work(hall, "12", "王晓梅"), at_work(hall, "21", "沈明", Role.REVIEWER)
    start = opening(2, clerk.user_id)
    clerk.stores(record(start, HALL))
    reviewer.pushes(granted(1, start.case_id, reviewer.doer))
    engine = engine_of(place)
    with pytest.raises(Exception, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
