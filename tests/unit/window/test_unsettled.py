"""A decision is no paper before the server's word; what is refused leaves none that counts."""

from __future__ import annotations

import pytest

from clerk_app.domain.acts import Decision
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.errors import Locked
from clerk_app.domain.law import SuspensionCause
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.hall import LoginNeeded
from clerk_app.ports.window import OutboxState, PaperState, StoredPaper
from clerk_app.services.steps.values import Acted, Fate
from clerk_app.services.window.unsettled import needs_server
from support.window import CLERK, REVIEWER
from support.window_files import GRANT, Place
from support.window_memory import MemoryWindowStore
from support.window_server import FakeServer

REFUSAL = Decision("经核查", "食品安全法第三十五条", reason="不符合法定条件")


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def place(server: FakeServer) -> Place:
    return Place(server)


@pytest.fixture
def other(server: FakeServer) -> Place:
    return Place(server, seed=3)


def at_both(place: Place, other: Place) -> str:
    """An accepted case, printed, known to the server and to both windows."""
    concluded = place.accepted()
    place.window.prints.print_case(concluded.case_id, CLERK)
    place.outbox.push_once()
    other.files.open(concluded.case_id, REVIEWER)
    return concluded.case_id


def granted(place: Place, case_id: str, decision: Decision = GRANT, *, yes: bool = True) -> Acted:
    return place.files.decide(place.files.open(case_id, REVIEWER), yes, decision, REVIEWER)


def sheet(place: Place, paper_id: str) -> StoredPaper:
    found = place.window.store.read(lambda unit: unit.papers.get(paper_id))
    assert found is not None
    return found


def test_the_office_needs_the_servers_word_and_the_counter_does_not() -> None:
    office = {step for step in CaseStep if needs_server(step)}
    assert {CaseStep.GRANT, CaseStep.REFUSE, CaseStep.SUSPEND, CaseStep.EXTEND, CaseStep.SEAL} <= office
    assert office.isdisjoint({CaseStep.RECEIVE_ALL, CaseStep.ACCEPTED, CaseStep.DELIVER, CaseStep.WITHDRAW})


def test_a_decision_comes_out_of_the_printer_when_it_counts_and_once(place: Place, other: Place) -> None:
    case_id = at_both(place, other)
    acted = granted(other, case_id)
    (paper,) = acted.papers
    other.office.plan = ["lost request"]
    prints = other.window.prints
    assert other.files.settle(acted.acts[0].act_id).fate is Fate.WAITING
    prints.print_case(case_id, REVIEWER)
    prints.print_settled(REVIEWER)
    with pytest.raises(Locked, match="还没有认"):
        prints.print_paper(paper.paper_id, REVIEWER)
    assert other.window.page_printer.jobs == []
    assert (prints.current(case_id), prints.undecided(case_id), prints.left_open(later=True)) == ((), (), None)

    other.outbox.push_once()
    assert prints.left_open(later=True) == case_id
    assert [one.state for one in prints.print_settled(REVIEWER)] == [PaperState.PRINTED]
    prints.print_case(case_id, REVIEWER)
    assert prints.print_settled(REVIEWER) == ()
    assert len(other.window.page_printer.jobs) == 1


def test_of_two_decisions_the_loser_has_no_paper(place: Place, other: Place) -> None:
    case_id = at_both(place, other)
    lost = granted(other, case_id, REFUSAL, yes=False)
    won = granted(place, case_id)
    assert place.files.settle(won.acts[0].act_id).fate is Fate.COUNTS
    settled = other.files.settle(lost.acts[0].act_id)
    assert settled.fate is Fate.REFUSED
    gone = sheet(other, lost.papers[0].paper_id)
    assert gone.state is PaperState.WITHDRAWN
    assert settled.sentence in gone.sentence
    other.window.prints.print_case(case_id, REVIEWER)
    other.window.prints.print_settled(REVIEWER)
    assert other.window.page_printer.jobs == []
    assert other.window.journal.check(other.window.store).sound


