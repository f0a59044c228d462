"""What the window's screens work with: the services, given by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from clerk_app.domain.hall import HallProfile
from clerk_app.ports.capture import DocumentCamera, PictureWork
from clerk_app.ports.clock import Clock
from clerk_app.ports.counter_devices import CallBoard, CallerKeypad, PairingOffer, SignaturePad
from clerk_app.ports.device_care import DeviceCare
from clerk_app.ports.devices import CardReader, CodeScanner, DeviceHealth, Speaker
from clerk_app.ports.hall_board import RunHall
from clerk_app.services.codes import CodeReading
from clerk_app.services.window.approving import ApprovalDesk
from clerk_app.services.window.archive import ArchiveDesk
from clerk_app.services.window.attachments import AttachmentDesk
from clerk_app.services.window.cases import CaseDesk
from clerk_app.services.window.catalogue import CatalogueDesk
from clerk_app.services.window.confirming import ConfirmingDesk
from clerk_app.services.window.consultation import ConsultationDesk
from clerk_app.services.window.deemed import DeemedDesk
from clerk_app.services.window.emergency import EmergencyDesk
from clerk_app.services.window.files import FileDesk
from clerk_app.services.window.guide import GuideDesk
from clerk_app.services.window.handover import HandoverDesk
from clerk_app.services.window.issue import IssueDesk
from clerk_app.services.window.originals import Originals
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.overview import OverviewDesk
from clerk_app.services.window.prechecks import PreCheckDesk
from clerk_app.services.window.printing import PrintDesk
from clerk_app.services.window.queue import QueueDesk
from clerk_app.services.window.rating import RatingDesk
from clerk_app.services.window.seals import SealDesk
from clerk_app.services.window.session import SessionDesk
from clerk_app.services.window.signing import SigningDesk
from clerk_app.services.window.sync_report import SyncReport
from clerk_app.services.window.visits import VisitDesk


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device as the screens list it; ``health`` is read from any thread and never blocks, ``probe`` asks the
    device itself and belongs on its lane."""

    key: str
    name: str
    icon: str
    lane: str
    health: Callable[[], DeviceHealth]
    probe: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class RatingPrompt:
    """``text`` is spoken by ``speaker``; ``volume`` in percent."""

    speaker: Speaker
    text: str
    volume: int


@dataclass(frozen=True, slots=True)
class Desk:
    """Services and devices of one window; every method of a service is called on a lane, never by the GUI thread."""

    window_no: str
    clock: Clock
    hall: Callable[[], HallProfile]
    session: SessionDesk
    queue: QueueDesk
    cases: CaseDesk
    printing: PrintDesk
    catalogue: CatalogueDesk
    rating: RatingDesk
    overview: OverviewDesk
    outbox: Outbox
    files: FileDesk
    deemed: DeemedDesk
    approvals: ApprovalDesk
    visits: VisitDesk
    prechecks: PreCheckDesk
    consultations: ConsultationDesk
    issues: IssueDesk
    handovers: HandoverDesk
    archives: ArchiveDesk
    seals: SealDesk
    catalogue_state: Callable[[], tuple[int, datetime | None]]
    """Version of the catalogue in use and when it was published."""
    devices: Sequence[DeviceLine]
    reader: CardReader | None
    first_page: Callable[[bytes, int], bytes]
    """PDF bytes and a width in px → PNG bytes of the first page."""
    qr: Callable[[str], tuple[tuple[bool, ...], ...]]
    """A text → the modules of its QR code, row by row."""
    has_evaluator: bool = True
    signing: SigningDesk | None = None
    confirming: ConfirmingDesk | None = None
    emergency: EmergencyDesk | None = None
    """Numbers of this window's own blocks while the server is away; without it a case is opened without one."""
    emergency_after_s: float = 10.0
    """So long the server may be away before numbers are called by hand; its restart takes one to three seconds."""
    guide: GuideDesk | None = None
    """Numbers and slots for citizens; without it the page does not open."""
    running: RunHall | None = None
    """The hall as managers run it; without it there is no board."""
    care: DeviceCare | None = None
    """The devices of this PC for whoever looks after them; without it the page does not open."""
    support_folder: Path = Path()
    """Where the archive for support goes."""
    caller: CallerKeypad | None = None
    board: CallBoard | None = None
    scanner: CodeScanner | None = None
    pad: SignaturePad | None = None
    camera: DocumentCamera | None = None
    pictures: PictureWork | None = None
    attachments: AttachmentDesk | None = None
    """Pages of materials; without it and ``pictures`` nothing is scanned here."""
    codes: CodeReading = field(default_factory=CodeReading)
    """Knows citizen codes beside the hall's own."""
    keyboard_scanner: bool = False
    """Whether a scanner types; then each first key of the clerk's waits a moment."""
    prompt: RatingPrompt | None = None
    """What is said when a rating is asked for; silence without it."""
    pair_tablet: Callable[[], PairingOffer] | None = None
    """Gives a tablet a way in; None where the evaluator is none. On the evaluator's lane."""
    citizen_screen: str = "off"
    """``auto``, ``window`` or ``off``."""
    wake_sync: Callable[[], object] = lambda: None
    """Push what waits now instead of at the next try."""
    originals: Originals | None = None
    """Scanned pages and papers of any window; without it they are not shown."""
    sync_report: SyncReport | None = None
    """Writes the record of sync for support; without it there is none."""
