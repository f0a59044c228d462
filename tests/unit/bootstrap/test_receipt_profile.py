"""Which paper the thermal printer has: by its width, by a profile of the settings, or by what it says it is."""

from __future__ import annotations

import pytest

from clerk_app.bootstrap.device_settings import DeviceSettings
from clerk_app.bootstrap.devices import open_receipt_printer, workshop_of
from clerk_app.bootstrap.papers import receipt_profile
from clerk_app.domain.errors import Rejected
from clerk_app.ports.clock import SystemClock
from drivers.base.registry import Capability, Context, Driver, Registry
from drivers.base.simports import MemoryPort
from drivers.printer.profiles import of_model
from drivers.printer.registered import over_line
from drivers.printer.virtual import VirtualPrinter
from support.lines import FONT


def settings(**options: str) -> DeviceSettings:
    return DeviceSettings(receipt_printer="memory:here", options={"receipt_printer": options})


def test_a_profile_of_the_settings_reaches_the_papers() -> None:
    profile = receipt_profile(settings(profile="generic-80 encoding=none cutter=full quirks=plain_cut raster_rows=64"))
    assert (profile.encoding, profile.cutter, profile.full_cut, profile.plain_cut) == ("ascii", True, True, True)
    assert profile.raster_rows == 64
    with pytest.raises(Rejected) as told:
        receipt_profile(settings(profile="generic-90"))
    assert "generic-80" in str(told.value)


def test_an_asked_printer_sets_the_paper_as_soon_as_it_says_what_it_is() -> None:
    port = MemoryPort("printer")

    def make(address: str, context: Context) -> object:
        return over_line(port.transport, context)

    registry = Registry([Driver("memory", Capability.RECEIPT_PRINTER, "小票打印机", make)])  # type: ignore[arg-type]
    auto = settings(profile="auto")
    with VirtualPrinter(port, FONT) as device:
        device.model = "TM-T88V"
        printer = open_receipt_printer(workshop_of(auto, SystemClock(), registry))
        assert printer is not None
        assert receipt_profile(auto, printer.learned).dots == 576
        printer.probe()
        profile = receipt_profile(auto, printer.learned)
        assert (profile.dots, profile.columns, profile.units_per_dot) == (512, 42, 2)
        assert printer.learned == of_model("TM-T88V")
        printer.close()
    assert device.complaints == []
