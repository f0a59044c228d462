"""What a hall may set, with a default for everything: one TOML file, ``clerk.toml``, in the data folder.

    [hall]                       # the server reads it at each start; code counts when it creates the hall only
    code = "MH"
    name = "明河区政务服务中心"

    [server]                     # see docs/deploy.md and docs/operations.md
    database = ""                # empty: its own encrypted file; else "postgresql+psycopg://clerk@192.168.1.20/hall"
    pgbouncer = false            # the address leads to a pooler that gives another connection for each transaction
    listen = ""                  # then: the address of PostgreSQL itself, to hear of other servers at once
    many_halls = false           # the store holds several halls; this server's own is the one with [hall] code
    upstream = ""                # the city's server, e.g. "https://10.1.1.20:8443": what is stored here goes there too
    second_copy = ""             # a folder on another disk that a copy of the server's own file is kept in
    metrics_token = ""           # empty: /metrics for this PC only; else for whoever sends it
    disk_free_mb = 500           # with less the server says that it is not ready
    log_days = 190               # the law asks for six months
    progress_page = false        # citizens see how their case stands, see docs/web-pages.md

    [window]
    number = "12"
    server = ""                  # empty: this PC runs its own server; else "https://192.168.1.10:8443"
    citizen_screen = "auto"      # "auto" (a second monitor, full screen), "window", "off"
    emergency_after = 10         # seconds without the server before numbers are called by hand
    emergency_blocks = 1         # reserved blocks of 99 numbers for the time without the server
    keyboard_scanner = false     # a scanner that types (a serial one is better, see docs/devices/scanners.md)
    rating_prompt = ""           # said when a rating is asked for, e.g. "请您评价这次服务"
    keep_pages_days = 0          # scanned pages stay on this PC so long after the server has them; 0: for ever

    [kiosk]
    emergency_blocks = 3         # as above, for a ticket machine

    [devices]                    # each "off", "auto" or "driver:address", see docs/drivers.md
    id_reader = "auto"           # "ga467-serial:COM3", "ga467-usb", "sdtapi"; short: "COM3"
    receipt_printer = "off"      # "escpos-tcp:192.168.1.50", "escpos-usb:auto"; short: "serial:COM4", "tcp:…", "file:…"
    evaluator = "off"            # "ff68-evaluator:COM5"; short: "COM5"
    code_scanner = "off"         # "auto", "scan-serial:COM7"
    page_printer = "auto"        # "auto" (the system's default printer), "off", or a printer's name

    [voice]                      # the display's voice, see docs/voice.md
    speaker = "auto"             # "auto", "off", "system" (the system's own voice), "file:FOLDER" (WAV files and a log)
    volume = 80                  # percent
    volumes = { "12:00-14:00" = 40, "18:00-08:00" = 0 }
    repeats = 2
    clips = ""                   # folder with the hall's own recordings

    [platform]                   # to which system the cases go, see docs/platforms.md
    adapter = "off"              # "off", "folder", "http"

An unknown key or a wrong type is refused with its name: a misspelt setting must not be ignored silently.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

from clerk_app.bootstrap.device_settings import DeviceSettings as DeviceSettings
from clerk_app.bootstrap.device_settings import read_devices
from clerk_app.bootstrap.platform_settings import PlatformSettings as PlatformSettings
from clerk_app.domain.emergency import MOST_BLOCKS
from clerk_app.domain.errors import Rejected, shown
from clerk_app.domain.hall import HallProfile

FILE_NAME = "clerk.toml"
CITIZEN_SCREENS = ("auto", "window", "off")
_LONGEST_REASON, _LONGEST_KEY = 200, 40
_LARGEST = 1e9
_INNER: dict[str, type] = {"agency_short": str, "volumes": int, "refuse": str, "bodies": str, "options": str}
"""What stands in the tables inside a section."""

SHORTEST_AWAY, LONGEST_AWAY = 5, 600
SHORTEST_KEEPING, LONGEST_KEEPING = 30, 3650
"""Days. Shorter than a backup is old, a restored server could ask for a page that nobody has any more."""
"""Seconds. The restart of a server takes one to three: calling by hand must not begin for that."""


@dataclass(frozen=True, slots=True)
class HallSettings:
    """The hall as its papers name it; see ``HallProfile`` for the meaning of each."""

    code: str = "MH"
    name: str = "明河区政务服务中心"
    area: str = "一楼 A 区"
    district: str = "明河区"
    phone: str = "0000-1234567"
    supervision_phone: str = "12345"
    query_url: str = ""
    supplement_days: int = 30
    agency_short: dict[str, str] = field(default_factory=dict)

    def profile(self, hall_id: str) -> HallProfile:
        """The domain's view of it."""
        return HallProfile(
            hall_id=hall_id,
            code=self.code,
            name=self.name,
            area=self.area,
            district=self.district,
            phone=self.phone,
            supervision_phone=self.supervision_phone,
            query_url=self.query_url,
            supplement_days=self.supplement_days,
            agency_short=self.agency_short,
        )


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The hall's server; ``second_copy`` is a folder, relative to the data folder. Of ``database`` and what belongs to
    it: ``docs/deploy.md``; ``progress_page`` lets citizens see how their case stands: ``docs/web-pages.md``."""

    database: str = field(default="", repr=False)
    pgbouncer: bool = False
    listen: str = field(default="", repr=False)
    many_halls: bool = False
    upstream: str = ""
    second_copy: str = ""
    metrics_token: str = field(default="", repr=False)
    disk_free_mb: int = 500
    log_days: int = 190
    progress_page: bool = False


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """This PC's place in the hall."""

    number: str = "1"
    server: str = ""
    text_size: float = 1.0
    citizen_screen: str = "auto"
    emergency_after: float = 10.0
    emergency_blocks: int = 1
    keyboard_scanner: bool = False
    keep_pages_days: int = 0
    rating_prompt: str = ""


