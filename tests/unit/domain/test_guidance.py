"""一次性告知单: advice for the situation that somebody describes, without a case and without a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import pytest

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.calendar import BEIJING
from clerk_app.domain.catalogue import Answers, Matter
from clerk_app.domain.guidance import guidance_note, guidance_notice, situation_text
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.law import ProcedureLaw
from clerk_app.domain.papers import Notice, ThermalNote
from support.matters import food_licence

HALL = HallProfile("h", "MH", "明河区政务服务中心", "一楼 A 区", "明河区", "0000-1234567")
GUIDE = Actor("h", "d", "u", "王晓梅", frozenset({Role.CLERK}), "12")
NOW = datetime(2026, 11, 23, 10, 24, tzinfo=BEIJING)
NUMBER = "明政告〔2026〕12-0007 号"


def notice(matter: Matter, answers: Answers | None = None, present: Collection[str] | None = None) -> Notice:
    return guidance_notice(matter, answers or {}, hall=HALL, actor=GUIDE, number=NUMBER, at=NOW, present=present)


def note(matter: Matter, answers: Answers | None = None, present: Collection[str] | None = None) -> ThermalNote:
    return guidance_note(matter, answers or {}, hall=HALL, actor=GUIDE, number=NUMBER, at=NOW, present=present)


def text_of(paper: Notice) -> str:
    parts = ["".join(span.text for span in paper.opening)]
    parts += [fact.label + "".join(span.text for span in fact.value) for fact in paper.facts]
    parts += ["".join(span.text for span in spans) for spans in paper.closing]
    return "\n".join(parts)


def test_it_lists_what_the_situation_needs_and_nothing_else() -> None:
    assert [row[1] for row in notice(food_licence()).rows] == [
        "食品经营许可申请书",
        "申请人身份证",
        "平面图和操作流程图",
        "健康证明",
        "租赁合同",
    ]
    with_agent = notice(food_licence(), {"q_agent": ("agent",)})
    assert with_agent.rows[-1][1] == "授权委托书"
    assert [row.name for row in note(food_licence(), {"q_agent": ("agent",)}).rows][-1] == "6 授权委托书"


def test_each_material_has_form_criterion_and_what_spares_it() -> None:
    rows = {row[1]: row for row in notice(food_licence()).rows}
    assert rows["平面图和操作流程图"][2:4] == ("原件 1 份", "标明各功能间名称和面积")
    assert rows["申请人身份证"][4].startswith("窗口读身份证")
    assert "可以容缺后补" in rows["健康证明"][4]


def test_the_situation_stands_on_it_in_words() -> None:
    text = "是否委托他人代办？委托他人代办；准备经营什么？餐饮服务"
    answers = {"q_agent": ("agent",)}
    assert situation_text(food_licence(), answers) == text
    assert text in text_of(notice(food_licence(), answers))


@pytest.mark.parametrize(
    ("option", "answer"),
    [
        ("prepack", "应当办理另一事项"),
        ("tiny", "不需要办理"),
        ("produce", "不归本机关办理"),
    ],
)
def test_where_nothing_is_to_be_applied_for_nobody_is_asked_for_papers(option: str, answer: str) -> None:
    found = notice(food_licence(), {"q_kind": (option,)})
    assert found.rows == ()
    assert answer in text_of(found)
    assert note(food_licence(), {"q_kind": (option,)}).rows == ()
    assert note(food_licence(), {"q_kind": (option,)}).statement == answer


def test_whoever_is_at_the_wrong_body_is_told_the_right_one() -> None:
    assert "请到市市场监督管理局" in text_of(notice(food_licence(), {"q_kind": ("produce",)}))
    assert "请到市市场监督管理局办理" in "".join(note(food_licence(), {"q_kind": ("produce",)}).paragraphs)


def test_a_look_at_the_papers_names_what_is_missing() -> None:
    found = notice(food_licence(), present={"form", "layout"})
    assert "还缺 1 件：健康证明。" in text_of(found)
    marks = {row[1]: row[4] for row in found.rows}
    assert marks["食品经营许可申请书"].startswith("已带")
    assert marks["申请人身份证"].startswith("不用带")
    assert marks["租赁合同"].startswith("可不带")
    assert "材料都带齐了" in text_of(notice(food_licence(), present={"form", "layout", "health"}))
    assert "还缺" not in text_of(notice(food_licence()))


def test_only_a_licence_cites_the_licensing_law() -> None:
    assert "行政许可法" in text_of(notice(food_licence()))
    assert "行政许可法" not in text_of(notice(food_licence(ProcedureLaw.OWN)))


def test_it_is_no_receipt_and_says_so() -> None:
    assert "本单不是受理凭证" in text_of(notice(food_licence()))
    assert "不是受理凭证" in "".join(note(food_licence()).paragraphs)
    assert notice(food_licence()).seal == ""
    assert notice(food_licence()).case_number == ""


def test_conditions_and_limits_are_told_before_the_papers_are_brought() -> None:
    matter = replace(food_licence(), conditions=("经营场所符合要求。", "有食品安全管理人员"))
    text = text_of(notice(matter))
    assert "1. 经营场所符合要求。" in text
    assert "法定 20 个工作日；承诺 8 个工作日" in text
    assert "办理条件 2：有食品安全管理人员。" in note(matter).paragraphs
