"""``clerk pcs``: the settings of all PCs of a hall in one table, ``pcs.csv``, one row a PC, as Excel or WPS saves it.

    电脑,用途,账号,登记码,window.number,window.server,devices.id_reader
    *,,,,,https://192.168.1.10:8443,auto
    ck-01,window,chuangkou,,1,,
    quhao-1,kiosk,,,,,off

The first columns are the PC's name (its host name), what it is for, the account that runs the program (empty: the
installer's) and a one-time enrolment code. Every other column is a key of ``clerk.toml``. The row ``*`` holds for every
PC that leaves the cell empty. ``check`` looks at every row, ``write`` makes one PC's ``clerk.toml``, ``codes`` fills
the codes in at the server.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta
from pathlib import Path

from clerk_app.bootstrap import settings
from clerk_app.bootstrap.console import say
from clerk_app.bootstrap.enrolled import CODE_FILE
from clerk_app.domain.errors import Fault, Refusal, Rejected

ROLES = {"window": "窗口", "kiosk": "取号机", "display": "大厅屏", "board": "大厅实况", "server": "服务器"}
COLUMNS = {"电脑": "pc", "用途": "role", "账号": "account", "登记码": "code"}
EVERY_PC = "*"
LONGEST_HOURS = 14 * 24


@dataclass(frozen=True, slots=True)
class Pc:
    """One row with the defaults filled in. ``values`` maps ``section.key`` to the text of the cell."""

    line: int
    name: str
    role: str
    account: str
    code: str
    values: Mapping[str, str]


def read_table(path: Path) -> list[Pc]:
    """The PCs of a table; UTF-8 or, as a Chinese Excel saves, GB 18030. ``Rejected("pcs")`` names the line."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Rejected("pcs", f"文件 {path} 读不了（{error.strerror}）") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError as error:
            raise Rejected("pcs", f"文件 {path} 不是 UTF-8，也不是 GB 18030，请另存为 CSV UTF-8") from error
    rows = [
        (number, row) for number, row in enumerate(csv.reader(io.StringIO(text)), start=1) if any(map(str.strip, row))
    ]
    if not rows:
        raise Rejected("pcs", f"文件 {path} 是空的")
    header = [COLUMNS.get(cell.strip(), cell.strip()) for cell in rows[0][1]]
    if "pc" not in header or "role" not in header:
        raise Rejected("pcs", f"文件 {path} 第 1 行要有“电脑”“用途”两列，现在是：{'、'.join(rows[0][1])}")
    if len(set(header)) < len(header):
        raise Rejected("pcs", f"文件 {path} 第 1 行有两列同名")
    made: list[Pc] = []
    shared: dict[str, str] = {}
    for number, row in rows[1:]:
        if len(row) > len(header):
            raise Rejected("pcs", f"文件 {path} 第 {number} 行有 {len(row)} 格，表头只有 {len(header)} 列，请看逗号")
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=False) if cell.strip()}
        if cells.get("pc") == EVERY_PC:
            shared = {name: cell for name, cell in cells.items() if name not in ("pc", "code")}
        else:
            made.append(_pc(path, number, shared | cells))
    names = [pc.name.lower() for pc in made]
    for pc in made:
        if names.count(pc.name.lower()) > 1:
            raise Rejected("pcs", f"文件 {path} 里“{pc.name}”有两行")
    return made


def _pc(path: Path, line: int, cells: dict[str, str]) -> Pc:
    name, role = cells.pop("pc", ""), cells.pop("role", "")
    role = next((word for word, chinese in ROLES.items() if role in (word, chinese)), role)
    if not name or role not in ROLES:
        known = "、".join(f"{word}（{chinese}）" for word, chinese in ROLES.items())
        raise Rejected("pcs", f"文件 {path} 第 {line} 行：电脑“{name}”的用途“{role}”不认识，可写 {known}")
    return Pc(line, name, role, cells.pop("account", ""), cells.pop("code", ""), cells)


def find(pcs: Sequence[Pc], name: str) -> Pc:
    """The row of a PC; host names differ in case between systems, and may carry a domain."""
    wanted = {name.lower(), name.lower().split(".")[0]}
    found = next((pc for pc in pcs if pc.name.lower() in wanted), None)
    if found is None:
        listed = "、".join(pc.name for pc in pcs[:8]) + ("……" if len(pcs) > 8 else "")
        raise Rejected("pcs", f"表里没有“{name}”这台电脑（有 {listed}）。请改表，或用 --pc 写明是哪一行")
    return found


