"""The push feed: the sequencer's thread wakes it, the event loop fans out. It only carries; the store is the truth."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable

from fastapi import APIRouter, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from clerk_app.domain.errors import Fault, NotAllowed, StoreFault
from clerk_app.ports.feed import FeedCursor, FeedEntry, FeedPage
from clerk_app.server.calls import SCREEN_COOKIE, adapter, authenticate
from clerk_app.server.web import of_own_page
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.sequencer import public_entry

_LOG = logging.getLogger(__name__)
_QUEUED = 1000
_PAGE = 500
_TIMER = 1.0
_BREATH = 0.02
"""Seconds between two runs of the sequencer: each is a commit of its own, too dear after every single call."""
_HOUSEKEEPING_EVERY = 3600
_COME_BACK = 1013

router = APIRouter(prefix="/v1", tags=["feed"])


class Subscriber:
    """One open connection; filled from the event loop only."""

    def __init__(self, hall_id: str, device_id: str, loop: asyncio.AbstractEventLoop) -> None:
        self.hall_id = hall_id
        self.device_id = device_id
        self.loop = loop
        self.messages: asyncio.Queue[str | None] = asyncio.Queue(_QUEUED)

    def offer(self, message: str | None) -> None:
        """Queue a message; None ends the connection. A reader that is 1000 messages behind is cut off and comes
        back with its cursor."""
        if self.messages.full():
            while not self.messages.empty():
                self.messages.get_nowait()
            message = None
        self.messages.put_nowait(message)


class FeedHub:
    """Who listens, per hall, and how far each hall was pushed."""

    def __init__(self, desk: HallDesk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._subscribers: set[Subscriber] = set()
        self._pushed: dict[str, int] = {}
        self.on_pushed: Callable[[tuple[FeedEntry, ...]], None] = lambda entries: None

    @property
    def listening(self) -> int:
        """How many connections are open."""
        with self._lock:
            return len(self._subscribers)

    def join(self, subscriber: Subscriber) -> None:
        with self._lock:
            self._subscribers.add(subscriber)

    def leave(self, subscriber: Subscriber) -> None:
        with self._lock:
            self._subscribers.discard(subscriber)

    def push(self, hall_id: str) -> None:
        """Send what is new since the last push; called by the sequencer's thread only."""
        store = self._desk.store
        if hall_id not in self._pushed:
            self._pushed[hall_id] = store.read(hall_id, lambda unit: unit.journal.head()[0])
            return
        while entries := self._next(hall_id):
            page = FeedPage(store.epoch, entries[-1].feed_no, True, entries)
            self._send(hall_id, entries, adapter(FeedPage).dump_json(page).decode())
            self._pushed[hall_id] = entries[-1].feed_no
            self.on_pushed(entries)
            if len(entries) < _PAGE:
                return

    def _next(self, hall_id: str) -> tuple[FeedEntry, ...]:
        after = self._pushed[hall_id]
        found = self._desk.store.read(hall_id, lambda unit: unit.journal.after(after, _PAGE))
        return tuple(public_entry(entry) for entry in found)

    def _send(self, hall_id: str, entries: tuple[FeedEntry, ...], message: str) -> None:
        revoked = {entry.subject for entry in entries if entry.kind == "device.revoked"}
        with self._lock:
            listeners = [subscriber for subscriber in self._subscribers if subscriber.hall_id == hall_id]
        for subscriber in listeners:
            offered = None if subscriber.device_id in revoked else message
            try:
                subscriber.loop.call_soon_threadsafe(subscriber.offer, offered)
            except RuntimeError:
                self.leave(subscriber)


class SequencerLoop:
    """The sequencer's thread: woken after commits, and by a timer for what other processes committed."""

    def __init__(self, desk: HallDesk, hub: FeedHub) -> None:
        self._desk = desk
        self._hub = hub
        self._wake = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)

    def start(self) -> None:
        self._desk.store.listen(self.wake)
        for hall_id in self._desk.store.halls():
            self._desk.sequencer.run(hall_id)
            self._hub.push(hall_id)
        self._thread.start()

    def wake(self, hall_id: str) -> None:
        """Something was committed, here or by another server."""
        self._wake.set()

    def stop(self) -> None:
        """One last run, then the thread ends."""
        self._stopped = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        rounds, swept = 0, time.monotonic()
        while True:
            self._wake.wait(_TIMER)
            self._wake.clear()
            last = self._stopped
            try:
                sweep = time.monotonic() - swept >= _TIMER
                swept = time.monotonic() if sweep else swept
                for hall_id in self._desk.store.halls():
                    if sweep:
                        self._desk.matcher.sweep(self._desk.store, hall_id)
                    self._desk.sequencer.run(hall_id)
                    self._hub.push(hall_id)
                    if rounds % _HOUSEKEEPING_EVERY == 0:
                        self._desk.requests.forget_old(hall_id)
            except Exception:  # noqa: BLE001 - reported, and the loop goes on
                _LOG.exception("the sequencer goes on after an error")
            rounds += 1
            if last:
                return
            time.sleep(_BREATH)


def _cursor(socket: WebSocket) -> FeedCursor:
    query = socket.query_params
    return FeedCursor(query.get("epoch", ""), int(query.get("after", "0")), query.get("mark", ""))


async def _serve(
    socket: WebSocket, subscriber: Subscriber, read: Callable[[FeedCursor], FeedPage], cursor: FeedCursor
) -> None:
    try:
        while True:
            page = await run_in_threadpool(read, cursor)
            await socket.send_text(adapter(FeedPage).dump_json(page).decode())
            if not page.known or not page.entries:
                break
            cursor = FeedCursor(page.epoch, page.entries[-1].feed_no, page.entries[-1].mark)
        while (message := await subscriber.messages.get()) is not None:
            await socket.send_text(message)
        await socket.close(_COME_BACK)
    except StoreFault:
        _LOG.exception("the feed cannot read the store")
        await socket.close(_COME_BACK)
    except (WebSocketDisconnect, RuntimeError):
        _LOG.debug("a feed reader went away")


@router.websocket("/feed")
async def feed(socket: WebSocket) -> None:
    """Pages after ``epoch``, ``after``, ``mark``; then each new entry as it is sequenced. Nothing is read from it."""
    state = socket.app.state
    desk: HallDesk = state.desk
    header = socket.headers.get("authorization")
    # A browser sends the cookie along for any page; only ours may listen with it.
    screen = socket.cookies.get(SCREEN_COOKIE) if of_own_page(socket.headers) else None
    try:
        cursor = _cursor(socket)
        caller = await run_in_threadpool(authenticate, desk, state.activity, header, None, screen)
    except (NotAllowed, Fault, ValueError):
        await socket.close()
        return
    await socket.accept()
    hall_id = caller.actor.hall_id
    subscriber = Subscriber(hall_id, caller.device_id, asyncio.get_running_loop())
    state.hub.join(subscriber)
    state.activity.feed_opened()

    def read(after: FeedCursor) -> FeedPage:
        return desk.store.read(hall_id, lambda unit: desk.feed.page(unit, caller.actor, after))

    sending = asyncio.create_task(_serve(socket, subscriber, read, cursor))
    try:
        # Only to notice that the other side has gone.
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass
    finally:
        state.hub.leave(subscriber)
        state.activity.feed_closed()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
