"""Synthetic people; the numbers are of nobody (areas and births as in the published test vectors)."""

from __future__ import annotations

from datetime import date
from typing import Any

from clerk_app.domain.identity import IdType, Sex
from clerk_app.domain.persons import Agent, LegalEntity, NaturalPerson


def resident(**changes: Any) -> NaturalPerson:
    values: dict[str, Any] = {
        "name": "张三",
        "id_type": IdType.RESIDENT,
        "id_number": "110101199003070011",
        "sex": Sex.MALE,
        "ethnic": "01",
        "birth": date(1990, 3, 7),
        "address": "北京市东城区示例街道1号",
        "phone": "13900002716",
        "entered": "card",
    }
    return NaturalPerson(**{**values, **changes})


def company(**changes: Any) -> LegalEntity:
    values: dict[str, Any] = {
        "name": "明河市禾间餐饮管理有限公司",
        "credit_code": "91350100M000100Y43",
        "legal_representative": "周文博",
        "address": "明河市明河区示例街道12号一层",
        "phone": "13900002716",
    }
    return LegalEntity(**{**values, **changes})


def agent(**changes: Any) -> Agent:
    person = resident(name="李晓彤", id_number="110101199003070038", **changes)
    return Agent(person, "代为申请、领取")
