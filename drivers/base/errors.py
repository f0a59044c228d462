"""The device error tree, with the scenario in which each is raised.

::

    DeviceError
    ├── NotConnected        the cable was pulled, the COM port is not there, the printer's address refuses
    │   ├── NoSpeaker       the PC has nothing to make sound with (defined in speaker/card)
    │   ├── NoProgram       the system has no program that plays or speaks (speaker/programs)
    │   └── ProgramFailed   that program ended with an error (speaker/programs)
    ├── Timeout             the port opens but the device says nothing: switched off, or another baud rate
    │   ├── SpeakerSilent   the sound card stopped taking samples (speaker/card)
    │   └── ProgramHangs    the speaking program does not come to its end (speaker/programs)
    ├── ProtocolError       the device answers nonsense: another kind of device hangs on the port
    │   ├── ChecksumError   a noisy cable: three answers in a row arrived damaged
    │   └── IppRefusal      a printer's print service answers that it will not (printer/ipp)
    ├── CardError           the reader works, this card was not read
    │   ├── CardGone        the citizen lifted the card before the reader had finished
    │   └── CardUnreadable  the card is damaged, not genuine, or holds text that cannot be decoded
    ├── ModuleFault         the reader's security module failed its self-test or is not authorised
    ├── PrinterFault        the printer reports an error of its own (cutter jam, head too hot) or is offline
    │   ├── PaperOut        the roll has come to its end
    │   └── CoverOpen       somebody is changing the roll
    ├── ClipMissing         a recording of the voice is not there or is no sound (speaker/clips)
    ├── DriverCrashed       a driver raised what no driver may raise; its thread goes on (base/host)
    ├── Unprintable         a call board has no sign for a character of the line
    └── OutcomeUnknown      bytes were sent, then the printer fell silent: nobody knows what is on the paper

``word`` is a short machine word for logs and tests; ``advice`` is one Chinese sentence for the clerk: what is the
matter, then what to do. ``str(error)`` is English and never holds personal data.
"""

from __future__ import annotations

from typing import ClassVar


class DeviceError(Exception):
    """Anything that a device or its line does wrong; the environment's fault, never the program's."""

    default_word: ClassVar[str] = "device_error"
    default_advice: ClassVar[str] = "设备出了问题，请检查电源和连线"

    def __init__(self, detail: str = "", *, word: str | None = None, advice: str | None = None) -> None:
        super().__init__(detail or self.default_word)
        self.word = self.default_word if word is None else word
        self.advice = self.default_advice if advice is None else advice


class NotConnected(DeviceError):
    """The line to the device is not there, or was lost."""

    default_word = "not_connected"
    default_advice = "设备没有连上，请检查电源和连线，插好后自动恢复"


class Timeout(DeviceError):
    """The line is open but the device did not answer, or did not take the bytes, in time."""

    default_word = "silent"
    default_advice = "设备没有回应，请检查电源，或请技术员核对波特率"


class ProtocolError(DeviceError):
    """The device answered something that its protocol does not allow."""

    default_word = "bad_answer"
    default_advice = "设备的回答看不懂，请技术员核对接的是不是这台设备"


class ChecksumError(ProtocolError):
    """Every answer arrived damaged, however often it was asked for."""

    default_word = "bad_checksum"
    default_advice = "和设备之间的线路有干扰，请重新插紧连线；还不行请换线"


class CardError(DeviceError):
    """The reader is well; this card could not be read."""

    default_word = "card_error"
    default_advice = "这张证没有读出来，请拿起来再放一次；还不行请手工录入"


class CardGone(CardError):
    """The card left the field before the reading was complete."""

    default_word = "card_gone"
    default_advice = "卡拿早了，请再放一次，停 1 秒"


class CardUnreadable(CardError):
    """The card is damaged, of an unknown kind, or was rejected by the security module."""

    default_word = "card_unreadable"
    default_advice = "这张证读不出来，请手工录入并核对证件原件"


class ModuleFault(DeviceError):
    """The security module (SAM) of the reader does not work; no card can be read with it."""

    default_word = "module_fault"
    default_advice = "读卡器的安全模块有故障，请先手工录入，并请技术员更换读卡器"


class PrinterFault(DeviceError):
    """The printer reports an error or is offline for a reason that it does not name."""

    default_word = "printer_fault"
    default_advice = "小票打印机报错，请关机再开机；还不行请技术员检查切刀和打印头"


class PaperOut(PrinterFault):
    """There is no paper under the head."""

    default_word = "paper_out"
    default_advice = "小票打印机缺纸。装好纸后接着打"


class CoverOpen(PrinterFault):
    """The cover is open."""

    default_word = "cover_open"
    default_advice = "小票打印机的盖子没有合上，合好后接着打"


class OutcomeUnknown(DeviceError):
    """Part or all of a job was sent and its end was never confirmed; the clerk has to look at the paper."""

    default_word = "outcome_unknown"
    default_advice = "小票可能没打完，请看吐出来的纸，再选是否重打"


class Unprintable(DeviceError):
    """The device's character set lacks a character; sending another one in its place would be a lie."""

    default_word = "unprintable"
    default_advice = "这一行有设备显示不了的字，没有发送"
