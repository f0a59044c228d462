"""Where the fonts are, and the cache of static weights."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import util
from pathlib import Path

from clerk_app.design.fontset import FontSet
from clerk_app.domain.errors import Fault
from clerk_app.typefaces.instances import RECIPE, WEIGHTS, make_instance

_PACKAGE = "justmytype-intl-cjk"
_VARIABLE = ("fonts", "ofl", "notosanssc", "NotoSansSC[wght].ttf")
_FALLBACK_PLACES = (
    Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
    Path("/usr/share/fonts/hanazono/HanaMinB.ttf"),
    Path("/usr/share/fonts/hanazono-fonts/HanaMinB.ttf"),
    Path("C:/Windows/Fonts/simsunb.ttf"),
)

Progress = Callable[[int, int], None]
"""Called with (weights done, weights in all)."""


class TypefaceFault(Fault):
    """The font package is missing or the cache cannot be written."""


def cache_folder() -> Path:
    """Folder of made fonts: ``$CLERK_CACHE/fonts``, else the user's cache folder. It may not exist yet."""
    base = os.environ.get("CLERK_CACHE")
    if base:
        return Path(base) / "fonts"
    from platformdirs import user_cache_path

    return user_cache_path("comprehensive-window", appauthor=False) / "fonts"


def variable_font() -> Path:
    """The variable Noto Sans SC that Qt loads as it is. Raises ``TypefaceFault`` without the font package."""
    spec = util.find_spec("justmytype_intl_cjk")
    if spec is None or spec.origin is None:
        raise TypefaceFault("缺少字体包 justmytype-intl-cjk，请重新安装本程序。")
    path = Path(spec.origin).parent.joinpath(*_VARIABLE)
    if not path.is_file():
        raise TypefaceFault("字体包里没有 Noto Sans SC，请重新安装本程序。")
    return path


def _version(variable: Path) -> str:
    """The font package's version, from the name of the folder that says it: ``importlib.metadata`` reads it as a mail
    header, which costs 30 ms before the first paint."""
    packages = variable.parents[len(_VARIABLE)]
    found = next(packages.glob(f"{_PACKAGE.replace('-', '_')}-*.dist-info"), None)
    if found is not None:
        return found.stem.rpartition("-")[2]
    from importlib import metadata

    return metadata.version(_PACKAGE)


def find_fallback() -> Path | None:
    """A font for the ideographs of Ext B to F, or ``None`` when this machine has none."""
    places = (cache_folder() / "HanaMinB.ttf", *_FALLBACK_PLACES)
    return next((path for path in places if path.is_file()), None)


def find(progress: Progress | None = None) -> FontSet:
    """The fonts of this machine; makes missing static weights (half a minute, once, in two processes).

    Several processes may ask at the same time: one builds, the others wait for it. Raises ``TypefaceFault``.
    """
    variable = variable_font()
    folder = cache_folder() / f"noto-sans-sc-{_version(variable)}-{variable.stat().st_size}-{RECIPE}"
    made = {style: folder / f"NotoSansSC-{style}.ttf" for style in WEIGHTS}
    if not all(path.is_file() for path in made.values()):
        _make(folder, variable, made, progress or (lambda done, total: None))
    return FontSet(variable=variable, regular=made["Regular"], bold=made["Bold"], fallback=find_fallback())


def _make(folder: Path, variable: Path, made: dict[str, Path], tell: Progress) -> None:
    # once in a machine's life: what only the making needs stays off the way to the first paint
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    from filelock import FileLock

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "building.lock"):
            # another process may have made them in the meantime
            wanted = {style: path for style, path in made.items() if not path.is_file()}
            if not wanted:
                return
            tell(0, len(wanted))
            # Threads would share one interpreter lock, and a fork of a process with Qt threads may hang.
            with ProcessPoolExecutor(max_workers=len(wanted), mp_context=get_context("spawn")) as pool:
                jobs = [pool.submit(make_instance, variable, style, path) for style, path in wanted.items()]
                for done, job in enumerate(as_completed(jobs), start=1):
                    job.result()
                    tell(done, len(jobs))
    except (OSError, BrokenProcessPool) as error:
        raise TypefaceFault(f"字体缓存 {folder} 无法生成（{error}），请检查磁盘空间、内存和权限。") from error
