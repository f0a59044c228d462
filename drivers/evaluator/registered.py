"""Rating keypads by name: ``ff68-evaluator:COM5``, ``ff68-evaluator:COM5#7`` for a box with the number 7.

Option ``levels``: what the keys mean, ``4`` (the family's usual four keys), ``5``, or each key with its level
(``0=4 1=- 2=2 3=1``). Where the caller's keypad has the same address (``ff68-keypad:COM5``), both share the line.
"""

from __future__ import annotations

from drivers.base.registry import BadAddress, Capability, Context, Driver
from drivers.base.trace import Trace
from drivers.evaluator.keypad import SerialEvaluator
from drivers.evaluator.line import ADDRESS, BAUD, SharedLine, SharedLines
from drivers.evaluator.scales import parse_scale
from drivers.serial_place import Place, parse_place

TRIED = "模拟器（pty、内存），没有实物"
LINES = SharedLines()
"""A port can be opened once by a process, whoever asks for it: the one thing here that is the process's own."""


def family_line(address: str, trace: Trace) -> tuple[SharedLine, Place]:
    """The line of an address, shared by all who name it, and the place with the box's number."""
    place = parse_place(address, baud=BAUD, number=ADDRESS)
    return LINES.line(place.line, place.transport, trace), place


def _make(address: str, context: Context) -> SerialEvaluator:
    unknown = sorted(set(context.options) - {"levels"})
    if unknown:
        raise BadAddress(f"评价器的驱动不认识选项 {'、'.join(unknown)}，它的选项：levels")
    try:
        scale = parse_scale(context.options.get("levels", "4"))
    except ValueError as exc:
        raise BadAddress(str(exc)) from None
    line, place = family_line(address, context.trace)
    return SerialEvaluator(line, scale, now=context.now, address=place.number, monotonic=context.monotonic)


DRIVERS: tuple[Driver, ...] = (
    Driver("ff68-evaluator", Capability.EVALUATOR, "串口评价器（FF 68）", _make, tried=TRIED),
)
