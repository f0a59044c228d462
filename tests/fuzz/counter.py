"""The other lines of a counter: keypads, LED strips, scanners, and places and profiles as the settings write them."""

from __future__ import annotations

from drivers.base.errors import Unprintable
from drivers.base.readings import KeyPress
from drivers.base.registry import BadAddress
from drivers.board.frames import LONGEST, sum_frame, xor_frame
from drivers.caller.keypad import SerialCallerKeypad
from drivers.evaluator import frames
from drivers.evaluator.frames import Frame, FrameParser
from drivers.evaluator.scales import parse_scale
from drivers.printer.profiles import read_profile
from drivers.scanner.codes import LONGEST as LONGEST_CODE
from drivers.scanner.codes import CodeParser
from drivers.serial_place import parse_place
from fuzz.target import Target, must, pieces, rarely, text_of, unrolled

_RATED = frames.rating(5, 3)
_LARGEST_FRAME = 73
_SHORTEST_FRAME = 9


def keypad_frames(data: bytes) -> None:
    size, stream, every = (data[0] % 16 + 1 if data else 1), data[1:], rarely(data)
    parser = FrameParser()
    found = parser.feed(stream)
    if every:
        slow = FrameParser()
        again = [frame for piece in pieces(stream, size) for frame in slow.feed(piece)]
        must(found == again, "pieces tell another story")
    must(len(parser._buffer) < _LARGEST_FRAME, "the buffer is bounded by the longest frame")
    found += parser.flush()
    must(not parser._buffer, "after silence nothing is waited for")
    must(len(found) * _SHORTEST_FRAME <= len(stream), "no more frames than bytes for them")
    for frame in found:
        if every:
            must(FrameParser().feed(frame.to_bytes()) == [frame], "a frame that was found is built and found again")
        key, value = frames.key_of(frame), frames.rating_value(frame)
        must(key is None or value is None, "what a citizen rated is never a key of the caller's")
        must(value is None or 0 <= value <= 255, "a rating is a byte")
        if value is not None:
            must(frames.rating_value(frames.acknowledge_rating(frame)) is None, "an acknowledgement is no rating")
    if every:
        must(parser.feed(_RATED.to_bytes()) == [_RATED], "after garbage and silence a good frame is found")


class _Line:
    """A line without a port: what is shown is kept."""

    is_up = True

    def __init__(self) -> None:
        self.sent: list[Frame] = []

    def join(self, listener: object) -> None: ...

    def wait_up(self, timeout: float) -> None: ...

    def send(self, frame: Frame) -> None:
        self.sent.append(frame)


def caller_keypad(data: bytes) -> None:
    line = _Line()
    time = [0.0]
    keypad = SerialCallerKeypad(line, now=lambda: None, monotonic=lambda: time[0])  # type: ignore[arg-type]
    found = FrameParser().feed(data)
    for frame in found:
        keypad.received(frame)
    keys = [frame for frame in found if frame.address == 5 and frames.key_of(frame) is not None]
    must(line.sent == keys, "each key of this keypad is acknowledged, and nothing else")
    pressed = []
    while not keypad._pressed.empty():
        pressed.append(keypad._pressed.get()[1])
    different = [one for place, one in enumerate(keys) if not place or keys[place - 1] != one]
    must(pressed == [KeyPress(frames.key_of(one), one.data) for one in different], "a repeat counts once")  # type: ignore[arg-type]
    keypad.show_number(text_of(data))
    keypad.show_waiting(int.from_bytes(data[:5], "big", signed=True))
    must(all(len(frame.data) == 6 and max(frame.data) <= 10 for frame in line.sent[-2:]), "six digits or blanks")


def led_lines(data: bytes) -> None:
    address, text = (data[0] if data else 0), text_of(data[1:])
    for make in (sum_frame, xor_frame) if rarely(data) else (sum_frame,) if address % 2 else (xor_frame,):
        try:
            frame = make(address, text)
        except Unprintable as refused:
            must(not text or text not in str(refused) or len(text) < 3, "the line stays out of the log")
            continue
        must(len(frame) <= 2 * LONGEST + 20, "a frame is bounded")
        if make is sum_frame:
            must(frame[11:-1].decode("gbk") == text, "the strip shows what was asked")
            must(sum(frame[6:]) % 256 == frame[5], "the sum holds")
        else:
            must(frame[6:-1].replace(b"\0", b"").decode("gbk") == text, "the strip shows what was asked")
            check = 0
            for value in frame:
                check ^= value
            must(check == 0, "the XOR holds")


