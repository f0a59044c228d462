"""One log for each program: a rotating file, never a traceback on a clerk's screen, never personal data on purpose."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
import threading
from pathlib import Path
from types import TracebackType

from clerk_app.domain.masking import mask_id_number, mask_phone

_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


class _Masking(logging.Formatter):
    """Masks identity and phone numbers that got into a message or a traceback by accident."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        text = _ID_NUMBER.sub(lambda found: mask_id_number(found.group()), text)
        return _PHONE.sub(lambda found: mask_phone(found.group()), text)


def start(folder: Path, program: str, *, echo: bool = False) -> None:
    """Log to ``folder/log/<program>.log`` (5 files of 2 MB) and, with ``echo``, to stderr too."""
    target = folder / "log"
    target.mkdir(parents=True, exist_ok=True)
    form = _Masking("%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s")
    handlers: list[logging.Handler] = [
        logging.handlers.RotatingFileHandler(
            target / f"{program}.log", maxBytes=2_000_000, backupCount=4, encoding="utf-8"
        )
    ]
    if echo:
        handlers.append(logging.StreamHandler(sys.stderr))
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(form)
        root.addHandler(handler)
    for noisy in ("httpx2", "httpcore2", "fontTools", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("clerk").critical("uncaught", exc_info=(kind, error, trace))
