"""The sound card through ``miniaudio`` (MIT): WASAPI on Windows, PulseAudio/PipeWire or ALSA on Linux.

The stream stays open and runs on with silence between two calls: a television on HDMI swallows the first second after
a pause, and opening takes time that the caller would wait for. Whether the stream still runs is seen by whether the
card asks for samples; a card that was unplugged stops asking, and is opened again at the next sound or ``probe``.
[A] tried on miniaudio's null device only: no sound card was at hand.
"""

from __future__ import annotations

import glob
import sys
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

from drivers.base.devices import Speaker
from drivers.base.errors import DeviceError, NotConnected, Timeout
from drivers.base.health import Health, HealthState, Now
from drivers.base.sound import Sound, Started

ADVICE = "没有找到音箱，叫号只显示、不出声；请检查音箱的电源和插头，接好后自动恢复"
_SILENT_ADVICE = "音箱没有反应，叫号只显示、不出声；请重新插好音箱，接好后自动恢复"
_RATE = 22_050
_BUFFER_MS = 30
_PATIENCE_S = 1.5
_STEP_S = 0.02


class NoSpeaker(NotConnected):
    """The PC has no sound card, or no sound server runs."""

    default_word = "no_speaker"
    default_advice = ADVICE


class SpeakerSilent(Timeout):
    """The card takes no more samples: unplugged, or its server hangs."""

    default_word = "speaker_silent"
    default_advice = _SILENT_ADVICE


class SoundCard(Speaker):
    """Plays samples. ``backends``: names of miniaudio's backends in their order, None takes those of the system."""

    def __init__(
        self,
        now: Now,
        *,
        backends: tuple[str, ...] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(now)
        self._backends = backends
        self._monotonic = monotonic
        self._stream: _Stream | None = None

    def play(self, sound: Sound, started: Started, cancel: threading.Event) -> bool:
        try:
            return self._play(sound, started, cancel)
        except DeviceError as error:
            self._drop()
            self._tracker.fail(error)
            raise

    def probe(self) -> Health:
        try:
            if not self._open(_RATE).alive():
                raise SpeakerSilent("the card asks for no samples")
        except DeviceError as error:
            self._drop()
            return self._tracker.fail(error)
        return self._tracker.set(HealthState.READY, "ready")

    def close(self) -> None:
        self._drop()

    def _play(self, sound: Sound, started: Started, cancel: threading.Event) -> bool:
        if not sound.samples:
            raise NoSpeaker("text cannot be played")
        kept = self._stream is not None and self._stream.rate == sound.rate
        stream = self._open(sound.rate)
        self._tracker.set(HealthState.BUSY, "playing")
        try:
            whole = self._follow(stream, sound, started, cancel)
        except SpeakerSilent:
            if not kept or stream.begun_at is not None:
                raise
            # The stream died between two calls; nobody has heard a thing yet.
            self._drop()
            whole = self._follow(self._open(sound.rate), sound, started, cancel)
        self._tracker.set(HealthState.READY, "ready")
        return whole

    def _follow(self, stream: _Stream, sound: Sound, started: Started, cancel: threading.Event) -> bool:
        """Give the samples away and see them taken."""
        stream.put(sound.at_volume())
        told = False
        seen, seen_at = stream.asked, self._monotonic()
        while True:
            taken = stream.wait_until_taken(_STEP_S)
            if not told and stream.begun_at is not None:
                told = True
                started(stream.begun_at)
            if taken:
                return True
            if cancel.is_set():
                stream.cut()
                return False
            asked, at = stream.asked, self._monotonic()
            if asked != seen:
                seen, seen_at = asked, at
            elif at - seen_at > _PATIENCE_S:
                raise SpeakerSilent("the card asks for no samples")

    def _open(self, rate: int) -> _Stream:
        if self._stream is None or self._stream.rate != rate:
            self._drop()
            self._stream = _Stream(rate, self._usable_backends(), self._monotonic)
        return self._stream

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _usable_backends(self) -> tuple[str, ...]:
        if self._backends is not None:
            return self._backends
        if sys.platform == "win32":
            return ("WASAPI", "DSOUND", "WINMM")
        if sys.platform == "darwin":
            return ("COREAUDIO",)
        # Without a card ALSA writes a page of complaints to the console at every try.
        return ("PULSEAUDIO", "ALSA") if glob.glob("/dev/snd/pcm*p") else ("PULSEAUDIO",)


class _Stream:
    """An open device that is fed by a generator on miniaudio's own thread."""

    def __init__(self, rate: int, backends: tuple[str, ...], monotonic: Callable[[], float]) -> None:
        try:
            import miniaudio
        except ImportError as error:
            raise NoSpeaker(str(error)) from error
        self.rate = rate
        self.asked = 0
        self.begun_at: float | None = None
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._taken = threading.Event()
        self._left = memoryview(b"")
        self._fresh = False
        try:
            self._device: Any = miniaudio.PlaybackDevice(
                miniaudio.SampleFormat.SIGNED16,
                1,
                rate,
                buffersize_msec=_BUFFER_MS,
                backends=[miniaudio.Backend[name] for name in backends],
                app_name="clerk",
            )
            feed = self._feed()
            next(feed)
            self._device.start(feed)
        except miniaudio.MiniaudioError as error:
            raise NoSpeaker(str(error)) from error

    def put(self, samples: bytes) -> None:
        """Give the samples to the card from now on; ``begun_at`` tells when it took the first."""
        with self._lock:
            self._taken.clear()
            self.begun_at = None
            self._left, self._fresh = memoryview(samples), True

    def wait_until_taken(self, seconds: float) -> bool:
        """Whether the card has taken the last sample, waiting up to ``seconds``."""
        return self._taken.wait(seconds)

    def cut(self) -> None:
        """Go on with silence."""
        with self._lock:
            self._left, self._fresh = memoryview(b""), False

    def alive(self) -> bool:
        """Whether the card asks for samples, within the time that one may take."""
        seen, until = self.asked, self._monotonic() + _PATIENCE_S
        while self.asked == seen:
            if self._monotonic() > until:
                return False
            time.sleep(0.002)
        return True

    def close(self) -> None:
        """Stop the card."""
        self._device.close()

    def _feed(self) -> Generator[bytes, int, None]:
        wanted = yield b""
        while True:
            self.asked += 1
            wanted = yield self._take(wanted * 2)

    def _take(self, size: int) -> bytes:
        with self._lock:
            part, self._left = self._left[:size], self._left[size:]
            if self._fresh:
                self._fresh, self.begun_at = False, self._monotonic()
            ended = bool(part) and not self._left
        if ended:
            self._taken.set()
        return bytes(part) + bytes(size - len(part))
