"""From bytes to codes, in any pieces."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from drivers.scanner.codes import LONGEST, CodeParser, decode

TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60).filter(
    lambda text: not text.startswith("]")
)


@given(texts=st.lists(TEXT, max_size=5), cuts=st.lists(st.integers(0, 600), max_size=9), end=st.sampled_from("\r\n"))
def test_codes_are_found_however_they_are_cut(texts: list[str], cuts: list[int], end: str) -> None:
    data = "".join(text + end for text in texts).encode()
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    parser = CodeParser()
    found = [code.text for start, stop in pairwise(edges) for code in parser.feed(data[start:stop])]
    assert found == texts
    assert parser.waiting == 0


@given(pieces=st.lists(st.binary(max_size=3 * LONGEST), max_size=6))
def test_whatever_comes_a_parser_keeps_no_more_than_a_code(pieces: list[bytes]) -> None:
    parser = CodeParser()
    for piece in pieces:
        for code in parser.feed(piece):
            assert (code.text is None) == bool(code.why)
        assert len(parser._buffer) <= LONGEST
    parser.flush()
    assert parser.waiting == 0


def test_gbk_is_read_where_utf_8_is_none() -> None:
    assert decode("明河区政务服务中心".encode("gbk")) == "明河区政务服务中心"
    assert decode("𠮷䶮".encode("gb18030")) == "𠮷䶮"
    assert decode("𠮷䶮".encode()) == "𠮷䶮"


def test_a_scanner_set_to_gbk_is_not_read_as_utf_8() -> None:
    word = "伟大".encode("gbk")
    assert decode("臒臒".encode("gbk"), ("gb18030",)) == "臒臒"
    assert decode(word, ("utf-8",)) is None


def test_nothing_of_a_code_stands_in_its_repr() -> None:
    assert "110101" not in repr(CodeParser().feed(b"110101199003070011\r"))
