"""The right column: who is here, which devices work, what is not uploaded yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt

from clerk_app.domain.intake import Intake
from clerk_app.ports.devices import DeviceState
from clerk_app.ui.kit.paint import Lamp
from clerk_app.ui.window.side import Side
from support import window_views as records
from support.people import agent, resident
from support.window_views import at, shown


@pytest.fixture
def side(qtbot) -> Side:
    made = Side()
    qtbot.addWidget(made)
    made.resize(276, 616)
    made.show_last(records.LAST)
    made.show_groups(records.view())
    made.show()
    return made


def of(applicant: object, **changes: object) -> Intake:
    return replace(Intake("c", at(10, 20)), applicant=applicant, **changes)  # type: ignore[arg-type]


def test_the_free_window_asks_for_the_card_and_tells_of_the_one_before(side: Side) -> None:
    text = shown(side)
    assert "身份证放上去就读" in text
    assert "A046" in text
    assert "社会保障卡 · 补领" in text
    assert "已评价" in text
    assert "农业农村" in text


def test_a_visit_that_was_not_rated_is_not_called_rated(side: Side) -> None:
    side.show_last(replace(records.LAST, rated=False))
    assert "已评价" not in shown(side)


def test_the_agent_is_the_one_who_came_and_the_company_applies(side: Side) -> None:
    side.show_case(records.intake())
    text = shown(side)
    assert "到场人（代理人）" in text
    assert "李晓彤" in text
    assert "申请人（法人）" in text
    assert "明河市禾间餐饮管理有限公司" in text
    assert "91350100M000100Y43" in text
    assert "身份证放上去就读" not in text


def test_numbers_and_phones_are_masked(side: Side) -> None:
    side.show_case(records.intake())
    text = shown(side)
    assert "1101**********0038" in text
    assert "139****2716" in text
    assert "110101199003070038" not in text
    assert "13900002716" not in text


@pytest.mark.parametrize(("entered", "pill"), [("card", "身份证已读"), ("typed", "手工录入")])
def test_it_says_whether_a_card_was_read(side: Side, entered: str, pill: str) -> None:
    side.show_case(of(resident(entered=entered)))
    assert pill in shown(side)
    assert "到场人（申请人）" in shown(side)


def test_a_card_that_has_run_out_is_red(side: Side) -> None:
    side.show_case(of(resident(card_valid_to=date(2026, 11, 22))))
    assert "证件已过期" in shown(side)


def test_a_person_who_sends_somebody_is_named_as_the_applicant(side: Side) -> None:
    side.show_case(of(resident(), agent=agent()))
    text = shown(side)
    assert "申请人（个人）" in text
    assert "张三" in text
    assert "1101**********0011" in text


def test_what_the_reader_wants_is_said_in_red(side: Side) -> None:
    side.show_card("正在读…")
    assert "正在读…" in shown(side)
    side.show_card("卡拿早了，请再放一次，停 1 秒", bad=True)
    assert side.card.detail.text() == "卡拿早了，请再放一次，停 1 秒"
    side.show_card()
    assert not side.card.detail.isVisible()


def test_devices_have_a_light_and_a_word(side: Side) -> None:
    side.show_devices(records.devices(receipt=DeviceState.NEEDS_PAPER, evaluator=DeviceState.NOT_CONFIGURED))
    lights = side.devices.lights
    assert (lights["receipt"].state(), lights["receipt"].word.text()) == (Lamp.BAD, "缺纸")
    assert (lights["evaluator"].state(), lights["evaluator"].word.text()) == (Lamp.OFF, "未设置")
    assert (lights["reader"].state(), lights["reader"].word.text()) == (Lamp.OK, "就绪")
    assert lights["receipt"].toolTip() == "装好纸后按 F9 接着打"


def test_what_is_not_uploaded_is_listed_newest_first_and_gone_when_done(side: Side) -> None:
    side.show_sync(records.sync(waiting=6), records.outbox_lines(6))
    text = shown(side.upload)
    assert "6 件 · 都在本机" in text
    assert text.index("A048") < text.index("A045")
    assert "A044" not in text
    assert "另有 2 条" in text
    side.show_sync(records.sync())
    assert not side.upload.isVisible()


def test_what_the_server_refused_asks_for_a_person(side: Side) -> None:
    side.show_sync(records.sync(set_aside=(records.set_aside(),)))
    assert "1 件要处理" in shown(side.upload)


def test_clicks_open_what_they_say(side: Side, qtbot) -> None:
    side.show_sync(records.sync(waiting=6), records.outbox_lines(6))
    with qtbot.waitSignal(side.manual):
        qtbot.mouseClick(side.card.manual, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(side.uploads):
        qtbot.mouseClick(side.upload.all, Qt.MouseButton.LeftButton)
