"""The 256-byte text block of the four cards: UTF-16LE, padded with spaces, the type flag at byte 248 [C].

``J`` is the residence permit for HK, Macao and Taiwan, ``I`` the foreigner's card of 2017, ``Y`` that of 2023, a space
the resident card. Bytes 158-187 of ``Y`` are called reserved by some sources and issuer by another: what stands there
is given as ``issuer``. Private-use characters and surrogate pairs pass through as they are; half a surrogate pair is
refused, because nothing may be dropped from a name silently.
"""

from __future__ import annotations

from datetime import date

from drivers.base.errors import CardUnreadable
from drivers.base.readings import CardKind, CardReading

_SIZE = 256
_FLAG_AT = 248
_FLAGS: dict[str, CardKind] = {
    " ": CardKind.RESIDENT,
    "J": CardKind.HMT_PERMIT,
    "I": CardKind.FOREIGNER_2017,
    "Y": CardKind.FOREIGNER_2023,
}
_WITHOUT_END = "长期"

Slices = tuple[tuple[int, int], ...]
"""Where a field stands, as (offset, length) in bytes; two pieces for the long English name of ``Y``."""

_CHINESE_CARD: dict[str, Slices] = {
    "name": ((0, 30),),
    "sex_code": ((30, 2),),
    "birth_date": ((36, 16),),
    "address": ((52, 70),),
    "number": ((122, 36),),
    "issuer": ((158, 30),),
    "valid_from": ((188, 16),),
    "valid_to": ((204, 16),),
}
LAYOUTS: dict[CardKind, dict[str, Slices]] = {
    CardKind.RESIDENT: {**_CHINESE_CARD, "ethnic_code": ((32, 4),)},
    CardKind.HMT_PERMIT: {**_CHINESE_CARD, "pass_number": ((220, 18),), "issue_count": ((238, 4),)},
    CardKind.FOREIGNER_2017: {
        "english_name": ((0, 120),),
        "sex_code": ((120, 2),),
        "number": ((122, 30),),
        "country_code": ((152, 6),),
        "name": ((158, 30),),
        "valid_from": ((188, 16),),
        "valid_to": ((204, 16),),
        "birth_date": ((220, 16),),
        "version": ((236, 4),),
        "issuer": ((240, 8),),
    },
    CardKind.FOREIGNER_2023: {
        "name": ((0, 30),),
        "sex_code": ((30, 2),),
        "issue_count": ((32, 4),),
        "birth_date": ((36, 16),),
        "english_name": ((52, 70), (220, 22)),
        "number": ((122, 36),),
        "issuer": ((158, 30),),
        "valid_from": ((188, 16),),
        "valid_to": ((204, 16),),
        "country_code": ((242, 6),),
    },
}
_DATES = ("birth_date", "valid_from", "valid_to")


def decode_text_block(text: bytes, photo: bytes = b"", newest_address: str | None = None) -> CardReading:
    """The reading in a text block of 256 bytes.

    Raises CardUnreadable for another size, an unknown type flag, text that is not UTF-16 or a date that does not exist.
    """
    if len(text) != _SIZE:
        raise CardUnreadable(f"text block of {len(text)} bytes", word="bad_text_block")
    kind = _FLAGS.get(decode_text(text[_FLAG_AT : _FLAG_AT + 2]) or " ")
    if kind is None:
        raise CardUnreadable("unknown type flag", word="unknown_card_kind")
    fields: dict[str, str] = {
        name: decode_text(b"".join(text[start : start + length] for start, length in slices))
        for name, slices in LAYOUTS[kind].items()
    }
    days = {name: fields.pop(name) for name in _DATES}
    return CardReading(
        kind=kind,
        birth_date=card_day(days["birth_date"], "birth_date"),
        valid_from=card_day(days["valid_from"], "valid_from"),
        valid_to=None if days["valid_to"] == _WITHOUT_END else card_day(days["valid_to"], "valid_to"),
        photo=photo,
        picture=b"",
        newest_address=newest_address,
        **fields,
    )


def encode_text_block(reading: CardReading) -> bytes:
    """The text block of ``reading``, for simulators; ValueError when a field is longer than the card has room for."""
    block = bytearray(" ".encode("utf-16-le") * (_SIZE // 2))
    for name, slices in LAYOUTS[reading.kind].items():
        value = getattr(reading, name)
        if isinstance(value, date):
            value = value.isoformat().replace("-", "")
        words = _WITHOUT_END if value is None else str(value)
        data = words.encode("utf-16-le")
        if len(data) > sum(length for _, length in slices):
            raise ValueError(f"{name} does not fit the card")
        for start, length in slices:
            piece, data = data[:length], data[length:]
            block[start : start + len(piece)] = piece
    flag = next(flag for flag, kind in _FLAGS.items() if kind is reading.kind)
    block[_FLAG_AT : _FLAG_AT + 2] = flag.encode("utf-16-le")
    return bytes(block)


def decode_text(data: bytes) -> str:
    """UTF-16LE text without its padding; raises CardUnreadable when it is not well formed."""
    try:
        return data.decode("utf-16-le").rstrip(" \0")
    except UnicodeDecodeError as exc:
        raise CardUnreadable("text is not UTF-16", word="bad_text") from exc


def card_day(words: str, name: str) -> date:
    """The day of eight digits; raises CardUnreadable for another shape or a day that does not exist."""
    try:
        if len(words) != 8 or not (words.isascii() and words.isdigit()):
            raise ValueError(name)
        return date(int(words[:4]), int(words[4:6]), int(words[6:]))
    except ValueError as exc:
        raise CardUnreadable(
            f"{name} is not a date", word="bad_date", advice="证里的日期不存在，请手工录入并核对证件原件"
        ) from exc
