"""``make bundle``: everything a PC without any network needs to install the program, in one folder and one archive.

out/bundle/clerk-<version>-<platform>/
    install.sh, install.cmd      find a Python, check SHA256SUMS, run the installer
    clerk-setup.pyz              the installer (standard library only)
    bundle.json                  version, platform, kind, Pythons, glibc
    requirements.txt             the lock with hashes, our wheel included
    wheels/                      our wheel, all locked dependencies, pip
    fonts/                       as CLERK_CACHE has them: static weights, fallback
    linux/, windows/             units, desktop entries, udev rules, scheduled start
    debs/                        with DEBS=1: system libraries for Debian 12 PCs that lack them
    pcs.example.csv, docs/, LICENSE, NOTICE, SHA256SUMS
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipapp
import zipfile
from pathlib import Path

import wheelhouse

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
# This folder comes first, where ``import packaging`` finds the library; the project's packages come last.
sys.path.append(str(ROOT))
SUMS = "SHA256SUMS"
DOCS = ("install.md", "install.zh-CN.md")
# Beyond a minimal system; the same list as in .ci/setup.sh, with what a screen needs.
SYSTEM_PACKAGES = (
    *("libglib2.0-0", "libgl1", "libegl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1"),
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-xkb1", "libxkbcommon-x11-0"),
    *("libxcb-shape0", "libxcb-image0", "libxcb-render-util0"),
)
CAMERA_PACKAGES = ("libpulse0", "libxrandr2")
"""What Qt's multimedia needs beside them."""


def lock_of(source: Path, oldest: bool, cameras: bool, work: Path) -> Path:
    """The lock of what a bundle carries; one with cameras is written into ``work``."""
    end = "-oldest-qt.txt" if oldest else ".txt"
    lock = source / f"requirements{end}"
    if not cameras:
        return lock
    made = work / "requirements.txt"
    made.write_text(wheelhouse.with_cameras(lock, source / f"requirements-cameras{end}"), encoding="utf-8")
    return made


def build_wheel(source: Path, folder: Path) -> Path:
    """Our wheel of a source tree."""
    with tempfile.TemporaryDirectory() as work:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", work]
        subprocess.run(command, cwd=source, check=True, stdout=subprocess.DEVNULL)
        made = next(Path(work).glob("*.whl"))
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.move(made, folder / made.name))


def fetch_pip(cache: Path) -> Path:
    """pip as a wheel: it installs on systems without python3-venv and python3-pip."""
    lock = HERE / "pip.txt"
    folder = cache / f"pip-{digest(lock)[:12]}"
    known = next(folder.glob("pip-*.whl"), None)
    if known is None:
        command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps"]
        options = ["--only-binary", ":all:", "--require-hashes", "-d", str(folder), "-r", str(lock)]
        subprocess.run([*command, *options], check=True)
        known = next(folder.glob("pip-*.whl"))
    return known


def copy_fonts(folder: Path) -> None:
    """The fonts that set-up made, laid out like the cache folder that ``CLERK_CACHE`` names."""
    from clerk_app import typefaces

    fonts = typefaces.find()
    cache = typefaces.cache_folder()
    for path in (fonts.regular, fonts.bold):
        goal = folder / path.relative_to(cache)
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, goal)
    if fonts.fallback is not None:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(fonts.fallback, folder / fonts.fallback.name)
    else:
        print("No font for the extensions B to F here: rare characters will show as a box with their code.")


def fetch_debs(folder: Path, cameras: bool) -> None:
    """Debian packages of the system libraries and of what they need beyond a minimal system."""
    wished = SYSTEM_PACKAGES + (CAMERA_PACKAGES if cameras else ())
    # apt chooses among alternatives as it would on a system where nothing is installed
    command = ["apt-get", "-s", "-o", "Dir::State::status=/dev/null", "--no-install-recommends", "install"]
    told = subprocess.run([*command, *wished], check=True, capture_output=True, text=True).stdout
    names = sorted({line.split()[1] for line in told.splitlines() if line.startswith("Inst ")})
    # What every minimal system has stays out.
    shown = subprocess.run(
        ["apt-cache", "show", "--no-all-versions", *names], capture_output=True, text=True, check=False
    )
    wanted = []
    for entry in shown.stdout.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in entry.splitlines() if line[:1].isupper() and ": " in line)
        if fields and fields.get("Priority") != "required" and fields.get("Essential") != "yes":
            wanted.append(fields["Package"])
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", *wanted], cwd=folder, check=True)


def make_setup(folder: Path) -> None:
    """The installer as one file that any Python from 3.11 on runs."""
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(
            HERE / "installer", Path(work) / "setup", ignore=shutil.ignore_patterns("__pycache__", "*.spec")
        )
        zipapp.create_archive(Path(work) / "setup", folder / "clerk-setup.pyz", main="clerk_setup.program:run")


