"""A batch as JSON or XML: the same groups, rows and texts in both, every character kept.

{"batch": {…}, "cases": [{"application": {…}, "materials": [{…}, …]}, …]}
<batch><head>…</head><case><application>…</application><materials><material>…</material></materials></case></batch>
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from clerk_app.domain.platform import FieldMap, formed, writable
from clerk_app.ports.platform import Batch, Item

Writer = Callable[[Batch, FieldMap], bytes]
_AS_SENT: Final = {"\r": "&#13;"}
"""A bare carriage return would be read back as a line feed (XML 1.0, 2.11)."""


def head(batch: Batch, fields: FieldMap) -> dict[str, str]:
    """What is said of the batch as a whole."""
    return {
        "standard": fields.title,
        "batch_id": batch.batch_id,
        "number": str(batch.number),
        "hall_code": writable(batch.hall_code),
        "hall_name": writable(batch.hall_name),
        "made_at": formed(batch.made_at, fields.moment),
        "count": str(len(batch.items)),
    }


def write_json(batch: Batch, fields: FieldMap) -> bytes:
    """UTF-8, one case a line."""
    many = {group.name: group.many for group in fields.groups}

    def case(item: Item) -> str:
        shown: dict[str, Any] = {
            name: [dict(row) for row in rows] if many[name] else dict(rows[0]) for name, rows in item.groups.items()
        }
        return json.dumps(shown, ensure_ascii=False)

    lines = ",\n".join(case(item) for item in batch.items)
    return f'{{"batch": {json.dumps(head(batch, fields), ensure_ascii=False)},\n"cases": [\n{lines}\n]}}\n'.encode()


def write_xml(batch: Batch, fields: FieldMap) -> bytes:
    """XML 1.0 in UTF-8, without a document type and without attributes."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<batch>', *_row("head", head(batch, fields)), "\n"]
    for item in batch.items:
        parts += ["<case>", *_case(item, fields), "</case>\n"]
    return "".join([*parts, "</batch>\n"]).encode()


def _case(item: Item, fields: FieldMap) -> Iterator[str]:
    for group in fields.groups:
        rows = item.groups.get(group.name, ())
        if not rows:
            continue
        if not group.many:
            yield from _row(group.name, rows[0])
            continue
        yield f"<{group.name}>"
        for row in rows:
            yield from _row(group.row, row)
        yield f"</{group.name}>"


def _row(name: str, row: Mapping[str, str]) -> Iterator[str]:
    yield f"<{name}>"
    for field, text in row.items():
        yield f"<{field}>{escape(text, _AS_SENT)}</{field}>"
    yield f"</{name}>"


FORMS: Final[Mapping[str, tuple[Writer, str]]] = {
    "json": (write_json, "application/json; charset=utf-8"),
    "xml": (write_xml, "application/xml; charset=utf-8"),
}
"""Name in the settings and suffix of files → writer and media type."""
