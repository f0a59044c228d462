"""A hall that is asked as the server asks it, and dies as a server dies: for machines that play the queue.

On SQLite a power cut takes the files as they are on the disk; on PostgreSQL the server's connections are gone.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.domain.queue import WindowState
from clerk_app.ports.feed import FeedCursor, FeedEntry
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.callboard import CallBoard
from clerk_app.services.hall.access import Caller
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.tools import system_actor
from support.hall import HallInHand, HandClock, SeededEntropy, hall_in_hand, open_place, over
from support.postgres import cut_off, new_store, quick_server

WINDOWS = ("1", "2", "3")
Work = Callable[[HallDesk, HallUnit, Actor], Any]


class Network(Enum):
    """What becomes of a request on its way; ``KILLED``: the server dies before the commit, the client asks again."""

    FINE = "fine"
    ANSWER_LOST = "answer lost"
    SENT_TWICE = "sent twice"
    KILLED = "killed before the commit"
    KILLED_AFTER = "killed after the commit"


class _Killed(BaseException):
    """Not an error that anybody handles."""


@cache
def _new_hall() -> Path:
    """A hall on disk where nothing happened yet; made once, because making it takes longer than playing it."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with hall_in_hand(folder):
        return folder


@cache
def _new_database() -> str:
    """The same on PostgreSQL: the name of a database."""
    name = quick_server().empty_store()
    with hall_in_hand(quick_server().url(name)):
        return name


class QueueHall:
    """Three windows with a clerk each, a kiosk and a manager; a board that hears of the hall by the feed alone."""

    def __init__(self, *, postgresql: bool = False) -> None:
        self._stack = ExitStack()
        self._url = ""
        if postgresql:
            self._url = self._stack.enter_context(new_store(quick_server(), _new_database()))
        else:
            self._root = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
            shutil.copytree(_new_hall(), self._root / "0")
        self._lives = 0
        self._keys = 0
        self.clock = HandClock()
        self._entropy = SeededEntropy(7)
        self._crypto = NationalCrypto(self._entropy)
        self.hall = self._opened()
        self.board = CallBoard()
        self.resync()

    def _opened(self) -> HallInHand:
        store = open_place(self._url or self._root / str(self._lives), self._entropy)
        return over(store, self.clock, self._entropy, self._crypto)

    def kill(self) -> None:
        """As a power cut leaves it: the files as they are on the disk, nothing closed, nothing flushed."""
        if self._url:
            cut_off(self._url)
            self.hall.store.close()
            self.hall = self._opened()
            return
        before, self._lives = self._root / str(self._lives), self._lives + 1
        shutil.copytree(before, self._root / str(self._lives), ignore=shutil.ignore_patterns("*-shm"))
        self.hall.store.close()
        self.hall = self._opened()

    def close(self) -> None:
        self.hall.store.close()
        self._stack.close()

    # --- who asks ---------------------------------------------------------------------------------------------
    def clerk(self, window_no: str) -> Actor:
        roles = frozenset({Role.CLERK})
        return Actor(self.hall.hall_id, f"pc-{window_no}", f"user-{window_no}", f"王{window_no}", roles, window_no)

    def kiosk(self) -> Actor:
        return Actor(self.hall.hall_id, "kiosk", "kiosk", "取号机", frozenset({Role.KIOSK}))

    def manager(self) -> Actor:
        return Actor(self.hall.hall_id, "office", "boss", "主任", frozenset({Role.MANAGER}))

    def ask(self, actor: Actor, network: Network, kind: Any, work: Work) -> Any:
        """One request under one key, through the same gate as HTTP; the answer that the client got in the end.

        A refusal raises as it does for the client. However often the request was sent, the answers are the same.
        """
        self._keys += 1
        key, adapter = f"key-{self._keys:08d}", TypeAdapter(kind)
        caller = Caller(actor, actor.device_id, DeviceKind.WINDOW)

        def once(die: bool = False) -> Any:
            desk = self.hall.desk

            def job(unit: HallUnit) -> str:
                answer = adapter.dump_json(work(desk, unit, actor)).decode()
                if die:
                    raise _Killed
                return answer

            return adapter.validate_json(desk.requests.once(caller, key, key.encode(), job))

        if network is Network.KILLED:
            try:
                once(die=True)
            except _Killed:
                self.kill()
        answer = once()
        if network in {Network.ANSWER_LOST, Network.SENT_TWICE, Network.KILLED_AFTER}:
            if network is Network.KILLED_AFTER:
                self.kill()
            assert once() == answer, "the same request got another answer"
        return answer

    # --- what is there ----------------------------------------------------------------------------------------
    def tickets(self, days: Iterable[date]) -> dict[str, Ticket]:
        """Every ticket of these days."""
        found = self.hall.read(lambda unit: [one for day in sorted(days) for one in unit.tickets.of_day(day)])
        return {ticket.ticket_id: ticket for ticket in found}

    def free(self) -> set[str]:
        """Windows that wait free, by their own rows."""
        counters = self.hall.read(lambda unit: unit.counters.all())
        return {one.window_no for one in counters if one.state is WindowState.FREE}

    def hear(self) -> tuple[FeedEntry, ...]:
        """Let the board follow the feed; what it told."""
        self.hall.sequence()
        actor, desk = self.kiosk(), self.hall.desk
        told: tuple[FeedEntry, ...] = ()
        while entries := self.hall.read(lambda unit: desk.feed.page(unit, actor, self.cursor)).entries:
            self.board.apply(entries)
            self.cursor = FeedCursor(self.hall.store.epoch, entries[-1].feed_no, entries[-1].mark)
            told += entries
        return told

    def resync(self) -> None:
        self.hall.sequence()
        actor, desk = self.kiosk(), self.hall.desk
        snapshot = self.hall.read(lambda unit: desk.waiting.snapshot(unit, actor))
        self.board.show(snapshot, anew=True)
        self.cursor = snapshot.cursor

    def chain_is_whole(self) -> bool:
        actor, desk = system_actor(self.hall.hall_id), self.hall.desk
        return self.hall.read(lambda unit: desk.sequencer.verify(unit, actor)).broken_at is None
