"""espeak-ng as a library (Python package ``espeakng-loader``), for building and testing the voice clips only.

espeak-ng is GPL-3: the programs of this project never load it. What it says belongs to who had it said.

Debian's espeak-ng 1.51 reads pinyin as English with voice ``cmn``; the library here is 1.52, whose ``cmn`` reads
characters, pinyin with tone digits, and letters by their English names. Lengths do not show such a slip: compare
phonemes. The engine carries its state from one utterance to the next, so ``spoken`` asks a process of its own each
time: the same words always give the same samples.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from array import array
from dataclasses import dataclass

VOICE = "cmn"
_SYNCHRONOUS, _PHONEME_EVENTS, _UTF8 = 2, 1, 1
_RATE, _VOLUME, _RANGE = 1, 2, 4
_HEADROOM = 60
"""Percent: at its usual 100 the engine clips 二 by itself."""
_PHONEME = 7


@dataclass(frozen=True, slots=True)
class Phoneme:
    """One phoneme in espeak's own letters and the sample at which it begins; ``_|`` ends a word."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """Mono samples of 16 bits at ``rate`` per second and what was said when."""

    rate: int
    samples: array[int]
    phonemes: tuple[Phoneme, ...]


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Engine:
    """The library in this process; one at a time."""

    def __init__(self, voice: str = VOICE) -> None:
        import espeakng_loader

        self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
        self._lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        folder = espeakng_loader.get_data_path().encode()
        self.rate = int(self._lib.espeak_Initialize(_SYNCHRONOUS, 0, folder, _PHONEME_EVENTS))
        if self.rate <= 0 or self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise RuntimeError(f"espeak-ng has no voice {voice}")

    def phonemes(self, text: str) -> str:
        """What the engine would say for ``text``, words parted by a space, without pauses and language marks."""
        pointer = ctypes.c_char_p(text.encode())
        said = []
        while pointer.value:
            said.append(self._lib.espeak_TextToPhonemes(ctypes.byref(pointer), _UTF8, 0).decode())
        joined = " ".join(said).replace("(en)", "").replace("(cmn)", "")
        return " ".join(word for word in joined.replace("_|", " ").replace("_:", " ").split() if word)

    def say(self, text: str, words_per_minute: int, pitch_range: int) -> Spoken:
        """The samples of ``text``."""
        samples: array[int] = array("h")
        heard: list[Phoneme] = []

        def take(wave: object, count: int, events: object) -> int:
            if wave and count > 0:
                samples.extend(wave[:count])  # type: ignore[index]
            at = 0
            while events[at].type:  # type: ignore[index]
                event = events[at]  # type: ignore[index]
                if event.type == _PHONEME:
                    heard.append(Phoneme(event.audio_position * self.rate // 1000, event.id.string.decode()))
                at += 1
            return 0

        callback = _Callback(take)
        self._lib.espeak_SetSynthCallback(callback)
        self._lib.espeak_SetParameter(_RATE, words_per_minute, 0)
        self._lib.espeak_SetParameter(_VOLUME, _HEADROOM, 0)
        self._lib.espeak_SetParameter(_RANGE, pitch_range, 0)
        data = text.encode()
        if self._lib.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None) != 0:
            raise RuntimeError(f"espeak-ng did not say {text}")
        self._lib.espeak_Synchronize()
        return Spoken(self.rate, samples, tuple(heard))


def spoken(text: str, words_per_minute: int, pitch_range: int) -> Spoken:
    """``text`` as a fresh engine says it."""
    command = [sys.executable, __file__, text, str(words_per_minute), str(pitch_range)]
    answer = subprocess.run(command, capture_output=True, check=True).stdout
    head, _, data = answer.partition(b"\n")
    told = json.loads(head)
    samples: array[int] = array("h")
    samples.frombytes(data)
    return Spoken(told["rate"], samples, tuple(Phoneme(at, name) for at, name in told["phonemes"]))


def _answer() -> None:
    said = Engine().say(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    head = {"rate": said.rate, "phonemes": [(one.at, one.name) for one in said.phonemes]}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + said.samples.tobytes())


if __name__ == "__main__":
    _answer()
