"""Days pass while everything is switched off: the law has accepted what nobody answered, from the day of receipt."""

from __future__ import annotations

from clerk_app.domain.cases import CaseState
from drivers.idcard import samples
from support.e2e_office import CLERK, PROMISED, OfficeHall, kinds_and_states

LONG_ENOUGH = 20
"""Days that hold five working days, whatever holidays lie among them."""


def test_a_draft_that_nobody_answered_is_accepted_when_the_window_starts_again(own_office: OfficeHall) -> None:
    hall = own_office
    (window,) = hall.sit(CLERK)
    window.walk_in()
    hall.station.place_card(samples.RESIDENT)
    draft = window.to_checklist(*PROMISED)
    hall.station.lift_card()
    window.press("Return")
    window.ask("stored")

    hall.power_cut(days=LONG_ENOUGH)
    (window,) = hall.sit(CLERK)
    seen = window.wait("the acceptance", lambda seen: seen["page"] == "papers" and seen["may_end"])
    assert seen["case_id"] == draft["case_id"]
    assert kinds_and_states(seen)["acceptance_notice"] == "printed"
    number = seen["case_number"]
    window.finish()
    window.wait("the upload", lambda seen: seen["to_upload"] == 0)

    there = hall.case(number)
    assert there.state is there.file.state is CaseState.DEEMED_ACCEPTED
    opening = there.file.opening
    assert there.file.accepted_at is not None
    assert there.file.accepted_at.date() == opening.received_at.date()
    assert (opening.concluded_at.date() - opening.received_at.date()).days == LONG_ENOUGH
    assert [sheet.check for sheet in hall.sheets(number)] == list(there.checks.values())
