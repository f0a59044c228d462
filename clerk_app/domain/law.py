"""Which law rules the procedure of a matter, and what each paper therefore cites.

Art. 32 of the licensing law holds for licences only. Real-estate registration has its own rule, stricter for the
counter: unless refused in writing on the spot, an application counts as accepted (不动产登记暂行条例第十七条). All
other matters (确认, 给付, 公共服务 …) follow the law that sets them up: their papers cite that law, never Art. 32.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProcedureLaw(StrEnum):
    """The field of a matter that says whose procedure rules the intake."""

    LICENSING = "licensing"
    REAL_ESTATE = "real_estate"
    OWN = "own"


class OutcomeKind(StrEnum):
    """What can become of an application at the window; the digit order of the outcome page."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_DEFICIENCY = "accepted_with_deficiency"
    ACCEPTED_BY_COMMITMENT = "accepted_by_commitment"
    ON_SITE_CORRECTION = "on_site_correction"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    NOT_ACCEPTED = "not_accepted"
    NOT_REQUIRED = "not_required"
    REDIRECTED = "redirected"
    DEEMED_ACCEPTED = "deemed_accepted"  # never a key: the law's answer to silence


ACCEPTING = frozenset(
    {
        OutcomeKind.ACCEPTED,
        OutcomeKind.ACCEPTED_WITH_DEFICIENCY,
        OutcomeKind.ACCEPTED_BY_COMMITMENT,
        OutcomeKind.DEEMED_ACCEPTED,
    }
)

