"""Search as you type: what a clerk types, and what must then be on top."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.spelling import folded, split_sounds
from clerk_app.domain.synthetic import synthetic_catalogue
from clerk_app.ports.window import MatterRow
from clerk_app.services.hall.pinyin import sounds_of
from clerk_app.services.window.matter_index import MatterHit, MatterIndex


def row(name: str, code: str = "", department: str = "区行政审批局", has_materials: bool = False) -> MatterRow:
    sounds = sounds_of(name, department)
    return MatterRow(code or f"511A{name}", name, department, "行政许可", sounds.pinyin, sounds.initials, has_materials)


ROWS = (
    row("食品经营许可（新办）", "511A9900030001-511602000000-000-115113016823646795-1-00", "区市场监督管理局", True),
    row("食品经营许可（延续）", "511A9900030002-511602000000", "区市场监督管理局"),
    row("仅销售预包装食品经营者备案", has_materials=True),
    row("食品小作坊备案"),
    row("个体工商户设立登记", has_materials=True),
    row("个体工商户注销登记"),
    row("出版物零售单位和个体工商户变更审批"),
    row("道路旅客运输经营许可", department="区交通运输局"),
    row("道路货物运输经营许可", department="区交通运输局"),
    row("居住证申领", department="区公安分局", has_materials=True),
    row("重要工程调整备案"),
    row("KTV娱乐场所设立审批", department="区文旅局"),
    row("户口登记", department="区公安分局"),
    row("登记户口", department="区公安分局"),
)
INDEX = MatterIndex(ROWS)


def names(query: str, limit: int = 30, favourites: tuple[str, ...] = ()) -> list[str]:
    return [hit.name for hit in INDEX.search(query, limit, favourites)]


def marked(hit: MatterHit) -> str:
    """The name with its bold parts in brackets."""
    text = hit.name
    for start, end in reversed(hit.spans):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize("query", ["s", "sp", "spj", "spjy", "SPJY", "spjyxkxb", "食品经营", "shipin", "shipinj"])
def test_the_new_food_licence_is_on_top_at_every_key(query: str) -> None:
    assert names(query)[0] == "食品经营许可（新办）"


@pytest.mark.parametrize(
    "query",
    ["gtgsh", "getigongshanghu", "个体工商户", "个体 登记", "gtgsh sl", "grgsh", "gtgdh", "gtgongsh", "ＧＴＧＳ"],
)
def test_the_sole_trader_is_found_however_it_is_typed(query: str) -> None:
    assert names(query)[0] == "个体工商户设立登记"


@pytest.mark.parametrize(
    ("query", "bold"),
    [
        ("spjy", "[食品经营]许可（新办）"),
        ("pinjing", "食[品经]营许可（新办）"),
        ("xb", "食品经营许可（[新办]）"),
        ("xkxb", "食品经营[许可（新办]）"),
        ("经营许可(新", "食品[经营许可（新]办）"),
        ("shi ying", "[食]品经[营]许可（新办）"),
        ("sp spjy", "[食品经营]许可（新办）"),
        ("spjingying", "[食品经营]许可（新办）"),
        ("食品 xb", "[食品]经营许可（[新办]）"),
    ],
)
def test_what_fits_is_shown_bold(query: str, bold: str) -> None:
    assert bold in [marked(hit) for hit in INDEX.search(query, 30)]


def test_a_piece_of_the_code_finds_the_matter_and_is_marked_there() -> None:
    hit = INDEX.search("9900030001", 5)[0]
    assert hit.name == "食品经营许可（新办）"
    assert [hit.code[start:end] for start, end in hit.code_spans] == ["9900030001"]
    assert hit.spans == ()


@pytest.mark.parametrize("query", ["交通", "jtys", "jiaotong", "交通 hw", "jtysj 许可"])
def test_the_department_is_a_word_like_any_other(query: str) -> None:
    hits = INDEX.search(query, 30)
    assert "道路货物运输经营许可" in [hit.name for hit in hits]
    assert {hit.department for hit in hits} == {"区交通运输局"}
    assert hits[0].department_spans


def test_every_word_has_to_fit() -> None:
    assert names("食品 备案") == ["食品小作坊备案", "仅销售预包装食品经营者备案"]
    assert names("食品 户口") == []
    assert sorted(names("户口 登记")) == sorted(names("登记 户口")) == ["户口登记", "登记户口"]


def test_the_exact_name_comes_before_longer_ones_and_the_beginning_before_the_middle() -> None:
    assert names("hk") == ["户口登记", "登记户口"]
    assert names("hkdj")[0] == "户口登记"
    assert names("登记")[0] == "登记户口"


def test_both_readings_of_a_name_are_found() -> None:
    assert names("zygctz") == names("zygcdz") == ["重要工程调整备案"]


def test_letters_and_digits_in_names_are_found() -> None:
    assert names("ktv") == names("KTV娱") == ["KTV娱乐场所设立审批"]


def test_a_syllable_is_not_found_in_its_middle() -> None:
    assert "食品小作坊备案" not in names("inxi")


def test_what_this_window_uses_comes_first_among_equals() -> None:
    used = next(r.code for r in ROWS if r.name == "食品小作坊备案")
    assert names("sp", favourites=(used,))[0] == "食品小作坊备案"
    assert names("spjy", favourites=(used,))[0] == "食品经营许可（新办）"
    assert names("", favourites=(used,))[0] == "食品小作坊备案"


def test_an_empty_query_lists_matters_with_materials() -> None:
    listed = INDEX.search("  ", 4)
    assert len(listed) == 4
    assert all(hit.has_materials and not hit.spans for hit in listed)


def test_the_list_ends_where_it_should() -> None:
    assert len(names("j", limit=3)) == 3
    assert len(names("", limit=100)) == len(ROWS)
    assert names("zzzz") == names("龘") == names("12345678") == []


def test_what_an_input_method_has_not_committed_yet_is_understood() -> None:
    assert names("shi'pin'jing")[0] == "食品经营许可（新办）"


def test_an_index_of_nothing_answers() -> None:
    assert MatterIndex(()).search("sp", 30) == ()
    assert MatterIndex(()).search("", 30) == ()


def test_a_row_without_sounds_is_found_by_its_characters() -> None:
    index = MatterIndex([MatterRow("1", "林木采伐", "区林业局", "行政许可", "", "", False)])
    assert [marked(hit) for hit in index.search("采伐", 5)] == ["林木[采伐]"]
    assert index.search("cf", 5) == ()


SYNTHETIC = [
    MatterRow(m["code"], m["name"], m["department"], m["type_name"], m["pinyin"], m["initials"], "materials" in m)
    for m in synthetic_catalogue(400, Random(11))
]
LARGE = MatterIndex(SYNTHETIC)
BY_CODE = {r.code: r for r in SYNTHETIC}


def fits(r: MatterRow, word: str) -> bool:
    """The slow and plain meaning of 「fits」, to compare with."""
    readings, department = split_sounds(r.pinyin)
    letters, department_letters = split_sounds(r.initials)
    if word in folded(r.name) or word in folded(r.department) or any(word in one for one in letters):
        return True
    if any(character.isdigit() for character in word) and word in r.code.lower():
        return True
    return word in department_letters or any(
        reading.lower().startswith(word, place)
        for reading in (*readings, department)
        for place in range(len(reading))
        if not reading[place].islower()
    )


@given(st.data())
def test_it_finds_exactly_what_fits(data: st.DataObject) -> None:
    wanted = data.draw(st.sampled_from(SYNTHETIC))
    pieces = [
        wanted.name,
        split_sounds(wanted.initials)[0][0],
        split_sounds(wanted.pinyin)[0][0].lower(),
        wanted.code.lower(),
        wanted.department,
    ]
    words = []
    for piece in data.draw(st.lists(st.sampled_from(pieces), min_size=1, max_size=3)):
        start = data.draw(st.integers(0, len(piece) - 1))
        words.append(folded(piece[start : start + data.draw(st.integers(1, 6))]))
    expected = {r.code for r in SYNTHETIC if all(fits(r, word) for word in words)}
    hits = LARGE.search(" ".join(words), len(SYNTHETIC))
    assert len(hits) == len({hit.code for hit in hits})
    if expected:
        assert {hit.code for hit in hits} == expected


@given(st.text(max_size=12))
def test_nothing_that_is_typed_breaks_it(query: str) -> None:
    for hit in LARGE.search(query, 10):
        assert hit.code in BY_CODE
        for start, end in hit.spans:
            assert 0 <= start < end <= len(hit.name)
