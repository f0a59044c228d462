"""The hall's voice: one thread that says the queue's calls on the loudspeaker and outlives every error."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from clerk_app.domain.announcing import Announcer, Saying, SpokenCall, VoiceRules
from clerk_app.domain.queue import TicketState
from clerk_app.domain.spoken import CHIME, PLAIN, Reading, sentence_clips, sentence_text
from clerk_app.ports.clock import Clock
from clerk_app.ports.devices import DeviceFault, DeviceHealth, Speaker, SpokenWords
from clerk_app.ports.hall_queue import CalledNumber

_LOG = logging.getLogger(__name__)
_LOOK_AGAIN_S = 10.0
"""How often a loudspeaker that is away, or has nothing to say, is looked for."""

_BETWEEN_S = 0.35
"""Silence after a reading: two of them are not one sentence."""

_AFTER_FAILURE_S = 0.2
_LINES_SHOWN = 12
_ALWAYS = datetime.min.replace(tzinfo=UTC)
_KEPT = 256


@dataclass(frozen=True, slots=True)
class StartedSaying:
    """When a reading was first heard: ``started_at`` is monotonic, as is ``heard_at``, when this screen learnt of the
    call. For benchmarks and tests."""

    ticket_id: str
    number: str
    window_no: str
    turn: int
    heard_at: float
    started_at: float


class HallVoice:
    """``call`` and ``heed`` are told what the feed says and may be used from any thread; they never wait.

    ``on_started`` is called on the voice's thread at every start of a reading.
    """

    def __init__(
        self,
        speaker: Speaker,
        rules: VoiceRules,
        clock: Clock,
        *,
        reading: Reading = PLAIN,
        on_started: Callable[[StartedSaying], object] | None = None,
    ) -> None:
        self._speaker = speaker
        self._announcer = Announcer(rules)
        self._clock = clock
        self._reading = reading
        self._on_started = on_started
        self._changed = threading.Condition()
        self._heard: dict[str, float] = {}
        self._stopping = False
        self._cancel = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hall-voice", daemon=True)
        self._told: DeviceHealth | None = None

    # --- from the screen ----------------------------------------------------------------------------------------
    def start(self) -> None:
        """Look for the loudspeaker and speak from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Cut off what is being said and end; may be called twice."""
        with self._changed:
            self._stopping = True
            self._cancel.set()
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def call(self, line: CalledNumber) -> None:
        """A call or recall that the feed has just told."""
        heard = self._clock.monotonic()
        call = SpokenCall(line.ticket_id, line.number, line.window_no, line.last_call_at, recall=line.recalls > 0)
        with self._changed:
            self._announcer.call(call, heard)
            self._heard[line.ticket_id] = heard
            while len(self._heard) > _KEPT:
                del self._heard[next(iter(self._heard))]
            self._changed.notify_all()

    def heed(self, lines: Iterable[CalledNumber]) -> None:
        """The newest calls as they stand (``CallBoard.calls``): what is no longer called is not said any more."""
        shown = tuple(lines)
        standing = {line.ticket_id: line.window_no if line.state is TicketState.CALLED else None for line in shown}
        # A board with room left names all of today's calls, a full one those after its oldest line.
        since = min((line.last_call_at for line in shown), default=None) if len(shown) >= _LINES_SHOWN else _ALWAYS
        with self._changed:
            self._announcer.heed(standing, since)

    def mute(self, muted: bool) -> None:
        """Be silent, or speak again; calls made meanwhile are not said afterwards."""
        with self._changed:
            self._announcer.muted = muted
            self._changed.notify_all()

    @property
    def waiting(self) -> tuple[SpokenCall, ...]:
        """Calls that nobody has heard yet."""
        with self._changed:
            return self._announcer.waiting

    def health(self) -> DeviceHealth:
        """The loudspeaker's; its sentence says what to do when the hall hears nothing."""
        return self._speaker.health()

    # --- the voice's thread -------------------------------------------------------------------------------------
    def _run(self) -> None:
        while not self._stopping:
            try:
                self._tell_health(self._speaker.probe())
                self._speak_while_there_is_something()
            except Exception as error:  # noqa: BLE001 - the hall must not fall silent for one mistake
                _LOG.error("voice: %s", type(error).__name__, exc_info=error)
                self._cancel.wait(_AFTER_FAILURE_S)

    def _speak_while_there_is_something(self) -> None:
        """Returns when nothing was called for a while, so that the loudspeaker is looked after."""
        while not self._stopping:
            with self._changed:
                saying = self._announcer.next(self._clock.now(), self._clock.monotonic())
                if saying is None:
                    if self._stopping or not self._changed.wait(_LOOK_AGAIN_S):
                        return
                    continue
                heard = self._heard.get(saying.call.ticket_id, 0.0)
            try:
                self._say(saying, heard)
            finally:
                with self._changed:
                    self._announcer.ended()

    def _say(self, saying: Saying, heard: float) -> None:
        call = saying.call
        clips = sentence_clips(call.number, call.window_no, recall=call.recall, reading=self._reading)
        text = sentence_text(call.number, call.window_no, recall=call.recall, reading=self._reading)
        words = SpokenWords(CHIME if saying.chime else "", clips, text, saying.volume)

        def started(at: float) -> None:
            if self._on_started is not None:
                told = StartedSaying(call.ticket_id, call.number, call.window_no, saying.turn, heard, at)
                self._on_started(told)

        try:
            self._speaker.say(words, started, self._cancel)
        except DeviceFault as fault:
            self._tell_health(self._speaker.health(), str(fault))
            return
        self._cancel.wait(_BETWEEN_S)

    def _tell_health(self, health: DeviceHealth, sentence: str = "") -> None:
        """Log it once per change."""
        if self._told is None or (self._told.state, self._told.word) != (health.state, health.word):
            _LOG.info("speaker %s (%s) %s", health.state.value, health.word, sentence or health.advice)
        self._told = health
