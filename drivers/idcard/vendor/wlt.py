"""The photo of a card: 1,024 bytes in the WLT format, for which only the makers have a decoder [C].

Where ``WltRS`` is there its GetBmp makes a picture of 102 x 126 in 24 bits (38,862 bytes); where it is not, or fails,
or hangs, the photo stays 未解码 and everything else goes on. Decoding runs in a helper process on a thread of its own
and never keeps the next card waiting. Tried against a library with the same entry point [T].
"""

from __future__ import annotations

import logging
import struct
import threading
from collections.abc import Callable

from drivers.base.errors import DeviceError
from drivers.idcard.vendor.library import VendorLibrary
from drivers.idcard.vendor.process import Helper, path

_LOG = logging.getLogger(__name__)
NAMES = ("WltRS.dll", "libwltrs.so", "wltrs.so")
NOT_DECODED = "未解码"
PICTURE_BYTES = 38_862
_WIDTH, _HEIGHT, _BITS = 102, 126, 24
_OK = 1
_BY_USB = 2
"""GetBmp's second argument: 1 serial, 2 USB [M]; the codec does not speak to the reader."""

Decoded = Callable[[bytes | None], None]
"""Told the picture as BMP, or None when it stays undecoded."""


def is_picture(data: bytes) -> bool:
    """Whether ``data`` is a BMP of 102 x 126 in 24 bits."""
    if len(data) != PICTURE_BYTES or data[:2] != b"BM":
        return False
    width, height, _, bits = struct.unpack_from("<iiHH", data, 18)
    return (width, abs(height), bits) == (_WIDTH, _HEIGHT, _BITS)


class PhotoDecoder:
    """Decodes the newest photo that was handed over; older ones that still wait are told None."""

    def __init__(self, library: VendorLibrary, timeout: float = 3.0) -> None:
        self._helper = Helper(library)
        self._timeout = timeout
        self._changed = threading.Condition()
        self._waiting: tuple[bytes, Decoded] | None = None
        self._closing = False
        self._thread: threading.Thread | None = None

    def decode(self, photo: bytes, done: Decoded) -> None:
        """Returns at once; ``done`` is called from the decoder's thread, exactly once."""
        with self._changed:
            given_up, self._waiting = self._waiting, (photo, done)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="photo-decoder", daemon=True)
                self._thread.start()
            self._changed.notify()
        if given_up is not None:
            self._tell(given_up[1], None)

    def close(self) -> None:
        """End the helper process; what still waits is told None."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
        self._helper.close()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting is not None or self._closing)
                job, self._waiting = self._waiting, None
                closing = self._closing
            if job is not None:
                self._tell(job[1], None if closing else self._picture(job[0]))
            if closing:
                return

    def _picture(self, photo: bytes) -> bytes | None:
        if not any(photo):
            return None
        try:
            self._helper.has("GetBmp")
            folder = self._helper.folder
            if folder is None:
                return None
            source = folder / "photo.wlt"
            source.write_bytes(photo)
            returned = self._helper.call("GetBmp", path(source), _BY_USB, timeout=self._timeout)
            picture = source.with_suffix(".bmp").read_bytes() if returned and returned.result == _OK else b""
        except DeviceError as exc:
            _LOG.info("photo not decoded: %s", exc.word)
            return None
        except OSError as exc:
            _LOG.info("photo not decoded: %s", type(exc).__name__)
            return None
        finally:
            self._helper.empty_folder()
        return picture if is_picture(picture) else None

    def _tell(self, done: Decoded, picture: bytes | None) -> None:
        try:
            done(picture)
        except Exception:  # noqa: BLE001 - the next photo is decoded all the same
            _LOG.exception("whoever waited for a photo failed")
