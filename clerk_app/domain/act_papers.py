"""Which papers an act brings forth, and their content.

The papers of a step follow from the law: what is told to the applicant is told in writing (行政许可法第三十二条第二款,
第三十八条, 第四十二条, 第四十五条). What only changes hands gets a short receipt on thermal paper (``receipts``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from clerk_app.domain.acts import CaseAct
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.conclusion import Conclusion
from clerk_app.domain.papers import Notice, PaperKind

_OF_STEP: Final[Mapping[CaseStep, tuple[PaperKind, ...]]] = {
    CaseStep.ACCEPTED: (PaperKind.ACCEPTANCE_NOTICE,),
    CaseStep.DEEMED_ACCEPTED: (PaperKind.ACCEPTANCE_NOTICE,),
    CaseStep.SUPPLEMENT_REQUESTED: (PaperKind.SUPPLEMENT_NOTICE,),
    CaseStep.NOT_ACCEPTED: (PaperKind.NON_ACCEPTANCE_NOTICE,),
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
    for it. The hand-over sheet is not here, because one sheet spans many cases.
    """
    if step is CaseStep.MAKE_READY and file.instant:
        return ()
    return _OF_STEP.get(step, ())


def act_notices(
    conclusion: Conclusion, file: CaseFile, act: CaseAct, numbers: Mapping[PaperKind, str]
) -> tuple[Notice, ...]:
    """The papers of an act, one for each kind of ``papers_of_step``.

    ``file`` is the case before the act, ``act`` has its facts and no papers yet; clerk and window are the act's, the
    hall is the conclusion's. ``numbers`` has a document number for each kind; ``KeyError`` when one is missing.
    """
    kinds = papers_of_step(act.step, file)
    return tuple(_MAKERS[kind](conclusion, file, act, numbers[kind]) for kind in kinds if kind in _MAKERS)


Maker = Callable[[Conclusion, CaseFile, CaseAct, str], Notice]
_MAKERS: dict[PaperKind, Maker] = {}
