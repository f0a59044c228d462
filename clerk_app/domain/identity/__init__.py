"""Who somebody is: certificate numbers, credit codes, code tables, phones.

Checks raise ``Rejected(field, sentence)`` for what cannot be right, and carry ``warnings`` for what deserves a second
look at the certificate.
"""

from clerk_app.domain.identity.check import Phone, check_id_number, check_phone
from clerk_app.domain.identity.credit_code import (
    CreditCode,
    OrganisationCode,
    check_credit_code,
    check_organisation_code,
    credit_check_character,
    organisation_check_character,
)
from clerk_app.domain.identity.resident import IdNumber, age_on, birthday, check_digit, convert_15
from clerk_app.domain.identity.tables import (
    ETHNIC_GROUPS,
    PROVINCES,
    IdType,
    Sex,
    ethnic_code,
    ethnic_label,
)

__all__ = [
    "ETHNIC_GROUPS",
    "PROVINCES",
    "CreditCode",
    "IdNumber",
    "IdType",
    "OrganisationCode",
    "Phone",
    "Sex",
    "age_on",
    "birthday",
    "check_credit_code",
    "check_digit",
    "check_id_number",
    "check_organisation_code",
    "check_phone",
    "convert_15",
    "credit_check_character",
    "ethnic_code",
    "ethnic_label",
    "organisation_check_character",
]
