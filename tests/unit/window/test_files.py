"""Cases after their conclusion at the window: local first, told to the server, carried on at any window."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clerk_app.domain.acts import ActFacts, Decision, Delivery, DeliveryManner, IdentityCheck
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.checklist import MaterialCheck, Verdict, toggle_phrase
from clerk_app.domain.errors import Locked, NotAllowed, NotFound, Unreachable
from clerk_app.domain.law import OutcomeKind, SuspensionCause
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.window import OutboxState, PaperState
from clerk_app.services.steps.values import Fate, OpenFile
from clerk_app.services.window.cases import Concluded
from clerk_app.services.window.files import FileDesk
from clerk_app.services.window.outbox import Outbox
from support.window import CLERK, KEEPER, REVIEWER, Window, calendar
from support.window_memory import MemoryWindowStore
from support.window_server import FakeCounter, FakeServer

GRANT = Decision("材料齐全", "食品安全法第三十五条", content="准予食品经营", certificate_name="食品经营许可证")


class Place:
    """A window with its own store and machine, at one hall's server."""

    def __init__(self, server: FakeServer, number: str = "12") -> None:
        self.window = Window(MemoryWindowStore(), seed=int(number))
        self.counter = FakeCounter(server)
        self.outbox = Outbox(self.window.store, self.counter, self.window.journal)  # type: ignore[arg-type]
        self.files = FileDesk(
            self.window.store,
            self.counter,  # type: ignore[arg-type]
            self.window.renderer,
            self.window.binding,
            self.window.journal,
            lambda: self.window.hall,
            calendar,
            self.outbox,
        )

    def concluded(self, outcome: OutcomeKind = OutcomeKind.ACCEPTED, *, defects: tuple[str, ...] = ()) -> Concluded:
        intake = self.window.complete()
        for _, material, row in intake.numbered(*Verdict):
            if material.id in defects:
                intake = intake.with_check(toggle_phrase(row, "没有签名或盖章"))
        return self.window.cases.conclude(intake, outcome, CLERK)

    def open(self, concluded: Concluded) -> OpenFile:
        return self.files.open(concluded.case_number, CLERK)


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def here(server: FakeServer) -> Place:
    return Place(server)


@pytest.fixture
def there(server: FakeServer) -> Place:
    return Place(server, "3")


def test_a_case_is_opened_without_the_server_as_this_window_knows_it(here: Place) -> None:
    concluded = here.concluded()
    here.counter.plan = ["lost request"]
    opened = here.files.open(concluded.case_number, CLERK)
    assert opened.file.state is CaseState.ACCEPTED
    assert opened.seen_at is None
    here.counter.plan = ["lost request"]
    with pytest.raises(Unreachable, match="受理的窗口"):
        here.files.open("MH-7-20261123-0001", CLERK)
    with pytest.raises(NotFound):
        here.files.open("MH-7-20261123-0001", CLERK)


def test_an_act_counts_here_at_once_and_at_the_server_when_it_is_settled(here: Place, server: FakeServer) -> None:
    concluded = here.concluded()
    acted = here.files.withdraw(here.open(concluded), "申请人不办了", CLERK)
    assert acted.opened.file.state is CaseState.WITHDRAWN
    assert [paper.kind for paper in acted.papers] in ([], [PaperKind.WITHDRAWAL_NOTICE])
    row = here.window.store.read(lambda unit: unit.cases.get(concluded.case_id))
    assert row is not None
    assert row.state is CaseState.WITHDRAWN
    assert server.acts == {}
    assert here.files.settle(acted.acts[0].act_id).fate is Fate.COUNTS
    assert [act.step for act in server.acts[concluded.case_id]] == [CaseStep.WITHDRAW]
    assert here.open(concluded).waiting == 0