def toml_of(pc: Pc) -> str:
    """The ``clerk.toml`` of a PC; ``Rejected`` names the line and the column."""
    known = {field.name: field for field in fields(settings.Settings)}
    empty = settings.Settings(Path())
    tables: dict[str, list[str]] = {}
    for column, cell in sorted(pc.values.items()):
        section, _, key = column.partition(".")
        if section not in known or not key or not is_dataclass(getattr(empty, section)):
            raise Rejected("pcs", f"第 {pc.line} 行：不认识的列 {column}，设置要写成 window.number 这样")
        kind = type(getattr(getattr(empty, section), key, ""))
        tables.setdefault(section, []).append(f"{key} = {_value(kind, cell, pc.line, column)}")
    parts = [f"# 由 pcs.csv 的“{pc.name}”一行生成；要改请改表，再运行 clerk-setup settings"]
    parts += ["\n".join((f"[{section}]", *lines)) for section, lines in tables.items()]
    text = "\n\n".join(parts) + "\n"
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / settings.FILE_NAME).write_text(text, encoding="utf-8")
        try:
            settings.load(Path(work))
        except Rejected as refused:
            sentence = str(refused).replace(f"设置文件 {Path(work) / settings.FILE_NAME} 的 ", "")
            raise Rejected("pcs", f"第 {pc.line} 行（{pc.name}）：{sentence}") from refused
    return text


def _value(kind: type, cell: str, line: int, column: str) -> str:
    if kind is str:
        # TOML's basic strings escape as JSON does, but for the delete character, which no setting has.
        return json.dumps(cell, ensure_ascii=False)
    if kind is bool and cell in ("true", "false"):
        return cell
    try:
        if kind in (int, float):
            return repr(kind(cell))
    except ValueError:
        pass
    raise Rejected("pcs", f"第 {line} 行的 {column} 写错了：{cell}")


def check(pcs: Sequence[Pc]) -> list[str]:
    """Everything that is wrong with the rows, all of it at once."""
    problems = []
    numbers: dict[str, str] = {}
    for pc in pcs:
        try:
            toml_of(pc)
        except Rejected as refused:
            problems.append(str(refused))
        number = pc.values.get("window.number", "")
        if pc.role == "window":
            if not number:
                problems.append(f"第 {pc.line} 行（{pc.name}）：窗口没有写 window.number")
            elif number in numbers:
                problems.append(f"第 {pc.line} 行（{pc.name}）：窗口号 {number} 和 {numbers[number]} 相同")
            numbers.setdefault(number, pc.name)
        if pc.role not in ("server", "window") and not pc.values.get("window.server"):
            problems.append(f"第 {pc.line} 行（{pc.name}）：没有写 window.server，不知道服务器在哪里")
    return problems


def write(pc: Pc, folder: Path) -> Path:
    """Write a PC's ``clerk.toml`` and hand its code over; what stood there before stays as ``clerk.toml.old``."""
    text = toml_of(pc)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / settings.FILE_NAME
    if path.exists() and path.read_text(encoding="utf-8", errors="replace") != text:
        os.replace(path, folder / f"{settings.FILE_NAME}.old")
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)
    if pc.code:
        _private(folder / CODE_FILE, pc.code + "\n")
    return path


def _private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def write_codes(table: Path, out: Path, folder: Path, hours: int) -> int:
    """A copy of the table with a fresh one-time code for every PC that needs one; for root's eyes only. The number of
    codes made."""
    from clerk_app.bootstrap.administration import KINDS
    from clerk_app.bootstrap.server import open_hall

    if not 1 <= hours <= LONGEST_HOURS:
        raise Rejected("hours", f"登记码的有效时间要在 1 到 {LONGEST_HOURS} 小时之间")
    pcs = read_table(table)
    problems = check(pcs)
    if problems:
        raise Rejected("pcs", "；".join(problems))
    hall = open_hall(folder)
    try:
        codes = {
            pc.name: hall.enrol_code(KINDS[pc.role], pc.values.get("window.number"), timedelta(hours=hours)).code
            for pc in pcs
            if pc.role in KINDS
        }
    finally:
        hall.close()
    columns = sorted({column for pc in pcs for column in pc.values})
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow([*COLUMNS, *columns])
    for pc in pcs:
        lines.writerow(
            [pc.name, pc.role, pc.account, codes.get(pc.name, ""), *(pc.values.get(one, "") for one in columns)]
        )
    _private(out, "\ufeff" + written.getvalue())
    return len(codes)


def run(args: argparse.Namespace) -> int:
    """``clerk pcs``: 0 when all is well. The last line of ``write`` is role and account, for the installer."""
    try:
        if args.verb == "codes":
            made = write_codes(args.table, args.out, args.data or settings.default_folder(), args.hours)
            say(f"{made} 个登记码写在 {args.out}，{args.hours} 小时内有效，各用一次。装完请删掉这个文件")
            return 0
        pcs = read_table(args.table)
        if args.verb == "check":
            problems = check(pcs)
            for problem in problems:
                say(problem)
            say(f"{len(pcs)} 台电脑，" + (f"{len(problems)} 处要改" if problems else "都好"))
            return int(bool(problems))
        pc = find(pcs, args.pc)
        write(pc, args.data or settings.default_folder())
        print(f"{pc.role}\t{pc.account}")
    except (Refusal, Fault) as known:
        say(str(known))
        return 1
    return 0