OUTCOME_NAMES: dict[OutcomeKind, str] = {
    OutcomeKind.ACCEPTED: "受理",
    OutcomeKind.ACCEPTED_WITH_DEFICIENCY: "容缺受理",
    OutcomeKind.ACCEPTED_BY_COMMITMENT: "告知承诺受理",
    OutcomeKind.ON_SITE_CORRECTION: "当场更正",
    OutcomeKind.SUPPLEMENT_REQUESTED: "一次性补正告知",
    OutcomeKind.NOT_ACCEPTED: "不予受理：不归本机关管",
    OutcomeKind.NOT_REQUIRED: "不需要许可",
    OutcomeKind.REDIRECTED: "改办另一事项",
    OutcomeKind.DEEMED_ACCEPTED: "视为受理",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """A place in a law, e.g. ``Clause("行政许可法", "第三十二条第一款第五项")``; ``gist`` says it in one line."""

    law: str
    article: str
    gist: str = ""

    @property
    def citation(self) -> str:
        """《…》第…条, as printed; a law already in its book title marks or with a document number is left alone."""
        law = self.law if self.law.startswith("《") or "〔" in self.law else f"《{_full_title(self.law)}》"
        return f"{law}{self.article}"


def _full_title(law: str) -> str:
    return f"中华人民共和国{law}" if law in _NATIONAL_LAWS else law


_NATIONAL_LAWS = frozenset(
    {"行政许可法", "行政复议法", "行政诉讼法", "食品安全法", "公司法", "社会保险法", "老年人权益保障法"}
)
_LICENSING = "行政许可法"
_REAL_ESTATE = "不动产登记暂行条例"

_CLAUSES: dict[ProcedureLaw, dict[OutcomeKind, Clause]] = {
    ProcedureLaw.LICENSING: {
        OutcomeKind.NOT_REQUIRED: Clause(_LICENSING, "第三十二条第一款第一项"),
        OutcomeKind.NOT_ACCEPTED: Clause(_LICENSING, "第三十二条第一款第二项"),
        OutcomeKind.ON_SITE_CORRECTION: Clause(_LICENSING, "第三十二条第一款第三项"),
        OutcomeKind.SUPPLEMENT_REQUESTED: Clause(_LICENSING, "第三十二条第一款第四项"),
        OutcomeKind.ACCEPTED: Clause(_LICENSING, "第三十二条第一款第五项"),
        OutcomeKind.ACCEPTED_WITH_DEFICIENCY: Clause(_LICENSING, "第三十二条第一款第五项"),
        OutcomeKind.ACCEPTED_BY_COMMITMENT: Clause(_LICENSING, "第三十二条第一款第五项"),
        OutcomeKind.REDIRECTED: Clause(_LICENSING, "第三十条第二款"),
        OutcomeKind.DEEMED_ACCEPTED: Clause(_LICENSING, "第三十二条第一款第四项"),
    },
    ProcedureLaw.REAL_ESTATE: {
        OutcomeKind.ACCEPTED: Clause(_REAL_ESTATE, "第十七条第一款第一项"),
        OutcomeKind.ON_SITE_CORRECTION: Clause(_REAL_ESTATE, "第十七条第一款第二项"),
        OutcomeKind.SUPPLEMENT_REQUESTED: Clause(_REAL_ESTATE, "第十七条第一款第三项"),
        OutcomeKind.NOT_ACCEPTED: Clause(_REAL_ESTATE, "第十七条第一款第四项"),
        OutcomeKind.DEEMED_ACCEPTED: Clause(_REAL_ESTATE, "第十七条第二款"),
    },
    ProcedureLaw.OWN: {},
}


def clause_for(law: ProcedureLaw, outcome: OutcomeKind, own_basis: tuple[Clause, ...]) -> Clause | None:
    """The clause that a paper with this outcome cites; ``own_basis`` is the matter's own law (设立依据).

    None when the catalogue names no basis: the paper then cites the published guide only.
    """
    found = _CLAUSES[law].get(outcome)
    if found is not None:
        return found
    return own_basis[0] if own_basis else None


def rules_text(law: ProcedureLaw, own_basis: tuple[Clause, ...]) -> str:
    """One line above the list of outcomes: by which law there are only these."""
    if law is ProcedureLaw.LICENSING:
        return "行政许可法第 32 条"
    if law is ProcedureLaw.REAL_ESTATE:
        return "不动产登记暂行条例第 17 条"
    return own_basis[0].law if own_basis else "本事项办事指南"


def silence_accepts(law: ProcedureLaw) -> str:
    """What follows when nothing is served in time; empty where the law deems nothing."""
    if law is ProcedureLaw.LICENSING:
        return "五个工作日内没有送达告知书，视为收件之日已受理"
    if law is ProcedureLaw.REAL_ESTATE:
        return "没有当场书面告知不予受理的，视为已受理"
    return ""


def supplement_title(law: ProcedureLaw) -> str:
    """Real-estate registration refuses and lists everything in one paper (第十七条第一款第三项)."""
    return "不予受理（一次性补正）告知书" if law is ProcedureLaw.REAL_ESTATE else "补正材料一次性告知书"


class SuspensionCause(StrEnum):
    """Why time may stand still: the eight causes of 行政许可法第四十五条, then what a matter's own law adds."""

    HEARING = "hearing"
    BIDDING = "bidding"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"
    SITE_INSPECTION = "site_inspection"
    PUBLICITY = "publicity"
    CONSULTATION = "consultation"
    DISPUTE = "suspension"

    @property
    def label(self) -> str:
        return _CAUSE_LABELS[self]


_CAUSE_LABELS = {
    SuspensionCause.HEARING: "听证",
    SuspensionCause.BIDDING: "招标",
    SuspensionCause.AUCTION: "拍卖",
    SuspensionCause.INSPECTION: "检验",
    SuspensionCause.TESTING: "检测",
    SuspensionCause.QUARANTINE: "检疫",
    SuspensionCause.APPRAISAL: "鉴定",
    SuspensionCause.EXPERT_REVIEW: "专家评审",
    SuspensionCause.SITE_INSPECTION: "现场核查",
    SuspensionCause.PUBLICITY: "公示",
    SuspensionCause.CONSULTATION: "征求意见",
    SuspensionCause.DISPUTE: "中止（争议、诉讼）",
}

ARTICLE_45 = frozenset(
    {
        SuspensionCause.HEARING,
        SuspensionCause.BIDDING,
        SuspensionCause.AUCTION,
        SuspensionCause.INSPECTION,
        SuspensionCause.TESTING,
        SuspensionCause.QUARANTINE,
        SuspensionCause.APPRAISAL,
        SuspensionCause.EXPERT_REVIEW,
    }
)
"""行政许可法第四十五条. 现场核查 is not among them: it counts unless the matter's own rule excludes it."""
