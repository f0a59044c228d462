"""A print server that speaks IPP (RFC 8010): queues, jobs and what the printer complains of, with faults to order."""

from __future__ import annotations

import http.server
import socketserver
import struct
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from drivers.printer import ipp

COMPLETED, CANCELED, ABORTED, PENDING, PROCESSING = 9, 7, 8, 3, 5
IDLE, STOPPED = 3, 5


@dataclass
class Job:
    """One job as the server holds it; ``began`` is time-at-processing, None before."""

    document: bytes
    attributes: dict[str, list[Any]]
    state: int
    began: int | None


@dataclass
class Queue:
    """A queue; ``job_states`` are given out one for each question about a job, the last one stays."""

    state: int = IDLE
    reasons: list[str] = field(default_factory=lambda: ["none"])
    reasons_after: list[str] | None = None
    accepting: bool = True
    job_states: list[int] = field(default_factory=lambda: [PROCESSING, COMPLETED])
    begins: bool = True
    takes: bool = True
    hangs_up: bool = False


class IppServer:
    """On a Unix socket, as CUPS is, and on a TCP port, as a network printer is. ``default`` names the default queue."""

    def __init__(self) -> None:
        self.queues: dict[str, Queue] = {}
        self.default: str | None = None
        self.jobs: list[Job] = []
        self.cancelled: list[int] = []
        self.broken = False
        self._folder = tempfile.TemporaryDirectory(prefix="ipp-")
        self.socket_path = str(Path(self._folder.name) / "cups.sock")
        handler = _handler(self)
        self._servers = (
            socketserver.ThreadingUnixStreamServer(self.socket_path, handler),
            http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler),
        )
        self.port = self._servers[1].server_address[1]

    def __enter__(self) -> Self:
        for server in self._servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._folder.cleanup()

    def address(self, queue: str) -> str:
        return f"ipp://127.0.0.1:{self.port}/printers/{queue}"

    def answer(self, path: str, request: bytes) -> bytes | None:
        """The reply to a request; None hangs up without one."""
        if self.broken:
            return b"\x01"
        message = ipp.decode(request)
        operation = message.status
        asked = message.groups[0][1]
        if operation == ipp.CUPS_GET_DEFAULT:
            return self._names([self.default] if self.default else [])
        if operation == ipp.CUPS_GET_PRINTERS:
            return self._names(list(self.queues))
        queue = self.queues.get(path.rpartition("/")[2])
        if queue is None:
            return _reply(ipp.NOT_FOUND)
        if operation == ipp.PRINT_JOB:
            document = request[_end_of_attributes(request) :]
            if queue.hangs_up:
                return None
            if not queue.takes:
                return _reply(0x040B)
            self.jobs.append(Job(document, {**asked, **message.attributes()}, PENDING, None))
            return _reply(0, [(2, [(ipp.INTEGER, "job-id", len(self.jobs))])])
        if operation == ipp.GET_PRINTER:
            return self._printer(queue)
        job_id = asked["job-id"][0]
        assert isinstance(job_id, int)
        if operation == ipp.CANCEL_JOB:
            self.cancelled.append(job_id)
            self.jobs[job_id - 1].state = CANCELED
            queue.job_states = [CANCELED]
            return _reply(0)
        assert operation == ipp.GET_JOB
        return self._job(queue, self.jobs[job_id - 1])

    def _names(self, names: list[str]) -> bytes:
        if not names:
            return _reply(ipp.NOT_FOUND)
        return _reply(0, [(4, [(ipp.NAME, "printer-name", name)]) for name in names])

    def _printer(self, queue: Queue) -> bytes:
        reasons = queue.reasons_after if self.jobs and queue.reasons_after is not None else queue.reasons
        fields: list[tuple[int, str, Any]] = [(ipp.ENUM, "printer-state", queue.state)]
        fields += [(ipp.KEYWORD, "" if n else "printer-state-reasons", reason) for n, reason in enumerate(reasons)]
        fields.append((ipp.BOOLEAN, "printer-is-accepting-jobs", queue.accepting))
        return _reply(0, [(4, fields)])

    def _job(self, queue: Queue, job: Job) -> bytes:
        job.state = queue.job_states.pop(0) if len(queue.job_states) > 1 else queue.job_states[0]
        if queue.begins and job.state in (PROCESSING, COMPLETED, ABORTED):
            job.began = 1
        began = (0x13, "time-at-processing", b"") if job.began is None else (ipp.INTEGER, "time-at-processing", 1)
        return _reply(0, [(2, [(ipp.ENUM, "job-state", job.state), began])])


def _handler(server: IppServer) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply = server.answer(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            if reply is None:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/ipp")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _reply(status: int, groups: list[tuple[int, list[tuple[int, str, Any]]]] | None = None) -> bytes:
    out = bytearray(struct.pack(">BBHI", 1, 1, status, 1)) + b"\x01"
    for tag, fields in groups or []:
        out.append(tag)
        for kind, name, value in fields:
            content = value if isinstance(value, bytes) else _content(kind, value)
            out += struct.pack(">BH", kind, len(name)) + name.encode() + struct.pack(">H", len(content)) + content
    return bytes(out + b"\x03")


def _content(kind: int, value: int | str | bool) -> bytes:
    if isinstance(value, bool):
        return bytes([value])
    return struct.pack(">i", value) if isinstance(value, int) else value.encode()


def _end_of_attributes(request: bytes) -> int:
    at = 8
    while request[at] != 0x03:
        if request[at] <= 0x0F:
            at += 1
            continue
        (name,) = struct.unpack_from(">H", request, at + 1)
        (value,) = struct.unpack_from(">H", request, at + 3 + name)
        at += 5 + name + value
    return at + 1
