"""The contract of an identity card reader. A driver's own tests subclass it and say how to lay a card down::

    class TestAcme(IdCardReaderContract):
        def make_bench(self, folder):          # a simulator, or somebody at the real reader
            return AcmeSimulator()
        def make_reader(self, bench, trace):
            return AcmeReader(bench.port, now=..., trace=trace)

Nothing here is about one protocol: what a driver may raise, how long it may take, and what the clerk is told.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol

import pytest

from drivers.base.devices import IdCardReader
from drivers.base.errors import DeviceError, NotConnected
from drivers.base.health import Health, HealthState
from drivers.base.readings import CardKind, CardReading
from drivers.base.trace import TraceLog
from drivers.idcard import samples

SHORT = 0.6
PATIENCE = 20.0
RARE = replace(samples.RESIDENT, name="𠮷䶮\ue863", newest_address="明河市明河区样例路9号")
"""A name with a character beyond U+FFFF, one of Extension A and one of the private use area."""


class CardBench(Protocol):
    """Who lays cards down, lifts them and pulls the plug."""

    def place_card(self, card: CardReading) -> None:
        """Lay a card on the reader; it replaces the one that lies there."""

    def lift_card(self) -> None:
        """Take the card away."""

    def unplug(self) -> None:
        """Pull the reader's cable."""

    def replug(self) -> None:
        """Put it back."""


def facts(reading: CardReading | None) -> CardReading | None:
    """A reading without its pictures, which readers hand over in ways of their own."""
    return None if reading is None else replace(reading, photo=b"", picture=b"")


def advice_helps(health: Health) -> bool:
    """Whether the clerk is told what to do, in Chinese and without shouting."""
    return "请" in health.advice and not any(sign in health.advice for sign in "！!")


