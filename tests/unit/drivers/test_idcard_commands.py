"""Requests are the bytes of the manual; every status byte says what to do."""

from __future__ import annotations

import pytest

from drivers.base.errors import CardGone, CardUnreadable, DeviceError, ModuleFault, ProtocolError
from drivers.idcard import commands
from drivers.idcard.commands import Command
from drivers.idcard.frames import PREAMBLE, Reply

VECTORS = [
    (commands.RESET_SAM, "00 03 10 FF EC"),
    (commands.SAM_STATUS, "00 03 11 FF ED"),
    (commands.SAM_ID, "00 03 12 FF EE"),
    (commands.FIND, "00 03 20 01 22"),
    (commands.SELECT, "00 03 20 02 21"),
    (commands.READ, "00 03 30 01 32"),
    (commands.READ_NEWEST_ADDRESS, "00 03 30 03 30"),
    (commands.READ_CARD_NUMBER, "00 03 30 05 36"),
    (commands.MAX_RF_BYTES, "00 04 61 FF 50 CA"),
]


@pytest.mark.parametrize(("command", "expected"), VECTORS)
def test_requests_are_those_of_the_manual(command: Command, expected: str) -> None:
    assert command.request == PREAMBLE + bytes.fromhex(expected)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (0x41, CardGone),
        (0x80, CardGone),
        (0x81, CardGone),
        (0x31, CardUnreadable),
        (0x40, CardUnreadable),
        (0x60, ModuleFault),
        (0x66, ModuleFault),
        (0x10, ProtocolError),
        (0x24, ProtocolError),
        (0xEE, ProtocolError),
    ],
)
def test_a_failing_status_byte_becomes_the_right_error(status: int, kind: type[DeviceError]) -> None:
    error = commands.error_for(status)
    assert type(error) is kind
    assert error.word == f"sw3_{status:02x}" or kind is ProtocolError
    assert error.advice


def test_a_card_lifted_too_early_is_told_in_the_clerks_words() -> None:
    assert commands.error_for(commands.READ_FAILED).advice == "卡拿早了，请再放一次，停 1 秒"


@pytest.mark.parametrize("status", [s for s, words in commands.STATUS_SENTENCES.items() if words and s != 0x91])
def test_every_sentence_says_what_to_do(status: int) -> None:
    assert any(word in commands.STATUS_SENTENCES[status] for word in ("请", "再放"))
    assert "！" not in commands.STATUS_SENTENCES[status]


def test_an_answer_to_another_command_is_not_accepted() -> None:
    found = Reply(commands.FOUND, bytes(4))
    card = Reply(commands.OK, bytes(1284))
    assert commands.FIND.accepts(found)
    assert not commands.SELECT.accepts(found)
    assert not commands.FIND.accepts(card)
    assert not commands.READ_NEWEST_ADDRESS.accepts(card)
    assert commands.READ.accepts(card)


def test_sam_id_is_printed_as_on_the_readers_label() -> None:
    data = bytes.fromhex("0500 0100 f58c3201 39300000 b168de3a")
    assert commands.format_sam_id(data) == "05.01-20090101-0000012345-987654321"


def test_a_payload_with_other_lengths_is_refused() -> None:
    with pytest.raises(ProtocolError):
        commands.read_payload(b"\x00\xff\x04\x00" + bytes(1280))
