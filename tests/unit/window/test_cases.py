"""Drafts and conclusions: nothing typed is lost, what is concluded is whole, no number is used twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clerk_app.domain.checklist import Verdict, toggle_phrase
from clerk_app.domain.errors import Locked, NotAllowed, NotFound, Rejected, StoreFault
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind, ProcedureLaw
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.clock import BEIJING
from clerk_app.ports.window import Medium, PaperState, Step
from clerk_app.services.window import records
from clerk_app.services.window.cases import Left
from support.matters import food_licence
from support.people import agent, company, resident
from support.window import CLERK, HALL, REVIEWER, FakeMachine, Window, ticket
from support.window_memory import MemoryWindowStore


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


def kinds(window: Window, subject: str) -> list[str]:
    return [row.kind for row in window.store.read(lambda unit: unit.journal.of_subject(subject))]


# --- drafts ---------------------------------------------------------------------------------------------------
def test_a_case_is_a_draft_from_the_first_key(window: Window) -> None:
    intake = window.cases.open_case(CLERK, ticket())
    (draft,) = window.cases.drafts()
    assert (draft.case_id, draft.ticket_number, draft.step, draft.user_name) == (
        intake.case_id,
        "A047",
        Step.APPLICANT,
        "王晓梅",
    )


def test_only_a_clerk_opens_and_concludes(window: Window) -> None:
    with pytest.raises(NotAllowed):
        window.cases.open_case(REVIEWER)
    with pytest.raises(NotAllowed):
        window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, REVIEWER)


def test_a_draft_keeps_the_matter_as_it_was_when_it_was_chosen(window: Window) -> None:
    intake = window.complete()
    window.cases.save_draft(intake, Step.MATERIALS, CLERK)
    window.store.catalogue.replace(9, window.clock.now(), [{"code": intake.matter.code, "name": "改了名"}])  # type: ignore[union-attr]
    resumed = window.cases.resume(intake.case_id, CLERK).intake
    assert resumed.matter == food_licence()
    assert resumed.matter.version == 3


def test_a_colleague_who_goes_on_becomes_the_one_in_charge(window: Window) -> None:
    other = replace(CLERK, user_id="018f0000-0000-7000-8000-0000000000cc", user_name="李工")
    intake = window.cases.open_case(CLERK)
    window.cases.resume(intake.case_id, other)
    (draft,) = window.cases.drafts()
    assert draft.user_name == "李工"
    assert kinds(window, intake.case_id) == ["case.opened", "case.resumed"]


def test_an_abandoned_draft_leaves_the_list_and_can_be_taken_back(window: Window) -> None:
    intake = window.complete()
    window.cases.save_draft(intake, Step.MATERIALS, CLERK)
    window.cases.abandon(intake.case_id, "申请人先回去取材料", CLERK)
    assert window.cases.drafts() == ()
    assert window.cases.resume(intake.case_id, CLERK).intake == intake
    assert len(window.cases.drafts()) == 1


def test_a_visit_is_taken_up_where_it_was_left(window: Window) -> None:
    visit = ticket()
    assert window.cases.left_at(visit.ticket_id) == Left()
    intake = window.complete(visit)
    assert window.cases.left_at(visit.ticket_id) == Left(draft=intake.case_id)
    window.cases.abandon(intake.case_id, "过号", CLERK)
    assert window.cases.left_at(visit.ticket_id) == Left(draft=intake.case_id)
    concluded = window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    left = window.cases.left_at(visit.ticket_id)
    assert left == Left(concluded=window.cases.case(concluded.case_id))
    second = window.complete(visit)
    assert window.cases.left_at(visit.ticket_id) == Left(draft=second.case_id)


def test_the_same_number_of_another_day_is_another_visit(window: Window) -> None:
    yesterdays = ticket("A047")
    window.complete(yesterdays)
    window.clock.advance(days=1)
    todays = replace(yesterdays, ticket_id="018f0000-0000-7000-8000-00000000beef")
    assert window.cases.left_at(todays.ticket_id) == Left()


def test_what_is_no_draft_is_told(window: Window) -> None:
    with pytest.raises(NotFound):
        window.cases.resume("018f0000-0000-7000-8000-000000000000", CLERK)
    with pytest.raises(NotFound):
        window.cases.abandon("018f0000-0000-7000-8000-000000000000", "", CLERK)
    with pytest.raises(NotFound):
        window.cases.case("018f0000-0000-7000-8000-000000000000")


def test_a_late_autosave_does_not_bring_a_concluded_case_back(window: Window) -> None:
    intake = window.complete()
    window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    with pytest.raises(Locked):
        window.cases.save_draft(intake, Step.PAPERS, CLERK)
    with pytest.raises(Locked):
        window.cases.resume(intake.case_id, CLERK)
    assert window.cases.drafts() == ()


# --- conclusion -----------------------------------------------------------------------------------------------
def test_acceptance_gives_numbers_papers_an_entry_for_the_server_and_an_audit_entry(window: Window) -> None:
    intake = window.complete(ticket())
    concluded = window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    assert concluded.case_number == "MH-12-20261123-0001"
    assert concluded.conclusion.numbers.document == "明市监受〔2026〕12-0001 号"
    receipt, notice = concluded.papers
    assert (receipt.kind, receipt.medium, receipt.number, receipt.copies) == (
        PaperKind.RECEIPT,
        Medium.RECEIPT,
        "MH-12-20261123-0001",
        1,
    )
    assert (notice.kind, notice.medium, notice.number, notice.copies) == (
        PaperKind.ACCEPTANCE_NOTICE,
        Medium.PAGE,
        "明市监受〔2026〕12-0001 号",
        2,
    )
    assert {paper.state for paper in concluded.papers} == {PaperState.PREPARED}
    (entry,) = window.store.read(lambda unit: unit.outbox.waiting(0, 10))
    record = records.load_case_record(entry.payload)
    assert record.case_number == concluded.case_number
    assert record.ticket_id == intake.ticket.ticket_id  # type: ignore[union-attr]
    assert [(paper.number, paper.sha) for paper in record.documents] == [(p.number, p.sha) for p in concluded.papers]
    assert record.applicant.document_no == resident().id_number
    assert kinds(window, intake.case_id) == ["case.opened", "case.concluded"]
    assert window.cases.drafts() == ()
    assert window.woken == 1


def test_preview_shows_the_numbers_but_gives_none_out(window: Window) -> None:
    intake = window.complete()
    first = window.cases.preview(intake, OutcomeKind.ACCEPTED, CLERK)
    again = window.cases.preview(intake, OutcomeKind.ACCEPTED, CLERK)
    assert first.numbers == again.numbers
    assert first.notice_pdf is not None
    assert first.notice_pdf.startswith(b"preview")
    assert first.receipt_page is not None
    concluded = window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    assert concluded.conclusion.numbers == first.numbers
    assert window.cases.preview(window.complete(), OutcomeKind.ACCEPTED, CLERK).numbers.case == "MH-12-20261123-0002"


def test_each_word_has_its_own_series_and_each_day_its_own_sequence(window: Window) -> None:
    window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    asked = window.complete()
    asked = asked.with_check(toggle_phrase(asked.checks["layout"], "未标注面积"))
    second = window.cases.conclude(asked, OutcomeKind.SUPPLEMENT_REQUESTED, CLERK).conclusion.numbers
    assert (second.case, second.document) == ("MH-12-20261123-0002", "明市监补〔2026〕12-0001 号")
    window.clock.moment = datetime(2027, 1, 4, 9, 0, tzinfo=BEIJING)
    third = window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK).conclusion.numbers
    assert (third.case, third.document) == ("MH-12-20270104-0001", "明市监受〔2027〕12-0001 号")


def test_a_refused_conclusion_uses_no_number(window: Window) -> None:
    intake = window.complete()
    with pytest.raises(Locked, match="没有要补的材料"):
        window.cases.conclude(intake, OutcomeKind.SUPPLEMENT_REQUESTED, CLERK)
    with pytest.raises(Rejected) as refusal:
        window.cases.conclude(intake, OutcomeKind.NOT_ACCEPTED, CLERK)
    assert refusal.value.field == "competent_body"
    assert window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK).case_number == "MH-12-20261123-0001"


def test_the_same_key_pressed_twice_concludes_once(window: Window) -> None:
    intake = window.complete(ticket())
    first = window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    window.clock.advance(seconds=1)
    assert window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK) == first
    assert window.store.read(lambda unit: unit.outbox.counts())[0] == 1


def test_another_conclusion_of_the_same_case_is_refused(window: Window) -> None:
    intake = window.complete()
    window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    with pytest.raises(Locked, match="已经有结论"):
        window.cases.conclude(replace(intake, competent_body="市局"), OutcomeKind.NOT_ACCEPTED, CLERK)
    with pytest.raises(Locked, match="已经有结论"):
        window.cases.conclude(replace(intake, contact_phone="13900000000"), OutcomeKind.ACCEPTED, CLERK)


def test_a_number_taken_while_the_papers_were_drawn_leads_to_fresh_papers(window: Window) -> None:
    other, intake = window.complete(), window.complete()
    draw = window.renderer.receipt
    raced: list[str] = []

    def slow(receipt):  # type: ignore[no-untyped-def]
        if not raced:
            raced.append("")
            raced[0] = window.cases.conclude(other, OutcomeKind.ACCEPTED, CLERK).case_number
        return draw(receipt)

    window.renderer.receipt = slow  # type: ignore[method-assign]
    concluded = window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    assert raced == ["MH-12-20261123-0001"]
    assert concluded.case_number == "MH-12-20261123-0002"
    assert b"MH-12-20261123-0002" in window.prints.content(concluded.papers[0].paper_id)


def test_a_store_that_fails_leaves_the_draft_and_the_numbers(window: Window) -> None:
    intake = window.complete()
    window.cases.save_draft(intake, Step.OUTCOME, CLERK)

    def full() -> None:
        raise StoreFault("本机磁盘满了")

    window.store.before_commit = full  # type: ignore[attr-defined]
    with pytest.raises(StoreFault):
        window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    window.store.before_commit = lambda: None  # type: ignore[attr-defined]
    assert window.cases.resume(intake.case_id, CLERK).intake == intake
    assert window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK).case_number == "MH-12-20261123-0001"


def test_a_redirection_needs_no_paper_but_a_record(window: Window) -> None:
    intake = window.complete().answer("q_kind", ("prepack",))
    concluded = window.cases.conclude(intake, OutcomeKind.REDIRECTED, CLERK)
    assert concluded.papers == ()
    assert concluded.conclusion.numbers.document == ""
    assert window.store.read(lambda unit: unit.outbox.counts())[0] == 1


# --- cloned stores --------------------------------------------------------------------------------------------
def test_a_cloned_store_gives_out_no_number_but_keeps_drafts(window: Window) -> None:
    window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    window.machine.name = "pc-13"
    intake = window.complete()
    with pytest.raises(Locked, match="从别的电脑拷来的"):
        window.cases.preview(intake, OutcomeKind.ACCEPTED, CLERK)
    with pytest.raises(Locked, match="从别的电脑拷来的"):
        window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    assert "重新登记" in window.binding.problem()
    assert window.cases.save_draft(intake, Step.OUTCOME, CLERK)


def test_enrolled_anew_the_series_go_on_under_a_new_epoch(window: Window) -> None:
    window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    before = window.store.read(lambda unit: unit.binding.binding())
    window.machine = FakeMachine("pc-13")
    window.binding._machine = window.machine
    assert before is not None
    with pytest.raises(Locked):
        window.binding.rebind(HALL, "12", before.device_id, CLERK)
    after = window.binding.rebind(HALL, "12", "018f0000-0000-7000-8000-000000000099", CLERK)
    assert after.epoch != before.epoch
    assert window.binding.problem() == ""
    concluded = window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    assert concluded.case_number == "MH-12-20261123-0002"
    assert window.journal.check(window.store).sound


def test_a_store_of_another_window_is_refused(window: Window) -> None:
    with pytest.raises(Locked, match="12 号窗口"):
        window.binding.ensure(HALL, "13", "018f0000-0000-7000-8000-000000000013")


def test_an_unbound_store_numbers_nothing() -> None:
    window = Window(MemoryWindowStore())
    window.store.state.binding = None  # type: ignore[attr-defined]
    assert "还没有登记" in window.binding.problem()
    with pytest.raises(Locked, match="还没有登记"):
        window.cases.preview(window.complete(), OutcomeKind.ACCEPTED, CLERK)


# --- audit ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("change", [{"kind": "case.other"}, {"payload": {}}, {"user_name": "别人"}, {"prev_mac": "00"}])
def test_a_changed_audit_entry_is_found(window: Window, change: dict[str, object]) -> None:
    window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    assert window.journal.check(window.store).sound
    rows = window.store.state.journal  # type: ignore[attr-defined]
    rows[1] = replace(rows[1], **change)
    found = window.journal.check(window.store)
    assert (found.count, found.broken_at) == (1, 2)


def test_a_missing_audit_entry_is_found(window: Window) -> None:
    window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    del window.store.state.journal[1]  # type: ignore[attr-defined]
    assert window.journal.check(window.store).broken_at == 2


def test_a_look_at_a_case_leaves_a_trace(window: Window) -> None:
    concluded = window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
    assert window.cases.view(concluded.case_id, REVIEWER) == concluded
    last = window.store.read(lambda unit: unit.journal.of_subject(concluded.case_id))[-1]
    assert (last.kind, last.user_id) == ("case.viewed", REVIEWER.user_id)


def test_the_audit_trail_holds_no_personal_data(window: Window) -> None:
    window.cases.conclude(window.complete(ticket()), OutcomeKind.ACCEPTED, CLERK)
    text = repr(window.store.read(lambda unit: unit.journal.after(0, 100)))
    for secret in (resident().name, resident().id_number, resident().phone, resident().address):
        assert secret not in text


# --- values to JSON and back ----------------------------------------------------------------------------------
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@st.composite
def intakes(draw: st.DrawFn) -> Intake:
    person = resident(name=draw(names), entered=draw(st.sampled_from(["card", "typed"])))
    applicant = draw(st.sampled_from([person, company(name=draw(names)), resident(birth=None, phone="")]))
    start = Intake("c", datetime(2026, 11, 23, 10, 24, 1, 5, BEIJING), draw(st.sampled_from([None, ticket()])))
    intake = start.with_applicant(applicant, draw(st.sampled_from([None, agent()])))
    if draw(st.booleans()):
        law = draw(st.sampled_from(list(ProcedureLaw)))
        intake = intake.with_matter(food_licence(law, draw(st.booleans())), start.opened_at)
        for material, _ in intake.rows:
            verdict = draw(st.sampled_from([Verdict.ORIGINAL, Verdict.DEFECTIVE, Verdict.PENDING]))
            intake = intake.mark(material, verdict)
        intake = intake.with_check(toggle_phrase(intake.checks["form"], draw(names)))
    return replace(intake, reason=draw(names), contact_phone=draw(names))


@settings(max_examples=60, deadline=None)
@given(intakes())
def test_every_draft_comes_back_equal(intake: Intake) -> None:
    assert records.load_intake(records.dump_intake(intake)) == intake