def write_sums(folder: Path) -> None:
    """``SHA256SUMS`` of every file, in the format of sha256sum."""
    lines = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != SUMS:
            lines.append(f"{digest(path)}  {path.relative_to(folder).as_posix()}\n")
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def archive(folder: Path, windows: bool) -> Path:
    """A .tar.gz (.zip for Windows) beside the folder; wheels and fonts are compressed already, so quickly."""
    if windows:
        goal = folder.with_name(folder.name + ".zip")
        with zipfile.ZipFile(goal, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
            for path in sorted(folder.rglob("*")):
                made.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
    else:
        goal = folder.with_name(folder.name + ".tar.gz")
        with tarfile.open(goal, "w:gz", compresslevel=1) as packed:
            packed.add(folder, folder.name, filter=_plain)
    digest_line = f"{digest(goal)}  {goal.name}\n"
    goal.with_name(goal.name + ".sha256").write_text(digest_line, encoding="ascii", newline="\n")
    return goal


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def furnish(folder: Path, windows: bool) -> None:
    """What lies beside the programs."""
    shutil.copytree(HERE / "windows" if windows else HERE / "linux", folder / ("windows" if windows else "linux"))
    if not windows:
        write_rules(folder / "linux/etc/udev/rules.d")
    start = folder / ("windows/install.cmd" if windows else "linux/install.sh")
    start.rename(folder / start.name)
    if not windows:
        (folder / "install.sh").chmod(0o755)
    shutil.copyfile(HERE / "pcs.example.csv", folder / "pcs.example.csv")
    (folder / "docs").mkdir()
    for name in DOCS:
        shutil.copyfile(ROOT / "docs" / name, folder / "docs" / name)
    for name in ("LICENSE", "NOTICE"):
        shutil.copyfile(ROOT / name, folder / name)
    make_setup(folder)


def write_rules(folder: Path) -> None:
    """The udev rules as the drivers state them."""
    from drivers.idcard.usb_lines import UDEV_RULES
    from drivers.printer.usb import UDEV_RULE

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "70-clerk-id-readers.rules").write_text(UDEV_RULES, encoding="ascii")
    (folder / "70-clerk-printers.rules").write_text(UDEV_RULE, encoding="ascii")


def build(args: argparse.Namespace) -> Path:
    """One bundle; its folder."""
    source: Path = args.source.resolve()
    oldest = args.qt == "oldest"
    wanted = wheelhouse.target(args.platform, oldest)
    windows = wanted.system == "Windows"
    args.out.mkdir(parents=True, exist_ok=True)
    cache = args.out / "cache"
    cache.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=args.out) as work:
        folder = Path(work) / "bundle"
        folder.mkdir()
        wheel = build_wheel(source, folder / "wheels")
        version = wheel.name.split("-")[1]
        lock = lock_of(source, oldest, args.cameras, Path(work))
        pythons = tuple(args.python or wheelhouse.PYTHONS)
        wheelhouse.place(wheelhouse.fetch(lock, wanted, pythons, cache), folder / "wheels")
        wheelhouse.place([fetch_pip(cache)], folder / "wheels")
        (folder / "requirements.txt").write_text(wheelhouse.with_our_wheel(lock, wheel), encoding="utf-8", newline="\n")
        manifest = {"version": version, "system": wanted.system, "machine": wanted.machine, "kind": "wheels"}
        manifest |= {"pythons": list(pythons), "glibc": wanted.glibc, "qt": args.qt, "cameras": args.cameras}
        copy_fonts(folder / "fonts")
        furnish(folder, windows)
        if args.debs:
            fetch_debs(folder / "debs", args.cameras)
        (folder / "bundle.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        write_sums(folder)
        suffix = ("-oldest-qt" if oldest else "") + ("-cameras" if args.cameras else "")
        return publish(folder, args.out / f"clerk-{version}-{wanted.name}{suffix}")


def publish(folder: Path, goal: Path) -> Path:
    """Under its name only when it is whole."""
    shutil.rmtree(goal, ignore_errors=True)
    os.chmod(folder, 0o755)
    folder.rename(goal)
    return goal


def main() -> int:
    parser = argparse.ArgumentParser(description="Builds the offline bundle.")
    parser.add_argument(
        "--platform", default=this_platform(), choices=("linux-x86_64", "linux-aarch64", "windows-amd64")
    )
    parser.add_argument("--qt", default="newest", choices=("newest", "oldest"))
    parser.add_argument("--python", action="append", choices=wheelhouse.PYTHONS, help="only these (default: all)")
    parser.add_argument("--source", type=Path, default=ROOT, help="source tree (default: this one)")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bundle")
    parser.add_argument("--debs", action="store_true", help="with Debian packages of the system libraries")
    parser.add_argument("--cameras", action="store_true", help="with Qt's multimedia, for document cameras")
    parser.add_argument("--no-archive", action="store_true", help="only the folder")
    args = parser.parse_args()
    folder = build(args)
    print(folder)
    if not args.no_archive:
        print(archive(folder, args.platform.startswith("windows")))
    return 0


def own_glibc() -> int:
    """The minor version of this machine's glibc: what is frozen here needs it. 0 on Windows."""
    told = os.confstr("CS_GNU_LIBC_VERSION") if sys.platform != "win32" else None
    return int(told.split(".")[1]) if told else 0


def this_platform() -> str:
    """This machine as a target's name."""
    machine = os.uname().machine if hasattr(os, "uname") else "amd64"
    return "windows-amd64" if sys.platform == "win32" else f"linux-{machine}"


if __name__ == "__main__":
    sys.exit(main())
