"""Files that people bring: catalogues, settings, calendars, the published log of a day's dispatch."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import date
from pathlib import Path
from typing import Any

from clerk_app.bootstrap import settings
from clerk_app.bootstrap.dispatch import read_log
from clerk_app.documents.catalogue_files import read_catalogue_file
from clerk_app.domain import dispatch
from clerk_app.domain.calendar_file import merge_years, parse_calendar
from clerk_app.domain.catalogue_rows import RawCatalogue, RawRow
from clerk_app.domain.dispatch_check import check
from clerk_app.domain.dispatch_report import log_digest
from clerk_app.domain.errors import Rejected
from clerk_app.services.hall.catalogue_import import check_catalogue
from fuzz.target import Target, must, rarely, showable, text_of

_LONGEST_SENTENCE = 1_200
_HERE = Path(__file__).resolve().parent
_RESOURCES = _HERE.parents[1] / "resources"


class _Held:
    """A file that is held in memory: writing a real one takes as long as reading many."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.suffix = Path(name).suffix
        self.st_size = len(data)
        self._data = data

    def __str__(self) -> str:
        return self.name

    def exists(self) -> bool:
        return True

    def stat(self) -> _Held:
        return self

    def read_bytes(self) -> bytes:
        return self._data

    def read_text(self, encoding: str) -> str:
        return self._data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


class _Folder:
    """A data folder with nothing but its settings."""

    def __init__(self, data: bytes) -> None:
        self._settings = _Held(settings.FILE_NAME, data)

    def __truediv__(self, name: str) -> Any:
        return self._settings if name == settings.FILE_NAME else _HERE / name


def catalogue(name: str, data: bytes, every: bool) -> None:
    """Read and judge; costly properties where ``every``."""
    try:
        raw = read_catalogue_file(_Held(name, data))  # type: ignore[arg-type]
    except Rejected as refused:
        _sentence(refused)
        return
    _judged(raw, every)


def _judged(raw: RawCatalogue, every: bool) -> None:
    report = check_catalogue([raw])
    must(not (report.bad and report.matters), "a file with a bad row brings nothing")
    must(len(report.good) + len(report.bad) <= 2 * (len(raw.rows) + len(raw.materials) + len(raw.problems)), "rows")
    if not every:
        return
    for line in report.lines():
        must("\n" not in line.split("：")[0], "a line is one line")
    for matter in report.matters:
        json.dumps(matter, ensure_ascii=False).encode()
    if report.matters:
        rows = tuple(RawRow(1, matter, item=item) for item, matter in enumerate(report.matters, 1))
        again = check_catalogue([RawCatalogue(raw.name, rows, records=True)])
        must(not again.bad, "what was imported is imported again")


def catalogue_json(data: bytes) -> None:
    catalogue("catalogue.json", data, rarely(data))


def catalogue_csv(data: bytes) -> None:
    catalogue("catalogue.csv", data, rarely(data))


def settings_file(data: bytes) -> None:
    try:
        found = settings.load(_Folder(data))  # type: ignore[arg-type]
    except Rejected as refused:
        _sentence(refused, len(data))
        return
    must(settings.SHORTEST_AWAY <= found.window.emergency_after <= settings.LONGEST_AWAY, "bounds hold")
    must(isinstance(found.hall.agency_short, dict) and isinstance(found.calendars, tuple), "kinds hold")
    must(all(isinstance(one, str) for one in found.hall.agency_short.values()), "agencies have names")
    must(all(isinstance(one, int) for one in found.voice.volumes.values()), "volumes are numbers")
    must(all(isinstance(one, Path) and "\0" not in str(one) for one in found.calendars), "calendars are files")
    must(found.window.text_size == found.window.text_size, "a size is a number")


def calendars(data: bytes) -> None:
    try:
        years = parse_calendar(text_of(data), "cal.json")
    except Rejected as refused:
        _sentence(refused)
        return
    must(years and [one.year for one in years] == sorted({one.year for one in years}), "years in order")
    for year in years:
        must(not set(year.off) & year.make_up, "no day is both off and worked")
        must(all(day.weekday() >= 5 for day in year.make_up), "only weekends are made up")
        must(len(year.off) < 400 and year.source, "a year has its days and its source")
    must(set(merge_years([years, years])) == {one.year for one in years}, "twice is once")


def dispatch_logs(data: bytes) -> None:
    try:
        log = read_log(_Held("log.json", data))  # type: ignore[arg-type]
    except Rejected as refused:
        _sentence(refused)
        return
    report = check(log, _mac, _digest)
    must(all(str(one) for one in report.findings), "every finding is a sentence")
    must(report.draws.alone <= report.draws.draws <= len(data), "no more draws than entries")


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sentence(refused: Rejected, more: int = 0) -> None:
    must(0 < len(str(refused)) <= _LONGEST_SENTENCE + more, "a bounded sentence for the technician")
    must(showable(str(refused)), "a sentence that a screen can show")


def _matter() -> dict[str, Any]:
    catalogue = json.loads((_RESOURCES / "catalogue" / "sample.json").read_text(encoding="utf-8"))
    return min(catalogue["matters"], key=lambda one: len(json.dumps(one)) if one.get("situations") else 10**9)


