"""Words as sound files, joined to sentences. A hall's own recordings go before those that came with the program."""

from __future__ import annotations

import sys
import threading
import wave
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

from drivers.base.errors import DeviceError

RATE = 22_050
_SUFFIXES = (".wav", ".flac", ".mp3", ".ogg")
_EDGE = RATE * 5 // 1000


class ClipMissing(DeviceError):
    """A word of the sentence has no recording in any folder."""

    default_word = "clip_missing"
    default_advice = "缺少语音片段，请技术员重新安装程序，或核对录音文件夹"


class ClipFolders:
    """Reads ``<name>.wav`` (also flac, mp3, ogg; any rate, mono or stereo) from the first folder that has it.

    A file that cannot be read is passed over for the next folder's and named in ``problems``.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._kept: dict[str, array[int]] = {}
        self._lock = threading.Lock()
        self.problems: list[str] = []

    def joined(self, names: Iterable[str]) -> bytes:
        """The samples of the clips one after the other: mono, 16 bits, ``RATE``; raises ``ClipMissing``."""
        joined: array[int] = array("h")
        for name in names:
            joined += self._clip(name)
        return joined.tobytes()

    def file_of(self, name: str) -> Path | None:
        """The file that is played for ``name``; None when there is none."""
        return next(self._files(name), None)

    def _clip(self, name: str) -> array[int]:
        with self._lock:
            known = self._kept.get(name)
            if known is None:
                known = self._kept[name] = self._read(name)
            return known

    def _files(self, name: str) -> Iterator[Path]:
        return (
            path for folder in self._folders for suffix in _SUFFIXES if (path := folder / f"{name}{suffix}").is_file()
        )

    def _read(self, name: str) -> array[int]:
        for path in self._files(name):
            try:
                samples = _samples(path)
            except (OSError, EOFError, ValueError, wave.Error, ImportError) as error:
                self.problems.append(f"{path.name}: {error}")
                continue
            if samples:
                return _soft_edges(samples)
            self.problems.append(f"{path.name}: empty")
        raise ClipMissing(f"no clip {name}")


def _samples(path: Path) -> array[int]:
    if path.suffix == ".wav":
        with wave.open(str(path), "rb") as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2):
                samples = array("h", file.readframes(file.getnframes()))
                if sys.byteorder == "big":
                    samples.byteswap()
                return samples
    import miniaudio

    try:
        decoded = miniaudio.decode(path.read_bytes(), miniaudio.SampleFormat.SIGNED16, 1, RATE)
    except miniaudio.MiniaudioError as error:
        raise ValueError(str(error)) from error
    return array("h", decoded.samples)


def _soft_edges(samples: array[int]) -> array[int]:
    """Begin and end at silence: a recording cut in the middle of a wave clicks."""
    soft = array("h", samples)
    edge = min(_EDGE, len(soft) // 2)
    for at in range(edge):
        soft[at] = soft[at] * at // edge
        soft[-1 - at] = soft[-1 - at] * at // edge
    return soft
