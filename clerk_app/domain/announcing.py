"""The queue of calls that the hall hears: one at a time, in order, never late, never for somebody who has come.

Pure and for one thread at a time. Moments are passed in: ``heard`` and ``monotonic`` are seconds of a clock that never
goes back, ``now`` is the wall time for the volume. The age of a call is the time since it was heard of, or, after an
outage, how far the server's time of the newest call lies after its own: a display whose clock is wrong is not silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class SpokenCall:
    """A call or recall to be said. ``at``: the server's time of it."""

    ticket_id: str
    number: str
    window_no: str
    at: datetime
    recall: bool = False


@dataclass(frozen=True, slots=True)
class VolumeSpan:
    """A volume from ``begins`` until before ``ends`` each day; a span whose end is not later goes over midnight."""

    begins: time
    ends: time
    volume: int

    def holds(self, moment: time) -> bool:
        """Whether ``moment`` lies in it."""
        if self.begins < self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


@dataclass(frozen=True, slots=True)
class VoiceRules:
    """How the hall is spoken to.

    repeats: how often each call is said. busy_from: from so many calls that wait on each is said once, because 64
    windows call faster than two readings take (3,000 tickets in 8 hours are one in 9.6 s; a chime and two readings
    take 9.4). late: a call that could not be begun within this time is not said any more; the screen shows it.
    volume: percent, unless a span of ``spans`` says otherwise (the first that holds); 0 is silence.
    """

    repeats: int = 2
    busy_from: int = 3
    late: timedelta = timedelta(seconds=45)
    volume: int = 80
    spans: tuple[VolumeSpan, ...] = ()

    def volume_at(self, moment: datetime) -> int:
        """The volume at ``moment``, in percent."""
        clock = moment.time()
        return next((span.volume for span in self.spans if span.holds(clock)), self.volume)


@dataclass(frozen=True, slots=True)
class Saying:
    """One reading of a call: ``turn`` counts from 1, a chime goes before the first, ``volume`` in percent."""

    call: SpokenCall
    turn: int
    volume: int

    @property
    def chime(self) -> bool:
        """Whether a chime goes before."""
        return self.turn == 1


@dataclass(frozen=True, slots=True)
class _Waiting:
    call: SpokenCall
    heard: float


class Announcer:
    """Takes calls, gives out one reading after the other: ``next``, then ``ended``, then ``next`` again."""

    def __init__(self, rules: VoiceRules) -> None:
        self.rules = rules
        self.muted = False
        self._waiting: list[_Waiting] = []
        self._current: _Waiting | None = None
        self._turn = 0
        self._speaking = False
        self._newest: _Waiting | None = None

    @property
    def waiting(self) -> tuple[SpokenCall, ...]:
        """The calls that nobody has heard yet, in the order in which they will be said."""
        return tuple(one.call for one in self._waiting)

    @property
    def speaking(self) -> bool:
        """Whether a reading was given out and has not ended."""
        return self._speaking

    def call(self, call: SpokenCall, heard: float) -> None:
        """Queue a call that the feed has just told, ``heard`` now.

        A recall of a call that still waits is the same call: it keeps its place and becomes fresh. A window that calls
        somebody else has given up whom it called before.
        """
        fresh = self._newest = _Waiting(call, heard)
        for at, known in enumerate(self._waiting):
            same = known.call.ticket_id == call.ticket_id
            if same and known.call.window_no == call.window_no:
                self._waiting[at] = replace(fresh, call=replace(call, recall=known.call.recall))
                return
        self._waiting = [
            one
            for one in self._waiting
            if call.ticket_id != one.call.ticket_id and call.window_no != one.call.window_no
        ]
        current = self._current
        if current is not None and (
            (current.call.window_no == call.window_no) or (current.call.ticket_id == call.ticket_id)
        ):
            self._current = None
        self._waiting.append(fresh)

    def heed(self, standing: Mapping[str, str | None], complete_since: datetime | None = None) -> None:
        """Take out what is not so any more.

        ``standing``: ticket → window that it is called to, None when it is not called any more (served, missed,
        undone, cancelled). Tickets that it does not name are left alone, unless they were called after
        ``complete_since``: from there on it names all.
        """

        def stands(call: SpokenCall) -> bool:
            if call.ticket_id in standing:
                return standing[call.ticket_id] == call.window_no
            return complete_since is None or call.at <= complete_since

        self._waiting = [one for one in self._waiting if stands(one.call)]
        if self._current is not None and not stands(self._current.call):
            self._current = None

    def clear(self) -> None:
        """Forget everything; what is being said is said to its end."""
        self._waiting.clear()
        self._current = None

    def next(self, now: datetime, monotonic: float) -> Saying | None:
        """The next reading; None while one is being said, and when there is nothing to say.

        While it is muted or the volume is 0 the calls pass unsaid: nobody wants to hear them afterwards.
        """
        if self._speaking:
            return None
        volume = 0 if self.muted else self.rules.volume_at(now)
        if volume <= 0:
            self.clear()
            return None
        if self._current is not None and self._turn < self._readings():
            self._turn += 1
        else:
            self._current, self._turn = self._first_in_time(monotonic), 1
        if self._current is None:
            return None
        self._speaking = True
        return Saying(self._current.call, self._turn, volume)

    def ended(self) -> None:
        """The reading that ``next`` gave out has been said, or could not be."""
        self._speaking = False

    def _readings(self) -> int:
        return 1 if len(self._waiting) >= self.rules.busy_from else self.rules.repeats

    def _first_in_time(self, monotonic: float) -> _Waiting | None:
        late = self.rules.late.total_seconds()
        while self._waiting:
            first = self._waiting.pop(0)
            if self._age(first, monotonic) <= late:
                return first
        return None

    def _age(self, waiting: _Waiting, monotonic: float) -> float:
        newest = self._newest or waiting
        since_newest = monotonic - newest.heard + (newest.call.at - waiting.call.at).total_seconds()
        return max(monotonic - waiting.heard, since_newest)
