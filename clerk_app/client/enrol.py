"""Enrolment: the server proves itself against the typed code before the secret leaves this device."""

from __future__ import annotations

from dataclasses import dataclass

from clerk_app.client.tls import fingerprint
from clerk_app.client.transport import Transport
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.enrolment import fingerprint_part, read_code
from clerk_app.domain.errors import NotAllowed
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.hall import Enrolled, EnrolRequest

_NOT_OURS = (
    "这台服务器的证书和登记码对不上，没有发送登记码。请核对地址和登记码；都对的话请报技术员，网络里可能有假服务器"
)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a device keeps (encrypted): the address, the pinned authority, its id and token."""

    address: str
    ca_pem: str
    enrolled: Enrolled


def enrol(
    address: str,
    code: str,
    kind: DeviceKind,
    name: str,
    window_no: str | None = None,
    hall: HallProfile | None = None,
) -> Enrolment:
    """Enrol this device at ``https://host:port`` with a one-time code; the server of a hall tells its ``hall``.

    The authority's certificate is fetched unverified and compared with the code's fingerprint; only then is the
    secret sent, over a connection that this authority alone vouches for. ``Rejected("code")`` for a mistyped code,
    ``NotAllowed`` for a wrong server or a code that is used up, ``Unreachable`` when nobody answers.
    """
    parts = read_code(code)
    stranger = Transport(address, None)
    try:
        ca_pem: str = stranger.call("GET", "/v1/enrol/ca", str)
    finally:
        stranger.close()
    try:
        shown = fingerprint_part(fingerprint(ca_pem))
    except ValueError as error:
        raise NotAllowed(_NOT_OURS) from error
    if shown != parts.fingerprint:
        raise NotAllowed(_NOT_OURS)
    server = Transport(address, ca_pem)
    try:
        wish = EnrolRequest(parts.secret, kind, name, window_no, hall)
        enrolled: Enrolled = server.call("POST", "/v1/enrol", Enrolled, body=wish, body_kind=EnrolRequest)
    finally:
        server.close()
    return Enrolment(address, ca_pem, enrolled)
