"""The feed: what was committed, in order, and how a reader knows that it missed nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from clerk_app.domain.queue import TicketState, WindowState


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """How far a reader has read. ``epoch`` names the store's life, ``mark`` the entry at ``feed_no``: a store that was
    restored or cloned does not know the mark, and the reader starts over from a snapshot."""

    epoch: str
    feed_no: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """The public form of a journal entry: ids, numbers and states, never personal data.

    ``kind``: ``ticket.taken|walk_in|called|call_undone|recalled|missed|miss_undone|started|finished|finish_undone|
    held|resumed|returned|transferred|transfer_undone|released|unbound|cancelled|printed|merged``,
    ``window.off|free|busy|away|regrouped``, ``hall.opened``, ``dispatch.committed|mixed|revealed``, ``rules.changed``,
    ``notice.added|ended``, ``group.changed``, ``roster.changed``, ``appointment.booked|cancelled|checked_in``,
    ``block.reserved``, ``emergency.conflict``,
    ``login``, ``logout``, ``login.refused``, ``login.ended``, ``device.enrolled``, ``device.revoked``,
    ``device.doubled``, ``enrol_code.made``, ``case.stored``, ``case.updated``, ``case.acted``, ``case.viewed``,
    ``results.searched``, ``override.approved``, ``pre_check.stored``, ``pre_check.viewed``, ``supplement.arrived``,
    ``supplement.taken``, ``file.stored``, ``file.viewed``, ``seal.used``, ``visit.stored``, ``consultation.stored``,
    ``signature.stored``, ``rating.stored``, ``catalogue.published``, ``user.created``, ``hall.created``,
    ``hall.changed``, ``store.restored``. ``subject`` is the id of the thing.

    ``was`` is the ticket's state before and ``from_group`` its group where that changed, so that a reader keeps the
    waiting counts. ``case_state`` is a value of ``CaseState``; ``instant``: the applicant waits for the result.
    """

    feed_no: int
    mark: str
    kind: str
    subject: str
    at: datetime
    window_no: str | None = None
    number: str | None = None
    group_id: str | None = None
    state: TicketState | None = None
    is_priority: bool = False
    recalls: int = 0
    was: TicketState | None = None
    from_group: str | None = None
    window_state: WindowState | None = None
    case_number: str | None = None
    case_state: str | None = None
    instant: bool = False


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Entries after a cursor, oldest first, without gaps; ``head`` is the newest feed number of the store.

    ``known`` is False when the store does not know the reader's cursor (restored, cloned, other epoch): read a
    snapshot and go on from its cursor.
    """

    epoch: str
    head: int
    known: bool
    entries: tuple[FeedEntry, ...]


class ConnectionState(StrEnum):
    """The feed's connection."""

    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class ConnectionChange:
    """``since`` is when this state began, ``sentence`` what to tell (服务器连不上（10:17 起）…), empty when online."""

    state: ConnectionState
    since: datetime
    sentence: str = ""


class Feed(Protocol):
    """The push feed as a running thing; ``clerk_app.client.feed.FeedListener`` is the real one."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


OnEntries = Callable[[tuple[FeedEntry, ...]], None]
"""Called from the feed's thread with one or more entries in order, never with a gap."""

OnConnection = Callable[[ConnectionChange], None]
"""Called from the feed's thread when the connection's state changes."""

OnReset = Callable[[], FeedCursor]
"""Called from the feed's thread at the first start and when the store does not know the cursor (restored, cloned):
read a snapshot, show it, give back its cursor. May raise ``Unreachable``; the feed tries again."""
