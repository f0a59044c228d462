"""Ears for the tests of the voice: samples of a WAV, loudness, and the pitch of a voice as it moves."""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

RATE = 22_050
_STEP = 4
_FRAME_S, _HOP_S = 0.045, 0.02
_LOWEST, _HIGHEST = 55, 160


def samples_of(path: Path) -> array[int]:
    """The samples of a mono file of 16 bits at ``RATE``."""
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return array("h", file.readframes(file.getnframes()))


def rms(samples: array[int]) -> float:
    """Root of the mean square."""
    return math.sqrt(sum(value * value for value in samples) / max(1, len(samples)))


def loudness_db(samples: array[int]) -> float:
    """RMS of the frames that are not far below the loudest, in dB of full scale."""
    step = RATE // 100
    powers = [rms(samples[at : at + step]) ** 2 for at in range(0, len(samples) - step, step)]
    voiced = [power for power in powers if power > 0.04 * max(powers)]
    return 10 * math.log10(sum(voiced) / len(voiced) / 32768**2)


def pitches(samples: array[int]) -> list[float]:
    """The pitch in Hz of each voiced frame, in order."""
    rate = RATE / _STEP
    slow = [sum(samples[at : at + _STEP]) / _STEP for at in range(0, len(samples) - _STEP, _STEP)]
    size, hop = int(_FRAME_S * rate), int(_HOP_S * rate)
    found = []
    for begin in range(0, len(slow) - size, hop):
        frame = slow[begin : begin + size]
        mean = sum(frame) / size
        frame = [value - mean for value in frame]
        power = sum(value * value for value in frame)
        if power < size * 900**2:
            continue
        lags = range(int(rate / _HIGHEST), int(rate / _LOWEST) + 1)
        scores = {lag: _likeness(frame, lag) for lag in lags}
        best = max(scores, key=lambda lag: scores[lag])
        if scores[best] > 0.35:
            found.append(rate / best)
    return found


def _likeness(frame: list[float], lag: int) -> float:
    """Correlation of a frame with itself ``lag`` samples later."""
    near, far = frame[:-lag], frame[lag:]
    power = math.sqrt(sum(value * value for value in near) * sum(value * value for value in far))
    return sum(one * other for one, other in zip(near, far, strict=True)) / power if power else 0.0
