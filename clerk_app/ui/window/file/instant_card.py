"""The card of an instant case among its papers: where the result is, and what the next key does."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import clock_time, minutes
from clerk_app.domain.acts import CaseAct
from clerk_app.domain.cases import CaseStep
from clerk_app.services.steps.values import OpenFile
from clerk_app.ui.kit.labels import ElidedLabel, IconLabel, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.timeline import Reached, Stop, Timeline
from clerk_app.ui.window.file.instant import Stage

NAMES: Final = ("送审", "决定", "用印", "出件")
_AT: Final = {
    Stage.SENDING: 0,
    Stage.DECIDING: 1,
    Stage.SEALING: 2,
    Stage.READY: 3,
    Stage.ISSUING: 3,
    Stage.ISSUED: 4,
    Stage.STOPPED: 1,
}
_WORDS: Final = {
    Stage.SENDING: ("正在送审", State.NEUTRAL, "没有传到服务器之前没有人能决定；不等也可以办结"),
    Stage.DECIDING: ("等决定", State.PRI, "已送给有审批权的人，决定了这里会自动变；不等也可以办结"),
    Stage.SEALING: ("等用印", State.PRI, "已经决定，等用印人；不等也可以办结，结果以后来领"),
    Stage.READY: ("可以发证", State.OK, "决定已用印，按 F9 出件，不用再取号"),
    Stage.ISSUING: ("正在出件", State.PRI, "正在出决定书和送达回证"),
    Stage.ISSUED: ("已发证", State.OK, "送达回证已出，正请群众作第二次评价"),
    Stage.STOPPED: ("这次办不完", State.WARN, "转入别的程序，按文书上的时间再来"),
}


class InstantCard(Surface):
    """Four dots: sent, decided, sealed, handed over; the state in words and what can be done now."""

    def __init__(self) -> None:
        super().__init__("card")
        self.icon = IconLabel("zap", "pri", SIZE.icon_huge)
        self.name = Text("即办", "item", strong=True)
        self.detail = ElidedLabel("", "note", "ink7")
        self.state = Pill("")
        self.way = Timeline()
        words = Row(self.icon, Column(self.name, self.detail), self.state, gap=SPACE.x12)
        words.setStretch(1, 1)
        self.setLayout(Column(words, self.way, gap=SPACE.x8, margins=(SPACE.x8, SPACE.card)))
        self.setVisible(False)

    def show_stage(self, stage: Stage, opened: OpenFile | None, why: str, since: datetime, now: datetime) -> None:
        """Where the result is; ``why`` keeps it from being handed over here, ``since`` is when it was accepted."""
        words, state, detail = _WORDS[stage]
        if stage is Stage.READY and why:
            state, detail = State.WARN, why
        self.state.set(words, state, icon="circle-check" if state is State.OK else None)
        self.detail.setText(detail)
        refused = opened is not None and opened.file.granted is False
        self.name.setText("即办 · 不予" if refused else "即办")
        self.icon.set("zap", "ok_solid" if stage in {Stage.READY, Stage.ISSUED} else "pri")
        self.set_kind("picked" if stage is Stage.READY and not why else "card")
        self.way.show_stops(_stops(stage, opened, since, now))
        self.way.setVisible(stage is not Stage.ISSUED)
        self.setAccessibleName(f"{self.name.text()}，{words}，{detail}")
        self.setVisible(True)


def _stops(stage: Stage, opened: OpenFile | None, since: datetime, now: datetime) -> tuple[Stop, ...]:
    at = _AT[stage]
    done = {act.step: act for act in opened.file.acts} if opened is not None else {}
    acts: tuple[CaseAct | None, ...] = (
        None,
        done.get(CaseStep.GRANT) or done.get(CaseStep.REFUSE),
        done.get(CaseStep.SEAL),
        done.get(CaseStep.DELIVER),
    )
    stops = []
    for number, (name, act) in enumerate(zip(NAMES, acts, strict=True)):
        if number > at:
            stops.append(Stop(name, "", Reached.LATER))
        elif number == at:
            stops.append(Stop(name, f"等了 {minutes(now - since)}" if stage is not Stage.READY else "", Reached.NOW))
        else:
            when = act.at if act is not None else since
            stops.append(Stop(name, clock_time(when), Reached.DONE, act.by.name if act is not None else ""))
    return tuple(stops)
