"""``clerk window``: paint first, then open the store, find the server and wire the services behind the login page."""

from __future__ import annotations

import argparse
import gc
import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap import logs, settings
from clerk_app.bootstrap.settings import Settings
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.ports.clock import Clock, Entropy, SystemClock, SystemEntropy

if TYPE_CHECKING:
    from clerk_app.bootstrap.devices import DeviceSet
    from clerk_app.bootstrap.supervisor import EmbeddedServer
    from clerk_app.client.feed import FeedListener
    from clerk_app.client.hall import HallClient
    from clerk_app.design.fontset import FontSet
    from clerk_app.domain.conclusion import Outage
    from clerk_app.ports.feed import ConnectionChange, FeedCursor
    from clerk_app.services.window.sync import SyncRunner
    from clerk_app.ui.window.control import DeskControl
    from clerk_app.ui.window.desk import Desk
    from db.window.store import SqlWindowStore
    from drivers.base.registry import Found
    from drivers.base.watch import PlugWatch

_LOG = logging.getLogger(__name__)
_PEOPLE = "people"
ID_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Outages:
    """Since when the server is away, as the feed saw it: the evidence that goes with an offline acceptance."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._change: ConnectionChange | None = None

    def told(self, change: ConnectionChange) -> None:
        """From the feed's thread."""
        self._change = change

    def now(self) -> Outage | None:
        """None while the server answers or before the first word of the feed."""
        from clerk_app.domain.conclusion import Outage
        from clerk_app.ports.feed import ConnectionState

        change = self._change
        if change is None or change.state is not ConnectionState.OFFLINE:
            return None
        return Outage(change.since, change.sentence)


def quotable(entropy: Entropy) -> Callable[[], str]:
    """Short ids that a clerk can read out: four letters and digits without look-alikes."""
    return lambda: "".join(ID_LETTERS[byte % len(ID_LETTERS)] for byte in entropy.bytes(4))


@dataclass
class RunningWindow:
    """Everything of a window that runs behind its screens; ``close`` ends it in order."""

    desk: Desk
    client: HallClient
    store: SqlWindowStore
    devices: DeviceSet
    sync: SyncRunner
    embedded: EmbeddedServer | None
    make_feed: Callable[[DeskControl], FeedListener]
    listeners: list[Callable[..., None]] = field(default_factory=list)
    feed: FeedListener | None = None
    first_account: Callable[[str, str, str], object] | None = None
    plugs: PlugWatch | None = None
    on_plugged: Callable[[], object] | None = None

    def plugged(self, came: tuple[Found, ...], went: tuple[Found, ...]) -> None:
        """From the watch's thread: something was plugged in or pulled, so the devices are asked at once."""
        if self.on_plugged is not None:
            self.on_plugged()

    def attach(self, control: DeskControl) -> None:
        """Let the feed, the outbox and what is plugged in tell the controller."""
        self.listeners.append(control.on_sync)
        self.on_plugged = control.on_plugged
        if self.plugs is not None:
            self.plugs.start()
        self.feed = self.make_feed(control)
        self.feed.start()
        self.sync.start()

    def stop_producers(self) -> None:
        """No more news from other threads."""
        if self.plugs is not None:
            self.plugs.stop()
        if self.feed is not None:
            self.feed.stop()
        self.sync.stop()

    def close(self) -> None:
        """Devices, connections, store; after the lanes are drained."""
        self.devices.close()
        self.client.close()
        self.store.close()
        if self.embedded is not None:
            self.embedded.let_go()


