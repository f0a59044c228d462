"""What simulated devices can be made to do, and scripts that do it at their times.

A script is lines of time, device, action and, where the action wants one, a word; ``#`` begins a remark::

    0s    id_reader        place resident
    5s    id_reader        unplug
    8s    id_reader        replug
    10s   receipt_printer  paper_out 400
    20s   receipt_printer  load_paper
    60s   repeat

``repeat`` begins anew from there on. Times count from the start and may not go back. A line without a time is what is
typed while the simulators run.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from clerk_app.domain.errors import Rejected
from drivers.base.readings import CallerKey
from drivers.idcard import samples
from drivers.idcard.simulator import Fault

REPEAT = "repeat"
_TIME = re.compile(r"(\d+(?:\.\d+)?)s")
CARDS = {
    "resident": samples.RESIDENT,
    "hmt": samples.HMT_PERMIT,
    "foreigner_2017": samples.FOREIGNER_2017,
    "foreigner_2023": samples.FOREIGNER_2023,
}
Do = Callable[[Any, str], object]


@dataclass(frozen=True, slots=True)
class Action:
    """``word``: what stands behind it, with an example; empty for nothing. ``usual`` is taken where it is left out."""

    name: str
    text: str
    do: Do
    word: str = ""
    usual: str | None = None


def _number(words: str) -> int:
    if not (words.isascii() and words.isdigit() and len(words) < 8):
        raise Rejected("script", f"“{words}”应为整数")
    return int(words)


def _one_of(words: str, known: Mapping[str, Any]) -> Any:
    if words not in known:
        raise Rejected("script", f"没有“{words}”，可用的有 {'、'.join(known)}")
    return known[words]


def _on(words: str) -> bool:
    found: bool = _one_of(words, {"on": True, "off": False})
    return found


_FAULTS = {fault.name.lower(): fault for fault in Fault}
_KEYS = {key.value: key for key in CallerKey}
_LINE = (
    Action("unplug", "拔线", lambda device, _: device.unplug()),
    Action("replug", "插回", lambda device, _: device.replug()),
)
ACTIONS: dict[str, tuple[Action, ...]] = {
    "id_reader": (
        *_LINE,
        Action("place", "放证", lambda d, w: d.place_card(_one_of(w, CARDS)), "、".join(CARDS), "resident"),
        Action("lift", "拿走证", lambda d, _: d.lift_card()),
        Action("fault", "下一个回答出错", lambda d, w: d.fail_next(_one_of(w, _FAULTS)), "、".join(_FAULTS)),
        Action(
            "always",
            "每个回答都出错，off 为恢复",
            lambda d, w: d.fail_always(None if w == "off" else _one_of(w, _FAULTS)),
            "silence、off……",
        ),
    ),
    "receipt_printer": (
        *_LINE,
        Action("paper_out", "再打这么多字节就缺纸", lambda d, w: d.run_out_of_paper(_number(w)), "400", "0"),
        Action("load_paper", "装纸", lambda d, _: d.load_paper()),
        Action("cover_open", "开盖", lambda d, _: d.set_cover(True)),
        Action("cover_close", "合盖", lambda d, _: d.set_cover(False)),
        Action("near_end", "纸将尽", lambda d, w: d.set_near_end(_on(w)), "on、off", "on"),
        Action("silent", "不回话", lambda d, w: d.set_silent(_on(w)), "on、off", "on"),
        Action("slow", "每秒只打这么多字节", lambda d, w: d.set_slow(_number(w) or None), "200；0 为恢复"),
        Action("power_cycle", "断电再开", lambda d, _: d.power_cycle()),
    ),
    "evaluator": (
        *_LINE,
        Action("press", "按评价", lambda d, w: d.press(_level(w)), "1（非常满意）到 5", "1"),
        Action("press_late", "问完以后才按", lambda d, w: d.press_too_late(_level(w)), "1 到 5", "1"),
        Action("silent", "按了也不发", lambda d, w: d.set_silent(_on(w)), "on、off", "on"),
        Action("damage", "这么多次发的校验不对", lambda d, w: d.damage_next(_number(w)), "3", "1"),
    ),
    "caller_keypad": (
        *_LINE,
        Action("key", "按键", lambda d, w: d.press_key(_one_of(w, _KEYS)), "、".join(_KEYS), "call"),
    ),
    "call_board": _LINE,
    "code_scanner": (
        *_LINE,
        Action("hold", "扫一个码", lambda d, w: d.hold(w), "码里的文字"),
        Action("noise", "发一段乱码", lambda d, w: d.send(_bytes(w)), "FF00FF0D", "FF00FF0D"),
    ),
}
"""By the device's key in the settings."""


