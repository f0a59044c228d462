"""The command ``clerk``: one word per program. Everything heavy is imported by the chosen program alone."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from clerk_app import __version__


def parser() -> argparse.ArgumentParser:
    """The command line, with help in Chinese: technicians read it."""
    top = argparse.ArgumentParser(prog="clerk", description="综合窗口：窗口、取号机、大厅屏、服务器")
    top.add_argument("--version", action="version", version=f"clerk {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="命令")

    def program(name: str, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.add_argument("--data", type=Path, default=None, metavar="文件夹", help="数据文件夹（默认在用户目录下）")
        return made

    for name, text in (("window", "综合窗口"), ("kiosk", "取号机"), ("display", "大厅屏"), ("board", "大厅实况")):
        one = program(name, text)
        one.add_argument("--server", default=None, metavar="地址", help="别的电脑上的服务器，如 https://192.168.1.10:8443")
        one.add_argument("--code", default=None, metavar="登记码", help="第一次连接时用的一次性登记码")
        if name == "window":
            one.add_argument("--number", default=None, metavar="号", help="窗口号")

    server = program("server", "服务器")
    server.add_argument("--host", default="127.0.0.1", help="监听地址；给别的电脑用时写 0.0.0.0")
    server.add_argument("--port", type=int, default=8443, help="端口，0 为任选")
    server.add_argument("--database", default=None, metavar="地址", help="如 postgresql+psycopg://clerk@主机/hall")
    server.add_argument("--instance", default=None, metavar="名", help="同一文件夹第二个服务器的名字，如 b")
    server.add_argument("--print-enrol-code", action="store_true", help="启动后印一个一次性登记码")
    server.add_argument("--upstream", default=None, metavar="地址", help="上级（市级）服务器，如 https://10.1.1.20:8443")
    server.add_argument("--upstream-code", default=None, metavar="登记码", help="第一次连上级服务器时用的一次性登记码")
    server.add_argument("--exit-when-idle", type=float, default=None, metavar="秒", help="这么久没有设备连接就退出")

    demo = program("demo", "在一台电脑上演示整个大厅（虚拟设备、示例数据）")
    demo.add_argument("--offscreen", action="store_true", help="不开窗口，自动办几位群众，结果存到 --out")
    demo.add_argument("--out", type=Path, default=Path("out/demo"), metavar="文件夹", help="结果存到哪里")

    doctor = program("doctor", "这台电脑有什么、缺什么；找设备、试打、试读、导出")
    doctor.add_argument(
        "action",
        nargs="?",
        choices=("find", "print", "read", "scan", "export"),
        metavar="find|print|read|scan|export",
        help="找设备、试打一张、试读一张证、试扫一个码、导出给技术支持；不写就全面检查一遍",
    )
    doctor.add_argument("--out", type=Path, default=None, metavar="文件夹", help="导出到哪里（默认在数据文件夹下）")

    simulate = program("simulate", "模拟的设备（读卡器、打印机……），练习和测试用")
    simulate.add_argument("device", nargs="*", metavar="设备", help="不写就全部；可用的见 clerk simulate --list")
    simulate.add_argument("--list", action="store_true", help="列出能模拟的设备和能做的动作")
    simulate.add_argument("--tcp", action="store_true", help="走网口，不用虚拟串口（Windows 上只有网口）")
    simulate.add_argument("--script", type=Path, default=None, metavar="文件", help="按时间做动作的脚本")
    simulate.add_argument("--write", action="store_true", help="把这些设备写进 --data 的 clerk.toml（已有就不写）")
    simulate.add_argument("--seconds", type=float, default=None, metavar="秒", help="这么久以后结束，默认到按 Ctrl+C")

    verify = program("verify-dispatch", "重新核对一天的随机分派（日志、候选、抽取）")
    verify.add_argument("day", metavar="日期", help="如 2026-11-23")
    verify.add_argument("--file", type=Path, default=None, metavar="文件", help="核对公示的日志文件，不用服务器的数据")
    verify.add_argument("--save", type=Path, default=None, metavar="文件", help="把当天的日志另存一份")

    catalogue = commands.add_parser("catalogue", help="事项目录", description="事项目录")
    verbs = catalogue.add_subparsers(dest="verb", required=True, metavar="动作")
    load = verbs.add_parser("import", help="导入目录文件（json、xlsx、csv），成为新的一版")
    load.add_argument("files", nargs="+", type=Path, metavar="文件")
    load.add_argument("--data", type=Path, default=None, metavar="文件夹", help="服务器的数据文件夹")

    user = commands.add_parser("user", help="账号（在服务器电脑上）", description="账号（在服务器电脑上）")
    doings = user.add_subparsers(dest="verb", required=True, metavar="动作")
    add = doings.add_parser("add", help="建一个账号，密码随后输入")
    add.add_argument("login", metavar="登录名")
    add.add_argument("--name", required=True, metavar="姓名", help="印在文书上的姓名")
    add.add_argument(
        "--role",
        action="append",
        choices=(
            *("clerk", "reviewer", "chief_representative", "seal_keeper"),
            *("manager", "technician", "auditor"),
        ),
        help="岗位，可写几个；默认 clerk（综窗人员）",
    )
    add.add_argument("--data", type=Path, default=None, metavar="文件夹", help="服务器的数据文件夹")

    enrol = commands.add_parser(
        "enrol",
        help="给另一台电脑或外部平台的一次性登记码（在服务器电脑上）",
        description="给另一台电脑或外部平台（网上预审、网上补件）的一次性登记码",
    )
    enrol.add_argument(
        "kind",
        choices=("window", "kiosk", "display", "board", "office", "platform", "hall"),
        metavar="window|kiosk|display|board|office|platform|hall",
    )
    enrol.add_argument("--number", default=None, metavar="号", help="窗口号；下级大厅（hall）的代码")
    enrol.add_argument("--data", type=Path, default=None, metavar="文件夹", help="服务器的数据文件夹")

    stores = commands.add_parser("stores", help="这个版本能不能用现有的数据", description="数据的结构")
    looks = stores.add_subparsers(dest="verb", required=True, metavar="动作")
    for verb, text in (("check", "只看"), ("migrate", "升级到这个版本的结构")):
        one = looks.add_parser(verb, help=text)
        one.add_argument("--data", type=Path, default=None, metavar="文件夹", help="数据文件夹")
        one.add_argument("--json", action="store_true", help="给安装程序读")

    backup = program("backup", "备份服务器的数据（服务器可以照常运行）")
    backup.add_argument("--out", type=Path, required=True, metavar="位置", help="文件，或文件夹（文件名带时间）")
    backup.add_argument("--database", default=None, metavar="地址", help="PostgreSQL 的地址，默认按设置")
    backup.add_argument("--keep", type=int, default=None, metavar="份", help="文件夹里只留最近几份")

    restore = program("restore", "用备份或第二份恢复服务器的数据，恢复到空的地方并逐表核对")
    restore.add_argument("source", type=Path, metavar="备份", help="备份文件，或第二份所在的文件夹")
    restore.add_argument("--key", type=Path, default=None, metavar="文件", help="密钥文件 hall.key")
    restore.add_argument("--database", default=None, metavar="地址", help="恢复进这个空的 PostgreSQL 库")
    restore.add_argument("--gap", type=int, default=None, metavar="个", help="今天的号跳过多少个再发（默认 500）")

    export = commands.add_parser(
        "export",
        help="把办件导出到别的系统（在服务器电脑上）",
        description="把办件导出到 clerk.toml 里 [platform] 写的系统",
    )
    deeds = export.add_subparsers(dest="verb", required=True, metavar="动作")
    for verb, text in (("now", "现在导出"), ("status", "导出到哪里了"), ("refused", "哪些没有导出，为什么")):
        one = deeds.add_parser(verb, help=text)
        one.add_argument("--data", type=Path, default=None, metavar="文件夹", help="服务器的数据文件夹")
        if verb == "now":
            one.add_argument("--again", action="store_true", help="对方退回过的也再发一次")

    upstream = commands.add_parser(
        "upstream", help="向上级服务器传到哪里了（在服务器电脑上）", description="向上级（市级）服务器的上传"
    )
    steps = upstream.add_subparsers(dest="verb", required=True, metavar="动作")
    for verb, text in (("status", "传到哪里了，哪些没有收，为什么"), ("retry", "没有收的再传一次")):
        one = steps.add_parser(verb, help=text)
        one.add_argument("--data", type=Path, default=None, metavar="文件夹", help="服务器的数据文件夹")

    send = program("send-records", "把一个停用窗口里没上传的记录补传一次（技术员用）")
    send.add_argument("--number", required=True, metavar="号", help="那些记录的窗口号")
    send.add_argument("--server", required=True, metavar="地址", help="服务器，如 https://192.168.1.10:8443")
    send.add_argument("--code", required=True, metavar="登记码", help="给这个窗口号的一次性登记码")

    pcs = commands.add_parser("pcs", help="全大厅电脑的设置，一张表（pcs.csv）", description="全大厅电脑的设置，一张表")
    jobs = pcs.add_subparsers(dest="verb", required=True, metavar="动作")
    for verb, text in (
        ("check", "检查每一行"),
        ("write", "写出一台电脑的 clerk.toml"),
        ("codes", "在服务器电脑上给每一行一个登记码"),
    ):
        one = jobs.add_parser(verb, help=text)
        one.add_argument("table", type=Path, metavar="表", help="pcs.csv")
        one.add_argument("--data", type=Path, default=None, metavar="文件夹", help="数据文件夹")
        if verb == "write":
            one.add_argument("--pc", required=True, metavar="名", help="表里的哪一台")
        if verb == "codes":
            one.add_argument("--out", type=Path, required=True, metavar="文件", help="带登记码的表写到哪里")
            one.add_argument("--hours", type=int, default=72, metavar="小时", help="登记码多久内有效（默认 72）")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one program; the return value is the exit status."""
    args = parser().parse_args(arguments)
    if args.command == "server":
        from clerk_app.bootstrap.server import run
    elif args.command == "window":
        from clerk_app.bootstrap.window import run
    elif args.command == "kiosk":
        from clerk_app.bootstrap.kiosk import run
    elif args.command == "display":
        from clerk_app.bootstrap.display import run
    elif args.command == "board":
        from clerk_app.bootstrap.board import run
    elif args.command == "demo":
        from clerk_app.bootstrap.demo import run
    elif args.command == "doctor" and args.action:
        from clerk_app.bootstrap.doctor_devices import run
    elif args.command == "doctor":
        from clerk_app.bootstrap.doctor import run
    elif args.command == "simulate":
        from clerk_app.bootstrap.simulate import run
    elif args.command == "verify-dispatch":
        from clerk_app.bootstrap.dispatch import run
    elif args.command == "user":
        from clerk_app.bootstrap.administration import run_user as run
    elif args.command == "enrol":
        from clerk_app.bootstrap.administration import run_enrol as run
    elif args.command == "stores":
        from clerk_app.bootstrap.stores import run
    elif args.command == "backup":
        from clerk_app.bootstrap.backup import run_backup as run
    elif args.command == "restore":
        from clerk_app.bootstrap.backup import run_restore as run
    elif args.command == "export":
        from clerk_app.bootstrap.platforms import run
    elif args.command == "upstream":
        from clerk_app.bootstrap.server_upward import run
    elif args.command == "send-records":
        from clerk_app.bootstrap.records_by_hand import run
    elif args.command == "pcs":
        from clerk_app.bootstrap.pcs import run
    else:
        from clerk_app.bootstrap.catalogue import run
    return run(args)


if __name__ == "__main__":
    sys.exit(main())
