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
    return replace(check, verdict=verdict, pieces=form.needed, phrases=(), sentence="", due=None, source="")


def _original_kept(material: Material) -> bool:
    return material.form.originals > 0 and material.form.original_handling != "核验后退还"


def set_verdict(matter: Matter, material: Material, check: MaterialCheck, verdict: Verdict) -> MaterialCheck:
    """The row with another verdict; ``Locked`` where the catalogue does not allow it (三免, 容缺清单, 必要材料)."""
    if verdict is Verdict.EXEMPT:
        if material.exemption is None:
            raise Locked(f"「{material.name}」不在免交清单里，要交{material.form.text}")
        return replace(_cleared(check), verdict=verdict, source=material.exemption.reason)
    if verdict is Verdict.TOLERATED:
        if material.id not in matter.tolerance.materials:
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
    pieces = check.pieces or material.form.needed
    return replace(check, verdict=verdict, pieces=pieces, phrases=(), sentence="", due=None, source="")


def _cleared(check: MaterialCheck) -> MaterialCheck:
    return MaterialCheck(check.material_id, pages=check.pages)


def toggle_phrase(check: MaterialCheck, phrase: str) -> MaterialCheck:
    """Choose or drop a defect phrase; 「没有提交」 stands alone."""
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
    return own if NOT_HANDED_IN in own else (NOT_HANDED_IN, *own)[:9]


def notice_sentence(material: Material, check: MaterialCheck) -> str:
    """What the notice says about this material: the defect, the standard it has to meet, and the copies.

    行政许可法第三十二条第一款第四项: everything that has to be supplied is told at once.
    """
    if check.sentence:
        return check.sentence
    what = "、".join(check.phrases) or "不符合接件标准"
    return f"{what}。应达到：{material.criterion.rstrip('。')}（{material.form.text}）。"

