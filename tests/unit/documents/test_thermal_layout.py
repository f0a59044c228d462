from __future__ import annotations

import pytest

from clerk_app.documents.thermal.blocks import Cell, Row, Text
from clerk_app.documents.thermal.layout import char_columns, display_columns, row_lines, text_lines
from clerk_app.documents.thermal.profile import PrinterProfile


def shown(row: Row, columns: int) -> list[str]:
    return [line.text for line in row_lines(row, columns)]


def test_a_column_is_what_the_printer_advances_not_a_character() -> None:
    # "·" is narrow in Unicode but a double-byte character of GBK
    assert [char_columns(char) for char in "A中·〇（𠮷\ue000"] == [1, 2, 2, 2, 2, 2, 2]
    assert display_columns("食品·A1") == 8


def test_columns_align_right_and_long_names_wrap_in_their_column() -> None:
    row = Row((Cell("12 经营场所平面图"), Cell("复印件", 7), Cell("1", 4, "right"), Cell("12", 3, "right")), indent=3)
    assert shown(row, 32) == [
        "12 经营场所平面图 复印件   1  12",
    ]
    assert shown(row, 28) == ["12 经营场所平 复印件   1  12", "   面图"]


def test_columns_that_do_not_fit_are_refused_before_anything_is_printed() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        row_lines(Row((Cell("名称"), Cell("形式", 30))), 32)


def test_double_width_text_wraps_at_half_the_columns() -> None:
    lines = text_lines(Text("明河区政务服务中心", width=2, height=2), 32)
    assert [line.text for line in lines] == ["明河区政务服务中"[:8], "心"]


def test_a_profile_wider_than_its_head_is_refused() -> None:
    with pytest.raises(ValueError, match="dots"):
        PrinterProfile(dots=384, columns=48)
