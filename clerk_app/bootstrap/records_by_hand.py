"""``clerk send-records``: the records of a window's store that gives no numbers any more, sent once by the technician.

For a store that was copied, put back from an image, or taken off a dead computer: it is opened where it lies, enrolled
for this one time with a code for its window, and everything that waits is pushed. What the server has already it does
not store twice; a paper number that another case bears is named and left for a person.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from clerk_app.bootstrap import logs, settings
from clerk_app.bootstrap.console import say
from clerk_app.client.enrol import enrol
from clerk_app.client.hall import HallClient
from clerk_app.crypto.keyfile import open_keyring
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Fault, Refusal, Rejected
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.outbox import CHANGED, Outbox, SyncStatus

_NAME = "补传（技术员）"
_RUNS = 5


@dataclass(frozen=True, slots=True)
class Sent:
    """``pushed`` records and files went over; what is left stands in ``status``."""

    pushed: int
    status: SyncStatus
    stopped: str


def send_records(home: Path, address: str, code: str) -> Sent:
    """Push everything that waits in the window's folder ``home``. ``Rejected`` when there is no store, ``NotAllowed``
    for a code that is no good, ``Locked`` when the store is another hall's."""
    from db.window.store import open_window_store

    path = home / "window.db"
    if not path.exists():
        raise Rejected("folder", f"{home} 里没有窗口的数据")
    clock, entropy = SystemClock(), SystemEntropy()
    crypto = NationalCrypto(entropy)
    keys = open_keyring(home / "keys" / "device.key", path, crypto, entropy)
    number = home.name.removeprefix("window-")
    enrolment = enrol(address, code, DeviceKind.WINDOW, _NAME, number)
    client = HallClient(address, enrolment.ca_pem, enrolment.enrolled.token, clock, entropy)
    store = open_window_store(path, keys.key("sqlcipher"), enrolment.enrolled.hall.hall_id)
    try:
        if store.read(lambda unit: unit.binding.binding()) is None:
            raise Rejected("folder", f"{home} 里的数据不是这个大厅的，没有上传")
        journal = Journal(crypto, keys.key("journal"), clock, entropy)
        outbox = Outbox(store, client, journal, clock)
        pushed, stopped = 0, ""
        for _ in range(_RUNS):
            push = outbox.push_once()
            pushed, stopped = pushed + push.pushed, push.stopped
            if stopped != CHANGED:
                break
        return Sent(pushed, outbox.status(), stopped)
    finally:
        store.close()
        client.close()


def run(args: argparse.Namespace) -> int:
    """``args``: ``data``, ``number``, ``server``, ``code``. 0 when nothing waits any more."""
    folder: Path = args.data or settings.default_folder()
    logs.start(folder, "administration")
    try:
        sent = send_records(folder / f"window-{args.number}", args.server, args.code)
    except (Refusal, Fault) as known:
        say(str(known))
        return 1
    status = sent.status
    say(f"上传了 {sent.pushed} 条；还有 {status.waiting} 条记录、{status.files_waiting} 份文件没有上传")
    for line in status.set_aside:
        say(f"要人处理：{line.title} {line.reason}")
    if sent.stopped:
        say(sent.stopped)
    return int(bool(sent.stopped or status.waiting or status.files_waiting or status.set_aside))
