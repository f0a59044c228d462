"""Rows of a catalogue table (csv, xlsx): their columns, and the record that each row stands for.

The columns and their names are documented in docs/catalogue.md. Codes are text: a cell that a spreadsheet kept as a
number may have lost leading zeros or its last digits, and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clerk_app.domain.calendar import NATURAL_DAY, UNITS
from clerk_app.domain.matter_codes import type_code, type_name


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row with its line in the file (1 is the first). ``values`` is a record (json) or column key → text (tables);
    ``numeric`` are the columns whose cell held a number. ``item`` counts the records of a json file from 1, because
    several may stand on one line; 0 in tables."""

    line: int
    values: Mapping[str, Any]
    numeric: frozenset[str] = frozenset()
    item: int = 0


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A line that could not even be read as a row; ``sheet`` is empty for the first one, ``item`` as in ``RawRow``."""

    line: int
    reason: str
    sheet: str = ""
    item: int = 0


@dataclass(frozen=True, slots=True)
class RawCatalogue:
    """A file as read: rows in order, not judged yet. ``records`` says that rows are records (json), not table rows.

    ``materials`` are the rows of the second sheet 材料. ``problems`` are lines that are no rows.
    """

    name: str
    rows: tuple[RawRow, ...]
    materials: tuple[RawRow, ...] = ()
    records: bool = False
    problems: tuple[LineProblem, ...] = field(default=())


MATTER_COLUMNS: dict[str, tuple[str, ...]] = {
    "department": ("部门", "所属部门", "实施部门", "实施机关", "实施主体", "部门名称"),
    "main_item": ("主项", "主项名称"),
    "name": ("事项名称", "名称", "项目名称", "业务办理项", "业务办理项名称", "子项名称"),
    "item_code": ("事项编码", "实施编码", "业务办理项编码", "编码"),
    "area_code": ("区划代码", "行政区划代码", "行政区划", "区划"),
    "task_type": ("事项类型", "类型", "项目类别", "类型代码"),
    "dept_code": ("部门编码", "部门代码", "实施主体编码", "组织机构代码", "统一社会信用代码"),
    "catalog_code": ("基本编码",),
    "audience": ("服务对象",),
    "case_type": ("办件类型",),
    "procedure_law": ("程序依据",),
    "legal_basis": ("设立依据", "设定依据"),
    "procedure": ("办理程序", "办理流程"),
    "fee": ("收费标准", "收费"),
    "statutory_limit": ("法定期限", "法定时限", "法定办结时限"),
    "promised_limit": ("承诺期限", "承诺时限", "承诺办结时限"),
    "place": ("办理地点",),
    "phone": ("咨询电话",),
    "result": ("办理结果", "结果名称"),
}
MATERIAL_COLUMNS: dict[str, tuple[str, ...]] = {
    "item_code": ("事项编码", "实施编码", "业务办理项编码"),
    "name": ("材料名称", "名称"),
    "acceptance_criterion": ("接件标准", "受理标准"),
    "original": ("原件份数", "原件"),
    "copy": ("复印件份数", "复印件"),
    "original_handling": ("原件处理",),
    "necessity": ("必要性",),
    "legal_basis": ("依据", "材料依据"),
    "defect_phrases": ("问题短语",),
    "exempt_reason": ("免交理由",),
    "exempt_by": ("替代凭证",),
    "exempt_check": ("核验办法",),
    "note": ("说明", "备注"),
}
NEEDED_COLUMNS = ("department", "name", "item_code", "task_type")
NEEDED_MATERIAL_COLUMNS = ("item_code", "name", "acceptance_criterion")
_CODE_COLUMNS = ("item_code", "area_code", "dept_code", "catalog_code")

_AUDIENCES = {
    "自然人": "1",
    "企业法人": "2",
    "法人": "2",
    "事业法人": "3",
    "社会组织法人": "4",
    "行政机关": "5",
    "其他组织": "6",
}
_SPREADSHEET_ERRORS = ("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")
_CASE_TYPES = {"即办件": "1", "承诺件": "2", "其他": "9"}
_LAWS = {"行政许可法": "licensing", "不动产登记暂行条例": "real_estate", "其他": "own"}
_NECESSITIES = {"必要": "1", "非必要": "2", "容缺后补": "3"}
_NO_LIMIT = re.compile(r"无|不设|没有")
_LIMIT = re.compile(rf"(\d+)\s*个?({'|'.join(UNITS)})")
_FREE = ("不收费", "免费", "无", "否")
_LAW = re.compile(r"《(?P<law>[^《》]+)》(?P<article>[^《》；;]*)")


def column_key(header: str, columns: Mapping[str, tuple[str, ...]]) -> str | None:
    """The key of a column by its key or one of its Chinese names; None for a column that is not known."""
    plain = re.sub(r"[\s（(].*$", "", header.strip())
    return next((key for key, names in columns.items() if plain == key or plain in names), None)


def column_label(key: str, columns: Mapping[str, tuple[str, ...]] = MATTER_COLUMNS) -> str:
    """「事项编码」: what a sentence calls the column."""
    return columns[key][0]


def record_of_row(row: RawRow) -> tuple[dict[str, Any], list[str]]:
    """The record of a matter's row, without materials, and what is wrong with the row in Chinese clauses."""
    cells = _Cells(row, MATTER_COLUMNS)
    kind = type_code(cells.text("task_type")) if cells.text("task_type") else None
    if kind is None:
        given = cells.text("task_type")
        cells.blame(f"事项类型“{given}”不在 GB/T 39046-2020 附录 A.1 里" if given else "没有事项类型")
    record: dict[str, Any] = {
        "code": cells.needed("item_code"),
        "name": cells.needed("name"),
        "department": cells.needed("department"),
        "type": kind or "",
        "type_name": type_name(kind or ""),
        "main_item": cells.text("main_item"),
        "area_code": cells.text("area_code"),
        "dept_code": cells.text("dept_code"),
        "catalog_code": cells.text("catalog_code"),
        "audience": [cells.coded("audience", _AUDIENCES, part) for part in _listed(cells.text("audience"))],
        "case_type": cells.coded("case_type", _CASE_TYPES, cells.text("case_type")),
        "procedure_law": cells.coded("procedure_law", _LAWS, cells.text("procedure_law")),
        "legal_basis": _clauses(cells.text("legal_basis")),
        "procedure": [{"no": no, "name": name} for no, name in enumerate(_listed(cells.text("procedure")), 1)],
        "fee": _fee(cells.text("fee")),
        "statutory_limit": _limit(cells, "statutory_limit"),
        "promised_limit": _limit(cells, "promised_limit"),
        "place": _plain(cells.text("place")),
        "phone": _plain(cells.text("phone")),
        "result": {"name": cells.text("result")} if cells.text("result") else None,
    }
    return {key: value for key, value in record.items() if value}, cells.problems


