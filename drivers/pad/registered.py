"""Signature pads by name: ``virtual-pad``, a pad in software. No options.

No maker's pad is here: their protocols are their own and none was at hand. docs/devices/signature-pads.md shows how a
driver for one is written, and the citizen's screen is a pad without any driver.
"""

from __future__ import annotations

from drivers.base.registry import BadAddress, Capability, Context, Driver
from drivers.pad.virtual import VirtualPad


def _make(address: str, context: Context) -> VirtualPad:
    if address or context.options:
        raise BadAddress("虚拟签字板没有地址，也没有选项，写 virtual-pad 就行")
    return VirtualPad(now=context.now, monotonic=context.monotonic, trace=context.trace)


DRIVERS: tuple[Driver, ...] = (
    Driver("virtual-pad", Capability.SIGNATURE_PAD, "虚拟签字板", _make, tried="本身就是模拟器"),
)
