"""Reading a card over a serial line: what the driver adds to the time that line and reader take.

The reader's simulator stands behind a pseudo terminal and sends every byte at its time, 10 bits each at the line's
rate; it takes a module's time before it answers. The floor is those bytes and those times added up: find, select, text
and photo, newest address. The value is what the driver takes beyond it, from its question to the reading.
"""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median

from benchmarks.measure import spread
from benchmarks.report import Goal, Result
from drivers.base.simports import PtyPort
from drivers.idcard import commands, samples
from drivers.idcard.commands import Command
from drivers.idcard.frames import build_reply
from drivers.idcard.lines import on_port
from drivers.idcard.reader import Ga467Reader
from drivers.idcard.simulator import CardReaderSimulator

_ROUNDS = {115200: 15, 9600: 5}
_BITS = 10
_PIECE = 32
"""Bytes sent at once: 2.8 ms at 115200, about what a USB-serial cable hands over."""
_POLL_S = 0.3
_MODULE_S = {commands.FIND: 0.02, commands.SELECT: 0.02, commands.READ: 0.5, commands.READ_NEWEST_ADDRESS: 0.05}
"""What the security module takes before it answers; invented, the same in floor and value."""
_GOAL_MS = 50
_CARD = replace(samples.RESIDENT, photo=bytes(range(256)) * 4, newest_address="明河市明河区样例路9号")


class PacedPort(PtyPort):
    """A pseudo terminal on which bytes take their time, after the time of the module."""

    def __init__(self, baud: int) -> None:
        super().__init__("paced-reader")
        self._byte_s = _BITS / baud
        self.thinking_s = 0.0
        self._asked_at = 0.0

    def read(self, timeout: float) -> bytes:
        data = super().read(timeout)
        if data:
            # a pty has them at once, a line when the last bit has come
            self._asked_at = time.perf_counter() + len(data) * self._byte_s
        return data

    def write(self, data: bytes) -> None:
        due = self._asked_at + self.thinking_s
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            due += len(piece) * self._byte_s
            time.sleep(max(0.0, due - time.perf_counter()))
            super().write(piece)


class PacedReader(CardReaderSimulator):
    """A reader whose module takes its time."""

    def __init__(self, port: PacedPort, baud: int) -> None:
        super().__init__(port, baud=baud)
        self._paced = port

    def _serve(self, body: bytes) -> None:
        asked = (body[0], body[1])
        self._paced.thinking_s = next(
            (seconds for command, seconds in _MODULE_S.items() if (command.code, command.parameter) == asked), 0.0
        )
        super()._serve(body)


def run() -> list[Result]:
    return [_at(115200, "card_read_overhead"), _at(9600, "card_read_overhead_9600")]


def _at(baud: int, name: str) -> Result:
    port = PacedPort(baud)
    floor = floor_s(baud) * 1000
    overheads: list[float] = []
    with PacedReader(port, baud) as device:
        reader = Ga467Reader(on_port(port.port, (baud,)), now=lambda: datetime.now(UTC), poll_interval=_POLL_S)
        reader.probe()
        for _ in range(_ROUNDS[baud]):
            device.lift_card()
            device.place_card(_CARD)
            # the next question is due at once
            time.sleep(_POLL_S)
            gc.collect()
            start = time.perf_counter()
            reading = reader.wait_for_card(30.0, threading.Event())
            overheads.append((time.perf_counter() - start) * 1000 - floor)
            if reading is None or reading.newest_address != _CARD.newest_address:
                raise RuntimeError("the card was not read")
        reader.close()
    detail = {
        "overhead_ms": spread(overheads),
        "read_ms": round(floor + median(overheads), 1),
        "bytes": sum(map(sum, _sizes())),
        "module_ms": round(sum(_MODULE_S.values()) * 1000),
        "floor": "bytes at the line's rate and the module's time",
    }
    return Result(name, median(overheads), "ms", floor, Goal("value", "<=", _GOAL_MS), detail)


def floor_s(baud: int) -> float:
    """Seconds that line and module take for one card."""
    return sum(map(sum, _sizes())) * _BITS / baud + sum(_MODULE_S.values())


def _sizes() -> list[tuple[int, int]]:
    """Bytes of question and answer, for each command of a card."""
    payload = 4 + commands.TEXT_BYTES + commands.PHOTO_BYTES
    lengths: dict[Command, int] = {
        commands.FIND: 4,
        commands.SELECT: 8,
        commands.READ: payload,
        commands.READ_NEWEST_ADDRESS: commands.ADDRESS_BYTES,
    }
    return [(len(one.request), len(build_reply(commands.OK, bytes(size)))) for one, size in lengths.items()]
