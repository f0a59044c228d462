"""LED strips by name: ``led-sum:COM6#3`` and ``led-xor:COM6#3``, the strip with the number 3 on that line.

9600 unless the address names another rate (``led-sum:COM6@19200#3``). No options.
"""

from __future__ import annotations

from collections.abc import Callable

from drivers.base.registry import BadAddress, Capability, Context, Driver
from drivers.board.frames import sum_frame, xor_frame
from drivers.board.led import LedBoard, MakeFrame
from drivers.serial_place import parse_place

BAUD = 9600
ADDRESS = 1
_TRIED = "模拟器（pty、内存），没有实物；条屏不回话，只知道发出，不知道显示"


def _make(make_frame: MakeFrame) -> Callable[[str, Context], LedBoard]:
    def make(address: str, context: Context) -> LedBoard:
        if context.options:
            raise BadAddress(f"窗口屏的驱动不认识选项 {'、'.join(sorted(context.options))}，它没有选项")
        place = parse_place(address, baud=BAUD, number=ADDRESS)
        return LedBoard(place.transport, make_frame, place.number, now=context.now, trace=context.trace)

    return make


DRIVERS: tuple[Driver, ...] = (
    Driver("led-sum", Capability.CALL_BOARD, "窗口条屏（和校验）", _make(sum_frame), tried=_TRIED),
    Driver("led-xor", Capability.CALL_BOARD, "窗口条屏（异或校验）", _make(xor_frame), tried=_TRIED),
)
