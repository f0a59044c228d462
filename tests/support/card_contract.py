"""The card reader's contract with the faults that only a line can have, for every carrier of GA 467 frames."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace

import pytest

from drivers.base.errors import CardGone, CardUnreadable, ChecksumError, ModuleFault, NotConnected, Timeout
from drivers.base.health import HealthState
from drivers.base.readings import CardReading
from drivers.base.simports import SimulatedPort
from drivers.base.trace import TraceLog
from drivers.contract.idcard import PATIENCE, SHORT, CardBench, IdCardReaderContract
from drivers.idcard import commands, samples
from drivers.idcard.commands import Command
from drivers.idcard.lines import at_rates
from drivers.idcard.reader import Ga467Reader
from drivers.idcard.simulator import CardReaderSimulator, Fault
from support.lines import now


def with_empty_photo(card: CardReading) -> CardReading:
    """A reader always hands over 1,024 bytes of photo."""
    return replace(card, photo=bytes(1024))


class Ga467Contract(IdCardReaderContract):
    """The contract and the faults of a line, on a port of the subclass."""

    @abstractmethod
    def make_port(self) -> SimulatedPort: ...

    @pytest.fixture
    def port(self) -> SimulatedPort:
        return self.make_port()

    @pytest.fixture
    def bench(self, port: SimulatedPort) -> Iterator[CardReaderSimulator]:
        device = CardReaderSimulator(port)
        with device:
            yield device
        assert list(device.errors) == []

    def make_reader(self, bench: CardBench, trace: TraceLog) -> Ga467Reader:
        assert isinstance(bench, CardReaderSimulator)
        return Ga467Reader(
            at_rates(bench.line.transport, (115200,)),
            now=now,
            trace=trace,
            poll_interval=0.02,
            find_timeout=1.0,
            read_timeout=1.5,
            reconnect_interval=0.05,
        )

    def test_the_photo_arrives_as_the_card_has_it(self, bench: CardReaderSimulator, reader: Ga467Reader) -> None:
        card = replace(samples.RESIDENT, photo=bytes(range(256)) * 4)
        bench.place_card(card)
        assert reader.wait_for_card(PATIENCE, threading.Event()) == card

    @pytest.mark.parametrize("fault", [Fault.BYTE_BY_BYTE, Fault.LEADING_NOISE, Fault.DROPPED_FIRST_BYTE])
    def test_a_bad_line_does_not_lose_the_card(
        self, bench: CardReaderSimulator, reader: Ga467Reader, fault: Fault
    ) -> None:
        bench.fail_always(fault)
        bench.place_card(samples.RESIDENT)
        assert reader.wait_for_card(PATIENCE, threading.Event()) == with_empty_photo(samples.RESIDENT)

    def test_a_damaged_answer_is_asked_for_again(self, bench: CardReaderSimulator, reader: Ga467Reader) -> None:
        bench.place_card(samples.RESIDENT)
        bench.fail_next(Fault.BAD_CHECKSUM, commands.READ, times=2)
        assert reader.wait_for_card(PATIENCE, threading.Event()) == with_empty_photo(samples.RESIDENT)
        assert bench.count(commands.READ) == 3

    def test_answers_that_stay_damaged_are_told(self, bench: CardReaderSimulator, reader: Ga467Reader) -> None:
        bench.place_card(samples.RESIDENT)
        bench.fail_next(Fault.BAD_CHECKSUM, commands.READ, times=3)
        with pytest.raises(CardUnreadable) as caught:
            reader.wait_for_card(PATIENCE, threading.Event())
        assert caught.value.advice == ChecksumError.default_advice

    @pytest.mark.parametrize("command", [commands.SELECT, commands.READ], ids=["select", "read"])
    def test_a_card_lifted_too_early_is_told_and_can_be_laid_down_again(
        self, bench: CardReaderSimulator, reader: Ga467Reader, command: Command
    ) -> None:
        bench.place_card(samples.RESIDENT)
        bench.fail_next(Fault.CARD_LIFTED, command)
        with pytest.raises(CardGone) as caught:
            reader.wait_for_card(PATIENCE, threading.Event())
        assert "再放一次" in caught.value.advice
        bench.place_card(samples.RESIDENT)
        assert reader.wait_for_card(PATIENCE, threading.Event()) is not None

    @pytest.mark.parametrize("command", [commands.FIND, commands.SELECT, commands.READ, commands.READ_NEWEST_ADDRESS])
    def test_a_late_answer_is_never_taken_for_another_citizens_card(
        self, bench: CardReaderSimulator, reader: Ga467Reader, command: Command
    ) -> None:
        bench.place_card(samples.RESIDENT)
        bench.fail_next(Fault.LATE_REPLY, command)
        first = self._until_read_or_told(reader)
        bench.lift_card()
        bench.place_card(samples.FOREIGNER_2023)
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
        self, bench: CardReaderSimulator, reader: Ga467Reader, status: int
    ) -> None:
        bench.place_card(samples.RESIDENT)
        bench.answer_next(status, commands.READ)
        with pytest.raises(CardUnreadable) as caught:
            reader.wait_for_card(PATIENCE, threading.Event())
        assert "手工录入" in caught.value.advice

    def test_a_cable_pulled_in_the_middle_of_a_frame_heals_by_itself(
        self, bench: CardReaderSimulator, reader: Ga467Reader
    ) -> None:
        bench.place_card(samples.RESIDENT)
        bench.fail_next(Fault.UNPLUG_MID_FRAME, commands.READ)
        with pytest.raises(NotConnected):
            reader.wait_for_card(SHORT, threading.Event())
        assert reader.health().state is HealthState.ABSENT
        assert "读卡器没有连上" in reader.health().advice
        bench.replug()
        assert reader.wait_for_card(PATIENCE, threading.Event()) == with_empty_photo(samples.RESIDENT)

    def test_a_silent_reader_is_told_and_recovers(self, bench: CardReaderSimulator, port: SimulatedPort) -> None:
        reader = Ga467Reader(at_rates(port.transport, (115200,)), now=now, find_timeout=0.2, poll_interval=0.02)
        bench.fail_always(Fault.SILENCE)
        with pytest.raises(Timeout) as caught:
            reader.wait_for_card(SHORT, threading.Event())
        assert "读卡器没有回应" in caught.value.advice
        assert reader.health().state is HealthState.FAULTY
        bench.fail_always(None)
        bench.place_card(samples.RESIDENT)
        assert reader.wait_for_card(PATIENCE, threading.Event()) is not None
        reader.close()

    def test_a_broken_security_module_is_told(self, port: SimulatedPort) -> None:
        with CardReaderSimulator(port, sam_status=commands.SELF_TEST_FAILED):
            reader = Ga467Reader(at_rates(port.transport, (115200,)), now=now)
            with pytest.raises(ModuleFault) as caught:
                reader.wait_for_card(PATIENCE, threading.Event())
            reader.close()
        assert "自检" in caught.value.advice

    def test_cancelling_ends_the_wait_without_an_error(self, bench: CardReaderSimulator, reader: Ga467Reader) -> None:
        bench.fail_always(Fault.SILENCE)
        cancel = threading.Event()
        stopping = threading.Timer(0.1, cancel.set)
        stopping.start()
        assert reader.wait_for_card(PATIENCE, cancel) is None
        stopping.join()

    def test_probe_and_number_of_the_security_module(self, bench: CardReaderSimulator, reader: Ga467Reader) -> None:
        assert reader.probe().state is HealthState.READY
        assert reader.sam_id() == "05.01-20090101-0000012345-987654321"
        bench.unplug()
        assert reader.probe().state is HealthState.ABSENT
