"""IPP/1.1 as far as printing a PDF needs it (RFC 8010 encoding, RFC 8011 semantics), to CUPS or straight to a printer.

CUPS is reached by its local socket, a network printer by ``ipp://host[:port]/path``. Every call has a time-out.
Tried against CUPS 2.4 [T]; network printers as the RFCs say [C].
"""

from __future__ import annotations

import getpass
import http.client
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from drivers.base.errors import NotConnected, OutcomeUnknown, ProtocolError, Timeout

PORT = 631
CUPS_SOCKETS = ("/run/cups/cups.sock", "/var/run/cups/cups.sock", "/private/var/run/cupsd")

PRINT_JOB, CANCEL_JOB, GET_JOB, GET_PRINTER = 0x0002, 0x0008, 0x0009, 0x000B
CUPS_GET_DEFAULT, CUPS_GET_PRINTERS = 0x4001, 0x4002

INTEGER, BOOLEAN, ENUM = 0x21, 0x22, 0x23
TEXT, NAME, KEYWORD, URI, CHARSET, LANGUAGE, MIME = 0x41, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
_OPERATION, _JOB, _END = 0x01, 0x02, 0x03
_LAST_DELIMITER = 0x0F
_OUT_OF_BAND = range(0x10, 0x20)

NOT_FOUND = 0x0406
_FIRST_FAILURE = 0x0100

if sys.platform != "win32":
    import pwd

Value = int | bool | str | None
Group = dict[str, list[Value]]
Field = tuple[int, str, int | str]
"""Value tag, attribute name, value."""


