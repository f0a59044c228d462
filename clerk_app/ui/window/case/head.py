"""The head of an open case: which matter, whose, by what limits, in which situation, from which version."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.design.words import joined
from clerk_app.domain.catalogue import CaseType, Matter, chosen_options
from clerk_app.domain.intake import Intake
from clerk_app.ui.kit.labels import ElidedLabel, Pill
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface

_CASE_WORDS = {CaseType.INSTANT: "即办件", CaseType.PROMISED: "承诺件", CaseType.OTHER: ""}


class MatterHead(Surface):
    """Two lines: the matter's name, and department · type · limits · situation. Low screens lose the second line."""

    def __init__(self) -> None:
        super().__init__("paper", edges="bottom")
        self.name = ElidedLabel("", "title")
        self.detail = ElidedLabel("", "note", "ink5")
        self.version = Pill("", State.NEUTRAL)
        text = QWidget()
        text.setLayout(Column(self.name, self.detail))
        self.setLayout(Row(text, self.version, gap=SPACE.x12, margins=(SPACE.x6, SPACE.page)))

    def show_intake(self, intake: Intake, *, two_lines: bool = True) -> None:
        """Show the matter of the case, nothing before one is chosen."""
        self.setVisible(intake.matter is not None)
        if intake.matter is None:
            return
        matter = intake.matter
        situation = "、".join(o.text for o in chosen_options(matter, intake.answers) if not _is_agency(matter, o.id))
        detail = joined(matter.department, matter.type_name, limits(matter), f"情形：{situation}" if situation else "")
        self.name.setText(matter.name)
        self.detail.setText(detail)
        self.detail.setVisible(two_lines)
        if not two_lines:
            self.name.setToolTip(f"{matter.name}\n{detail}")
        self.version.set(f"目录第 {matter.version} 版", State.NEUTRAL)


def limits(matter: Matter) -> str:
    """「承诺件：法定 20 个工作日，承诺 10 个工作日」."""
    parts = []
    if matter.statutory_limit and matter.statutory_limit.value is not None:
        parts.append(f"法定 {matter.statutory_limit.value} {_unit(matter.statutory_limit.unit)}")
    if matter.promised_limit and matter.promised_limit.value is not None:
        parts.append(f"承诺 {matter.promised_limit.value} {_unit(matter.promised_limit.unit)}")
    kind = _CASE_WORDS[matter.case_type]
    text = "，".join(parts)
    return f"{kind}：{text}" if kind and text else kind or text


def _unit(unit: str | None) -> str:
    return f"个{unit}" if unit in {"工作日", "自然日", "月"} else unit or ""


def _is_agency(matter: Matter, option_id: str) -> bool:
    return any(s.is_agency and any(o.id == option_id for o in s.options) for s in matter.situations)
