"""``clerk doctor`` on real folders, devices behind pseudo terminals, and a real server."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app import typefaces
from clerk_app.bootstrap import doctor_hall
from clerk_app.bootstrap.doctor import Finding, Mark, Patient, examine
from clerk_app.bootstrap.enrolled import open_device
from clerk_app.bootstrap.machine import ThisMachine
from clerk_app.bootstrap.settings import DeviceSettings, Settings, WindowSettings
from clerk_app.bootstrap.supervisor import EmbeddedServer
from clerk_app.bootstrap.virtual_devices import VirtualStation
from clerk_app.domain.actor import DeviceKind
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.journal import Journal
from db.window.store import open_window_store
from support import forked
from support.ipp_printer import IppServer, Queue
from support.server import server


def look(config: Settings) -> dict[str, list[Finding]]:
    """What the checks of devices, server and stores find, by name."""
    found: dict[str, list[Finding]] = {}
    for finding in examine(Patient(config, SystemClock(), SystemEntropy(), print), doctor_hall.CHECKS):
        found.setdefault(finding.what, []).append(finding)
    return found


def command(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    return forked.run("clerk_app.cli", "doctor", "--data", str(folder), env={**bare, **environment})


def test_an_empty_computer_without_a_screen_can_work(tmp_path: Path) -> None:
    done = command(tmp_path / "data")
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""
    for name in ("日志", "设置", "Python", "Qt", "字体", "生僻字", "磁盘", "日历", "小票打印机", "服务器", "1 号窗口"):
        assert f" {name}：" in done.stdout
    assert not (tmp_path / "data" / "server").exists()
    assert not (tmp_path / "data" / "window-1").exists()


def test_a_broken_settings_file_is_told_and_the_rest_is_still_checked(tmp_path: Path) -> None:
    (tmp_path / "clerk.toml").write_text("[devices]\nreciept_printer = 1\n", encoding="utf-8")
    done = command(tmp_path, CLERK_REAL_DATA=str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert "✗ 设置：设置文件有错" in done.stdout
    assert "reciept_printer" in done.stdout
    assert "! 真实目录数据：" in done.stdout
    assert "✓ Python" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_connected_devices_answer_and_missing_ones_say_what_to_do(tmp_path: Path) -> None:
    with VirtualStation("window", typefaces.find().regular) as station, IppServer() as printers:
        printers.queues["A4"] = Queue()
        devices = replace(station.settings, page_printer=printers.address("A4"))
        found = look(Settings(tmp_path, devices=devices))
        for name in ("身份证读卡器", "小票打印机", "A4 打印机", "评价器"):
            assert [finding.mark for finding in found[name]] == [Mark.GOOD], found[name]
        station.printer.run_out_of_paper()
        station.reader.unplug()
        printers.queues["A4"].reasons = ["media-jam-error"]
        found = look(Settings(tmp_path, devices=devices))
    assert found["小票打印机"] == [Finding(Mark.LACKING, "小票打印机", "缺纸", "小票打印机缺纸。装好纸后接着打")]
    assert "先手工录入" in found["身份证读卡器"][0].advice
    assert "卡纸" in found["A4 打印机"][0].advice
    assert station.printer.tickets == []
    off = DeviceSettings(id_reader="off", page_printer="off")
    found = look(Settings(tmp_path, devices=off))
    for name in ("身份证读卡器", "小票打印机", "A4 打印机", "评价器"):
        assert found[name][0].mark is Mark.LACKING
        assert "clerk.toml" in found[name][0].advice


def test_another_pcs_server_is_reached_and_its_clock_compared(tmp_path: Path) -> None:
    devices = DeviceSettings(id_reader="off", page_printer="off")
    with server(tmp_path / "hall") as running:
        config = Settings(tmp_path, window=WindowSettings(server=running.address), devices=devices)
        found = look(config)
        assert found["服务器"][0].mark is Mark.GOOD
        assert running.address in found["服务器"][0].found
        assert found["时钟"][0].mark is Mark.GOOD
        assert "--code" in found["1 号窗口"][0].advice
    gone = look(config)["服务器"][0]
    assert gone.mark is Mark.LACKING
    assert "窗口照常收件" in gone.advice


@pytest.fixture
def enrolled(tmp_path: Path) -> Iterator[Settings]:
    """A PC whose window 12 was started once on its own server, which runs on."""
    config = Settings(
        tmp_path, window=WindowSettings(number="12"), devices=DeviceSettings(id_reader="off", page_printer="off")
    )
    clock, entropy = SystemClock(), SystemEntropy()
    embedded = EmbeddedServer(tmp_path, idle_seconds=60)
    try:
        device = open_device(
            tmp_path / "window-12", DeviceKind.WINDOW, "12号窗口", entropy, window_no="12", embedded=lambda: embedded
        )
        hall = device.enrolment.enrolled.hall
        with closing(
            open_window_store(device.folder / "window.db", device.keys.key("sqlcipher"), hall.hall_id)
        ) as store:
            journal = Journal(device.crypto, device.keys.key("journal"), clock, entropy)
            StoreBinding(store, ThisMachine(), journal).ensure(hall, "12", device.enrolment.enrolled.device_id)
        yield config
    finally:
        embedded.stop()


def test_an_enrolled_window_is_sound_and_its_own_server_is_seen(enrolled: Settings) -> None:
    found = look(enrolled)
    (window,) = found["12 号窗口"]
    assert window.mark is Mark.GOOD
    assert "已登记到 明河区政务服务中心，数据已加密，绑定本机" in window.found
    assert found["服务器"][0].mark is Mark.GOOD
    assert "本机 https://127.0.0.1:" in found["服务器"][0].found
    assert found["服务器数据"][0].mark is Mark.GOOD
    assert "已加密" in found["服务器数据"][0].found


def test_a_window_on_a_cloned_disk_is_told(enrolled: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ThisMachine, "fingerprint", lambda self: "another machine")
    (window,) = look(enrolled)["12 号窗口"]
    assert window.mark is Mark.BAD
    assert "从别的电脑拷来的" in window.advice


def test_a_window_without_its_key_is_told(enrolled: Settings) -> None:
    shutil.rmtree(enrolled.folder / "window-12" / "keys")
    (window,) = look(enrolled)["12 号窗口"]
    assert window.mark is Mark.BAD
    assert "密钥" in window.advice
    assert not (enrolled.folder / "window-12" / "keys" / "device.key").exists()


def test_a_window_store_in_clear_is_told(enrolled: Settings) -> None:
    path = enrolled.folder / "window-12" / "window.db"
    path.unlink()
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("CREATE TABLE t (x)")
        plain.commit()
    (window,) = look(enrolled)["12 号窗口"]
    assert window.mark is Mark.BAD
    assert "没有加密" in window.found


def test_a_folder_that_cannot_be_written_is_told_not_thrown(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands in the way")
    done = command(tmp_path / "data")
    assert done.returncode == 1
    assert "✗ 日志：" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
