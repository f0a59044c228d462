"""Document cameras by name. ``virtual-camera:`` shows made-up sheets, ``virtual-camera:/path/to/pictures`` a folder's.

``camera-qt`` needs Qt, which no driver knows: whoever has it (the window's start) gives the source and the look for
cameras to ``video_driver`` and registers what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from drivers.base.registry import BadAddress, Capability, Context, Driver, Found
from drivers.camera.camera import FrameCamera, FrameSource
from drivers.camera.folder import from_folder, made_up

_ROW = {"next": True, "same": False}


def camera_of(make: Callable[[], FrameSource], context: Context) -> FrameCamera:
    """The camera over a source, with the clocks and the trace of ``context``."""
    return FrameCamera(make, now=context.now, monotonic=context.monotonic, trace=context.trace)


def video_driver(
    name: str,
    title: str,
    source: Callable[[str, str], FrameSource],
    look: Callable[[], Mapping[str, str]],
    tried: str,
) -> Driver:
    """A driver for video devices. ``source(address, size)`` gives an unopened source: the empty address is the first
    camera there is, the empty size its largest, else e.g. ``2592x1944``. ``look`` tells address → title of what hangs
    on this PC now."""

    def make(address: str, context: Context) -> FrameCamera:
        _refuse_unknown(context.options, {"size"})
        size = context.options.get("size", "")
        if size and not _is_size(size):
            raise BadAddress(f"size 写的“{size}”认不出，应像 2592x1944，或者不写（用最大的）")
        return camera_of(lambda: source(address, size), context)

    def discover(context: Context) -> Iterable[Found]:
        return [Found(name, address, words) for address, words in look().items()]

    return Driver(name, Capability.DOCUMENT_CAMERA, title, make, discover, tried)


def _is_size(text: str) -> bool:
    width, _, height = text.partition("x")
    return all(part.isascii() and part.isdigit() and 0 < int(part) < 100_000 for part in (width, height))


def _make_virtual(address: str, context: Context) -> FrameCamera:
    _refuse_unknown(context.options, {"row"})
    row = context.options.get("row", "next")
    if row not in _ROW:
        raise BadAddress(f"row 写的“{row}”认不出，应是 next（拍一张换一张）或 same（总是同一张）")
    if not address:
        return camera_of(made_up, context)
    return camera_of(lambda: from_folder(Path(address), turn_over=_ROW[row]), context)


def _refuse_unknown(options: Mapping[str, str], known: set[str]) -> None:
    unknown = sorted(set(options) - known)
    if unknown:
        raise BadAddress(f"高拍仪的驱动不认识选项 {'、'.join(unknown)}，它的选项：{'、'.join(sorted(known))}")


DRIVERS: tuple[Driver, ...] = (
    Driver(
        "virtual-camera", Capability.DOCUMENT_CAMERA, "虚拟高拍仪（文件夹里的图片）", _make_virtual, tried="就是模拟器"
    ),
)
