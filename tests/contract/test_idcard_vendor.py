"""The contract through the makers' libraries: their entry points, built as a fake library, in a helper process."""

from __future__ import annotations

import io
import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from drivers.base.errors import CardGone, CardUnreadable, DeviceError, ModuleFault, NotConnected
from drivers.base.health import HealthState
from drivers.base.trace import TraceLog
from drivers.contract.idcard import PATIENCE, RARE, SHORT, CardBench, IdCardReaderContract, facts
from drivers.idcard import commands, samples
from drivers.idcard.vendor.helper import FOLDER
from drivers.idcard.vendor.library import HELPER_PROGRAM, OWN_BITS, VendorLibrary, library_bits
from drivers.idcard.vendor.process import Helper
from drivers.idcard.vendor.reader import VendorReader
from drivers.idcard.vendor.sdtapi import SdtReader
from drivers.idcard.vendor.termb import TermbReader
from drivers.idcard.vendor.wlt import PhotoDecoder
from support.card_library import LibraryBench, built
from support.lines import now


class VendorContract(IdCardReaderContract):
    """A maker's entry points in a helper process, over the fake library."""

    wide = True

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FAKE_CARD_DIR", str(tmp_path))

    def make_bench(self, folder: Path) -> LibraryBench:
        return LibraryBench(folder, wide=self.wide)

    def library(self) -> VendorLibrary:
        return VendorLibrary(("fake",), path=built(wide=self.wide))


class TestThroughSdtapi(VendorContract):
    def make_reader(self, bench: CardBench, trace: TraceLog) -> SdtReader:
        return SdtReader(self.library(), now=now, poll_interval=0.02, reconnect_interval=0.05, trace=trace)


class TestThroughTermb(VendorContract):
    def make_reader(self, bench: CardBench, trace: TraceLog) -> TermbReader:
        return TermbReader(self.library(), now=now, poll_interval=0.02, reconnect_interval=0.05, trace=trace)


class TestThroughTermbWithoutUnicode(TestThroughTermb):
    """An old library that speaks GBK only."""

    wide = False

    def test_rare_characters_and_the_newest_address_arrive(self, bench: CardBench, reader: TermbReader) -> None:
        """They cannot arrive, so the card is refused: never a name with a character replaced."""
        bench.place_card(RARE)
        with pytest.raises(CardUnreadable) as caught:
            reader.wait_for_card(PATIENCE, threading.Event())
        assert "手工录入" in caught.value.advice

    def test_neither_trace_nor_repr_holds_personal_data(
        self, bench: CardBench, reader: TermbReader, trace: TraceLog
    ) -> None:
        bench.place_card(samples.RESIDENT)
        assert self.read(reader) == samples.RESIDENT
        told = "\n".join(line.text for line in trace.lines())
        assert samples.RESIDENT.name not in told
        assert samples.RESIDENT.number not in told


SDT_DIALOGUE = (
    "SDT_OpenPort", "SDT_GetSAMStatus", "SDT_StartFindIDCard", "SDT_SelectIDCard", "SDT_ReadBaseMsg",
    "SDT_ReadNewAppMsg",
)  # fmt: skip
CVR_DIALOGUE = (
    "CVR_InitComm",
    "CVR_Authenticate",
    "CVR_Read_Content",
    "GetPeopleNameU",
    "GetEndDateU",
    "GetNewAppMsgU",
)
HANGS_AFTER = 0.5


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LibraryBench:
    """A reader on port 1001 behind the fake library."""
    monkeypatch.setenv("FAKE_CARD_DIR", str(tmp_path))
    return LibraryBench(tmp_path)


def reader_for(function: str) -> VendorReader:
    kind = SdtReader if function.startswith("SDT") else TermbReader
    return kind(
        VendorLibrary(("fake",), path=built()),
        now=now,
        poll_interval=0.02,
        reconnect_interval=0.05,
        call_timeout=HANGS_AFTER,
        read_timeout=HANGS_AFTER,
    )


def read_or_told(reader: VendorReader, timeout: float) -> DeviceError | None:
    """The error that a wait ends with."""
    try:
        reader.wait_for_card(timeout, threading.Event())
    except DeviceError as error:
        return error
    return None


