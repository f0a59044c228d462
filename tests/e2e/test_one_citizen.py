"""One citizen from the card on the reader to the server's record; between the processes there are only wires."""

from __future__ import annotations

from drivers.idcard import samples
from support.e2e_hall import E2eHall, end_and_check


def test_a_citizen_is_served_and_everybody_knows_it_once(hall: E2eHall) -> None:
    number = hall.take_ticket()
    window = hall.window()
    window.log_in()

    called = window.call()
    assert called["ticket"] == number
    hall.wait_for_news("ticket.called")
    (call,) = hall.news("ticket.called")
    assert (call.number, call.window_no) == (number, "12")

    hall.station.place_card(samples.RESIDENT)
    window.to_checklist()
    window.accept()
    hall.station.press(1)
    done = window.wait_for_papers()
    assert {paper["kind"]: paper["state"] for paper in done["papers"]} == {
        "receipt": "printed",
        "acceptance_notice": "saved",
    }
    window.wait("the rating", lambda seen: seen["rating"] == "rated")
    hall.wait_for_news("rating.stored")
    here, there = end_and_check(hall, window, number)

    (receipt,) = hall.receipts()
    assert done["case_number"] in receipt
    assert "张三" in receipt
    assert "110101199003070011" not in receipt
    assert hall.station.printer.complaints == []

    body = there.bodies[here.cases[0].case_id]
    assert (body["outcome"], body["applicant"]["name"]) == ("accepted", "张三")
    assert there.tickets[number].outcome == "accepted"
    assert there.kinds.count("rating.stored") == 1
