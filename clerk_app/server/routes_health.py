"""Whether the process lives, whether it can serve, and its figures: for systemd, proxies and Prometheus.

None of the three stands in the API's description: they belong to one process, not to the hall.
"""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from clerk_app.server.metrics import CONTENT_TYPE

router = APIRouter(include_in_schema=False)
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
_NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a server needs: ``sentence`` says what is the matter, empty when it is fine. What the hall can do
    without is not ``needed``: it is told, and the server is ready all the same."""

    name: str
    sentence: str = ""
    needed: bool = True


class Operations(Protocol):
    """What runs the process knows about it; ``clerk_app.bootstrap.server_health`` is the real one."""

    metrics_token: str

    def ready(self) -> tuple[Check, ...]:
        """All checks, as they stand now or stood a moment ago; may take seconds."""
        ...

    def figures(self) -> bytes:
        """The metrics page."""
        ...


@router.get("/healthz", response_class=PlainTextResponse)
async def healthz() -> str:
    """The process lives; nothing else is asked."""
    return "ok\n"


@router.get("/readyz")
def readyz(request: Request) -> Response:
    """200 when this process can serve, 503 with the sentences why not."""
    operations: Operations = request.app.state.operations
    checks = operations.ready()
    ready = not any(check.sentence for check in checks if check.needed)
    content = {"ready": ready, "checks": {check.name: check.sentence or "ok" for check in checks}}
    return JSONResponse(content, 200 if ready else 503, headers=_NO_STORE)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """The figures, for this computer or for whoever knows ``[server] metrics_token``."""
    operations: Operations = request.app.state.operations
    if not _may_look(request, operations.metrics_token):
        return PlainTextResponse("", 403)
    return Response(operations.figures(), media_type=CONTENT_TYPE, headers=_NO_STORE)


def _may_look(request: Request, token: str) -> bool:
    """With a token the token alone counts: behind a proxy on this computer everybody seems to come from it."""
    if token:
        scheme, _, told = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(told.encode(), token.encode())
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
