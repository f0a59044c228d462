"""The short forms on thermal paper, on both widths and on A4."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from clerk_app.design.fontset import FontSet
from clerk_app.documents.receipt_page import render_note_page
from clerk_app.documents.thermal.profile import PAPER_58MM, PAPER_80MM, PrinterProfile
from clerk_app.documents.thermal_note import render_note
from clerk_app.domain.acts import ActFacts, Arrival, Channel, Payment
from clerk_app.domain.calendar import BEIJING
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.guidance import guidance_note
from clerk_app.domain.papers import PaperKind, ThermalNote
from clerk_app.domain.thermal_notes import collection_note, payment_note, supplement_receipt
from support.casepapers import (
    BY_AGENT,
    CLERK,
    HALL,
    MAILED,
    NOW,
    NUMBER,
    accepted,
    act,
    asked,
    at,
    document,
    file_of,
    licence,
    ready,
    tolerated,
)
from support.papers import RARE, printed

both_papers = pytest.mark.parametrize("profile", [PAPER_80MM, PAPER_58MM], ids=["80mm", "58mm"])


def came(*materials: str, channel: Channel = Channel.WINDOW, at_: datetime | None = None) -> ActFacts:
    checks = tuple(MaterialCheck(one, Verdict.ORIGINAL, pieces=1, pages=3) for one in materials)
    return ActFacts(arrival=Arrival(channel, at_ or at(1), checks, "EX1CN" if channel is Channel.POST else ""))


def part() -> ThermalNote:
    c = asked()
    return supplement_receipt(c, file_of(c), act(c, CaseStep.RECEIVE_PART, came("form"), at(1)))


def everything() -> ThermalNote:
    c = asked()
    facts = came("form", "layout", channel=Channel.POST, at_=at(1, 8))
    return supplement_receipt(c, file_of(c), act(c, CaseStep.RECEIVE_ALL, facts, at(1)))


def collection(number: int = 1) -> ThermalNote:
    cases = [accepted(), accepted("MH-12-20261123-0033")][:number]
    taken = [(c, ready(c), act(c, CaseStep.DELIVER, ActFacts(delivery=BY_AGENT), at(2))) for c in cases]
    return collection_note(taken, document(PaperKind.COLLECTION_SLIP))


def payment() -> ThermalNote:
    fee = ActFacts(payment=Payment("检验费", "120.00元", "发改价格〔2003〕82号", "一楼 B 区 3 号收费窗口"))
    return payment_note(accepted(), act(accepted(), CaseStep.REQUEST_PAYMENT, fee, at(1)), "明市监费〔2026〕12-1 号")


def guidance(answers: dict[str, tuple[str, ...]] | None = None, query: str = "") -> ThermalNote:
    return guidance_note(
        licence(), answers or {}, hall=HALL, actor=CLERK, number="明市监告〔2026〕12-1 号", at=NOW, query=query
    )


SAID: dict[str, tuple[ThermalNote, tuple[str, ...]]] = {
    "part of a supplement": (
        part(),
        (
            "补正材料收件凭证", f"编号{NUMBER}", "申请人明河市禾间餐饮管理有限公司", "收到时间2026-12-0109:15",
            "方式窗口提交",
            "食品经营许可申请书原件1份3页", "还没有补齐",
            "还缺1项：平面图和操作流程图。请于2026年12月23日前补齐，补齐当日受理",
        ),
    ),
    "a whole supplement": (
        everything(),
        (
            "方式邮寄EX1CN", "收件不等于受理", "符合要求的从2026年12月1日8时15分起受理并发给受理通知书",
            "办理期限从受理之日起算",
        ),
    ),
    "a collection": (
        collection(),
        (
            "领取凭证", "领取人李晓彤", "关系代理人", "证件号码1101**********0038", "领取时间2026-12-0209:15",
            "食品经营许可证正本1、副本1", NUMBER, "请当面点清", "领取人签字：",
        ),
    ),
    "collections at once": (collection(2), ("2件已领", NUMBER, "MH-12-20261123-0033")),
    "a payment": (
        payment(),
        ("缴费通知单",
            "缴费人明河市禾间餐饮管理有限公司", "项目检验费", "依据发改价格〔2003〕82号", "120.00元", "索取财政票据"),
    ),
    "a consultation": (
        guidance({"q_agent": ("agent",)}),
        (
            "一次性告知单", "事项食品经营许可（新办）", "情形是否委托他人代办？委托他人代办；准备经营什么？餐饮服务",
            "1食品经营许可申请书原件1份", "2申请人身份证窗口读身份证", "6授权委托书原件1份",
            "办理条件1：有固定的经营场所。", "本单是咨询答复，不是受理凭证",
        ),
    ),
    "advice to go elsewhere": (
        guidance({"q_kind": ("produce",)}),
        ("不归本机关办理", "食品生产由市局受理（食品安全法第三十五条）。请到市市场监督管理局办理。"),
    ),
}  # fmt: skip


@both_papers
@pytest.mark.parametrize("name", SAID)
def test_the_short_form_says_what_counts(name: str, profile: PrinterProfile, fonts: FontSet) -> None:
    note, parts = SAID[name]
    paper = printed(render_note(note, profile, fonts), fonts.variable, profile.dots)
    text = "".join(paper.text.split())
    for part_ in parts:
        # on narrow paper words wrap beside each other's column
        assert (part_ if profile is PAPER_80MM else part_[:6]) in text, part_
    assert max(len(line.encode("gbk")) for line in paper.text.splitlines()) <= profile.columns


@pytest.mark.parametrize("name", SAID)
def test_the_same_words_stand_on_a4(name: str, fonts: FontSet, words: Callable[[bytes], list[str]]) -> None:
    note, parts = SAID[name]
    text = "".join(words(render_note_page(note, fonts)))
    for part_ in parts:
        assert part_ in text, part_
    assert "王晓梅" in text
    assert "第1页共1页" in text


def test_the_rest_of_a_supplement_closes_the_list() -> None:
    note = everything()
    assert note.statement == "收件不等于受理"
    assert "还缺" not in note.paragraphs[0]
    assert note.seal == "受理专用章"


def test_tolerated_materials_that_came_change_no_date() -> None:
    c = tolerated()
    file = file_of(c)
    assert file.state is CaseState.ACCEPTED_WITH_DEFICIENCY
    note = supplement_receipt(c, file, act(c, CaseStep.RECEIVE_ALL, came("health"), at(1)))
    assert note.statement == "容缺材料已补齐"
    assert note.paragraphs == ("受理时间和办理期限不变。",)


def test_what_was_posted_names_the_carrier() -> None:
    c = accepted()
    note = collection_note([(c, ready(c), act(c, CaseStep.POST, ActFacts(delivery=MAILED), at(2)))], "领1")
    assert "邮政速递 EX123456789CN" in ["".join(span.text for span in fact.value) for fact in note.facts]
    with pytest.raises(ValueError, match="needs a result"):
        collection_note((), "领1")


def test_advice_that_ends_the_matter_asks_for_no_material() -> None:
    note = guidance({"q_kind": ("tiny",)})
    assert note.rows == ()
    assert note.statement == "不需要办理"


def test_a_public_page_is_in_the_code_when_there_is_one(fonts: FontSet) -> None:
    note = guidance(query="https://hall.example/g/abc")
    assert note.query == "https://hall.example/g/abc"
    assert guidance().query == "明市监告〔2026〕12-1 号"


@pytest.mark.parametrize("name", [*RARE, RARE])
def test_rare_names_are_printed_as_pictures_and_nothing_is_lost(name: str, fonts: FontSet) -> None:
    usual = printed(render_note(collection(), PAPER_80MM, fonts), fonts.variable)
    facts = tuple(
        replace(fact, value=(replace(fact.value[0], text=f"欧阳{name}"),)) if fact.label == "领取人" else fact
        for fact in collection().facts
    )
    rare = printed(render_note(replace(collection(), facts=facts), PAPER_80MM, fonts), fonts.variable)
    assert rare.images == usual.images + 1
    assert "领取人" not in "".join(rare.text.replace("领取人签字", "").split())


def test_a_note_printed_again_says_so(fonts: FontSet, words: Callable[[bytes], list[str]]) -> None:
    again = replace(part(), reprint=1)
    assert "补打 1" in printed(render_note(again, PAPER_80MM, fonts), fonts.variable).text
    assert "补打1" in "".join(words(render_note_page(again, fonts)))


def test_times_are_those_of_the_hall() -> None:
    assert part().made_at == datetime(2026, 12, 1, 9, 15, tzinfo=BEIJING)
