"""Who may see how a case stands without coming: whoever knows its number and the end of an identity number of it.

Six characters, because four would be printed beside the case number: papers show an identity number as
``2399**********042X`` (``masking``), so that whoever found a receipt would hold both halves. The last six of a resident
card are the day of birth, three digits of sequence and the check digit: about 340,000 for a stranger, 500 for who knows
birthday, place and sex, and 31 for who holds the paper, which tells more than this page does. Six is what people are
used to be asked for; more would keep honest ones out.

The last character may be X. Of other documents the last six letters and digits count; of an organisation those of its
unified social credit code, which is public: for an organisation the page is as secret as the case number.

Applicant, joint applicants and agent: the digits of any of them open the page. The case is the applicant's; the agent
has the receipt in hand and is told by the same papers.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from clerk_app.domain.errors import Rejected

TAIL: Final = 6
"""Characters asked for."""
_LONGEST: Final = 60


def tail_of(document_no: str) -> str:
    """The characters that open the page, capital; empty for a document with fewer, which opens nothing."""
    plain = _letters(document_no)
    return plain[-TAIL:] if len(plain) >= TAIL else ""


def parse_tail(text: str, *, field: str = "tail") -> str:
    """The characters as a citizen typed them: blanks, dashes, small and full-width letters are understood.

    Raises ``Rejected(field, …)``, which says nothing about any case.
    """
    plain = _letters(text[:_LONGEST])
    if len(plain) != TAIL or not plain.isascii():
        raise Rejected(field, f"请填证件号码的最后 {TAIL} 位，字母也算一位，如 04123X")
    return plain


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())
