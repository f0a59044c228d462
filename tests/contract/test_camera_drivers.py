"""The document camera's contract on recorded pictures in a folder."""

from __future__ import annotations

from pathlib import Path

from drivers.base.devices import DocumentCamera
from drivers.base.trace import TraceLog
from drivers.camera.camera import FrameCamera
from drivers.camera.folder import from_folder
from drivers.contract.camera import CameraBench, DocumentCameraContract
from support.lines import now


class FolderBench:
    """One picture in a folder; the folder's name is the plug."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "camera"
        self._away = folder / "pulled"
        self.folder.mkdir()

    def lay(self, picture: bytes) -> None:
        beside = self.folder / "sheet.new"
        beside.write_bytes(picture)
        beside.replace(self.folder / "sheet.jpg")

    def unplug(self) -> None:
        self.folder.rename(self._away)

    def replug(self) -> None:
        self._away.rename(self.folder)


class TestVirtualCamera(DocumentCameraContract):
    def make_bench(self, folder: Path) -> CameraBench:
        return FolderBench(folder)

    def make_camera(self, bench: CameraBench, trace: TraceLog) -> DocumentCamera:
        assert isinstance(bench, FolderBench)
        folder = bench.folder
        return FrameCamera(lambda: from_folder(folder), now=now, trace=trace, again_after=0.05, preview_every=0.02)
