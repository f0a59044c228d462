"""Signatures on the citizen's screen: which paper is to be signed, and the strokes stored with what they were for.

Called on the database lane. A signature counts for one content: what was shown is compared with what is stored in the
transaction that stores the strokes, and again whenever somebody asks for the signatures of a case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import Conflict, NotFound, Rejected
from clerk_app.domain.papers import Notice, PaperKind
from clerk_app.domain.signatures import Signature, Strokes, clean_strokes
from clerk_app.ports.hall_cases import SignatureRecord
from clerk_app.ports.window import (
    OutboxEntry,
    OutboxKind,
    PaperState,
    StoredPaper,
    WindowStore,
    WindowUnit,
)
from clerk_app.ports.window_files import SignatureRow
from clerk_app.services.window import records
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.redrawing import value_of

CheckOf = Callable[[Notice], str]
"""The SM3 of a notice's content, 64 hex digits: the check that its footer prints."""

CHANGED = "文书的内容和申请人在屏上看到的不一样了，请再按 F7，请申请人重看后再签"

_FIRST = (
    PaperKind.DEFICIENCY_COMMITMENT,
    PaperKind.COMMITMENT_LETTER,
    PaperKind.SERVICE_RECEIPT,
    PaperKind.COLLECTION_SLIP,
)
"""Papers that say nothing without the citizen's hand; on the others the signature is the proof of service (签收)."""

_CITIZEN = ("申请人", "承诺人", "领取人", "受送达人")
"""How the first place to sign begins where it is the citizen's; on other papers the staff sign."""

_GONE = frozenset({PaperState.WITHDRAWN, PaperState.VOIDED})


