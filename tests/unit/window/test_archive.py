"""The archive package: everything of an ended case, and a changed byte is found wherever it is."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.errors import Locked, StoreFault
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.window import WindowStore
from clerk_app.services.steps.values import OpenFile
from clerk_app.services.window.archive import MANIFEST, Archived, ArchiveDesk
from clerk_app.services.window.issue import IssueDesk
from clerk_app.services.window.signing import SigningDesk
from db.window.store import open_window_store
from support.people import resident
from support.window import CLERK, HALL_ID, FakeFolder
from support.window_files import Place
from support.window_memory import MemoryWindowStore

KEY = b"a" * 32
STROKES = (tuple((0.05 * n, 0.4 + 0.02 * (n % 3)) for n in range(16)),)


@pytest.fixture(params=["memory", "sqlcipher"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    store: WindowStore = MemoryWindowStore()
    if request.param == "sqlcipher":
        store = open_window_store(tmp_path / "window.db", b"k" * 32, HALL_ID)
    yield Place(store=store)
    store.close()


def desk(place: Place, folder: FakeFolder | None = None, key: bytes = KEY) -> ArchiveDesk:
    window = place.window
    crypto = NationalCrypto(window.entropy)
    return ArchiveDesk(window.store, window.renderer, window.journal, place.files, crypto, key, folder or FakeFolder())


def delivered(place: Place, count: int = 1) -> tuple[OpenFile, ...]:
    """Ended cases that the server knows, with every paper printed."""
    window = place.window
    issues = IssueDesk(
        window.store,
        place.office,  # type: ignore[arg-type]
        window.renderer,
        window.binding,
        window.journal,
        place.files,
    )
    results = [issues.look(place.ready(), resident(), CLERK) for _ in range(count)]
    opened = issues.issue(results, resident(), "本人", actor=CLERK).opened
    for one in opened:
        window.prints.print_case(one.file.case_id, CLERK)
    place.outbox.push_once()
    return tuple(place.files.open(one.file.case_id, CLERK) for one in opened)


def parts_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def archived(place: Place, opened: OpenFile) -> tuple[Archived, bytes]:
    folder = FakeFolder()
    done = desk(place, folder).archive(opened, CLERK)
    (package,) = folder.saved.values()
    return done, package


def test_the_package_holds_record_acts_papers_signatures_seals_and_the_trail(place: Place) -> None:
    (opened,) = delivered(place)
    signing = SigningDesk(place.window.store, place.window.journal, place.window.renderer.check)
    receipt = next(one for one in signing.to_sign(opened.file.case_id) if one.notice.kind is PaperKind.SERVICE_RECEIPT)
    signature = signing.sign(receipt, STROKES, "张三", CLERK)
    place.outbox.push_once()
    done, package = archived(place, opened)
    assert done.opened.file.state is CaseState.ARCHIVED
    parts = parts_of(package)
    acts = json.loads(parts["acts.json"])
    assert acts[-1]["step"] == CaseStep.ARCHIVE.value
    assert json.loads(parts["record.json"])["case_number"] == opened.file.opening.case_number
    assert [one["signature_id"] for one in json.loads(parts["signatures.json"])] == [signature.signature_id]
    assert json.loads(parts["seals.json"])
    assert any(one["kind"] == "case.concluded" for one in json.loads(parts["audit.json"]))
    papers = json.loads(parts["papers.json"])
    kinds = {one["kind"] for one in papers}
    assert kinds >= {"receipt", "acceptance_notice", "grant_decision", "service_receipt", "collection_slip"}
    for one in papers:
        stored = place.window.prints.content(one["paper_id"])
        assert parts[one["part"]] == stored
        assert place.window.journal.sha(stored) == one["sha"]
    manifest = json.loads(parts[MANIFEST])
    assert manifest["case_no"] == opened.case_no
    listed = {one["name"]: one["sm3"] for one in manifest["parts"]}
    assert listed == {name: place.window.journal.sha(content) for name, content in parts.items() if name != MANIFEST}


def test_a_package_is_found_sound_and_the_trail_keeps_its_digest(place: Place) -> None:
    (opened,) = delivered(place)
    done, package = archived(place, opened)
    check = desk(place).check(package)
    assert check.sound
    assert (check.case_number, check.parts) == (opened.file.opening.case_number, len(parts_of(package)) - 1)
    rows = place.window.store.read(lambda unit: unit.journal.of_subject(opened.file.case_id))
    (row,) = [row for row in rows if row.kind == "case.archived"]
    assert row.payload["package"] == done.sha == place.window.journal.sha(package)
    assert done.path == f"文书/{opened.file.opening.case_number}.zip"


def test_a_changed_part_a_missing_one_and_an_added_one_are_named(place: Place) -> None:
    _, package = archived(place, delivered(place)[0])
    parts = parts_of(package)
    for name in [one for one in parts if one != MANIFEST]:
        changed = bytes([parts[name][0] ^ 1]) + parts[name][1:]
        assert desk(place).check(packed({**parts, name: changed})).faults == (f"{name} 的内容变了",)
    without = {name: content for name, content in parts.items() if name != "acts.json"}
    assert desk(place).check(packed(without)).faults == ("少了 acts.json",)
    assert desk(place).check(packed({**parts, "more.txt": b"x"})).faults == ("多了 more.txt",)


def test_a_manifest_that_was_made_to_fit_is_found_by_its_keyed_digest(place: Place) -> None:
    _, package = archived(place, delivered(place)[0])
    parts = parts_of(package)
    forged = parts["acts.json"].replace(b"archive", b"ARCHIVE")
    manifest: dict[str, Any] = json.loads(parts[MANIFEST])
    for one in manifest["parts"]:
        if one["name"] == "acts.json":
            one["sm3"] = place.window.journal.sha(forged)
    swapped = packed({**parts, "acts.json": forged, MANIFEST: json.dumps(manifest).encode()})
    assert desk(place).check(swapped).faults == ("清单被改过，或不是本窗口做的归档包",)
    assert not desk(place, key=b"b" * 32).check(package).sound


@cache
def one_package() -> tuple[ArchiveDesk, bytes]:
    place = Place()
    return desk(place), archived(place, delivered(place)[0])[1]


@settings(max_examples=300, deadline=None)
@given(st.integers(0), st.integers(1, 255))
def test_any_changed_byte_of_the_file_is_found(position: int, change: int) -> None:
    archives, package = one_package()
    changed = bytearray(package)
    changed[position % len(package)] ^= change
    assert not archives.check(bytes(changed)).sound


@pytest.mark.parametrize("junk", [b"", b"PK", b"not a zip at all" * 20])
def test_what_is_no_package_is_said_so(junk: bytes) -> None:
    check = desk(Place()).check(junk)
    assert not check.sound
    assert "打不开" in check.faults[0]


def test_cases_that_shared_a_receipt_have_it_in_both_packages(place: Place) -> None:
    first, second = delivered(place, 2)
    numbers = []
    for one in (first, second):
        _, package = archived(place, one)
        papers = json.loads(parts_of(package)["papers.json"])
        numbers.append([paper["number"] for paper in papers if paper["kind"] == "service_receipt"])
        assert desk(place).check(package).sound
    assert numbers[0] == numbers[1] != []


def test_a_case_of_another_window_is_drawn_from_the_same_values(place: Place) -> None:
    ended = delivered(place)[0]
    there = Place(place.office.server, seed=7)
    opened = there.files.open(ended.file.case_id, CLERK)
    _, package = archived(there, opened)
    papers = json.loads(parts_of(package)["papers.json"])
    assert {paper["as_printed"] for paper in papers} == {False}
    titles = {paper["title"] for paper in papers}
    assert titles >= {"收件凭证", "受理通知书", "准予行政许可决定书", "送达回证"}
    assert desk(there).check(package).sound


def test_a_paper_that_is_undecided_keeps_the_case_open(place: Place) -> None:
    (opened,) = delivered(place)
    place.window.page_printer.results = [PrintResult(PrintOutcome.REFUSED, "A4 打印机缺纸，装好纸后接着打")]
    notice = next(p for p in place.window.prints.current(opened.file.case_id) if p.title == "受理通知书")
    again = place.window.prints.reprint(notice.paper_id, "归档要一份", CLERK)
    with pytest.raises(Locked, match="《受理通知书》"):
        desk(place).archive(opened, CLERK)
    place.window.prints.postpone(again.paper_id, CLERK)
    assert desk(place).archive(opened, CLERK).opened.file.state is CaseState.ARCHIVED


def test_what_the_server_does_not_have_yet_is_not_archived(place: Place) -> None:
    concluded = place.window.cases.conclude(place.intake(), OutcomeKind.ACCEPTED, CLERK)
    place.window.prints.print_case(concluded.case_id, CLERK)
    place.office.plan = ["lost request"]
    opened = place.files.withdraw(place.files.open(concluded.case_id, CLERK), "不办了", CLERK).opened
    place.window.prints.print_case(concluded.case_id, CLERK)
    with pytest.raises(Locked, match="还没有办件编号"):
        desk(place).archive(opened, CLERK)
    place.outbox.push_once()
    opened = place.files.open(concluded.case_id, CLERK)
    assert desk(place).archive(opened, CLERK).opened.file.state is CaseState.ARCHIVED


def test_a_case_that_goes_on_is_not_archived(place: Place) -> None:
    opened = place.ready()
    place.window.prints.print_case(opened.file.case_id, CLERK)
    with pytest.raises(Locked):
        desk(place).archive(place.files.open(opened.file.case_id, CLERK), CLERK)


def test_a_full_disk_leaves_the_case_as_it_was(place: Place) -> None:
    class Full(FakeFolder):
        def save(self, name: str, pdf: bytes) -> str:
            raise StoreFault("文书存不进文件夹，请看磁盘是不是满了")

    (opened,) = delivered(place)
    with pytest.raises(StoreFault):
        desk(place, Full()).archive(opened, CLERK)
    known = place.files.known(opened.file.case_id)
    assert known is not None
    assert known.file.state is CaseState.DELIVERED
