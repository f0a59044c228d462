"""The pad with a pen as the place where a citizen signs: asked on its own lane, taken back at any moment."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from clerk_app.domain.signatures import Strokes
from clerk_app.ports.counter_devices import SignaturePad
from clerk_app.ui.lanes import Failure, Lane

SIGN_WAIT_S = 180.0
NOT_SIGNED = "申请人没有在签字板上签字，请签在打印的文书上，或按 F7 再请一次"


class PadSigning(QObject):
    """``written`` carries the ``Strokes`` of the asking that ``follow`` named last; ``not_written`` a sentence why
    there are none."""

    written = Signal(object)
    not_written = Signal(str)

    def __init__(self, pad: SignaturePad, lane: Lane) -> None:
        super().__init__()
        self._pad, self._lane = pad, lane
        self._number = 0
        self._cancel = threading.Event()

    def follow(self, number: int) -> None:
        """Ask for the signature of this number; 0 takes back what is asked."""
        if number == self._number:
            return
        self._number = number
        self._cancel.set()
        if not number:
            return
        cancel = self._cancel = threading.Event()

        def signed(strokes: Strokes | None) -> None:
            if number != self._number:
                return
            if strokes is None:
                self.not_written.emit(NOT_SIGNED)
            else:
                self.written.emit(strokes)

        def failed(failure: Failure) -> None:
            if number == self._number:
                self.not_written.emit(failure.text)

        self._lane.run(self._pad.ask_signature, SIGN_WAIT_S, cancel, done=signed, failed=failed)
