"""``[platform]`` of ``clerk.toml``: to which system the hall's cases go, how, and when.

[platform]
adapter = "off"              # "off", "folder", "http", or the name that a third party's package brings
form = "json"                # "json", "xml"
folder = "export"            # folder: where the files go; relative to the data folder
url = ""                     # http: "https://10.1.2.3/api/cases"
token_file = ""              # http: a file with the token and nothing else, for this account alone
ca = ""                      # http: the platform's certificate authority, when it is not the system's
at = ""                      # "18:00", "12:00,18:00" (Beijing), or
every = ""                   # "15m", "2h"; neither: only `clerk export now`
map = ""                     # the platform's own names, codes and lengths: a TOML file, see docs/platforms.md
refuse = ["missing"]         # what keeps a case here: "missing", "length", "code"; the others are warnings
batch = 200                  # changes in one file or request
area_code = ""               # 区划 of the hall, 6 or 12 digits

[platform.bodies]            # credit codes of departments whose matters' codes do not begin with one
"区市场监督管理局" = "11441501MB2C12345X"

[platform.options]           # what a third party's adapter wants
"""

from __future__ import annotations

import os
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from clerk_app.domain.errors import Rejected, shown
from clerk_app.domain.platform import FieldMap
from clerk_app.domain.platform_schedule import Schedule
from clerk_app.domain.platform_table import faults_of, map_of
from clerk_app.ports.platform import Options

OFF = "off"
_FORMS = ("json", "xml")
_MOST = 1000
_REASON = 200


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """The section as it is written."""

    adapter: str = OFF
    form: str = "json"
    folder: str = "export"
    url: str = ""
    token_file: str = ""
    ca: str = ""
    at: str = ""
    every: str = ""
    map: str = ""
    refuse: list[str] = field(default_factory=list)
    batch: int = 200
    area_code: str = ""
    bodies: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)

    def schedule(self) -> Schedule:
        """``Rejected("platform")`` for a slip."""
        return Schedule.read(self.at, self.every)

    def made(self, home: Path, fields: FieldMap) -> Options:
        """What the adapter is told; ``fields`` are the platform's, before this hall's own map."""
        if self.form not in _FORMS:
            raise Rejected("platform", f"[platform] form 可写 {'、'.join(_FORMS)}")
        if not 1 <= self.batch <= _MOST:
            raise Rejected("platform", f"[platform] batch 要在 1 到 {_MOST} 之间")
        if self.area_code and not (self.area_code.isascii() and self.area_code.isdigit()):
            raise Rejected("platform", "[platform] area_code 是区划代码，6 位或 12 位数字")
        return Options(
            home=home,
            form=self.form,
            folder=self.folder,
            url=self.url,
            token=_token(home / self.token_file) if self.token_file else "",
            ca=self.ca,
            fields=self._fields(home, fields),
            more=self.options,
        )

    def _fields(self, home: Path, fields: FieldMap) -> FieldMap:
        made = map_of(self._table(home), fields) if self.map else fields
        return made.refusing(frozenset(faults_of(self.refuse))) if self.refuse else made

    def _table(self, home: Path) -> dict[str, object]:
        path = home / self.map
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise Rejected("platform", f"字段对照 {path} 读不了：{shown(str(error), _REASON)}") from error


def _token(path: Path) -> str:
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            raise Rejected("platform", f"令牌文件 {path} 别的账号也能读，请改成只有自己能读（chmod 600）")
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise Rejected("platform", f"令牌文件 {path} 读不了，请核对文件名") from error
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise Rejected("platform", f"令牌文件 {path} 里应当只有一行令牌")
    return token
