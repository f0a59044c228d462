"""One log for each program, never a traceback on a clerk's screen, never personal data on purpose.

Windows, kiosks and displays write a rotating text file. A server writes one JSON object a line, a file for each day:
its requests too, by the template of their route and without what a caller sent.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import re
import sys
import threading
import traceback
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from clerk_app.domain.masking import mask_id_number, mask_phone
from clerk_app.ports.clock import BEIJING

_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_NOISY = ("httpx2", "httpcore2", "fontTools", "alembic", "uvicorn", "websockets")
_LARGEST_DAY = 200_000_000
"""Bytes after which a day gets a further file: a fault that repeats must not fill the disk in one piece."""


def masked(text: str) -> str:
    """The text with identity and phone numbers masked that got into it by accident."""
    text = _ID_NUMBER.sub(lambda found: mask_id_number(found.group()), text)
    return _PHONE.sub(lambda found: mask_phone(found.group()), text)


class _Masking(logging.Formatter):
    """Masks identity and phone numbers that got into a message or a traceback by accident."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object a line. Of an exception it keeps the kind and the places in the code: its words may quote what
    somebody sent or what stands in the store."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, BEIJING).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "pid": record.process,
            "thread": record.threadName,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["errors"] = [_without_words(error) for error in _causes(record.exc_info[1])]
        return masked(json.dumps(line, ensure_ascii=False, default=lambda value: type(value).__name__))


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    known: BaseException | None = error
    while known is not None and known not in found:
        found.append(known)
        known = known.__cause__ or (None if known.__suppress_context__ else known.__context__)
    return found


def _without_words(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return {"kind": f"{kind.__module__}.{kind.__qualname__}", "places": places}


class DailyFile(logging.FileHandler):
    """``server.log`` of today; yesterday's becomes ``server-20261126.log``. Old days are packed and dropped by the
    server's housekeeping (``services.hall.retention``), not here, where every request waits."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self._path = path
        self._day = _day_of(path)

    def emit(self, record: logging.LogRecord) -> None:
        today = datetime.fromtimestamp(record.created, BEIJING).date()
        if today > self._day or (self.stream is not None and self.stream.tell() > _LARGEST_DAY):
            self._put_away()
            self._day = today
        super().emit(record)

    def _put_away(self) -> None:
        if self.stream is not None:
            self.stream.close()
            self.stream = None  # type: ignore[assignment]
        if not self._path.exists():
            return
        stem = f"{self._path.stem}-{self._day:%Y%m%d}"
        further = 0
        while (target := self._path.with_name(f"{stem}{f'-{further}' if further else ''}.log")).exists():
            further += 1
        try:
            self._path.rename(target)
        except OSError:
            # Somebody reads the file (Windows): it goes on growing until it can be put away.
            return


def _day_of(path: Path) -> date:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, BEIJING).date()
    except OSError:
        return datetime.now(BEIJING).date()


def start(folder: Path, program: str, *, echo: bool = False) -> None:
    """Log to ``folder/log/<program>.log`` (5 files of 2 MB) and, with ``echo``, to stderr too."""
    form = _Masking("%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s")
    path = _path(folder, program)
    file = logging.handlers.RotatingFileHandler(path, maxBytes=2_000_000, backupCount=4, encoding="utf-8")
    handlers: list[logging.Handler] = [file]
    if echo:
        handlers.append(logging.StreamHandler(sys.stderr))
    _install(handlers, form)


def start_server(folder: Path, program: str = "server") -> None:
    """Log JSON lines to ``folder/log/<program>.log``, a new file each day (Beijing time)."""
    _install([DailyFile(_path(folder, program))], JsonLines())


def _path(folder: Path, program: str) -> Path:
    target = folder / "log"
    target.mkdir(parents=True, exist_ok=True)
    return target / f"{program}.log"


def _install(handlers: list[logging.Handler], form: logging.Formatter) -> None:
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(form)
        root.addHandler(handler)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("clerk").critical("uncaught", exc_info=(kind, error, trace))