def assemble(
    config: Settings,
    fonts: FontSet,
    *,
    code: str = "",
    clock: Clock | None = None,
    entropy: Entropy | None = None,
    devices: DeviceSet | None = None,
    papers_folder: Path | None = None,
    server: EmbeddedServer | None = None,
) -> RunningWindow:
    """Open and wire everything; takes a second or two and runs beside the screen.

    ``devices``, ``papers_folder`` and ``server`` are given by the demo. Raises ``Refusal`` or ``Fault`` with the
    sentence for the login page.
    """
    from clerk_app.bootstrap import calendar_files
    from clerk_app.bootstrap.archive_folder import SealedPackages
    from clerk_app.bootstrap.counter_devices import for_window, pairing, rating_prompt
    from clerk_app.bootstrap.device_care import PcDevices
    from clerk_app.bootstrap.devices import not_set_up, open_devices
    from clerk_app.bootstrap.doctor import checks_beside_a_window
    from clerk_app.bootstrap.enrolled import open_device
    from clerk_app.bootstrap.machine import ThisMachine
    from clerk_app.bootstrap.page_printing import open_page_printer, open_paper_folder
    from clerk_app.bootstrap.papers import Renderer, first_page, receipt_profile
    from clerk_app.bootstrap.picture_work import Pictures
    from clerk_app.bootstrap.supervisor import EmbeddedServer
    from clerk_app.bootstrap.support_export import exporter
    from clerk_app.client.feed import FeedHandlers, FeedListener
    from clerk_app.crypto.passwords import Argon2Passwords
    from clerk_app.documents.qr import qr_modules
    from clerk_app.ports.feed import ConnectionState
    from clerk_app.services.window.approving import ApprovalDesk
    from clerk_app.services.window.archive import ArchiveDesk
    from clerk_app.services.window.attachments import AttachmentDesk
    from clerk_app.services.window.binding import StoreBinding
    from clerk_app.services.window.cases import CaseDesk
    from clerk_app.services.window.catalogue import CatalogueDesk
    from clerk_app.services.window.catalogue_pull import CataloguePull
    from clerk_app.services.window.confirming import ConfirmingDesk
    from clerk_app.services.window.consultation import ConsultationDesk
    from clerk_app.services.window.deemed import DeemedDesk
    from clerk_app.services.window.emergency import EmergencyDesk
    from clerk_app.services.window.files import FileDesk
    from clerk_app.services.window.guide import GuideDesk
    from clerk_app.services.window.hall_profile import HallProfiles
    from clerk_app.services.window.handover import HandoverDesk
    from clerk_app.services.window.issue import IssueDesk
    from clerk_app.services.window.journal import Journal
    from clerk_app.services.window.originals import Originals
    from clerk_app.services.window.outbox import Outbox
    from clerk_app.services.window.overview import OverviewDesk
    from clerk_app.services.window.prechecks import PreCheckDesk
    from clerk_app.services.window.presence import PresenceDesk
    from clerk_app.services.window.printing import PrintDesk
    from clerk_app.services.window.queue import QueueDesk
    from clerk_app.services.window.rating import RatingDesk
    from clerk_app.services.window.seals import SealDesk
    from clerk_app.services.window.session import SessionDesk
    from clerk_app.services.window.signing import SigningDesk
    from clerk_app.services.window.sync import SyncRunner
    from clerk_app.services.window.sync_report import SyncReport
    from clerk_app.services.window.visits import VisitDesk
    from clerk_app.ui.window.desk import Desk, DeviceLine
    from db.window.store import open_window_store

    clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
    number = config.window.number
    embedded = server or (None if config.window.server else EmbeddedServer(config.folder))
    device = open_device(
        config.folder / f"window-{number}",
        DeviceKind.WINDOW,
        f"{number}号窗口",
        entropy,
        window_no=number,
        address=config.window.server,
        code=code,
        embedded=None if embedded is None else lambda: embedded,
    )
    enrolled = device.enrolment.enrolled
    client = device.client(clock, entropy)
    store = open_window_store(device.folder / "window.db", device.keys.key("sqlcipher"), enrolled.hall.hall_id)
    journal = Journal(device.crypto, device.keys.key("journal"), clock, entropy)
    binding = StoreBinding(store, ThisMachine(), journal)
    binding.settle(enrolled.hall, number, enrolled.device_id)
    calendar = calendar_files.load(config.calendars)
    receipt_profile(config.devices)  # a slip in the settings is told at the start
    renderer = Renderer(
        fonts,
        lambda: receipt_profile(config.devices, opened.receipt_printer and opened.receipt_printer.learned),
        device.crypto,
    )
    opened = devices or open_devices(for_window(config.devices, number, device.folder), clock)
    page_printer = None if papers_folder else open_page_printer(config.devices, clock)
    outbox = Outbox(store, client, journal, clock)
    profiles = HallProfiles(store, client, enrolled.hall, clock.monotonic)
    hall = profiles.now
    catalogue = CatalogueDesk(store.catalogue, clock)
    listeners: list[Callable[..., None]] = []

    lines = tuple(
        DeviceLine(key, name, icon, lane, made.health, made.probe)
        if made is not None
        else DeviceLine(key, name, icon, lane, lambda: not_set_up(clock), None)
        for key, name, icon, lane, made in (
            ("reader", "身份证读卡器", "id-card", "reader", opened.reader),
            ("receipt_printer", "小票打印机", "receipt-text", "printer", opened.receipt_printer),
            ("page_printer", "A4 打印机", "printer", "printer", page_printer),
            ("evaluator", "评价器", "smile", "evaluator", opened.evaluator),
        )
    ) + tuple(
        # What few windows have is listed only where it is.
        DeviceLine(key, name, icon, lane, made.health, made.probe)
        for key, name, icon, lane, made in (
            ("code_scanner", "扫码枪", "scan-line", "scanner", opened.scanner),
            ("caller_keypad", "叫号键盘", "keyboard", "caller", opened.caller),
            ("call_board", "窗口屏", "monitor", "board", opened.board),
            ("signature_pad", "签字板", "signature", "pad", opened.pad),
            ("document_camera", "高拍仪", "camera", "camera", opened.camera),
        )
        if made is not None
    )
    care = PcDevices(
        opened,
        page_printer=page_printer,
        proof=lambda printer: renderer.proof(f"{hall().name} {number} 号窗口", printer, clock.now()),
        write_export=exporter(config, clock, entropy, checks_beside_a_window()),
    )

    def told(status: object) -> None:
        for listener in listeners:
            listener(status)

    sync = SyncRunner(
        outbox,
        entropy,
        told,
        (
            PresenceDesk(store, client, journal, entropy),
            CataloguePull(store.catalogue, client, catalogue),
            profiles,
            lambda: emergency.keep_blocks(),
            lambda: outbox.drop_old(config.window.keep_pages_days),
        ),
    )
    emergency = EmergencyDesk(
        store,
        client,
        binding,
        journal,
        renderer,
        opened.receipt_printer,
        hall,
        sync.wake,
        blocks=config.window.emergency_blocks,
    )
    signing = SigningDesk(store, journal, renderer.check, sync.wake)
    outage = Outages(clock)
    cases = CaseDesk(store, renderer, binding, journal, hall, lambda: calendar, sync.wake, outage.now)
    files = FileDesk(
        store, client, renderer, binding, journal, hall, lambda: calendar, outbox, sync.wake
    )
    desk = Desk(
        window_no=number,
        clock=clock,
        hall=hall,
        session=SessionDesk(store, client, Argon2Passwords(), journal),
        queue=QueueDesk(client, journal),
        cases=cases,
        printing=PrintDesk(
            store,
            renderer,
            journal,
            open_paper_folder(papers_folder),
            opened.receipt_printer,
            page_printer,
            sync.wake,
            signing.under,
            renderer.lacking,
        ),
        catalogue=catalogue,
        rating=RatingDesk(store, journal, opened.evaluator, sync.wake),
        overview=OverviewDesk(store, clock, lambda: calendar),
        outbox=outbox,
        files=files,
        deemed=DeemedDesk(store, cases, clock, lambda: calendar),
        approvals=ApprovalDesk(store, client, Argon2Passwords(), journal),
        visits=VisitDesk(store, journal, sync.wake),
        prechecks=PreCheckDesk(store, client, journal, catalogue.matter, files),
        consultations=ConsultationDesk(
            store, renderer, binding, journal, entropy, hall, outbox, sync.wake
        ),
        issues=IssueDesk(store, client, renderer, binding, journal, files, sync.wake),
        handovers=HandoverDesk(store, renderer, binding, journal, files, sync.wake),
        archives=ArchiveDesk(
            store,
            renderer,
            journal,
            files,
            device.crypto,
            device.keys.key("archive"),
            SealedPackages(device.folder / "archive", device.crypto, device.keys.key("archive packages", 16)),
            sync.wake,
        ),
        seals=SealDesk(store, client, lambda: number),
        catalogue_state=lambda: (store.catalogue.version(), store.catalogue.published_at()),
        devices=lines,
        reader=opened.reader,
        first_page=first_page,
        qr=qr_modules,
        has_evaluator=opened.evaluator is not None,
        signing=signing,
        confirming=ConfirmingDesk(store, journal),
        guide=GuideDesk(
            client,
            renderer,
            opened.receipt_printer,
            hall,
            catalogue.matter,
            clock,
            journal.new_id,
        ),
        running=client,
        care=care,
        support_folder=config.folder / "support",
        emergency=emergency,
        emergency_after_s=config.window.emergency_after,
        caller=opened.caller,
        board=opened.board,
        scanner=opened.scanner,
        pad=opened.pad,
        camera=opened.camera,
        pictures=Pictures(),
        attachments=AttachmentDesk(store, journal),
        keyboard_scanner=config.window.keyboard_scanner,
        prompt=rating_prompt(config, clock),
        pair_tablet=pairing(config.devices, opened),
        citizen_screen=config.window.citizen_screen,
        originals=Originals(store, client, journal),
        wake_sync=sync.wake,
        sync_report=SyncReport(store, outbox, journal, open_paper_folder(config.folder / "support")),
    )

    def make_feed(control: DeskControl) -> FeedListener:
        def start_over() -> FeedCursor:
            view = client.snapshot()
            control.on_reset()
            return view.cursor

        def connection(change: ConnectionChange) -> None:
            outage.told(change)
            if change.state is ConnectionState.ONLINE:
                sync.wake()
            control.on_connection(change)

        return FeedListener(
            device.enrolment.address,
            device.enrolment.ca_pem,
            enrolled.token,
            client.feed_page,
            FeedHandlers(control.on_entries, connection, start_over),
            clock,
            entropy,
        )

    own = embedded if server is None else None
    running = RunningWindow(desk, client, store, opened, sync, own, make_feed, listeners)
    running.plugs = opened.workshop.watch(running.plugged)
    if own is not None and not _somebody_known(store, config.folder):
        running.first_account = lambda login, name, password: _first_account(config.folder, login, name, password)
    return running


