"""Blocks of numbers for devices, for the time without a server."""

from __future__ import annotations

from clerk_app.domain.actor import Actor, DeviceKind
from clerk_app.domain.emergency import MOST_BLOCKS
from clerk_app.domain.errors import Locked, NotAllowed, NotFound
from clerk_app.domain.queue_rules import BLOCK_SIZE, EMERGENCY_PREFIX
from clerk_app.ports.hall_running import NumberBlock
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall.checks import check
from clerk_app.services.hall.tools import Tools

_GIVERS = frozenset({DeviceKind.WINDOW, DeviceKind.KIOSK})
_HIGHEST = 9_999


class Blocks:
    """A block belongs to one device for ever."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def reserve(self, unit: HallUnit, actor: Actor) -> NumberBlock:
        """A new block of the device's own. ``Locked`` when it has ``MOST_BLOCKS``."""
        self.check_device(unit, actor)
        if len(unit.running.blocks_of(actor.device_id)) >= MOST_BLOCKS:
            raise Locked(f"这台设备已经有 {MOST_BLOCKS} 个应急号段，够用了")
        block_no = unit.running.add_block(actor.device_id, self._tools.now())
        self._tell_block(unit, actor, block_no)
        return block(block_no)

    def hold(self, unit: HallUnit, actor: Actor, block_nos: tuple[int, ...]) -> tuple[NumberBlock, ...]:
        """Those of the blocks that the device may go on with; unknown ones become its own."""
        self.check_device(unit, actor)
        check("block_nos", len(block_nos) <= MOST_BLOCKS and all(0 < one <= _HIGHEST for one in block_nos))
        mine: list[NumberBlock] = []
        for block_no in block_nos:
            if unit.running.block_owner(block_no) is None:
                unit.emergency.take_block(block_no, actor.device_id, self._tools.now())
                self._tell_block(unit, actor, block_no)
            if unit.running.block_owner(block_no) == actor.device_id:
                mine.append(block(block_no))
        return tuple(mine)

    def _tell_block(self, unit: HallUnit, actor: Actor, block_no: int) -> None:
        payload = {"block_no": block_no, "prefix": EMERGENCY_PREFIX, "window_no": actor.window_no}
        self._tools.record(unit, actor, "block.reserved", actor.device_id, payload)

    def check_device(self, unit: HallUnit, actor: Actor) -> None:
        """``NotAllowed`` for a device that gives no numbers."""
        if unit.devices.get(actor.device_id).kind not in _GIVERS:
            raise NotAllowed("只有窗口和取号机能发应急号")

    def owns(self, unit: HallUnit, actor: Actor, block_no: int | None) -> bool:
        """Whether the block is the device's, or of the device that was this window before it was enrolled again."""
        owner = None if block_no is None else unit.running.block_owner(block_no)
        if owner is None or owner == actor.device_id:
            return owner is not None
        try:
            before = unit.devices.get(owner)
        except NotFound:
            return False
        return before.kind is DeviceKind.WINDOW and before.window_no == actor.window_no


def block(block_no: int) -> NumberBlock:
    """The serials of a block."""
    first = block_no * BLOCK_SIZE + 1
    return NumberBlock(block_no, EMERGENCY_PREFIX, first, first + BLOCK_SIZE - 2)
