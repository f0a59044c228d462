"""The part of ``clerk doctor`` that looks at the computer: Python, Qt, fonts, input, disk, calendar."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata, util
from pathlib import Path

from clerk_app.bootstrap.doctor import Check, Finding, Patient, bad, good, lacking
from clerk_app.domain.errors import Rejected

_OLDEST_PYTHON, _FIRST_UNKNOWN_PYTHON = (3, 11), (3, 14)
_OLDEST_QT, _FIRST_BAD_QT = (6, 8), (6, 12)
_QT_PACKAGES = ("PySide6-Essentials", "PySide6")
_QT_SECONDS = 60.0
_FULL, _TIGHT = 200 * 2**20, 2 * 2**30
_NEXT_YEAR_IS_DUE = 12
"""Month from which the next year's arrangement is missed; the State Council publishes it in November."""

LEVEL_3 = (
    *((0x4E00, 0x9FEF), (0x3400, 0x4DB5), (0x20000, 0x2A6D6), (0x2A700, 0x2B734), (0x2B740, 0x2B81D)),
    *((0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0)),
    *((point, point) for point in (0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F, 0xFA21, 0xFA23, 0xFA24)),
    *((0xFA27, 0xFA29),),
)
"""The 87,887 ideographs of implementation level 3 of GB 18030-2022, as ranges of code points (both ends count)."""


def python(patient: Patient) -> Iterator[Finding]:
    version = sys.version_info
    found = f"{platform.python_version()}（{platform.system()} {platform.machine()}）"
    if _OLDEST_PYTHON <= version[:2] < _FIRST_UNKNOWN_PYTHON:
        yield good("Python", found)
    else:
        yield bad("Python", found, "要用 Python 3.11、3.12 或 3.13，请换版本后重新安装")


def qt(patient: Patient) -> Iterator[Finding]:
    version = installed_qt()
    if version is None:
        yield bad("Qt", "没有装 PySide6", "请重新安装本程序")
        return
    yield judge_qt(version, sys.version_info[:2])
    if not getattr(sys, "frozen", False):
        yield from _qt_libraries()


def installed_qt() -> str | None:
    """The version of PySide6, without loading it."""
    for package in _QT_PACKAGES:
        try:
            return metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return None


def judge_qt(version: str, python_version: tuple[int, int]) -> Finding:
    """PySide6 6.12 on Python 3.11 ends the program after many signals."""
    numbers = tuple(int(part) for part in version.split(".")[:2])
    if numbers >= _FIRST_BAD_QT and python_version == (3, 11):
        return bad("Qt", f"PySide6 {version} 在 Python 3.11 上用久了会崩溃", "请装 PySide6 6.11.3，或换 Python 3.12")
    if numbers < _OLDEST_QT:
        return bad("Qt", f"PySide6 {version} 太旧", "请装 PySide6 6.8.0.2 到 6.11")
    if numbers >= _FIRST_BAD_QT:
        return lacking("Qt", f"PySide6 {version}", "这个版本还没有试过，装 6.11.3 最稳")
    return good("Qt", f"PySide6 {version}")


def _qt_libraries() -> Iterator[Finding]:
    """Load Qt's widgets in a process of their own: a missing system library shows here and not at the clerk's."""
    program = "import PySide6.QtWidgets, PySide6.QtSvg"
    try:
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, timeout=_QT_SECONDS, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        yield lacking("Qt 的系统库", "没有查成", f"请技术员试着启动一次窗口（{type(error).__name__}）")
        return
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["没有说明"])[-1]
        advice = "Debian、统信、麒麟上请装 libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1"
        yield bad("Qt 的系统库", f"装不全（{last[:120]}）", advice)
    else:
        yield good("Qt 的系统库", "齐全")


def fonts(patient: Patient) -> Iterator[Finding]:
    from clerk_app import typefaces
    from clerk_app.design.fontset import codepoints

    def progress(done: int, total: int) -> None:
        patient.tell(f"正在准备打印用的字体 {done}/{total}，约半分钟，只做一次")

    found = typefaces.find(progress)
    yield good("字体", "Noto Sans SC，屏幕和打印都齐")
    known = codepoints(found.regular)
    if found.fallback is not None:
        known |= codepoints(found.fallback)
    total = sum(last - first + 1 for first, last in LEVEL_3)
    covered = sum(point in known for first, last in LEVEL_3 for point in range(first, last + 1))
    shown = f"GB 18030-2022 实现级别 3 的 {total:,} 个汉字，能显示 {covered:,} 个"
    if covered == total:
        yield good("生僻字", shown)
    elif found.fallback is not None:
        yield good("生僻字", shown, "其余的在屏幕和文书上印成带编码的方框，不会丢")
    else:
        yield lacking("生僻字", shown, "请装扩展字体：Debian、统信、麒麟装 fonts-hanazono；Windows 装“中文补充字体”")


