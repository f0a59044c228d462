"""Makes ``resources/voice``: one WAV per word of a call, a chime, and ``index.json``. ``make voice`` runs it.

Each word is said before another one, so that it sounds like the middle of a sentence and not like its end: a third
tone stays low before most tones and rises before another third tone, as in speech. The word behind is cut off where
the engine says that it begins. Then: silence off, the same loudness, soft edges, a little silence behind.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import wave
from array import array
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.espeak import Engine, Spoken, spoken

RATE = 22_050
WORDS_PER_MINUTE = 160
LETTERS_PER_MINUTE = 125
PITCH_RANGE = 80
"""Of 99; the engine's own 50 leaves 4 semitones between high and low, too few to tell tones through a hall."""
LOUDNESS = 0.16
"""RMS of the voiced part, of full scale (-16 dBFS)."""
CEILING = 0.89
_EDGE_MS, _END_MS, _LEAD_MS = 4, 14, 6
_SILENT = 0.012
_FRAME_MS = 10
_GATE = 0.2
_HIGH_PASS = 1 - 2 * math.pi * 25 / RATE


@dataclass(frozen=True, slots=True)
class Word:
    """A clip: its name, what it says, in pinyin, the syllable it is said before (empty: it ends the sentence), and
    the silence behind it. Letters are given to the engine as ``said`` instead of their pinyin."""

    name: str
    text: str
    pinyin: str
    before: str = "hao4"
    silence_ms: int = 25
    said: str = ""


DIGITS = ("ling2", "yi1", "er4", "san1", "si4", "wu3", "liu4", "qi1", "ba1", "jiu3")
WORDS: tuple[Word, ...] = (
    *(Word(f"digit-{digit}", "零一二三四五六七八九"[digit], pinyin) for digit, pinyin in enumerate(DIGITS)),
    Word("digit-1-yao", "幺", "yao1"),
    Word("digit-1-falling", "一", "yi4", before="bai3"),
    Word("digit-5-rising", "五", "wu2", before="bai3"),
    Word("digit-9-rising", "九", "jiu2", before="bai3"),
    Word("ten", "十", "shi2"),
    Word("hundred", "百", "bai3"),
    Word("hundred-rising", "百", "bai2", before="wu3"),
    Word("dash", "杠", "gang4"),
    Word("please", "请", "qing3", silence_ms=40),
    Word("please-rising", "请", "qing2", before="wu3", silence_ms=40),
    Word("again-please", "再次请", "zai4 ci4 qing3", silence_ms=40),
    Word("again-please-rising", "再次请", "zai4 ci4 qing2", before="wu3", silence_ms=40),
    Word("heart-number", "爱心号", "ai4 xin1 hao4", silence_ms=70),
    Word("emergency-number", "应急号", "ying4 ji2 hao4", silence_ms=70),
    Word("number", "号", "hao4", before="dao4", silence_ms=110),
    Word("go-to", "到", "dao4", silence_ms=40),
    Word("number-window", "号窗口", "hao4 chuang1 kou3", before="", silence_ms=60),
    Word("number-window-for", "号窗口办理", "hao4 chuang1 kou3 ban4 li3", before="", silence_ms=60),
    *(
        Word(f"letter-{letter.lower()}", letter, "", before="", silence_ms=35, said="zee" if letter == "Z" else letter)
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    ),
)
CHIME = "chime"
_NOTES = ((659.26, 0.0), (523.25, 0.28))
_CHIME_S = 0.9


@dataclass(frozen=True, slots=True)
class Clip:
    """A finished clip: samples of 16 bits at ``RATE``, and the phonemes that the engine spoke in it, which it tells
    without stress and tone."""

    word: Word
    samples: array[int]
    phonemes: str


def make(word: Word) -> Clip:
    """Say one word and finish it."""
    text = word.said or f"{word.pinyin} {word.before}".strip()
    said = spoken(text, LETTERS_PER_MINUTE if word.said else WORDS_PER_MINUTE, PITCH_RANGE)
    if said.rate != RATE:
        raise RuntimeError(f"the engine speaks at {said.rate} samples a second")
    end, phonemes = _own_part(said, 1 if word.said else len(word.pinyin.split()))
    return Clip(word, _finish(said.samples[:end], word.silence_ms), phonemes)


def chime() -> array[int]:
    """Two bell notes, a major third apart, downwards; made of sines that fade."""
    samples = []
    for at in range(round(_CHIME_S * RATE)):
        value = 0.0
        for pitch, begins in _NOTES:
            since = at / RATE - begins
            if since >= 0:
                rise = min(1.0, since / 0.012)
                for partial, part in ((1, 1.0), (2, 0.32), (3, 0.1)):
                    tone = math.sin(2 * math.pi * pitch * partial * since)
                    value += part * rise * math.exp(-since * (4.2 + 2.2 * partial)) * tone
        samples.append(value)
    top = max(map(abs, samples))
    fade = round(0.05 * RATE)
    for back in range(fade):
        samples[-1 - back] *= back / fade
    return array("h", [round(0.5 * 32767 * value / top) for value in samples])


