"""``auto``: the monitor that the clerk's window is not on, in a process of its own with two monitors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.forked import environment

CLERK, CITIZEN = (0, 0, 1366, 768), (1366, 0, 1024, 600)

SCRIPT = """
import json
from PySide6.QtWidgets import QApplication, QWidget

app = QApplication([])
from support.look import dressed

dressed(app)
from clerk_app.ui.citizen.placing import CitizenPlace, ScreenMode

clerk = QWidget()
clerk.resize(800, 600)
clerk.show()
place = CitizenPlace(ScreenMode.AUTO, clerk)
place.open()
for _ in range(5):
    app.processEvents()
told = {
    "present": place.present,
    "full": place.screen.isFullScreen(),
    "where": place.screen.geometry().getRect(),
    "active": app.activeWindow() is clerk,
}
place.close()
print(json.dumps(told))
"""


def looked(folder: Path, *monitors: tuple[int, int, int, int]) -> dict[str, object]:
    screens = [
        {
            "name": f"m{at}",
            "x": x,
            "y": y,
            "width": wide,
            "height": high,
            "dpr": 1,
            "logicalDpi": 96,
            "logicalBaseDpi": 96,
        }
        for at, (x, y, wide, high) in enumerate(monitors)
    ]
    config = folder / "monitors.json"
    config.write_text(json.dumps({"screens": screens}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=folder,
        env=environment(QT_QPA_PLATFORM=f"offscreen:configfile={config}"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.timeout(90)
def test_the_second_monitor_is_filled_and_the_clerk_keeps_the_keys(tmp_path: Path) -> None:
    told = looked(tmp_path, CLERK, CITIZEN)
    assert told == {"present": True, "full": True, "where": list(CITIZEN), "active": True}


@pytest.mark.timeout(90)
def test_one_monitor_belongs_to_the_clerk(tmp_path: Path) -> None:
    assert looked(tmp_path, CLERK)["present"] is False
