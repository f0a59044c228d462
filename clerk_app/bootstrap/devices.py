"""Maps the drivers to the devices of ``ports.devices``: whichever driver the settings name, in whose words.

Opening does no I/O: a device is connected at its first use or ``probe`` and found again by itself after a loss.
``probe`` and everything but ``health`` belong on the device's lane. Which setting becomes which driver stands in
``device_settings`` and ``drivers``.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from clerk_app.bootstrap.counter_devices import strokes_of
from clerk_app.bootstrap.device_settings import DeviceSettings
from clerk_app.bootstrap.drivers import Workshop, installed
from clerk_app.domain.identity import IdType
from clerk_app.domain.persons import CheckedPerson
from clerk_app.domain.signatures import Strokes
from clerk_app.ports.clock import Clock
from clerk_app.ports.counter_devices import PairingOffer
from clerk_app.ports.devices import CardFacts, DeviceFault, DeviceHealth, DeviceState, PrintOutcome, PrintResult
from drivers.base import devices as driven
from drivers.base.errors import DeviceError
from drivers.base.health import Health
from drivers.base.host import Host
from drivers.base.readings import CardKind, CardReading, KeyPress, PrintReport, SignatureReading
from drivers.base.registry import Registry
from drivers.idcard.registered import photo_decoder
from drivers.idcard.vendor.wlt import PhotoDecoder
from drivers.printer.profiles import Profile

_ID_TYPES = {
    CardKind.RESIDENT: IdType.RESIDENT,
    CardKind.HMT_PERMIT: IdType.RESIDENCE_PERMIT,
    CardKind.FOREIGNER_2017: IdType.FOREIGN_PERMANENT,
    CardKind.FOREIGNER_2023: IdType.FOREIGN_PERMANENT,
}
Result = TypeVar("Result")


def card_facts(reading: CardReading) -> CardFacts:
    """What the window needs of a card; the newest address stands for the printed one."""
    return CardFacts(
        id_type=_ID_TYPES[reading.kind],
        name=reading.name,
        id_number=reading.number,
        birth=reading.birth_date,
        sex_code=reading.sex_code,
        ethnic=reading.ethnic_code,
        address=reading.current_address,
        english_name=reading.english_name,
        issuer=reading.issuer,
        valid_from=reading.valid_from,
        valid_to=reading.valid_to,
        photo=reading.photo,
        picture=reading.picture,
    )


def person_from_card(facts: CardFacts, today: date) -> CheckedPerson:
    """The person on a card with the doubts that ask for a second look; ``Rejected("name")`` for a card without one."""
    return facts.person(today)


def device_health(health: Health) -> DeviceHealth:
    """A driver's health in the words of the ports."""
    return DeviceHealth(DeviceState(health.state.value), health.since, health.word, health.advice)


def not_set_up(clock: Clock, advice: str = "") -> DeviceHealth:
    """The health of a device that this PC does not have."""
    return DeviceHealth(DeviceState.NOT_CONFIGURED, clock.now(), "not_configured", advice)


def print_result(report: PrintReport) -> PrintResult:
    """A driver's report in the words of the ports."""
    return PrintResult(PrintOutcome(report.outcome.value), report.advice)


class Opened:
    """What all mapped devices share. ``driver`` is a host, or a device that needs none."""

    def __init__(self, driver: Host[Any] | driven.Device) -> None:
        self._driver = driver

    @property
    def setting(self) -> str:
        """``driver:address`` as it is in use now; empty before the first use and for a device without a host."""
        return self._driver.setting if isinstance(self._driver, Host) else ""

    def health(self) -> DeviceHealth:
        return device_health(self._driver.health())

    def probe(self) -> DeviceHealth:
        """Ask the device how it is, connecting if need be; never raises for a device that is away or ill."""
        self._driver.probe()
        return self.health()

    def close(self) -> None:
        """Give the port back."""
        self._driver.close()


class _Hosted(Opened):
    """A device behind a host: what its driver raises becomes a ``DeviceFault`` with the clerk's sentence."""

    def __init__(self, host: Host[Any]) -> None:
        super().__init__(host)
        self._host = host

    def _use(self, work: Callable[[Any], Result]) -> Result:
        try:
            return self._host.call(work)
        except DeviceError as error:
            raise DeviceFault(error.advice, error.word) from error


