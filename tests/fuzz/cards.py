"""Card readers: frames of the line, the text block, the newest address, and the answers of a maker's helper process."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from drivers.base.errors import CardUnreadable, DeviceError, ProtocolError
from drivers.idcard import commands, samples
from drivers.idcard.frames import DamagedFrame, Frame, FrameParser, Reply, build_frame, build_reply
from drivers.idcard.text_block import decode_text, decode_text_block, encode_text_block
from drivers.idcard.vendor.answers import Answer, BadAnswer, read_answer
from fuzz.target import Target, must, pieces, rarely, text_of, unrolled

_GOOD = build_reply(commands.OK, b"0123456789abcdef")
_LARGEST_FRAME = 4 + 2 + 4096
_MARKER = 4
_FILLING = b"\x5a" * 16


def card_frames(data: bytes) -> None:
    size, stream, every = (data[0] % 16 + 1 if data else 1), unrolled(data[1:], _FILLING), rarely(data)
    parser = FrameParser()
    found = parser.feed(stream)
    if every:
        slow = FrameParser()
        again = [item for piece in pieces(stream, size) for item in slow.feed(piece)]
        must(found == again, "pieces tell another story")
    must(len(parser._buffer) < _LARGEST_FRAME, "the buffer is bounded by the longest frame")
    found += parser.flush()
    must(not parser.unfinished, "after silence nothing is waited for")
    must(len(found) <= len(stream) // _MARKER, "no more frames than markers")
    for item in found:
        if isinstance(item, DamagedFrame):
            continue
        if every:
            must(FrameParser().feed(build_frame(item.body)) == [item], "a frame is built and found again")
        _reply(item)
    if every:
        must(parser.feed(_GOOD)[-1:] == [Frame(_GOOD[7:-1])], "after garbage and silence a good frame is found")


def _reply(frame: Frame) -> None:
    reply = Reply.from_frame(frame)
    if reply is None:
        return
    must(isinstance(commands.error_for(reply.status), DeviceError), "every status has an error")
    if reply.status != commands.OK:
        must(not any(one.accepts(reply) and len(reply.data) > 4 for one in commands.ALL_COMMANDS), "a fault is short")
    elif commands.READ.accepts(reply):
        with contextlib.suppress(ProtocolError):
            text, photo = commands.read_payload(reply.data)
            must(len(text) == commands.TEXT_BYTES and len(photo) == commands.PHOTO_BYTES, "a READ has its lengths")
    elif commands.SAM_ID.accepts(reply):
        must(len(commands.format_sam_id(reply.data)) < 80, "a SAM id is short")


def card_text(data: bytes) -> None:
    for block in (data, data[:256].ljust(256, b" ")) if len(data) != 256 else (data,):
        try:
            reading = decode_text_block(block)
        except CardUnreadable as refused:
            must(not any(sign in str(refused) for sign in "０一") and len(str(refused)) < 80, "no card in the log")
            continue
        if rarely(data):
            must(decode_text_block(encode_text_block(reading)) == reading, "what was read is written and read again")
            must(len(repr(reading)) < 200, "repr holds no personal field")


def newest_address(data: bytes) -> None:
    try:
        address = decode_text(data[: commands.ADDRESS_BYTES])
    except CardUnreadable:
        return
    must(decode_text(address.ljust(commands.ADDRESS_BYTES // 2).encode("utf-16-le")) == address, "nothing is dropped")


def vendor_answers(data: bytes) -> None:
    try:
        answer = read_answer(text_of(data))
    except BadAnswer as refused:
        must(len(str(refused)) < 80, "the reason is short")
        return
    must(isinstance(answer, Answer), "an answer or BadAnswer")
    must(answer.error is None or len(answer.error) <= 200, "a library's words are cut")
    must(all(isinstance(one, bytes | int) for one in answer.handed), "buffers and numbers")


def _frames_seeds() -> list[bytes]:
    block = _FILLING * (commands.TEXT_BYTES // len(_FILLING))
    read = build_reply(commands.OK, commands.build_read_payload(block, b"\x5a" * commands.PHOTO_BYTES))
    return [
        b"\x00" + _GOOD,
        b"\x03" + build_reply(commands.FOUND, bytes(4)) + build_reply(commands.READ_FAILED),
        b"\x07\xaa\xaa\x96\x69\x0f\xff" + _GOOD,
        b"\x05" + read.replace(_FILLING * 80, b"\xf0\x0f\x50"),
        b"\x01" + _GOOD[:-1] + b"\x00" + _GOOD,
    ]


def _text_seeds() -> list[bytes]:
    cards = [samples.RESIDENT, samples.HMT_PERMIT, samples.FOREIGNER_2017, samples.FOREIGNER_2023]
    rare = replace(samples.RESIDENT, name="㐂䶮𠮷\ue863", valid_to=None)
    return [encode_text_block(card) for card in (*cards, rare)]


TARGETS = (
    Target(
        "card-frames",
        card_frames,
        _frames_seeds,
        ("drivers.idcard.frames", "drivers.idcard.commands"),
        "the same in any pieces; at most one frame kept; after garbage and silence a good frame is found",
        longest=120,
        words=(b"\xaa\xaa\xaa\x96\x69", b"\x00\x03", b"\x00\x00\x90", b"\x05\x08"),
    ),
    Target(
        "card-text",
        card_text,
        _text_seeds,
        ("drivers.idcard.text_block",),
        "CardUnreadable or a reading that is written and read again; no personal field in words",
        longest=256,
        words=("长期".encode("utf-16-le"), "20261123".encode("utf-16-le"), b"J\0", b"I\0", b"Y\0"),
    ),
    Target(
        "newest-address",
        newest_address,
        lambda: ["明河区幸福路 1 号𠮷".encode("utf-16-le"), b" \0" * 35, b"\x42\xd8"],
        ("drivers.idcard.text_block",),
        "CardUnreadable or a text of which nothing is dropped",
        longest=80,
    ),
    Target(
        "vendor-answers",
        vendor_answers,
        lambda: [
            b'{"hello": 1, "bits": 32}',
            b'{"id": 2, "result": [true, false]}',
            b'{"id": 3, "result": 144, "out": ["605F", 256]}',
            b'{"id": 4, "error": "OSError: x"}',
        ],
        ("drivers.idcard.vendor.answers",),
        "BadAnswer or an answer whose parts have their kinds",
        longest=400,
        tree=True,
        words=(b'"id"', b'"result"', b'"out"', b'"error"', b'"hello"'),
    ),
)
