"""Files at the server: in pieces, in any order, as often as the network likes, sealed, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Conflict, NotAllowed, NotFound, Rejected
from clerk_app.ports.crypto import Tampered
from clerk_app.ports.hall_sync import CHUNK_BYTES, ByteRange, FileHead, FileKind, FileProgress, FileSubject
from support.case_flow import opening, record, uuid
from support.hall import MORNING, HallInHand, SeededEntropy, hall_in_hand

CASE = uuid(1)
FILE = uuid(1, 400)
LARGE = Random(1).randbytes(2 * CHUNK_BYTES + 1000)
_crypto = NationalCrypto(SeededEntropy())


def sm3(content: bytes) -> str:
    return _crypto.digest(content).hex()


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        intake = record(opening(1, "user-1"), found.hall_id)
        found.write(lambda unit: found.desk.cases.store(unit, found.actor(), intake))
        yield found


def head(content: bytes = LARGE, **more: Any) -> FileHead:
    made = FileHead(
        FILE, FileSubject.CASE, CASE, FileKind.PAPER, "application/pdf", len(content), sm3(content), MORNING, "12"
    )
    return replace(made, title="受理通知书", number="明市监受〔2026〕12-31号", **more)


def begin(hall: HallInHand, announced: FileHead) -> FileProgress:
    return hall.desk.uploads.begin(hall.actor(), announced)


def put(hall: HallInHand, number: int, content: bytes = LARGE, actor: Actor | None = None) -> FileProgress:
    piece = content[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES]
    return hall.desk.uploads.put(actor or hall.actor(), FILE, number * CHUNK_BYTES, piece, sm3(piece))


def read(hall: HallInHand, *roles: Role, file_id: str = FILE) -> bytes:
    found = hall.write(lambda unit: hall.desk.uploads.look(unit, hall.actor("12", *roles), file_id))
    content: bytes = hall.read(lambda unit: hall.desk.uploads.content(unit, found.head))
    return content


def told(hall: HallInHand) -> list[tuple[str, str]]:
    hall.sequence()
    return [(entry.kind, entry.subject) for entry in hall.read(lambda unit: unit.journal.after(0, 500))]


def test_a_file_goes_up_in_pieces_and_is_read_again_with_a_trace(hall: HallInHand) -> None:
    progress = begin(hall, head())
    assert (progress.have, progress.synced_at, progress.chunk_bytes) == ((), None, CHUNK_BYTES)
    assert put(hall, 0).have == (ByteRange(0, CHUNK_BYTES),)
    assert put(hall, 1).have == (ByteRange(0, 2 * CHUNK_BYTES),)
    last = put(hall, 2)
    assert (last.have, last.synced_at) == ((ByteRange(0, len(LARGE)),), hall.clock.now())
    assert last.epoch == hall.store.epoch
    assert read(hall, Role.REVIEWER) == LARGE
    (listed,) = hall.read(lambda unit: hall.desk.uploads.of_subject(unit, hall.actor(), CASE))
    assert listed.head == head()
    assert told(hall)[-2:] == [("file.stored", FILE), ("file.viewed", FILE)]


def test_a_small_file_is_whole_with_its_only_piece(hall: HallInHand) -> None:
    small = b"%PDF-1.7 small"
    begin(hall, head(small))
    assert put(hall, 0, small).synced_at is not None
    assert read(hall) == small


def test_the_server_tells_what_it_has_so_that_an_upload_goes_on_where_it_was(hall: HallInHand) -> None:
    begin(hall, head())
    put(hall, 2)
    put(hall, 0)
    assert begin(hall, head()).have == (ByteRange(0, CHUNK_BYTES), ByteRange(2 * CHUNK_BYTES, len(LARGE)))
    assert put(hall, 1).synced_at is not None
    assert read(hall) == LARGE


def test_everything_may_come_twice(hall: HallInHand) -> None:
    begin(hall, head())
    for number in (0, 0, 1, 1, 2):
        done = put(hall, number)
    hall.clock.move(hours=3)
    assert put(hall, 2) == done
    assert begin(hall, head()) == done
    assert [kind for kind, _ in told(hall)].count("file.stored") == 1


def test_another_file_under_the_same_id_is_refused(hall: HallInHand) -> None:
    begin(hall, head())
    with pytest.raises(Conflict, match="内容不一样"):
        begin(hall, head(LARGE + b"!"))


def test_a_file_comes_after_what_it_belongs_to(hall: HallInHand) -> None:
    with pytest.raises(NotFound, match="先传记录"):
        begin(hall, head(subject_id=uuid(2)))
    with pytest.raises(NotFound, match="先传记录"):
        begin(hall, head(subject=FileSubject.CONSULTATION))
    assert begin(hall, head(subject=FileSubject.SHEET, subject_id=uuid(7))).have == ()


def test_a_whole_that_is_not_what_was_announced_is_not_acknowledged_and_not_kept(hall: HallInHand) -> None:
    other = bytes(len(LARGE))
    begin(hall, head())
    put(hall, 0, other)
    put(hall, 1, other)
    with pytest.raises(Conflict, match="摘要不一样"):
        put(hall, 2, other)
    assert begin(hall, head()).have == ()
    with pytest.raises(NotFound):
        read(hall)
    for number in range(3):
        done = put(hall, number)
    assert done.synced_at is not None


def test_a_server_that_died_before_it_checked_the_whole_checks_it_when_asked(hall: HallInHand) -> None:
    begin(hall, head())
    finish, hall.desk.uploads._checked = hall.desk.uploads._checked, lambda actor, state, numbers: None  # type: ignore
    for number in range(3):
        put(hall, number)
    hall.desk.uploads._checked = finish  # type: ignore[method-assign]
    with pytest.raises(NotFound):
        read(hall)
    assert begin(hall, head()).synced_at is not None
    assert read(hall) == LARGE


def test_a_piece_has_its_place_and_length(hall: HallInHand) -> None:
    begin(hall, head())
    for start, content in (
        (1, LARGE[1 : 1 + CHUNK_BYTES]),
        (0, LARGE[:100]),
        (0, LARGE[: CHUNK_BYTES + 1]),
        (2 * CHUNK_BYTES, LARGE[2 * CHUNK_BYTES :] + b"!"),
        (4 * CHUNK_BYTES, b"!"),
        (0, b""),
    ):
        with pytest.raises(Rejected, match="位置或长度"):
            hall.desk.uploads.put(hall.actor(), FILE, start, content, sm3(content))
    assert begin(hall, head()).have == ()


def test_a_piece_that_changed_on_the_way_is_not_kept(hall: HallInHand) -> None:
    begin(hall, head())
    with pytest.raises(Rejected, match="路上变了"):
        hall.desk.uploads.put(hall.actor(), FILE, 0, LARGE[:CHUNK_BYTES], sm3(b"another"))
    assert begin(hall, head()).have == ()


def test_pieces_lie_sealed_and_cannot_change_places(hall: HallInHand) -> None:
    content = b"A" * (2 * CHUNK_BYTES)
    begin(hall, head(content))
    put(hall, 0, content)
    put(hall, 1, content)
    pieces = [hall.read(lambda unit, n=n: unit.uploads.chunk(FILE, n)) for n in (0, 1)]
    assert all(b"AAAA" not in one.sealed for one in pieces)
    key = hall.desk.tools.file_key
    with pytest.raises(Tampered):
        hall.desk.tools.crypto.open(key, pieces[0].sealed, f"{hall.hall_id}/{FILE}/1".encode())


def test_what_cannot_be_a_file_is_refused_by_field(hall: HallInHand) -> None:
    for field, wrong in (
        ("size", 0),
        ("size", 33 * 1024 * 1024),
        ("media_type", "text/html"),
        ("sha", "ab"),
        ("file_id", "../../etc"),
        ("title", "受\x00理"),
        ("made_at", MORNING.replace(tzinfo=None)),
        ("position", -1),
    ):
        with pytest.raises(Rejected) as caught:
            begin(hall, replace(head(), **{field: wrong}))
        assert caught.value.field == field


def test_only_windows_send_and_only_those_who_see_cases_read(hall: HallInHand) -> None:
    with pytest.raises(NotAllowed):
        hall.desk.uploads.begin(hall.kiosk(), head())
    with pytest.raises(NotAllowed, match="不能上传"):
        hall.desk.uploads.begin(hall.actor("13"), head())
    begin(hall, head(b"x"))
    with pytest.raises(NotAllowed):
        put(hall, 0, b"x", hall.kiosk())
    put(hall, 0, b"x")
    with pytest.raises(NotAllowed):
        read(hall, Role.TECHNICIAN)
    with pytest.raises(NotAllowed):
        hall.read(lambda unit: hall.desk.uploads.of_subject(unit, hall.actor("12", Role.DISPLAY), CASE))


def test_a_file_that_was_dropped_unfinished_begins_anew_and_a_whole_one_stays(hall: HallInHand) -> None:
    begin(hall, head())
    put(hall, 0)
    hall.clock.move(days=8)
    assert hall.write(lambda unit: unit.housekeeping.drop_uploads(hall.clock.now())) == 1
    with pytest.raises(NotFound):
        put(hall, 1)
    begin(hall, head(b"x"))
    put(hall, 0, b"x")
    hall.clock.move(days=400)
    assert hall.write(lambda unit: unit.housekeeping.drop_uploads(hall.clock.now())) == 0
    assert read(hall) == b"x"
