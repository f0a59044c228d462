"""The fake vendor library: built with the system's compiler, driven by files in a folder."""

from __future__ import annotations

import atexit
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from drivers.base.readings import CardKind, CardReading
from drivers.idcard import commands
from drivers.idcard.text_block import encode_text_block

_SOURCE = Path(__file__).with_name("fake_card_library.c")
_FLAGS = {
    CardKind.RESIDENT: " ",
    CardKind.HMT_PERMIT: "J",
    CardKind.FOREIGNER_2017: "I",
    CardKind.FOREIGNER_2023: "Y",
}


@functools.cache
def built(*, wide: bool = True) -> Path:
    """The library; skips the test where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler: the vendor libraries' entry points cannot be built")
    folder = Path(tempfile.mkdtemp(prefix="fake-card-library-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    library = folder / f"libfake{'u' if wide else 'a'}.so"
    defines = ["-DWIDE"] if wide else []
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", *defines, "-o", library, _SOURCE], check=True)
    return library


class LibraryBench:
    """A reader behind the fake library. ``folder`` is what FAKE_CARD_DIR names."""

    def __init__(self, folder: Path, *, wide: bool = True) -> None:
        self.folder = folder
        self._wide = wide
        self._generation = 0
        self.replug()

    def place_card(self, card: CardReading) -> None:
        self.lift_card()
        self._generation += 1
        self._put("generation", str(self._generation).encode())
        if card.newest_address is not None:
            self._put("address", card.newest_address.ljust(35).encode("utf-16-le"))
        self._put_fields(card)
        self._put("card", encode_text_block(card) + card.photo.ljust(commands.PHOTO_BYTES, b"\0"))

    def lift_card(self) -> None:
        for name in ("card", "address"):
            (self.folder / name).unlink(missing_ok=True)

    def unplug(self) -> None:
        (self.folder / "port").unlink(missing_ok=True)

    def replug(self, port: int = 1001) -> None:
        self._put("port", str(port).encode())

    def fault(self, function: str, what: str | int, *, once: bool = False) -> None:
        self._put("fault", f"{function} {what} {'once' if once else ''}".encode())

    def heal(self) -> None:
        (self.folder / "fault").unlink(missing_ok=True)

    def hand_over(self, function: str, data: bytes) -> None:
        """What the Termb function gives."""
        self._put(function, data)

    def _put_fields(self, card: CardReading) -> None:
        foreigner = card.kind in (CardKind.FOREIGNER_2017, CardKind.FOREIGNER_2023)
        fields = {
            "GetPeopleName": card.english_name if foreigner else card.name,
            "GetPeopleChineseName": card.name if foreigner else "",
            "GetPeopleSex": card.sex,
            "GetNationCode": card.country_code if foreigner else card.ethnic_code,
            "GetPeopleBirthday": f"{card.birth_date:%Y年%m月%d日}",
            "GetPeopleAddress": card.address,
            "GetPeopleIDCode": card.number,
            "GetDepartment": card.issuer,
            "GetStartDate": f"{card.valid_from:%Y%m%d}",
            "GetEndDate": "长期" if card.valid_to is None else f"{card.valid_to:%Y%m%d}",
            "GetPeopleCertVersion": card.version,
            "GetNewAppMsg": card.newest_address or "",
            "GetCertType": _FLAGS[card.kind],
            "GetPassCheckID": card.pass_number,
        }
        for name, text in fields.items():
            if self._wide:
                self._put(name + "U", text.encode("utf-16-le"))
            else:
                self._put(name, text.encode("gbk", "replace"))
        self._put("GetIssuesNum", (card.issue_count or "0").encode())

    def _put(self, name: str, data: bytes) -> None:
        beside = self.folder / f"{name}.new"
        beside.write_bytes(data)
        beside.replace(self.folder / name)
