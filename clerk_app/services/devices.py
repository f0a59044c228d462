"""The words of the device page and of ``clerk doctor``: of a citizen only what the test needs is shown."""

from __future__ import annotations

import re
from datetime import datetime

from clerk_app.design.words import clock_time, short_day
from clerk_app.domain.masking import mask_id_number, mask_name, mask_phone
from clerk_app.domain.persons import CheckedPerson
from clerk_app.ports.devices import DeviceHealth, DeviceState

STATE_WORDS: dict[DeviceState, str] = {
    DeviceState.READY: "就绪",
    DeviceState.BUSY: "正在用",
    DeviceState.NEEDS_PAPER: "缺纸",
    DeviceState.ABSENT: "未连接",
    DeviceState.FAULTY: "故障",
    DeviceState.NOT_CONFIGURED: "未设置",
}
_SHOWN_OF_CODE = 24
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:[1-9]\d{16}[0-9Xx]|[1-9]\d{14}|[A-Z]{3}\d{12})(?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_HAN = re.compile("[\u3400-\u9fff\ue000-\ufaff\U00020000-\U0003ffff]+")


def since_words(health: DeviceHealth, now: datetime) -> str:
    """「10:17 起」, with the day where it is not today's; empty for a device that is off."""
    if health.state is DeviceState.NOT_CONFIGURED:
        return ""
    day = "" if health.since.date() == now.date() else f"{short_day(health.since.date())} "
    return f"{day}{clock_time(health.since)} 起"


def card_words(card: CheckedPerson) -> str:
    """What a test read shows: kind, masked name and number, until when."""
    person = card.person
    valid = f"有效期到 {person.card_valid_to:%Y-%m-%d}" if person.card_valid_to else "长期有效"
    return f"读到{person.id_type.label}：{mask_name(person.display_name)} {mask_id_number(person.id_number)}，{valid}"


def code_words(text: str) -> str:
    """What a test scan shows: enough to see that it is the right code, numbers of persons and names masked."""
    shown = scrubbed(text)
    cut = f"{shown[:_SHOWN_OF_CODE]}…" if len(shown) > _SHOWN_OF_CODE else shown
    return f"扫到 {len(text)} 个字符：{cut}"


def scrubbed(text: str) -> str:
    """``text`` without identity numbers, phone numbers, and Chinese characters, which in a log can only be data."""
    text = _ID_NUMBER.sub(lambda found: mask_id_number(found.group()), text)
    text = _PHONE.sub(lambda found: mask_phone(found.group()), text)
    return _HAN.sub(lambda found: f"〔{len(found.group())} 字〕", text)
