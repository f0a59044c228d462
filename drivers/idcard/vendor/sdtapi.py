"""Readers through ``sdtapi``: the functions SDT_* over the same security module, so with the same status bytes [C].

Tried against a library with the same entry points, built with the system's compiler [T]; the maker's own library,
stdcall and 32 bits were not at hand. The last argument of most functions says whether the function opens the port by
itself; 0, because the port stays open here [M].
"""

from __future__ import annotations

import threading
from dataclasses import replace

from drivers.base.errors import CardUnreadable, NotConnected
from drivers.base.readings import CardKind, CardReading
from drivers.idcard import commands
from drivers.idcard.text_block import decode_text, decode_text_block
from drivers.idcard.vendor.process import count, out
from drivers.idcard.vendor.reader import VendorReader

NAMES = ("sdtapi.dll", "libsdtapi.so", "sdtapi.so")
_PORT_OPEN = 0
_LOWEST_STATUS = 0x10
"""Below it are the library's own numbers: the port is not open, or the line timed out [M]."""
_SAM_ID_BYTES = 64


class SdtReader(VendorReader):
    """Reads cards by SDT_StartFindIDCard, SDT_SelectIDCard and SDT_ReadBaseMsg."""

    def sam_id(self) -> str:
        """The security module's number as printed on the reader; raises DeviceError."""
        self._connect(threading.Event(), float("inf"))
        returned = self._demand("SDT_GetSAMIDToStr", self._open_port, out(_SAM_ID_BYTES), _PORT_OPEN)
        self._check(returned.result)
        return returned.data(0).partition(b"\0")[0].decode("ascii", "replace").strip()

    @property
    def _open_port(self) -> int:
        if self._port is None:
            raise NotConnected("no port is open")
        return self._port

    def _open(self, port: int) -> bool:
        if self._demand("SDT_OpenPort", port).result != commands.OK:
            return False
        status = self._demand("SDT_GetSAMStatus", port, _PORT_OPEN).result
        if status == commands.OK:
            return True
        self._give_back(port)
        if status in (commands.SELF_TEST_FAILED, commands.NOT_AUTHORISED):
            raise commands.error_for(status)
        return False

    def _give_back(self, port: int) -> None:
        self._call("SDT_ClosePort", port)

    def _ask_module(self) -> None:
        self._check(self._demand("SDT_GetSAMStatus", self._open_port, _PORT_OPEN).result)

    def _find(self, cancel: threading.Event) -> bool:
        returned = self._call("SDT_StartFindIDCard", self._open_port, out(4), _PORT_OPEN, cancel=cancel)
        if returned is None or returned.result == commands.FIND_FAILED:
            return False
        self._check(returned.result, commands.FOUND)
        return True

    def _read(self) -> CardReading:
        port = self._open_port
        self._check(self._demand("SDT_SelectIDCard", port, out(8), _PORT_OPEN).result)
        returned = self._demand(
            "SDT_ReadBaseMsg",
            port,
            out(commands.TEXT_BYTES),
            count(commands.TEXT_BYTES),
            out(commands.PHOTO_BYTES),
            count(commands.PHOTO_BYTES),
            _PORT_OPEN,
            timeout=self._read_timeout,
        )
        self._check(returned.result)
        self._lift_expected = True
        if returned.number(1) != commands.TEXT_BYTES:
            raise CardUnreadable(f"text of {returned.number(1)} bytes", word="bad_text_block")
        reading = decode_text_block(returned.data(0), returned.data(2)[: max(0, returned.number(3))])
        if reading.kind is CardKind.RESIDENT:
            reading = replace(reading, newest_address=self._newest_address(port))
        return reading

    def _newest_address(self, port: int) -> str | None:
        if not all(self._helper.has("SDT_ReadNewAppMsg")):
            return None
        room = commands.ADDRESS_BYTES
        returned = self._demand("SDT_ReadNewAppMsg", port, out(room), count(room), _PORT_OPEN)
        if returned.result in commands.WITHOUT_NEWEST_ADDRESS:
            return None
        self._check(returned.result)
        return decode_text(returned.data(0)[: max(0, min(room, returned.number(1)))]) or None

    def _check(self, status: int, wanted: int = commands.OK) -> None:
        if status == wanted:
            return
        if status < _LOWEST_STATUS:
            self._disconnect()
            raise NotConnected(f"the library answered {status}", word="port_lost")
        raise commands.error_for(status)
