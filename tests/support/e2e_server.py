"""``clerk server`` as a process of its own whose power can be cut in the middle of what a window tells it.

Runs the program itself; only the moments are added. A moment is armed by a file with its name in the folder that the
environment variable ``E2E_ARM`` names: the process ends when it gets there, and the file is gone. ``E2E_AHEAD_DAYS``
lets its clock run ahead.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clerk_app.bootstrap import server
from clerk_app.ports.hall_sync import Batch, BatchAnswer, RecordKind
from clerk_app.services.hall import casefiles
from clerk_app.services.hall.batches import Batches
from clerk_app.services.hall.requests import Requests
from support.e2e_moments import power_cut, set_ahead

ACCEPTING, ACCEPTED = "accepting", "accepted"
"""``accepting``: an act is written and nothing is committed. ``accepted``: it is committed, nobody was told."""


def _cut_if_armed(moment: str) -> None:
    try:
        Path(os.environ["E2E_ARM"], moment).unlink()
    except FileNotFoundError:
        return
    power_cut()


def _watch() -> None:
    enter: Callable[..., Any] = casefiles.enter_approval_seal
    once, take = Requests.once, Batches.take

    def in_the_middle(*args: Any) -> None:
        _cut_if_armed(ACCEPTING)
        enter(*args)

    def at_the_end(self: Requests, caller: Any, key: str, content: bytes, work: Any, **more: Any) -> str:
        answer = once(self, caller, key, content, work, **more)
        if content.startswith(b"POST /v1/acts\0"):
            _cut_if_armed(ACCEPTED)
        return answer

    def with_a_batch(self: Batches, caller: Any, batch: Batch) -> BatchAnswer:
        answer = take(self, caller, batch)
        if any(record.kind == RecordKind.ACT for record in batch.records):
            _cut_if_armed(ACCEPTED)
        return answer

    casefiles.enter_approval_seal = in_the_middle
    Batches.take = with_a_batch  # type: ignore[method-assign]
    Requests.once = at_the_end  # type: ignore[method-assign]


if __name__ == "__main__":
    set_ahead(int(os.environ.get("E2E_AHEAD_DAYS", "0")))
    _watch()
    sys.exit(server.main())
