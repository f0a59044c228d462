"""Loudspeakers behind a program of the system: a player of samples, or a voice that reads text.

Players serve where ``miniaudio`` has no wheel (Linux on ARM). Voices are what is left when a number holds a character
without a clip. speech-dispatcher's ``spd-say`` and Windows' SAPI come with their systems; both read Mandarin only if a
Mandarin voice is installed. [A] the argument lists are those of the manuals; only stand-ins were run.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.base.devices import Speaker
from drivers.base.errors import DeviceError, NotConnected, Timeout
from drivers.base.health import Health, HealthState, Now
from drivers.base.sound import Sound, Started

_SAPI = (
    "[Console]::InputEncoding=[Text.Encoding]::UTF8;Add-Type -AssemblyName System.Speech;"
    "$s=New-Object System.Speech.Synthesis.SpeechSynthesizer;$s.Volume={volume};"
    "$s.SelectVoiceByHints('NotSet','NotSet',0,[Globalization.CultureInfo]'zh-CN');"
    "$s.Speak([Console]::In.ReadToEnd())"
)
_SILENCE = Sound(bytes(2 * 1_000), 22_050, "")
_STEP_S = 0.05
_GRACE_S = 10.0
_SECONDS_PER_CHARACTER = 0.6


class NoProgram(NotConnected):
    """None of the programs is installed."""

    default_word = "no_player"
    default_advice = "没有找到能出声的程序，叫号只显示、不出声；请技术员安装音频组件"


class ProgramFailed(NotConnected):
    """The program ended with an error: usually there is no sound card."""

    default_word = "player_failed"
    default_advice = "没有找到音箱，叫号只显示、不出声；请检查音箱的电源和插头，接好后自动恢复"


class ProgramHangs(Timeout):
    """The program did not come to an end."""

    default_word = "player_hangs"
    default_advice = "音箱没有反应，叫号只显示、不出声；请重新插好音箱，接好后自动恢复"


@dataclass(frozen=True, slots=True)
class Program:
    """``arguments`` hold ``{rate}``, ``{volume}`` (percent), ``{loud}`` (-100 … 100) and ``{text}``. ``reads``: it is
    a voice, which also gets the text on its standard input; a player gets samples of 16 bits, little endian, mono."""

    arguments: tuple[str, ...]
    reads: bool = False


PLAYERS = (
    Program(("paplay", "--raw", "--rate={rate}", "--channels=1", "--format=s16le")),
    Program(("aplay", "-q", "-t", "raw", "-f", "S16_LE", "-r", "{rate}", "-c", "1", "-")),
)
VOICES = (
    (Program(("powershell", "-NoProfile", "-NonInteractive", "-Command", _SAPI), reads=True),)
    if sys.platform == "win32"
    else (Program(("spd-say", "--wait", "--language", "zh", "--volume", "{loud}", "--", "{text}"), reads=True),)
)


class ProgramSpeaker(Speaker):
    """Plays each sound with the first of ``programs`` that is installed."""

    def __init__(
        self,
        now: Now,
        programs: tuple[Program, ...],
        *,
        which: Callable[[str], str | None] = shutil.which,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(now)
        self._programs = programs
        self._which = which
        self._monotonic = monotonic

    def play(self, sound: Sound, started: Started, cancel: threading.Event) -> bool:
        try:
            whole = self._play(sound, started, cancel)
        except DeviceError as error:
            self._tracker.fail(error)
            raise
        self._tracker.set(HealthState.READY, "ready")
        return whole

    def probe(self) -> Health:
        """A player that is not known to work plays a moment of silence; a voice is taken at its word."""
        try:
            _, program = self._find()
            if not program.reads and self.health().state is not HealthState.READY:
                self._play(_SILENCE, _nobody, threading.Event())
        except DeviceError as error:
            return self._tracker.fail(error)
        return self._tracker.set(HealthState.READY, "ready")

    def close(self) -> None:
        """Nothing is held open between two sounds."""

    def _find(self) -> tuple[str, Program]:
        for program in self._programs:
            path = self._which(program.arguments[0])
            if path is not None:
                return path, program
        raise NoProgram(", ".join(program.arguments[0] for program in self._programs))

    def _play(self, sound: Sound, started: Started, cancel: threading.Event) -> bool:
        path, program = self._find()
        data = sound.text.encode() if program.reads else sound.little_endian()
        if not data:
            raise NoProgram("nothing that this program can say")
        places = {
            "{rate}": str(sound.rate),
            "{volume}": str(sound.volume),
            "{loud}": str(2 * sound.volume - 100),
            "{text}": sound.text,
        }
        command = [path, *(_filled(argument, places) for argument in program.arguments[1:])]
        expected = len(sound.text) * _SECONDS_PER_CHARACTER if program.reads else sound.seconds
        self._tracker.set(HealthState.BUSY, "playing")
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            raise ProgramFailed(str(error)) from error
        started(self._monotonic())
        feeder = threading.Thread(target=_write, args=(process, data), name="speaker-feed", daemon=True)
        feeder.start()
        try:
            return self._wait(process, expected, cancel)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            feeder.join()

    def _wait(self, process: subprocess.Popen[bytes], expected: float, cancel: threading.Event) -> bool:
        until = self._monotonic() + expected + _GRACE_S
        while process.poll() is None:
            if cancel.wait(_STEP_S):
                return False
            if self._monotonic() > until:
                raise ProgramHangs("the program did not end")
        if process.returncode:
            raise ProgramFailed(f"ended with {process.returncode}")
        return True


def _write(process: subprocess.Popen[bytes], data: bytes) -> None:
    """Feed the program; one that ends early is judged by how it ended."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.write(data)
    with contextlib.suppress(OSError):
        process.stdin.close()


def _filled(argument: str, places: dict[str, str]) -> str:
    for place, value in places.items():
        argument = argument.replace(place, value)
    return argument


def _nobody(at: float) -> None:
    """Nobody wants to know when silence began."""
