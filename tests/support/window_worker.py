"""A window's process that takes cases as fast as it can, for tests that kill it.

Arguments: store file, file of printed papers. Each line on standard output was promised: ``<case id> <case number>``.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.clock import SystemEntropy
from clerk_app.ports.devices import PrintOutcome, PrintResult
from db.window.store import open_window_store
from support.window import CLERK, HALL_ID, FakePagePrinter, FakeReceiptPrinter, Window

KEY = b"k" * 32


class FilePrinter:
    """Paper that outlives the process: the digest of each job, one a line, on disk before the answer."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def put(self, job: bytes) -> PrintResult:
        os.write(self._file, hashlib.sha256(job).hexdigest().encode() + b"\n")
        os.fsync(self._file)
        return PrintResult(PrintOutcome.PRINTED)


class Thermal(FilePrinter, FakeReceiptPrinter):
    def print(self, job: bytes) -> PrintResult:
        return self.put(job)


class Page(FilePrinter, FakePagePrinter):
    def print(self, pdf: bytes, copies: int, title: str) -> PrintResult:
        return self.put(pdf)


def main(store: Path, papers: Path) -> None:
    window = Window(open_window_store(store, KEY, HALL_ID))
    window.entropy = SystemEntropy()  # type: ignore[assignment]
    window.receipt_printer, window.page_printer = Thermal(papers), Page(papers)
    window.restart()
    window.prints.recover()
    while True:
        window.clock.advance(seconds=1)
        case = window.cases.conclude(window.complete(), OutcomeKind.ACCEPTED, CLERK)
        print(case.case_id, case.case_number, flush=True)
        window.prints.print_case(case.case_id, CLERK)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
