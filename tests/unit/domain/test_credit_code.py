"""Credit codes: what is certain is refused, a check digit that does not fit is a warning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity import (
    check_credit_code,
    check_organisation_code,
    credit_check_character,
    organisation_check_character,
)
from clerk_app.domain.identity.credit_code import ALPHABET

GOOD = "91350100M000100Y43"


def sentence(text: str) -> str:
    with pytest.raises(Rejected) as refusal:
        check_credit_code(text)
    assert refusal.value.field == "credit_code"
    return str(refusal.value)


@pytest.mark.parametrize("text", [GOOD, "9135 0100 m000100y 43", "９１３５０１００Ｍ０００１００Ｙ４３"])
def test_a_good_code(text: str) -> None:
    found = check_credit_code(text)
    assert (found.text, found.area, found.organisation_code) == (GOOD, "350100", "M000100Y4")
    assert (found.registrar, found.warnings) == ("市场监督管理", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "还没有填统一社会信用代码"),
        ("91350100M000100Y4", "统一社会信用代码应是 18 位，现在是 17 位"),
        ("91350100M000100Y433", "统一社会信用代码应是 18 位，现在是 19 位"),
        (
            "91350100MO00100Y43",
            "统一社会信用代码第 10 位不会是“O”（代码里没有 I、O、S、V、Z），请看是不是 0",
        ),
        (
            "91350100V000100Y43",
            "统一社会信用代码第 9 位不会是“V”（代码里没有 I、O、S、V、Z），请再看一遍执照",
        ),
        ("9135**********Y43", "这是遮盖过的统一社会信用代码，请按证件输全"),
    ],
)
def test_what_is_certain_is_refused(text: str, expected: str) -> None:
    assert sentence(text) == expected


def test_a_legacy_code_with_a_wrong_check_digit_is_taken_with_a_warning() -> None:
    found = check_credit_code("91350100M000100Y44")
    assert found.text == "91350100M000100Y44"
    assert found.warnings == (
        "统一社会信用代码第 18 位对不上（应为 3）。早年的代码会这样，请再看一遍执照，没看错就接着办",
    )


def test_unusual_registrar_and_area_are_warnings() -> None:
    body = "B1XX0100M000100Y4"
    found = check_credit_code(body + credit_check_character(body))
    assert [warning.split("，")[0] for warning in found.warnings] == [
        "统一社会信用代码第 1 位一般不是“B”",
        "统一社会信用代码第 3 到 8 位“XX0100”不像行政区划",
    ]


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 30))
def test_any_single_wrong_character_changes_the_check(body: str, place: int, shift: int) -> None:
    other = ALPHABET[(ALPHABET.index(body[place]) + shift) % 31]
    changed = body[:place] + other + body[place + 1 :]
    assert credit_check_character(changed) != credit_check_character(body)


def test_an_organisation_code_with_and_without_its_dash() -> None:
    assert check_organisation_code("M000100Y-4").text == check_organisation_code("M000100Y4").text == "M000100Y4"
    assert check_organisation_code("M000100Y4").warnings == ()


def test_an_organisation_code_that_does_not_fit_is_a_warning() -> None:
    (warning,) = check_organisation_code("M000100Y5").warnings
    assert warning.startswith("组织机构代码第 9 位对不上（应为 4）")


def test_an_organisation_code_of_another_length() -> None:
    with pytest.raises(Rejected, match="组织机构代码应是 9 位，现在是 8 位"):
        check_organisation_code("M000100Y")


def test_a_check_character_can_be_x() -> None:
    bodies = (f"{n:08d}" for n in range(100))
    assert "X" in {organisation_check_character(body) for body in bodies}
