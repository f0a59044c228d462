"""The installer with a bundle whose program is a small script: versions, switch, stores, going back, removing."""

from __future__ import annotations

import json
import os
import platform
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Linux installation")

from clerk_setup import bundles, program, running  # noqa: E402
from clerk_setup.places import Places, SetupFault, read_state  # noqa: E402

ROOT = Path(__file__).parents[2]
PROGRAM = """#!/bin/sh
case "$1 $2" in
"--version ") echo "clerk {version}" ;;
"stores "*)
    verb=$2; shift 4; found=$(cat "$1/hall.db" 2>/dev/null)
    problem=""; state=current
    [ "$found" -gt {schema} ] && {{ problem="是更新的程序写的"; state=newer; }}
    [ "$verb" = migrate ] && [ -n "{broken}" ] && problem="{broken}"
    [ "$verb" = migrate ] && [ -z "$problem" ] && echo {schema} > "$1/hall.db"
    printf '[{{"name":"hall.db","schema":"%s","newest":"{schema}","state":"%s","problem":"%s"}}]\\n' \\
        "$found" "$state" "$problem"
    ;;
"pcs write") [ "$5" = ck-01 ] || {{ echo "表里没有“$5”这台电脑"; exit 1; }}
    echo "[window]" > "$7/clerk.toml"; printf 'window\\t\\n' ;;
esac
"""


def make_bundle(folder: Path, version: str, schema: int = 3, broken: str = "") -> Path:
    """A whole bundle around the script."""
    made = folder / f"bundle-{version}"
    (made / "program").mkdir(parents=True)
    script = made / "program" / "clerk"
    script.write_text(PROGRAM.format(version=version, schema=schema, broken=broken), encoding="utf-8")
    script.chmod(0o755)
    (made / "fonts").mkdir()
    (made / "fonts" / "one.ttf").write_bytes(b"font")
    (made / "clerk-setup.pyz").write_bytes(b"setup")
    told = {"version": version, "system": platform.system(), "machine": platform.machine(), "kind": "onedir"}
    (made / "bundle.json").write_text(json.dumps(told | {"pythons": [], "glibc": 0}), encoding="utf-8")
    os.system(f"cp -a '{ROOT / 'packaging' / 'linux'}' '{made / 'linux'}'")
    sums(made)
    return made


def sums(folder: Path) -> None:
    (folder / bundles.SUMS).unlink(missing_ok=True)
    os.system(f"cd '{folder}' && find . -type f ! -name SHA256SUMS -printf '%P\\n' | xargs sha256sum > SHA256SUMS")


