"""Scripts of simulated devices: what is written wrongly is named, what is written happens at its time."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from clerk_app.bootstrap.simulate_script import ACTIONS, Player, parse_script, parse_step
from clerk_app.domain.errors import Rejected

SCRIPT = """
# a morning
0s    id_reader        place
2.5s  id_reader        lift       # too early
5s    receipt_printer  paper_out 400
10s   repeat
"""


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_steps_come_at_their_times_and_begin_anew() -> None:
    clock = Clock()
    player = Player(parse_script(SCRIPT), clock)

    def at(seconds: float) -> list[str]:
        clock.now = 100.0 + seconds
        return [f"{step.device} {step.action.name} {step.word}".strip() for step in player.due()]

    assert at(0) == ["id_reader place resident"]
    assert at(2) == []
    assert at(6) == ["id_reader lift", "receipt_printer paper_out 400"]
    assert at(9.9) == []
    assert at(10) == []
    assert at(10.1) == ["id_reader place resident"]
    assert at(12.6) == ["id_reader lift"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("soon id_reader place", "脚本第 1 行：“soon”不是时间"),
        ("\n1s reader place", "脚本第 2 行：没有设备“reader”，可用的有 id_reader"),
        ("1s id_reader jump", "id_reader 没有动作“jump”，可用的有 unplug"),
        ("1s id_reader fault", "后面要写：byte_by_byte"),
        ("2s id_reader lift\n1s id_reader lift", "脚本第 2 行：时间不能往回走"),
        ("1s repeat\n2s id_reader lift", "repeat 应是最后一行"),
        ("0s repeat", "repeat 要在 0s 以后"),
    ],
)
def test_a_slip_is_named_with_its_line(text: str, shown: str) -> None:
    with pytest.raises(Rejected) as refusal:
        parse_script(text)
    assert shown in str(refusal.value)


@pytest.mark.parametrize(
    "line",
    ["id_reader place nobody", "receipt_printer paper_out much", "evaluator press 9", "code_scanner noise xyz"],
)
def test_a_word_that_does_not_fit_is_refused_and_touches_no_device(line: str) -> None:
    step, device = parse_step(line), Mock()
    with pytest.raises(Rejected):
        step.carry_out({step.device: device})
    assert device.method_calls == []


def test_a_device_that_is_not_simulated_is_named() -> None:
    with pytest.raises(Rejected, match="evaluator 没有在模拟，现在有 id_reader"):
        parse_step("evaluator press 1").carry_out({"id_reader": object()})


def test_every_device_can_be_pulled_and_put_back() -> None:
    for actions in ACTIONS.values():
        assert {"unplug", "replug"} <= {action.name for action in actions}