def _level(words: str) -> int:
    level = _number(words)
    if not 1 <= level <= 5:
        raise Rejected("script", "评价应在 1 到 5 之间")
    return level


def _bytes(words: str) -> bytes:
    try:
        return bytes.fromhex(words)
    except ValueError:
        raise Rejected("script", f"“{words}”应为十六进制，如 FF00FF0D") from None


@dataclass(frozen=True, slots=True)
class Step:
    """One line: ``at`` seconds after the start (0 for one that was typed)."""

    at: float
    device: str
    action: Action
    word: str

    def carry_out(self, devices: Mapping[str, Any]) -> None:
        """Do it; ``Rejected`` for a device that is not simulated now, or for a word that does not fit."""
        if self.device not in devices:
            raise Rejected("script", f"{self.device} 没有在模拟，现在有 {'、'.join(devices)}")
        self.action.do(devices[self.device], self.word)


def parse_step(line: str, at: float = 0.0) -> Step:
    """``id_reader place resident`` without its time."""
    device, _, rest = line.strip().partition(" ")
    name, _, word = rest.strip().partition(" ")
    if device not in ACTIONS:
        raise Rejected("script", f"没有设备“{device}”，可用的有 {'、'.join(ACTIONS)}")
    action = next((one for one in ACTIONS[device] if one.name == name), None)
    if action is None:
        known = "、".join(one.name for one in ACTIONS[device])
        raise Rejected("script", f"{device} 没有动作“{name}”，可用的有 {known}")
    word = word.strip() or (action.usual or "")
    if action.word and not word:
        raise Rejected("script", f"{device} {name} 后面要写：{action.word}")
    return Step(at, device, action, word)


@dataclass(frozen=True, slots=True)
class Script:
    """``again_after`` seconds it begins anew, None never."""

    steps: tuple[Step, ...]
    again_after: float | None = None


def parse_script(text: str) -> Script:
    """``Rejected("script")`` names the line."""
    steps: list[Step] = []
    again = None
    last = 0.0
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].strip()
        if not words:
            continue
        when, _, rest = words.partition(" ")
        found = _TIME.fullmatch(when)
        try:
            if found is None:
                raise Rejected("script", f"“{when}”不是时间，应像 5s 或 2.5s")
            if again is not None or float(found[1]) < last:
                raise Rejected("script", "时间不能往回走，repeat 应是最后一行")
            last = float(found[1])
            if rest.strip() == REPEAT:
                if last <= 0:
                    raise Rejected("script", "repeat 要在 0s 以后")
                again = last
            else:
                steps.append(parse_step(rest, last))
        except Rejected as refused:
            raise Rejected("script", f"脚本第 {number} 行：{refused}") from None
    return Script(tuple(steps), again)


class Player:
    """Carries a script out as time goes; ``due`` is asked again and again."""

    def __init__(self, script: Script, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._script = script
        self._monotonic = monotonic
        self._began = monotonic()
        self._at = 0

    def due(self) -> list[Step]:
        """The steps whose time has come since the last asking."""
        now = self._monotonic() - self._began
        steps: list[Step] = []
        while self._at < len(self._script.steps) and self._script.steps[self._at].at <= now:
            steps.append(self._script.steps[self._at])
            self._at += 1
        again = self._script.again_after
        if again is not None and now >= again and self._at == len(self._script.steps):
            self._began += again
            self._at = 0
        return steps
