"""What the clerk is told of a print queue; the same sentences for A4 sheets and for receipts."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.base.errors import CoverOpen, DeviceError, NotConnected, OutcomeUnknown, PaperOut, PrinterFault
from drivers.base.readings import PrintOutcome, PrintReport

QUEUE_IS_SHUT = ("paused", "stopped", "not-accepting")


@dataclass(frozen=True, slots=True)
class QueueWords:
    """printer: what the printer is called; paper: what comes out of it; look: where the clerk looks; setting: the key
    in the settings; no_system, no_printer: what to do on a PC without a print system or without a printer."""

    printer: str
    paper: str
    look: str
    setting: str
    no_system: str
    no_printer: str

    @property
    def absent(self) -> str:
        return f"{self.printer}没有联机，请检查电源和连线"

    @property
    def silent(self) -> str:
        return "打印系统没有回应，请看打印机是否开机，再打一次"

    @property
    def not_taken(self) -> str:
        return f"{self.printer}没有收下{self.paper}，没有打出，请技术员看打印队列"

    @property
    def lost(self) -> str:
        return f"已交给{_spaced(self.printer)}，没有收到回话，可能没打完。{self.look}"

    @property
    def unfinished(self) -> str:
        return f"{self.printer}没有把这张打完，剩下的已取消。{self.look}"

    @property
    def cancelled(self) -> str:
        return f"{self.printer}没有开始打，已取消。请看打印机，再打一次"

    def not_there(self, name: str) -> str:
        return f"没有名叫“{name}”的打印机，请技术员核对设置里的 {self.setting}"

    def no_default(self, count: int) -> str:
        return f"装了 {count} 台打印机，没有设默认的，请技术员在设置里把 {self.setting} 写成打印机的名字"

    def trouble(self, reasons: list[str]) -> DeviceError | None:
        """What keeps a printer from printing by its reasons (RFC 8011 5.4.12, PWG 5100.9), whatever their severity."""
        for word, kind, advice in _TROUBLES:
            for reason in reasons:
                if reason.startswith(word) and not reason.endswith("-warning"):
                    return kind(reason, word=word, advice=advice.format(self.printer))
        return None

    def unknown(self, cause: DeviceError, advice: str, size: int = 0) -> PrintReport:
        """The report of a job that may be on the paper."""
        unknown = OutcomeUnknown(str(cause), word=cause.word, advice=advice)
        unknown.__cause__ = cause
        return PrintReport(PrintOutcome.UNKNOWN, unknown, size)

    def broken_off(self, complaint: DeviceError | None, detail: str, size: int) -> PrintReport:
        """The report of a job that began and did not end well."""
        first = f"{complaint.advice.split('。')[0].split('，')[0]}。" if complaint is not None else ""
        return self.unknown(complaint or PrinterFault(detail), f"{first}{self.unfinished}", size)

    def never_began(self, complaint: DeviceError | None) -> PrintReport:
        """The report of a job that was cancelled before a byte of it reached the printer."""
        advice = complaint.advice if complaint is not None else self.cancelled
        return PrintReport(
            PrintOutcome.REFUSED, PrinterFault("cancelled before it began", word="cancelled", advice=advice)
        )


PAGE_WORDS = QueueWords(
    printer="A4 打印机",
    paper="这张文书",
    look="请看出纸口",
    setting="page_printer",
    no_system="这台电脑没有打印系统（CUPS），A4 打印机用不了，请技术员安装，或在设置里写打印机的地址 ipp://…",
    no_printer='没有装 A4 打印机，请技术员装好再打；不配 A4 打印机的窗口，请技术员在设置里写 page_printer = "off"',
)
RECEIPT_WORDS = QueueWords(
    printer="小票打印机",
    paper="这张小票",
    look="请看吐出来的纸",
    setting="receipt_printer",
    no_system="这台电脑没有打印系统，小票打印机的打印队列用不了，请技术员安装，或改用串口、网口",
    no_printer="没有装小票打印机的打印队列，请技术员装好再打",
)

_ABSENT = "{}没有联机，请检查电源和连线"
_TROUBLES: tuple[tuple[str, type[DeviceError], str], ...] = (
    ("media-empty", PaperOut, "{}缺纸。装好纸后再打"),
    ("media-needed", PaperOut, "{}缺纸。装好纸后再打"),
    ("media-jam", PrinterFault, "{}卡纸。取出卡住的纸后再打"),
    ("cover-open", CoverOpen, "{}的盖子没有合上。合好后再打"),
    ("door-open", CoverOpen, "{}的盖子没有合上。合好后再打"),
    ("interlock-open", CoverOpen, "{}的盖子没有合上。合好后再打"),
    ("input-tray-missing", PrinterFault, "{}的纸盒没有装好。装好后再打"),
    ("toner-empty", PrinterFault, "{}没有墨粉了。换好墨粉后再打"),
    ("marker-supply-empty", PrinterFault, "{}没有墨了。换好后再打"),
    ("output-area-full", PrinterFault, "{}的出纸口满了。取走纸后再打"),
    ("offline", NotConnected, _ABSENT),
    ("connecting-to-device", NotConnected, _ABSENT),
    ("timed-out", NotConnected, _ABSENT),
    ("shutdown", NotConnected, _ABSENT),
    *((word, PrinterFault, "{}被暂停了，请技术员在打印系统里恢复") for word in QUEUE_IS_SHUT),
)


def _spaced(printer: str) -> str:
    """A space before Latin letters, as Chinese is typeset."""
    return f" {printer}" if printer[0].isascii() else printer
