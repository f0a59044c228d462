"""``clerk display``: the hall's call screen."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from clerk_app.bootstrap.screens import (
    FeedMaker,
    RunningScreen,
    ScreenStart,
    device_feed,
    make_lanes,
    run_screen,
)
from clerk_app.domain.actor import DeviceKind
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.hall import HallReader

if TYPE_CHECKING:
    from clerk_app.bootstrap.enrolled import Device
    from clerk_app.ui.lanes import Lanes

RunningDisplay = RunningScreen


def build_display(
    hall: HallReader,
    make_feed: FeedMaker,
    clock: Clock,
    lanes: Lanes,
    *,
    closers: tuple[Callable[[], object], ...] = (),
) -> RunningDisplay:
    """The call screen over ready-made parts; its feed runs from here on. On the GUI thread, after the look is set."""
    from clerk_app.ui.display.window import DisplayWindow
    from clerk_app.ui.live import LiveHall

    live = LiveHall(lanes, hall.snapshot)
    window = DisplayWindow(live, clock)
    feed = make_feed(live.on_entries, live.on_connection, live.on_reset)
    feed.start()
    return RunningScreen(window, live, lanes, [feed.stop], list(closers))


def start_display(device: Device, clock: Clock, entropy: Entropy) -> RunningDisplay:
    """The call screen of an enrolled device."""
    client = device.client(clock, entropy)
    lanes = make_lanes(entropy)
    make_feed = device_feed(device, client.feed_page, clock, entropy)
    return build_display(client, make_feed, clock, lanes, closers=(client.close,))


def run(args: argparse.Namespace) -> int:
    """``clerk display``: 0 after an orderly end, 1 when it cannot start."""

    def start(prepared: ScreenStart) -> RunningScreen:
        return start_display(prepared.device, prepared.clock, prepared.entropy)

    return run_screen(args, DeviceKind.DISPLAY, "大厅屏", start)