def test_while_the_server_is_away_the_act_waits_and_goes_later(here: Place, server: FakeServer) -> None:
    concluded = here.concluded()
    acted = here.files.withdraw(here.open(concluded), "申请人不办了", CLERK)
    here.counter.plan = ["lost request"]
    settled = here.files.settle(acted.acts[0].act_id)
    assert settled.fate is Fate.WAITING
    assert "连不上" in settled.sentence
    here.outbox.push_once()
    assert here.files.settle(acted.acts[0].act_id).fate is Fate.COUNTS
    assert len(server.acts[concluded.case_id]) == 1


def test_another_window_goes_on_with_the_case_and_both_see_the_same(here: Place, there: Place) -> None:
    concluded = here.concluded(OutcomeKind.SUPPLEMENT_REQUESTED, defects=("layout",))
    here.outbox.push_once()
    there.window.clock.advance(days=1)
    opened = there.files.open(concluded.case_number, CLERK)
    assert opened.file.missing == ("layout",)
    came = (MaterialCheck("layout", Verdict.COPY, pieces=1),)
    acted = there.files.supplement(opened, came, CLERK)
    assert [act.step for act in acted.acts] == [CaseStep.RECEIVE_ALL, CaseStep.ACCEPTED]
    assert acted.opened.file.accepted_at == there.window.clock.now()
    there.outbox.push_once()
    again = here.files.open(concluded.case_number, CLERK)
    assert again.file.state is CaseState.ACCEPTED
    assert again.file.accepted_at == acted.opened.file.accepted_at
    assert there.window.store.read(lambda unit: unit.cases.of_day(there.window.clock.now().date(), CLERK.user_id)) == []


def test_a_part_of_the_supplement_leaves_the_case_waiting(here: Place) -> None:
    concluded = here.concluded(OutcomeKind.SUPPLEMENT_REQUESTED, defects=("layout", "form"))
    acted = here.files.supplement(here.open(concluded), (MaterialCheck("layout", Verdict.COPY, pieces=1),), CLERK)
    assert acted.opened.file.state is CaseState.SUPPLEMENT_REQUESTED
    assert acted.opened.file.missing == ("form",)
    rest = here.files.supplement(acted.opened, (MaterialCheck("form", Verdict.ORIGINAL, pieces=1),), CLERK)
    assert rest.opened.file.state is CaseState.ACCEPTED


def test_what_the_server_refuses_does_not_count_and_says_why(here: Place, there: Place) -> None:
    concluded = here.concluded()
    here.outbox.push_once()
    elsewhere = there.files.open(concluded.case_number, CLERK)
    mine = here.files.withdraw(here.open(concluded), "申请人不办了", CLERK)
    there.files.withdraw(elsewhere, "申请人在别的窗口撤回", CLERK)
    there.outbox.push_once()
    settled = here.files.settle(mine.acts[0].act_id)
    assert settled.fate is Fate.REFUSED
    assert "已撤回" in settled.sentence
    opened = here.open(concluded)
    assert [refused.step for refused in opened.refused] == [CaseStep.WITHDRAW]
    assert len(opened.file.acts) == 1
    assert here.window.store.read(lambda unit: unit.outbox.counts())[0] == 0
    entry = here.window.store.read(lambda unit: unit.outbox.get(mine.acts[0].act_id))
    assert entry is not None
    assert entry.state is OutboxState.REFUSED


def test_the_three_duties_are_three_people(here: Place) -> None:
    opened = here.open(here.concluded())
    with pytest.raises(NotAllowed, match="审批权"):
        here.files.decide(opened, True, GRANT, CLERK)
    decided = here.files.decide(opened, True, GRANT, REVIEWER).opened
    sealed = here.files.seal(decided, KEEPER).opened
    assert sealed.file.state is CaseState.SEALED
    assert sealed.file.duties == {CLERK.user_id: "受理", REVIEWER.user_id: "审批", KEEPER.user_id: "用印"}
    (act,) = [act for act in sealed.file.acts if act.step is CaseStep.SEAL]
    assert act.facts.sealing is not None
    assert act.facts.sealing.register_no == "印〔2026〕12-0001"


