"""One package for each ended case (电子档案): record, acts, papers as printed, signatures, and a manifest as proof.

A zip whose ``manifest.json`` names every part with its size and SM3 and carries a keyed digest (HMAC-SM3) over itself,
so that a changed, missing or added part is found. The audit trail keeps the SM3 of the whole package. Called on the
store's lane.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import ActFacts, CaseAct
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.errors import Locked, NotFound
from clerk_app.domain.notices import notices_for
from clerk_app.domain.papers import PAPER_NAMES, Notice, PaperKind
from clerk_app.domain.receipts import receipt_for
from clerk_app.ports.crypto import CryptoProvider
from clerk_app.ports.hall import CaseRecord
from clerk_app.ports.printing import PaperFolder, PaperRenderer
from clerk_app.ports.window import JournalRow, Medium, StoredPaper, WindowStore, WindowUnit
from clerk_app.ports.window_files import SealRow, SignatureRow
from clerk_app.services.steps.values import OpenFile, Wish
from clerk_app.services.window import records
from clerk_app.services.window.files import FileDesk
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.sheets import UNDECIDED

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError),
    *(KeyError, TypeError, ValueError),
)
"""What reading a damaged zip and a manifest of another form raises; RuntimeError also for a method nobody knows."""


@dataclass(frozen=True, slots=True)
class Archived:
    """An archived case: where its package lies and the SM3 of the package, 64 hex digits."""

    opened: OpenFile
    act: CaseAct
    path: str
    sha: str


@dataclass(frozen=True, slots=True)
class PackageCheck:
    """What a check of a package found: the case's number, how many parts are sound, and a sentence for each fault."""

    case_number: str
    parts: int
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.faults


