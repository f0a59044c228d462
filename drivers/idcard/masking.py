"""Where personal data stands in a reader's frame, for the trace.

Everything behind the status byte is masked but for answers that are known to speak of the device only: a text block
and a photo whole, a newest address, a card's own number, and whatever an unexpected answer may hold. The checksum is
masked with them, because it is made of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from drivers.base.trace import Masked
from drivers.idcard import commands
from drivers.idcard.commands import Command

_DATA_AT = 10
_LENGTHS = 4
_OF_THE_DEVICE = (commands.RESET_SAM, commands.SAM_STATUS, commands.SAM_ID, commands.MAX_RF_BYTES)


def personal_spans(frame: bytes, command: Command | None) -> Sequence[Masked]:
    """The masked spans of a whole reply frame; ``command`` is what it answers, None when it answers nothing asked."""
    if command in _OF_THE_DEVICE or len(frame) <= _DATA_AT + 1:
        return ()
    if command is commands.READ and len(frame) > _DATA_AT + _LENGTHS + commands.TEXT_BYTES:
        text = _DATA_AT + _LENGTHS
        photo = text + commands.TEXT_BYTES
        return (Masked(text, photo), Masked(photo, len(frame)))
    return (Masked(_DATA_AT, len(frame)),)