def material_of_row(row: RawRow, number: int) -> tuple[dict[str, Any], list[str]]:
    """The record of the ``number``-th material of its matter, and what is wrong with the row."""
    cells = _Cells(row, MATERIAL_COLUMNS)
    cells.needed("item_code")
    necessity = cells.coded("necessity", _NECESSITIES, cells.text("necessity")) or "1"
    record: dict[str, Any] = {
        "id": f"m{number}",
        "name": cells.needed("name"),
        "form": {
            "original": cells.count("original"),
            "copy": cells.count("copy"),
            "original_handling": cells.text("original_handling") or None,
        },
        "necessity": necessity,
        "acceptance_criterion": cells.needed("acceptance_criterion"),
        "legal_basis": cells.text("legal_basis"),
        "defect_phrases": _listed(cells.text("defect_phrases")),
        "note": cells.text("note"),
    }
    if cells.text("exempt_reason"):
        record["exemption"] = {
            "reason": cells.text("exempt_reason"),
            "replaceable_by": cells.text("exempt_by"),
            "check": cells.text("exempt_check"),
        }
    return record, cells.problems


class _Cells:
    """The texts of one row; collects problems."""

    def __init__(self, row: RawRow, columns: Mapping[str, tuple[str, ...]]) -> None:
        self._row = row
        self._columns = columns
        self.problems: list[str] = []
        for key in _CODE_COLUMNS:
            if key in row.numeric:
                self.blame(f"{self._label(key)}的单元格是数字，可能丢了前导零或末几位，请把这一列设成文本格式再填")

        for key, value in row.values.items():
            if value in _SPREADSHEET_ERRORS:
                self.blame(f"{self._label(key)}的单元格是公式错误“{value}”")

    def blame(self, reason: str) -> None:
        self.problems.append(reason)

    def text(self, key: str) -> str:
        return str(self._row.values.get(key, "")).strip()

    def needed(self, key: str) -> str:
        if not self.text(key):
            self.blame(f"没有{self._label(key)}")
        return self.text(key)

    def count(self, key: str) -> int:
        text = self.text(key)
        if not text:
            return 0
        if not (text.isascii() and text.isdigit()):
            self.blame(f"{self._label(key)}“{text}”应为 0 或正整数")
            return 0
        return int(text)

    def coded(self, key: str, names: Mapping[str, str], text: str) -> str:
        """The code of a Chinese name, or the code itself; empty stays empty."""
        if text in names or not text:
            return names.get(text, "")
        if text not in names.values():
            self.blame(f"{self._label(key)}“{text}”应为{'、'.join(names)}之一")
        return text

    def _label(self, key: str) -> str:
        return column_label(key, self._columns)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[、，,；;\n|→]", text) if part.strip()]


def _plain(text: str) -> dict[str, Any] | None:
    return {"text": text} if text else None


def _fee(text: str) -> dict[str, Any] | None:
    return {"text": text, "charged": not text.startswith(_FREE)} if text else None


def _clauses(text: str) -> list[dict[str, str]]:
    """《…》第…条 parts; a text that names no law in book title marks is kept whole."""
    found = [{"law": part["law"], "article": part["article"].strip()} for part in _LAW.finditer(text)]
    return found or ([{"law": text}] if text else [])


def _limit(cells: _Cells, key: str) -> dict[str, Any] | None:
    text = cells.text(key)
    if not text:
        return None
    if found := _LIMIT.search(text):
        return {"value": int(found[1]), "unit": found[2], "text": text, "starts_from": "受理之日"}
    if _NO_LIMIT.match(text):
        return {"value": None, "unit": None, "text": text}
    cells.blame(
        f"{column_label(key)}“{text}”要写明数字和单位，如“20个工作日”“15{NATURAL_DAY}”，没有期限的写“无法定期限”"
    )
    return None
