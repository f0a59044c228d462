"""The hall as its papers name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HallProfile:
    """Names, numbers and addresses printed on papers and shown on screens.

    ``code`` starts every case number (``MH``); ``district`` replaces the leading 区/县/市 of catalogue departments on
    papers (区市场监督管理局 → 明河区市场监督管理局); ``agency_short`` maps such a full name to the short form
    of document numbers (明市监). ``query_url`` empty means that QR codes carry the number only.
    ``supplement_days``: natural days that the applicant has to supply what a notice lists (local practice, 30).
    """

    hall_id: str
    code: str
    name: str
    area: str = ""
    district: str = ""
    phone: str = ""
    supervision_phone: str = "12345"
    query_url: str = ""
    default_short: str = "政务"
    supplement_days: int = 30
    agency_short: Mapping[str, str] = field(default_factory=dict)

    def agency(self, department: str) -> str:
        """Full name of the accepting body for a catalogue department."""
        plain = department.split("（")[0]
        if self.district and plain[:1] in {"区", "县", "市"}:
            return self.district + plain[1:]
        return plain

    def short(self, department: str) -> str:
        """Short form of the agency for document numbers."""
        return self.agency_short.get(self.agency(department), self.default_short)
