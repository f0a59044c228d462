"""A city's server in one process for tests of sending on: real services, a real store, lost calls, a backup."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import text

from clerk_app.crypto.keyfile import FileKeyring
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Unreachable
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.hall import EnrolRequest, NewEnrolCode, ServerTime
from clerk_app.ports.hall_sync import Batch, BatchAnswer, FileHead, FileProgress
from clerk_app.ports.speaking import API, OLDEST_API
from clerk_app.services.hall.access import Caller
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.setup import HallPlan
from clerk_app.services.hall.tools import canonical_json, system_actor
from clerk_app.services.hall.upward import Upward
from clerk_app.services.hall.upward_push import UpwardPush
from support.hall import STORE_KEY, HallInHand, HandClock, QuickPasswords, SeededEntropy, engine_of, open_place

T = TypeVar("T")
CITY = HallProfile(hall_id="", code="SJ", name="明河市政务服务中心")
_BATCH: TypeAdapter[Any] = TypeAdapter(Batch)


class City:
    """``UpwardCounter`` of one hall, with the city's store behind it. The next calls may get lost on the way
    (``lose_requests``) or, of those that tell something, on the way back (``lose_answers``)."""

    def __init__(self, place: Path | str, clock: HandClock, hall: HallProfile) -> None:
        self.place, self.clock = place, clock
        self.speech = (OLDEST_API, API, "1.0.0")
        self.lose_requests = self.lose_answers = 0
        self.batches: list[Batch] = []
        self.pieces: list[tuple[str, int]] = []
        self._restores = 0
        self._open()
        own = self.desk.setup.ensure(HallPlan(CITY, among_many=True))
        wish = NewEnrolCode(DeviceKind.HALL, hall.code)
        code = self.store.write(
            own, "test", lambda unit: self.desk.devices.make_code(unit, system_actor(own), wish)
        ).code
        secret = code.replace("-", "")[:10]
        self.enrolled = self.desk.devices.enrol(EnrolRequest(secret, DeviceKind.HALL, hall.name, hall=hall))
        self.hall_id = hall.hall_id

    def _open(self) -> None:
        entropy = SeededEntropy(77 + self._restores)
        crypto = NationalCrypto(entropy)
        self.store = open_place(self.place, entropy)
        keys = FileKeyring(STORE_KEY, crypto)
        self.desk = HallDesk(
            self.store, self.clock, entropy, crypto, keys, QuickPasswords(), b"c" * 32, lambda hall_id: None
        )

    @property
    def caller(self) -> Caller:
        return self.desk.access.caller(self.enrolled.token, None)

    def close(self) -> None:
        self.store.close()

    @property
    def _folder(self) -> Path:
        assert isinstance(self.place, Path)
        return self.place

    # --- yesterday ------------------------------------------------------------------------------------------------
    def back_up(self) -> Path:
        copy = self._folder / f"backup-{len(list(self._folder.iterdir()))}.db"
        self.store.close()
        shutil.copy(self._folder / "hall.db", copy)
        self._open()
        return copy

    def restore(self, copy: Path) -> None:
        """What came since is gone; the store is another one."""
        self._restores += 1
        self.store.close()
        for path in self._folder.glob("hall.db-*"):
            path.unlink()
        shutil.copy(copy, self._folder / "hall.db")
        engine = engine_of(self.place)
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE store_meta SET value = :e WHERE name = 'epoch'"), {"e": f"{self._restores:032x}"}
            )
        engine.dispose()
        self._open()

    # --- UpwardCounter --------------------------------------------------------------------------------------------
    def server_time(self) -> ServerTime:
        oldest, newest, version = self.speech
        answers, self.lose_answers = self.lose_answers, 0
        try:
            return self._over(
                lambda: ServerTime(self.clock.now(), version, self.store.epoch, self.hall_id, 0, newest, oldest)
            )
        finally:
            self.lose_answers = answers

    def send_batch(self, batch: Batch) -> BatchAnswer:
        self.batches.append(batch)
        # As it comes over the wire.
        arrived = _BATCH.validate_json(_BATCH.dump_json(batch))
        return self._over(lambda: self.desk.batches.take(self.caller, arrived))

    def begin_file(self, head: FileHead) -> FileProgress:
        return self._over(lambda: self.desk.uploads.begin(self.caller.actor, head))

    def put_chunk(self, file_id: str, start: int, content: bytes, sha: str) -> FileProgress:
        self.pieces.append((file_id, start))
        return self._over(lambda: self.desk.uploads.put(self.caller.actor, file_id, start, content, sha))

    def _over(self, call: Callable[[], T]) -> T:
        if self.lose_requests:
            self.lose_requests -= 1
            raise Unreachable("服务器连不上")
        answer = call()
        if self.lose_answers:
            self.lose_answers -= 1
            raise Unreachable("服务器连不上")
        return answer


def send_on(hall: HallInHand, city: City, holder: str = "one") -> UpwardPush:
    """One run of a hall's server, after its journal has its numbers."""
    hall.sequence()
    upward = Upward(hall.desk.store, hall.desk.tools, hall.desk.uploads, hall.hall_id)
    return upward.push_once(city, city.enrolled.device_id, holder)


_TABLES = {
    "case": "SELECT case_id AS id, case_no, record_id, revision, state, body FROM intake_case WHERE hall_id = :hall",
    "act": "SELECT act_id AS id, case_id, position, state, body FROM case_act WHERE hall_id = :hall",
    "rating": "SELECT rating_id AS id, visit, stage, body FROM rating WHERE hall_id = :hall",
    "seal_use": "SELECT use_id AS id, seal, body FROM seal_use WHERE hall_id = :hall",
    "visit": "SELECT visit AS id, body FROM visit WHERE hall_id = :hall",
    "consultation": "SELECT consultation_id AS id, body FROM consultation WHERE hall_id = :hall",
    "signature": "SELECT signature_id AS id, body FROM signature WHERE hall_id = :hall",
    "file": "SELECT file_id AS id, subject_id, size, sha, title FROM upload WHERE hall_id = :hall"
    " AND synced_at IS NOT NULL",
}


def everything(place: Path | str, hall_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """All records of a hall as a store has them, bodies as canonical text: what has to be the same on both sides."""
    engine = engine_of(place)
    try:
        with engine.connect() as connection:
            found = {}
            for name, statement in _TABLES.items():
                rows = connection.execute(text(statement), {"hall": hall_id})
                found[name] = sorted(
                    tuple(
                        canonical_json(json.loads(value) if isinstance(value, str) else value)
                        if key == "body"
                        else value
                        for key, value in row._mapping.items()
                    )
                    for row in rows
                )
            return found
    finally:
        engine.dispose()
