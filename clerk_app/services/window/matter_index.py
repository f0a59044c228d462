"""Search as you type over all matters of a catalogue, made for 50,000 of them and one frame (16 ms).

One long string per field, a line per matter, scanned by ``str.find`` (C speed) in the order of rank: a scan stops as
soon as the list is full, so a letter that fits everything costs no more than a rare one. Nothing here is cached
between keys, and an index never changes: a new catalogue makes a new one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from clerk_app.domain.spelling import folded, initials_of, split_sounds, spoken_places
from clerk_app.ports.window import MatterRow

Span = tuple[int, int]

_LINE = "\n"
_WEIGHED_TOGETHER = 4
_SAMPLE_ROWS = 1000
_SHORTEST_MIXED = 3
_SHORTEST_SLIP = 4


class Rank(IntEnum):
    """How a word fits a matter, best first."""

    EXACT = 0
    PREFIX = 1
    INSIDE = 2
    GUESS = 3


@dataclass(frozen=True, slots=True)
class MatterHit:
    """One line of the list. ``spans`` are (start, end) places in ``name`` to be shown bold; a word that fits the
    department or the code marks ``department_spans`` or ``code_spans`` instead."""

    code: str
    name: str
    department: str
    type_name: str
    has_materials: bool
    spans: tuple[Span, ...] = ()
    department_spans: tuple[Span, ...] = ()
    code_spans: tuple[Span, ...] = ()


class _Column:
    """Texts of one field joined by line breaks; a row may have several lines (two readings of one name)."""

    def __init__(self, rows: Sequence[Sequence[str]], split: int) -> None:
        self._starts: list[int] = []
        parts: list[str] = []
        place = 1
        for lines in rows:
            self._starts.append(place)
            text = _LINE.join(lines)
            parts.append(text)
            place += len(text) + 1
        self.text = _LINE + _LINE.join(parts) + _LINE
        self._starts.append(place)
        middle = self._starts[split]
        self.regions = ((0, middle), (middle - 1, len(self.text)))

    def line(self, row: int) -> str:
        """The row's lines, each between line breaks."""
        return self.text[self._starts[row] - 1 : self._starts[row + 1]]

    def rows_with(self, needle: str, region: int, accept: Callable[[int], bool] | None = None) -> Iterator[int]:
        """Rows that contain ``needle`` in one region, in order; ``accept`` judges the place of a hit."""
        start, end = self.regions[region]
        find, starts = self.text.find, self._starts
        at = find(needle, start, end)
        while at >= 0:
            if accept is None or accept(at):
                row = bisect_right(starts, at + 1) - 1
                yield row
                at = find(needle, starts[row + 1] - 1, end)
            else:
                at = find(needle, at + 1, end)