def _json_seeds() -> list[bytes]:
    matter = _matter()
    bare = {"code": "X1", "name": "食品经营许可", "department": "市场监督管理局", "type": "01"}
    return [
        json.dumps({"format": "clerk-catalogue/1", "matters": [bare]}, ensure_ascii=False).encode(),
        json.dumps([matter], ensure_ascii=False).encode(),
        b'{"matters": [1, {}]}',
    ]


def _csv_seeds() -> list[bytes]:
    table = '事项编码,事项名称,实施机关,事项类型\nX1,食品经营许可,市场监督管理局,行政许可\nX2,"转,移",住建局,01\n'
    return [table.encode(), table.encode("gb18030"), b"\xef\xbb\xbf" + table.encode(), b'a,b\n"x,1\n']


def _calendar_seeds() -> list[bytes]:
    year = {
        "status": "official",
        "source": "国办发明电〔2025〕7 号",
        "off": [{"name": "元旦", "from": "2026-01-01", "to": "2026-01-03"}, {"name": "中秋", "from": "2026-09-25"}],
        "make_up": ["2026-01-04"],
    }
    return [json.dumps({"format": "cn-working-days/1", "years": {"2026": year}}, ensure_ascii=False).encode()]


def _dispatch_seeds() -> list[bytes]:
    """A day in parts: what came first and a ticket's whole story, sealed anew with the hashes used here."""
    whole = json.loads((_HERE / "dispatch_day.json").read_text(encoding="utf-8"))
    first, *others = whole["entries"]
    day_of, secret, hall_id = date.fromisoformat(whole["day"]), bytes.fromhex(whole["secret"]), whole["hall_id"]
    first["commitment"] = whole["commitment"] = dispatch.commitment(secret, hall_id, day_of, _digest)
    key = dispatch.day_key(secret, whole["outside"], hall_id, day_of, _mac)
    for draw in (one["draw"] for one in others if "draw" in one):
        kind = dispatch.DrawKind(draw["kind"])
        draw |= dispatch.draw(key, kind, draw["fixed"], draw["candidates"], day_of, _mac).to_json()
    start = first["start"]
    start["groups"] = dict(list(start["groups"].items())[:1]) | {"01a20621-ad00-7b06-a308-d7864f4e9290": ["C", 1]}
    others = [one for one in others if one["kind"] != "ticket.recalled"]
    numbers = {one["number"] for one in others if "number" in one}
    stories = [[one for one in others if one.get("number", number) == number] for number in sorted(numbers)]
    days = [{**whole, "entries": [first, *story]} for story in stories]
    for day in days:
        day["digest"] = log_digest(day, _digest)
    return [json.dumps(day, ensure_ascii=False, separators=(",", ":")).encode() for day in days]


_TOML = """
calendars = ["2027.json"]
[hall]
code = "MH"
agency_short = {"市场监督管理局" = "市监"}
[window]
number = "12"
text_size = 1.25
emergency_after = 12
[kiosk]
emergency_blocks = 3
[devices]
id_reader = "off"
[voice]
volumes = {"08:00" = 60}
repeats = 2
"""

_JSON_WORDS = (b"null", b"true", b"[]", b"{}", b'""', b"1e9", b"NaN", b"\\ud800", b"-1")

TARGETS = (
    Target(
        "catalogue-json",
        catalogue_json,
        _json_seeds,
        (
            "clerk_app.documents.catalogue_files",
            "clerk_app.domain.catalogue_reading",
            "clerk_app.domain.catalogue_rows",
            "clerk_app.domain.record_fields",
            "clerk_app.domain.matter_codes",
            "clerk_app.services.hall.catalogue_import",
        ),
        "Rejected, or a report; a bad row brings nothing; what was imported is imported again",
        longest=6000,
        tree=True,
        words=_JSON_WORDS,
    ),
    Target(
        "catalogue-csv",
        catalogue_csv,
        _csv_seeds,
        (
            "clerk_app.documents.catalogue_files",
            "clerk_app.domain.catalogue_rows",
            "clerk_app.services.hall.catalogue_import",
        ),
        "the same for csv",
        longest=600,
        words=("事项编码".encode(), "法定时限".encode(), "设立依据".encode(), "承诺时限".encode(), b'"', b"\r\n"),
    ),
    Target(
        "settings",
        settings_file,
        lambda: [_TOML.encode(), b"[hall]\nname = 1\n", b"hall = 3\n"],
        ("clerk_app.bootstrap.settings", "clerk_app.bootstrap.device_settings"),
        "Rejected that names the file and the key, or settings of the right kinds within their bounds",
        longest=800,
        words=(b"inf", b"nan", b"= [", b"= {", b"[[hall]]", b"1979-05-27", b"emergency_after", b"volumes"),
    ),
    Target(
        "calendars",
        calendars,
        _calendar_seeds,
        ("clerk_app.domain.calendar_file",),
        "Rejected with every fault, or years without contradictions",
        longest=1200,
        tree=True,
        words=(*_JSON_WORDS, b"2026-12-31", b"2025-12-31", b"provisional"),
    ),
    Target(
        "dispatch-logs",
        dispatch_logs,
        _dispatch_seeds,
        (
            "clerk_app.bootstrap.dispatch",
            "clerk_app.domain.dispatch",
            "clerk_app.domain.dispatch_check",
            "clerk_app.domain.dispatch_replay",
            "clerk_app.domain.dispatch_steps",
        ),
        "Rejected, or a report that names what does not fit; never an exception, whatever the log says",
        longest=6000,
        tree=True,
        words=_JSON_WORDS,
    ),
)
