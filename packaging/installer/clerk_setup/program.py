"""``clerk-setup``: install, upgrade, roll back, settings, status, remove. Sentences are for the technician."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import ModuleType

from clerk_setup import bundles, running, stores, versions
from clerk_setup.places import WINDOWS, Places, SetupFault, State, Upgrade, read_state, write_state

KEPT_BACKUPS = 3
"""Copies of upgrades that stay; the newest ones."""
SETTINGS = "clerk.toml"
CODE = "enrol.code"
ROLES = ("window", "kiosk", "display", "board", "server")


def system() -> ModuleType:
    """The part that knows this operating system."""
    if WINDOWS:
        from clerk_setup import windows

        return windows
    from clerk_setup import linux

    return linux


def say(text: str) -> None:
    print(text, flush=True)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="clerk-setup", description="综合窗口：安装、升级、退回、卸载（全程不用网络）")
    default = Path(os.environ.get("PROGRAMFILES", r"C:\Program Files")) / "Clerk" if WINDOWS else Path("/opt/clerk")
    top.add_argument("--home", type=Path, default=default, metavar="文件夹", help=f"程序装在哪里（默认 {default}）")
    top.add_argument("--data", type=Path, default=None, metavar="文件夹", help="数据放在哪里（默认 /var/lib/clerk）")
    top.add_argument("--system-root", type=Path, default=Path("/"), help=argparse.SUPPRESS)
    verbs = top.add_subparsers(dest="verb", required=True, metavar="动作")

    one = verbs.add_parser("install", help="安装这个安装包；已有旧版本就是升级")
    one.add_argument("--bundle", type=Path, required=True, help=argparse.SUPPRESS)
    one.add_argument("--pcs", type=Path, default=None, metavar="文件", help="全大厅一张表（pcs.csv），取本机那一行")
    one.add_argument("--pc", default=None, metavar="名", help="本机在表里的名字（默认用计算机名）")
    one.add_argument("--role", choices=ROLES, default=None, help="不用表时，这台电脑做什么（默认 window）")
    one.add_argument("--account", default=None, metavar="账号", help="运行程序的系统账号")
    one.add_argument("--code", default=None, metavar="登记码", help="第一次连接服务器用的登记码")
    one.add_argument("--stop", action="store_true", help="升级时自己停下正在运行的程序")
    one.add_argument("--no-screen", action="store_true", help="这台电脑没有屏幕，不查屏幕用的系统库")

    back = verbs.add_parser("rollback", help="退回上一个版本，数据保留")
    back.add_argument("--stop", action="store_true", help="自己停下正在运行的程序")
    back.add_argument(
        "--restore", action="store_true", help="旧版本读不了现在的数据时，放回升级前的备份（现在的另存，不删）"
    )

    again = verbs.add_parser("settings", help="按 pcs.csv 重写本机设置")
    again.add_argument("--pcs", type=Path, required=True, metavar="文件")
    again.add_argument("--pc", default=None, metavar="名")

    verbs.add_parser("status", help="装了哪些版本，用的是哪个")
    prune = verbs.add_parser("prune", help="删掉不用的旧版本，留当前和上一个")
    prune.set_defaults(keep=2)
    verbs.add_parser("uninstall", help="删掉程序，数据和备份都保留")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when done, 1 with a sentence when not."""
    args = parser().parse_args(arguments)
    do = {
        "install": install,
        "rollback": rollback,
        "settings": rewrite_settings,
        "status": status,
        "prune": prune,
        "uninstall": uninstall,
    }[args.verb]
    try:
        do(args)
    except SetupFault as fault:
        say(f"✗ {fault}")
        return 1
    except PermissionError as error:
        say(f"✗ 没有权限写 {error.filename}，请用管理员（sudo）运行")
        return 1
    return 0


def run() -> None:
    """The entry of the .pyz and of the frozen program: ``main`` with its answer as the exit status."""
    sys.exit(main())


def places_of(args: argparse.Namespace) -> tuple[Places, State]:
    """Folders and what is known; the data folder of the first installation counts from then on."""
    home = args.home.absolute()
    state = read_state(home)
    default = Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "clerk" if WINDOWS else Path("/var/lib/clerk")
    told = args.data.absolute() if args.data else None
    if state.data and told and Path(state.data) != told:
        raise SetupFault(
            f"这台电脑的数据在 {state.data}，不能换成 {told}。要搬家请先停下程序，自己移动文件夹后改 setup.json"
        )
    return Places(home, Path(state.data) if state.data else told or default, args.system_root), state


