"""What windows report beside their cases: visits, consultations and signatures, each stored once by its id."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import Conflict, NotFound, Rejected
from clerk_app.ports.hall_cases import ConsultationRecord, GuidancePage, SignatureRecord, Stored, VisitRecord
from clerk_app.ports.stores_hall import HallStore, HallUnit
from clerk_app.services.hall import records
from clerk_app.services.hall.checks import check, check_aware, check_sm3, check_uuid, check_window, sender_window
from clerk_app.services.hall.tools import Tools, canonical

_TOKEN = re.compile(r"[0-9A-Za-z_-]{22,64}")
"""22 characters of URL-safe base 64 are 128 bits and a little more: nobody finds a page by trying."""

_RESIDENT = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


@dataclass(frozen=True, slots=True)
class ShownPage:
    """The public page of a consultation with what the hall says of itself."""

    page: GuidancePage
    hall_name: str
    phone: str
    number: str
    given_at: datetime


class Visits:
    """Records come from a window's machine, whoever is logged in there by now."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def store_visit(self, unit: HallUnit, actor: Actor, visit: VisitRecord) -> Stored:
        """One visit with its reasons; ``Conflict`` when its id came with another content."""
        check_window(actor, visit.window_no)
        check_uuid("visit", visit.visit)
        check("reasons", bool(visit.reasons) and len(set(visit.reasons)) == len(visit.reasons))
        check_aware("began_at", visit.began_at)
        check_aware("ended_at", visit.ended_at)
        check("ended_at", visit.ended_at >= visit.began_at)
        for case_id in visit.case_ids:
            check_uuid("case_ids", case_id)
        payload = {
            "window_no": visit.window_no,
            "reasons": [reason.value for reason in visit.reasons],
            "cases": len(visit.case_ids),
        }
        return self._once(unit, actor, visit, visit.visit, "visit.stored", payload, unit.registers.add_visit)

    def store_consultation(self, unit: HallUnit, actor: Actor, given: ConsultationRecord) -> Stored:
        """Advice without a case. ``Rejected("token")`` for a token that could be guessed."""
        check_window(actor, given.window_no)
        check_uuid("consultation_id", given.consultation_id)
        check("matter_code", bool(given.matter_code.strip()))
        check_aware("given_at", given.given_at)
        page_hash = None
        if given.token:
            if not _TOKEN.fullmatch(given.token):
                raise Rejected("token", "告知单的网页编号太短，容易被猜到，没有存（程序错误，请报技术员）")
            _check_public(given.content)
            page_hash = self._tools.token_digest(given.token)

        def add(value: ConsultationRecord, body_hash: str, now: datetime) -> None:
            # The token opens the page, so only its digest is kept.
            unit.registers.add_consultation(replace(value, token=""), page_hash, body_hash, now)

        payload = {"window_no": given.window_no, "matter_code": given.matter_code, "page": page_hash is not None}
        return self._once(unit, actor, given, given.consultation_id, "consultation.stored", payload, add)

    def page(self, store: HallStore, token: str) -> ShownPage:
        """The public page of a token, for everybody who has it; ``NotFound``."""
        page_hash = self._tools.token_digest(token)
        hall_id = store.hall_of_page(page_hash) if _TOKEN.fullmatch(token) else None
        if hall_id is None:
            raise NotFound("没有这张告知单")

        def work(unit: HallUnit) -> ShownPage:
            body = unit.registers.consultation_of_page(page_hash)
            if body is None:
                raise NotFound("没有这张告知单")
            given = records.load(ConsultationRecord, body)
            hall = unit.setup.profile()
            return ShownPage(
                page=records.load(GuidancePage, given.content),
                hall_name=hall.name,
                phone=hall.phone,
                number=given.number,
                given_at=given.given_at,
            )

        return store.read(hall_id, work)

    def store_signature(self, unit: HallUnit, actor: Actor, signature: SignatureRecord) -> Stored:
        """A signature bound to the content that was signed."""
        window_no = sender_window(actor)
        check_uuid("signature_id", signature.signature_id)
        check_uuid("case_id", signature.case_id)
        check("paper_id", bool(signature.paper_id.strip()))
        check("signer", bool(signature.signer.strip()))
        check_sm3("check", signature.check)
        if signature.strokes_sha:
            check_sm3("strokes_sha", signature.strokes_sha)
        check_aware("signed_at", signature.signed_at)
        payload = {
            "window_no": window_no,
            "case_id": signature.case_id,
            "paper_id": signature.paper_id,
            "check": signature.check,
        }
        return self._once(
            unit, actor, signature, signature.signature_id, "signature.stored", payload, unit.registers.add_signature
        )

    def _once(
        self,
        unit: HallUnit,
        actor: Actor,
        value: Any,
        record_id: str,
        kind: str,
        payload: dict[str, Any],
        add: Callable[[Any, str, datetime], None],
    ) -> Stored:
        body_hash = self._tools.digest(canonical(value))
        known = unit.registers.find(type(value), record_id)
        if known is not None:
            if known.body_hash != body_hash:
                raise Conflict("这一条已经上传过，内容不一样，没有覆盖")
            return Stored(record_id, known.synced_at)
        now = self._tools.now()
        add(value, body_hash, now)
        self._tools.record(unit, actor, kind, record_id, payload | {"body_hash": body_hash})
        return Stored(record_id, now)


def _check_public(content: dict[str, Any]) -> None:
    """What everybody may read: of the form of a page, and without a resident's number in it."""
    try:
        records.load(GuidancePage, content)
    except ValueError:
        raise Rejected("content", "告知单的网页内容格式不对，没有存（程序错误，请报技术员）") from None
    if _RESIDENT.search(canonical(content)):
        raise Rejected("content", "告知单里有身份证号码，不能放到网页上；请去掉号码再给")
