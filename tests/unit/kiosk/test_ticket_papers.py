"""What a ticket's paper says follows from the committed ticket alone, whoever prints it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clerk_app.domain.papers import BringItem, TicketMatter
from clerk_app.domain.queue import PriorityClass, TicketState
from clerk_app.ports.hall_queue import TakeTicket, TicketTaken
from clerk_app.services.tickets import RETURN_WORDS, ticket_paper
from support.halls import NOW, PROFILE, HallInMemory, HandClock

FOOD = TicketMatter("食品经营许可（新办）", (BringItem("申请书", "原件 1"),))
SHOP = TicketMatter("个体工商户设立登记")


def taken(ahead: int = 8, wait_s: int = 11 * 60, **changes: Any) -> TicketTaken:
    found = HallInMemory(HandClock()).take_ticket(TakeTicket("g-A"), key="k")
    return replace(found, ticket=replace(found.ticket, **changes), people_ahead=ahead, expected_wait_s=wait_s)


def test_one_matter_stands_under_the_number_several_are_counted() -> None:
    assert ticket_paper(taken(), PROFILE, (), NOW, "取号机").subject == "企业准入"
    assert ticket_paper(taken(), PROFILE, (FOOD,), NOW, "取号机").subject == "食品经营许可（新办）"
    paper = ticket_paper(taken(), PROFILE, (FOOD, SHOP), NOW, "取号机")
    assert (paper.subject, paper.matters) == ("企业准入，2 件事", (FOOD, SHOP))


def test_started_minutes_are_whole_ones_and_the_call_is_expected_then() -> None:
    paper = ticket_paper(taken(wait_s=601), PROFILE, (), NOW, "取号机")
    assert paper.wait_minutes == 11
    assert paper.call_expected_at == NOW + timedelta(seconds=601)


def test_a_kept_appointment_names_its_time_a_lost_one_does_not() -> None:
    start = NOW + timedelta(minutes=6)
    kept = taken(priority=PriorityClass.APPOINTMENT, order_at=start)
    assert ticket_paper(kept, PROFILE, (), NOW, "取号机").appointment == start
    lost = taken(priority=PriorityClass.ORDINARY, order_at=start)
    assert ticket_paper(lost, PROFILE, (), NOW, "取号机").appointment is None


def test_a_window_that_waited_free_is_named_at_once() -> None:
    called = taken(0, 60, state=TicketState.CALLED, window_no="12")
    assert ticket_paper(called, PROFILE, (), NOW, "取号机").window == "12"
    held = taken(0, 60, state=TicketState.HELD, window_no="12")
    assert ticket_paper(held, PROFILE, (), NOW, "取号机").window == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"priority": PriorityClass.CARE}, "爱心号"),
        ({"priority": PriorityClass.ORDINARY}, ""),
        ({"case_number": "MH-12-20261123-0031"}, RETURN_WORDS),
        ({"case_number": "MH-12-20261123-0031", "priority": PriorityClass.ELDERLY}, RETURN_WORDS),
    ],
)
def test_why_somebody_goes_first_is_said(changes: dict[str, Any], words: str) -> None:
    assert ticket_paper(taken(**changes), PROFILE, (), NOW, "取号机").priority == words


def test_the_code_is_the_tickets_page_or_its_number() -> None:
    found = taken()
    public = replace(PROFILE, query_url="https://hall.example/q/")
    assert ticket_paper(found, PROFILE, (), NOW, "取号机").query == found.ticket.number
    assert ticket_paper(found, public, (), NOW, "取号机").query == f"https://hall.example/q/{found.ticket.ticket_id}"
