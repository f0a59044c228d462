"""Invented cards for demonstrations and tests, one of each kind. No such person exists; every photo is empty."""

from __future__ import annotations

from datetime import date

from drivers.base.readings import CardKind, CardReading

RESIDENT = CardReading(
    kind=CardKind.RESIDENT,
    name="张三",
    number="110101199003070011",
    birth_date=date(1990, 3, 7),
    sex_code="1",
    ethnic_code="01",
    address="北京市东城区示例街道1号",
    issuer="北京市公安局东城分局",
    valid_from=date(2020, 1, 1),
    valid_to=None,
)
HMT_PERMIT = CardReading(
    kind=CardKind.HMT_PERMIT,
    name="陈小明",
    number="810000199003070015",
    birth_date=date(1990, 3, 7),
    sex_code="1",
    address="明河市明河区样例路2号",
    issuer="明河市公安局",
    valid_from=date(2022, 5, 1),
    valid_to=date(2027, 5, 1),
    pass_number="H00000001",
    issue_count="01",
)
FOREIGNER_2017 = CardReading(
    kind=CardKind.FOREIGNER_2017,
    name="样本",
    english_name="SAMPLE, PERSON",
    number="KAZ110090123105",
    birth_date=date(1990, 12, 31),
    sex_code="2",
    issuer="1100",
    valid_from=date(2020, 6, 1),
    valid_to=date(2030, 6, 1),
    country_code="KAZ",
    version="01",
)
FOREIGNER_2023 = CardReading(
    kind=CardKind.FOREIGNER_2023,
    name="范例",
    english_name="SPECIMEN, ALEXANDRIA-WILHELMINA JOSEPHINE",
    number="911398199012310021",
    birth_date=date(1990, 12, 31),
    sex_code="2",
    valid_from=date(2024, 1, 1),
    valid_to=date(2034, 1, 1),
    country_code="KAZ",
    issue_count="00",
)
ALL = (RESIDENT, HMT_PERMIT, FOREIGNER_2017, FOREIGNER_2023)
