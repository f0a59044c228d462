"""Code tables of persons: certificates, sex, ethnic groups, provinces."""

from __future__ import annotations

from enum import StrEnum


class IdType(StrEnum):
    """Kinds of certificates by their code in GA/T 2000.156, as GB/T 39046-2020 asks for.

    The table has no code of its own for the residence permits of Hong Kong, Macao and Taiwan residents: they come
    under 154, and ``IdNumber.certificate`` says which one it is.
    """

    RESIDENT = "111"
    TEMPORARY_RESIDENT = "112"
    HOUSEHOLD_REGISTER = "113"
    OFFICER = "114"
    ARMED_POLICE_OFFICER = "115"
    BIRTH_CERTIFICATE = "117"
    SOLDIER = "118"
    RESIDENCE_PERMIT = "154"
    PASSPORT = "414"
    TAIWAN_PASS = "511"
    HK_MACAO_EXIT_PASS = "513"
    HK_MACAO_PASS = "516"
    FOREIGN_PERMANENT = "553"
    FOREIGN_RESIDENCE = "554"
    ORGANISATION_CODE = "811"
    BUSINESS_LICENCE = "821"
    BUSINESS_LICENCE_COPY = "822"
    OTHER = "990"

    @property
    def label(self) -> str:
        """Name of the certificate in Chinese."""
        return _ID_TYPE_LABELS[self]


_ID_TYPE_LABELS = {
    IdType.RESIDENT: "居民身份证",
    IdType.TEMPORARY_RESIDENT: "临时居民身份证",
    IdType.HOUSEHOLD_REGISTER: "户口簿",
    IdType.OFFICER: "军官证",
    IdType.ARMED_POLICE_OFFICER: "武警警官证",
    IdType.BIRTH_CERTIFICATE: "出生医学证明",
    IdType.SOLDIER: "士兵证",
    IdType.RESIDENCE_PERMIT: "居住证",
    IdType.PASSPORT: "普通护照",
    IdType.TAIWAN_PASS: "台湾居民来往大陆通行证",
    IdType.HK_MACAO_EXIT_PASS: "往来港澳通行证",
    IdType.HK_MACAO_PASS: "港澳居民来往内地通行证",
    IdType.FOREIGN_PERMANENT: "外国人永久居留身份证",
    IdType.FOREIGN_RESIDENCE: "外国人居留证",
    IdType.ORGANISATION_CODE: "组织机构代码证",
    IdType.BUSINESS_LICENCE: "营业执照",
    IdType.BUSINESS_LICENCE_COPY: "营业执照（副本）",
    IdType.OTHER: "其他证件",
}


class Sex(StrEnum):
    """GB/T 2261.1."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    UNSTATED = "9"

    @property
    def label(self) -> str:
        """男, 女, and for the other two what forms print."""
        return _SEX_LABELS[self]


_SEX_LABELS = {Sex.UNKNOWN: "未知", Sex.MALE: "男", Sex.FEMALE: "女", Sex.UNSTATED: "未说明"}

_ETHNIC = (
    "01汉 02蒙古 03回 04藏 05维吾尔 06苗 07彝 08壮 09布依 10朝鲜 11满 12侗 13瑶 14白 15土家 16哈尼 "
    "17哈萨克 18傣 19黎 20傈僳 21佤 22畲 23高山 24拉祜 25水 26东乡 27纳西 28景颇 29柯尔克孜 30土 31达斡尔 32仫佬 "
    "33羌 34布朗 35撒拉 36毛南 37仡佬 38锡伯 39阿昌 40普米 41塔吉克 42怒 43乌孜别克 44俄罗斯 45鄂温克 46德昂 47保安 "
    "48裕固 49京 50塔塔尔 51独龙 52鄂伦春 53赫哲 54门巴 55珞巴 56基诺 97其他 98外国血统"
)
ETHNIC_GROUPS: dict[str, str] = {entry[:2]: entry[2:] for entry in _ETHNIC.split()}
"""GB/T 3304 numeric code → name as on the card (汉, not 汉族); 97 and 98 are the register's own."""


def ethnic_label(code: str) -> str:
    """「汉族」 for ``"01"``; empty for an empty or unknown code."""
    name = ETHNIC_GROUPS.get(code, "")
    return f"{name}族" if name and int(code) <= 56 else name


def ethnic_code(text: str) -> str:
    """``"01"`` for 汉, 汉族 or 01; empty when it is none of the 56 groups and the two others."""
    wanted = text.strip()
    if wanted in ETHNIC_GROUPS:
        return wanted
    for code, name in ETHNIC_GROUPS.items():
        if wanted in {name, ethnic_label(code)}:
            return code
    return ""


PROVINCES: dict[str, str] = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区",
    "21": "辽宁省", "22": "吉林省", "23": "黑龙江省",
    "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省",
    "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区", "46": "海南省",
    "50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省", "54": "西藏自治区",
    "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区", "65": "新疆维吾尔自治区",
    "71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区",
}  # fmt: skip
"""GB/T 2260, first two digits."""
