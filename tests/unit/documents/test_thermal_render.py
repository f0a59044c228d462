from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import replace

import pytest
from PIL import Image

from clerk_app.design.fontset import FontSet
from clerk_app.documents.qr import qr_modules
from clerk_app.documents.thermal.blocks import Cell, Feed, QrBeside, Row, Rule, SealBox, Text
from clerk_app.documents.thermal.glyphs import code_box, glyph
from clerk_app.documents.thermal.profile import PAPER_58MM, PAPER_80MM, PrinterProfile
from clerk_app.documents.thermal.render import render
from drivers.printer.tokens import Token, Tokeniser
from support.papers import RARE, printed


def tokens(job: bytes) -> list[Token]:
    return Tokeniser(lambda kind: None).feed(job)


def characters(job: bytes) -> str:
    return "".join(token.args.decode("gbk") for token in tokens(job) if token.name == "text")


def ink(picture: Image.Image) -> bytes:
    """The dots of a picture whose paper is white."""
    return picture.convert("L").point(lambda level: 0 if level else 255).tobytes()


def test_gbk_text_goes_out_in_the_printers_own_font_behind_the_double_byte_switch(fonts: FontSet) -> None:
    job = render([Text("〇（）：·明河区\u3000A047")], PAPER_80MM, fonts)
    names = [token.name for token in tokens(job)]
    assert names.index("FS &") < names.index("text")
    assert characters(job) == "〇（）：·明河区\u3000A047"
    assert "GS v" not in names


@pytest.mark.parametrize("profile", [PAPER_80MM, PAPER_58MM], ids=["80mm", "58mm"])
@pytest.mark.parametrize("char", list(RARE), ids=["ext-b", "ext-a-1", "ext-a-2", "private-use"])
def test_a_line_with_a_rare_character_is_a_picture_of_the_whole_line(
    char: str, profile: PrinterProfile, fonts: FontSet
) -> None:
    job = render([Row((Cell("申请人", 10), Cell(f"欧阳{char}")))], profile, fonts)
    assert characters(job) == ""
    ticket = printed(job, fonts.variable, profile.dots)
    assert ticket.images == 1
    drawn = ticket.image.crop((14 * 12, 0, 16 * 12, 24))
    expected = code_box(char) if char == "\ue000" else glyph(char, fonts, False)
    assert ink(drawn) == expected.convert("L").tobytes()


def test_hairlines_of_a_rare_character_are_not_lost(fonts: FontSet) -> None:
    above_the_bar = glyph("𠮷", fonts, False).crop((0, 0, 24, 10))
    box = above_the_bar.getbbox()
    assert box is not None
    assert box[2] - box[0] >= 18


def test_a_rare_character_is_as_heavy_as_those_beside_it(fonts: FontSet) -> None:
    def share(char: str, bold: bool) -> float:
        cell = glyph(char, fonts, bold)
        return cell.histogram()[-1] / (cell.width * cell.height)

    # two characters of the same shape, one of them in the fallback font only
    assert 0.75 < share("𠮷", False) / share("吉", False) < 1.3
    assert 0.75 < share("𠮷", True) / share("吉", True) < 1.3


def test_without_a_font_a_rare_name_is_a_box_with_its_code_point(fonts_without_fallback: FontSet) -> None:
    job = render([Text("𠮷")], PAPER_80MM, fonts_without_fallback)
    ticket = printed(job, fonts_without_fallback.variable)
    assert ink(ticket.image.crop((0, 0, 24, 24))) == code_box("𠮷").convert("L").tobytes()


def test_no_text_ever_becomes_a_question_mark(fonts: FontSet) -> None:
    names = ["王晓梅", "𠮷", "㐂子", "䶮", "\ue863", "é", "€", "Ⅷ", "ｶ", "한글", "\U0001f600", "a\u0301", "\ud842"]
    job = render([Text(name) for name in names], PAPER_80MM, fonts)
    assert b"?" not in b"".join(token.args for token in tokens(job) if token.name == "text")


