"""One contract for the card reader's driver: on a line in memory, and the same over a real serial device (pty)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from drivers.base.errors import CardGone, CardUnreadable, ChecksumError, DeviceError, ModuleFault, NotConnected, Timeout
from drivers.base.health import HealthState
from drivers.base.readings import CardReading
from drivers.base.simports import MemoryPort, PtyPort, SimulatedPort
from drivers.idcard import commands, samples
from drivers.idcard.commands import Command
from drivers.idcard.lines import at_rates
from drivers.idcard.reader import Ga467Reader
from drivers.idcard.simulator import CardReaderSimulator, Fault
from support.lines import now

PATIENCE = 20.0
SHORT = 0.6


def with_empty_photo(card: CardReading) -> CardReading:
    """A reader always hands over 1,024 bytes of photo."""
    return replace(card, photo=bytes(1024))


class TestCardReaderInMemory:
    def make_port(self) -> SimulatedPort:
        return MemoryPort("reader")

    @pytest.fixture
    def port(self) -> SimulatedPort:
        return self.make_port()

    @pytest.fixture
    def device(self, port: SimulatedPort) -> Iterator[CardReaderSimulator]:
        device = CardReaderSimulator(port)
        with device:
            yield device
        assert list(device.errors) == []

    @pytest.fixture
    def reader(self, device: CardReaderSimulator, port: SimulatedPort) -> Iterator[Ga467Reader]:
        reader = Ga467Reader(
            at_rates(port.transport, (115200,)),
            now=now,
            poll_interval=0.02,
            find_timeout=1.0,
            read_timeout=1.5,
            reconnect_interval=0.05,
        )
        yield reader
        reader.close()

    @pytest.mark.parametrize("card", samples.ALL, ids=lambda card: card.kind)
    def test_reads_every_kind_of_card(
        self, device: CardReaderSimulator, reader: Ga467Reader, card: CardReading
    ) -> None:
        device.place_card(card)
        assert reader.wait_for_card(PATIENCE, threading.Event()) == with_empty_photo(card)

    def test_waits_until_a_card_comes(self, device: CardReaderSimulator, reader: Ga467Reader) -> None:
        assert reader.wait_for_card(0.2, threading.Event()) is None
        assert reader.health().word == "ready"
        device.place_card(samples.RESIDENT)
        assert reader.wait_for_card(PATIENCE, threading.Event()) is not None

    def test_rare_characters_and_the_newest_address_arrive(
        self, device: CardReaderSimulator, reader: Ga467Reader
    ) -> None:
        card = replace(samples.RESIDENT, name="𠮷䶮\ue863", newest_address="明河市明河区样例路9号")
        device.place_card(card)
        assert reader.wait_for_card(PATIENCE, threading.Event()) == with_empty_photo(card)

    def test_a_card_left_lying_is_not_read_for_the_next_citizen(
        self, device: CardReaderSimulator, reader: Ga467Reader
    ) -> None:
        device.place_card(samples.RESIDENT)
        assert reader.wait_for_card(PATIENCE, threading.Event()) is not None
        assert reader.wait_for_card(0.2, threading.Event()) is None
        assert reader.health().state is HealthState.READY
        assert reader.health().word == "card_not_lifted"
        device.lift_card()
        device.place_card(samples.HMT_PERMIT)
        assert reader.wait_for_card(PATIENCE, threading.Event()) == with_empty_photo(samples.HMT_PERMIT)

    @pytest.mark.parametrize("fault", [Fault.BYTE_BY_BYTE, Fault.LEADING_NOISE, Fault.DROPPED_FIRST_BYTE])
    def test_a_bad_line_does_not_lose_the_card(
        self, device: CardReaderSimulator, reader: Ga467Reader, fault: Fault
    ) -> None:
        device.fail_always(fault)
        device.place_card(samples.RESIDENT)
        assert reader.wait_for_card(PATIENCE, threading.Event()) == with_empty_photo(samples.RESIDENT)

    def test_a_damaged_answer_is_asked_for_again(self, device: CardReaderSimulator, reader: Ga467Reader) -> None:
        device.place_card(samples.RESIDENT)
        device.fail_next(Fault.BAD_CHECKSUM, commands.READ, times=2)
        assert reader.wait_for_card(PATIENCE, threading.Event()) == with_empty_photo(samples.RESIDENT)
        assert device.count(commands.READ) == 3

    def test_answers_that_stay_damaged_are_told(self, device: CardReaderSimulator, reader: Ga467Reader) -> None:
        device.place_card(samples.RESIDENT)
        device.fail_next(Fault.BAD_CHECKSUM, commands.READ, times=3)
        with pytest.raises(CardUnreadable) as caught:
            reader.wait_for_card(PATIENCE, threading.Event())
        assert caught.value.advice == ChecksumError.default_advice

    @pytest.mark.parametrize("command", [commands.SELECT, commands.READ], ids=["select", "read"])
    def test_a_card_lifted_too_early_is_told_and_can_be_laid_down_again(
        self, device: CardReaderSimulator, reader: Ga467Reader, command: Command
    ) -> None:
        device.place_card(samples.RESIDENT)
        device.fail_next(Fault.CARD_LIFTED, command)
        with pytest.raises(CardGone) as caught:
            reader.wait_for_card(PATIENCE, threading.Event())
        assert "再放一次" in caught.value.advice
        device.place_card(samples.RESIDENT)
        assert reader.wait_for_card(PATIENCE, threading.Event()) is not None

    @pytest.mark.parametrize("command", [commands.FIND, commands.SELECT, commands.READ, commands.READ_NEWEST_ADDRESS])
    def test_a_late_answer_is_never_taken_for_another_citizens_card(
        self, device: CardReaderSimulator, reader: Ga467Reader, command: Command
    ) -> None:
        device.place_card(samples.RESIDENT)
        device.fail_next(Fault.LATE_REPLY, command)
        first = self._until_read_or_told(reader)
        device.lift_card()
        device.place_card(samples.FOREIGNER_2023)
        second = reader.wait_for_card(PATIENCE, threading.Event())
        assert first in (None, with_empty_photo(samples.RESIDENT))
        assert second == with_empty_photo(samples.FOREIGNER_2023)

    def _until_read_or_told(self, reader: Ga467Reader) -> CardReading | None:
        try:
            return reader.wait_for_card(PATIENCE, threading.Event())
        except CardGone:
            return None

    @pytest.mark.parametrize("status", [0x31, 0x40])
    def test_a_card_that_is_not_accepted_goes_to_typing(
        self, device: CardReaderSimulator, reader: Ga467Reader, status: int
    ) -> None:
        device.place_card(samples.RESIDENT)
        device.answer_next(status, commands.READ)
        with pytest.raises(CardUnreadable) as caught:
            reader.wait_for_card(PATIENCE, threading.Event())
        assert "手工录入" in caught.value.advice

    def test_a_cable_pulled_in_the_middle_of_a_frame_heals_by_itself(
        self, device: CardReaderSimulator, reader: Ga467Reader
    ) -> None:
        device.place_card(samples.RESIDENT)
        device.fail_next(Fault.UNPLUG_MID_FRAME, commands.READ)
        with pytest.raises(NotConnected):
            reader.wait_for_card(SHORT, threading.Event())
        assert reader.health().state is HealthState.ABSENT
        assert "读卡器没有连上" in reader.health().advice
        device.replug()
        assert reader.wait_for_card(PATIENCE, threading.Event()) == with_empty_photo(samples.RESIDENT)

    def test_a_reader_plugged_in_while_somebody_waits_is_found(
        self, device: CardReaderSimulator, reader: Ga467Reader
    ) -> None:
        device.unplug()
        device.place_card(samples.RESIDENT)
        plugging_in = threading.Timer(0.2, device.replug)
        plugging_in.start()
        assert reader.wait_for_card(PATIENCE, threading.Event()) is not None
        plugging_in.join()

    def test_a_silent_reader_is_told_and_recovers(self, device: CardReaderSimulator, port: SimulatedPort) -> None:
        reader = Ga467Reader(at_rates(port.transport, (115200,)), now=now, find_timeout=0.2, poll_interval=0.02)
        device.fail_always(Fault.SILENCE)
        with pytest.raises(Timeout) as caught:
            reader.wait_for_card(SHORT, threading.Event())
        assert "读卡器没有回应" in caught.value.advice
        assert reader.health().state is HealthState.FAULTY
        device.fail_always(None)
        device.place_card(samples.RESIDENT)
        assert reader.wait_for_card(PATIENCE, threading.Event()) is not None
        reader.close()

    def test_a_broken_security_module_is_told(self, port: SimulatedPort) -> None:
        with CardReaderSimulator(port, sam_status=commands.SELF_TEST_FAILED):
            reader = Ga467Reader(at_rates(port.transport, (115200,)), now=now)
            with pytest.raises(ModuleFault) as caught:
                reader.wait_for_card(PATIENCE, threading.Event())
            reader.close()
        assert "自检" in caught.value.advice

    def test_the_baud_rate_is_found(self, port: SimulatedPort) -> None:
        with CardReaderSimulator(port, baud=9600) as device:
            device.place_card(samples.RESIDENT)
            reader = Ga467Reader(at_rates(port.transport, (115200, 57600, 9600)), now=now, find_timeout=0.3)
            assert reader.wait_for_card(PATIENCE, threading.Event()) is not None
            reader.close()

    def test_a_wrong_baud_rate_is_silence_and_names_it(self, port: SimulatedPort) -> None:
        with CardReaderSimulator(port, baud=9600):
            reader = Ga467Reader(at_rates(port.transport, (115200,)), now=now, find_timeout=0.2)
            with pytest.raises(DeviceError) as caught:
                reader.wait_for_card(SHORT, threading.Event())
            reader.close()
        assert "波特率" in caught.value.advice

    def test_cancelling_ends_the_wait_without_an_error(self, device: CardReaderSimulator, reader: Ga467Reader) -> None:
        device.fail_always(Fault.SILENCE)
        cancel = threading.Event()
        stopping = threading.Timer(0.1, cancel.set)
        stopping.start()
        assert reader.wait_for_card(PATIENCE, cancel) is None
        stopping.join()

    def test_probe_and_number_of_the_security_module(self, device: CardReaderSimulator, reader: Ga467Reader) -> None:
        assert reader.probe().state is HealthState.READY
        assert reader.sam_id() == "05.01-20090101-0000012345-987654321"
        device.unplug()
        assert reader.probe().state is HealthState.ABSENT


if os.name == "posix":

    class TestCardReaderOverSerial(TestCardReaderInMemory):
        """The same contract with pyserial in between."""

        def make_port(self) -> SimulatedPort:
            return PtyPort("reader")
