"""The register of the window's acceptance seal (受理专用章): who used it, when, on which paper, how often.

A line is written when a sealed sheet is known to be on paper, in the transaction that says so. The centre's approval
seals (行政审批专用章) are registered by the act that uses them; the server keeps both in one register.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import SealKind
from clerk_app.domain.errors import Unreachable
from clerk_app.ports.hall_cases import CaseCounter, SealUse
from clerk_app.ports.window import OutboxEntry, OutboxKind, StoredPaper, WindowStore, WindowUnit
from clerk_app.ports.window_files import SealRow
from clerk_app.services.window import records
from clerk_app.services.window.journal import Journal

ONLY_HERE = "服务器连不上，下面只有本窗口盖的受理专用章"


def carries_acceptance_seal(source: Mapping[str, Any]) -> bool:
    """Whether a paper has the place of the acceptance seal; ``source`` is the stored value it was drawn from."""
    return bool(source.get("seal") == SealKind.ACCEPTANCE.label)


def carries_seal(source: Mapping[str, Any]) -> bool:
    """Whether a paper has the place of either seal: it speaks for the agency."""
    return source.get("seal") in {kind.label for kind in SealKind}


def register_use(unit: WindowUnit, journal: Journal, paper: StoredPaper, actor: Actor) -> SealUse | None:
    """The line of a sheet that is on paper, in the caller's transaction; None for a paper without this seal.

    Every sheet is sealed anew, so a reprint has a line of its own; both copies of a notice count.
    """
    if not carries_acceptance_seal(unit.papers.source(paper.paper_id)):
        return None
    use = SealUse(
        use_id=journal.new_id(),
        seal=SealKind.ACCEPTANCE,
        case_id=paper.case_id,
        paper_id=paper.paper_id,
        paper_kind=paper.kind,
        paper_number=paper.number,
        user_id=actor.user_id,
        user_name=actor.user_name,
        window_no=actor.window_no or "",
        at=journal.now(),
        count=paper.copies,
    )
    unit.seals.add(
        SealRow(
            use_id=use.use_id,
            seal=use.seal,
            case_id=use.case_id,
            paper_id=use.paper_id,
            paper_kind=use.paper_kind,
            paper_number=use.paper_number,
            user_id=use.user_id,
            user_name=use.user_name,
            at=use.at,
            count=use.count,
        )
    )
    unit.outbox.add(
        OutboxEntry(
            entry_id=use.use_id,
            position=0,
            stream=use.case_id,
            kind=OutboxKind.SEAL_USE,
            key=use.use_id,
            title=f"用印 {paper.title}",
            payload=records.dump(SealUse, use),
            made_at=use.at,
        )
    )
    payload = {"use_id": use.use_id, "seal": use.seal.value, "number": use.paper_number, "count": use.count}
    journal.write(unit, "seal.used", paper.paper_id, actor, payload)
    return use


@dataclass(frozen=True, slots=True)
class SealRegister:
    """The uses of one day in order; ``sentence`` says what is missing, empty when both seals are whole."""

    day: date
    uses: tuple[SealUse, ...]
    sentence: str = ""


class SealDesk:
    """Reads the register. Called on the network lane."""

    def __init__(self, store: WindowStore, counter: CaseCounter, window_no: Callable[[], str]) -> None:
        self._store = store
        self._counter = counter
        self._window_no = window_no

    def own(self, day: date) -> tuple[SealUse, ...]:
        """What this window sealed on that day, in order; no network."""
        rows = self._store.read(lambda unit: unit.seals.of_day(day))
        return tuple(self._use(row) for row in rows)

    def register(self, day: date) -> SealRegister:
        """Both seals of the whole hall on that day, with what this window has not reported yet; this window's own lines
        alone while the server is away."""
        own = self.own(day)
        try:
            known = self._counter.seal_register(day)
        except Unreachable:
            return SealRegister(day, own, ONLY_HERE)
        ids = {use.use_id for use in known}
        late = [use for use in own if use.use_id not in ids]
        return SealRegister(day, tuple(sorted((*known, *late), key=lambda use: (use.at, use.use_id))))

    def _use(self, row: SealRow) -> SealUse:
        return SealUse(
            use_id=row.use_id,
            seal=row.seal,
            case_id=row.case_id,
            paper_id=row.paper_id,
            paper_kind=row.paper_kind,
            paper_number=row.paper_number,
            user_id=row.user_id,
            user_name=row.user_name,
            window_no=self._window_no(),
            at=row.at,
            count=row.count,
        )
