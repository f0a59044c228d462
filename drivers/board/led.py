"""LED strips that are only ever sent to [C, published senders]; no strip was at hand, tried against a listener [T]."""

from __future__ import annotations

from collections.abc import Callable

from drivers.base.devices import CallBoard
from drivers.base.errors import DeviceError, NotConnected, Timeout
from drivers.base.health import Health, HealthState, Now
from drivers.base.trace import Direction, Trace, no_trace
from drivers.base.transport import ByteTransport

_ABSENT = "窗口屏没有连上，请检查连线；叫号照常，大屏和语音不受影响"
_SILENT = "窗口屏的线路不收数据，请检查电源和连线；叫号照常"

MakeFrame = Callable[[int, str], bytes]
"""Address and text to the bytes of a frame; raises Unprintable."""


class LedBoard(CallBoard):
    """One strip. connect: gives an unopened transport (9600 8N1); called again after a loss. address: 0 to 255."""

    def __init__(
        self,
        connect: Callable[[], ByteTransport],
        make_frame: MakeFrame,
        address: int,
        *,
        now: Now,
        write_timeout: float = 1.0,
        trace: Trace = no_trace,
    ) -> None:
        super().__init__(now)
        self._connect = connect
        self._make_frame = make_frame
        self._address = address
        self._write_timeout = write_timeout
        self._trace = trace
        self._line: ByteTransport | None = None

    def send(self, text: str) -> None:
        frame = self._make_frame(self._address, text)
        try:
            self._write(frame)
        except DeviceError as exc:
            raise self._lost(exc) from exc
        self._trace(Direction.SENT, frame, ())
        # What can be known: the bytes were taken. Whether a lamp is lit, nobody can say.
        self._tracker.set(HealthState.READY, "sent")

    def _write(self, frame: bytes) -> None:
        known = self._line is not None
        try:
            self._opened().write(frame, self._write_timeout)
        except NotConnected:
            if not known:
                raise
            # The plug was pulled and put back since: a strip bears the same line twice.
            self._drop()
            self._opened().write(frame, self._write_timeout)

    def probe(self) -> Health:
        try:
            line = self._opened()
            # Nothing is expected; a line that is gone is noticed by looking.
            line.discard_input()
        except DeviceError as exc:
            self._lost(exc)
        else:
            if not self.health().usable:
                self._tracker.set(HealthState.READY, "open")
        return self.health()

    def close(self) -> None:
        self._drop()
        self._tracker.set(HealthState.ABSENT, "closed", _ABSENT)

    def _opened(self) -> ByteTransport:
        if self._line is None or not self._line.is_open:
            self._drop()
            line = self._connect()
            line.open()
            self._line = line
        return self._line

    def _lost(self, exc: DeviceError) -> DeviceError:
        self._drop()
        if isinstance(exc, Timeout):
            trouble: DeviceError = Timeout(str(exc), word=exc.word, advice=_SILENT)
        else:
            trouble = NotConnected(str(exc), word=exc.word, advice=_ABSENT)
        self._tracker.fail(trouble)
        return trouble

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()
