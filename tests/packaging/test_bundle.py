"""The bundle on a bare Debian 12 with the network closed: installed, citizens served, upgraded, taken back, removed.

``make bundle-test``. The figures of the last run lie in ``out/bundle-test.json``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.bare_machine import ROOT, Machine, bare_machine, build, later, megabytes

pytestmark = [pytest.mark.bundle, pytest.mark.timeout(7200)]
ONE_PYTHON = ("--python", "3.11")
CAMERAS = """
from PySide6.QtGui import QGuiApplication
from PySide6.QtMultimedia import QMediaDevices
app = QGuiApplication(["x", "-platform", "offscreen"])
print(len(QMediaDevices.videoInputs()), "cameras")
"""
NO_WAY_OUT = """
import socket
routes = open("/proc/net/route").read().splitlines()[1:]
assert not routes, routes
assert [name for _, name in socket.if_nameindex()] == ["lo"]
try:
    socket.create_connection(("223.5.5.5", 53), 3)
except OSError as error:
    print(error.errno)
"""


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with bare_machine(tmp_path, "wheels") as made:
        yield made


def test_a_hall_without_a_network_is_installed_served_upgraded_and_taken_back(machine: Machine, tmp_path: Path) -> None:
    first = build(ROOT, "--debs", "--cameras", *ONE_PYTHON)
    machine.note("bundle, MB", megabytes(first))
    assert machine.run("python3", "-c", NO_WAY_OUT) == "101\n"
    machine.run("useradd", "--create-home", "chuangkou")

    # one table for all PCs, the system libraries from the bundle
    machine.put(first, "stick")
    table = "电脑,用途,账号,window.number\nck-12,窗口,chuangkou,12\nck-13,窗口,chuangkou,13\n"
    (machine.root / "stick.csv").write_text(table, encoding="gb18030")
    version = first.name.split("-")[1]
    told = machine.run("/stick/install.sh", "--pcs", "/stick.csv", "--pc", "ck-12", name="install")
    assert f"现在用的是 {version}" in told
    assert 'number = "12"' in (machine.root / "var/lib/clerk/clerk.toml").read_text(encoding="utf-8")
    assert "✗" not in machine.as_clerk("QT_QPA_PLATFORM=offscreen clerk doctor", name="doctor")
    looked = machine.run("/opt/clerk/current/bin/python", "-c", CAMERAS)
    assert "Using Qt multimedia with FFmpeg" in looked
    assert looked.endswith("0 cameras\n")
    shutil.rmtree(machine.root / "stick")

    # citizens are served; what was stored becomes this PC's data
    machine.as_clerk("clerk demo --offscreen --out /tmp/demo", name="serve five citizens")
    summary = json.loads((machine.root / "tmp/demo/summary.json").read_text(encoding="utf-8"))
    assert summary["case_number"]
    assert summary["rating"] == "rated"
    assert {paper["state"] for paper in summary["documents"]} <= {"printed", "saved"}
    machine.as_clerk("cp -a /tmp/demo/data/server /tmp/demo/data/window-* .")
    served = machine.stores()
    assert served["counts"]["server/intake_case"] >= 2

    # a later version, and back: all rows are there
    second = build(later(tmp_path, "7.1.0"), *ONE_PYTHON)
    machine.put(second, "stick")
    assert "现在用的是 7.1.0" in machine.run("/stick/install.sh", name="upgrade")
    assert machine.run("clerk", "--version") == "clerk 7.1.0\n"
    machine.as_clerk("clerk server --port 0 --exit-when-idle 1", name="new version on the stores")
    assert machine.stores() == served
    assert "数据一条不少" in machine.run("clerk-setup", "rollback", name="rollback")
    assert machine.run("clerk", "--version") == f"clerk {version}\n"
    machine.as_clerk("clerk server --port 0 --exit-when-idle 1")
    assert machine.stores() == served

    # a version whose migration fails is not switched to
    broken = build(later(tmp_path, "7.2.0", 'raise RuntimeError("kaputt")'), *ONE_PYTHON)
    machine.put(broken, "stick")
    assert "kaputt" in machine.run("/stick/install.sh", fails=True)
    assert machine.run("clerk", "--version") == f"clerk {version}\n"
    assert machine.stores() == served

    # a version that moves the schema forward; going back needs a word, and puts the copy back
    change = 'op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))'
    moved = build(later(tmp_path, "7.3.0", change), *ONE_PYTHON)
    machine.put(moved, "stick")
    assert "结构" in machine.run("/stick/install.sh", name="upgrade with a new schema")
    machine.as_clerk("clerk server --port 0 --exit-when-idle 1")
    assert machine.stores()["counts"]["server/later"] == 0
    assert "加 --restore" in machine.run("clerk-setup", "rollback", fails=True)
    assert machine.run("clerk", "--version") == "clerk 7.3.0\n"
    machine.run("clerk-setup", "rollback", "--restore", name="rollback over a new schema")
    machine.as_clerk("clerk server --port 0 --exit-when-idle 1")
    assert machine.stores() == served
    assert len(list((machine.root / "var/lib").glob("clerk-aside-*"))) == 1

    # gone, and the data stays
    machine.run("clerk-setup", "uninstall")
    assert not (machine.root / "opt/clerk").exists()
    assert (machine.root / "var/lib/clerk/server/hall.db").exists()
    assert not (machine.root / "usr/local/bin/clerk").exists()