@pytest.mark.parametrize("what", ["crash", "hang"])
@pytest.mark.parametrize("function", [*SDT_DIALOGUE, *CVR_DIALOGUE])
def test_a_library_that_crashes_or_hangs_anywhere_is_told_in_time_and_started_again(
    desk: LibraryBench, function: str, what: str
) -> None:
    reader = reader_for(function)
    desk.fault(function, what)
    desk.place_card(samples.RESIDENT)
    start = time.monotonic()
    told = read_or_told(reader, SHORT)
    assert time.monotonic() - start < SHORT + HANGS_AFTER + 5.0
    assert told is not None
    assert told.word == {"crash": "vendor_crashed", "hang": "vendor_hung"}[what]
    assert "手工录入" in told.advice
    assert reader.health().state is HealthState.FAULTY
    desk.heal()
    desk.place_card(samples.HMT_PERMIT)
    assert facts(reader.wait_for_card(PATIENCE, threading.Event())) == samples.HMT_PERMIT
    assert reader.health().state is HealthState.READY
    assert reader.helper_starts >= 2
    reader.close()


@pytest.mark.parametrize(
    ("function", "returned", "kind"),
    [
        ("SDT_SelectIDCard", 0x81, CardGone),
        ("SDT_ReadBaseMsg", 0x41, CardGone),
        ("SDT_ReadBaseMsg", 0x31, CardUnreadable),
        ("SDT_ReadBaseMsg", 1, NotConnected),
        ("SDT_GetSAMStatus", 0x66, ModuleFault),
        ("CVR_Authenticate", 3, CardGone),
        ("CVR_Authenticate", 0, NotConnected),
        ("CVR_Read_Content", 0, CardGone),
        ("CVR_Read_Content", 99, CardGone),
    ],
)
def test_what_a_library_returns_becomes_the_right_sentence(
    desk: LibraryBench, function: str, returned: int, kind: type[DeviceError]
) -> None:
    reader = reader_for(function)
    desk.fault(function, returned)
    desk.place_card(samples.RESIDENT)
    told = read_or_told(reader, SHORT)
    assert type(told) is kind
    assert any(words in told.advice for words in ("请", "再放"))
    desk.heal()
    assert facts(reader.wait_for_card(PATIENCE, threading.Event())) == samples.RESIDENT
    reader.close()


def test_usb_ports_are_asked_before_serial_ones_and_the_found_one_first(desk: LibraryBench) -> None:
    desk.replug(3)
    trace = TraceLog(now)
    reader = SdtReader(VendorLibrary(("fake",), path=built()), now=now, trace=trace)
    assert reader.probe().state is HealthState.READY
    asked = [line.text for line in trace.lines() if line.text.startswith("SDT_OpenPort")]
    assert len(asked) == 16 + 3
    assert reader.found == 3
    reader.close()
    before = trace.told
    assert reader.probe().state is HealthState.READY
    assert [line.text for line in trace.lines()][before:][0] == "SDT_OpenPort → 144"
    reader.close()


def test_the_number_of_the_security_module(desk: LibraryBench) -> None:
    reader = SdtReader(VendorLibrary(("fake",), path=built()), now=now)
    assert reader.sam_id() == "05.01-20090101-0000012345-987654321"
    reader.close()


def test_nothing_of_a_card_stays_on_the_disk(desk: LibraryBench, monkeypatch: pytest.MonkeyPatch) -> None:
    emptied: list[list[str]] = []
    empty = Helper.empty_folder

    def look_and_empty(helper: Helper) -> None:
        assert helper.folder is not None
        assert helper.folder.stat().st_mode & 0o077 == 0
        left = sorted(one.name for one in helper.folder.iterdir())
        empty(helper)
        emptied.append(left)
        assert list(helper.folder.iterdir()) == []

    monkeypatch.setattr(Helper, "empty_folder", look_and_empty)
    reader = reader_for("CVR")
    desk.place_card(samples.RESIDENT)
    assert reader.wait_for_card(PATIENCE, threading.Event()) is not None
    assert emptied == [["wz.txt"]]
    folder = reader._helper.folder
    reader.close()
    assert folder is not None
    assert not folder.exists()


