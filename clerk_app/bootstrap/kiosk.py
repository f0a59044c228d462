"""``clerk kiosk``: the ticket machine."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.screens import (
    FeedMaker,
    RunningScreen,
    ScreenStart,
    device_feed,
    make_lanes,
    run_screen,
)
from clerk_app.bootstrap.settings import DeviceSettings
from clerk_app.design.resources import resource
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Rejected
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.devices import CardReader, ReceiptPrinter

if TYPE_CHECKING:
    from clerk_app.bootstrap.devices import SerialLine
    from clerk_app.bootstrap.enrolled import Device
    from clerk_app.bootstrap.papers import FindFonts
    from clerk_app.design.fontset import FontSet
    from clerk_app.services.kiosk import KioskHall, TicketRenderer
    from clerk_app.ui.lanes import Lanes

RunningKiosk = RunningScreen
THEMES_FILE = "kiosk-themes.json"
"""A hall with other groups puts its own file beside its settings."""


def load_themes(folder: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Which catalogue themes a group offers, by the group's name: the hall's own file, else the shipped one.

    ``Rejected("themes")`` for a file that cannot be read.
    """
    own = folder / THEMES_FILE if folder is not None else None
    path = own if own is not None and own.exists() else resource("kiosk", "themes.json")
    try:
        table = json.loads(path.read_text(encoding="utf-8-sig"))
        return {name: tuple(map(str, themes)) for name, themes in table.items() if isinstance(themes, list)}
    except (OSError, ValueError, AttributeError):
        raise Rejected("themes", f"文件 {path} 读不了，应为“业务名: [主题, …]”的 JSON") from None


def build_kiosk(
    hall: KioskHall,
    make_feed: FeedMaker,
    reader: CardReader | None,
    printer: ReceiptPrinter | None,
    renderer: TicketRenderer,
    clock: Clock,
    entropy: Entropy,
    lanes: Lanes,
    *,
    themes: Mapping[str, tuple[str, ...]] | None = None,
    closers: tuple[Callable[[], object], ...] = (),
) -> RunningKiosk:
    """The ticket machine over ready-made parts; feed and reader run from here on. On the GUI thread, after the look
    is set. ``closers`` are called at the end, when nothing runs any more."""
    from clerk_app.documents.qr import qr_modules
    from clerk_app.services.kiosk import KioskDesk
    from clerk_app.ui.kiosk.window import KioskWindow
    from clerk_app.ui.live import LiveHall

    live = LiveHall(lanes, hall.snapshot)
    shown = load_themes() if themes is None else themes
    desk = KioskDesk(hall, renderer, printer, qr_modules, clock, entropy, themes=shown)
    window = KioskWindow(desk, live, reader, clock, lanes)
    feed = make_feed(live.on_entries, live.on_connection, live.on_reset)
    feed.start()
    window.start()
    return RunningScreen(window, live, lanes, [feed.stop], list(closers))


def start_kiosk(
    device: Device,
    devices: DeviceSettings,
    fonts: FontSet | FindFonts,
    clock: Clock,
    entropy: Entropy,
    *,
    serial: SerialLine | None = None,
    themes: Mapping[str, tuple[str, ...]] | None = None,
) -> RunningKiosk:
    """The ticket machine of an enrolled device with the reader and printer that its settings name."""
    from clerk_app.bootstrap.devices import open_card_reader, open_receipt_printer
    from clerk_app.bootstrap.papers import Renderer, receipt_profile
    from drivers.base.transport import SerialTransport

    line = serial or SerialTransport
    reader = open_card_reader(devices, clock, serial=line)
    printer = open_receipt_printer(devices, clock, serial=line)
    renderer = Renderer(fonts, receipt_profile(devices), device.crypto)
    client = device.client(clock, entropy)
    opened = [one.close for one in (reader, printer) if one is not None]
    return build_kiosk(
        client,
        device_feed(device, client.feed_page, clock, entropy),
        reader,
        printer,
        renderer,
        clock,
        entropy,
        make_lanes(entropy),
        themes=themes,
        closers=(*opened, client.close),
    )


def run(args: argparse.Namespace) -> int:
    """``clerk kiosk``: 0 after an orderly end, 1 when it cannot start."""

    def start(prepared: ScreenStart) -> RunningScreen:
        config = prepared.config
        return start_kiosk(
            prepared.device,
            config.devices,
            prepared.fonts,
            prepared.clock,
            prepared.entropy,
            themes=load_themes(config.folder),
        )

    return run_screen(args, DeviceKind.KIOSK, "取号机", start)
