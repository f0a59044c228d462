"""One device of the latency benchmark as a process: ``python -m benchmarks.latency_worker SPEC``.

Windows press F2 at random moments while they push records; displays follow the feed and speak; kiosks take numbers. All
moments are ``time.monotonic()``, which is the same clock for every process of a machine. Each writes its moments at the
end.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from clerk_app.client.feed import FeedHandlers, FeedListener
from clerk_app.client.hall import HallClient
from clerk_app.client.transport import Transport
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.feed import FeedCursor, FeedEntry
from clerk_app.ports.hall import CaseRecord, Login, PaperRecord, PartyRecord
from clerk_app.ports.hall_queue import TakeTicket
from clerk_app.services.callboard import CallBoard

_CLOCK, _ENTROPY = SystemClock(), SystemEntropy()
_SERVICE_S = 0.3
_SHA = sha256(b"paper").hexdigest()


@dataclass(frozen=True, slots=True)
class Device:
    """What a worker is told. ``every_s``: a press each so many seconds on the mean; ``records`` to push meanwhile;
    ``go`` and ``stop`` are files that appear."""

    kind: str
    number: str
    address: str
    ca_pem: str
    token: str
    login: str
    password: str
    hall_id: str
    folder: str
    seed: int
    every_s: float = 20.0
    records: int = 0
    feeds: int = 1
    speaks: bool = False

    def write(self) -> Path:
        path = Path(self.folder) / f"{self.kind}-{self.number}.json"
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return path


@dataclass
class Moments:
    """What a process saw; (id, moment …) rows."""

    pressed: list[tuple[str, float, float]] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)
    shown: list[tuple[str, str, float]] = field(default_factory=list)
    spoken: list[tuple[str, float, float]] = field(default_factory=list)
    taken: list[tuple[str, float, float]] = field(default_factory=list)
    records: int = 0
    records_s: float = 0.0


class Worker:
    def __init__(self, device: Device) -> None:
        self.device = device
        self.random = Random(f"{device.seed}/{device.kind}/{device.number}")
        self.moments = Moments()
        self.hall = HallClient(device.address, device.ca_pem, device.token, _CLOCK, _ENTROPY)
        self.bare = Transport(device.address, device.ca_pem, device.token)
        self._folder = Path(device.folder)

    def go(self) -> None:
        (self._folder / f"{self.device.kind}-{self.device.number}.ready").touch()
        while not (self._folder / "go").exists():
            time.sleep(0.02)

    def stopped(self) -> bool:
        return (self._folder / "stop").exists()

    def write(self) -> None:
        out = self._folder / f"{self.device.kind}-{self.device.number}.moments"
        out.write_text(json.dumps(asdict(self.moments)), encoding="utf-8")

    def pauses(self) -> float:
        """Exponential, so that presses fall together as they do in a hall."""
        return self.random.expovariate(1 / self.device.every_s)

    def sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self.stopped():
            time.sleep(min(left, 0.2))


class WindowWorker(Worker):
    def run(self) -> None:
        self.hall.login(Login(self.device.login, self.device.password))
        self.go()
        pushing = threading.Thread(target=self._push, daemon=True)
        pushing.start()
        self.sleep(self.random.random() * self.device.every_s)
        while not self.stopped():
            self._press()
            self.sleep(self.pauses())

    def _press(self) -> None:
        start = time.monotonic()
        self.bare.call("GET", "/v1/health", dict[str, str])
        self.moments.floors.append(time.monotonic() - start)
        start = time.monotonic()
        ticket = self.hall.call_next().ticket
        if ticket is None:
            return
        self.moments.pressed.append((ticket.ticket_id, start, time.monotonic()))
        time.sleep(_SERVICE_S)
        self.hall.finish(ticket.ticket_id, "accepted")

    def _push(self) -> None:
        start = time.monotonic()
        for number in range(1, self.device.records + 1):
            if self.stopped():
                break
            try:
                self.hall.store_case(_record(self.device, number))
            except (Refusal, Fault) as trouble:
                print(f"window {self.device.number}: {trouble}", file=sys.stderr)
                continue
            self.moments.records += 1
        self.moments.records_s = time.monotonic() - start


class KioskWorker(Worker):
    def run(self) -> None:
        groups = self.hall.groups()
        self.go()
        due = time.monotonic()
        while not self.stopped():
            due += self.device.every_s
            self.sleep(max(0.0, due - time.monotonic()))
            wish = TakeTicket(self.random.choice(groups).group_id)
            start = time.monotonic()
            taken = self.hall.take_ticket(wish)
            self.moments.taken.append((taken.ticket.ticket_id, start, time.monotonic()))


class DisplayWorker(Worker):
    """Several feeds in one process stand for several displays; each has a board of its own."""

    def run(self) -> None:
        feeds = [self._feed(number) for number in range(self.device.feeds)]
        voice, ended = self._voice()
        self._say = voice
        for feed in feeds:
            feed.start()
        self.go()
        while not self.stopped():
            time.sleep(0.2)
        for feed in feeds:
            feed.stop()
        ended()

    def _feed(self, number: int) -> FeedListener:
        board = CallBoard()
        first = number == 0

        def reset() -> FeedCursor:
            snapshot = self.hall.snapshot()
            board.show(snapshot, anew=True)
            return snapshot.cursor

        def entries(found: tuple[FeedEntry, ...]) -> None:
            called = board.apply(found)
            now = time.monotonic()
            for entry in found:
                if entry.kind in {"ticket.called", "ticket.taken"}:
                    self.moments.shown.append((entry.subject, entry.kind, now))
            if first and self._say is not None:
                for line in called:
                    self._say.call(line)
                self._say.heed(board.calls)

        handlers = FeedHandlers(entries, lambda change: None, reset)
        device = self.device
        return FeedListener(
            device.address, device.ca_pem, device.token, self.hall.feed_page, handlers, _CLOCK, _ENTROPY
        )

    _say: Any = None

    def _voice(self) -> tuple[Any, Callable[[], None]]:
        if not self.device.speaks:
            return None, lambda: None
        from clerk_app.bootstrap.settings import VoiceSettings
        from clerk_app.bootstrap.voice import OpenSpeaker, open_voice
        from clerk_app.design.resources import resource
        from clerk_app.services.voice import StartedSaying
        from drivers.speaker.clips import ClipFolders
        from drivers.speaker.recorder import RecordingSpeaker

        def started(saying: StartedSaying) -> None:
            self.moments.spoken.append((saying.ticket_id, saying.heard_at, saying.started_at))

        # No time for the sound itself: what is measured is when it begins while nothing else is being said.
        recorder = RecordingSpeaker(_CLOCK.now, None, pace=0.0, monotonic=_CLOCK.monotonic)
        speaker = OpenSpeaker(recorder, None, ClipFolders([resource("voice")]))
        opened = open_voice(VoiceSettings(repeats=1), Path(), _CLOCK, speaker=speaker, on_started=started)
        assert opened is not None
        opened[0].start()
        return opened[0], opened[0].stop


def _record(device: Device, number: int) -> CaseRecord:
    now = _CLOCK.now()
    case = f"MH-{int(device.number):02d}-{now:%Y%m%d}-{number:04d}"
    return CaseRecord(
        case_id=uuid7(now, _ENTROPY.bytes(RANDOM_BYTES)),
        case_number=case,
        hall_id=device.hall_id,
        window_no=device.number,
        matter_code="511A9900030001-239900000000-000-11239900MB0000001X-1-00",
        matter_name="食品经营许可（新办）",
        matter_version=1,
        applicant=PartyRecord("natural", "张三", "111", "23990119491231002X", "13900000000", "示例街道 12 号"),
        outcome="accepted",
        received_at=now,
        clerk=f"经办{device.number}",
        accepted_at=now,
        documents=(PaperRecord(uuid7(now, _ENTROPY.bytes(RANDOM_BYTES)), "acceptance_notice", case, _SHA),),
        detail={"rows": [{"material": f"m{row}", "verdict": "original", "pieces": 1} for row in range(7)]},
    )


def main() -> int:
    device = Device(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    kinds: dict[str, type[Any]] = {"window": WindowWorker, "kiosk": KioskWorker, "display": DisplayWorker}
    worker = kinds[device.kind](device)
    try:
        worker.run()
    finally:
        worker.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
