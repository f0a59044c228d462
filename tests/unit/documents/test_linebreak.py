from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from clerk_app.documents.linebreak import NO_END, NO_START, break_lines
from clerk_app.documents.thermal.layout import char_columns, display_columns


def lines(text: str, width: float, first: float | None = None) -> list[str]:
    return [text[start:end] for start, end in break_lines(text, char_columns, width, first)]


def test_closing_punctuation_never_starts_and_opening_never_ends_a_line() -> None:
    text = "已当场送达《补正材料一次性告知书》，要补两项（材料五、材料六）。补齐当日受理，不用再取号。"
    for width in range(6, 48):
        for line in lines(text, width):
            assert line[0] not in NO_START, (width, line)
            assert line[-1] not in NO_END, (width, line)


def test_words_and_numbers_stay_whole_while_they_fit() -> None:
    assert lines("查询编号 MH-12-20261123-0031 请收好", 24) == ["查询编号", "MH-12-20261123-0031 请收", "好"]


def test_a_code_longer_than_the_line_is_cut_instead_of_running_over_the_edge() -> None:
    assert lines("12441500196720244T3442199806003", 10) == ["1244150019", "6720244T34", "42199806003"[:10], "3"]


def test_the_first_line_may_be_shorter_and_line_feeds_always_break() -> None:
    assert lines("一二三四五", 8, 4) == ["一二", "三四五"]
    assert lines("一二\n三", 20) == ["一二", "三"]


def test_an_empty_text_is_one_empty_line() -> None:
    assert lines("", 10) == [""]


@given(st.text(alphabet="中文字，。（）《》“”—…A1 -.%\n囗𠮷", max_size=60), st.integers(min_value=4, max_value=30))
@example("（（（（（（（（（（（（", 4)
@example("中，，，，，，，，，，", 4)
def test_nothing_is_lost_and_nothing_runs_over(text: str, width: int) -> None:
    broken = lines(text, width)
    assert "".join(broken).replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert all(display_columns(line) <= width for line in broken)
