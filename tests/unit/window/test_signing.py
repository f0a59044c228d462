"""A signature counts for the content that was signed, and for no other."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from clerk_app.domain.checklist import Verdict
from clerk_app.domain.errors import Conflict, NotFound, Rejected
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.signatures import clean_strokes
from clerk_app.ports.hall_cases import SignatureRecord
from clerk_app.ports.window import OutboxKind, PaperState
from clerk_app.services.window import records
from clerk_app.services.window.cases import Concluded
from clerk_app.services.window.printing import PrintDesk
from clerk_app.services.window.signing import SigningDesk
from support.window import CLERK, Window
from support.window_memory import MemoryWindowStore

WRITTEN = (
    tuple((0.1 + 0.02 * part, 0.5 + 0.2 * math.sin(part)) for part in range(30)),
    ((0.8, 0.2),),
)


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


@pytest.fixture
def concluded(window: Window) -> Concluded:
    return window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)


def desk_of(window: Window, woken: list[str] | None = None) -> SigningDesk:
    wake = (lambda: woken.append("now")) if woken is not None else (lambda: None)
    return SigningDesk(window.store, window.journal, window.renderer.check, wake)


def change_paper(window: Window, case_id: str) -> None:
    """Somebody alters the notice in the store behind everybody's back."""
    papers = window.store.state.papers  # type: ignore[attr-defined]
    for paper_id, new in list(papers.items()):
        if new.paper.case_id == case_id and new.paper.kind is PaperKind.ACCEPTANCE_NOTICE:
            papers[paper_id] = replace(new, source={**new.source, "addressee": "李四："})


def test_the_notice_waits_for_a_hand_and_the_receipt_does_not(window: Window, concluded: Concluded) -> None:
    waiting = desk_of(window).to_sign(concluded.case_id)
    assert [one.notice.kind for one in waiting] == [PaperKind.ACCEPTANCE_NOTICE]
    assert waiting[0].check == window.renderer.check(waiting[0].notice)


def test_what_needs_a_hand_comes_before_the_proof_of_service(window: Window) -> None:
    intake = window.complete()
    material = next(m for m in intake.materials if m.id in intake.matter.tolerance.materials)
    tolerated = intake.mark(material, Verdict.TOLERATED)
    case = window.cases.conclude(tolerated, OutcomeKind.ACCEPTED_WITH_DEFICIENCY, CLERK)
    kinds = [one.notice.kind for one in desk_of(window).to_sign(case.case_id)]
    assert kinds == sorted(kinds, key=lambda kind: kind is not PaperKind.DEFICIENCY_COMMITMENT)
    assert PaperKind.DEFICIENCY_NOTICE in kinds


def test_a_signature_is_stored_with_the_check_of_the_paper(window: Window, concluded: Concluded) -> None:
    woken: list[str] = []
    desk = desk_of(window, woken)
    (wanted,) = desk.to_sign(concluded.case_id)
    signature = desk.sign(wanted, WRITTEN, "张三", CLERK)
    (kept,) = desk.of_case(concluded.case_id)
    assert (kept.signature, kept.valid, kept.title) == (signature, True, "受理通知书")
    assert kept.signature.check == window.renderer.check(wanted.notice)
    assert kept.signature.strokes == clean_strokes(WRITTEN)
    assert desk.to_sign(concluded.case_id) == ()
    assert desk.under(concluded.case_id, wanted.notice) == signature
    assert woken == ["now"]


def test_the_server_gets_the_record_without_the_strokes(window: Window, concluded: Concluded) -> None:
    desk = desk_of(window)
    (wanted,) = desk.to_sign(concluded.case_id)
    signature = desk.sign(wanted, WRITTEN, "张三", CLERK)
    entries = window.store.read(lambda unit: unit.outbox.waiting(0, 10))
    (sent,) = [entry for entry in entries if entry.kind is OutboxKind.SIGNATURE]
    record = records.load(SignatureRecord, sent.payload)
    assert (record.check, record.paper_id, record.signer) == (wanted.check, wanted.paper_id, "张三")
    assert record.signed_at == signature.signed_at
    assert len(record.strokes_sha) == 64
    assert sent.stream == concluded.case_id
    assert "张三" not in sent.title


def test_a_signature_leaves_a_trace_without_a_name(window: Window, concluded: Concluded) -> None:
    desk = desk_of(window)
    (wanted,) = desk.to_sign(concluded.case_id)
    desk.sign(wanted, WRITTEN, "张三", CLERK)
    rows = window.store.read(lambda unit: unit.journal.of_subject(concluded.case_id))
    (entry,) = [row for row in rows if row.kind == "paper.signed"]
    assert entry.payload["check"] == wanted.check
    assert "张三" not in str(entry.payload)
    assert window.journal.check(window.store).sound


