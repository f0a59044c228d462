"""Every clip says what it must: its phonemes, its tone as it is heard, and how it is made.

The pinyin here is written by hand and turned into phonemes by a table of its own; the index and the tool that makes
the clips are only compared with it.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from clerk_app.design.resources import resource
from clerk_app.domain.spoken import CHIME, CLIPS, sentence_clips
from support.hearing import RATE, loudness_db, pitches, rms, samples_of
from tools.espeak import Engine
from tools.make_voice import WORDS, build

PINYIN = {
    "digit-0": "ling2",
    "digit-1": "yi1",
    "digit-2": "er4",
    "digit-3": "san1",
    "digit-4": "si4",
    "digit-5": "wu3",
    "digit-6": "liu4",
    "digit-7": "qi1",
    "digit-8": "ba1",
    "digit-9": "jiu3",
    "digit-1-yao": "yao1",
    "digit-1-falling": "yi4",
    "digit-5-rising": "wu2",
    "digit-9-rising": "jiu2",
    "ten": "shi2",
    "hundred": "bai3",
    "hundred-rising": "bai2",
    "dash": "gang4",
    "please": "qing3",
    "please-rising": "qing2",
    "again-please": "zai4 ci4 qing3",
    "again-please-rising": "zai4 ci4 qing2",
    "heart-number": "ai4 xin1 hao4",
    "emergency-number": "ying4 ji2 hao4",
    "number": "hao4",
    "go-to": "dao4",
    "number-window": "hao4 chuang1 kou3",
    "number-window-for": "hao4 chuang1 kou3 ban4 li3",
}
AS_WRITTEN = {
    "digit-1-falling": "yi1",
    "digit-5-rising": "wu3",
    "digit-9-rising": "jiu3",
    "hundred-rising": "bai3",
    "please-rising": "qing3",
    "again-please-rising": "zai4 ci4 qing3",
}
"""What the character is read as alone, where the clip has the tone that it takes before its neighbour."""

LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [
            "'eI",
            "b'i:",
            "s'i:",
            "d'i:",
            "'i:",
            "'Ef",
            "dZ'i:",
            "'eItS",
            "'aI",
            "dZ'eI",
            "k'eI",
            "'El",
            "'Em",
            "'En",
            "'oU",
            "p'i:",
            "kj'u:",
            "'A@",
            "'Es",
            "t'i:",
            "j'u:",
            "v'i:",
            "d'Vb@Lj,u:",
            "'Eks",
            "w'aI",
            "z'i:",
        ],
        strict=True,
    )
)
"""The English names, in espeak's letters; Z is said zee in Chinese schools."""

INITIALS = {
    "b": "p",
    "d": "t",
    "t": "th",
    "l": "l",
    "g": "k",
    "k": "kh",
    "h": "X",
    "j": "tS;",
    "q": "tS;h",
    "x": "S;",
    "ch": "ts.h",
    "sh": "s.",
    "z": "ts",
    "c": "tsh",
    "s": "s",
    "y": "j",
    "w": "w",
    "": "",
}
"""Pinyin's unaspirated consonants are b d g j z; the aspirated ones carry an h in espeak's letters."""

FINALS = {
    "i": ("i", ""),
    "u": ("u", ""),
    "a": ("A", ""),
    "er": ("@r", ""),
    "ai": ("ai", ""),
    "ao": ("Au", ""),
    "ou": ("ou", ""),
    "iu": ("iou", ""),
    "an": ("a", "n"),
    "in": ("i", "n"),
    "ang": ("A", "N"),
    "ing": ("i", "N"),
    "uang": ("wA", "N"),
}
"""Vowel, then what follows the tone."""

TONES = {"1": "55", "2": "35", "3": "214", "4": "51"}


def phonemes(pinyin: str) -> str:
    """The phonemes of pinyin with tone digits, in espeak's letters, stress marks left out."""
    return " ".join(map(syllable, pinyin.split()))


def syllable(written: str) -> str:
    sound, tone = written[:-1], TONES[written[-1]]
    initial = next(one for one in sorted(INITIALS, key=len, reverse=True) if sound.startswith(one))
    final = sound.removeprefix(initial)
    vowel, coda = FINALS[final]
    if final == "i" and initial in {"z", "c", "s"}:
        vowel = "i["
    if final == "i" and initial == "sh":
        vowel = "i."
    return f"{INITIALS[initial]}{vowel}{tone}{coda}"


def unstressed(said: str) -> str:
    return said.replace("'", "").replace(" ", "")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="module")
def index() -> dict[str, dict[str, object]]:
    table = json.loads(resource("voice", "index.json").read_text(encoding="utf-8"))
    assert (table["format"], table["rate"]) == (1, RATE)
    return dict(table["clips"])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("voice")
    build(folder)
    return folder


def test_every_word_of_a_call_has_a_clip_and_no_clip_is_of_no_use(index: dict[str, dict[str, object]]) -> None:
    assert {name: clip["text"] for name, clip in index.items()} == dict(CLIPS)
    assert {path.stem for path in resource("voice").glob("*.wav")} == set(CLIPS)
    letters = {f"letter-{letter.lower()}" for letter in LETTERS}
    assert set(PINYIN) | letters | {CHIME} == set(CLIPS)
    numbers = [f"{letter}{digits}" for letter in LETTERS for digits in ("047", "955", "921", "368", "-")]
    said = {
        clip
        for number in (*numbers, "爱心1", "应急1", "5")
        for window in ("12", "155", "300", "505", "950")
        for recall in (False, True)
        for clip in sentence_clips(number, window, recall=recall)
    }
    options = {"digit-1-yao", "number-window-for", CHIME}
    assert said | options == set(CLIPS)


