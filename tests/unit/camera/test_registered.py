"""Document cameras by name."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from clerk_app.bootstrap.device_settings import DeviceSettings
from clerk_app.bootstrap.devices import open_devices
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.devices import DeviceFault, DeviceState
from drivers.base.registry import BadAddress, Capability, Context, Registry
from drivers.camera.registered import DRIVERS, video_driver
from drivers.camera.samples import VIEWS, frame
from support.lines import now


def test_the_virtual_camera_lays_the_next_sheet_down_after_each_picture() -> None:
    camera = Registry(DRIVERS).make(Capability.DOCUMENT_CAMERA, "virtual-camera:", Context(now=now))
    assert [camera.capture(5.0) for _ in range(2)] == [frame(VIEWS[0])] * 2  # type: ignore[attr-defined]
    frames: list[bytes] = []
    camera.start(frames.append)  # type: ignore[attr-defined]
    assert [camera.capture(5.0) for _ in range(2)] == [frame(view) for view in VIEWS[:2]]  # type: ignore[attr-defined]
    camera.close()


def test_a_setting_of_the_pc_becomes_the_camera_and_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    settings = DeviceSettings(id_reader="off", document_camera=f"virtual-camera:{tmp_path}", page_printer="off")
    opened = open_devices(settings, SystemClock())
    assert opened.camera is not None
    with pytest.raises(DeviceFault, match="请放入 JPEG 或 PNG"):
        opened.camera.capture(1.0)
    (tmp_path / "a.jpg").write_bytes(frame(VIEWS[0]))
    assert Image.open(io.BytesIO(opened.camera.capture(5.0))).size == VIEWS[0].frame
    assert opened.camera.health().state is DeviceState.READY
    seen: list[bytes] = []
    opened.camera.start(seen.append)
    opened.camera.stop()
    opened.close()


def test_a_slip_in_an_option_is_refused_with_what_is_right() -> None:
    video = video_driver("camera-x", "x", lambda *_: pytest.fail("nothing is opened yet"), dict, "")
    for driver, options, words in (
        (DRIVERS[0], {"row": "up"}, "next"),
        (DRIVERS[0], {"colour": "red"}, "不认识选项"),
        (video, {"size": "big"}, "2592x1944"),
        (video, {"size": "12x"}, "2592x1944"),
    ):
        with pytest.raises(BadAddress, match=words):
            driver.make("", Context(now=now, options=options))
    assert video.make("", Context(now=now, options={"size": "640x480"})) is not None
