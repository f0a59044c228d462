"""A scanned code is known by its form; what nobody knows is answered with what can be scanned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.errors import Rejected
from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.ports.hall_queue import CardPerson
from clerk_app.services.codes import CodeKind, CodeReading, ScannedCode, own_code
from support.halls import NOW

TICKET = uuid7(NOW, bytes(range(RANDOM_BYTES)))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("A047", CodeKind.TICKET, "A047"),
        (" a1047 ", CodeKind.TICKET, "A1047"),
        (f"https://hall.example/q/{TICKET}", CodeKind.TICKET, TICKET),
        (f"https://hall.example/q/{TICKET.upper()}/", CodeKind.TICKET, TICKET),
        ("12345678", CodeKind.APPOINTMENT, "12345678"),
        ("1234 5678", CodeKind.APPOINTMENT, "12345678"),
        ("MH-12-20261123-0031", CodeKind.CASE, "MH-12-20261123-0031"),
        ("https://hall.example/q/MH-12-20261123-0031", CodeKind.CASE, "MH-12-20261123-0031"),
    ],
)
def test_the_halls_own_codes_are_known(text: str, kind: CodeKind, value: str) -> None:
    assert CodeReading().read(text) == ScannedCode(kind, value)


class OneCode:
    """A platform that knows one code."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def person(self, text: str) -> CardPerson | None:
        self.asked.append(text)
        return CardPerson("李晓彤", "110101199003070038") if text == "LJM:1" else None


def test_a_connector_is_asked_only_for_codes_that_are_not_the_halls() -> None:
    platform = OneCode()
    codes = CodeReading([platform])
    assert codes.read("A047").kind is CodeKind.TICKET
    assert platform.asked == []
    found = codes.read("LJM:1")
    assert (found.kind, found.person and found.person.name) == (CodeKind.PERSON, "李晓彤")
    with pytest.raises(Rejected, match="认不出这个码") as refused:
        codes.read("LJM:2")
    assert "没有接通" not in str(refused.value)


def test_without_a_connector_the_sentence_says_what_works_instead() -> None:
    with pytest.raises(Rejected, match="请放身份证"):
        CodeReading().read("LJM:1")


@given(st.text(max_size=3_000))
def test_any_text_is_a_code_or_a_sentence(text: str) -> None:
    try:
        found = CodeReading().read(text)
    except Rejected:
        assert own_code(text) is None
    else:
        assert found.value
