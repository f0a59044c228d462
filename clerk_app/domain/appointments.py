"""Booked slots: which there are on a day, what a check-in is worth, what a code looks like. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta, tzinfo

from clerk_app.domain.errors import Rejected
from clerk_app.domain.queue_rules import WORKDAY_HOURS, AppointmentRules, Hours

CODE_LENGTH = 8
_CODE = re.compile(rf"[0-9]{{{CODE_LENGTH}}}")
_LONGEST = 200


def slots_on(hours: Hours, rules: AppointmentRules, day: date, zone: tzinfo) -> tuple[tuple[datetime, datetime], ...]:
    """Beginning and end of each slot of a day, in order; none on a closed day.

    Slots lie wholly inside a session, from its opening on; a rest that is shorter than a slot stays without
    appointments. A hall that never set its hours books at the usual ones.
    """
    sessions = hours.sessions(day)
    if sessions is None:
        sessions = WORKDAY_HOURS.sessions(day) or ()
    span = timedelta(minutes=rules.slot_minutes)
    found = []
    for session in sessions:
        start = datetime.combine(day, session.opens, zone)
        closes = datetime.combine(day, session.closes, zone)
        while start + span <= closes:
            found.append((start, start + span))
            start += span
    return tuple(found)


def keeps_its_place(starts_at: datetime, now: datetime, rules: AppointmentRules) -> bool:
    """Whether a check-in at ``now`` still has the appointment's priority; early ones always have."""
    return now <= starts_at + timedelta(minutes=rules.late_minutes)


def read_code(typed: str) -> str:
    """The eight digits of what was typed or scanned; blanks do not matter, nor full-width digits as an input method
    makes them. ``Rejected("code")``."""
    code = "".join(unicodedata.normalize("NFKC", typed[:_LONGEST]).split())
    if not _CODE.fullmatch(code):
        raise Rejected("code", f"预约码是 {CODE_LENGTH} 位数字，请再看一遍")
    return code


def make_code(random_bytes: bytes) -> str:
    """A new code from at least 8 random bytes: all codes are equally likely to within 1 in 10¹¹."""
    return f"{int.from_bytes(random_bytes, 'big') % 10**CODE_LENGTH:0{CODE_LENGTH}d}"
