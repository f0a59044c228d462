"""Codes that are read aloud and typed by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.enrolment import fingerprint_part, make_code, read_code, write_code
from clerk_app.domain.errors import Rejected


@given(st.binary(min_size=7, max_size=16), st.binary(min_size=10, max_size=32))
def test_a_written_code_reads_back(random_bytes: bytes, fingerprint: bytes) -> None:
    parts = make_code(random_bytes, fingerprint)
    assert read_code(write_code(parts)) == parts
    assert parts.fingerprint == fingerprint_part(fingerprint)


def test_case_blanks_and_letters_that_look_alike_do_not_matter() -> None:
    parts = make_code(bytes(8), bytes(32))
    typed = write_code(parts).lower().replace("-", "  ").replace("0", "o")
    assert read_code(typed) == parts


def test_other_fingerprints_give_other_codes() -> None:
    assert fingerprint_part(b"a" * 32) != fingerprint_part(b"a" * 9 + b"b" * 23)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("ABC", "应为 26 位，现在是 3 位"), ("U" * 26, "没有“U”")],
)
def test_a_mistyped_code_is_named(typed: str, sentence: str) -> None:
    with pytest.raises(Rejected, match=sentence) as caught:
        read_code(typed)
    assert caught.value.field == "code"
