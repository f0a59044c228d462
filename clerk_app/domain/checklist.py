"""What the clerk found out about each material, and the sentence a notice makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from clerk_app.domain.catalogue import Material, Matter, Necessity
from clerk_app.domain.errors import Locked


class Verdict(StrEnum):
    """States of a row (未查, 已收, 免交, 容缺, 有问题, 不适用)."""

    PENDING = "pending"
    ORIGINAL = "original"
    COPY = "copy"
    ELECTRONIC = "electronic"
    EXEMPT = "exempt"
    TOLERATED = "tolerated"
    DEFECTIVE = "defective"
    NOT_APPLICABLE = "not_applicable"


RECEIVED = frozenset({Verdict.ORIGINAL, Verdict.COPY, Verdict.ELECTRONIC})
NOT_HANDED_IN = "没有提交"
TOO_FEW = "份数不足"

COMMON_PHRASES = (NOT_HANDED_IN, "没有签名或盖章", "填写不全或有涂改", "与申请内容不一致", "不清晰或缺页", "已过有效期")


@dataclass(frozen=True, slots=True)
class MaterialCheck:
    """One row: the verdict, pieces and pages received, and the defects in words.

    ``phrases`` are the defects chosen by digit; ``sentence`` overrides the text of the notice when the clerk rewrote
    it; ``on_site`` marks a defect that can be corrected at the window; ``corrected`` that it was. ``source`` says what
    an exemption was checked against and when.
    """

    material_id: str
    verdict: Verdict = Verdict.PENDING
    pieces: int = 0
    pages: int = 0
    phrases: tuple[str, ...] = ()
    sentence: str = ""
    on_site: bool = False
    corrected: bool = False
    source: str = ""
    due: date | None = None

    @property
    def decided(self) -> bool:
        return self.verdict is not Verdict.PENDING

    @property
    def received(self) -> bool:
        return self.verdict in RECEIVED


def as_required(material: Material, check: MaterialCheck) -> MaterialCheck:
    """The row after Enter: received in the form and number that the catalogue asks for."""
    form = material.form
    verdict = Verdict.COPY if form.copies and not _original_kept(material) else Verdict.ORIGINAL
    return _received(check, verdict, form.needed)


def _original_kept(material: Material) -> bool:
    return material.form.originals > 0 and material.form.original_handling != "核验后退还"


def set_verdict(matter: Matter, material: Material, check: MaterialCheck, verdict: Verdict) -> MaterialCheck:
    """The row with another verdict, received in full when it is one of receipt.

    ``Locked`` where the catalogue does not allow it (三免, 容缺清单, 必要材料, a copy in place of the original).
    """
    if verdict is Verdict.EXEMPT:
        if material.exemption is None:
            raise Locked(f"「{material.name}」不在免交清单里，要交{material.form.text}")
        return replace(_cleared(check), verdict=verdict, source=material.exemption.reason)
    if verdict is Verdict.TOLERATED:
        if not matter.tolerates(material):
            raise Locked(f"「{material.name}」不在可容缺清单里，不能后补")
        return replace(_cleared(check), verdict=verdict)
    if verdict is Verdict.NOT_APPLICABLE:
        if material.necessity is Necessity.REQUIRED:
            raise Locked(f"「{material.name}」是必要材料；如果用不着，请回第 2 步改情形")
        return replace(_cleared(check), verdict=verdict)
    if verdict is Verdict.PENDING:
        return _cleared(check)
    if verdict is Verdict.DEFECTIVE:
        return replace(check, verdict=verdict, due=None, source="")
    if verdict is Verdict.COPY and not material.form.copies and material.form.originals:
        raise Locked(f"「{material.name}」要{material.form.text}，复印件不能代替；没带原件按 5 记下来")
    return _received(check, verdict, max(check.pieces, material.form.needed))


def with_pieces(matter: Matter, material: Material, check: MaterialCheck, pieces: int) -> MaterialCheck:
    """The row with so many pieces handed in.

    Fewer than the catalogue asks for are never simply received: what may follow later is tolerated (容缺), for the
    rest the notice asks (份数不足). Once all are there, a row that lacked nothing else is received.
    """
    pieces = max(0, pieces)
    if pieces < material.form.needed:
        if matter.tolerates(material) and check.verdict is not Verdict.DEFECTIVE:
            return replace(_cleared(check), verdict=Verdict.TOLERATED, pieces=pieces)
        if not pieces:
            return replace(check, verdict=Verdict.DEFECTIVE, pieces=0, phrases=(NOT_HANDED_IN,), sentence="", source="")
        others = tuple(one for one in check.phrases if one not in {NOT_HANDED_IN, TOO_FEW})
        return replace(
            check, verdict=Verdict.DEFECTIVE, pieces=pieces, phrases=(*others, TOO_FEW), sentence="", source=""
        )
    others = tuple(one for one in check.phrases if one not in {NOT_HANDED_IN, TOO_FEW})
    if check.verdict is Verdict.DEFECTIVE and (others or check.sentence):
        return replace(check, pieces=pieces, phrases=others)
    verdict = check.verdict if check.received else as_required(material, check).verdict
    return _received(check, verdict, pieces)


def _received(check: MaterialCheck, verdict: Verdict, pieces: int) -> MaterialCheck:
    return replace(check, verdict=verdict, pieces=pieces, phrases=(), sentence="", due=None, source="")


def _cleared(check: MaterialCheck) -> MaterialCheck:
    return MaterialCheck(check.material_id, pages=check.pages)


def toggle_phrase(check: MaterialCheck, phrase: str) -> MaterialCheck:
    """Choose or drop a defect phrase; 「没有提交」 stands alone, 「份数不足」 follows the pieces (``with_pieces``)."""
    if phrase in check.phrases:
        kept = tuple(item for item in check.phrases if item != phrase)
    elif phrase == NOT_HANDED_IN:
        kept = (phrase,)
    else:
        kept = (*(item for item in check.phrases if item != NOT_HANDED_IN), phrase)
    pieces = 0 if NOT_HANDED_IN in kept else check.pieces
    return replace(check, verdict=Verdict.DEFECTIVE, phrases=kept, sentence="", pieces=pieces)


def phrases_for(material: Material) -> tuple[str, ...]:
    """Defect phrases offered for a material, at most nine (one digit each)."""
    own = material.defect_phrases or COMMON_PHRASES
    first = () if NOT_HANDED_IN in own else (NOT_HANDED_IN,)
    last = (TOO_FEW,) if material.form.needed > 1 else ()
    return (*(*first, *own)[: 9 - len(last)], *last)


def notice_sentence(material: Material, check: MaterialCheck) -> str:
    """What the notice says about this material: the defect, the standard it has to meet, and the copies.

    行政许可法第三十二条第一款第四项: everything that has to be supplied is told at once.
    """
    if check.sentence:
        return check.sentence
    phrases = (f"{one}（收到 {check.pieces} 份）" if one == TOO_FEW else one for one in check.phrases)
    what = "、".join(phrases) or "不符合接件标准"
    return f"{what}。应达到：{material.criterion.rstrip('。')}（{material.form.text}）。"
