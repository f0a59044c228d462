"""Frames of two kinds of LED strip, after published senders [C]; 9600 8N1, text in GBK. Neither strip ever answers.

::

    sum   AA addr BB 51 54 SUM 01 00 99 00 63 text FF     SUM: bytes from index 6 to the trailing FF, mod 256
    xor   A0 90 addr A5 LEN text XOR                      LEN: two bytes, the text with its zeros; 00 after each sign;
                                                          XOR: of every byte before it

The senders leave open what LEN and XOR of the second kind count in; this is the reading that their code suggests [M].
Python's ``gbk`` knows no user-defined area: a rare name is refused rather than shown as another one.
"""

from __future__ import annotations

from functools import reduce
from operator import xor

from drivers.base.errors import Unprintable

LONGEST = 120
"""Bytes of text that one frame may carry; what the strips themselves hold is not documented [M]."""

_SUM_FROM = 6
_SUM_HEAD = bytes([0xBB, 0x51, 0x54])
_SUM_LOOK = bytes([0x01, 0x00, 0x99, 0x00, 0x63])
_SUM_END = 0xFF


def sum_frame(address: int, text: str) -> bytes:
    """The frame of the sum type; raises Unprintable, and ValueError for an address beyond a byte."""
    counted = _SUM_LOOK + b"".join(signs(text)) + bytes([_SUM_END])
    frame = bytes([0xAA, address]) + _SUM_HEAD + bytes([sum(counted) % 256]) + counted
    assert len(frame) - len(counted) == _SUM_FROM
    return frame


def xor_frame(address: int, text: str) -> bytes:
    """The frame of the XOR type; raises as ``sum_frame`` does."""
    body = b"".join(sign + b"\x00" for sign in signs(text))
    frame = bytes([0xA0, 0x90, address, 0xA5]) + len(body).to_bytes(2, "big") + body
    return frame + bytes([reduce(xor, frame)])


def signs(text: str) -> list[bytes]:
    """Each sign of the text in GBK, one or two bytes; raises Unprintable with what the strip lacks."""
    made = [sign.encode("gbk", "ignore") for sign in text]
    lacking = sum(1 for coded in made if len(coded) < 2 and not b" " <= coded < b"\x7f")
    if lacking:
        # The message is for logs: how many, not which, because a name may stand in the line.
        raise Unprintable(f"{lacking} signs of the line are not in GBK")
    if sum(len(sign) for sign in made) > LONGEST:
        raise Unprintable("longer than a frame", word="too_long", advice="这一行太长，窗口屏放不下，没有发送")
    return made
