"""Keeps one device of a counter in use, whatever its driver does.

A host knows under which settings its device may be found (``ga467-serial:COM3``; several where the settings say
"auto"), makes the device, changes over to another candidate when the one in use is away, and stands between the
program and a driver's own mistakes: an exception that is no DeviceError drops the device, is logged once, shows as a
fault on the light, and the next call starts with a new device. Calls come one at a time, from whatever thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from drivers.base.devices import Device
from drivers.base.errors import DeviceError, NotConnected
from drivers.base.health import Health, HealthState, HealthTracker, Now

_LOG = logging.getLogger(__name__)
_CLOSING_PATIENCE = 5.0

Kind = TypeVar("Kind", bound=Device)
Result = TypeVar("Result")
Candidates = Callable[[], Sequence[str]]
"""The settings under which the device may be found now, the likeliest first; may be empty."""


class DriverCrashed(DeviceError):
    """The driver made a mistake of its own: a package of a third party, or ours."""

    default_word = "driver_error"
    default_advice = "设备的驱动程序出了错，已经重新启动它；还这样请技术员在设备页导出记录"


class Host(Generic[Kind]):
    """``make`` gives a device for a setting and does no I/O; ``absent`` is what the clerk is told while nothing is
    found."""

    def __init__(self, make: Callable[[str], Kind], candidates: Candidates, *, now: Now, absent: str) -> None:
        self._make = make
        self._candidates = candidates
        self._absent = absent
        self._one_at_a_time = threading.RLock()
        self._made: dict[str, Kind] = {}
        self._setting = ""
        self._failed = ""
        self._own = HealthTracker(now)
        self._own.set(HealthState.ABSENT, "not_opened", "")
        self._ill = False
        self._shown: Health | None = None

    @property
    def setting(self) -> str:
        """The setting in use, or the last one that was tried; empty before the first."""
        return self._setting

    def call(self, work: Callable[[Kind], Result]) -> Result:
        """``work`` with the device; raises the driver's DeviceError, ``DriverCrashed`` for any other exception, and
        NotConnected while there is nothing to try."""
        with self._one_at_a_time:
            device = self._device()
            try:
                result = work(device)
            except NotConnected:
                self._failed = self._setting
                raise
            except DeviceError:
                raise
            except Exception as error:
                raise self._crashed(error) from error
            self._ill = False
            return result

    def probe(self) -> Health:
        """Ask the device how it is; with several candidates each is asked until one is there. Never raises."""
        for _ in range(max(1, len(self._listed()))):
            try:
                health = self.call(lambda device: device.probe())
            except DeviceError:
                continue
            if health.state is not HealthState.ABSENT:
                break
            self._failed = self._setting
        return self.health()

    def health(self) -> Health:
        """The last known state; never blocks. ``since`` outlives a change of the device object behind it."""
        device = None if self._ill else self._made.get(self._setting)
        now = self._own.health if device is None else device.health()
        shown = self._shown
        if shown is not None and (shown.state, shown.word) == (now.state, now.word):
            now = Health(now.state, shown.since, now.word, now.advice)
        self._shown = now
        return now

    def close(self) -> None:
        """Give the port back; the next call opens it again. A driver that does not come back is left alone."""
        if not self._one_at_a_time.acquire(timeout=_CLOSING_PATIENCE):
            _LOG.error("the device %s is still busy and was not closed", self._setting)
            return
        try:
            for setting in list(self._made):
                self._drop(setting)
        finally:
            self._one_at_a_time.release()

    # --- inside -----------------------------------------------------------------------------------------------
    def _listed(self) -> Sequence[str]:
        try:
            return self._candidates()
        except Exception:  # noqa: BLE001 - looking is another's code; what was known stays
            _LOG.exception("looking for a device failed")
            return (self._setting,) if self._setting else ()

    def _device(self) -> Kind:
        listed = self._listed()
        if not listed:
            self._forget()
            self._own.set(HealthState.ABSENT, "not_found", self._absent)
            raise NotConnected("nothing to try", word="not_found", advice=self._absent)
        if self._setting not in listed:
            self._forget()
            self._setting = listed[0]
        elif self._failed == self._setting and len(listed) > 1:
            self._setting = listed[(listed.index(self._setting) + 1) % len(listed)]
        self._failed = ""
        if self._setting not in self._made:
            try:
                self._made[self._setting] = self._make(self._setting)
            except Exception as error:
                raise self._crashed(error) from error
        return self._made[self._setting]

    def _crashed(self, error: Exception) -> DriverCrashed:
        if not self._ill:
            # The text of the error may hold what was read: only its kind is logged.
            _LOG.error("the driver of %s failed: %s", self._setting, type(error).__qualname__)
        self._ill = True
        self._drop(self._setting)
        self._failed = self._setting
        crashed = DriverCrashed(type(error).__qualname__)
        self._own.fail(crashed)
        return crashed

    def _forget(self) -> None:
        """The device in use hangs here no more."""
        if self._setting in self._made:
            self._drop(self._setting)
        self._setting = ""

    def _drop(self, setting: str) -> None:
        device = self._made.pop(setting, None)
        if device is not None:
            with suppress(Exception):
                device.close()
