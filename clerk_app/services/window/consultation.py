"""Advice without a case and its personalised list (一次性告知单): on thermal paper, on A4, or on the citizen's phone.

At the guide desk or at a window; nobody is named. Where else to go comes before any material, and a look at what
somebody has with them marks what is missing before a number is taken. Called on the store's lane; ``publish`` on the
network lane.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit, urlunsplit

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.catalogue import Answers, Matter
from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.guidance import guidance_note, guidance_notice
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.papers import PAPER_NAMES, Notice, PaperKind, Spans
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.clock import Entropy
from clerk_app.ports.hall_cases import ConsultationRecord, GuidanceMaterial, GuidancePage, GuidanceSection
from clerk_app.ports.printing import PaperRenderer
from clerk_app.ports.window import (
    Medium,
    NewPaper,
    OutboxEntry,
    OutboxKind,
    StoredPaper,
    WindowStore,
    WindowUnit,
)
from clerk_app.ports.window_files import ConsultationRow
from clerk_app.services.window import records
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.filing import note_paper, notice_paper
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.numbers import take_documents
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.visits import noted

Paper = Literal["thermal", "page"]

_KIND: Final = PaperKind.GUIDANCE_NOTICE
_TOKEN_BYTES: Final = 24
_PAGES: Final = "/p/"
"""Where the server shows the public pages, beside the address that a case number is asked at."""

NO_ADDRESS: Final = "没有设置群众能打开的网址，手机看不了；请打印"


@dataclass(frozen=True, slots=True)
class Given:
    """A list that was given. Its papers are printed under ``consultation_id``; ``url`` is the address for the phone,
    empty when paper was given."""

    consultation_id: str
    number: str
    papers: tuple[StoredPaper, ...]
    url: str = ""


class ConsultationDesk:
    """Lists for the citizen."""

    def __init__(
        self,
        store: WindowStore,
        renderer: PaperRenderer,
        binding: StoreBinding,
        journal: Journal,
        entropy: Entropy,
        hall: Callable[[], HallProfile],
        outbox: Outbox,
        wake_outbox: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._renderer = renderer
        self._binding = binding
        self._journal = journal
        self._entropy = entropy
        self._hall = hall
        self._outbox = outbox
        self._wake_outbox = wake_outbox

    def list_for(
        self, matter: Matter, answers: Answers, actor: Actor, present: Collection[str] | None = None
    ) -> GuidancePage:
        """The list as it would be given now, for the screen; nothing is stored and no number is taken.

        ``present`` are the ids of the materials that somebody has with them, None when nobody looked.
        """
        return _page(self._notice(matter, answers, actor, "", "", present, self._journal.now()), matter)

    def give(
        self,
        matter: Matter,
        answers: Answers,
        actor: Actor,
        *,
        paper: Paper | None = "thermal",
        ticket_id: str | None = None,
        phone: bool = False,
        present: Collection[str] | None = None,
    ) -> Given:
        """Give the list: number, record, papers, audit trail and the visit's reason in one transaction.

        Paper carries the QR code of the public page as well where the hall has an address. Raises
        ``Rejected("paper")`` when neither paper nor phone is wanted, ``Locked`` for a phone without an address and
        for a store that may not number, ``StoreFault``.
        """
        actor.require(Role.CLERK)
        base = self._hall().query_url
        if paper is None and not phone:
            raise Rejected("paper", "请选打印还是发到手机")
        if phone and not base:
            raise Locked(NO_ADDRESS)
        consultation_id, now = self._journal.new_id(), self._journal.now()
        token = self._token() if base else ""
        url = _page_address(base, token) if base else ""

        def work(unit: WindowUnit) -> Given:
            short = self._hall().short(matter.department)
            number = take_documents(unit, self._binding.check(unit), now.date(), short, (_KIND,))[_KIND]
            notice = self._notice(matter, answers, actor, number, url, present, now)
            sheets = self._sheets(paper, consultation_id, notice, matter, answers, actor, present, now)
            record = ConsultationRecord(
                consultation_id=consultation_id,
                matter_code=matter.code,
                matter_name=matter.name,
                matter_version=matter.version,
                answers={key: list(chosen) for key, chosen in answers.items()},
                given_at=now,
                window_no=actor.window_no or "",
                number=number,
                token=token,
                content=records.dump(GuidancePage, _page(notice, matter)),
            )
            self._keep(unit, record, sheets, actor)
            noted(unit, self._journal, ticket_id, VisitReason.CONSULT)
            return Given(consultation_id, number, tuple(new.paper for new in sheets), url if phone else "")

        given = self._store.write(work)
        self._wake_outbox()
        return given

    def publish(self, consultation_id: str) -> str:
        """Tell the server now, so that the phone finds the page; the sentence why it cannot yet, empty when it can."""
        return self._outbox.push_stream(consultation_id).stopped

    # --- inside -----------------------------------------------------------------------------------------------
    def _token(self) -> str:
        return base64.urlsafe_b64encode(self._entropy.bytes(_TOKEN_BYTES)).rstrip(b"=").decode()

    def _notice(
        self,
        matter: Matter,
        answers: Answers,
        actor: Actor,
        number: str,
        url: str,
        present: Collection[str] | None,
        at: datetime,
    ) -> Notice:
        return guidance_notice(
            matter, answers, hall=self._hall(), actor=actor, number=number, at=at, query=url, present=present
        )

    def _sheets(
        self,
        paper: Paper | None,
        consultation_id: str,
        notice: Notice,
        matter: Matter,
        answers: Answers,
        actor: Actor,
        present: Collection[str] | None,
        at: datetime,
    ) -> tuple[NewPaper, ...]:
        if paper == "page":
            return (notice_paper(consultation_id, notice, self._renderer.notice(notice), self._journal),)
        if paper is None:
            return ()
        number = notice.document_number
        url = notice.query if notice.query != number else ""
        note = guidance_note(
            matter, answers, hall=self._hall(), actor=actor, number=number, at=at, query=url, present=present
        )
        return (note_paper(consultation_id, note, Medium.RECEIPT, self._renderer.note(note), self._journal),)

    def _keep(self, unit: WindowUnit, record: ConsultationRecord, sheets: tuple[NewPaper, ...], actor: Actor) -> None:
        body = records.dump(ConsultationRecord, record)
        for sheet in sheets:
            unit.papers.add(sheet)
        unit.consultations.add(
            ConsultationRow(
                consultation_id=record.consultation_id,
                number=record.number,
                matter_code=record.matter_code,
                matter_name=record.matter_name,
                given_at=record.given_at,
                user_id=actor.user_id,
                body=body,
            )
        )
        unit.outbox.add(
            OutboxEntry(
                entry_id=record.consultation_id,
                position=0,
                stream=record.consultation_id,
                kind=OutboxKind.CONSULTATION,
                key=record.consultation_id,
                title=f"咨询 {record.matter_name}",
                payload=body,
                made_at=record.given_at,
            )
        )
        payload = {
            "number": record.number,
            "matter": record.matter_code,
            "matter_version": record.matter_version,
            "papers": {sheet.paper.paper_id: sheet.paper.sha for sheet in sheets},
            "page": bool(record.token),
        }
        self._journal.write(unit, "consultation.given", record.consultation_id, actor, payload)


def _page(notice: Notice, matter: Matter) -> GuidancePage:
    """The paper's elements for a small screen: the same words, so that page and paper never differ."""
    told = tuple(text for text in map(_text, notice.closing) if text)
    return GuidancePage(
        title=PAPER_NAMES[_KIND],
        matter=matter.name,
        sections=(
            *(GuidanceSection(fact.label, (_text(fact.value),)) for fact in notice.facts),
            *((GuidanceSection("说明", told),) if told else ()),
        ),
        materials=tuple(
            GuidanceMaterial(name, form, criterion, note if note != "—" else "")
            for _, name, form, criterion, note in notice.rows
        ),
        footer=notice.footer,
    )


def _text(spans: Spans) -> str:
    return "".join(span.text for span in spans)


def _page_address(base: str, token: str) -> str:
    """The page's address on the site that answers for case numbers: ``https://hall/x/q/`` → ``https://hall/x/p/…``."""
    parts = urlsplit(base)
    above = parts.path.rstrip("/").rpartition("/")[0]
    return urlunsplit((parts.scheme, parts.netloc, f"{above}{_PAGES}{token}", "", ""))
