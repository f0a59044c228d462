"""One page with every component of the kit, as they stand in the window."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.ui.keys import Page
from clerk_app.ui.kit.ask import AskCard
from clerk_app.ui.kit.buttons import Button, ButtonRole, CallButton, Chip, Choice
from clerk_app.ui.kit.checks import Check
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import (
    Divider,
    ElidedLabel,
    IconLabel,
    KeyCap,
    KeyHint,
    Light,
    MarkLabel,
    Pill,
    SectionTitle,
    Text,
)
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.paint import Lamp, Mark, State
from clerk_app.ui.kit.stepbar import StepBar
from clerk_app.ui.kit.surfaces import Banner, Card, EmptyState, Surface, Toast

STEPS = ("申请人", "事项", "材料", "结论", "文书")


class Gallery(Surface):
    """Built like the window: top bar, banner, three columns, status bar."""

    def __init__(self) -> None:
        super().__init__("canvas")
        self.banner = Banner()
        self.banner.show_condition(
            "服务器连不上（10:17 起）。",
            "收件、打印、保存照常；恢复后自动上传，不用重录。",
            note="每 15 秒自动重连 · 下次 8 秒后",
            others=2,
        )
        body = Row(self._left(), self._middle(), self._right())
        body.setStretch(1, 1)
        self.setLayout(Column(self._top(), self.banner, body, self._status()))
        self.toast = Toast(self, lift=SIZE.status_bar + SIZE.action_bar + SIZE.legend + SPACE.x12)

    def _top(self) -> QWidget:
        bar = Surface("rail", height=SIZE.top_bar)
        bar.setLayout(
            Row(
                Text("明河区政务服务中心", "item", "paper", strong=True),
                Text("综合受理 · 一楼 A 区", "note", "rail_sub"),
                None,
                IconLabel("user", "paper"),
                Text("王晓梅", "body", "paper"),
                Text("11月23日 周一", "body", "paper"),
                Text("10:24", "action", "paper", strong=True),
                KeyHint(("F1",), "键位", dark=True, tone="paper"),
                gap=SPACE.x12,
                margins=(0, SPACE.x16),
            )
        )
        return bar

    def _left(self) -> QWidget:
        left = Surface("paper", edges="right", width=SIZE.left_column)
        ticket = Surface("ticket")
        ticket.setLayout(
            Column(
                Row(Text("正在办理 · 企业准入", "note", "rail_sub"), None, Text("03:12", "body", "paper")),
                Text("A047", "ticket", "paper"),
                Text("10:08 取号 · 等了 13 分", "note", "rail_sub"),
                margins=(SPACE.x12, SPACE.x16),
            )
        )
        keys = Row(
            Button("重叫", key="F3", compact=True),
            Button("过号", key="F4", compact=True),
            Button("挂起", key="F8", compact=True),
            gap=SPACE.x6,
        )
        rows = [
            Row(Text(name, "note"), None, Text(count, "note", strong=True, right=True), SPACE.x8, Text(wait, "note"))
            for name, count, wait in (("企业准入", "9", "最久 11 分"), ("社保医保", "6", "最久 8 分"))
        ]
        queue = Column(
            SectionTitle("等候", note="全厅 23 人 · 本窗口可办 18 人"),
            *rows,
            Row(
                Pill("优先 2 人", State.WARN, icon="accessibility"),
                Pill("预约 1 人", State.PRI, icon="calendar-check"),
                None,
                gap=SPACE.x6,
            ),
            gap=SPACE.x4,
            margins=SPACE.x16,
        )
        fields = Column(gap=SPACE.x8, margins=SPACE.x16)
        self.name = Field("姓名", hint="与证件一致")
        self.number = Field("身份证号", id_number=True)
        self.number.set_value("239900199001010426")
        self.number.set_error("身份证号第 18 位对不上，请再看一遍证件（应为 X）")
        fields.put(self.name, self.number)
        inner = Column(ticket, keys, gap=SPACE.x8, margins=SPACE.x12)
        left.setLayout(Column(inner, Divider(), queue, Divider(), fields, None))
        return left

    def _middle(self) -> QWidget:
        middle = Surface("canvas")
        head = Surface("paper", edges="bottom", height=SIZE.step_bar)
        self.steps = StepBar(STEPS)
        self.steps.show_state(2, {0, 1})
        head.setLayout(
            Row(
                self.steps,
                None,
                KeyHint(("Alt+1", "–", "5"), "跳步"),
                IconLabel("save", "ok"),
                Text("已存 10:24:07", "note", "ok"),
                gap=SPACE.x8,
                margins=(0, SPACE.page),
            ),
        )
        title = Surface("paper", edges="bottom")
        cut = ElidedLabel(
            "明河区市场监督管理局 · 行政许可 · 承诺件：法定 20 个工作日，承诺 10 个工作日", "note", "ink7"
        )
        names = Column(Text("食品经营许可 · 新办（餐饮服务）", "title"), cut)
        row = Row(names, Pill("目录第 418 版"), gap=SPACE.x16, margins=(SPACE.x8, SPACE.page))
        row.setStretch(0, 1)
        title.setLayout(row)

        pills = Row(
            *(MarkLabel(kind, 7) for kind in Mark),
            Pill("已收 · 原件", State.OK),
            Pill("免交 · 电子证照", State.FREE),
            Pill("容缺 · 欠 1 份", State.WARN),
            Pill("有问题", State.BAD),
            Pill("未查", State.OUTLINE),
            Pill("可以发证", State.OK, icon="circle-check"),
            None,
            gap=SPACE.x6,
        )
        chips = Row(gap=SPACE.x6)
        for number, words in enumerate(("未标注操作流向", "未标注面积", "不清晰"), start=1):
            chip = Chip(words, key=str(number), bad=True)
            chip.setChecked(number == 1)
            chips.put(chip)
        chosen = Chip("代理人", key="2")
        chosen.setChecked(True)
        left_out = Check("正本 1")
        left_out.setEnabled(False)
        chips.put(chosen, Check("副本 1", checked=True), Check("收回原件"), left_out, None)
        outcomes = [
            Choice("受理", key="1"),
            Choice("当场更正", "在窗口补标平面图，改完可容缺受理", key="4"),
            Choice("一次性补正告知", "列出全部 2 处，当场送达，一式两份", key="5"),
        ]
        outcomes[0].lock("材料 5 有问题，材料 6 少 1 份")
        outcomes[2].setChecked(True)
        call = CallButton("叫下一位", key="F2")
        lower = Row(Column(*outcomes, gap=SPACE.x2), call, gap=SPACE.x16)
        lower.setStretch(0, 1)
        lower.setStretch(1, 1)
        card = Card("今天必须处理", count=2, note="按到期先后", gap=SPACE.x12)
        card.body.put(pills, chips, lower)
        self.ask = AskCard(
            "小票打印机缺纸，收件凭证可能没打完",
            "装好纸后回答一个问题。回答之前不会再打，不会多出一张凭证。",
            "吐出来的纸上，看得到“查询码”这一行吗？",
            [("看得到，这张能用", "记为已打印，不再出纸"), ("看不到，收回半张，重打", "新凭证同一编号，印“补打 1”")],
            icon="receipt-text",
            side=Text("纸上应有的最后几行", "note", "ink5"),
        )
        self.legend = Legend()
        self.legend.show_page("正在选问题", Page.REASONS, tone="bad")
        actions = Surface("paper", edges="top", height=SIZE.action_bar)
        locked = Button("办结，叫下一位", key="F12", large=True)
        locked.setEnabled(False)
        self.primary = Button("去结论", ButtonRole.PRIMARY, key="F9")
        actions.setLayout(
            Row(
                Button("作废这张", ButtonRole.DANGER, icon="x"),
                None,
                locked,
                Button("返回材料", key="Alt+3", large=True),
                self.primary,
                gap=SPACE.x12,
                margins=(0, SPACE.page),
            ),
        )
        page = Column(card, self.ask, None, gap=SPACE.x12, margins=SPACE.page)
        middle.setLayout(Column(head, title, page, self.legend, actions))
        return middle

    def _right(self) -> QWidget:
        right = Surface("paper", edges="left", width=SIZE.right_column)
        devices = Column(SectionTitle("设备", icon="scan-line"), gap=SPACE.x8, margins=SPACE.x16)
        for name, icon, state, word in (
            ("身份证读卡器", "id-card", Lamp.OK, ""),
            ("小票打印机", "receipt-text", Lamp.BAD, "缺纸"),
            ("待上传", "cloud-upload", Lamp.WARN, "14 件"),
            ("高拍仪", "scan-line", Lamp.OFF, "未连接"),
        ):
            light = Light(name, good="就绪", icon=icon)
            light.set(state, word)
            devices.put(light)
        person = Column(
            Text("到场人（代理人）", "note", "ink7"),
            Text("李晓彤", "person"),
            Text("2399**********042X", "body"),
            Row(Pill("身份证已读", State.OK, icon="check"), None),
            gap=SPACE.x4,
            margins=SPACE.x16,
        )
        empty = EmptyState("没有待补正的办件", icon="circle-check", caps=("F2",), then="叫下一位")
        figures = Row(
            Text("31", "count"),
            Text("人", "note", "ink7"),
            SPACE.x12,
            Text("6:40", "count"),
            Text("平均", "note", "ink7"),
            None,
            KeyCap("Shift+F8"),
            gap=SPACE.x4,
            margins=SPACE.x16,
        )
        right.setLayout(Column(person, Divider(), devices, Divider(), figures, Divider(), empty, None))
        return right

    def _status(self) -> QWidget:
        bar = Surface("paper", edges="top", height=SIZE.status_bar)
        lights = [Light("读卡器"), Light("小票打印机"), Light("服务器"), Light("待上传")]
        lights[0].set(Lamp.OK)
        lights[1].set(Lamp.BAD, "缺纸")
        lights[2].set(Lamp.BAD, "10:17 断开")
        lights[3].set(Lamp.WARN, "14 件")
        bar.setLayout(
            Row(*lights, None, Text("目录 2026-11-23 第 418 版", "note", "ink5"), gap=SPACE.x20, margins=(0, SPACE.x16))
        )
        return bar
