"""F1 tells the keys of exactly what is on the screen, the modes of a step included."""

from __future__ import annotations

from support.office import OfficeServer, sit, upload
from support.shell import APPLICANT, Seat
from support.window_views import shown


def help_of(seat: Seat) -> str:
    """What F1 says here; Esc leads back."""
    at = seat.focus()
    seat.press("F1")
    text = shown(seat.shell.help)
    seat.press("Esc")
    assert seat.focus() is at
    return text


def test_the_keys_of_each_mode_are_listed_and_no_key_without_anything_behind(qtbot) -> None:
    seat = sit(qtbot, OfficeServer(), "wxm")
    assert "现在在「没有办件时」" in help_of(seat)
    seat.counter.add_tickets(1)
    seat.press("F2")
    seat.lay(APPLICANT)
    text = help_of(seat)
    assert "现在在「申请人」" in text
    assert "共同申请人" in text
    for there in ("挂起", "转出", "取回挂起的", "离席、回来、关窗口"):
        assert there in text
    assert "以前办过" not in text
    seat.press("Enter")
    assert "现在在「选事项」" in help_of(seat)
    seat.type("spjy")
    seat.press("Enter")
    assert "现在在「选情形」" in help_of(seat)
    seat.press("1", "1")
    assert "全部收齐" in help_of(seat)
    seat.press("5")
    text = help_of(seat)
    assert "现在在「选问题」" in text
    assert "改写告知" in text
    seat.press("1", "Enter", "A", "F9")
    assert "选结论" in help_of(seat)
    seat.press("F9")
    assert "现在在「文书」" in help_of(seat)


def test_the_rows_of_an_arrival_have_their_keys_in_the_help(qtbot) -> None:
    seat = sit(qtbot, OfficeServer(), "wxm")
    seat.counter.add_tickets(1)
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    seat.type("spjy")
    seat.press("Enter", "1", "1", "5", "1", "Enter", "A", "F9", "F9")
    upload(seat)
    seat.press("F9")
    seat.control.files.open(seat.stored[0].case_number)
    seat.settle()
    assert "选一步" in help_of(seat)
    seat.press("1")
    text = help_of(seat)
    assert "现在在「补来的材料」" in text
    assert "按要求收" in text
    assert "登记收到" in text
    assert "重叫" not in text, "no ticket is called from here"
    seat.press("5")
    text = help_of(seat)
    assert "可多选" in text
    assert "按要求收" not in text
    assert "改写告知" not in text
