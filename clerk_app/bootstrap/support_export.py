"""The archive that a hall sends to support: settings, versions, the doctor's findings, devices, frames, log tail.

Nothing of a citizen and no secret goes in. Three fences, one behind the other: drivers mask the frames of their own
lines; frames of drivers that are not ours are reduced to their length, because nobody here knows what stands in them;
and every text goes through ``scrubbed``, which takes out numbers of persons, phone numbers and Chinese characters
where they can only be data. Stores, keys and papers are never read.
"""

from __future__ import annotations

import io
import json
import platform
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from clerk_app import __version__
from clerk_app.bootstrap.device_care import PcDevices
from clerk_app.bootstrap.doctor import Check, Finding, Patient, examine
from clerk_app.bootstrap.drivers import our_drivers
from clerk_app.bootstrap.settings import FILE_NAME, Settings
from clerk_app.domain.errors import StoreFault
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.device_care import CareEntry, FrameLine
from clerk_app.services.devices import STATE_WORDS, scrubbed

_TAIL = 64 * 1024
_SECRET = re.compile(r"password|secret|token|key|code|credential|密码|密钥", re.IGNORECASE)
_HIDDEN = "（不导出）"
_LOG_HEAD = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ [A-Z]+ \d+ \S+ \S+: ")
_PACKAGES = ("PySide6-Essentials", "SQLAlchemy", "pyserial", "python-escpos", "pyusb", "hidapi", "miniaudio")


def exporter(
    config: Settings, clock: Clock, entropy: Entropy, checks: Sequence[tuple[str, Check]]
) -> Callable[[PcDevices, Path], Path]:
    """``write_export`` of ``PcDevices``. ``checks``: those that open no device, while a window uses them."""

    def write(devices: PcDevices, folder: Path) -> Path:
        findings = tuple(examine(Patient(config, clock, entropy, lambda text: None), checks))
        path = folder / f"设备记录-{clock.now():%Y%m%d-%H%M%S}.zip"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive(config, devices, findings))
        except OSError as error:
            raise StoreFault(f"导出写不进文件夹 {folder}，请看磁盘是不是满了、有没有写入权限") from error
        return path

    return write


def archive(config: Settings, devices: PcDevices, findings: Iterable[Finding]) -> bytes:
    """The zip file's bytes."""
    entries = devices.entries()
    ours = {driver.name for driver in our_drivers()}
    pages = {
        "版本.txt": _versions(devices),
        "设置.json": _settings(config),
        "检查.txt": "\n".join(line for finding in findings for line in finding.lines()),
        "设备.txt": "\n".join(_device(entry) for entry in entries),
    }
    for entry in entries:
        lines = devices.frames(entry.key)
        if lines:
            known = entry.driver in ours or entry.driver.startswith("virtual-")
            pages[f"帧/{entry.key}.txt"] = "\n".join(_frame(line, whole=known) for line in lines)
    for log in sorted((config.folder / "log").glob("*.log")):
        pages[f"日志/{log.name}"] = log_tail(log)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in pages.items():
            file.writestr(name, _homeless(text) + "\n")
    return made.getvalue()


def log_tail(path: Path) -> str:
    """The newest lines of a log. Its messages are English: what else stands there is scrubbed."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError as error:
        return f"读不了（{type(error).__name__}）"
    kept = []
    for line in lines[1:] if len(lines) > 1 else lines:
        head = _LOG_HEAD.match(line)
        if head is not None:
            kept.append(head.group() + scrubbed(line[head.end() :]))
        elif line.startswith("{") and line.endswith("}"):
            # A server's line holds no words of an exception.
            kept.append(scrubbed(line))
        elif line.startswith(('  File "', "Traceback")):
            kept.append(scrubbed(line))
        # The rest of a traceback may show values.
    return "\n".join(kept)


def _settings(config: Settings) -> str:
    path = config.folder / FILE_NAME
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "没有设置文件，全用默认值"
    except (OSError, ValueError) as error:
        return f"读不了（{type(error).__name__}）"
    return json.dumps(_open(table), ensure_ascii=False, indent=1, default=str)


def _open(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _open(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_open(one, name) for one in value]
    return _HIDDEN if _SECRET.search(name) and name != "code" else value


def _versions(devices: PcDevices) -> str:
    lines = [
        f"clerk {__version__}",
        f"Python {platform.python_version()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
    ]
    for package in _PACKAGES:
        try:
            lines.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            lines.append(f"{package} 没有装")
    lines += [f"驱动包 {one.name}：{one.why}" for one in devices.workshop.registry.broken]
    return "\n".join(lines)


def _device(entry: CareEntry) -> str:
    health = entry.health
    place = f"{entry.driver}:{entry.address}" if entry.driver else "—"
    return (
        f"{entry.name} | {place} | {STATE_WORDS[health.state]} | {health.since:%Y-%m-%d %H:%M:%S} | "
        f"{health.word} | {health.advice}"
    )


def _frame(line: FrameLine, *, whole: bool) -> str:
    text = line.text if whole else f"（别家的驱动，内容不导出，{len(line.text)} 个字符）"
    return f"{line.at:%H:%M:%S.%f} {line.way} {text}"


def _homeless(text: str) -> str:
    """The name of the PC's user stands in paths."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 3 else text
