"""The published catalogue: versions of all matters, each replaced as a whole."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from typing import Any

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Rejected
from clerk_app.ports.hall import CatalogueInfo
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall.tools import Tools, canonical, plain

_NAMED = 5


class Catalogues:
    """Matters are opaque dictionaries with at least ``code`` and ``name``."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def publish(self, unit: HallUnit, actor: Actor, matters: tuple[dict[str, Any], ...]) -> CatalogueInfo:
        """Replace everything as a new version, in one transaction; the content of the current version again changes
        nothing. ``Rejected("matters")`` names rows without code or name and doubled codes; nothing is published then.
        """
        actor.require(Role.TECHNICIAN, Role.MANAGER, Role.SYSTEM)
        _check(matters)
        current = unit.catalogue.current()
        text = canonical(list(matters))
        digest = self._tools.digest(text)
        if current.version and unit.catalogue.digest(current.version) == digest:
            return current
        info = CatalogueInfo(current.version + 1, self._tools.now(), len(matters))
        unit.catalogue.add(info, digest, _packed(info.version, info.published_at, text))
        payload = {"version": info.version, "count": info.count, "digest": digest}
        self._tools.record(unit, actor, "catalogue.published", str(info.version), payload)
        return info

    def info(self, unit: HallUnit, actor: Actor) -> CatalogueInfo:
        """The published version."""
        return unit.catalogue.current()

    def packed(self, unit: HallUnit, actor: Actor, since: int) -> bytes:
        """The gzip form of the ``Catalogue`` JSON; ``matters`` is null for a reader that has this version."""
        current = unit.catalogue.current()
        if current.version == since or current.version == 0:
            return _packed(current.version, current.published_at, "null")
        return unit.catalogue.body(current.version)


def _packed(version: int, published_at: datetime | None, matters: str) -> bytes:
    text = f'{{"version":{version},"published_at":{json.dumps(plain(published_at))},"matters":{matters}}}'
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)


def _check(matters: tuple[dict[str, Any], ...]) -> None:
    if not matters:
        raise Rejected("matters", "目录是空的，没有发布")
    bad: list[str] = []
    seen: dict[str, int] = {}
    for row, matter in enumerate(matters, start=1):
        code, name = matter.get("code"), matter.get("name")
        if not isinstance(code, str) or not code.strip() or not isinstance(name, str) or not name.strip():
            bad.append(f"第 {row} 项缺编码或名称")
        elif code in seen:
            bad.append(f"第 {row} 项与第 {seen[code]} 项编码相同（{code}）")
        else:
            seen[code] = row
    if bad:
        more = f"，还有 {len(bad) - _NAMED} 处" if len(bad) > _NAMED else ""
        raise Rejected("matters", f"目录没有发布：{'；'.join(bad[:_NAMED])}{more}")
