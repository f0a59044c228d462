"""What a speaker is given."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass

Started = Callable[[float], None]
"""Told once per sound, from any thread: the monotonic time at which its first sample was handed to the device."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One utterance, as samples, as text, or both.

    samples: mono, 16 bits signed, in the machine's byte order, ``rate`` per second; empty when only the text is known.
    text: what is said, for a voice that reads. volume: percent; 100 leaves the samples as they are.
    """

    samples: bytes
    rate: int
    text: str
    volume: int = 100

    @property
    def seconds(self) -> float:
        """How long the samples take."""
        return len(self.samples) / 2 / self.rate

    def at_volume(self) -> bytes:
        """The samples at the volume. Loudness is heard about as the square of the percentage, as on a hall's knob."""
        gain = (max(0, min(100, self.volume)) / 100) ** 2
        if gain == 1.0:
            return self.samples
        values = array("h")
        values.frombytes(self.samples)
        return array("h", [int(value * gain) for value in values]).tobytes()

    def little_endian(self) -> bytes:
        """The samples at the volume as WAV files and players want them."""
        values = array("h")
        values.frombytes(self.at_volume())
        if sys.byteorder == "big":
            values.byteswap()
        return values.tobytes()
