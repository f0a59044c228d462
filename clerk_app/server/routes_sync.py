"""What windows push: records in batches, files in pieces; and reading files again."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json

from clerk_app.domain.errors import Rejected
from clerk_app.ports.hall_sync import CHUNK_BYTES, Batch, BatchAnswer, FileHead, FileProgress, StoredFile
from clerk_app.server.calls import Reading


class _QuickRequest(Request):
    """Reads a body of a megabyte in half the time, on the loop that everybody else's requests wait for."""

    async def json(self) -> Any:
        body = await self.body()
        try:
            return from_json(body)
        except ValueError:
            # Half characters and numbers that are none are JSON to Python alone; they must cost their own record only.
            return json.loads(body)


class _QuickRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def quick(request: Request) -> Response:
            return await handle(_QuickRequest(request.scope, request.receive))

        return quick


router = APIRouter(prefix="/v1", tags=["sync"], route_class=_QuickRoute)

_PIECE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_BYTES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file's bytes.",
        "content": {
            media: {"schema": {"type": "string", "format": "binary"}}
            for media in ("application/pdf", "image/jpeg", "application/octet-stream")
        },
    }
}
FileId = Annotated[str, Path(min_length=36, max_length=36, pattern="^[0-9a-f-]*$")]


async def _piece(request: Request) -> bytes:
    """The body, never more of it than a piece may have."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > CHUNK_BYTES:
            raise Rejected("content", f"一块最多 {CHUNK_BYTES // 1024} KB，没有存（程序错误，请报技术员）")
    return bytes(content)


@router.post("/batches")
def store_batch(call: Reading, batch: Batch) -> BatchAnswer:
    """Up to 100 records, each under its own key and with its own answer; the body may be gzip. Needs no idempotency
    key of its own. A record of a stream (a case, a visit) is not looked at when one before it was not taken."""
    return call.desk.batches.take(call.caller, batch)


@router.post("/files")
def begin_file(call: Reading, head: FileHead) -> FileProgress:
    """Announce a file or ask how much of it is here; may be repeated."""
    return call.desk.uploads.begin(call.caller.actor, head)


@router.put("/files/{file_id}", openapi_extra=_PIECE)
def put_chunk(
    call: Reading,
    file_id: FileId,
    content: Annotated[bytes, Depends(_piece)],
    start: Annotated[int, Query(ge=0)],
    x_digest: Annotated[str, Header(pattern="^[0-9a-f]{64}$", description="SM3 of this piece")],
) -> FileProgress:
    """One piece of a file, from byte ``start``; may be repeated. The piece that makes the file whole is answered when
    the whole was checked against what was announced."""
    try:
        return call.desk.uploads.put(call.caller.actor, file_id, start, content, x_digest)
    finally:
        call.desk.committed(call.caller.actor.hall_id)


@router.get("/files")
def files_of(call: Reading, subject: Annotated[str, Query(min_length=1, max_length=36)]) -> tuple[StoredFile, ...]:
    """The whole files of a case, a consultation or a hand-over sheet, by its id."""
    return call.read(lambda unit, actor: call.desk.uploads.of_subject(unit, actor, subject))


@router.get("/files/{file_id}", response_class=Response, responses=_BYTES)
def file_content(call: Reading, file_id: FileId) -> Response:
    """The bytes as they were printed or scanned; looking leaves a trace."""
    found = call.write(lambda unit, actor: call.desk.uploads.look(unit, actor, file_id))
    content = call.read(lambda unit, actor: call.desk.uploads.content(unit, found.head))
    headers = {
        "X-Digest": found.head.sha,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "attachment",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=found.head.media_type, headers=headers)
