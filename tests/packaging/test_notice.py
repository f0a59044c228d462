"""NOTICE names whose work goes into a bundle, and under which licence."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import licences
import pytest
import wheelhouse

ROOT = Path(__file__).parents[2]
ELSEWHERE = ("colorama", "libusb-package", "pyside6-addons")
"""For Windows, and for what a PC gets: not in the tests' environment."""
PLATFORMS = ("linux-x86_64", "linux-aarch64", "windows-amd64")


def carried(end: str) -> set[str]:
    """Packages that some bundle of one of the two Qts carries."""
    targets = [wheelhouse.target(name, oldest_qt="oldest" in end) for name in PLATFORMS]
    places = [target.environment(python) for target in targets for python in wheelhouse.PYTHONS]
    return {
        pin.name
        for lock in (f"requirements{end}", f"requirements-cameras{end}")
        for pin, _ in wheelhouse.locked(ROOT / lock)
        if pin.marker is None or any(pin.marker.evaluate(place) for place in places)
    }


def named() -> list[str]:
    """Packages of NOTICE's last part: words outside brackets, behind the licence and its colon."""
    text = (ROOT / "NOTICE").read_text(encoding="utf-8").partition("Python packages\n---------------\n")[2]
    text = text.partition("\n\n")[2]
    while "(" in text:
        text = re.sub(r"\([^()]*\)", "", text)
    lists = [line.rpartition(":")[2] for line in re.sub(r"\n +", " ", text).splitlines()]
    lists += re.findall(r"choice: ([^:;]*);", text)
    return [word.strip(" .") for one in lists for word in re.split("[,;]", one) if word.strip(" .")]


@pytest.mark.parametrize("end", [".txt", "-oldest-qt.txt"])
def test_notice_names_every_package_of_a_bundle_and_nothing_else(end: str) -> None:
    found = named()
    assert len(found) == len(set(found))
    assert set(found) == carried(end)


def test_every_named_package_has_a_licence_text_in_its_wheel_or_beside_the_build() -> None:
    """What the one-dir build lays into its folder ``licences``, asked of the packages that are installed here."""
    without = set()
    for name in named():
        try:
            files = metadata.files(name)
        except metadata.PackageNotFoundError:
            assert name in ELSEWHERE
            continue
        if not any(map(licences.is_text, files or [])):
            without.add(name)
    assert without == {"pyserial", "pyside6-essentials", "shiboken6"}
    assert {path.stem for path in (ROOT / "packaging" / "licences").iterdir()} == {"GPL-3.0", "LGPL-3.0", "pyserial"}
