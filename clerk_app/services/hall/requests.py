"""Idempotency: a request key seen again gets the stored answer, or is refused when its content differs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from clerk_app.domain.errors import Conflict, Rejected
from clerk_app.ports.stores_hall import HallStore, HallUnit
from clerk_app.services.hall.access import Access, Caller
from clerk_app.services.hall.tools import Tools

KEPT = timedelta(days=30)
_KEY = re.compile(r"[0-9A-Za-z._:-]{8,64}")


class Requests:
    """Runs a change at most once per key, in one transaction with its key.

    What is refused is rolled back and not remembered: it has changed nothing, so it may be tried again.
    """

    def __init__(self, store: HallStore, tools: Tools, access: Access, committed: Callable[[str], None]) -> None:
        self._store = store
        self._tools = tools
        self._access = access
        self._committed = committed

    def once(
        self, caller: Caller, key: str, content: bytes, work: Callable[[HallUnit], str], *, patient: bool = False
    ) -> str:
        """The answer of ``work`` as JSON text, from now or from before.

        ``content`` is everything that was asked (method, path, body). ``Rejected("key")`` for a malformed key,
        ``Conflict`` when the key came before with another content or from another device.
        """
        if not _KEY.fullmatch(key):
            raise Rejected("key", "请求编号的格式不对（程序错误，请报技术员）")
        hall_id = caller.actor.hall_id
        body_hash = self._tools.crypto.digest(caller.device_id.encode() + b"\0" + content).hex()

        def job(unit: HallUnit) -> str:
            self._access.check_live(unit, caller)
            before = unit.requests.reserve(key, body_hash, self._tools.now())
            if before is not None:
                if before[0] != body_hash:
                    raise Conflict("同一个请求编号带了不同的内容，没有执行（程序错误，请报技术员）")
                return before[1]
            response = work(unit)
            unit.requests.answer(key, 200, response)
            return response

        answer = self._store.write(hall_id, caller.device_id, job, patient=patient)
        self._committed(hall_id)
        return answer

    def forget_old(self, hall_id: str) -> int:
        """Drop keys older than ``KEPT``; how many. Records keep their own keys for ever."""
        before = self._tools.now() - KEPT
        return self._store.write(hall_id, "housekeeping", lambda unit: unit.requests.forget_before(before))
