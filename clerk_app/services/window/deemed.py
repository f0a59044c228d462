"""视为受理: what the law makes of an application that nobody answered in time.

行政许可法第三十二条第一款第四项: without a notice within five working days, accepted from the day of receipt;
不动产登记暂行条例第十七条第二款: not refused in writing on the spot, accepted. Run at the login and every hour, on the
store's lane.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.calendar import WorkingCalendar
from clerk_app.domain.errors import Refusal
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.outcomes import late_reason, lock_reason
from clerk_app.ports.clock import Clock
from clerk_app.ports.window import DraftRow, WindowStore
from clerk_app.services.window import records
from clerk_app.services.window.cases import CaseDesk, Concluded

_log = logging.getLogger(__name__)


class DeemedDesk:
    """Concludes the drafts that the law has already concluded."""

    def __init__(
        self, store: WindowStore, cases: CaseDesk, clock: Clock, calendar: Callable[[], WorkingCalendar]
    ) -> None:
        self._store = store
        self._cases = cases
        self._clock = clock
        self._calendar = calendar

    def late(self, intake: Intake) -> str:
        """Why neither supplement nor refusal may be told any more, empty while they may. Reads nothing: any thread."""
        return late_reason(intake, self._clock.now(), self._calendar())

    def run(self, actor: Actor) -> tuple[Concluded, ...]:
        """Every draft of this window whose time is over, abandoned ones too: putting a draft away answers nobody.

        The clerk of the draft stays the one who received it. A draft without applicant, with a situation that leads
        elsewhere or without a party of a joint application is no application yet and is left alone.
        """
        drafts = self._store.read(lambda unit: unit.drafts.received_before(self._clock.now()))
        found = []
        for draft in drafts:
            try:
                concluded = self._conclude(draft, actor)
            except Refusal as refusal:
                _log.info("draft %s is not deemed accepted: %s", draft.case_id, refusal)
                continue
            if concluded is not None:
                found.append(concluded)
        return tuple(found)

    def _conclude(self, draft: DraftRow, actor: Actor) -> Concluded | None:
        intake = records.load_intake(draft.body)
        late = self.late(intake)
        if not late or lock_reason(intake, OutcomeKind.DEEMED_ACCEPTED, late):
            return None
        receiver = replace(actor, user_id=draft.user_id, user_name=draft.user_name, roles=frozenset({Role.SYSTEM}))
        return self._cases.conclude(intake, OutcomeKind.DEEMED_ACCEPTED, receiver)
