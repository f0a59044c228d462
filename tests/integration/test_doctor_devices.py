"""``clerk doctor find|print|read|scan|export`` on simulated devices: the table, the trials, the exit status."""

from __future__ import annotations

import argparse
import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app import cli, typefaces
from clerk_app.bootstrap import doctor_devices
from clerk_app.bootstrap.simulate import SimulatedDevices
from drivers.idcard import samples

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals are a POSIX matter")


@pytest.fixture
def simulated(tmp_path: Path) -> Iterator[SimulatedDevices]:
    """Reader, printer and scanner, named in the settings of ``tmp_path``."""
    keys = ("id_reader", "receipt_printer", "code_scanner")
    with SimulatedDevices(keys, tcp=False, font=typefaces.find().regular) as devices:
        (tmp_path / "clerk.toml").write_text(f'{devices.table()}page_printer = "off"\n', encoding="utf-8")
        yield devices


def doctor(folder: Path, action: str, out: Path | None = None) -> int:
    return doctor_devices.run(argparse.Namespace(data=folder, action=action, out=out))


def test_find_lists_states_below_each_other_and_tells_an_ill_one_by_its_status(
    simulated: SimulatedDevices, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor(tmp_path, "find") == doctor_devices.GOOD
    lines = capsys.readouterr().out.splitlines()
    reader = next(line for line in lines if line.strip().startswith("身份证读卡器  就绪"))
    assert "ga467-serial:" in reader
    assert any(line.strip().startswith("评价器        未设置") for line in lines)
    simulated.devices["receipt_printer"].run_out_of_paper()  # type: ignore[attr-defined]
    assert doctor(tmp_path, "find") == doctor_devices.ILL
    assert "缺纸" in capsys.readouterr().out


def test_print_makes_a_paper_that_shows_what_may_go_wrong(
    simulated: SimulatedDevices, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor(tmp_path, "print") == doctor_devices.GOOD
    assert "✓ 打好了" in capsys.readouterr().out
    (ticket,) = simulated.devices["receipt_printer"].tickets  # type: ignore[attr-defined]
    assert "打印测试" in ticket.text
    assert "看得到这一行就是打完了" in ticket.text
    assert "escpos-serial:" in ticket.text
    if folder := os.environ.get("CLERK_GRABS"):
        ticket.framed().save(Path(folder) / "proof.png")
    simulated.devices["receipt_printer"].set_cover(True)  # type: ignore[attr-defined]
    assert doctor(tmp_path, "print") == doctor_devices.ILL
    assert "✗ 小票打印机的盖子没有合上" in capsys.readouterr().out


def test_read_shows_a_card_masked(
    simulated: SimulatedDevices, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    simulated.devices["id_reader"].place_card(samples.RESIDENT)  # type: ignore[attr-defined]
    assert doctor(tmp_path, "read") == doctor_devices.GOOD
    out = capsys.readouterr().out
    assert "✓ 读到居民身份证：" in out
    assert samples.RESIDENT.number not in out
    assert samples.RESIDENT.name not in out


def test_a_card_that_does_not_come_is_told(
    simulated: SimulatedDevices, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_devices, "CARD_S", 0.2)
    assert doctor(tmp_path, "read") == doctor_devices.ILL
    assert "没有读到证" in capsys.readouterr().out


def test_a_reader_that_is_away_says_what_to_do(
    simulated: SimulatedDevices, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    simulated.devices["id_reader"].unplug()  # type: ignore[attr-defined]
    assert doctor(tmp_path, "read") == doctor_devices.ILL
    assert "✗ 读卡器没有连上" in capsys.readouterr().out


def test_scan_shows_a_code_without_who_it_is(
    simulated: SimulatedDevices, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scanner = simulated.devices["code_scanner"]
    threading.Timer(1.0, scanner.hold, ["张三 110101199003070011"]).start()  # type: ignore[attr-defined]
    assert doctor(tmp_path, "scan") == doctor_devices.GOOD
    out = capsys.readouterr().out
    assert "✓ 扫到 21 个字符" in out
    assert "110101199003070011" not in out
    assert "张三" not in out


@pytest.mark.parametrize("action", ["print", "read", "scan"])
def test_what_is_not_set_up_has_a_status_of_its_own(
    action: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "clerk.toml").write_text('[devices]\nid_reader = "off"\n', encoding="utf-8")
    assert doctor(tmp_path, action) == doctor_devices.NOT_SET_UP
    assert "clerk.toml" in capsys.readouterr().out


def test_export_lies_where_it_was_wanted(
    simulated: SimulatedDevices, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor(tmp_path, "export", tmp_path / "stick") == doctor_devices.GOOD
    (path,) = (tmp_path / "stick").iterdir()
    assert str(path) in capsys.readouterr().out
    with zipfile.ZipFile(path) as archive:
        assert "就绪" in archive.read("设备.txt").decode()


def test_a_setting_that_cannot_be_read_is_told_for_every_action(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "clerk.toml").write_text('[devices]\nreceipt_printer = "lpt1"\n', encoding="utf-8")
    for action in doctor_devices.ACTIONS:
        assert doctor(tmp_path, action) == doctor_devices.ILL
        assert "[devices] receipt_printer 写的“lpt1”不行" in capsys.readouterr().out


def test_the_command_line_knows_the_actions() -> None:
    assert cli.parser().parse_args(["doctor", "find"]).action == "find"
    assert cli.parser().parse_args(["doctor"]).action is None
    with pytest.raises(SystemExit):
        cli.parser().parse_args(["doctor", "guess"])