def test_a_helper_process_ends_with_its_parent_even_in_a_call_that_hangs_and_leaves_no_card_behind(
    desk: LibraryBench,
) -> None:
    desk.fault("SDT_OpenPort", "hang")
    folder = desk.folder / "private"
    folder.mkdir()
    (folder / "wz.txt").write_text("somebody's card")
    command = [sys.executable, "-I", "-u", str(HELPER_PROGRAM)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, FOLDER: str(folder)},
    ) as helper:
        assert helper.stdin is not None
        assert helper.stdout is not None
        assert helper.stdout.readline() == f'{{"hello": 1, "bits": {OWN_BITS}}}\n'
        load = {"id": 1, "do": "load", "path": str(built()), "convention": "cdecl"}
        helper.stdin.write(json.dumps(load) + "\n")
        helper.stdin.write(json.dumps({"id": 2, "do": "call", "name": "SDT_OpenPort", "args": [1001]}) + "\n")
        helper.stdin.flush()
        assert json.loads(helper.stdout.readline()) == {"id": 1, "result": 0}
        helper.stdin.close()
        assert helper.wait(10) == 0
    assert not folder.exists()


def test_what_a_library_prints_does_not_disturb_the_answers(desk: LibraryBench) -> None:
    """The fake library prints a line in every call."""
    helper = Helper(VendorLibrary(("fake",), path=built()))
    for _ in range(20):
        returned = helper.call("SDT_OpenPort", 1001, timeout=5)
        assert returned is not None
        assert returned.result == commands.OK
    helper.close()


def test_a_function_that_the_library_lacks_is_told(desk: LibraryBench) -> None:
    helper = Helper(VendorLibrary(("Acme.dll",), path=built()))
    with pytest.raises(NotConnected) as caught:
        helper.call("SDT_NoSuchFunction", timeout=5)
    assert caught.value.word == "library_unusable"
    assert "Acme.dll" in caught.value.advice
    helper.close()


def test_a_call_that_was_given_up_does_not_answer_the_next_one(desk: LibraryBench) -> None:
    helper = Helper(VendorLibrary(("fake",), path=built()))
    assert helper.has("SDT_OpenPort", "SDT_Nothing") == (True, False)
    cancel = threading.Event()
    cancel.set()
    assert helper.call("SDT_OpenPort", 5, timeout=5, cancel=cancel) is None
    returned = helper.call("SDT_OpenPort", 1001, timeout=5)
    assert returned is not None
    assert returned.result == commands.OK
    helper.close()


def test_a_library_that_is_not_there_is_named(tmp_path: Path) -> None:
    reader = SdtReader(VendorLibrary(("sdtapi.dll",), path=tmp_path / "sdtapi.dll"), now=now)
    told = read_or_told(reader, 0.1)
    assert isinstance(told, NotConnected)
    assert "sdtapi.dll" in told.advice
    assert reader.health().state is HealthState.ABSENT
    reader.close()


def test_a_file_that_is_no_library_is_told(tmp_path: Path) -> None:
    (tmp_path / "sdtapi.dll").write_bytes(b"not a library")
    reader = SdtReader(VendorLibrary(("sdtapi.dll",), path=tmp_path / "sdtapi.dll"), now=now)
    told = read_or_told(reader, 0.1)
    assert isinstance(told, NotConnected)
    assert told.word == "library_unusable"
    reader.close()


def test_a_library_of_another_width_asks_for_a_helper_of_that_width(tmp_path: Path) -> None:
    library = tmp_path / "sdtapi.dll"
    library.write_bytes(pe_header(0x014C))
    assert library_bits(library) == 32
    assert library_bits(built()) == OWN_BITS
    with pytest.raises(NotConnected) as caught:
        VendorLibrary(("sdtapi.dll",)).command(library)
    assert caught.value.word == "no_helper"
    assert "32 位 Python" in caught.value.advice
    named = VendorLibrary(("sdtapi.dll",), helper=Path("C:/Python311-32/python.exe")).command(library)
    assert named == ["C:/Python311-32/python.exe", "-I", "-u", str(HELPER_PROGRAM)]
    beside = tmp_path / ("clerk-card-helper-32.exe" if os.name == "nt" else "clerk-card-helper-32")
    beside.touch()
    assert VendorLibrary(("sdtapi.dll",)).command(library) == [str(beside)]


