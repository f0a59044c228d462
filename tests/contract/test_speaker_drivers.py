"""One contract for every loudspeaker: the recorder, the sound card (on miniaudio's null device), a player program."""

from __future__ import annotations

import math
import os
import stat
import sys
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from drivers.base.devices import Speaker
from drivers.base.errors import DeviceError, NotConnected, Timeout
from drivers.base.health import HealthState
from drivers.base.sound import Sound
from drivers.speaker import card as card_module
from drivers.speaker.card import SoundCard
from drivers.speaker.clips import RATE
from drivers.speaker.programs import PLAYERS, VOICES, Program, ProgramSpeaker
from drivers.speaker.recorder import RecordingSpeaker

TONE = array("h", [round(9_000 * math.sin(at * 0.1)) for at in range(RATE * 3 // 10)]).tobytes()
SOUND = Sound(TONE, RATE, "请A零四七号到十二号窗口")

PLAYER = f"""#!{sys.executable}
import pathlib, sys, time
data = sys.stdin.buffer.read()
pathlib.Path(sys.argv[1]).write_bytes(data)
time.sleep(len(data) / 2 / {RATE})
sys.exit(int(sys.argv[2]))
"""


def now() -> datetime:
    return datetime.now(UTC)


def program(folder: Path, *arguments: str, reads: bool = False) -> tuple[Program, Callable[[str], str | None]]:
    """A stand-in for a system's program, and how it is found."""
    script = folder / "player.py"
    script.write_text(PLAYER, encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return Program(("player", *arguments), reads), {"player": str(script)}.get


@pytest.fixture(params=["recorder", "card", "program"])
def speaker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Speaker]:
    made: Speaker
    if request.param == "recorder":
        made = RecordingSpeaker(now, tmp_path / "voice")
    elif request.param == "card":
        made = SoundCard(now, backends=("NULL",))
    else:
        if os.name != "posix":
            pytest.skip("the stand-in is a script with a first line")
        stand_in, which = program(tmp_path, str(tmp_path / "heard"), "0")
        made = ProgramSpeaker(now, (stand_in,), which=which)
    yield made
    made.close()


def test_it_plays_to_the_end_and_tells_when_it_began(speaker: Speaker) -> None:
    starts: list[float] = []
    asked = time.monotonic()
    assert speaker.play(SOUND, starts.append, threading.Event())
    ended = time.monotonic()
    assert len(starts) == 1
    assert asked <= starts[0] <= ended
    assert ended - asked >= 0.2
    assert speaker.health().state is HealthState.READY


def test_one_sound_after_the_other(speaker: Speaker) -> None:
    starts: list[float] = []
    for _ in range(3):
        assert speaker.play(SOUND, starts.append, threading.Event())
    assert starts == sorted(starts)
    assert all(after - before >= 0.2 for before, after in pairwise(starts))


def test_it_can_be_cut_off(speaker: Speaker) -> None:
    cancel = threading.Event()
    long = Sound(TONE * 40, RATE, "")
    threading.Timer(0.2, cancel.set).start()
    asked = time.monotonic()
    assert not speaker.play(long, lambda at: None, cancel)
    assert time.monotonic() - asked < 6


def test_it_is_found_when_it_is_there(speaker: Speaker) -> None:
    assert not speaker.health().usable
    assert speaker.probe().usable
    speaker.close()
    assert speaker.play(SOUND, lambda at: None, threading.Event())


# --- what a hall meets ------------------------------------------------------------------------------------------
def test_without_a_sound_card_it_says_what_to_do() -> None:
    card = SoundCard(now, backends=("COREAUDIO",) if sys.platform != "darwin" else ("ALSA",))
    health = card.probe()
    assert health.state is HealthState.ABSENT
    assert health.advice.startswith("没有找到音箱，叫号只显示、不出声")
    with pytest.raises(NotConnected):
        card.play(SOUND, lambda at: None, threading.Event())


def test_without_the_library_the_card_is_away_and_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    assert SoundCard(now).probe().state is HealthState.ABSENT


def test_a_card_that_was_unplugged_between_two_calls_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_module, "_PATIENCE_S", 0.2)
    card = SoundCard(now, backends=("NULL",))
    assert card.play(SOUND, lambda at: None, threading.Event())
    assert card._stream is not None
    card._stream._device.stop()
    starts: list[float] = []
    assert card.play(SOUND, starts.append, threading.Event())
    assert len(starts) == 1
    card.close()


def test_a_card_that_dies_in_the_middle_of_a_call_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_module, "_PATIENCE_S", 0.2)
    card = SoundCard(now, backends=("NULL",))

    def pull(_: float) -> None:
        assert card._stream is not None
        card._stream._device.stop()

    with pytest.raises(Timeout):
        card.play(Sound(TONE * 10, RATE, ""), pull, threading.Event())
    assert "重新插好音箱" in card.health().advice
    assert card.probe().usable
    card.close()


def test_the_recorder_keeps_what_a_hall_would_hear(tmp_path: Path) -> None:
    recorder = RecordingSpeaker(now, tmp_path, pace=0)
    recorder.play(Sound(TONE, RATE, "请A零四七号", 50), lambda at: None, threading.Event())
    (played,) = recorder.wait_for(1, 1)
    assert played.whole
    assert (played.text, played.volume, played.seconds) == ("请A零四七号", 50, 0.3)
    assert (tmp_path / played.file).stat().st_size == 44 + len(TONE)
    assert "请A零四七号" in (tmp_path / "log.jsonl").read_text("utf-8")
    recorder.unplug()
    with pytest.raises(NotConnected):
        recorder.play(SOUND, lambda at: None, threading.Event())
    recorder.replug()
    assert recorder.probe().usable


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a first line")
def test_a_program_gets_samples_or_text_and_its_failure_is_told(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    stand_in, which = program(tmp_path, str(heard), "0")
    ProgramSpeaker(now, (stand_in,), which=which).play(SOUND, lambda at: None, threading.Event())
    assert heard.read_bytes() == SOUND.little_endian()
    reader, which = program(tmp_path, str(heard), "0", reads=True)
    ProgramSpeaker(now, (reader,), which=which).play(SOUND, lambda at: None, threading.Event())
    assert heard.read_text("utf-8") == SOUND.text
    broken, which = program(tmp_path, str(heard), "1")
    speaker = ProgramSpeaker(now, (broken,), which=which)
    assert speaker.probe().state is HealthState.ABSENT
    with pytest.raises(NotConnected) as failed:
        speaker.play(SOUND, lambda at: None, threading.Event())
    assert "请检查音箱的电源和插头" in failed.value.advice


def test_without_any_program_it_says_so() -> None:
    speaker = ProgramSpeaker(now, (*PLAYERS, *VOICES), which=lambda name: None)
    assert "请技术员安装音频组件" in speaker.probe().advice
    with pytest.raises(DeviceError):
        speaker.play(SOUND, lambda at: None, threading.Event())


def test_the_volume_is_that_of_a_knob() -> None:
    def loudest(volume: int) -> int:
        values = array("h")
        values.frombytes(Sound(TONE, RATE, "", volume).at_volume())
        return max(values)

    assert loudest(100) == max(array("h", TONE))
    assert loudest(50) == pytest.approx(loudest(100) / 4, rel=0.01)
    assert loudest(0) == 0
