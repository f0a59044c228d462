"""Which papers an act brings forth, and their content.

The papers of a step follow from the law: what is told to the applicant is told in writing (行政许可法第三十二条第二款,
第三十八条, 第四十二条, 第四十五条). What only changes hands gets a short receipt on thermal paper (``thermal_notes``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from clerk_app.domain.acts import Acceptance, CaseAct
from clerk_app.domain.calendar import Due
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.catalogue import Material
from clerk_app.domain.checklist import MaterialCheck, Verdict, notice_sentence
from clerk_app.domain.conclusion import Conclusion
from clerk_app.domain.decisions import decision, extension, payment, special_procedure
from clerk_app.domain.delivery_papers import collection_notice, collection_slip, service_receipt
from clerk_app.domain.ending_papers import late_non_acceptance, return_notice, termination, withdrawal
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.notices import acceptance, supplement_of
from clerk_app.domain.paper_parts import Issue, supplied
from clerk_app.domain.papers import Notice, PaperKind, Spans, plain

_OF_STEP: Final[Mapping[CaseStep, tuple[PaperKind, ...]]] = {
    CaseStep.ACCEPTED: (PaperKind.ACCEPTANCE_NOTICE,),
    CaseStep.DEEMED_ACCEPTED: (PaperKind.ACCEPTANCE_NOTICE,),
    CaseStep.SUPPLEMENT_REQUESTED: (PaperKind.SUPPLEMENT_NOTICE,),
    CaseStep.NOT_ACCEPTED: (PaperKind.NON_ACCEPTANCE_NOTICE, PaperKind.RETURN_NOTICE),
    CaseStep.SUSPEND: (PaperKind.SPECIAL_PROCEDURE_NOTICE,),
    CaseStep.EXTEND: (PaperKind.EXTENSION_NOTICE,),
    CaseStep.REQUEST_PAYMENT: (PaperKind.PAYMENT_NOTICE,),
    CaseStep.GRANT: (PaperKind.GRANT_DECISION,),
    CaseStep.REFUSE: (PaperKind.REFUSAL_DECISION,),
    CaseStep.MAKE_READY: (PaperKind.COLLECTION_NOTICE,),
    CaseStep.DELIVER: (PaperKind.SERVICE_RECEIPT, PaperKind.COLLECTION_SLIP),
    CaseStep.POST: (PaperKind.COLLECTION_SLIP,),
    CaseStep.WITHDRAW: (PaperKind.WITHDRAWAL_NOTICE,),
    CaseStep.TERMINATE: (PaperKind.TERMINATION_NOTICE,),
}


def papers_of_step(step: CaseStep, file: CaseFile) -> tuple[PaperKind, ...]:
    """The A4 papers that an act brings forth, in the order of printing.

    ``file`` is the case before the act. An instant case is handed over in the same visit, so nobody is told to come
    for it; what was posted has its slip already. The hand-over sheet is not here, because one sheet spans many cases.
    """
    if step is CaseStep.MAKE_READY and file.instant:
        return ()
    if step is CaseStep.DELIVER and file.state is CaseState.POSTED:
        return (PaperKind.SERVICE_RECEIPT,)
    return _OF_STEP.get(step, ())


def act_notices(
    conclusion: Conclusion, file: CaseFile, act: CaseAct, numbers: Mapping[PaperKind, str]
) -> tuple[Notice, ...]:
    """The papers of an act, one for each kind of ``papers_of_step``.

    ``file`` is the case before the act, ``act`` has its facts and no papers yet; clerk and window are the act's, the
    hall is the conclusion's. ``numbers`` has a document number for each kind; ``KeyError`` when one is missing.
    """
    return tuple(
        _MAKERS[kind](Issue.of_act(conclusion, act, kind, numbers[kind]), file, act)
        for kind in papers_of_step(act.step, file)
    )


def _late_acceptance(issue: Issue, file: CaseFile, act: CaseAct) -> Notice:
    """The acceptance notice after a supplement: its dates are the act's, its list holds what came."""
    found = act.facts.acceptance
    assert found is not None
    c = issue.conclusion
    deemed = act.step is CaseStep.DEEMED_ACCEPTED
    intake = replace(c.intake, checks=supplied(c.intake, file))
    accepted = replace(
        c,
        intake=intake,
        outcome=OutcomeKind.DEEMED_ACCEPTED if deemed else OutcomeKind.ACCEPTED,
        accepted_at=found.accepted_at,
        promised=_due(found.promised, found),
        statutory=_due(found.statutory, found),
        outage=None,
    )
    return acceptance(replace(issue, conclusion=accepted))


def _due(at: datetime | None, found: Acceptance) -> Due | None:
    return Due(at, found.provisional) if at else None


def _second_supplement(issue: Issue, file: CaseFile, act: CaseAct) -> Notice:
    """A further supplement notice lists all that is still missing; what the first did not list is named as such."""
    notice = act.facts.notice
    assert notice is not None
    c = replace(issue.conclusion, outcome=OutcomeKind.SUPPLEMENT_REQUESTED)
    checks = {**supplied(c.intake, file), **{one.material_id: one for one in notice.checks}}
    rows: list[tuple[str, ...]] = []
    for number, material in enumerate(c.intake.materials, 1):
        if material.id in {*file.missing, *notice.materials}:
            rows.append((str(number), material.name, _lack(material, checks.get(material.id)), material.form.text))
    more: list[Spans] = [plain("本告知书没有列出的材料，以后不再要求补正。")]
    new = [file.opening.names.get(one, one) for one in notice.materials if one not in file.listed]
    if new and act.facts.approval is not None:
        approval = act.facts.approval
        more.append(
            plain(f"第一次告知没有列出{'、'.join(new)}，本次经{approval.name}批准补充告知，原因：{approval.reason}。")
        )
    return supplement_of(replace(issue, conclusion=c), rows, notice.due, tuple(more))


def _lack(material: Material, check: MaterialCheck | None) -> str:
    if check is not None and check.verdict is Verdict.DEFECTIVE:
        return notice_sentence(material, check)
    return f"需要补充提交。应达到：{material.criterion.rstrip('。')}（{material.form.text}）。"


Maker = Callable[[Issue, CaseFile, CaseAct], Notice]
_MAKERS: Final[Mapping[PaperKind, Maker]] = {
    PaperKind.ACCEPTANCE_NOTICE: _late_acceptance,
    PaperKind.SUPPLEMENT_NOTICE: _second_supplement,
    PaperKind.NON_ACCEPTANCE_NOTICE: late_non_acceptance,
    PaperKind.RETURN_NOTICE: return_notice,
    PaperKind.SPECIAL_PROCEDURE_NOTICE: special_procedure,
    PaperKind.EXTENSION_NOTICE: extension,
    PaperKind.PAYMENT_NOTICE: payment,
    PaperKind.GRANT_DECISION: decision,
    PaperKind.REFUSAL_DECISION: decision,
    PaperKind.COLLECTION_NOTICE: collection_notice,
    PaperKind.COLLECTION_SLIP: collection_slip,
    PaperKind.SERVICE_RECEIPT: lambda issue, file, act: service_receipt(issue, ((issue.conclusion, file, act),)),
    PaperKind.WITHDRAWAL_NOTICE: withdrawal,
    PaperKind.TERMINATION_NOTICE: termination,
}
