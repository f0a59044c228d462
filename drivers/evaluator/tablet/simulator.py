"""A tablet in software: it pairs by a code, asks for news as the page does, and touches what it is told to."""

from __future__ import annotations

import http.client
import json
import logging
import threading
from typing import Any, Self

from drivers.evaluator.tablet.serving import COOKIE

_LOG = logging.getLogger(__name__)


class TabletSimulator:
    """Speaks plain HTTP to 127.0.0.1. ``asked`` counts the askings that it saw."""

    def __init__(self, port: int, code: str) -> None:
        self.port, self._code = port, code
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._plugged = True
        self._finger: int | None = None
        self._last = ""
        self.asked = 0
        self.token = ""
        self._thread = threading.Thread(target=self._run, name="tablet-simulator", daemon=True)

    def __enter__(self) -> Self:
        status, _ = self.call("POST", "/pair", {"code": self._code})
        if status != 200:
            raise ValueError(f"the window did not take the code: {status}")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def press(self, level: int) -> None:
        """Touch a level as soon as there are any to touch."""
        with self._changed:
            self._finger = level
            self._changed.notify_all()

    def press_too_late(self, level: int) -> None:
        """What was touched for the last asking is sent although that is over."""
        if self._last:
            self.call("POST", "/rate", {"asking": self._last, "level": level})

    def unplug(self) -> None:
        """The tablet is switched off."""
        self._plugged = False

    def replug(self) -> None:
        """It is on again."""
        self._plugged = True

    def call(self, method: str, path: str, told: Any = None) -> tuple[int, dict[str, Any]]:
        """One call as the page makes it: status and answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Content-Type": "application/json", "Cookie": f"{COOKIE}={self.token}"}
            line.request(method, path, None if told is None else json.dumps(told), headers)
            reply = line.getresponse()
            if cookie := reply.getheader("Set-Cookie"):
                self.token = cookie.partition("=")[2].partition(";")[0]
            return reply.status, json.loads(reply.read())
        finally:
            line.close()

    def _run(self) -> None:
        seen = 0
        while not self._stop.is_set():
            if not self._plugged:
                self._stop.wait(0.05)
                continue
            try:
                status, told = self.call("GET", f"/state?seen={seen}")
                if status == 200 and told["asking"]:
                    self._answer(told["asking"])
                    seen = 0
                else:
                    seen = told.get("version", 0)
                    self._stop.wait(0 if status == 200 else 0.2)
            except (OSError, http.client.HTTPException, ValueError):
                _LOG.debug("the window is away", exc_info=True)
                seen = 0
                self._stop.wait(0.2)

    def _answer(self, asking: str) -> None:
        if asking != self._last:
            self._last = asking
            self.asked += 1
        with self._changed:
            self._changed.wait_for(lambda: self._finger is not None, 0.25)
            level, self._finger = self._finger, None
        if level is not None:
            self.call("POST", "/rate", {"asking": asking, "level": level})
