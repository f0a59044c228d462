"""A bare Debian 12 in a folder, in which commands run with the network closed; and bundles of later versions.

For root, with debootstrap. The bare root is kept in ``out/bundle/cache``, everything else is made anew.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSIDE = ROOT / "tests" / "packaging"
OUT = ROOT / "out" / "bundle"
FIGURES = ROOT / "out" / "bundle-test.json"
SOURCES = ("clerk_app", "db", "drivers", "resources", "pyproject.toml", "README.md", "LICENSE", "NOTICE")
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

    def __init__(self, root: Path, name: str) -> None:
        self.root = root
        self.name = name
        self.figures: dict[str, float] = {}

    def run(self, *command: str, name: str = "", fails: bool = False) -> str:
        """What the command printed; its seconds are kept under ``name``."""
        started = time.monotonic()
        inside = ["unshare", "--net", "--pid", "--fork", "--mount", "--kill-child"]
        done = subprocess.run(
            [*inside, sys.executable, str(INSIDE / "closed.py"), str(self.root), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) == fails, f"{command} ended with {done.returncode}:\n{done.stdout}"
        if name:
            self.note(f"{name}, s", round(time.monotonic() - started, 1))
        return done.stdout

    def note(self, name: str, figure: float) -> None:
        """Keep a figure in ``out/bundle-test.json``, under this machine's name."""
        self.figures[name] = figure
        known = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
        known[self.name] = self.figures
        FIGURES.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")

    def as_clerk(self, line: str, **options: Any) -> str:
        return self.run("runuser", "-u", "chuangkou", "--", "sh", "-c", f"cd /var/lib/clerk && {line}", **options)

    def take_python_away(self) -> None:
        """A PC that has none of its own."""
        usr = self.root / "usr"
        for place in (usr / "bin", usr / "lib", usr / "lib/x86_64-linux-gnu", usr / "share"):
            for found in (*place.glob("python3*"), *place.glob("libpython3*")):
                shutil.rmtree(found) if found.is_dir() and not found.is_symlink() else found.unlink()

    def put(self, source: Path, goal: str) -> None:
        """As from a stick."""
        shutil.rmtree(self.root / goal, ignore_errors=True)
        shutil.copytree(source, self.root / goal)

    def stores(self) -> dict[str, Any]:
        """Rows a table, and a digest of those that hold what citizens came for; of a copy."""
        with TemporaryDirectory() as work:
            copy = shutil.copytree(self.root / "var/lib/clerk", Path(work) / "data", symlinks=True)
            line = [sys.executable, str(INSIDE / "digest.py"), str(copy)]
            done = subprocess.run(line, check=True, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)})
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
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


def build(source: Path, *options: str, program: str = "bundle.py") -> Path:
    """A bundle of a source tree; its folder."""
    command = [sys.executable, str(ROOT / "packaging" / program), "--no-archive", "--source", str(source)]
    done = subprocess.run([*command, "--out", str(OUT), *options], check=True, stdout=subprocess.PIPE, text=True)
    return Path(done.stdout.strip().splitlines()[-1])


def megabytes(folder: Path) -> float:
    """What a folder holds, links not followed."""
    sizes = (path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
    return round(sum(sizes) / 2**20, 1)


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


@contextmanager
def bare_machine(folder: Path, name: str) -> Iterator[Machine]:
    """A machine for one test; later versions' bundles go with it."""
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("needs root and debootstrap")
    made = Machine(bare_root(folder), name)
    yield made
    for left in OUT.glob("clerk-7.*"):
        shutil.rmtree(left)
    shutil.rmtree(made.root)
