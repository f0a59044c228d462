"""``clerk catalogue import`` as a technician runs it."""

from __future__ import annotations

import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from clerk_app.bootstrap.catalogue import import_files
from clerk_app.bootstrap.server import open_hall, server_folder
from clerk_app.design.resources import resource
from clerk_app.domain.errors import Rejected
from clerk_app.ports.hall import CatalogueInfo
from support import forked
from support.server import client_of, eventually, server

SAMPLE = resource("catalogue", "sample.json")
HEADER = "部门,主项,事项名称,事项编码,区划代码,事项类型,部门编码"
GOOD = "区林业局,林木,林木采伐许可,511A001,239900000000,1,68236467-9"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder whose server was started once."""
    open_hall(tmp_path).close()
    return tmp_path


def published(folder: Path) -> CatalogueInfo:
    hall = open_hall(folder)
    try:
        return hall.desk.store.read(hall.hall_id, lambda unit: unit.catalogue.current())
    finally:
        hall.close()


def table(path: Path, *rows: str) -> Path:
    path.write_text("\r\n".join((HEADER, *rows)) + "\r\n", encoding="utf-8")
    return path


def command(folder: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    return forked.run("clerk_app.cli", "catalogue", "import", *map(str, files), "--data", str(folder))


def test_the_command_publishes_and_says_which_version(folder: Path) -> None:
    done = command(folder, SAMPLE)
    assert (done.returncode, done.stderr) == (0, "")
    assert "已发布第 1 版，18 个事项。服务器下次启动后各窗口自动换用" in done.stdout
    assert "18 个有材料清单" in done.stdout
    assert published(folder).count == 18


def test_several_files_are_one_version_and_the_same_again_is_none(folder: Path, tmp_path: Path) -> None:
    files = [SAMPLE, table(tmp_path / "district.csv", GOOD)]
    lines: list[str] = []
    first = import_files(folder, files, lines.append)
    assert first is not None
    assert (first.info.version, first.info.count, first.changed) == (1, 19, True)
    assert any("要素不全的也已导入" in line and "申报材料" in line for line in lines)
    again = import_files(folder, files, lines.append)
    assert again is not None
    assert (again.info.version, again.changed) == (1, False)
    assert "没有变化" in again.sentence


def test_every_bad_row_is_named_and_nothing_is_imported(folder: Path, tmp_path: Path) -> None:
    import_files(folder, [SAMPLE], print)
    before = published(folder)
    broken = table(
        tmp_path / "district.csv",
        GOOD,
        GOOD.replace("林木采伐许可", ""),
        GOOD.replace("511A001", "511A002"),
        GOOD.replace("511A001", "511A003").replace(",1,", ",77,"),
    )
    done = command(folder, broken)
    assert done.returncode == 1
    assert "没有导入：2 行有问题，2 行没有问题" in done.stdout
    assert "district.csv 第 3 行：" in done.stdout
    assert "district.csv 第 5 行：" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert published(folder) == before


def test_a_file_that_is_not_there_is_named(folder: Path, tmp_path: Path) -> None:
    done = command(folder, tmp_path / "nothing.csv")
    assert done.returncode == 1
    assert "nothing.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert published(folder).version == 0


def test_a_folder_without_a_server_gets_none_made_by_accident(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="还没有服务器的数据"):
        import_files(tmp_path, [SAMPLE], print)
    assert not server_folder(tmp_path).exists()


def test_a_window_of_another_server_is_sent_there(tmp_path: Path) -> None:
    (tmp_path / "clerk.toml").write_text('[window]\nserver = "https://192.168.1.10:8443"\n', encoding="utf-8")
    with pytest.raises(Rejected, match=r"https://192\.168\.1\.10:8443"):
        import_files(tmp_path, [SAMPLE], print)


def test_beside_a_running_server_its_windows_get_the_new_version(tmp_path: Path) -> None:
    with server(tmp_path / "hall") as running, closing(client_of(running.enrol())) as client:
        cursor = client.snapshot().cursor
        done = command(running.folder, SAMPLE)
        assert "已发布第 1 版，18 个事项。正在运行的窗口自动换用" in done.stdout
        assert client.catalogue_info().count == 18
        told = eventually(lambda: client.feed_page(cursor).entries)
        assert "catalogue.published" in {entry.kind for entry in told}


def test_the_audit_trail_names_the_account_that_imported(folder: Path) -> None:
    import_files(folder, [SAMPLE], print)
    hall = open_hall(folder)
    try:
        hall.desk.sequencer.run(hall.hall_id)
        entries = hall.desk.store.read(hall.hall_id, lambda unit: unit.journal.after(0, 100))
    finally:
        hall.close()
    (entry,) = [entry for entry in entries if entry.kind == "catalogue.published"]
    assert entry.user_name.startswith("命令行（")