@pytest.mark.parametrize("name", PINYIN)
def test_a_clip_was_spoken_with_the_phonemes_of_its_pinyin(
    name: str, index: dict[str, dict[str, object]], engine: Engine
) -> None:
    wanted = phonemes(PINYIN[name]).replace(" ", "")
    assert unstressed(str(index[name]["phonemes"])) == wanted
    assert unstressed(engine.phonemes(PINYIN[name])) == wanted


@pytest.mark.parametrize("name", PINYIN)
def test_the_engine_reads_the_characters_as_the_pinyin_says(name: str, engine: Engine) -> None:
    alone = AS_WRITTEN.get(name, PINYIN[name])
    assert unstressed(engine.phonemes(CLIPS[name])) == phonemes(alone).replace(" ", "")


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_said_by_its_english_name(letter: str, index: dict[str, dict[str, object]], engine: Engine) -> None:
    assert index[f"letter-{letter.lower()}"]["phonemes"] == LETTERS[letter]
    if letter != "Z":
        assert engine.phonemes(letter) == LETTERS[letter]


def test_no_letter_is_read_as_a_word(engine: Engine) -> None:
    """「A 号」 as text is read with the article's vowel: letters are spoken alone."""
    assert engine.phonemes("A hao4").split()[0] != LETTERS["A"]


def test_another_voice_would_be_noticed() -> None:
    english = Engine("en")
    assert unstressed(english.phonemes("qing3")) != phonemes("qing3")
    assert unstressed(english.phonemes("hao4 chuang1 kou3")) != phonemes("hao4 chuang1 kou3").replace(" ", "")


@pytest.mark.parametrize("name", [name for name, pinyin in PINYIN.items() if " " not in pinyin])
def test_the_tone_is_heard_in_the_recording_itself(name: str) -> None:
    heard = pitches(samples_of(resource("voice", f"{name}.wav")))
    assert len(heard) >= 4
    first, last, middle = heard[0], heard[-1], sorted(heard)[len(heard) // 2]
    tone = PINYIN[name][-1]
    if tone == "1":
        assert min(first, middle, last) >= 88
        assert last >= 98
    elif tone == "2":
        assert last - first >= 10
        assert last >= 95
    elif tone == "3":
        assert max(heard) <= 82
    else:
        assert first >= 90
        assert first - last >= 15


def test_every_clip_is_heard_and_none_is_clipped_or_cut() -> None:
    for name in CLIPS:
        samples = samples_of(resource("voice", f"{name}.wav"))
        assert 0.2 <= len(samples) / RATE <= 1.8, name
        assert max(map(abs, samples)) <= 0.9 * 32767, name
        assert samples[0] == samples[-1] == 0, name
        assert abs(sum(samples) / len(samples)) < 60, name
        assert max(map(abs, samples[: RATE // 500])) < 3_000, name


def test_all_words_are_equally_loud() -> None:
    loud = {name: loudness_db(samples_of(resource("voice", f"{name}.wav"))) for name in CLIPS if name != CHIME}
    assert max(loud.values()) - min(loud.values()) <= 2.0
    assert all(-18.5 <= level <= -14.5 for level in loud.values())


def test_making_the_clips_again_gives_the_same_sounds(made: Path) -> None:
    for name in CLIPS:
        kept, again = samples_of(resource("voice", f"{name}.wav")), samples_of(made / f"{name}.wav")
        assert len(kept) == len(again), name
        difference = type(kept)("h", [one - other for one, other in zip(kept, again, strict=True)])
        # Another build of the engine may round differently; nobody hears a thousandth.
        assert rms(difference) <= 0.001 * rms(kept), name
    assert (made / "index.json").read_text("utf-8") == resource("voice", "index.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("number", "window"), [("A047", "12"), ("W119", "64"), ("955", "999"), ("爱心012", "3"), ("C001", "1")]
)
def test_a_sentence_is_short_enough_and_joins_without_clicks(number: str, window: str) -> None:
    parts = [samples_of(resource("voice", f"{name}.wav")) for name in sentence_clips(number, window)]
    seconds = sum(map(len, parts)) / RATE
    assert 2.5 <= seconds <= (4.5 if number == "A047" else 6.0)
    for before, after in pairwise(parts):
        assert abs(after[0] - before[-1]) <= 16
        gap = next(at for at, value in enumerate(reversed(before)) if abs(value) > 300)
        gap += next(at for at, value in enumerate(after) if abs(value) > 300)
        assert 0.015 <= gap / RATE <= 0.22


def test_the_index_names_the_pinyin_that_was_spoken(index: dict[str, dict[str, object]]) -> None:
    assert {name: index[name]["pinyin"] for name in PINYIN} == PINYIN
    assert {word.name for word in WORDS} | {CHIME} == set(index)


def test_the_clips_are_small() -> None:
    assert sum(path.stat().st_size for path in resource("voice").iterdir()) < 1_500_000
