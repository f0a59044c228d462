"""Rating keypads, caller keypads, strips and scanners by name: what the settings may say, and what is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.base.registry import BadAddress, Capability, Context, Registry
from drivers.board import registered as boards
from drivers.caller import registered as callers
from drivers.evaluator import registered as evaluators
from drivers.scanner import registered as scanners
from drivers.serial_place import parse_place
from drivers.serial_ports import SerialPort

REGISTRY = Registry((*evaluators.DRIVERS, *callers.DRIVERS, *boards.DRIVERS, *scanners.DRIVERS))
DOCS = Path(__file__).parents[3] / "docs/devices"


@pytest.mark.parametrize(
    ("page", "module"),
    [
        ("evaluators.md", evaluators),
        ("caller-keypads.md", callers),
        ("call-boards.md", boards),
        ("scanners.md", scanners),
    ],
)
def test_the_names_are_those_of_the_documentation(page: str, module: object) -> None:
    words = (DOCS / page).read_text(encoding="utf-8")
    for driver in getattr(module, "DRIVERS"):  # noqa: B009
        assert f"`{driver.name}`" in words
        assert driver.tried


@pytest.mark.parametrize(
    ("address", "line", "number"),
    [
        ("COM5", "COM5@9600", 5),
        ("COM5@19200", "COM5@19200", 5),
        ("COM5#7", "COM5@9600", 7),
        ("/dev/ttyUSB0@19200#255", "/dev/ttyUSB0@19200", 255),
        ("tcp:192.168.1.20:4196#3", "tcp:192.168.1.20:4196", 3),
    ],
)
def test_a_place_is_read(address: str, line: str, number: int) -> None:
    place = parse_place(address, baud=9600, number=5)
    assert (place.line, place.number) == (line, number)
    assert place.transport().name in line


@pytest.mark.parametrize(
    "address", ["", "COM5@", "COM5@0", "COM5@x", "COM5#256", "COM5#", "tcp:", "tcp:host", "tcp::9", "a b"]
)
def test_a_place_that_cannot_be_read_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(BadAddress, match="COM5"):
        parse_place(address, baud=9600)


def test_both_keypads_of_one_box_share_its_line_and_another_box_does_not() -> None:
    evaluator = REGISTRY.make(Capability.EVALUATOR, "ff68-evaluator:COM97", Context())
    keypad = REGISTRY.make(Capability.CALLER_KEYPAD, "ff68-keypad:COM97", Context())
    other = REGISTRY.make(Capability.CALLER_KEYPAD, "ff68-keypad:COM98", Context())
    assert evaluator._line is keypad._line  # type: ignore[attr-defined]
    assert other._line is not keypad._line  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("capability", "setting", "option"),
    [
        (Capability.EVALUATOR, "ff68-evaluator:COM5", ("levels", "0=9")),
        (Capability.EVALUATOR, "ff68-evaluator:COM5", ("level", "4")),
        (Capability.CALLER_KEYPAD, "ff68-keypad:COM5", ("levels", "4")),
        (Capability.CALL_BOARD, "led-sum:COM5", ("colour", "red")),
        (Capability.CODE_SCANNER, "scan-serial:COM5", ("suffix", "tab")),
        (Capability.CODE_SCANNER, "scan-serial:COM5", ("encoding", "big5")),
    ],
)
def test_an_option_that_is_not_known_is_refused(capability: Capability, setting: str, option: tuple[str, str]) -> None:
    with pytest.raises(BadAddress, match=r"认不出|不认识"):
        REGISTRY.make(capability, setting, Context(options=dict([option])))


def test_a_scanner_is_found_by_its_makers_number(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = (SerialPort("COM3", "USB，CH340 转串口线", 0x1A86, 0x7523), SerialPort("COM9", "USB", 0x1EAB, 0x1234))
    monkeypatch.setattr(scanners, "available_ports", lambda: ports)
    assert [found.address for found in REGISTRY.discover(Context())] == ["COM9"]
