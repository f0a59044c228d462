"""SIGKILL at every boundary of a job's states, with a real store and a real line: nothing comes out twice by itself,
and nothing is called printed that is not."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.ports.window import PaperState
from clerk_app.services.window.printing import Answer
from db.window.store import open_window_store
from drivers.base.simports import PtyPort
from drivers.printer.virtual import VirtualPrinter
from support import forked, print_worker
from support.lines import FONT
from support.print_worker import KEY, MOMENTS, sheets, window_at
from support.window import CLERK, HALL_ID

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals")

ALL_SENT = ("all is sent", "the fence is answered", "printed is committed")


@pytest.fixture
def device() -> Iterator[VirtualPrinter]:
    with VirtualPrinter(PtyPort("printer"), FONT) as device:
        yield device
    assert list(device.errors) == []


def run(path: Path, device: VirtualPrinter, moment: str) -> subprocess.CompletedProcess[str]:
    """One life of the process."""
    return forked.run(print_worker.__name__, str(path), device.port, moment)


def originals(device: VirtualPrinter) -> list[str]:
    """Whole first prints on the paper: their last line is the number alone."""
    lasts = [ticket.text.splitlines()[-1] for ticket in device.tickets]
    return [last for last in lasts if last.startswith("MH-")]


@pytest.mark.parametrize("moment", MOMENTS)
def test_wherever_it_dies_the_sheet_comes_out_once_or_is_asked_about(
    moment: str, tmp_path: Path, device: VirtualPrinter
) -> None:
    path = tmp_path / "window.db"
    died = run(path, device, moment)
    assert died.returncode == -signal.SIGKILL, died.stderr
    if moment in ALL_SENT:
        device.wait_for_tickets(1, 20.0)
    assert len(originals(device)) == (moment in ALL_SENT)

    # The next life prints what was never sent, and nothing else.
    lived = run(path, device, "never")
    assert lived.returncode == 0, lived.stderr
    store = open_window_store(path, KEY, HALL_ID)
    (sheet,) = store.read(sheets)
    if moment in ("queued", "printed is committed"):
        assert sheet.state is PaperState.PRINTED
        assert originals(device) == [sheet.number]
    else:
        assert sheet.state is PaperState.UNKNOWN
        assert len(originals(device)) == (moment in ALL_SENT)

    # The clerk looks at the paper and says what is there.
    window = window_at(store, device.port)
    for question in window.prints.questions():
        seen = Answer.USABLE if originals(device) else Answer.REPRINT
        window.prints.answer(question.paper.paper_id, seen, CLERK)
    last = store.read(sheets)[-1]
    assert last.state is PaperState.PRINTED
    lasts = [ticket.text.splitlines()[-1] for ticket in device.tickets]
    assert lasts[-1] == (f"补打 {last.reprint} {last.number}" if last.reprint else last.number)
    assert len(originals(device)) + last.reprint == 1
    assert device.complaints == []
    store.close()
