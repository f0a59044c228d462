"""``clerk display``: the hall's call screen."""

from __future__ import annotations

import argparse
from collections.abc import Callable
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
from clerk_app.bootstrap.settings import VoiceSettings
from clerk_app.domain.actor import DeviceKind
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.hall import HallReader

if TYPE_CHECKING:
    from clerk_app.bootstrap.enrolled import Device
    from clerk_app.bootstrap.voice import OpenSpeaker
    from clerk_app.services.voice import HallVoice, StartedSaying
    from clerk_app.ui.lanes import Lanes

RunningDisplay = RunningScreen


def build_display(
    hall: HallReader,
    make_feed: FeedMaker,
    clock: Clock,
    lanes: Lanes,
    *,
    voice: HallVoice | None = None,
    closers: tuple[Callable[[], object], ...] = (),
) -> RunningDisplay:
    """The call screen over ready-made parts; its feed and voice run from here on. On the GUI thread, after the look is
    set."""
    from clerk_app.ui.display.voice import SpokenDisplay
    from clerk_app.ui.display.window import DisplayWindow
    from clerk_app.ui.live import LiveHall

    live = LiveHall(lanes, hall.snapshot)
    window = DisplayWindow(live, clock)
    feed = make_feed(live.on_entries, live.on_connection, live.on_reset)
    producers: list[Callable[[], object]] = [feed.stop]
    if voice is not None:
        SpokenDisplay(voice, live, window)
        producers.append(voice.stop)
        voice.start()
    feed.start()
    return RunningScreen(window, live, lanes, producers, list(closers))


def start_display(
    device: Device,
    clock: Clock,
    entropy: Entropy,
    *,
    voice: VoiceSettings | None = None,
    folder: Path | None = None,
    speaker: OpenSpeaker | None = None,
    on_started: Callable[[StartedSaying], object] | None = None,
) -> RunningDisplay:
    """The call screen of an enrolled device; silent without ``voice``.

    ``folder``: the data folder that the voice's settings speak of. ``speaker`` takes the place of theirs;
    ``on_started`` hears of every start of a reading. ``Rejected("voice")`` for settings that cannot be read.
    """
    from clerk_app.bootstrap.voice import open_voice

    opened = None
    if voice is not None:
        opened = open_voice(voice, folder or Path(), clock, speaker=speaker, on_started=on_started)
    client = device.client(clock, entropy)
    lanes = make_lanes(entropy)
    make_feed = device_feed(device, client.feed_page, clock, entropy)
    if opened is None:
        return build_display(client, make_feed, clock, lanes, closers=(client.close,))
    spoken, heard = opened
    return build_display(client, make_feed, clock, lanes, voice=spoken, closers=(heard.close, client.close))


def run(args: argparse.Namespace) -> int:
    """``clerk display``: 0 after an orderly end, 1 when it cannot start."""

    def start(prepared: ScreenStart) -> RunningScreen:
        config = prepared.config
        return start_display(
            prepared.device, prepared.clock, prepared.entropy, voice=config.voice, folder=config.folder
        )

    return run_screen(args, DeviceKind.DISPLAY, "大厅屏", start)