@pytest.mark.parametrize("hostile", ["\x1b@", "\x1dV\x00", "\x10\x04\x01", "\x1c.", "\t", "\x7f"])
def test_control_characters_in_a_name_are_shown_and_never_obeyed(hostile: str, fonts: FontSet) -> None:
    harmless = [token.name for token in tokens(render([Text("张\ue000三")], PAPER_80MM, fonts))]
    names = [token.name for token in tokens(render([Text(f"张{hostile}三")], PAPER_80MM, fonts))]
    assert names == harmless


def test_a_gb2312_printer_gets_pictures_for_the_rest_of_gbk(fonts: FontSet) -> None:
    job = render([Text("朱镕基"), Text("张三")], PrinterProfile(encoding="gb2312"), fonts)
    assert characters(job) == "张三"


def test_bold_and_sizes_end_with_their_line(fonts: FontSet) -> None:
    job = render([Text("A047", align="center", bold=True, width=6, height=6), Text("左")], PAPER_80MM, fonts)
    state: dict[str, bytes] = {}
    seen: dict[str, dict[str, bytes]] = {}
    for token in tokens(job):
        if token.name in ("ESC a", "ESC E", "GS !", "ESC 3"):
            state[token.name] = token.args
        elif token.name == "text":
            seen[token.args.decode("gbk")] = dict(state)
    assert seen["A"] == {"ESC a": b"\x01", "ESC E": b"\x01", "GS !": b"\x55", "ESC 3": bytes([6 * 24 + 8])}
    assert seen["左"] == {"ESC a": b"\x00", "ESC E": b"\x00", "GS !": b"\x00", "ESC 3": bytes([32])}


def test_line_pitch_follows_the_printers_motion_unit(fonts: FontSet) -> None:
    job = render([Text("左"), Feed(20)], PrinterProfile(units_per_dot=2), fonts)
    arguments = {token.name: token.args for token in tokens(job)}
    assert (arguments["ESC 3"], arguments["ESC J"]) == (bytes([64]), bytes([40]))


@pytest.mark.parametrize("data", ["MH-12-20261123-0031", "https://hall.example/q/MH-12-20261123-0031"])
@pytest.mark.parametrize("profile", [PAPER_80MM, PAPER_58MM], ids=["80mm", "58mm"])
def test_the_qr_code_is_whole_with_six_dots_a_module_and_white_around(
    data: str, profile: PrinterProfile, fonts: FontSet
) -> None:
    job = render([Rule(), QrBeside(data, (Text("扫码查进度"), Text("查询码", bold=True))), Rule()], profile, fonts)
    picture = printed(job, fonts.variable, profile.dots).image.convert("L").point(lambda level: 255 - level)
    modules = qr_modules(data)
    side = 6 * len(modules)
    left, top = _finder(picture, profile)
    dots = picture.crop((left, top, left + side, top + side))
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            assert dots.crop((6 * x, 6 * y, 6 * x + 6, 6 * y + 6)).getextrema() == ((255, 255) if dark else (0, 0))
    assert picture.crop((0, top - 24, left + side, top)).getbbox() is None
    assert picture.crop((left + side, top, left + side + 24, top + side)).getbbox() is None


def _finder(picture: Image.Image, profile: PrinterProfile) -> tuple[int, int]:
    """Where the first row of at least 42 burnt dots begins: the edge of the upper left finder pattern."""
    for y in range(picture.height):
        row = picture.crop((0, y, profile.dots, y + 1)).tobytes()
        at = row.find(b"\xff" * 42)
        if at >= 0:
            return at, y
    raise AssertionError("no QR code on the paper")


def test_a_qr_code_wider_than_the_paper_is_refused(fonts: FontSet) -> None:
    with pytest.raises(ValueError, match="wider than the paper"):
        render([QrBeside("x" * 300, ())], PAPER_58MM, fonts)


