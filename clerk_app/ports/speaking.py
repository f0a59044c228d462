"""Which language of the API a program speaks, so that an older window and a newer server get on (docs/sync.md).

Every minor version may raise ``API`` by one, and then still speaks the level before it. Both sides tell theirs with
each request and answer; who says nothing is of level 1, from before levels were told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from clerk_app.domain.errors import Fault

API = 2
"""What this program speaks. 1: single requests. 2: batches, files, levels."""
OLDEST_API = 1
"""The oldest level that this program still speaks."""

API_HEADER = "X-Clerk-Api"
"""Of a request: the level; of an answer: ``oldest-newest``."""
VERSION_HEADER = "X-Clerk-Version"
"""The program's version, for sentences only."""

_RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")


class VersionApart(Fault):
    """Window and server are more than one minor version apart: nothing is exchanged, and nothing is lost."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What the other side speaks: levels ``oldest`` to ``newest``, and its version, empty when it did not say."""

    oldest: int = 1
    newest: int = 1
    version: str = ""


def spoken(levels: str | None, version: str | None) -> Speech:
    """What two headers say; one that cannot be read says nothing."""
    found = _RANGE.fullmatch(levels or "")
    if found is None:
        return Speech(version=version or "")
    oldest = int(found[1])
    return Speech(oldest, int(found[2] or oldest), (version or "")[:32])


def common(theirs: Speech, oldest: int = OLDEST_API, newest: int = API) -> int | None:
    """The newest level that both speak; None when there is none."""
    level = min(newest, theirs.newest)
    return level if level >= max(oldest, theirs.oldest) else None


def apart(window: str, server: str, *, window_is_older: bool) -> str:
    """The sentence for two programs that do not understand each other; versions may be empty."""
    here, there = (f"（{text}）" if text else "" for text in (window, server))
    which = "窗口程序" if window_is_older else "服务器"
    return (
        f"窗口程序{here}和服务器{there}的版本差得太远，暂时不能上传和叫号。"
        f"照常收件，内容都在本机；请技术员升级{which}，升级后自动上传"
    )