# ---------------------------------------------------------------- install and upgrade
def install(args: argparse.Namespace) -> None:
    """Check, put the version beside the others, guard the stores, switch."""
    folder = args.bundle.resolve()
    say(f"核对安装包……{bundles.verify(folder)} 个文件都对")
    bundle = bundles.read_bundle(folder)
    bundles.fits(bundle)
    _libraries(bundle, with_screen=not args.no_screen)
    places, state = places_of(args)
    places.home.mkdir(parents=True, exist_ok=True)
    before = places.active()
    say(f"安装 {bundle.version}……")
    say(f"  放在 {places.version(bundle.version)}" if versions.put(bundle, places) else "  这个版本已经装好了")
    _keep_setup(bundle, places)
    program = versions.command(places.version(bundle.version))
    state.data = str(places.data)
    backup = ""
    served = running.stop_all(places, args.stop) if before not in (None, bundle.version) else False
    if before not in (None, bundle.version) and places.data.exists():
        backup = _guard_stores(places, program, str(before), bundle.version)
    if args.pcs or not (places.data / SETTINGS).exists() or args.code:
        _settle_pc(args, places, state, program)
    state.role = args.role or state.role or "window"
    state.account = args.account or state.account or system().ACCOUNT
    system().make_account(state.account, places.data)
    system().give(places.data, state.account)
    if before != bundle.version:
        places.switch(bundle.version)
        if before is not None:
            at = datetime.now().astimezone().isoformat(timespec="seconds")
            state.upgrades.append(Upgrade(before, bundle.version, at, backup))
            _forget_old_backups(places, state)
    write_state(places.home, state)
    system().furnish(places.home / "setup" / _system_folder(), places, state)
    system().settle(places, state)
    if served:
        running.start_service()
    say(
        f"✓ 现在用的是 {bundle.version}"
        + (f"，上一个版本 {before} 还在，可以退回：clerk-setup rollback" if before else "")
    )
    if not before:
        say("  下一步：clerk doctor 看设备；clerk-start 启动本机的程序，下次登录自动启动")


def _libraries(bundle: bundles.Bundle, *, with_screen: bool) -> None:
    missing = bundles.missing_libraries(with_screen, bundle.cameras)
    if not missing:
        return
    debs = sorted((bundle.folder / "debs").glob("*.deb"))
    if debs and os.geteuid() == 0 and shutil.which("dpkg"):
        wanted = [deb for deb in debs if not _has_package(deb.name.split("_")[0])]
        say(f"装系统库（{len(wanted)} 个 deb，安装包里带的）……")
        line = ["dpkg", "--install", *map(str, wanted)]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SetupFault(f"系统库没有装成：{done.stderr.strip()[-300:]}")
        missing = bundles.missing_libraries(with_screen, bundle.cameras)
    if missing:
        raise SetupFault(
            f"系统少这些库：{' '.join(missing)}。请从系统安装光盘或内网软件源装上，"
            "或用带 debs 的安装包（make bundle DEBS=1）；没有屏幕的服务器加 --no-screen"
        )


def _has_package(name: str) -> bool:
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f=${db:Status-Status}", name], capture_output=True, text=True, check=False
    )
    return shown.stdout.startswith("installed")


def _system_folder() -> str:
    return "windows" if WINDOWS else "linux"


