"""The real drivers on simulated lines, as the programs open them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from clerk_app import typefaces
from clerk_app.bootstrap.device_settings import DeviceSettings
from clerk_app.bootstrap.devices import (
    DeviceSet,
    OpenCardReader,
    open_card_reader,
    open_devices,
    person_from_card,
    workshop_of,
)
from clerk_app.bootstrap.papers import Renderer, receipt_profile
from clerk_app.bootstrap.virtual_devices import VirtualStation
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.design.fontset import FontSet
from clerk_app.domain.identity import IdType
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.devices import DeviceFault, DeviceState, PrintOutcome
from drivers.base.readings import CardReading
from drivers.idcard import commands, samples
from drivers.idcard.simulator import Fault
from support.papers import a_receipt

TODAY = date(2026, 11, 23)
WAIT = 20.0
OLD_CARD = "这是 2017 版永久居留证，有效期内可以用，请看一眼有效期"


def a_port(device: str, vendor: int | None = None, product: int | None = None) -> ListPortInfo:
    """A port as the system lists it."""
    port = ListPortInfo(device)
    port.vid, port.pid = vendor, product
    return port


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[ListPortInfo]:
    """The serial ports of this PC."""
    ports: list[ListPortInfo] = []
    monkeypatch.setattr(list_ports, "comports", lambda: ports)
    return ports


def searching(settings: DeviceSettings) -> OpenCardReader:
    """A reader that is looked for."""
    reader = open_card_reader(workshop_of(settings, SystemClock()))
    assert reader is not None
    return reader


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return typefaces.find()


@pytest.fixture
def station(fonts: FontSet) -> Iterator[VirtualStation]:
    with VirtualStation("window", fonts.regular) as station:
        yield station


@pytest.fixture
def devices(station: VirtualStation) -> Iterator[DeviceSet]:
    devices = open_devices(station.settings, SystemClock(), drivers=station.drivers())
    yield devices
    devices.close()


@pytest.mark.parametrize(
    ("card", "id_type", "doubts"),
    [
        (samples.RESIDENT, IdType.RESIDENT, ()),
        (samples.HMT_PERMIT, IdType.RESIDENCE_PERMIT, ()),
        (samples.FOREIGNER_2017, IdType.FOREIGN_PERMANENT, (OLD_CARD,)),
        (samples.FOREIGNER_2023, IdType.FOREIGN_PERMANENT, ()),
    ],
    ids=["resident", "hmt_permit", "foreigner_2017", "foreigner_2023"],
)
def test_every_card_fills_in_the_applicant(
    card: CardReading, id_type: IdType, doubts: tuple[str, ...], station: VirtualStation, devices: DeviceSet
) -> None:
    assert devices.reader is not None
    station.place_card(card)
    facts = devices.reader.wait_for_card(WAIT, threading.Event())
    assert facts is not None
    checked = person_from_card(facts, TODAY)
    person = checked.person
    assert (person.name, person.english_name, person.id_number) == (card.name, card.english_name, card.number)
    assert (person.id_type, person.birth, person.sex.value) == (id_type, card.birth_date, card.sex_code)
    assert (person.ethnic, person.address, person.entered) == (card.ethnic_code, card.address, "card")
    assert checked.warnings == doubts
    assert devices.reader.health().state is DeviceState.READY


def test_a_newer_address_on_the_card_is_the_one_taken(station: VirtualStation, devices: DeviceSet) -> None:
    assert devices.reader is not None
    station.place_card(replace(samples.RESIDENT, newest_address="北京市东城区示例街道9号"))
    facts = devices.reader.wait_for_card(WAIT, threading.Event())
    assert facts is not None
    assert facts.address == "北京市东城区示例街道9号"


def test_a_card_lifted_too_early_says_so_to_the_clerk(station: VirtualStation, devices: DeviceSet) -> None:
    assert devices.reader is not None
    station.reader.fail_next(Fault.CARD_LIFTED, commands.READ)
    station.place_card(samples.RESIDENT)
    with pytest.raises(DeviceFault) as fault:
        devices.reader.wait_for_card(WAIT, threading.Event())
    assert str(fault.value) == "卡拿早了，请再放一次，停 1 秒"


def test_the_reader_is_found_again_after_its_cable_was_pulled(station: VirtualStation, devices: DeviceSet) -> None:
    assert devices.reader is not None
    assert devices.reader.probe().state is DeviceState.READY
    station.reader.unplug()
    with pytest.raises(DeviceFault) as fault:
        devices.reader.wait_for_card(0.2, threading.Event())
    assert "插好后自动恢复" in str(fault.value)
    assert devices.reader.health().state is DeviceState.ABSENT
    station.reader.replug()
    station.place_card(samples.RESIDENT)
    facts = devices.reader.wait_for_card(WAIT, threading.Event())
    assert facts is not None
    assert facts.name == "张三"


def test_a_receipt_comes_out_of_the_printer(
    station: VirtualStation, devices: DeviceSet, fonts: FontSet, tmp_path: Path
) -> None:
    assert devices.receipt_printer is not None
    renderer = Renderer(fonts, receipt_profile(station.settings), NationalCrypto(SystemEntropy()))
    result = devices.receipt_printer.print(renderer.receipt(a_receipt()))
    assert (result.outcome, result.sentence) == (PrintOutcome.PRINTED, "")
    (paper,) = station.wait_for_papers(1, WAIT)
    assert "MH-12-20261123-0031" in paper.text
    assert paper.save(tmp_path / "papers" / "receipt.png").stat().st_size > 0


def test_without_paper_nothing_is_sent_and_the_light_says_what_to_do(
    station: VirtualStation, devices: DeviceSet
) -> None:
    assert devices.receipt_printer is not None
    station.printer.run_out_of_paper()
    result = devices.receipt_printer.print(b"\x1b@receipt\n")
    assert result.outcome is PrintOutcome.REFUSED
    assert "缺纸" in result.sentence
    assert devices.receipt_printer.health().state is DeviceState.NEEDS_PAPER
    assert b"receipt" not in station.printer.received


@pytest.mark.parametrize("level", [1, 3, 5])
def test_the_key_that_the_citizen_presses_is_the_rating(
    level: int, station: VirtualStation, devices: DeviceSet
) -> None:
    assert devices.evaluator is not None
    station.press(level)
    assert devices.evaluator.ask_rating(WAIT, threading.Event()) == level


def test_nobody_pressing_is_no_rating(devices: DeviceSet) -> None:
    assert devices.evaluator is not None
    assert devices.evaluator.ask_rating(0.1, threading.Event()) is None


def test_a_lost_keypad_is_a_fault_with_advice(station: VirtualStation, devices: DeviceSet) -> None:
    assert devices.evaluator is not None
    assert station.keypad is not None
    station.keypad.unplug()
    with pytest.raises(DeviceFault, match="评价器没有连上"):
        devices.evaluator.ask_rating(0.1, threading.Event())


def test_auto_finds_the_reader_among_other_ports_and_leaves_the_printer_alone(
    station: VirtualStation, listed: list[ListPortInfo]
) -> None:
    listed += (
        a_port("/dev/nothing-there"),
        a_port(station.printer.port, 0x1A86, 0x7523),
        a_port(station.reader.port, 0x10C4, 0xEA60),
    )
    settings = replace(station.settings, id_reader="auto")
    reader = searching(settings)
    try:
        assert reader.probe().state is DeviceState.READY
        assert reader.found() == f"{station.reader.port}@115200"
        station.place_card(samples.RESIDENT)
        facts = reader.wait_for_card(WAIT, threading.Event())
        assert facts is not None
        assert facts.name == "张三"
    finally:
        reader.close()
    assert station.printer.job_bytes == 0


def test_auto_without_any_reader_says_to_type_and_finds_one_that_is_plugged_in_later(
    station: VirtualStation, listed: list[ListPortInfo]
) -> None:
    reader = searching(DeviceSettings())
    try:
        with pytest.raises(DeviceFault, match="没有找到读卡器，请检查连线；先手工录入"):
            reader.wait_for_card(0.1, threading.Event())
        assert reader.probe().state is DeviceState.ABSENT
        listed.append(a_port(station.reader.port, 0x1A86, 0x7523))
        station.place_card(samples.RESIDENT)
        facts = reader.wait_for_card(WAIT, threading.Event())
        assert facts is not None
        assert facts.id_number == samples.RESIDENT.number
    finally:
        reader.close()


def test_auto_tells_a_broken_reader_from_none(station: VirtualStation, listed: list[ListPortInfo]) -> None:
    listed.append(a_port(station.reader.port, 0x1A86, 0x7523))
    reader = searching(DeviceSettings())
    station.reader.answer_next(commands.SELF_TEST_FAILED, commands.SAM_STATUS)
    try:
        health = reader.probe()
        assert health.state is DeviceState.FAULTY
        assert "自检没有通过" in health.advice
    finally:
        reader.close()
