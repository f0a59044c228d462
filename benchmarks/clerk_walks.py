"""The walks of ``clerk_seconds``: matters of the shipped catalogue, and the reference case that the budgets are for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from PySide6.QtWidgets import QApplication

from benchmarks.clerk_seconds import Card, Count, Event, Others, Replayer, Walk, letters, press
from clerk_app.design.resources import resource
from clerk_app.documents.catalogue_files import read_catalogue_file
from clerk_app.domain.acts import Decision
from clerk_app.domain.cases import CaseState
from clerk_app.ports.feed import FeedEntry
from clerk_app.services.hall.catalogue_import import check_catalogue
from clerk_app.services.window.files import FileDesk
from clerk_app.services.window.outbox import Outbox
from clerk_app.ui.application import make_application
from support.look import dressed
from support.shell import AGENT, APPLICANT, Seat
from support.shell_matters import PUBLISHED, food
from support.window import KEEPER, NOW, REVIEWER, Window, calendar
from support.window_memory import MemoryWindowStore
from support.window_server import FakeCounter


@dataclass(frozen=True, slots=True)
class Kind:
    """A matter as the walks see it: what is typed, the answers by digit, how many rows the clerk decides.

    ``tolerated`` is the row (from 1, among those to decide) that may follow later, 0 when the law tolerates none.
    """

    name: str
    typed: str
    answers: tuple[str, ...]
    rows: int
    tolerated: int = 0


FOOD = Kind("食品经营许可（许可、承诺件、可容缺）", "spjy", ("1", "1"), 4, tolerated=3)
HOUSEHOLD = Kind("户口迁移审批（许可、承诺件）", "hkqy", ("1", "1", "1"), 5)
RESIDENCE = Kind("居住证申领（公共服务、自然日）", "jzzs", ("1", "1", "1"), 3)
SENIOR = Kind("老年人优待证（公共服务、即办件）", "lnry", ("1", "1", "1"), 2)
TRADER = Kind("个体工商户设立登记（许可、即办件）", "gtgs", ("1", "1", "1"), 3)
UNEMPLOYED = Kind("失业登记（公共服务、即办件）", "sydj", ("1", "1"), 3)
CARD = Kind("社会保障卡申领（公共服务、收费、即办件）", "shbz", ("1", "1"), 2)


def _begin(kind: Kind) -> tuple[Event, ...]:
    return (
        press("call", "F2"),
        Card("applicant"),
        press("the person is right", "Enter"),
        letters("which matter", kind.typed, "Enter"),
        *(press("situation", digit) for digit in kind.answers),
    )


def _end() -> tuple[Event, ...]:
    return press("the outcome", "F9"), press("print and hand over", "F9"), press("next", "F12")


def _row(kind: Kind, number: int) -> Event:
    if number == kind.tolerated:
        return press("owed until later", "4", "Enter")
    return press("material", "Enter")


def reference(kind: Kind) -> Walk:
    """Card read, situations, every material looked at, one of them tolerated where the law allows it."""
    rows = tuple(_row(kind, number) for number in range(1, kind.rows + 1))
    state = CaseState.ACCEPTED_WITH_DEFICIENCY if kind.tolerated else CaseState.ACCEPTED
    return Walk("reference", kind.name, (*_begin(kind), *rows, *_end()), 25, 28, state)


def all_present(kind: Kind) -> Walk:
    """The same with the key for 「全部收齐」; counted from the card."""
    events = (*_begin(kind), press("all are there", "A"), *_end())
    return Walk("all_present", kind.name, events, 18, 12, CaseState.ACCEPTED, from_card=True)


def defects(kind: Kind) -> Walk:
    """A notice with three defects (all rows where there are fewer)."""
    bad = min(3, kind.rows)
    rows = [*(press("what is wrong", "5", "2", "Enter") for _ in range(bad))]
    rows += [press("material", "Enter") for _ in range(kind.rows - bad)]
    return Walk("three_defects", kind.name, (*_begin(kind), *rows, *_end()), 35, None, CaseState.SUPPLEMENT_REQUESTED)


def consultation(kind: Kind) -> Walk:
    """A personalised list for somebody who only asks: from the free window to the printed list."""
    events = (
        press("only advice", "Alt+C"),
        letters("which matter", kind.typed, "Enter"),
        *(press("situation", digit) for digit in kind.answers),
        press("print", "F9"),
    )
    return Walk("consultation", kind.name, events, 10, None, "")


def with_agent(kind: Kind) -> Walk:
    """Applicant's and agent's cards, everything there, power of attorney among the materials."""
    events = (
        press("call", "F2"),
        Card("applicant"),
        Card("agent"),
        press("both are right", "Enter"),
        letters("which matter", kind.typed, "Enter"),
        *(press("situation", digit) for digit in kind.answers),
        press("all are there", "A"),
        *_end(),
    )
    return Walk("agent_two_cards", kind.name, events, 35, None, CaseState.ACCEPTED)


def instant(kind: Kind) -> Walk:
    """From the call to the result in the citizen's hand; two other people decide and seal meanwhile."""
    rows = tuple(_row(kind, number) for number in range(1, kind.rows + 1))
    events = (
        *_begin(kind),
        *rows,
        press("the outcome", "F9"),
        press("print and hand over", "F9"),
        Others("decide"),
        Others("seal"),
        press("hand the result over", "F9"),
        press("next", "F12"),
    )
    return Walk("instant_issue", kind.name, events, 40, None, CaseState.DELIVERED)