def input_method(patient: Patient) -> Iterator[Finding]:
    if not sys.platform.startswith("linux"):
        yield good("输入法", "用系统自带的")
        return
    yield judge_input(os.environ, plugin_names())


def plugin_names() -> tuple[str, ...]:
    """The input method plug-ins of the installed Qt, e.g. ``ibus``, ``fcitx5``."""
    spec = util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        return ()
    folder = Path(spec.origin).parent / "Qt" / "plugins" / "platforminputcontexts"
    ending = "platforminputcontextplugin.so"
    return tuple(sorted(path.name[3 : -len(ending)] for path in folder.glob(f"lib*{ending}")))


def judge_input(environment: os._Environ[str] | dict[str, str], plugins: Sequence[str]) -> Finding:
    """Whether the input method that is set can reach Qt; fcitx without its plug-in is reached as ibus."""
    wanted = environment.get("QT_IM_MODULE", "")
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        return good("输入法", "这里没有屏幕，不查")
    if environment.get("WAYLAND_DISPLAY") and not wanted:
        return good("输入法", "由 Wayland 桌面提供")
    advice = "请在启动前设 QT_IM_MODULE=ibus（fcitx5 也兼容 ibus），并确认输入法在运行"
    if not wanted:
        return lacking("输入法", "没有设 QT_IM_MODULE，可能打不了汉字", advice)
    if wanted.startswith("fcitx") and not any(name.startswith("fcitx") for name in plugins):
        return lacking("输入法", f"设的是 {wanted}，Qt 里没有它的插件（arm64 上都没有）", advice)
    if wanted not in plugins and not wanted.startswith("fcitx") and wanted not in ("compose", "xim"):
        return lacking("输入法", f"设的是 {wanted}，Qt 里没有它的插件", advice)
    return good("输入法", f"QT_IM_MODULE={wanted}")


def disk(patient: Patient) -> Iterator[Finding]:
    folder = patient.config.folder
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    found = f"数据文件夹所在的盘还有 {free / 2**30:,.1f} GB"
    if free < _FULL:
        yield bad("磁盘", found, "快满了，收件会存不下，请先清出空间")
    elif free < _TIGHT:
        yield lacking("磁盘", found, "不多了，请清出空间")
    else:
        yield good("磁盘", found)


def calendar(patient: Patient) -> Iterator[Finding]:
    from clerk_app.bootstrap import calendar_files

    today = patient.clock.now().date()
    try:
        loaded = calendar_files.load(patient.config.calendars)
    except Rejected as refused:
        yield bad("日历", "读不了，算不出期限", str(refused))
        return
    until = loaded.official_until
    found = f"放假安排到 {until.year} 年" if until is not None else "没有放假安排"
    if not loaded.is_official(today):
        advice = f"{today.year} 年放假安排还没有导入，承诺期限会印成暂定。请把日历文件写进设置的 calendars"
        yield lacking("日历", found, advice)
    elif today.month >= _NEXT_YEAR_IS_DUE and not loaded.is_official(today.replace(year=today.year + 1, day=1)):
        advice = f"{today.year + 1} 年放假安排还没有导入，跨年的期限会印成暂定。请把日历文件写进设置的 calendars"
        yield lacking("日历", found, advice)
    else:
        yield good("日历", found)


def real_data(patient: Patient) -> Iterator[Finding]:
    named = os.environ.get("CLERK_REAL_DATA")
    if not named:
        return
    folder = Path(named)
    files = sorted(path.name for path in folder.glob("*")) if folder.is_dir() else []
    if files:
        yield good("真实目录数据", f"{named}（{len(files)} 个文件）")
    else:
        yield lacking(
            "真实目录数据", f"{named} 里没有文件", "演示改用自带的示例目录；要用真实目录请核对 CLERK_REAL_DATA"
        )


CHECKS: tuple[tuple[str, Check], ...] = (
    ("Python", python),
    ("Qt", qt),
    ("字体", fonts),
    ("输入法", input_method),
    ("磁盘", disk),
    ("日历", calendar),
    ("真实目录数据", real_data),
)