@dataclass(frozen=True, slots=True)
class ToSign:
    """A paper that waits for the citizen's hand; ``check`` names the very content that is shown."""

    paper_id: str
    case_id: str
    notice: Notice
    check: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A stored signature. ``title`` names the paper; ``valid`` is False when no paper of the case has the content that
    was signed any more."""

    signature: Signature
    title: str
    valid: bool


class SigningDesk:
    """The signatures of this window's cases."""

    def __init__(
        self,
        store: WindowStore,
        journal: Journal,
        check_of: CheckOf,
        wake_outbox: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._journal = journal
        self._check_of = check_of
        self._wake_outbox = wake_outbox

    def to_sign(self, case_id: str) -> tuple[ToSign, ...]:
        """Papers with a place for the citizen's hand that nobody has signed as they are now; first those that mean
        nothing without it."""

        def work(unit: WindowUnit) -> tuple[ToSign, ...]:
            signed = {row.digest for row in unit.signatures.of_case(case_id)}
            return tuple(one for one in self._papers(unit, case_id) if one.check not in signed)

        return tuple(sorted(self._store.read(work), key=_order))

    def sign(self, wanted: ToSign, strokes: Strokes, signer: str, actor: Actor) -> Signature:
        """Store what the citizen wrote under the paper they were shown.

        Raises ``Rejected("signature")`` for strokes that are no signature, ``Rejected("signer")`` when it is not known
        who signs, ``Conflict`` when the paper's content is not the one that was shown, ``NotFound`` when it is gone.
        """
        if not signer.strip():
            raise Rejected("signer", "还不知道是谁在签字，请先读身份证或录入申请人")
        signature = Signature(
            signature_id=self._journal.new_id(),
            case_id=wanted.case_id,
            paper_id=wanted.paper_id,
            check=wanted.check,
            signer=signer.strip(),
            signed_at=self._journal.now(),
            strokes=clean_strokes(strokes),
        )

        def work(unit: WindowUnit) -> None:
            paper = unit.papers.get(wanted.paper_id)
            if paper is None or paper.case_id != wanted.case_id:
                raise NotFound("本机没有这张文书，请刷新后再签")
            if not any(signature.of_content(one.check) for one in self._papers(unit, wanted.case_id)):
                raise Conflict(CHANGED)
            self._keep(unit, signature, paper, actor)

        self._store.write(work)
        self._wake_outbox()
        return signature

    def of_case(self, case_id: str) -> tuple[Signed, ...]:
        """Every signature of a case, oldest first, each compared with the papers as they are now."""

        def work(unit: WindowUnit) -> tuple[Signed, ...]:
            return tuple(self._signed(unit, row) for row in unit.signatures.of_case(case_id))

        return self._store.read(work)

    def under(self, case_id: str, notice: Notice) -> Signature | None:
        """The last signature that was given for exactly this content, for the sheet that carries it."""
        check = self._check_of(notice)
        rows = self._store.read(lambda unit: unit.signatures.of_case(case_id))
        return next((_signature(row) for row in reversed(rows) if row.digest == check), None)

    # --- inside -----------------------------------------------------------------------------------------------
    def _papers(self, unit: WindowUnit, case_id: str) -> list[ToSign]:
        """Every paper that counts and has a place for the citizen's hand, as it is now."""
        values = [(paper, value_of(unit.papers.source(paper.paper_id))) for paper in _sheets(unit, case_id)]
        return [
            ToSign(paper.paper_id, case_id, value, self._check_of(value))
            for paper, value in values
            if isinstance(value, Notice) and value.signatures and value.signatures[0].startswith(_CITIZEN)
        ]

    def _keep(self, unit: WindowUnit, signature: Signature, paper: StoredPaper, actor: Actor) -> None:
        strokes = [[[x, y] for x, y in stroke] for stroke in signature.strokes]
        sha = self._journal.sha(repr(signature.strokes).encode())
        unit.signatures.add(
            SignatureRow(
                signature_id=signature.signature_id,
                case_id=signature.case_id,
                paper_id=signature.paper_id,
                digest=signature.check,
                signer=signature.signer,
                signed_at=signature.signed_at,
                strokes=strokes,
            )
        )
        record = SignatureRecord(
            signature_id=signature.signature_id,
            case_id=signature.case_id,
            paper_id=signature.paper_id,
            check=signature.check,
            signer=signature.signer,
            signed_at=signature.signed_at,
            strokes_sha=sha,
        )
        unit.outbox.add(
            OutboxEntry(
                entry_id=signature.signature_id,
                position=0,
                stream=signature.case_id,
                kind=OutboxKind.SIGNATURE,
                key=signature.signature_id,
                title=f"签字 {paper.title}",
                payload=records.dump(SignatureRecord, record),
                made_at=signature.signed_at,
            )
        )
        payload = {
            "signature_id": signature.signature_id,
            "paper_id": paper.paper_id,
            "number": paper.number,
            "check": signature.check,
            "strokes_sha": sha,
        }
        self._journal.write(unit, "paper.signed", signature.case_id, actor, payload)

    def _signed(self, unit: WindowUnit, row: SignatureRow) -> Signed:
        signature, paper = _signature(row), unit.papers.get(row.paper_id)
        now = [one.check for one in self._papers(unit, row.case_id)]
        return Signed(signature, paper.title if paper else "", any(map(signature.of_content, now)))


def _sheets(unit: WindowUnit, case_id: str) -> list[StoredPaper]:
    """The newest sheet of each paper that counts."""
    newest = {paper.original_id: paper for paper in unit.papers.of_case(case_id)}
    return [paper for paper in newest.values() if paper.state not in _GONE]


def _order(one: ToSign) -> int:
    return _FIRST.index(one.notice.kind) if one.notice.kind in _FIRST else len(_FIRST)


def _signature(row: SignatureRow) -> Signature:
    return Signature(
        signature_id=row.signature_id,
        case_id=row.case_id,
        paper_id=row.paper_id,
        check=row.digest,
        signer=row.signer,
        signed_at=row.signed_at,
        strokes=tuple(tuple((x, y) for x, y in stroke) for stroke in row.strokes),
    )