class IdCardReaderContract:
    """kinds: the cards that this reader reads. overrun: seconds that a call may take beyond its time-out, for the
    exchange that is under way at its end. can_unplug: whether the bench can pull the plug."""

    kinds: ClassVar[Collection[CardKind]] = tuple(CardKind)
    overrun: ClassVar[float] = 3.0
    can_unplug: ClassVar[bool] = True

    def make_bench(self, folder: Path) -> CardBench | AbstractContextManager[CardBench]:
        """What cards are laid on, or a context manager that gives it. ``folder`` is empty and the test's own."""
        raise NotImplementedError

    def make_reader(self, bench: CardBench, trace: TraceLog) -> IdCardReader:
        """The driver under test, on the bench's reader, telling its frames to ``trace``."""
        raise NotImplementedError

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[CardBench]:
        made = self.make_bench(tmp_path)
        with made if isinstance(made, AbstractContextManager) else nullcontext(made) as bench:
            yield bench

    @pytest.fixture
    def trace(self) -> TraceLog:
        return TraceLog(lambda: datetime.now().astimezone())

    @pytest.fixture
    def reader(self, bench: CardBench, trace: TraceLog) -> Iterator[IdCardReader]:
        reader = self.make_reader(bench, trace)
        yield reader
        reader.close()

    @pytest.fixture
    def pluggable(self, bench: CardBench) -> CardBench:
        if not self.can_unplug:
            pytest.skip("this bench cannot pull the plug")
        return bench

    def read(self, reader: IdCardReader, timeout: float = PATIENCE) -> CardReading | None:
        """The next card without its pictures."""
        return facts(reader.wait_for_card(timeout, threading.Event()))

    @pytest.mark.parametrize("card", samples.ALL, ids=lambda card: card.kind)
    def test_reads_every_kind_of_card(self, bench: CardBench, reader: IdCardReader, card: CardReading) -> None:
        if card.kind not in self.kinds:
            pytest.skip(f"this reader does not read {card.kind}")
        bench.place_card(card)
        assert self.read(reader) == card

    def test_waits_until_a_card_comes(self, bench: CardBench, reader: IdCardReader) -> None:
        assert self.read(reader, SHORT) is None
        assert reader.health().word == "ready"
        bench.place_card(samples.RESIDENT)
        assert self.read(reader) == samples.RESIDENT

    def test_a_card_laid_down_while_somebody_waits_is_read(self, bench: CardBench, reader: IdCardReader) -> None:
        assert reader.probe().state is HealthState.READY
        laying = threading.Timer(0.2, bench.place_card, (samples.RESIDENT,))
        laying.start()
        assert self.read(reader) == samples.RESIDENT
        laying.join()

    def test_rare_characters_and_the_newest_address_arrive(self, bench: CardBench, reader: IdCardReader) -> None:
        bench.place_card(RARE)
        assert self.read(reader) == RARE

    def test_a_card_left_lying_is_not_read_for_the_next_citizen(self, bench: CardBench, reader: IdCardReader) -> None:
        bench.place_card(samples.RESIDENT)
        assert self.read(reader) == samples.RESIDENT
        assert self.read(reader, SHORT) is None
        assert reader.health().state is HealthState.READY
        assert reader.health().word == "card_not_lifted"
        assert "拿起来" in reader.health().advice

    def test_two_cards_in_a_row_are_two_people(self, bench: CardBench, reader: IdCardReader) -> None:
        others = [card for card in samples.ALL if card.kind in self.kinds]
        for card in [*others, *others]:
            bench.place_card(card)
            assert self.read(reader) == card

    def test_the_same_card_is_read_again_after_it_was_lifted(self, bench: CardBench, reader: IdCardReader) -> None:
        for _ in range(2):
            bench.place_card(samples.RESIDENT)
            assert self.read(reader) == samples.RESIDENT
            bench.lift_card()
            assert self.read(reader, SHORT) is None

    def test_cancelling_ends_the_wait_without_an_error(self, reader: IdCardReader) -> None:
        reader.probe()
        cancel = threading.Event()
        stopping = threading.Timer(0.2, cancel.set)
        stopping.start()
        start = time.monotonic()
        assert reader.wait_for_card(PATIENCE, cancel) is None
        assert time.monotonic() - start < self.overrun
        stopping.join()
        assert reader.wait_for_card(PATIENCE, cancel) is None

    def test_a_pulled_plug_is_told_in_time_and_heals_by_itself(
        self, pluggable: CardBench, reader: IdCardReader
    ) -> None:
        assert reader.probe().state is HealthState.READY
        pluggable.unplug()
        start = time.monotonic()
        with pytest.raises(DeviceError):
            self._wait_often(reader)
        assert time.monotonic() - start < 5 * SHORT + self.overrun
        assert not reader.health().usable
        assert advice_helps(reader.health())
        pluggable.replug()
        pluggable.place_card(samples.RESIDENT)
        assert self._read_in_the_end(reader) == samples.RESIDENT
        assert reader.health().usable

    def test_a_reader_plugged_in_while_somebody_waits_is_found(
        self, pluggable: CardBench, reader: IdCardReader
    ) -> None:
        pluggable.unplug()
        with pytest.raises(NotConnected):
            reader.wait_for_card(SHORT, threading.Event())
        assert reader.health().state is HealthState.ABSENT
        pluggable.place_card(samples.RESIDENT)
        plugging_in = threading.Timer(0.2, pluggable.replug)
        plugging_in.start()
        assert self.read(reader) == samples.RESIDENT
        plugging_in.join()

    def test_probing_never_raises(self, pluggable: CardBench, reader: IdCardReader) -> None:
        assert reader.probe().state is HealthState.READY
        pluggable.unplug()
        reader.probe()
        assert not reader.probe().usable
        pluggable.replug()
        assert any(reader.probe().usable for _ in range(5))

    def test_closing_gives_the_reader_back_and_the_next_use_opens_it_again(
        self, bench: CardBench, reader: IdCardReader
    ) -> None:
        reader.probe()
        reader.close()
        reader.close()
        assert reader.health().state is HealthState.ABSENT
        bench.place_card(samples.RESIDENT)
        assert self.read(reader) == samples.RESIDENT

    def test_health_is_told_at_once_while_the_reader_waits(self, reader: IdCardReader) -> None:
        waiting = threading.Thread(target=reader.wait_for_card, args=(SHORT, threading.Event()))
        waiting.start()
        start = time.monotonic()
        for _ in range(1000):
            reader.health()
        assert time.monotonic() - start < SHORT / 2
        waiting.join()

    def test_neither_trace_nor_repr_holds_personal_data(
        self, bench: CardBench, reader: IdCardReader, trace: TraceLog
    ) -> None:
        bench.place_card(RARE)
        reading = self.read(reader)
        assert reading is not None
        told = "\n".join(line.text for line in trace.lines())
        assert told, "the driver tells its trace nothing"
        for personal in (RARE.name, RARE.number, RARE.address, RARE.newest_address or "", "19900307"):
            assert personal not in repr(reading)
            assert personal not in told
            for encoding in ("utf-16-le", "utf-8"):
                assert personal.encode(encoding).hex(" ").upper() not in told

    def _wait_often(self, reader: IdCardReader) -> None:
        """The first call may still be the one that finds out."""
        for _ in range(5):
            reader.wait_for_card(SHORT, threading.Event())

    def _read_in_the_end(self, reader: IdCardReader) -> CardReading | None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.read(reader)
            except DeviceError:
                if time.monotonic() > deadline:
                    raise
