"""An independent memory of a case: told of every act that the program accepted, it says what must have been true.

It shares no code with ``casefile``: plain sets and flags, the hand-written table, and the promises of the law one by
one. Where an accepted act breaks a promise it fails with the promise's name.
"""

from __future__ import annotations

from datetime import datetime

from clerk_app.domain.acts import CaseAct, DeliveryManner
from clerk_app.domain.casefile import CaseFile, CaseOpening
from clerk_app.domain.cases import UNDER_DECISION, CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.law import ProcedureLaw
from clerk_app.domain.papers import PaperKind
from support.case_law import LAW

S, T = CaseState, CaseStep

ARTICLE_45_WORDS = {"听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审"}
RECEIVED_WORDS = {"original", "copy", "electronic", "exempt"}


class Witness:
    """What is known of one case after the acts seen so far."""

    def __init__(self, opening: CaseOpening) -> None:
        self.opening = opening
        self.state = opening.state
        self.listed = set(opening.listed)
        self.lacking = set(opening.listed if opening.state is S.SUPPLEMENT_REQUESTED else opening.owed)
        self.until = opening.supplement_due
        self.arrivals: list[datetime] = []
        self.accepted_at = opening.accepted_at
        self.dates = (opening.promised, opening.statutory)
        self.still_since: datetime | None = None
        self.extensions = 0
        self.receivers = {opening.received_by}
        self.decider = self.sealer = ""
        self.decisions: set[str] = set()
        self.ready: list[str] | None = None
        self.with_the_office = False

    def saw(self, act: CaseAct) -> None:
        """One more act that was accepted."""
        assert act.step in LAW[self.state], f"the law knows no {act.step} after {self.state}"
        before, self.state = self.state, LAW[self.state][act.step]
        by = act.by.user_id
        if act.step in {T.RECEIVE_PART, T.RECEIVE_ALL}:
            self._came(act)
            self.receivers.add(by)
        elif act.step is T.SUPPLEMENT_REQUESTED:
            self._asked(act)
            self.receivers.add(by)
        elif act.step in {T.ACCEPTED, T.DEEMED_ACCEPTED}:
            self._accepted(act)
            self.receivers.add(by)
        elif act.step is T.NOT_ACCEPTED:
            assert self.lacking, "refused although nothing lacked"
            assert self.until is not None
            assert act.at > self.until, "refused within the period that was given"
            assert act.facts.reason.strip(), "refused without a reason"
        elif act.step in {T.SUSPEND, T.RESUME}:
            self._stands_still(act)
        elif act.step is T.EXTEND:
            self._extended(act)
        elif act.step in {T.GRANT, T.REFUSE}:
            self._decided(act)
        elif act.step is T.SEAL:
            self._sealed(act)
        elif act.step is T.MAKE_READY:
            assert act.facts.pieces is not None
            self.ready = sorted(act.facts.pieces.names)
            assert self.ready, "nothing lies ready"
        elif act.step is T.POST:
            self._sent(before)
        elif act.step is T.DELIVER:
            self._delivered(act, before)
        elif act.step is T.HAND_OVER:
            self.with_the_office = True
        elif act.step is T.VOID:
            assert not self.with_the_office, "voided although the office has the papers"
            self._consented(act)
        elif act.step is T.TERMINATE:
            assert act.facts.reason.strip(), "terminated without a reason"
            assert act.facts.basis.strip(), "terminated without a basis"

    def agrees_with(self, file: CaseFile) -> None:
        """The file says what the acts say."""
        assert file.state is self.state
        assert set(file.missing) == self.lacking
        assert file.accepted_at == self.accepted_at
        assert (file.decided_by, file.sealed_by) == (self.decider, self.sealer)
        assert (file.extension is None) == (self.extensions == 0)
        assert (file.suspended_by is not None) == (self.still_since is not None and self.state is S.SUSPENDED)
        if file.state in UNDER_DECISION:
            assert (file.promised, file.statutory) == self.dates, "other dates than those that were told"
        if file.state is S.SUSPENDED:
            assert (file.promised, file.statutory) == (None, None), "a date runs while time stands still"
        three = [people for people in (self.receivers, {self.decider} - {""}, {self.sealer} - {""}) if people]
        assert len(set().union(*three)) == sum(len(people) for people in three), "one person has two duties"

    # --- one promise each ---------------------------------------------------------------------------------------
    def _came(self, act: CaseAct) -> None:
        arrival = act.facts.arrival
        assert arrival is not None
        came = {check.material_id for check in arrival.checks}
        assert came, "nothing came"
        assert came <= self.lacking, "something came that nobody asked for"
        assert {check.verdict.value for check in arrival.checks} <= RECEIVED_WORDS, "it came and is not in order"
        assert self.opening.received_at <= arrival.arrived_at <= act.at, "it came before the application or tomorrow"
        if arrival.channel.value == "window":
            assert arrival.arrived_at == act.at, "a time at the window that was typed"
        self.lacking -= came
        self.arrivals.append(arrival.arrived_at)
        assert (act.step is T.RECEIVE_ALL) == (not self.lacking), "all is not all, or part is not part"

    def _asked(self, act: CaseAct) -> None:
        notice = act.facts.notice
        assert notice is not None
        asked = set(notice.materials)
        assert asked, "a notice that asks for nothing"
        assert asked <= set(self.opening.names), "what the catalogue does not list was asked for"
        if asked - self.listed:
            self._consented(act)
        assert notice.due > act.at, "no time to bring it"
        assert self.until is None or notice.due >= self.until, "the time that was given was shortened"
        self.listed |= asked
        self.lacking |= asked
        self.until = notice.due

    def _consented(self, act: CaseAct) -> None:
        consent = act.facts.approval
        assert consent is not None, "nobody consented"
        assert consent.user_id != act.by.user_id, "who acted consented to himself"
        assert consent.reason.strip(), "consent without a reason"

    def _accepted(self, act: CaseAct) -> None:
        acceptance = act.facts.acceptance
        assert acceptance is not None
        assert not self.lacking, "accepted with something missing"
        assert acceptance.accepted_at == max(self.arrivals), "accepted on another day than that of the last arrival"
        if act.step is T.DEEMED_ACCEPTED:
            assert self.opening.law is not ProcedureLaw.OWN, "silence accepts although no law says so"
        self.accepted_at = acceptance.accepted_at
        self.dates = (acceptance.promised, acceptance.statutory)

    def _stands_still(self, act: CaseAct) -> None:
        if act.step is T.SUSPEND:
            suspension = act.facts.suspension
            assert suspension is not None
            own = self.opening.special_procedures
            allowed = {one.kind.label for one in own if one.excluded}
            allowed |= ARTICLE_45_WORDS if self.opening.law is ProcedureLaw.LICENSING else set()
            allowed -= {one.kind.label for one in own if not one.excluded}
            assert suspension.cause.label in allowed, "time stands still for a cause that no law names"
            assert suspension.basis.strip(), "no basis"
            assert suspension.expected.strip(), "nobody was told how long"
            assert suspension.starts_on <= act.at.date(), "it starts tomorrow"
            assert self.still_since is None, "two at once"
            self.still_since, self.dates = act.at, (None, None)
            return
        resumption = act.facts.resumption
        assert resumption is not None
        assert self.still_since is not None, "it ended and had not begun"
        assert resumption.result.strip(), "it ended without a result"
        assert resumption.ends_on <= act.at.date(), "it ends tomorrow"
        self.still_since, self.dates = None, (resumption.promised, resumption.statutory)

    def _extended(self, act: CaseAct) -> None:
        extension, limit = act.facts.extension, self.opening.extension
        assert extension is not None
        assert limit is not None, "extended although no law allows it"
        assert 1 <= extension.days <= (limit.value or 0), "longer than the law allows"
        assert extension.approver.strip(), "nobody approved it"
        assert extension.reason.strip(), "nobody was told why"
        last = self.dates[1] or self.dates[0]
        assert last is None or act.at <= last, "extended when the time was up"
        self.extensions += 1
        assert self.extensions == 1, "extended twice"
        self.dates = (extension.promised, extension.statutory)

    def _decided(self, act: CaseAct) -> None:
        decision = act.facts.decision
        assert decision is not None
        assert self.still_since is None, "decided while time stood still"
        assert self.accepted_at is not None, "decided and never accepted"
        assert decision.basis.strip(), "decided without a basis"
        if act.step is T.GRANT:
            assert not self.lacking, "granted while something is owed"
            assert (decision.content + decision.certificate_name).strip(), "granted and nothing given"
        else:
            assert decision.reason.strip(), "refused without a reason"
        assert not self.decider, "decided twice"
        self.decider = act.by.user_id
        written = PaperKind.GRANT_DECISION if act.step is T.GRANT else PaperKind.REFUSAL_DECISION
        assert written in {paper.kind for paper in act.papers}, "decided and not in writing"
        kinds = {PaperKind.GRANT_DECISION, PaperKind.REFUSAL_DECISION}
        self.decisions = {paper.paper_id for paper in act.papers if paper.kind in kinds}

    def _sealed(self, act: CaseAct) -> None:
        sealing = act.facts.sealing
        assert sealing is not None
        assert self.decider, "sealed before it was decided"
        assert sealing.paper_ids, "sealed nothing"
        assert set(sealing.paper_ids) <= self.decisions, "the approval seal on something else than the decision"
        assert sealing.register_no.strip(), "not in the register"
        self.sealer = act.by.user_id

    def _sent(self, before: CaseState) -> None:
        instant = self.opening.case_type is CaseType.INSTANT
        assert instant or before is not S.SEALED, "a promised case left the window before the office had sent it"

    def _delivered(self, act: CaseAct, before: CaseState) -> None:
        delivery = act.facts.delivery
        assert delivery is not None
        assert self.sealer, "handed over unsealed"
        self._sent(before)
        assert delivery.receiver.strip(), "nobody took it"
        assert delivery.relation.strip(), "taken by somebody unknown"
        if delivery.manner is DeliveryManner.DIRECT:
            assert delivery.id_number.strip(), "handed over without a look at the card"
        if delivery.manner is DeliveryManner.POST:
            assert before is S.POSTED, "by post and never posted"
        if delivery.manner is DeliveryManner.LEFT:
            assert delivery.witness.strip(), "left without a witness"
        if self.ready is not None:
            assert sorted(delivery.pieces) == self.ready, "a piece stayed behind"
