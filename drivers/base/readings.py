"""What devices hand over: a card, the fate of a print job, a rating."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from drivers.base.errors import DeviceError

SEX_NAMES: dict[str, str] = {"0": "未知", "1": "男", "2": "女", "9": "未说明"}
"""GB/T 2261.1."""

_ETHNIC = (
    "01汉 02蒙古 03回 04藏 05维吾尔 06苗 07彝 08壮 09布依 10朝鲜 11满 12侗 13瑶 14白 15土家 16哈尼 17哈萨克 18傣 19黎 "
    "20傈僳 21佤 22畲 23高山 24拉祜 25水 26东乡 27纳西 28景颇 29柯尔克孜 30土 31达斡尔 32仫佬 33羌 34布朗 35撒拉 "
    "36毛南 37仡佬 38锡伯 39阿昌 40普米 41塔吉克 42怒 43乌孜别克 44俄罗斯 45鄂温克 46德昂 47保安 48裕固 49京 "
    "50塔塔尔 51独龙 52鄂伦春 53赫哲 54门巴 55珞巴 56基诺 97其他 98外国血统"
)
ETHNIC_NAMES: dict[str, str] = {entry[:2]: entry[2:] for entry in _ETHNIC.split()}
"""GB/T 3304, with 97 and 98 of the identity card system."""


class CardKind(StrEnum):
    """The four cards that one reader reads, told apart by the type flag of the text block."""

    RESIDENT = "resident"
    HMT_PERMIT = "hmt_permit"
    FOREIGNER_2017 = "foreigner_2017"
    FOREIGNER_2023 = "foreigner_2023"


@dataclass(frozen=True, slots=True)
class CardReading:
    """One card as read. Personal fields stay out of ``repr`` so that no log can hold them.

    name: as on the card; the Chinese name of a foreigner, which may be empty. Private-use characters and characters
        beyond U+FFFF are kept as they are.
    sex_code: GB/T 2261.1; ethnic_code: GB/T 3304, empty where the card has none.
    issuer: issuing authority (a four-digit code on the foreigner's card of 2017).
    valid_to: None means 长期, without end.
    issue_count: times issued (HK/Macao/Taiwan permit) or renewed (foreigner 2023), as printed, e.g. ``"01"``.
    photo: 1,024 bytes in the WLT format, for which no open decoder exists; empty when the card gave none.
    picture: the photo as BMP, 102 x 126 in 24 bits, where the driver's library hands one over; else empty.
    newest_address: from the card's extra block, None when there is none; it then replaces ``address``.
    """

    kind: CardKind
    name: str = field(repr=False)
    number: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex_code: str = field(repr=False)
    valid_from: date = field(repr=False)
    valid_to: date | None = field(repr=False)
    english_name: str = field(default="", repr=False)
    ethnic_code: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    issuer: str = field(default="", repr=False)
    pass_number: str = field(default="", repr=False)
    issue_count: str = field(default="", repr=False)
    country_code: str = field(default="", repr=False)
    version: str = field(default="", repr=False)
    photo: bytes = field(default=b"", repr=False)
    picture: bytes = field(default=b"", repr=False)
    newest_address: str | None = field(default=None, repr=False)

    @property
    def sex(self) -> str:
        """The word for the sex code, empty for a code outside the standard."""
        return SEX_NAMES.get(self.sex_code, "")

    @property
    def ethnic_name(self) -> str:
        """The word for the ethnic code, empty where the card has none or the code is outside the standard."""
        return ETHNIC_NAMES.get(self.ethnic_code, "")

    @property
    def display_name(self) -> str:
        """The name to show: the Chinese one, or the English one where there is no Chinese one."""
        return self.name or self.english_name

    @property
    def current_address(self) -> str:
        """The newest address when the card has one, else the printed one."""
        return self.newest_address or self.address


class PrintOutcome(StrEnum):
    """The four fates of a job; there is no fifth."""

    PRINTED = "printed"
    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PrintReport:
    """What became of one job.

    PRINTED: the printer answered the fence behind the last byte. SENT: every byte was taken by a line on which nobody
    can answer (a spooler, a one-way cable), and nothing went wrong that could be seen. REFUSED: nothing was sent,
    ``cause`` says why; the same job may be sent again. UNKNOWN: bytes were sent and the end was not confirmed,
    ``cause`` says what the printer complained of; only the clerk may decide to print again. ``bytes_accepted`` counts
    what the line took, ``lines_accepted`` of ``lines`` the lines of the paper in it; what the head burnt is less.
    """

    outcome: PrintOutcome
    cause: DeviceError | None = None
    bytes_accepted: int = 0
    near_end: bool = False
    lines_accepted: int = 0
    lines: int = 0

    @property
    def word(self) -> str:
        """The machine word of the cause, or of the outcome when there is no cause."""
        return self.cause.word if self.cause is not None else self.outcome.value

    @property
    def advice(self) -> str:
        """The Chinese sentence for the clerk; empty when the job was printed and paper is left."""
        if self.cause is not None:
            return self.cause.advice
        if self.outcome is PrintOutcome.SENT:
            return "已送到打印机，这台打印机不会回话，请看一眼打全没有"
        return "小票纸快用完了，请备好一卷" if self.near_end else ""


@dataclass(frozen=True, slots=True)
class RatingReading:
    """One rating: level 1 非常满意 to 5 非常不满意 (GB/T 39046 A.8), its word, and the raw byte of the keypad."""

    level: int
    word: str
    raw: int


class CallerKey(StrEnum):
    """What a key of a caller keypad asks for."""

    CALL = "call"
    RECALL = "recall"
    MISS = "miss"
    HOLD = "hold"
    TAKE_BACK = "take_back"
    TRANSFER = "transfer"
    RATE = "rate"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class KeyPress:
    """One key, with the raw data bytes of its frame for the trace."""

    key: CallerKey
    raw: bytes


@dataclass(frozen=True, slots=True)
class SignaturePoint:
    """A point of a stroke: dots from the upper left, pressure 0 to 1 (1 where the pad has none), seconds from the
    first point of the signature."""

    x: int
    y: int
    pressure: float
    at: float


@dataclass(frozen=True, slots=True)
class SignatureReading:
    """Strokes in their order on a pad of ``width`` x ``height`` dots; kept out of ``repr``."""

    width: int
    height: int
    strokes: tuple[tuple[SignaturePoint, ...], ...] = field(repr=False)