class MatterIndex:
    """All matters of one version. ``rows`` in any order; matters with materials come first, short names first."""

    def __init__(self, rows: Iterable[MatterRow]) -> None:
        self._rows = sorted(rows, key=lambda row: (not row.has_materials, len(row.name), row.name, row.code))
        self._place_of = {row.code: place for place, row in enumerate(self._rows)}
        split = sum(row.has_materials for row in self._rows)
        self._regions = (range(split), range(split, len(self._rows)))
        readings = [split_sounds(row.pinyin) for row in self._rows]
        letters = [split_sounds(row.initials) for row in self._rows]
        self._readings = [names for names, _ in readings]
        self._names = _Column([(folded(row.name),) for row in self._rows], split)
        self._letters_of_names = frozenset(self._names.text)
        self._initials = _Column([names for names, _ in letters], split)
        # Where a syllable begins is kept by its capital letter, the scan itself runs over lower case.
        self._syllables = _Column(self._readings, split)
        self._pinyin = _Column([[reading.lower() for reading in names] for names in self._readings], split)
        self._codes = _Column([(row.code.lower(),) for row in self._rows], split)
        self._department_of: list[int] = []
        self._departments: dict[str, int] = {}
        self._department_sounds: list[str] = []
        self._members: list[list[int]] = []
        for place, row in enumerate(self._rows):
            number = self._departments.setdefault(folded(row.department), len(self._members))
            if number == len(self._members):
                self._members.append([])
                self._department_sounds.append(readings[place][1])
            self._members[number].append(place)
            self._department_of.append(number)
        step = max(1, len(self._rows) // _SAMPLE_ROWS)
        sample = range(0, len(self._rows), step)
        self._sample = "".join(self._everything(place) for place in sample)

    def __len__(self) -> int:
        return len(self._rows)

    def _everything(self, place: int) -> str:
        number = self._department_of[place]
        reading = self._department_sounds[number]
        texts = [column.line(place) for column in (self._names, self._initials, self._pinyin, self._codes)]
        department = folded(self._rows[place].department)
        return _LINE.join((*texts, department, initials_of(reading), reading.lower()))

    def search(self, query: str, limit: int, favourites: Sequence[str] = ()) -> tuple[MatterHit, ...]:
        """At most ``limit`` hits that fit every word of ``query``, best first.

        Order: exact, at the beginning, inside; within each ``favourites`` (codes, best first), then matters with
        materials. Only when nothing fits: pinyin mixed with initials, then initials with one slip of the finger.
        An empty query lists the favourites, then matters with materials.
        """
        words = _words(query)
        used = [self._place_of[code] for code in favourites if code in self._place_of]
        if not words:
            places = dict.fromkeys((*used, *range(len(self._rows))[: limit + len(used)]))
            return tuple(self._hit(place, ()) for place in islice(places, limit))
        found = self._ranked(words, limit, used)
        if not found and len(words) == 1:
            found = list(islice(self._guesses(words[0]), limit))
        return tuple(self._hit(place, words) for place in found[:limit])

    # ------------------------------------------------------------ ranking
    def _ranked(self, words: Sequence[str], limit: int, used: Sequence[int]) -> list[int]:
        rarest, *others = sorted(words, key=lambda word: (self._sample.count(word), -len(word)))
        wanted = [(word, self._departments_with(word)) for word in words]
        keyed: dict[int, tuple[int, int, int]] = {}
        for order, place in enumerate(used):
            rank = self._rank(place, wanted)
            if rank is not None:
                keyed[place] = (rank, 0, order)
        enough = len(keyed) + (limit * _WEIGHED_TOGETHER if others else limit)
        seen: set[int] = set()
        for found, place in self._scan(rarest, self._departments_with(rarest)):
            if place in seen:
                continue
            seen.add(place)
            # One word comes in the order of rank already; several have to be weighed together.
            rank = self._rank(place, wanted) if others else found
            if rank is not None:
                keyed.setdefault(place, (rank, 1, place if others else len(keyed)))
            if len(keyed) >= enough:
                break
        return sorted(keyed, key=keyed.__getitem__)

    def _scan(self, word: str, departments: frozenset[int]) -> Iterator[tuple[Rank, int]]:
        """Places that fit one word, best first; a place may come again with a lesser rank."""
        columns = [self._names] if self._letters_of_names.issuperset(word) else []
        if word.isascii():
            columns = [self._initials, *columns, self._pinyin]
            if _in_codes(word):
                columns.append(self._codes)
        # Most words occur in one field only: what has no hit at all is not scanned again for each rank.
        columns = [column for column in columns if word in column.text]
        for rank, needle in ((Rank.EXACT, f"{_LINE}{word}{_LINE}"), (Rank.PREFIX, _LINE + word), (Rank.INSIDE, word)):
            for region in (0, 1):
                for column in columns:
                    accept = self._begins_syllable if column is self._pinyin and rank is Rank.INSIDE else None
                    for place in column.rows_with(needle, region, accept):
                        yield rank, place
                if rank is Rank.INSIDE and departments:
                    yield from ((rank, at) for at in self._regions[region] if self._department_of[at] in departments)

    def _begins_syllable(self, at: int) -> bool:
        return not self._syllables.text[at].islower()

    def _departments_with(self, word: str) -> frozenset[int]:
        latin = word.isascii()
        return frozenset(
            number
            for name, number in self._departments.items()
            if word in name or (latin and _sounds_fit(self._department_sounds[number], word))
        )

    def _rank(self, place: int, wanted: Sequence[tuple[str, frozenset[int]]]) -> int | None:
        """The sum of how each word fits; None when one does not. A word comes with the departments that it fits."""
        total = 0
        for word, departments in wanted:
            rank = self._rank_of(place, word)
            if rank is None:
                if self._department_of[place] not in departments:
                    return None
                rank = Rank.INSIDE
            total += rank
        return total

    def _rank_of(self, place: int, word: str) -> Rank | None:
        columns = (self._names, self._initials, self._pinyin) if word.isascii() else (self._names,)
        if _in_codes(word):
            columns = (*columns, self._codes)
        lines = [line for column in columns if word in (line := column.line(place))]
        if any(f"{_LINE}{word}{_LINE}" in line for line in lines):
            return Rank.EXACT
        if any(f"{_LINE}{word}" in line for line in lines):
            return Rank.PREFIX
        if lines == [self._pinyin.line(place)] and not self._on_syllable(place, word):
            return None
        return Rank.INSIDE if lines else None

    def _on_syllable(self, place: int, word: str) -> bool:
        return any(_syllable_find(reading, word) >= 0 for reading in self._readings[place])

    # ------------------------------------------------------------ guesses
    def _guesses(self, word: str) -> Iterator[int]:
        """What may have been meant when nothing fits: ``shipjy`` (mixed), ``spky`` for ``spjy`` (one slip)."""
        if not (word.isascii() and word.isalpha()):
            return
        seen: set[int] = set()
        for places in (self._mixed(word), self._one_slip(word)):
            for place in places:
                if place not in seen:
                    seen.add(place)
                    yield place
            if seen:
                return

    def _mixed(self, word: str) -> Iterator[int]:
        if len(word) < _SHORTEST_MIXED:
            return
        pattern = _mixed_pattern(word)
        for region in (0, 1):
            # The second letter goes on with the first syllable or begins the second one.
            for column in (self._initials, self._pinyin):
                for place in column.rows_with(_LINE + word[:2], region):
                    if any(pattern.match(reading) for reading in self._readings[place]):
                        yield place

    def _one_slip(self, word: str) -> Iterator[int]:
        if len(word) < _SHORTEST_SLIP:
            return
        half, text = len(word) // 2, self._initials.text
        head, tail = word[:half], word[half:]

        def head_fits(at: int) -> bool:
            return _differs_once(text[at + half : at + len(word)], tail)

        def tail_fits(at: int) -> bool:
            return at >= half and _differs_once(text[at - half : at], head)

        for region in (0, 1):
            yield from self._initials.rows_with(head, region, head_fits)
            yield from self._initials.rows_with(tail, region, tail_fits)

    # ------------------------------------------------------------ hits
    def _hit(self, place: int, words: Sequence[str]) -> MatterHit:
        row = self._rows[place]
        names: list[Span] = []
        departments: list[Span] = []
        codes: list[Span] = []
        for word in words:
            if found := self._name_span(place, word):
                names.append(found)
            elif (at := row.code.lower().find(word)) >= 0:
                codes.append((at, at + len(word)))
            elif found := _span(folded(row.department), self._department_sounds[self._department_of[place]], word):
                departments.append(found)
        spans = (_joined(found) for found in (names, departments, codes))
        return MatterHit(row.code, row.name, row.department, row.type_name, row.has_materials, *spans)

    def _name_span(self, place: int, word: str) -> Span | None:
        name = folded(self._rows[place].name)
        for reading in self._readings[place] or ("",):
            if found := _span(name, reading, word):
                return found
        for reading in self._readings[place] if word.isascii() and word.isalpha() else ():
            if found := _guessed_span(name, reading, word):
                return found
        return None


def _words(query: str) -> list[str]:
    """Lower-case words; input methods put apostrophes between the syllables of what is not yet committed."""
    return list(dict.fromkeys(folded(query).replace("'", "").split()))


def _in_codes(word: str) -> bool:
    """Codes are searched for what has a digit: letters alone are pinyin."""
    return word.isascii() and any(letter.isdigit() for letter in word)


def _sounds_fit(reading: str, word: str) -> bool:
    return word in initials_of(reading) or _syllable_find(reading, word) >= 0


def _differs_once(text: str, word: str) -> bool:
    if len(text) != len(word) or _LINE in text:
        return False
    return sum(one != other for one, other in zip(text, word, strict=True)) <= 1


def _mixed_pattern(word: str) -> re.Pattern[str]:
    """Each further letter goes on with the syllable or begins the next one."""
    further = (f"(?:{letter}|[a-z]*{letter.upper()})" for letter in word[1:])
    return re.compile(word[0].upper() + "".join(further))


def _syllable_find(reading: str, word: str) -> int:
    """Where ``word`` begins in a reading, at the beginning of a syllable; -1 when it does not."""
    lower = reading.lower()
    at = lower.find(word)
    while at >= 0 and reading[at].islower():
        at = lower.find(word, at + 1)
    return at


def _span(text: str, reading: str, word: str) -> Span | None:
    """Where ``word`` stands in a text: as characters, by initials, by pinyin."""
    if (at := text.find(word)) >= 0:
        return at, at + len(word)
    letters = initials_of(reading)
    places = spoken_places(text)
    if not word.isascii() or len(letters) != len(places):
        return None
    if (at := letters.find(word)) >= 0:
        return places[at], places[at + len(word) - 1] + 1
    if (at := _syllable_find(reading, word)) >= 0:
        return _syllables_span(reading, at, at + len(word), places)
    return None


def _guessed_span(text: str, reading: str, word: str) -> Span | None:
    letters, places = initials_of(reading), spoken_places(text)
    if len(letters) != len(places):
        return None
    if found := _mixed_pattern(word).match(reading):
        return _syllables_span(reading, 0, found.end(), places)
    for at in range(len(letters) - len(word) + 1) if len(word) >= _SHORTEST_SLIP else ():
        if _differs_once(letters[at : at + len(word)], word):
            return places[at], places[at + len(word) - 1] + 1
    return None


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted, without overlaps."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _syllables_span(reading: str, start: int, end: int, places: Sequence[int]) -> Span:
    first = len(initials_of(reading[:start]))
    last = first + len(initials_of(reading[start:end]))
    return places[first], places[last - 1] + 1
