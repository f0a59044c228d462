"""docs/dispatch.md: its example is a test vector, and its short program recomputes a real day."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain import dispatch
from clerk_app.domain.dispatch import DrawKind
from clerk_app.services.hall.dispatch_log import as_file
from clerk_app.services.hall.tools import system_actor
from support.hall import SeededEntropy, hall_in_hand
from support.queue_day import played_day

DOC = Path(__file__).resolve().parents[3] / "docs" / "dispatch.md"
CRYPTO = NationalCrypto(SeededEntropy())


@pytest.fixture(scope="module")
def text() -> str:
    return DOC.read_text(encoding="utf-8")


def test_the_example_of_the_page_is_what_the_program_computes(text: str) -> None:
    told = dict(re.findall(r"^\| (\w+) \| `([^`]+)` \|$", text, re.MULTILINE))
    day, secret = date.fromisoformat(told["day"]), bytes.fromhex(told["secret"])
    assert dispatch.commitment(secret, told["hall_id"], day, CRYPTO.digest) == told["commitment"]
    key = dispatch.day_key(secret, told["word"], told["hall_id"], day, CRYPTO.mac)
    assert key.hex() == told["key"]
    rows = re.findall(
        r"^\| `(ticket|window)`, fixed `(\w+)`, among (.+?) \| mac `(\w+)`, drawn `(\w+)` \|$", text, re.M
    )
    assert len(rows) == 2
    for kind, fixed, among, mac, drawn in rows:
        found = dispatch.draw(key, DrawKind(kind), fixed, re.findall(r"`(\w+)`", among), day, CRYPTO.mac)
        assert (found.mac, found.winner) == (mac, drawn)


def test_the_program_of_the_page_recomputes_a_day_and_notices_a_wrong_draw(text: str, tmp_path: Path) -> None:
    program = re.search(r"```python\n(.+?)```", text, re.DOTALL)
    assert program is not None
    assert len([line for line in program[1].splitlines() if line.strip()]) <= 20
    (tmp_path / "check.py").write_text(program[1], encoding="utf-8")
    with hall_in_hand(tmp_path, 4) as hall:
        played_day(hall, 4, 80).close()
        actor, today = system_actor(hall.hall_id), hall.read(hall.desk.days.today)
        log = as_file(hall.read(lambda unit: hall.desk.dispatch.log(unit, actor, today)))

    def run() -> subprocess.CompletedProcess[str]:
        (tmp_path / "log.json").write_text(json.dumps(log), encoding="utf-8")
        command = [sys.executable, str(tmp_path / "check.py"), str(tmp_path / "log.json")]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert run().stdout.strip() == "all draws fit"
    drawn = next(entry for entry in log["entries"] if "draw" in entry)
    drawn["draw"]["candidates"].append("A999")
    assert run().returncode != 0
