"""SIGKILL of the server: the window goes on, and afterwards both agree as if nothing had happened."""

from __future__ import annotations

from clerk_app.domain.queue import TicketState
from support.e2e_clerk import PATIENCE_S
from support.e2e_facts import server_facts, window_facts
from support.e2e_hall import E2eHall, OnePc
from support.server import eventually

CASE = ("case_id", "applicant", "matter", "answers", "checks")


def test_in_mid_intake_the_visit_ends_without_it_and_is_told_afterwards(hall: E2eHall) -> None:
    window = hall.window()
    number = hall.serve_to_checklist(window)
    following = hall.take_ticket()
    window.press("Return")
    hall.server.kill()
    window.wait("the banner", lambda seen: "服务器连不上" in seen["banner"])

    window.accept()
    hall.station.press(2)
    done = window.wait_for_papers()
    (receipt,) = hall.receipts()
    assert done["case_number"] in receipt
    window.wait("the rating", lambda seen: seen["rating"] == "rated")
    window.finish()
    # Where this took longer than the server's absence is called short, the end of the ticket waits with them.
    window.wait("case, rating, seal and visit wait", lambda seen: seen["to_upload"] in (4, 5))

    hall.restart_server()
    hall.wait_for_news("case.stored", "rating.stored")
    eventually(lambda: hall.news("ticket.finished") or hall.news("ticket.merged"), PATIENCE_S)
    window.wait("the upload", lambda seen: seen["online"] and not seen["banner"] and seen["to_upload"] == 0)
    assert window.call()["ticket"] == following
    window.close()

    here, there = hall.window_facts(), hall.server_facts()
    (case,) = here.cases
    assert there.cases == [case.case_id]
    assert case.case_number == done["case_number"] == there.bodies[case.case_id]["case_number"]
    assert there.kinds.count("rating.stored") == 1
    assert there.kinds.count("ticket.finished") + there.kinds.count("ticket.merged") == 1
    assert (there.tickets[number].state, there.tickets[number].outcome) == (TicketState.FINISHED, "accepted")
    assert there.tickets[following].state is TicketState.CALLED
    assert hall.receipts() == [receipt]
    assert here.journal_sound
    assert there.chain_sound


def test_the_pcs_own_server_comes_back_by_itself_and_learns_everything(one_pc: OnePc) -> None:
    window = one_pc.window()
    one_pc.walk_in_to_checklist(window)
    killed = one_pc.kill_server()
    window.accept()
    done = window.wait_for_papers()
    window.finish()
    eventually(lambda: one_pc.server_pid() not in (None, killed), PATIENCE_S)
    window.wait("the upload", lambda seen: seen["last_uploaded"])
    eventually(lambda: window_facts(one_pc.folder).to_upload == 0, PATIENCE_S)
    window.close()

    here, there = window_facts(one_pc.folder), server_facts(one_pc.folder)
    (case,) = here.cases
    assert there.cases == [case.case_id]
    assert there.bodies[case.case_id]["case_number"] == case.case_number == done["case_number"]
    assert here.to_upload == 0
    assert len(one_pc.receipts()) == 1
    assert here.journal_sound
    assert there.chain_sound


def test_a_power_cut_of_the_whole_pc_in_mid_intake_loses_no_mark(one_pc: OnePc) -> None:
    window = one_pc.window()
    one_pc.walk_in_to_checklist(window)
    window.press("Return")
    marked = window.look()
    window.ask("stored")
    window.kill()
    one_pc.kill_server()

    window = one_pc.window()
    window.log_in()
    window.wait("the draft", lambda seen: seen["drafts"] == 1)
    window.press("Alt+D")
    back = window.wait("the case", lambda seen: seen["page"] == "materials")
    assert {name: back[name] for name in CASE} == {name: marked[name] for name in CASE}
    window.accept()
    done = window.wait_for_papers()
    window.finish()
    window.wait("the upload", lambda seen: seen["last_uploaded"])
    eventually(lambda: window_facts(one_pc.folder).to_upload == 0, PATIENCE_S)
    window.close()

    here, there = window_facts(one_pc.folder), server_facts(one_pc.folder)
    assert [case.case_number for case in here.cases] == [done["case_number"]]
    assert there.cases == [here.cases[0].case_id]
    assert here.drafts == []
    (receipt,) = one_pc.receipts()
    assert done["case_number"] in receipt
