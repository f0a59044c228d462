"""Who comes back to supply or to collect does not queue again, but only when a case waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from clerk_app.domain.queue import Lane, PriorityClass, VisitReason
from clerk_app.ports.hall_queue import CardPerson, TakeTicket, Ticket
from support.case_flow import APPLICANT, at_work, opening, record, supplement_opening
from support.hall import HallInHand, hall_in_hand

THEIRS = CardPerson(APPLICANT.name, APPLICANT.document_no, date(1990, 3, 7))
OTHER = CardPerson("王五", "110101199003070011", date(1990, 3, 7))


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        yield found


@pytest.fixture
def waiting(hall: HallInHand) -> str:
    """The number of a case that waits for its supplement."""
    clerk = at_work(hall, "12", "王晓梅")
    start = supplement_opening(1, clerk.user_id)
    clerk.stores(record(start, hall.hall_id))
    return start.case_number


def take(hall: HallInHand, **wish: object) -> Ticket:
    asked = TakeTicket(hall.groups()[0].group_id, **wish)  # type: ignore[arg-type]
    return hall.write(lambda unit: hall.desk.taking.take(unit, hall.kiosk(), asked)).ticket


def test_a_paper_of_a_case_that_waits_gives_the_lane_of_its_own(hall: HallInHand, waiting: str) -> None:
    ticket = take(hall, case_number=waiting)
    assert (ticket.lane, ticket.case_number) == (Lane.RETURN, waiting)
    assert ticket.priority is PriorityClass.ORDINARY


def test_the_card_is_enough_when_one_comes_to_supply(hall: HallInHand, waiting: str) -> None:
    ticket = take(hall, card=THEIRS, reason=VisitReason.SUPPLEMENT)
    assert (ticket.lane, ticket.case_number) == (Lane.RETURN, waiting)


def test_the_card_alone_with_another_wish_queues_like_everybody(hall: HallInHand, waiting: str) -> None:
    assert take(hall, card=THEIRS).lane is Lane.ORDINARY


@pytest.mark.parametrize("wish", [{"card": OTHER}, {}])
def test_nobody_gets_the_lane_by_saying_so(hall: HallInHand, waiting: str, wish: dict[str, object]) -> None:
    ticket = take(hall, reason=VisitReason.SUPPLEMENT, **wish)
    assert (ticket.lane, ticket.case_number) == (Lane.ORDINARY, "")


def test_a_case_that_waits_for_nobody_gives_no_lane(hall: HallInHand) -> None:
    clerk = at_work(hall, "12", "王晓梅")
    start = opening(2, clerk.user_id)
    clerk.stores(record(start, hall.hall_id))
    for wish in ({"case_number": start.case_number}, {"case_number": "MH-12-20261123-9999"}):
        ticket = take(hall, **wish)
        assert (ticket.lane, ticket.case_number) == (Lane.ORDINARY, "")