def test_a_paper_that_changed_since_it_was_shown_is_not_signed(window: Window, concluded: Concluded) -> None:
    desk = desk_of(window)
    (wanted,) = desk.to_sign(concluded.case_id)
    change_paper(window, concluded.case_id)
    with pytest.raises(Conflict, match="内容和申请人在屏上看到的不一样"):
        desk.sign(wanted, WRITTEN, "张三", CLERK)
    assert desk.of_case(concluded.case_id) == ()
    assert window.store.read(lambda unit: unit.outbox.counts())[0] == 1, "the case alone"


def test_a_change_after_the_signature_makes_it_void_and_asks_anew(window: Window, concluded: Concluded) -> None:
    desk = desk_of(window)
    (wanted,) = desk.to_sign(concluded.case_id)
    desk.sign(wanted, WRITTEN, "张三", CLERK)
    change_paper(window, concluded.case_id)
    (kept,) = desk.of_case(concluded.case_id)
    assert not kept.valid
    (again,) = desk.to_sign(concluded.case_id)
    assert again.check != wanted.check
    assert desk.under(concluded.case_id, again.notice) is None


def test_a_reprint_with_the_same_content_keeps_the_signature(window: Window, concluded: Concluded) -> None:
    desk = desk_of(window)
    (wanted,) = desk.to_sign(concluded.case_id)
    desk.sign(wanted, WRITTEN, "张三", CLERK)
    window.prints.print_case(concluded.case_id, CLERK)
    window.prints.reprint(wanted.paper_id, "申请人要多一份", CLERK)
    assert [one.valid for one in desk.of_case(concluded.case_id)] == [True]
    assert desk.to_sign(concluded.case_id) == ()


def test_a_paper_made_void_takes_its_signature_along(window: Window, concluded: Concluded) -> None:
    desk = desk_of(window)
    (wanted,) = desk.to_sign(concluded.case_id)
    desk.sign(wanted, WRITTEN, "张三", CLERK)
    window.prints.print_case(concluded.case_id, CLERK)
    window.store.write(
        lambda unit: unit.papers.move(
            wanted.paper_id, PaperState.PRINTED, PaperState.VOIDED, window.clock.now(), "地址写错"
        )
    )
    assert [one.valid for one in desk.of_case(concluded.case_id)] == [False]
    assert desk.to_sign(concluded.case_id) == ()


@pytest.mark.parametrize(
    "strokes",
    [(), ((),), (((0.5, 0.5),),), (tuple((0.5, 0.5) for _ in range(50)),), (((0.5, 0.5), (0.9, 0.5)),)],
    ids=["nothing", "no point", "one touch", "a long touch", "a slip"],
)
def test_what_is_no_signature_is_refused(window: Window, concluded: Concluded, strokes: object) -> None:
    desk = desk_of(window)
    (wanted,) = desk.to_sign(concluded.case_id)
    with pytest.raises(Rejected, match="还没有签字") as refused:
        desk.sign(wanted, strokes, "张三", CLERK)  # type: ignore[arg-type]
    assert refused.value.field == "signature"
    assert len(desk.to_sign(concluded.case_id)) == 1


def test_points_outside_the_place_are_refused() -> None:
    with pytest.raises(Rejected, match="框外面"):
        clean_strokes((tuple((0.1 * part, 1.2) for part in range(11)),))


def test_nobody_signs_without_a_name(window: Window, concluded: Concluded) -> None:
    desk = desk_of(window)
    (wanted,) = desk.to_sign(concluded.case_id)
    with pytest.raises(Rejected, match="是谁在签字"):
        desk.sign(wanted, WRITTEN, "  ", CLERK)


def test_a_paper_of_another_case_is_not_signed(window: Window, concluded: Concluded) -> None:
    desk = desk_of(window)
    (wanted,) = desk.to_sign(concluded.case_id)
    with pytest.raises(NotFound):
        desk.sign(replace(wanted, case_id="018f0000-0000-7000-8000-00000000c0de"), WRITTEN, "张三", CLERK)


def test_a_further_sheet_carries_what_was_signed(window: Window, concluded: Concluded) -> None:
    desk = desk_of(window)
    prints = PrintDesk(
        window.store,
        window.renderer,
        window.journal,
        window.folder,
        window.receipt_printer,
        window.page_printer,
        signature_under=desk.under,
    )
    (wanted,) = desk.to_sign(concluded.case_id)
    prints.print_case(concluded.case_id, CLERK)
    signature = desk.sign(wanted, WRITTEN, "张三", CLERK)
    again = prints.reprint(wanted.paper_id, "请申请人留一份", CLERK)
    assert signature.signature_id in prints.content(again.paper_id).decode()
    assert signature.signature_id not in prints.content(wanted.paper_id).decode(), "the first sheet stays as it was"


def test_staff_papers_are_not_shown_to_the_citizen(window: Window, concluded: Concluded) -> None:
    papers = window.store.state.papers  # type: ignore[attr-defined]
    for paper_id, new in list(papers.items()):
        if new.paper.kind is PaperKind.ACCEPTANCE_NOTICE:
            papers[paper_id] = replace(new, source={**new.source, "signatures": ["移交人", "接收人"]})
    assert desk_of(window).to_sign(concluded.case_id) == ()
