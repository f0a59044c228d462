"""What the web pages share: shipped files under a version, the tokens as CSS, headers, and who may ask how often."""

from __future__ import annotations

import hashlib
import ipaddress
import threading
import time
from collections import OrderedDict
from functools import cache
from typing import Final

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import Headers

from clerk_app.design.resources import resource
from clerk_app.design.tokens import DISPLAY_TYPE, TYPE, TypeRole, colors, css_variables

MEDIA_TYPES: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
FOR_EVER: Final = "public, max-age=31536000, immutable"
_PANEL: Final = (1920, 1080)
_ROOT_PX: Final = 16
_ADDRESSES: Final = 10_000


def panel_css() -> str:
    """The tokens for a wall panel: ``--u`` is one px of the design panel, and every display size a multiple of it.

    The largest ``--u`` at which the whole design is visible, lying or upright, so nothing ever scrolls.
    """
    wide, tall = _PANEL
    fit = ":root {{ --u: min(calc(100vw / {0}), calc(100vh / {1})); }}"
    roles = "".join(_role("display", name, role, "calc({} * var(--u))") for name, role in DISPLAY_TYPE.items())
    upright = "@media (orientation: portrait) { " + fit.format(tall, wide) + " }"
    return f"{css_variables()}{fit.format(wide, tall)}\n:root {{ {roles}}}\n{upright}\n"


def phone_css() -> str:
    """The tokens for a phone: sizes in ``rem``, so that the reader's own font size counts."""
    tints = "".join(f"--{name.replace('_', '-')}: {value}; " for name, value in colors().items())
    roles = "".join(_role("type", name, role, "{}rem", _ROOT_PX) for name, role in TYPE.items())
    panel = "".join(_role("display", name, role, "{}rem", _ROOT_PX) for name, role in DISPLAY_TYPE.items())
    return f":root {{ {tints}{roles}{panel}}}\n"


def _role(prefix: str, name: str, role: TypeRole, form: str, by: int = 1) -> str:
    label = name.replace("_", "-")
    size, line = (f"{value / by:g}" for value in (role.px, role.line))
    return f"--{prefix}-{label}: {form.format(size)}; --{prefix}-line-{label}: {form.format(line)}; "


def page_templates(folder: str) -> Environment:
    """The templates of ``resources/web/<folder>``: every value escaped, a name that is missing an error."""
    return Environment(
        loader=FileSystemLoader(resource("web", folder)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class WebFiles:
    """The files of one page from ``resources/web``, all under one version: a page never mixes old and new ones."""

    def __init__(self, *names: str, tokens: str) -> None:
        self._files = {name: resource("web", name).read_bytes() for name in names}
        self._files["tokens.css"] = tokens.encode()
        digest = hashlib.sha256()
        for name, content in sorted(self._files.items()):
            digest.update(name.encode() + b"\0" + content + b"\0")
        self.version = digest.hexdigest()[:16]

    def answer(self, version: str, name: str) -> Response:
        """The file as it is now; kept for ever only under its own version."""
        content = self._files.get(name)
        if content is None:
            return Response("", 404, media_type="text/plain")
        headers = {
            "Cache-Control": FOR_EVER if version == self.version else "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(content, headers=headers, media_type=MEDIA_TYPES[name.rpartition(".")[2]])


@cache
def web_files(kind: str) -> WebFiles:
    """The files of ``display`` or ``phone``, read once."""
    if kind == "display":
        names = ("announcer.js", "board.css", "callboard.js", "display.js", "feed.js", "painter.js", "voice.js")
        return WebFiles(*names, tokens=panel_css())
    return WebFiles("queue.css", "queue.js", tokens=phone_css())


def page_headers(policy: str, *, referrer: str = "no-referrer") -> dict[str, str]:
    """Headers of a page: nothing from elsewhere, in nobody's frame, not kept by anybody, not indexed."""
    return {
        "Content-Security-Policy": f"default-src 'none'; {policy}; base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": referrer,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Cache-Control": "no-store",
    }


def of_own_page(headers: Headers) -> bool:
    """Whether a browser says that a page of this very server asks (its ``Origin``)."""
    host = headers.get("host", "")
    return bool(host) and headers.get("origin") == f"https://{host}"


def asker(request: Request) -> str:
    """Whom to count a request against: the address, of IPv6 the /64 that one subscriber has."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return host


class RateLimit:
    """A bucket per asker: ``burst`` at once, ``per_second`` afterwards. Forgets whom it has not seen for longest."""

    def __init__(self, burst: int, per_second: float) -> None:
        self._burst, self._per_second = burst, per_second
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, who: str, cost: float = 1.0) -> bool:
        """Take ``cost`` out of the bucket, False when it holds less; a cost of 0 only looks whether one is left."""
        now = time.monotonic()
        with self._lock:
            left, seen = self._buckets.pop(who, (float(self._burst), now))
            left = min(self._burst, left + (now - seen) * self._per_second)
            enough = left >= max(cost, 1.0)
            self._buckets[who] = (left - cost if enough else left, now)
            if len(self._buckets) > _ADDRESSES:
                self._buckets.popitem(last=False)
        return enough
