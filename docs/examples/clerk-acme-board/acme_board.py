"""ACME's call boards in the network: a line of GB 2312 text that ends with LF; the board never answers.

``acme-board:192.168.1.40:7001``. Option ``blink``: ``on`` lets the line blink. Protocol from the imaginary manual 1.2;
tried with the listener of ``test_acme_board`` only.
"""

from drivers.base.devices import CallBoard
from drivers.base.errors import DeviceError, NotConnected, Unprintable
from drivers.base.health import Health, HealthState
from drivers.base.registry import BadAddress, Capability, Context, Driver
from drivers.base.trace import Direction
from drivers.base.transport import TcpTransport

_ABSENT = "窗口屏没有连上，请检查网线；叫号照常，大屏和语音不受影响"
_WRITE_S = 1.0


class AcmeBoard(CallBoard):
    """One board. The line is opened at the first use and again after a loss."""

    def __init__(self, host: str, port: int, context: Context) -> None:
        super().__init__(context.now)
        self._line = TcpTransport(host, port)
        self._trace = context.trace
        self._blink = context.options.get("blink") == "on"

    def send(self, text: str) -> None:
        try:
            frame = (b"*" if self._blink else b"") + text.encode("gb2312") + b"\n"
        except UnicodeEncodeError as exc:
            raise Unprintable("a character is not in GB 2312") from exc
        try:
            self._write(frame)
        except DeviceError as exc:
            raise self._lost(exc) from exc
        # A line for a hall holds no personal data; what does is passed as Masked spans.
        self._trace(Direction.SENT, frame, ())
        self._tracker.set(HealthState.READY, "sent")

    def probe(self) -> Health:
        try:
            self._line.open()
            self._line.discard_input()
        except DeviceError as exc:
            self._lost(exc)
        else:
            self._tracker.set(HealthState.READY, "open")
        return self.health()

    def close(self) -> None:
        self._line.close()
        self._tracker.set(HealthState.ABSENT, "closed", _ABSENT)

    def _write(self, frame: bytes) -> None:
        """A line that was lost since the last time is opened once more."""
        try:
            self._line.open()
            self._line.discard_input()
            self._line.write(frame, _WRITE_S)
        except NotConnected:
            self._line.open()
            self._line.write(frame, _WRITE_S)

    def _lost(self, exc: DeviceError) -> NotConnected:
        self._line.close()
        trouble = NotConnected(str(exc), word=exc.word, advice=_ABSENT)
        self._tracker.fail(trouble)
        return trouble


def make(address: str, context: Context) -> AcmeBoard:
    """No input or output here: only the address and the options are read."""
    unknown = sorted(set(context.options) - {"blink"})
    if unknown:
        raise BadAddress(f"ACME 窗口屏不认识选项 {'、'.join(unknown)}，它的选项：blink")
    host, _, port = address.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise BadAddress(f"ACME 窗口屏的地址“{address}”认不出，应像 192.168.1.40:7001")
    return AcmeBoard(host, int(port), context)


DRIVERS = (Driver("acme-board", Capability.CALL_BOARD, "ACME 网口窗口屏", make, tried="监听程序；没有接过真机"),)
