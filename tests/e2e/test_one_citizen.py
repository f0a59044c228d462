"""One citizen from the card on the reader to the server's record; between the processes there are only wires."""

from __future__ import annotations

from drivers.idcard import samples
from support.e2e_hall import E2eHall, finished_once


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
    window.finish()
    hall.wait_for_news("case.stored", "rating.stored", "ticket.finished")
    window.close()

    (receipt,) = hall.receipts()
    assert done["case_number"] in receipt
    assert "张" in receipt
    assert hall.station.printer.complaints == []

    here, there = hall.window_facts(), hall.server_facts()
    (case,) = here.cases
    assert there.cases == [case.case_id]
    body = there.bodies[case.case_id]
    assert (body["case_number"], body["outcome"]) == (done["case_number"], "accepted")
    assert body["applicant"]["name"] == "张三"
    assert case.synced_at is not None
    assert case.record_id
    assert here.to_upload == 0
    assert here.drafts == []
    assert here.journal_sound
    assert there.chain_sound
    assert finished_once(there, number)
    assert there.ticket(number).outcome == "accepted"
    assert there.kinds.count("rating.stored") == 1
