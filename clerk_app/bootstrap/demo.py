"""``clerk demo``: server, kiosk, display and window of a sample hall on one PC, with virtual devices.

With a screen the windows open and a small panel stands for the hands of a citizen. Without one the same windows run
offscreen and citizens are served by driving the real widgets (``demo_script``, ``demo_visits``).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap import logs, sample_hall, settings
from clerk_app.bootstrap.settings import DeviceSettings, VoiceSettings
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.ports.clock import Clock, Entropy, SystemClock, SystemEntropy

if TYPE_CHECKING:
    from clerk_app.bootstrap.display import RunningDisplay
    from clerk_app.bootstrap.kiosk import RunningKiosk
    from clerk_app.bootstrap.supervisor import EmbeddedServer
    from clerk_app.bootstrap.virtual_devices import VirtualStation
    from clerk_app.bootstrap.window import RunningWindow
    from clerk_app.design.fontset import FontSet
    from clerk_app.ui.hands import Hands
    from clerk_app.ui.window.shell import WindowShell

IDLE_SECONDS = 20.0
NO_DEVICES = DeviceSettings(id_reader="off", page_printer="off")


@dataclass
class DemoHall:
    """The furnished hall: a running server, two stations of virtual devices, colleagues at other windows."""

    folder: Path
    out: Path
    fonts: FontSet
    clock: Clock
    entropy: Entropy
    catalogue: sample_hall.SampleCatalogue
    server: EmbeddedServer
    morning: sample_hall.Morning
    window_station: VirtualStation
    kiosk_station: VirtualStation
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, out: Path, fonts: FontSet) -> DemoHall:
        """Build everything anew in ``out``; raises ``Refusal`` or ``Fault``."""
        from clerk_app.bootstrap.server import open_hall
        from clerk_app.bootstrap.supervisor import EmbeddedServer
        from clerk_app.bootstrap.virtual_devices import VirtualStation

        clock, entropy = SystemClock(), SystemEntropy()
        folder = out / "data"
        for old in (folder, out / "papers", out / "voice"):
            shutil.rmtree(old, ignore_errors=True)
        sample_hall.write_settings(folder)
        hall = open_hall(folder)
        try:
            catalogue = sample_hall.furnish(hall)
            server = EmbeddedServer(folder, idle_seconds=IDLE_SECONDS)
            running = server.ensure()
            morning = sample_hall.Morning.open(hall, running.address, clock, entropy)
        finally:
            hall.close()
        morning.serve_some()
        stations = [VirtualStation(name, fonts.regular, evaluator=name == "window") for name in ("window", "kiosk")]
        for station in stations:
            station.start()
        return cls(folder, out, fonts, clock, entropy, catalogue, server, morning, *stations)

    def window(self) -> WindowShell:
        """The clerk's window with all its devices, assembling behind its login page."""
        return self._open(sample_hall.WINDOW_NO, self.window_station.settings, citizen_screen="window")

    def office(self, office: sample_hall.Office) -> WindowShell:
        """The window of somebody who decides or seals: enrolled like any other, without devices for citizens."""
        return self._open(office.window_no, NO_DEVICES, citizen_screen="off")

    def _open(self, number: str, devices: DeviceSettings, *, citizen_screen: str) -> WindowShell:
        from clerk_app.bootstrap.devices import open_devices
        from clerk_app.bootstrap.window import assemble, quotable, start_behind
        from clerk_app.ui.window.shell import WindowShell

        config = settings.load(self.folder)
        here = replace(config.window, number=number, citizen_screen=citizen_screen)
        config = replace(config, devices=devices, window=here)
        shell = WindowShell(self.clock, quotable(self.entropy), config.hall.name, number)
        opened = open_devices(devices, self.clock, drivers=self.window_station.drivers())
        papers = self.papers_of(number)
        papers.mkdir(parents=True, exist_ok=True)

        def make() -> RunningWindow:
            # Migrations keep what they work on in the process; two windows may not make their stores at once.
            with self._one_at_a_time:
                return assemble(config, self.fonts, devices=opened, papers_folder=papers, server=self.server)

        start_behind(shell, make)
        return shell

    def papers_of(self, number: str) -> Path:
        """Where the A4 papers of a window lie."""
        return self.out / "papers" / f"window-{number}"

    def kiosk(self) -> RunningKiosk:
        """The ticket machine with its own card reader and printer."""
        from clerk_app.bootstrap.enrolled import open_device
        from clerk_app.bootstrap.kiosk import start_kiosk

        device = open_device(
            self.folder / "kiosk-1", DeviceKind.KIOSK, "1号取号机", self.entropy, embedded=lambda: self.server
        )
        return start_kiosk(
            device,
            self.kiosk_station.settings,
            self.fonts,
            self.clock,
            self.entropy,
            drivers=self.kiosk_station.drivers(),
            scanner=self.kiosk_station.scanner,
        )

    def display(self) -> RunningDisplay:
        """The hall's call screen; where nobody would hear it, its voice goes into WAV files in ``voice``."""
        from clerk_app.bootstrap.display import start_display
        from clerk_app.bootstrap.enrolled import open_device
        from clerk_app.bootstrap.voice import card_is_there

        device = open_device(
            self.folder / "display-1", DeviceKind.DISPLAY, "大厅屏", self.entropy, embedded=lambda: self.server
        )
        heard = has_screen() and card_is_there(self.clock)
        voice = VoiceSettings(speaker="auto" if heard else "file:voice")
        return start_display(device, self.clock, self.entropy, voice=voice, folder=self.out)

    def close(self) -> None:
        """Switch the devices off and stop the server."""
        self.morning.close()
        self.window_station.stop()
        self.kiosk_station.stop()
        self.server.stop()


