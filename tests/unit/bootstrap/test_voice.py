"""The hall's voice as the settings put it together."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from clerk_app.bootstrap import settings
from clerk_app.bootstrap.doctor import Finding, Mark, Patient
from clerk_app.bootstrap.doctor_hall import loudspeaker
from clerk_app.bootstrap.settings import Settings, VoiceSettings
from clerk_app.bootstrap.voice import OpenSpeaker, open_speaker, open_voice, voice_rules
from clerk_app.design.resources import resource
from clerk_app.domain.announcing import VolumeSpan
from clerk_app.domain.errors import Rejected
from clerk_app.domain.spoken import sentence_clips
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.devices import DeviceFault, DeviceState, SpokenWords
from drivers.speaker.clips import ClipFolders
from drivers.speaker.recorder import RecordingSpeaker

CLOCK = SystemClock()
SENTENCE = "请A零四七号到十二号窗口"


def words(*, before: str = "chime", clips: tuple[str, ...] | None = None, volume: int = 80) -> SpokenWords:
    said = sentence_clips("A047", "12") if clips is None else clips
    return SpokenWords(before, said, SENTENCE, volume)


def recorder(folder: Path | None = None) -> RecordingSpeaker:
    return RecordingSpeaker(lambda: datetime.now(UTC), folder, pace=0)


def say(speaker: OpenSpeaker, spoken: SpokenWords) -> bool:
    return speaker.say(spoken, lambda at: None, threading.Event())


def test_the_file_of_settings_is_read_with_its_times_of_day(tmp_path: Path) -> None:
    (tmp_path / "clerk.toml").write_text(
        '[voice]\nvolume = 70\nrepeats = 1\nclips = "录音"\nvolumes = { "12:00-14:00" = 40, "18:00-8:30" = 0 }\n',
        encoding="utf-8",
    )
    rules = voice_rules(settings.load(tmp_path).voice)
    assert (rules.volume, rules.repeats, rules.late) == (70, 1, timedelta(seconds=45))
    assert rules.spans == (VolumeSpan(time(12), time(14), 40), VolumeSpan(time(18), time(8, 30), 0))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (VoiceSettings(volume=120), "volume"),
        (VoiceSettings(repeats=0), "repeats"),
        (VoiceSettings(late_seconds=1), "late_seconds"),
        (VoiceSettings(volumes={"noon": 40}), "noon"),
        (VoiceSettings(volumes={"25:00-26:00": 40}), "25:00"),
        (VoiceSettings(volumes={"12:00-14:00": 140}), "12:00-14:00"),
        (VoiceSettings(volumes={"12:00-14:00": "loud"}), "12:00-14:00"),  # type: ignore[dict-item]
        (VoiceSettings(speaker="loud"), "loud"),
        (VoiceSettings(speaker="file:"), "file:"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(wrong: VoiceSettings, named: str, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=named):
        open_voice(wrong, tmp_path, CLOCK)


def test_off_is_silence(tmp_path: Path) -> None:
    assert open_voice(VoiceSettings(speaker="off"), tmp_path, CLOCK) is None


def test_clips_are_joined_behind_the_chime(tmp_path: Path) -> None:
    speaker = open_speaker(VoiceSettings(speaker="file:voice"), tmp_path, CLOCK)
    assert speaker is not None
    cut = threading.Event()
    cut.set()
    assert not speaker.say(words(), lambda at: None, cut)
    (said,) = (tmp_path / "voice").glob("*.wav")
    assert 4.0 <= said.stat().st_size / 2 / 22_050 <= 5.5


def test_a_number_without_clips_is_read_by_the_voice_after_the_chime() -> None:
    player, voice = recorder(), recorder()
    speaker = OpenSpeaker(player, voice, ClipFolders([resource("voice")]))
    assert say(speaker, words(clips=()))
    assert player.played[0].seconds == pytest.approx(0.9, abs=0.01)
    assert (voice.played[0].text, voice.played[0].seconds, voice.played[0].volume) == (SENTENCE, 0.0, 80)
    assert say(speaker, words(before="", clips=()))
    assert (len(player.played), len(voice.played)) == (1, 2)


def test_lost_clips_are_read_by_the_voice(tmp_path: Path) -> None:
    player, voice = recorder(), recorder()
    assert say(OpenSpeaker(player, voice, ClipFolders([tmp_path])), words(before=""))
    assert (len(player.played), len(voice.played)) == (0, 1)
    with pytest.raises(DeviceFault, match="缺少语音片段"):
        say(OpenSpeaker(player, None, ClipFolders([tmp_path])), words(before=""))


def test_the_start_is_told_once_with_the_chime() -> None:
    player, voice = recorder(), recorder()
    starts: list[float] = []
    speaker = OpenSpeaker(player, voice, ClipFolders([resource("voice")]))
    speaker.say(words(clips=()), starts.append, threading.Event())
    assert starts == [player.played[0].started_at]


def test_the_systems_voice_alone_reads_every_call() -> None:
    voice = recorder()
    assert say(OpenSpeaker(None, voice, ClipFolders([resource("voice")])), words())
    assert voice.played[0].text == SENTENCE


def test_a_missing_loudspeaker_is_a_sentence_and_comes_back() -> None:
    player = recorder()
    speaker = OpenSpeaker(player, None, ClipFolders([resource("voice")]))
    player.unplug()
    with pytest.raises(DeviceFault, match="请检查电源和连线"):
        say(speaker, words())
    assert speaker.health().state is DeviceState.ABSENT
    player.replug()
    assert say(speaker, words())
    assert speaker.health().state is DeviceState.READY
    speaker.close()


def test_own_recordings_lie_in_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "录音").mkdir()
    own = tmp_path / "录音" / "please.wav"
    own.write_bytes(resource("voice", "go-to.wav").read_bytes())
    speaker = open_speaker(VoiceSettings(clips="录音"), tmp_path, CLOCK)
    assert speaker is not None
    assert speaker.clips.file_of("please") == own
    assert speaker.clips.file_of("go-to") == resource("voice", "go-to.wav")


def doctor_of(folder: Path, voice: VoiceSettings) -> list[Finding]:
    return list(loudspeaker(Patient(Settings(folder, voice=voice), CLOCK, SystemEntropy(), lambda text: None)))


def test_the_doctor_names_a_recording_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "录音").mkdir()
    (tmp_path / "录音" / "digit-7.wav").write_bytes(b"no sound")
    heard, broken = doctor_of(tmp_path, VoiceSettings(speaker="file:voice", clips="录音"))
    assert heard.mark is Mark.GOOD
    assert "digit-7.wav" in broken.found
    assert "录音" in broken.advice
    assert not (tmp_path / "voice").exists()


def test_the_doctor_says_when_the_voice_is_off(tmp_path: Path) -> None:
    (finding,) = doctor_of(tmp_path, VoiceSettings(speaker="off"))
    assert finding.mark is Mark.LACKING
    assert "[voice]" in finding.advice
