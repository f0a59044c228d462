"""``clerk board``: the manager's live board on a PC of its own."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from clerk_app.bootstrap.screens import FeedMaker, RunningScreen, ScreenStart, device_feed, make_lanes, run_screen
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.feed import FeedCursor

if TYPE_CHECKING:
    from clerk_app.bootstrap.enrolled import Device
    from clerk_app.client.hall import HallClient
    from clerk_app.ui.lanes import Lanes


def build_board(
    client: HallClient, profile: HallProfile, make_feed: FeedMaker, clock: Clock, lanes: Lanes
) -> RunningScreen:
    """The board over ready-made parts; its feed runs from here on. On the GUI thread, after the look is set."""
    from clerk_app.ui.board.live import BoardLive
    from clerk_app.ui.board.program import BoardProgram

    live = BoardLive(lanes, client.board)
    window = BoardProgram(client, profile, live, lanes, clock)

    def start_over() -> FeedCursor:
        cursor = client.snapshot().cursor
        lanes.post(live.moved, key="board moved")
        return cursor

    feed = make_feed(live.on_entries, live.on_connection, start_over)
    feed.start()
    return RunningScreen(window, live, lanes, [feed.stop], [client.close])


def start_board(device: Device, clock: Clock, entropy: Entropy) -> RunningScreen:
    """The board of an enrolled device."""
    client = device.client(clock, entropy)
    make_feed = device_feed(device, client.feed_page, clock, entropy)
    return build_board(client, device.enrolment.enrolled.hall, make_feed, clock, make_lanes(entropy))


def run(args: argparse.Namespace) -> int:
    """``clerk board``: 0 after an orderly end, 1 when it cannot start."""

    def start(prepared: ScreenStart) -> RunningScreen:
        return start_board(prepared.device, prepared.clock, prepared.entropy)

    return run_screen(args, DeviceKind.BOARD, "大厅实况", start)