def scanned_codes(data: bytes) -> None:
    size, stream, every = (data[0] % 16 + 1 if data else 1), unrolled(data[1:], b"7" * 32), rarely(data)
    parser = CodeParser()
    found = parser.feed(stream)
    if every:
        slow = CodeParser()
        again = [code for piece in pieces(stream, size) for code in slow.feed(piece)]
        must(found == again, "pieces tell another story")
        must(parser.waiting == slow.waiting, "as many bytes wait")
    must(len(parser._buffer) <= LONGEST_CODE, "the buffer is bounded")
    must(sum(code.size for code in found) + parser.waiting <= len(stream), "no code is longer than its bytes")
    last = parser.flush()
    for code in (*found, *([last] if last else [])):
        must((code.text is None) == bool(code.why), "a code or a reason")
        if code.text is not None:
            must(code.text and len(code.text) <= LONGEST_CODE, "a code is neither empty nor endless")
            must(code.text.replace("\t", "").isprintable(), "no control character")
    if every:
        good = parser.feed(b"MH-12-20261123-0031\r")
        must([code.text for code in good] == ["MH-12-20261123-0031"], "after garbage and silence a good code is found")


def places(data: bytes) -> None:
    text = text_of(data)
    for read in (lambda: parse_place(text, baud=9600), lambda: read_profile(text)):
        try:
            read()
        except BadAddress as refused:
            must(len(str(refused)) <= len(text) + 400, "the sentence is bounded")
    try:
        scale = parse_scale(text)
    except ValueError as refused:
        must("评价器" in str(refused), "a sentence for the technician")
        return
    must({1, 2} & set(scale.levels.values()) and {4, 5} & set(scale.levels.values()), "praise and blame have a key")


TARGETS = (
    Target(
        "keypad-frames",
        keypad_frames,
        lambda: [
            b"\x00" + _RATED.to_bytes(),
            b"\x02" + frames.show_ticket(5, "035").to_bytes() + frames.beep(5).to_bytes(),
            b"\x04\xff\x68\x42\x42\x68" + _RATED.to_bytes(),
        ],
        ("drivers.evaluator.frames",),
        "the same in any pieces; at most one frame kept; after garbage and silence a good frame is found",
        longest=90,
        words=(b"\xff\x68", b"\x68\x05\x11", b"\x16"),
    ),
    Target(
        "caller-keypad",
        caller_keypad,
        lambda: (
            [frames.key_frame(5, key).to_bytes() * 2 for key in frames._KEYS_BY_LAST.values()]
            + [frames.key_frame(5, key).to_bytes() + _RATED.to_bytes() for key in frames._KEYS_BY_PAIR.values()]
            + [b"A047", "Y1207 号".encode()]
        ),
        ("drivers.caller.keypad", "drivers.evaluator.frames"),
        "each key of this keypad is acknowledged and counts once; only digits are shown",
        longest=90,
        words=(b"\xff\x68", b"\x68\x05\x01", b"\x16"),
    ),
    Target(
        "led-lines",
        led_lines,
        lambda: [b"\x01A047", "\x01请 A047 到 3 号窗口".encode(), "\x02𠮷".encode()],
        ("drivers.board.frames",),
        "Unprintable, or a frame that carries exactly the line",
        longest=130,
    ),
    Target(
        "scanned-codes",
        scanned_codes,
        lambda: [
            b"\x00MH-12-20261123-0031\r\n",
            b"\x01]Q1https://hall.example/c/MH-12-20261123-0031\r",
            "\x02明河区\r".encode("gb18030"),
            b"\x03\x02A047\x03\r\r\n",
            b"\x0f\xf0\x0f\x81\r",
        ],
        ("drivers.scanner.codes",),
        "the same in any pieces; text or a reason; after garbage and silence a good code is found",
        longest=80,
    ),
    Target(
        "places",
        places,
        lambda: (
            *(b"COM5@9600#3", b"tcp:[::1]:4196#3", b"0=4 1=- 2=2 3=1"),
            *(b"generic-80 encoding=gb2312 cutter=none quirks=no_fence,slow", b"generic-58 dots=384 columns=32"),
        ),
        ("drivers.serial_place", "drivers.printer.profiles", "drivers.evaluator.scales"),
        "BadAddress, ValueError with a sentence, or a value in its bounds",
        longest=200,
    ),
)
