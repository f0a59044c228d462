"""Reads catalogue files (json, xlsx, csv) into rows with their line numbers. Judging them is the importer's task.

Formats: docs/catalogue.md. A file that cannot be read at all is ``Rejected("file", …)``; a line that is no row is
kept as a problem of that line, so that one report can name everything.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from clerk_app.domain.catalogue_rows import (
    MATERIAL_COLUMNS,
    MATTER_COLUMNS,
    NEEDED_COLUMNS,
    NEEDED_MATERIAL_COLUMNS,
    LineProblem,
    RawCatalogue,
    RawRow,
    column_key,
    column_label,
)
from clerk_app.domain.errors import Rejected

JSON_FORMAT = "clerk-catalogue/1"
MATERIALS_SHEET = "材料"
_MATTERS_SHEET = "事项"
_LARGEST = 200 * 2**20
_MOST_ROWS = 2**20
"""Of a sheet of .xlsx."""
_ENCODINGS = ("utf-8-sig", "gb18030")
_DAMAGED = (zipfile.BadZipFile, zlib.error, LookupError, TypeError, ValueError, OSError, SyntaxError)
_BLANKS = " \t\r\n"


def read_catalogue_file(path: Path) -> RawCatalogue:
    """The rows of a file, told apart by its suffix. ``Rejected("file", …)`` when it cannot be read at all."""
    reader = {".json": _read_json, ".csv": _read_csv, ".xlsx": _read_xlsx}.get(path.suffix.lower())
    if reader is None:
        hint = "，请在表格软件里另存为 .xlsx" if path.suffix.lower() in {".xls", ".et", ".ods"} else ""
        raise _refused(path, f"只认 .json、.xlsx、.csv 文件{hint}")
    try:
        if path.stat().st_size > _LARGEST:
            raise _refused(path, f"文件超过 {_LARGEST // 2**20} MB")
        content = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"文件打不开（{error.strerror or type(error).__name__}）") from error
    return reader(path, content)


class _NotACatalogue(Exception):
    """Sound JSON that is no catalogue; the text is a Chinese clause."""


def _refused(path: Path, reason: str) -> Rejected:
    return Rejected("file", f"目录文件 {path.name} 没有导入：{reason}")


# ---------------------------------------------------------------- json
def _read_json(path: Path, content: bytes) -> RawCatalogue:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refused(path, f"第 {line} 行不是 UTF-8 编码") from error
    try:
        rows, problems = _json_rows(text)
    except json.JSONDecodeError as error:
        raise _refused(path, f"第 {error.lineno} 行第 {error.colno} 个字符处不是正确的 JSON") from error
    except RecursionError as error:
        raise _refused(path, "JSON 嵌套太深") from error
    except _NotACatalogue as error:
        raise _refused(path, str(error)) from error
    except ValueError as error:
        raise _refused(path, "里面有长得不合理的数字") from error
    return RawCatalogue(path.name, tuple(rows), records=True, problems=tuple(problems))


def _json_rows(text: str) -> tuple[list[RawRow], list[LineProblem]]:
    """Walk the top level by hand: the standard decoder does not tell on which line a record begins."""
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    place = _skip(text, 0)
    rows: list[RawRow] = []
    problems: list[LineProblem] = []
    seen = False
    if text[place : place + 1] == "[":
        place = _records(text, place, decoder, rows, problems)
        seen = True
    elif text[place : place + 1] == "{":
        place = _skip(text, place + 1)
        while text[place : place + 1] != "}":
            if text[place : place + 1] != '"':
                raise json.JSONDecodeError("key", text, place)
            key, place = decoder.raw_decode(text, place)
            place = _expect(text, place, ":")
            if key == "matters":
                place = _records(text, place, decoder, rows, problems)
                seen = True
            else:
                value, place = decoder.raw_decode(text, place)
                if key == "format" and value != JSON_FORMAT:
                    raise _NotACatalogue(f"format 应为 {JSON_FORMAT}，文件里是 {value}")
            place = _next(text, place, "}")
        place += 1
    else:
        raise json.JSONDecodeError("object", text, place)
    if _skip(text, place) != len(text):
        raise json.JSONDecodeError("extra", text, _skip(text, place))
    if not seen:
        raise _NotACatalogue("没有 matters（事项列表）")
    return rows, problems


def _records(text: str, place: int, decoder: json.JSONDecoder, rows: list[RawRow], problems: list[LineProblem]) -> int:
    if text[place : place + 1] != "[":
        raise _NotACatalogue("matters 应为列表")
    place = _skip(text, place + 1)
    line, counted, item = 1, 0, 0
    while text[place : place + 1] != "]":
        line += text.count("\n", counted, place)
        counted = place
        item += 1
        value, place = decoder.raw_decode(text, place)
        if isinstance(value, Mapping):
            rows.append(RawRow(line, value, item=item))
        else:
            problems.append(LineProblem(line, "不是一个事项（应为一组字段）", item=item))
        place = _next(text, place, "]")
    return place + 1


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _BLANKS:
        place += 1
    return place


def _expect(text: str, place: int, mark: str) -> int:
    place = _skip(text, place)
    if text[place : place + 1] != mark:
        raise json.JSONDecodeError("mark", text, place)
    return _skip(text, place + 1)


def _next(text: str, place: int, end: str) -> int:
    """Behind a value: at the next one, or at the closing mark."""
    place = _skip(text, place)
    if text[place : place + 1] == end:
        return place
    following = _expect(text, place, ",")
    if text[following : following + 1] == end:
        raise json.JSONDecodeError("comma", text, place)
    return following


def _no_constant(name: str) -> Any:
    raise _NotACatalogue(f"{name} 不是 JSON 里能用的值")


# ---------------------------------------------------------------- csv
def _read_csv(path: Path, content: bytes) -> RawCatalogue:
    text = _decoded(path, content)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    table: list[tuple[int, Sequence[Any]]] = []
    problems: list[LineProblem] = []
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            problems.append(LineProblem(line, "引号不成对，或字段里有多余的引号"))
        else:
            table.append((line, cells))
        line = reader.line_num + 1
    rows, found = _table_rows(path, table, MATTER_COLUMNS, NEEDED_COLUMNS, even=True)
    return RawCatalogue(path.name, rows, problems=(*problems, *found))


def _decoded(path: Path, content: bytes) -> str:
    failed_at = 0
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            failed_at = max(failed_at, error.start)
    line = content.count(b"\n", 0, failed_at) + 1
    raise _refused(path, f"第 {line} 行既不是 UTF-8 也不是 GB 18030 编码")


# ---------------------------------------------------------------- xlsx
def _read_xlsx(path: Path, content: bytes) -> RawCatalogue:
    # openpyxl takes a while to load and is needed at imports only.
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            return _read_book(path, book)
        finally:
            book.close()
    except _DAMAGED as error:
        raise _refused(path, "不是能读的 .xlsx 文件，可能已损坏或加了密码") from error


def _read_book(path: Path, book: Any) -> RawCatalogue:
    names = book.sheetnames
    first = _MATTERS_SHEET if _MATTERS_SHEET in names else names[0]
    rows, problems = _table_rows(path, _sheet(book[first]), MATTER_COLUMNS, NEEDED_COLUMNS)
    materials: tuple[RawRow, ...] = ()
    if MATERIALS_SHEET in names and first != MATERIALS_SHEET:
        materials, more = _table_rows(
            path, _sheet(book[MATERIALS_SHEET]), MATERIAL_COLUMNS, NEEDED_MATERIAL_COLUMNS, MATERIALS_SHEET
        )
        problems = (*problems, *more)
    return RawCatalogue(path.name, rows, materials, problems=problems)


def _sheet(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    # What the file says of its size is not needed, and each row would be filled up to it.
    sheet.reset_dimensions()
    for line, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if line > _MOST_ROWS:
            # openpyxl makes up the rows that a row number leaves out, as many as that may be
            raise ValueError(f"more than {_MOST_ROWS} rows")
        yield line, cells


# ---------------------------------------------------------------- tables
def _table_rows(
    path: Path,
    table: Iterable[tuple[int, Sequence[Any]]],
    columns: Mapping[str, tuple[str, ...]],
    needed: Sequence[str],
    sheet: str = "",
    even: bool = False,
) -> tuple[tuple[RawRow, ...], tuple[LineProblem, ...]]:
    """Rows under the first line that is not empty, which is the header; ``even`` refuses rows that are too short."""
    where = f"“{sheet}”表" if sheet else ""
    keys: list[str | None] | None = None
    rows: list[RawRow] = []
    problems: list[LineProblem] = []
    for line, cells in table:
        if all(cell is None or not str(cell).strip() for cell in cells):
            continue
        if keys is None:
            keys = _header(path, cells, columns, needed, where)
            continue
        extra = [cell for cell in cells[len(keys) :] if cell not in (None, "")]
        if extra or (even and len(cells) < len(keys)):
            problems.append(LineProblem(line, f"有 {len(cells)} 列，表头是 {len(keys)} 列", sheet))
            continue
        rows.append(_row(line, keys, cells))
    if keys is None:
        raise _refused(path, f"{where}是空的")
    return tuple(rows), tuple(problems)


def _header(
    path: Path,
    cells: Sequence[Any],
    columns: Mapping[str, tuple[str, ...]],
    needed: Sequence[str],
    where: str,
) -> list[str | None]:
    keys = [column_key(str(cell or ""), columns) for cell in cells]
    while keys and keys[-1] is None and not str(cells[len(keys) - 1] or "").strip():
        keys.pop()
    missing = [column_label(key, columns) for key in needed if key not in keys]
    if missing:
        raise _refused(path, f"{where}表头缺少{'、'.join(missing)}列")
    twice = [column_label(key, columns) for key in dict.fromkeys(keys) if key and keys.count(key) > 1]
    if twice:
        raise _refused(path, f"{where}表头里{'、'.join(twice)}列出现了两次")
    return keys


def _row(line: int, keys: Sequence[str | None], cells: Sequence[Any]) -> RawRow:
    values: dict[str, str] = {}
    numeric: set[str] = set()
    for key, cell in zip(keys, cells, strict=False):
        if key is None or cell is None:
            continue
        if isinstance(cell, int | float | date):
            numeric.add(key)
        whole = isinstance(cell, float) and cell.is_integer()
        values[key] = str(int(cell)) if whole else str(cell)
    return RawRow(line, values, frozenset(numeric))
