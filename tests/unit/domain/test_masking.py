"""What strangers and lists may see of a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.masking import (
    letters,
    mask_address,
    mask_id_number,
    mask_name,
    mask_name_public,
    mask_phone,
)

IVS = "葛\U000e0100"  # a character with its variation selector is one letter
EXT_B = "\U00020bb7"
PRIVATE = "\ue863"


@pytest.mark.parametrize(
    ("name", "masked", "public"),
    [
        ("李明", "李*", "李*"),
        ("刘小梅", "刘*梅", "刘*"),
        ("孙大洋", "孙*洋", "孙*"),
        ("欧阳小明", "欧阳**", "欧阳*"),
        ("欧阳修", "欧阳*", "欧阳*"),
        ("欧阳", "欧*", "欧*"),
        ("迪丽热巴", "迪**巴", "迪*"),
        ("阿不都·买买提", "阿**·买**", "阿*"),
        ("JOHN SMITH", "J*** S****", "J*"),
        ("MARIA", "M****", "M*"),
        ("张", "*", "*"),
        (" 李明 ", "李*", "李*"),
        ("", "", ""),
        (f"{EXT_B}田", f"{EXT_B}*", f"{EXT_B}*"),
        (f"王{EXT_B}{PRIVATE}", f"王*{PRIVATE}", "王*"),
        ("王\ud842\udfb7梅", "王*梅", "王*"),
        (f"{IVS}城", f"{IVS}*", f"{IVS}*"),
        (f"李{IVS}城", "李*城", "李*"),
    ],
)
def test_names(name: str, masked: str, public: str) -> None:
    assert mask_name(name) == masked
    assert mask_name_public(name) == public


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("23990119900307042X", "2399**********042X"),
        ("239901 19900307 042X", "2399**********042X"),
        ("239901900307042", "2399*******7042"),
        ("E12345678", "E1*****78"),
        ("12345", "1***5"),
        ("12", "**"),
        ("", ""),
    ],
)
def test_identity_numbers(number: str, masked: str) -> None:
    assert mask_id_number(number) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13900002716", "139****2716"),
        ("139 0000 2716", "139****2716"),
        ("0454-1234567", "0454-****567"),
        ("01012345678", "010-****5678"),
        ("+85261234567", "+85*******67"),
        ("12345", "1***5"),
        ("", ""),
    ],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("明河市明河区示例街道 12 号一层", "明河市明河区****"),
        ("北京市东城区示例街道1号", "北京市东城区****"),
        ("黑龙江省齐齐哈尔市龙沙区示例路1号", "黑龙江省齐齐哈尔市龙沙区****"),
        ("内蒙古自治区锡林郭勒盟多伦县示例镇", "内蒙古自治区锡林郭勒盟多伦县****"),
        ("吉林省延边朝鲜族自治州延吉市示例街", "吉林省延边朝鲜族自治州延吉市****"),
        ("大兴安岭地区加格达奇区示例路1号", "大兴安岭地区加格达奇区****"),
        ("江苏省镇江市京口区示例路1号", "江苏省镇江市京口区****"),
        ("济南市市中区示例路1号", "济南市****"),
        ("示例街道阳光小区3号", "****"),
        ("示例街道阳光超市旁", "****"),
        ("", ""),
    ],
)
def test_addresses(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@given(st.text(st.sampled_from("0123456789X"), min_size=3, max_size=18))
def test_a_masked_number_keeps_its_length_and_hides_at_least_a_part(number: str) -> None:
    masked = mask_id_number(number)
    assert len(masked) == len(number)
    assert masked.count("*") * 3 >= len(number)
    assert all(kept in {"*", real} for kept, real in zip(masked, number, strict=True))


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x2A6DF, exclude_categories=["Cs"]), min_size=2))
def test_a_name_never_shows_whole(name: str) -> None:
    for masked in (mask_name(name), mask_name_public(name)):
        assert "*" in masked
        assert name not in masked


@given(st.text())
def test_masking_a_number_or_an_address_twice_is_masking_it_once(text: str) -> None:
    for mask in (mask_id_number, mask_address):
        assert mask(mask(text)) == mask(text)


@given(st.text(st.characters(max_codepoint=0x2FFFF)))
def test_letters_joined_are_the_text(text: str) -> None:
    split = text.encode("utf-16-le", "surrogatepass")
    halves = "".join(split[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(split), 2))
    assert "".join(letters(halves)) == "".join(letters(text))
    assert len(letters(halves)) == len(letters(text))