class ArchiveDesk:
    """Makes packages and checks them."""

    def __init__(
        self,
        store: WindowStore,
        renderer: PaperRenderer,
        journal: Journal,
        files: FileDesk,
        crypto: CryptoProvider,
        key: bytes,
        folder: PaperFolder,
        wake_outbox: Callable[[], None] = lambda: None,
    ) -> None:
        """``key`` is the packages' own key, 32 bytes; ``folder`` is where packages go."""
        self._store = store
        self._renderer = renderer
        self._journal = journal
        self._files = files
        self._crypto = crypto
        self._key = key
        self._folder = folder
        self._wake_outbox = wake_outbox

    def archive(self, opened: OpenFile, actor: Actor) -> Archived:
        """Archive an ended case and write its package.

        Raises ``Locked`` while a paper of it is undecided, while the server has not taken over everything (the package
        would miss its 办件编号 or hold a step that never counted), and where the table has no such step;
        ``StoreFault`` when the package cannot be written. The case is not archived then.
        """

        def work(unit: WindowUnit) -> Archived:
            current = self._files.read_in(unit, opened.file.case_id)
            if current is None:
                raise NotFound("本机没有这件，请重新打开")
            current = replace(current, case_no=opened.case_no or current.case_no, seen_at=opened.seen_at)
            self._check_ready(unit, current)
            wish = Wish(CaseStep.ARCHIVE, ActFacts())
            act, _ = self._files.make_in(unit, current.conclusion, current.file, wish, actor)
            file = self._files.file_in(unit, current.file, act, (), actor)
            after = replace(current, file=file, waiting=current.waiting + 1)
            package = self._package(unit, after, act.at, actor)
            sha = self._journal.sha(package)
            path = self._folder.save(f"{file.opening.case_number}.zip", package)
            payload = {"act_id": act.act_id, "package": sha, "size": len(package)}
            self._journal.write(unit, "case.archived", file.case_id, actor, payload)
            return Archived(after, act, path, sha)

        archived = self._store.write(work)
        self._wake_outbox()
        return archived

    def check(self, package: bytes) -> PackageCheck:
        """Look at every part of a package that this window made, and compare the whole with the audit trail. A damaged
        or foreign file is a fault, no error."""
        try:
            with zipfile.ZipFile(io.BytesIO(package)) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
            manifest = json.loads(parts.pop(MANIFEST))
            listed = {str(one["name"]): str(one["sm3"]) for one in manifest["parts"]}
            mac, case_number, case_id = str(manifest.pop("mac")), str(manifest["case_number"]), str(manifest["case_id"])
        except _BROKEN:
            return PackageCheck("", 0, ("这不是归档包，或者文件坏了，打不开",))
        faults = [f"少了 {name}" for name in listed if name not in parts]
        faults += [f"多了 {name}" for name in parts if name not in listed]
        changed = [name for name in parts if name in listed and self._journal.sha(parts[name]) != listed[name]]
        faults += [f"{name} 的内容变了" for name in changed]
        if not self._crypto.same(self._mac(manifest).encode(), mac.encode()):
            faults.append("清单被改过，或不是本窗口做的归档包")
        if not faults and self._journal.sha(package) not in self._noted(case_id):
            faults.append("文件和归档时记下的摘要不一样，虽然各部分的内容没有变")
        return PackageCheck(case_number, len(parts) - len(changed), tuple(faults))

    # --- inside -----------------------------------------------------------------------------------------------
    def _noted(self, case_id: str) -> set[str]:
        """The SM3 of every package that the audit trail knows of the case."""
        rows = self._store.read(lambda unit: unit.journal.of_subject(case_id))
        return {str(row.payload["package"]) for row in rows if row.kind == "case.archived"}

    def _check_ready(self, unit: WindowUnit, opened: OpenFile) -> None:
        open_sheets = [sheet for sheet in _sheets(unit, opened) if sheet.state in UNDECIDED]
        if open_sheets:
            raise Locked(f"《{open_sheets[0].title}》还没有打印好，打完或先放下再归档")
        if opened.case_no is None:
            raise Locked("还没有办件编号（没有传到服务器），传完再归档")
        if opened.waiting:
            raise Locked(f"还有 {opened.waiting} 步没有传到服务器，传完再归档")

    def _package(self, unit: WindowUnit, opened: OpenFile, at: datetime, actor: Actor) -> bytes:
        parts = self._parts(unit, opened)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "case_id": opened.file.case_id,
            "case_number": opened.file.opening.case_number,
            "case_no": opened.case_no,
            "matter": opened.file.opening.matter_name,
            "made_at": at.isoformat(),
            "made_by": {"user_id": actor.user_id, "name": actor.user_name, "window_no": actor.window_no or ""},
            "digest": "SM3",
            "parts": [
                {"name": name, "size": len(content), "sm3": self._journal.sha(content)}
                for name, content in parts.items()
            ],
        }
        manifest["mac"] = self._mac(manifest)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {**parts, MANIFEST: _json(manifest)}.items():
                # The moment of the act, not of the disk: the same case gives the same bytes.
                archive.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
        return out.getvalue()

    def _parts(self, unit: WindowUnit, opened: OpenFile) -> dict[str, bytes]:
        case_id = opened.file.case_id
        sheets = _sheets(unit, opened)
        drawn = self._drawn(unit, opened)
        record = records.case_record(opened.conclusion, sheets)
        parts = {
            "record.json": _json(records.dump(CaseRecord, record)),
            "acts.json": _json([records.dump(CaseAct, act) for act in opened.file.acts]),
            "papers.json": _json([*map(_described, sheets), *(one.described() for one in drawn)]),
            "signatures.json": _json([records.dump(SignatureRow, row) for row in _signatures(unit, case_id, sheets)]),
            "seals.json": _json(
                [records.dump(SealRow, use) for sheet in sheets for use in unit.seals.of_paper(sheet.paper_id)]
            ),
            "audit.json": _json([records.dump(JournalRow, row) for row in unit.journal.of_subject(case_id)]),
        }
        parts |= {_part_name(sheet): unit.papers.content(sheet.paper_id) for sheet in sheets}
        return parts | {one.part: one.content for one in drawn}

    def _drawn(self, unit: WindowUnit, opened: OpenFile) -> list[_Drawn]:
        """Papers that another window printed: drawn from the same values, which gives the same content."""
        row = unit.cases.get(opened.file.case_id)
        notices: list[Notice] = []
        found: list[_Drawn] = []
        if row is not None and row.origin:
            notices += notices_for(opened.conclusion)
            receipt = receipt_for(opened.conclusion)
            if receipt is not None:
                title = PAPER_NAMES[PaperKind.RECEIPT]
                content = self._renderer.receipt_page(receipt)
                found.append(_Drawn(PaperKind.RECEIPT, title, receipt.case_number, content))
        for act in opened.file.acts:
            notices += [one.notice for one in act.papers if one.notice and unit.papers.get(one.paper_id) is None]
        for notice in notices:
            content = self._renderer.notice(notice)
            found.append(_Drawn(notice.kind, notice.title, notice.document_number, content))
        return found

    def _mac(self, manifest: Mapping[str, Any]) -> str:
        return self._crypto.mac(self._key, _json(manifest)).hex()


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A paper that was not printed here."""

    kind: PaperKind
    title: str
    number: str
    content: bytes

    @property
    def part(self) -> str:
        return f"papers/{self.kind.value}-{_clean(self.number)}-drawn.pdf"

    def described(self) -> dict[str, Any]:
        return {"part": self.part, "title": self.title, "number": self.number, "as_printed": False}


def _sheets(unit: WindowUnit, opened: OpenFile) -> list[StoredPaper]:
    """Every sheet of the case in this store, those that it shares with other cases too (送达回证 for several)."""
    sheets = list(unit.papers.of_case(opened.file.case_id))
    own = {sheet.paper_id for sheet in sheets}
    for paper_id in [paper.paper_id for act in opened.file.acts for paper in act.papers]:
        shared = unit.papers.get(paper_id)
        if shared is not None and shared.paper_id not in own:
            own.add(shared.paper_id)
            sheets += [one for one in unit.papers.of_case(shared.case_id) if one.original_id == shared.original_id]
    return sheets


def _signatures(unit: WindowUnit, case_id: str, sheets: Sequence[StoredPaper]) -> list[SignatureRow]:
    """The signatures of the case and those under a paper that it shares."""
    papers = {sheet.paper_id for sheet in sheets}
    subjects = dict.fromkeys([case_id, *(sheet.case_id for sheet in sheets)])
    rows = [row for subject in subjects for row in unit.signatures.of_case(subject)]
    return [row for row in rows if row.case_id == case_id or row.paper_id in papers]


def _described(sheet: StoredPaper) -> dict[str, Any]:
    return {**records.dump(StoredPaper, sheet), "part": _part_name(sheet), "as_printed": True}


def _part_name(sheet: StoredPaper) -> str:
    """Kind, number and a piece of the sheet's id, for people and for uniqueness."""
    suffix = "escpos" if sheet.medium is Medium.RECEIPT else "pdf"
    return f"papers/{sheet.kind.value}-{_clean(sheet.number)}-{sheet.paper_id[-6:]}.{suffix}"


def _clean(number: str) -> str:
    return "".join(char for char in number if char.isalnum() or char == "-")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()