def test_a_promised_case_is_made_ready_and_handed_over(here: Place) -> None:
    opened = here.open(here.concluded())
    opened = here.files.decide(opened, True, GRANT, REVIEWER).opened
    opened = here.files.seal(opened, KEEPER).opened
    delivery = Delivery(
        DeliveryManner.DIRECT, "李晓彤", "本人", "110101199003070038", IdentityCheck.CARD, pieces=("正本 1",)
    )
    with pytest.raises(Locked, match="登记出件"):
        here.files.deliver(opened, delivery, CLERK)
    opened = here.files.ready(opened, ("正本 1",), "一楼 A 区", CLERK).opened
    done = here.files.deliver(opened, delivery, CLERK).opened
    assert done.file.state is CaseState.DELIVERED


def test_a_special_procedure_stops_the_time_and_moves_the_date(here: Place) -> None:
    opened = here.open(here.concluded())
    before = opened.file.promised
    assert before is not None
    opened = here.files.suspend(opened, SuspensionCause.HEARING, "行政许可法第四十七条", "20个工作日", REVIEWER).opened
    assert opened.file.promised is None
    row = here.window.store.read(lambda unit: unit.cases.get(opened.file.case_id))
    assert row is not None
    assert row.promised_at is None
    here.window.clock.advance(days=7)
    opened = here.files.resume(opened, here.window.clock.now().date(), "听证结束", REVIEWER).opened
    assert opened.file.promised == before + timedelta(days=7)


def test_steps_are_listed_with_their_reasons(here: Place) -> None:
    opened = here.open(here.concluded())
    options = {option.step: option for option in here.files.options(opened, CLERK)}
    assert not options[CaseStep.WITHDRAW].locked
    assert options[CaseStep.GRANT].locked
    assert "审批权" in options[CaseStep.GRANT].line
    reviewer = {option.step: option for option in here.files.options(opened, REVIEWER)}
    assert not reviewer[CaseStep.GRANT].locked


def test_nothing_is_left_of_a_step_that_is_refused(here: Place) -> None:
    opened = here.open(here.concluded())
    with pytest.raises(Locked):
        here.files.act(opened, CaseStep.RESUME, ActFacts(), REVIEWER)
    assert here.window.store.read(lambda unit: unit.acts.of_case(opened.file.case_id)) == []


def test_papers_of_an_act_wait_to_be_printed_and_travel_with_it(here: Place, there: Place) -> None:
    concluded = here.concluded(OutcomeKind.SUPPLEMENT_REQUESTED, defects=("layout",))
    acted = here.files.supplement(here.open(concluded), (MaterialCheck("layout", Verdict.COPY, pieces=1),), CLERK)
    (paper,) = acted.papers
    assert (paper.kind, paper.state) == (PaperKind.ACCEPTANCE_NOTICE, PaperState.PREPARED)
    assert paper.number == "明市监受〔2026〕12-0001 号"
    here.window.prints.print_case(concluded.case_id, CLERK)
    assert here.window.prints.undecided(concluded.case_id) == ()
    here.outbox.push_once()
    seen = there.files.open(concluded.case_number, CLERK)
    (carried,) = [one for act in seen.file.acts for one in act.papers]
    assert carried.notice is not None
    assert carried.notice.document_number == paper.number
    assert carried.check == there.window.renderer.check(carried.notice)


def test_an_instant_case_goes_from_seal_to_hand_over_without_a_shelf(here: Place) -> None:
    from dataclasses import replace

    from support.matters import food_licence
    from support.people import resident

    intake = here.window.cases.open_case(CLERK, None).with_applicant(resident())
    matter = replace(food_licence(), case_type=CaseType.INSTANT)
    intake = intake.with_matter(matter, here.window.clock.now()).mark_all_as_required()
    concluded = here.window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    opened = here.files.decide(here.open(concluded), True, GRANT, REVIEWER).opened
    opened = here.files.seal(opened, KEEPER).opened
    delivery = Delivery(DeliveryManner.DIRECT, "李晓彤", "本人", "110101199003070038", IdentityCheck.CARD)
    assert here.files.deliver(opened, delivery, CLERK).opened.file.state is CaseState.DELIVERED
