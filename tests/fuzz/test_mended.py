"""What fuzzing found, as a person would tell it; the inputs themselves are in the corpora."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from clerk_app.bootstrap import settings
from clerk_app.documents.catalogue_files import read_catalogue_file
from clerk_app.domain import appointments
from clerk_app.domain.calendar_file import parse_calendar
from clerk_app.domain.dispatch_check import check
from clerk_app.domain.errors import LONGEST_SENTENCE, Locked, Rejected, shown
from clerk_app.domain.identity.text import normalised
from clerk_app.domain.numbering import parse_case_number, parse_document_number
from clerk_app.services.codes import CodeKind, own_code
from drivers.idcard.vendor.answers import Answer, BadAnswer, read_answer
from drivers.printer.interpreter import Interpreter
from drivers.printer.jobs import personal_spans
from drivers.printer.paper import LONGEST
from drivers.printer.tokens import Tokeniser
from fuzz.files import _digest, _mac
from fuzz.printers import _Glyphs
from fuzz.workbooks import book_parts

DAY = Path(__file__).resolve().parent / "dispatch_day.json"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("hall = 3", "要写成 [hall]"),
        ('calendars = "2027.json"', "文件名的列表"),
        ('calendars = ["a\\u0000b"]', "文件名的列表"),
        ("[window]\ntext_size = nan", "text_size 写错了类型"),
        ("[window]\ntext_size = true", "text_size 写错了类型"),
        ("[hall]\nagency_short = {a = 1}", "agency_short 里每一项"),
        ('[voice]\nvolumes = {"08:00" = "laut"}', "volumes 里每一项"),
        ("a = " + "[" * 2000, "读不了"),
        ("a = 1" + "0" * 5000, "读不了"),
    ],
)
def test_settings_of_a_wrong_kind_are_refused_by_name(tmp_path: Path, written: str, told: str) -> None:
    (tmp_path / settings.FILE_NAME).write_text(written, encoding="utf-8")
    with pytest.raises(Rejected, match=told.replace("[", r"\[")):
        settings.load(tmp_path)


def test_a_sentence_is_bounded_and_can_be_shown_and_sent_whatever_it_quotes() -> None:
    refused = Rejected("code", f"没有“\ud842\u202e\x07{'长' * 5000}”")
    assert len(str(refused)) == LONGEST_SENTENCE
    assert refused.reason == str(refused)
    assert str(refused).startswith("没有“U+D842U+202EU+0007长")
    str(refused).encode()
    assert str(Locked("照旧\ue863𠮷")) == "照旧\ue863𠮷"
    assert shown("\x00" * 100, 40) == ("U+0000" * 7)[:39] + "…"


def test_digits_of_a_chinese_input_method_are_digits() -> None:
    assert appointments.read_code("１２３４ ５６７８") == "12345678"
    found = own_code("１２３４５６７８")
    assert found is not None
    assert (found.kind, found.value) == (CodeKind.APPOINTMENT, "12345678")
    with pytest.raises(Rejected):
        appointments.read_code("١٢٣٤٥٦٧٨")


def test_a_year_that_nobody_can_write_again_is_no_number() -> None:
    with pytest.raises(Rejected):
        parse_case_number("H-2-06321123-0031")
    with pytest.raises(Rejected):
        parse_document_number("明市监不受(0226)3-10001号", ("受", "不受"))


def test_a_certificate_number_normalised_twice_is_the_same() -> None:
    text = "L´L"
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    ("place", "value"),
    [("turns_at", 10**40), ("seen_seconds", 10**12), ("missed_after", -1), ("turns_at", 25)],
)
def test_a_dispatch_log_with_impossible_rules_is_told_not_raised(place: str, value: int) -> None:
    log: dict[str, Any] = json.loads(DAY.read_text(encoding="utf-8"))
    log["entries"][0]["start"]["rules"][place] = value
    report = check(log, _mac, _digest)
    assert any(place in str(finding) for finding in report.findings)


@pytest.mark.parametrize("value", ["\ud842", float("nan"), float("inf")])
def test_a_dispatch_log_that_cannot_be_written_in_its_own_form_is_told(value: object) -> None:
    log: dict[str, Any] = json.loads(DAY.read_text(encoding="utf-8")) | {"source": value}
    report = check(log, _mac, _digest)
    assert "标准格式" in str(report.findings[0])


@pytest.mark.parametrize(
    ("first", "last"), [('<row r="1">', '<row r="999999999999">'), ('ref="A1:D2"', 'ref="A1:XFD1048576"')]
)
def test_a_sheet_that_claims_to_have_no_end_is_read_or_refused_at_once(tmp_path: Path, first: str, last: str) -> None:
    file = tmp_path / "catalogue.xlsx"
    with zipfile.ZipFile(file, "w") as book:
        for name, content in book_parts().items():
            sheet = content.replace(b'r="2"', b'r="9000"').replace(first.encode(), last.encode())
            book.writestr(name, sheet if name.endswith("sheet1.xml") else content)
    if "999" in last:
        with pytest.raises(Rejected, match="不是能读的"):
            read_catalogue_file(file)
    else:
        assert [row.line for row in read_catalogue_file(file).rows] == [9000]


def test_a_sheet_in_an_encoding_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.xlsx"
    with zipfile.ZipFile(file, "w") as book:
        for name, content in book_parts().items():
            head = b'<?xml version="1.0" encoding="utf-9"?>' if name.endswith("sheet1.xml") else b""
            book.writestr(name, head + content)
    with pytest.raises(Rejected, match="不是能读的"):
        read_catalogue_file(file)


def test_brackets_without_end_are_no_calendar() -> None:
    with pytest.raises(Rejected, match="不是 JSON"):
        parse_calendar("[" * 100_000, "2027.json")


@pytest.mark.parametrize(
    "line",
    [
        *("", "[" * 100_000, "7", "x" * 1_000_001, '{"id": true}', '{"id": 1}', '{"id": 1, "result": "x"}'),
        *(f'{{"id": 1, "result": 1, "out": {out}}}' for out in ("3", '["zz"]', "[null]")),
    ],
)
def test_a_helper_that_answers_nonsense_is_told_from_one_that_answers(line: str) -> None:
    with pytest.raises(BadAnswer):
        read_answer(line)
    assert read_answer('{"id": 3, "result": 144, "out": ["605F", 256]}') == Answer(3, 144, (b"\x60\x5f", 256))


def test_the_virtual_printer_survives_codes_without_data_and_metres_of_feed() -> None:
    job = b"\x1d(k\x02\x001C" + b"\x1d(k\xbe\x0f1P0" + b"a" * 4027 + b"\x1d(k\x03\x001Q0"
    printer = Interpreter(_Glyphs(), 144, lambda kind: None)  # type: ignore[arg-type]
    for token in Tokeniser(lambda kind: None).feed(job + b"\x1bd\xff" * 200 + b"\x1dVB\x00A\n\x1dVB\x00"):
        printer.run(token)
    long, short = printer.tickets
    assert printer.ignored == ["GS ( k 67 without data", "GS ( k 81 with more than a symbol holds"]
    assert (long.whole, long.image.height <= LONGEST) == (False, True)
    assert (short.whole, short.text) == (True, "A")


def test_a_command_that_prints_nothing_has_nothing_to_mask() -> None:
    assert personal_spans(b"\x1d(\x11\x00\x00") == []
