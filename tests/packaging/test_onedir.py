"""The one-dir build on a bare Debian 12 without Python, the network closed: installed, served, upgraded, taken back.

``make bundle-test``. The figures of the last run lie in ``out/bundle-test.json``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.bare_machine import OUT, ROOT, Machine, bare_machine, build, later, megabytes

pytestmark = [pytest.mark.bundle, pytest.mark.timeout(7200)]
LISTED = """
import sys
from PyInstaller.archive.readers import CArchiveReader
program = CArchiveReader(sys.argv[1])
for name in program.toc:
    if name.endswith(".pyz"):
        print(*program.open_embedded_archive(name).toc, sep="\\n")
"""
FOUND_BY_NAME = (
    *("numpy", "miniaudio", "hid", "libusb_package", "usb.backend.libusb1", "usb.core", "usb.util", "escpos.printer"),
    *("psycopg", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite.pysqlcipher", "openpyxl"),
    *("reportlab.graphics.barcode.code128", "pypinyin", "PySide6.QtPrintSupport", "jinja2", "prometheus_client"),
)
"""Nobody imports these where PyInstaller looks for it."""
ASKED = (
    '{"id": 1, "do": "load", "path": "libc.so.6", "convention": "cdecl"}',
    '{"id": 2, "do": "call", "name": "abs", "args": [-42]}',
)


@pytest.fixture(scope="module")
def bundle() -> Path:
    return build(ROOT, "--debs", program="onedir.py")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with bare_machine(tmp_path, "onedir") as made:
        made.take_python_away()
        yield made


def modules(program: Path) -> set[str]:
    """Names of what a frozen program can import."""
    line = [str(OUT / "pyinstaller/bin/python"), "-c", LISTED, str(program)]
    frozen = set(subprocess.run(line, check=True, capture_output=True, text=True).stdout.split())
    inside = program.with_name("_internal")
    beside = {path.relative_to(inside) for path in inside.rglob("*.so")}
    return frozen | {str(path.parent / path.name.partition(".")[0]).replace("/", ".") for path in beside}


def test_the_build_has_every_module_and_every_file_of_the_wheel(bundle: Path) -> None:
    made = bundle / "program"
    subprocess.run(["make", "wheel"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    wheel = next((ROOT / "dist").glob("*.whl"))
    with zipfile.ZipFile(wheel) as opened:
        names = [name for name in opened.namelist() if ".dist-info/" not in name and not name.endswith("/")]
        for name in names:
            if not name.endswith(".py"):
                assert (made / "_internal" / name).read_bytes() == opened.read(name), name
    ours = {
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in names if name[-3:] == ".py"
    }
    known = modules(made / "clerk")
    assert {name for name in ours if "_resources" not in name} - known == set()
    assert set(FOUND_BY_NAME) - known == set()
    assert not list((made / "_internal").glob("libreadline*"))
    assert not list((made / "_internal").glob("libgtk*"))


def test_a_pc_without_python_is_installed_serves_citizens_is_upgraded_and_taken_back(
    machine: Machine, bundle: Path, tmp_path: Path
) -> None:
    machine.note("bundle, MB", megabytes(bundle))
    machine.note("of it Debian packages, MB", megabytes(bundle / "debs"))
    assert (bundle / "licences" / "LGPL-3.0.txt").is_file()

    # no Python, no way out
    assert "not found" in machine.run("sh", "-c", "python3 --version", fails=True)
    assert list((machine.root / "usr").rglob("libpython*.so*")) == []
    assert machine.run("sh", "-c", "tail -n +2 /proc/net/route; tail -n +3 /proc/net/dev | cut -d: -f1").split() == [
        "lo"
    ]
    assert "unreachable" in machine.run("bash", "-c", ": </dev/tcp/223.5.5.5/53", fails=True)
    machine.run("useradd", "--create-home", "chuangkou")

    machine.put(bundle, "stick")
    (machine.root / "stick.csv").write_text(
        "电脑,用途,账号,window.number\nck-12,窗口,chuangkou,12\n", encoding="gb18030"
    )
    version = bundle.name.split("-")[1]
    assert f"现在用的是 {version}" in machine.run(
        "/stick/install.sh", "--pcs", "/stick.csv", "--pc", "ck-12", name="install"
    )
    shutil.rmtree(machine.root / "stick")
    machine.note("installed, MB", megabytes(machine.root / "opt/clerk"))
    assert machine.run("clerk", "--version", name="start") == f"clerk {version}\n"
    doctor = machine.as_clerk("QT_QPA_PLATFORM=offscreen clerk doctor", name="doctor")
    assert "✗" not in doctor
    assert "能显示 87,887 个" in doctor
    helper = "/opt/clerk/current/clerk-card-helper-64"
    told = machine.run("sh", "-c", f"(printf '%s\\n' {' '.join(repr(line) for line in ASKED)}; sleep 2) | {helper}")
    assert [json.loads(line).get("result") for line in told.splitlines()] == [None, 0, 42]

    machine.as_clerk("clerk demo --offscreen --out /tmp/demo", name="serve five citizens")
    summary = json.loads((machine.root / "tmp/demo/summary.json").read_text(encoding="utf-8"))
    assert summary["case_number"]
    assert summary["rating"] == "rated"
    assert {paper["state"] for paper in summary["documents"]} <= {"printed", "saved"}
    machine.as_clerk("cp -a /tmp/demo/data/server /tmp/demo/data/window-* .")
    served = machine.stores()
    assert served["counts"]["server/intake_case"] >= 2

    second = build(later(tmp_path, "7.1.0"), program="onedir.py")
    machine.put(second, "stick")
    assert "现在用的是 7.1.0" in machine.run("/stick/install.sh", name="upgrade")
    assert machine.run("clerk", "--version") == "clerk 7.1.0\n"
    machine.as_clerk("clerk server --port 0 --exit-when-idle 1", name="new version on the stores")
    assert machine.stores() == served
    assert "数据一条不少" in machine.run("clerk-setup", "rollback", name="rollback")
    assert machine.run("clerk", "--version") == f"clerk {version}\n"
    machine.as_clerk("clerk server --port 0 --exit-when-idle 1")
    assert machine.stores() == served

    machine.run("clerk-setup", "uninstall")
    assert not (machine.root / "opt/clerk").exists()
    assert (machine.root / "var/lib/clerk/server/hall.db").exists()