@dataclass(frozen=True, slots=True)
class KioskSettings:
    """A ticket machine."""

    emergency_blocks: int = 3


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How the display speaks. ``volumes`` maps times of day to percent, ``clips`` and the folder of a ``file:`` speaker
    are relative to the data folder. ``busy_from`` and ``late_seconds`` as in ``VoiceRules``; ``yao`` says 幺 for a 1 on
    a ticket, ``purpose`` ends each call with 办理."""

    speaker: str = "auto"
    volume: int = 80
    volumes: dict[str, int] = field(default_factory=dict)
    repeats: int = 2
    busy_from: int = 3
    late_seconds: int = 45
    clips: str = ""
    yao: bool = False
    purpose: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one PC; ``folder`` is the data folder they were read from, ``hall_named`` what its ``[hall]``
    says itself."""

    folder: Path
    hall: HallSettings = field(default_factory=HallSettings)
    hall_named: frozenset[str] = frozenset()
    server: ServerSettings = field(default_factory=ServerSettings)
    window: WindowSettings = field(default_factory=WindowSettings)
    kiosk: KioskSettings = field(default_factory=KioskSettings)
    devices: DeviceSettings = field(default_factory=DeviceSettings)
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    platform: PlatformSettings = field(default_factory=PlatformSettings)
    calendars: tuple[Path, ...] = ()


def default_folder() -> Path:
    """``CLERK_DATA``, or the user's data folder of this system."""
    named = os.environ.get("CLERK_DATA")
    if named:
        return Path(named)
    # not on the way to the first paint where the folder is given
    import platformdirs

    return Path(platformdirs.user_data_dir("clerk", appauthor=False))


