"""One serial line of the ``FF 68`` family, shared by the caller's keypad and the citizen's: often they are one box.

One thread owns the port: it opens it and finds it again, reads, writes what others want sent, and hands every frame to
whoever joined. It outlives every exception. It runs while somebody has joined and gives the port back after that.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from drivers.base.errors import DeviceError, NotConnected
from drivers.base.trace import Direction, Masked, Trace, no_trace
from drivers.base.transport import ByteTransport
from drivers.evaluator import frames
from drivers.evaluator.frames import Frame, FrameParser

_LOG = logging.getLogger(__name__)
BAUD = 9600
ADDRESS = 5
"""The number of the vectors; a box may be set to another one."""

_SLICE = 0.05
_OPENING_PATIENCE = 4.0
_DATA_AT = 7


class Listener(Protocol):
    """A device on the line. Both are called on the line's thread and must not wait."""

    def received(self, frame: Frame) -> None:
        """A whole frame of any device on the line."""

    def line_changed(self, trouble: DeviceError | None) -> None:
        """The line is there (None), or was lost or could not be opened."""


@dataclass(slots=True)
class _Sending:
    frame: Frame
    done: threading.Event = field(default_factory=threading.Event)
    trouble: DeviceError | None = None


class SharedLine:
    """connect: gives an unopened transport (9600 8N1); called again after a loss. reconnect_interval: seconds between
    two tries to open it."""

    def __init__(
        self,
        connect: Callable[[], ByteTransport],
        *,
        write_timeout: float = 1.0,
        reconnect_interval: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
        trace: Trace = no_trace,
    ) -> None:
        self._connect = connect
        self._write_timeout = write_timeout
        self._reconnect_interval = reconnect_interval
        self._monotonic = monotonic
        self._traces: list[Trace] = [trace]
        self._changed = threading.Condition()
        self._joining = threading.Lock()
        self._listeners: list[Listener] = []
        self._waiting: deque[_Sending] = deque()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._hurry = threading.Event()
        self._line: ByteTransport | None = None
        self._trouble: DeviceError | None = NotConnected("not opened yet")
        self._tries = 0
        self._heard_at = monotonic()
        self._parser = FrameParser()
        self._unread = 0

    # --- who listens ------------------------------------------------------------------------------------------
    def watch(self, trace: Trace) -> None:
        """Tell ``trace`` too what goes over the line."""
        if trace is not no_trace and trace not in self._traces:
            self._traces.append(trace)

    def join(self, listener: Listener) -> None:
        """Hear of every frame from here on; the first one starts the line's thread. No effect when joined."""
        with self._joining:
            if listener in self._listeners:
                return
            self._listeners = [*self._listeners, listener]
            if self._thread is None:
                self._stop.clear()
                self._thread = threading.Thread(target=self._run, name="ff68-line", daemon=True)
                self._thread.start()
            else:
                listener.line_changed(self._trouble)

    def leave(self, listener: Listener) -> None:
        """Hear nothing more; the last one ends the thread and gives the port back. No effect when not joined."""
        with self._joining:
            self._listeners = [one for one in self._listeners if one is not listener]
            thread = self._thread
            if self._listeners or thread is None:
                return
            self._stop.set()
            self._hurry.set()
            thread.join()
            self._thread = None

    # --- asking the line --------------------------------------------------------------------------------------
    @property
    def is_up(self) -> bool:
        """Whether the line is open as far as is known."""
        return self._trouble is None

    def try_now(self) -> DeviceError | None:
        """Have a line that is away tried once more, and wait for the outcome; None when it is there."""
        with self._changed:
            tries = self._tries
            self._hurry.set()
            self._changed.wait_for(lambda: self.is_up or self._tries > tries, _OPENING_PATIENCE)
            return self._trouble

    def wait_up(self, timeout: float) -> None:
        """Wait up to ``timeout`` seconds for the line; raises what keeps it away."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_up, timeout)
            if self._trouble is not None:
                raise self._trouble

    def wait_quiet(self, quiet: float, most: float) -> None:
        """Return when nothing came for ``quiet`` seconds, after ``most`` seconds in any case."""
        began = self._monotonic()
        while self._monotonic() - began < most:
            left = max(self._heard_at, began) + quiet - self._monotonic()
            if left <= 0:
                return
            time.sleep(min(left, _SLICE))

    def send(self, frame: Frame) -> None:
        """Have ``frame`` written; returns when the line has taken it. Raises NotConnected, Timeout."""
        sending = _Sending(frame)
        if threading.current_thread() is self._thread:
            self._write(sending)
        else:
            if self._trouble is not None:
                raise self._trouble
            self._waiting.append(sending)
            if not sending.done.wait(self._write_timeout + _OPENING_PATIENCE):
                raise NotConnected("the line's thread did not take the frame")
        if sending.trouble is not None:
            raise sending.trouble

    # --- the thread -------------------------------------------------------------------------------------------
    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._turn()
            except DeviceError as exc:
                self._lost(exc)
            except Exception:  # noqa: BLE001 - the line's thread reports and goes on
                _LOG.exception("the line goes on after an error")
                self._lost(NotConnected("the line's thread had an error"))
            if not self.is_up and not self._stop.is_set():
                self._hurry.wait(self._reconnect_interval)
                self._hurry.clear()
        self._close()

    def _turn(self) -> None:
        line = self._line
        if line is None:
            line = self._connect()
            line.open()
            self._line = line
            self._parser.reset()
            self._set(None)
        while self._waiting:
            self._write(self._waiting.popleft())
        data = line.read(_SLICE)
        if data:
            self._heard_at = self._monotonic()
            self._unread += len(data)
        damaged = self._parser.damaged
        found = self._parser.feed(data) if data else self._parser.flush()
        if self._parser.damaged > damaged:
            self._tell(Direction.NOTE, "收到校验不对的一帧，没有采信")
        for frame in found:
            self._unread = 0
            self._tell(Direction.RECEIVED, frame.to_bytes(), _rated(frame))
            for listener in self._listeners:
                listener.received(frame)
        if not data and self._unread:
            self._tell(Direction.NOTE, f"收到 {self._unread} 个看不懂的字节")
            self._unread = 0

    def _write(self, sending: _Sending) -> None:
        line = self._line
        try:
            if line is None:
                raise NotConnected("the line is away")
            line.write(sending.frame.to_bytes(), self._write_timeout)
        except DeviceError as exc:
            sending.trouble = exc
            if threading.current_thread() is self._thread:
                self._lost(exc)
        else:
            self._tell(Direction.SENT, sending.frame.to_bytes(), _rated(sending.frame))
        finally:
            sending.done.set()

    def _lost(self, exc: DeviceError) -> None:
        self._drop()
        self._set(exc)
        for sending in self._left():
            sending.trouble = exc
            sending.done.set()

    def _close(self) -> None:
        self._drop()
        with self._changed:
            self._trouble = NotConnected("closed")
            self._changed.notify_all()
        for sending in self._left():
            sending.trouble = self._trouble
            sending.done.set()

    def _left(self) -> Iterator[_Sending]:
        with contextlib.suppress(IndexError):
            while True:
                yield self._waiting.popleft()

    def _drop(self) -> None:
        line, self._line = self._line, None
        self._parser.reset()
        self._unread = 0
        if line is not None:
            line.close()

    def _set(self, trouble: DeviceError | None) -> None:
        with self._changed:
            news = (trouble is None) != self.is_up or self._tries == 0
            self._trouble = trouble
            self._tries += 1
            self._changed.notify_all()
        if news:
            self._tell(Direction.NOTE, "线路已打开" if trouble is None else "线路断开")
        for listener in self._listeners:
            listener.line_changed(trouble)

    def _tell(self, direction: Direction, content: bytes | str, masked: tuple[Masked, ...] = ()) -> None:
        for trace in self._traces:
            trace(direction, content, masked)


class SharedLines:
    """The lines of this process by their name: who asks for the same one gets the same one, because a port can be
    opened once only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[str, SharedLine] = {}

    def line(self, name: str, connect: Callable[[], ByteTransport], trace: Trace = no_trace) -> SharedLine:
        """The line called ``name``, made at the first asking."""
        with self._lock:
            line = self._lines.setdefault(name, SharedLine(connect))
            line.watch(trace)
            return line


def _rated(frame: Frame) -> tuple[Masked, ...]:
    """How a citizen rated is nobody's business at the window: the value and the checksum made of it."""
    acknowledged = frame.function == frames.FUNC_COMMAND and len(frame.data) == 1 and not frames.is_start_rating(frame)
    if frame.function == frames.FUNC_RATING or acknowledged:
        return (Masked(_DATA_AT, _DATA_AT + len(frame.data) + 1),)
    return ()
