"""Platforms by name: ours, then those that third parties' packages bring.

A package offers platforms by an entry point in the group ``clerk.platforms`` that names a tuple of ``Platform``::

    [project.entry-points."clerk.platforms"]
    acme = "acme_platform:PLATFORMS"

One that cannot be loaded is reported and left out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from clerk_app.domain.errors import Rejected, shown
from clerk_app.platforms.folder import FOLDER
from clerk_app.platforms.posting import HTTP
from clerk_app.ports.platform import Platform

_LOG = logging.getLogger(__name__)
GROUP = "clerk.platforms"
OURS = (FOLDER, HTTP)
_LONGEST_NAME = 64


class Platforms:
    """All of this installation. A name belongs to who came first; ``broken`` has what could not be loaded and why."""

    def __init__(self, points: Iterable[EntryPoint] | None = None) -> None:
        self.broken: list[str] = []
        self._known = {one.name: one for one in OURS}
        for point in entry_points(group=GROUP) if points is None else points:
            self._load(point)

    def _load(self, point: EntryPoint) -> None:
        try:
            offered = tuple(point.load())
        except Exception as error:  # noqa: BLE001 - another's package must not stop the server
            _LOG.exception("platforms of %s could not be loaded", point.name)
            self.broken.append(f"{point.name}：平台包装不上（{type(error).__name__}）")
            return
        for one in offered:
            if not isinstance(one, Platform) or not 0 < len(one.name) <= _LONGEST_NAME:
                self.broken.append(f"{point.name}：里面有一项不是平台")
            elif one.name in self._known:
                self.broken.append(f"{point.name}：平台名 {one.name} 已经有了，没有装上")
            else:
                self._known[one.name] = one

    def get(self, name: str) -> Platform:
        """``Rejected("platform")`` lists what there is."""
        try:
            return self._known[name]
        except KeyError:
            known = "、".join(sorted(self._known))
            raise Rejected("platform", f"[platform] adapter 没有叫 {shown(name, 40)} 的，可用的有 {known}") from None

    def all(self) -> tuple[Platform, ...]:
        return tuple(self._known.values())
