"""HTTP to the hall's server: the only module that knows the HTTP library."""

from __future__ import annotations

import ssl
import threading
from functools import cache
from typing import Any

import httpx2
import stamina
from pydantic import TypeAdapter, ValidationError

from clerk_app import __version__
from clerk_app.client.tls import trusting, unverified
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.domain.errors import Fault, Unreachable
from clerk_app.ports.hall import SessionEnded
from clerk_app.ports.problems import Problem, to_error
from clerk_app.ports.speaking import (
    API,
    API_HEADER,
    OLDEST_API,
    VERSION_HEADER,
    VersionApart,
    apart,
    common,
    spoken,
)

_TIMEOUT = httpx2.Timeout(10.0, connect=3.0)
_ATTEMPTS = 3
_RETRY_SECONDS = 8.0
_UNREACHABLE = "服务器连不上"
_NONSENSE = "服务器答的内容看不懂，可能版本不一样，请技术员检查"


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """The JSON form of a type, built once."""
    return TypeAdapter(kind)


class Transport:
    """One pooled HTTPS connection set to one server; safe for several threads.

    A request that did not get through is tried again up to three times within 8 seconds, under the same idempotency
    key. Raises the family of ``domain.errors``; ``Unreachable`` when it cannot be known whether it was carried out.
    """

    def __init__(
        self, address: str, ca_pem: str | None, device_token: str | None = None, *, attempts: int = _ATTEMPTS
    ) -> None:
        context = unverified() if ca_pem is None else trusting(ca_pem)
        self._client = _client(address, context)
        self._headers = {API_HEADER: f"{OLDEST_API}-{API}", VERSION_HEADER: __version__}
        if device_token is not None:
            self._headers["Authorization"] = f"Bearer {device_token}"
        self._extensions = {"sni_hostname": SERVER_NAME}
        self._attempts = attempts
        self._session: str | None = None
        self._lock = threading.Lock()

    def set_session(self, token: str | None) -> None:
        """Act for this login from now on."""
        with self._lock:
            self._session = token

    def call(
        self,
        method: str,
        path: str,
        kind: Any,
        *,
        body: Any = None,
        body_kind: Any = None,
        query: dict[str, Any] | None = None,
        key: str | None = None,
        more: dict[str, str] | None = None,
    ) -> Any:
        """Send and decode. ``kind`` is the answer's type (None for none, ``bytes`` for what it is), ``body_kind`` the
        body's (``bytes``: ready as it is); ``more`` are further headers."""
        content, headers = self._packed(body, body_kind)
        headers |= more or {}
        with self._lock:
            session = self._session
        if session is not None:
            headers["X-Session"] = session
        if key is not None:
            headers["Idempotency-Key"] = key
        response = self._send(method, path, content, query, headers)
        self._heed(response)
        if response.status_code >= 400:
            raise self._refusal(response, session)
        if kind is None:
            return None
        if kind is bytes:
            return response.content
        try:
            return response.text if kind is str else adapter(kind).validate_json(response.content)
        except ValidationError as error:
            raise Fault(_NONSENSE) from error

    def look(self, path: str) -> tuple[int, str]:
        """Status and text of a page that is not part of the API."""
        response = self._send("GET", path, None, None, dict(self._headers))
        return response.status_code, response.text

    def _packed(self, body: Any, body_kind: Any) -> tuple[bytes | None, dict[str, str]]:
        if body_kind is None:
            return None, dict(self._headers)
        if body_kind is bytes:
            return body, {**self._headers, "Content-Type": "application/octet-stream"}
        return adapter(body_kind).dump_json(body), {**self._headers, "Content-Type": "application/json"}

    def _heed(self, response: httpx2.Response) -> None:
        """``VersionApart`` when the server speaks no level that this program speaks."""
        theirs = spoken(response.headers.get(API_HEADER), response.headers.get(VERSION_HEADER))
        if API_HEADER in response.headers and common(theirs) is None:
            raise VersionApart(apart(__version__, theirs.version, window_is_older=theirs.oldest > API))

    def _send(
        self, method: str, path: str, content: bytes | None, query: dict[str, Any] | None, headers: dict[str, str]
    ) -> httpx2.Response:
        for attempt in stamina.retry_context(
            on=Unreachable, attempts=self._attempts, timeout=_RETRY_SECONDS, wait_initial=0.1, wait_max=1.0
        ):
            with attempt:
                try:
                    return self._client.request(
                        method, path, content=content, params=query, headers=headers, extensions=self._extensions
                    )
                except httpx2.DecodingError as error:
                    raise Fault(_NONSENSE) from error
                except httpx2.TransportError as error:
                    raise Unreachable(_UNREACHABLE) from error
        raise Unreachable(_UNREACHABLE)

    def _refusal(self, response: httpx2.Response, session: str | None) -> Exception:
        try:
            problem: Problem = adapter(Problem).validate_json(response.content)
        except ValidationError:
            return Fault(_NONSENSE)
        error = to_error(problem)
        if isinstance(error, SessionEnded):
            with self._lock:
                if self._session == session:
                    self._session = None
        return error

    def close(self) -> None:
        """Close the connections; running requests end with ``Unreachable``."""
        self._client.close()


def _client(address: str, context: ssl.SSLContext) -> httpx2.Client:
    # A proxy set for browsers must not see the hall's traffic.
    return httpx2.Client(base_url=address, verify=context, timeout=_TIMEOUT, trust_env=False)
