"""What people type and scan: case and document numbers, tickets, appointments, enrolment codes, certificates."""

from __future__ import annotations

from datetime import date

from clerk_app.domain import appointments, emergency, enrolment
from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity.check import check_id_number, check_phone
from clerk_app.domain.identity.tables import IdType
from clerk_app.domain.numbering import parse_case_number, parse_document_number, parse_tail
from clerk_app.services.codes import CodeKind, CodeReading, own_code
from fuzz.target import Target, must, rarely, showable, text_of

_WORDS = ("受", "补", "不受")
_TODAY = date(2026, 11, 23)
_KINDS = tuple(IdType)
_LONGEST_SENTENCE = 300


def case_numbers(data: bytes) -> None:
    text = text_of(data)
    try:
        number = parse_case_number(text)
    except Rejected as refused:
        _sentence(refused)
    else:
        must(str(number).isascii() and len(str(number)) < 40, "a number is plain")
        must(parse_case_number(str(number)) == number, "a number that was read is read again")
        must(parse_tail(number.tail) == number.tail, "its tail can be typed")
    try:
        document = parse_document_number(text, _WORDS)
    except Rejected as refused:
        _sentence(refused)
    else:
        must(parse_document_number(str(document), _WORDS) == document, "a document number is read again")
    try:
        tail = parse_tail(text)
    except Rejected as refused:
        _sentence(refused)
    else:
        must(tail.isascii() and tail.isdigit() and len(tail) == 6, "six digits")


def tickets_and_codes(data: bytes) -> None:
    text = text_of(data)
    try:
        number = emergency.read_number(text)
    except Rejected as refused:
        _sentence(refused)
    else:
        must(str(number).isascii(), "a ticket's number is plain")
        must(emergency.read_number(str(number)) == number, "a number that was read is read again")
        must(number.block_no is None or number.block_no >= 1, "blocks count from one")
    try:
        code = appointments.read_code(text)
    except Rejected as refused:
        _sentence(refused)
    else:
        must(code.isascii() and code.isdigit() and len(code) == appointments.CODE_LENGTH, "eight digits")
    found = own_code(text)
    if found is None:
        if rarely(data):
            _refused(text)
        return
    must(found.value.isascii() and len(found.value) < 60, "a code's value is plain")
    must(found.kind is not CodeKind.PERSON, "a person needs a connector")
    must(own_code(found.value) == found, "the value alone means the same")


def _refused(text: str) -> None:
    try:
        CodeReading().read(text)
    except Rejected as refused:
        _sentence(refused)
    else:
        must(False, "a code that is not ours is refused")


def enrolment_codes(data: bytes) -> None:
    text = text_of(data)
    try:
        parts = enrolment.read_code(text)
    except Rejected as refused:
        _sentence(refused)
    else:
        must(enrolment.read_code(enrolment.write_code(parts)) == parts, "a code that was read is written and read")
        must(enrolment.read_secret(text) == parts.secret, "its secret is its beginning")
    try:
        secret = enrolment.read_secret(text)
    except Rejected as refused:
        _sentence(refused)
    else:
        must(len(secret) == enrolment.SECRET_LENGTH and secret.isascii(), "a secret has its length")


def certificates(data: bytes) -> None:
    kind = _KINDS[data[0] % len(_KINDS)] if data else IdType.RESIDENT
    text = text_of(data[1:])
    try:
        number = check_id_number(text, kind, today=_TODAY)
    except Rejected as refused:
        _sentence(refused)
    else:
        must(len(number.text) <= 30, "a number is bounded")
        again = check_id_number(number.text, kind, today=_TODAY)
        must(again.text == number.text, "a number that was read is read again")
    try:
        phone = check_phone(text)
    except Rejected as refused:
        _sentence(refused)
    else:
        must(phone.text.isascii() and len(phone.text) < 30, "a telephone number is plain")
        must(check_phone(phone.text) == phone, "a telephone number that was read is read again")


def _sentence(refused: Rejected) -> None:
    must(0 < len(str(refused)) <= _LONGEST_SENTENCE, "one short sentence for the clerk")
    must(showable(str(refused)), "a sentence that a screen can show")


TARGETS = (
    Target(
        "case-numbers",
        case_numbers,
        lambda: [
            b"MH-12-20261123-0031",
            "https://hall.example/c/mh—12—20261123—0031/".encode(),
            "明市监受〔2026〕12-0032 号".encode(),
            "明市监不受(2026)3-10001号".encode(),
            b"230031",
        ],
        ("clerk_app.domain.numbering",),
        "Rejected with one short sentence, or a number that is read again as the same",
        longest=64,
        words=("〔".encode(), "〕".encode(), "号".encode(), b"-20261123-", "受".encode(), "—".encode()),
    ),
    Target(
        "tickets-and-codes",
        tickets_and_codes,
        lambda: [
            b"a47",
            "Ａ０４７".encode(),
            b"Y 1207",
            b"1234 5678",
            b"https://hall.example/t/0193a1b2-0000-7abc-8def-0123456789ab",
            b"MH-12-20261123-0031",
        ],
        ("clerk_app.domain.emergency", "clerk_app.domain.appointments", "clerk_app.services.codes"),
        "Rejected with one short sentence, or a value that means the same when it is read again",
        longest=64,
        words=(b"0193a1b2-0000-7abc-8def-0123456789ab",),
    ),
    Target(
        "enrolment-codes",
        enrolment_codes,
        lambda: [b"7Q4KM-2XW8D-00000-11111-22222-3", b"7q4km 2xw8d", b"OIL00-00000"],
        ("clerk_app.domain.enrolment",),
        "Rejected with one short sentence, or parts that are written and read again",
        longest=48,
    ),
    Target(
        "certificates",
        certificates,
        lambda: [
            b"\x0011010519491231002X",
            b"\x00110105491231002",
            b"\x0791440300708461136T",
            b"\x0f91440300708461136T",
            b"\x0cUSA110175112310",
            b"\x0c911124198108030024",
            b"\x00+86 138-0013-8000",
            b"\x00010-12345678",
        ],
        tuple(f"clerk_app.domain.identity.{name}" for name in ("check", "resident", "credit_code", "text", "tables")),
        "Rejected with one short sentence, or a number that is read again as the same",
        longest=48,
    ),
)
