"""Readers through ``Termb``: CVR_* finds and reads, one function a field gives the text [C, from published callers].

Tried against a library with the same entry points, built with the system's compiler [T]; the maker's own library,
stdcall and 32 bits were not at hand. The plain functions give GBK, which has no sign for many characters of names: the
functions that end in U (UTF-16) are taken where the library has them. Where it has not, a text that GBK could not hold
is refused, because a wrong name on a paper is worse than typing.
"""

from __future__ import annotations

import threading
from datetime import date

from drivers.base.errors import CardGone, CardUnreadable, NotConnected, ProtocolError
from drivers.base.readings import ETHNIC_NAMES, SEX_NAMES, CardKind, CardReading
from drivers.idcard import commands
from drivers.idcard.text_block import card_day
from drivers.idcard.vendor.process import count, out
from drivers.idcard.vendor.reader import VendorReader
from drivers.idcard.vendor.wlt import is_picture

NAMES = ("Termb.dll", "libtermb.so", "termb.so")
_ROOM = 512
_PICTURE_ROOM = 40960
_OK = 1
_READ_ALL = 4
"""CVR_Read_Content(4): text and photo without files, in published callers [M]."""
_KINDS = {
    "": CardKind.RESIDENT,
    "J": CardKind.HMT_PERMIT,
    "I": CardKind.FOREIGNER_2017,
    "Y": CardKind.FOREIGNER_2023,
}
_REPLACED = "厂家的库给不出这张证上的全部文字，请照证件手工录入"


class TermbReader(VendorReader):
    """Reads cards by CVR_Authenticate and CVR_Read_Content."""

    _known: dict[str, bool]

    def _open(self, port: int) -> bool:
        if self._demand("CVR_InitComm", port).result != _OK:
            return False
        self._known = {}
        return True

    def _give_back(self, port: int) -> None:
        self._call("CVR_CloseComm")

    def _ask_module(self) -> None:
        """The library has no question about the module alone: the port is closed and opened again."""
        port = self._port
        if port is None:
            raise NotConnected("no port is open")
        self._give_back(port)
        if not self._open(port):
            self._disconnect()
            raise NotConnected("the port cannot be opened again", word="port_lost")

    def _find(self, cancel: threading.Event) -> bool:
        returned = self._call("CVR_Authenticate", cancel=cancel)
        if returned is None or returned.result == 2:
            return False
        match returned.result:
            case 1:
                return True
            case 3:
                raise commands.error_for(commands.SELECT_FAILED)
            case 0:
                self._disconnect()
                raise NotConnected("the library is not initialised", word="port_lost")
        raise ProtocolError(f"CVR_Authenticate returned {returned.result}")

    def _read(self) -> CardReading:
        result = self._demand("CVR_Read_Content", _READ_ALL, timeout=self._read_timeout).result
        if result != _OK:
            raise CardGone(f"CVR_Read_Content returned {result}")
        self._lift_expected = True
        kind = _KINDS.get(self._text("GetCertType"))
        if kind is None:
            raise CardUnreadable("unknown kind of card", word="unknown_card_kind")
        foreigner = kind in (CardKind.FOREIGNER_2017, CardKind.FOREIGNER_2023)
        first = self._text("GetPeopleName")
        valid_to = self._text("GetEndDate")
        resident = kind is CardKind.RESIDENT
        return CardReading(
            kind=kind,
            name=self._text("GetPeopleChineseName") if foreigner else first,
            english_name=first if foreigner else "",
            number=self._text("GetPeopleIDCode"),
            birth_date=self._day("GetPeopleBirthday"),
            sex_code=_code(self._text("GetPeopleSex"), SEX_NAMES, 1),
            ethnic_code=_code(self._text("GetNationCode"), ETHNIC_NAMES, 2) if resident else "",
            country_code=self._text("GetNationCode") if foreigner else "",
            address="" if foreigner else self._text("GetPeopleAddress"),
            issuer=self._text("GetDepartment"),
            valid_from=self._day("GetStartDate"),
            valid_to=None if valid_to == "长期" else card_day(_digits(valid_to), "valid_to"),
            pass_number=self._text("GetPassCheckID") if kind is CardKind.HMT_PERMIT else "",
            issue_count=self._issue_count() if kind in (CardKind.HMT_PERMIT, CardKind.FOREIGNER_2023) else "",
            version=self._text("GetPeopleCertVersion") if kind is CardKind.FOREIGNER_2017 else "",
            newest_address=(self._text("GetNewAppMsg") or None) if resident else None,
            picture=self._picture(),
        )

    def _text(self, function: str) -> str:
        if self._knows(function + "U"):
            raw = self._demand(function + "U", out(_ROOM), count(_ROOM)).data(0)
            wide = raw[: next((at for at in range(0, len(raw), 2) if raw[at : at + 2] == b"\0\0"), len(raw))]
            try:
                return wide.decode("utf-16-le").strip(" ")
            except UnicodeDecodeError as exc:
                raise CardUnreadable("text is not UTF-16", word="bad_text") from exc
        if not self._knows(function):
            return ""
        narrow = self._demand(function, out(_ROOM), count(_ROOM)).data(0).partition(b"\0")[0]
        try:
            text = narrow.decode("gbk").strip(" ")
        except UnicodeDecodeError as exc:
            raise CardUnreadable("text is not GBK", word="bad_text", advice=_REPLACED) from exc
        if "?" in text:
            raise CardUnreadable("text with characters replaced", word="replaced_text", advice=_REPLACED)
        return text

    def _day(self, function: str) -> date:
        return card_day(_digits(self._text(function)), function)

    def _issue_count(self) -> str:
        if not self._knows("GetIssuesNum"):
            return ""
        return f"{self._demand('GetIssuesNum', count()).number(0):02d}"

    def _picture(self) -> bytes:
        if not self._knows("GetBMPData"):
            return b""
        returned = self._demand("GetBMPData", out(_PICTURE_ROOM), count(_PICTURE_ROOM))
        picture = returned.data(0)[: max(0, returned.number(1))]
        return picture if is_picture(picture) else b""

    def _knows(self, function: str) -> bool:
        if function not in self._known:
            self._known[function] = self._helper.has(function)[0]
        return self._known[function]


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _code(text: str, names: dict[str, str], width: int) -> str:
    """The code for a code or a word; what is neither stays as it is."""
    if text.isascii() and text.isdigit():
        return text.zfill(width)[-width:]
    return next((code for code, name in names.items() if name == text.removesuffix("族")), text)
