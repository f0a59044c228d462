from __future__ import annotations

from datetime import datetime

import pytest

from clerk_app.design.fontset import FontSet
from clerk_app.documents.thermal.profile import PAPER_58MM, PAPER_80MM, PrinterProfile
from clerk_app.documents.thermal_receipt import receipt_blocks, render_receipt
from clerk_app.documents.thermal_ticket import render_ticket, ticket_blocks
from clerk_app.domain.papers import BringItem, TicketMatter
from support.papers import RARE, a_receipt, a_ticket, printed

both_papers = pytest.mark.parametrize("profile", [PAPER_80MM, PAPER_58MM], ids=["80mm", "58mm"])


def words(text: str) -> str:
    """What stands on the paper without white and line ends."""
    return "".join(text.split())


@both_papers
def test_the_ticket_answers_which_number_how_many_how_long_where_and_what_to_bring(
    profile: PrinterProfile, fonts: FontSet
) -> None:
    ticket = printed(render_ticket(a_ticket(), profile, fonts), fonts.variable, profile.dots)
    text = words(ticket.text)
    for part in (
        "明河区政务服务中心", "李*，您的号码", "A047", "前面8人", "大约等11分（10:19左右）", "请在一楼A区等",
        "□申请书（签字、盖公章）原件1", "√营业执照电子证照", "2026-11-2310:08取号机2", "由电脑随机分派，不能挑选",
    ):  # fmt: skip
        assert part in text


def test_an_unknown_wait_is_not_made_up(fonts: FontSet) -> None:
    job = render_ticket(a_ticket(wait_minutes=None, call_expected_at=None), PAPER_80MM, fonts)
    text = printed(job, fonts.variable).text
    assert "大约等" not in text
    assert "前面 8 人" in text


def test_nobody_ahead_is_said_in_words(fonts: FontSet) -> None:
    text = printed(render_ticket(a_ticket(ahead=0, wait_minutes=0), PAPER_80MM, fonts), fonts.variable).text
    assert "前面没有人" in text
    assert "大约等" not in text


def test_priority_and_reprint_are_marked(fonts: FontSet) -> None:
    text = printed(render_ticket(a_ticket(priority="老年人优先", reprint=2), PAPER_80MM, fonts), fonts.variable).text
    assert "老年人优先" in text
    assert "补打 2" in text


@both_papers
def test_the_receipt_says_who_handed_in_what_and_that_receipt_is_not_acceptance(
    profile: PrinterProfile, fonts: FontSet
) -> None:
    receipt = printed(render_receipt(a_receipt(), profile, fonts), fonts.variable, profile.dots)
    text = words(receipt.text)
    for part in (
        "收件凭证", "编号MH-12-20261123-0031", "收件时间2026-11-2310:26", "受理机关明河区市场监督管理局",
        "2399**********042X", "1申请书原件14", "2营业执照免交--", "合计2份16页", "收件不等于受理",
    ):  # fmt: skip
        assert part in text
    assert receipt.images == 2


@both_papers
def test_no_printed_line_is_wider_than_the_paper(profile: PrinterProfile, fonts: FontSet) -> None:
    long = a_receipt(applicant="明河市" * 12, matter="食品经营许可变更" * 6, agency="综合行政审批服务局" * 4)
    for job in (render_receipt(long, profile, fonts), render_ticket(a_ticket(hall_name="明河区" * 9), profile, fonts)):
        text = printed(job, fonts.variable, profile.dots).text
        assert max(len(line.encode("gbk")) for line in text.splitlines()) <= profile.columns


@pytest.mark.parametrize("name", [f"欧阳{char}" for char in RARE] + [RARE])
def test_a_rare_name_changes_the_name_lines_only(name: str, fonts: FontSet) -> None:
    usual = printed(render_receipt(a_receipt(applicant="张三"), PAPER_80MM, fonts), fonts.variable)
    rare = printed(render_receipt(a_receipt(applicant=name), PAPER_80MM, fonts), fonts.variable)
    assert rare.images == usual.images + 1
    assert rare.text.replace("\n", "") == usual.text.replace("申请人    张三", "").replace("\n", "")
    assert rare.image.size == usual.image.size


def test_pages_that_nobody_counted_are_not_printed_as_zero(fonts: FontSet) -> None:
    text = printed(render_receipt(a_receipt(total_pages=0), PAPER_80MM, fonts), fonts.variable).text
    assert "2 份" in text
    assert "0 页" not in text


def test_a_code_that_opens_no_page_is_not_called_scannable() -> None:
    number_only = [*receipt_blocks(a_receipt(query="MH-12-20261123-0031"), PAPER_80MM)]
    number_only += ticket_blocks(a_ticket(query="MH-A047"), PAPER_80MM)
    assert "扫码" not in repr(number_only)
    assert "出示此码" in repr(number_only)


@both_papers
def test_several_matters_have_a_list_each(profile: PrinterProfile, fonts: FontSet) -> None:
    matters = (
        TicketMatter("食品经营许可", (BringItem("申请书", "原件 1"),)),
        TicketMatter("没有目录材料的事项"),
        TicketMatter("公司设立登记", (BringItem("公司章程", "原件 1"), BringItem("身份证", "", "窗口读身份证"))),
    )
    job = render_ticket(a_ticket(matters=matters, subject="企业准入，3 件事"), profile, fonts)
    text = words(printed(job, fonts.variable, profile.dots).text)
    assert "企业准入，3件事" in text
    assert text.index("食品经营许可") < text.index("□申请书") < text.index("公司设立登记") < text.index("□公司章程")
    assert "√身份证窗口读身份证" in text
    assert "没有目录材料的事项" not in text
    assert "这件事要带" not in text


@both_papers
def test_an_appointment_and_a_free_window_are_said(profile: PrinterProfile, fonts: FontSet) -> None:
    booked = a_ticket(matters=(), ahead=0, wait_minutes=22, priority="预约", appointment=datetime(2026, 11, 23, 10, 30))
    text = words(printed(render_ticket(booked, profile, fonts), fonts.variable, profile.dots).text)
    assert "预约10:30" in text
    assert "大约等22分" in text
    free = a_ticket(matters=(), ahead=0, window="12")
    text = words(printed(render_ticket(free, profile, fonts), fonts.variable, profile.dots).text)
    assert "请到12号窗口" in text
    assert "前面" not in text