class Pc:
    """A PC whose system folders are a temporary folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.home = folder / "opt/clerk"
        self.data = folder / "var/lib/clerk"
        self.places = Places(self.home, self.data, folder / "system")
        # An account of its own would change this machine.
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        monkeypatch.setattr(bundles, "missing_libraries", lambda with_screen, with_cameras: [])
        monkeypatch.setattr(running, "has_systemd", lambda: False)

    def setup(self, *words: str) -> int:
        options = ["--home", str(self.home), "--data", str(self.data), "--system-root", str(self.folder / "system")]
        return program.main([*options, *words])

    def install(self, bundle: Path, *words: str) -> int:
        return self.setup("install", "--bundle", str(bundle), *words)

    def store(self, schema: int) -> None:
        """Something was served: a store and its key."""
        (self.data / "hall.db").write_text(str(schema), encoding="ascii")
        (self.data / "hall.key").write_bytes(b"k" * 32)
        (self.data / "hall.key").chmod(0o600)
        (self.data / "log").mkdir(exist_ok=True)
        (self.data / "log" / "server.log").write_text("much", encoding="ascii")

    @property
    def stored(self) -> str:
        return (self.data / "hall.db").read_text(encoding="ascii").strip()


@pytest.fixture
def pc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pc:
    return Pc(tmp_path, monkeypatch)


# ---------------------------------------------------------------- the bundle
@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (lambda made: (made / "fonts/one.ttf").write_bytes(b"fonT"), "内容不符 fonts/one.ttf"),
        (lambda made: (made / "fonts/one.ttf").unlink(), "缺 fonts/one.ttf"),
        (lambda made: (made / "extra.whl").write_bytes(b""), "多出 extra.whl"),
        (lambda made: (made / bundles.SUMS).unlink(), "没有 SHA256SUMS"),
    ],
)
def test_a_bundle_that_was_damaged_on_the_way_installs_nothing(
    pc: Pc, tmp_path: Path, capsys: pytest.CaptureFixture[str], harm: object, word: str
) -> None:
    made = make_bundle(tmp_path, "1.0")
    harm(made)  # type: ignore[operator]
    assert pc.install(made) == 1
    assert word in capsys.readouterr().out
    assert not pc.home.exists()


def test_a_bundle_for_another_machine_says_which_one_to_take(pc: Pc, tmp_path: Path) -> None:
    made = make_bundle(tmp_path, "1.0")
    told = bundles.read_bundle(made)
    with pytest.raises(SetupFault, match="给 Linux sparc 用"):
        bundles.fits(bundles.Bundle(made, "1.0", "Linux", "sparc", "onedir", (), 0))
    with pytest.raises(SetupFault, match="QT=oldest"):
        bundles.fits(bundles.Bundle(made, "1.0", told.system, told.machine, "onedir", (), 99))
    with pytest.raises(SetupFault, match=r"要 Python 2\.7"):
        bundles.fits(bundles.Bundle(made, "1.0", told.system, told.machine, "wheels", ("2.7",), 0))


# ---------------------------------------------------------------- installing
def test_the_first_installation_leaves_a_running_version_launchers_and_this_pcs_units(pc: Pc, tmp_path: Path) -> None:
    assert pc.install(make_bundle(tmp_path, "1.0"), "--role", "server") == 0
    assert pc.places.active() == "1.0"
    assert os.popen(f"{pc.home}/bin/clerk --version").read() == "clerk 1.0\n"
    system = pc.folder / "system"
    unit = (system / "etc/systemd/system/clerk-server.service").read_text(encoding="utf-8")
    assert f"ExecStart={pc.home}/bin/clerk server" in unit
    assert "@" not in unit.replace("@ACCOUNT@", "")
    assert not (system / "etc/xdg/autostart/clerk-autostart.desktop").exists()
    assert stat.S_IMODE(pc.data.stat().st_mode) == 0o700


def test_a_ticket_machine_logs_in_by_itself_and_starts_nothing_but_the_program(pc: Pc, tmp_path: Path) -> None:
    assert pc.install(make_bundle(tmp_path, "1.0"), "--role", "kiosk") == 0
    system = pc.folder / "system"
    assert "autologin-session=clerk" in (system / "etc/lightdm/lightdm.conf.d/60-clerk-screen.conf").read_text()
    assert f"Exec={pc.home}/bin/clerk-start" in (system / "usr/share/xsessions/clerk.desktop").read_text()
    assert not (system / "etc/systemd/system/clerk-server.service").exists()
    assert "CLERK_ROLE='kiosk'" in (pc.home / "pc.conf").read_text(encoding="utf-8")


def test_each_pc_takes_its_own_line_of_the_table_and_one_without_a_line_is_refused(
    pc: Pc, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_bundle(tmp_path, "1.0")
    table = tmp_path / "pcs.csv"
    table.write_text("any", encoding="utf-8")
    assert pc.install(made, "--pcs", str(table), "--pc", "ck-99") == 1
    assert "表里没有“ck-99”" in capsys.readouterr().out
    assert pc.places.active() is None
    assert pc.install(made, "--pcs", str(table), "--pc", "ck-01", "--code", "ABCD") == 0
    assert read_state(pc.home).role == "window"
    code = pc.data / "enrol.code"
    assert code.read_text(encoding="ascii") == "ABCD\n"
    assert stat.S_IMODE(code.stat().st_mode) == 0o600


def test_half_a_version_left_by_a_power_cut_is_installed_anew(pc: Pc, tmp_path: Path) -> None:
    half = pc.places.version("1.0")
    half.mkdir(parents=True)
    (half / "clerk").write_text("half", encoding="ascii")
    assert pc.install(make_bundle(tmp_path, "1.0")) == 0
    assert os.popen(f"{pc.home}/bin/clerk --version").read() == "clerk 1.0\n"


# ---------------------------------------------------------------- upgrading
def test_an_upgrade_backs_the_stores_up_and_migrates_none_of_them_itself(pc: Pc, tmp_path: Path) -> None:
    pc.install(make_bundle(tmp_path, "1.0", 3))
    pc.store(3)
    assert pc.install(make_bundle(tmp_path, "1.1", 4)) == 0
    assert pc.places.active() == "1.1"
    assert pc.stored == "3"
    (upgrade,) = read_state(pc.home).upgrades
    backup = Path(upgrade.backup)
    assert (backup / "hall.db").read_text(encoding="ascii") == "3"
    assert stat.S_IMODE((backup / "hall.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(pc.places.backups.stat().st_mode) == 0o700
    assert not (backup / "log").exists()
    assert [path.name for path in pc.places.backups.iterdir()] == [backup.name]


def test_a_version_that_cannot_migrate_the_stores_is_not_switched_to(
    pc: Pc, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pc.install(make_bundle(tmp_path, "1.0", 3))
    pc.store(3)
    assert pc.install(make_bundle(tmp_path, "1.1", 4, broken="第 7 行放不下")) == 1
    assert "第 7 行放不下" in capsys.readouterr().out
    assert pc.places.active() == "1.0"
    assert pc.stored == "3"


def test_nothing_is_copied_while_a_program_runs(
    pc: Pc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pc.install(make_bundle(tmp_path, "1.0", 3))
    pc.store(3)
    monkeypatch.setattr(running, "found", lambda places: [4711])
    assert pc.install(make_bundle(tmp_path, "1.1", 3)) == 1
    assert "程序还在运行" in capsys.readouterr().out
    assert pc.places.active() == "1.0"
    assert not pc.places.backups.exists()


def test_a_program_of_this_installation_is_found_running(pc: Pc, tmp_path: Path) -> None:
    sleeper = pc.places.version("1.0") / "sleeper"
    sleeper.parent.mkdir(parents=True)
    sleeper.symlink_to("/bin/sleep")
    with subprocess.Popen([str(sleeper), "30"]) as child:
        try:
            # the system shows the words of a command only a moment after it has begun
            while not running.found(pc.places):
                time.sleep(0.01)
            assert running.found(pc.places) == [child.pid]
            running.stop_all(pc.places, True)
        finally:
            child.kill()
    assert running.found(pc.places) == []


def test_only_the_copies_of_the_last_three_upgrades_stay(pc: Pc, tmp_path: Path) -> None:
    pc.install(make_bundle(tmp_path, "1.0", 3))
    pc.store(3)
    for minor in range(1, 6):
        assert pc.install(make_bundle(tmp_path, f"1.{minor}", 3)) == 0
    assert len(list(pc.places.backups.iterdir())) == program.KEPT_BACKUPS
    assert pc.setup("prune") == 0
    assert pc.places.installed() == ["1.4", "1.5"]


# ---------------------------------------------------------------- going back
def test_going_back_keeps_what_was_done_since_when_the_old_version_can_read_it(
    pc: Pc, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pc.install(make_bundle(tmp_path, "1.0", 3))
    pc.store(3)
    pc.install(make_bundle(tmp_path, "1.1", 3))
    (pc.data / "served-since").write_text("one citizen", encoding="ascii")
    assert pc.setup("rollback") == 0
    assert pc.places.active() == "1.0"
    assert (pc.data / "served-since").exists()
    assert "数据一条不少" in capsys.readouterr().out
    assert pc.setup("rollback") == 1


def test_going_back_over_a_newer_schema_needs_a_word_and_loses_nothing(
    pc: Pc, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pc.install(make_bundle(tmp_path, "1.0", 3))
    pc.store(3)
    pc.install(make_bundle(tmp_path, "1.1", 4))
    pc.store(4)
    assert pc.setup("rollback") == 1
    assert "加 --restore" in capsys.readouterr().out
    assert pc.places.active() == "1.1"
    assert pc.setup("rollback", "--restore") == 0
    assert pc.places.active() == "1.0"
    assert pc.stored == "3"
    (aside,) = pc.data.parent.glob("clerk-aside-*")
    assert (aside / "hall.db").read_text(encoding="ascii") == "4"


def test_removing_the_program_keeps_stores_and_backups(pc: Pc, tmp_path: Path) -> None:
    pc.install(make_bundle(tmp_path, "1.0", 3))
    pc.store(3)
    pc.install(make_bundle(tmp_path, "1.1", 3))
    assert pc.setup("uninstall") == 0
    assert not pc.home.exists()
    assert pc.stored == "3"
    assert len(list(pc.places.backups.iterdir())) == 1
    left = [path for path in (pc.folder / "system").rglob("*") if not path.is_dir()]
    assert left == []
