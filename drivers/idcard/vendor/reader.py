"""What the two vendor libraries share: the port that is searched once, calls that may hang or crash."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Sequence

from drivers.base.errors import CardError, DeviceError, NotConnected, ProtocolError, Timeout
from drivers.base.health import Now
from drivers.base.readings import CardReading
from drivers.base.trace import Direction, Trace, no_trace
from drivers.idcard.polling import PollingReader
from drivers.idcard.vendor.library import VendorLibrary
from drivers.idcard.vendor.process import Argument, Helper, Returned, ports_in_order

_NOT_FOUND = "厂家的库没有找到读卡器，请检查连线，关掉厂家自己的读卡程序；先手工录入，插好后自动恢复"


class VendorReader(PollingReader):
    """A reader behind a vendor library.

    ports: to try in this order; empty for all, USB first. call_timeout, read_timeout: seconds after which the helper
        process is taken for hung and is killed; above the library's own, which wait up to 1 and 3 s for the reader.
    """

    def __init__(
        self,
        library: VendorLibrary,
        *,
        now: Now,
        ports: Sequence[int] = (),
        poll_interval: float = 0.3,
        call_timeout: float = 2.0,
        read_timeout: float = 5.0,
        reconnect_interval: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
        trace: Trace = no_trace,
    ) -> None:
        super().__init__(
            now=now, monotonic=monotonic, poll_interval=poll_interval, reconnect_interval=reconnect_interval
        )
        self._helper = Helper(library)
        self._ports = ports_in_order(ports)
        self._untried: list[int] = []
        self._heard: DeviceError | None = None
        self._call_timeout = call_timeout
        self._read_timeout = read_timeout
        self._trace = trace
        self._port: int | None = None
        self.found: int | None = None
        """The port where a reader last answered."""

    @property
    def helper_starts(self) -> int:
        """How often a helper process was started."""
        return self._helper.starts

    @abstractmethod
    def _open(self, port: int) -> bool:
        """Whether a reader answers there; raises ModuleFault for an ill one."""

    @abstractmethod
    def _give_back(self, port: int) -> None:
        """Close the port by the library's own function; raises DeviceError."""

    @abstractmethod
    def _read(self) -> CardReading:
        """Select, read and decode the card just found."""

    @property
    def _connected(self) -> bool:
        return self._port is not None and self._helper.running

    def _connect(self, cancel: threading.Event, deadline: float) -> None:
        if self._connected:
            return
        self._port = None
        if not self._untried:
            self._untried = sorted(self._ports, key=lambda port: port != self.found)
            self._heard = None
        while self._untried and not cancel.is_set():
            port = self._untried.pop(0)
            if self._open(port):
                self._port = self.found = port
                self._untried.clear()
                self._lift_expected = False
                self._trace(Direction.NOTE, f"端口 {port} 上有读卡器", ())
                self._ready()
                return
            if self._monotonic() >= deadline:
                break
        # a library that fell over at one port says more than that the others are empty
        raise self._heard or NotConnected("no reader on any port", word="not_found", advice=_NOT_FOUND)

    def _disconnect(self) -> None:
        port, self._port = self._port, None
        if port is not None and self._helper.running:
            try:
                self._give_back(port)
            except DeviceError:
                self._trace(Direction.NOTE, "端口没有正常关上", ())
        self._helper.close()

    def _pause_after(self, error: NotConnected | Timeout) -> float:
        """A process that falls over again and again is not started more often than a port is tried."""
        return self._reconnect_interval

    def _read_found(self) -> CardReading:
        try:
            return self._read()
        except Timeout as exc:
            raise CardError(str(exc), word=exc.word, advice=exc.advice) from exc
        finally:
            self._helper.empty_folder()

    def _call(
        self, name: str, *args: Argument, timeout: float | None = None, cancel: threading.Event | None = None
    ) -> Returned | None:
        try:
            returned = self._helper.call(
                name, *args, timeout=self._call_timeout if timeout is None else timeout, cancel=cancel
            )
        except Timeout as exc:
            self._port = None
            self._heard = exc
            self._trace(Direction.NOTE, f"{name} → {exc.word}", ())
            raise
        if returned is not None:
            self._trace(Direction.NOTE, f"{name} → {returned.result}", ())
        return returned

    def _demand(self, name: str, *args: Argument, timeout: float | None = None) -> Returned:
        returned = self._call(name, *args, timeout=timeout)
        if returned is None:
            raise ProtocolError("given up")
        return returned
