"""The part of ``clerk doctor`` for devices, server and stores. A port has one user: close the window first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from clerk_app.bootstrap.devices import (
    open_card_reader,
    open_devices,
    open_evaluator,
    open_receipt_printer,
    workshop_of,
)
from clerk_app.bootstrap.doctor import Check, Finding, Patient, bad, good, lacking
from clerk_app.bootstrap.page_printing import open_page_printer
from clerk_app.bootstrap.voice import open_speaker
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Fault, Refusal, StoreFault
from clerk_app.domain.spoken import CLIPS
from clerk_app.ports.devices import DeviceHealth, DeviceState

_PLAIN_SQLITE = b"SQLite format 3\0"
_SKEW = timedelta(seconds=60)
_SERVER_CHECKS = {"store": "数据", "sequencer": "日志编号", "disk": "磁盘", "clock": "时钟", "second_copy": "第二份"}
_OLD_WORK = timedelta(days=1)
_THERE = (DeviceState.READY, DeviceState.BUSY)


@dataclass(frozen=True, slots=True)
class _Alive:
    at: datetime
    version: str
    epoch: str


# --- devices --------------------------------------------------------------------------------------------------
def serial_ports(patient: Patient) -> Iterator[Finding]:
    from drivers.serial_ports import available_ports

    ports = available_ports()
    if not ports:
        yield good("串口", "没有")
    for port in ports:
        yield good("串口", f"{port.device}（{port.description}）")


def card_reader(patient: Patient) -> Iterator[Finding]:
    config = patient.config.devices
    reader = open_card_reader(workshop_of(config, patient.clock))
    if reader is None:
        yield lacking("身份证读卡器", "设置里关着", _turn_on(patient, 'id_reader = "auto"'))
        return
    try:
        health = reader.probe()
        place = (health.state in _THERE and reader.found()) or reader.setting
    finally:
        reader.close()
    yield _device("身份证读卡器", health, f"{place}，有回应")


def receipt_printer(patient: Patient) -> Iterator[Finding]:
    config = patient.config.devices
    printer = open_receipt_printer(workshop_of(config, patient.clock))
    if printer is None:
        yield lacking("小票打印机", "没有设置，收件凭证改打 A4", _turn_on(patient, 'receipt_printer = "serial:COM4"'))
        return
    try:
        health = printer.probe()
    finally:
        printer.close()
    yield _device("小票打印机", health, f"{config.receipt_printer}，纸宽 {config.receipt_width_mm} 毫米")


def page_printer(patient: Patient) -> Iterator[Finding]:
    config = patient.config.devices
    printer = open_page_printer(config, patient.clock)
    if printer is None:
        advice = "通知书加密保存在本机，不出纸。" + _turn_on(patient, 'page_printer = "auto"')
        yield lacking("A4 打印机", "设置里关着", advice)
        return
    yield _device("A4 打印机", printer.probe(), printer.name)


def evaluator(patient: Patient) -> Iterator[Finding]:
    config = patient.config.devices
    keypad = open_evaluator(workshop_of(config, patient.clock))
    if keypad is None:
        yield lacking("评价器", "没有设置，群众暂时评价不了", _turn_on(patient, 'evaluator = "COM5"'))
        return
    try:
        health = keypad.probe()
    finally:
        keypad.close()
    note = "端口能打开；这种评价器没有问状态的命令，请按一次键试试"
    yield _device("评价器", health, f"{config.evaluator}，{config.evaluator_levels} 键，{note}")


def loudspeaker(patient: Patient) -> Iterator[Finding]:
    """The display's; the hall's own recordings are all read once."""
    config = patient.config
    speaker = open_speaker(config.voice, config.folder, patient.clock)
    if speaker is None:
        yield lacking("音箱", "设置里关着，大厅屏只显示不出声", '要用就在 clerk.toml 的 [voice] 里写 speaker = "auto"')
        return
    try:
        yield _device("音箱", speaker.probe(), "接着（大厅屏叫号用）")
        speaker.clips.joined(CLIPS)
    finally:
        speaker.close()
    if speaker.clips.problems:
        found = f"{len(speaker.clips.problems)} 个录音读不了，改用自带的：{'；'.join(speaker.clips.problems)}"
        yield lacking("语音片段", found, f"请重新录制或换成 WAV，放在 {config.folder / config.voice.clips}")


def _turn_on(patient: Patient, line: str) -> str:
    return f"要用就在 {patient.config.folder / 'clerk.toml'} 的 [devices] 里写 {line}（端口照实际填）"


def _device(name: str, health: DeviceHealth, found: str) -> Finding:
    if health.state in _THERE:
        return good(name, found, health.advice)
    words = {DeviceState.NEEDS_PAPER: "缺纸", DeviceState.ABSENT: "没有连上"}
    return lacking(name, words.get(health.state, "有故障"), health.advice)


# --- server ---------------------------------------------------------------------------------------------------
def server(patient: Patient) -> Iterator[Finding]:
    config = patient.config
    named = config.window.server
    address, ca_pem = (named, None) if named else _embedded(config.folder)
    if not address:
        yield good("服务器", "用本机的，现在没有运行，启动窗口时自动启动")
        return
    place = named or f"本机 {address}"
    try:
        alive = _ask(address, ca_pem)
    except (Fault, Refusal, ValueError):
        if named:
            advice = "窗口照常收件，恢复后自动上传。请检查地址、网线和服务器是否开着"
            yield lacking("服务器", f"{place} 连不上", advice)
        else:
            yield lacking("服务器", f"{place} 没有回应", "启动窗口时会再启动；还不行请看日志文件夹里的 server.log")
        return
    yield good("服务器", f"{place}，版本 {alive.version}")
    yield judge_skew(patient.clock.now() - alive.at)
    yield from _readiness(address, ca_pem)


def judge_skew(ahead: timedelta) -> Finding:
    """How far this computer's clock is ahead of the server's."""
    if abs(ahead) <= _SKEW:
        return good("时钟", "和服务器一致")
    way = "快" if ahead > timedelta() else "慢"
    found = f"比服务器{way} {abs(ahead).total_seconds() / 60:,.0f} 分"
    return lacking("时钟", found, "文书上的日期会不对，请打开系统的自动对时，再核对时区是不是北京时间")


def _embedded(folder: Path) -> tuple[str, str | None]:
    from clerk_app.bootstrap.server import RUNTIME_FILE, server_folder

    try:
        told = json.loads((server_folder(folder) / RUNTIME_FILE).read_text(encoding="utf-8"))
        host = f"[{told['host']}]" if ":" in told["host"] else told["host"]
        return f"https://{host}:{told['port']}", told["ca_pem"]
    except (OSError, ValueError, KeyError, TypeError):
        return "", None


def _readiness(address: str, ca_pem: str | None) -> Iterator[Finding]:
    """What the server says is the matter with it; nothing from a server that does not say."""
    from clerk_app.client.transport import Transport

    transport = Transport(address, ca_pem, attempts=1)
    try:
        status, told = transport.look("/readyz")
        checks = json.loads(told)["checks"] if status in (200, 503) else {}
    except (Fault, Refusal, ValueError, KeyError, TypeError):
        return
    finally:
        transport.close()
    for name, words in _SERVER_CHECKS.items():
        sentence = checks.get(name, "ok")
        if sentence != "ok":
            yield lacking(f"服务器的{words}", str(sentence), "请在服务器电脑上处理，见 docs/operations.md")


def _ask(address: str, ca_pem: str | None) -> _Alive:
    from clerk_app.client.transport import Transport

    transport = Transport(address, ca_pem, attempts=1)
    try:
        alive = transport.call("GET", "/v1/health", _Alive)
    finally:
        transport.close()
    assert isinstance(alive, _Alive)
    return alive


# --- stores ---------------------------------------------------------------------------------------------------
def server_store(patient: Patient) -> Iterator[Finding]:
    from clerk_app.bootstrap.server_files import server_folder

    home = server_folder(patient.config.folder)
    if patient.config.server.database:
        yield from _database(patient.config.server.database, home / "keys" / "hall.key")
        return
    store = home / "hall.db"
    if not store.exists():
        if not patient.config.window.server:
            yield good("服务器数据", "还没有，第一次启动时建立")
        return
    if is_plain(store):
        yield bad("服务器数据", f"{store} 没有加密", "请停用，联系技术员；不要删除任何文件")
    elif not (home / "keys" / "hall.key").exists():
        yield bad("服务器数据", f"{store} 的密钥不在", "数据打不开，请技术员用备份找回 keys 文件夹")
    else:
        yield good("服务器数据", f"{store}，已加密")


def _database(url: str, key_file: Path) -> Iterator[Finding]:
    try:
        from db.hall.look import look
        from db.postgres import without_password
    except ImportError:
        yield bad("服务器数据", "设置了 PostgreSQL，没有装它的驱动（psycopg）", "请用带驱动的安装包")
        return
    try:
        facts = look(url)
    except StoreFault as error:
        yield bad("服务器数据", str(error), "核对 clerk.toml 的 [server] database")
        return
    where = f"{without_password(url)}，PostgreSQL {facts.server_version}"
    if facts.schema.state == "newer":
        yield bad("服务器数据", f"{where}，数据是更新的程序写的", "请升级这台电脑上的程序")
    elif facts.schema.found and not key_file.exists():
        yield bad("服务器数据", f"{where}，这台电脑没有它的密钥", "把第一台服务器的 keys 和 tls 文件夹复制过来")
    elif facts.standby:
        yield bad("服务器数据", f"{where}，是只读的备用库", "地址要指向主库，见 docs/deploy.md")
    elif not facts.durable:
        advice = "断电会丢已确认的数据，请把 fsync 和 synchronous_commit 打开"
        yield bad("服务器数据", f"{where}，提交没有落盘", advice)
    else:
        yield good("服务器数据", f"{where}，连接 {facts.connections}/{facts.most_connections}")


def window_stores(patient: Patient) -> Iterator[Finding]:
    number = patient.config.window.number
    own = patient.config.folder / f"window-{number}"
    folders = sorted({own, *patient.config.folder.glob("window-*")})
    for folder in folders:
        if folder.is_dir():
            yield from _window_store(patient, folder)
        elif patient.config.window.server:
            advice = f"请技术员在服务器上生成登记码，再启动：clerk window --number {number} --code 登记码"
            yield lacking(f"{number} 号窗口", "还没有登记", advice)
        else:
            yield good(f"{number} 号窗口", "还没有登记，第一次启动时自动登记")


def _window_store(patient: Patient, folder: Path) -> Iterator[Finding]:
    from clerk_app.bootstrap.enrolled import read_device
    from clerk_app.bootstrap.machine import ThisMachine
    from clerk_app.services.window.binding import StoreBinding
    from clerk_app.services.window.journal import Journal
    from db.engine import sqlite_engine
    from db.window.store import SqlWindowStore

    name = f"{folder.name.removeprefix('window-')} 号窗口"
    store_path = folder / "window.db"
    if store_path.exists() and is_plain(store_path):
        yield bad(name, f"{store_path} 没有加密", "请停用，联系技术员；不要删除任何文件")
        return
    try:
        device = read_device(folder, DeviceKind.WINDOW, patient.entropy)
    except (Fault, Refusal) as error:
        yield bad(name, "打不开", str(error))
        return
    if device is None or not store_path.exists():
        yield lacking(name, "登记没有做完", "再启动一次窗口；连别的服务器时要带登记码")
        return
    reader = sqlite_engine(store_path, device.keys.key("sqlcipher"), writer=False)
    # Only reads: what a doctor looks at keeps its schema.
    store = SqlWindowStore(reader, reader, device.enrolment.enrolled.hall.hall_id)
    try:
        journal = Journal(device.crypto, device.keys.key("journal"), patient.clock, patient.entropy)
        problem = StoreBinding(store, ThisMachine(), journal).problem()
        waiting, since = store.read(lambda unit: unit.outbox.counts())
    except Fault as error:
        yield bad(name, "打不开", str(error))
        return
    finally:
        store.close()
    if problem:
        yield bad(name, "不能编号", problem)
        return
    yield good(name, f"已登记到 {device.enrolment.enrolled.hall.name}，数据已加密，绑定本机")
    if waiting and since is not None and patient.clock.now() - since > _OLD_WORK:
        yield lacking(name, f"{waiting} 件没有上传，最早 {since:%m-%d %H:%M}", "请检查网络和服务器；不要删除数据文件夹")


def is_plain(path: Path) -> bool:
    """Whether a store begins like an unencrypted SQLite file."""
    with path.open("rb") as file:
        return file.read(len(_PLAIN_SQLITE)) == _PLAIN_SQLITE


def drivers(patient: Patient) -> Iterator[Finding]:
    """Packages of third parties whose drivers could not be taken."""
    registry = workshop_of(patient.config.devices, patient.clock).registry
    for broken in registry.broken:
        yield lacking("驱动", f"{broken.name}：{broken.why}", "其他设备照常；请技术员重新安装这个驱动包，或问它的厂家")


def other_devices(patient: Patient) -> Iterator[Finding]:
    """What few PCs have is looked at only where the settings name it."""
    opened = open_devices(patient.config.devices, patient.clock)
    try:
        for key, name in (
            ("caller_keypad", "叫号键盘"),
            ("call_board", "窗口屏"),
            ("code_scanner", "扫码枪"),
            ("signature_pad", "签字板"),
        ):
            device = opened.all().get(key)
            if device is not None:
                yield _device(name, device.probe(), device.setting)
    finally:
        opened.close()


DEVICE_CHECKS: tuple[tuple[str, Check], ...] = (
    ("串口", serial_ports),
    ("身份证读卡器", card_reader),
    ("小票打印机", receipt_printer),
    ("A4 打印机", page_printer),
    ("评价器", evaluator),
    ("音箱", loudspeaker),
    ("其他设备", other_devices),
    ("驱动", drivers),
)
SERVER_CHECKS: tuple[tuple[str, Check], ...] = (
    ("服务器", server),
    ("服务器数据", server_store),
    ("窗口数据", window_stores),
)
CHECKS = (*DEVICE_CHECKS, *SERVER_CHECKS)
