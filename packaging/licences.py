"""The licences of what a one-dir build carries: there the packages are taken apart, and their wheels' texts are lost.

licences/<package>-<version>/     of every Python package, as its wheel has them
licences/python/                  of the Python that is carried
licences/system/<package>         of the Debian packages whose libraries were taken along
licences/LGPL-3.0.txt, …           texts that no wheel has
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
_TEXT = re.compile(r"licen[cs]e|copying|copyright|notice|authors|ofl", re.IGNORECASE)
_BUILDING = {"pip", "pyinstaller", "pyinstaller-hooks-contrib", "altgraph", "packaging", "macholib", "pefile"}
"""What makes the build and does not go into it."""
_NONE_IN_WHEEL = {"pyserial", "pyside6_essentials", "pyside6_addons", "shiboken6"}
"""Their texts are in the folder ``licences`` here: LGPL for Qt and its bindings."""
_LIBRARY = re.compile(r"^\s*(\S+) \(.*=> (/\S+)$", re.MULTILINE)


def gather(site: Path, program: Path, goal: Path) -> list[str]:
    """Lay the texts into ``goal``; names of what has none.

    site: folder with the packages that were frozen. program: the one-dir build.
    """
    shutil.copytree(HERE / "licences", goal)
    bare = []
    for package in metadata.distributions(path=[str(site)]):
        name = package.metadata["Name"]
        if name.lower() in _BUILDING:
            continue
        texts = [path for path in package.files or [] if is_text(path)]
        for path in texts:
            place = goal / f"{name}-{package.version}" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(path.locate()), place)
        if not texts and name.lower() not in _NONE_IN_WHEEL:
            bare.append(name)
    own = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if own.is_file():
        (goal / "python").mkdir()
        shutil.copyfile(own, goal / "python" / own.name)
    else:
        bare.append("python")
    return bare + _of_the_system(program, goal / "system")


def is_text(path: metadata.PackagePath) -> bool:
    """A licence by its own name or as one of several in a folder for them."""
    named = any(_TEXT.search(part) for part in path.parts[-2:])
    return named and path.suffix not in (".py", ".pyc", ".pyi", ".so", ".h")


def _of_the_system(program: Path, goal: Path) -> list[str]:
    """Debian's copyright files of the libraries that came from this system; names of libraries without one."""
    if shutil.which("dpkg-query") is None or shutil.which("ldconfig") is None:
        return ["the system's libraries"]
    known = dict(_LIBRARY.findall(subprocess.run(["ldconfig", "-p"], capture_output=True, text=True).stdout))
    goal.mkdir()
    bare = []
    for path in sorted((program / "_internal").glob("*.so*")):
        if path.is_symlink() or path.name not in known:
            continue
        told = ""
        for place in (known[path.name], str(Path(known[path.name]).resolve())):
            # /lib is a link to /usr/lib; dpkg knows a file by the name that its package gave it
            for spelling in (place, place.removeprefix("/usr"), f"/usr{place}"):
                told = told or subprocess.run(["dpkg-query", "-S", spelling], capture_output=True, text=True).stdout
        package = told.partition(":")[0]
        text = Path("/usr/share/doc") / package / "copyright"
        if package and text.is_file():
            shutil.copyfile(text, goal / package)
        else:
            bare.append(path.name)
    return bare
