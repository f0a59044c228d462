"""One contract for every way to a card; here on a line in memory and over a real serial device (pty)."""

from __future__ import annotations

import os
import threading

import pytest

from drivers.base.errors import DeviceError
from drivers.base.health import HealthState
from drivers.base.simports import MemoryPort, PtyPort, SimulatedPort
from drivers.base.transport import ByteTransport
from drivers.contract.idcard import PATIENCE, SHORT
from drivers.idcard import samples
from drivers.idcard.lines import BAUD_RATES, at_rates
from drivers.idcard.reader import Ga467Reader
from drivers.idcard.simulator import CardReaderSimulator
from support.card_contract import Ga467Contract
from support.lines import now


class RatedContract(Ga467Contract):
    """A line with a baud rate."""

    def test_the_baud_rate_is_found(self, port: SimulatedPort) -> None:
        with CardReaderSimulator(port, baud=9600) as bench:
            bench.place_card(samples.RESIDENT)
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


class TestInMemory(RatedContract):
    def make_port(self) -> SimulatedPort:
        return MemoryPort("reader")


if os.name == "posix":

    class TestOverSerial(RatedContract):
        """With pyserial in between."""

        def make_port(self) -> SimulatedPort:
            return PtyPort("reader")

        @pytest.mark.parametrize("baud", BAUD_RATES)
        def test_every_rate_of_the_reader_is_found_and_remembered(self, port: SimulatedPort, baud: int) -> None:
            with CardReaderSimulator(port, baud=baud) as device:
                tried: list[int] = []

                def connect(rate: int) -> ByteTransport:
                    tried.append(rate)
                    return port.transport(rate)

                reader = Ga467Reader(at_rates(connect, BAUD_RATES), now=now, detect_timeout=0.15)
                device.place_card(samples.RESIDENT)
                assert reader.wait_for_card(PATIENCE, threading.Event()) is not None
                assert reader.found == f"@{baud}"
                assert tried == list(BAUD_RATES[: BAUD_RATES.index(baud) + 1])
                tried.clear()
                reader.close()
                assert reader.probe().state is HealthState.READY
                assert tried == [baud]
                reader.close()