def pe_header(machine: int) -> bytes:
    """The beginning of a Windows library."""
    return b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + machine.to_bytes(2, "little")


@pytest.mark.parametrize(
    ("head", "bits"),
    [(pe_header(0x8664), 64), (pe_header(0xAA64), 64), (b"\x7fELF\x01" + bytes(60), 32), (b"MZ", None), (b"", None)],
)
def test_the_width_of_a_library_is_read_from_its_header(tmp_path: Path, head: bytes, bits: int | None) -> None:
    (tmp_path / "library").write_bytes(head)
    assert library_bits(tmp_path / "library") == bits


class TestPhotos:
    """WltRS.GetBmp: the picture comes when it comes, and may stay away."""

    PHOTO = bytes(range(1, 256)) * 4 + b"WLTf"

    @pytest.fixture
    def decoder(self, desk: LibraryBench) -> Iterator[PhotoDecoder]:
        decoder = PhotoDecoder(VendorLibrary(("fake",), path=built()), timeout=HANGS_AFTER)
        yield decoder
        decoder.close()

    def decoded(self, decoder: PhotoDecoder, photo: bytes) -> bytes | None:
        answers: queue.Queue[bytes | None] = queue.Queue()
        decoder.decode(photo, answers.put)
        return answers.get(timeout=PATIENCE)

    def test_a_photo_becomes_a_picture(self, decoder: PhotoDecoder) -> None:
        picture = self.decoded(decoder, self.PHOTO)
        assert picture is not None
        with Image.open(io.BytesIO(picture)) as image:
            assert image.size == (102, 126)
            assert image.mode == "RGB"

    @pytest.mark.parametrize("what", [-1, "crash", "hang"])
    def test_what_the_codec_does_wrong_leaves_the_photo_undecoded_and_the_next_one_is_decoded(
        self, desk: LibraryBench, decoder: PhotoDecoder, what: str | int
    ) -> None:
        desk.fault("GetBmp", what)
        assert self.decoded(decoder, self.PHOTO) is None
        desk.heal()
        assert self.decoded(decoder, self.PHOTO) is not None

    def test_handing_a_photo_over_never_waits_and_only_the_newest_counts(
        self, desk: LibraryBench, decoder: PhotoDecoder
    ) -> None:
        desk.fault("GetBmp", "hang", once=True)
        answers: list[bytes | None] = []
        last = threading.Event()
        decoder.decode(self.PHOTO, answers.append)
        while (desk.folder / "fault").exists():
            time.sleep(0.01)
        # the first photo hangs in the codec now
        start = time.monotonic()
        for _ in range(50):
            decoder.decode(self.PHOTO, answers.append)
        decoder.decode(self.PHOTO, lambda picture: (answers.append(picture), last.set())[1])
        assert time.monotonic() - start < HANGS_AFTER
        assert last.wait(PATIENCE)
        assert len(answers) == 52
        assert answers[-1] is not None

    def test_an_empty_photo_stays_undecoded_without_asking(self, decoder: PhotoDecoder) -> None:
        assert self.decoded(decoder, bytes(1024)) is None

    def test_without_the_codec_a_photo_stays_undecoded(self, tmp_path: Path) -> None:
        decoder = PhotoDecoder(VendorLibrary(("WltRS.dll",), path=tmp_path / "WltRS.dll"))
        assert self.decoded(decoder, self.PHOTO) is None
        decoder.close()

    def test_a_library_that_decodes_by_itself_hands_the_picture_over(self, desk: LibraryBench) -> None:
        picture = b"BM" + bytes(8) + (54).to_bytes(4, "little") + struct.pack("<IiiHH", 40, 102, 126, 1, 24)
        picture = picture.ljust(38_862, b"\x80")
        desk.hand_over("GetBMPData", picture)
        desk.place_card(samples.RESIDENT)
        reader = reader_for("CVR")
        reading = reader.wait_for_card(PATIENCE, threading.Event())
        assert reading is not None
        assert reading.picture == picture
        reader.close()
