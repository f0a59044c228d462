"""The virtual pad keeps the contract of every signature pad."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.base.devices import SignaturePad
from drivers.base.registry import BadAddress, Capability, Context, Registry
from drivers.base.trace import TraceLog
from drivers.contract.pad import PadBench, SignaturePadContract
from drivers.pad import registered
from drivers.pad.virtual import VirtualPad
from support.lines import now


class TestVirtualPad(SignaturePadContract):
    def make_bench(self, folder: Path) -> VirtualPad:
        return VirtualPad(now=now)

    def make_pad(self, bench: PadBench, trace: TraceLog) -> SignaturePad:
        assert isinstance(bench, VirtualPad)
        bench._trace = trace
        return bench


def test_the_name_is_that_of_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs/devices/signature-pads.md").read_text(encoding="utf-8")
    for driver in registered.DRIVERS:
        assert f"`{driver.name}`" in page


def test_a_pad_in_software_takes_no_address() -> None:
    registry = Registry(registered.DRIVERS)
    assert isinstance(registry.make(Capability.SIGNATURE_PAD, "virtual-pad", Context()), VirtualPad)
    with pytest.raises(BadAddress, match="virtual-pad"):
        registry.make(Capability.SIGNATURE_PAD, "virtual-pad:COM3", Context())
