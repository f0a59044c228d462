"""Caller keypads by name: ``ff68-keypad:COM5``, ``ff68-keypad:COM5#7`` for a box with the number 7. No options.

Where the rating keypad has the same address (``ff68-evaluator:COM5``), both share the line.
"""

from __future__ import annotations

from drivers.base.registry import BadAddress, Capability, Context, Driver
from drivers.caller.keypad import SerialCallerKeypad
from drivers.evaluator.registered import TRIED, family_line


def _make(address: str, context: Context) -> SerialCallerKeypad:
    if context.options:
        raise BadAddress(f"叫号键盘的驱动不认识选项 {'、'.join(sorted(context.options))}，它没有选项")
    line, place = family_line(address, context.trace)
    return SerialCallerKeypad(line, now=context.now, address=place.number, monotonic=context.monotonic)


DRIVERS: tuple[Driver, ...] = (
    Driver("ff68-keypad", Capability.CALLER_KEYPAD, "串口叫号键盘（FF 68）", _make, tried=TRIED),
)