def _keep_setup(bundle: bundles.Bundle, places: Places) -> None:
    """The installer stays on the PC: rolling back must not need the stick."""
    goal = places.home / "setup"
    fresh = goal.with_name("setup.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    shutil.copyfile(bundle.folder / "clerk-setup.pyz", fresh / "clerk-setup.pyz")
    shutil.copytree(bundle.folder / _system_folder(), fresh / _system_folder())
    shutil.rmtree(goal, ignore_errors=True)
    os.replace(fresh, goal)


def _guard_stores(places: Places, program: list[str], before: str, after: str) -> str:
    """Copy the stores, let the new version migrate another copy; the backup's folder. Nothing was switched yet."""
    stamp = _stamp()
    backup = places.backups / f"{stamp}-{before}-to-{after}"
    size = stores.copy(places.data, backup)
    say(f"  升级前的备份 {backup}（{size / 2**20:,.1f} MB）")
    rows = stores.rehearse(program, backup, "migrate")
    for row in rows:
        moved = "" if row["state"] == "current" else f"，结构 {row['schema']} → {row['newest']}"
        say(f"  试升级 {row['name']}：{row['problem'] or '好'}{moved}")
    found = stores.problems(rows)
    if found:
        raise SetupFault(f"新版本升级不了现在的数据，没有切换，继续用 {before}：" + "；".join(found))
    return str(backup)


def _forget_old_backups(places: Places, state: State) -> None:
    """Only the last copies stay: they hold personal data."""
    kept = {upgrade.backup for upgrade in state.upgrades[-KEPT_BACKUPS:]}
    for upgrade in state.upgrades[:-KEPT_BACKUPS]:
        if upgrade.backup and upgrade.backup not in kept and Path(upgrade.backup).is_relative_to(places.backups):
            shutil.rmtree(upgrade.backup, ignore_errors=True)
            upgrade.backup = ""


def _stamp() -> str:
    return f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"


# ---------------------------------------------------------------- settings
def _settle_pc(args: argparse.Namespace, places: Places, state: State, program: list[str]) -> None:
    """Settings from the hall's table, and the enrolment code for the first start."""
    places.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if args.pcs:
        name = args.pc or socket.gethostname()
        told = _pc_line(program, args.pcs, name, places.data)
        state.role, state.account = told["role"], told["account"] or state.account
        say(f"  按 {args.pcs.name} 的“{name}”一行写好设置（{told['role']}）")
    if getattr(args, "code", None):
        _hand_over(places.data / CODE, args.code)


def _pc_line(program: list[str], table: Path, name: str, data: Path) -> dict[str, str]:
    """The program itself writes its settings: it knows every key and refuses what it does not know."""
    line = [*program, "pcs", "write", str(table), "--pc", name, "--data", str(data)]
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        raise SetupFault((done.stdout or done.stderr).strip())
    last = done.stdout.strip().splitlines()[-1]
    return dict(zip(("role", "account"), (*last.split("\t"), ""), strict=False))


def _hand_over(path: Path, code: str) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(code + "\n")


def rewrite_settings(args: argparse.Namespace) -> None:
    """The hall's table has changed: write this PC's settings again."""
    places, state = places_of(args)
    active = places.active()
    if active is None:
        raise SetupFault("这台电脑还没有安装")
    _settle_pc(args, places, state, versions.command(places.version(active)))
    state.account = state.account or system().ACCOUNT
    system().make_account(state.account, places.data)
    system().give(places.data, state.account)
    write_state(places.home, state)
    system().furnish(places.home / "setup" / _system_folder(), places, state)
    system().settle(places, state)
    say("✓ 设置已重写，重新启动程序后生效")


# ---------------------------------------------------------------- back
def rollback(args: argparse.Namespace) -> None:
    """The version before the last switch. Stores stay as they are when it can read them; else a person decides."""
    places, state = places_of(args)
    if not state.upgrades:
        raise SetupFault("没有上一个版本可以退回")
    last = state.upgrades[-1]
    if places.active() != last.after or last.before not in places.installed():
        raise SetupFault(
            f"记录里上一次是从 {last.before} 升到 {last.after}，和现在装的对不上，请用 clerk-setup status 看一下"
        )
    served = running.stop_all(places, args.stop)
    program = versions.command(places.version(last.before))
    found = stores.problems(stores.rehearse(program, places.data, "check")) if places.data.exists() else []
    if found and not args.restore:
        raise SetupFault(
            f"{last.before} 读不了升级后的数据（{'；'.join(found)}），没有退回。"
            f"要退回，请加 --restore：放回 {last.at} 升级前的备份，现在的数据另存不删；"
            "升级以后办的事只在另存的数据里，要按纸上的单子补录。更好的办法是修好新版本再用"
        )
    if found:
        aside = places.data.with_name(f"{places.data.name}-aside-{_stamp()}")
        stores.put_back(Path(last.backup), places.data, aside)
        say(f"  已放回备份 {last.backup}；刚才的数据另存在 {aside}")
    places.switch(last.before)
    state.upgrades.pop()
    write_state(places.home, state)
    if served:
        running.start_service()
    say(f"✓ 已退回 {last.before}" + ("" if found else "，数据一条不少，继续用"))


# ---------------------------------------------------------------- the rest
def status(args: argparse.Namespace) -> None:
    """What is installed and what was done."""
    places, state = places_of(args)
    active = places.active()
    if active is None:
        raise SetupFault(f"{places.home} 里没有安装")
    for name in places.installed():
        say(f"{'→' if name == active else ' '} {name}")
    say(f"本机：{state.role}，账号 {state.account or '（当前用户）'}，数据 {places.data}")
    for upgrade in state.upgrades:
        say(f"{upgrade.at} {upgrade.before} → {upgrade.after}，备份 {upgrade.backup or '（已清理）'}")


def prune(args: argparse.Namespace) -> None:
    """Remove versions that no rollback leads to."""
    places, state = places_of(args)
    needed = {places.active(), *(upgrade.before for upgrade in state.upgrades[-1:])}
    for name in places.installed():
        if name not in needed:
            versions.remove(places, name)
            say(f"已删 {name}")


def uninstall(args: argparse.Namespace) -> None:
    """The program goes, the data stays."""
    places, _ = places_of(args)
    if places.active() is None:
        raise SetupFault(f"{places.home} 里没有安装")
    running.stop_all(places, True)
    source = places.home / "setup" / _system_folder()
    system().unfurnish(source, places)
    shutil.rmtree(places.home)
    say(f"✓ 程序已删。数据还在 {places.data}" + (f"，备份在 {places.backups}" if places.backups.exists() else ""))
