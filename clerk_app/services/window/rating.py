"""One visit, one rating per stage, by the citizen alone: never by the clerk, never by a countdown (GB/T 39734-2020).

Called on the evaluator's lane. The level goes into the store and to the server; it is never shown to the clerk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import StrEnum

from clerk_app.domain.actor import Actor
from clerk_app.domain.rating import RatingStage, rating_level
from clerk_app.ports.devices import DeviceFault, Evaluator
from clerk_app.ports.hall import RatingRecord
from clerk_app.ports.window import OutboxEntry, OutboxKind, RatingRow, WindowStore, WindowUnit
from clerk_app.services.window import records
from clerk_app.services.window.journal import Journal


class Rated(StrEnum):
    """What the clerk may know."""

    RATED = "rated"
    NOT_RATED = "not_rated"
    ALREADY = "already"


class RatingDesk:
    """Asks the citizen and stores the answer once."""

    def __init__(
        self,
        store: WindowStore,
        journal: Journal,
        evaluator: Evaluator | None = None,
        wake_outbox: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._journal = journal
        self._evaluator = evaluator
        self._wake_outbox = wake_outbox

    def is_rated(self, visit: str, stage: RatingStage = RatingStage.ACCEPTANCE) -> bool:
        """Whether this visit (ticket id, or case id without a ticket) was rated at that stage."""
        return self._store.read(lambda unit: unit.ratings.of_visit(visit, stage.value)) is not None

    def ask(
        self,
        actor: Actor,
        timeout_s: float,
        cancel: threading.Event,
        *,
        ticket_id: str | None = None,
        case_id: str | None = None,
        stage: RatingStage = RatingStage.ACCEPTANCE,
    ) -> Rated:
        """Ask on the keypad and store the answer. Nobody pressed a key: ``NOT_RATED``, never satisfied.

        Raises ``DeviceFault`` when there is no keypad or it is away.
        """
        visit = _visit(ticket_id, case_id)
        if self.is_rated(visit, stage):
            return Rated.ALREADY
        if self._evaluator is None:
            raise DeviceFault("没有设置评价器，请申请人在别的渠道评价", "not_configured")
        level = self._evaluator.ask_rating(timeout_s, cancel)
        if level is None:
            return Rated.NOT_RATED
        return self.store(actor, level, ticket_id=ticket_id, case_id=case_id, stage=stage)

    def store(
        self,
        actor: Actor,
        level: int,
        *,
        ticket_id: str | None = None,
        case_id: str | None = None,
        stage: RatingStage = RatingStage.ACCEPTANCE,
        source: str = "evaluator",
    ) -> Rated:
        """Store what the citizen chose (1 … 5), also from the citizen's screen (``source`` = ``screen``)."""
        visit = _visit(ticket_id, case_id)
        rating = RatingRecord(
            rating_id=self._journal.new_id(),
            level=rating_level(level).value,
            rated_at=self._journal.now(),
            window_no=actor.window_no or "",
            ticket_id=ticket_id,
            case_id=None if ticket_id else case_id,
            stage=stage.value,
            source=source,
        )

        def work(unit: WindowUnit) -> Rated:
            if unit.ratings.of_visit(visit, stage.value) is not None:
                return Rated.ALREADY
            unit.ratings.add(RatingRow(rating.rating_id, visit, stage.value, rating.level, rating.rated_at))
            unit.outbox.add(
                OutboxEntry(
                    entry_id=rating.rating_id,
                    position=0,
                    stream=visit,
                    kind=OutboxKind.RATING,
                    key=rating.rating_id,
                    title="评价",
                    payload=records.dump_rating_record(rating),
                    made_at=rating.rated_at,
                )
            )
            self._journal.write(
                unit, "rating.stored", visit, actor, {"rating_id": rating.rating_id, "stage": stage.value}
            )
            return Rated.RATED

        rated = self._store.write(work)
        if rated is Rated.RATED:
            self._wake_outbox()
        return rated


def _visit(ticket_id: str | None, case_id: str | None) -> str:
    visit = ticket_id or case_id
    if not visit:
        raise ValueError("a rating needs its visit: a ticket or a case")
    return visit
