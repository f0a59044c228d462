"""Where a device hangs, as the settings write it: a serial port or a serial server in the network, with a number on it.

::

    COM5   /dev/ttyUSB0        the port at the device's usual rate
    COM5@19200                 at another rate
    tcp:192.168.1.20:4196      a serial server that passes the bytes on
    COM5#3                     the device with the number 3 on that line
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.base.registry import BadAddress
from drivers.base.transport import ByteTransport, SerialTransport, TcpTransport

_TCP = "tcp:"
_HIGHEST_NUMBER = 255
_HIGHEST_BAUD = 4_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """``where`` is a port (``COM5``) or ``tcp:host:port``; ``number`` the device's own on that line, 0 to 255."""

    where: str
    baud: int
    number: int

    @property
    def line(self) -> str:
        """The line alone: two devices with the same one share it."""
        return self.where if self.where.startswith(_TCP) else f"{self.where}@{self.baud}"

    def transport(self) -> ByteTransport:
        """An unopened line."""
        if self.where.startswith(_TCP):
            host, _, port = self.where.removeprefix(_TCP).rpartition(":")
            return TcpTransport(host.strip("[]"), int(port))
        return SerialTransport(self.where, self.baud)


def parse_place(address: str, *, baud: int, number: int = 0) -> Place:
    """The place of ``address``; ``baud`` and ``number`` where it names none. Raises ``BadAddress``."""
    where, sharp, own = address.partition("#")
    if sharp:
        number = _number(own, _HIGHEST_NUMBER, address)
    if where.startswith(_TCP):
        host, _, port = where.removeprefix(_TCP).rpartition(":")
        if not host or _number(port, 65535, address) == 0:
            raise _unreadable(address)
        return Place(where, 0, number)
    port, at, rate = where.partition("@")
    if at:
        baud = _number(rate, _HIGHEST_BAUD, address)
    if not port or not baud or any(sign.isspace() for sign in port):
        raise _unreadable(address)
    return Place(port, baud, number)


def _number(words: str, highest: int, address: str) -> int:
    if not (words.isascii() and words.isdigit() and len(words) <= 8 and int(words) <= highest):
        raise _unreadable(address)
    return int(words)


def _unreadable(address: str) -> BadAddress:
    return BadAddress(f"地址“{address}”认不出，应像 COM5、COM5@9600、COM5#3 或 tcp:192.168.1.20:4196#3")