class OpenCardReader(_Hosted):
    """A ``ports.devices.CardReader``. ``decoder`` makes pictures of photos where the maker's codec lies on this PC."""

    def __init__(self, host: Host[Any], decoder: PhotoDecoder | None = None) -> None:
        super().__init__(host)
        self._decoder = decoder

    def wait_for_card(self, timeout_s: float, cancel: threading.Event) -> CardFacts | None:
        """As the port says; ``DeviceFault`` carries the sentence for the clerk."""
        reading: CardReading | None = self._use(lambda reader: reader.wait_for_card(timeout_s, cancel))
        return None if reading is None else card_facts(reading)

    def picture_of(self, photo: bytes) -> bytes:
        """As the port says."""
        if self._decoder is None or not photo:
            return b""
        decoded: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._decoder.decode(photo, decoded.put)
        return decoded.get() or b""

    def close(self) -> None:
        super().close()
        if self._decoder is not None:
            self._decoder.close()

    def found(self) -> str:
        """Where a search over all lines has found the reader (``COM3@9600``); empty with a named line."""
        return self._use(lambda reader: getattr(reader, "found", None)) or ""


class OpenReceiptPrinter(_Hosted):
    """A ``ports.devices.ReceiptPrinter``. ``learned``: the profile of what the printer says it is, None until then."""

    learned: Profile | None = None

    def probe(self) -> DeviceHealth:
        health = super().probe()
        with suppress(DeviceError):
            self.learned = self._host.call(lambda printer: getattr(printer, "learned", None)) or self.learned
        return health

    def print(self, job: bytes) -> PrintResult:
        """A driver that breaks down in mid-job leaves a sheet that somebody has to look at."""
        try:
            return print_result(self._host.call(lambda printer: printer.print_job(job)))
        except DeviceError as error:
            reached = error.word not in ("not_found", "not_connected")
            return PrintResult(PrintOutcome.UNKNOWN if reached else PrintOutcome.REFUSED, error.advice)


class OpenEvaluator(_Hosted):
    """A ``ports.devices.Evaluator``."""

    def ask_rating(self, timeout_s: float, cancel: threading.Event) -> int | None:
        rating = self._use(lambda keypad: keypad.ask_rating(timeout_s, cancel))
        return None if rating is None else rating.level

    def offer_pairing(self) -> PairingOffer:
        """A one-time code for a tablet; only where the evaluator is one. ``DeviceFault``."""
        offer = self._use(lambda tablet: tablet.offer_pairing())
        return PairingOffer(offer.address, offer.code, offer.link, offer.good_for_s)


class OpenScanner(_Hosted):
    """A ``ports.devices.CodeScanner``."""

    def wait_for_code(self, timeout_s: float, cancel: threading.Event) -> str | None:
        code: str | None = self._use(lambda scanner: scanner.wait_for_code(timeout_s, cancel))
        return code


class OpenCaller(_Hosted):
    """The keypad on the clerk's desk. Keys by the name of the drivers' ``CallerKey``."""

    def wait_for_key(self, timeout_s: float, cancel: threading.Event) -> str | None:
        """The next key (``call``, ``recall`` …); None when none came or ``cancel`` was set; ``DeviceFault``."""
        pressed: KeyPress | None = self._use(lambda keypad: keypad.wait_for_key(timeout_s, cancel))
        return None if pressed is None else pressed.key.value

    def show_number(self, number: str) -> None:
        """The ticket that is served."""
        self._use(lambda keypad: keypad.show_number(number))

    def show_waiting(self, count: int) -> None:
        """How many people wait."""
        self._use(lambda keypad: keypad.show_waiting(count))


class OpenBoard(_Hosted):
    """The strip of lamps over the window; what was sent may not be shown."""

    def send(self, text: str) -> None:
        """Send one line; ``DeviceFault`` when it could not be sent."""
        self._use(lambda board: board.send(text))


