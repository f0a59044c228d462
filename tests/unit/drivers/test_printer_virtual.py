"""The virtual printer prints what a real one would, and says so when it would not."""

from __future__ import annotations

from itertools import pairwise

import pytest
import segno
from escpos.printer import Dummy
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers.printer.glyphs import GlyphSource
from drivers.printer.interpreter import Interpreter
from drivers.printer.paper import Ticket
from drivers.printer.tokens import Token, Tokeniser
from support.lines import FONT

GLYPHS = GlyphSource(FONT)
CHINESE = b"\x1c&"


class Printed:
    """What a run of bytes gives."""

    def __init__(self, data: bytes, dots: int = 576) -> None:
        self.answered: list[int] = []
        self.fences: list[int] = []
        self.inner = Interpreter(GLYPHS, dots, self.fences.append)
        for token in Tokeniser(self.answered.append).feed(data):
            self.inner.run(token)
        self.ticket: Ticket = self.inner.paper.cut()

    def ink(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of what is black."""
        box = self.ticket.image.convert("L").point(lambda value: 255 - value).getbbox()
        assert box is not None
        return box


def test_half_and_full_width_characters_take_12_and_24_dots() -> None:
    printed = Printed(CHINESE + "■■".encode("gbk") + b"||||\n")
    left, _, right, _ = printed.ink()
    assert left < 24
    assert 48 + 3 * 12 < right <= 48 + 4 * 12


@pytest.mark.parametrize(
    ("size", "width", "height"), [(b"\x1d!\x00", 24, 24), (b"\x1d!\x11", 48, 48), (b"\x1d!\x10", 48, 24)]
)
def test_sizes_are_whole_multiples_of_the_cell(size: bytes, width: int, height: int) -> None:
    left, top, right, bottom = Printed(CHINESE + size + "■".encode("gbk") + b"\n").ink()
    assert width * 0.7 < right - left <= width
    assert height * 0.7 < bottom - top <= height


def test_a_ticket_number_of_six_cells_fits_the_paper() -> None:
    left, top, right, bottom = Printed(b"\x1ba\x01\x1d!\x55A047\n").ink()
    assert bottom - top > 90
    assert abs((left + right) / 2 - 288) < 12


@pytest.mark.parametrize(("align", "edge"), [(0, "left"), (1, "middle"), (2, "right")])
def test_alignment(align: int, edge: str) -> None:
    left, _, right, _ = Printed(bytes([0x1B, 0x61, align]) + CHINESE + "■■■■".encode("gbk") + b"\n").ink()
    gaps = {"left": left, "middle": abs(left - (576 - right)), "right": 576 - right}
    assert gaps[edge] <= 6


def test_bold_has_more_ink() -> None:
    def black(data: bytes) -> int:
        return Printed(data).ticket.image.convert("L").histogram()[0]

    words = CHINESE + "收件凭证".encode("gbk") + b"\n"
    assert black(b"\x1bE\x01" + words) > black(words) * 1.2


def test_line_spacing_and_feed() -> None:
    assert Printed(b"\x1b3\x20" + b"a\n" * 3).ticket.image.height == 96
    assert Printed(b"\x1b3\x20" + b"a\n" + b"\x1bd\x02" + b"\x1bJ\x0a").ticket.image.height == 32 * 3 + 10


def test_columns_by_absolute_position_stay_apart() -> None:
    printed = Printed(CHINESE + "授权委托书".encode("gbk") + b"\x1b$" + (504).to_bytes(2, "little") + b"1\n")
    assert printed.ticket.text == "授权委托书 1"
    assert 504 <= printed.ink()[2] <= 516


def test_a_line_that_is_too_long_goes_on_below() -> None:
    assert Printed(b"x" * 50 + b"\n").ticket.text.splitlines() == ["x" * 48, "xx"]
    assert Printed(b"x" * 40 + b"\n", dots=384).ticket.text.splitlines() == ["x" * 32, "x" * 8]


def test_without_the_chinese_mode_nothing_is_guessed() -> None:
    printed = Printed("中".encode("gbk") + b"\n")
    assert printed.ticket.text == "\ufffd\ufffd"
    assert printed.inner.undecodable == [b"\xd6", b"\xd0"]


def test_a_four_byte_character_cannot_be_printed_and_is_told() -> None:
    printed = Printed(CHINESE + "㐂".encode("gb18030") + b"\n")
    assert printed.inner.undecodable
    assert "㐂" not in printed.ticket.text


def test_reset_ends_the_chinese_mode() -> None:
    assert Printed(CHINESE + b"\x1b@" + "中".encode("gbk") + b"\n").inner.undecodable


def test_a_raster_image_is_printed_dot_for_dot() -> None:
    rows = bytes.fromhex("f00f aa55 8001")
    ticket = Printed(b"\x1dv0\x00\x02\x00\x03\x00" + rows).ticket
    dots = Image.frombytes("1", (16, 3), rows)
    assert (ticket.images, ticket.image.size) == (1, (576, 3))
    assert [ticket.image.getpixel((x, y)) == 0 for y in range(3) for x in range(16)] == [
        dots.getpixel((x, y)) != 0 for y in range(3) for x in range(16)
    ]


def test_a_qr_code_of_python_escpos_is_the_code_that_was_asked_for() -> None:
    words = "https://mh.example/q/MH-12-20261123-0031"
    job = Dummy()
    job.qr(words, native=True, size=6)
    ticket = Printed(job.output).ticket
    assert ticket.qr_codes == (words.encode(),)
    expected = segno.make_qr(words.encode(), error="l", boost_error=False).matrix
    assert [[ticket.image.getpixel((x * 6 + 3, y * 6 + 3)) == 0 for x in range(len(expected))] for y in range(3)] == [
        [bool(dark) for dark in row] for row in expected[:3]
    ]


def test_jobs_of_python_escpos_hold_nothing_unknown() -> None:
    job = Dummy()
    job.hw("INIT")
    job.set_with_default(align="center", bold=True, double_height=True, double_width=True)
    job.text("A047\n")
    job.set_with_default()
    job.line_spacing(32)
    job.ln(2)
    job.image(Image.new("1", (48, 30), 0))
    job.cut()
    printed = Printed(job.output)
    assert printed.inner.unknown == []
    assert [ticket.text.split("\n")[0] for ticket in printed.inner.tickets] == ["A047"]


def test_an_unknown_command_is_told_and_not_guessed() -> None:
    printed = Printed(b"\x1b\xf5ok\n")
    assert printed.inner.unknown == [b"\x1b\xf5"]
    assert printed.ticket.text == "ok"


def test_a_known_command_without_effect_is_named() -> None:
    assert Printed(b"\x1bp\x00\x19\x19").inner.ignored == ["ESC p"]


def test_the_fence_is_answered_after_what_stands_before_it() -> None:
    printed = Printed(b"a\n\x1dr\x01")
    assert printed.fences == [1]


def test_each_cut_gives_a_ticket_of_its_own() -> None:
    inner = Printed(b"one\n\x1dV\x00two\n\x1dVA\x10").inner
    assert [ticket.text for ticket in inner.tickets] == ["one", "two"]
    assert inner.tickets[1].image.height == 30 + 16


def test_the_framed_ticket_has_the_margins_of_80_mm_paper() -> None:
    assert Printed(b"a\n").ticket.framed().width == 640


def test_a_character_that_the_font_lacks_is_told() -> None:
    printed = Printed(CHINESE + b"\xa6\xfe" + b"\n")
    assert printed.inner.undecodable or printed.inner.missing_glyphs


@given(data=st.binary(max_size=200), cuts=st.lists(st.integers(0, 200), max_size=10))
def test_tokens_do_not_depend_on_how_the_bytes_are_cut(data: bytes, cuts: list[int]) -> None:
    def tokens(pieces: list[bytes]) -> list[Token]:
        tokeniser = Tokeniser(lambda kind: None)
        return [token for piece in pieces for token in tokeniser.feed(piece)]

    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert tokens([data[start:end] for start, end in pairwise(edges)]) == tokens([data])


@given(job=st.text(st.characters(codec="gbk", exclude_categories=["Cc"]), max_size=60))
def test_every_gbk_text_comes_out_as_it_went_in(job: str) -> None:
    tokeniser = Tokeniser(lambda kind: None)
    tokens = tokeniser.feed(CHINESE + job.encode("gbk"))
    text = b"".join(token.args for token in tokens if token.name == "text")
    assert text.decode("gbk") == job


def test_status_is_answered_at_once_also_inside_an_image() -> None:
    answered: list[int] = []
    tokeniser = Tokeniser(answered.append)
    assert tokeniser.feed(b"\x1dv0\x00\x02\x00\x08\x00\xff\xff") == []
    assert tokeniser.feed(b"\x10\x04") == []
    assert tokeniser.feed(b"\x02") == []
    assert answered == [2]
    (image,) = tokeniser.feed(bytes(11))
    assert image.args[6:11] == b"\xff\xff\x10\x04\x02"
    assert answered == [2]
