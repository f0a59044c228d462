"""A field map out of a file: the standard's fields under a platform's own names, without a line of code.

title = "市一体化平台"
day = "%Y-%m-%d"
moment = "%Y-%m-%d %H:%M:%S"
refuse = ["missing", "length"]

[application]
group = "up_pro_accept"                        # the platform's name of the group
only_named = true                              # leave out what is not named here
case_no = "PROJID"                             # only another name
case_type = { name = "TYPE", codes = { "1" = "JBJ", "2" = "CNJ", "9" = "QT" } }
applicant_name = { name = "APPLYNAME", length = 100, required = true, strict = ["length"] }

[co_applicants]
leave_out = true
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from clerk_app.domain.calendar import BEIJING
from clerk_app.domain.errors import Rejected, shown
from clerk_app.domain.platform import Fault, Field, FieldMap, Group, formed

_TOP: Final = ("title", "day", "moment", "refuse")
_GROUP: Final = ("group", "row", "only_named", "leave_out")
_FIELD: Final = ("name", "length", "required", "codes", "strict")
_WORDS: Final = 40


def map_of(table: Mapping[str, Any], base: FieldMap) -> FieldMap:
    """``base`` as the table renames and restricts it; ``Rejected("map", …)`` names what cannot be read."""
    groups = {one.source: one for one in base.groups}
    strange = [key for key in table if key not in _TOP and key not in groups]
    if strange:
        raise _bad(f"不认识 {shown(strange[0], _WORDS)}，组有 {'、'.join(groups)}")
    made = []
    for source, group in groups.items():
        told = table.get(source, {})
        if not isinstance(told, Mapping):
            raise _bad(f"{source} 是一组，要写成 [{source}]")
        if not _flag(told, "leave_out", source):
            made.append(_group(group, told))
    faults = frozenset(faults_of(table["refuse"])) if "refuse" in table else base.refuse
    return FieldMap(
        _text(table, "title", base.title),
        tuple(made),
        _form(_text(table, "day", base.day), "day"),
        _form(_text(table, "moment", base.moment), "moment"),
        faults,
    )


def faults_of(names: Any) -> Iterable[Fault]:
    """The faults that a list names; ``Rejected("map")``."""
    known = {one.value: one for one in Fault}
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise _bad(f'拒绝的条件写成列表，如 ["missing"]，可用的有 {"、".join(known)}')
    for name in names:
        if name not in known:
            raise _bad(f"没有“{shown(name, _WORDS)}”这个条件，可用的有 {'、'.join(known)}")
    return [known[name] for name in names]


def _group(group: Group, told: Mapping[str, Any]) -> Group:
    fields = {one.source: one for one in group.fields}
    for key in told:
        if key not in _GROUP and key not in fields:
            raise _bad(f"[{group.source}] 里不认识 {shown(key, _WORDS)}，字段有 {'、'.join(fields)}")
    kept = [one for one in group.fields if one.source in told or not _flag(told, "only_named", group.source)]
    made = tuple(_field(group, one, told[one.source]) if one.source in told else one for one in kept)
    name, row = _text(told, "group", group.name), _text(told, "row", group.row)
    return replace(group, name=name, row=row, fields=made)


def _field(group: Group, one: Field, told: Any) -> Field:
    place = f"[{group.source}] {one.source}"
    if isinstance(told, str):
        return replace(one, name=told)
    if not isinstance(told, Mapping):
        raise _bad(f'{place} 写成名字，如 "PROJID"，或者 {{ name = "PROJID", length = 50 }}')
    for key in told:
        if key not in _FIELD:
            raise _bad(f"{place} 里不认识 {shown(key, _WORDS)}，可用的有 {'、'.join(_FIELD)}")
    codes = told.get("codes", one.codes)
    if codes is not None and not (
        isinstance(codes, Mapping) and all(isinstance(part, str) for pair in codes.items() for part in pair)
    ):
        raise _bad(f'{place} 的 codes 写成对照表，如 {{ "1" = "JBJ" }}')
    # Other codes have other lengths.
    most = told.get("length", 0 if "codes" in told else one.most)
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise _bad(f"{place} 的 length 应为字符数")
    strict = frozenset(faults_of(told["strict"])) if "strict" in told else one.strict
    required = _flag(told, "required", place, one.required)
    return replace(one, name=_text(told, "name", one.name), most=most, required=required, codes=codes, strict=strict)


def _text(table: Mapping[str, Any], key: str, default: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or not value.strip():
        raise _bad(f"{key} 应为文字")
    return value


def _flag(table: Mapping[str, Any], key: str, place: str, default: bool = False) -> bool:
    value = table.get(key, default)
    if not isinstance(value, bool):
        raise _bad(f"{place} 的 {key} 应为 true 或 false")
    return value


def _form(form: str, key: str) -> str:
    try:
        made = formed(datetime(2026, 11, 23, 10, 24, 7, tzinfo=BEIJING), form)
    except ValueError:
        made = ""
    if "2026" not in made:
        raise _bad(f"{key} 应为日期的写法，如 %Y%m%d")
    return form


def _bad(sentence: str) -> Rejected:
    return Rejected("map", f"字段对照{sentence}")
