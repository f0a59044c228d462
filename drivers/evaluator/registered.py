"""Evaluators by name.

A tablet or second screen: ``tablet``, ``tablet:8460``, ``tablet:192.168.1.5:8460`` (only that address of this PC).
Options: ``window`` (the number on the page), ``file`` (where the pairing is kept), ``certificate`` and ``key`` (PEM
files; with them the page is served over HTTPS).

Keypads: ``ff68-evaluator:COM5``, ``ff68-evaluator:COM5#7`` for a box with the number 7.

Option ``levels``: what the keys mean, ``4`` (the family's usual four keys), ``5``, or each key with its level
(``0=4 1=- 2=2 3=1``). Where the caller's keypad has the same address (``ff68-keypad:COM5``), both share the line.
"""

from __future__ import annotations

from pathlib import Path

from drivers.base.registry import BadAddress, Capability, Context, Driver
from drivers.base.trace import Trace
from drivers.evaluator.keypad import SerialEvaluator
from drivers.evaluator.line import ADDRESS, BAUD, SharedLine, SharedLines
from drivers.evaluator.scales import parse_scale
from drivers.evaluator.tablet.evaluator import PORT, TabletEvaluator
from drivers.serial_place import Place, parse_place

TRIED = "模拟器（pty、内存），没有实物"
LINES = SharedLines()
"""A port can be opened once by a process, whoever asks for it: the one thing here that is the process's own."""


def family_line(address: str, trace: Trace) -> tuple[SharedLine, Place]:
    """The line of an address, shared by all who name it, and the place with the box's number."""
    place = parse_place(address, baud=BAUD, number=ADDRESS)
    return LINES.line(place.line, place.transport, trace), place


def _make(address: str, context: Context) -> SerialEvaluator:
    _refuse_unknown(context, ("levels",))
    try:
        scale = parse_scale(context.options.get("levels", "4"))
    except ValueError as exc:
        raise BadAddress(str(exc)) from None
    line, place = family_line(address, context.trace)
    return SerialEvaluator(line, scale, now=context.now, address=place.number, monotonic=context.monotonic)


def _make_tablet(address: str, context: Context) -> TabletEvaluator:
    _refuse_unknown(context, ("window", "file", "certificate", "key"))
    host, _, port = address.rpartition(":")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise BadAddress(f"评价平板的地址“{address}”认不出，应像 tablet、tablet:8460 或 tablet:192.168.1.5:8460")
    options = context.options
    if bool(options.get("certificate")) != bool(options.get("key")):
        raise BadAddress("评价平板的 certificate 和 key 要一起写，或都不写")
    return TabletEvaluator(
        host,
        int(port) if port else PORT,
        now=context.now,
        window=options.get("window", ""),
        file=_path(options.get("file")),
        certificate=_path(options.get("certificate")),
        key=_path(options.get("key")),
        monotonic=context.monotonic,
        trace=context.trace,
    )


def _path(words: str | None) -> Path | None:
    return Path(words) if words else None


def _refuse_unknown(context: Context, known: tuple[str, ...]) -> None:
    unknown = sorted(set(context.options) - set(known))
    if unknown:
        raise BadAddress(f"评价器的驱动不认识选项 {'、'.join(unknown)}，它的选项：{'、'.join(known)}")


DRIVERS: tuple[Driver, ...] = (
    Driver("ff68-evaluator", Capability.EVALUATOR, "串口评价器（FF 68）", _make, tried=TRIED),
    Driver("tablet", Capability.EVALUATOR, "评价平板或第二屏", _make_tablet, tried="Chromium，没有用平板试过"),
)
