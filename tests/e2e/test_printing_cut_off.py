"""Power cuts and empty rolls around the printer: never a receipt too many, never one that only seems to be printed."""

from __future__ import annotations

from support.e2e_hall import E2eHall, end_and_check
from support.server import eventually

CUT = b"\x1dVB\x00"
"""The last command of a receipt."""


def test_between_commit_and_printing_the_receipt_comes_out_once(hall: E2eHall) -> None:
    window = hall.window(die_at="committed")
    number = hall.serve_to_checklist(window)
    window.die(window.accept)
    assert hall.receipts() == []

    window = hall.window()
    window.log_in()
    done = window.wait_for_papers()
    assert [paper["reprint"] for paper in done["papers"]] == [0, 0]
    end_and_check(hall, window, number)
    (receipt,) = hall.receipts()
    assert done["case_number"] in receipt


def test_with_a_sheet_on_its_way_only_the_clerk_can_say_what_became_of_it(hall: E2eHall) -> None:
    window = hall.window(die_at="sending")
    number = hall.serve_to_checklist(window)
    window.die(window.accept)

    window = hall.window()
    window.log_in()
    asked = window.wait("the question", lambda seen: seen["page"] == "papers" and seen["asked"])
    assert "收件凭证可能没打完" in asked["asked"]
    window.wait("the other sheet", lambda seen: [p["state"] for p in seen["papers"]] == ["unknown", "saved"])
    assert not window.look()["may_end"]
    window.kill()
    assert hall.station.printer.job_bytes == 0

    # Asked again after another crash, and still nothing was printed without an answer.
    window = hall.window()
    window.log_in()
    window.wait("the question", lambda seen: seen["page"] == "papers" and seen["asked"])
    assert hall.station.printer.job_bytes == 0
    window.press("2")
    done = window.wait_for_papers()
    end_and_check(hall, window, number)
    (receipt,) = hall.receipts()
    assert done["case_number"] in receipt
    assert "补打 1" in receipt


def test_while_the_printer_works_the_whole_receipt_is_not_printed_again(hall: E2eHall) -> None:
    window = hall.window()
    number = hall.serve_to_checklist(window)
    printer = hall.station.printer
    printer.set_slow(2_000)
    window.accept()
    eventually(lambda: CUT in printer.received)
    window.kill()
    assert hall.receipts() == []
    printer.set_slow(None)
    (whole,) = hall.station.wait_for_papers(1, 30)

    window = hall.window()
    window.log_in()
    asked = window.wait("the question", lambda seen: seen["page"] == "papers" and seen["asked"])
    assert "看得到" in asked["asked"]
    window.press("1")
    done = window.wait_for_papers()
    assert {paper["state"] for paper in done["papers"]} == {"printed", "saved"}
    end_and_check(hall, window, number)
    assert hall.receipts() == [whole.text]
    assert done["case_number"] in whole.text


def test_in_the_middle_of_a_picture_the_reprint_is_whole(hall: E2eHall) -> None:
    window = hall.window(die_at="half a picture")
    number = hall.serve_to_checklist(window)
    window.die(window.accept)

    window = hall.window()
    window.log_in()
    window.wait("the question", lambda seen: seen["page"] == "papers" and seen["asked"])
    window.press("2")
    done = window.wait_for_papers()
    end_and_check(hall, window, number)
    paper = "\n".join(hall.receipts())
    reprint = paper[paper.rindex("收件凭证") :]
    for line in ("明河区政务服务中心", "补打 1", done["case_number"], "张三", "合计", "已受理"):
        assert line in reprint
    assert hall.station.printer.complaints == []


def test_paper_out_in_the_middle_is_a_question_and_the_reprint_says_what_it_is(hall: E2eHall) -> None:
    window = hall.window()
    number = hall.serve_to_checklist(window)
    printer = hall.station.printer
    printer.run_out_of_paper(after_bytes=400)
    window.accept()
    asked = window.wait("the question", lambda seen: seen["page"] == "papers" and seen["asked"])
    assert "收件凭证可能没打完" in asked["asked"]
    assert not asked["may_end"]
    assert hall.receipts() == []
    half = printer.tear_off()
    assert "已受理" not in half.text
    printer.power_cycle()
    printer.load_paper()

    window.press("2")
    done = window.wait_for_papers()
    assert [
        (paper["number"], paper["reprint"], paper["state"]) for paper in done["papers"] if paper["kind"] == "receipt"
    ] == [(done["case_number"], 1, "printed")]
    end_and_check(hall, window, number)
    whole = hall.receipts()[-1]
    for line in ("补打 1", done["case_number"], "张三", "合计", "已受理"):
        assert line in whole
    assert len(hall.receipts()) == 2
