"""The archive for support: everything that helps, nothing of a citizen, no secret."""

from __future__ import annotations

import json
import logging
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app import typefaces
from clerk_app.bootstrap import logs
from clerk_app.bootstrap.device_care import PcDevices
from clerk_app.bootstrap.device_settings import DeviceSettings
from clerk_app.bootstrap.devices import open_devices
from clerk_app.bootstrap.doctor import checks_beside_a_window
from clerk_app.bootstrap.drivers import our_drivers
from clerk_app.bootstrap.papers import Renderer, receipt_profile
from clerk_app.bootstrap.settings import Settings
from clerk_app.bootstrap.simulate import SimulatedDevices
from clerk_app.bootstrap.support_export import exporter
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.errors import StoreFault
from clerk_app.ports.clock import SystemClock, SystemEntropy
from drivers.base.devices import CodeScanner
from drivers.base.health import Health, HealthState
from drivers.base.registry import Capability, Context, Driver, Registry
from drivers.base.trace import Direction
from drivers.idcard import samples
from support.papers import a_receipt

CLOCK, WAIT = SystemClock(), 20.0
CARD = replace(samples.RESIDENT, newest_address="北京市东城区示例街道9号")
PHONE = "13912345678"
SECRET = "hunter2-opensesame"


class Chatty(CodeScanner):
    """A third party's driver that masks nothing."""

    def __init__(self, address: str, context: Context) -> None:
        super().__init__(context.now)
        self._context = context

    def wait_for_code(self, timeout: float, cancel: threading.Event) -> str | None:
        self._context.trace(Direction.RECEIVED, f"{CARD.name} {CARD.number}".encode(), ())
        self._context.trace(Direction.NOTE, f"{CARD.name} {CARD.number}", ())
        return f"{CARD.name} {CARD.number}"

    def probe(self) -> Health:
        return self._tracker.set(HealthState.READY, "ready")

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def root_logger() -> Iterator[None]:
    """The log as it was."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)


def forms(text: str) -> list[bytes]:
    """How a text may stand in the archive: in clear and as hex, in the codes that cards, papers and logs use."""
    found = []
    for code in ("utf-8", "gbk", "utf-16-le"):
        data = text.encode(code)
        found += [data, data.hex(" ").upper().encode(), data.hex().encode(), data.hex().upper().encode()]
    return found


def test_no_personal_data_and_no_secret_leave_the_pc(tmp_path: Path, root_logger: None) -> None:
    fonts, entropy = typefaces.find(), SystemEntropy()
    keys = ("id_reader", "receipt_printer", "evaluator")
    with SimulatedDevices(keys, tcp=True, font=fonts.regular) as simulated:
        (tmp_path / "clerk.toml").write_text(
            f'[hall]\nname = "明河区政务服务中心"\n\n{simulated.table()}'
            f'code_scanner = "chatty:1"\n\n[platform]\ntoken = "{SECRET}"\n[platform.inner]\npassword = "{SECRET}"\n',
            encoding="utf-8",
        )
        settings = DeviceSettings(
            **{key: simulated.setting(key) for key in keys},  # type: ignore[arg-type]
            evaluator_levels=5,
            code_scanner="chatty:1",
        )
        config = Settings(tmp_path, devices=settings)
        logs.start(tmp_path, "window-12")
        log = logging.getLogger("clerk_app.test")
        log.warning("read %s %s of %s", CARD.name, CARD.number, PHONE)
        try:
            raise ValueError(f"{CARD.name} {CARD.number} 地址 {CARD.newest_address}")
        except ValueError:
            log.exception("a mistake of ours with %s in it", CARD.name)
        log.warning("the last line stays readable")

        registry = Registry((*our_drivers(), Driver("chatty", Capability.CODE_SCANNER, "别家的扫码枪", Chatty)))
        devices = open_devices(settings, CLOCK, drivers=registry)
        renderer = Renderer(fonts, receipt_profile(settings), NationalCrypto(entropy))
        assert devices.reader is not None
        assert devices.receipt_printer is not None
        assert devices.evaluator is not None
        assert devices.scanner is not None
        simulated.devices["id_reader"].place_card(CARD)  # type: ignore[attr-defined]
        facts = devices.reader.wait_for_card(WAIT, threading.Event())
        assert facts is not None
        assert facts.name == CARD.name
        receipt = replace(a_receipt(), applicant=CARD.name)
        devices.receipt_printer.print(renderer.receipt(receipt))
        simulated.devices["evaluator"].press(1)  # type: ignore[attr-defined]
        devices.evaluator.ask_rating(WAIT, threading.Event())
        devices.scanner.wait_for_code(1, threading.Event())

        checks = checks_beside_a_window()
        care = PcDevices(devices, proof=lambda printer: b"", write_export=exporter(config, CLOCK, entropy, checks))
        path = care.export(tmp_path / "support")
        devices.close()

    with zipfile.ZipFile(path) as archive:
        pages = {name: archive.read(name) for name in archive.namelist()}
    personal = (CARD.name, CARD.number, CARD.address, str(CARD.newest_address), PHONE, SECRET, CARD.number[6:14])
    for name, page in pages.items():
        for text in personal:
            for form in forms(text):
                assert form not in page, (name, text)
    # What helps is there all the same.
    assert {"版本.txt", "设置.json", "检查.txt", "设备.txt", "帧/id_reader.txt", "帧/receipt_printer.txt"} <= set(pages)
    assert "字节已遮".encode() in pages["帧/id_reader.txt"]
    assert b"AA AA AA 96 69 00 03 20 01 22" in pages["帧/id_reader.txt"]
    assert "别家的驱动，内容不导出".encode() in pages["帧/code_scanner.txt"]
    log_page = pages["日志/window-12.log"].decode()
    assert "the last line stays readable" in log_page
    assert "a mistake of ours" in log_page
    assert "ValueError" not in log_page
    shown = json.loads(pages["设置.json"])
    assert shown["platform"] == {"token": "（不导出）", "inner": {"password": "（不导出）"}}
    assert shown["devices"]["id_reader"] == settings.id_reader
    assert "身份证读卡器 | ga467-serial:tcp:" in pages["设备.txt"].decode()
    assert "Python：" in pages["检查.txt"].decode()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "support").write_text("a file stands in the way")
    config = Settings(tmp_path, devices=DeviceSettings(id_reader="off"))
    devices = open_devices(config.devices, CLOCK)
    care = PcDevices(devices, proof=lambda printer: b"", write_export=exporter(config, CLOCK, SystemEntropy(), ()))
    with pytest.raises(StoreFault, match="导出写不进文件夹"):
        care.export(tmp_path / "support")
