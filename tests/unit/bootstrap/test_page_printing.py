"""Where A4 papers go."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.bootstrap.page_printing import KEPT, open_page_printer, open_paper_folder
from clerk_app.bootstrap.settings import DeviceSettings
from clerk_app.domain.errors import Rejected, StoreFault
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.devices import DeviceState, PrintOutcome
from support.ipp_printer import IppServer, Queue

PDF = b"%PDF-1.4 synthetic"


def test_off_is_no_printer() -> None:
    assert open_page_printer(DeviceSettings(page_printer="off"), SystemClock()) is None


@pytest.mark.parametrize("slip", ["http://192.168.1.60", "ipp://"])
def test_a_wrong_address_is_named_with_an_example(slip: str) -> None:
    with pytest.raises(Rejected, match=r"ipp://192\.168\.1\.60/ipp/print") as refusal:
        open_page_printer(DeviceSettings(page_printer=slip), SystemClock())
    assert refusal.value.field == "page_printer"


def test_a_network_printer_prints_and_tells_its_state() -> None:
    with IppServer() as server:
        server.queues["print"] = Queue()
        settings = replace(DeviceSettings(), page_printer=server.address("print"))
        printer = open_page_printer(settings, SystemClock())
        assert printer is not None
        assert printer.probe().state is DeviceState.READY
        result = printer.print(PDF, 1, "受理通知书 MH-12-20261123-0031")
        assert (result.outcome, result.sentence) == (PrintOutcome.PRINTED, "")
        assert [job.document for job in server.jobs] == [PDF]
        server.queues["print"].reasons = ["media-empty-error"]
        refused = printer.print(PDF, 1, "受理通知书 MH-12-20261123-0032")
        assert (refused.outcome, refused.sentence) == (PrintOutcome.REFUSED, "A4 打印机缺纸。装好纸后再打")
        assert printer.health().state is DeviceState.NEEDS_PAPER


def test_without_a_printer_a_real_window_writes_nothing_in_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_paper_folder().save("受理通知书.pdf", PDF) == KEPT
    assert list(tmp_path.rglob("*")) == []


def test_the_demonstrations_folder_keeps_every_paper_for_this_account_alone(tmp_path: Path) -> None:
    folder = open_paper_folder(tmp_path / "out" / "papers")
    first = Path(folder.save("明市监受〔2026〕12-0032 号-受理通知书.pdf", PDF))
    assert first.read_bytes() == PDF
    assert first.name == "明市监受〔2026〕12-0032 号-受理通知书.pdf"
    assert Path(folder.save(first.name, PDF)) == first
    second = Path(folder.save(first.name, b"another"))
    assert (second.name, second.read_bytes()) == ("明市监受〔2026〕12-0032 号-受理通知书-2.pdf", b"another")
    assert first.read_bytes() == PDF
    if os.name == "posix":
        assert stat.S_IMODE(first.stat().st_mode) == 0o600
        assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", 'a<b>:"c"|?*\\d\n.pdf', "...pdf", ".pdf", "很" * 300 + ".pdf"]
)
def test_no_name_leaves_the_folder_or_is_refused_by_a_file_system(name: str, tmp_path: Path) -> None:
    saved = Path(open_paper_folder(tmp_path / "papers").save(name, PDF))
    assert saved.parent == tmp_path / "papers"
    assert saved.read_bytes() == PDF
    assert not set(saved.name) & set('<>:"/\\|?*\n')


def test_a_folder_that_cannot_be_written_is_the_environments_fault(tmp_path: Path) -> None:
    (tmp_path / "papers").write_text("a file stands in the way")
    with pytest.raises(StoreFault, match="磁盘"):
        open_paper_folder(tmp_path / "papers").save("受理通知书.pdf", PDF)
    assert (tmp_path / "papers").read_text() == "a file stands in the way"
