"""A hall in the middle of a day goes on with the queue's new schema: places, matters, waits and service stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.queue import Lane, TicketSource, TicketState, VisitReason
from clerk_app.ports.hall_queue import Ticket
from clerk_app.services.hall.tools import system_actor
from db.hall.migrate import SCRIPTS
from support.hall import MORNING, HallInHand, HandClock, SeededEntropy, engine_of, hall_in_hand, open_place, over

HALL = "0198f0a0-0000-7000-8000-00000000000f"
# id, serial, state, priority, matter, taken, called, started, ended (minutes from 09:00), window
TICKETS = (
    (1, "finished", "ordinary", "M1", 0, 10, 12, 20, "12"),
    (2, "finished", "ordinary", None, 1, 11, None, 15, "5"),
    (3, "serving", "elderly", "M2", 2, 12, 13, None, "5"),
    (4, "missed", "ordinary", None, 3, 13, None, None, "12"),
    (5, "waiting", "ordinary", "M1", 4, None, None, None, None),
    (6, "waiting", "disabled", None, 5, None, None, None, None),
    (7, "waiting", "ordinary", None, 6, None, None, None, None),
    (8, "called", "ordinary", None, 7, 14, None, None, "12"),
)


def _moment(minutes: int | None) -> str | None:
    return None if minutes is None else f"2026-11-23T01:{minutes:02d}:00.000000Z"


def _script(engine: Engine, work: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        getattr(command, work)(config, revision)


def _fill(engine: Engine) -> None:
    with engine.begin() as connection:
        run = connection.execute
        run(text("INSERT INTO store_meta VALUES ('epoch', 'the-old-epoch')"))
        run(
            text('INSERT INTO hall VALUES (:hall, \'MH\', \'{"code":"MH","name":"明河区政务服务中心"}\')'),
            {"hall": HALL},
        )
        run(text("INSERT INTO service_group VALUES (:hall, 'g1', 'A', '企业准入', '', '', 0)"), {"hall": HALL})
        run(text("INSERT INTO counter_group VALUES (:hall, '12', 'g1')"), {"hall": HALL})
        for serial, state, priority, matter, taken, called, started, ended, window_no in TICKETS:
            values = {
                "hall": HALL,
                "id": f"t{serial}",
                "serial": serial,
                "state": state,
                "priority": priority,
                "first": int(priority != "ordinary"),
                "matter": matter,
                "taken": _moment(taken),
                "called": _moment(called),
                "started": _moment(started),
                "ended": _moment(ended),
                "window": window_no,
                "person": f"p{serial}",
            }
            run(
                text(
                    "INSERT INTO ticket (hall_id, ticket_id, day, prefix, serial, group_id, state, priority,"
                    " is_priority, reason, matter_code, person, person_hash, taken_at, called_at, last_call_at,"
                    " started_at, ended_at, window_no, recalls, print_state, prints, outcome) VALUES (:hall, :id,"
                    " '2026-11-23', 'A', :serial, 'g1', :state, :priority, :first, 'submit', :matter, '李*', :person,"
                    " :taken, :called, :called, :started, :ended, :window, 0, 'printed', 1, NULL)"
                ),
                values,
            )


@pytest.fixture
def place(empty_place: Path | str) -> Path | str:
    engine = engine_of(empty_place)
    _script(engine, "upgrade", "0002")
    _fill(engine)
    engine.dispose()
    return empty_place


@pytest.fixture
def hall(place: Path | str) -> Iterator[HallInHand]:
    entropy = SeededEntropy(5)
    store = open_place(place, entropy)
    found = over(store, HandClock(MORNING), entropy, NationalCrypto(entropy))
    found.in_order()
    yield found
    store.close()


def _ticket(hall: HallInHand, serial: int) -> Ticket:
    return hall.read(lambda unit: unit.tickets.get(f"t{serial}"))


def test_every_ticket_keeps_its_state_place_and_matters(hall: HallInHand) -> None:
    found = hall.read(lambda unit: unit.tickets.of_day(MORNING.date()))
    assert [(one.number, one.state.value) for one in found] == [(f"A{row[0]:03d}", row[1]) for row in TICKETS]
    assert [one.matters for one in found] == [(row[3],) if row[3] else () for row in TICKETS]
    assert all(one.order_at == one.queued_at == one.taken_at for one in found)
    assert {(one.source, one.reason, one.prints, one.due_at) for one in found} == {
        (TicketSource.QUEUE, VisitReason.SUBMIT, 1, None)
    }
    assert [one.lane for one in found if one.lane is not Lane.ORDINARY] == [Lane.PRIORITY] * 2


def test_waits_and_service_are_what_the_old_moments_tell(hall: HallInHand) -> None:
    minutes = {
        serial: (_ticket(hall, serial).wait_s / 60, _ticket(hall, serial).service_s / 60) for serial in range(1, 9)
    }
    assert minutes == {1: (10, 8), 2: (10, 4), 3: (10, 0), 4: (10, 0), 5: (0, 0), 6: (0, 0), 7: (0, 0), 8: (7, 0)}
    figures = hall.read(lambda unit: unit.tickets.figures("12", MORNING.date()))
    assert (figures.served, figures.mean_service_s) == (1, 480)


def test_the_day_goes_on_where_it_was(hall: HallInHand) -> None:
    assert hall.finish(_ticket(hall, 8)).state is TicketState.FINISHED
    assert hall.finish(_ticket(hall, 3)).service_s == 47 * 60
    called = []
    for _ in range(3):
        ticket = hall.call()
        assert ticket is not None
        called.append(ticket.number)
        hall.finish(ticket)
    assert called == ["A006", "A005", "A007"]
    assert hall.take().number == "A009"
    missed = hall.write(lambda unit: hall.desk.taking.return_(unit, hall.kiosk(), "t4")).ticket
    assert missed.state is TicketState.WAITING
    assert hall.read(lambda unit: unit.setup.served("12")) == {"g1": 1.0}


def test_a_card_that_waits_still_waits_once(hall: HallInHand) -> None:
    for serial, waits in ((1, False), (3, True), (5, True), (8, True), (4, False)):
        found = hall.read(lambda unit, serial=serial: unit.tickets.open_of_person(MORNING.date(), f"p{serial}"))
        assert (found is not None) is waits


def test_back_and_forth_keeps_the_tickets(place: Path | str) -> None:
    open_place(place, SeededEntropy()).close()
    engine = engine_of(place)
    _script(engine, "downgrade", "0002")
    _script(engine, "upgrade", "head")
    engine.dispose()
    store = open_place(place, SeededEntropy())
    tickets = store.read(HALL, lambda unit: unit.tickets.of_day(MORNING.date()))
    store.close()
    assert [(one.number, one.state.value) for one in tickets] == [(f"A{row[0]:03d}", row[1]) for row in TICKETS]
    assert tickets[0].taken_at == MORNING - timedelta(hours=1)


def test_a_hall_at_work_goes_on_from_the_version_before(empty_place: Path | str) -> None:
    with hall_in_hand(empty_place) as before:
        taken = [before.take().ticket_id for _ in range(3)]
        called = before.call()
        assert called is not None
        before.sequence()
    engine = engine_of(empty_place)
    _script(engine, "downgrade", "0003")
    engine.dispose()
    entropy = SeededEntropy(6)
    store = open_place(empty_place, entropy)
    again = over(store, HandClock(MORNING), entropy, NationalCrypto(entropy))
    assert again.hall_id == before.hall_id
    tickets = again.read(lambda unit: [unit.tickets.get(one) for one in taken])
    assert called in tickets
    assert again.take().number == "A004"
    again.sequence()
    report = again.read(lambda unit: again.desk.sequencer.verify(unit, system_actor(again.hall_id)))
    assert report.broken_at is None
    store.close()
