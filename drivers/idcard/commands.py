"""Commands, status bytes and reply shapes of the GA 467 protocol [C], checksums recomputed [T].

The reader does not number its answers. Each command therefore knows what its own answer looks like, so that a late
answer to an earlier command is never taken for the answer to the present one.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.base.errors import (
    CardError,
    CardGone,
    CardUnreadable,
    DeviceError,
    ModuleFault,
    ProtocolError,
)
from drivers.idcard.frames import Reply, build_request

OK = 0x90
NO_SUCH_ITEM = 0x91
FOUND = 0x9F
FIND_FAILED = 0x80
SELECT_FAILED = 0x81
READ_FAILED = 0x41
SELF_TEST_FAILED = 0x60
NOT_AUTHORISED = 0x66

TEXT_BYTES = 256
PHOTO_BYTES = 1024
ADDRESS_BYTES = 70

_FRAME_FAULTS = frozenset({0x10, 0x11, 0x21, 0x23, 0x24})
_CARD_FAULTS = frozenset({0x31, 0x32, 0x33, 0x37, 0x3F, 0x40, READ_FAILED, 0x47})
_MODULE_FAULTS = frozenset({SELF_TEST_FAILED, NOT_AUTHORISED})


@dataclass(frozen=True, slots=True)
class Command:
    """A command and the answers it may get: status byte → length of the data, None for any length."""

    code: int
    parameter: int
    answers: Mapping[int, int | None] = field(hash=False)
    data: bytes = b""

    @property
    def request(self) -> bytes:
        """The frame to send."""
        return build_request(self.code, self.parameter, self.data)

    def accepts(self, reply: Reply) -> bool:
        """Whether ``reply`` can be the answer to this command."""
        if reply.status in _FRAME_FAULTS or reply.status in _MODULE_FAULTS:
            return not reply.data
        if reply.status not in self.answers:
            return False
        length = self.answers[reply.status]
        return length is None or length == len(reply.data)


_CARD_ANSWERS: dict[int, int | None] = dict.fromkeys(_CARD_FAULTS | {FIND_FAILED, SELECT_FAILED}, 0)

RESET_SAM = Command(0x10, 0xFF, {OK: 0})
SAM_STATUS = Command(0x11, 0xFF, {OK: 0})
SAM_ID = Command(0x12, 0xFF, {OK: 16})
FIND = Command(0x20, 0x01, {FOUND: 4, FIND_FAILED: 0})
SELECT = Command(0x20, 0x02, {OK: 8, SELECT_FAILED: 0, FIND_FAILED: 0})
READ = Command(0x30, 0x01, {OK: 4 + TEXT_BYTES + PHOTO_BYTES, **_CARD_ANSWERS})
READ_NEWEST_ADDRESS = Command(0x30, 0x03, {OK: ADDRESS_BYTES, NO_SUCH_ITEM: 0, **_CARD_ANSWERS})
READ_CARD_NUMBER = Command(0x30, 0x05, {OK: None, NO_SUCH_ITEM: 0, **_CARD_ANSWERS})
MAX_RF_BYTES = Command(0x61, 0xFF, {OK: 0}, bytes([0x50]))
ALL_COMMANDS = (RESET_SAM, SAM_STATUS, SAM_ID, FIND, SELECT, READ, READ_NEWEST_ADDRESS, READ_CARD_NUMBER, MAX_RF_BYTES)

WITHOUT_NEWEST_ADDRESS = frozenset({NO_SUCH_ITEM, 0x21, 0x23, 0x24})
"""Answers to READ_NEWEST_ADDRESS that mean "go on without": the card has none, or the module does not know it."""
ADDRESS_UNREAD = "证里的最新住址没有读到，请把证拿起来再放一次；还不行请手工录入，并问清现在的住址"

_AGAIN = "请把证拿起来再放一次，停 1 秒；还不行请手工录入"
_BY_HAND = "请手工录入并核对证件原件"
STATUS_SENTENCES: dict[int, str] = {
    OK: "",
    NO_SUCH_ITEM: "证里没有这一项",
    FOUND: "",
    0x10: "读卡器收到的命令校验不对，请重新插紧连线",
    0x11: "读卡器收到的命令长度不对，请重新插紧连线",
    0x21: "读卡器不认识这条命令，请技术员核对读卡器型号",
    0x23: "读卡器不允许这项操作，请技术员核对读卡器授权",
    0x24: "读卡器不认识这条命令，请技术员核对读卡器型号",
    0x31: f"证件不接受这台读卡器，{_BY_HAND}",
    0x32: f"读卡器不接受这张证件，{_BY_HAND}",
    0x33: f"证件没有通过读卡器的验证，{_BY_HAND}",
    0x37: f"证里的指纹信息没有通过验证，{_BY_HAND}",
    0x3F: f"证里的信息长度不对，{_BY_HAND}",
    0x40: f"读卡器不认识这种证件，{_BY_HAND}",
    READ_FAILED: CardGone.default_advice,
    0x47: f"读卡器和证件没有对上，{_AGAIN}",
    SELF_TEST_FAILED: "读卡器自检没有通过，请拔下电源再插上；还不行先手工录入，请技术员更换",
    NOT_AUTHORISED: "读卡器的安全模块没有授权，请先手工录入，并请技术员联系供应商",
    FIND_FAILED: "没有找到证件，请把证放在读卡区",
    SELECT_FAILED: f"证件没有选中，读卡区只放一张证，{_AGAIN}",
}
"""SW3 [C] → the sentence for the clerk; empty for success."""


def error_for(status: int) -> DeviceError:
    """The error that a failing status byte means, with its sentence; unknown bytes give a ProtocolError."""
    word = f"sw3_{status:02x}"
    advice = STATUS_SENTENCES.get(status)
    if advice is None:
        return ProtocolError(f"unknown status byte {status:02X}", word=word)
    kind: type[DeviceError]
    if status in (READ_FAILED, SELECT_FAILED, FIND_FAILED):
        kind = CardGone
    elif status in _CARD_FAULTS:
        kind = CardUnreadable
    elif status in _MODULE_FAULTS:
        kind = ModuleFault
    elif status in _FRAME_FAULTS:
        kind = ProtocolError
    else:
        kind = CardError
    return kind(f"the reader answered {status:02X}", word=word, advice=advice)


def format_sam_id(data: bytes) -> str:
    """The printed form of the 16 bytes of a SAM id, e.g. ``05.01-20090101-0000012345-987654321`` [C]."""
    issuer, kind, day, serial, check = struct.unpack("<HHIII", data)
    return f"{issuer:02d}.{kind:02d}-{day}-{serial:010d}-{check}"


def read_payload(data: bytes) -> tuple[bytes, bytes]:
    """Text block and photo from the data of a READ answer; ProtocolError when its lengths are not 256 and 1,024."""
    text_length, photo_length = struct.unpack(">HH", data[:4])
    if (text_length, photo_length) != (TEXT_BYTES, PHOTO_BYTES):
        raise ProtocolError(f"text of {text_length} and photo of {photo_length} bytes", word="bad_payload")
    return data[4 : 4 + TEXT_BYTES], data[4 + TEXT_BYTES :]


def build_read_payload(text: bytes, photo: bytes) -> bytes:
    """The data of a READ answer; an empty photo becomes 1,024 zero bytes."""
    return struct.pack(">HH", TEXT_BYTES, PHOTO_BYTES) + text + photo.ljust(PHOTO_BYTES, b"\0")
