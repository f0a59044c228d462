"""Readings of Chinese names by pypinyin, computed once at import: windows never load its dictionaries."""

from __future__ import annotations

from functools import cache
from typing import cast

from clerk_app.domain.spelling import Sounds, folded, written_reading


def sounds_of(name: str, department: str = "") -> Sounds:
    """Readings of a name: as its words are read (银行 yin hang), and letter by letter where that differs.

    The second one is what is typed when the dictionary of words guesses wrong.
    """
    name = folded(name)
    by_words = written_reading(_by_words(name))
    by_letters = written_reading(_single(letter) for letter in name if letter.isalnum())
    return Sounds(tuple(dict.fromkeys((by_words, by_letters))), _department(department))


@cache
def _department(name: str) -> str:
    return written_reading(_by_words(name))


def _by_words(name: str) -> list[str]:
    # pypinyin takes a second to load and is needed at imports only.
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(name, errors=_apart)
    return [syllable for syllable, letter in zip(syllables, name, strict=True) if letter.isalnum()]


@cache
def _single(letter: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(letter, errors=_apart))


def _apart(run: str) -> str:
    # pypinyin takes a list here and keeps its items apart; its type says text only.
    return cast(str, list(run))
