"""The tablet as an evaluator: five levels are shown while a citizen is asked, and none at any other time.

No maker's protocol: the page and its calls are our own. Tried with Chromium [T]; no tablet was at hand.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.base.devices import Evaluator
from drivers.base.errors import DeviceError, NotConnected
from drivers.base.health import Health, HealthState, Now
from drivers.base.readings import RatingReading
from drivers.base.trace import Direction, Trace, no_trace
from drivers.evaluator.scales import LEVEL_WORDS
from drivers.evaluator.tablet.asking import AskingPlace
from drivers.evaluator.tablet.pairing import GOOD_FOR_S, Pairing
from drivers.evaluator.tablet.serving import LOOK_S, TabletServer

PORT = 8460
_SLICE = 0.1
_AWAY = "评价平板没有连上，请看平板开着没有、网页开着没有；这次可以请办事人扫码评价"
_NOT_PAIRED = "评价平板还没有配对，请在窗口程序里取配对码，在平板上输入"
_PORT_TAKEN = "评价平板要用的端口被别的程序占着，请技术员换一个端口"
_BAD_CERTIFICATE = "评价平板的证书文件读不了，请技术员核对设置"


@dataclass(frozen=True, slots=True)
class PairingOffer:
    """What is shown to who pairs a tablet: the page's address, the code, and an address that holds both for a QR code
    (behind ``#``, which browsers keep to themselves)."""

    address: str
    code: str
    good_for_s: float

    @property
    def link(self) -> str:
        """The address with the code, for a QR code."""
        return f"{self.address}/#{self.code}"


class TabletEvaluator(Evaluator):
    """host: which of this PC's addresses to listen on, empty for all. window: shown on the page. look_s: seconds after
    which the page asks again; a tablet that did not for more than twice as long is away. file: where the pairing is
    kept. certificate, key: PEM files for HTTPS."""

    def __init__(
        self,
        host: str = "",
        port: int = PORT,
        *,
        now: Now,
        window: str = "",
        file: Path | None = None,
        certificate: Path | None = None,
        key: Path | None = None,
        look_s: float = LOOK_S,
        monotonic: Callable[[], float] = time.monotonic,
        trace: Trace = no_trace,
    ) -> None:
        super().__init__(now)
        self._host, self._port, self._window = host, port, window
        self._certificate, self._key = certificate, key
        self._look_s = look_s
        self._monotonic = monotonic
        self._trace = trace
        self._pairing = Pairing(file, monotonic)
        self._opening = threading.Lock()
        self._place = AskingPlace(monotonic)
        self._server: TabletServer | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; the setting's while nothing is."""
        return self._server.server_port if self._server is not None else self._port

    def offer_pairing(self) -> PairingOffer:
        """A new code for a tablet, which takes the place of the one before. Raises NotConnected."""
        self._open()
        scheme = "https" if self._certificate is not None else "http"
        address = f"{scheme}://{self._host or own_address()}:{self.port}"
        return PairingOffer(address, self._pairing.new_code(), GOOD_FOR_S)

    def ask_rating(self, timeout: float, cancel: threading.Event) -> RatingReading | None:
        deadline = self._monotonic() + timeout
        self._open()
        if not self._pairing.is_paired and (trouble := self._judge()) is not None:
            raise trouble
        place = self._place
        place.begin()
        self._note("请办事人评价")
        self._tracker.set(HealthState.BUSY, "rating")
        level = None
        try:
            while level is None and not cancel.is_set() and (left := deadline - self._monotonic()) > 0:
                level = place.wait_for_choice(min(_SLICE, left))
        finally:
            place.end()
        self._note("收到一次评价" if level is not None else "没有人评价")
        if level is not None:
            self._tracker.set(HealthState.READY, "ready")
            return RatingReading(level, LEVEL_WORDS[level], level)
        trouble = self._judge()
        if trouble is not None and not cancel.is_set():
            raise trouble
        return None

    def probe(self) -> Health:
        try:
            self._open()
        except DeviceError:
            return self.health()
        if self.health().state is not HealthState.BUSY or self.health().word != "rating":
            self._judge()
        return self.health()

    def close(self) -> None:
        with self._opening:
            server, self._server = self._server, None
            if server is not None:
                server.stop()
        self._tracker.set(HealthState.ABSENT, "closed", _AWAY)

    def _judge(self) -> NotConnected | None:
        """Whether a tablet is there now, as the light says it."""
        if not self._pairing.is_paired:
            trouble = NotConnected("no tablet was paired", word="not_paired", advice=_NOT_PAIRED)
        elif not self._place.seen_within(2 * self._look_s + 1):
            trouble = NotConnected("the tablet asks for no news", word="tablet_away", advice=_AWAY)
        else:
            self._tracker.set(HealthState.READY, "ready")
            return None
        self._tracker.fail(trouble)
        return trouble

    def _open(self) -> None:
        with self._opening:
            if self._server is not None:
                return
            self._place = AskingPlace(self._monotonic)
            try:
                self._server = TabletServer(
                    (self._host, self._port),
                    self._place,
                    self._pairing,
                    window=self._window,
                    look_s=self._look_s,
                    certificate=self._certificate,
                    key=self._key,
                    told=self._note,
                )
            except (ssl.SSLError, FileNotFoundError) as exc:
                trouble = NotConnected(type(exc).__name__, word="bad_certificate", advice=_BAD_CERTIFICATE)
                self._tracker.fail(trouble)
                raise trouble from exc
            except OSError as exc:
                trouble = NotConnected(f"cannot listen: {type(exc).__name__}", word="port_taken", advice=_PORT_TAKEN)
                self._tracker.fail(trouble)
                raise trouble from exc

    def _note(self, words: str) -> None:
        self._trace(Direction.NOTE, words, ())


def own_address() -> str:
    """This PC's address in its network, as a tablet reaches it; nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for elsewhere in ("10.255.255.255", "192.0.2.1"):
            try:
                probe.connect((elsewhere, 9))
            except OSError:
                continue
            found = str(probe.getsockname()[0])
            if not found.startswith(("0.", "127.")):
                return found
    return "127.0.0.1"