def write(path: Path, samples: array[int]) -> None:
    """Write a clip as WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples if sys.byteorder == "little" else _swapped(samples)).tobytes())


def plain(phonemes: str) -> str:
    """Phonemes without the marks of stress and tone."""
    return phonemes.translate(str.maketrans("", "", "',0123456789"))


def build(folder: Path) -> dict[str, dict[str, object]]:
    """Write all clips and the index into ``folder``; returns the clips of the index."""
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        clips = list(pool.map(make, WORDS))
    engine = Engine()
    table: dict[str, dict[str, object]] = {}
    bell = chime()
    write(folder / f"{CHIME}.wav", bell)
    table[CHIME] = {"text": "", "pinyin": "", "phonemes": "", "seconds": _seconds(bell)}
    for clip in clips:
        phonemes = engine.phonemes(clip.word.said or clip.word.pinyin)
        if plain(phonemes) != clip.phonemes:
            raise RuntimeError(f"{clip.word.name}: {clip.phonemes} was spoken for {phonemes}")
        write(folder / f"{clip.word.name}.wav", clip.samples)
        table[clip.word.name] = {
            "text": clip.word.text,
            "pinyin": clip.word.pinyin,
            "phonemes": phonemes,
            "seconds": _seconds(clip.samples),
        }
    index = {"format": 1, "rate": RATE, "clips": table}
    lines = json.dumps(index, ensure_ascii=False, indent=1)
    (folder / "index.json").write_text(lines + "\n", encoding="utf-8")
    return table


def _own_part(said: Spoken, words: int) -> tuple[int, str]:
    """Where the first ``words`` words end, and their phonemes."""
    names: list[str] = []
    left = words
    for phoneme in said.phonemes:
        if phoneme.name == "_|":
            left -= 1
            if not left:
                return phoneme.at, plain("".join(names))
            names.append(" ")
        elif not phoneme.name.startswith(("(", "_")):
            names.append(phoneme.name)
    raise RuntimeError("the engine told no end of the word")


def _finish(samples: array[int], silence_ms: int) -> array[int]:
    """Take off what no loudspeaker plays, trim, level, soften the edges, add the silence behind."""
    samples = _without_rumble(samples)
    top = max(map(abs, samples))
    loud = [at for at, value in enumerate(samples) if abs(value) > _SILENT * top]
    part = samples[max(0, loud[0] - _ms(_LEAD_MS)) : loud[-1] + 1]
    gain = min(LOUDNESS * 32767 / _loudness(part), CEILING * 32767 / top)
    edge, end = _ms(_EDGE_MS), _ms(_END_MS)
    level = [value * gain for value in part]
    for at in range(min(edge, len(level))):
        level[at] *= at / edge
    for back in range(min(end, len(level))):
        level[-1 - back] *= (1 - math.cos(math.pi * back / end)) / 2
    return array("h", [round(value) for value in level] + [0] * _ms(silence_ms))


def _without_rumble(samples: array[int]) -> array[int]:
    """A high-pass of the first order: the engine's waves do not lie evenly about zero."""
    kept = array("h", samples)
    before, out = 0, 0.0
    for at, value in enumerate(samples):
        out = value - before + _HIGH_PASS * out
        before, kept[at] = value, round(max(-32768.0, min(32767.0, out)))
    return kept


def _loudness(samples: array[int]) -> float:
    """RMS of the frames that are not far below the loudest."""
    step = _ms(_FRAME_MS)
    frames = [samples[at : at + step] for at in range(0, len(samples), step)]
    powers = [sum(value * value for value in frame) / len(frame) for frame in frames]
    voiced = [power for power in powers if power >= (_GATE**2) * max(powers)]
    return math.sqrt(sum(voiced) / len(voiced))


def _ms(milliseconds: int) -> int:
    return RATE * milliseconds // 1000


def _seconds(samples: array[int]) -> float:
    return round(len(samples) / RATE, 3)


def _swapped(samples: array[int]) -> array[int]:
    other = array("h", samples)
    other.byteswap()
    return other


def main() -> None:
    """``python -m tools.make_voice [folder]``."""
    parser = argparse.ArgumentParser(description="Make the voice clips of the hall's display.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("resources/voice"))
    table = build(parser.parse_args().folder)
    print(f"{len(table)} clips, {sum(float(str(one['seconds'])) for one in table.values()):.1f} s")


if __name__ == "__main__":
    main()