class IppRefusal(ProtocolError):
    """The other side answered with a status that is a failure."""

    default_word = "ipp_refused"

    def __init__(self, status: int = 0x0500) -> None:
        """``status`` as in RFC 8011, appendix B; 0500 is an internal error of the other side."""
        super().__init__(f"IPP status {status:04x}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Reply:
    """Status code and attribute groups (group tag, attributes); an out-of-band value (no-value, unknown) is None."""

    status: int
    groups: tuple[tuple[int, Group], ...]

    def attributes(self) -> Group:
        """Those of the first group behind the operation's own."""
        return next((group for tag, group in self.groups if tag != _OPERATION), {})

    def each(self) -> list[Group]:
        """Every group behind the operation's own: one for each printer of a list."""
        return [group for tag, group in self.groups if tag != _OPERATION]


def encode(operation: int, fields: Iterable[Field], job: Iterable[Field] = (), request_id: int = 1) -> bytes:
    """A request without its document; values with an empty name belong to the attribute before them."""
    head = ((CHARSET, "attributes-charset", "utf-8"), (LANGUAGE, "attributes-natural-language", "en"))
    out = bytearray(struct.pack(">BBHI", 1, 1, operation, request_id))
    out.append(_OPERATION)
    for field in (*head, *fields):
        out += _encode_field(*field)
    job = tuple(job)
    if job:
        out.append(_JOB)
        for field in job:
            out += _encode_field(*field)
    out.append(_END)
    return bytes(out)


def _encode_field(tag: int, name: str, value: int | str) -> bytes:
    content = struct.pack(">i", value) if isinstance(value, int) else value.encode()
    label = name.encode()
    return struct.pack(">BH", tag, len(label)) + label + struct.pack(">H", len(content)) + content


def decode(data: bytes) -> Reply:
    """Raises ProtocolError for what is no IPP answer."""
    try:
        return _decode(data)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ProtocolError("the answer is no IPP message") from error


def _decode(data: bytes) -> Reply:
    _, _, status, _ = struct.unpack_from(">BBHI", data)
    groups: list[tuple[int, Group]] = []
    values: list[Value] = []
    at = 8
    while (tag := data[at]) != _END:
        at += 1
        if tag <= _LAST_DELIMITER:
            groups.append((tag, {}))
            continue
        name, at = _counted(data, at)
        content, at = _counted(data, at)
        if name:
            values = groups[-1][1].setdefault(name.decode(), [])
        values.append(_value(tag, content))
    return Reply(status, tuple(groups))


def _counted(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", data, at)
    end = at + 2 + length
    if end >= len(data):
        raise IndexError("cut off")
    return data[at + 2 : end], end


def _value(tag: int, content: bytes) -> Value:
    if tag in _OUT_OF_BAND:
        return None
    if tag in (INTEGER, ENUM):
        return int(struct.unpack(">i", content)[0])
    if tag == BOOLEAN:
        return content != b"\0"
    return content.decode("utf-8", "replace")


class _LocalConnection(http.client.HTTPConnection):
    """HTTP over the socket of a CUPS on this PC."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        line = socket.socket(getattr(socket, "AF_UNIX"), socket.SOCK_STREAM)  # noqa: B009 - Windows has no AF_UNIX
        line.settimeout(self.timeout)
        line.connect(self._path)
        self.sock = line


Connect = Callable[[float], http.client.HTTPConnection]
"""Makes an unopened connection with a time-out in seconds."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where requests go. ``local`` is CUPS on this PC, which knows who asks by the socket."""

    connect: Connect
    local: bool = False


def cups_endpoint(path: str | None = None) -> Endpoint:
    """CUPS on this PC; raises NotConnected when it is not there."""
    found = next((place for place in ((path,) if path else CUPS_SOCKETS) if os.path.exists(place)), None)
    if found is None:
        raise NotConnected("there is no CUPS socket", word="no_cups")
    return Endpoint(lambda timeout: _LocalConnection(found, timeout), local=True)


def network_endpoint(address: str) -> Endpoint:
    """A printer at ``ipp://host[:port]/path``; ValueError for another address."""
    parts = urlsplit(address)
    host, port = parts.hostname, parts.port or PORT
    if parts.scheme != "ipp" or not host:
        raise ValueError("an IPP address looks like ipp://host/ipp/print")
    return Endpoint(lambda timeout: http.client.HTTPConnection(host, port, timeout=timeout))


def queue_uri(name: str) -> str:
    """The address of a queue of the local CUPS."""
    return f"ipp://localhost/printers/{quote(name)}"


def call(endpoint: Endpoint, path: str, message: bytes, document: bytes = b"", timeout: float = 5.0) -> Reply:
    """Send a request and return its successful answer.

    Raises NotConnected when nobody listens (nothing was sent), IppRefusal for a failure status, ProtocolError for
    nonsense; and when the line fails or falls silent afterwards Timeout, or OutcomeUnknown when a document was sent.
    """
    headers = {"Content-Type": "application/ipp"}
    if endpoint.local:
        headers["Authorization"] = f"PeerCred {_user()}"
    line = endpoint.connect(timeout)
    try:
        try:
            line.connect()
        except OSError as error:
            raise NotConnected(f"nobody answers: {type(error).__name__}") from error
        try:
            line.request("POST", path, message + document, headers)
            answer = line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            lost = OutcomeUnknown if document else Timeout
            raise lost(f"no answer: {type(error).__name__}") from error
    finally:
        line.close()
    if answer.status != http.client.OK:
        raise ProtocolError(f"HTTP status {answer.status}", word=f"http_{answer.status}")
    reply = decode(content)
    if reply.status >= _FIRST_FAILURE:
        raise IppRefusal(reply.status)
    return reply


def _user() -> str:
    """The account that this process runs as: CUPS compares it with the other end of its socket, not with $USER."""
    try:
        return _account()
    except (KeyError, OSError):
        return "anonymous"


if sys.platform == "win32":

    def _account() -> str:
        return getpass.getuser()
else:

    def _account() -> str:
        return pwd.getpwuid(os.geteuid()).pw_name


def user_field() -> Field:
    """Who asks, as CUPS compares it with the owner of a job."""
    return (NAME, "requesting-user-name", _user())
