"""Who comes to supply or to collect: a card, a paper's code or its number finds the case, and nobody queues again."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal

from clerk_app.design.tokens import KIOSK
from clerk_app.domain.numbering import parse_case_number
from clerk_app.ui.kiosk.choose import ChoicePage
from clerk_app.ui.kiosk.pieces import INNER, CardPanel, Look, Touch
from clerk_app.ui.panel import Scale

_DAY, _SEQUENCE = 8, 4
CASE_DIGITS: Final = 1 + _DAY + _SEQUENCE
"""Fewest digits of a case number as it is typed: window, day, sequence."""


class ReturnPage(ChoicePage):
    """``typing`` asks for the number, ``plain`` for an ordinary ticket."""

    typing = Signal()
    plain = Signal()

    def __init__(self, scale: Scale) -> None:
        super().__init__(scale, "补材料、取件，不用再排长队", "")
        left = KIOSK.margin
        self.panel = CardPanel(scale)
        self.number = Touch(scale, "输入办件编号", Look.CARD, icon_name="keyboard", side=True, role="card")
        self.without = Touch(scale, "都没带，直接取号", Look.CARD, icon_name="ticket", side=True, role="card")
        self.put(self.panel, left, 560, INNER, 300)
        self.put(self.number, left, 884, INNER, 190)
        self.put(self.without, left, 1098, INNER, 190)
        self.number.say("输入办件编号", ("在回执、告知书的最上面",))
        self.without.say("都没带，直接取号", ("按来的先后排队",))
        self.number.clicked.connect(self.typing)
        self.without.clicked.connect(self.plain)

    def show_ways(self, *, card: bool, scanner: bool) -> None:
        """What this machine can read."""
        code = "把回执、告知书上的码对准扫码口"
        if card:
            self.panel.say("放身份证", f"或者{code}" if scanner else "查到办件就不用再排长队")
        else:
            self.panel.say("扫回执上的码" if scanner else "请输入办件编号", code if scanner else "", works=scanner)


def typed_case(text: str) -> str:
    """「12-20261123-0031」 of the digits typed so far."""
    if len(text) < CASE_DIGITS:
        return text
    return f"{text[: -_DAY - _SEQUENCE]}-{text[-_DAY - _SEQUENCE : -_SEQUENCE]}-{text[-_SEQUENCE:]}"


def case_of_digits(hall_code: str, digits: str) -> str:
    """The whole number; ``Rejected`` when it cannot be one."""
    return str(parse_case_number(f"{hall_code}-{typed_case(digits)}"))
