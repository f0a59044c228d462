"""Serial and CDC scanners: they send a line when they read a code; nothing is ever asked of them.

A serial line and not the keyboard, because a Chinese input method takes what is typed into its composition
(devices.md E). That scanners end a code with CR or LF is their usual setting [M]; no scanner was at hand, tried
against the simulator [T].
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from drivers.base.devices import CodeScanner
from drivers.base.errors import DeviceError, NotConnected, ProtocolError
from drivers.base.health import Health, HealthState, Now
from drivers.base.trace import Direction, Masked, Trace, no_trace
from drivers.base.transport import ByteTransport
from drivers.scanner.codes import ENCODINGS, Code, CodeParser

BAUD = 9600
_SLICE = 0.1
_QUIET = 0.25
"""A longer pause inside a code means that the rest does not come (at 9600 baud a byte takes a millisecond)."""

_TWICE_WITHIN = 0.5
_NOBODY_WAITED = 1.0
_ABSENT = "扫码枪没有连上，请检查连线；先手工输入号码"
_NO_TEXT = "扫到的不是文字码，请再扫一次；还不行请手工输入号码"
_NO_END = "扫码枪没有在码后面加回车，请照说明书扫一下“加回车”的设置码"
_TOO_LONG = "这个码太长，不是大厅的码，请核对"


class SerialScanner(CodeScanner):
    """connect: gives an unopened transport; called again after a loss. ends_with_quiet: a pause ends a code, for a
    scanner that cannot be made to send CR or LF. encodings: tried in turn."""

    def __init__(
        self,
        connect: Callable[[], ByteTransport],
        *,
        now: Now,
        ends_with_quiet: bool = False,
        encodings: Sequence[str] = ENCODINGS,
        reconnect_interval: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
        trace: Trace = no_trace,
    ) -> None:
        super().__init__(now)
        self._connect = connect
        self._ends_with_quiet = ends_with_quiet
        self._reconnect_interval = reconnect_interval
        self._monotonic = monotonic
        self._trace = trace
        self._line: ByteTransport | None = None
        self._parser = CodeParser(encodings)
        self._codes: deque[Code] = deque()
        self._heard_at = self._waited_at = monotonic()
        self._last: tuple[str, float] | None = None

    def wait_for_code(self, timeout: float, cancel: threading.Event) -> str | None:
        deadline = self._monotonic() + timeout
        self._forget_if_nobody_waited()
        try:
            while not cancel.is_set():
                try:
                    text = self._next(deadline, cancel)
                except NotConnected as exc:
                    trouble = self._lost(exc)
                    remaining = deadline - self._monotonic()
                    if remaining <= 0:
                        raise trouble from exc
                    cancel.wait(min(self._reconnect_interval, remaining))
                    continue
                if text is not None or self._monotonic() >= deadline:
                    return text
            return None
        finally:
            self._waited_at = self._monotonic()

    def probe(self) -> Health:
        try:
            self._receive(self._opened(), 0)
        except DeviceError as exc:
            self._lost(exc)
        else:
            self._tracker.set(HealthState.READY, "ready")
        return self.health()

    def close(self) -> None:
        self._drop()
        self._tracker.set(HealthState.ABSENT, "closed", _ABSENT)

    def _next(self, deadline: float, cancel: threading.Event) -> str | None:
        """The next code, None at the end of the time; raises ProtocolError for what is none."""
        line = self._opened()
        while not cancel.is_set():
            while self._codes:
                text = self._judge(self._codes.popleft())
                if text is not None:
                    return text
            left = deadline - self._monotonic()
            if left <= 0:
                return None
            self._receive(line, min(_SLICE, left))
        return None

    def _receive(self, line: ByteTransport, timeout: float) -> None:
        data = line.read(timeout)
        if data:
            self._heard_at = self._monotonic()
            self._trace(Direction.RECEIVED, data, (Masked(0, len(data)),))
            self._codes.extend(self._parser.feed(data))
        elif self._parser.waiting and self._monotonic() - self._heard_at >= _QUIET:
            if self._ends_with_quiet:
                if code := self._parser.flush():
                    self._codes.append(code)
            else:
                self._codes.append(Code(None, self._parser.waiting, "no_end"))
                self._parser.reset()

    def _judge(self, code: Code) -> str | None:
        """The text; None for the same code again at once, as a scanner in continuous mode sends it."""
        if code.text is None:
            self._trace(Direction.NOTE, f"{code.size} 个字节不是码（{code.why}）", ())
            advice = {"no_end": _NO_END, "too_long": _TOO_LONG}.get(code.why, _NO_TEXT)
            raise ProtocolError(f"{code.size} bytes are no code", word=code.why, advice=advice)
        at, last = self._monotonic(), self._last
        self._last = (code.text, at)
        return None if last is not None and last[0] == code.text and at - last[1] < _TWICE_WITHIN else code.text

    def _forget_if_nobody_waited(self) -> None:
        """What was scanned while no page asked for it belongs to nobody."""
        if self._monotonic() - self._waited_at < _NOBODY_WAITED:
            return
        try:
            if self._line is not None and self._line.is_open:
                self._line.discard_input()
        except NotConnected as exc:
            self._lost(exc)
        self._parser.reset()
        self._codes.clear()

    def _opened(self) -> ByteTransport:
        if self._line is None or not self._line.is_open:
            self._drop()
            line = self._connect()
            line.open()
            self._line = line
            self._tracker.set(HealthState.READY, "ready")
        return self._line

    def _lost(self, exc: DeviceError) -> NotConnected:
        self._drop()
        trouble = NotConnected(str(exc), word=exc.word, advice=_ABSENT)
        self._tracker.fail(trouble)
        return trouble

    def _drop(self) -> None:
        line, self._line = self._line, None
        self._parser.reset()
        if line is not None:
            line.close()
