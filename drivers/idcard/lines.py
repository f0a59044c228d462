"""Where a GA 467 reader may hang: one port, one port at an unknown rate, or any serial port of this PC.

The reader's code asks for the choices anew at every round of the search, so that what is plugged in meanwhile is
found. A port is tried at the rate of the factory before any port is tried at another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from drivers.base.transport import ByteTransport, SerialTransport
from drivers.serial_ports import SerialPort, available_ports

BAUD_RATES = (115200, 57600, 38400, 19200, 9600)
"""The rates that the reader can be set to [C], that of the factory first."""

SerialLine = Callable[[str, int], ByteTransport]
"""Makes an unopened line for a port and a rate."""


@dataclass(frozen=True, slots=True)
class LineChoice:
    """One way to a reader. ``name`` tells it from the others (``COM3@9600``); ``make`` gives an unopened line."""

    name: str
    make: Callable[[], ByteTransport]


Choices = Callable[[], Sequence[LineChoice]]


def only(name: str, make: Callable[[], ByteTransport]) -> Choices:
    """A line without a rate: USB."""
    return lambda: (LineChoice(name, make),)


def at_rates(connect: Callable[[int], ByteTransport], rates: Sequence[int], port: str = "") -> Choices:
    """One line at rates to try in turn; ValueError when there is none."""
    if not rates:
        raise ValueError("at least one baud rate is needed")
    return lambda: tuple(_at(connect, rate, port) for rate in rates)


def on_port(port: str, rates: Sequence[int] = BAUD_RATES, serial: SerialLine = SerialTransport) -> Choices:
    """A serial port that is named in the settings."""
    return at_rates(lambda rate: serial(port, rate), rates, port)


def on_any_port(
    rates: Sequence[int] = BAUD_RATES,
    *,
    serial: SerialLine = SerialTransport,
    ports: Callable[[], Iterable[SerialPort]] = available_ports,
    taken: Iterable[str] = (),
) -> Choices:
    """Every serial port but those ``taken`` by other devices: a printer would print a question to a reader.

    Readers come by USB; a port of the main board is asked last.
    """
    others = frozenset(taken)

    def choices() -> Sequence[LineChoice]:
        free = sorted(
            (port for port in ports() if port.device not in others),
            key=lambda port: (port.vendor_id is None, port.device),
        )
        return tuple(choice for rate in rates for port in free for choice in on_port(port.device, (rate,), serial)())

    return choices


def _at(connect: Callable[[int], ByteTransport], rate: int, port: str) -> LineChoice:
    return LineChoice(f"{port}@{rate}", lambda: connect(rate))
