"""What the window tells its devices around the counter, and what of theirs it understands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.bootstrap.counter_devices import for_window, pairing, rating_prompt, strokes_of
from clerk_app.bootstrap.device_settings import DeviceSettings
from clerk_app.bootstrap.devices import open_devices
from clerk_app.bootstrap.settings import Settings, VoiceSettings, WindowSettings, load
from clerk_app.domain.signatures import PAD_RATIO, clean_strokes
from clerk_app.ports.clock import SystemClock
from drivers.base.readings import SignaturePoint, SignatureReading


def written(width: int, height: int, *points: tuple[int, int]) -> SignatureReading:
    return SignatureReading(width, height, (tuple(SignaturePoint(x, y, 1.0, 0.0) for x, y in points),))


@pytest.mark.parametrize(("width", "height"), [(1024, 512), (2400, 1000), (480, 272), (500, 500), (3000, 400)])
def test_a_signature_keeps_its_shape_whatever_the_pads_is(width: int, height: int) -> None:
    (stroke,) = strokes_of(written(width, height, (0, 0), (width // 2, 0), (0, height // 2)))
    across = (stroke[1][0] - stroke[0][0]) * PAD_RATIO
    down = stroke[2][1] - stroke[0][1]
    assert across / (width // 2) == pytest.approx(down / (height // 2))
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in stroke)


def test_a_pads_signature_is_one_for_the_program() -> None:
    points = tuple((100 + 30 * step, 100 + (step % 3) * 60) for step in range(20))
    assert clean_strokes(strokes_of(written(1024, 512, *points)))


def test_a_tablet_learns_its_window_and_what_is_written_goes_before(tmp_path: Path) -> None:
    plain = DeviceSettings(evaluator="tablet:8460")
    options = for_window(plain, "3", tmp_path).options_of("evaluator")
    assert options == {"window": "3", "file": str(tmp_path / "tablet-pairing")}
    own = replace(plain, options={"evaluator": {"window": "三"}})
    assert for_window(own, "3", tmp_path).options_of("evaluator")["window"] == "三"
    keypad = DeviceSettings(evaluator="COM5")
    assert for_window(keypad, "3", tmp_path) is keypad


def test_only_a_tablet_can_be_paired(tmp_path: Path) -> None:
    settings = for_window(DeviceSettings(id_reader="off", evaluator="tablet:127.0.0.1:58461"), "3", tmp_path)
    devices = open_devices(settings, SystemClock())
    offer = pairing(settings, devices)
    assert offer is not None
    given = offer()
    assert given.link.startswith("http://127.0.0.1:58461/#")
    assert given.code in given.link
    assert given.code not in repr(given)
    devices.close()
    keypad = DeviceSettings(id_reader="off", evaluator="COM97")
    assert pairing(keypad, open_devices(keypad, SystemClock())) is None


def test_every_device_around_the_counter_is_made_from_one_line_each(tmp_path: Path) -> None:
    (tmp_path / "clerk.toml").write_text(
        """
[devices]
id_reader = "off"
caller_keypad = "ff68-keypad:COM95"
call_board = "led-sum:COM96#3"
code_scanner = "scan-serial:COM97"
signature_pad = "virtual-pad"

[devices.evaluator]
driver = "ff68-evaluator:COM95"
levels = "0=5 1=- 2=2 3=1"

[window]
keyboard_scanner = true
rating_prompt = "请您评价这次服务"
""",
        encoding="utf-8",
    )
    config = load(tmp_path)
    devices = open_devices(config.devices, SystemClock())
    assert {"evaluator", "caller_keypad", "call_board", "code_scanner", "signature_pad"} <= set(devices.all())
    assert config.window.keyboard_scanner
    devices.close()


def test_a_rating_is_asked_for_aloud_only_where_the_hall_wants_it(tmp_path: Path) -> None:
    silent = Settings(tmp_path)
    assert rating_prompt(silent, SystemClock()) is None
    asking = replace(silent, window=WindowSettings(rating_prompt="请您评价这次服务"))
    prompt = rating_prompt(asking, SystemClock())
    assert prompt is not None
    assert prompt.text == "请您评价这次服务"
    assert rating_prompt(replace(asking, voice=VoiceSettings(speaker="off")), SystemClock()) is None