def has_screen() -> bool:
    """Whether windows can be shown here."""
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return False
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(args: argparse.Namespace) -> int:
    """``clerk demo``: 0 when the citizens were served (or the windows were closed), 1 otherwise."""
    offscreen = args.offscreen or not has_screen()
    out: Path = args.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    logs.start(out, "demo")
    from clerk_app import typefaces
    from clerk_app.ui.application import dress, make_application
    from clerk_app.ui.hands import Hands

    app = make_application(offscreen=offscreen)
    try:
        fonts = typefaces.find()
        dress(app, fonts)
        hall = DemoHall.open(out, fonts)
    except (Refusal, Fault) as known:
        print(known, file=sys.stderr)
        return 1
    try:
        return _offscreen(Hands(app), hall) if offscreen else by_hand(app.exec, hall)
    finally:
        hall.close()


def _offscreen(hands: Hands, hall: DemoHall) -> int:
    from clerk_app.bootstrap.demo_script import DemoScript
    from clerk_app.ui.hands import Stuck

    script = DemoScript(hands, hall)
    try:
        summary = script.play()
    except Stuck as stuck:
        print(f"演示停在：{stuck}", file=sys.stderr)
        return 1
    print(f"办完第一位：{summary['ticket']} → {summary['case_number']}，{summary['outcome_name']}")
    for visit in summary["visits"].values():
        if "case_number" in visit:
            print(f"{visit['matter_name']} {visit['case_number']}：{visit['state_name']}")
    print(f"结果在 {hall.out}（summary.json、截图、小票、文书）")
    return 0


def by_hand(run_windows: Callable[[], int], hall: DemoHall) -> int:
    """All windows side by side until ``run_windows`` returns; its answer."""
    from clerk_app.ui.demo_panel import DemoPanel, OtherWindow

    hall.morning.let_wait()
    kiosk, display, window = hall.kiosk(), hall.display(), hall.window()
    offices = OfficeWindows(hall)
    stations = {"kiosk": hall.kiosk_station, "window": hall.window_station}
    panel = DemoPanel(
        citizens=tuple(sample_hall.CITIZENS),
        place=lambda where, name: stations[where].place_card(sample_hall.CITIZENS[name]),
        lift=lambda where: stations[where].lift_card(),
        press=hall.window_station.press,
        paper_out=lambda: hall.window_station.printer.run_out_of_paper(),
        load_paper=lambda: hall.window_station.printer.load_paper(),
        login=f"{sample_hall.CLERK_LOGIN} / {sample_hall.PASSWORD}",
        others=[
            OtherWindow(
                one.window_no,
                one.duty,
                f"{one.login} / {sample_hall.PASSWORD}（{one.name}）",
                lambda office=one: offices.show(office),  # type: ignore[misc]
            )
            for one in sample_hall.OFFICES
        ],
    )
    # Side by side on a full-HD screen; the window manager may think otherwise.
    for shown, (left, top, width, height) in (
        (window, (0, 0, 1366, 690)),
        (kiosk.window, (1376, 0, 432, 768)),
        (display.window, (0, 720, 576, 324)),
        (panel, (586, 770, 960, 300)),
    ):
        shown.setGeometry(left, top, width, height)
        shown.show()
    try:
        return run_windows()
    finally:
        offices.close()
        window.close()
        kiosk.close()
        display.close()


class OfficeWindows:
    """The windows of those who decide and seal, each opened once and shown again afterwards."""

    def __init__(self, hall: DemoHall) -> None:
        self._hall = hall
        self._open: dict[str, WindowShell] = {}

    def show(self, office: sample_hall.Office) -> WindowShell:
        """Bring the window to the front; one that was closed starts anew."""
        shell = self._open.get(office.window_no)
        if shell is None or not shell.isVisible():
            shell = self._open[office.window_no] = self._hall.office(office)
            shell.resize(1366, 690)
        shell.show()
        shell.raise_()
        shell.activateWindow()
        return shell

    def close(self) -> None:
        """The demo ends."""
        for shell in self._open.values():
            shell.close()
