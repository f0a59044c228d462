"""Numbers on paper: printed, typed, scanned, read back."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.errors import Rejected
from clerk_app.domain.numbering import (
    CaseNumber,
    DocumentNumber,
    case_number,
    document_number,
    parse_case_number,
    parse_document_number,
    parse_tail,
)

DAY = date(2026, 11, 23)
PARTS = CaseNumber("MH", "12", DAY, 31)
WORDS = ("受", "补", "不受")
HALLS = st.from_regex(r"[A-Z][A-Z0-9]{0,7}", fullmatch=True)
WINDOWS = st.from_regex(r"[0-9A-Z]{1,6}", fullmatch=True)
AGENCIES = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)


def test_a_case_number_as_printed() -> None:
    assert case_number("MH", "12", DAY, 31) == "MH-12-20261123-0031"
    assert case_number("MH", "12", datetime(2026, 11, 23, 9, 0), 31) == "MH-12-20261123-0031"
    assert case_number("MH", "12", DAY, 12345) == "MH-12-20261123-12345"


@pytest.mark.parametrize(
    "text",
    [
        "MH-12-20261123-0031",
        "mh-12-20261123-0031",
        " MH - 12 - 20261123 - 0031 ",
        "ＭＨ－１２－２０２６１１２３－００３１",
        "MH—12—20261123—0031",
        "https://query.example/q/MH-12-20261123-0031",
        "https://query.example/q?no=MH-12-20261123-0031",
        "https://query.example/q/mh-12-20261123-0031/",
    ],
)
def test_a_case_number_as_typed_and_scanned(text: str) -> None:
    assert parse_case_number(text) == PARTS


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "这不是办件编号"),
        ("A047", "这不是办件编号"),
        ("MH-12-20261123", "这不是办件编号"),
        ("MH-12-20261123-0031-1", "这不是办件编号"),
        ("12-20261123-0031", "这不是办件编号"),
        ("MH-12-20261131-0031", "编号 MH-12-20261131-0031 里的日期或序号不对"),
        ("MH-12-20261123-0000", "编号 MH-12-20261123-0000 里的日期或序号不对"),
    ],
)
def test_what_is_no_case_number(text: str, sentence: str) -> None:
    with pytest.raises(Rejected) as refusal:
        parse_case_number(text)
    assert refusal.value.field == "case_number"
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    ("hall", "window", "sequence"), [("", "12", 1), ("mh", "12", 1), ("MH", "1-2", 1), ("MH", "", 1), ("MH", "12", 0)]
)
def test_parts_that_could_not_be_read_back_make_no_number(hall: str, window: str, sequence: int) -> None:
    with pytest.raises(ValueError, match="case number"):
        case_number(hall, window, DAY, sequence)


@given(HALLS, WINDOWS, st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.integers(1, 99_999))
def test_every_case_number_reads_back(hall: str, window: str, day: date, sequence: int) -> None:
    number = case_number(hall, window, day, sequence)
    parts = parse_case_number(number)
    assert parts == CaseNumber(hall, window, day, sequence)
    assert str(parts) == number
    assert number.replace("-", "").endswith(parts.tail)
    assert len(parts.tail) == 6


@pytest.mark.parametrize("text", ["230031", "23-0031", " 23 0031 ", "２３００３１"])
def test_the_last_six_digits_find_the_case(text: str) -> None:
    assert parse_tail(text) == PARTS.tail


@pytest.mark.parametrize(("text", "length"), [("0031", 4), ("1230031", 7), ("23003A", 6), ("", 0)])
def test_other_than_six_digits(text: str, length: int) -> None:
    with pytest.raises(Rejected, match=f"后 6 位数字，现在是 {length} 位"):
        parse_tail(text)


# --- documents -----------------------------------------------------------------------------------------------------
def test_a_document_number_as_printed() -> None:
    assert document_number("明市监", "受", 2026, "12", 32) == "明市监受〔2026〕12-0032 号"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("明市监受〔2026〕12-0032 号", "受"),
        ("明市监受[2026]12-0032号", "受"),
        ("明市监受（2026）12－0032号", "受"),
        ("明市监不受〔2026〕12-0032 号", "不受"),
        ("明市监补〔2026〕12-0032 号", "补"),
    ],
)
def test_a_document_number_as_typed(text: str, word: str) -> None:
    assert parse_document_number(text, WORDS) == DocumentNumber("明市监", word, 2026, "12", 32)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("MH-12-20261123-0031", "这不是文书编号"),
        ("明市监受〔2026〕12-0000 号", "这不是文书编号"),
        ("明市监罚〔2026〕12-0032 号", "文书编号里的“明市监罚”没有文种"),
        ("受〔2026〕12-0032 号", "文书编号里的“受”没有文种"),
    ],
)
def test_what_is_no_document_number(text: str, sentence: str) -> None:
    with pytest.raises(Rejected) as refusal:
        parse_document_number(text, WORDS)
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    ("agency", "word", "window", "sequence"),
    [("", "受", "12", 1), ("明市监", "", "12", 1), ("明 市监", "受", "12", 1), ("明3局", "受", "12", 1)],
)
def test_parts_that_make_no_document_number(agency: str, word: str, window: str, sequence: int) -> None:
    with pytest.raises(ValueError, match="document number"):
        document_number(agency, word, 2026, window, sequence)


@given(AGENCIES, st.sampled_from(WORDS), st.integers(2020, 2099), WINDOWS, st.integers(1, 99_999))
def test_every_document_number_reads_back(agency: str, word: str, year: int, window: str, sequence: int) -> None:
    number = document_number(agency, word, year, window, sequence)
    parts = parse_document_number(number, WORDS)
    assert str(parts) == number
    assert parts.agency + parts.word == agency + word
    assert (parts.year, parts.window, parts.sequence) == (year, window, sequence)
