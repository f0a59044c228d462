"""``clerk kiosk``: the ticket machine."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
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
from clerk_app.bootstrap.settings import DeviceSettings, KioskSettings
from clerk_app.design.resources import resource
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Rejected
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.devices import CardReader, ReceiptPrinter

if TYPE_CHECKING:
    from clerk_app.bootstrap.enrolled import Device
    from clerk_app.bootstrap.papers import FindFonts
    from clerk_app.bootstrap.voice import OpenSpeaker
    from clerk_app.design.fontset import FontSet
    from clerk_app.ports.devices import CodeScanner, Speaker
    from clerk_app.services.codes import CodeReading
    from clerk_app.services.kiosk.desk import KioskHall
    from clerk_app.services.kiosk.emergency import KioskEmergency
    from clerk_app.services.tickets import TicketRenderer
    from clerk_app.ui.lanes import Lanes
    from drivers.base.registry import Registry

RunningKiosk = RunningScreen
THEMES_FILE = "kiosk-themes.json"
"""A hall with other groups puts its own file beside its settings."""


@dataclass(frozen=True, slots=True)
class KioskGroups:
    """``themes``: which catalogue themes a group offers, by the group's name. ``returns`` is the group of those who
    supply or collect, empty for none: they choose one."""

    themes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    returns: str = ""


def load_groups(folder: Path | None = None) -> KioskGroups:
    """The hall's own file, else the shipped one; ``Rejected("themes")`` for a file that cannot be read."""
    own = folder / THEMES_FILE if folder is not None else None
    path = own if own is not None and own.exists() else resource("kiosk", "themes.json")
    try:
        table = json.loads(path.read_text(encoding="utf-8-sig"))
        themes = {name: tuple(map(str, listed)) for name, listed in table.items() if isinstance(listed, list)}
        return KioskGroups(themes, str(table.get("_returns", "")))
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
    groups: KioskGroups | None = None,
    scanner: CodeScanner | None = None,
    codes: CodeReading | None = None,
    speaker: Speaker | None = None,
    machine: str = "",
    emergency: KioskEmergency | None = None,
    closers: tuple[Callable[[], object], ...] = (),
) -> RunningKiosk:
    """The ticket machine over ready-made parts; feed and reader run from here on. On the GUI thread, after the look
    is set. ``codes`` knows citizen codes beside the hall's own, ``machine`` is printed on tickets, ``emergency``
    gives numbers while the server is away. ``closers`` are
    called at the end, when nothing runs any more."""
    from clerk_app.documents.qr import qr_modules
    from clerk_app.services.kiosk.desk import MACHINE, KioskDesk
    from clerk_app.ui.kiosk.window import KioskWindow
    from clerk_app.ui.live import LiveHall

    live = LiveHall(lanes, hall.snapshot)
    shown = load_groups() if groups is None else groups
    named = machine or MACHINE
    desk = KioskDesk(
        hall, renderer, printer, qr_modules, clock, entropy, themes=shown.themes, machine=named, emergency=emergency
    )
    window = KioskWindow(
        desk, live, reader, clock, lanes, scanner=scanner, codes=codes, speaker=speaker, return_group=shown.returns
    )
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
    drivers: Registry | None = None,
    groups: KioskGroups | None = None,
    scanner: CodeScanner | None = None,
    speaker: OpenSpeaker | None = None,
    blocks: int = KioskSettings().emergency_blocks,
) -> RunningKiosk:
    """The ticket machine of an enrolled device with the reader and printer that its settings name. Its own numbers lie
    encrypted in its folder; ``StoreFault`` when that cannot be opened."""
    from clerk_app.bootstrap.devices import open_card_reader, open_receipt_printer, open_scanner, workshop_of
    from clerk_app.bootstrap.papers import Renderer, receipt_profile
    from clerk_app.services.kiosk.desk import MACHINE
    from clerk_app.services.kiosk.emergency import KioskEmergency
    from db.kiosk.store import open_kiosk_store

    workshop = workshop_of(devices, clock, drivers)
    reader, printer = open_card_reader(workshop), open_receipt_printer(workshop)
    own_scanner = None if scanner is not None else open_scanner(workshop)
    receipt_profile(devices)  # a slip in the settings is told at the start
    renderer = Renderer(fonts, lambda: receipt_profile(devices, printer and printer.learned), device.crypto)
    client = device.client(clock, entropy)
    store = open_kiosk_store(device.folder / "kiosk.db", device.keys.key("kiosk"))
    device_id = device.enrolment.enrolled.device_id
    emergency = KioskEmergency(client, store, device_id, clock, entropy, machine=MACHINE, blocks=blocks)
    opened = [one.close for one in (reader, printer, speaker, own_scanner) if one is not None]
    return build_kiosk(
        client,
        device_feed(device, client.feed_page, clock, entropy),
        reader,
        printer,
        renderer,
        clock,
        entropy,
        make_lanes(entropy),
        groups=groups,
        scanner=scanner or own_scanner,
        speaker=speaker,
        emergency=emergency,
        closers=(*opened, client.close, store.close),
    )


def run(args: argparse.Namespace) -> int:
    """``clerk kiosk``: 0 after an orderly end, 1 when it cannot start."""

    def start(prepared: ScreenStart) -> RunningScreen:
        from clerk_app.bootstrap.voice import OFF, SYSTEM, open_speaker

        config = prepared.config
        # Pages are read by the system's own voice: there are clips for calls only.
        voice = config.voice if config.voice.speaker == OFF else replace(config.voice, speaker=SYSTEM)
        return start_kiosk(
            prepared.device,
            config.devices,
            prepared.fonts,
            prepared.clock,
            prepared.entropy,
            groups=load_groups(config.folder),
            speaker=open_speaker(voice, config.folder, prepared.clock),
            blocks=config.kiosk.emergency_blocks,
        )

    return run_screen(args, DeviceKind.KIOSK, "取号机", start)
