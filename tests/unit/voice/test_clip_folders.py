"""A hall's own recordings go before those that came with the program, clip by clip."""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

import pytest

from clerk_app.design.resources import resource
from clerk_app.domain.spoken import CLIPS
from drivers.speaker.clips import RATE, ClipFolders, ClipMissing
from support.hearing import samples_of


def record(path: Path, *, rate: int = RATE, channels: int = 1, seconds: float = 0.2) -> Path:
    """A tone that begins and ends in the middle of a wave, as a careless cut does."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        tone = [round(12_000 * math.cos(2 * math.pi * 440 * at / rate)) for at in range(round(rate * seconds))]
        file.writeframes(array("h", [value for value in tone for _ in range(channels)]).tobytes())
    return path


def played(clips: ClipFolders, *names: str) -> array[int]:
    samples: array[int] = array("h")
    samples.frombytes(clips.joined(names))
    return samples


def test_the_shipped_clips_are_all_there() -> None:
    clips = ClipFolders([resource("voice")])
    joined = played(clips, *CLIPS)
    assert len(joined) == sum(len(samples_of(resource("voice", f"{name}.wav"))) for name in CLIPS)


def test_an_own_recording_takes_the_place_of_one_clip_only(tmp_path: Path) -> None:
    own = record(tmp_path / "digit-7.wav")
    clips = ClipFolders([tmp_path, resource("voice")])
    assert len(played(clips, "digit-7")) == round(0.2 * RATE)
    assert played(clips, "digit-8").tolist()[:-200] == samples_of(resource("voice", "digit-8.wav")).tolist()[:-200]
    assert clips.file_of("digit-7") == own
    assert clips.problems == []


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (48_000, 1), (16_000, 1)])
def test_recordings_of_any_rate_and_in_stereo_are_taken(tmp_path: Path, rate: int, channels: int) -> None:
    record(tmp_path / "please.wav", rate=rate, channels=channels)
    samples = played(ClipFolders([tmp_path]), "please")
    assert len(samples) == pytest.approx(0.2 * RATE, rel=0.02)
    assert max(samples) == pytest.approx(12_000, rel=0.1)


def test_a_careless_cut_does_not_click(tmp_path: Path) -> None:
    record(tmp_path / "please.wav")
    samples = played(ClipFolders([tmp_path]), "please")
    assert samples[0] == samples[-1] == 0
    assert max(map(abs, samples[:20])) < 2_500


@pytest.mark.parametrize("content", [b"", b"RIFFno sound at all", b"RIFF\x00\x00\x00\x00WAVEfmt "])
def test_a_broken_recording_is_passed_over_and_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "digit-1.wav").write_bytes(content)
    clips = ClipFolders([tmp_path, resource("voice")])
    assert len(played(clips, "digit-1")) == len(samples_of(resource("voice", "digit-1.wav")))
    assert len(clips.problems) == 1
    assert clips.problems[0].startswith("digit-1.wav")


def test_a_word_without_any_recording_is_refused() -> None:
    with pytest.raises(ClipMissing):
        ClipFolders([resource("voice")]).joined(["digit-10"])
