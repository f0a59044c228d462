"""A third party's driver package: built as a wheel, installed beside the program, found by its entry point, used.

The package is ``docs/examples/clerk-acme-board``, the one that ``docs/drivers.md`` explains.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from drivers.base.simports import TcpPort
from support.server import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "clerk-acme-board"


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


def run(packages: Path | None, *words: str) -> subprocess.CompletedProcess[str]:
    paths = [str(ROOT), *([str(packages)] if packages else [])]
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"},
    )


def test_an_installed_driver_is_found_by_its_entry_point_and_used(installed: Path, tmp_path: Path) -> None:
    board = TcpPort()
    try:
        (tmp_path / "clerk.toml").write_text(
            f'[devices]\nid_reader = "off"\npage_printer = "off"\n'
            f'[devices.call_board]\ndriver = "acme-board:{board.port}"\nblink = "on"\n',
            encoding="utf-8",
        )
        done = run(installed, "-m", "clerk_app.cli", "doctor", "find", "--data", str(tmp_path))
    finally:
        board.close()
    assert done.returncode == 0, done.stdout + done.stderr
    line = next(line for line in done.stdout.splitlines() if line.strip().startswith("窗口屏"))
    assert "就绪" in line
    assert f"acme-board:{board.port}" in line


def test_without_the_package_its_name_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    (tmp_path / "clerk.toml").write_text('[devices]\ncall_board = "acme-board:h:1"\n', encoding="utf-8")
    done = run(None, "-m", "clerk_app.cli", "doctor", "find", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "没有叫 acme-board 的驱动，窗口屏可用的有 led-sum、led-xor" in done.stdout


def test_its_options_are_checked_by_itself(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "clerk.toml").write_text(
        '[devices.call_board]\ndriver = "acme-board:h:1"\ncolour = "red"\n', encoding="utf-8"
    )
    done = run(installed, "-m", "clerk_app.cli", "doctor", "find", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "ACME 窗口屏不认识选项 colour" in done.stdout


def test_a_package_that_cannot_be_loaded_is_reported_and_keeps_nobody_from_working(tmp_path: Path) -> None:
    site = tmp_path / "site"
    info = site / "clerk_broken-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: clerk-broken\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[clerk.drivers]\nbroken = clerk_broken:DRIVERS\n", encoding="utf-8")
    (site / "clerk_broken.py").write_text("raise RuntimeError('no library')\n", encoding="utf-8")
    (tmp_path / "clerk.toml").write_text('[devices]\nid_reader = "off"\npage_printer = "off"\n', encoding="utf-8")
    done = run(site, "-m", "clerk_app.cli", "doctor", "find", "--data", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "! 驱动包 broken：驱动包装不上：RuntimeError" in done.stdout
    assert "Traceback" not in done.stdout


def test_the_contract_holds_for_the_example(installed: Path) -> None:
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-c", os.devnull)
    done = run(installed, *words, "--rootdir", str(EXAMPLE), str(EXAMPLE / "test_acme_board.py"))
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout
