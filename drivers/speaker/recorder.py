"""A loudspeaker in software: writes what it would play as WAV and keeps a log with the times."""

from __future__ import annotations

import json
import threading
import time
import wave
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from drivers.base.devices import Speaker
from drivers.base.errors import NotConnected
from drivers.base.health import Health, HealthState, Now
from drivers.base.sound import Sound, Started

LOG_NAME = "log.jsonl"


@dataclass(frozen=True, slots=True)
class Played:
    """One sound: monotonic times of its start and end, what it said, how long it takes in a hall (0 for text alone),
    its file's name (empty without a folder), and whether it came to its end."""

    started_at: float
    ended_at: float
    wall: str
    text: str
    volume: int
    seconds: float
    file: str
    whole: bool


class RecordingSpeaker(Speaker):
    """``folder``: where the WAV files and ``log.jsonl`` go, None keeps the log in memory only. ``pace``: 1 takes as
    long as a hall's loudspeaker, 0 no time at all. ``unplug`` and ``replug`` are for tests."""

    def __init__(
        self,
        now: Now,
        folder: Path | None = None,
        *,
        pace: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(now)
        self._now, self._monotonic = now, monotonic
        self._folder, self._pace = folder, pace
        self._changed = threading.Condition()
        self._played: list[Played] = []
        self._plugged = True

    @property
    def played(self) -> list[Played]:
        """What was played so far, oldest first."""
        with self._changed:
            return list(self._played)

    def wait_for(self, count: int, timeout: float) -> list[Played]:
        """What was played as soon as there are ``count``, or what there is after ``timeout`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._played) >= count, timeout)
            return list(self._played)

    def unplug(self) -> None:
        """Pull the cable."""
        self._plugged = False

    def replug(self) -> None:
        """Put the cable back."""
        self._plugged = True

    def play(self, sound: Sound, started: Started, cancel: threading.Event) -> bool:
        self._connect()
        begun, wall = self._monotonic(), self._now().isoformat(timespec="milliseconds")
        started(begun)
        self._tracker.set(HealthState.BUSY, "playing")
        cut = cancel.wait(sound.seconds * self._pace)
        if not self._plugged:
            self._connect()
        played = Played(
            begun,
            self._monotonic(),
            wall,
            sound.text,
            sound.volume,
            round(sound.seconds, 3),
            self._write(sound) if sound.samples else "",
            not cut,
        )
        self._keep(played)
        self._tracker.set(HealthState.READY, "ready")
        return not cut

    def probe(self) -> Health:
        try:
            self._connect()
        except NotConnected:
            return self.health()
        return self._tracker.set(HealthState.READY, "ready")

    def close(self) -> None:
        """Nothing is held open between two sounds."""

    def _connect(self) -> None:
        if not self._plugged:
            error = NotConnected("unplugged")
            self._tracker.fail(error)
            raise error

    def _write(self, sound: Sound) -> str:
        if self._folder is None:
            return ""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{len(self._played) + 1:04d}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(sound.rate)
            file.writeframes(sound.little_endian())
        return path.name

    def _keep(self, played: Played) -> None:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / LOG_NAME).open("a", encoding="utf-8") as log:
                log.write(json.dumps(asdict(played), ensure_ascii=False) + "\n")
        with self._changed:
            self._played.append(played)
            self._changed.notify_all()
