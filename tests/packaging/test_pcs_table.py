"""``pcs.csv``: one table for all PCs of a hall."""

from __future__ import annotations

import argparse
import shutil
import stat
from pathlib import Path

import pytest

from clerk_app.bootstrap import pcs, settings
from clerk_app.cli import main
from clerk_app.domain.errors import Rejected

EXAMPLE = Path(__file__).parents[2] / "packaging" / "pcs.example.csv"


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "pcs.csv"
    path.write_text(text, encoding=encoding)
    return path


def forty(folder: Path) -> Path:
    lines = ["电脑,用途,账号,登记码,window.number,window.server,window.text_size,devices.receipt_printer"]
    lines.append("*,,chuangkou,,,https://192.168.1.10:8443,1.25,tcp:192.168.1.50:9100")
    lines += [f"ck-{number:02},窗口,,,{number},,," for number in range(1, 38)]
    lines += ["quhao-1,取号机,,,,,,", "daping-1,大厅屏,,,,,,off", "fuwuqi,服务器,clerk,,,,,"]
    return table(folder, "\n".join(lines) + "\n")


def test_forty_pcs_get_their_settings_from_one_table(tmp_path: Path) -> None:
    rows = pcs.read_table(forty(tmp_path))
    assert len(rows) == 40
    assert pcs.check(rows) == []
    for row in rows:
        pcs.write(row, tmp_path / row.name)
        made = settings.load(tmp_path / row.name)
        assert made.window.server == "https://192.168.1.10:8443"
        assert made.window.text_size == 1.25
    assert settings.load(tmp_path / "ck-07").window.number == "7"
    assert settings.load(tmp_path / "ck-07").devices.receipt_printer == "tcp:192.168.1.50:9100"
    assert settings.load(tmp_path / "daping-1").devices.receipt_printer == "off"
    assert {row.role for row in rows} == {"window", "kiosk", "display", "server"}


def test_the_example_in_the_bundle_is_a_good_table() -> None:
    assert pcs.check(pcs.read_table(EXAMPLE)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_saved_by_any_office_program_is_read(tmp_path: Path, encoding: str) -> None:
    path = table(tmp_path, "电脑,用途,账号\n一号窗口,window,窗口员\n", encoding)
    assert pcs.read_table(path)[0].account == "窗口员"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "是空的"),
        ("机器,用途\na,window\n", "第 1 行要有“电脑”“用途”两列"),
        ("电脑,用途,用途\na,window,\n", "有两列同名"),
        ("电脑,用途\na,窗囗\n", "第 2 行：电脑“a”的用途“窗囗”不认识"),
        ("电脑,用途\na,window\nA,kiosk\n", "有两行"),
        ("电脑,用途\na,window,1,2\n", "第 2 行有 4 格"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_with_its_line(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(Rejected, match=word):
        pcs.read_table(table(tmp_path, text))


def test_all_mistakes_are_told_at_once_before_anybody_walks_to_a_pc(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(
        tmp_path,
        "电脑,用途,window.number,window.text_size,window.colour,window.citizen_screen\n"
        "a,window,1,large,,\nb,window,1,,blue,\nc,window,,,,\nd,kiosk,,,,\ne,window,5,,,second\n",
    )
    assert main(["pcs", "check", str(path)]) == 1
    said = capsys.readouterr().out
    assert "第 2 行的 window.text_size 写错了：large" in said
    assert "里不认识 colour" in said
    assert "窗口号 1 和 a 相同" in said
    assert "第 4 行（c）：窗口没有写 window.number" in said
    assert "第 5 行（d）：没有写 window.server" in said
    assert "citizen_screen 可写 auto、window、off" in said
    assert "5 台电脑，6 处要改" in said


def test_a_pc_is_found_by_its_name_whatever_the_system_makes_of_it(tmp_path: Path) -> None:
    rows = pcs.read_table(forty(tmp_path))
    assert pcs.find(rows, "CK-03").values["window.number"] == "3"
    assert pcs.find(rows, "ck-03.hall.local").values["window.number"] == "3"
    with pytest.raises(Rejected, match="表里没有“ck-77”"):
        pcs.find(rows, "ck-77")


def test_settings_written_by_hand_are_kept_beside_the_new_ones(tmp_path: Path) -> None:
    row = pcs.read_table(forty(tmp_path))[0]
    (tmp_path / "clerk.toml").write_text('[window]\nnumber = "99"\n', encoding="utf-8")
    pcs.write(row, tmp_path)
    pcs.write(row, tmp_path)
    assert (tmp_path / "clerk.toml.old").read_text(encoding="utf-8") == '[window]\nnumber = "99"\n'
    assert settings.load(tmp_path).window.number == "1"


def test_every_pc_gets_a_code_of_its_own_for_its_kind_and_number(tmp_path: Path) -> None:
    out = tmp_path / "with-codes.csv"
    words = ["pcs", "codes", str(forty(tmp_path)), "--data", str(tmp_path / "server"), "--out", str(out)]
    assert main(words) == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    rows = pcs.read_table(out)
    codes = [row.code for row in rows if row.role != "server"]
    assert len(set(codes)) == 39
    assert all(codes)
    assert pcs.find(rows, "fuwuqi").code == ""
    assert pcs.check(rows) == []


def test_codes_do_not_live_for_ever(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="1 到 336 小时"):
        pcs.write_codes(forty(tmp_path), tmp_path / "out.csv", tmp_path / "server", 1000)


def test_a_code_in_the_table_is_handed_over_for_the_first_start(tmp_path: Path) -> None:
    path = table(tmp_path, "电脑,用途,登记码,window.number\na,window,QWER-TYUI,1\n")
    args = argparse.Namespace(verb="write", table=path, pc="a", data=tmp_path / "data")
    assert pcs.run(args) == 0
    code = tmp_path / "data" / pcs.CODE_FILE
    assert code.read_text(encoding="ascii") == "QWER-TYUI\n"
    assert stat.S_IMODE(code.stat().st_mode) == 0o600
    shutil.rmtree(tmp_path / "data")