def _somebody_known(store: SqlWindowStore, folder: Path) -> bool:
    """Whether the hall of this PC has people; asked of the hall's store until it has, then remembered."""
    from clerk_app.bootstrap.administration import has_people

    if store.read(lambda unit: unit.binding.fact(_PEOPLE)):
        return True
    if not has_people(folder):
        return False
    store.write(lambda unit: unit.binding.set_fact(_PEOPLE, "1"))
    return True


def _first_account(folder: Path, login: str, name: str, password: str) -> None:
    """The first person of a township with one PC does everything that one person may do."""
    from clerk_app.bootstrap.administration import add_person
    from clerk_app.domain.actor import Role
    from clerk_app.ports.hall import NewUser

    add_person(folder, NewUser(login, name, password, (Role.CLERK, Role.MANAGER, Role.TECHNICIAN)))


def run(args: argparse.Namespace) -> int:
    """``clerk window``: 0 after an orderly end, 1 when it cannot start."""
    # Nothing of what the first paint loads is rubbish; the application brings a collector of its own.
    gc.disable()
    try:
        config = settings.load(args.data)
    except Refusal as refused:
        print(refused, file=sys.stderr)
        return 1
    window = replace(
        config.window, number=args.number or config.window.number, server=args.server or config.window.server
    )
    config = replace(config, window=window)
    logs.start(config.folder, f"window-{window.number}")
    from clerk_app import typefaces
    from clerk_app.ui.application import dress, make_application
    from clerk_app.ui.window.shell import WindowShell

    app = make_application()
    try:
        fonts = typefaces.find()
        dress(app, fonts, config.window.text_size)
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    entropy = SystemEntropy()
    shell = WindowShell(SystemClock(), quotable(entropy), config.hall.name, window.number)
    shell.when_painted(lambda: start_behind(shell, lambda: assemble(config, fonts, code=args.code or "")))
    shell.show()
    return app.exec()


def start_behind(shell: object, make: Callable[[], RunningWindow]) -> threading.Thread:
    """Assemble in a thread of its own; the shell gets the running window, or the sentence why there is none."""
    from clerk_app.ui.window import later
    from clerk_app.ui.window.shell import WindowShell

    assert isinstance(shell, WindowShell)

    def work() -> None:
        try:
            later.load()
            running = make()
        except (Refusal, Fault) as known:
            _LOG.warning("cannot start: %s", type(known).__name__)
            shell.post(shell.cannot_start, str(known))
        except Exception:  # noqa: BLE001 - the boundary: the clerk gets a sentence, the log the rest
            made_up = shell.new_id()
            _LOG.exception("cannot start [%s]", made_up)
            shell.post(shell.cannot_start, f"窗口没有准备好。报编号 {made_up} 给技术员")
        else:
            shell.post(shell.attach, running)

    thread = threading.Thread(target=work, name="assemble", daemon=True)
    thread.start()
    return thread
