"""Files of a window on their way: what is on paper and what was scanned, after its record, whole, and nothing twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clerk_app.domain.errors import Conflict, StoreFault
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.capture import PageKind, PageOrigin, Scanned
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.hall_sync import FileHead, FileKind, FileProgress, FileSubject
from clerk_app.ports.speaking import API
from clerk_app.ports.window import OutboxKind, OutboxState, PaperState, Step
from clerk_app.services.sending import WAITS_FOR_RECORD
from clerk_app.services.window.attachments import AttachmentDesk
from clerk_app.services.window.originals import Originals
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.uploading import CHANGED_HERE
from support.window import CLERK, FakePagePrinter, Window
from support.window_memory import MemoryWindowStore
from support.window_server import LOST_ANSWER, LOST_REQUEST, OK, FakeCounter

PICTURE = b"\xff\xd8\xff" + bytes(range(200))


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


@pytest.fixture
def counter() -> FakeCounter:
    return FakeCounter(api=API)


@pytest.fixture
def outbox(window: Window, counter: FakeCounter) -> Outbox:
    return Outbox(window.store, counter, window.journal, window.clock)


def served(window: Window, pages: int = 0, *, printed: bool = True) -> str:
    """A concluded case with its papers printed and pages scanned."""
    intake = window.complete()
    window.cases.save_draft(intake, Step.MATERIALS, CLERK)
    desk = AttachmentDesk(window.store, window.journal)
    for number in range(pages):
        page = Scanned(PICTURE + bytes([number]), PageKind.JPEG, 100, 141)
        desk.add(intake.case_id, "layout", page, PageOrigin.CAMERA, CLERK)
    window.clock.advance(seconds=60)
    case_id = window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK).case_id
    if printed:
        window.prints.print_case(case_id, CLERK)
    return case_id


def heads(counter: FakeCounter) -> list[FileHead]:
    return [counter.server.heads[file_id] for file_id in counter.server.whole]


def test_papers_and_pages_follow_their_record_byte_by_byte(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    case_id = served(window, pages=2)
    papers = window.prints.papers(case_id)
    push = outbox.push_once()
    assert push.stopped == ""
    assert counter.requests[0].startswith("batch")
    sent = heads(counter)
    assert [head.subject_id for head in sent] == [case_id] * (len(papers) + 2)
    assert {head.file_id for head in sent if head.kind is FileKind.PAPER} == {one.paper_id for one in papers}
    for paper in papers:
        assert counter.server.whole[paper.paper_id] == window.prints.content(paper.paper_id)
    pages = [head for head in sent if head.kind is FileKind.PAGE]
    assert [(head.material_id, head.position, head.media_type) for head in pages] == [
        ("layout", 1, "image/jpeg"),
        ("layout", 2, "image/jpeg"),
    ]
    assert [counter.server.whole[head.file_id] for head in pages] == [PICTURE + b"\0", PICTURE + b"\1"]
    status = outbox.status()
    assert (status.waiting, status.files_waiting) == (0, 0)
    assert window.journal.check(window.store).sound


def test_what_is_not_on_paper_is_not_sent(window: Window, counter: FakeCounter, outbox: Outbox) -> None:
    window.page_printer = FakePagePrinter(PrintResult(PrintOutcome.REFUSED, "没有纸"))
    window.restart()
    case_id = served(window)
    outbox.push_once()
    states = {paper.paper_id: paper.state for paper in window.prints.papers(case_id)}
    assert set(counter.server.whole) == {one for one, state in states.items() if state is PaperState.PRINTED}
    assert PaperState.REFUSED in states.values()
    window.prints.print_case(case_id, CLERK)
    outbox.push_once()
    assert set(counter.server.whole) == set(states)


def test_a_page_of_a_draft_waits_for_the_conclusion(window: Window, counter: FakeCounter, outbox: Outbox) -> None:
    intake = window.complete()
    window.cases.save_draft(intake, Step.MATERIALS, CLERK)
    desk = AttachmentDesk(window.store, window.journal)
    kept = desk.add(intake.case_id, "layout", Scanned(PICTURE, PageKind.JPEG, 1, 1), PageOrigin.FILE, CLERK)
    gone = desk.add(intake.case_id, "layout", Scanned(b"%PDF", PageKind.PDF, 0, 0), PageOrigin.FILE, CLERK)
    desk.remove(gone.page_id, CLERK)
    outbox.push_once()
    assert counter.requests == []
    window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    outbox.push_once()
    assert set(counter.server.whole) == {kept.page_id}


def test_an_upload_goes_on_where_it_was_cut_off(window: Window, counter: FakeCounter, outbox: Outbox) -> None:
    served(window, pages=1, printed=False)
    counter.plan = [OK, OK, OK, OK, LOST_ANSWER]
    assert outbox.push_once().stopped
    assert outbox.status().files_waiting == 1
    counter.requests.clear()
    counter.plan = [OK, OK, OK, LOST_REQUEST]
    assert outbox.push_once().stopped
    while outbox.push_once().stopped:
        pass
    puts = [request for request in counter.requests if request.startswith("put")]
    assert len(puts) == len(set(puts)) + 1  # only the piece that was lost on its way came again
    assert list(counter.server.whole.values()) == [PICTURE + b"\0"]


def test_a_file_whose_record_was_refused_waits_and_says_why(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    case_id, other = served(window, pages=1), served(window)
    counter.server.refuse = {case_id}
    outbox.push_once()
    assert {head.subject_id for head in heads(counter)} == {other}
    lines = outbox.waiting(files=True)
    assert lines
    assert {line.reason for line in lines} == {WAITS_FOR_RECORD}
    counter.server.refuse = set()
    outbox.retry_all(CLERK)
    outbox.push_once()
    assert outbox.status().files_waiting == 0


def test_an_older_server_gets_no_files_until_it_is_upgraded(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    case_id = served(window, pages=1)
    counter.api = 1
    push = outbox.push_once()
    assert (push.stopped, counter.requests) == ("", [])
    assert list(counter.server.cases) == [case_id]
    assert outbox.status().files_waiting == 0
    counter.api = API
    outbox.push_once()
    assert len(counter.server.whole) == len(window.prints.papers(case_id)) + 1


def test_a_restored_server_gets_the_files_again(window: Window, counter: FakeCounter, outbox: Outbox) -> None:
    served(window, pages=1)
    outbox.push_once()
    before = dict(counter.server.whole)
    counter.server.forget()
    served(window)
    while outbox.push_once().stopped:
        pass
    assert before.items() <= counter.server.whole.items()
    assert outbox.status().files_waiting == 0


def test_a_page_that_changed_on_the_disk_is_told_and_not_sent(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    served(window, pages=1, printed=False)
    state = window.store.state  # type: ignore[attr-defined]
    (page_id,) = state.pages
    state.page_contents[page_id] = b"something else entirely"
    assert outbox.push_once().set_aside == 1
    assert outbox.status().set_aside[0].reason == CHANGED_HERE
    assert counter.server.whole == {}


def test_a_server_that_does_not_speak_of_this_file_is_not_believed(
    window: Window, counter: FakeCounter, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(window, pages=1, printed=False)
    begin = counter.begin_file

    def strange(head: FileHead) -> FileProgress:
        return replace(begin(head), file_id="another", synced_at=head.made_at)

    monkeypatch.setattr(counter, "begin_file", strange)
    assert "对不上" in outbox.push_once().stopped
    assert outbox.status().files_waiting == 1


def test_records_that_come_meanwhile_go_before_the_next_file(
    window: Window, counter: FakeCounter, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(window, pages=3, printed=False)
    begin = counter.begin_file
    made: list[str] = []

    def busy(head: FileHead) -> FileProgress:
        if not made:
            made.append(served(window, printed=False))
        return begin(head)

    monkeypatch.setattr(counter, "begin_file", busy)
    outbox.push_once()
    order = [request.split()[0] for request in counter.requests]
    assert (
        order.index("begin") < len(order) - 1 - order[::-1].index("batch") < len(order) - 1 - order[::-1].index("begin")
    )
    assert made[0] in counter.server.cases


def test_every_piece_may_be_where_the_power_goes(window: Window, counter: FakeCounter) -> None:
    """The store refuses at each commit of a push once; the next push ends as if nothing had been."""
    case_id = served(window, pages=2)
    store = window.store
    for crash in range(200):
        left = [crash]

        def full(left: list[int] = left) -> None:
            if left[0] == 0:
                raise StoreFault("本机磁盘满了")
            left[0] -= 1

        store.before_commit = full  # type: ignore[attr-defined]
        try:
            Outbox(store, counter, window.journal).push_once()
        except StoreFault:
            continue
        finally:
            store.before_commit = lambda: None  # type: ignore[attr-defined]
        if left[0]:
            break
    assert len(counter.server.whole) == len(window.prints.papers(case_id)) + 2
    entries = store.state.outbox.values()  # type: ignore[attr-defined]
    assert {entry.state for entry in entries} == {OutboxState.DONE}
    files = [entry for entry in entries if entry.kind is OutboxKind.FILE]
    assert len(files) == len({entry.entry_id for entry in files}) == len(counter.server.whole)


def test_pages_are_deleted_here_by_their_time_only(window: Window, counter: FakeCounter, outbox: Outbox) -> None:
    case_id = served(window, pages=1)
    desk = AttachmentDesk(window.store, window.journal)
    (page,) = desk.of_case(case_id)
    window.clock.advance(days=400)
    assert outbox.drop_old(365) == 0
    outbox.push_once()
    assert outbox.drop_old(365) == 0
    assert desk.content(page.page_id) == PICTURE + b"\0"
    window.clock.advance(days=366)
    assert outbox.drop_old(0) == 0
    assert outbox.drop_old(365) == 1
    assert desk.of_case(case_id) == (page,)
    assert counter.file_content(page.page_id) == PICTURE + b"\0"
    assert window.journal.check(window.store).sound


def test_a_paper_of_a_consultation_and_one_of_its_own_say_what_they_belong_to(
    window: Window, counter: FakeCounter, outbox: Outbox
) -> None:
    case_id = served(window)
    outbox.push_once()
    assert {head.subject for head in heads(counter)} == {FileSubject.CASE}
    state = window.store.state  # type: ignore[attr-defined]
    new = next(iter(state.papers.values()))
    alone = replace(new.paper, paper_id=window.journal.new_id(), case_id=window.journal.new_id())
    window.store.write(lambda unit: unit.papers.add(replace(new, paper=alone)))
    outbox.push_once()
    assert counter.server.heads[alone.paper_id].subject is FileSubject.SHEET
    assert case_id != alone.case_id


def test_originals_come_from_here_where_they_are_and_else_from_the_server(
    window: Window, counter: FakeCounter, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = served(window, pages=2)
    outbox.push_once()
    asked: list[str] = []
    fetch = counter.file_content
    monkeypatch.setattr(counter, "file_content", lambda file_id: asked.append(file_id) or fetch(file_id))
    here = Originals(window.store, counter, window.journal)
    files = here.of_case(case_id)
    assert [file.head.kind for file in files] == [FileKind.PAGE] * 2 + [FileKind.PAPER] * (len(files) - 2)
    assert [file.head.position for file in files[:2]] == [1, 2]
    assert here.content(files[0].head) == PICTURE + b"\0"
    assert asked == []
    elsewhere = Originals(Window(MemoryWindowStore()).store, counter, window.journal)
    assert elsewhere.content(files[1].head) == PICTURE + b"\1"
    assert elsewhere.content(files[2].head) == window.prints.content(files[2].head.file_id)
    assert asked == [files[1].head.file_id, files[2].head.file_id]
    counter.server.whole[files[1].head.file_id] = b"another"
    with pytest.raises(Conflict, match="不一样"):
        elsewhere.content(files[1].head)
