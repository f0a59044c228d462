"""How records and files are sent to a server: by a window to its hall, by a hall to the city (docs/sync.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from clerk_app.domain.errors import Conflict, Fault, NotFound, Refusal, Rejected
from clerk_app.ports.hall_sync import BATCH_BYTES, MOST_RECORDS, FileHead, FileProgress, FileSending

T = TypeVar("T")

FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 15.0
IDLE_S = 60.0
JITTER = 0.25

_TRIES: Final = 3
WAITS_FOR_RECORD: Final = "等这一件的记录先上传"
OTHER_FILE: Final = "服务器的回答对不上这份文件，先不算上传。请技术员看服务器的版本"


class Left(Exception):
    """The file waits on, for a reason that a screen can show; others go on."""


def next_delay(failures: int, spread: float) -> float:
    """Seconds until the next try after ``failures`` failed ones; ``spread`` in 0 … 1 keeps senders from coming at once.

    0 failures: the idle interval. Doubles from 1 s up to 15 s, plus or minus a quarter.
    """
    if failures == 0:
        return IDLE_S
    delay = min(FIRST_DELAY_S * 2.0 ** min(failures - 1, 10), LONGEST_DELAY_S)
    return delay * (1 - JITTER + 2 * JITTER * spread)


def packs(items: Iterable[T], weigh: Callable[[T], int | None]) -> Iterator[list[T]]:
    """Neighbours that go together, in order: at most ``MOST_RECORDS`` and ``BATCH_BYTES``. ``weigh`` says how many
    bytes one has, None for one that goes alone."""
    pack: list[T] = []
    size = 0
    for item in items:
        weight = weigh(item)
        if pack and (weight is None or len(pack) == MOST_RECORDS or size + weight > BATCH_BYTES):
            yield pack
            pack, size = [], 0
        if weight is None:
            yield [item]
            continue
        pack.append(item)
        size += weight
    if pack:
        yield pack


def send_file(
    counter: FileSending, head: FileHead, content: Callable[[], bytes], sha: Callable[[bytes], str]
) -> FileProgress:
    """Send what the server does not have of a file; comes back when it has all of it, checked. ``content`` reads it
    when it is needed, ``sha`` is the SM3 of a piece in hex.

    Raises ``Left`` for what mends itself, other ``Refusal`` for what needs a person, ``Fault`` when the server does not
    answer.
    """
    for _ in range(_TRIES):
        try:
            progress = _begun(counter, head)
            if progress.synced_at is None:
                progress = _rest(counter, head, progress, content(), sha)
        except Conflict as conflict:
            # The whole was not what was announced: it is here, or something happened on the way.
            content()
            problem: Refusal = conflict
            continue
        except Rejected as rejected:
            if rejected.field != "content":
                raise
            problem = rejected
            continue
        if progress.file_id != head.file_id or progress.synced_at is None:
            raise Fault(OTHER_FILE)
        return progress
    raise problem


def _begun(counter: FileSending, head: FileHead) -> FileProgress:
    try:
        return counter.begin_file(head)
    except NotFound:
        raise Left(WAITS_FOR_RECORD) from None


def _rest(
    counter: FileSending, head: FileHead, progress: FileProgress, content: bytes, sha: Callable[[bytes], str]
) -> FileProgress:
    step = progress.chunk_bytes
    if step <= 0:
        raise Fault(OTHER_FILE)
    for start in range(0, head.size, step):
        end = min(start + step, head.size)
        if any(known.start <= start and end <= known.end for known in progress.have):
            continue
        piece = content[start:end]
        progress = counter.put_chunk(head.file_id, start, piece, sha(piece))
    return progress
