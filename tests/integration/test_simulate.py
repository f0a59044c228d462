"""``clerk simulate``: the real drivers of the registry on every simulator, over pseudo terminals and TCP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clerk_app import typefaces
from clerk_app.bootstrap.devices import DeviceSet, open_devices
from clerk_app.bootstrap.settings import load
from clerk_app.bootstrap.simulate import DRIVERS, SimulatedDevices
from clerk_app.bootstrap.simulate_script import parse_step
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.devices import DeviceFault, DeviceState, PrintOutcome
from support.server import ROOT

WAIT = 20.0
pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals are a POSIX matter")


@pytest.fixture(params=[False, True], ids=["pty", "tcp"])
def simulated(request: pytest.FixtureRequest) -> Iterator[SimulatedDevices]:
    with SimulatedDevices(tuple(DRIVERS), tcp=request.param, font=typefaces.find().regular) as devices:
        yield devices


@pytest.fixture
def opened(simulated: SimulatedDevices, tmp_path: Path) -> Iterator[DeviceSet]:
    (tmp_path / "clerk.toml").write_text(simulated.table(), encoding="utf-8")
    devices = open_devices(load(tmp_path).devices, SystemClock())
    yield devices
    devices.close()


def do(simulated: SimulatedDevices, line: str) -> None:
    parse_step(line).carry_out(simulated.devices)


def soon(true: Callable[[], bool]) -> bool:
    """Whether it comes true within ``WAIT`` seconds."""
    ends = time.monotonic() + WAIT
    while not true():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def until(simulated: SimulatedDevices, line: str, hear: Callable[[], str | None]) -> str | None:
    """What is heard; done again while a line over TCP is not accepted yet: what nobody hears is lost."""
    for _ in range(round(WAIT)):
        do(simulated, line)
        if (told := hear()) is not None:
            return told
    return None


def test_what_is_printed_for_the_settings_opens_every_device(
    simulated: SimulatedDevices, opened: DeviceSet, tmp_path: Path
) -> None:
    never = threading.Event()
    assert set(opened.all()) == set(DRIVERS)
    assert opened.reader is not None
    do(simulated, "id_reader place hmt")
    facts = opened.reader.wait_for_card(WAIT, never)
    assert facts is not None
    assert facts.id_number == "810000199003070015"
    assert opened.receipt_printer is not None
    assert opened.receipt_printer.print(b"\x1b@hello\n\n\n\x1dV\x00").outcome is PrintOutcome.PRINTED
    assert opened.evaluator is not None
    do(simulated, "evaluator press 2")
    assert opened.evaluator.ask_rating(WAIT, never) == 2
    assert opened.scanner is not None
    opened.scanner.probe()
    # What is held before the line stands is lost, as with a real scanner: the code comes while somebody waits.
    held = threading.Timer(0.5, do, (simulated, "code_scanner hold MH-12-20261123-0031"))
    held.start()
    assert opened.scanner.wait_for_code(WAIT, never) == "MH-12-20261123-0031"
    assert opened.caller is not None
    opened.caller.show_number("A035")
    told = until(simulated, "caller_keypad key recall", lambda: opened.caller.wait_for_key(1, never))  # type: ignore[union-attr]
    assert told == "recall"
    assert opened.board is not None
    opened.board.send("请A035到3号窗口")
    board = simulated.devices["call_board"]
    assert board.wait_until_shown(1, "请A035到3号窗口", WAIT)  # type: ignore[attr-defined]
    news = "\n".join(simulated.news(tmp_path))
    assert (tmp_path / "小票-001.png").stat().st_size > 0
    assert "窗口屏 1 号：请A035到3号窗口" in news
    assert list(simulated.news(tmp_path)) == []


def test_a_pulled_device_shows_absent_and_comes_back_without_a_restart(
    simulated: SimulatedDevices, opened: DeviceSet
) -> None:
    for key, device in opened.all().items():
        assert soon(lambda device=device: device.probe().state is DeviceState.READY), key  # type: ignore[misc]
    for key in opened.all():
        do(simulated, f"{key} unplug")
    for key, device in opened.all().items():
        assert soon(lambda device=device: device.probe().state is DeviceState.ABSENT), key  # type: ignore[misc]
        assert device.health().advice, key
    for key in opened.all():
        do(simulated, f"{key} replug")
    for key, device in opened.all().items():
        assert soon(lambda device=device: device.probe().state is DeviceState.READY), key  # type: ignore[misc]


def test_faults_to_order_reach_the_clerk(simulated: SimulatedDevices, opened: DeviceSet) -> None:
    assert opened.receipt_printer is not None
    assert opened.reader is not None
    do(simulated, "receipt_printer cover_open")
    assert "盖子" in opened.receipt_printer.print(b"\x1b@x\n").sentence
    do(simulated, "receipt_printer cover_close")
    assert soon(lambda: opened.receipt_printer.probe().state is DeviceState.READY)  # type: ignore[union-attr]
    do(simulated, "id_reader always silence")
    with pytest.raises(DeviceFault):
        opened.reader.wait_for_card(0.1, threading.Event())
    do(simulated, "id_reader always off")
    assert soon(lambda: opened.reader.probe().state is DeviceState.READY)  # type: ignore[union-attr]


def command(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "clerk_app.cli", "simulate", *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


def test_the_program_takes_a_script_and_what_is_typed_and_ends_by_ctrl_c(tmp_path: Path) -> None:
    script = tmp_path / "morning.txt"
    script.write_text("0s id_reader place\n", encoding="utf-8")
    running = command("id_reader", "evaluator", "--data", str(tmp_path), "--write", "--script", str(script))
    try:
        assert running.stdout is not None
        assert running.stdin is not None
        running.stdin.write("evaluator press 3\nid_reader jump\n")
        running.stdin.flush()
        seen = ""
        for line in running.stdout:
            seen += line
            if "没有动作" in line:
                break
        assert "身份证读卡器：放证 resident" in seen
        assert "评价器：按评价 3" in seen
        devices = open_devices(load(tmp_path).devices, SystemClock())
        assert devices.reader is not None
        assert devices.evaluator is not None
        facts = devices.reader.wait_for_card(WAIT, threading.Event())
        assert facts is not None
        assert devices.evaluator.ask_rating(WAIT, threading.Event()) == 3
        devices.close()
        running.send_signal(signal.SIGINT)
        assert running.wait(WAIT) == 0
    finally:
        running.kill()
        running.communicate()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("printer",), "不能模拟“printer”，可用的有 id_reader"),
        (("id_reader", "--script", "/nowhere"), "读不了 /nowhere"),
        (("id_reader", "--write"), "已经有了，没有改动"),
    ],
)
def test_a_slip_ends_with_a_sentence(words: tuple[str, ...], shown: str, tmp_path: Path) -> None:
    (tmp_path / "clerk.toml").write_text("[devices]\n", encoding="utf-8")
    done = command(*words, "--data", str(tmp_path))
    out, _ = done.communicate(timeout=60)
    assert done.returncode == 1
    assert shown in out
    assert "Traceback" not in out
    assert (tmp_path / "clerk.toml").read_text(encoding="utf-8") == "[devices]\n"
