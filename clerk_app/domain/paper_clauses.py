"""The clauses that the papers after the counter cite; ``law.clause_for`` has those of the outcomes at the counter.

Only a licence cites the licensing law. A matter with a law of its own cites that law, whatever article it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clerk_app.domain.catalogue import Matter
from clerk_app.domain.law import ARTICLE_45, Clause, ProcedureLaw, SuspensionCause
from clerk_app.domain.papers import PaperKind

_LICENSING = "行政许可法"
_REAL_ESTATE = "不动产登记暂行条例"

COMMITMENT_RULES: Final = Clause(
    "《国务院办公厅关于全面推行证明事项和涉企经营许可事项告知承诺制的指导意见》（国办发〔2020〕42号）", ""
)

ARTICLE_31: Final = Clause(_LICENSING, "第三十一条")
ARTICLE_42: Final = Clause(_LICENSING, "第四十二条第一款", "二十日内不能作出决定的，经批准可以延长十日")
ARTICLE_45_CLAUSE: Final = Clause(_LICENSING, "第四十五条", "所需时间不计算在期限内，应当书面告知申请人")
ARTICLE_57: Final = Clause(_LICENSING, "第五十七条", "根据受理行政许可申请的先后顺序作出决定")

_CLAUSES: Final[Mapping[ProcedureLaw, Mapping[PaperKind, Clause]]] = {
    ProcedureLaw.LICENSING: {
        PaperKind.GUIDANCE_NOTICE: Clause(_LICENSING, "第三十条"),
        PaperKind.GRANT_DECISION: Clause(_LICENSING, "第三十八条第一款"),
        PaperKind.REFUSAL_DECISION: Clause(_LICENSING, "第三十八条第二款"),
        PaperKind.COLLECTION_NOTICE: Clause(_LICENSING, "第四十四条"),
        PaperKind.COLLECTION_SLIP: Clause(_LICENSING, "第四十四条"),
        PaperKind.SERVICE_RECEIPT: Clause(_LICENSING, "第四十四条"),
        PaperKind.PAYMENT_NOTICE: Clause(_LICENSING, "第五十九条"),
    },
    ProcedureLaw.REAL_ESTATE: {
        PaperKind.GRANT_DECISION: Clause(_REAL_ESTATE, "第二十一条"),
        PaperKind.REFUSAL_DECISION: Clause(_REAL_ESTATE, "第二十二条"),
        PaperKind.COLLECTION_NOTICE: Clause(_REAL_ESTATE, "第二十一条第二款"),
        PaperKind.COLLECTION_SLIP: Clause(_REAL_ESTATE, "第二十一条第二款"),
        PaperKind.SERVICE_RECEIPT: Clause(_REAL_ESTATE, "第二十一条第二款"),
    },
    ProcedureLaw.OWN: {},
}


def clause_of(kind: PaperKind, law: ProcedureLaw) -> Clause | None:
    """What a paper cites by the procedure law of its matter; None where that law has no clause for it."""
    return _CLAUSES[law].get(kind)


def extension_clause(matter: Matter) -> Clause | None:
    """A matter's own rule of extension stands in its own law; a licence without one has 第四十二条."""
    if matter.extension is None and matter.procedure_law is ProcedureLaw.LICENSING:
        return ARTICLE_42
    return matter.legal_basis[0] if matter.legal_basis else None


def suspension_clause(matter: Matter, cause: SuspensionCause) -> Clause | None:
    """第四十五条 for the eight causes of a licence; any other cause stands in the basis that the clerk names."""
    licence = matter.procedure_law is ProcedureLaw.LICENSING
    return ARTICLE_45_CLAUSE if licence and cause in ARTICLE_45 else None


def cited(clause: Clause | None, basis: str) -> str:
    """Clause and basis in one breath, the clause only where the basis does not name it already."""
    basis = basis.strip().rstrip("。")
    if clause is None or (clause.article and clause.article[: clause.article.index("条") + 1] in basis):
        return basis
    return f"{clause.citation}、{basis}" if basis else clause.citation
