"""Maps the drivers to the devices of ``ports.devices``: which driver, on which line, in whose words.

Addresses as in ``clerk.toml``::

    id_reader        "auto" | "off" | "COM3" | "/dev/ttyUSB0"
    receipt_printer  "off" | "serial:COM4" | "serial:/dev/ttyS1@9600" | "tcp:192.168.1.50:9100" | "file:/dev/usb/lp0"
    evaluator        "off" | "COM5"

Opening does no I/O: a device is connected at its first use or ``probe`` and found again by itself after a loss.
``probe`` and everything but ``health`` belong on the device's lane.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from clerk_app.bootstrap.settings import DeviceSettings
from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity import IdType
from clerk_app.domain.persons import CheckedPerson
from clerk_app.ports.clock import Clock
from clerk_app.ports.devices import CardFacts, DeviceFault, DeviceHealth, DeviceState, PrintOutcome, PrintResult
from drivers.base.devices import Device
from drivers.base.errors import DeviceError, NotConnected
from drivers.base.health import Health
from drivers.base.readings import CardKind, CardReading, PrintReport
from drivers.base.transport import ByteTransport, FileTransport, SerialTransport, TcpTransport
from drivers.evaluator.keypad import SerialEvaluator
from drivers.evaluator.line import BAUD, SharedLine
from drivers.evaluator.scales import FIVE_KEYS, FOUR_KEYS, RatingScale
from drivers.idcard.lines import at_rates
from drivers.idcard.reader import Ga467Reader
from drivers.printer.escpos import EscPosPrinter
from drivers.serial_ports import SerialPort, available_ports

SerialLine = Callable[[str, int], ByteTransport]
"""Makes an unopened transport for a port and a baud rate."""

OFF = "off"
AUTO = "auto"
_PRINTER_BAUD = 115200
_PRINTER_PORT = 9100
_SCALES: dict[int, RatingScale] = {4: FOUR_KEYS, 5: FIVE_KEYS}
_NO_READER = "没有找到读卡器，请检查连线；先手工录入，插好后自动恢复"
_ID_TYPES = {
    CardKind.RESIDENT: IdType.RESIDENT,
    CardKind.HMT_PERMIT: IdType.RESIDENCE_PERMIT,
    CardKind.FOREIGNER_2017: IdType.FOREIGN_PERMANENT,
    CardKind.FOREIGNER_2023: IdType.FOREIGN_PERMANENT,
}


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


class Opened:
    """What all mapped devices share."""

    def __init__(self, driver: Device) -> None:
        self._driver = driver

    def health(self) -> DeviceHealth:
        return device_health(self._driver.health())

    def probe(self) -> DeviceHealth:
        """Ask the device how it is, connecting if need be; never raises for a device that is away or ill."""
        self._driver.probe()
        return self.health()

    def close(self) -> None:
        """Give the port back."""
        self._driver.close()


class OpenCardReader(Opened):
    """A ``ports.devices.CardReader``; ``hunt`` finds the port where the settings say "auto"."""

    def __init__(self, driver: Ga467Reader, hunt: PortHunt | None = None) -> None:
        super().__init__(driver)
        self._reader = driver
        self._hunt = hunt

    @property
    def port(self) -> str | None:
        """Where "auto" last heard a reader; None with a set port, and before one was heard."""
        return self._hunt.found if self._hunt is not None else None

    def wait_for_card(self, timeout_s: float, cancel: threading.Event) -> CardFacts | None:
        """As the port says; ``DeviceFault`` carries the sentence for the clerk."""
        try:
            reading = self._reader.wait_for_card(timeout_s, cancel)
        except DeviceError as error:
            self._remember_port()
            raise DeviceFault(_NO_READER if self._searching() else error.advice, error.word) from error
        self._remember_port()
        return None if reading is None else card_facts(reading)

    def probe(self) -> DeviceHealth:
        """With "auto", every port is asked once."""
        for _ in range(self._hunt.candidates() if self._hunt is not None else 1):
            self._reader.probe()
            self._remember_port()
            if not self._searching():
                break
        return self.health()

    def health(self) -> DeviceHealth:
        health = super().health()
        if self._searching() and health.state in {DeviceState.ABSENT, DeviceState.FAULTY}:
            return DeviceHealth(DeviceState.ABSENT, health.since, "not_found", _NO_READER)
        return health

    def _searching(self) -> bool:
        return self._hunt is not None and self._hunt.found is None

    def _remember_port(self) -> None:
        health = self._reader.health()
        # A status byte of the protocol comes from a reader, be it one that refuses.
        if self._hunt is not None and (health.usable or health.word.startswith("sw3_")):
            self._hunt.stay()


class PortHunt:
    """Gives the driver another serial port at every connection until a reader answers, then that one first.

    Ports of other devices are left out: a question to a reader would be printed by a printer.
    """

    def __init__(
        self,
        serial: SerialLine,
        taken: Iterable[str],
        ports: Callable[[], tuple[SerialPort, ...]] = available_ports,
    ) -> None:
        self._serial = serial
        self._taken = frozenset(taken)
        self._ports = ports
        self._turn = 0
        self._tried: str | None = None
        self.found: str | None = None

    def candidates(self) -> int:
        """How many tries it takes to ask every port once; at least one."""
        return max(1, len(self._order()))

    def __call__(self, baud: int) -> ByteTransport:
        order = self._order()
        if not order:
            raise NotConnected("there is no serial port to look for a reader on")
        self._tried = order[self._turn % len(order)]
        self._turn += 1
        return self._serial(self._tried, baud)

    def stay(self) -> None:
        """A reader answered on the port tried last."""
        self.found = self._tried
        self._turn = 0

    def _order(self) -> list[str]:
        free = [port for port in self._ports() if port.device not in self._taken]
        # Readers come by USB; a port of the main board is asked last.
        free.sort(key=lambda port: (port.device != self.found, port.vendor_id is None, port.device))
        return [port.device for port in free]


class OpenReceiptPrinter(Opened):
    """A ``ports.devices.ReceiptPrinter``."""

    def __init__(self, driver: EscPosPrinter) -> None:
        super().__init__(driver)
        self._printer = driver

    def print(self, job: bytes) -> PrintResult:
        return print_result(self._printer.print_job(job))


def print_result(report: PrintReport) -> PrintResult:
    """A driver's report in the words of the ports."""
    return PrintResult(PrintOutcome(report.outcome.value), report.advice)


