"""What an installation leaves outside its own folder on Linux: account, launchers, units, desktop entries, udev rules.

Files come from the bundle's ``linux`` folder, which is laid out like the system: ``linux/etc/…``, ``linux/usr/…``. In
them ``@HOME@``, ``@DATA@`` and ``@ACCOUNT@`` stand for this installation's folders and account.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from clerk_setup.places import Places, SetupFault, State
from clerk_setup.running import has_systemd

ACCOUNT = "clerk"
"""Used where nobody logs in by hand: servers, and screens that log in by themselves."""
ONLY = {
    "clerk-server.service": ("server",),
    "clerk-autostart.desktop": ("window", "kiosk", "display", "board"),
    "60-clerk-screen.conf": ("kiosk", "display"),
}
"""Files that only PCs with one of these roles get; all others go everywhere."""
_GROUPS = ("dialout", "lp", "plugdev", "video", "audio")


def make_account(name: str, data: Path) -> None:
    """The account that runs the program; one that exists is taken as it is, and gets the groups of the devices."""
    if os.geteuid() != 0:
        return
    try:
        pwd.getpwnam(name)
    except KeyError:
        if name != ACCOUNT:
            raise SetupFault(f"这台电脑没有账号 {name}。请先建好这个账号，或把 pcs.csv 的账号改对") from None
        _run(["useradd", "--system", "--home-dir", str(data), "--shell", "/bin/bash", "--user-group", name])
    known = {group.gr_name for group in grp.getgrall()}
    wanted = ",".join(group for group in _GROUPS if group in known)
    if wanted:
        _run(["usermod", "-aG", wanted, name])


def give(folder: Path, account: str) -> None:
    """The data folder belongs to the account alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return
    entry = pwd.getpwnam(account)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def furnish(source: Path, places: Places, state: State) -> list[Path]:
    """Put launchers and system files down; the paths. Without root's rights only the launchers."""
    words = {"@HOME@": str(places.home), "@DATA@": str(places.data), "@ACCOUNT@": state.account}
    made = [_write(path, places.home / "bin" / path.name, words, 0o755) for path in sorted((source / "bin").iterdir())]
    conf = places.home / "pc.conf"
    conf.write_text(f"CLERK_DATA='{places.data}'\nCLERK_ROLE='{state.role}'\n", encoding="utf-8")
    if not _may_write(places.system):
        return made
    for top in ("etc", "usr"):
        for path in sorted((source / top).rglob("*")):
            if path.is_file():
                goal = places.system / path.relative_to(source)
                if state.role in ONLY.get(path.name, (state.role,)):
                    made.append(_write(path, goal, words, 0o644))
                else:
                    goal.unlink(missing_ok=True)
    commands = places.system / "usr/local/bin"
    commands.mkdir(parents=True, exist_ok=True)
    for name in ("clerk", "clerk-setup"):
        link = commands / name
        link.unlink(missing_ok=True)
        link.symlink_to(places.home / "bin" / name)
        made.append(link)
    return made


def settle(places: Places, state: State) -> None:
    """Let the running system take notice of the new files; nothing where there is none, e.g. in a chroot."""
    if places.system != Path("/") or os.geteuid() != 0:
        return
    if shutil.which("udevadm") and Path("/run/udev").is_dir():
        _run(["udevadm", "control", "--reload"])
        _run(["udevadm", "trigger", "--subsystem-match=usb", "--subsystem-match=hidraw"])
    if has_systemd():
        _run(["systemctl", "daemon-reload"])
        if state.role == "server":
            _run(["systemctl", "enable", "-q", "clerk-server.service"])


def unfurnish(source: Path, places: Places) -> None:
    """Take away what ``furnish`` put into the system."""
    if not _may_write(places.system):
        return
    if places.system == Path("/") and has_systemd():
        subprocess.run(["systemctl", "-q", "disable", "--now", "clerk-server.service"], check=False)
    for top in ("etc", "usr"):
        for path in (source / top).rglob("*"):
            if path.is_file():
                (places.system / path.relative_to(source)).unlink(missing_ok=True)
    for name in ("clerk", "clerk-setup"):
        (places.system / "usr/local/bin" / name).unlink(missing_ok=True)


def _may_write(system: Path) -> bool:
    return os.geteuid() == 0 or system != Path("/")


def _write(source: Path, goal: Path, words: dict[str, str], mode: int) -> Path:
    text = source.read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(word, value)
    goal.parent.mkdir(parents=True, exist_ok=True)
    fresh = goal.with_name(goal.name + ".clerk-new")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(mode)
    os.replace(fresh, goal)
    return goal


def _run(line: list[str]) -> None:
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupFault(f"{line[0]} 没有做成：{done.stderr.strip()[-200:]}")
