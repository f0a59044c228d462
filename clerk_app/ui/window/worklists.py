"""The work lists of the counter: what waits for papers, for acceptance, for hand-over, for the applicant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.design.words import days_left, joined, short_day
from clerk_app.domain.errors import NotAllowed, Unreachable
from clerk_app.ports.feed import FeedEntry
from clerk_app.ports.hall_cases import OnlineSupplement, WorkKind, WorkLine
from clerk_app.services.window.handover import HandoverLine
from clerk_app.ui.kit.paint import State
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.desk import Desk

NEWS: Final = ("case.", "supplement.")
"""Entries of the feed after which the lists are read again."""

AFTER_NEWS_MS: Final = 15_000
"""So long after the first news: every window of a hall hears of every case, and each reading is several requests."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: its name, what it says while it is empty, and whether its cases have a day to be ready by. ``kind`` is
    None for the papers to hand over."""

    kind: WorkKind | None
    name: str
    empty: str
    timed: bool = False


LISTINGS: Final = (
    Listing(WorkKind.TO_SUPPLEMENT, "待补正", "没有待补正的办件", timed=True),
    Listing(WorkKind.OWED, "待容缺补齐", "没有欠材料的办件", timed=True),
    Listing(WorkKind.TO_ACCEPT, "补齐待受理", "没有补齐了还没受理的办件"),
    Listing(WorkKind.TO_ISSUE, "可出件", "没有等人来领的结果"),
    Listing(None, "待交接", "没有要交给后台的纸质材料"),
    Listing(WorkKind.SUSPENDED, "特别程序中", "没有停着时间的办件"),
    Listing(WorkKind.POSTED, "已寄出", "没有寄出了还没签收的结果"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list as the screen shows it; ``pill`` names what is special about it."""

    reference: str
    title: str
    line: str
    pill: str = ""
    state: State = State.NEUTRAL
    when: str = ""
    supplement: OnlineSupplement | None = field(default=None, compare=False)


def entries_of(
    lines: Sequence[WorkLine], supplements: Sequence[OnlineSupplement], today: date, *, timed: bool
) -> tuple[Entry, ...]:
    """The lines of a list; a case whose supplement came online stands in front. ``timed`` shows the day to be ready
    by instead of the day since when the case waits."""
    arrived = {one.case_number: one for one in supplements if not one.taken}
    made = []
    for line in lines:
        came = arrived.get(line.case_number)
        due = line.due.date() if timed and line.due else None
        pill, state = line.state.label, State.NEUTRAL
        if came is not None:
            pill, state = f"网上补件到了 {len(came.materials)} 份", State.FREE
        elif due is not None and (due - today).days <= 1:
            pill, state = days_left((due - today).days), State.BAD if due < today else State.WARN
        when = f"{short_day(due)} 前" if due else f"{short_day(line.since.date())} 起"
        words = joined(line.applicant, line.case_number, line.department)
        made.append(Entry(line.case_id, line.matter_name, words, pill, state, when, came))
    return tuple(sorted(made, key=lambda entry: entry.supplement is None))


class WorkLists(QObject):
    """The lists as the server tells them, read on the network's lane. ``changed`` follows each reading.

    ``trouble`` is the sentence why there are none; the lists then are those of before.
    """

    changed = Signal()

    def __init__(self, desk: Desk, lanes: Lanes) -> None:
        super().__init__()
        self._desk, self._lanes = desk, lanes
        self._network = lanes.lane("network")
        self.lines: dict[WorkKind, tuple[WorkLine, ...]] = {}
        self.papers: tuple[HandoverLine, ...] = ()
        self.supplements: tuple[OnlineSupplement, ...] = ()
        self.trouble = ""
        self.known = False
        self.soon = QTimer(self)
        self.soon.setSingleShot(True)
        self.soon.setInterval(AFTER_NEWS_MS)
        self.soon.timeout.connect(self.refresh)

    def refresh(self) -> None:
        """Read everything again, the newest wish only."""
        self.soon.stop()

        def read() -> tuple[dict[WorkKind, tuple[WorkLine, ...]], tuple[OnlineSupplement, ...]]:
            kinds = [one.kind for one in LISTINGS if one.kind is not None]
            return {kind: self._desk.files.work(kind) for kind in kinds}, self._desk.prechecks.supplements()

        self._network.run(read, done=self._show, failed=self._failed, key="worklists")

    def refresh_papers(self) -> None:
        """Papers that wait for the back office; they lie at this window, whatever the server does."""
        self._lanes.lane("papers").run(self._desk.handovers.waiting, done=self._show_papers, key="handover")

    def on_entries(self, entries: tuple[FeedEntry, ...]) -> None:
        """News of cases, from the feed's thread; many of them are one reading, a little later."""
        if any(entry.kind.startswith(NEWS) for entry in entries):
            self._lanes.post(self._heard, key="worklists")

    def _heard(self) -> None:
        if not self.soon.isActive():
            self.soon.start()

    def count(self, listing: Listing) -> int:
        """How many lines the list has."""
        return len(self.papers) if listing.kind is None else len(self.lines.get(listing.kind, ()))

    def entries(self, listing: Listing) -> tuple[Entry, ...]:
        """The list's lines for the screen; papers to hand over have a page of their own."""
        if listing.kind is None:
            return ()
        today = self._desk.clock.now().date()
        return entries_of(self.lines.get(listing.kind, ()), self.supplements, today, timed=listing.timed)

    def note(self, listing: Listing) -> str:
        """What stands beside the count on the free page."""
        if listing.kind is None:
            return ""
        entries = self.entries(listing)
        came = sum(entry.supplement is not None for entry in entries)
        if came:
            return f"{came} 件网上补件到了"
        if not listing.timed:
            return ""
        today = self._desk.clock.now().date()
        ends = [line.due.date() for line in self.lines.get(listing.kind, ()) if line.due is not None]
        if not ends:
            return ""
        near = min(ends)
        return f"{ends.count(near)} 件{days_left((near - today).days)}"

    def _show(self, read: tuple[dict[WorkKind, tuple[WorkLine, ...]], tuple[OnlineSupplement, ...]]) -> None:
        self.lines, self.supplements = read
        self.trouble, self.known = "", True
        self.changed.emit()

    def _show_papers(self, papers: tuple[HandoverLine, ...]) -> None:
        self.papers = papers
        self.changed.emit()

    def _failed(self, failure: Failure) -> None:
        if isinstance(failure.error, Unreachable | NotAllowed):
            self.trouble = failure.text
            self.changed.emit()
