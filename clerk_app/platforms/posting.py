"""Batches posted to an address: HTTPS with a token, one request a batch, what was not taken named in the answer.

POST <url>                            200 {"batch_id": "…", "refused": [{"change_id": "…", "field": "…",
Authorization: Bearer <token>                                            "reason": "…"}]}
Idempotency-Key: <batch id>           400, 413, 415, 422 {"message": "…"}: nothing of this batch
"""

from __future__ import annotations

import json
import ssl
import time
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from clerk_app.domain.errors import Rejected, shown
from clerk_app.domain.platform import FieldMap
from clerk_app.domain.platform_standard import GB_T_39046
from clerk_app.platforms.forms import FORMS
from clerk_app.ports.platform import Batch, BatchRefused, NotTaken, Options, Parcel, Platform, PlatformAway

_TIMEOUT: Final = httpx2.Timeout(60.0, connect=10.0)
_MOST_ANSWER: Final = 4_000_000
_LONGEST: Final = 120.0
"""Seconds for a whole answer, however slowly it drips."""
_MOST_REASON: Final = 300
_NOTHING_TAKEN: Final = frozenset({400, 413, 415, 422})
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_NONSENSE: Final = "对方答的内容看不懂，不知道收没收到；这一批留着，下次原样再发"


class PostingPlatform:
    """A ``PlatformAdapter``. An answer counts as taken only when it names the batch: many systems answer 200 to
    everything, and a gateway's page of greeting must not make cases vanish."""

    def __init__(self, url: str, token: str, form: str, fields: FieldMap, verify: ssl.SSLContext | bool) -> None:
        self._url = url
        self._write, self._media_type = FORMS[form]
        self.fields = fields
        self.suffix = form
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx2.Client(verify=verify, timeout=_TIMEOUT, trust_env=False, headers=headers)

    def write(self, batch: Batch) -> bytes:
        return self._write(batch, self.fields)

    def send(self, parcel: Parcel) -> tuple[NotTaken, ...]:
        headers = {"Content-Type": self._media_type, "Idempotency-Key": parcel.batch_id, "X-Batch-Name": parcel.name}
        try:
            with self._client.stream("POST", self._url, content=parcel.content, headers=headers) as answer:
                content = _bounded(answer)
                status = answer.status_code
        except httpx2.TimeoutException as error:
            raise PlatformAway("对方没有按时回答，不知道收没收到；这一批留着，下次原样再发") from error
        except httpx2.HTTPError as error:
            raise PlatformAway("连不上对方的系统，没有发出去。请看网络和地址，下次接着发") from error
        if status in _NOTHING_TAKEN:
            raise BatchRefused(_message(content) or f"对方退回了这一批（{status}），没有说原因")
        if status in (401, 403):
            raise PlatformAway(f"对方不认这个令牌（{status}），没有发出去。请找对方换一个令牌")
        if not 200 <= status < 300:
            raise PlatformAway(f"对方的系统现在收不了（{status}）；这一批留着，下次接着发")
        return _not_taken(content, parcel)

    def close(self) -> None:
        self._client.close()


def _bounded(answer: httpx2.Response) -> bytes:
    content = bytearray()
    until = time.monotonic() + _LONGEST
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > _MOST_ANSWER or time.monotonic() > until:
            raise PlatformAway(_NONSENSE)
    return bytes(content)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _message(content: bytes) -> str:
    """The platform's own words, bounded; empty when it has none."""
    told = _json(content)
    said = told.get("message") if isinstance(told, dict) else None
    return shown(said.strip(), _MOST_REASON) if isinstance(said, str) else ""


def _not_taken(content: bytes, parcel: Parcel) -> tuple[NotTaken, ...]:
    told = _json(content)
    if not isinstance(told, dict) or told.get("batch_id") != parcel.batch_id:
        raise PlatformAway(_NONSENSE)
    refused = told.get("refused", [])
    if not isinstance(refused, list):
        raise PlatformAway(_NONSENSE)
    return tuple(_one(row) for row in refused)


def _one(row: Any) -> NotTaken:
    if not isinstance(row, dict) or not isinstance(row.get("change_id"), str):
        raise PlatformAway(_NONSENSE)
    reason, field = row.get("reason"), row.get("field")
    said = shown(reason.strip(), _MOST_REASON) if isinstance(reason, str) else ""
    return NotTaken(
        row["change_id"], said or "对方没有说原因", shown(field, _MOST_REASON) if isinstance(field, str) else ""
    )


def _make(options: Options) -> PostingPlatform:
    try:
        address = urlsplit(options.url)
        host, _ = address.hostname, address.port
    except ValueError:
        host = None
    if not host or address.scheme not in ("https", "http"):
        raise Rejected("platform", '[platform] adapter = "http" 要写 url，如 url = "https://10.1.2.3/api/cases"')
    if address.scheme == "http" and host not in _LOOPBACK:
        raise Rejected("platform", "[platform] url 要用 https：办件里有个人信息，不能走明文")
    if options.more:
        raise Rejected("platform", f"http 不认识选项 {'、'.join(options.more)}")
    return PostingPlatform(options.url, options.token, options.form, options.fields or GB_T_39046, _trusted(options))


def _trusted(options: Options) -> ssl.SSLContext:
    """The system's authorities, or the one in the file that the settings name."""
    if not options.ca:
        return ssl.create_default_context()
    path = options.home / options.ca
    try:
        return ssl.create_default_context(cafile=str(path))
    except OSError as error:
        raise Rejected("platform", f"[platform] ca 的证书 {path} 读不了，请核对文件") from error


HTTP = Platform("http", "网络接口", GB_T_39046, _make, tried="本机上的模拟平台；没有接过真的平台")
