"""The identity card reader of a window: every card laid down is told; one read too early waits for its ticket."""

from __future__ import annotations

import threading
from datetime import timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.domain.errors import Refusal
from clerk_app.domain.masking import mask_name, mask_name_public
from clerk_app.domain.persons import CheckedPerson
from clerk_app.ports.clock import Clock
from clerk_app.ports.devices import CardFacts, CardReader
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ui.lanes import Failure, Lane

CARD_WAIT_S = 2.0
CARD_PAUSE_MS = 1_000
KEPT_FOR = timedelta(seconds=60)
"""How long a card waits for F2 or F5; an older one may have been the citizen's before."""

SOMEBODY_ELSE = "刚才读的证件不是这个号的人，请再放一次"


class CardReading(QObject):
    """``read`` carries a ``CheckedPerson``, ``trouble`` why a card was not read. ``pictured`` follows when there is one
    more of ``pictures``: the photos of the visit's cards as BMP by the number on the card. They are never stored."""

    read = Signal(object)
    trouble = Signal(str)
    pictured = Signal()

    def __init__(self, reader: CardReader | None, lane: Lane, clock: Clock, photos: Lane) -> None:
        super().__init__()
        self._reader, self._lane, self._clock, self._photos = reader, lane, clock, photos
        self.pictures: dict[str, bytes] = {}
        self._visit = 0
        self._closing = threading.Event()
        self._kept: tuple[CheckedPerson, float] | None = None

    def start(self) -> None:
        """Wait for cards until ``stop``."""
        if self._reader is None or self._closing.is_set():
            return
        self._lane.run(self._reader.wait_for_card, CARD_WAIT_S, self._closing, done=self._came, failed=self._not_read)

    def stop(self) -> None:
        """No more cards."""
        self._closing.set()

    def keep(self, card: CheckedPerson) -> None:
        """Nobody is served yet: let the card wait."""
        self._kept = (card, self._clock.monotonic())

    def forget(self) -> None:
        """The visit is over."""
        self._kept = None
        self._visit += 1
        self.pictures.clear()
        self.pictured.emit()

    def take(self, ticket: Ticket | None = None) -> CheckedPerson | None:
        """The card that waits, if it is fresh and can be that of the ticket's person; it waits no longer."""
        kept, self._kept = self._kept, None
        if kept is None or self._clock.monotonic() - kept[1] > KEPT_FOR.total_seconds():
            return None
        card, _ = kept
        name = card.person.display_name
        if ticket is not None and ticket.person and ticket.person not in {mask_name(name), mask_name_public(name)}:
            self.trouble.emit(SOMEBODY_ELSE)
            return None
        return card

    def _came(self, facts: CardFacts | None) -> None:
        if facts is not None:
            self._ask_picture(facts)
            try:
                self.read.emit(facts.person(self._clock.now().date()))
            except Refusal as refused:
                self.trouble.emit(str(refused))
        self.start()

    def _not_read(self, failure: Failure) -> None:
        self.trouble.emit(failure.text)
        QTimer.singleShot(CARD_PAUSE_MS, self.start)

    def _ask_picture(self, facts: CardFacts) -> None:
        """The picture comes when it comes; nothing waits for it, and without one the person stays a sign."""
        number, begun = facts.id_number, self._visit

        def came(picture: bytes) -> None:
            if picture and begun == self._visit:
                self.pictures[number] = picture
                self.pictured.emit()

        if facts.picture:
            came(facts.picture)
        elif facts.photo and self._reader is not None:
            self._photos.run(self._reader.picture_of, facts.photo, done=came, failed=lambda failure: None)
