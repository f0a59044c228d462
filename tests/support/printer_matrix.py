"""The printer's faults played one after the other on a clock of their own, and the table of what came of them.

Every case ends with the fault mended and another job, which must come out whole, once, and be known to have.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator

from drivers.base.readings import PrintOutcome
from drivers.printer.profiles import read_profile
from drivers.printer.samples import receipt, words_of
from support.printer_steps import Printing, StepBench, said

LONGEST = 60.0
"""Seconds that any job may take on a line that answers, whatever goes wrong."""
LINES, ROWS = 6, 8
JOB = receipt(LINES, image_rows=ROWS)
NEXT = receipt(last_line="编号 2")
WORDS, NEXT_WORDS = words_of(LINES), words_of(last_line="编号 2")
_FIXED = 0x12

Kind = str
KINDS: dict[Kind, Callable[[], StepBench]] = {
    "answers": StepBench,
    "no fence": lambda: StepBench(profile=read_profile("generic-80 quirks=no_fence")),
    "no status": lambda: StepBench(profile=read_profile("generic-80 quirks=no_status")),
    "one way": lambda: StepBench(answers=False),
}
"""Serial, TCP, USB and device file are one line to the driver; what differs is what comes back on it."""

Fault = Callable[[StepBench], None]


class Untrue(AssertionError):
    """The clerk was told something that the paper does not bear out."""


def _mid(action: Callable[[StepBench], None]) -> Fault:
    return lambda bench: bench.device.when_carried_out(len(JOB) // 2, lambda: action(bench))


def _noise(bench: StepBench) -> None:
    bench.line.bend = lambda answer: [(0.0, b"\xff\x92\x80" + answer)]


def _only_noise(bench: StepBench) -> None:
    bench.line.bend = lambda answer: [(0.0, b"\xff\x92\x80" * 3)]


def _byte_by_byte(bench: StepBench) -> None:
    bench.line.bend = lambda answer: [(0.2 * (at + 1), answer[at : at + 1]) for at in range(len(answer))]


def _wrong_bits(bench: StepBench) -> None:
    """A status byte with ``b & 0x93 != 0x12``; fences stay."""
    bench.line.bend = lambda answer: [(0.0, bytes(value | 0x80 if value & _FIXED else value for value in answer))]


def _first_answer_only(bench: StepBench) -> None:
    """The three status questions get one answer, then silence."""
    left = [1]

    def bend(answer: bytes) -> list[tuple[float, bytes]]:
        left[0] -= 1
        return [(0.0, answer)] if left[0] >= 0 else []

    bench.line.bend = bend


def _late(bench: StepBench) -> None:
    """Fences come after the printer has given up waiting for them."""
    bench.line.bend = lambda answer: [(0.0 if answer[0] & _FIXED else 20.0, answer)]


def _reports_by_itself(bench: StepBench) -> None:
    """Automatic status (GS a) between the answers."""
    bench.line.bend = lambda answer: [(0.0, b"\x10\x00\x00\x00" + answer)]


FAULTS: dict[str, Fault] = {
    "none": lambda bench: None,
    "switched off or wrong rate (silence)": lambda bench: bench.device.set_silent(True),
    "silence from mid-job on": _mid(lambda bench: bench.device.set_silent(True)),
    "noise before every answer": _noise,
    "noise instead of answers": _only_noise,
    "answers byte by byte, 0.2 s each": _byte_by_byte,
    "status bytes with wrong fixed bits": _wrong_bits,
    "one status answer, then silence": _first_answer_only,
    "automatic status between the answers": _reports_by_itself,
    "the fence comes 20 s late": _late,
    "no paper": lambda bench: bench.device.run_out_of_paper(),
    "cover open": lambda bench: bench.device.set_cover(True),
    "paper out in mid-job": lambda bench: bench.device.run_out_of_paper(len(JOB) // 2),
    "cover opened in mid-job": _mid(lambda bench: bench.device.set_cover(True)),
    "cover opened and closed in mid-job": _mid(
        lambda bench: (bench.device.set_cover(True), bench.device.set_cover(False))[0]
    ),
    "unplugged": lambda bench: bench.line.unplug(),
    "unplugged in mid-job": _mid(lambda bench: bench.line.unplug()),
    "power lost and back in mid-job": _mid(StepBench.lose_power),
    "slow, 300 bytes a second": lambda bench: bench.device.set_slow(300.0),
}


@functools.cache
def play(fault: str, kind: Kind) -> Printing:
    """One fault on one kind of line, then the next job."""
    bench = KINDS[kind]()
    FAULTS[fault](bench)
    return _played(bench)


@functools.cache
def dialogue_bytes() -> int:
    """How many bytes the printer takes for a job, status questions and fences included."""
    bench = StepBench()
    before = bench.line.taken
    bench.print(JOB)
    return bench.line.taken - before


@functools.cache
def unplugged_at(offset: int) -> Printing:
    """The plug is pulled when the printer has taken ``offset`` bytes of the dialogue."""
    bench = StepBench()
    bench.line.when_taken[bench.line.taken + offset] = bench.line.unplug
    return _played(bench)


@functools.cache
def cable_pulled_at(offset: int) -> Printing:
    """The same, but the printer keeps its power and what it has received."""
    bench = StepBench()
    bench.line.when_taken[bench.line.taken + offset] = bench.line.unplug
    printing = bench.print(JOB)
    _check(bench, printing)
    bench.line.replug()
    _next(bench, printing)
    return printing


@functools.cache
def paper_out_at(offset: int) -> Printing:
    """The roll ends after ``offset`` bytes of the job: at every line of text and every row of the picture."""
    bench = StepBench()
    bench.device.run_out_of_paper(offset)
    return _played(bench)


@functools.cache
def cover_at(offset: int) -> Printing:
    """The cover is opened after ``offset`` bytes of the job."""
    bench = StepBench()
    bench.device.when_carried_out(offset, lambda: bench.device.set_cover(True))
    return _played(bench)


def table() -> str:
    """The tables of docs/devices/printers.md."""
    return "\n".join(_rows())


def _rows() -> Iterator[str]:
    longest = 0.0
    yield f"A job of {len(JOB)} bytes: {LINES + 3} lines of text and a picture of {ROWS} rows, times on the line's own"
    yield "clock. Behind every case the fault is mended and another job is sent, which comes out whole and once."
    yield ""
    yield f"| fault | {' | '.join(KINDS)} |"
    yield "|---" * (len(KINDS) + 1) + "|"
    for fault in FAULTS:
        played = [play(fault, kind) for kind in KINDS]
        longest = max(longest, *(one.seconds for one in played))
        yield f"| {fault} | {' | '.join(_cell(one) for one in played)} |"
    yield ""
    yield "Something happens at a byte of the dialogue on a line that answers; every offset is played."
    yield ""
    yield "| what | offsets | outcomes | longest |"
    yield "|---|---|---|---|"
    whole = dialogue_bytes()
    for words, at, count in (
        ("plug pulled, power and buffer lost", unplugged_at, whole),
        ("cable pulled, the printer keeps its buffer", cable_pulled_at, whole),
        ("paper out", paper_out_at, len(JOB)),
        ("cover opened", cover_at, len(JOB)),
    ):
        played = [at(offset) for offset in range(1, count + 1)]
        counted = Counter(said(one.report) for one in played)
        slowest = max(one.seconds for one in played)
        longest = max(longest, slowest)
        told = ", ".join(f"{number} {word}" for word, number in counted.most_common())
        yield f"| {words} | {count} | {told} | {slowest:.1f} s |"
    yield ""
    yield f"Longest of all: {longest:.1f} s."


def _played(bench: StepBench) -> Printing:
    printing = bench.print(JOB)
    _check(bench, printing)
    bench.mend()
    _next(bench, printing)
    return printing


def _check(bench: StepBench, printing: Printing) -> None:
    outcome = printing.report.outcome
    if outcome is PrintOutcome.PRINTED and printing.pieces != (WORDS,):
        raise Untrue(f"called printed with {printing.pieces} on the paper")
    if outcome is PrintOutcome.REFUSED and (JOB[:4] in bench.device.received or printing.pieces):
        raise Untrue("called refused, yet the printer has some of the job")
    if printing.seconds > LONGEST:
        raise Untrue(f"took {printing.seconds} s")


def _next(bench: StepBench, first: Printing) -> None:
    """The next job is printed whole and once, and the first one not again."""
    second = bench.print(NEXT)
    # what the printer held of the first job comes out by and by
    bench.time.seconds += LONGEST
    bench.device.tick()
    if second.report.outcome not in (PrintOutcome.PRINTED, PrintOutcome.SENT):
        raise Untrue(f"the next job ended as {said(second.report)}")
    if sum(piece.endswith(NEXT_WORDS) for piece in bench.pieces) != 1:
        raise Untrue(f"the next job is not on the paper once: {bench.pieces}")
    if second.report.outcome is PrintOutcome.PRINTED and not any(p.endswith(NEXT_WORDS) for p in second.pieces):
        raise Untrue("the next job was called printed before it was")
    if sum(WORDS in piece for piece in bench.pieces) > 1:
        raise Untrue("the first job came out twice")
    if first.report.outcome is PrintOutcome.REFUSED and any(f"材料 {LINES}" in piece for piece in bench.pieces):
        raise Untrue("a refused job came out")


def _cell(one: Printing) -> str:
    return f"{said(one.report)}, {one.seconds:.1f} s"
