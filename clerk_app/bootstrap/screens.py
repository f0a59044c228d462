"""What kiosk and display start with: the feed of an enrolled device, and a page that waits until that is there."""

from __future__ import annotations

import argparse
import logging
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from clerk_app.bootstrap import logs, settings
from clerk_app.bootstrap.settings import Settings
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.ports.clock import Clock, Entropy, SystemClock, SystemEntropy
from clerk_app.ports.feed import Feed, OnConnection, OnEntries, OnReset

if TYPE_CHECKING:
    from clerk_app.bootstrap.enrolled import Device
    from clerk_app.design.fontset import FontSet
    from clerk_app.ui.lanes import Failure, Lanes

_LOG = logging.getLogger(__name__)
_ID_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

FeedMaker = Callable[[OnEntries, OnConnection, OnReset], Feed]
"""Makes a feed that is not started yet from its three handlers."""


@dataclass
class RunningScreen:
    """A kiosk or display with all that runs behind it; ``close`` ends it in order and may be called twice."""

    window: Any
    live: Any
    lanes: Lanes
    producers: list[Callable[[], object]] = field(default_factory=list)
    closers: list[Callable[[], object]] = field(default_factory=list)
    closed: bool = False

    def close(self) -> None:
        """Stop the news, drain the lanes, give devices and connections back; the window is gone afterwards."""
        from clerk_app.ui.ending import dispose

        if self.closed:
            return
        self.closed = True
        self.window.close()
        self.lanes.shutdown(producers=self.producers, closers=self.closers).join()
        dispose(self.window, self.live, self.lanes.mailbox)


@dataclass(frozen=True, slots=True)
class ScreenStart:
    """What a program starts its screen with; ``device`` is enrolled."""

    device: Device
    config: Settings
    fonts: FontSet
    clock: Clock
    entropy: Entropy


def make_lanes(entropy: Entropy) -> Lanes:
    """Lanes of a screen that has nobody to read messages: failures without a page of their own are logged."""
    from clerk_app.ui.lanes import Lanes

    def new_id() -> str:
        return "".join(_ID_LETTERS[byte % len(_ID_LETTERS)] for byte in entropy.bytes(4))

    return Lanes(new_id, _log_failure)


def device_feed(device: Device, page: Any, clock: Clock, entropy: Entropy) -> FeedMaker:
    """The push feed of an enrolled device; ``page`` repairs gaps."""
    from clerk_app.client.feed import FeedHandlers, FeedListener

    enrolment = device.enrolment

    def make(on_entries: OnEntries, on_connection: OnConnection, on_reset: OnReset) -> Feed:
        return FeedListener(
            enrolment.address,
            enrolment.ca_pem,
            enrolment.enrolled.token,
            page,
            FeedHandlers(on_entries, on_connection, on_reset),
            clock,
            entropy,
        )

    return make


def run_screen(
    args: argparse.Namespace,
    kind: DeviceKind,
    title: str,
    start: Callable[[ScreenStart], RunningScreen],
) -> int:
    """Start a kiosk or display: a waiting page first, the screen as soon as the device is known to its server.

    What the environment hinders is tried again; 0 after an orderly end, 1 when nothing can be shown at all.
    """
    try:
        config = settings.load(args.data)
    except Refusal as refused:
        print(refused, file=sys.stderr)
        return 1
    config = replace(config, window=replace(config.window, server=args.server or config.window.server))
    logs.start(config.folder, kind.value)
    from clerk_app import typefaces
    from clerk_app.bootstrap.enrolled import open_device
    from clerk_app.bootstrap.supervisor import EmbeddedServer
    from clerk_app.ui.application import dress, make_application
    from clerk_app.ui.ending import dispose
    from clerk_app.ui.startup import StartPage, run_until_told

    app = make_application()
    try:
        fonts = typefaces.find()
        dress(app, fonts)
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    clock, entropy = SystemClock(), SystemEntropy()
    embedded = None if config.window.server else EmbeddedServer(config.folder)
    running: list[RunningScreen] = []

    def enrol() -> ScreenStart:
        device = open_device(
            config.folder / kind.value,
            kind,
            f"{title} {platform.node()}".strip(),
            entropy,
            address=config.window.server,
            code=args.code or "",
            embedded=None if embedded is None else lambda: embedded,
        )
        return ScreenStart(device, config, fonts, clock, entropy)

    def show(prepared: ScreenStart) -> Any:
        running.append(start(prepared))
        _LOG.info("showing %s", kind.value)
        return running[-1].window

    lanes = make_lanes(entropy)
    page = StartPage(title, lanes, enrol, show)
    page.begin()
    try:
        return run_until_told(app)
    finally:
        page.stop()
        for screen in running:
            screen.close()
        lanes.shutdown().join()
        dispose(page, lanes.mailbox)
        if embedded is not None:
            embedded.let_go()


def _log_failure(failure: Failure) -> None:
    _LOG.warning("%s: %s", failure.where, failure.text)
