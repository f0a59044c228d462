"""The fault matrix of the card reader, on a clock that only waiting moves on; its tables stand in the documentation."""

from __future__ import annotations

import contextlib
import os
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base.errors import DeviceError
from drivers.base.transport import ByteTransport
from drivers.idcard.commands import FOUND, OK, Command
from drivers.idcard.frames import PREAMBLE, build_reply
from drivers.idcard.lines import only
from drivers.idcard.reader import Ga467Reader
from drivers.idcard.simulator import Fault
from support import card_matrix
from support.card_matrix import ANSWERS, FAULTS, LASTING, LONGEST_OVERRUN, WAIT
from support.lines import FakeTime, now

PAGE = Path(__file__).parents[2] / "docs/devices/id-readers.md"
BEGIN, END = "<!-- fault matrix: begin -->\n", "<!-- fault matrix: end -->\n"


@pytest.mark.parametrize("command", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.lower())
def test_one_wrong_answer_loses_no_card_and_mixes_no_people(fault: Fault, command: Command) -> None:
    outcome = card_matrix.one_fault(fault, command)
    assert outcome.seconds <= WAIT + LONGEST_OVERRUN
    if outcome.error is not None:
        assert isinstance(outcome.error, DeviceError)
        assert any(words in outcome.error.advice for words in ("请", "再放"))


@pytest.mark.parametrize("fault", LASTING, ids=lambda fault: fault.name.lower())
def test_a_line_that_stays_wrong_is_told_in_time(fault: Fault) -> None:
    outcome = card_matrix.lasting_fault(fault)
    assert outcome.seconds <= WAIT + LONGEST_OVERRUN
    if fault in (Fault.BYTE_BY_BYTE, Fault.LEADING_NOISE, Fault.DROPPED_FIRST_BYTE):
        assert outcome.reading is not None
    else:
        assert outcome.error is not None


def test_the_plug_may_be_pulled_at_any_byte_either_way() -> None:
    sent, taken = card_matrix.dialogue_bytes()
    assert sent > 1295
    for offset in range(1, sent + 1):
        outcome = card_matrix.unplugged_after_sent(offset)
        assert (outcome.reading is None) == (offset < sent), offset
        assert outcome.seconds <= WAIT + LONGEST_OVERRUN
    for offset in range(1, taken + 1):
        outcome = card_matrix.unplugged_after_taken(offset)
        assert outcome.word == "NotConnected", offset


def test_a_card_that_takes_anothers_place_at_any_byte_never_mixes_with_it() -> None:
    _, taken = card_matrix.dialogue_bytes()
    for offset in range(1, taken + 1):
        card_matrix.swapped_after_taken(offset)


class BabblingLine(ByteTransport):
    """Says whatever it is told to say, whoever asks whatever."""

    def __init__(self, time: FakeTime, words: list[bytes]) -> None:
        super().__init__("babble")
        self._time = time
        self._words = cycle(words)

    is_open = True

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self, timeout: float) -> bytes:
        # a port that is looked into without waiting is empty sooner or later
        self._time.seconds += max(0.001, timeout / 2)
        return next(self._words) if timeout else b""

    def write(self, data: bytes, timeout: float) -> None: ...


PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([PREAMBLE, PREAMBLE + b"\x0f\xff", *(reply for command in ANSWERS.values() for reply in (
        build_reply(OK), build_reply(FOUND, bytes(4)), build_reply(OK, bytes(8)), command.request,
        build_reply(OK, bytes.fromhex("01000400") + bytes(1280)),
    ))]),
)  # fmt: skip


@given(words=st.lists(PIECES, min_size=1, max_size=8))
def test_whatever_a_line_babbles_only_a_device_error_comes_out_and_in_time(words: list[bytes]) -> None:
    time = FakeTime()
    reader = Ga467Reader(only("babble", lambda: BabblingLine(time, words)), now=now, monotonic=time.monotonic)
    with contextlib.suppress(DeviceError):
        reader.wait_for_card(WAIT, time.cancel)
    assert time.seconds <= WAIT + LONGEST_OVERRUN


def test_the_tables_of_the_documentation_are_what_is_played() -> None:
    """``CLERK_WRITE_DOCS=1`` writes them anew."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    wanted = before + BEGIN + card_matrix.table() + "\n" + END + after
    if os.environ.get("CLERK_WRITE_DOCS"):
        PAGE.write_text(wanted, encoding="utf-8")
        page = wanted
    assert page == wanted, "run this test with CLERK_WRITE_DOCS=1 and read what changed"
