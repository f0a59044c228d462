"""Puts one version into its folder: a virtual environment filled from the wheels, or the one-dir build as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from clerk_setup.bundles import Bundle
from clerk_setup.places import COMPLETE, WINDOWS, Places, SetupFault, sync_folder

_CLOSED = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_CONFIG_FILE": os.devnull}


def command(folder: Path) -> list[str]:
    """How a version's program is started."""
    suffix = ".exe" if WINDOWS else ""
    frozen = folder / f"clerk{suffix}"
    if frozen.is_file():
        return [str(frozen)]
    return [str(folder / ("Scripts" if WINDOWS else "bin") / f"clerk{suffix}")]


def put(bundle: Bundle, places: Places) -> bool:
    """Install the bundle's version beside the others; False when it is there already. Half of one is removed first."""
    folder = places.version(bundle.version)
    if (folder / COMPLETE).exists():
        return False
    shutil.rmtree(folder, ignore_errors=True)
    places.versions.mkdir(parents=True, exist_ok=True)
    try:
        if bundle.kind == "onedir":
            shutil.copytree(bundle.folder / "program", folder, symlinks=True)
        else:
            _environment(bundle, folder)
        shutil.copytree(bundle.folder / "fonts", folder / "cache" / "fonts")
        _speaks(folder, bundle.version)
        (folder / COMPLETE).write_text(time.strftime("%Y-%m-%dT%H:%M:%S%z") + "\n", encoding="ascii")
        sync_folder(folder)
    except (OSError, SetupFault) as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, SetupFault):
            raise
        raise SetupFault(f"版本 {bundle.version} 没有装成（{error}），原来的版本没有动") from error
    return True


def _environment(bundle: Bundle, folder: Path) -> None:
    """``venv`` without ensurepip, which Debian keeps in a package of its own: pip comes in the bundle and runs from its
    wheel. Nothing that pip reads elsewhere counts, and no registry is asked."""
    _run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    python = folder / ("Scripts/python.exe" if WINDOWS else "bin/python")
    wheels = bundle.folder / "wheels"
    pip = next(wheels.glob("pip-*.whl"))
    _run(
        [
            *(str(python), str(pip / "pip"), "--isolated", "install", "-q", "--no-index", "--require-hashes"),
            *("--only-binary", ":all:", "--no-cache-dir", "--find-links", str(wheels)),
            *("-r", str(bundle.folder / "requirements.txt")),
        ]
    )


def _run(line: list[str]) -> None:
    done = subprocess.run(line, capture_output=True, text=True, errors="replace", env={**os.environ, **_CLOSED})
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise SetupFault(f"没有装成：{said[-1] if said else line[0]}")


def _speaks(folder: Path, version: str) -> None:
    """The installed program says its version; Qt itself is tried by ``clerk doctor`` at the end."""
    done = subprocess.run([*command(folder), "--version"], capture_output=True, text=True, errors="replace")
    if done.stdout.strip() != f"clerk {version}":
        raise SetupFault(f"装好的程序起不来：{(done.stderr or done.stdout).strip()[-200:]}")


def remove(places: Places, name: str) -> None:
    """Take a version away; the active one is refused."""
    if name == places.active():
        raise SetupFault(f"版本 {name} 正在用，不能删")
    (places.version(name) / COMPLETE).unlink(missing_ok=True)
    shutil.rmtree(places.version(name))