def test_the_seal_box_stands_at_the_right_edge_and_is_empty_but_for_its_words(fonts: FontSet) -> None:
    job = render([SealBox(("收件", "专用章"), (Text("12 号窗口 王晓梅"),), columns=16, height=168)], PAPER_80MM, fonts)
    picture = printed(job, fonts.variable).image.convert("L").point(lambda level: 255 - level)
    frame = picture.crop((576 - 192, 0, 576, 168))
    assert frame.getbbox() == (0, 0, 192, 168)
    words = frame.crop((4, 4, 188, 164)).getbbox()
    assert words is not None
    assert abs((words[0] + words[2]) / 2 - 92) < 4
    assert abs((words[1] + words[3]) / 2 - 80) < 10


def test_a_printer_without_cutter_feeds_and_does_not_cut(fonts: FontSet) -> None:
    job = render([Text("左")], PrinterProfile(cutter=False), fonts)
    assert [token.name for token in tokens(job)][-1] == "ESC d"


@pytest.mark.parametrize(
    ("profile", "end"),
    [
        (PrinterProfile(full_cut=True), b"\x1dVA\x00"),
        (PrinterProfile(), b"\x1dVB\x00"),
        (PrinterProfile(plain_cut=True), b"\x1bd\x04\x1dV\x01"),
        (PrinterProfile(plain_cut=True, full_cut=True), b"\x1bd\x04\x1dV\x00"),
    ],
    ids=["full", "partial", "plain", "plain full"],
)
def test_the_knife_is_asked_for_what_it_can(profile: PrinterProfile, end: bytes, fonts: FontSet) -> None:
    assert render([Text("左")], profile, fonts).endswith(end)


def test_a_printer_that_has_extension_a_prints_it_and_nothing_that_it_lacks(fonts: FontSet) -> None:
    profile = PrinterProfile(encoding="gb18030")
    assert profile.encoded("㐂") == "㐂".encode("gb18030")
    job = render([Text("张㐂"), Text("𠮷"), Text("\ue863"), Text("䶮")], profile, fonts)
    assert [token.name for token in tokens(job)].count("GS v") == 2


def test_a_printer_without_chinese_characters_gets_pictures_only(fonts: FontSet) -> None:
    job = render([Text("张三"), Text("A047")], PrinterProfile(encoding="ascii"), fonts)
    assert [token.name for token in tokens(job)].count("GS v") == 1
    assert characters(job) == "A047"


def test_a_small_buffer_gets_small_pictures_that_join_without_a_seam(fonts: FontSet) -> None:
    blocks = [QrBeside("https://hall.example/q/MH", (Text("扫码"),))]
    whole = printed(render(blocks, PAPER_58MM, fonts), fonts.variable, 384)
    parts = printed(render(blocks, replace(PAPER_58MM, raster_rows=48), fonts), fonts.variable, 384)
    assert parts.images > whole.images
    assert ink(parts.image) == ink(whole.image)


def test_a_printer_that_knows_no_switch_is_sent_none(fonts: FontSet) -> None:
    names = [token.name for token in tokens(render([Text("左")], PrinterProfile(double_byte_switch=False), fonts))]
    assert "FS &" not in names


def test_equal_papers_give_equal_bytes(fonts: FontSet) -> None:
    blocks = [Text("𠮷"), QrBeside("MH", (Text("扫码"),)), Text("左")]
    assert render(blocks, PAPER_80MM, fonts) == render(blocks, PAPER_80MM, fonts)


def test_rendering_leaves_no_log_handler_no_output_and_no_temporary_folder(
    tmp_path_factory: pytest.TempPathFactory, fonts: FontSet, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path_factory.mktemp("tmp")
    program = (
        "import logging\n"
        "from clerk_app.documents.thermal.library import dummy_printer\n"
        "from PIL import Image\n"
        "dummy_printer(576).image(Image.new('1', (576, 8)))\n"
        "print(len(logging.getLogger().handlers), end='')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"TMPDIR": str(folder), "PYTHONPATH": ":".join(sys.path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("0", "")
    assert list(folder.iterdir()) == []
    assert logging.getLogger("escpos").handlers == []