def for_information(walk: Walk) -> Walk:
    """The same without a budget of its own."""
    return replace(walk, name=f"{walk.name}_3_questions", keys=None, bound=False)


TWO_QUESTIONS = (FOOD, UNEMPLOYED, CARD)
"""What the budgets of the reference case, of "all present" and of the consultation are set for."""

THREE_QUESTIONS = (HOUSEHOLD, SENIOR, RESIDENCE)
"""One decision more each: for information where a budget is set for two questions."""

WALKS: tuple[Walk, ...] = (
    *(make(kind) for make in (reference, all_present, consultation) for kind in TWO_QUESTIONS),
    *(defects(kind) for kind in (FOOD, HOUSEHOLD, RESIDENCE)),
    *(with_agent(kind) for kind in (FOOD, TRADER, UNEMPLOYED)),
    *(instant(kind) for kind in (TRADER, SENIOR, UNEMPLOYED)),
    *(for_information(make(kind)) for make in (reference, all_present, consultation) for kind in THREE_QUESTIONS),
)


class _Bot:
    """Keeps the window alive; pytest-qt's hand in the tests."""

    def addWidget(self, widget: Any, **_: Any) -> None:
        self.widget = widget


@cache
def _matters() -> tuple[dict[str, Any], ...]:
    """The shipped catalogue; the food licence for natural persons that the reference case is about in place of its own,
    which is for companies."""
    report = check_catalogue([read_catalogue_file(resource("catalogue", "sample.json"))])
    assert report.ok, report.lines()
    return (*(matter for matter in report.matters if matter.get("id") != "spjyxk_xb"), food())


@cache
def _application() -> QApplication:
    app = make_application()
    dressed(app)
    return app


def played(walk: Walk) -> Count:
    """The cost of a walk at a fresh window; ``AssertionError`` when it does not end in its state."""
    _application()
    store = MemoryWindowStore()
    store.catalogue.replace(418, PUBLISHED, _matters())
    seat = Seat(_Bot(), store)
    seat.log_in()
    seat.counter.add_tickets(3)
    count = Replayer(seat, {"applicant": APPLICANT, "agent": AGENT}, _others(seat)).play(walk)
    if walk.leaves:
        states = [row.state for row in seat.stored]
        assert states == [walk.leaves], f"{walk.name} {walk.matter}: {states}, {seat.toast}"
    else:
        given = store.read(lambda unit: unit.consultations.of_day(seat.clock.now().date()))
        assert len(given) == 1, f"{walk.name} {walk.matter}: no list was given"
    seat.shell.close()
    return count


def _others(seat: Seat) -> Callable[[str], None]:
    """Reviewer and seal keeper at windows of their own, at the same hall."""
    server = seat.counter.server
    away = Window(MemoryWindowStore(), clock=seat.clock, seed=7)
    counter: Any = FakeCounter(server)
    outbox = Outbox(away.store, counter, away.journal)
    files = FileDesk(
        away.store, counter, away.renderer, away.binding, away.journal, lambda: away.hall, calendar, outbox
    )

    def do(what: str) -> None:
        seat.desk.outbox.push_once()
        actor = REVIEWER if what == "decide" else KEEPER
        (case_id,) = server.cases
        opened = files.open(case_id, actor)
        if what == "decide":
            decision = Decision("材料齐全", "本事项办事指南", content="准予办理", certificate_name="证照")
            acted = files.decide(opened, True, decision, actor)
        else:
            acted = files.seal(opened, actor)
        settled = files.settle(acted.acts[-1].act_id)
        assert not settled.sentence, settled.sentence
        seat.control.on_entries((_news(case_id),))
        seat.settle()

    return do


def _news(case_id: str) -> FeedEntry:
    return FeedEntry(feed_no=1, mark="m", kind="case.acted", subject=case_id, at=NOW)
