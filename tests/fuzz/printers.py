"""Printers: status bytes, ESC/POS as the virtual printer takes it, jobs as their driver parts them, IPP answers."""

from __future__ import annotations

from functools import cache

from PIL import Image

from drivers.base.errors import PrinterFault, ProtocolError
from drivers.printer import ipp
from drivers.printer.interpreter import Interpreter
from drivers.printer.jobs import lines_in, parted, personal_spans, within
from drivers.printer.paper import LONGEST
from drivers.printer.status import AnswerSorter, PrinterStatus
from drivers.printer.tokens import Tokeniser
from fuzz import unpainted
from fuzz.target import Target, must, pieces, rarely

_DOTS = 144
_MOST_DOTS_HIGH = LONGEST
_STATUSES = frozenset(value for value in range(256) if value & 0x93 == 0x12)
_HELLO = b"\x1b@\x1c&" + "明河区 A047".encode("gbk") + b"\n\x1dVB\x00"


def printer_answers(data: bytes) -> None:
    size, stream = (data[0] % 8 + 1 if data else 1), data[1:]
    whole, every = AnswerSorter(), rarely(data)
    whole.feed(stream)
    if every:
        slow = AnswerSorter()
        for piece in pieces(stream, size):
            slow.feed(piece)
        must((whole.statuses, whole.fences) == (slow.statuses, slow.fences), "pieces tell another story")
    must(len(whole.statuses) + len(whole.fences) <= len(stream), "no more answers than bytes")
    must(_STATUSES.issuperset(whole.statuses), "only valid status bytes")
    for place in range(len(whole.statuses) - 2 if every else min(1, len(whole.statuses) - 2)):
        problem = PrinterStatus.from_bytes(*whole.statuses[place : place + 3]).problem()
        must(problem is None or (isinstance(problem, PrinterFault) and problem.advice), "a problem has a sentence")
    if every:
        # an automatic message that broke off swallows at most three bytes
        before = len(whole.statuses)
        whole.feed(b"\x12\x12\x12\x12")
        must(whole.statuses[before:][-1:] == [0x12], "after garbage a status is understood")


class _Glyphs:
    """Cells without a font: drawing takes a thousand times as long as reading."""

    def has(self, character: str) -> bool:
        return character != "龘"

    def cell(self, character: str, full: bool, across: int, down: int, bold: bool) -> Image.Image:
        return _cell((24 if full else 12) * across, 24 * down)


class _Sizes(_Glyphs):
    """Cells that are nothing but their size, for paper that is not painted."""

    def cell(self, character: str, full: bool, across: int, down: int, bold: bool) -> Image.Image:
        return unpainted.empty_box(full, across, down)  # type: ignore[return-value]


@cache
def _cell(width: int, height: int) -> Image.Image:
    return Image.new("1", (width, height), 1)


