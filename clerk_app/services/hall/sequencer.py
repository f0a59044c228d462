"""Gives committed journal rows their feed number and chains them, after the fact: nobody waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.queue import TicketState, WindowState
from clerk_app.ports.feed import FeedCursor, FeedEntry, FeedPage
from clerk_app.ports.stores_hall import HallStore, HallUnit, JournalEntry
from clerk_app.services.hall.tools import Tools

_BATCH = 200
_PAGE = 500


def mark_of(mac: str) -> str:
    """A short name of an entry in its chain, given out with cursors."""
    return mac[:16]


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What ``verify`` found: entries checked, and the first feed number that does not fit (None = whole)."""

    checked: int
    broken_at: int | None
    reason: str = ""


class Sequencer:
    """One per hall and server process. Numbers are without gaps; a late commit gets a later number, none is skipped.

    Two sequencers at once cannot do harm: the store lets one number at a time, and feed numbers are unique in it.
    """

    def __init__(self, store: HallStore, tools: Tools) -> None:
        self._store = store
        self._tools = tools

    def run(self, hall_id: str) -> int:
        """Chain everything that is committed; how many entries."""
        done = count = self._store.write_feed(hall_id, self._batch)
        # A batch that is not full was the last: asking once more would cost every window a turn of the writer.
        while count == _BATCH:
            count = self._store.write_feed(hall_id, self._batch)
            done += count
        return done

    def _batch(self, unit: HallUnit) -> int:
        waiting = unit.journal.unsequenced(_BATCH)
        if not waiting:
            return 0
        feed_no, prev_mac = unit.journal.head()
        for entry in waiting:
            feed_no += 1
            mac = self._tools.chain_mac(unit.hall_id, entry, feed_no, prev_mac)
            unit.journal.chain(entry.entry_id, feed_no, prev_mac, mac)
            prev_mac = mac
        return len(waiting)

    def verify(self, unit: HallUnit, actor: Actor, after: int = 0, until: int | None = None) -> ChainReport:
        """Recompute the whole chain, or the stretch behind ``after`` up to ``until`` (its first link is taken as it
        stands). A cut-off tail shows only against a head that was kept elsewhere."""
        actor.require(Role.AUDITOR, Role.TECHNICIAN, Role.MANAGER, Role.SYSTEM)
        return verify_chain(self._tools, unit, after, until)


def verify_chain(tools: Tools, unit: HallUnit, after: int = 0, until: int | None = None) -> ChainReport:
    """``Sequencer.verify`` for who holds the store itself."""
    checked, prev_mac = after, unit.journal.mac_at(after) or ""
    while (until is None or checked < until) and (entries := unit.journal.after(checked, _PAGE)):
        for entry in entries:
            expected = checked + 1
            if entry.feed_no != expected:
                return ChainReport(checked, expected, "编号不连续，有记录不见了")
            if entry.prev_mac != prev_mac:
                return ChainReport(checked, expected, "与前一条接不上")
            mac = tools.chain_mac(unit.hall_id, entry, expected, prev_mac)
            if entry.mac != mac:
                return ChainReport(checked, expected, "内容被改过")
            checked, prev_mac = expected, mac
    return ChainReport(checked, None)


class FeedReading:
    """Reading the feed by number; the public form never holds personal data."""

    def __init__(self, epoch: str) -> None:
        self._epoch = epoch

    def page(self, unit: HallUnit, actor: Actor, cursor: FeedCursor, limit: int = _PAGE) -> FeedPage:
        """Entries after the cursor; ``known`` is False when this store does not know it. Any enrolled device."""
        head, _ = unit.journal.head()
        if not self._knows(unit, cursor):
            return FeedPage(self._epoch, head, False, ())
        entries = unit.journal.after(cursor.feed_no, min(max(limit, 1), _PAGE))
        return FeedPage(self._epoch, head, True, tuple(public_entry(entry) for entry in entries))

    def _knows(self, unit: HallUnit, cursor: FeedCursor) -> bool:
        if cursor.epoch != self._epoch:
            return False
        if cursor.feed_no == 0:
            return True
        mac = unit.journal.mac_at(cursor.feed_no)
        return mac is not None and cursor.mark == mark_of(mac)


def public_entry(entry: JournalEntry) -> FeedEntry:
    """The part of a sequenced entry that every enrolled device may see: ids, numbers, states; no names."""
    if entry.feed_no is None or entry.mac is None:
        raise ValueError("an entry without a feed number is not public yet")
    payload = entry.payload
    state = payload.get("state")
    return FeedEntry(
        feed_no=entry.feed_no,
        mark=mark_of(entry.mac),
        kind=entry.kind,
        subject=entry.subject,
        at=entry.at,
        window_no=payload.get("window_no"),
        number=payload.get("number"),
        group_id=payload.get("group_id"),
        state=TicketState(state) if state else None,
        is_priority=bool(payload.get("is_priority", False)),
        recalls=int(payload.get("recalls", 0)),
        was=TicketState(payload["was"]) if payload.get("was") else None,
        from_group=payload.get("from_group"),
        window_state=WindowState(payload["window_state"]) if payload.get("window_state") else None,
        case_number=payload.get("case_number"),
        case_state=payload.get("case_state"),
        instant=bool(payload.get("instant", False)),
    )
