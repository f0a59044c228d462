"""Every character of every card arrives as it stands there, or the card is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base.errors import CardUnreadable
from drivers.base.readings import ETHNIC_NAMES, CardKind, CardReading
from drivers.idcard import samples
from drivers.idcard.text_block import decode_text_block, encode_text_block

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=7).map(str.rstrip)
DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize("card", samples.ALL, ids=lambda card: card.kind)
def test_each_kind_of_card_is_read_as_it_was_written(card: CardReading) -> None:
    assert decode_text_block(encode_text_block(card)) == card


def test_offsets_of_the_resident_card_are_those_of_the_standard() -> None:
    text = encode_text_block(samples.RESIDENT)
    assert text[0:4].decode("utf-16-le") == "张三"
    assert text[30:32].decode("utf-16-le") == "1"
    assert text[32:36].decode("utf-16-le") == "01"
    assert text[36:52].decode("utf-16-le") == "19900307"
    assert text[122:158].decode("utf-16-le") == "110101199003070011"
    assert text[204:208].decode("utf-16-le") == "长期"
    assert text[248:250].decode("utf-16-le") == " "


@pytest.mark.parametrize(
    ("card", "offset", "words"),
    [
        (samples.HMT_PERMIT, 220, "H00000001"),
        (samples.HMT_PERMIT, 238, "01"),
        (samples.HMT_PERMIT, 248, "J"),
        (samples.FOREIGNER_2017, 0, "SAMPLE, PERSON"),
        (samples.FOREIGNER_2017, 120, "2"),
        (samples.FOREIGNER_2017, 122, "KAZ110090123105"),
        (samples.FOREIGNER_2017, 152, "KAZ"),
        (samples.FOREIGNER_2017, 158, "样本"),
        (samples.FOREIGNER_2017, 220, "19901231"),
        (samples.FOREIGNER_2017, 236, "01"),
        (samples.FOREIGNER_2017, 240, "1100"),
        (samples.FOREIGNER_2017, 248, "I"),
        (samples.FOREIGNER_2023, 32, "00"),
        (samples.FOREIGNER_2023, 52, "SPECIMEN, ALEXANDRIA-WILHELMINA JOS"),
        (samples.FOREIGNER_2023, 122, "911398199012310021"),
        (samples.FOREIGNER_2023, 220, "EPHINE"),
        (samples.FOREIGNER_2023, 242, "KAZ"),
        (samples.FOREIGNER_2023, 248, "Y"),
    ],
)
def test_offsets_of_the_other_cards(card: CardReading, offset: int, words: str) -> None:
    assert encode_text_block(card)[offset : offset + 2 * len(words)].decode("utf-16-le") == words


@given(name=NAMES, address=NAMES, born=DATES, until=st.none() | DATES)
def test_any_resident_card_survives(name: str, address: str, born: date, until: date | None) -> None:
    card = replace(samples.RESIDENT, name=name, address=address, birth_date=born, valid_to=until)
    assert decode_text_block(encode_text_block(card)) == card


@pytest.mark.parametrize("name", ["𠮷田", "䶮", "㐂", "\ue863某", "\U000f0001", "王〇"])
def test_rare_and_private_use_characters_are_kept(name: str) -> None:
    assert decode_text_block(encode_text_block(replace(samples.RESIDENT, name=name))).name == name


def test_half_a_surrogate_pair_is_refused_and_not_dropped() -> None:
    text = bytearray(encode_text_block(samples.RESIDENT))
    text[2:4] = b"\x42\xd8"
    with pytest.raises(CardUnreadable) as caught:
        decode_text_block(bytes(text))
    assert "手工录入" in caught.value.advice


@pytest.mark.parametrize("words", ["20230229", "        ", "2023ABCD", "２０２３０１０１"])
def test_a_date_that_does_not_exist_is_refused_in_words(words: str) -> None:
    text = bytearray(encode_text_block(samples.RESIDENT))
    text[204:220] = words.encode("utf-16-le")
    with pytest.raises(CardUnreadable) as caught:
        decode_text_block(bytes(text))
    assert caught.value.word == "bad_date"
    assert "日期" in caught.value.advice


def test_an_unknown_kind_of_card_is_refused() -> None:
    text = bytearray(encode_text_block(samples.RESIDENT))
    text[248:250] = "Q".encode("utf-16-le")
    with pytest.raises(CardUnreadable) as caught:
        decode_text_block(bytes(text))
    assert caught.value.word == "unknown_card_kind"


@pytest.mark.parametrize("size", [0, 255, 257])
def test_a_block_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(CardUnreadable):
        decode_text_block(bytes(size))


def test_words_for_codes() -> None:
    card = replace(samples.RESIDENT, sex_code="2", ethnic_code="05")
    assert (card.sex, card.ethnic_name) == ("女", "维吾尔")
    assert replace(card, ethnic_code="77").ethnic_name == ""
    assert len(ETHNIC_NAMES) == 58


def test_a_log_never_holds_a_person() -> None:
    card = replace(samples.RESIDENT, newest_address="明河市样例路3号", photo=b"\x01\x02")
    assert repr(card) == "CardReading(kind=<CardKind.RESIDENT: 'resident'>)"


def test_the_name_shown_is_the_english_one_where_there_is_no_chinese_one() -> None:
    assert replace(samples.FOREIGNER_2017, name="").display_name == "SAMPLE, PERSON"
    assert samples.FOREIGNER_2017.kind is CardKind.FOREIGNER_2017


def test_the_newest_address_goes_before_the_printed_one() -> None:
    assert replace(samples.RESIDENT, newest_address="新地址").current_address == "新地址"
    assert samples.RESIDENT.current_address == samples.RESIDENT.address


def test_a_field_that_does_not_fit_the_card_is_refused_by_the_simulator() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode_text_block(replace(samples.RESIDENT, name="长" * 16))
