"""The one place where personal data is masked for screens, papers and lists.

Why: 个人信息保护法第六条 (no more than the purpose needs). What is masked how:

=================  ==========================================  =======================================
name               ``mask_name``: 李*, 刘*梅, 欧阳**            lists, the back office, papers for others
name, in public    ``mask_name_public``: 李*                    kiosk, hall display
identity number    ``mask_id_number``: 2399**********042X       screens and papers
phone              ``mask_phone``: 139****2716                  screens and papers
address            ``mask_address``: 明河市明河区****            lists
credit code        not masked: public by 企业信息公示暂行条例    everywhere
=================  ==========================================  =======================================

Length is kept for names, numbers and phones, so that a reader can compare them with the paper in hand. A letter is
what a person sees as one: a character beyond U+FFFF is one letter, even when it comes as two surrogates, and so is
a character with its variation selector or combining marks. Empty text stays empty.
"""

from __future__ import annotations

import re
import unicodedata

STAR = "*"
HIDDEN = "****"
_SEPARATORS = frozenset("·•・‧ \u3000.-'’")
_ENOUGH_FOR_FOUR = 12
_ENOUGH_FOR_TWO = 6

_COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 "
    "公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 "
    "拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 西门 第五 南荣 东里 东宫 即墨 达奚 纳兰"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())

_MOBILE = re.compile(r"(1\d{2})\d{4}(\d{4})")
_FIXED_LINE = re.compile(r"(0(?:10|2\d|\d{3}))-?\d{4}(\d{3,4})(?:-?\d{1,6})?")
# Two letters of a city's name may be anything (镇江市, 新乡市); a street's mark further on ends the search.
_CITY = r"(?:[^省]{1,2}[^省街镇乡路村号\d]{0,7}?(?:自治州|地区|盟|市))?"
_COUNTY = r"(?:[^省市街道镇乡路村号\d]{1,9}?(?:(?<![小社园])区|县|旗|市))?"
_DIVISION = re.compile(r"(?:.{2,8}?(?:省|自治区|特别行政区))?" + _CITY + _COUNTY)


def letters(text: str) -> list[str]:
    """The text cut into what a person sees as one letter each; joined again it is the text, surrogates paired."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    cut: list[str] = []
    for char in whole:
        if cut and (unicodedata.combining(char) or _is_variation_selector(char)):
            cut[-1] += char
        else:
            cut.append(char)
    return cut


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def mask_name(name: str) -> str:
    """李* · 刘*梅 · 欧阳** · 迪**巴: the first letter, and the last one from three letters on.

    A compound surname is shown whole and the given name hidden whole: it tells as much as a surname and a letter.
    Names in parts (阿不都·买买提, JOHN SMITH) and in Latin letters keep the first letter of each part alone. A name
    of one letter is hidden.
    """
    cut = letters(name.strip())
    if any(letter in _SEPARATORS for letter in cut) or _is_latin(cut):
        return _mask_parts(cut)
    if len(cut) >= 3 and "".join(cut[:2]) in COMPOUND_SURNAMES:
        return "".join(cut[:2]) + STAR * (len(cut) - 2)
    if len(cut) <= 2:
        return "".join(cut[: len(cut) - 1]) + STAR * min(len(cut), 1)
    return cut[0] + STAR * (len(cut) - 2) + cut[-1]


def _is_latin(cut: list[str]) -> bool:
    return bool(cut) and all(letter[0].isascii() or "LATIN" in unicodedata.name(letter[0], "") for letter in cut)


def _mask_parts(cut: list[str]) -> str:
    masked = ""
    starts = True
    for letter in cut:
        separator = letter in _SEPARATORS
        masked += letter if separator or starts else STAR
        starts = separator
    return masked


def mask_name_public(name: str) -> str:
    """李*, 欧阳*: the surname and one star whatever the length, for screens that strangers see."""
    cut = letters(name.strip())
    if not cut:
        return ""
    if len(cut) >= 3 and "".join(cut[:2]) in COMPOUND_SURNAMES:
        return "".join(cut[:2]) + STAR
    return cut[0] + STAR if len(cut) > 1 else STAR


def mask_id_number(number: str) -> str:
    """2399**********042X: the first and last four; under 12 characters two, under six one at each end."""
    text = "".join(number.split())
    if len(text) >= _ENOUGH_FOR_FOUR:
        return _ends(text, 4, 4)
    return _ends(text, 2, 2) if len(text) >= _ENOUGH_FOR_TWO else _ends(text, 1, 1)


def mask_phone(phone: str) -> str:
    """139****2716; a fixed line keeps its area code and the end (0454-****567), other numbers three and two digits."""
    text = "".join(phone.split())
    if found := _MOBILE.fullmatch(text):
        return f"{found[1]}{HIDDEN}{found[2]}"
    if found := _FIXED_LINE.fullmatch(text):
        return f"{found[1]}-{HIDDEN}{found[2]}"
    return _ends(text, 3, 2) if len(text) >= _ENOUGH_FOR_TWO else _ends(text, 1, 1)


def mask_address(address: str) -> str:
    """明河市明河区****: down to the county or district; wholly hidden when no division is recognised."""
    text = address.strip()
    if not text:
        return ""
    found = _DIVISION.match(text)
    return (found[0] if found else "") + HIDDEN


def _ends(text: str, first: int, last: int) -> str:
    if len(text) <= first + last:
        return STAR * len(text)
    return text[:first] + STAR * (len(text) - first - last) + text[-last:]
