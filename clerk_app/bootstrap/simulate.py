"""``clerk simulate``: devices in software, spoken to by the real drivers over pseudo terminals or TCP.

Prints the lines for ``clerk.toml``, takes actions from a script and from what is typed, saves what is printed as
pictures. Cards are invented. For training: a data folder of its own, ``clerk simulate --data FOLDER --write`` in one
console and ``clerk window --data FOLDER`` in another.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from clerk_app.bootstrap import settings
from clerk_app.bootstrap.console import say
from clerk_app.bootstrap.simulate_script import ACTIONS, Player, Script, Step, parse_script, parse_step
from clerk_app.domain.errors import Fault, Rejected
from clerk_app.ports.clock import SystemClock
from drivers.base.registry import CAPABILITY_WORDS, Capability
from drivers.base.simports import PtyPort, SimulatedPort, TcpPort
from drivers.base.simulator import Simulator
from drivers.board.simulator import BoardSimulator
from drivers.caller.simulator import CallerSimulator
from drivers.evaluator.simulator import EvaluatorSimulator
from drivers.idcard.simulator import CardReaderSimulator
from drivers.printer.virtual import VirtualPrinter
from drivers.scanner.simulator import ScannerSimulator

DRIVERS = {
    "id_reader": "ga467-serial",
    "receipt_printer": "escpos-serial",
    "evaluator": "ff68-evaluator",
    "caller_keypad": "ff68-keypad",
    "call_board": "led-sum",
    "code_scanner": "scan-serial",
}
"""The driver that speaks to each simulator; a printer on TCP has one of its own."""

_LOOK_S = 0.1


class SimulatedDevices:
    """The simulators of these keys, switched on; a context manager. ``line``: a pseudo terminal, or TCP."""

    def __init__(self, keys: tuple[str, ...], *, tcp: bool, font: Path | None) -> None:
        self.tcp = tcp
        self.devices: dict[str, Simulator] = {key: _make(key, _line(key, tcp), font) for key in keys}
        self._shown: dict[str, Any] = {}

    def __enter__(self) -> SimulatedDevices:
        for device in self.devices.values():
            device.start()
        return self

    def __exit__(self, *_: object) -> None:
        for device in self.devices.values():
            device.stop()

    def setting(self, key: str) -> str:
        """What stands in the settings: ``ga467-serial:/tmp/…``."""
        port = self.devices[key].port
        if not self.tcp:
            return f"{DRIVERS[key]}:{port}"
        return f"escpos-tcp:{port}" if key == "receipt_printer" else f"{DRIVERS[key]}:tcp:{port}"

    def table(self) -> str:
        """The section of the settings."""
        lines = [f'{key} = "{self.setting(key)}"' for key in self.devices]
        if "evaluator" in self.devices:
            lines.append("evaluator_levels = 5")
        return "[devices]\n" + "\n".join(lines) + "\n"

    def news(self, folder: Path) -> Iterator[str]:
        """What is to be seen on the devices since the last asking; printed papers are saved in ``folder``."""
        printer = self.devices.get("receipt_printer")
        if isinstance(printer, VirtualPrinter):
            tickets, before = printer.tickets, self._shown.get("tickets", 0)
            for number, ticket in enumerate(tickets[before:], before + 1):
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / f"小票-{number:03d}.png"
                ticket.framed().save(path, format="PNG")
                yield f"小票打印机打了一张：{path}"
            self._shown["tickets"] = len(tickets)
        board = self.devices.get("call_board")
        if isinstance(board, BoardSimulator):
            before = self._shown.get("board", 0)
            for address, text in board.history[before:]:
                yield f"窗口屏 {address} 号：{text}"
            self._shown["board"] = len(board.history)
        keypad = self.devices.get("caller_keypad")
        if isinstance(keypad, CallerSimulator) and self._shown.get("digits", " " * 6) != keypad.digits:
            self._shown["digits"] = keypad.digits
            yield f"叫号键盘显示：等候“{keypad.digits[:3].strip()}”，号码“{keypad.digits[3:].strip()}”"


def _line(key: str, tcp: bool) -> SimulatedPort:
    return TcpPort() if tcp else PtyPort(key)


def _make(key: str, line: SimulatedPort, font: Path | None) -> Simulator:
    if key == "id_reader":
        return CardReaderSimulator(line)
    if key == "receipt_printer":
        assert font is not None
        return VirtualPrinter(line, font)
    if key == "evaluator":
        return EvaluatorSimulator(line)
    if key == "caller_keypad":
        return CallerSimulator(line)
    if key == "call_board":
        return BoardSimulator(line)
    return ScannerSimulator(line)


def run(args: argparse.Namespace) -> int:
    """0 after an orderly end, 1 when something was written wrongly."""
    if args.list:
        _list()
        return 0
    keys = tuple(dict.fromkeys(args.device)) or tuple(DRIVERS)
    folder: Path = args.data or settings.default_folder()
    try:
        for key in keys:
            if key not in DRIVERS:
                raise Rejected("device", f"不能模拟“{key}”，可用的有 {'、'.join(DRIVERS)}")
        script = parse_script(args.script.read_text(encoding="utf-8")) if args.script else Script(())
        with _open(keys, tcp=args.tcp or os.name != "posix") as devices:
            _announce(devices, folder, write=args.write)
            _serve(devices, script, folder / "simulated", args.seconds)
    except (Rejected, Fault) as refused:
        say(f"✗ {refused}")
        return 1
    except OSError as error:
        say(f"✗ 读不了 {error.filename}（{error.strerror or type(error).__name__}）")
        return 1
    except KeyboardInterrupt:
        say("")
    return 0


@contextmanager
def _open(keys: tuple[str, ...], *, tcp: bool) -> Iterator[SimulatedDevices]:
    font = None
    if "receipt_printer" in keys:
        from clerk_app import typefaces

        font = typefaces.find(lambda done, total: say(f"  正在准备字体 {done}/{total}，只做一次")).regular
    with ExitStack() as stack:
        yield stack.enter_context(SimulatedDevices(keys, tcp=tcp, font=font))


def _announce(devices: SimulatedDevices, folder: Path, *, write: bool) -> None:
    say("模拟的设备开着。设置这样写（clerk.toml）：")
    say("")
    for line in devices.table().splitlines():
        say(line)
    say("")
    path = folder / settings.FILE_NAME
    if write and path.exists():
        raise Rejected("write", f"{path} 已经有了，没有改动。练习请用另一个 --data 文件夹")
    if write:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(devices.table(), encoding="utf-8")
        say(f"已写好 {path}。另开一个终端运行：clerk window --data {folder}")
    say("输入动作，如 id_reader place；全部动作见 clerk simulate --list；按 Ctrl+C 结束")


def _serve(devices: SimulatedDevices, script: Script, folder: Path, seconds: float | None) -> None:
    player, typed = Player(script), _typed_lines()
    clock, pause = SystemClock(), threading.Event()
    ends = None if seconds is None else clock.monotonic() + seconds
    while ends is None or clock.monotonic() < ends:
        for step in player.due():
            _carry_out(step, devices.devices)
        try:
            while True:
                line = typed.get_nowait()
                try:
                    _carry_out(parse_step(line), devices.devices)
                except Rejected as refused:
                    say(f"! {refused}")
        except Empty:
            pass
        for news in devices.news(folder):
            say(f"  {news}")
        pause.wait(_LOOK_S)


def _carry_out(step: Step, devices: Mapping[str, Simulator]) -> None:
    try:
        step.carry_out(devices)
    except Rejected as refused:
        say(f"! {refused}")
    else:
        say(f"  {CAPABILITY_WORDS[Capability(step.device)]}：{step.action.text} {step.word}".rstrip())


def _typed_lines() -> SimpleQueue[str]:
    """What is typed, read in a thread of its own: a read from a console cannot be given up."""
    lines: SimpleQueue[str] = SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            if line.strip():
                lines.put(line)

    if sys.stdin is not None and not sys.stdin.closed:
        threading.Thread(target=read, name="typed", daemon=True).start()
    return lines


def _list() -> None:
    for key, actions in ACTIONS.items():
        say(f"{key}  {CAPABILITY_WORDS[Capability(key)]}，由 {DRIVERS[key]} 驱动")
        for action in actions:
            say(f"    {action.name:<12}{action.text}{f'：{action.word}' if action.word else ''}")