def escpos_tokens(data: bytes) -> None:
    double_byte, size, stream = data[:1] > b"\x7f", (data[0] % 7 + 1 if data else 1), data[1:]
    asked: list[int] = []
    tokeniser, every = Tokeniser(asked.append, double_byte), rarely(data)
    tokens = tokeniser.feed(stream)
    if every:
        slow = Tokeniser(lambda kind: None, double_byte)
        again = [token for piece in pieces(stream, size) for token in slow.feed(piece)]
        must(tokens == again, "pieces tell another story")
    used = sum(token.size for token in tokens) + tokeniser.pending
    must(used <= len(stream) <= used + 3 * len(asked), "every byte is in one token or in a question")
    must(len(asked) <= len(stream) // 3, "no more answers than questions")
    if every:
        tokeniser.reset()
        found = tokeniser.feed(_HELLO)
        must(not tokeniser.pending and found[-1].name == "GS V", "after garbage and a power cycle a job is whole")


def escpos(data: bytes) -> None:
    """Painted is what ``rarely`` says; else the same lines run with pictures that have their size only."""
    painted = rarely(data)
    unpainted.paint(painted)
    tokeniser = Tokeniser(_nobody, data[:1] > b"\x7f")
    printer = Interpreter(_Glyphs() if painted else _Sizes(), _DOTS, _nobody)  # type: ignore[arg-type]
    for token in tokeniser.feed(data[1:]):
        printer.run(token)
        must(0 <= printer.paper.x <= 2 * _DOTS + 192, "the head stays on the paper")
    if painted:
        tokeniser.reset()
        printer.power_cycle()
        for token in tokeniser.feed(b"\x1dVB\x00" + _HELLO):
            printer.run(token)
        must(printer.tickets[-1].text == "明河区 A047", "after garbage and a power cycle a receipt is printed whole")
    for ticket in printer.tickets:
        must(ticket.image.width == _DOTS and ticket.image.height <= _MOST_DOTS_HIGH, "paper is bounded")


def _nobody(kind: int) -> None: ...


def print_jobs(data: bytes) -> None:
    most, job = (data[0] + 1 if data else 1), data[1:]
    found = parted(job, most)
    ends = [end for end, _ in found]
    must(ends == sorted(set(ends)) and (not job or ends[-1] == len(job)), "the pieces are the job")
    must(all(end - start <= most for start, end in zip([0, *ends], ends, strict=False)), "no piece is too long")
    if rarely(data):
        must(lines_in(job, 0) == 0 and lines_in(job) <= len(job), "lines are counted")
    spans = personal_spans(job)
    must(all(0 <= span.start < span.end <= len(job) for span in spans), "what is masked lies in the job")
    must(all(0 <= one.start < one.end <= most for one in within(spans, 0, most)), "and in its piece")


def ipp_answers(data: bytes) -> None:
    try:
        reply = ipp.decode(data)
    except ProtocolError:
        return
    must(0 <= reply.status <= 0xFFFF, "a status is two bytes")
    count = sum(len(values) for _, group in reply.groups for values in group.values())
    must(count + len(reply.groups) <= len(data), "no more values than bytes")
    must(len(reply.each()) <= len(reply.groups) and isinstance(reply.attributes(), dict), "groups are there")
    if not rarely(data):
        return
    fields = ((ipp.NAME, "job-name", "收件凭证"), (ipp.INTEGER, "copies", 1))
    again = ipp.decode(ipp.encode(ipp.PRINT_JOB, fields))
    must(again.groups[0][1]["job-name"] == ["收件凭证"], "what is written is read")


def _receipts() -> list[bytes]:
    raster = b"\x1dv0\x00\x02\x00\x02\x00\xff\x00\xff\x00"
    code = b"\x1d(k\x03\x001C\x04\x1d(k\x03\x001E1\x1d(k\x08\x001P0A0047\x1d(k\x03\x001Q0"
    style = b"\x1ba\x01\x1b!\x30\x1d!\x11\x1bE\x01\x1b-\x01\x1dB\x01\x1b3\x20"
    place = b"\x1b$\x10\x00\x1b\\\xf0\xff\tA\x1bd\x02\x1bJ\x10"
    return [
        b"\x00" + _HELLO,
        b"\x80" + _HELLO + raster + _HELLO,
        b"\x01" + code + style + "龘".encode("gbk") + place + b"\x10\x04\x01\x1dr\x01\x1dI\x43",
        b"\x02\x1dk\x04123\x00\x1dkI\x03ABC\x1b*\x21\x02\x00ABCDEF\x1bD\x08\x10\x00\x1dV\x00",
    ]


def _ipp_seeds() -> list[bytes]:
    head = ((ipp.TEXT, "status-message", "successful-ok"),)
    job = ((ipp.INTEGER, "job-id", 7), (ipp.ENUM, "job-state", 9), (ipp.KEYWORD, "job-state-reasons", "none"))
    return [
        ipp.encode(0, head, job),
        ipp.encode(0x0406, head),
        b"\x01\x01\x00\x00\x00\x00\x00\x01\x04\x13\x00\x01a\0\0\x03",
    ]


TARGETS = (
    Target(
        "printer-answers",
        printer_answers,
        lambda: [b"\x00\x12\x12\x12\x00", b"\x01\x16\x32\x72\x12", b"\x02\x10\x00\x00\x00\x12\x1e\x7e"],
        ("drivers.printer.status",),
        "the same in any pieces; valid bytes only; a problem has its sentence; after garbage a status is understood",
        longest=32,
    ),
    Target(
        "escpos-tokens",
        escpos_tokens,
        _receipts,
        ("drivers.printer.tokens",),
        "the same in any pieces; every byte is in one token; after garbage and a power cycle a job is whole",
        longest=64,
        words=(b"\x1d(k", b"\x1dv0\x00", b"\x1c&", b"\x1b@", b"\x10\x04", b"\x1dVB", b"\x1dk", b"\x1b*", b"\x1bD"),
    ),
    Target(
        "escpos",
        escpos,
        _receipts,
        ("drivers.printer.interpreter", "drivers.printer.paper"),
        "paper is bounded; after garbage and a power cycle a receipt is printed whole",
        longest=64,
        words=(b"\x1d(k", b"\x1dv0\x00", b"\x1c&", b"\x1b@", b"\x10\x04", b"\x1dVB", b"1C", b"1P0", b"1Q0", b"1E"),
    ),
    Target(
        "print-jobs",
        print_jobs,
        lambda: [b"\x40" + seed for seed in _receipts()],
        ("drivers.printer.jobs",),
        "the pieces are the job and none is too long; what is masked lies in the job",
        longest=80,
        words=(b"\x1d(k", b"\x1dv0\x00", b"\x1c&", b"\x1b@", b"\x10\x04", b"\x1dVB"),
    ),
    Target(
        "ipp-answers",
        ipp_answers,
        _ipp_seeds,
        ("drivers.printer.ipp",),
        "ProtocolError, or groups and values of which there are no more than bytes",
        longest=160,
        words=(b"\x21\x00\x06job-id\x00\x04", b"\x22\x00\x01a\x00\x01", b"\x10\x00\x00\x00\x00"),
    ),
)
