"""The contract of a signature pad: only what was written while asked and confirmed by the signer's own key."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol

import pytest

from drivers.base.devices import SignaturePad
from drivers.base.errors import NotConnected
from drivers.base.health import HealthState
from drivers.base.readings import SignatureReading
from drivers.base.trace import TraceLog
from drivers.contract.benches import often

SHORT = 0.4
PATIENCE = 20.0
FIRST = ((100, 100), (140, 220), (180, 100), (220, 220))
SECOND = ((300, 160), (420, 160))
OTHER = ((50, 50), (60, 60))


class PadBench(Protocol):
    """The signer's hand, and the plug."""

    def write(self, line: Sequence[tuple[int, int]]) -> None: ...

    def press_confirm(self) -> None: ...

    def press_again(self) -> None: ...

    def press_give_up(self) -> None: ...

    def wait_until_asked(self, times: int, timeout: float) -> bool: ...

    def unplug(self) -> None: ...

    def replug(self) -> None: ...


class SignaturePadContract:
    """overrun: seconds that a call may take beyond its time-out."""

    overrun: ClassVar[float] = 3.0

    def make_bench(self, folder: Path) -> PadBench | AbstractContextManager[PadBench]:
        raise NotImplementedError

    def make_pad(self, bench: PadBench, trace: TraceLog) -> SignaturePad:
        raise NotImplementedError

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[PadBench]:
        made = self.make_bench(tmp_path)
        with made if isinstance(made, AbstractContextManager) else nullcontext(made) as bench:
            yield bench

    @pytest.fixture
    def trace(self) -> TraceLog:
        return TraceLog(lambda: datetime.now().astimezone())

    @pytest.fixture
    def pad(self, bench: PadBench, trace: TraceLog) -> Iterator[SignaturePad]:
        pad = self.make_pad(bench, trace)
        assert pad.probe().state is HealthState.READY
        yield pad
        pad.close()

    def signing(self, bench: PadBench, number: int, *lines: Sequence[tuple[int, int]]) -> threading.Thread:
        """Somebody who writes these lines and confirms as soon as the pad has asked ``number`` times."""

        def sign() -> None:
            if bench.wait_until_asked(number, PATIENCE):
                for line in lines:
                    bench.write(line)
                bench.press_confirm()

        hand = threading.Thread(target=sign)
        hand.start()
        return hand

    def ask(self, pad: SignaturePad, timeout: float = PATIENCE) -> SignatureReading | None:
        return pad.ask_signature(timeout, threading.Event())

    def test_what_was_written_and_confirmed_arrives_in_its_order(self, bench: PadBench, pad: SignaturePad) -> None:
        hand = self.signing(bench, 1, FIRST, SECOND)
        reading = self.ask(pad)
        hand.join()
        assert reading is not None
        assert [[(point.x, point.y) for point in stroke] for stroke in reading.strokes] == [list(FIRST), list(SECOND)]
        times = [point.at for stroke in reading.strokes for point in stroke]
        assert times[0] == 0
        assert times == sorted(times)
        for stroke in reading.strokes:
            for point in stroke:
                assert 0 <= point.x < reading.width
                assert 0 <= point.y < reading.height
                assert 0 <= point.pressure <= 1

    def test_time_alone_confirms_nothing(self, bench: PadBench, pad: SignaturePad) -> None:
        def write_only() -> None:
            bench.wait_until_asked(1, PATIENCE)
            bench.write(FIRST)

        hand = threading.Thread(target=write_only)
        hand.start()
        start = time.monotonic()
        assert self.ask(pad, SHORT) is None
        assert time.monotonic() - start < SHORT + self.overrun
        hand.join()

    def test_what_was_written_before_the_asking_is_no_signature(self, bench: PadBench, pad: SignaturePad) -> None:
        bench.write(OTHER)
        bench.press_confirm()
        assert self.ask(pad, SHORT) is None

    def test_what_was_wiped_is_gone(self, bench: PadBench, pad: SignaturePad) -> None:
        def sign() -> None:
            bench.wait_until_asked(1, PATIENCE)
            bench.write(OTHER)
            bench.press_again()
            bench.write(FIRST)
            bench.press_confirm()

        hand = threading.Thread(target=sign)
        hand.start()
        reading = self.ask(pad)
        hand.join()
        assert reading is not None
        assert len(reading.strokes) == 1
        assert (reading.strokes[0][0].x, reading.strokes[0][0].y) == FIRST[0]

    def test_an_empty_pad_is_not_confirmed(self, bench: PadBench, pad: SignaturePad) -> None:
        hand = self.signing(bench, 1)
        assert self.ask(pad, SHORT) is None
        hand.join()

    def test_who_gives_up_has_not_signed(self, bench: PadBench, pad: SignaturePad) -> None:
        def give_up() -> None:
            bench.wait_until_asked(1, PATIENCE)
            bench.write(FIRST)
            bench.press_give_up()

        hand = threading.Thread(target=give_up)
        hand.start()
        assert self.ask(pad) is None
        hand.join()

    def test_the_next_signer_finds_a_clean_pad(self, bench: PadBench, pad: SignaturePad) -> None:
        for number, line in ((1, FIRST), (2, SECOND)):
            hand = self.signing(bench, number, line)
            reading = self.ask(pad)
            hand.join()
            assert reading is not None
            assert [(point.x, point.y) for stroke in reading.strokes for point in stroke] == list(line)

    def test_cancelling_ends_the_asking_without_a_signature(self, pad: SignaturePad) -> None:
        cancel = threading.Event()
        stopping = threading.Timer(0.2, cancel.set)
        stopping.start()
        start = time.monotonic()
        assert pad.ask_signature(PATIENCE, cancel) is None
        assert time.monotonic() - start < self.overrun
        stopping.join()

    def test_a_pulled_plug_is_told_and_what_was_half_written_is_gone(self, bench: PadBench, pad: SignaturePad) -> None:
        def pull() -> None:
            bench.wait_until_asked(1, PATIENCE)
            bench.write(OTHER)
            bench.unplug()

        hand = threading.Thread(target=pull)
        hand.start()
        with pytest.raises(NotConnected) as caught:
            often(lambda: self.ask(pad, PATIENCE / 2))
        hand.join()
        assert "请" in caught.value.advice
        assert pad.probe().state is HealthState.ABSENT
        bench.replug()
        assert any(pad.probe().usable for _ in range(5))
        asked = getattr(bench, "asked", 1)
        hand = self.signing(bench, asked + 1, FIRST)
        reading = self.ask(pad)
        hand.join()
        assert reading is not None
        assert len(reading.strokes) == 1

    def test_no_point_of_a_signature_stands_in_the_trace_or_a_repr(
        self, bench: PadBench, pad: SignaturePad, trace: TraceLog
    ) -> None:
        hand = self.signing(bench, 1, FIRST, SECOND)
        reading = self.ask(pad)
        hand.join()
        told = "\n".join(line.text for line in trace.lines())
        assert "220" not in repr(reading)
        assert "220" not in told
