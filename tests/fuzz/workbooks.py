"""Catalogues in .xlsx: whole files, and sheets without the archive around them."""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache, partial
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from clerk_app.documents import catalogue_files
from fuzz.files import catalogue
from fuzz.target import Target, rarely

_SHARED = (
    *("事项编码", "事项名称", "实施机关", "事项类型", "承诺时限"),
    *("X1", "食品经营许可", "市场监督管理局", "行政许可"),
)
"""The shared texts of the sheets that are handed over without a workbook."""
_FEW_ROWS = 1_000
"""Of a sheet here: a million made-up rows take a second."""
_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def catalogue_xlsx(data: bytes) -> None:
    """Sheets, or with ``P`` and ``S`` in front the whole file or its shared texts.

    Opening a workbook takes fifty times as long as reading a sheet of it. So sheets are handed to openpyxl where they
    would have come from the archive: one as XML, or several as JSON of which ``_sheet_xml`` makes sound XML. Of the
    whole files as many are opened as ``rarely`` says.
    """
    every = rarely(data)
    if data[:1] in (b"P", b"S") and every:
        catalogue("catalogue.xlsx", data if data[:1] == b"P" else _workbook_with(data[1:]), every)
        return
    opener, most = openpyxl.load_workbook, catalogue_files._MOST_ROWS
    openpyxl.load_workbook = partial(_Sheets, _sheets(data))
    catalogue_files._MOST_ROWS = _FEW_ROWS
    try:
        catalogue("catalogue.xlsx", b"", every)
    finally:
        openpyxl.load_workbook, catalogue_files._MOST_ROWS = opener, most


def _workbook_with(shared: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as book:
        for name, content in {**book_parts(), "xl/sharedStrings.xml": shared}.items():
            book.writestr(name, content)
    return target.getvalue()


def _sheets(data: bytes) -> dict[str, bytes]:
    """XML by the sheets' names, from ``{name: [dimension, row, …], …}`` or of one sheet as it is."""
    try:
        sheets = json.loads(data)
    except (ValueError, RecursionError):
        return {"事项": data}
    sheets = sheets if isinstance(sheets, dict) else {"事项": sheets}
    return {name: _sheet_xml(*_listed(sheet)) for name, sheet in sheets.items()}


def _sheet_xml(dimension: object = None, *rows: object) -> bytes:
    """A row is ``[number, cell, …]``, a cell ``[place, type, style, value]`` or a text; None leaves one out."""
    made = [_SHEET, "" if dimension is None else f"<dimension{_attributes(ref=dimension)}/>", "<sheetData>"]
    for row in rows:
        number, *cells = _listed(row) or [None]
        made.append(f"<row{_attributes(r=number)}>")
        for cell in cells:
            place, kind, style, value, *_ = (
                [*cell, None, None, None, None] if isinstance(cell, list) else [None, "str", None, cell]
            )
            inner = f"<is><t>{escape(str(value))}</t></is>" if kind == "inlineStr" else f"<v>{escape(str(value))}</v>"
            made.append(f"<c{_attributes(r=place, t=kind, s=style)}>{inner if value is not None else ''}</c>")
        made.append("</row>")
    made.append("</sheetData></worksheet>")
    return "".join(made).encode("utf-8", "surrogatepass")


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _attributes(**values: object) -> str:
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items() if value is not None)


class _Sheets:
    """An open workbook of openpyxl, the XML of its sheets given."""

    data_only = True
    epoch = WINDOWS_EPOCH
    _date_formats = frozenset({1})
    _timedelta_formats = frozenset({2})

    def __init__(self, sheets: dict[str, bytes], file: object, read_only: bool, data_only: bool) -> None:
        self._archive = self
        self._sheets = sheets
        self.sheetnames = list(sheets)

    def open(self, name: str) -> io.BytesIO:
        return io.BytesIO(self._sheets[name])

    def __getitem__(self, name: str) -> ReadOnlyWorksheet:
        return ReadOnlyWorksheet(self, name, name, _SHARED)

    def close(self) -> None: ...


@cache
def book_parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(_workbook())) as book:
        return {name: book.read(name) for name in book.namelist()}


@cache
def _workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["事项编码", "事项名称", "实施机关", "事项类型"])
    sheet.append(["11511602MB1234567X4000131001000", "食品经营许可", "市场监督管理局", "行政许可"])
    more = book.create_sheet("材料")
    more.append(["事项编码", "材料名称", "接件标准", "原件份数"])
    more.append(["11511602MB1234567X4000131001000", "申请书", "签字", 1])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _xlsx_seeds() -> list[bytes]:
    small = io.BytesIO()
    with zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("[Content_Types].xml", book_parts()["[Content_Types].xml"])
    head = [1, *([None, "s", None, at] for at in range(4))]
    row = [2, *([None, "s", None, at] for at in range(5, 9))]
    kinds = [
        None,
        ["A3", "d", None, "2026-11-23"],
        ["B3", None, 1, 46000],
        ["C3", "b", None, 1],
        [None, "e", None, "#N/A"],
    ]
    papers = [None, [1, "事项编码", "材料名称", "接件标准"], [2, "X1", ["B2", "inlineStr", None, "申请书"], "签字"]]
    some = [
        {"事项": [None, head, row]},
        {"事项": [None, head, row], "材料": papers},
        {"a": ["A1:E3", [2], head, kinds]},
    ]
    return [
        *(json.dumps(sheets, ensure_ascii=False).encode() for sheets in some),
        _SHEET.encode() + b'<sheetData><row><c t="s"><v>1</v></c></row></sheetData></worksheet>',
        b'<?xml version="1.0" encoding="utf-9"?><worksheet/>',
        b"S<sst><si><t>\xe4\xba\x8b</t></si></sst>",
        small.getvalue(),
    ]


TARGETS = (
    Target(
        "catalogue-xlsx",
        catalogue_xlsx,
        _xlsx_seeds,
        ("clerk_app.documents.catalogue_files", "clerk_app.domain.catalogue_rows"),
        "the same for xlsx: the archive, a sheet's XML, the shared texts",
        longest=600,
        tree=True,
        words=(b'<c t="s"><v>0</v></c>', b'"inlineStr"', b'"d"', b'"e"', b"<row>", b"9" * 20, b'"ZZZ1"'),
    ),
)