def test_what_a_clerk_printed_before_the_server_refused_it_is_void(place: Place, other: Place) -> None:
    case_id = at_both(place, other)
    acted = place.files.withdraw(place.files.open(case_id, CLERK), "申请人不办了", CLERK)
    place.window.prints.print_case(case_id, CLERK)
    (notice,) = acted.papers
    assert sheet(place, notice.paper_id).state is PaperState.PRINTED, "the counter does not wait for the server"
    other.files.withdraw(other.files.open(case_id, CLERK), "申请人在别的窗口撤回", CLERK)
    other.outbox.push_once()
    assert place.files.settle(acted.acts[0].act_id).fate is Fate.REFUSED
    void = sheet(place, notice.paper_id)
    assert void.state is PaperState.VOIDED
    assert "没有生效" in void.sentence
    with pytest.raises(Locked, match="作废"):
        place.window.prints.reprint(notice.paper_id, "再要一张", CLERK)
    kinds = {paper.kind: paper.state for paper in place.window.prints.current(case_id)}
    assert kinds[PaperKind.ACCEPTANCE_NOTICE] is PaperState.PRINTED, "papers of other steps stay as they are"


def test_a_step_waits_for_its_person_and_nothing_else_waits_with_it(place: Place) -> None:
    case_id = place.accepted().case_id
    place.outbox.push_once()
    acted = granted(place, case_id)
    elsewhere = place.accepted()
    store_act = place.office.store_act

    def nobody(act: object, *, key: str | None = None) -> object:
        raise LoginNeeded("“决定准予”要由审批人本人登录来做，不能由别人代传")

    place.office.store_act = nobody  # type: ignore[assignment]
    push = place.outbox.push_once()
    assert (push.set_aside, push.stopped) == (0, "")
    assert elsewhere.case_id in place.office.server.cases, "another case goes on"
    entry = place.window.store.read(lambda unit: unit.outbox.get(acted.acts[0].act_id))
    assert entry is not None
    assert entry.state is OutboxState.WAITING

    place.office.store_act = store_act  # type: ignore[method-assign]
    place.files.settle_all(CLERK)
    assert place.office.server.acts == {}, "it is another person's step"
    place.files.settle_all(REVIEWER)
    assert [act.step for act in place.office.server.acts[case_id]] == [CaseStep.GRANT]


def test_sheets_of_the_counter_and_of_later_steps_are_taken_up_apart(place: Place) -> None:
    concluded = place.accepted()
    prints = place.window.prints
    assert (prints.left_open(), prints.left_open(later=True)) == (concluded.case_id, None)
    prints.print_case(concluded.case_id, CLERK)
    place.outbox.push_once()
    opened = place.files.open(concluded.case_id, REVIEWER)
    acted = place.files.suspend(opened, SuspensionCause.HEARING, "行政许可法第四十七条", "20个工作日", REVIEWER)
    assert (prints.left_open(), prints.left_open(later=True)) == (None, None)
    place.files.settle(acted.acts[0].act_id)
    assert (prints.left_open(), prints.left_open(later=True)) == (None, concluded.case_id)


def test_a_brought_sheet_of_an_acknowledged_decision_is_printed_at_any_window(place: Place, other: Place) -> None:
    case_id = at_both(place, other)
    acted = granted(other, case_id)
    other.files.settle(acted.acts[0].act_id)
    opened = place.files.open(case_id, CLERK)
    place.files.elsewhere.bring_decision(opened, CLERK)
    before = len(place.window.page_printer.jobs)
    place.window.prints.print_case(case_id, CLERK)
    assert len(place.window.page_printer.jobs) == before + 1


def test_the_same_rules_hold_in_the_real_store(tmp_path, server: FakeServer, place: Place) -> None:  # type: ignore[no-untyped-def]
    from db.window.store import open_window_store
    from support.window import HALL_ID

    real = Place(server, open_window_store(tmp_path / "window.db", b"k" * 32, HALL_ID), seed=5)
    case_id = at_both(place, real)
    lost = granted(real, case_id, REFUSAL, yes=False)
    assert real.window.prints.left_open(later=True) is None
    won = granted(place, case_id)
    place.files.settle(won.acts[0].act_id)
    real.files.settle(lost.acts[0].act_id)
    assert sheet(real, lost.papers[0].paper_id).state is PaperState.WITHDRAWN
    real.window.store.close()


def test_a_store_without_acts_holds_nothing_back(place: Place) -> None:
    assert isinstance(place.window.store, MemoryWindowStore)
    concluded = place.accepted()
    assert len(place.window.prints.current(concluded.case_id)) == len(concluded.papers)
