"""What all readers share, whatever carries their commands: connect, look for a card, read it, get over every fault.

Laying the card down is the only act: whoever reads in the background calls ``wait_for_card`` again and again. A card
stays "read" for the security module until it is lifted: "not found" after a success therefore means "the same card
still lies there, or none", and is no error.
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable

from drivers.base.devices import IdCardReader
from drivers.base.errors import DeviceError, ModuleFault, NotConnected, ProtocolError, Timeout
from drivers.base.health import Health, HealthState, Now
from drivers.base.readings import CardReading

ABSENT = "读卡器没有连上，请检查连线；先手工录入，插好后自动恢复"
SILENT = "读卡器没有回应，请检查电源，或请技术员核对波特率；先手工录入"
NOT_LIFTED = "证件已读完。还要读就把证拿起来再放"
_SILENCES_BEFORE_RECONNECTING = 3


class PollingReader(IdCardReader):
    """The loop around ``_connect``, ``_find`` and ``_read_found``, which a driver fills in.

    poll_interval: seconds between two questions for a card, 0.3 at least [C].
    reconnect_interval: seconds between two tries to reach a reader that is away.
    """

    def __init__(
        self, *, now: Now, monotonic: Callable[[], float], poll_interval: float, reconnect_interval: float
    ) -> None:
        super().__init__(now)
        self._monotonic = monotonic
        self._poll_interval = poll_interval
        self._reconnect_interval = reconnect_interval
        self._silences = 0
        self._lift_expected = False
        self._next_find = monotonic()

    @abstractmethod
    def _connect(self, cancel: threading.Event, deadline: float) -> None:
        """Reach a reader whose security module answers; no effect when one is reached.

        Raises NotConnected, Timeout, ModuleFault, ProtocolError. Tries nothing new after ``deadline`` or ``cancel``.
        """

    @abstractmethod
    def _find(self, cancel: threading.Event) -> bool:
        """Whether a card lies there that was not read yet; False also when ``cancel`` was set meanwhile."""

    @abstractmethod
    def _read_found(self) -> CardReading:
        """Read the card just found, and set ``_lift_expected`` from the moment on that the module wants it lifted."""

    @abstractmethod
    def _disconnect(self) -> None:
        """Give up the connection; never raises. No effect when there is none."""

    @property
    @abstractmethod
    def _connected(self) -> bool:
        """Whether a reader is reached as far as is known."""

    @abstractmethod
    def _ask_module(self) -> None:
        """Hear that the security module is well; raises DeviceError."""

    def wait_for_card(self, timeout: float, cancel: threading.Event) -> CardReading | None:
        deadline = self._monotonic() + timeout
        while not cancel.is_set():
            trouble: DeviceError | None = None
            pause = self._poll_interval
            try:
                self._connect(cancel, deadline)
                cancel.wait(max(0.0, self._next_find - self._monotonic()))
                if not cancel.is_set() and self._look(cancel):
                    return self._read_card()
            except (NotConnected, Timeout) as exc:
                trouble = told(exc)
                pause = self._pause_after(exc)
                if isinstance(exc, Timeout):
                    self._count_silence()
            except (ModuleFault, ProtocolError) as exc:
                self._tracker.fail(exc)
                self._count_silence()
                raise
            if trouble is not None and not cancel.is_set():
                self._tracker.fail(trouble)
            remaining = deadline - self._monotonic()
            if remaining <= 0:
                if trouble is not None and not cancel.is_set():
                    raise trouble
                break
            cancel.wait(min(pause, remaining))
        return None

    def probe(self) -> Health:
        try:
            self._connect(threading.Event(), float("inf"))
            self._ask_module()
            self._ready()
        except DeviceError as exc:
            self._tracker.fail(told(exc))
            if isinstance(exc, Timeout):
                self._disconnect()
        return self.health()

    def close(self) -> None:
        self._disconnect()
        self._tracker.set(HealthState.ABSENT, "closed", ABSENT)

    def _pause_after(self, error: NotConnected | Timeout) -> float:
        """Seconds until the reader is tried again: a port that is away needs a hand to come back."""
        return self._reconnect_interval if isinstance(error, NotConnected) else self._poll_interval

    def _look(self, cancel: threading.Event) -> bool:
        self._next_find = self._monotonic() + self._poll_interval
        found = self._find(cancel)
        if not cancel.is_set():
            self._silences = 0
            if found:
                self._lift_expected = False
            else:
                self._ready()
        return found

    def _read_card(self) -> CardReading:
        """Raises CardError with the clerk's sentence, NotConnected when the reader is lost."""
        self._tracker.set(HealthState.BUSY, "reading")
        try:
            reading = self._read_found()
        except DeviceError as exc:
            if self._connected:
                self._ready()
            else:
                self._tracker.fail(told(exc))
            raise
        self._ready()
        return reading

    def _count_silence(self) -> None:
        self._silences += 1
        if self._silences >= _SILENCES_BEFORE_RECONNECTING:
            self._silences = 0
            self._disconnect()

    def _ready(self) -> None:
        if self._lift_expected:
            self._tracker.set(HealthState.READY, "card_not_lifted", NOT_LIFTED)
        else:
            self._tracker.set(HealthState.READY, "ready")


def told(error: DeviceError) -> DeviceError:
    """``error`` in the words of a reader, where whoever raised it knew nothing better than the general sentence."""
    if error.advice == type(error).default_advice:
        if isinstance(error, NotConnected):
            return NotConnected(str(error), word=error.word, advice=ABSENT)
        if isinstance(error, Timeout):
            return Timeout(str(error), word=error.word, advice=SILENT)
    return error
