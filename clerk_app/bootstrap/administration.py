"""What a technician does at the server's own computer: people and enrolment codes, without a login.

Whoever may read the key file of the store is the server's own account; the journal names the server as the actor.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from clerk_app.bootstrap import logs, settings
from clerk_app.bootstrap.console import say
from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.errors import Fault, Refusal, Rejected
from clerk_app.ports.hall import EnrolCode, NewUser, UserInfo

ROLES = {
    "clerk": Role.CLERK,
    "reviewer": Role.REVIEWER,
    "chief_representative": Role.CHIEF_REPRESENTATIVE,
    "seal_keeper": Role.SEAL_KEEPER,
    "manager": Role.MANAGER,
    "technician": Role.TECHNICIAN,
    "auditor": Role.AUDITOR,
}
KINDS = {
    "window": DeviceKind.WINDOW,
    "kiosk": DeviceKind.KIOSK,
    "display": DeviceKind.DISPLAY,
    "platform": DeviceKind.PLATFORM,
    "board": DeviceKind.BOARD,
    "office": DeviceKind.OFFICE,
    "hall": DeviceKind.HALL,
}


def has_people(folder: Path) -> bool:
    """Whether anybody can log in at the hall of this folder."""
    from clerk_app.bootstrap.server import open_hall

    hall = open_hall(folder)
    try:
        return hall.desk.store.read(hall.hall_id, lambda unit: unit.people.count()) > 0
    finally:
        hall.close()


def add_person(folder: Path, wish: NewUser) -> UserInfo:
    """Create a person; ``Rejected`` by field, ``Conflict`` for a login name that is taken."""
    from clerk_app.bootstrap.server import open_hall
    from clerk_app.services.hall.tools import system_actor

    hall = open_hall(folder)
    try:
        actor = system_actor(hall.hall_id)
        user = hall.desk.people.prepare(wish)
        made = hall.desk.store.write(
            hall.hall_id, actor.device_id, lambda unit: hall.desk.people.create(unit, actor, user)
        )
        hall.desk.committed(hall.hall_id)
        return made
    finally:
        hall.close()


def enrol_code(folder: Path, kind: DeviceKind, window_no: str | None) -> EnrolCode:
    """A one-time code for one device."""
    from clerk_app.bootstrap.server import open_hall

    hall = open_hall(folder)
    try:
        return hall.enrol_code(kind, window_no)
    finally:
        hall.close()


def run_user(args: argparse.Namespace) -> int:
    """``clerk user add``: 0 when the person can log in now."""
    folder = args.data or settings.default_folder()
    logs.start(folder, "administration")
    try:
        roles = tuple(ROLES[name] for name in args.role or ("clerk",))
        first = getpass.getpass("密码：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        if sys.stdin.isatty() and getpass.getpass("再输一遍：") != first:
            raise Rejected("password", "两次输的密码不一样，没有建账号")
        made = add_person(folder, NewUser(args.login, args.name, first, roles))
    except (Refusal, Fault) as known:
        say(str(known))
        return 1
    say(f"已建账号 {made.login_name}（{made.name}），可以登录了")
    return 0


def run_enrol(args: argparse.Namespace) -> int:
    """``clerk enrol``: prints a code and how to use it."""
    folder = args.data or settings.default_folder()
    logs.start(folder, "administration")
    kind = KINDS[args.kind]
    if kind is DeviceKind.WINDOW and not args.number:
        say("窗口要写窗口号，如：clerk enrol window --number 12")
        return 1
    if kind is DeviceKind.HALL and not settings.load(folder).server.many_halls:
        say("要收下级大厅的记录，先在 clerk.toml 的 [server] 写 many_halls = true，再重新启动服务器")
        return 1
    numbered = kind in {DeviceKind.WINDOW, DeviceKind.HALL}
    try:
        made = enrol_code(folder, kind, args.number if numbered else None)
    except (Refusal, Fault) as known:
        say(str(known))
        return 1
    if kind is DeviceKind.PLATFORM:
        say(f"平台登记码 {made.code}（{made.expires_at:%H:%M} 前有效，只能用一次）")
        say("把登记码和服务器地址交给平台的技术人员，登记办法见 docs/online-api.md")
        return 0
    if kind is DeviceKind.HALL:
        say(f"大厅 {args.number} 的登记码 {made.code}（{made.expires_at:%H:%M} 前有效，只能用一次）")
        say(f"在那个大厅的服务器上运行：clerk server --upstream https://本服务器地址:端口 --upstream-code {made.code}")
        return 0
    number = f" --number {args.number}" if kind is DeviceKind.WINDOW else ""
    say(f"登记码 {made.code}（{made.expires_at:%H:%M} 前有效，只能用一次）")
    say(f"在那台电脑上运行：clerk {args.kind} --server https://服务器地址:端口{number} --code {made.code}")
    return 0