class OpenPad(_Hosted):
    """The pad with a pen."""

    def ask_signature(self, timeout_s: float, cancel: threading.Event) -> Strokes | None:
        """The signature that the signer confirmed, None without one; ``DeviceFault``."""
        reading: SignatureReading | None = self._use(lambda pad: pad.ask_signature(timeout_s, cancel))
        return None if reading is None else strokes_of(reading)


class OpenCamera(_Hosted):
    """A ``ports.capture.DocumentCamera``."""

    def start(self, preview: Callable[[bytes], None]) -> None:
        self._use(lambda camera: camera.start(preview))

    def stop(self) -> None:
        """The lamp goes out; a camera that is gone has none."""
        with suppress(DeviceError):
            self._host.call(lambda camera: camera.stop())

    def capture(self, timeout_s: float) -> bytes:
        picture: bytes = self._use(lambda camera: camera.capture(timeout_s))
        return picture


@dataclass(frozen=True, slots=True)
class DeviceSet:
    """The devices of one PC; None for those that it does not have. ``workshop`` made them and keeps their traces."""

    reader: OpenCardReader | None
    receipt_printer: OpenReceiptPrinter | None
    evaluator: OpenEvaluator | None
    scanner: OpenScanner | None
    caller: OpenCaller | None
    board: OpenBoard | None
    pad: OpenPad | None
    camera: OpenCamera | None
    workshop: Workshop = field(repr=False)

    def all(self) -> dict[str, Opened]:
        """Those that there are, by their key in the settings."""
        each: dict[str, Opened | None] = {
            "id_reader": self.reader,
            "receipt_printer": self.receipt_printer,
            "evaluator": self.evaluator,
            "caller_keypad": self.caller,
            "call_board": self.board,
            "code_scanner": self.scanner,
            "signature_pad": self.pad,
            "document_camera": self.camera,
        }
        return {key: device for key, device in each.items() if device is not None}

    def close(self) -> None:
        """Give all ports back, those first that somebody may be waiting at. After the lanes have ended."""
        order = (
            "caller_keypad",
            "evaluator",
            "code_scanner",
            "signature_pad",
            "document_camera",
            "id_reader",
            "call_board",
        )
        open_now = self.all()
        for key in (*order, "receipt_printer"):
            if key in open_now:
                open_now[key].close()


def open_card_reader(workshop: Workshop) -> OpenCardReader | None:
    """The reader that the settings name, None when it is off."""
    host = workshop.host("id_reader")
    return None if host is None else OpenCardReader(host, photo_decoder(workshop.context("id_photo")))


def open_receipt_printer(workshop: Workshop) -> OpenReceiptPrinter | None:
    """The thermal printer that the settings name, None when it is off."""
    host = workshop.host("receipt_printer")
    return None if host is None else OpenReceiptPrinter(host)


def open_evaluator(workshop: Workshop) -> OpenEvaluator | None:
    """The rating keypad that the settings name, None when it is off."""
    host = workshop.host("evaluator")
    return None if host is None else OpenEvaluator(host)


def open_scanner(workshop: Workshop) -> OpenScanner | None:
    """The scanner that the settings name, None when it is off."""
    host = workshop.host("code_scanner")
    return None if host is None else OpenScanner(host)


def workshop_of(settings: DeviceSettings, clock: Clock, drivers: Registry | None = None) -> Workshop:
    """The place where the devices of these settings are made; ``drivers``: other than those installed here."""
    return Workshop(settings, clock, installed() if drivers is None else drivers)


def open_devices(settings: DeviceSettings, clock: Clock, *, drivers: Registry | None = None) -> DeviceSet:
    """All devices of the settings, none connected yet. ``Rejected`` names the setting that cannot be read."""
    workshop = workshop_of(settings, clock, drivers)
    keys = ("caller_keypad", "call_board", "signature_pad", "document_camera")
    caller, board, pad, camera = (workshop.host(key) for key in keys)
    return DeviceSet(
        reader=open_card_reader(workshop),
        receipt_printer=open_receipt_printer(workshop),
        evaluator=open_evaluator(workshop),
        scanner=open_scanner(workshop),
        caller=None if caller is None else OpenCaller(caller),
        board=None if board is None else OpenBoard(board),
        pad=None if pad is None else OpenPad(pad),
        camera=None if camera is None else OpenCamera(camera),
        workshop=workshop,
    )
