"""What an installation leaves outside its own folder on Windows: launchers, the settings file they read, planned tasks.

Written from the manuals of ``schtasks`` and not run on Windows yet.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from clerk_setup.places import Places, SetupFault, State

ACCOUNT = ""
TASKS = {"server": "clerk-server.xml"}
TASK_NAME = "Clerk"
_SCREEN_TASK = "clerk-logon.xml"


def make_account(name: str, data: Path) -> None:
    """Windows accounts are the administrators' business."""


def give(folder: Path, account: str) -> None:
    """Administrators, the system, its local service (the server's task) and whoever logs in; inherited rights end."""
    folder.mkdir(parents=True, exist_ok=True)
    rights = ("*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F", "*S-1-5-19:(OI)(CI)M", "*S-1-5-4:(OI)(CI)M")
    _run(["icacls", str(folder), "/inheritance:r", "/grant:r", *rights, "/q"])


def furnish(source: Path, places: Places, state: State) -> list[Path]:
    """Launchers into ``bin``, then the task that starts the role at log-on or at start."""
    made = []
    goal = places.home / "bin"
    goal.mkdir(parents=True, exist_ok=True)
    for path in sorted((source / "bin").iterdir()):
        made.append(Path(shutil.copyfile(path, goal / path.name)))
    (places.home / "pc.cmd").write_text(
        f"set CLERK_DATA={places.data}\r\nset CLERK_ROLE={state.role}\r\n", encoding="utf-8"
    )
    plan = (
        (source / TASKS.get(state.role, _SCREEN_TASK)).read_text(encoding="utf-8").replace("@HOME@", str(places.home))
    )
    task = places.home / "task.xml"
    task.write_text(plan, encoding="utf-16")
    _run(["schtasks", "/create", "/f", "/tn", TASK_NAME, "/xml", str(task)])
    return made


def settle(places: Places, state: State) -> None:
    """Nothing to tell the system."""


def unfurnish(source: Path, places: Places) -> None:
    subprocess.run(["schtasks", "/delete", "/f", "/tn", TASK_NAME], check=False, capture_output=True)


def _run(line: list[str]) -> None:
    done = subprocess.run(line, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise SetupFault(f"{line[0]} 没有做成：{(done.stderr or done.stdout).strip()[-200:]}")
