"""Turns catalogue files into the records of one catalogue version, all of it or nothing.

Several files make one version (a district's list and a file of detailed matters): the same code may come once with
and once without materials, and the matter with materials wins. Publishing the result is ``publish_catalogue``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from clerk_app.domain.catalogue_reading import missing_fields, read_matter
from clerk_app.domain.catalogue_rows import RawCatalogue, material_of_row, record_of_row
from clerk_app.domain.matter_codes import (
    REGIONAL_TYPE_NAMES,
    remarks_on_basic_code,
    remarks_on_code,
    remarks_on_department_code,
)
from clerk_app.domain.record_fields import BrokenRecord
from clerk_app.services.hall.pinyin import sounds_of

_MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A sound row."""

    file: str
    line: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A matter that lacks some of the eleven unified fields; it is imported all the same."""

    code: str
    name: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that stops the import; ``sheet`` is empty for the first one, ``item`` counts the records of json files."""

    file: str
    line: int
    reasons: tuple[str, ...]
    sheet: str = ""
    item: int = 0

    @property
    def sentence(self) -> str:
        """「a.csv 第 5 行：没有事项名称；…」."""
        sheet = f"“{self.sheet}”表" if self.sheet else ""
        return f"{self.file} {sheet}{_where(self.line, self.item)}：{'；'.join(self.reasons)}"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd that does not stop the import, with the lines where it was seen."""

    file: str
    reason: str
    lines: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """「a.csv：事项编码的格式不认识，照原样使用（4 行：第 3、8、9、12 行）」."""
        shown = "、".join(str(line) for line in self.lines[:_MOST_LINES])
        rest = " 等" if len(self.lines) > _MOST_LINES else " "
        return f"{self.file}：{self.reason}（{len(self.lines)} 行：第 {shown}{rest}行）"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of the files. ``matters`` are the records to publish: empty as soon as one row is bad."""

    good: tuple[GoodRow, ...]
    bad: tuple[BadRow, ...]
    remarks: tuple[Remark, ...]
    matters: tuple[dict[str, Any], ...] = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether there is something to publish."""
        return not self.bad and bool(self.matters)

    @property
    def incomplete(self) -> tuple[Incomplete, ...]:
        """Matters to publish that lack some of the eleven unified fields, and which."""
        judged = (Incomplete(record["code"], record["name"], missing_fields(record)) for record in self.matters)
        return tuple(one for one in judged if one.missing)

    def lines(self) -> list[str]:
        """The report for a person: the verdict, every bad row, then the remarks."""
        detailed = sum(1 for matter in self.matters if matter.get("materials"))
        if self.bad:
            verdict = f"没有导入：{len(self.bad)} 行有问题，{len(self.good)} 行没有问题。改好下面各行再导入一次"
        elif not self.matters:
            verdict = "没有导入：文件里没有事项"
        else:
            verdict = f"{len(self.matters)} 个事项，其中 {detailed} 个有材料清单，{len(self.incomplete)} 个要素不全"
        return [verdict, *(row.sentence for row in self.bad), *(remark.sentence for remark in self.remarks)]


def _where(line: int, item: int) -> str:
    return f"第 {line} 行（第 {item} 个事项）" if item else f"第 {line} 行"


@dataclass(slots=True)
class _Candidate:
    file: str
    line: int
    item: int
    record: dict[str, Any]

    @property
    def place(self) -> str:
        return f"{self.file} {_where(self.line, self.item)}"


class _Findings:
    """Collects what is wrong and what is odd, by file and line."""

    def __init__(self) -> None:
        self._bad: dict[tuple[str, str, int, int], list[str]] = defaultdict(list)
        self._odd: dict[tuple[str, str], list[int]] = defaultdict(list)

    def blame(self, file: str, line: int, reason: str, sheet: str = "", item: int = 0) -> None:
        reasons = self._bad[file, sheet, line, item]
        if reason not in reasons:
            reasons.append(reason)

    def accuse(self, candidate: _Candidate, reason: str) -> None:
        self.blame(candidate.file, candidate.line, reason, item=candidate.item)

    def remark(self, file: str, line: int, reason: str) -> None:
        self._odd[file, reason].append(line)

    def is_bad(self, candidate: _Candidate) -> bool:
        return (candidate.file, "", candidate.line, candidate.item) in self._bad

    def bad_rows(self) -> tuple[BadRow, ...]:
        return tuple(
            BadRow(file, line, tuple(reasons), sheet, item)
            for (file, sheet, line, item), reasons in sorted(self._bad.items())
        )

    def remarks(self) -> tuple[Remark, ...]:
        return tuple(Remark(file, reason, tuple(sorted(set(at)))) for (file, reason), at in self._odd.items())


def check_catalogue(files: Iterable[RawCatalogue]) -> ImportReport:
    """Judge files and merge them into one catalogue. Never raises for what stands in a file: the report says it."""
    findings = _Findings()
    candidates = [candidate for file in files for candidate in _candidates(file, findings)]
    for candidate in candidates:
        _judge(candidate, findings)
    chosen = _merge(candidates, findings)
    _resolve_redirects(chosen, findings)
    bad = findings.bad_rows()
    good = tuple(
        GoodRow(one.file, one.line, one.record["code"], one.record["name"])
        for one in candidates
        if not findings.is_bad(one)
    )
    matters = () if bad else tuple(_published(candidate.record) for candidate in chosen)
    return ImportReport(good, bad, findings.remarks(), matters)


def _candidates(file: RawCatalogue, findings: _Findings) -> list[_Candidate]:
    for problem in file.problems:
        findings.blame(file.name, problem.line, problem.reason, problem.sheet, problem.item)
    if file.records:
        return [_Candidate(file.name, row.line, row.item, dict(row.values)) for row in file.rows]
    found = []
    by_code: dict[str, dict[str, Any]] = {}
    for row in file.rows:
        record, reasons = record_of_row(row)
        for reason in reasons:
            findings.blame(file.name, row.line, reason)
        found.append(_Candidate(file.name, row.line, row.item, record))
        by_code.setdefault(record.get("code", ""), record)
    _hang_materials(file, by_code, findings)
    return found


def _hang_materials(file: RawCatalogue, by_code: Mapping[str, dict[str, Any]], findings: _Findings) -> None:
    for row in file.materials:
        code = str(row.values.get("item_code", "")).strip()
        owner = by_code.get(code) if code else None
        listed: list[dict[str, Any]] = owner.setdefault("materials", []) if owner is not None else []
        record, reasons = material_of_row(row, len(listed) + 1)
        if code and owner is None:
            reasons = [*reasons, f"事项编码“{code}”不在第一张表里"]
        for reason in reasons:
            findings.blame(file.name, row.line, reason, "材料")
        listed.append(record)


def _judge(candidate: _Candidate, findings: _Findings) -> None:
    record, file, line = candidate.record, candidate.file, candidate.line
    try:
        matter = read_matter(record)
    except BrokenRecord as broken:
        if not findings.is_bad(candidate):
            for problem in broken.problems:
                findings.accuse(candidate, problem.reason)
        return
    record["code"] = matter.code
    area, department = str(record.get("area_code", "")), str(record.get("dept_code", ""))
    basic = str(record.get("catalog_code", ""))
    remarks = [
        *remarks_on_code(matter.code, area, matter.type),
        *remarks_on_department_code(department),
        *(remarks_on_basic_code(basic, matter.type) if basic else ()),
    ]
    if matter.type in REGIONAL_TYPE_NAMES:
        remarks.append(f"事项类型“{matter.type}”是地方代码，GB/T 39046-2020 附录 A.1 没有")
    for remark in remarks:
        findings.remark(file, line, remark)


def _merge(candidates: Iterable[_Candidate], findings: _Findings) -> list[_Candidate]:
    """One candidate per code, in the order of first appearance; a real duplicate is blamed."""
    chosen: dict[str, _Candidate] = {}
    ids: dict[str, _Candidate] = {}
    for candidate in candidates:
        code = str(candidate.record.get("code", "")).strip()
        first = chosen.setdefault(code, candidate) if code else candidate
        if first is candidate:
            continue
        detailed, brief = candidate, first
        if first.record.get("materials"):
            detailed, brief = first, candidate
        if first.file == candidate.file or brief.record.get("materials") or not detailed.record.get("materials"):
            findings.accuse(candidate, f"事项编码“{code}”与 {first.place}重复")
            continue
        chosen[code] = detailed
        if brief.record.get("type") != detailed.record.get("type"):
            findings.remark(
                brief.file,
                brief.line,
                f"事项类型是 {brief.record.get('type')}，{detailed.file} 里是 {detailed.record.get('type')}，按后者",
            )
    for candidate in chosen.values():
        name = candidate.record.get("id")
        if isinstance(name, str) and name and (other := ids.setdefault(name, candidate)) is not candidate:
            findings.accuse(candidate, f"简称“{name}”与 {other.place}重复")
    return list(chosen.values())


def _resolve_redirects(chosen: Iterable[_Candidate], findings: _Findings) -> None:
    """Put the code in place of the short name in every redirect, so that windows find the matter by its code."""
    chosen = list(chosen)
    codes: dict[str, str] = {}
    for candidate in chosen:
        code = candidate.record.get("code")
        names = (code, candidate.record.get("id"))
        codes |= {name: code for name in names if isinstance(name, str) and isinstance(code, str)}
    for candidate in chosen:
        if findings.is_bad(candidate):
            continue
        targets = [
            option["outcome"]["matter"]
            for situation in candidate.record.get("situations") or ()
            for option in situation["options"]
            if (option.get("outcome") or {}).get("kind") == "redirect"
        ]
        for target in targets:
            if target not in codes:
                findings.accuse(candidate, f"改办事项“{target}”不在目录里")
        if targets:
            candidate.record = _redirected(candidate.record, codes)


def _redirected(record: Mapping[str, Any], codes: Mapping[str, str]) -> dict[str, Any]:
    def option_with_code(option: Mapping[str, Any]) -> dict[str, Any]:
        outcome = option.get("outcome") or {}
        if outcome.get("kind") != "redirect":
            return dict(option)
        return {**option, "outcome": {**outcome, "matter": codes.get(outcome["matter"], outcome["matter"])}}

    situations = [
        {**situation, "options": [option_with_code(option) for option in situation["options"]]}
        for situation in record["situations"]
    ]
    return {**record, "situations": situations}


def _published(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with what every window needs and no file has: defaults filled in, and the sounds for the search."""
    matter = read_matter(record)
    sounds = sounds_of(matter.name, matter.department)
    return {
        **record,
        "code": matter.code,
        "name": matter.name,
        "department": matter.department,
        "type_name": matter.type_name,
        "case_type": str(matter.case_type),
        "procedure_law": str(matter.procedure_law),
        "pinyin": sounds.pinyin,
        "initials": sounds.initials,
    }
