"""Loudspeakers by name: ``sound-card``, ``sound-player`` (the system's own player), ``sound-voice`` (the system's own
voice, which reads text), ``sound-file:FOLDER`` (WAV files and a log instead of sound). No options.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from drivers.base.registry import BadAddress, Capability, Context, Driver, Found, nothing_found
from drivers.speaker.card import SoundCard
from drivers.speaker.programs import PLAYERS, VOICES, ProgramSpeaker
from drivers.speaker.recorder import RecordingSpeaker


def _make_card(address: str, context: Context) -> SoundCard:
    _nothing_else(address, context)
    return SoundCard(context.now, monotonic=context.monotonic)


def _make_player(address: str, context: Context) -> ProgramSpeaker:
    _nothing_else(address, context)
    return ProgramSpeaker(context.now, PLAYERS, monotonic=context.monotonic)


def _make_voice(address: str, context: Context) -> ProgramSpeaker:
    _nothing_else(address, context)
    return ProgramSpeaker(context.now, VOICES, monotonic=context.monotonic)


def _make_file(address: str, context: Context) -> RecordingSpeaker:
    if not address:
        raise BadAddress("没有写存到哪个文件夹，应像 sound-file:voice")
    _nothing_else("", context)
    return RecordingSpeaker(context.now, Path(address), monotonic=context.monotonic)


def _nothing_else(address: str, context: Context) -> None:
    if address not in ("", "auto"):
        raise BadAddress(f"音箱的驱动不要地址，“{address}”请去掉")
    if context.options:
        raise BadAddress(f"音箱的驱动不认识选项 {'、'.join(sorted(context.options))}，它没有选项")


def _find_card(context: Context) -> Iterable[Found]:
    card = SoundCard(context.now, monotonic=context.monotonic)
    try:
        if card.probe().usable:
            yield Found("sound-card", "auto", "声卡")
    finally:
        card.close()


DRIVERS: tuple[Driver, ...] = (
    Driver(
        "sound-card", Capability.SPEAKER, "声卡上的音箱", _make_card, _find_card, "miniaudio 的空设备；没有接过声卡"
    ),
    Driver(
        "sound-player", Capability.SPEAKER, "系统自带的播放程序", _make_player, nothing_found, "替身程序；没有出过声"
    ),
    Driver("sound-voice", Capability.SPEAKER, "系统自带的语音", _make_voice, nothing_found, "替身程序；没有出过声"),
    Driver("sound-file", Capability.SPEAKER, "存成声音文件", _make_file, nothing_found, "在 Linux 上试过"),
)
