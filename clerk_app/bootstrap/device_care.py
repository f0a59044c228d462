"""The devices of this PC as a technician sees them: a ``ports.device_care.DeviceCare`` over the opened devices."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from clerk_app.bootstrap.device_settings import AUTO, DRIVEN, OFF
from clerk_app.bootstrap.devices import DeviceSet, Opened, OpenScanner, not_set_up
from clerk_app.bootstrap.drivers import Workshop
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.ports.device_care import CareEntry, FoundDevice, FrameLine, Trial
from clerk_app.ports.devices import DeviceFault, DeviceState, PrintOutcome
from clerk_app.services.devices import code_words
from drivers.base.registry import CAPABILITY_WORDS, BadAddress, Capability

ICONS = {
    "id_reader": "id-card",
    "receipt_printer": "receipt-text",
    "page_printer": "printer",
    "evaluator": "smile",
    "caller_keypad": "keyboard",
    "call_board": "monitor",
    "code_scanner": "scan-line",
    "document_camera": "camera",
    "signature_pad": "signature",
}
_THERE = (DeviceState.READY, DeviceState.BUSY)
_BOARD_TEXT = "窗口屏测试"
_KEYPAD_NUMBER = "888"
_NO_SCANNER = "没有设置扫码枪。点“找设备”看有没有接上，再写进设置的 code_scanner"


class PcDevices:
    """``page_printer`` is apart from the set, because it has no driver by name. ``proof`` draws the test print,
    ``write_export`` makes the archive."""

    def __init__(
        self,
        devices: DeviceSet,
        *,
        page_printer: Opened | None = None,
        proof: Callable[[str], bytes],
        write_export: Callable[[PcDevices, Path], Path],
    ) -> None:
        self._devices = devices
        self._page_printer = page_printer
        self._proof = proof
        self._write_export = write_export

    @property
    def workshop(self) -> Workshop:
        """Where the devices were made."""
        return self._devices.workshop

    def opened(self) -> tuple[Opened, ...]:
        """Every device that is set up."""
        page = () if self._page_printer is None else (self._page_printer,)
        return (*self._devices.all().values(), *page)

    def entries(self) -> tuple[CareEntry, ...]:
        """Every kind of device, those that are off too."""
        opened = self._devices.all()
        entries = [self._entry(key, opened.get(key)) for key in DRIVEN]
        page = self._page_printer
        name = getattr(page, "name", "") or self.workshop.settings.page_printer
        entries.insert(
            2,
            CareEntry(
                "page_printer",
                "A4 打印机",
                ICONS["page_printer"],
                "ipp" if page is not None else "",
                str(name) if page is not None else "",
                "系统打印机（IPP）" if page is not None else "",
                "",
                page.health() if page is not None else not_set_up(self.workshop.clock),
            ),
        )
        return tuple(entries)

    def find(self) -> tuple[FoundDevice, ...]:
        """What hangs on this PC now."""
        found = []
        settings = self.workshop.settings
        for capability in Capability:
            key = capability.value
            in_use = {settings.named(key), self._setting(key)} if key in DRIVEN else set()
            for one in self.workshop.find(capability):
                setting = f"{one.driver}:{one.address}"
                found.append(
                    FoundDevice(key, CAPABILITY_WORDS[capability], one.title, setting, one.certain, setting in in_use)
                )
        return tuple(sorted(found, key=lambda one: not one.certain))

    def try_out(self, key: str) -> Trial:
        """Print a test, light up the strip, else ask how it is."""
        device = self._page_printer if key == "page_printer" else self._devices.all().get(key)
        if device is None:
            return Trial(False, "这台电脑没有设置这种设备。点“找设备”看有没有接上，再写进设置")
        try:
            return self._try(key, device)
        except (DeviceFault, Fault, Refusal) as known:
            return Trial(False, str(known))

    def wait_for_code(self, timeout_s: float, cancel: threading.Event) -> Trial | None:
        """The next code held before the scanner."""
        scanner: OpenScanner | None = self._devices.scanner
        if scanner is None:
            return Trial(False, _NO_SCANNER)
        try:
            code = scanner.wait_for_code(timeout_s, cancel)
        except DeviceFault as fault:
            return Trial(False, str(fault))
        return None if code is None else Trial(True, code_words(code))

    def told(self) -> int:
        """How many lines there were so far."""
        return sum(log.told for log in list(self.workshop.traces.values()))

    def frames(self, key: str) -> tuple[FrameLine, ...]:
        """The newest lines of a device."""
        log = self.workshop.traces.get(key)
        return () if log is None else tuple(FrameLine(one.at, one.direction.value, one.text) for one in log.lines())

    def export(self, folder: Path) -> Path:
        """Write the archive for support."""
        return self._write_export(self, folder)

    # --- inside -----------------------------------------------------------------------------------------------
    def _entry(self, key: str, device: Opened | None) -> CareEntry:
        capability = Capability(key)
        if device is None:
            off = not_set_up(self.workshop.clock)
            return CareEntry(key, CAPABILITY_WORDS[capability], ICONS[key], "", "", "", "", off)
        setting = self._setting(key)
        name, _, address = setting.partition(":")
        title = tried = ""
        if name != AUTO:
            try:
                driver = self.workshop.registry.get(name)
                title, tried = driver.title, driver.tried
            except BadAddress:
                pass
        return CareEntry(key, CAPABILITY_WORDS[capability], ICONS[key], name, address, title, tried, device.health())

    def _setting(self, key: str) -> str:
        """What is in use, or what the settings say before the first use."""
        device = self._devices.all().get(key)
        used = "" if device is None else device.setting
        named = self.workshop.settings.named(key)
        return used or ("" if named == OFF else named)

    def _try(self, key: str, device: Opened) -> Trial:
        if key == "receipt_printer":
            assert self._devices.receipt_printer is not None
            result = self._devices.receipt_printer.print(self._proof(self._setting(key)))
            if result.outcome is PrintOutcome.PRINTED:
                return Trial(True, "打好了。请看：一行数字不换行，生僻字没有方框，右边对齐，码扫得出")
            if result.outcome is PrintOutcome.SENT:
                return Trial(True, "已发出，这台打印机不回话。请看纸打全了没有")
            return Trial(False, result.sentence)
        if key == "call_board" and self._devices.board is not None:
            self._devices.board.send(_BOARD_TEXT)
            return Trial(True, f"已发出“{_BOARD_TEXT}”。条屏不回话，请抬头看有没有")
        if key == "caller_keypad" and self._devices.caller is not None:
            self._devices.caller.show_number(_KEYPAD_NUMBER)
            return Trial(True, f"已发出号码 {_KEYPAD_NUMBER}，请看键盘上有没有")
        health = device.probe()
        if health.state not in _THERE:
            return Trial(False, health.advice or "没有回应")
        return Trial(True, "有回应")
