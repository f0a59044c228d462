"""The faults of the devices around the counter, played one by one on lines in memory, and the tables of what came.

Every case ends with another citizen: a good rating, key, code or line after the fault, which must arrive as it is.
Cases wait rather than work, so they are played beside each other.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from drivers.base.errors import DeviceError
from drivers.base.readings import CallerKey
from drivers.base.simports import MemoryPort
from drivers.board.frames import sum_frame
from drivers.board.led import LedBoard
from drivers.board.simulator import BoardSimulator
from drivers.caller.keypad import SerialCallerKeypad
from drivers.evaluator import frames
from drivers.evaluator.frames import Frame
from drivers.evaluator.keypad import SerialEvaluator
from drivers.evaluator.line import SharedLine
from drivers.evaluator.scales import FIVE_KEYS
from drivers.scanner.serial_scanner import SerialScanner
from support.lines import now

WAIT = 1.5
"""Seconds that each wait is given."""
OVERRUN = 3.0
_GOOD = 20.0
_NOISE = bytes(value ^ 0x5A for value in range(0x20, 0x60))

Feed = Callable[[MemoryPort, bytes], None]
"""Puts a good answer on the line the wrong way."""


class WrongOutcome(AssertionError):
    """Something came out that nobody pressed, scanned or sent, or the next one was lost."""


def send(port: MemoryPort, data: bytes) -> None:
    port.write(data)


def byte_by_byte(port: MemoryPort, data: bytes) -> None:
    for value in data:
        port.write(bytes([value]))
        time.sleep(0.005)


def flipped(at: int) -> Feed:
    def feed(port: MemoryPort, data: bytes) -> None:
        wrong = bytearray(data)
        wrong[at] ^= 0x01
        port.write(bytes(wrong))

    return feed


def unplugged_after(count: int, back: bool) -> Feed:
    def feed(port: MemoryPort, data: bytes) -> None:
        port.write(data[:count])
        time.sleep(0.1)
        port.unplug()
        if back:
            time.sleep(0.1)
            port.replug()

    return feed


FRAME_FAULTS: dict[str, Feed] = {
    "none": send,
    "silence": lambda _port, _data: None,
    "noise": lambda port, _data: port.write(_NOISE),
    "noise before it": lambda port, data: port.write(_NOISE + data),
    "byte by byte": byte_by_byte,
    "first byte lost": lambda port, data: port.write(data[1:]),
    "truncated": lambda port, data: port.write(data[:-3]),
    "wrong checksum": flipped(-2),
    "wrong length": flipped(2),
    "two in a row": lambda port, data: port.write(data + data),
}
CODE_FAULTS: dict[str, Feed] = {
    "none": send,
    "silence": lambda _port, _data: None,
    "noise": lambda port, _data: port.write(b"\xff\xfe\x80\r"),
    "noise and no end": lambda port, _data: port.write(b"\xff\xfe\x80"),
    "byte by byte": byte_by_byte,
    "end lost": lambda port, data: port.write(data[:-1]),
    "far too long": lambda port, _data: port.write(b"9" * 10_000 + b"\r"),
    "two in a row": lambda port, data: port.write(data + data),
}


# --- rating ---------------------------------------------------------------------------------------------------------
@functools.cache
def rating(fault: str) -> str:
    return _rating(FRAME_FAULTS[fault])


@functools.cache
def rating_unplugged(count: int, back: bool) -> str:
    return _rating(unplugged_after(count, back))


RATING = frames.rating(5, 4)
"""The worst of the five levels: what a fault must never turn into praise."""


def _rating(feed: Feed) -> str:
    with _line() as (port, line):
        evaluator = SerialEvaluator(line, FIVE_KEYS, now=now)
        outcome = _beside(
            lambda: _level(evaluator, WAIT), lambda: _asked(port) and feed(port, RATING.to_bytes()), "unrated"
        )
        if outcome not in ("unrated", "level 5") and "NotConnected" not in outcome:
            raise WrongOutcome(outcome)
        port.replug()
        _settled(evaluator.probe)
        _drain(port)
        good = frames.rating(5, 1)
        next_one = _beside(
            lambda: _level(evaluator, _GOOD), lambda: _asked(port) and port.write(good.to_bytes()), "unrated"
        )
        evaluator.close()
    if next_one != "level 2":
        raise WrongOutcome(f"the next visit: {next_one}")
    return outcome


def _level(evaluator: SerialEvaluator, timeout: float) -> str | None:
    rated = evaluator.ask_rating(timeout, threading.Event())
    return None if rated is None else f"level {rated.level}"


def _asked(port: MemoryPort) -> bool:
    """Whether the driver asked, waiting for it."""
    seen, until = bytearray(), time.monotonic() + _GOOD
    while time.monotonic() < until:
        seen += port.read(0.05)
        if frames.start_rating(5).to_bytes() in seen:
            return True
    return False


# --- keys -----------------------------------------------------------------------------------------------------------
@functools.cache
def key(fault: str) -> str:
    return _key(FRAME_FAULTS[fault])


@functools.cache
def key_unplugged(count: int, back: bool) -> str:
    return _key(unplugged_after(count, back))


KEY = frames.key_frame(5, CallerKey.MISS)


def _key(feed: Feed) -> str:
    with _line() as (port, line):
        keypad = SerialCallerKeypad(line, now=now)
        keypad.probe()
        outcome = _beside(lambda: _pressed(keypad, WAIT), lambda: feed(port, KEY.to_bytes()), "no key")
        again = _beside(lambda: _pressed(keypad, 0.3), lambda: None, "no key")
        if (outcome not in ("no key", "miss") and "NotConnected" not in outcome) or again == "miss":
            raise WrongOutcome(f"{outcome}, then {again}")
        port.replug()
        _settled(keypad.probe)
        good = frames.key_frame(5, CallerKey.RECALL)
        next_one = _beside(lambda: _pressed(keypad, _GOOD), lambda: port.write(good.to_bytes()), "no key")
        keypad.close()
    if next_one != "recall":
        raise WrongOutcome(f"the next key: {next_one}")
    return outcome


def _pressed(keypad: SerialCallerKeypad, timeout: float) -> str | None:
    press = keypad.wait_for_key(timeout, threading.Event())
    return None if press is None else press.key.value


# --- codes ----------------------------------------------------------------------------------------------------------
@functools.cache
def code(fault: str) -> str:
    return _code(CODE_FAULTS[fault])


@functools.cache
def code_unplugged(count: int, back: bool) -> str:
    return _code(unplugged_after(count, back))


CODE = b"A0356\r"


def _code(feed: Feed) -> str:
    port = MemoryPort()
    scanner = SerialScanner(lambda: port.transport(9600), now=now, reconnect_interval=0.05)
    scanner.probe()
    outcome = _beside(lambda: _read(scanner, WAIT), lambda: feed(port, CODE), "no code")
    # A part of a number is another number: no fault may give one.
    if outcome.startswith("A") and outcome != "A0356":
        raise WrongOutcome(outcome)
    port.replug()
    _settled(scanner.probe)
    next_one = _beside(lambda: _read(scanner, _GOOD), lambda: port.write(b"B001\r"), "no code")
    scanner.close()
    if next_one != "B001":
        raise WrongOutcome(f"the next code: {next_one}")
    return outcome


def _read(scanner: SerialScanner, timeout: float) -> str | None:
    return scanner.wait_for_code(timeout, threading.Event())


# --- lines on the strip ---------------------------------------------------------------------------------------------
BOARD_FAULTS = ("none", "unplugged", "unplugged and back", "takes nothing", "unplugged while it takes nothing")


@functools.cache
def line_sent(fault: str) -> str:
    blocked = "takes nothing" in fault
    port = MemoryPort(capacity=8 if blocked else 1 << 16)
    board = LedBoard(lambda: port.transport(9600), sum_frame, 3, now=now, write_timeout=0.5)
    board.probe()
    if fault.startswith("unplugged") and not blocked:
        port.unplug()
    if fault == "unplugged and back":
        port.replug()
    pulled = threading.Timer(0.1, port.unplug if fault == "unplugged while it takes nothing" else time.monotonic)
    pulled.start()
    outcome = _beside(lambda: _sent(board), lambda: None, "")
    pulled.join()
    port.capacity = 1 << 16
    port.replug()
    _drain(port)
    _settled(board.probe)
    with BoardSimulator(port) as strip:
        board.send("3号窗口")
        if not strip.wait_until_shown(3, "3号窗口", _GOOD):
            raise WrongOutcome("the next line was not sent")
    board.close()
    return outcome


def _sent(board: LedBoard) -> str:
    board.send("请A035到3号窗口")
    return "sent"


# --- playing --------------------------------------------------------------------------------------------------------
@contextmanager
def _line() -> Iterator[tuple[MemoryPort, SharedLine]]:
    port = MemoryPort()
    yield port, SharedLine(lambda: port.transport(9600), reconnect_interval=0.05)


def _beside(work: Callable[[], str | None], meanwhile: Callable[[], object], nothing: str) -> str:
    """What ``work`` came to while ``meanwhile`` happened on the other end; anything but a DeviceError is a defect."""
    other = threading.Thread(target=meanwhile)
    start = time.monotonic()
    other.start()
    try:
        came = work()
        outcome = nothing if came is None else came
    except DeviceError as exc:
        outcome = f"{type(exc).__name__} ({exc.word})"
        if "请" not in exc.advice and "照常" not in exc.advice:
            raise WrongOutcome(f"no advice: {exc.advice}") from exc
    other.join()
    if time.monotonic() - start > _GOOD + OVERRUN:
        raise WrongOutcome("took far longer than its time-out")
    return outcome


def _settled(probe: Callable[[], object]) -> None:
    for _ in range(3):
        probe()


def _drain(port: MemoryPort) -> None:
    while port.read(0.05):
        pass


def played(play: Callable[..., str], cases: list[tuple[object, ...]]) -> list[str]:
    """The outcomes of many cases, played beside each other."""
    with ThreadPoolExecutor(max_workers=24) as pool:
        return list(pool.map(lambda case: play(*case), cases))


def counted(outcomes: list[str]) -> str:
    """「9 unrated, 1 level 5」."""
    return ", ".join(f"{outcomes.count(one)} {one}" for one in sorted(set(outcomes)))


def frame_table(play: Callable[..., str], unplugged: Callable[..., str], frame: Frame) -> str:
    size = len(frame.to_bytes())
    return _table(play, FRAME_FAULTS, unplugged, size)


def code_table() -> str:
    return _table(code, CODE_FAULTS, code_unplugged, len(CODE))


def board_table() -> str:
    outcomes = played(line_sent, [(fault,) for fault in BOARD_FAULTS])
    rows = [f"| {fault} | {outcome} |" for fault, outcome in zip(BOARD_FAULTS, outcomes, strict=True)]
    return "\n".join(["| fault | outcome |", "|---|---|", *rows])


def _table(play: Callable[..., str], faults: dict[str, Feed], unplugged: Callable[..., str], size: int) -> str:
    outcomes = played(play, [(fault,) for fault in faults])
    rows = [f"| {fault} | {outcome} |" for fault, outcome in zip(faults, outcomes, strict=True)]
    for words, back in (("unplugged for good", False), ("unplugged, and plugged in again", True)):
        cut = played(unplugged, [(count, back) for count in range(size + 1)])
        rows.append(f"| {words}, after each of 0 to {size} bytes | {counted(cut)} |")
    return "\n".join(["| fault | outcome |", "|---|---|", *rows])
