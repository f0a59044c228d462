"""``clerk doctor``: what this computer has and lacks, in plain lines; works without a screen and never crashes.

Each line begins with ✓ (works), ! (works with something missing) or ✗ (the program cannot work like this); what lacks
something says what to do. The exit status is 1 as soon as there is one ✗.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from clerk_app import __version__
from clerk_app.bootstrap import logs, settings
from clerk_app.bootstrap.console import say
from clerk_app.bootstrap.settings import Settings
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.ports.clock import Clock, Entropy, SystemClock, SystemEntropy

_LOG = logging.getLogger(__name__)
_ID_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Mark(StrEnum):
    """How a line begins."""

    GOOD = "✓"
    LACKING = "!"
    BAD = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, and what to do where something lacks."""

    mark: Mark
    what: str
    found: str
    advice: str = ""

    def lines(self) -> list[str]:
        """As printed."""
        first = f"{self.mark.value} {self.what}：{self.found}"
        return [first, f"    {self.advice}"] if self.advice else [first]


def good(what: str, found: str, note: str = "") -> Finding:
    return Finding(Mark.GOOD, what, found, note)


def lacking(what: str, found: str, advice: str) -> Finding:
    return Finding(Mark.LACKING, what, found, advice)


def bad(what: str, found: str, advice: str) -> Finding:
    return Finding(Mark.BAD, what, found, advice)


@dataclass(frozen=True, slots=True)
class Patient:
    """What the checks look at. ``tell`` shows that something takes a while."""

    config: Settings
    clock: Clock
    entropy: Entropy
    tell: Callable[[str], None]


Check = Callable[[Patient], Iterable[Finding]]


def examine(patient: Patient, checks: Sequence[tuple[str, Check]]) -> Iterator[Finding]:
    """Every finding of every check, as it is made; a check that fails by itself becomes a line of its own."""
    for name, check in checks:
        try:
            yield from check(patient)
        except (Refusal, Fault) as known:
            yield bad(name, "有问题", str(known))
        except Exception:  # noqa: BLE001 - one broken check must not hide the others
            number = "".join(_ID_LETTERS[byte % len(_ID_LETTERS)] for byte in patient.entropy.bytes(4))
            _LOG.exception("the check %s failed [%s]", name, number)
            yield lacking(name, "这一项没有查成", f"报编号 {number} 给技术员，详情在日志里")


def all_checks() -> tuple[tuple[str, Check], ...]:
    """In the order in which they are printed."""
    from clerk_app.bootstrap import doctor_hall, doctor_pc

    return (*doctor_pc.CHECKS, *doctor_hall.CHECKS)


def checks_beside_a_window() -> tuple[tuple[str, Check], ...]:
    """Those that open no device and change nothing, quick enough to be run while a window works."""
    from clerk_app.bootstrap import doctor_hall, doctor_pc

    slow = {doctor_pc.fonts}
    return tuple(
        (name, check)
        for name, check in (*doctor_pc.CHECKS, *doctor_hall.SERVER_CHECKS)
        if check not in slow
    )


def run(args: argparse.Namespace) -> int:
    """``args``: ``data`` (folder or None). 0 when this computer can work, 1 otherwise."""
    folder: Path = args.data or settings.default_folder()
    say(f"综合窗口 {__version__}，数据文件夹 {folder}")
    findings: list[Finding] = []

    def tell(finding: Finding) -> None:
        findings.append(finding)
        for line in finding.lines():
            say(line)

    tell(_logging(folder))
    try:
        config = settings.load(folder)
        written = (folder / settings.FILE_NAME).exists()
        tell(good("设置", str(folder / settings.FILE_NAME) if written else "没有设置文件，全用默认值"))
    except Refusal as refused:
        config = Settings(folder)
        tell(bad("设置", "设置文件有错，以下按默认值检查", str(refused)))
    patient = Patient(config, SystemClock(), SystemEntropy(), lambda text: say(f"  {text}"))
    for finding in examine(patient, all_checks()):
        tell(finding)
    say(verdict(findings))
    return exit_status(findings)


def exit_status(findings: Iterable[Finding]) -> int:
    """1 when something keeps the program from working."""
    return int(any(finding.mark is Mark.BAD for finding in findings))


def verdict(findings: Sequence[Finding]) -> str:
    """The last line."""
    count = {mark: sum(finding.mark is mark for finding in findings) for mark in Mark}
    if count[Mark.BAD]:
        return f"有 {count[Mark.BAD]} 项要先处理（{Mark.BAD.value}），处理后再查一次"
    if count[Mark.LACKING]:
        return f"可以用；{count[Mark.LACKING]} 项可以更好（{Mark.LACKING.value}）"
    return "都好，可以用"


def _logging(folder: Path) -> Finding:
    try:
        logs.start(folder, "doctor")
    except OSError as error:
        advice = f"请技术员看数据文件夹 {folder} 的写入权限和磁盘空间"
        return bad("日志", f"写不了（{error.strerror or type(error).__name__}）", advice)
    return good("日志", str(folder / "log"))
