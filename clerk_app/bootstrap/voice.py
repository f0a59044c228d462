"""Puts the hall's voice together: which loudspeaker, whose recordings, how loud when.

``speaker`` in ``clerk.toml``::

    "auto"          clips on the sound card; where it has no library (Linux on ARM), with the system's player
    "system"        the system's own voice reads each call
    "file:voice"    WAV files and a log in a folder instead of sound: demonstrations, benchmarks
    "off"           silence

A call with a character that has no clip is read by the system's voice where there is one, after the chime.
"""

from __future__ import annotations

import importlib.util
import re
import threading
from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

from clerk_app.bootstrap.devices import device_health
from clerk_app.bootstrap.settings import VoiceSettings
from clerk_app.design.resources import resource
from clerk_app.domain.announcing import VoiceRules, VolumeSpan
from clerk_app.domain.errors import Rejected
from clerk_app.domain.spoken import Reading
from clerk_app.ports.clock import Clock
from clerk_app.ports.devices import DeviceFault, DeviceHealth, SpokenWords
from clerk_app.services.voice import HallVoice, StartedSaying
from drivers.base.devices import Speaker
from drivers.base.errors import DeviceError
from drivers.base.sound import Sound
from drivers.speaker.card import SoundCard
from drivers.speaker.clips import RATE, ClipFolders, ClipMissing
from drivers.speaker.programs import PLAYERS, VOICES, ProgramSpeaker
from drivers.speaker.recorder import RecordingSpeaker

AUTO, OFF, SYSTEM, FILE = "auto", "off", "system", "file"
_SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")
_LOUDEST = 100


class OpenSpeaker:
    """A ``ports.devices.Speaker``: ``player`` plays the clips, ``voice`` reads what has none; one of them there is."""

    def __init__(self, player: Speaker | None, voice: Speaker | None, clips: ClipFolders) -> None:
        if player is None and voice is None:
            raise ValueError("neither a player nor a voice")
        self._player, self._voice = player, voice
        self._main: Speaker = player or voice  # type: ignore[assignment]
        self.clips = clips

    def say(self, words: SpokenWords, started: Callable[[float], None], cancel: threading.Event) -> bool:
        try:
            return self._say(words, started, cancel)
        except DeviceError as error:
            raise DeviceFault(error.advice, error.word) from error

    def probe(self) -> DeviceHealth:
        return device_health(self._main.probe())

    def health(self) -> DeviceHealth:
        return device_health(self._main.health())

    def close(self) -> None:
        """Give the devices back."""
        for device in (self._player, self._voice):
            if device is not None:
                device.close()

    def _say(self, words: SpokenWords, started: Callable[[float], None], cancel: threading.Event) -> bool:
        before = (words.before,) if words.before else ()
        if self._player is not None and words.clips:
            try:
                samples = self.clips.joined((*before, *words.clips))
            except ClipMissing:
                if self._voice is None:
                    raise
            else:
                return self._player.play(Sound(samples, RATE, words.text, words.volume), started, cancel)
        if self._player is not None and before:
            chime = Sound(self.clips.joined(before), RATE, words.text, words.volume)
            if not self._player.play(chime, started, cancel):
                return False
            started = _nobody
        if self._voice is None:
            return True
        return self._voice.play(Sound(b"", RATE, words.text, words.volume), started, cancel)


def open_speaker(settings: VoiceSettings, folder: Path, clock: Clock) -> OpenSpeaker | None:
    """The loudspeaker that the settings name, None when it is off; ``Rejected("voice")`` when it cannot be read.

    ``folder`` is the data folder.
    """
    kind, _, place = settings.speaker.partition(":")
    own = [folder / settings.clips] if settings.clips else []
    clips = ClipFolders([*own, resource("voice")])
    if kind == OFF and not place:
        return None
    if kind == FILE and place:
        return OpenSpeaker(RecordingSpeaker(clock.now, folder / place, monotonic=clock.monotonic), None, clips)
    voice = ProgramSpeaker(clock.now, VOICES, monotonic=clock.monotonic)
    if kind == SYSTEM and not place:
        return OpenSpeaker(None, voice, clips)
    if kind == AUTO and not place:
        return OpenSpeaker(_player(clock), voice, clips)
    raise Rejected(
        "voice", f"设置里 [voice] speaker 写的“{settings.speaker}”认不出，应为 auto、system、off 或 file:文件夹"
    )


def open_voice(
    settings: VoiceSettings,
    folder: Path,
    clock: Clock,
    *,
    speaker: OpenSpeaker | None = None,
    on_started: Callable[[StartedSaying], object] | None = None,
) -> tuple[HallVoice, OpenSpeaker] | None:
    """The voice, not started yet, and its loudspeaker, to be closed after the voice has stopped; None when off."""
    rules, reading = voice_rules(settings), Reading(settings.yao, settings.purpose)
    speaker = speaker or open_speaker(settings, folder, clock)
    if speaker is None:
        return None
    return HallVoice(speaker, rules, clock, reading=reading, on_started=on_started), speaker


def voice_rules(settings: VoiceSettings) -> VoiceRules:
    """The rules of the queue; ``Rejected("voice")`` names what is written wrongly."""
    _within("volume", settings.volume, 0, _LOUDEST)
    _within("repeats", settings.repeats, 1, 5)
    _within("busy_from", settings.busy_from, 1, 1000)
    _within("late_seconds", settings.late_seconds, 5, 600)
    spans = tuple(_span(times, volume) for times, volume in settings.volumes.items())
    late = timedelta(seconds=settings.late_seconds)
    return VoiceRules(settings.repeats, settings.busy_from, late, settings.volume, spans)


def card_is_there(clock: Clock) -> bool:
    """Whether this PC can be heard through its sound card."""
    card = SoundCard(clock.now, monotonic=clock.monotonic)
    try:
        return card.probe().usable
    finally:
        card.close()


def _player(clock: Clock) -> Speaker:
    if importlib.util.find_spec("miniaudio") is not None:
        return SoundCard(clock.now, monotonic=clock.monotonic)
    return ProgramSpeaker(clock.now, PLAYERS, monotonic=clock.monotonic)


def _span(times: str, volume: object) -> VolumeSpan:
    found = _SPAN.fullmatch(times.replace(" ", ""))
    if found is None:
        raise Rejected("voice", f'设置里 [voice] volumes 的时段“{times}”认不出，应像 "12:00-14:00" = 40')
    if not isinstance(volume, int) or isinstance(volume, bool):
        raise Rejected("voice", f"设置里 [voice] volumes 的时段 {times} 应写 0 到 {_LOUDEST} 的整数")
    _within(f"volumes 的 {times}", volume, 0, _LOUDEST)
    begin_h, begin_m, end_h, end_m = map(int, found.groups())
    return VolumeSpan(time(begin_h, begin_m), time(end_h, end_m), volume)


def _within(key: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise Rejected("voice", f"设置里 [voice] {key} 应在 {least} 到 {most} 之间，现在是 {value}")


def _nobody(at: float) -> None:
    """The start was told with the chime."""