class OpenEvaluator(Opened):
    """A ``ports.devices.Evaluator``."""

    def __init__(self, driver: SerialEvaluator) -> None:
        super().__init__(driver)
        self._keypad = driver

    def ask_rating(self, timeout_s: float, cancel: threading.Event) -> int | None:
        try:
            rating = self._keypad.ask_rating(timeout_s, cancel)
        except DeviceError as error:
            raise DeviceFault(error.advice, error.word) from error
        return None if rating is None else rating.level


def open_card_reader(
    settings: DeviceSettings,
    clock: Clock,
    *,
    serial: SerialLine = SerialTransport,
    ports: Callable[[], tuple[SerialPort, ...]] = available_ports,
) -> OpenCardReader | None:
    """The reader that the settings name, None when it is off. "auto" asks every free port for a reader's answer."""
    if settings.id_reader == OFF:
        return None
    hunt = PortHunt(serial, _taken_ports(settings), ports) if settings.id_reader == AUTO else None
    connect = hunt or (lambda baud: serial(settings.id_reader, baud))
    driver = Ga467Reader(at_rates(connect, (settings.id_reader_baud,)), now=clock.now, monotonic=clock.monotonic)
    return OpenCardReader(driver, hunt)


def open_receipt_printer(
    settings: DeviceSettings, clock: Clock, *, serial: SerialLine = SerialTransport
) -> OpenReceiptPrinter | None:
    """The thermal printer that the settings name, None when it is off; ``Rejected("receipt_printer")`` for a slip."""
    if settings.receipt_printer == OFF:
        return None
    connect = printer_line(settings.receipt_printer, serial)
    return OpenReceiptPrinter(EscPosPrinter(connect, now=clock.now, monotonic=clock.monotonic))


def open_evaluator(
    settings: DeviceSettings, clock: Clock, *, serial: SerialLine = SerialTransport
) -> OpenEvaluator | None:
    """The keypad that the settings name, None when it is off; ``Rejected("evaluator_levels")`` unless 4 or 5."""
    if settings.evaluator == OFF:
        return None
    scale = _SCALES.get(settings.evaluator_levels)
    if scale is None:
        raise Rejected("evaluator_levels", "设置里 evaluator_levels 应为 4 或 5，照评价器的键数填")
    line = SharedLine(lambda: serial(settings.evaluator, BAUD), monotonic=clock.monotonic)
    driver = SerialEvaluator(line, scale, now=clock.now, monotonic=clock.monotonic)
    return OpenEvaluator(driver)


def printer_line(address: str, serial: SerialLine = SerialTransport) -> Callable[[], ByteTransport]:
    """How to connect to the printer at ``address``; ``Rejected("receipt_printer")`` when it cannot be read."""
    kind, _, place = address.partition(":")
    if kind == "serial" and place:
        port, _, rate = place.partition("@")
        if port and (not rate or (rate.isascii() and rate.isdigit())):
            return lambda: serial(port, int(rate) if rate else _PRINTER_BAUD)
    elif kind == "tcp" and place:
        host, number = _host_and_port(place)
        if host and number is not None:
            return lambda: TcpTransport(host, number)
    elif kind == "file" and place:
        return lambda: FileTransport(place)
    raise Rejected(
        "receipt_printer",
        f"设置里 receipt_printer 写的“{address}”认不出，"
        "应像 serial:COM4、tcp:192.168.1.50:9100、file:/dev/usb/lp0 或 off",
    )


def _host_and_port(place: str) -> tuple[str, int | None]:
    host, colon, number = place.rpartition(":")
    if not colon or place.endswith("]"):
        return place.strip("[]"), _PRINTER_PORT
    valid = number.isascii() and number.isdigit() and 0 < int(number) < 65536
    return host.strip("[]"), int(number) if valid else None


def _taken_ports(settings: DeviceSettings) -> list[str]:
    kind, _, place = settings.receipt_printer.partition(":")
    printer = [place.partition("@")[0]] if kind == "serial" else []
    return [*printer, settings.evaluator]


@dataclass(frozen=True, slots=True)
class DeviceSet:
    """The devices of one PC; None for those that it does not have."""

    reader: OpenCardReader | None
    receipt_printer: OpenReceiptPrinter | None
    evaluator: OpenEvaluator | None

    def close(self) -> None:
        """Give all ports back, those first that somebody may be waiting at. After the lanes have ended."""
        for device in (self.evaluator, self.reader, self.receipt_printer):
            if device is not None:
                device.close()


def open_devices(settings: DeviceSettings, clock: Clock, *, serial: SerialLine = SerialTransport) -> DeviceSet:
    """All devices of the settings, none connected yet. ``Rejected`` names the setting that cannot be read."""
    return DeviceSet(
        reader=open_card_reader(settings, clock, serial=serial),
        receipt_printer=open_receipt_printer(settings, clock, serial=serial),
        evaluator=open_evaluator(settings, clock, serial=serial),
    )
