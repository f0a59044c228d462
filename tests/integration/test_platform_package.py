"""A third party's platform package: built as a wheel, installed beside the program, found by its entry point, used.

The package is ``docs/examples/clerk-acme-platform``, the one that ``docs/platforms.md`` explains.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import zipfile
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from clerk_app.bootstrap.server import open_hall
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Rejected
from clerk_app.platforms.registry import Platforms
from support.case_flow import opening, record
from support.server import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "clerk-acme-platform"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package as an installer leaves it: modules, metadata, entry points."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")],
        cwd=EXAMPLE,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "packages")
    return folder / "packages"


def run(packages: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(packages))), "PYTHONIOENCODING": "utf-8"},
    )


def test_an_installed_platform_is_found_by_its_entry_point_and_gets_the_cases(installed: Path, tmp_path: Path) -> None:
    front_end = tmp_path / "in"
    front_end.mkdir()
    (tmp_path / "clerk.toml").write_text(
        f'[platform]\nadapter = "acme"\n[platform.options]\nfront_end = "{front_end.as_posix()}"\n', encoding="utf-8"
    )
    hall = open_hall(tmp_path)
    try:
        actor = Actor(hall.hall_id, "device-12", "user-1", "王晓梅", frozenset({Role.CLERK}), "12")
        intake = record(opening(1, "user-1"), hall.hall_id)
        hall.desk.store.write(hall.hall_id, "test", lambda unit: hall.desk.cases.store(unit, actor, intake))
        hall.desk.sequencer.run(hall.hall_id)
    finally:
        hall.close()
    done = run(installed, "-m", "clerk_app.cli", "export", "now", "--data", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "导出到ACME 一体化平台：1 项变更，1 批" in done.stdout
    (file,) = front_end.iterdir()
    with file.open(encoding="utf-8-sig", newline="") as table:
        (row,) = csv.DictReader(table)
    assert (row["APPLYNAME"], row["TYPE"], row["SLTIME"]) == (intake.applicant.name, "CNJ", "2026-11-23 10:00:00")


def test_the_contract_holds_for_the_example(installed: Path) -> None:
    words = ("-m", "pytest", "-q", "-n0", "-c", os.devnull, "--import-mode=importlib", "-p", "no:cacheprovider")
    done = run(installed, *words, "--rootdir", str(EXAMPLE), str(EXAMPLE / "test_acme_platform.py"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout


def test_a_package_that_is_broken_is_named_and_keeps_nobody_from_exporting() -> None:
    points = [
        EntryPoint("gone", "no_such_module:PLATFORMS", "clerk.platforms"),
        EntryPoint("strange", "sys:path", "clerk.platforms"),
        EntryPoint("again", "clerk_app.platforms.registry:OURS", "clerk.platforms"),
    ]
    platforms = Platforms(points)
    assert [one.name for one in platforms.all()] == ["folder", "http"]
    assert "gone：平台包装不上（ModuleNotFoundError）" in platforms.broken
    assert "strange：里面有一项不是平台" in platforms.broken
    assert "again：平台名 folder 已经有了，没有装上" in platforms.broken
    with pytest.raises(Rejected, match="可用的有 folder、http"):
        platforms.get("gone")
