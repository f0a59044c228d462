"""What was asked for at one window is brought to another one while the first is cut off: both see the same case."""

from __future__ import annotations

from clerk_app.domain.cases import CaseState
from support.e2e_office import BOTH, CLERK, PROMISED, OfficeHall, kinds_and_states


def test_a_supplement_at_another_window_accepts_the_case_on_the_day_of_its_arrival(office: OfficeHall) -> None:
    first, other = office.sit(CLERK, BOTH)
    number = office.receive(first, PROMISED, complete=False)
    first.finish()
    first.wait("the upload", lambda seen: seen["to_upload"] == 0)
    office.places[CLERK].cable.pull()
    first.wait("the banner", lambda seen: "服务器连不上" in seen["banner"])
    assert first.open_file(number)["state"] == "supplement_requested"

    assert other.open_file(number)["state"] == "supplement_requested"
    other.choose("登记补来的材料")
    other.press("A", "F9")
    done = other.wait("the acceptance", lambda seen: seen["state"] == "accepted" and seen["papers"])
    done = other.wait("its sheets", lambda seen: set(kinds_and_states(seen).values()) == {"printed"})
    there = office.wait_until(number, "receive_all", "accepted")
    assert first.look()["state"] == "supplement_requested", "nobody told the window that is cut off"

    office.places[CLERK].cable.plug()
    seen = first.wait("the news", lambda seen: seen["state"] == "accepted")
    assert seen["acts"] == done["acts"] == [act.act_id for act in there.acts]
    assert seen["accepted"] == done["accepted"]
    assert there.state is there.file.state is CaseState.ACCEPTED
    arrival = there.acts[0].facts.arrival
    assert arrival is not None
    assert there.file.accepted_at is not None
    assert there.file.accepted_at.date() == arrival.arrived_at.date()
    assert {act.by.window_no for act in there.acts} == {BOTH}
    printed = [sheet.origin for sheet in office.sheets(number) if sheet.place == BOTH]
    assert sorted(printed) == sorted((BOTH, there.checks[paper.number]) for act in there.acts for paper in act.papers)
