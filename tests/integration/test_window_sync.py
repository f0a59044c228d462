"""The window's outbox against the hall's real services and both real stores: what one writes, the other takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clerk_app.domain.actor import Actor
from clerk_app.domain.checklist import Verdict, toggle_phrase
from clerk_app.domain.errors import Unreachable
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.hall import CaseAck, CaseRecord, RatingAck, RatingRecord, ServerTime
from clerk_app.services.window import records
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.rating import RatingDesk
from db.window.store import open_window_store
from support.hall import HallInHand, hall_in_hand
from support.people import agent, company
from support.window import CLERK, HALL, NOW, FakeClock, Window, ticket


class DirectCounter:
    """``Counter`` straight to the hall's services, through JSON as the wire does it; loses answers when told to."""

    def __init__(self, hall: HallInHand) -> None:
        self.hall = hall
        self.actor = hall.actor("12")
        self.lose = 0

    def _answer(self, answer: Any) -> Any:
        if self.lose:
            self.lose -= 1
            raise Unreachable("服务器没有回答")
        return answer

    def server_time(self) -> ServerTime:
        return ServerTime(NOW, "1", self.hall.store.epoch, self.hall.hall_id, 0)

    def store_case(self, record: CaseRecord, *, key: str | None = None) -> CaseAck:
        record = records.load_case_record(json.loads(json.dumps(records.dump_case_record(record))))
        ack = self.hall.write(lambda unit: self.hall.desk.cases.store(unit, self.actor, record))
        return self._answer(ack)  # type: ignore[no-any-return]

    def store_rating(self, rating: RatingRecord, *, key: str | None = None) -> RatingAck:
        ack = self.hall.write(lambda unit: self.hall.desk.cases.rate(unit, self.actor, rating))
        return self._answer(ack)  # type: ignore[no-any-return]


@contextmanager
def both(folder: Path) -> Iterator[tuple[Window, DirectCounter, Outbox, Actor]]:
    with hall_in_hand(folder) as hall:
        profile = replace(HALL, hall_id=hall.hall_id)
        store = open_window_store(folder / "window.db", b"k" * 32, hall.hall_id)
        window = Window(store, hall=profile, clock=FakeClock())
        counter = DirectCounter(hall)
        clerk = replace(CLERK, hall_id=hall.hall_id)
        yield window, counter, Outbox(store, counter, window.journal), clerk  # type: ignore[arg-type]
        store.close()


def defective(intake: Intake) -> Intake:
    return intake.with_check(toggle_phrase(intake.checks["layout"], "未标注面积"))


def tolerated(intake: Intake) -> Intake:
    assert intake.matter is not None
    return intake.mark(intake.matter.material("health"), Verdict.TOLERATED)


def test_every_outcome_that_a_window_stores_is_taken_by_the_hall(tmp_path: Path) -> None:
    with both(tmp_path) as (window, counter, outbox, clerk):
        made = [
            window.cases.conclude(window.complete(ticket(), clerk), OutcomeKind.ACCEPTED, clerk),
            window.cases.conclude(tolerated(window.complete(actor=clerk)), OutcomeKind.ACCEPTED_WITH_DEFICIENCY, clerk),
            window.cases.conclude(defective(window.complete(actor=clerk)), OutcomeKind.SUPPLEMENT_REQUESTED, clerk),
            window.cases.conclude(
                replace(window.complete(actor=clerk), competent_body="市市场监督管理局"),
                OutcomeKind.NOT_ACCEPTED,
                clerk,
            ),
            window.cases.conclude(
                window.complete(actor=clerk).answer("q_kind", ("prepack",)), OutcomeKind.REDIRECTED, clerk
            ),
            window.cases.conclude(
                window.complete(actor=clerk).with_applicant(company(), agent()).mark_all_as_required(),
                OutcomeKind.ACCEPTED,
                clerk,
            ),
        ]
        RatingDesk(window.store, window.journal).store(clerk, 1, ticket_id=ticket().ticket_id)
        push = outbox.push_once()
        assert outbox.status().set_aside == ()
        assert (push.pushed, push.stopped) == (len(made) + 1, "")
        numbers = {window.cases.case(case.case_id).case_no for case in made}
        assert len(numbers) == len(made)
        assert all(numbers)
        last = counter.hall.write(lambda unit: counter.hall.desk.cases.body(unit, counter.actor, made[-1].case_id))
        assert last["case_number"] == made[-1].case_number
        assert last["applicant"]["document_type"] == "uscc"
        assert last["agent"]["name"] == agent().name


@pytest.mark.parametrize("lost", [1, 3])
def test_a_lost_answer_leads_to_one_official_number(tmp_path: Path, lost: int) -> None:
    with both(tmp_path) as (window, counter, outbox, clerk):
        case = window.cases.conclude(window.complete(actor=clerk), OutcomeKind.ACCEPTED, clerk)
        counter.lose = lost
        for _ in range(lost):
            assert outbox.push_once().stopped
            assert window.cases.case(case.case_id).case_no is None
        assert outbox.push_once().pushed == 1
        following = window.cases.conclude(window.complete(actor=clerk), OutcomeKind.ACCEPTED, clerk)
        outbox.push_once()
        first = window.cases.case(case.case_id).case_no
        second = window.cases.case(following.case_id).case_no
        assert first is not None
        assert second is not None
        assert first.endswith("0001")
        assert second.endswith("0002")
