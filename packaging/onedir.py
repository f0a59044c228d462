"""``make onedir``: a bundle that brings its own Python, by PyInstaller, for PCs that have none or an old one.

PyInstaller does not build for other platforms: Windows and arm64 are built on such a machine with the same command.
It lives in an environment of its own (``out/bundle/pyinstaller``), so that the tests' environment stays as it ships.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import bundle
import licences
import wheelhouse
from filelock import FileLock

sys.path.append(str(bundle.HERE / "installer"))
from clerk_setup.bundles import missing_libraries

SPEC = bundle.HERE / "clerk.spec"
GTK_THEME = "PySide6/Qt/plugins/platformthemes/libqgtk3.so"
"""Would drag this machine's GTK along, 30 libraries for the choice of a file; Qt's own dialog does it as well."""


def environment(folder: Path, cameras: bool) -> Path:
    """The Python of an environment with the locked packages and PyInstaller."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    locks = [bundle.ROOT / "requirements.txt", bundle.HERE / "pyinstaller.txt"]
    locks += [bundle.ROOT / "requirements-cameras.txt"] if cameras else []
    want = "".join(lock.read_text(encoding="utf-8") for lock in locks)
    stamp = folder / "locks"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != want:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        for lock in locks:
            _pip(python, "--require-hashes", "--only-binary", ":all:", "-r", str(lock))
        (packages(python) / GTK_THEME).unlink(missing_ok=True)
        stamp.write_text(want, encoding="utf-8")
    return python


def packages(python: Path) -> Path:
    """Where an environment keeps its packages."""
    line = "import sysconfig; print(sysconfig.get_path('platlib'))"
    return Path(subprocess.run([str(python), "-c", line], check=True, capture_output=True, text=True).stdout.strip())


def _pip(python: Path, *options: str) -> None:
    command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *options]
    subprocess.run(command, check=True)


def freeze(python: Path, wheel: Path, work: Path) -> Path:
    """The one-dir tree."""
    _pip(python, "--no-deps", "--no-index", "--force-reinstall", str(wheel))
    command = [str(python), "-m", "PyInstaller", "--log-level", "WARN", "--noconfirm"]
    # away from the sources: the installed wheel is what is frozen
    folders = ["--distpath", str(work / "dist"), "--workpath", str(work / "build")]
    subprocess.run([*command, *folders, str(SPEC)], cwd=work, check=True)
    return work / "dist" / "clerk"


def build(source: Path, out: Path, debs: bool, cameras: bool) -> Path:
    """The bundle's folder. source: the tree whose wheel is frozen. cameras: with Qt's multimedia."""
    missing = missing_libraries(with_screen=True)
    if missing:
        # PyInstaller would leave out what it does not find here, and the PC may not have it either
        sys.exit(f"Install these first, they go into the bundle: {' '.join(missing)}")
    python = environment(out / "pyinstaller", cameras)
    here = wheelhouse.target(bundle.this_platform(), oldest_qt=False)
    windows = here.system == "Windows"
    with tempfile.TemporaryDirectory(dir=out) as work:
        folder = Path(work) / "bundle"
        folder.mkdir()
        wheel = bundle.build_wheel(source, Path(work))
        shutil.move(freeze(python, wheel, Path(work)), folder / "program")
        bare = licences.gather(packages(python), folder / "program", folder / "licences")
        if bare:
            print(f"Without a licence text of their own: {' '.join(bare)}")
        bundle.copy_fonts(folder / "fonts")
        bundle.furnish(folder, windows)
        if debs:
            bundle.fetch_debs(folder / "debs", cameras)
        version = wheel.name.split("-")[1]
        manifest = {"version": version, "system": here.system, "machine": here.machine, "kind": "onedir"}
        manifest |= {"pythons": [], "glibc": bundle.own_glibc(), "qt": "newest", "cameras": cameras}
        (folder / "bundle.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        bundle.write_sums(folder)
        return bundle.publish(folder, out / f"clerk-{version}-{here.name}-onedir{'-cameras' if cameras else ''}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Builds the bundle with its own Python.")
    parser.add_argument("--out", type=Path, default=bundle.ROOT / "out" / "bundle")
    parser.add_argument("--source", type=Path, default=bundle.ROOT, help="source tree (default: this one)")
    parser.add_argument("--debs", action="store_true", help="with Debian packages of the system libraries")
    parser.add_argument("--cameras", action="store_true", help="with Qt's multimedia, for document cameras")
    parser.add_argument("--no-archive", action="store_true", help="only the folder")
    args = parser.parse_args()
    out = args.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    # one at a time: the environment is shared and made anew when the locks change
    with FileLock(out / "onedir.lock"):
        folder = build(args.source.resolve(), out, args.debs, args.cameras)
    print(folder)
    if not args.no_archive:
        print(bundle.archive(folder, sys.platform == "win32"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
