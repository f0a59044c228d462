"""``clerk doctor find|print|read|scan|export``: what the device page does, without a screen and before the first login.

A port has one user: close the window first. Exit status: 0 all is well, 1 a device is ill or a trial failed, 3 the
device is not set up (2 is the command line's own, for a word that it does not know).
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from clerk_app.bootstrap import logs, settings
from clerk_app.bootstrap.console import say
from clerk_app.bootstrap.device_care import PcDevices
from clerk_app.bootstrap.devices import open_devices
from clerk_app.bootstrap.page_printing import open_page_printer
from clerk_app.bootstrap.settings import Settings
from clerk_app.documents.thermal.layout import display_columns
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.device_care import CareEntry, FoundDevice
from clerk_app.ports.devices import DeviceFault, DeviceState
from clerk_app.services.devices import STATE_WORDS, card_words, since_words

ACTIONS = ("find", "print", "read", "scan", "export")
GOOD, ILL, NOT_SET_UP = 0, 1, 3
CARD_S, SCAN_S = 30.0, 30.0
_STEP_S = 2.0
_THERE = (DeviceState.READY, DeviceState.BUSY)
_NO_READER = '设置里关着，要用就在 clerk.toml 的 [devices] 里写 id_reader = "auto"'
_NO_PRINTER = "没有设置小票打印机，先运行 clerk doctor find，再把找到的那一行写进 clerk.toml 的 [devices]"
_NO_SCANNER = "没有设置扫码枪，先运行 clerk doctor find，再把找到的那一行写进 clerk.toml 的 [devices]"


def run(args: argparse.Namespace) -> int:
    """``args``: ``data`` (folder or None), ``action`` (one of ``ACTIONS``), ``out`` (folder or None)."""
    folder: Path = args.data or settings.default_folder()
    try:
        logs.start(folder, "doctor")
        config = settings.load(folder)
        devices = open_devices(config.devices, SystemClock())
        page_printer = open_page_printer(config.devices, SystemClock())
    except (Refusal, Fault) as known:
        say(f"✗ {known}")
        return ILL
    except OSError as error:
        say(f"✗ 数据文件夹 {folder} 写不了（{error.strerror or type(error).__name__}），请看权限和磁盘空间")
        return ILL
    clock, entropy = SystemClock(), SystemEntropy()

    def proof(printer: str) -> bytes:
        from clerk_app import typefaces
        from clerk_app.bootstrap.papers import Renderer, receipt_profile
        from clerk_app.crypto.provider import NationalCrypto

        say("  正在准备字体，第一次约半分钟")
        renderer = Renderer(typefaces.find, receipt_profile(config.devices), NationalCrypto(entropy))
        place = f"{config.hall.name} {config.window.number} 号窗口"
        return renderer.proof(place, printer, clock.now())

    from clerk_app.bootstrap.doctor import checks_beside_a_window
    from clerk_app.bootstrap.support_export import exporter

    care = PcDevices(
        devices,
        page_printer=page_printer,
        proof=proof,
        write_export=exporter(config, clock, entropy, checks_beside_a_window()),
    )
    acts: dict[str, Callable[[], int]] = {
        "find": lambda: find(care),
        "print": lambda: try_print(care),
        "read": lambda: try_read(care, devices.reader),
        "scan": lambda: try_scan(care, devices.scanner is not None),
        "export": lambda: export(care, config, args.out),
    }
    try:
        return acts[args.action]()
    except KeyboardInterrupt:
        say("")
        return ILL
    finally:
        devices.close()


def find(care: PcDevices) -> int:
    """Ask every device of the settings how it is, then list what hangs here."""
    for opened in care.opened():
        opened.probe()
    entries = care.entries()
    now = SystemClock().now()
    say("这台电脑的设备：")
    show(
        ("设备", "状态", "从什么时候", "驱动和地址", "怎么办"),
        [_row(one, since_words(one.health, now)) for one in entries],
    )
    for broken in care.workshop.registry.broken:
        say(f"! 驱动包 {broken.name}：{broken.why}")
    found = care.find()
    say("")
    say("接着的、可以写进 clerk.toml 的 [devices] 的：" if found else "没有找到别的设备。网口打印机请照说明书写进设置")
    if found:
        show(("是什么", "像不像", "写这一行"), [_found_row(one) for one in found])
    ill = [entry for entry in entries if entry.driver and entry.health.state not in _THERE]
    return ILL if ill else GOOD


def try_print(care: PcDevices) -> int:
    """打印测试 on the receipt printer."""
    if not _set_up(care, "receipt_printer"):
        say(f"! {_NO_PRINTER}")
        return NOT_SET_UP
    trial = care.try_out("receipt_printer")
    say(f"{'✓' if trial.good else '✗'} {trial.sentence}")
    return GOOD if trial.good else ILL


def try_read(care: PcDevices, reader: object) -> int:
    """One card, shown masked."""
    from clerk_app.bootstrap.devices import OpenCardReader

    if not isinstance(reader, OpenCardReader):
        say(f"! {_NO_READER}")
        return NOT_SET_UP
    health = reader.probe()
    if health.state not in _THERE:
        say(f"✗ {health.advice}")
        return ILL
    say(f"  读卡器在 {reader.found() or reader.setting}。请在 {CARD_S:.0f} 秒里把身份证放上去")
    clock = SystemClock()
    ends, never = clock.monotonic() + CARD_S, threading.Event()
    while (left := ends - clock.monotonic()) > 0:
        try:
            facts = reader.wait_for_card(min(_STEP_S, left), never)
        except DeviceFault as fault:
            say(f"  {fault}")
            never.wait(min(1.0, left))
            continue
        if facts is not None:
            try:
                say(f"✓ {card_words(facts.person(clock.now().date()))}")
            except Refusal as refused:
                say(f"✗ {refused}")
                return ILL
            return GOOD
    say(f"✗ {CARD_S:.0f} 秒里没有读到证")
    return ILL


def try_scan(care: PcDevices, there: bool) -> int:
    """One code, shortened."""
    if not there:
        say(f"! {_NO_SCANNER}")
        return NOT_SET_UP
    say(f"  请在 {SCAN_S:.0f} 秒里扫一张凭证，或任意一个二维码")
    trial = care.wait_for_code(SCAN_S, threading.Event())
    if trial is None:
        say("✗ 没有扫到码。请看扫码枪亮不亮、是不是串口模式")
        return ILL
    say(f"{'✓' if trial.good else '✗'} {trial.sentence}")
    return GOOD if trial.good else ILL


def export(care: PcDevices, config: Settings, out: Path | None) -> int:
    """The archive for support."""
    for opened in care.opened():
        opened.probe()
    try:
        path = care.export(out or config.folder / "support")
    except Fault as fault:
        say(f"✗ {fault}")
        return ILL
    say(f"✓ 导出好了：{path}。里面没有群众的资料，可以发给技术支持")
    return GOOD


def show(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table whose columns stand below each other: a Chinese character is two columns wide."""
    widths = [max(display_columns(row[n]) for row in (head, *rows)) for n in range(len(head))]
    for row in (head, *rows):
        cells = (words + " " * (width - display_columns(words)) for words, width in zip(row, widths, strict=True))
        say(f"  {'  '.join(cells)}".rstrip())


def _row(entry: CareEntry, since: str) -> tuple[str, ...]:
    place = f"{entry.driver}:{entry.address}" if entry.address else entry.driver
    return (entry.name, STATE_WORDS[entry.health.state], since, place, entry.health.advice)


def _found_row(one: FoundDevice) -> tuple[str, ...]:
    sure = "已在用" if one.in_use else "是" if one.certain else "可能"
    return (f"{one.name}：{one.title}", sure, f'{one.key} = "{one.setting}"')


def _set_up(care: PcDevices, key: str) -> bool:
    return any(entry.key == key and entry.driver for entry in care.entries())
