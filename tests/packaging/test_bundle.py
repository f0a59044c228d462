"""The bundle on a bare Debian 12 with the network closed: installed, citizens served, upgraded, taken back, removed.

For root, with debootstrap; ``make bundle-test``. The figures of the last run lie in ``out/bundle-test.json``. The bare
root is kept in ``out/bundle/cache``, everything else is made anew.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.bundle, pytest.mark.timeout(1800)]
ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
OUT = ROOT / "out" / "bundle"
FIGURES = ROOT / "out" / "bundle-test.json"
SOURCES = ("clerk_app", "db", "drivers", "resources", "pyproject.toml", "README.md", "LICENSE", "NOTICE")
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
NEXT_SCHEMA = '''"""A later version's change."""

import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    {body}
'''


class Machine:
    """A PC: a root folder in which commands run with the network closed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.seconds: dict[str, float] = {}

    def run(self, *command: str, name: str = "", fails: bool = False) -> str:
        """What the command printed; its seconds are kept under ``name``."""
        started = time.monotonic()
        inside = ["unshare", "--net", "--pid", "--fork", "--mount", "--kill-child"]
        done = subprocess.run(
            [*inside, sys.executable, str(HERE / "closed.py"), str(self.root), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) == fails, f"{command} ended with {done.returncode}:\n{done.stdout}"
        if name:
            self.seconds[name] = round(time.monotonic() - started, 1)
            FIGURES.write_text(json.dumps(self.seconds, indent=1) + "\n", encoding="utf-8")
        return done.stdout

    def as_clerk(self, line: str, **options: Any) -> str:
        return self.run("runuser", "-u", "chuangkou", "--", "sh", "-c", f"cd /var/lib/clerk && {line}", **options)

    def put(self, source: Path, goal: str) -> None:
        """As from a stick."""
        shutil.rmtree(self.root / goal, ignore_errors=True)
        shutil.copytree(source, self.root / goal)

    def stores(self) -> dict[str, Any]:
        shutil.copyfile(HERE / "digest.py", self.root / "tmp" / "digest.py")
        told: dict[str, Any] = json.loads(
            self.as_clerk("/opt/clerk/current/bin/python /tmp/digest.py /var/lib/clerk").splitlines()[-1]
        )
        return told


def bare_root(folder: Path) -> Path:
    """Debian 12 with Python and nothing of Qt, from the cache; debootstrap makes it once."""
    packed = OUT / "cache" / "root-bookworm.tar"
    if not packed.exists():
        packed.parent.mkdir(parents=True, exist_ok=True)
        fresh = folder / "bootstrap"
        mirror = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
        subprocess.run(
            ["debootstrap", "--variant=minbase", "--include=python3", "bookworm", str(fresh), mirror], check=True
        )
        subprocess.run(["tar", "-C", str(fresh), "-cf", f"{packed}.new", "."], check=True)
        os.replace(f"{packed}.new", packed)
        shutil.rmtree(fresh)
    root = folder / "root"
    root.mkdir()
    subprocess.run(["tar", "-C", str(root), "-xf", str(packed)], check=True)
    return root


def build(source: Path, *options: str) -> Path:
    """A bundle of a source tree; its folder."""
    command = [sys.executable, str(ROOT / "packaging" / "bundle.py"), "--no-archive", "--python", "3.11"]
    done = subprocess.run(
        [*command, "--source", str(source), "--out", str(OUT), *options], check=True, stdout=subprocess.PIPE, text=True
    )
    return Path(done.stdout.strip().splitlines()[-1])


def later(folder: Path, version: str, body: str = "") -> Path:
    """The sources as a later version; with ``body`` the hall's schema moves forward by it."""
    made = folder / version
    for name in SOURCES:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, made / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            made.mkdir(exist_ok=True)
            shutil.copyfile(path, made / name)
    for lock in ROOT.glob("requirements*.txt"):
        shutil.copyfile(lock, made / lock.name)
    about = made / "clerk_app" / "__init__.py"
    lines = about.read_text(encoding="utf-8").splitlines()
    lines[-1] = f'__version__ = "{version}"'
    about.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if body:
        from db.hall.migrate import HEAD

        following = f"{int(HEAD) + 1:04}"
        code = made / "db/hall/migrate.py"
        text = code.read_text(encoding="utf-8")
        code.write_text(text.replace(f'HEAD = "{HEAD}"', f'HEAD = "{following}"'), encoding="utf-8")
        script = made / f"db/hall/migrations/versions/v{following}_later.py"
        script.write_text(NEXT_SCHEMA.format(next=following, head=HEAD, body=body), encoding="utf-8")
    return made


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("needs root and debootstrap")
    made = Machine(bare_root(tmp_path))
    yield made
    for left in OUT.glob("clerk-7.*"):
        shutil.rmtree(left)
    shutil.rmtree(made.root)


def test_a_hall_without_a_network_is_installed_served_upgraded_and_taken_back(machine: Machine, tmp_path: Path) -> None:
    first = build(ROOT, "--debs")
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
    shutil.rmtree(machine.root / "stick")

    # citizens are served; what was stored becomes this PC's data
    machine.as_clerk("clerk demo --offscreen --out /tmp/demo", name="serve five citizens")
    summary = json.loads((machine.root / "tmp/demo/summary.json").read_text(encoding="utf-8"))
    assert summary["case_number"]
    machine.as_clerk("cp -a /tmp/demo/data/server /tmp/demo/data/window-* .")
    served = machine.stores()
    assert served["counts"]["server/intake_case"] >= 2

    # a later version, and back: all rows are there
    second = build(later(tmp_path, "7.1.0"))
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
    broken = build(later(tmp_path, "7.2.0", 'raise RuntimeError("kaputt")'))
    machine.put(broken, "stick")
    assert "kaputt" in machine.run("/stick/install.sh", fails=True)
    assert machine.run("clerk", "--version") == f"clerk {version}\n"
    assert machine.stores() == served

    # a version that moves the schema forward; going back needs a word, and puts the copy back
    moved = build(later(tmp_path, "7.3.0", 'op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))'))
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
