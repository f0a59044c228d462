"""What is done with a case after its conclusion at the counter: acts, each with who, when, and its legal facts.

A case is its conclusion plus its acts in order; ``casefile`` folds them, ``case_rules`` refuses what the law does.
Acts are never changed and never deleted. GB/T 39046-2020, groups 办理 (过程) and 办结, names the same facts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from clerk_app.domain.actor import Actor
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.checklist import MaterialCheck
from clerk_app.domain.law import SuspensionCause
from clerk_app.domain.papers import Notice, PaperKind


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did it, at which window, from which device; ``window_no`` is empty for the server and for platforms."""

    user_id: str
    name: str
    window_no: str = ""
    device_id: str = ""

    @classmethod
    def of(cls, actor: Actor) -> Doer:
        return cls(actor.user_id, actor.user_name, actor.window_no or "", actor.device_id)


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's consent to what the law locks for the first (second supplement notice, voiding, extension).

    ``approval_id`` is the server's (or, offline, the window's) record of the second login; ``offline`` says that only
    this window checked the password.
    """

    approval_id: str
    user_id: str
    name: str
    reason: str
    at: datetime
    offline: bool = False


class Channel(StrEnum):
    """How papers came in (GB/T 39046-2020 A.5, in words)."""

    WINDOW = "window"
    ONLINE = "online"
    POST = "post"

    @property
    def label(self) -> str:
        return {"window": "窗口提交", "online": "网上补件", "post": "邮寄"}[self.value]


@dataclass(frozen=True, slots=True)
class Arrival:
    """Materials that were asked for later and came: those of a supplement notice, or tolerated ones.

    ``checks`` has one row per material that came (verdict, pieces, pages); ``arrived_at`` decides the day of
    acceptance (行政许可法第三十二条第一款第五项), which for post and online differs from the act's own time.
    """

    channel: Channel
    arrived_at: datetime
    checks: tuple[MaterialCheck, ...]
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Accepted after a supplement, or deemed accepted: the day that counts and the dates that follow from it."""

    accepted_at: datetime
    promised: datetime | None = None
    statutory: datetime | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class SecondNotice:
    """A further supplement notice: the materials it lists and until when they may come.

    ``checks`` say in words what is wrong with what came, one row per material that somebody looked at; a material
    without a row was not handed in, or is wrong as it was told the first time.
    """

    materials: tuple[str, ...]
    due: datetime
    checks: tuple[MaterialCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspension:
    """特别程序: time that does not count (行政许可法第四十五条), told to the applicant in writing.

    ``expected`` is the time needed in words (「10个工作日」).
    """

    cause: SuspensionCause
    basis: str
    starts_on: date
    expected: str
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Resumption:
    """The end of a special procedure and the new dates of the decision."""

    ends_on: date
    result: str
    promised: datetime | None = None
    statutory: datetime | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    """延期 (行政许可法第四十二条): once, approved by the head of the agency, the reason told to the applicant.

    ``days`` in the unit of the matter's extension limit; ``approver`` with the title as the paper names them.
    """

    days: int
    reason: str
    approver: str
    approver_title: str
    promised: datetime | None = None
    statutory: datetime | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """准予 or 不予: facts and basis, what is granted (content, validity, certificate) or why not."""

    facts: str
    basis: str
    content: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    validity: str = ""
    certificate_name: str = ""
    certificate_number: str = ""
    reason: str = ""


class SealKind(StrEnum):
    """The two seals: the window's on receipts and notices, the centre's approval seals on decisions only."""

    ACCEPTANCE = "acceptance"
    APPROVAL = "approval"

    @property
    def label(self) -> str:
        return {"acceptance": "受理专用章", "approval": "行政审批专用章"}[self.value]


@dataclass(frozen=True, slots=True)
class Sealing:
    """Use of an approval seal: register number and how many sheets; the papers are those of the decision."""

    register_no: str
    paper_ids: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """What lies ready, and where: 「正本 1」「副本 1」."""

    names: tuple[str, ...]
    place: str


class DeliveryManner(StrEnum):
    """Ways of service (送达): 民事诉讼法第八十七条 ff., as administrative forms use them."""

    DIRECT = "direct"
    POST = "post"
    ELECTRONIC = "electronic"
    LEFT = "left"
    ENTRUSTED = "entrusted"
    ANNOUNCED = "announced"

    @property
    def label(self) -> str:
        return _MANNERS[self]


_MANNERS = {
    DeliveryManner.DIRECT: "直接送达",
    DeliveryManner.POST: "邮寄送达",
    DeliveryManner.ELECTRONIC: "电子送达",
    DeliveryManner.LEFT: "留置送达",
    DeliveryManner.ENTRUSTED: "委托送达",
    DeliveryManner.ANNOUNCED: "公告送达",
}


class IdentityCheck(StrEnum):
    """How it was made sure who took the result."""

    CARD = "card"
    TYPED = "typed"
    POSTMAN = "postman"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Hand-over of the result. ``relation`` of the receiver to the applicant: 本人, 代理人, 单位收件 …

    ``id_number`` is kept for the service receipt and masked wherever it is shown. ``witness`` and ``refusal`` belong
    to 留置送达. ``carrier`` and ``tracking`` to the post (GB/T 39046-2020 table 15). ``signature_id`` names the
    signature on the citizen's screen, empty when the receiver signs on paper.
    """

    manner: DeliveryManner
    receiver: str = field(repr=False)
    relation: str
    id_number: str = field(default="", repr=False)
    checked_by: IdentityCheck = IdentityCheck.TYPED
    pieces: tuple[str, ...] = ()
    place: str = ""
    address: str = field(default="", repr=False)
    carrier: str = ""
    tracking: str = ""
    servers: tuple[str, ...] = ()
    refusal: str = ""
    witness: str = ""
    signature_id: str = ""
    took_back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """物料转移: papers that change hands between window and back office, one sheet for many cases."""

    sheet_id: str
    to: str
    pieces: int
    receiver: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """缴费通知: what for, how much (in yuan, as text), by which standard, where."""

    item: str
    amount: str
    basis: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class ActFacts:
    """What an act says beyond its step; each step asks for its own part (``act_checks``)."""

    reason: str = ""
    basis: str = ""
    arrival: Arrival | None = None
    acceptance: Acceptance | None = None
    notice: SecondNotice | None = None
    suspension: Suspension | None = None
    resumption: Resumption | None = None
    extension: Extension | None = None
    decision: Decision | None = None
    sealing: Sealing | None = None
    pieces: Pieces | None = None
    delivery: Delivery | None = None
    hand_over: HandOver | None = None
    payment: Payment | None = None
    approval: Approval | None = None
    competent_body: str = ""


@dataclass(frozen=True, slots=True)
class ActPaper:
    """A paper that the act brought forth. ``check`` is the SM3 of its content, which its foot prints and which
    signatures are bound to; the notice itself travels with the act, so that any window can print the same sheet."""

    paper_id: str
    kind: PaperKind
    number: str
    check: str
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class CaseAct:
    """One act. ``at`` is set by the system, never typed."""

    act_id: str
    case_id: str
    step: CaseStep
    at: datetime
    by: Doer
    facts: ActFacts = field(default_factory=ActFacts)
    papers: tuple[ActPaper, ...] = ()