def load(folder: Path | None = None) -> Settings:
    """Settings of a data folder; a missing file means all defaults.

    Raises ``Rejected("settings", …)`` that names the file and the key.
    """
    folder = folder or default_folder()
    path = folder / FILE_NAME
    if not path.exists():
        return Settings(folder)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Rejected("settings", f"设置文件 {path} 读不了：{shown(str(error), _LONGEST_REASON)}") from error
    sections = {
        "hall": HallSettings,
        "server": ServerSettings,
        "window": WindowSettings,
        "kiosk": KioskSettings,
        "devices": DeviceSettings,
        "voice": VoiceSettings,
        "platform": PlatformSettings,
    }
    named = table.pop("calendars", [])
    if not isinstance(named, list) or not all(isinstance(one, str) and one.isprintable() for one in named):
        raise Rejected("settings", f'设置文件 {path} 的 calendars 要写成文件名的列表，如 calendars = ["2027.json"]')
    calendars = tuple(folder / name for name in named)
    made: dict[str, Any] = {}
    for name, values in table.items():
        if name not in sections:
            known = "、".join(sections)
            raise Rejected("settings", f"设置文件 {path} 里不认识 [{shown(name, _LONGEST_KEY)}]，可用的有 {known}")
        if not isinstance(values, dict):
            raise Rejected("settings", f"设置文件 {path} 的 {name} 是一节，要写成 [{name}]，下面一行一项")
        if name == "devices":
            made[name] = read_devices(values, str(path))
        else:
            made[name] = _section(sections[name], values, name, path)
    screen = made.get("window", WindowSettings()).citizen_screen
    if screen not in CITIZEN_SCREENS:
        raise Rejected("settings", f"设置文件 {path} 的 [window] citizen_screen 可写 {'、'.join(CITIZEN_SCREENS)}")
    settings = Settings(folder, calendars=calendars, hall_named=frozenset(table.get("hall", ())), **made)
    if not SHORTEST_AWAY <= settings.window.emergency_after <= LONGEST_AWAY:
        raise Rejected(
            "settings", f"设置文件 {path} 的 [window] emergency_after 要在 {SHORTEST_AWAY} 到 {LONGEST_AWAY} 秒之间"
        )
    kept = settings.window.keep_pages_days
    if kept and not SHORTEST_KEEPING <= kept <= LONGEST_KEEPING:
        raise Rejected(
            "settings",
            f"设置文件 {path} 的 [window] keep_pages_days 写 0（一直留）或 {SHORTEST_KEEPING} 到 {LONGEST_KEEPING} 天",
        )
    for name, blocks in (("window", settings.window.emergency_blocks), ("kiosk", settings.kiosk.emergency_blocks)):
        if not 0 <= blocks <= MOST_BLOCKS:
            raise Rejected("settings", f"设置文件 {path} 的 [{name}] emergency_blocks 要在 0 到 {MOST_BLOCKS} 之间")
    return settings


def _section(kind: type, values: dict[str, Any], name: str, path: Path) -> Any:
    assert is_dataclass(kind)
    defaults = kind()
    known = {f.name: type(getattr(defaults, f.name)) for f in fields(kind)}
    for key, value in values.items():
        if key not in known:
            unknown = shown(key, _LONGEST_KEY)
            raise Rejected("settings", f"设置文件 {path} 的 [{name}] 里不认识 {unknown}，可用的有 {'、'.join(known)}")
        wanted = known[key]
        if not _is_of(value, wanted):
            raise Rejected("settings", f"设置文件 {path} 的 [{name}] {key} 写错了类型，应为 {wanted.__name__}")
        inner = _INNER.get(key)
        if inner is not None and not all(_is_of(one, inner) for one in value.values()):
            raise Rejected("settings", f"设置文件 {path} 的 [{name}] {key} 里每一项都应为 {inner.__name__}")
    return kind(**values)


def _is_of(value: Any, wanted: type) -> bool:
    """True and false are no numbers; nan and infinity are no sizes and no times."""
    if isinstance(value, bool):
        return wanted is bool
    if wanted is float:
        return isinstance(value, int | float) and abs(value) <= _LARGEST
    return isinstance(value, wanted)
