"""Numbers while the server is away (应急号): reserved blocks, and the number that a citizen holds. Pure.

Block n is the serials n·100+1 … n·100+99 under ``Y``. It belongs to one device for ever and starts again each day, so
that a device needs nobody to give out a number that no other device gives out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.queue import ticket_number
from clerk_app.domain.queue_rules import BLOCK_SIZE, EMERGENCY_PREFIX

MOST_BLOCKS = 12
"""Blocks of one device: more than a thousand numbers a day without a server."""

CLOCK_GRACE = timedelta(minutes=2)
"""A device's clock may run ahead of the server's so much before its times are corrected."""

OLDEST = timedelta(days=14)
"""What was done longer ago than this cannot be told any more without a person looking at it: a clock is wrong."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_NUMBER = re.compile(r"([A-Z])0*([1-9]\d{0,5})")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is called, e.g. ``A047``: its letter and its serial."""

    prefix: str
    serial: int

    def __str__(self) -> str:
        return ticket_number(self.prefix, self.serial)

    @property
    def block_no(self) -> int | None:
        """The block that an emergency number is from; None for a number of the queue."""
        if self.prefix != EMERGENCY_PREFIX or not self.serial % BLOCK_SIZE:
            return None
        return self.serial // BLOCK_SIZE or None


def read_number(text: str) -> Number:
    """What somebody typed: 「a47」, 「Ａ０４７」 and 「A 047」 are ``A047``. ``Rejected("number")`` otherwise."""
    found = _NUMBER.fullmatch("".join(text.translate(_FULL_WIDTH).split()).upper())
    if found is None:
        raise Rejected("number", "号码是一个字母加数字，例如 A047 或 Y1207，请照小票上的输")
    return Number(found[1], int(found[2]))


@dataclass(frozen=True, slots=True)
class BlockUse:
    """How many numbers of a block were given out on the day."""

    block_no: int
    used: int

    @property
    def left(self) -> int:
        return max(0, BLOCK_SIZE - 1 - self.used)


def next_number(blocks: Sequence[BlockUse]) -> tuple[Number, BlockUse]:
    """The next number of the first block that has one, and that block. ``Locked`` when none has."""
    for block in blocks:
        if block.left:
            return Number(EMERGENCY_PREFIX, block.block_no * BLOCK_SIZE + block.used + 1), block
    if not blocks:
        raise Locked("本机还没有领到应急号段，要连上服务器一次才有。请用手工叫号，或请到别的窗口取号")
    raise Locked("本机今天的应急号发完了。请用手工叫号，或请到别的取号机、窗口取号")


@dataclass(frozen=True, slots=True)
class EmergencyTicket:
    """应急号 on paper: a number that nobody can look up, because no server knows it yet; so no code, no count of people
    ahead. ``subject`` is the group, ``machine`` where it was given."""

    hall_name: str
    number: str
    subject: str
    taken_at: datetime
    machine: str
    priority: str = ""
    reprint: int = 0


@dataclass(frozen=True, slots=True)
class Times:
    """The moments of an emergency visit. ``corrected`` names those that a wrong clock had put where they cannot be."""

    taken_at: datetime
    called_at: datetime | None
    ended_at: datetime | None
    corrected: tuple[str, ...] = ()


def plausible(taken_at: datetime, called_at: datetime | None, ended_at: datetime | None, now: datetime) -> Times:
    """The device's moments as the server believes them: none in the future, and in their order.

    ``Rejected("taken_at")`` for a day so long ago that the clock must have been wrong: a person has to look.
    """
    if now - taken_at > OLDEST:
        raise Rejected("taken_at", "这台设备当时的时钟差得太多，日期对不上。请技术员核对后再传")
    corrected: list[str] = []

    def not_later(name: str, moment: datetime, earliest: datetime | None) -> datetime:
        believed = min(moment, now)
        if earliest is not None:
            believed = max(believed, earliest)
        if abs(believed - moment) > CLOCK_GRACE:
            corrected.append(name)
        return believed

    taken = not_later("taken_at", taken_at, None)
    called = None if called_at is None else not_later("called_at", called_at, taken)
    ended = None if ended_at is None else not_later("ended_at", ended_at, called or taken)
    return Times(taken, called, ended, tuple(corrected))
